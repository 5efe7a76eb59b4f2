/* A stream of JSON: commas and quotes from a stack of "has a member already", numbers in their shortest form.
 */
#include "base/json.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define FLUSH_SIZE 65536u

void json_open(struct json *j, json_sink *sink, void *to)
{
    *j = (struct json){.sink = sink, .to = to};
    buf_init(&j->out, FLUSH_SIZE);
}

static void flush(struct json *j)
{
    if (!j->failed && j->out.size > 0)
        j->failed = !j->sink(j->to, j->out.at, j->out.size);
    buf_reset(&j->out);
}

static void put(struct json *j, const char *at, size_t size)
{
    if (size > FLUSH_SIZE - j->out.size)
        flush(j);
    if (j->failed)
        return;
    if (size > FLUSH_SIZE) {
        j->failed = !j->sink(j->to, at, size);
        return;
    }
    buf_add(&j->out, (struct text){at, size});
    j->failed = j->out.failed;
}

bool json_end(struct json *j)
{
    assert(j->failed || j->depth == 0);
    flush(j);
    buf_clear(&j->out);
    return !j->failed;
}

bool json_to_file(void *file, const char *at, size_t size) { return fwrite(at, 1, size, file) == size; }

bool json_to_buf(void *buf, const char *at, size_t size)
{
    struct buf *out = buf;
    buf_add(out, (struct text){at, size});
    return !out->failed;
}

/* What stands before a value or a key: a comma when the container has a member already. */
static void begin(struct json *j)
{
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    if (j->depth == 0)
        return;
    if (j->has_member[j->depth - 1])
        put(j, ",", 1);
    j->has_member[j->depth - 1] = 1;
}

static void open_level(struct json *j, const char *bracket)
{
    begin(j);
    if (j->depth == JSON_DEPTH_MAX)
        j->failed = true;
    if (j->failed)
        return;
    put(j, bracket, 1);
    j->has_member[j->depth++] = 0;
}

static void close_level(struct json *j, const char *bracket)
{
    if (j->failed)
        return;
    assert(j->depth > 0 && !j->after_key);
    j->depth--;
    put(j, bracket, 1);
}

void json_object(struct json *j) { open_level(j, "{"); }
void json_object_end(struct json *j) { close_level(j, "}"); }
void json_array(struct json *j) { open_level(j, "["); }
void json_array_end(struct json *j) { close_level(j, "]"); }

static void put_escaped(struct json *j, unsigned char c)
{
    static const char short_form[] = "btn_fr"; /* 8, 9, 10, 12, 13 */
    char out[8];
    if (c == '"' || c == '\\')
        snprintf(out, sizeof out, "\\%c", c);
    else if (c >= 8 && c <= 13 && c != 11)
        snprintf(out, sizeof out, "\\%c", short_form[c - 8]);
    else
        snprintf(out, sizeof out, "\\u%04x", c);
    put(j, out, strlen(out));
}

static bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

/* End of the run from `at` that may be written as it stands. */
static size_t plain_run(struct text t, size_t at)
{
    while (at < t.size) {
        if (is_plain((unsigned char)t.at[at])) {
            at++;
            continue;
        }
        size_t next = at;
        if ((unsigned char)t.at[at] < 0x80 || text_next(t, &next) == UINT32_MAX)
            break;
        at = next;
    }
    return at;
}

static void put_string(struct json *j, struct text t)
{
    put(j, "\"", 1);
    for (size_t at = 0; at < t.size;) {
        size_t end = plain_run(t, at);
        put(j, t.at + at, end - at);
        if (end < t.size && (unsigned char)t.at[end] < 0x80)
            put_escaped(j, (unsigned char)t.at[end]);
        else if (end < t.size)
            put(j, "\xEF\xBF\xBD", 3);
        at = end + 1;
    }
    put(j, "\"", 1);
}

void json_key_text(struct json *j, struct text key)
{
    assert(j->failed || (j->depth > 0 && !j->after_key));
    begin(j);
    put_string(j, key);
    put(j, ":", 1);
    j->after_key = true;
}

void json_key(struct json *j, const char *key) { json_key_text(j, text_of(key)); }

void json_text(struct json *j, struct text t)
{
    if (t.at == NULL) {
        json_null(j);
        return;
    }
    begin(j);
    put_string(j, t);
}

void json_raw(struct json *j, struct text t)
{
    begin(j);
    put(j, t.at, t.size);
}

void json_members(struct json *j, struct text t)
{
    begin(j);
    put(j, t.at, t.size);
}

void json_z(struct json *j, const char *z) { json_text(j, text_of(z)); }

void json_int(struct json *j, int64_t n)
{
    char out[24];
    snprintf(out, sizeof out, "%lld", (long long)n);
    json_raw(j, text_of(out));
}

void json_bool(struct json *j, bool b) { json_raw(j, b ? TEXT("true") : TEXT("false")); }
void json_null(struct json *j) { json_raw(j, TEXT("null")); }

/* The decimal with one unit more in its last digit ("…9" carries); false when it has no digit to raise. */
static bool raise_last_digit(char *z)
{
    char *e = strchr(z, 'e');
    char *at = e != NULL ? e : z + strlen(z);
    while (at > z) {
        at--;
        if (*at == '.' || *at == '-')
            continue;
        if (*at != '9') {
            ++*at;
            return true;
        }
        *at = '0';
    }
    return false;
}

/* Shortest decimal that reads back as d. 15 digits are always enough to keep a decimal of up to 15 digits, so
 * most numbers end there; with 16 the nearest decimal may miss at a power of two where its neighbour hits.
 */
static void shortest(double d, char out[40])
{
    bool is_normal = fabs(d) >= 2.2250738585072014e-308;
    for (int digits = is_normal || d == 0 ? 15 : 1; digits <= 17; digits++) {
        snprintf(out, 40, "%.*g", digits, d);
        if (strtod(out, NULL) == d)
            return;
        char above[40];
        snprintf(above, sizeof above, "%.*e", digits - 1, d);
        if (digits == 16 && raise_last_digit(above) && strtod(above, NULL) == d) {
            memcpy(out, above, sizeof above);
            return;
        }
    }
}

void json_double(struct json *j, double d)
{
    char out[40];
    if (!isfinite(d)) {
        json_null(j);
        return;
    }
    if (fabs(d) < 1e15 && d == floor(d) && !(d == 0 && signbit(d)))
        snprintf(out, sizeof out, "%.0f", d);
    else
        shortest(d, out);
    json_raw(j, text_of(out));
}

void json_fen(struct json *j, fen n)
{
    char out[32];
    fen_format(n, out);
    json_z(j, out);
}

void json_day(struct json *j, day d)
{
    char out[11];
    if (d == DAY_NONE) {
        json_null(j);
        return;
    }
    day_format(d, out);
    json_z(j, out);
}
