/* The pack's own records: each rule is broken by one at least, and holds on another. */
#include "base/system.h"
#include "engine/select/select.h"
#include "register.h"
#include "test.h"
#include <stdlib.h>

#define CASE_MIN 100

struct suite {
    struct office office;
    const char *folder;
    bool *broken, *held; /* by rule */
    size_t cases, wrong;
};
static struct suite suite;

static struct text scalar(const struct yaml_node *map, const char *key)
{
    const struct yaml_node *node = yaml_get(map, key);
    return node != NULL ? node->text : TEXT_NONE;
}

static const struct yaml_node *parse(const char *path, const char *name)
{
    struct err e = {.kind = NULL};
    const struct yaml_node *root;
    assert_done(
        yaml_read(register_read_file(&suite.office, path), text_of(name), &suite.office.arena, &root, &e),
        &e);
    return root;
}

static const struct yaml_node *parse_named(struct text name)
{
    struct text path = text_format(&suite.office.arena, "%s/test/%.*s", suite.folder, TEXT_ARG(name));
    return parse(path.at, name.at);
}

static void wrong(struct text file, const struct yaml_node *at, struct text rule, const char *what,
                  struct text more)
{
    print_error("%.*s:%d: %.*s %s%.*s\n", TEXT_ARG(file), at->line, TEXT_ARG(rule), what, TEXT_ARG(more));
    suite.wrong++;
}

static bool is_named(const struct yaml_node *ids, struct text id)
{
    for (size_t i = 0; i < ids->count; i++)
        if (text_equal(ids->at[i]->text, id))
            return true;
    return false;
}

/* The ids that were found and are not named, the first one. */
static void check_found(struct text file, const struct yaml_node *at, struct run *run,
                        const struct run_rule *found)
{
    const struct yaml_node *ids = yaml_get(at, "at");
    size_t named = 0;
    if (found->bits.yes_count == 0) {
        wrong(file, at, found->rule->id, "is not broken", TEXT(""));
        return;
    }
    if (ids == NULL)
        return;
    for (uint32_t row = 0; row < found->bits.rows; row++) {
        if (!run_bit(&found->bits, row))
            continue;
        struct text id = frame_id(run_frame(run), found->rule->on, row);
        if (is_named(ids, id))
            named++;
        else
            wrong(file, at, found->rule->id, "is also broken by ", id);
    }
    if (named != ids->count)
        wrong(file, at, found->rule->id, "is not broken by all that are named", TEXT(""));
}

static void check_case(struct text file, const struct yaml_node *at, struct run *run)
{
    const struct run_rule *found;
    size_t count;
    struct err e = {.kind = NULL};
    bool breaks = yaml_get(at, "breaks") != NULL;
    assert_done(run_rules(run, &found, &count, &e), &e);
    assert_int_equal(count, 1);
    const struct catalog *c = suite.office.session.catalog;
    size_t index = (size_t)(found->rule - c->rules);
    if (!found->judged) {
        wrong(file, at, found->rule->id, "is not judged: ", found->why.en);
        return;
    }
    if (found->bits.failed_count > 0)
        wrong(file, at, found->rule->id, "could not be evaluated", TEXT(""));
    *(breaks ? &suite.broken[index] : &suite.held[index]) = true;
    if (breaks)
        check_found(file, at, run, found);
    else if (found->bits.yes_count > 0)
        wrong(file, at, found->rule->id, "does not hold", TEXT(""));
}

static void judge(struct text file, const struct yaml_node *at, struct opened *r, day as_of)
{
    struct err e = {.kind = NULL};
    struct text rule = scalar(at, yaml_get(at, "breaks") != NULL ? "breaks" : "holds");
    const struct run_options options = {.as_of = as_of, .rules = true, .rule = rule, .threads = 1};
    struct run *run;
    assert_non_null(rule.at);
    assert_done(run_open(r->records, suite.office.session.catalog, &options, &run, &e), &e);
    check_case(file, at, run);
    run_close(run);
}

static day day_of(const struct yaml_node *map, day otherwise)
{
    day d = otherwise;
    struct text written = scalar(map, "as_of");
    if (written.at != NULL)
        assert_true(day_parse(written, &d));
    return d;
}

static void run_case(struct text file, const struct yaml_node *at, const struct yaml_node *base,
                     const char *base_db, day base_day)
{
    struct opened r;
    const struct yaml_node *removed = yaml_get(at, "remove"), *set = yaml_get(at, "set");
    register_copy(&suite.office, removed != NULL ? "empty.db" : base_db, "case.db", &r);
    if (removed != NULL)
        register_add(&suite.office, &r, base, removed, base_day);
    if (set != NULL)
        register_add(&suite.office, &r, set, NULL, base_day);
    judge(file, at, &r, day_of(at, base_day));
    register_close(&r);
    suite.cases++;
}

/* On the register as it stands no rule finds anything. */
static void check_clean(struct text file, const struct yaml_node *root, struct opened *r, day as_of)
{
    struct err e = {.kind = NULL};
    const struct run_options options = {.as_of = as_of, .rules = true};
    struct run *run;
    const struct run_rule *found;
    size_t count;
    assert_done(run_open(r->records, suite.office.session.catalog, &options, &run, &e), &e);
    assert_done(run_rules(run, &found, &count, &e), &e);
    for (size_t i = 0; i < count; i++)
        if (found[i].bits.yes_count > 0 || found[i].bits.failed_count > 0)
            wrong(file, root, found[i].rule->id, "is broken on the clean register", TEXT(""));
    run_close(run);
}

static void run_file(struct text name)
{
    const struct yaml_node *root = parse_named(name), *from = root;
    struct text other = scalar(root, "register_of");
    if (other.at != NULL)
        from = parse_named(other);
    const struct yaml_node *base = yaml_get(from, "register"), *cases = yaml_get(root, "cases");
    day base_day = day_of(root, day_of(from, DAY_NONE));
    struct opened r;
    assert_non_null(base);
    assert_non_null(cases);
    register_copy(&suite.office, "empty.db", "base.db", &r);
    register_add(&suite.office, &r, base, NULL, base_day);
    check_clean(name, root, &r, base_day);
    register_close(&r);
    for (size_t i = 0; i < cases->count; i++)
        run_case(name, cases->at[i], base, "base.db", base_day);
}

static void every_case_of_the_pack_is_judged_as_it_says(void **state)
{
    struct err e = {.kind = NULL};
    struct text *names;
    size_t count;
    (void)state;
    struct text folder = text_format(&suite.office.arena, "%s/test", suite.folder);
    assert_done(file_list(folder.at, &suite.office.arena, &names, &count, &e), &e);
    for (size_t i = 0; i < count; i++)
        if (text_ends_with(names[i], TEXT(".yaml")))
            run_file(names[i]);
    print_message("%zu cases\n", suite.cases);
    assert_true(suite.cases >= CASE_MIN);
    assert_int_equal(suite.wrong, 0);
}

static void every_rule_is_broken_by_a_record_and_holds_on_another(void **state)
{
    const struct catalog *c = suite.office.session.catalog;
    size_t lacking = 0;
    (void)state;
    for (size_t i = 0; i < c->rule_count; i++) {
        if (!suite.broken[i])
            print_error("%.*s: no record breaks it\n", TEXT_ARG(c->rules[i].id));
        if (!suite.held[i])
            print_error("%.*s: it holds on no record\n", TEXT_ARG(c->rules[i].id));
        lacking += !suite.broken[i] || !suite.held[i];
    }
    assert_int_equal(lacking, 0);
}

static int set_up(void **state)
{
    (void)state;
    office_open(&suite.office, suite.folder, "411622");
    size_t count = suite.office.session.catalog->rule_count;
    suite.broken = calloc(count, sizeof *suite.broken);
    suite.held = calloc(count, sizeof *suite.held);
    return suite.broken != NULL && suite.held != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    office_close(&suite.office);
    free(suite.broken);
    free(suite.held);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_of_the_pack_is_judged_as_it_says),
        cmocka_unit_test(every_rule_is_broken_by_a_record_and_holds_on_another),
    };
    suite.folder = POLICY "/henan";
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
