/* Values to JSON, and their types. Always holds: what was written reads back as the same value. */
#include "engine/cel_system/cel_json.h"
#include "base/json.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool same_type(const struct cel_type *a, const struct cel_type *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->kind == b->kind && same_type(a->of, b->of) && same_type(a->key, b->key);
}

/* Takes over the type of a further member: the same, else dyn. */
static bool join(struct arena *a, bool first, const struct cel_value *v, const struct cel_type **joined)
{
    struct cel_type *type = arena_take(a, sizeof *type);
    if (type == NULL || !cel_json_type(a, v, type))
        return false;
    if (first)
        *joined = type;
    else if (!same_type(*joined, type))
        *joined = NULL;
    return true;
}

bool cel_json_type(struct arena *a, const struct cel_value *v, struct cel_type *out)
{
    const struct cel_type *of = NULL, *key = NULL;
    if (v->kind == CEL_LIST) {
        for (size_t i = 0; i < v->list->count && (i == 0 || of != NULL); i++) {
            if (!join(a, i == 0, &v->list->at[i], &of))
                return false;
        }
    }
    for (size_t i = 0; v->kind == CEL_MAP && i < v->map->count; i++) {
        if ((i == 0 || key != NULL) && !join(a, i == 0, &v->map->at[i].key, &key))
            return false;
        if ((i == 0 || of != NULL) && !join(a, i == 0, &v->map->at[i].value, &of))
            return false;
    }
    *out = (struct cel_type){.kind = v->kind, .of = of, .key = key};
    return true;
}

/* Takes what the value needs from `left`, and never looks at more than that. */
static const char *refuses(const struct cel_value *v, int depth, size_t *left)
{
    bool text = v->kind == CEL_STRING || v->kind == CEL_BYTES;
    size_t need = CEL_JSON_MEMBER + (text ? v->s.size : 0);
    const char *why = NULL;
    if (v->kind == CEL_OPTIONAL || v->kind == CEL_RECORD || v->kind == CEL_ROWS)
        return "it has no JSON form";
    if (depth > CEL_JSON_DEPTH_MAX)
        return "it is nested too deeply";
    if (need > *left)
        return "it is too large";
    *left -= need;
    for (size_t i = 0; v->kind == CEL_LIST && why == NULL && i < v->list->count; i++)
        why = refuses(&v->list->at[i], depth + 1, left);
    for (size_t i = 0; v->kind == CEL_MAP && why == NULL && i < v->map->count; i++) {
        why = refuses(&v->map->at[i].key, depth + 1, left);
        if (why == NULL)
            why = refuses(&v->map->at[i].value, depth + 1, left);
    }
    return why;
}

const char *cel_json_refuses(const struct cel_value *v)
{
    size_t left = CEL_JSON_SIZE_MAX;
    return refuses(v, 0, &left);
}

static void write_double(struct json *j, double d)
{
    char z[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(z, sizeof z, "%.*g", digits, d);
        if (!isfinite(d) || strtod(z, NULL) == d)
            break;
    }
    json_z(j, isnan(d) ? "nan" : isinf(d) ? (d < 0 ? "-inf" : "inf") : z);
}

static void write_bytes(struct json *j, struct text t)
{
    struct buf b;
    buf_init(&b, t.size * 2 + 1);
    for (size_t i = 0; i < t.size; i++) {
        unsigned char c = (unsigned char)t.at[i];
        buf_add_char(&b, "0123456789abcdef"[c >> 4]);
        buf_add_char(&b, "0123456789abcdef"[c & 15]);
    }
    json_text(j, buf_text(&b));
    buf_clear(&b);
}

static void write_number(struct json *j, const struct cel_value *v)
{
    char z[24];
    if (v->kind == CEL_INT)
        snprintf(z, sizeof z, "%lld", (long long)v->i);
    else
        snprintf(z, sizeof z, "%llu", (unsigned long long)v->u);
    json_z(j, z);
}

static void write_members(struct json *j, const struct cel_value *v)
{
    json_array(j);
    for (size_t i = 0; v->kind == CEL_LIST && i < v->list->count; i++)
        cel_json_write(j, &v->list->at[i]);
    for (size_t i = 0; v->kind == CEL_MAP && i < v->map->count; i++) {
        json_array(j);
        cel_json_write(j, &v->map->at[i].key);
        cel_json_write(j, &v->map->at[i].value);
        json_array_end(j);
    }
    json_array_end(j);
}

static void write_content(struct json *j, const struct cel_value *v)
{
    switch (v->kind) {
    case CEL_BOOL:
        json_bool(j, v->b);
        break;
    case CEL_INT:
    case CEL_UINT:
        write_number(j, v);
        break;
    case CEL_DOUBLE:
        write_double(j, v->d);
        break;
    case CEL_STRING:
    case CEL_TYPE:
        json_text(j, v->s);
        break;
    case CEL_BYTES:
        write_bytes(j, v->s);
        break;
    case CEL_LIST:
    case CEL_MAP:
        write_members(j, v);
        break;
    case CEL_TIMESTAMP:
    case CEL_DURATION:
        json_array(j);
        json_int(j, v->i);
        json_int(j, v->nanos);
        json_array_end(j);
        break;
    default:
        json_null(j);
        break;
    }
}

static const char *const TYPES[] = {
    [CEL_NULL] = "null",   [CEL_BOOL] = "bool",           [CEL_INT] = "int",
    [CEL_UINT] = "uint",   [CEL_DOUBLE] = "double",       [CEL_STRING] = "string",
    [CEL_BYTES] = "bytes", [CEL_LIST] = "list",           [CEL_MAP] = "map",
    [CEL_TYPE] = "type",   [CEL_TIMESTAMP] = "timestamp", [CEL_DURATION] = "duration"};

void cel_json_write(struct json *j, const struct cel_value *v)
{
    json_object(j);
    json_key(j, "type");
    json_z(j, TYPES[v->kind]);
    json_key(j, "v");
    write_content(j, v);
    json_object_end(j);
}

void cel_json_write_answer(struct buf *answer, const struct cel_value *value, enum lang lang,
                           const struct err *e)
{
    struct json j;
    struct buf sentence;
    buf_init(&sentence, 1u << 16);
    json_open(&j, json_to_buf, answer);
    json_object(&j);
    json_key(&j, value != NULL ? "value" : "error");
    if (value != NULL) {
        cel_json_write(&j, value);
    } else {
        err_sentence(e, lang, &sentence);
        json_text(&j, buf_text(&sentence));
    }
    json_object_end(&j);
    if (!json_end(&j))
        answer->failed = true;
    buf_clear(&sentence);
}
