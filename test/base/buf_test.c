/* A buffer grows to its ceiling and remembers its first failure. */
#include "base/text.h"
#include "test.h"

static void it_holds_what_was_added(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 20);
    assert_text(buf_text(&b), "");
    buf_add(&b, TEXT("a"));
    buf_add_char(&b, 'b');
    buf_add_z(&b, "红");
    buf_add_int(&b, INT64_MIN);
    buf_add_format(&b, "%03d", 7);
    buf_add(&b, TEXT_NONE);
    buf_add_format(&b, "%s", "");
    assert_text(buf_text(&b), "ab红-9223372036854775808007");
    for (int i = 0; i < 10000; i++)
        buf_add_format(&b, "%d,", i);
    assert_false(b.failed);
    assert_true(text_ends_with(buf_text(&b), TEXT(",9999,")));
    buf_clear(&b);
    buf_clear(&b);
}

static void beyond_the_ceiling_it_fails_and_stays_so(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 10);
    buf_add(&b, TEXT("0123456789"));
    assert_false(b.failed);
    buf_add_char(&b, 'x');
    assert_true(b.failed);
    buf_add(&b, TEXT(""));
    assert_text(buf_text(&b), "0123456789");
    buf_reset(&b);
    buf_add_format(&b, "%s", "again");
    assert_false(b.failed);
    assert_text(buf_text(&b), "again");
    buf_reset(&b);
    buf_add_format(&b, "%10d", 1);
    assert_false(b.failed);
    buf_reset(&b);
    buf_add_format(&b, "%11d", 1);
    assert_true(b.failed);
    assert_true(b.room <= 10);
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_holds_what_was_added),
        cmocka_unit_test(beyond_the_ceiling_it_fails_and_stays_so),
    };
    return cmocka_run_group_tests_name("base/buf", tests, NULL, NULL);
}
