/* Addresses: what is decoded, and what goes no further. */
#include "api/api.err.h"
#include "api/url.h"
#include "test.h"

static struct arena arena;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 64u << 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static struct url read(const char *raw)
{
    struct url url;
    struct err e = {0};
    assert_done(url_read(text_of(raw), &arena, &url, &e), &e);
    return url;
}

static void refused(const char *raw, const struct err_kind *kind)
{
    struct url url;
    struct err e = {0};
    if (url_read(text_of(raw), &arena, &url, &e) || e.kind != kind)
        fail_msg("%s: %s", raw, e.kind != NULL ? e.kind->code : "taken");
}

static void a_path_is_its_segments_and_a_slash_at_the_end_is_none(void **state)
{
    struct url url = read("/api/v1/household/");
    (void)state;
    assert_int_equal(url.segment_count, 3);
    assert_text(url.segment[0], "api");
    assert_text(url.segment[2], "household");
    assert_int_equal(read("/").segment_count, 0);
    assert_int_equal(read("/a//b").segment_count, 3);
    assert_text(read("/a?x=1").path, "/a");
}

static void escapes_are_read_in_paths_and_parameters(void **state)
{
    struct url url = read("/%e5%88%98/a%2Fb?name=%E5%88%98+%e5%85%b0&plus=%2B&empty=&bare");
    (void)state;
    assert_text(url.segment[0], "刘");
    assert_text(url.segment[1], "a/b");
    assert_int_equal(url.pair_count, 4);
    assert_text(url.pair[0].value, "刘 兰");
    assert_text(url.pair[1].value, "+");
    assert_text(url.pair[2].value, "");
    assert_text(url.pair[3].name, "bare");
    assert_text(read("/a+b").segment[0], "a+b");
    assert_text(read("/%F0%A0%80%80").segment[0], "𠀀");
}

static void bad_escapes_are_refused(void **state)
{
    (void)state;
    for (const char *const *at =
             (const char *const[]){"/%", "/%4", "/%zz", "/%4g", "/a?x=%", "/a?x=%1", "/a?%g1=1", NULL};
         *at != NULL; at++)
        refused(*at, &API_URL_BAD);
}

static void nul_and_bytes_that_are_no_utf8_are_refused(void **state)
{
    struct url url;
    struct err e = {0};
    (void)state;
    for (const char *const *at = (const char *const[]){"/%00", "/a?x=%00", "/%ff", "/a?x=%c3", "/%ed%a0%80",
                                                       "/%c0%af", "/\xff", NULL};
         *at != NULL; at++)
        refused(*at, &API_URL_BAD);
    assert_refused(url_read((struct text){"/a\0b", 4}, &arena, &url, &e), &e, API_URL_BAD);
}

static void no_path_leads_up(void **state)
{
    (void)state;
    for (const char *const *at =
             (const char *const[]){"/..", "/../etc/passwd", "/a/./b", "/%2e%2e/x", "/a/.%2E", NULL};
         *at != NULL; at++)
        refused(*at, &API_URL_BAD);
    assert_text(read("/...").segment[0], "...");
}

static void an_address_begins_with_a_slash(void **state)
{
    (void)state;
    refused("", &API_URL_BAD);
    refused("*", &API_URL_BAD);
    refused("http://127.0.0.1/api", &API_URL_BAD);
    refused("?a=1", &API_URL_BAD);
}

static void a_parameter_stands_once(void **state)
{
    struct url url;
    struct err e = {0};
    (void)state;
    assert_false(url_read(TEXT("/a?limit=5&x=1&%6cimit=6"), &arena, &url, &e));
    assert_string_equal(e.field[0].s, "limit");
    assert_refused(false, &e, API_PARAMETER_TWICE);
    assert_int_equal(read("/a?&&x=1&").pair_count, 1);
}

static void segments_and_parameters_have_limits(void **state)
{
    char raw[4096] = "/1/2/3/4/5/6/7/8";
    (void)state;
    assert_int_equal(read(raw).segment_count, URL_SEGMENT_MAX);
    refused("/1/2/3/4/5/6/7/8/9", &API_URL_LONG);
    size_t at = (size_t)snprintf(raw, sizeof raw, "/a?p0=");
    for (int i = 1; i < URL_PARAMETER_MAX; i++)
        at += (size_t)snprintf(raw + at, sizeof raw - at, "&p%d=", i);
    assert_int_equal(read(raw).pair_count, URL_PARAMETER_MAX);
    snprintf(raw + at, sizeof raw - at, "&more=");
    refused(raw, &API_URL_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_its_segments_and_a_slash_at_the_end_is_none),
        cmocka_unit_test(escapes_are_read_in_paths_and_parameters),
        cmocka_unit_test(bad_escapes_are_refused),
        cmocka_unit_test(nul_and_bytes_that_are_no_utf8_are_refused),
        cmocka_unit_test(no_path_leads_up),
        cmocka_unit_test(an_address_begins_with_a_slash),
        cmocka_unit_test(a_parameter_stands_once),
        cmocka_unit_test(segments_and_parameters_have_limits),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
