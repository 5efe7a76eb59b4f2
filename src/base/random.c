/* Bytes that nobody can guess, and a small generator that gives the same row of numbers for the same seed. */
#include "base/system.h"
#include <sodium.h>
#include <stdlib.h>

static struct rng repeated;
static bool is_repeated;

void random_turn(uint64_t seed)
{
    is_repeated = seed != 0;
    rng_seed(&repeated, seed);
}

static void fill_repeated(unsigned char *out, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[i] = (unsigned char)(rng_next(&repeated) >> 56);
}

void random_fill(void *out, size_t size)
{
    if (is_repeated) {
        fill_repeated(out, size);
        return;
    }
    /* Without the system's generator nothing that we make would be safe; sodium_init may be called often. */
    if (sodium_init() < 0)
        abort();
    randombytes_buf(out, size);
}

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

void rng_seed(struct rng *r, uint64_t seed)
{
    for (size_t i = 0; i < COUNT_OF(r->s); i++)
        r->s[i] = splitmix(&seed);
}

static uint64_t rotate(uint64_t x, int by) { return x << by | x >> (64 - by); }

/* xoshiro256** 1.0, Blackman and Vigna. */
uint64_t rng_next(struct rng *r)
{
    uint64_t *s = r->s, answer = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return answer;
}

uint64_t rng_below(struct rng *r, uint64_t limit)
{
    if (limit < 2)
        return 0;
    /* The numbers below 2^64 mod limit would make the first values likelier. */
    uint64_t skip = (0 - limit) % limit, n;
    do
        n = rng_next(r);
    while (n < skip);
    return n % limit;
}
