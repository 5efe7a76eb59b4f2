/* Randomness that nobody can guess, and one that anybody can repeat. */
#include "base/system.h"
#include "test.h"

static void bytes_differ_from_call_to_call(void **state)
{
    (void)state;
    unsigned char a[32] = {0}, b[32] = {0}, none[32] = {0};
    random_fill(a, sizeof a);
    random_fill(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a, none, sizeof a);
    random_fill(a, 0);
}

static void turned_randomness_repeats(void **state)
{
    (void)state;
    unsigned char a[32], b[32];
    random_turn(7);
    random_fill(a, sizeof a);
    random_turn(7);
    random_fill(b, sizeof b);
    assert_memory_equal(a, b, sizeof a);
    random_turn(0);
    random_fill(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
}

/* xoshiro256** seeded by splitmix64 from 42, as the authors' own programs give it. */
static void the_repeatable_generator_is_the_published_one(void **state)
{
    (void)state;
    static const uint64_t want[] = {0x15780B2E0C2EC716u, 0x6104D9866D113A7Eu, 0xAE17533239E499A1u};
    struct rng r;
    rng_seed(&r, 42);
    for (size_t i = 0; i < COUNT_OF(want); i++)
        assert_int_equal(rng_next(&r), want[i]);
}

static void numbers_below_a_limit_come_evenly(void **state)
{
    (void)state;
    struct rng r;
    unsigned seen[7] = {0};
    rng_seed(&r, 1);
    for (int i = 0; i < 70000; i++) {
        uint64_t n = rng_below(&r, 7);
        assert_true(n < 7);
        seen[n]++;
    }
    for (size_t i = 0; i < COUNT_OF(seen); i++)
        assert_in_range(seen[i], 9500, 10500);
    assert_int_equal(rng_below(&r, 1), 0);
    assert_int_equal(rng_below(&r, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_differ_from_call_to_call),
        cmocka_unit_test(turned_randomness_repeats),
        cmocka_unit_test(the_repeatable_generator_is_the_published_one),
        cmocka_unit_test(numbers_below_a_limit_come_evenly),
    };
    return cmocka_run_group_tests_name("base/random", tests, NULL, NULL);
}
