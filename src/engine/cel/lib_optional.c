/* The optional extension. or() and orValue() are steps of their own, since they need not evaluate their
 * argument. */
#include "engine/cel/env.h"
#include "engine/cel/lib.h"
#include "engine/cel/value.h"

static bool none(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                 struct cel_value *out)
{
    (void)user;
    (void)a;
    (void)count;
    return cel_give_optional(run, NULL, out);
}

static bool some(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                 struct cel_value *out)
{
    (void)user;
    (void)count;
    return cel_give_optional(run, a, out);
}

static bool is_zero(const struct cel_value *v)
{
    switch (v->kind) {
    case CEL_NULL:
        return true;
    case CEL_BOOL:
        return !v->b;
    case CEL_INT:
    case CEL_UINT:
        return v->u == 0;
    case CEL_DOUBLE:
        return !(v->d < 0 || v->d > 0 || v->d != v->d);
    case CEL_STRING:
    case CEL_BYTES:
        return v->s.size == 0;
    case CEL_LIST:
    case CEL_ROWS:
        return cel_list_count(v) == 0;
    case CEL_MAP:
        return v->map->count == 0;
    case CEL_TIMESTAMP:
    case CEL_DURATION:
        return v->i == 0 && v->nanos == 0;
    case CEL_OPTIONAL:
        return v->inner == NULL;
    default:
        return false;
    }
}

static bool of_non_zero(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                        struct cel_value *out)
{
    (void)user;
    (void)count;
    return cel_give_optional(run, is_zero(a) ? NULL : a, out);
}

static bool has_value(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                      struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_bool(out, a->inner != NULL);
}

static bool value(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                  struct cel_value *out)
{
    (void)user;
    (void)count;
    if (a->inner == NULL)
        return cel_raise(run, "the optional has no value");
    *out = *a->inner;
    return true;
}

static bool first(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                  struct cel_value *out)
{
    (void)user;
    (void)count;
    if (cel_list_count(a) == 0)
        return cel_give_optional(run, NULL, out);
    const struct cel_value v = cel_list_at(a, 0);
    return cel_give_optional(run, &v, out);
}

static bool last(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                 struct cel_value *out)
{
    (void)user;
    (void)count;
    size_t members = cel_list_count(a);
    if (members == 0)
        return cel_give_optional(run, NULL, out);
    const struct cel_value v = cel_list_at(a, members - 1);
    return cel_give_optional(run, &v, out);
}

/* The values of those optionals that have one. */
static bool unwrap(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                   struct cel_value *out)
{
    (void)user;
    (void)count;
    struct cel_growing result = {0};
    if (!cel_charge(run, cel_list_count(a)))
        return false;
    for (size_t i = 0; i < cel_list_count(a); i++) {
        const struct cel_value v = cel_list_at(a, i);
        if (v.kind != CEL_OPTIONAL)
            return cel_raise(run, "no such overload");
        if (v.inner != NULL && !cel_growing_add(run, &result, v.inner))
            return false;
    }
    return cel_give_list(run, result.at, result.count, out);
}

static const struct cel_row ROWS[] = {
    {"optional.none", ">OA", none},
    {"optional.of", "A>OA", some},
    {"optional.ofNonZeroValue", "A>OA", of_non_zero},
    {"hasValue", ".OA>b", has_value},
    {"value", ".OA>A", value},
    {"or", ".OAOA>OA", NULL},
    {"orValue", ".OAA>A", NULL},
    {"first", ".LA>OA", first},
    {"last", ".LA>OA", last},
    {"optional.unwrap", "LOA>LA", unwrap},
    {"unwrapOpt", ".LOA>LA", unwrap},
};
const struct cel_table CEL_TABLE_OPTIONALS = {ROWS, COUNT_OF(ROWS)};
