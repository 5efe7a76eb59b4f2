/* What the small measuring programs share. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H
#include "base/err.h"
#include <stdint.h>

double bench_now(void); /* seconds of a clock that only goes forward */
double bench_cpu(void); /* seconds of processor, all threads of this process */
/* Says the error's sentence, or `what`, and ends with 3. */
_Noreturn void bench_fail(const struct err *e);
_Noreturn void bench_die(const char *what);
/* splitmix64: the same numbers every time. */
uint64_t bench_random(uint64_t *state);

/* Columns of the table that the insert row fills: of four one number, three texts. */
#define BENCH_COLUMNS 40
struct bench_row {
    int64_t number[BENCH_COLUMNS];
    char text[BENCH_COLUMNS][24];
};
static inline int bench_is_text(int column) { return column % 4 != 2; }
/* Row `index` (from 0) of that table: column 0 is the key, 1 the number of a parent (40 rows share one), 3 a
 * word out of a thousand. */
void bench_row_make(uint64_t index, struct bench_row *out);

#endif
