/* UUIDv7: its form, and that a process's ids are ordered by their making. */
#include "base/system.h"
#include "test.h"

static void the_form_is_that_of_version_7(void **state)
{
    (void)state;
    char out[37];
    clock_turn(0x017F22E279B0);
    uuid_format(uuid_make(), out);
    clock_turn(-1);
    assert_int_equal(strlen(out), 36);
    assert_true(text_starts_with(text_of(out), TEXT("017f22e2-79b0-7")));
    assert_non_null(strchr("89ab", out[19]));
    assert_true(out[8] == '-' && out[13] == '-' && out[18] == '-' && out[23] == '-');
}

static void ids_are_ordered_even_when_the_clock_goes_back(void **state)
{
    (void)state;
    struct uuid last = uuid_make();
    clock_turn(1000);
    for (int i = 0; i < 20000; i++) {
        struct uuid next = uuid_make();
        assert_true(memcmp(last.at, next.at, sizeof last.at) < 0);
        last = next;
    }
    clock_turn(-1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_form_is_that_of_version_7),
        cmocka_unit_test(ids_are_ordered_even_when_the_clock_goes_back),
    };
    return cmocka_run_group_tests_name("base/uuid", tests, NULL, NULL);
}
