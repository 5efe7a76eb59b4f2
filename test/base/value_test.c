/* Decimals as scaled integers: what is one, what it rounds to, how it is written. */
#include "base/value.h"
#include "test.h"

static void decimals_are_read_exactly(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int digits;
        bool good, rounded;
        int64_t n;
    } cases[] = {
        {"12", 2, true, false, 1200},
        {"12.3", 2, true, false, 1230},
        {"-0.05", 2, true, false, -5},
        {"+1", 0, true, false, 1},
        {".5", 1, true, false, 5},
        {"5.", 1, true, false, 50},
        {"1,234.50", 2, true, false, 123450},
        {"1,234,567", 0, true, false, 1234567},
        {"12,34", 0, false, false, 0},
        {"1234,567", 0, false, false, 0},
        {",123", 0, false, false, 0},
        {"1,23", 0, false, false, 0},
        {"1.234,5", 2, false, false, 0},
        {"0.005", 2, true, true, 1},
        {"-0.005", 2, true, true, -1},
        {"0.0049", 2, true, true, 0},
        {"0.3000", 2, true, false, 30},
        {"0.30001", 2, true, true, 30},
        {"2.5", 0, true, true, 3},
        {"2.4999999999999999999999", 0, true, true, 2},
        {"99.995", 2, true, true, 10000},
        {"92233720368547758.07", 2, true, false, INT64_MAX},
        {"92233720368547758.08", 2, false, false, 0},
        {"-92233720368547758.08", 2, true, false, INT64_MIN},
        {"92233720368547758.075", 2, false, false, 0},
        {"", 2, false, false, 0},
        {"-", 2, false, false, 0},
        {".", 2, false, false, 0},
        {"1e3", 2, false, false, 0},
        {"1 2", 2, false, false, 0},
        {"--1", 2, false, false, 0},
        {"1.2.3", 2, false, false, 0},
        {"NaN", 2, false, false, 0},
        {"0x10", 2, false, false, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t n = 77;
        bool rounded = false, good = decimal_parse(text_of(cases[i].text), cases[i].digits, &n, &rounded);
        if (good != cases[i].good || (good && (n != cases[i].n || rounded != cases[i].rounded))
            || (!good && n != 77))
            fail_msg("\"%s\": %d %lld %d", cases[i].text, good, (long long)n, rounded);
    }
}

static void decimals_are_written_so_that_they_read_back(void **state)
{
    (void)state;
    static const struct {
        int64_t n;
        int digits;
        bool fixed;
        const char *text;
    } cases[] = {{0, 2, true, "0.00"},
                 {0, 2, false, "0"},
                 {5, 2, true, "0.05"},
                 {-5, 2, true, "-0.05"},
                 {420, 2, false, "4.2"},
                 {300, 2, false, "3"},
                 {100, 0, false, "100"},
                 {200000, 2, true, "2000.00"},
                 {INT64_MIN, 2, true, "-92233720368547758.08"},
                 {INT64_MAX, 0, true, "9223372036854775807"},
                 {INT64_MIN, 9, false, "-9223372036.854775808"},
                 {1000, 3, false, "1"},
                 {1001, 3, false, "1.001"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char out[32];
        int64_t back;
        decimal_format(cases[i].n, cases[i].digits, cases[i].fixed, out);
        assert_string_equal(out, cases[i].text);
        assert_true(decimal_parse(text_of(out), cases[i].digits, &back, NULL));
        assert_int_equal(back, cases[i].n);
    }
}

static void values_are_equal_by_kind_and_content(void **state)
{
    (void)state;
    const struct value all[] = {value_none(),         value_int(0),          value_int(1),
                                value_text(TEXT("")), value_text(TEXT("1")), value_bytes(TEXT("1")),
                                value_bytes(TEXT(""))};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        for (size_t k = 0; k < COUNT_OF(all); k++)
            assert_int_equal(value_equal(all[i], all[k]), i == k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_are_read_exactly),
        cmocka_unit_test(decimals_are_written_so_that_they_read_back),
        cmocka_unit_test(values_are_equal_by_kind_and_content),
    };
    return cmocka_run_group_tests_name("base/value", tests, NULL, NULL);
}
