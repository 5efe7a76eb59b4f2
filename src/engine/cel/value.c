/* Equality and order. Always holds: what is equal has the same order and, as a key, the same hash. */
#include "engine/cel/value.h"
#include "engine/cel/type.h"
#include <math.h>

#define TWO_63 9223372036854775808.0
#define TWO_64 18446744073709551616.0

static enum cel_order order_of_int(int64_t a, int64_t b)
{
    return a < b ? ORDER_LESS : a > b ? ORDER_GREATER : ORDER_EQUAL;
}
static enum cel_order order_of_uint(uint64_t a, uint64_t b)
{
    return a < b ? ORDER_LESS : a > b ? ORDER_GREATER : ORDER_EQUAL;
}
static enum cel_order order_of_double(double a, double b)
{
    return a < b ? ORDER_LESS : a > b ? ORDER_GREATER : a == b ? ORDER_EQUAL : ORDER_NONE;
}
static enum cel_order order_of_text(struct text a, struct text b)
{
    int order = text_compare(a, b);
    return order < 0 ? ORDER_LESS : order > 0 ? ORDER_GREATER : ORDER_EQUAL;
}

static bool is_number(enum cel_kind kind)
{
    return kind == CEL_INT || kind == CEL_UINT || kind == CEL_DOUBLE;
}

static double as_double(const struct cel_value *v)
{
    return v->kind == CEL_DOUBLE ? v->d : v->kind == CEL_INT ? (double)v->i : (double)v->u;
}

/* Numbers of different types. */
static enum cel_order order_of_mixed(const struct cel_value *a, const struct cel_value *b)
{
    if (a->kind == CEL_DOUBLE || b->kind == CEL_DOUBLE)
        return order_of_double(as_double(a), as_double(b));
    if (a->kind == CEL_INT)
        return a->i < 0 ? ORDER_LESS : order_of_uint((uint64_t)a->i, b->u);
    return b->i < 0 ? ORDER_GREATER : order_of_uint(a->u, (uint64_t)b->i);
}

enum cel_order cel_compare(const struct cel_value *a, const struct cel_value *b)
{
    if (a->kind != b->kind)
        return is_number(a->kind) && is_number(b->kind) ? order_of_mixed(a, b) : ORDER_MISMATCH;
    switch (a->kind) {
    case CEL_BOOL:
        return order_of_int(a->b, b->b);
    case CEL_INT:
        return order_of_int(a->i, b->i);
    case CEL_UINT:
        return order_of_uint(a->u, b->u);
    case CEL_DOUBLE:
        return order_of_double(a->d, b->d);
    case CEL_STRING:
    case CEL_BYTES:
        return order_of_text(a->s, b->s);
    case CEL_TIMESTAMP:
    case CEL_DURATION:
        return a->i != b->i ? order_of_int(a->i, b->i) : order_of_int(a->nanos, b->nanos);
    default:
        return ORDER_MISMATCH;
    }
}

static bool equal_lists(const struct cel_value *a, const struct cel_value *b, uint64_t *left)
{
    size_t count = cel_list_count(a);
    if (count != cel_list_count(b))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct cel_value x = cel_list_at(a, i), y = cel_list_at(b, i);
        if (!cel_equal_within(&x, &y, left))
            return false;
    }
    return true;
}

static bool equal_maps(const struct cel_map *a, const struct cel_map *b, uint64_t *left)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        uint64_t cost = b->index != NULL ? 1 : b->count;
        *left -= cost < *left ? cost : *left;
        const struct cel_value *found = cel_map_find(b, &a->at[i].key);
        if (found == NULL || !cel_equal_within(&a->at[i].value, found, left))
            return false;
    }
    return true;
}

static bool equal_optionals(const struct cel_value *a, const struct cel_value *b, uint64_t *left)
{
    if (a->inner == NULL || b->inner == NULL)
        return a->inner == b->inner;
    return cel_equal_within(a->inner, b->inner, left);
}

bool cel_equal_within(const struct cel_value *a, const struct cel_value *b, uint64_t *left)
{
    if (*left == 0)
        return false;
    --*left;
    if (cel_is_list(a) && cel_is_list(b))
        return equal_lists(a, b, left);
    if (a->kind != b->kind)
        return cel_compare(a, b) == ORDER_EQUAL;
    switch (a->kind) {
    case CEL_NULL:
        return true;
    case CEL_MAP:
        return equal_maps(a->map, b->map, left);
    case CEL_OPTIONAL:
        return equal_optionals(a, b, left);
    case CEL_TYPE:
        return text_equal(a->s, b->s);
    case CEL_STRING:
    case CEL_BYTES:
        return text_equal(a->s, b->s);
    case CEL_RECORD:
        return a->rows.of == b->rows.of && a->rows.first == b->rows.first;
    default:
        return cel_compare(a, b) == ORDER_EQUAL;
    }
}

bool cel_equal_counted(struct cel_run *run, const struct cel_value *a, const struct cel_value *b, bool *out)
{
    uint64_t left = run->step_end - run->steps + 1, before = left;
    *out = cel_equal_within(a, b, &left);
    return left > 0 ? cel_charge(run, before - left - 1) : cel_raise_limit(run, "too many steps");
}

bool cel_equal(const struct cel_run *run, const struct cel_value *a, const struct cel_value *b)
{
    (void)run;
    uint64_t left = CEL_STEP_MAX;
    return cel_equal_within(a, b, &left);
}

struct text cel_type_name(const struct cel_value *v)
{
    return text_of(v->kind == CEL_RECORD ? v->rows.of->name : cel_kind_name(v->kind));
}

/* A number as the key that it is equal to: int where it can be, else uint. false: it equals no key. */
static bool normal_key(const struct cel_value *key, struct cel_value *out)
{
    *out = *key;
    if (key->kind == CEL_DOUBLE) {
        if (!(key->d >= -TWO_63 && key->d < TWO_64) || trunc(key->d) != key->d)
            return false;
        *out = key->d < TWO_63 ? (struct cel_value){.kind = CEL_INT, .i = (int64_t)key->d}
                               : (struct cel_value){.kind = CEL_UINT, .u = (uint64_t)key->d};
    } else if (key->kind == CEL_UINT && key->u <= INT64_MAX) {
        out->kind = CEL_INT;
    }
    return true;
}

static bool is_key(enum cel_kind kind)
{
    return kind == CEL_BOOL || kind == CEL_INT || kind == CEL_UINT || kind == CEL_STRING;
}

/* `a` is normal; `b` lies in a map. */
static bool same_key(const struct cel_value *a, const struct cel_value *b)
{
    if (a->kind == CEL_STRING)
        return b->kind == CEL_STRING && text_equal(a->s, b->s);
    if (a->kind == CEL_BOOL)
        return b->kind == CEL_BOOL && a->b == b->b;
    return (b->kind == CEL_INT || b->kind == CEL_UINT) && cel_compare(a, b) == ORDER_EQUAL;
}

static size_t hash_of(const struct cel_value *normal)
{
    if (normal->kind == CEL_STRING)
        return (size_t)text_hash(normal->s);
    uint64_t n = normal->kind == CEL_BOOL ? normal->b : normal->u;
    n *= 0x9E3779B97F4A7C15u;
    return (size_t)(n ^ (n >> 32));
}

static const struct cel_value *find_indexed(const struct cel_map *map, const struct cel_value *normal)
{
    for (size_t at = hash_of(normal);; at++) {
        uint32_t entry = map->index[at & (map->index_room - 1)];
        if (entry == UINT32_MAX)
            return NULL;
        if (same_key(normal, &map->at[entry].key))
            return &map->at[entry].value;
    }
}

const struct cel_value *cel_map_find(const struct cel_map *map, const struct cel_value *key)
{
    struct cel_value normal;
    if (!normal_key(key, &normal) || !is_key(normal.kind))
        return NULL;
    if (map->index != NULL)
        return find_indexed(map, &normal);
    for (size_t i = 0; i < map->count; i++) {
        if (same_key(&normal, &map->at[i].key))
            return &map->at[i].value;
    }
    return NULL;
}

const struct cel_value *cel_map_find_text(const struct cel_map *map, struct text key)
{
    if (map->index != NULL)
        return find_indexed(map, &(const struct cel_value){.kind = CEL_STRING, .s = key});
    const struct cel_entry *end = map->at + map->count;
    for (const struct cel_entry *e = map->at; e < end; e++) {
        if (e->key.s.size == key.size && e->key.kind == CEL_STRING
            && memcmp(e->key.s.at, key.at, key.size) == 0)
            return &e->value;
    }
    return NULL;
}

static bool check_few(struct cel_run *run, const struct cel_map *map)
{
    struct cel_map before = *map; /* the entries already looked at */
    for (before.count = 0; before.count < map->count; before.count++) {
        const struct cel_value *key = &map->at[before.count].key;
        if (!is_key(key->kind))
            return cel_raise(run, "a map's key must be a bool, int, uint or string");
        if (cel_map_find(&before, key) != NULL)
            return cel_raise(run, "a key stands twice in a map");
    }
    return true;
}

/* Fills the index entry by entry; an equal key that is already there is a second one. */
static bool fill_index(struct cel_run *run, struct cel_map *map, uint32_t *index)
{
    for (size_t i = 0; i < map->count; i++) {
        struct cel_value normal;
        if (!is_key(map->at[i].key.kind))
            return cel_raise(run, "a map's key must be a bool, int, uint or string");
        (void)normal_key(&map->at[i].key, &normal);
        if (find_indexed(map, &normal) != NULL)
            return cel_raise(run, "a key stands twice in a map");
        size_t at = hash_of(&normal);
        while (index[at & (map->index_room - 1)] != UINT32_MAX)
            at++;
        index[at & (map->index_room - 1)] = (uint32_t)i;
    }
    return true;
}

bool cel_map_make(struct cel_run *run, const struct cel_entry *at, size_t count, struct cel_value *out)
{
    struct cel_map *map = cel_take(run, sizeof *map);
    if (map == NULL)
        return false;
    *map = (struct cel_map){.count = count, .at = at};
    bool good;
    if (count < CEL_INDEX_MIN || count > UINT32_MAX / 4) {
        good = check_few(run, map);
    } else {
        map->index_room = 16;
        while (map->index_room < count * 2)
            map->index_room *= 2;
        uint32_t *index = cel_take(run, map->index_room * sizeof *index);
        if (index == NULL)
            return false;
        memset(index, 0xFF, map->index_room * sizeof *index);
        map->index = index;
        good = cel_charge(run, count) && fill_index(run, map, index);
    }
    *out = (struct cel_value){.kind = CEL_MAP, .map = map};
    return good;
}
