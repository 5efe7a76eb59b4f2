/* JSON bodies: each type as text, and what is no object of simple values. */
#include "api/api.err.h"
#include "api/body.h"
#include "test.h"
#include <stdlib.h>

static struct arena arena;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 64u << 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static struct body_member *read(const char *raw, size_t wanted)
{
    struct body_member *members;
    size_t count;
    struct err e = {0};
    assert_done(body_read(text_of(raw), &arena, &members, &count, &e), &e);
    assert_int_equal(count, wanted);
    return members;
}

static void refused(struct text raw)
{
    struct body_member *members;
    size_t count;
    struct err e = {0};
    if (body_read(raw, &arena, &members, &count, &e) || e.kind != &API_BODY_BAD)
        fail_msg("%.*s: %s", (int)(raw.size > 100 ? 100 : raw.size), raw.at,
                 e.kind != NULL ? e.kind->code : "taken");
}

static void each_type_comes_as_text_and_is_told_apart(void **state)
{
    struct body_member *m = read(
        "{\"a\":\"\\u5218兰\",\"b\":7,\"c\":2.5,\"d\":true,\"e\":false,\"f\":null,\"g\":{},\"h\":[1]}", 8);
    (void)state;
    assert_text(m[0].name, "a");
    assert_text(m[0].value, "刘兰");
    assert_int_equal(m[0].kind, MEMBER_IS_TEXT);
    assert_text(m[1].value, "7");
    assert_int_equal(m[1].kind, MEMBER_IS_INT);
    assert_text(m[2].value, "2.5");
    assert_int_equal(m[2].kind, MEMBER_IS_NUMBER);
    assert_text(m[3].value, "true");
    assert_int_equal(m[3].kind, MEMBER_IS_BOOL);
    assert_text(m[4].value, "false");
    assert_int_equal(m[5].kind, MEMBER_IS_NULL);
    assert_text(m[5].value, "");
    assert_int_equal(m[6].kind, MEMBER_IS_OTHER);
    assert_int_equal(m[7].kind, MEMBER_IS_OTHER);
    read(" {\n} ", 0);
}

static void numbers_read_back_as_they_were_written_or_not_at_all(void **state)
{
    struct body_member *m = read("{\"a\":0.1,\"b\":1234567.89,\"c\":-3,\"d\":9223372036854775807,"
                                 "\"e\":0.30000000000000004,\"f\":100.0,\"g\":90071992547409.931}",
                                 7);
    (void)state;
    assert_text(m[0].value, "0.1");
    assert_text(m[1].value, "1234567.89");
    assert_text(m[2].value, "-3");
    assert_text(m[3].value, "9223372036854775807");
    assert_int_equal(m[4].kind, MEMBER_IS_OTHER); /* a double keeps fifteen digits for certain */
    assert_text(m[5].value, "100");
    assert_int_equal(m[6].kind, MEMBER_IS_OTHER);
}

static void what_is_no_whole_object_is_refused(void **state)
{
    (void)state;
    for (const char *const *at = (const char *const[]){"",
                                                       " ",
                                                       "null",
                                                       "5",
                                                       "\"text\"",
                                                       "[1]",
                                                       "{",
                                                       "{\"a\":",
                                                       "{\"a\":1",
                                                       "{\"a\":1}x",
                                                       "{\"a\":1}{}",
                                                       "{a:1}",
                                                       "{'a':1}",
                                                       "{\"a\":01}",
                                                       "{\"a\":NaN}",
                                                       "{\"a\":1e999}",
                                                       "{\"a\":9223372036854775808}",
                                                       "{\"a\":1,}",
                                                       "{\"a\":\"\n\"}",
                                                       "\xef\xbb\xbf{}",
                                                       NULL};
         *at != NULL; at++)
        refused(text_of(*at));
    refused(TEXT_NONE);
}

static void text_is_utf8_without_nul(void **state)
{
    (void)state;
    refused(TEXT("{\"a\":\"\xff\xfe\"}"));
    refused(TEXT("{\"a\":\"\\u0000\"}"));
    refused(TEXT("{\"\\u0000\":1}"));
    refused(TEXT("{\"a\":\"\\ud800\"}"));
    refused(TEXT("{\"a\":\"x\0y\"}"));
    refused(TEXT("{\"a\":1}\0"));
    assert_text(read("{\"a\":\"\\ud840\\udc00\"}", 1)[0].value, "𠀀");
}

static void a_member_stands_once(void **state)
{
    (void)state;
    refused(TEXT("{\"a\":1,\"b\":2,\"a\":3}"));
    refused(TEXT("{\"a\":1,\"\\u0061\":1}"));
}

static void what_is_nested_ends_and_members_have_a_limit(void **state)
{
    struct buf raw;
    (void)state;
    buf_init(&raw, 1u << 20);
    for (int i = 0; i < 100000; i++)
        buf_add_z(&raw, "[");
    refused(buf_text(&raw));
    buf_reset(&raw);
    for (int i = 0; i < 100000; i++)
        buf_add_z(&raw, "{\"a\":");
    refused(buf_text(&raw));
    buf_reset(&raw);
    for (int i = 0; i <= BODY_MEMBER_MAX; i++)
        buf_add_format(&raw, "%s\"m%d\":1", i == 0 ? "{" : ",", i);
    buf_add_z(&raw, "}");
    refused(buf_text(&raw));
    buf_clear(&raw);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_type_comes_as_text_and_is_told_apart),
        cmocka_unit_test(numbers_read_back_as_they_were_written_or_not_at_all),
        cmocka_unit_test(what_is_no_whole_object_is_refused),
        cmocka_unit_test(text_is_utf8_without_nul),
        cmocka_unit_test(a_member_stands_once),
        cmocka_unit_test(what_is_nested_ends_and_members_have_a_limit),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
