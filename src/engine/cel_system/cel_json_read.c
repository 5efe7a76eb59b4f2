/* Values from JSON, with jansson. Apart from the writer, because jansson's names and base/json.h's are the
 * same. */
#include "engine/cel_system/cel_json.h"
#include <jansson.h>
#include <stdlib.h>

typedef bool reader(struct cel_run *run, const json_t *v, struct cel_value *out, int depth);

static bool read_value(struct cel_run *run, const json_t *from, struct cel_value *out, int depth);

static struct text text_of_json(const json_t *v)
{
    return json_is_string(v) ? (struct text){json_string_value(v), json_string_length(v)} : TEXT_NONE;
}

static bool refuse(struct cel_run *run) { return cel_fail(run, "a value that is not of its type"); }

static bool read_null(struct cel_run *run, const json_t *v, struct cel_value *out, int depth)
{
    (void)depth;
    out->kind = CEL_NULL;
    return json_is_null(v) || refuse(run);
}

static bool read_bool(struct cel_run *run, const json_t *v, struct cel_value *out, int depth)
{
    (void)depth;
    *out = (struct cel_value){.kind = CEL_BOOL, .b = json_is_true(v)};
    return json_is_boolean(v) || refuse(run);
}

static bool read_int(struct cel_run *run, const json_t *v, struct cel_value *out, int depth)
{
    (void)depth;
    *out = (struct cel_value){.kind = CEL_INT};
    return text_to_int(text_of_json(v), &out->i) || refuse(run);
}

static bool read_uint(struct cel_run *run, const json_t *v, struct cel_value *out, int depth)
{
    (void)depth;
    struct text t = text_of_json(v);
    uint64_t n = 0;
    bool good = t.size > 0;
    for (size_t i = 0; good && i < t.size; i++)
        good = t.at[i] >= '0' && t.at[i] <= '9' && !__builtin_mul_overflow(n, 10u, &n)
               && !__builtin_add_overflow(n, (uint64_t)(t.at[i] - '0'), &n);
    *out = (struct cel_value){.kind = CEL_UINT, .u = n};
    return good || refuse(run);
}

static bool read_double(struct cel_run *run, const json_t *v, struct cel_value *out, int depth)
{
    (void)depth;
    struct text t = text_of_json(v);
    char *end = NULL;
    if (t.size == 0 || strlen(t.at) != t.size || strpbrk(t.at, " \t\r\n\v\f()") != NULL)
        return refuse(run);
    *out = (struct cel_value){.kind = CEL_DOUBLE, .d = strtod(t.at, &end)};
    return end == t.at + t.size || refuse(run);
}

static bool keep(struct cel_run *run, struct text t, enum cel_kind kind, struct cel_value *out)
{
    char *at = t.at == NULL ? NULL : cel_take(run, t.size + 1);
    if (at == NULL)
        return refuse(run);
    memcpy(at, t.at, t.size);
    *out = (struct cel_value){.kind = kind, .s = {at, t.size}};
    return true;
}

static bool read_string(struct cel_run *run, const json_t *v, struct cel_value *out, int depth)
{
    (void)depth;
    return keep(run, text_of_json(v), CEL_STRING, out);
}

static bool read_type(struct cel_run *run, const json_t *v, struct cel_value *out, int depth)
{
    (void)depth;
    return keep(run, text_of_json(v), CEL_TYPE, out);
}

static int hex_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool read_bytes(struct cel_run *run, const json_t *v, struct cel_value *out, int depth)
{
    (void)depth;
    struct text t = text_of_json(v);
    char *at = t.at == NULL || t.size % 2 != 0 ? NULL : cel_take(run, t.size / 2 + 1);
    if (at == NULL)
        return refuse(run);
    for (size_t i = 0; i < t.size; i += 2) {
        int high = hex_of(t.at[i]), low = hex_of(t.at[i + 1]);
        if (high < 0 || low < 0)
            return refuse(run);
        at[i / 2] = (char)(unsigned char)(high * 16 + low);
    }
    *out = (struct cel_value){.kind = CEL_BYTES, .s = {at, t.size / 2}};
    return true;
}

static bool read_list(struct cel_run *run, const json_t *v, struct cel_value *out, int depth)
{
    size_t count = json_array_size(v);
    struct cel_list *list = cel_take(run, sizeof *list);
    struct cel_value *at = cel_take(run, (count + 1) * sizeof *at);
    if (!json_is_array(v) || list == NULL || at == NULL)
        return refuse(run);
    for (size_t i = 0; i < count; i++) {
        if (!read_value(run, json_array_get(v, i), &at[i], depth + 1))
            return false;
    }
    *list = (struct cel_list){count, at};
    *out = (struct cel_value){.kind = CEL_LIST, .list = list};
    return true;
}

static bool read_map(struct cel_run *run, const json_t *v, struct cel_value *out, int depth)
{
    size_t count = json_array_size(v);
    struct cel_entry *at = cel_take(run, (count + 1) * sizeof *at);
    if (!json_is_array(v) || at == NULL)
        return refuse(run);
    for (size_t i = 0; i < count; i++) {
        const json_t *pair = json_array_get(v, i);
        if (json_array_size(pair) != 2)
            return refuse(run);
        if (!read_value(run, json_array_get(pair, 0), &at[i].key, depth + 1)
            || !read_value(run, json_array_get(pair, 1), &at[i].value, depth + 1))
            return false;
    }
    return cel_map_make(run, at, count, out);
}

/* [seconds, nanoseconds] */
static bool read_time(struct cel_run *run, const json_t *v, enum cel_kind kind, struct cel_value *out)
{
    const json_t *seconds = json_array_get(v, 0), *nanos = json_array_get(v, 1);
    json_int_t n = json_integer_value(nanos);
    if (json_array_size(v) != 2 || !json_is_integer(seconds) || !json_is_integer(nanos) || n > 999999999
        || n < -999999999 || (kind == CEL_TIMESTAMP && n < 0))
        return refuse(run);
    *out = (struct cel_value){.kind = kind, .nanos = (int32_t)n, .i = json_integer_value(seconds)};
    return kind == CEL_DURATION || (out->i >= -62135596800 && out->i <= 253402300799) || refuse(run);
}

static bool read_timestamp(struct cel_run *run, const json_t *v, struct cel_value *out, int depth)
{
    (void)depth;
    return read_time(run, v, CEL_TIMESTAMP, out);
}

static bool read_duration(struct cel_run *run, const json_t *v, struct cel_value *out, int depth)
{
    (void)depth;
    return read_time(run, v, CEL_DURATION, out);
}

static const struct {
    const char *type;
    enum cel_kind kind;
    reader *read;
} FORMS[] = {
    {"null", CEL_NULL, read_null},
    {"bool", CEL_BOOL, read_bool},
    {"int", CEL_INT, read_int},
    {"uint", CEL_UINT, read_uint},
    {"double", CEL_DOUBLE, read_double},
    {"string", CEL_STRING, read_string},
    {"bytes", CEL_BYTES, read_bytes},
    {"list", CEL_LIST, read_list},
    {"map", CEL_MAP, read_map},
    {"type", CEL_TYPE, read_type},
    {"timestamp", CEL_TIMESTAMP, read_timestamp},
    {"duration", CEL_DURATION, read_duration},
};

static bool read_value(struct cel_run *run, const json_t *from, struct cel_value *out, int depth)
{
    struct text type = text_of_json(json_object_get(from, "type"));
    if (depth > CEL_JSON_DEPTH_MAX)
        return cel_fail(run, "values too deep within each other");
    for (size_t i = 0; i < COUNT_OF(FORMS); i++) {
        if (type.at != NULL && text_equal(type, text_of(FORMS[i].type)))
            return FORMS[i].read(run, json_object_get(from, "v"), out, depth);
    }
    return cel_fail(run, "a value without a known type");
}

bool cel_json_read(struct cel_run *run, const json_t *from, struct cel_value *out)
{
    return read_value(run, from, out, 0);
}
