/* The clock stands where a test turns it, and is the real one otherwise. */
#include "base/system.h"
#include "test.h"
#include <time.h>

static void a_turned_clock_stands(void **state)
{
    (void)state;
    clock_turn(1577750400000 - 1); /* 2019-12-30T23:59:59.999Z: the 31st in the office */
    assert_int_equal(clock_now_ms(), 1577750399999);
    assert_int_equal(clock_today(), 18261);
    clock_turn(-1);
    assert_true(clock_now_ms() / 1000 - (int64_t)time(NULL) <= 1);
    assert_true(clock_now_ms() > 1577750400000);
}

static void the_office_day_begins_at_sixteen_utc(void **state)
{
    (void)state;
    clock_turn(1577721600000 - 1); /* 2019-12-30T15:59:59.999Z */
    assert_int_equal(clock_today(), 18260);
    clock_turn(1577721600000);
    assert_int_equal(clock_today(), 18261);
    clock_turn(-1);
}

static void times_are_written_in_utc(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {{0, "1970-01-01T00:00:00.000Z"},
                 {1577750400123, "2019-12-31T00:00:00.123Z"},
                 {-1, "1969-12-31T23:59:59.999Z"},
                 {951868799999, "2000-02-29T23:59:59.999Z"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char out[25];
        clock_format(cases[i].ms, out);
        assert_string_equal(out, cases[i].text);
    }
    char out[25];
    clock_format(INT64_MAX, out);
    clock_format(INT64_MIN, out);
}

static void the_steady_clock_never_goes_back(void **state)
{
    (void)state;
    int64_t last = clock_steady_ms();
    for (int i = 0; i < 10000; i++) {
        int64_t now = clock_steady_ms();
        assert_true(now >= last);
        last = now;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_turned_clock_stands),
        cmocka_unit_test(the_office_day_begins_at_sixteen_utc),
        cmocka_unit_test(times_are_written_in_utc),
        cmocka_unit_test(the_steady_clock_never_goes_back),
    };
    return cmocka_run_group_tests_name("base/clock", tests, NULL, NULL);
}
