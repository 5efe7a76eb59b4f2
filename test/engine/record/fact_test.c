/* When facts hold: corrections, later and older facts, and who moves with whom. */
#include "fixture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void what_refers_to_a_refused_row_stands_and_follows_when_that_comes(void **state)
{
    struct fixture *f = *state;
    struct outcome_of o = IMPORT(f, {HOUSEHOLD, 0, 3, NULL, "number=H1; name=x", .refused = true},
                                 {INCOME, 1, 3, NULL, "household=H1; year=2019; wage=1"});
    assert_counts(&o.counts[0], 1, 0, 0, 0, 1);
    assert_counts(&o.counts[1], 1, 1, 0, 0, 0);
    assert_string_equal(record_at(f, INCOME, "H1,2019", NULL), "@104000; household=H1; year=2019; wage=1.00");
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1});
    assert_string_equal(record_at(f, INCOME, "H1,2019", NULL), "@104205; household=H1; year=2019; wage=1.00");
    verify_clean(f);
}

static void a_household_that_moves_takes_its_records_with_it(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1},
           {PERSON, 1, 3, NULL, "household=H1; number=P1; village=411622104205"},
           {PERSON, 1, 4, NULL, "household=H1; number=P2; village=411622104000"},
           {INCOME, 2, 3, NULL, "household=H1; year=2019"});
    struct outcome_of o = IMPORT(f, {HOUSEHOLD, 0, 3, NULL, "number=H1; village=411622104210"});
    assert_counts(&o.counts[0], 1, 0, 1, 0, 0);
    assert_string_equal(record_at(f, INCOME, "H1,2019", NULL), "@104210; household=H1; year=2019");
    assert_string_equal(record_at(f, PERSON, "P1", NULL), "@104210; household=H1; number=P1");
    assert_string_equal(record_at(f, PERSON, "P2", NULL),
                        "@104000; household=H1; number=P2"); /* says itself where it lies */
    assert_string_equal(journal_of(f, "H1,2019").last, "village:411622104205>411622104210");
    verify_clean(f);
}

static void a_move_to_another_county_moves_past_and_children(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, "2018-12-31", H1},
           {INCOME, 2, 3, "2018-12-31", "household=H1; year=2018; wage=1"});
    IMPORT(f, {HOUSEHOLD, 0, 3, "2019-12-31", "number=H1; name=b"},
           {INCOME, 2, 3, NULL, "household=H1; year=2018; wage=2"});
    struct outcome_of o = IMPORT(f, {HOUSEHOLD, 0, 3, "2020-12-31", "number=H1; village=411623100200"});
    assert_counts(&o.counts[0], 1, 0, 1, 0, 0);
    assert_int_equal(count_of(f, HOUSEHOLD), 1);
    assert_string_equal(record_at(f, INCOME, "H1,2018", NULL), "@100200; household=H1; year=2018; wage=2.00");
    assert_string_equal(record_at(f, INCOME, "H1,2018", "2018-12-31"),
                        "@104205; household=H1; year=2018; wage=1.00");
    assert_string_equal(record_at(f, HOUSEHOLD, "H1", "2018-12-31"),
                        "@104205; number=H1; name=刘; area=4.2; joined=2014-05-01; phone=13800000001; "
                        "phone_valid=yes; mark=a");
    assert_string_equal(record_at(f, HOUSEHOLD, "H1", "2020-01-01"),
                        "@104205; number=H1; name=b; area=4.2; joined=2014-05-01; phone=13800000001; "
                        "phone_valid=yes; mark=a");
    o = IMPORT(f, {HOUSEHOLD, 0, 3, "2020-12-31", "number=H1; village=411623100200; name=b"});
    assert_true(wrote_nothing(&o));
    verify_clean(f);
}

static void a_later_fact_keeps_the_earlier_state_in_the_past(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, "2018-12-31", "number=H1; village=411622104205; name=a; mark=x"});
    struct outcome_of o = IMPORT(f, {HOUSEHOLD, 0, 3, "2019-12-31", "number=H1; name=b"});
    assert_counts(&o.counts[0], 1, 0, 1, 0, 0);
    assert_string_equal(record_at(f, HOUSEHOLD, "H1", NULL), "@104205; number=H1; name=b; mark=x");
    assert_string_equal(record_at(f, HOUSEHOLD, "H1", "2019-12-31"), "@104205; number=H1; name=b; mark=x");
    assert_string_equal(record_at(f, HOUSEHOLD, "H1", "2019-12-30"), "@104205; number=H1; name=a; mark=x");
    assert_string_equal(record_at(f, HOUSEHOLD, "H1", "2001-01-01"),
                        "@104205; number=H1; name=a; mark=x"); /* before the first: the first */
    assert_string_equal(journal_of(f, "H1").last, "fact_day:2018-12-31>2019-12-31 name:a>b");
}

static void the_same_fact_day_corrects_and_leaves_no_past(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, "2019-12-31", "number=H1; village=411622104205; name=a"});
    IMPORT(f, {HOUSEHOLD, 0, 3, "2019-12-31", "number=H1; name=b"});
    assert_string_equal(record_at(f, HOUSEHOLD, "H1", "2019-01-01"), "@104205; number=H1; name=b");
}

static void an_older_fact_is_filed_into_the_past_once(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, "2019-12-31", "number=H1; village=411622104205; name=c; phone=1"});
    struct outcome_of o = IMPORT(f, {HOUSEHOLD, 0, 3, "2017-12-31", "number=H1; name=a; phone=2"});
    assert_counts(&o.counts[0], 1, 0, 1, 0, 0);
    assert_int_equal(o.told.noted, 1);
    assert_int_equal(o.told.what[0], BATCH_FILED_INTO_PAST);
    assert_string_equal(record_at(f, HOUSEHOLD, "H1", NULL),
                        "@104205; number=H1; name=c; phone=1; phone_valid=no");
    assert_string_equal(record_at(f, HOUSEHOLD, "H1", "2018-06-01"),
                        "@104205; number=H1; name=a; phone=2; phone_valid=no");
    assert_string_equal(journal_of(f, "H1").last, "name:c>a phone:1>2! valid_from:->2017-12-31");
    o = IMPORT(f, {HOUSEHOLD, 0, 3, "2018-12-31", "number=H1; name=b"}); /* within a piece: splits it */
    assert_counts(&o.counts[0], 1, 0, 1, 0, 0);
    assert_string_equal(record_at(f, HOUSEHOLD, "H1", "2018-06-01"),
                        "@104205; number=H1; name=a; phone=2; phone_valid=no");
    assert_string_equal(record_at(f, HOUSEHOLD, "H1", "2019-06-01"),
                        "@104205; number=H1; name=b; phone=2; phone_valid=no");
    assert_string_equal(record_at(f, HOUSEHOLD, "H1", NULL),
                        "@104205; number=H1; name=c; phone=1; phone_valid=no");
    uint64_t before = digest_of(f);
    o = IMPORT(f, {HOUSEHOLD, 0, 3, "2018-12-31", "number=H1; name=b"},
               {HOUSEHOLD, 1, 3, "2017-12-31", "number=H1; name=b"});
    assert_int_equal(o.told.refused, 0);
    (void)before;
}

static void older_facts_again_change_nothing(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, "2019-12-31", "number=H1; village=411622104205; name=c; phone=1"});
    IMPORT(f, {HOUSEHOLD, 0, 3, "2017-12-31", "number=H1; name=a; phone=2"});
    IMPORT(f, {HOUSEHOLD, 0, 3, "2018-12-31", "number=H1; name=b"});
    uint64_t before = digest_of(f);
    static const char *const days[] = {"2017-12-31", "2018-12-31", "2019-12-31"};
    static const char *const cells[] = {"number=H1; name=a; phone=2", "number=H1; name=b",
                                        "number=H1; village=411622104205; name=c; phone=1"};
    for (size_t i = 0; i < 3; i++) {
        struct outcome_of o = IMPORT(f, {HOUSEHOLD, 0, 3, days[i], cells[i]});
        assert_counts(&o.counts[0], 1, 0, 0, 1, 0);
        assert_true(wrote_nothing(&o));
    }
    assert_int_equal(digest_of(f), before);
    verify_clean(f);
}

/* How many households a scan of that area gives; below a parent or on a day where they are said. */
static size_t scanned(struct fixture *f, int entity, const char *area, const char *parent, const char *as_of)
{
    struct record_query q = {.entity = entity_of(f, entity), .as_of = DAY_NONE, .limit = -1};
    struct record_scan *scan = NULL;
    struct record_row row;
    struct err e = {.kind = NULL};
    size_t count = 0;
    q.parent = parent != NULL ? text_of(parent) : TEXT_NONE;
    assert_true(as_of == NULL || day_parse(text_of(as_of), &q.as_of));
    assert_true(area_of(text_of(area), &q.area, &e));
    assert_true(record_scan_open(f->records, &q, &scan, &e));
    while (record_scan_next(scan, &row, &e))
        count++;
    record_scan_close(scan);
    assert_null(e.kind);
    return count;
}

static void an_area_gives_what_lies_in_it_whatever_its_level(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, "2018-12-31", H1}, {HOUSEHOLD, 0, 4, NULL, "number=H2; village=411623100200"},
           {INCOME, 2, 3, NULL, "household=H1; year=2018; wage=1"},
           {INCOME, 2, 4, NULL, "household=H2; year=2018; wage=1"});
    static const struct {
        const char *area;
        size_t households;
    } cases[] = {{"", 2},
                 {"41", 2},
                 {"4116", 2},
                 {"411600", 2},
                 {"411600000000", 2},
                 {"411622", 1},
                 {"411623", 1},
                 {"411624", 0},
                 {"411622104205", 1},
                 {"411623100000", 1},
                 {"411622000000", 1},
                 {"42", 0}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(scanned(f, HOUSEHOLD, cases[i].area, NULL, NULL), cases[i].households);
        assert_int_equal(scanned(f, INCOME, cases[i].area, NULL, NULL), cases[i].households);
    }
    assert_int_equal(scanned(f, INCOME, "", "H2", NULL), 1);
    assert_int_equal(scanned(f, INCOME, "411622", "H2", NULL), 0);
    IMPORT(f, {HOUSEHOLD, 0, 3, "2020-12-31", "number=H1; village=411623100200"}); /* to the other county */
    assert_int_equal(scanned(f, HOUSEHOLD, "411622", NULL, NULL), 0);
    assert_int_equal(scanned(f, HOUSEHOLD, "411622", NULL, "2019-06-30"), 1);
    assert_int_equal(scanned(f, HOUSEHOLD, "411623", NULL, "2019-06-30"), 1);
    IMPORT(f, {INCOME, 2, 3, "2021-12-31", "household=H1; year=2018; wage=3"});
    assert_int_equal(scanned(f, INCOME, "", "H1", "2019-06-30"), 1);
    assert_int_equal(scanned(f, INCOME, "", "H1", "2021-12-31"), 1);
    assert_int_equal(scanned(f, INCOME, "", "H1", NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_refers_to_a_refused_row_stands_and_follows_when_that_comes),
        TEST(a_household_that_moves_takes_its_records_with_it),
        TEST(a_move_to_another_county_moves_past_and_children),
        TEST(a_later_fact_keeps_the_earlier_state_in_the_past),
        TEST(the_same_fact_day_corrects_and_leaves_no_past),
        TEST(an_older_fact_is_filed_into_the_past_once),
        TEST(older_facts_again_change_nothing),
        TEST(an_area_gives_what_lies_in_it_whatever_its_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
