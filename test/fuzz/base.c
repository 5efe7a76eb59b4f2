/* Text, decimals, days and JSON from any bytes: what is taken is printed and read again as the same. */
#include "base/err.h"
#include "base/json.h"
/* Three functions of jansson have the names of ours; they are not needed here. */
#define json_object jansson_object
#define json_array jansson_array
#define json_null jansson_null
#include <jansson.h>
#undef json_object
#undef json_array
#undef json_null
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool truth)
{
    if (!truth)
        abort();
}

static void read_numbers(struct text t)
{
    int64_t n, again;
    bool rounded;
    for (int digits = 0; digits <= 9; digits++) {
        char out[32];
        if (!decimal_parse(t, digits, &n, &rounded))
            continue;
        decimal_format(n, digits, digits % 2 == 0, out);
        hold(decimal_parse(text_of(out), digits, &again, &rounded) && again == n && !rounded);
    }
    if (text_to_int(t, &n))
        hold(decimal_parse(t, 0, &again, NULL) && again == n);
}

static void read_day(struct text t)
{
    char out[11];
    day d;
    if (!day_parse(t, &d))
        return;
    day_format(d, out);
    hold(text_equal(t, text_of(out)));
    hold(day_age(d, day_add_months(d, 12 * 20)) >= 0);
}

static void walk_text(struct text t)
{
    size_t count = 0;
    char bytes[4];
    for (size_t at = 0; at < t.size; count++) {
        size_t from = at;
        uint32_t c = text_next(t, &at);
        hold(at > from && at <= t.size);
        if (c != UINT32_MAX)
            hold(text_equal(text_slice(t, from, at - from), (struct text){bytes, text_encode(c, bytes)}));
    }
    hold(text_count(t) == count && text_columns(t) <= 2 * count);
    struct text trimmed = text_trim(t);
    hold(text_equal(trimmed, text_trim(trimmed)));
    hold(trimmed.size == 0 || text_find(t, trimmed, 0) != SIZE_MAX);
}

/* Another reader must find the same text in what we write. */
static void write_json(struct text t)
{
    struct buf out;
    struct json j;
    double d = 0;
    buf_init(&out, 1 << 24);
    memcpy(&d, t.at, t.size < sizeof d ? t.size : sizeof d);
    json_open(&j, json_to_buf, &out);
    json_array(&j);
    json_text(&j, t);
    json_double(&j, d);
    json_array_end(&j);
    hold(json_end(&j));
    json_t *tree = json_loadb(out.at, out.size, JSON_ALLOW_NUL, NULL);
    hold(tree != NULL);
    json_t *first = json_array_get(tree, 0);
    struct text back = {json_string_value(first), json_string_length(first)};
    hold(!text_is_utf8(t) || text_equal(back, t));
    json_decref(tree);
    buf_clear(&out);
}

static void say(struct text t)
{
    struct err_kind kind = {.code = "X", .zh = "“{a}”{b:yuan}{c:date}", .en = "{a} {"};
    struct err e = {0};
    struct buf out;
    buf_init(&out, 4096);
    err_fail_text(&e, &kind, "a", t);
    err_add_int(&e, "b", (int64_t)t.size * -7);
    err_add_int(&e, "c", (int64_t)text_hash(t));
    err_sentence(&e, LANG_ZH, &out);
    hold(!out.failed && (!text_is_utf8(t) || text_is_utf8(buf_text(&out))));
    buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text t = {(const char *)data, size};
    read_numbers(t);
    read_day(t);
    walk_text(t);
    write_json(t);
    say(t);
    return 0;
}
