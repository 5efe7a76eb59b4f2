/* One-time passwords against the vectors of RFC 6238, and what a code is good for. */
#include "domain/account/totp.h"
#include "test.h"
#include <jansson.h>
#include <stdlib.h>

#ifndef VECTORS
#error "VECTORS names the folder of the vectors"
#endif
#define KEY TEXT("12345678901234567890")
#define STEP_MS ((int64_t)TOTP_STEP * 1000)

static enum totp_hash hash_named(const char *name)
{
    if (strcmp(name, "sha1") == 0)
        return TOTP_SHA1;
    return strcmp(name, "sha256") == 0 ? TOTP_SHA256 : TOTP_SHA512;
}

static struct text from_hex(const char *hex, char *out)
{
    size_t size = strlen(hex) / 2;
    for (size_t i = 0; i < size; i++) {
        unsigned byte = 0;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        out[i] = (char)byte;
    }
    return (struct text){out, size};
}

static void each_vector_gives_its_code(void **state)
{
    char line[1024], key[128], code[TOTP_DIGITS_MAX + 1];
    size_t count = 0;
    FILE *file = fopen(VECTORS "/totp.jsonl", "r");
    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        json_t *v = json_loads(line, 0, NULL);
        assert_non_null(v);
        int digits = (int)json_integer_value(json_object_get(v, "digits"));
        uint64_t step = (uint64_t)(json_integer_value(json_object_get(v, "time"))
                                   / json_integer_value(json_object_get(v, "step")));
        totp_code(hash_named(json_string_value(json_object_get(v, "hash"))),
                  from_hex(json_string_value(json_object_get(v, "key")), key), step, digits, code);
        assert_string_equal(code, json_string_value(json_object_get(v, "code")));
        json_decref(v);
        count++;
    }
    fclose(file);
    assert_int_equal(count, 18);
}

static void a_code_is_good_for_its_step_and_the_two_beside_it(void **state)
{
    char code[TOTP_DIGITS_MAX + 1];
    int64_t step = 0;
    (void)state;
    totp_code(TOTP_SHA1, KEY, 1000, TOTP_DIGITS, code);
    assert_false(totp_matches(KEY, text_of(code), 998 * STEP_MS + STEP_MS - 1, 0, &step));
    for (int64_t at = 999; at <= 1001; at++) {
        assert_true(totp_matches(KEY, text_of(code), at * STEP_MS, 0, &step));
        assert_int_equal(step, 1000);
    }
    assert_false(totp_matches(KEY, text_of(code), 1002 * STEP_MS, 0, &step));
}

static void a_step_counts_once_and_none_before_it(void **state)
{
    char code[TOTP_DIGITS_MAX + 1];
    int64_t step = 0;
    (void)state;
    totp_code(TOTP_SHA1, KEY, 1000, TOTP_DIGITS, code);
    assert_true(totp_matches(KEY, text_of(code), 1000 * STEP_MS, 999, &step));
    assert_false(totp_matches(KEY, text_of(code), 1000 * STEP_MS, 1000, &step));
    assert_false(totp_matches(KEY, text_of(code), 1000 * STEP_MS, 1001, &step));
}

static void what_is_no_code_matches_nothing(void **state)
{
    static const char *const wrong[] = {"", "1", "12345", "1234567", "abcdef", "00000\n"};
    int64_t step = 0;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(totp_matches(KEY, text_of(wrong[i]), 1000 * STEP_MS, 0, &step));
    assert_false(totp_matches(KEY, TEXT_NONE, 1000 * STEP_MS, 0, &step));
}

static void keys_are_written_as_base32(void **state)
{
    char out[64];
    (void)state;
    totp_base32(KEY, out);
    assert_string_equal(out, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    totp_base32(TEXT("foobar"), out);
    assert_string_equal(out, "MZXW6YTBOI");
    totp_base32(TEXT(""), out);
    assert_string_equal(out, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_vector_gives_its_code),
        cmocka_unit_test(a_code_is_good_for_its_step_and_the_two_beside_it),
        cmocka_unit_test(a_step_counts_once_and_none_before_it),
        cmocka_unit_test(what_is_no_code_matches_nothing),
        cmocka_unit_test(keys_are_written_as_base32),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
