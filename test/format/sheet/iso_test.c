/* Serial numbers, calendar days and their spellings. */
#include "format/sheet/iso.h"
#include "format/sheet/style.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void a_serial_number_is_a_day_and_milliseconds(void **state)
{
    (void)state;
    static const struct {
        double serial;
        bool date1904, good;
        const char *day; /* NULL: a time without a day */
        int32_t ms;
    } cases[] = {
        {1, false, true, "1900-01-01", 0},
        {59, false, true, "1900-02-28", 0},
        {60, false, false, NULL, 0}, /* the day that never was */
        {61, false, true, "1900-03-01", 0},
        {43529, false, true, "2019-03-05", 0},
        {43529.5, false, true, "2019-03-05", 43200000},
        {0, false, true, NULL, 0},
        {0.25, false, true, NULL, 21600000},
        {2958465, false, true, "9999-12-31", 0},
        {2958466, false, false, NULL, 0},
        {-1, false, false, NULL, 0},
        {NAN, false, false, NULL, 0},
        {1, true, true, "1904-01-02", 0},
        {42067, true, true, "2019-03-05", 0},
        {2958465, true, false, NULL, 0}, /* the year 10003 */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        day d = 0;
        int32_t ms = -1;
        char iso[11] = "";
        assert_int_equal(sheet_serial(cases[i].serial, cases[i].date1904, &d, &ms), cases[i].good);
        if (!cases[i].good)
            continue;
        assert_int_equal(ms, cases[i].ms);
        if (cases[i].day == NULL) {
            assert_int_equal(d, DAY_NONE);
            continue;
        }
        day_format(d, iso);
        assert_string_equal(iso, cases[i].day);
    }
}

static void iso_text_becomes_the_serial_that_means_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double serial;
    } good[] = {{"2019-03-05", 43529},
                {"2019-03-05T12:00", 43529.5},
                {"2019-03-05T12:00:00Z", 43529.5},
                {"2019-03-05 06:00:00", 43529.25},
                {"12:00:00", 0.5},
                {"T06:00", 0.25},
                {"1900-02-28", 59},
                {"1900-03-01", 61},
                {"2019-03-05T12:00:00+08:00", 43529.5}};
    static const char *const bad[] = {"",
                                      "2019",
                                      "2019-13-01",
                                      "2019-02-30",
                                      "2019-03-05T",
                                      "2019-03-05T1:00",
                                      "25:00:00x",
                                      "2019-03-05T12:61",
                                      "2019/03/05",
                                      "2019-03-0x",
                                      "12:00:00 PM"};
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        double serial = -1;
        assert_true(iso_to_serial(text_of(good[i].text), false, &serial));
        assert_true(fabs(serial - good[i].serial) < 1e-9);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        double serial = -1;
        assert_false(iso_to_serial(text_of(bad[i]), false, &serial));
    }
}

static void the_first_section_of_a_format_tells_a_date(void **state)
{
    (void)state;
    static const char *const dates[] = {"yyyy-mm-dd", "h:mm",  "[$-804]yyyy\"年\"", "ss.0",       "0\"x\"d",
                                        "[Red]d",     "\\\\d", "YYYY/M/D",          "上午/下午h", "d;[h]"};
    static const char *const others[] = {"General", "0.00",      "\"day\"0", "\\d0",    "_d0",
                                         "*d0",     "[h]:mm",    "[ss]",     "[MM]:00", "0;yyyy",
                                         "",        "[DBNum1]0", "\"yyyy",   "[yyyy"};
    for (size_t i = 0; i < COUNT_OF(dates); i++)
        if (!style_code_is_date(text_of(dates[i])))
            fail_msg("%s", dates[i]);
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (style_code_is_date(text_of(others[i])))
            fail_msg("%s", others[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_serial_number_is_a_day_and_milliseconds),
        cmocka_unit_test(iso_text_becomes_the_serial_that_means_the_same),
        cmocka_unit_test(the_first_section_of_a_format_tells_a_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
