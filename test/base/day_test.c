/* The calendar: every day there and back, ages, months, text. */
#include "base/value.h"
#include "test.h"

static day of(const char *z)
{
    day d = DAY_NONE;
    if (!day_parse(text_of(z), &d))
        fail_msg("no day: %s", z);
    return d;
}

static void every_day_goes_there_and_back_in_order(void **state)
{
    (void)state;
    struct civil before = {0, 12, 31};
    for (day d = DAY_MIN; d <= DAY_MAX; d++) {
        struct civil c = day_to_civil(d);
        day back;
        bool next =
            c.day == before.day + 1
            || (c.day == 1 && (c.month == before.month + 1 || (c.month == 1 && c.year == before.year + 1)));
        if (!next || !day_from_civil(c, &back) || back != d)
            fail_msg("day %d: %d-%d-%d", d, c.year, c.month, c.day);
        before = c;
    }
    assert_int_equal(before.year, 9999);
}

static void known_days(void **state)
{
    (void)state;
    assert_int_equal(of("1970-01-01"), 0);
    assert_int_equal(of("1969-12-31"), -1);
    assert_int_equal(of("2000-02-29"), 11016);
    assert_int_equal(of("0001-01-01"), DAY_MIN);
    assert_int_equal(of("9999-12-31"), DAY_MAX);
    assert_int_equal(day_year(of("2019-12-31")), 2019);
}

static void what_is_no_day_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",           "2019",        "2019-2-01",   "2019-02-29", "1900-02-29",
                                      "2019-00-01", "2019-13-01",  "2019-04-31",  "2019-01-00", "0000-01-01",
                                      "2019/01/01", "2019-01-01 ", " 2019-01-01", "20x9-01-01", "2019-01-1x",
                                      "-019-01-01", "+019-01-01"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        day d = 5;
        assert_false(day_parse(text_of(bad[i]), &d));
        assert_int_equal(d, 5);
    }
    static const struct civil none[] = {{2019, 2, 29}, {0, 1, 1},     {10000, 1, 1},
                                        {2019, 1, 32}, {2019, -1, 1}, {2019, 1, -1}};
    day d;
    for (size_t i = 0; i < COUNT_OF(none); i++)
        assert_false(day_from_civil(none[i], &d));
}

static void ages_are_completed_years(void **state)
{
    (void)state;
    static const struct {
        const char *birth, *on;
        int age;
    } cases[] = {{"2000-05-10", "2019-05-09", 18}, {"2000-05-10", "2019-05-10", 19},
                 {"2000-05-10", "2000-05-10", 0},  {"2000-05-10", "2000-05-09", -1},
                 {"2000-02-29", "2019-02-28", 18}, {"2000-02-29", "2019-03-01", 19},
                 {"2000-02-29", "2020-02-29", 20}, {"1949-12-31", "2019-01-01", 69}};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(day_age(of(cases[i].birth), of(cases[i].on)), cases[i].age);
}

static void months_end_where_the_month_does(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int months;
        const char *to;
    } cases[] = {{"2019-01-31", 1, "2019-02-28"},   {"2020-01-31", 1, "2020-02-29"},
                 {"2019-12-31", 12, "2020-12-31"},  {"2019-03-31", -1, "2019-02-28"},
                 {"2019-01-15", -13, "2017-12-15"}, {"2019-05-31", 0, "2019-05-31"},
                 {"0001-01-31", -1, "0001-01-01"},  {"9999-12-01", 1, "9999-12-31"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char out[11];
        day_format(day_add_months(of(cases[i].from), cases[i].months), out);
        assert_string_equal(out, cases[i].to);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_goes_there_and_back_in_order),
        cmocka_unit_test(known_days),
        cmocka_unit_test(what_is_no_day_is_refused),
        cmocka_unit_test(ages_are_completed_years),
        cmocka_unit_test(months_end_where_the_month_does),
    };
    return cmocka_run_group_tests_name("base/day", tests, NULL, NULL);
}
