/* See bench.h. */
#include "bench/bench.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
double bench_now(void) { return seconds_of(CLOCK_MONOTONIC); }
double bench_cpu(void) { return seconds_of(CLOCK_PROCESS_CPUTIME_ID); }

void bench_fail(const struct err *e)
{
    struct buf sentence;
    buf_init(&sentence, 4096);
    err_sentence(e, LANG_EN, &sentence);
    fprintf(stderr, "%.*s\n", TEXT_ARG(buf_text(&sentence)));
    buf_clear(&sentence);
    exit(3);
}

void bench_die(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(3);
}

uint64_t bench_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

void bench_row_make(uint64_t index, struct bench_row *out)
{
    uint64_t state = index * 7919 + 20191231;
    for (int i = 0; i < BENCH_COLUMNS; i++) {
        uint64_t n = bench_random(&state);
        out->number[i] = (int64_t)(n % 10000000);
        snprintf(out->text[i], sizeof out->text[i], "R%u%08u", (unsigned)(n % 997), (unsigned)(n >> 40));
    }
    snprintf(out->text[0], sizeof out->text[0], "N%09" PRIu64, index);
    snprintf(out->text[1], sizeof out->text[1], "P%07" PRIu64, index / 40);
    snprintf(out->text[3], sizeof out->text[3], "W%03" PRIu64, bench_random(&state) % 1000);
}
