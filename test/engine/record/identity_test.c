/* What a row is about: persons without a number, villages by name, what it refers to. */
#include "fixture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

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

/* The caller has refused them already; what else is wrong with them is named, too. */
static void a_row_without_a_key_names_an_unknown_village_and_household(void **state)
{
    struct fixture *f = *state;
    struct outcome_of o =
        IMPORT(f, {HOUSEHOLD, 0, 3, NULL, "number=; village=411622104999", .refused = true},
               {HOUSEHOLD, 0, 4, NULL, "number=H1; village=411622104205"},
               {HOUSEHOLD, 0, 5, NULL, "number=; village=411622104205", .refused = true},
               {PERSON, 1, 3, NULL, "household=H9; number=; certificate=1", .refused = true},
               {PERSON, 1, 4, NULL, "household=H9; number=", .refused = true},
               {PERSON, 1, 5, NULL, "household=H1; number="}, {PERSON, 1, 6, NULL, "household=H8; number="});
    assert_counts(&o.counts[0], 3, 1, 0, 0, 2);
    assert_counts(&o.counts[1], 4, 0, 0, 0, 4);
    static const struct {
        uint32_t row;
        enum batch_refusal why;
        const char *field;
    } wanted[] = {{5, BATCH_KEY_MISSING, "number"},          {6, BATCH_KEY_MISSING, "number"},
                  {3, BATCH_VILLAGE_UNKNOWN, "village"},     {3, BATCH_HOUSEHOLD_UNKNOWN, "household"},
                  {4, BATCH_HOUSEHOLD_UNKNOWN, "household"}, {6, BATCH_HOUSEHOLD_UNKNOWN, "household"}};
    assert_int_equal(o.told.refused, sizeof wanted / sizeof wanted[0]);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        assert_int_equal(o.told.refused_row[i], wanted[i].row);
        assert_int_equal(o.told.why[i], wanted[i].why);
        assert_string_equal(o.told.refused_field[i], wanted[i].field);
    }
    assert_int_equal(count_of(f, PERSON), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_person_hangs_below_a_household),
        TEST(a_village_must_be_in_the_register_or_in_the_table),
        TEST(a_village_is_found_by_its_name_within_the_offices_area),
        TEST(a_village_name_that_two_villages_bear_is_refused),
        TEST(an_unknown_household_is_refused_an_unknown_project_noted),
        TEST(a_person_without_a_number_is_found_by_the_certificate_within_the_household),
        TEST(a_number_that_comes_later_is_filled_in),
        TEST(rows_with_and_without_number_of_one_batch_are_one_person),
        TEST(a_row_without_a_key_names_an_unknown_village_and_household),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
