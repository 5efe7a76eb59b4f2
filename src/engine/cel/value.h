/* Values: equality, order, maps, and the small makers that all evaluator files use. */
#ifndef ENGINE_CEL_VALUE_H
#define ENGINE_CEL_VALUE_H
#include "engine/cel/cel.h"

#define CEL_INDEX_MIN 9 /* entries from which on a map gets an index */

enum cel_order {
    ORDER_LESS = -1,
    ORDER_EQUAL = 0,
    ORDER_GREATER = 1,
    ORDER_NONE = 2,    /* NaN */
    ORDER_MISMATCH = 3 /* no order between such values */
};
/* Numbers of all three types on one line, the rest within its type. int and uint against double are compared
 * as doubles, as the specification's cases ask. */
enum cel_order cel_compare(const struct cel_value *a, const struct cel_value *b);
/* Equality; looks at no more than *left members, which it counts down. When they are used up the answer means
 * nothing. */
bool cel_equal_within(const struct cel_value *a, const struct cel_value *b, uint64_t *left);
/* The same, counted against the run: false and cel_fail when that is too much. */
bool cel_equal_counted(struct cel_run *run, const struct cel_value *a, const struct cel_value *b, bool *out);

/* Members of a list or of rows: how many, and one of them. */
static inline bool cel_is_list(const struct cel_value *v)
{
    return v->kind == CEL_LIST || v->kind == CEL_ROWS;
}
static inline size_t cel_list_count(const struct cel_value *v)
{
    return v->kind == CEL_ROWS ? v->rows.count : v->list->count;
}
static inline struct cel_value cel_record_of(const struct cel_class *of, uint32_t row)
{
    struct cel_value v = {.kind = CEL_RECORD};
    v.rows.of = of;
    v.rows.first = row;
    v.rows.count = 1;
    return v;
}
static inline struct cel_value cel_list_at(const struct cel_value *v, size_t i)
{
    return v->kind == CEL_ROWS ? cel_record_of(v->rows.of, v->rows.first + (uint32_t)i) : v->list->at[i];
}

static inline bool cel_give_bool(struct cel_value *out, bool b)
{
    out->kind = CEL_BOOL;
    out->b = b;
    return true;
}
static inline bool cel_give_int(struct cel_value *out, int64_t i)
{
    out->kind = CEL_INT;
    out->i = i;
    return true;
}
static inline bool cel_give_uint(struct cel_value *out, uint64_t u)
{
    out->kind = CEL_UINT;
    out->u = u;
    return true;
}
static inline bool cel_give_double(struct cel_value *out, double d)
{
    out->kind = CEL_DOUBLE;
    out->d = d;
    return true;
}
static inline bool cel_give_text(struct cel_value *out, enum cel_kind kind, struct text s)
{
    out->kind = kind;
    out->s = s;
    return true;
}
/* `at` is kept. */
bool cel_give_list(struct cel_run *run, const struct cel_value *at, size_t count, struct cel_value *out);
/* NULL: none; else the value is copied. */
bool cel_give_optional(struct cel_run *run, const struct cel_value *inner, struct cel_value *out);

/* Ends the evaluation: `reason` is a literal, the place is the calling node's. Always false. */
bool cel_raise(struct cel_run *run, const char *reason);
/* A limit, which nothing absorbs. Always false. */
bool cel_raise_limit(struct cel_run *run, const char *reason);

/* cel_charge without the call, for what is counted once a member. */
static inline bool cel_count_step(struct cel_run *run, uint64_t steps)
{
    if (__builtin_expect(steps > run->step_end - run->steps, 0))
        return cel_raise_limit(run, "too many steps");
    run->steps += steps;
    return true;
}
/* The value under a string key; NULL: none. */
const struct cel_value *cel_map_find_text(const struct cel_map *map, struct text key);

/* A list that grows; counted memory. */
struct cel_growing {
    struct cel_value *at;
    size_t count, room;
};
bool cel_growing_add(struct cel_run *run, struct cel_growing *g, const struct cel_value *v);

#endif
