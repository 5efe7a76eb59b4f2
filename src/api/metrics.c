/* Counts and times. Always holds: nothing in here came from a request but its status and its duration. */
#include "api/metrics.h"
#include "base/system.h"
#include <unistd.h>

static const int64_t limits_ms[METRICS_BUCKETS] = {5, 10, 25, 50, 100, 250, 500, 1000, 2500, 10000};

void metrics_count(struct metrics *m, int status, int64_t took_ms)
{
    size_t at = 0, class = status >= 100 && status < 600 ? (size_t)(status / 100) : 0;
    while (at < METRICS_BUCKETS && took_ms > limits_ms[at])
        at++;
    atomic_fetch_add(&m->status[class], 1);
    atomic_fetch_add(&m->bucket[at], 1);
    atomic_fetch_add(&m->total_ms, (uint_fast64_t)(took_ms > 0 ? took_ms : 0));
}

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_add_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static int64_t resident_bytes(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f == NULL)
        return 0;
    if (fscanf(f, "%*d %ld", &pages) != 1)
        pages = 0;
    (void)fclose(f);
    return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

static void write_times(const struct metrics *m, struct buf *out)
{
    uint64_t sum = 0;
    head(out, "honghua_request_seconds", "histogram", "How long requests took.");
    for (size_t i = 0; i < METRICS_BUCKETS; i++) {
        sum += m->bucket[i];
        buf_add_format(out, "honghua_request_seconds_bucket{le=\"%g\"} %llu\n", (double)limits_ms[i] / 1000,
                       (unsigned long long)sum);
    }
    sum += m->bucket[METRICS_BUCKETS];
    buf_add_format(out, "honghua_request_seconds_bucket{le=\"+Inf\"} %llu\n", (unsigned long long)sum);
    buf_add_format(out, "honghua_request_seconds_sum %.3f\n", (double)m->total_ms / 1000);
    buf_add_format(out, "honghua_request_seconds_count %llu\n", (unsigned long long)sum);
}

void metrics_write(const struct metrics *m, size_t in_flight, size_t jobs, struct buf *out)
{
    head(out, "honghua_requests_total", "counter", "Answers by the first digit of their status.");
    for (size_t i = 1; i < METRICS_STATUSES; i++)
        buf_add_format(out, "honghua_requests_total{status=\"%zuxx\"} %llu\n", i,
                       (unsigned long long)m->status[i]);
    write_times(m, out);
    head(out, "honghua_requests_refused_total", "counter",
         "Requests turned away because too many were waiting.");
    buf_add_format(out, "honghua_requests_refused_total %llu\n", (unsigned long long)m->refused);
    head(out, "honghua_requests_in_flight", "gauge", "Requests being worked on.");
    buf_add_format(out, "honghua_requests_in_flight %zu\n", in_flight);
    head(out, "honghua_jobs", "gauge", "Jobs that wait or run.");
    buf_add_format(out, "honghua_jobs %zu\n", jobs);
    head(out, "process_resident_memory_bytes", "gauge", "Memory in use.");
    buf_add_format(out, "process_resident_memory_bytes %lld\n", (long long)resident_bytes());
    head(out, "process_start_time_seconds", "gauge", "When the server began.");
    buf_add_format(out, "process_start_time_seconds %lld\n", (long long)(m->begun_ms / 1000));
}
