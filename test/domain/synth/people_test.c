/* Invented households: the same from the same seed, free of the faults that the sample is free of, nobody
 * twice. */
#include "domain/synth/people.h"
#include "engine/catalog/derive.h"
#include "test.h"
#include <stdlib.h>

#define HOUSEHOLDS 4000

static void draw(uint64_t seed, uint64_t index, struct synth_household *out)
{
    synth_household(seed, index, index % 26, "411622104200", index / 26 + 1, out);
}

static void the_same_seed_gives_the_same_household(void **state)
{
    static struct synth_household a, b;
    (void)state;
    for (uint64_t i = 0; i < 100; i++) {
        draw(7, i, &a);
        draw(7, i, &b);
        assert_memory_equal(&a, &b, sizeof a);
        draw(8, i, &b);
        assert_memory_not_equal(&a, &b, sizeof a);
    }
}

static int by_text(const void *a, const void *b) { return strcmp(a, b); }

static void no_two_persons_share_a_certificate(void **state)
{
    static char numbers[HOUSEHOLDS * PEOPLE_MAX][20];
    static struct synth_household h;
    size_t count = 0;
    (void)state;
    for (uint64_t i = 0; i < HOUSEHOLDS; i++) {
        draw(1, i, &h);
        for (size_t k = 0; k < h.count; k++)
            memcpy(numbers[count++], h.members[k].certificate, 19);
    }
    qsort(numbers, count, sizeof numbers[0], by_text);
    for (size_t i = 1; i < count; i++)
        assert_string_not_equal(numbers[i - 1], numbers[i]);
}

static void certificates_agree_with_birth_and_sex(void **state)
{
    static struct synth_household h;
    (void)state;
    for (uint64_t i = 0; i < HOUSEHOLDS; i++) {
        draw(1, i, &h);
        for (size_t k = 0; k < h.count; k++) {
            const struct synth_person *p = &h.members[k];
            struct text number = text_of(p->certificate);
            assert_int_equal(derive_value(DERIVE_ID_VALID, number).n, 1);
            assert_int_equal(derive_value(DERIVE_ID_BIRTH, number).n, p->birth);
            assert_int_equal((p->certificate[16] - '0') % 2, p->male);
        }
    }
}

static void incomes_add_up_and_the_lifted_stay_above_the_line(void **state)
{
    static const fen lines[YEAR_COUNT] = {280000, 285500, 295200, 333500, 353500, 374700};
    static struct synth_household h;
    (void)state;
    for (uint64_t i = 0; i < HOUSEHOLDS; i++) {
        draw(3, i, &h);
        for (size_t y = 0; y < YEAR_COUNT && h.roll; y++) {
            const struct synth_year *in = &h.years[y];
            assert_int_equal(in->net, in->wage + in->business + in->property + in->transfer - in->cost);
            assert_int_equal(in->transfer, in->allowance + in->relief + in->pension + in->other);
            assert_true(labs(in->per_capita * (fen)h.count - in->net) <= (fen)h.count);
            if (h.lifted_year != 0 && h.lifted_year <= YEAR_FIRST + (int)y)
                assert_true(in->per_capita >= lines[y]);
        }
    }
}

static void the_shares_are_those_of_the_sample(void **state)
{
    static struct synth_household h;
    size_t roll = 0, lifted = 0, persons = 0;
    (void)state;
    for (uint64_t i = 0; i < HOUSEHOLDS; i++) {
        draw(1, i, &h);
        roll += h.roll;
        lifted += h.lifted_year != 0;
        persons += h.count;
    }
    assert_in_range(roll, HOUSEHOLDS * 80 / 100, HOUSEHOLDS * 87 / 100);  /* 83.5 % */
    assert_in_range(lifted, roll * 90 / 100, roll * 96 / 100);            /* 92.9 % */
    assert_in_range(persons, HOUSEHOLDS * 32 / 10, HOUSEHOLDS * 38 / 10); /* 3.5 a household */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_household),
        cmocka_unit_test(no_two_persons_share_a_certificate),
        cmocka_unit_test(certificates_agree_with_birth_and_sex),
        cmocka_unit_test(incomes_add_up_and_the_lifted_stay_above_the_line),
        cmocka_unit_test(the_shares_are_those_of_the_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
