/* Time, randomness and files come in through here alone, so that tests can turn and break them. */
#ifndef BASE_SYSTEM_H
#define BASE_SYSTEM_H
#include "base/err.h"
#include "base/value.h"
#include <stdio.h>

/* Milliseconds since 1970-01-01 UTC, and the day in the office's zone (UTC+8, no summer time). */
int64_t clock_now_ms(void);
day clock_today(void);
/* Milliseconds from an arbitrary start, never going back: for measuring and rates. */
int64_t clock_steady_ms(void);
/* Tests: from now on the clock stands at `ms` (negative: the real one again). */
void clock_turn(int64_t ms);
/* "2019-12-31T08:00:00.123Z" and NUL. */
void clock_format(int64_t ms, char out[25]);

/* Bytes from the system's generator (libsodium). Any thread. */
void random_fill(void *out, size_t size);
/* Tests, one thread: from now on random_fill repeats the bytes that belong to `seed`; 0: the real ones again. */
void random_turn(uint64_t seed);
/* A small repeatable generator (splitmix64 seeded xoshiro256**): for synth and tests, never for keys. */
struct rng {
    uint64_t s[4];
};
void rng_seed(struct rng *r, uint64_t seed);
uint64_t rng_next(struct rng *r);
uint64_t rng_below(struct rng *r, uint64_t limit); /* 0 .. limit-1, without bias */

/* Whole file into the arena, a NUL behind it (not counted). FILE_ABSENT, FILE_FORBIDDEN, FILE_IS_FOLDER, FILE_READ,
 * FILE_TOO_LARGE (above max bytes), OUT_OF_MEMORY. */
MUST_USE bool file_read(const char *path, size_t max, struct arena *a, struct text *out, struct err *e);
/* Writes a file as a whole, replacing what was there: beside it first, synced, then renamed; never half. What is no
 * regular file (a pipe, /dev/stdout) is written as it is. FILE_ABSENT (its folder), FILE_FORBIDDEN, FILE_IS_FOLDER,
 * FILE_FULL, FILE_WRITE. */
MUST_USE bool file_write(const char *path, struct text content, int mode, struct err *e);
/* A file without a name for what does not fit in memory ($TMPDIR, else /tmp); fclose gives its room back. FILE_FORBIDDEN,
 * FILE_ABSENT (the folder), FILE_FULL, FILE_WRITE. */
MUST_USE bool file_temporary(FILE **out, struct err *e);
/* Brings the entry of `path` in its folder to the disk, as after a rename; a folder that cannot be synced is let be. */
void file_sync_folder(const char *path);
bool file_exists(const char *path);
bool file_is_folder(const char *path);
bool file_is_same(const char *a, const char *b); /* two names of one file that is there */
/* Permission bits (0600, …) of what stands there; -1: nothing does. */
int file_mode(const char *path);
/* Names of a folder's entries, ordered by bytes, without "." and "..". FILE_ABSENT, FILE_FORBIDDEN, FILE_READ. */
MUST_USE bool file_list(const char *folder, struct arena *a, struct text **names_out, size_t *count_out, struct err *e);
/* The program's own data (policy packs, later pages): below $HONGHUA_DATA when that is set, else in the source tree
 * beside the executable (build/..), else in PREFIX/share/honghua (bin/../share/honghua). `name` is relative
 * ("policy/henan"), without "..". FILE_ABSENT names what was looked for. */
MUST_USE bool file_find_data(const char *name, struct arena *a, struct text *path_out, struct err *e);
/* Sets `e` from errno for a call on `path` that failed while reading (or writing); values `file`, `reason`. Always
 * false. */
bool file_fail(struct err *e, const char *path, int error);
bool file_fail_write(struct err *e, const char *path, int error);

#endif
