/* Counts and times as a monitoring program reads them. */
#include "api/metrics.h"
#include "test.h"

static void has(struct text all, const char *line)
{
    if (text_find(all, text_of(line), 0) == SIZE_MAX)
        fail_msg("no \"%s\" in %.*s", line, TEXT_ARG(all));
}

static void requests_are_counted_by_status_and_by_how_long_they_took(void **state)
{
    struct metrics m = {.begun_ms = 5000};
    struct buf out;
    (void)state;
    buf_init(&out, 65536);
    metrics_count(&m, 200, 0);
    metrics_count(&m, 201, 5);
    metrics_count(&m, 404, 6);
    metrics_count(&m, 503, 60000);
    metrics_count(&m, 0, -1);
    metrics_write(&m, 3, 2, &out);
    assert_false(out.failed);
    struct text all = buf_text(&out);
    has(all, "honghua_requests_total{status=\"2xx\"} 2\n");
    has(all, "honghua_requests_total{status=\"4xx\"} 1\n");
    has(all, "honghua_requests_total{status=\"5xx\"} 1\n");
    has(all, "honghua_request_seconds_bucket{le=\"0.005\"} 3\n");
    has(all, "honghua_request_seconds_bucket{le=\"0.01\"} 4\n");
    has(all, "honghua_request_seconds_bucket{le=\"10\"} 4\n");
    has(all, "honghua_request_seconds_bucket{le=\"+Inf\"} 5\n");
    has(all, "honghua_request_seconds_count 5\n");
    has(all, "honghua_request_seconds_sum 60.011\n");
    has(all, "honghua_requests_in_flight 3\n");
    has(all, "honghua_jobs 2\n");
    has(all, "process_start_time_seconds 5\n");
    buf_clear(&out);
}

static void every_line_is_a_comment_or_a_name_with_a_number(void **state)
{
    struct metrics m = {.begun_ms = 1};
    struct buf out;
    (void)state;
    buf_init(&out, 65536);
    metrics_write(&m, 0, 0, &out);
    buf_add_char(&out, '\0');
    for (const char *at = out.at; *at != '\0'; at = strchr(at, '\n') + 1) {
        const char *line_end = strchr(at, '\n');
        assert_non_null(line_end);
        if (*at == '#')
            continue;
        double value;
        const char *blank = memchr(at, ' ', (size_t)(line_end - at));
        assert_non_null(blank);
        assert_int_equal(sscanf(blank, "%lf", &value), 1);
    }
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_counted_by_status_and_by_how_long_they_took),
        cmocka_unit_test(every_line_is_a_comment_or_a_name_with_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
