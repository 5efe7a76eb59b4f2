/* What a monitoring program may read of the server: counts and times, nothing of anybody. Any thread. */
#ifndef API_METRICS_H
#define API_METRICS_H
#include "base/text.h"
#include <stdatomic.h>

#define METRICS_STATUSES 6
#define METRICS_BUCKETS 10

struct metrics {
    atomic_uint_fast64_t status[METRICS_STATUSES];    /* answers by the first digit of their status */
    atomic_uint_fast64_t bucket[METRICS_BUCKETS + 1]; /* by how long they took; the last: longer */
    atomic_uint_fast64_t total_ms, refused;
    int64_t begun_ms;
};
void metrics_count(struct metrics *m, int status, int64_t took_ms);
/* Prometheus' text format. */
void metrics_write(const struct metrics *m, size_t in_flight, size_t jobs, struct buf *out);

#endif
