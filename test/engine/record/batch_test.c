/* What a batch does with rows: each promise of the outer contract about imports has its test here. */
#include "fixture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static int open_fixture(void **state)
{
    static struct fixture f;
    fixture_open(&f);
    *state = &f;
    return 0;
}

static int close_fixture(void **state)
{
    fixture_close(*state);
    return 0;
}

static void assert_counts(const struct batch_counts *c, uint64_t rows, uint64_t inserted, uint64_t updated,
                          uint64_t unchanged, uint64_t rejected)
{
    assert_int_equal(c->rows, rows);
    assert_int_equal(c->inserted, inserted);
    assert_int_equal(c->updated, updated);
    assert_int_equal(c->unchanged, unchanged);
    assert_int_equal(c->rejected, rejected);
}

#define H1 "village=411622104205; number=H1; name=刘; area=4.2; joined=2014-05-01; phone=13800000001; mark=a"

static void new_rows_are_inserted_and_read_back(void **state)
{
    struct fixture *f = *state;
    struct outcome_of o =
        IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1},
               {PERSON, 1, 3, NULL, "household=H1; number=P1; certificate=41992219460708002x; name=刘兰"});
    assert_counts(&o.counts[0], 1, 1, 0, 0, 0);
    assert_counts(&o.counts[1], 1, 1, 0, 0, 0);
    assert_false(wrote_nothing(&o));
    assert_string_equal(record_at(f, HOUSEHOLD, "H1", NULL),
                        "@104205; number=H1; name=刘; area=4.2; joined=2014-05-01; phone=13800000001; "
                        "phone_valid=yes; mark=a");
    assert_string_equal(
        record_at(f, PERSON, "P1", NULL),
        "@104205; household=H1; number=P1; certificate=41992219460708002x; certificate_digits=18; name=刘兰");
    verify_clean(f);
}

static void the_same_rows_again_change_nothing(void **state)
{
    struct fixture *f = *state;
    const struct test_row rows[] = {{HOUSEHOLD, 0, 3, NULL, H1},
                                    {PERSON, 1, 3, NULL, "household=H1; number=P1; certificate=1; name=a"},
                                    {INCOME, 2, 3, NULL, "household=H1; year=2019; wage=100.50"},
                                    {FUND, 3, 3, NULL, "number=F1; amount=5"},
                                    {DUTY, 4, 3, NULL, "name=赵; post=x", .village_name = "寺后刘村"}};
    assert_true(import_rows(f, rows, 5, false).good);
    uint64_t before = digest_of(f);
    struct outcome_of o = import_rows(f, rows, 5, false);
    for (size_t i = 0; i < 5; i++)
        assert_counts(&o.counts[i], 1, 0, 0, 1, 0);
    assert_true(wrote_nothing(&o));
    assert_int_equal(digest_of(f), before);
}

static void a_dry_run_counts_and_changes_nothing(void **state)
{
    struct fixture *f = *state;
    uint64_t before = digest_of(f);
    const struct test_row rows[] = {{HOUSEHOLD, 0, 3, NULL, H1}};
    struct outcome_of o = import_rows(f, rows, 1, true);
    assert_counts(&o.counts[0], 1, 1, 0, 0, 0);
    assert_true(wrote_nothing(&o));
    assert_int_equal(digest_of(f), before);
}

static void order_does_not_matter_within_a_batch(void **state)
{
    struct fixture *f = *state;
    struct outcome_of o =
        IMPORT(f, {MEASURE, 0, 3, NULL, "household=H1; person=P1; year=2019; project=J1; amount=2000"},
               {PERSON, 1, 3, NULL, "household=H1; number=P1"}, {PROJECT, 2, 3, NULL, "number=J1"},
               {HOUSEHOLD, 3, 3, NULL, H1});
    for (size_t i = 0; i < 4; i++)
        assert_counts(&o.counts[i], 1, 1, 0, 0, 0);
    assert_int_equal(o.told.refused + o.told.noted, 0);
    assert_string_equal(record_at(f, MEASURE, "H1,P1,2019,J1", NULL),
                        "@104205; household=H1; person=P1; year=2019; project=J1; amount=2000.00");
}

static void parts_of_a_key_that_need_not_be_there_stay_empty_in_the_id(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1}, {MEASURE, 1, 3, NULL, "household=H1; year=2019; amount=1"});
    assert_string_equal(record_at(f, MEASURE, "H1,,2019,", NULL),
                        "@104205; household=H1; year=2019; amount=1.00");
}

static void a_column_that_is_absent_is_left_and_an_empty_cell_empties(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1});
    struct outcome_of o = IMPORT(f, {HOUSEHOLD, 0, 3, NULL, "number=H1; name=; phone="});
    assert_counts(&o.counts[0], 1, 0, 1, 0, 0);
    assert_string_equal(record_at(f, HOUSEHOLD, "H1", NULL),
                        "@104205; number=H1; area=4.2; joined=2014-05-01; mark=a");
}

static void one_changed_cell_is_one_update_with_old_and_new_in_the_journal(void **state);

struct found {
    size_t entries, changes;
    char last[512];
};

static bool see(void *user, const struct journal_entry *entry)
{
    struct found *found = user;
    struct buf out;
    buf_init(&out, 4096);
    for (size_t i = 0; i < entry->count; i++) {
        const struct journal_change *c = &entry->changes[i];
        buf_add_format(&out, "%s%.*s:", i > 0 ? " " : "", TEXT_ARG(c->field));
        if (c->before.kind == VALUE_INT)
            buf_add_int(&out, c->before.n);
        else
            buf_add(&out, c->before.kind == VALUE_TEXT ? c->before.s : TEXT("-"));
        buf_add_z(&out, ">");
        if (c->after.kind == VALUE_INT)
            buf_add_int(&out, c->after.n);
        else
            buf_add(&out, c->after.kind == VALUE_TEXT ? c->after.s : TEXT("-"));
        if (c->sensitive)
            buf_add_z(&out, "!");
    }
    found->entries++;
    found->changes = entry->count;
    memcpy(found->last, buf_text(&out).at, out.size < 511 ? out.size : 511);
    found->last[out.size < 511 ? out.size : 511] = 0;
    buf_clear(&out);
    return true;
}

static struct found journal_of(struct fixture *f, const char *record)
{
    struct found found = {0};
    struct err e = {.kind = NULL};
    assert_true(journal_list(f->journal, text_of(record), -1, see, &found, &e));
    return found;
}

static void one_changed_cell_is_one_update_with_old_and_new_in_the_journal(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1});
    assert_string_equal(journal_of(f, "H1").last,
                        "area:->4.2 fact_day:->2019-12-31 joined:->2014-05-01 mark:->a name:->刘 number:->H1 "
                        "phone:->13800000001! village:->411622104205");
    struct outcome_of o = IMPORT(f, {HOUSEHOLD, 0, 3, NULL, "number=H1; name=刘; phone=13900000002; area=5"});
    assert_counts(&o.counts[0], 1, 0, 1, 0, 0);
    struct found found = journal_of(f, "H1");
    assert_int_equal(found.entries, 2);
    assert_string_equal(found.last, "area:4.2>5 phone:13800000001>13900000002!");
    verify_clean(f);
}

static void a_key_twice_with_the_same_values_is_unchanged_the_second_time(void **state)
{
    struct fixture *f = *state;
    struct outcome_of o = IMPORT(f, {HOUSEHOLD, 0, 3, NULL, "number=H1; village=411622104205; name=刘"},
                                 {HOUSEHOLD, 1, 9, NULL, "number=H1; name=刘; mark=b"},
                                 {HOUSEHOLD, 0, 4, NULL, "number=H1; village=411622104205; name=刘"});
    assert_counts(&o.counts[0], 2, 1, 0, 1, 0);
    assert_counts(&o.counts[1], 1, 0, 0, 1, 0);
    assert_string_equal(record_at(f, HOUSEHOLD, "H1", NULL), "@104205; number=H1; name=刘; mark=b");
}

static void a_key_twice_with_different_values_refuses_both(void **state)
{
    struct fixture *f = *state;
    struct outcome_of o = IMPORT(f, {HOUSEHOLD, 0, 3, NULL, "number=H1; village=411622104205; name=刘"},
                                 {HOUSEHOLD, 0, 5, NULL, "number=H2; village=411622104205; name=王"},
                                 {HOUSEHOLD, 0, 7, NULL, "number=H1; village=411622104205; name=张"},
                                 {PERSON, 1, 3, NULL, "household=H1; number=P1"});
    assert_counts(&o.counts[0], 3, 1, 0, 0, 2);
    assert_counts(&o.counts[1], 1, 1, 0, 0, 0); /* its household stands in the batch, though refused */
    assert_int_equal(o.told.refused, 2);
    assert_int_equal(o.told.why[0], BATCH_KEY_TWICE);
    assert_int_equal(o.told.refused_row[0], 3);
    assert_int_equal(o.told.other_row[0], 7);
    assert_int_equal(o.told.refused_row[1], 7);
    assert_int_equal(o.told.other_row[1], 3);
    assert_string_equal(o.told.value[0], "H1");
    assert_string_equal(record_at(f, HOUSEHOLD, "H1", NULL), "");
    assert_string_equal(record_at(f, PERSON, "P1", NULL), "@104205; household=H1; number=P1");
}

static void a_row_without_a_key_is_refused(void **state)
{
    struct fixture *f = *state;
    struct outcome_of o =
        IMPORT(f, {HOUSEHOLD, 0, 3, NULL, "village=411622104205; name=刘"},
               {INCOME, 1, 4, NULL, "household=H1; wage=1"}, {PERSON, 2, 5, NULL, "household=H1; name=x"});
    for (size_t i = 0; i < 3; i++) {
        assert_counts(&o.counts[i], 1, 0, 0, 0, 1);
        assert_int_equal(o.told.why[i], BATCH_KEY_MISSING);
    }
    assert_string_equal(o.told.refused_field[0], "number");
    assert_string_equal(o.told.refused_field[1], "year");
    assert_string_equal(o.told.refused_field[2], "number");
    assert_true(wrote_nothing(&o));
}

static void a_person_hangs_below_a_household(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1}, {PERSON, 1, 3, NULL, "household=H1; number=P1; name=x"});
    struct outcome_of o = IMPORT(f, {PERSON, 0, 3, NULL, "household=; number=P2; name=x"},
                                 {PERSON, 0, 4, NULL, "number=P3; name=x"},
                                 {PERSON, 0, 5, NULL, "household=; number=P1; name=y"});
    assert_counts(&o.counts[0], 3, 0, 0, 0, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(o.told.why[i], BATCH_KEY_MISSING);
        assert_string_equal(o.told.refused_field[i], "household");
    }
    o = IMPORT(f,
               {PERSON, 0, 3, NULL, "number=P1; name=y"}); /* known already: no column of households needed */
    assert_counts(&o.counts[0], 1, 0, 1, 0, 0);
}

static void a_village_must_be_in_the_register_or_in_the_table(void **state)
{
    struct fixture *f = *state;
    struct outcome_of o = IMPORT(f, {HOUSEHOLD, 0, 3, NULL, "number=H1; village=411622104999"},
                                 {VILLAGE, 1, 3, NULL, "code=411622104300; name=新村"},
                                 {HOUSEHOLD, 0, 4, NULL, "number=H2; village=411622104300"},
                                 {HOUSEHOLD, 0, 5, NULL, "number=H3; village=41162210430"});
    assert_counts(&o.counts[0], 3, 1, 0, 0, 2);
    assert_int_equal(o.told.refused, 2);
    assert_int_equal(o.told.why[0], BATCH_VILLAGE_UNKNOWN);
    assert_string_equal(o.told.value[0], "411622104999");
    assert_string_equal(o.told.refused_field[0], "village");
    assert_string_equal(record_at(f, HOUSEHOLD, "H2", NULL), "@104300; number=H2");
}

static void a_village_is_found_by_its_name_within_the_offices_area(void **state)
{
    struct fixture *f = *state;
    struct outcome_of o = IMPORT(f, {PROJECT, 0, 3, NULL, "number=J1", .village_name = "寺后刘村"},
                                 {PROJECT, 0, 4, NULL, "number=J2", .village_name = "张庄村委会"},
                                 {PROJECT, 0, 5, NULL, "number=J3", .village_name = "无此村"},
                                 {PROJECT, 0, 6, NULL, "number=J4"},
                                 {PROJECT, 0, 7, NULL, "number=J5", .village_name = "红花集镇 寺后 刘村"},
                                 {PROJECT, 0, 8, NULL, "number=J6", .village_name = "另一镇寺后刘村"});
    assert_counts(&o.counts[0], 6, 4, 0, 0, 2);
    assert_int_equal(o.told.noted, 3);
    assert_int_equal(o.told.what[0], BATCH_VILLAGE_BY_NAME);
    assert_string_equal(o.told.value[0], "无此村");
    assert_string_equal(record_at(f, PROJECT, "J1", NULL), "@104205; number=J1");
    assert_string_equal(record_at(f, PROJECT, "J2", NULL), "@104210; number=J2");
    assert_string_equal(record_at(f, PROJECT, "J4", NULL), "@104000; number=J4"); /* of the town */
    assert_string_equal(record_at(f, PROJECT, "J5", NULL), "@104205; number=J5");
}

static void a_village_name_that_two_villages_bear_is_refused(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {VILLAGE, 0, 3, NULL, "code=411622104301; name=新村"},
           {VILLAGE, 0, 4, NULL, "code=411622104302; name=新村"});
    struct outcome_of o = IMPORT(f, {DUTY, 0, 3, NULL, "name=赵", .village_name = "新村"},
                                 {PROJECT, 1, 3, NULL, "number=J1", .village_name = "新村"});
    assert_counts(&o.counts[0], 1, 0, 0, 0, 1);
    assert_counts(&o.counts[1], 1, 0, 0, 0, 1);
    assert_int_equal(o.told.why[0], BATCH_VILLAGE_UNKNOWN);
    assert_int_equal(o.told.what[o.told.noted - 1], BATCH_VILLAGE_AMBIGUOUS);
}

static void an_unknown_household_is_refused_an_unknown_project_noted(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1});
    struct outcome_of o =
        IMPORT(f, {PERSON, 0, 3, NULL, "household=H9; number=P9"},
               {MEASURE, 1, 4, NULL, "household=H1; year=2019; project=J9"},
               {PAYMENT, 2, 5, NULL, "number=Z1; household=H1; fund=F9; amount=1"},
               {PAYMENT, 2, 6, NULL, "number=Z2; fund=F1"}, {FUND, 3, 6, NULL, "number=F1"});
    assert_counts(&o.counts[0], 1, 0, 0, 0, 1);
    assert_counts(&o.counts[1], 1, 1, 0, 0, 0);
    assert_counts(&o.counts[2], 2, 2, 0, 0, 0);
    assert_int_equal(o.told.refused, 1);
    assert_int_equal(o.told.why[0], BATCH_HOUSEHOLD_UNKNOWN);
    assert_string_equal(o.told.value[0], "H9");
    assert_int_equal(o.told.noted, 2);
    assert_int_equal(o.told.what[0], BATCH_REF_UNDESCRIBED);
    assert_string_equal(record_at(f, PAYMENT, "Z1", NULL),
                        "@104205; number=Z1; household=H1; fund=F9; amount=1.00");
    assert_string_equal(record_at(f, PAYMENT, "Z2", NULL), "@104000; number=Z2; fund=F1");
}

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

static void a_person_without_a_number_is_found_by_the_certificate_within_the_household(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1},
           {PERSON, 1, 3, NULL, "household=H1; number=P1; certificate=11x; name=a"});
    struct outcome_of o = IMPORT(f, {PERSON, 1, 3, NULL, "household=H1; certificate=11X; name=b"});
    assert_counts(&o.counts[1], 1, 0, 1, 0, 0);
    assert_int_equal(count_of(f, PERSON), 1);
    assert_string_equal(record_at(f, PERSON, "P1", NULL),
                        "@104205; household=H1; number=P1; certificate=11x; certificate_digits=3; name=b");
}

static void a_number_that_comes_later_is_filled_in(void **state)
{
    struct fixture *f = *state;
    struct err e = {.kind = NULL};
    struct text id = TEXT_NONE;
    bool found = false;
    struct area all = {.lo = ""};
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1}, {PERSON, 1, 3, NULL, "household=H1; certificate=11; name=a"},
           {PERSON, 1, 4, NULL, "household=H1; certificate=11; name=a"},
           {PERSON, 1, 5, NULL, "household=H1; certificate=12; name=b"});
    assert_int_equal(count_of(f, PERSON), 2);
    struct outcome_of o = IMPORT(f, {PERSON, 1, 3, NULL, "household=H1; number=P1; certificate=11; name=a"});
    assert_counts(&o.counts[1], 1, 0, 1, 0, 0);
    assert_int_equal(count_of(f, PERSON), 2);
    assert_true(record_find(f->records, entity_of(f, PERSON), &all, TEXT("P1"), &f->arena, &id, &found, &e));
    assert_true(found);
    assert_int_equal(id.size, 36);
    /* By number alone, and again: the same record. */
    o = IMPORT(f, {PERSON, 1, 3, NULL, "household=H1; number=P1; name=a"},
               {PERSON, 1, 4, NULL, "household=H1; number=P1; certificate=11; name=a"});
    assert_counts(&o.counts[1], 2, 0, 0, 2, 0);
    assert_true(wrote_nothing(&o));
    /* What names the number refers to it. */
    IMPORT(f, {MEASURE, 0, 3, NULL, "household=H1; person=P1; year=2019"});
    assert_non_null(strstr(record_at(f, MEASURE, "H1,P1,2019,", NULL), id.at));
}

static void rows_with_and_without_number_of_one_batch_are_one_person(void **state)
{
    struct fixture *f = *state;
    struct outcome_of o =
        IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1}, {PERSON, 1, 3, NULL, "household=H1; certificate=11; name=a"},
               {PERSON, 2, 3, NULL, "household=H1; number=P1; certificate=11"});
    assert_counts(&o.counts[1], 1, 1, 0, 0, 0);
    assert_counts(&o.counts[2], 1, 0, 0, 1, 0);
    assert_int_equal(count_of(f, PERSON), 1);
}

static void companions_are_not_counted_and_may_repeat(void **state)
{
    struct fixture *f = *state;
    struct outcome_of o = IMPORT(
        f, {HOUSEHOLD, 0, 3, NULL, H1, .companion = true}, {PERSON, 0, 3, NULL, "household=H1; number=P1"},
        {HOUSEHOLD, 0, 4, NULL, H1, .companion = true}, {PERSON, 0, 4, NULL, "household=H1; number=P2"});
    assert_counts(&o.counts[0], 2, 2, 0, 0, 0);
    assert_int_equal(count_of(f, HOUSEHOLD), 1);
}

static void a_certificate_moved_to_another_record_in_the_file_does_not_open(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1}, {PERSON, 1, 3, NULL, "household=H1; number=P1; certificate=11"},
           {PERSON, 1, 4, NULL, "household=H1; number=P2; certificate=22"});
    tamper(
        f,
        "UPDATE person SET certificate = (SELECT certificate FROM person WHERE id = 'P2') WHERE id = 'P1'");
    struct err e = {.kind = NULL};
    struct record_scan *scan = NULL;
    struct record_row row;
    const struct catalog_entity *of = entity_of(f, PERSON);
    struct record_query q = {.entity = of,
                             .as_of = DAY_NONE,
                             .fields = of->stored,
                             .field_count = of->stored_count,
                             .open_sealed = true,
                             .limit = -1};
    assert_true(record_scan_open(f->records, &q, &scan, &e));
    assert_false(record_scan_next(scan, &row, &e));
    assert_string_equal(e.kind->code, "VAULT_SEAL_BROKEN");
    record_scan_close(scan);
}

struct uses {
    size_t count;
    int64_t sum;
};

static void see_uses(void *user, struct text id, int64_t count)
{
    struct uses *uses = user;
    (void)id;
    uses->count++;
    uses->sum += count;
}

static void equal_certificates_are_counted_over_the_whole_register(void **state)
{
    struct fixture *f = *state;
    struct uses uses = {0};
    struct err e = {.kind = NULL};
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1}, {PERSON, 1, 3, NULL, "household=H1; number=P1; certificate=11x"},
           {PERSON, 1, 4, NULL, "household=H1; number=P2; certificate=11X"},
           {PERSON, 1, 5, NULL, "household=H1; number=P3; certificate=12"},
           {PERSON, 1, 6, NULL, "household=H1; number=P4"});
    assert_true(record_uses(f->records, entity_of(f, PERSON),
                            catalog_field(entity_of(f, PERSON), TEXT("certificate")), see_uses, &uses, &e));
    assert_int_equal(uses.count, 2);
    assert_int_equal(uses.sum, 4);
}

static void fields_that_were_ever_given_are_remembered(void **state)
{
    struct fixture *f = *state;
    uint64_t given[4];
    struct err e = {.kind = NULL};
    const struct catalog_entity *of = entity_of(f, HOUSEHOLD);
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, "number=H1; village=411622104205; name=; phone=1"});
    assert_true(record_given(f->records, of, given, &e));
    static const struct {
        const char *field;
        bool given;
    } cases[] = {{"number", true}, {"village", true}, {"name", false},
                 {"area", false},  {"phone", true},   {"phone_valid", true}};
    for (size_t i = 0; i < 6; i++) {
        size_t column = catalog_field(of, text_of(cases[i].field))->column;
        if (((given[column / 64] >> column % 64 & 1) != 0) != cases[i].given)
            fail_msg("%s", cases[i].field);
    }
}

static void nothing_is_written_without_the_key(void **state)
{
    struct fixture *f = *state;
    struct err e = {.kind = NULL};
    struct batch *b = NULL;
    struct batch_options options = {.by = TEXT("x")};
    struct batch_events events = {.user = NULL};
    struct records *keyless = records_open(f->db, &f->catalog, NULL, &f->arena, &e);
    assert_false(batch_open(keyless, f->journal, &options, &events, &b, &e));
    assert_string_equal(e.kind->code, "RECORD_KEY_ABSENT");
    assert_false(store_in_transaction(f->db));
}

static bool cancel(void *user, const char *stage, uint64_t done, uint64_t total)
{
    (void)user;
    (void)stage;
    (void)done;
    (void)total;
    return false;
}

static void a_cancelled_batch_leaves_everything_as_it_was(void **state)
{
    struct fixture *f = *state;
    struct err e = {.kind = NULL};
    struct batch *b = NULL;
    struct uuid id;
    uint64_t before = digest_of(f);
    struct batch_options options = {.by = TEXT("x")};
    struct batch_events events = {.progress = cancel};
    struct batch_row row = row_of(f, HOUSEHOLD, 0, 3, 0, H1);
    assert_true(batch_open(f->records, f->journal, &options, &events, &b, &e));
    assert_true(batch_add(b, &row, &e));
    assert_false(batch_finish(b, NULL, 0, &id, &e));
    assert_string_equal(e.kind->code, "RECORD_CANCELLED");
    assert_true(batch_open(f->records, f->journal, &options, &events, &b, &(struct err){.kind = NULL}));
    batch_abandon(b);
    assert_false(store_in_transaction(f->db));
    assert_int_equal(digest_of(f), before);
    assert_true(IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1}).good);
}

#define MANY 3000 /* enough for the journal's own thread and for indexes that are made afterwards */

/* Households in a scattered order; number `bad` has a name that is no UTF-8. */
static bool import_many(struct fixture *f, uint32_t bad, struct batch_counts *counts, struct err *e)
{
    struct batch_options options = {.by = TEXT("x"), .why = TEXT("many")};
    struct batch_events events = {.user = NULL};
    struct batch *b = NULL;
    struct uuid id;
    struct arena_mark mark = arena_mark(&f->arena);
    assert_true(batch_open(f->records, f->journal, &options, &events, &b, e));
    for (uint32_t i = 0; i < MANY; i++) {
        char cells[160];
        uint32_t n = i * 7 % MANY;
        snprintf(cells, sizeof cells, "village=4116221042%s; number=H%05u; name=%s%u; phone=138%08u",
                 n % 2 == 0 ? "05" : "10", n, n == bad ? "\xff" : "n", n, n);
        struct batch_row row = row_of(f, HOUSEHOLD, 0, i, 18000, cells);
        assert_true(batch_add(b, &row, e));
    }
    bool good = batch_finish(b, counts, 1, &id, e);
    arena_rewind(&f->arena, mark);
    return good;
}

static void a_large_batch_is_journalled_in_order_and_found_by_its_indexes(void **state)
{
    struct fixture *f = *state;
    struct batch_counts counts;
    struct err e = {.kind = NULL};
    assert_true(import_many(f, UINT32_MAX, &counts, &e));
    assert_counts(&counts, MANY, MANY, 0, 0, 0);
    verify_clean(f);
    struct found found = journal_of(f, "H01999");
    assert_int_equal(found.entries, 1);
    assert_string_equal(
        found.last,
        "fact_day:->2019-04-14 name:->n1999 number:->H01999 phone:->13800001999! village:->411622104210");
    struct area area;
    int64_t count = 0;
    assert_true(area_of(TEXT("411622104205"), &area, &e));
    assert_true(record_count(f->records, entity_of(f, HOUSEHOLD), &area, &count, &e));
    assert_int_equal(count, MANY / 2);
    uint64_t before = digest_of(f);
    assert_true(import_many(f, UINT32_MAX, &counts, &e));
    assert_counts(&counts, MANY, 0, 0, MANY, 0);
    assert_int_equal(digest_of(f), before);
}

static void a_text_that_cannot_be_journalled_undoes_a_large_batch(void **state)
{
    struct fixture *f = *state;
    struct batch_counts counts;
    struct err e = {.kind = NULL};
    uint64_t before = digest_of(f);
    assert_false(import_many(f, 2500, &counts, &e));
    assert_string_equal(e.kind->code, "JOURNAL_TEXT");
    assert_int_equal(digest_of(f), before);
    e.kind = NULL;
    assert_true(import_many(f, UINT32_MAX, &counts, &e));
    verify_clean(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(new_rows_are_inserted_and_read_back),
        TEST(the_same_rows_again_change_nothing),
        TEST(a_dry_run_counts_and_changes_nothing),
        TEST(order_does_not_matter_within_a_batch),
        TEST(parts_of_a_key_that_need_not_be_there_stay_empty_in_the_id),
        TEST(a_column_that_is_absent_is_left_and_an_empty_cell_empties),
        TEST(one_changed_cell_is_one_update_with_old_and_new_in_the_journal),
        TEST(a_key_twice_with_the_same_values_is_unchanged_the_second_time),
        TEST(a_key_twice_with_different_values_refuses_both),
        TEST(a_row_without_a_key_is_refused),
        TEST(a_person_hangs_below_a_household),
        TEST(a_village_must_be_in_the_register_or_in_the_table),
        TEST(a_village_is_found_by_its_name_within_the_offices_area),
        TEST(a_village_name_that_two_villages_bear_is_refused),
        TEST(an_unknown_household_is_refused_an_unknown_project_noted),
        TEST(what_refers_to_a_refused_row_stands_and_follows_when_that_comes),
        TEST(a_household_that_moves_takes_its_records_with_it),
        TEST(a_move_to_another_county_moves_past_and_children),
        TEST(a_later_fact_keeps_the_earlier_state_in_the_past),
        TEST(the_same_fact_day_corrects_and_leaves_no_past),
        TEST(an_older_fact_is_filed_into_the_past_once),
        TEST(older_facts_again_change_nothing),
        TEST(a_person_without_a_number_is_found_by_the_certificate_within_the_household),
        TEST(a_number_that_comes_later_is_filled_in),
        TEST(rows_with_and_without_number_of_one_batch_are_one_person),
        TEST(companions_are_not_counted_and_may_repeat),
        TEST(a_certificate_moved_to_another_record_in_the_file_does_not_open),
        TEST(equal_certificates_are_counted_over_the_whole_register),
        TEST(fields_that_were_ever_given_are_remembered),
        TEST(nothing_is_written_without_the_key),
        TEST(a_cancelled_batch_leaves_everything_as_it_was),
        TEST(a_large_batch_is_journalled_in_order_and_found_by_its_indexes),
        TEST(a_text_that_cannot_be_journalled_undoes_a_large_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
