/* Pages of lists against a plain reference, over random registers. */
#include "base/system.h"
#include "engine/record/page.h"
#include "engine/record/record.err.h"
#include "fixture.h"
#include "test.h"
#include <stdlib.h>
#include <string.h>

#define ROWS 60
#define ROUNDS 60

static uint64_t state_of_chance;

static uint32_t chance(uint32_t below)
{
    state_of_chance = state_of_chance * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state_of_chance >> 33) % below;
}

static void seed(void)
{
    const char *given = getenv("SEED");
    state_of_chance = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)clock_now_ms();
    print_message("SEED=%llu\n", (unsigned long long)state_of_chance);
}

/* ---- the register and its reference ---- */

enum { NAME, AREA, JOINED, FIELD_USED };
static const char *const field_ids[] = {"name", "area", "joined"};
struct row {
    char id[16], village[13];
    struct value v[FIELD_USED];
    char name[32];
};
struct plain {
    const struct catalog_entity *entity;
    const struct catalog_field *fields[FIELD_USED];
    struct row at[ROWS];
    size_t count;
};

static void fill(struct fixture *f)
{
    static const char *const villages[] = {"411622104205", "411622104210", "411623100200"};
    static const char *const names[] = {"", "刘", "刘兰", "兰", "王小明", "小明", "𠮷田", "a", "B", "刘 兰"};
    struct test_row rows[ROWS];
    static char cells[ROWS][160];
    memset(rows, 0, sizeof rows);
    for (int i = 0; i < ROWS; i++) {
        char area[16] = "", joined[16] = "";
        if (chance(4) != 0)
            snprintf(area, sizeof area, "%u.%u", chance(4), chance(10));
        if (chance(3) != 0)
            snprintf(joined, sizeof joined, "2014-0%u-01", 1 + chance(5));
        snprintf(cells[i], sizeof cells[i],
                 "village=%s; number=H%03u; name=%s; area=%s; joined=%s; phone=1380000%04u",
                 villages[chance(3)], (unsigned)i * 7 % 1000, names[chance(10)], area, joined, chance(5));
        rows[i] = (struct test_row){HOUSEHOLD, 0, (uint32_t)i + 3, "2019-12-31", cells[i]};
    }
    assert_true(import_rows(f, rows, ROWS, false).good);
}

static void read_plain(struct fixture *f, struct plain *p)
{
    struct err e = {0};
    struct record_scan *scan;
    struct record_row row;
    *p = (struct plain){.entity = entity_of(f, HOUSEHOLD)};
    for (int i = 0; i < FIELD_USED; i++)
        p->fields[i] = catalog_field(p->entity, text_of(field_ids[i]));
    struct record_query q = {
        .entity = p->entity, .as_of = DAY_NONE, .fields = p->fields, .field_count = FIELD_USED, .limit = -1};
    assert_done(record_scan_open(f->records, &q, &scan, &e), &e);
    while (record_scan_next(scan, &row, &e)) {
        struct row *to = &p->at[p->count++];
        snprintf(to->id, sizeof to->id, "%.*s", TEXT_ARG(row.id));
        snprintf(to->village, sizeof to->village, "%.*s", TEXT_ARG(row.village));
        for (int i = 0; i < FIELD_USED; i++)
            to->v[i] = row.values[i];
        snprintf(to->name, sizeof to->name, "%.*s", TEXT_ARG(row.values[NAME].s));
        if (to->v[NAME].kind == VALUE_TEXT)
            to->v[NAME].s = text_of(to->name);
    }
    record_scan_close(scan);
    assert_int_equal(p->count, ROWS);
    assert_null(e.kind);
}

static int value_order(struct value a, struct value b)
{
    if (a.kind == VALUE_NONE || b.kind == VALUE_NONE)
        return (a.kind != VALUE_NONE) - (b.kind != VALUE_NONE);
    return a.kind == VALUE_INT ? (a.n > b.n) - (a.n < b.n) : text_compare(a.s, b.s);
}

static bool meets(const struct row *row, const struct record_filter *filter, int field)
{
    struct value v = field < 0 ? value_text(text_of(row->village)) : row->v[field];
    switch (filter->test) {
    case RECORD_EMPTY:
        return v.kind == VALUE_NONE;
    case RECORD_FILLED:
        return v.kind != VALUE_NONE;
    case RECORD_EQUAL:
        return v.kind != VALUE_NONE && value_order(v, filter->value) == 0;
    case RECORD_MIN:
        return v.kind != VALUE_NONE && value_order(v, filter->value) >= 0;
    case RECORD_MAX:
        return v.kind != VALUE_NONE && value_order(v, filter->value) <= 0;
    }
    return false;
}

struct asked {
    struct record_filter filters[3];
    int field[3]; /* -1: the village */
    size_t count;
    int sort; /* FIELD_USED: by id */
    bool descending;
    struct area area;
};

static int by_asked(const void *a, const void *b, void *asked)
{
    const struct row *const *x = a, *const *y = b;
    const struct asked *q = asked;
    int order = q->sort == FIELD_USED ? 0 : value_order((*x)->v[q->sort], (*y)->v[q->sort]);
    if (order == 0)
        order = strcmp((*x)->id, (*y)->id);
    return q->descending ? -order : order;
}

static size_t expect(const struct plain *p, struct asked *q, const struct row **out)
{
    size_t count = 0;
    for (size_t i = 0; i < p->count; i++) {
        bool in = area_holds(&q->area, text_of(p->at[i].village));
        for (size_t k = 0; k < q->count; k++)
            in = in && meets(&p->at[i], &q->filters[k], q->field[k]);
        if (in)
            out[count++] = &p->at[i];
    }
    qsort_r(out, count, sizeof(const struct row *), by_asked, q);
    return count;
}

static void ask(const struct plain *p, struct asked *q)
{
    static const char *const areas[] = {"", "411622", "411622104", "411622104205", "411623", "411624"};
    struct err e = {0};
    *q =
        (struct asked){.count = chance(4), .sort = (int)chance(FIELD_USED + 1), .descending = chance(2) != 0};
    assert_done(area_of(text_of(areas[chance(6)]), &q->area, &e), &e);
    for (size_t i = 0; i < q->count; i++) {
        const struct row *from = &p->at[chance(ROWS)];
        q->field[i] = (int)chance(FIELD_USED + 1) - 1;
        struct value v = q->field[i] < 0 ? value_text(text_of(from->village)) : from->v[q->field[i]];
        const struct catalog_field *field = q->field[i] < 0 ? p->entity->village : p->fields[q->field[i]];
        enum record_test test = v.kind == VALUE_NONE ? (chance(2) != 0 ? RECORD_EMPTY : RECORD_FILLED)
                                                     : (enum record_test)chance(5);
        q->filters[i] = (struct record_filter){field, test, v};
    }
}

/* ---- comparing ---- */

/* Walks the pages by cursor or by offset. */
static void walk(struct fixture *f, const struct plain *p, const struct asked *q,
                 const struct row *const *want, size_t count, bool by_cursor)
{
    struct err e = {0};
    struct record_page page = {.filters = q->filters, .filter_count = q->count, .descending = q->descending};
    page.sort = q->sort == FIELD_USED ? NULL : p->fields[q->sort];
    struct record_query query = {.entity = p->entity, .area = q->area, .as_of = DAY_NONE, .page = &page};
    int64_t total = -1;
    size_t done = 0, got;
    query.limit = 1 + chance(20);
    assert_done(record_page_count(f->records, &query, &total, &e), &e);
    assert_int_equal(total, count);
    do {
        struct record_scan *scan;
        struct record_row row;
        struct text cursor = TEXT_NONE;
        got = 0;
        assert_done(record_scan_open(f->records, &query, &scan, &e), &e);
        for (; record_scan_next(scan, &row, &e); got++, done++) {
            assert_true(done < count);
            assert_text(row.id, want[done]->id);
            const struct record_place place = {row.sort, row.id};
            cursor = record_cursor_write(f->records, &query, &place, &f->arena);
        }
        record_scan_close(scan);
        assert_null(e.kind);
        if (got > 0 && by_cursor)
            assert_done(record_cursor_read(f->records, &query, cursor, &f->arena, &page.after, &e), &e);
        page.offset = by_cursor ? 0 : (int64_t)done;
    } while (got > 0);
    assert_int_equal(done, count);
}

static void pages_are_what_a_plain_reading_gives(void **state)
{
    struct fixture *f = *state;
    static struct plain p;
    seed();
    fill(f);
    read_plain(f, &p);
    for (int round = 0; round < ROUNDS; round++) {
        const struct row *want[ROWS];
        struct asked q;
        ask(&p, &q);
        size_t count = expect(&p, &q, want);
        walk(f, &p, &q, want, count, round % 2 == 0);
    }
}

static void a_sealed_field_is_found_by_its_whole_value(void **state)
{
    struct fixture *f = *state;
    struct err e = {0};
    int64_t total = 0;
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1},
           {HOUSEHOLD, 0, 4, NULL, "village=411622104205; number=H2; phone=13800000002"});
    const struct catalog_entity *entity = entity_of(f, HOUSEHOLD);
    struct record_filter filter = {catalog_field(entity, TEXT("phone")), RECORD_EQUAL,
                                   value_text(TEXT("13800000001"))};
    const struct record_page page = {.filters = &filter, .filter_count = 1};
    const struct record_query q = {.entity = entity, .as_of = DAY_NONE, .limit = -1, .page = &page};
    assert_done(record_page_count(f->records, &q, &total, &e), &e);
    assert_int_equal(total, 1);
    filter.value = value_text(TEXT("1380000000"));
    assert_done(record_page_count(f->records, &q, &total, &e), &e);
    assert_int_equal(total, 0);
}

static void a_total_is_counted_anew_when_anything_was_changed(void **state)
{
    struct fixture *f = *state;
    struct err e = {0};
    int64_t total = 0;
    const struct record_page page = {.filters = NULL};
    const struct record_query q = {
        .entity = entity_of(f, HOUSEHOLD), .as_of = DAY_NONE, .limit = -1, .page = &page};
    assert_done(record_page_count(f->records, &q, &total, &e), &e);
    assert_int_equal(total, 0);
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1});
    assert_done(record_page_count(f->records, &q, &total, &e), &e);
    assert_int_equal(total, 1);
}

static void a_list_of_a_day_has_the_values_of_that_day(void **state)
{
    struct fixture *f = *state;
    struct err e = {0};
    day on;
    int64_t total = 0;
    IMPORT(f, {HOUSEHOLD, 0, 3, "2018-12-31", "village=411622104205; number=H1; name=a"});
    IMPORT(f, {HOUSEHOLD, 0, 3, "2019-12-31", "number=H1; name=b"});
    const struct catalog_entity *entity = entity_of(f, HOUSEHOLD);
    const struct record_filter filter = {catalog_field(entity, TEXT("name")), RECORD_EQUAL,
                                         value_text(TEXT("a"))};
    struct record_page page = {.filters = &filter, .filter_count = 1};
    page.sort = filter.field;
    assert_true(day_parse(TEXT("2019-06-30"), &on));
    struct record_query q = {.entity = entity, .as_of = on, .limit = 10, .page = &page};
    struct record_scan *scan;
    struct record_row row;
    assert_done(record_scan_open(f->records, &q, &scan, &e), &e);
    assert_true(record_scan_next(scan, &row, &e));
    assert_text(row.sort.s, "a");
    assert_false(record_scan_next(scan, &row, &e));
    record_scan_close(scan);
    assert_done(record_page_count(f->records, &q, &total, &e), &e);
    assert_int_equal(total, 1);
    q.as_of = DAY_NONE;
    assert_done(record_page_count(f->records, &q, &total, &e), &e);
    assert_int_equal(total, 0);
}

static void a_cursor_of_another_list_and_a_made_up_one_are_refused(void **state)
{
    struct fixture *f = *state;
    struct err e = {0};
    const struct catalog_entity *entity = entity_of(f, HOUSEHOLD);
    struct record_page page = {.sort = catalog_field(entity, TEXT("name"))};
    struct record_query q = {.entity = entity, .as_of = DAY_NONE, .limit = 10, .page = &page};
    const struct record_place place = {value_text(TEXT("刘")), TEXT("H1")};
    struct record_place back;
    struct text cursor = record_cursor_write(f->records, &q, &place, &f->arena);
    assert_done(record_cursor_read(f->records, &q, cursor, &f->arena, &back, &e), &e);
    assert_text(back.id, "H1");
    assert_text(back.sort.s, "刘");
    for (size_t i = 0; i <= cursor.size; i++) { /* one byte changed, or cut off */
        char bytes[200];
        memcpy(bytes, cursor.at, cursor.size);
        if (i < cursor.size)
            bytes[i] = bytes[i] == 'A' ? 'B' : 'A';
        struct text other = {bytes, i < cursor.size ? cursor.size : cursor.size - 1};
        assert_refused(record_cursor_read(f->records, &q, other, &f->arena, &back, &e), &e, RECORD_CURSOR);
    }
    static const char *const made_up[] = {"",     "nonsense", "A", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                          "====", "刘"};
    for (size_t i = 0; i < COUNT_OF(made_up); i++)
        assert_refused(record_cursor_read(f->records, &q, text_of(made_up[i]), &f->arena, &back, &e), &e,
                       RECORD_CURSOR);
    page.descending = true;
    assert_refused(record_cursor_read(f->records, &q, cursor, &f->arena, &back, &e), &e, RECORD_CURSOR);
    page.descending = false;
    q.entity = entity_of(f, PERSON);
    assert_refused(record_cursor_read(f->records, &q, cursor, &f->arena, &back, &e), &e, RECORD_CURSOR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pages_are_what_a_plain_reading_gives),
        TEST(a_sealed_field_is_found_by_its_whole_value),
        TEST(a_total_is_counted_anew_when_anything_was_changed),
        TEST(a_list_of_a_day_has_the_values_of_that_day),
        TEST(a_cursor_of_another_list_and_a_made_up_one_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
