/* Selections, rules, grades and indicators over random registers, against a plain recount. */
#include "engine/select/select.err.h"
#include "engine/select/select.h"
#include "model.h"
#include "register.h"
#include "test.h"
#include <stdlib.h>

#define SEEDS 25
#define SMALL 50   /* households: a recount takes every pair */
#define LARGE 3000 /* enough for several threads to share */
#define PACK TEST_DATA "/select/pack"

static struct office office;

struct tried {
    struct model model;
    struct opened reg;
    struct run *run;
    day as_of;
};

static const struct catalog *pack(void) { return office.session.catalog; }
static const struct catalog_entity *entity(const char *id) { return catalog_entity(pack(), text_of(id)); }

static void open_register(struct tried *t, uint64_t seed, int most)
{
    struct err e = {.kind = NULL};
    struct buf yaml;
    const struct yaml_node *root;
    model_make(&t->model, seed, most);
    buf_init(&yaml, 16u << 20);
    model_write(&t->model, seed, &yaml);
    assert_false(yaml.failed);
    register_copy(&office, "empty.db", "case.db", &t->reg);
    assert_done(yaml_read(buf_text(&yaml), TEXT("model"), &t->reg.arena, &root, &e), &e);
    register_add(&office, &t->reg, root, NULL, 16000);
    buf_clear(&yaml);
}

static void open_run(struct tried *t, day as_of, unsigned threads)
{
    struct err e = {.kind = NULL};
    const struct catalog_indicator *indicators[16];
    for (size_t i = 0; i < pack()->indicator_count; i++)
        indicators[i] = &pack()->indicators[i];
    const struct run_options options = {.as_of = as_of,
                                        .threads = threads,
                                        .rules = true,
                                        .grades = true,
                                        .indicators = indicators,
                                        .indicator_count = pack()->indicator_count};
    t->as_of = as_of;
    assert_done(run_open(t->reg.records, pack(), &options, &t->run, &e), &e);
}

static uint32_t row_of_house(const struct tried *t, int house)
{
    struct arena a;
    arena_init(&a, 1u << 20);
    uint32_t row = frame_row(run_frame(t->run), entity("household"), model_house_id(&t->model, house, &a));
    arena_clear(&a);
    assert_true(row < (uint32_t)t->model.house_count);
    return row;
}

/* Order, slices, villages and stored values of the frame. */
static void check_frame(const struct tried *t)
{
    const struct frame *f = run_frame(t->run);
    const struct catalog_entity *house = entity("household"), *man = entity("person");
    assert_int_equal(frame_rows(f, house), t->model.house_count);
    assert_int_equal(frame_rows(f, man), t->model.man_count);
    for (uint32_t row = 1; row < frame_rows(f, house); row++) {
        int order = text_compare(frame_village(f, house, row - 1), frame_village(f, house, row));
        assert_true(
            order < 0
            || (order == 0 && text_compare(frame_id(f, house, row - 1), frame_id(f, house, row)) < 0));
    }
    for (uint32_t row = 1; row < frame_rows(f, man); row++) {
        uint32_t before = frame_above(f, man, row - 1, house), here = frame_above(f, man, row, house);
        assert_true(
            before < here
            || (before == here && text_compare(frame_id(f, man, row - 1), frame_id(f, man, row)) < 0));
    }
    for (int i = 0; i < t->model.house_count; i++) {
        const struct house *h = &t->model.houses[i];
        struct value v = frame_value(f, house, catalog_field(house, TEXT("farmland")), row_of_house(t, i));
        assert_int_equal(v.kind == VALUE_NONE ? NOT_KNOWN : v.n, h->farmland_x10);
        v = frame_value(f, house, catalog_field(house, TEXT("kind")), row_of_house(t, i));
        assert_true(h->kind < 0 ? v.kind == VALUE_NONE : v.s.at[0] == 'a' + h->kind);
    }
}

static const struct run_rule *rule(struct tried *t, const char *id)
{
    struct err e = {.kind = NULL};
    const struct run_rule *rules;
    size_t count;
    assert_done(run_rules(t->run, &rules, &count, &e), &e);
    for (size_t i = 0; i < count; i++)
        if (text_equal(rules[i].rule->id, text_of(id)))
            return &rules[i];
    return NULL;
}

static void check_rules(struct tried *t)
{
    const struct model *m = &t->model;
    const struct run_rule *twice = rule(t, "person.duplicate"), *alone = rule(t, "household.without_adult");
    uint64_t want_twice = 0, want_alone = 0;
    for (int i = 0; i < m->man_count; i++)
        want_twice += model_uses(m, i) > 1;
    for (int i = 0; i < m->house_count; i++) {
        bool want = model_without_adult(m, i, t->as_of);
        want_alone += want;
        if (alone->judged)
            assert_int_equal(run_bit(&alone->bits, row_of_house(t, i)), want);
    }
    assert_int_equal(twice->bits.yes_count, want_twice);
    assert_int_equal(alone->bits.yes_count, want_alone);
}

/* 12 / members > 5: where nobody lives the rule cannot be evaluated, which is told. */
static void check_failures(struct tried *t)
{
    const struct run_rule *share = rule(t, "household.share");
    uint64_t empty = 0, large = 0;
    for (int i = 0; i < t->model.house_count; i++) {
        int members = model_members(&t->model, i);
        empty += members == 0;
        large += members > 0 && 12 / members > 5;
    }
    if (!share->judged)
        return;
    assert_int_equal(share->bits.failed_count, empty);
    assert_int_equal(share->bits.yes_count, large);
    if (empty > 0)
        assert_non_null(share->bits.first_failure.kind);
}

static void check_not_judged(struct tried *t)
{
    assert_null(rule(t, "household.later"));
    if (t->model.man_count == 0 || t->model.income_count == 0)
        return;
    assert_false(rule(t, "household.never_given")->judged);
    assert_false(rule(t, "household.never_empty")->judged);
    assert_false(rule(t, "household.capped")->judged);
    assert_non_null(strstr(rule(t, "household.capped")->why.zh.at, "县乡村振兴局"));
    const struct run_rule *exit_line = rule(t, "income.below_exit");
    uint64_t want = 0, without_line = 0, asked = 0;
    for (int i = 0; i < t->model.income_count; i++) {
        const struct income *in = &t->model.incomes[i];
        if (in->year > day_year(t->as_of) || in->wage == NOT_KNOWN)
            continue;
        asked++;
        bool line = in->year >= 2016 && in->year < 2020;
        want += line && in->wage < 300000;
        without_line += !line;
    }
    assert_int_equal(rule(t, "income.below_watch")->judged, asked == 0); /* nobody has set that line */
    assert_true(exit_line->judged);
    assert_int_equal(exit_line->bits.yes_count, want);
    assert_int_equal(exit_line->bits.missing_count, without_line);
    assert_int_equal(exit_line->why.zh.at != NULL, without_line > 0);
}

static void check_grades(struct tried *t)
{
    struct err e = {.kind = NULL};
    struct run_grades grades;
    assert_done(run_grades(t->run, &grades, &e), &e);
    for (int i = 0; i < t->model.house_count; i++) {
        int want = model_grade(&t->model, i, t->as_of);
        assert_int_equal(grades.grade[row_of_house(t, i)], want < 0 ? RUN_NO_GRADE : want);
    }
}

static struct indicator_result measure(struct tried *t, const char *id, const char *by)
{
    struct err e = {.kind = NULL};
    struct indicator_result result;
    const struct catalog_indicator *indicator = catalog_indicator(pack(), text_of(id));
    assert_non_null(indicator);
    assert_done(run_indicator(t->run, indicator, text_of(by), &result, &e), &e);
    return result;
}

/* Part of a split; NOT_KNOWN: there is none. */
static int64_t part(const struct indicator_result *r, struct text key)
{
    for (size_t i = 0; i < r->by_count; i++)
        if (text_equal(r->by[i].key, key) && (r->by[i].key.at == NULL) == (key.at == NULL))
            return r->by[i].value;
    return NOT_KNOWN;
}

static void check_counts(struct tried *t)
{
    const struct model *m = &t->model;
    int64_t lifted = 0, in_village[VILLAGES] = {0};
    struct arena a;
    for (int i = 0; i < m->house_count; i++)
        if (model_lifted(&m->houses[i], t->as_of)) {
            lifted++;
            in_village[m->houses[i].village]++;
        }
    struct indicator_result r = measure(t, "lifted", "village");
    assert_int_equal(r.value, lifted);
    arena_init(&a, 1u << 20);
    for (int v = 0; v < VILLAGES; v++) {
        int64_t got = part(&r, model_village(v, &a));
        assert_int_equal(got == NOT_KNOWN ? 0 : got, in_village[v]);
    }
    arena_clear(&a);
    for (size_t i = 1; i < r.by_count; i++)
        assert_true(text_compare(r.by[i - 1].key, r.by[i].key) < 0);
}

static void check_sums(struct tried *t)
{
    const struct model *m = &t->model;
    int64_t paid = 0, least = INT64_MAX, most = INT64_MIN, of_kind[4] = {0};
    bool any = false;
    for (int i = 0; i < m->payment_count; i++) {
        const struct payment *p = &m->payments[i];
        if (!model_paid(p, t->as_of) || p->amount == NOT_KNOWN)
            continue;
        paid += p->amount;
        least = p->amount < least ? p->amount : least;
        most = p->amount > most ? p->amount : most;
        of_kind[m->houses[p->house].kind + 1] += p->amount;
        any = true;
    }
    struct indicator_result r = measure(t, "paid", "household.kind");
    assert_int_equal(r.value, paid);
    static const char *const codes[] = {NULL, "a", "b", "c"};
    for (int kind = -1; kind < 3; kind++) {
        int64_t got = part(&r, text_of(codes[kind + 1]));
        assert_int_equal(got == NOT_KNOWN ? 0 : got, of_kind[kind + 1]);
    }
    r = measure(t, "least", NULL);
    assert_int_equal(r.known, any);
    assert_int_equal(any ? r.value : 0, any ? least : 0);
    r = measure(t, "most", NULL);
    assert_int_equal(any ? r.value : 0, any ? most : 0);
}

static void check_distinct_and_formula(struct tried *t)
{
    const struct model *m = &t->model;
    int64_t houses = 0, paid = measure(t, "paid", NULL).value;
    bool to[HOUSES_MAX] = {false};
    struct err e = {.kind = NULL};
    const struct text *ids;
    size_t count;
    for (int i = 0; i < m->payment_count; i++) {
        const struct payment *p = &m->payments[i];
        if (model_paid(p, t->as_of) && p->amount != NOT_KNOWN && p->amount > 10000) {
            houses += !to[p->house];
            to[p->house] = true;
        }
    }
    assert_int_equal(measure(t, "paid_to", NULL).value, houses);
    assert_done(run_indicator_rows(t->run, catalog_indicator(pack(), TEXT("paid_to")), &ids, &count, &e), &e);
    assert_int_equal(count, houses);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || text_compare(ids[i - 1], ids[i]) < 0);
        assert_true(frame_row(run_frame(t->run), entity("household"), ids[i]) != UINT32_MAX);
    }
    struct indicator_result mean = measure(t, "mean", NULL);
    assert_int_equal(mean.known, houses > 0);
    if (houses > 0)
        assert_int_equal(mean.value, (paid * 2 + houses) / (houses * 2)); /* half away from zero */
}

static void check_decimal_and_unset(struct tried *t)
{
    int64_t farmland = 0;
    for (int i = 0; i < t->model.house_count; i++)
        if (t->model.houses[i].farmland_x10 != NOT_KNOWN)
            farmland += t->model.houses[i].farmland_x10;
    assert_int_equal(measure(t, "farmland", NULL).value, farmland);
    if (t->model.house_count > 0)
        assert_false(measure(t, "capped", NULL).known); /* never "0" for what nobody has decided */
}

static void check_rows_of_parents(struct tried *t)
{
    const struct model *m = &t->model;
    bool with_adult[HOUSES_MAX] = {false};
    int64_t adults = 0;
    size_t houses = 0, count;
    const struct text *ids;
    struct err e = {.kind = NULL};
    for (int i = 0; i < m->man_count; i++)
        if (model_adult(&m->men[i], t->as_of)) {
            adults++;
            houses += !with_adult[m->men[i].house];
            with_adult[m->men[i].house] = true;
        }
    assert_int_equal(measure(t, "adults", "lifted_year").value, adults);
    assert_done(run_indicator_rows(t->run, catalog_indicator(pack(), TEXT("adults")), &ids, &count, &e), &e);
    assert_int_equal(count, houses);
}

static void check_all(struct tried *t)
{
    check_frame(t);
    check_rules(t);
    check_failures(t);
    check_not_judged(t);
    check_grades(t);
    check_counts(t);
    check_sums(t);
    check_distinct_and_formula(t);
    check_decimal_and_unset(t);
    check_rows_of_parents(t);
}

static void random_registers_are_counted_as_a_plain_recount_counts_them(void **state)
{
    static const day days[] = {16500, 17531, 18261, 19000};
    static struct tried t;
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        print_message("seed %llu\n", (unsigned long long)seed);
        open_register(&t, seed, SMALL);
        for (size_t i = 0; i < COUNT_OF(days); i++) {
            open_run(&t, days[i], 1 + (unsigned)i);
            check_all(&t);
            run_close(t.run);
        }
        register_close(&t.reg);
    }
}

/* All answers of a run as one text. */
static void tell_run(struct tried *t, struct buf *out)
{
    struct err e = {.kind = NULL};
    const struct run_rule *rules;
    struct run_grades grades;
    size_t count;
    assert_done(run_rules(t->run, &rules, &count, &e) && run_grades(t->run, &grades, &e), &e);
    for (size_t i = 0; i < count; i++) {
        const struct run_bits *b = &rules[i].bits;
        buf_add_format(out, "%.*s %d %llu %llu %llu %u %.*s\n", TEXT_ARG(rules[i].rule->id), rules[i].judged,
                       (unsigned long long)b->failed_count, (unsigned long long)b->absent_count,
                       (unsigned long long)b->missing_count, b->first_failed_row, TEXT_ARG(rules[i].why.en));
        for (uint32_t row = 0; row < b->rows; row++)
            buf_add_char(out, run_bit(b, row) ? '1' : '0');
    }
    for (uint32_t row = 0; row < grades.rows; row++)
        buf_add_int(out, grades.grade[row]);
    struct indicator_result r = measure(t, "households", "label");
    for (size_t i = 0; i < r.by_count; i++)
        buf_add_format(out, "%.*s %lld\n", TEXT_ARG(r.by[i].key), (long long)r.by[i].value);
}

static void answers_do_not_depend_on_the_number_of_threads(void **state)
{
    static struct tried t;
    struct buf alone, together;
    (void)state;
    buf_init(&alone, 16u << 20);
    buf_init(&together, 16u << 20);
    open_register(&t, 11, LARGE);
    open_run(&t, 18261, 1);
    tell_run(&t, &alone);
    run_close(t.run);
    for (int again = 0; again < 3; again++) {
        buf_reset(&together);
        open_run(&t, 18261, 4);
        tell_run(&t, &together);
        run_close(t.run);
        assert_false(together.failed);
        assert_true(text_equal(buf_text(&alone), buf_text(&together)));
    }
    buf_clear(&alone);
    buf_clear(&together);
    register_close(&t.reg);
}

static void a_split_by_what_nobody_asked_for_before_is_fetched(void **state)
{
    static struct tried t;
    struct err e = {.kind = NULL};
    const struct catalog_indicator *households = catalog_indicator(pack(), TEXT("households"));
    (void)state;
    open_register(&t, 3, SMALL);
    const struct run_options options = {.as_of = 18000, .indicators = &households, .indicator_count = 1};
    assert_done(run_open(t.reg.records, pack(), &options, &t.run, &e), &e);
    int64_t sum = 0;
    struct indicator_result r = measure(&t, "households", "label");
    for (size_t i = 0; i < r.by_count; i++)
        sum += r.by[i].value;
    assert_int_equal(sum, t.model.house_count);
    assert_int_equal(r.value, t.model.house_count);
    run_close(t.run);
    register_close(&t.reg);
}

static void what_cannot_be_asked_is_refused(void **state)
{
    static struct tried t;
    struct err e = {.kind = NULL};
    struct indicator_result r;
    const struct catalog_indicator *adults = catalog_indicator(pack(), TEXT("adults"));
    struct run_options options = {.as_of = 18000, .indicators = &adults, .indicator_count = 1};
    (void)state;
    open_register(&t, 2, SMALL);
    options.by = &(struct text){"colour", 6};
    assert_refused(run_open(t.reg.records, pack(), &options, &t.run, &e), &e, RUN_BY_UNKNOWN);
    options.by = &(struct text){"certificate", 11};
    assert_refused(run_open(t.reg.records, pack(), &options, &t.run, &e), &e, RUN_BY_SEALED);
    options = (struct run_options){.as_of = 18000, .rules = true, .rule = TEXT("V99")};
    assert_refused(run_open(t.reg.records, pack(), &options, &t.run, &e), &e, RUN_RULE_UNKNOWN);
    options.rule = TEXT("V6");
    assert_done(run_open(t.reg.records, pack(), &options, &t.run, &e), &e);
    assert_refused(run_indicator(t.run, adults, TEXT("colour"), &r, &e), &e, RUN_BY_UNKNOWN);
    run_close(t.run);
    register_close(&t.reg);
}

static uint64_t found_by(struct tried *t, const char *on, const char *where)
{
    struct err e = {.kind = NULL};
    struct run_bits bits;
    struct run_options options = {.as_of = 18261, .on = entity(on)};
    assert_done(catalog_compile(pack(), options.on, text_of(where), &t->reg.arena, &options.where, &e), &e);
    assert_done(run_open(t->reg.records, pack(), &options, &t->run, &e), &e);
    assert_done(run_select(t->run, options.on, options.where, &bits, &e), &e);
    run_close(t->run);
    return bits.yes_count;
}

/* A village's code was read as the village that it lies in, and never equal to anything. */
static void a_filter_finds_a_village_by_its_code(void **state)
{
    struct tried t;
    (void)state;
    open_register(&t, 7, SMALL);
    assert_int_equal(found_by(&t, "village", "code == '411622104201'"), 1);
    assert_int_equal(found_by(&t, "village", "code.startsWith('4116221059')"), 0);
    uint64_t all = 0;
    for (int v = 0; v < VILLAGES; v++) {
        char by_text[64], by_code[64];
        snprintf(by_text, sizeof by_text, "village == '41162210420%d'", v + 1);
        snprintf(by_code, sizeof by_code, "village.code == '41162210420%d'", v + 1);
        uint64_t here = found_by(&t, "household", by_text);
        assert_int_equal(found_by(&t, "household", by_code), here);
        all += here;
    }
    assert_int_equal(all, (uint64_t)t.model.house_count);
    register_close(&t.reg);
}

static int set_up(void **state)
{
    (void)state;
    office_open(&office, PACK, "411622104");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    office_close(&office);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_registers_are_counted_as_a_plain_recount_counts_them),
        cmocka_unit_test(answers_do_not_depend_on_the_number_of_threads),
        cmocka_unit_test(a_split_by_what_nobody_asked_for_before_is_fetched),
        cmocka_unit_test(what_cannot_be_asked_is_refused),
        cmocka_unit_test(a_filter_finds_a_village_by_its_code),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
