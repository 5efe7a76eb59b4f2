/* Slices, code points, columns of a terminal, whole numbers. */
#include "base/text.h"
#include "test.h"

static void comparing_is_by_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int order;
    } cases[] = {{"", "", 0},    {"a", "", 1},  {"", "a", -1},   {"a", "b", -1},
                 {"ab", "a", 1}, {"a", "a", 0}, {"z", "中", -1}, {"中", "\xF0\x9F\x98\x80", -1}};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(text_compare(text_of(cases[i].a), text_of(cases[i].b)), cases[i].order);
    assert_int_equal(text_compare(TEXT_NONE, TEXT("")), 0);
}

static void cutting_never_leaves_the_text(void **state)
{
    (void)state;
    struct text t = TEXT("househould");
    assert_text(text_slice(t, 0, 5), "house");
    assert_text(text_slice(t, 5, 99), "hould");
    assert_text(text_slice(t, 99, 1), "");
    assert_null(text_slice(TEXT_NONE, 0, 1).at);
    assert_true(text_starts_with(t, TEXT("house")) && text_starts_with(t, TEXT("")));
    assert_false(text_starts_with(TEXT("ho"), TEXT("house")));
    assert_true(text_ends_with(t, TEXT("hould")) && !text_ends_with(t, TEXT("house")));
    assert_int_equal(text_find(t, TEXT("hou"), 0), 0);
    assert_int_equal(text_find(t, TEXT("hou"), 1), 5);
    assert_int_equal(text_find(t, TEXT("hou"), 6), SIZE_MAX);
    assert_int_equal(text_find(t, TEXT(""), 10), 10);
    assert_int_equal(text_find(t, TEXT(""), 11), SIZE_MAX);
}

static void trimming_knows_the_blanks_of_offices(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } cases[] = {{"", ""},
                 {"  ", ""},
                 {" a b\t\r\n", "a b"},
                 {"\xE3\x80\x80户主\xE3\x80\x80", "户主"},
                 {"\xC2\xA0 x\xC2\xA0", "x"},
                 {"\xEF\xBB\xBF编号", "编号"},
                 {"\xE3\x80\x80\xE3\x80\x80", ""},
                 {"\xE3\x80\x81", "\xE3\x80\x81"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_text(text_trim(text_of(cases[i].from)), cases[i].to);
}

static void bad_bytes_are_told_one_by_one(void **state)
{
    (void)state;
    static const char *const bad[] = {"\x80",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xE0\x80\x80",
                                      "\xED\xA0\x80",
                                      "\xF4\x90\x80\x80",
                                      "\xF8\x88\x80\x80\x80",
                                      "\xE4\xB8",
                                      "\xFF",
                                      "\xF0\x80\x80\x80"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        size_t at = 0;
        assert_int_equal(text_next(text_of(bad[i]), &at), UINT32_MAX);
        assert_int_equal(at, 1);
        assert_false(text_is_utf8(text_of(bad[i])));
    }
    assert_true(text_is_utf8(TEXT("")) && text_is_utf8(TEXT("红花\xF0\x9F\x98\x80\x00z")));
    assert_int_equal(text_count(TEXT("红花a\xFF")), 4);
}

static void every_code_point_reads_back(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x110000; c++) {
        char bytes[4];
        size_t size = text_encode(c, bytes), at = 0;
        if ((c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF) {
            assert_int_equal(size, 0);
            continue;
        }
        if (text_next((struct text){bytes, size}, &at) != c || at != size)
            fail_msg("U+%04X", c);
    }
}

static void columns_are_what_a_terminal_shows(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t columns;
    } cases[] = {{"", 0},
                 {"abc", 3},
                 {"红花", 4},
                 {"，", 2},
                 {"é", 1},
                 {"e\xCC\x81", 1},
                 {"\xF0\x9F\x98\x80", 2},
                 {"Ａ", 2},
                 {"\xF0\xA0\x80\x80", 2},
                 {"→", 1},
                 {"\xFF", 1}};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(text_columns(text_of(cases[i].text)), cases[i].columns);
}

static void whole_numbers_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
        int64_t n;
    } cases[] = {{"0", true, 0},
                 {"-0", true, 0},
                 {"+7", true, 7},
                 {"007", true, 7},
                 {"9223372036854775807", true, INT64_MAX},
                 {"-9223372036854775808", true, INT64_MIN},
                 {"9223372036854775808", false, 0},
                 {"-9223372036854775809", false, 0},
                 {"99999999999999999999", false, 0},
                 {"", false, 0},
                 {"-", false, 0},
                 {" 1", false, 0},
                 {"1.0", false, 0},
                 {"1e3", false, 0},
                 {"--1", false, 0}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t n = 42;
        assert_int_equal(text_to_int(text_of(cases[i].text), &n), cases[i].good);
        assert_int_equal(n, cases[i].good ? cases[i].n : 42);
    }
}

static void copies_carry_a_nul_and_absence_stays_absent(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1000);
    struct text t = text_copy(&a, text_slice(TEXT("village"), 0, 4));
    assert_string_equal(t.at, "vill");
    assert_null(text_copy(&a, TEXT_NONE).at);
    assert_non_null(text_copy(&a, TEXT("")).at);
    assert_text(text_format(&a, "%d/%s", 7, "a"), "7/a");
    char big[2000] = {0};
    assert_null(text_copy(&a, (struct text){big, sizeof big}).at);
    assert_null(text_format(&a, "%2000d", 1).at);
    arena_clear(&a);
}

static void hashes_differ_where_texts_do(void **state)
{
    (void)state;
    assert_true(text_hash(TEXT("abc")) == text_hash(text_slice(TEXT("abcd"), 0, 3)));
    static const char *const all[] = {"", "a", "b", "ab", "ba", "abcdefgh", "abcdefg", "abcdefghi", "\x01"};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        for (size_t k = 0; k < i; k++)
            assert_true(text_hash(text_of(all[i])) != text_hash(text_of(all[k])));
    }
    assert_true(text_hash(TEXT("a")) != text_hash(TEXT("a\0")));
}

static void a_word_is_found_among_others_as_a_whole(void **state)
{
    (void)state;
    assert_true(text_among("json,md,html", ',', TEXT("md")));
    assert_true(text_among("json,md,html", ',', TEXT("html")));
    assert_false(text_among("json,md,html", ',', TEXT("m")));
    assert_false(text_among("json,md,html", ',', TEXT("json,md")));
    assert_false(text_among("json", ',', TEXT("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_is_found_among_others_as_a_whole),
        cmocka_unit_test(comparing_is_by_bytes),
        cmocka_unit_test(cutting_never_leaves_the_text),
        cmocka_unit_test(trimming_knows_the_blanks_of_offices),
        cmocka_unit_test(bad_bytes_are_told_one_by_one),
        cmocka_unit_test(every_code_point_reads_back),
        cmocka_unit_test(columns_are_what_a_terminal_shows),
        cmocka_unit_test(whole_numbers_and_nothing_else),
        cmocka_unit_test(copies_carry_a_nul_and_absence_stays_absent),
        cmocka_unit_test(hashes_differ_where_texts_do),
    };
    return cmocka_run_group_tests_name("base/text", tests, NULL, NULL);
}
