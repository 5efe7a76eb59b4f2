/* Columns: narrow numbers that widen, bits, dictionaries, pools of texts, rows of parents. */
#include "base/system.h"
#include "engine/frame/column.h"
#include "test.h"
#include <stdlib.h>

#define ROWS 5000

static void numbers_come_back_whatever_their_width(void **state)
{
    static const struct {
        int32_t bias;
        int64_t numbers[4];
        uint8_t width;
    } cases[] = {
        {0, {0, 127, -128, 5}, 1},
        {0, {0, 128, -128, 5}, 2},
        {0, {0, 32768, 1, 2}, 3},
        {0, {-8388608, 8388607, 0, -1}, 3},
        {0, {-8388608, 8388608, 0, -1}, 4},
        {0, {-8388609, 1, 0, 5}, 4},
        {MONEY_BIAS, {0, 16777215, 100, 1}, 3},
        {MONEY_BIAS, {-1, 16777215, 100, 1}, 4},
        {MONEY_BIAS, {0, 16777216, 100, 1}, 4},
        {0, {INT32_MIN, INT32_MAX, 0, 1}, 4},
        {0, {INT64_MIN, INT64_MAX, 0, -1}, 8},
        {DAY_BIAS, {DAY_BIAS, -25567, 39968, 18261}, 2}, /* 1900 to 2079 */
        {DAY_BIAS, {DAY_MIN, DAY_MAX, 0, 1}, 3},
        {DAY_BIAS, {INT64_MIN, INT64_MAX, DAY_MAX, 0}, 8},
        {YEAR_BIAS, {2019, 1872, 2127, 2000}, 1},
        {YEAR_BIAS, {2019, 1871, 2128, 2000}, 2},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct packed p = {.bias = cases[i].bias};
        for (uint32_t row = 0; row < 4; row++)
            assert_true(packed_put(&p, row, cases[i].numbers[row]));
        assert_int_equal(p.width, cases[i].width);
        for (uint32_t row = 0; row < 4; row++)
            assert_true(packed_get(&p, row) == cases[i].numbers[row]);
        packed_clear(&p);
    }
}

static void a_column_widens_with_what_it_holds_and_can_be_reordered(void **state)
{
    struct rng r;
    struct packed p = {.bias = 0};
    struct bits b = {0};
    static int64_t plain[ROWS];
    static uint32_t from[ROWS];
    (void)state;
    rng_seed(&r, 7);
    for (uint32_t row = 0; row < ROWS; row++) {
        plain[row] = (int64_t)(rng_next(&r) >> rng_below(&r, 64)) * (rng_below(&r, 2) == 0 ? 1 : -1);
        if (row < ROWS / 2)
            plain[row] %= 100; /* narrow at first */
        assert_true(packed_put(&p, row, plain[row]));
        if (plain[row] % 3 == 0)
            assert_true(bits_set(&b, row));
        from[row] = (uint32_t)((row * 7919u) % ROWS);
    }
    packed_trim(&p, ROWS);
    bits_trim(&b, ROWS);
    assert_int_equal(p.room, ROWS);
    assert_true(packed_permute(&p, from, ROWS) && bits_permute(&b, from, ROWS));
    for (uint32_t row = 0; row < ROWS; row++) {
        assert_true(packed_get(&p, row) == plain[from[row]]);
        assert_int_equal(bits_get(&b, row), plain[from[row]] % 3 == 0);
    }
    assert_false(bits_get(&b, ROWS + 1000));
    packed_clear(&p);
    bits_clear(&b);
}

static void a_dictionary_numbers_each_text_once(void **state)
{
    struct dictionary d;
    char text[16];
    (void)state;
    dictionary_init(&d);
    assert_int_equal(dictionary_find(&d, TEXT("0")), ROW_NONE);
    for (int again = 0; again < 2; again++)
        for (uint32_t i = 0; i < ROWS; i++) {
            snprintf(text, sizeof text, "%u", i % 1000);
            assert_int_equal(dictionary_number(&d, text_of(text)), i % 1000);
        }
    assert_int_equal(d.count, 1000);
    assert_int_equal(dictionary_number(&d, TEXT("")), 1000);
    assert_int_equal(dictionary_number(&d, TEXT("a longer text that does not fit into sixteen bytes")), 1001);
    assert_int_equal(dictionary_number(&d, TEXT("a longer text that does not fit into sixteen bytez")), 1002);
    assert_int_equal(dictionary_number(&d, TEXT("a longer text that does not fit into sixteen bytes")), 1001);
    assert_int_equal(dictionary_find(&d, TEXT("999")), 999);
    assert_int_equal(dictionary_find(&d, TEXT("1000")), ROW_NONE);
    dictionary_clear(&d);
}

static void a_pool_keeps_texts_of_one_size_without_offsets_and_others_with(void **state)
{
    static const char *const texts[] = {"abc", "def", "ghi", "", "longer than the others", "x"};
    (void)state;
    for (size_t count = 1; count <= COUNT_OF(texts); count++) {
        struct pool p = {0};
        for (size_t i = 0; i < count; i++)
            assert_true(
                pool_join(&p, text_slice(text_of(texts[i]), 0, 1), text_slice(text_of(texts[i]), 1, 99)));
        assert_int_equal(p.ends != NULL, count > 3);
        pool_trim(&p);
        for (uint32_t i = 0; i < count; i++)
            assert_text(pool_get(&p, i), texts[i]);
        pool_clear(&p);
    }
}

static void rows_of_parents_take_a_byte_until_they_leap(void **state)
{
    struct rng r;
    static uint32_t plain[ROWS];
    (void)state;
    for (int leaps = 0; leaps < 3; leaps++) {
        struct climb c = {0};
        rng_seed(&r, 3);
        for (uint32_t row = 0, parent = 0; row < ROWS; row++) {
            parent += (uint32_t)rng_below(&r, 3);
            plain[row] = leaps == 1 && row == ROWS / 2 ? ROW_NONE : leaps == 2 && row % 100 == 7 ? 0 : parent;
            assert_true(climb_put(&c, row, plain[row]));
        }
        assert_int_equal(c.wide != NULL, leaps > 0);
        for (uint32_t row = 0; row < ROWS; row++)
            assert_int_equal(climb_get(&c, row), plain[row]);
        climb_clear(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_come_back_whatever_their_width),
        cmocka_unit_test(a_column_widens_with_what_it_holds_and_can_be_reordered),
        cmocka_unit_test(a_dictionary_numbers_each_text_once),
        cmocka_unit_test(a_pool_keeps_texts_of_one_size_without_offsets_and_others_with),
        cmocka_unit_test(rows_of_parents_take_a_byte_until_they_leap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
