/* What an arena gives stays where it is, zeroed and aligned; the ceiling holds. */
#include "base/arena.h"
#include "test.h"
#include <stdalign.h>

static void what_it_gives_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1 << 20);
    unsigned char *given[500];
    for (size_t i = 0; i < COUNT_OF(given); i++) {
        size_t size = i * 7 % 900;
        given[i] = arena_take(&a, size);
        assert_non_null(given[i]);
        assert_int_equal((uintptr_t)given[i] % alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(given[i][k], 0);
        memset(given[i], (int)i, size);
    }
    for (size_t i = 0; i < COUNT_OF(given); i++) {
        for (size_t k = 0; k < i * 7 % 900; k++)
            assert_int_equal(given[i][k], (unsigned char)i);
    }
    arena_clear(&a);
    assert_int_equal(a.held, 0);
}

static void the_ceiling_holds(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 10000);
    assert_null(arena_take(&a, 10001));
    assert_null(arena_take(&a, SIZE_MAX));
    size_t count = 0;
    while (arena_take(&a, 100) != NULL)
        count++;
    assert_in_range(count, 40, 100);
    assert_true(a.held <= 10000);
    arena_clear(&a);
    assert_non_null(arena_take(&a, 5000));
    arena_clear(&a);
}

static void many_refuses_a_product_that_overflows(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, SIZE_MAX);
    assert_null(arena_take_many(&a, SIZE_MAX / 2, 3));
    assert_non_null(arena_take_many(&a, 3, 5));
    assert_non_null(arena_take_many(&a, 0, 5));
    arena_clear(&a);
}

static void rewinding_gives_back_and_uses_the_blocks_again(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1 << 22);
    char *kept = arena_take(&a, 10);
    memcpy(kept, "remember", 9);
    struct arena_mark mark = arena_mark(&a);
    size_t held = 0;
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 100; i++) {
            char *c = arena_take(&a, 5000);
            assert_non_null(c);
            assert_int_equal(c[4999], 0);
            memset(c, 0x5A, 5000);
        }
        if (round == 0)
            held = a.held;
        assert_int_equal(a.held, held);
        arena_rewind(&a, mark);
        assert_int_equal(a.used, mark.used);
    }
    assert_string_equal(kept, "remember");
    arena_clear(&a);
}

static void a_mark_of_an_empty_arena_rewinds_to_nothing(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1 << 20);
    struct arena_mark mark = arena_mark(&a);
    arena_rewind(&a, mark);
    for (int i = 0; i < 50; i++)
        assert_non_null(arena_take(&a, 3000));
    arena_rewind(&a, mark);
    assert_int_equal(a.used, 0);
    size_t held = a.held;
    for (int i = 0; i < 50; i++)
        assert_non_null(arena_take(&a, 3000));
    assert_int_equal(a.held, held);
    arena_clear(&a);
    arena_clear(&(struct arena){0});
}

static void spare_blocks_make_way_for_a_larger_one(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 100000);
    assert_non_null(arena_take(&a, 100));
    struct arena_mark mark = arena_mark(&a);
    for (int i = 0; i < 10; i++)
        assert_non_null(arena_take(&a, 6000));
    arena_rewind(&a, mark);
    assert_non_null(arena_take(&a, 80000));
    assert_true(a.held <= 100000);
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_gives_is_zeroed_aligned_and_apart),
        cmocka_unit_test(the_ceiling_holds),
        cmocka_unit_test(many_refuses_a_product_that_overflows),
        cmocka_unit_test(rewinding_gives_back_and_uses_the_blocks_again),
        cmocka_unit_test(a_mark_of_an_empty_arena_rewinds_to_nothing),
        cmocka_unit_test(spare_blocks_make_way_for_a_larger_one),
    };
    return cmocka_run_group_tests_name("base/arena", tests, NULL, NULL);
}
