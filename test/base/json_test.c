/* The stream of JSON: commas, escapes, bad bytes, numbers that read back, large texts, sinks that fail. */
#include "base/json.h"
#include "base/system.h"
#include "test.h"
#include <math.h>
#include <stdlib.h>

static struct buf out;

static int open_out(void **state)
{
    (void)state;
    buf_init(&out, 1 << 24);
    return 0;
}

static int close_out(void **state)
{
    (void)state;
    buf_clear(&out);
    return 0;
}

static void commas_and_colons_stand_where_they_must(void **state)
{
    (void)state;
    struct json j;
    json_open(&j, json_to_buf, &out);
    json_object(&j);
    json_key(&j, "empty");
    json_array(&j);
    json_array_end(&j);
    json_key(&j, "list");
    json_array(&j);
    json_int(&j, INT64_MIN);
    json_object(&j);
    json_object_end(&j);
    json_null(&j);
    json_bool(&j, true);
    json_bool(&j, false);
    json_array_end(&j);
    json_key_text(&j, TEXT("k\"y"));
    json_fen(&j, 200000);
    json_key(&j, "day");
    json_day(&j, 18261);
    json_key(&j, "none");
    json_day(&j, DAY_NONE);
    json_key(&j, "absent");
    json_text(&j, TEXT_NONE);
    json_key(&j, "raw");
    json_raw(&j, TEXT("[1]"));
    json_object_end(&j);
    assert_true(json_end(&j));
    assert_text(buf_text(&out),
                "{\"empty\":[],\"list\":[-9223372036854775808,{},null,true,false],\"k\\\"y\":\"2000.00\","
                "\"day\":\"2019-12-31\",\"none\":null,\"absent\":null,\"raw\":[1]}");
}

static void texts_are_escaped_and_bad_bytes_replaced(void **state)
{
    (void)state;
    struct json j;
    json_open(&j, json_to_buf, &out);
    json_text(&j, TEXT("\"\\/\b\f\n\r\t\v\0\x1F\x7F红\xF0\x9F\x98\x80\xFF\xE4\xB8z\xED\xA0\x80"));
    assert_true(json_end(&j));
    assert_text(
        buf_text(&out),
        "\"\\\"\\\\/"
        "\\b\\f\\n\\r\\t\\u000b\\u0000\\u001f\x7F红\xF0\x9F\x98\x80\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz"
        "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

static void write_double(double d)
{
    struct json j;
    buf_reset(&out);
    json_open(&j, json_to_buf, &out);
    json_double(&j, d);
    assert_true(json_end(&j));
}

static void doubles_take_their_shortest_form(void **state)
{
    (void)state;
    static const struct {
        double d;
        const char *text;
    } cases[] = {{0, "0"},
                 {1, "1"},
                 {-12.5, "-12.5"},
                 {0.1, "0.1"},
                 {1.0 / 3, "0.3333333333333333"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {1e15, "1e+15"},
                 {123456789012345, "123456789012345"},
                 {9007199254740993.0, "9007199254740992"},
                 {1e22, "1e+22"},
                 {5e-324, "5e-324"},
                 {2.2250738585072014e-308, "2.2250738585072014e-308"},
                 {1.7976931348623157e308, "1.7976931348623157e+308"},
                 {0x1p-44, "5.684341886080802e-14"},
                 {9.5367431640625e-07, "9.5367431640625e-07"},
                 {43831.25, "43831.25"},
                 {NAN, "null"},
                 {INFINITY, "null"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        write_double(cases[i].d);
        assert_text(buf_text(&out), cases[i].text);
    }
    write_double(-0.0);
    assert_text(buf_text(&out), "-0");
}

static void random_doubles_read_back(void **state)
{
    (void)state;
    struct rng r;
    rng_seed(&r, 20191231);
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = rng_next(&r);
        double d, back;
        if (i % 4 == 0)
            bits &= 0xFFF0000000000000u; /* powers of two */
        memcpy(&d, &bits, sizeof d);
        if (!isfinite(d))
            continue;
        write_double(d);
        buf_add_char(&out, '\0');
        back = strtod(out.at, NULL);
        if (memcmp(&back, &d, sizeof d) != 0 || out.size > 26)
            fail_msg("%a is written as %s", d, out.at);
    }
}

struct counter {
    size_t calls, size, largest;
    bool refuse;
};

static bool count_bytes(void *to, const char *at, size_t size)
{
    (void)at;
    struct counter *c = to;
    c->calls++;
    c->size += size;
    c->largest = size > c->largest ? size : c->largest;
    return !c->refuse;
}

static void much_is_written_in_pieces(void **state)
{
    (void)state;
    struct json j;
    struct counter c = {0};
    static char large[300000];
    memset(large, 'x', sizeof large);
    json_open(&j, count_bytes, &c);
    json_array(&j);
    for (int i = 0; i < 100000; i++)
        json_int(&j, 1234567);
    json_text(&j, (struct text){large, sizeof large});
    json_array_end(&j);
    assert_true(json_end(&j));
    assert_int_equal(c.size, 100000 * 8 + sizeof large + 2 + 2);
    assert_in_range(c.calls, 10, 30);
    assert_true(j.out.at == NULL);
}

static void a_sink_that_fails_is_told_at_the_end(void **state)
{
    (void)state;
    struct json j;
    struct counter c = {.refuse = true};
    json_open(&j, count_bytes, &c);
    json_array(&j);
    for (int i = 0; i < 100000; i++)
        json_z(&j, "something");
    json_array_end(&j);
    assert_false(json_end(&j));
    assert_int_equal(c.calls, 1);
}

static void nesting_has_its_limit(void **state)
{
    (void)state;
    struct json j;
    json_open(&j, json_to_buf, &out);
    for (int i = 0; i < JSON_DEPTH_MAX + 1; i++)
        json_array(&j);
    for (int i = 0; i < JSON_DEPTH_MAX + 1; i++)
        json_array_end(&j);
    assert_false(json_end(&j));
}

#define with_out(test) cmocka_unit_test_setup_teardown(test, open_out, close_out)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_out(commas_and_colons_stand_where_they_must),
        with_out(texts_are_escaped_and_bad_bytes_replaced),
        with_out(doubles_take_their_shortest_form),
        with_out(random_doubles_read_back),
        with_out(much_is_written_in_pieces),
        with_out(a_sink_that_fails_is_told_at_the_end),
        with_out(nesting_has_its_limit),
    };
    return cmocka_run_group_tests_name("base/json", tests, NULL, NULL);
}
