/* Offsets of zones: from the files, from the rules behind their last entry, under old names. */
#include "engine/cel_system/zone.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void offsets_are_those_of_the_database(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t seconds;
        int32_t offset;
    } lines[] = {
        {"Asia/Shanghai", 1577750400, 28800},
        {"Asia/Shanghai", 522892800, 32400}, /* summer time of 1986 */
        {"Australia/Sydney", 1234567890, 39600},
        {"Asia/Kathmandu", 1234567890, 20700},
        {"America/St_Johns", 1234567890, -12600},
        {"US/Central", 1234567890, -21600},
        {"UTC", 0, 0},
        {"America/New_York", 4102444800, -18000}, /* 2100-01-01: by the rule */
        {"America/New_York", 4118083200, -14400},
        {"Australia/Sydney", 4102444800, 39600},
        {"Europe/London", 4118083200, 3600},
        {"Etc/GMT+8", 0, -28800},
        {"Europe/Paris", 253402300799, 3600},
        {"Asia/Shanghai", -62135596800, 29143},
        {"PRC", 1577750400, 28800},
        {"Asia/Calcutta", 1577750400, 19800},
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        int32_t offset = 1;
        if (!zone_offset(text_of(lines[i].name), lines[i].seconds, &offset) || offset != lines[i].offset)
            fail_msg("%s at %lld: %d", lines[i].name, (long long)lines[i].seconds, (int)offset);
    }
}

static void names_that_are_none_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",    "Nowhere/Here", "../../../etc/passwd", "/etc/passwd", "Asia", "zone.tab", "UTC\n", "-x",
        "a b", "tzdata.zi"};
    int32_t offset;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (zone_offset(text_of(names[i]), 0, &offset))
            fail_msg("'%s' was taken", names[i]);
    }
    char nuls[] = "UTC\0x";
    assert_false(zone_offset((struct text){nuls, 5}, 0, &offset));
}

static void more_zones_than_are_kept_are_read_anew(void **state)
{
    (void)state;
    int32_t offset = 0;
    for (int round = 0; round < 2; round++) {
        for (int i = 1; i <= 12; i++) {
            char name[32];
            snprintf(name, sizeof name, "Etc/GMT+%d", i);
            assert_true(zone_offset(text_of(name), 0, &offset));
            assert_int_equal(offset, -3600 * i);
            snprintf(name, sizeof name, "Etc/GMT-%d", i);
            assert_true(zone_offset(text_of(name), 0, &offset));
            assert_int_equal(offset, 3600 * i);
        }
        assert_true(zone_offset(TEXT("Asia/Shanghai"), 0, &offset));
        assert_true(zone_offset(TEXT("Asia/Tokyo"), 0, &offset));
        assert_true(zone_offset(TEXT("Asia/Seoul"), 0, &offset));
        assert_true(zone_offset(TEXT("Europe/Paris"), 0, &offset));
        assert_true(zone_offset(TEXT("Europe/Rome"), 0, &offset));
        assert_true(zone_offset(TEXT("Europe/Berlin"), 0, &offset));
        assert_true(zone_offset(TEXT("Europe/Madrid"), 0, &offset));
        assert_true(zone_offset(TEXT("Africa/Cairo"), 0, &offset));
        assert_true(zone_offset(TEXT("Asia/Kolkata"), 0, &offset));
        assert_int_equal(offset, 19800);
    }
}

static void rules_are_read_as_posix_has_them(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        int64_t seconds;
        int32_t offset;
    } lines[] = {
        {"CST-8", 0, 28800},
        {"<+0545>-5:45", 0, 20700},
        {"EST5EDT,M3.2.0,M11.1.0", 1710054000, -14400}, /* 2024-03-10 07:00 UTC: the change */
        {"EST5EDT,M3.2.0,M11.1.0", 1710053999, -18000},
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", 1704067200, 39600},
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", 1719792000, 36000},
        {"IST-2IDT,M3.4.4/26,M10.5.0", 1719792000, 10800},
        {"<-03>3<-02>,M3.5.0/-1,M10.5.0/0", 1719792000, -7200},
        {"ABC0DEF,J60/0,J300/0", 1709251200, 3600}, /* 2024-03-01: J60 passes over the leap day */
        {"ABC0DEF,59/0,300/0", 1709164800, 3600},   /* 2024-02-29 */
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        int32_t offset = 1;
        if (!zone_rule_offset(text_of(lines[i].rule), lines[i].seconds, &offset) || offset != lines[i].offset)
            fail_msg("%s at %lld: %d", lines[i].rule, (long long)lines[i].seconds, (int)offset);
    }
    static const char *const bad[] = {
        "", "X", "ABC", "ABC5DEF,M1", "ABC5DEF,M13.1.1,M1.1.1", "<ABC", "ABC5DEF,M3.2.0"};
    int32_t offset;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        if (zone_rule_offset(text_of(bad[i]), 0, &offset))
            fail_msg("'%s' was taken", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_are_those_of_the_database),
        cmocka_unit_test(names_that_are_none_are_refused),
        cmocka_unit_test(more_zones_than_are_kept_are_read_anew),
        cmocka_unit_test(rules_are_read_as_posix_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
