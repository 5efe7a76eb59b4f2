/* What a batch does with rows: each promise of the outer contract about imports has its test here. */
#include "fixture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

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

/* An empty column is given, too: a rule about emptiness can then be judged. */
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
    } cases[] = {{"number", true}, {"village", true}, {"name", true},
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
        TEST(one_changed_cell_is_one_update_with_old_and_new_in_the_journal),
        TEST(a_key_twice_with_the_same_values_is_unchanged_the_second_time),
        TEST(a_key_twice_with_different_values_refuses_both),
        TEST(a_row_without_a_key_is_refused),
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
