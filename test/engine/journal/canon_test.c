/* Canonical JSON against outside vectors (RFC 8785), the narrowing, and each refusal with its place. */
#include "engine/journal/canon.h"
#include "engine/journal/journal.err.h"
#include <jansson.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static bool canonical(struct text in, struct buf *out, struct err *e)
{
    struct arena a;
    const struct canon_node *root = NULL;
    arena_init(&a, 1 << 20);
    bool good = canon_read(in, &a, &root, e);
    if (good)
        canon_write(root, out);
    arena_clear(&a);
    return good && !out->failed;
}

static struct text bytes_of(json_t *line, const char *key, unsigned char *out, size_t room)
{
    const char *hex = json_string_value(json_object_get(line, key));
    size_t size = 0;
    assert_int_equal(sodium_hex2bin(out, room, hex, strlen(hex), NULL, &size, NULL), 0);
    return (struct text){(char *)out, size};
}

static void every_outside_vector_comes_out_to_the_byte_or_is_refused(void **state)
{
    (void)state;
    FILE *file = fopen(TEST_DATA "/vectors/jcs.jsonl", "r");
    char *at = NULL;
    size_t room = 0, lines = 0;
    assert_non_null(file);
    while (getline(&at, &room, file) > 0) {
        unsigned char in_bytes[4096], out_bytes[4096];
        json_t *line = json_loads(at, 0, NULL);
        struct text in = bytes_of(line, "input", in_bytes, sizeof in_bytes);
        struct text expected = bytes_of(line, "canonical", out_bytes, sizeof out_bytes);
        struct buf out;
        struct err e = {.kind = NULL};
        buf_init(&out, 1 << 20);
        if (json_is_true(json_object_get(line, "has_fraction_or_exponent"))) {
            assert_false(canonical(in, &out, &e));
            assert_ptr_equal(e.kind, &CANON_NUMBER);
        } else {
            assert_true(canonical(in, &out, &e));
            assert_true(text_equal(buf_text(&out), expected));
        }
        buf_clear(&out);
        json_decref(line);
        lines++;
    }
    free(at);
    fclose(file);
    assert_int_equal(lines, 6);
}

static void canonical_text_is_written_as_it_is_read(void **state)
{
    (void)state;
    static const char *const same[] = {
        "null",
        "true",
        "false",
        "0",
        "-1",
        "9007199254740991",
        "-9007199254740991",
        "\"\"",
        "[]",
        "{}",
        "{\"a\":[1,2,{\"b\":null}],\"b\":\"\\u0001\\b\\t\\n\\f\\r\\\"\\\\/\x7f\"}",
        "{\"\xf0\x9f\x98\x82\":1,\"\xef\xac\xb3\":2}", /* U+1F602 before U+FB33: by UTF-16 unit */
        "{\"\xe6\x88\xb7\":\"\xe7\xba\xa2\xe8\x8a\xb1\"}",
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        struct buf out;
        struct err e = {.kind = NULL};
        buf_init(&out, 1 << 16);
        assert_true(canonical(text_of(same[i]), &out, &e));
        assert_int_equal(out.size, strlen(same[i]));
        assert_memory_equal(out.at, same[i], out.size);
        buf_clear(&out);
    }
}

static void what_cannot_stand_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        const struct err_kind *why;
        int64_t at;
    } refused[] = {
        {"", &CANON_SYNTAX, 1},
        {"nul", &CANON_SYNTAX, 1},
        {"[1,]", &CANON_SYNTAX, 4},
        {"[1 2]", &CANON_SYNTAX, 4},
        {"{\"a\" 1}", &CANON_SYNTAX, 6},
        {"{a:1}", &CANON_SYNTAX, 2},
        {"1 1", &CANON_SYNTAX, 3},
        {"01", &CANON_SYNTAX, 1},
        {"-", &CANON_SYNTAX, 1},
        {"+1", &CANON_SYNTAX, 1},
        {"\"a", &CANON_SYNTAX, 3},
        {"\"\\x\"", &CANON_SYNTAX, 3},
        {"\"\\u12g4\"", &CANON_SYNTAX, 6},
        {"1.5", &CANON_NUMBER, 1},
        {"[1e3]", &CANON_NUMBER, 2},
        {"9007199254740992", &CANON_NUMBER, 1},
        {"-9007199254740992", &CANON_NUMBER, 1},
        {"99999999999999999999999999", &CANON_NUMBER, 1},
        {"\"\x01\"", &CANON_CHARACTER, 2},
        {"\"\xff\"", &CANON_CHARACTER, 2},
        {"\"\xed\xa0\x80\"", &CANON_CHARACTER, 2},
        {"\"\\ud800\"", &CANON_CHARACTER, 8},
        {"\"\\udc00\"", &CANON_CHARACTER, 8},
        {"\"\\ud800\\u0041\"", &CANON_CHARACTER, 14},
        {"{\"a\":1,\"b\":2,\"a\":3}", &CANON_KEY_TWICE, 20},
        {"{\"a\":1,\"\\u0061\":3}", &CANON_KEY_TWICE, 19},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct buf out;
        struct err e = {.kind = NULL};
        buf_init(&out, 1 << 16);
        assert_false(canonical(text_of(refused[i].in), &out, &e));
        if (e.kind != refused[i].why || e.field[0].n != refused[i].at)
            fail_msg("%s: %s at %lld", refused[i].in, e.kind->code, (long long)e.field[0].n);
        buf_clear(&out);
    }
}

static void nesting_has_a_limit(void **state)
{
    (void)state;
    char in[2 * (CANON_DEPTH_MAX + 1) + 1];
    struct buf out;
    struct err e = {.kind = NULL};
    for (int extra = 0; extra <= 1; extra++) {
        int depth = CANON_DEPTH_MAX + extra;
        memset(in, '[', (size_t)depth);
        memset(in + depth, ']', (size_t)depth);
        buf_init(&out, 1 << 16);
        assert_int_equal(canonical((struct text){in, 2 * (size_t)depth}, &out, &e), extra == 0);
        buf_clear(&out);
    }
    assert_ptr_equal(e.kind, &CANON_TOO_DEEP);
}

static void pieces_out_of_range_are_not_written(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 1 << 16);
    assert_false(canon_int(&out, CANON_INT_MAX + 1));
    assert_false(canon_int(&out, INT64_MIN));
    assert_false(canon_text(&out, TEXT("\xc0\x80")));
    assert_int_equal(out.size, 0);
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_outside_vector_comes_out_to_the_byte_or_is_refused),
        cmocka_unit_test(canonical_text_is_written_as_it_is_read),
        cmocka_unit_test(what_cannot_stand_is_refused_with_its_place),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(pieces_out_of_range_are_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
