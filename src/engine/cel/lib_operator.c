/* Operators. Comparisons, `in` and negation of bool are steps of their own: their rows are for the checker.
 */
#include "engine/cel/env.h"
#include "engine/cel/lib.h"
#include "engine/cel/value.h"

static bool overflow(struct cel_run *run) { return cel_raise(run, "integer overflow"); }

static bool add_int(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                    struct cel_value *out)
{
    (void)user;
    (void)count;
    int64_t sum;
    return __builtin_add_overflow(a[0].i, a[1].i, &sum) ? overflow(run) : cel_give_int(out, sum);
}

static bool add_uint(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                     struct cel_value *out)
{
    (void)user;
    (void)count;
    uint64_t sum;
    return __builtin_add_overflow(a[0].u, a[1].u, &sum) ? overflow(run) : cel_give_uint(out, sum);
}

static bool add_double(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                       struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_double(out, a[0].d + a[1].d);
}

static bool add_text(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                     struct cel_value *out)
{
    (void)user;
    (void)count;
    char *at = cel_take(run, a[0].s.size + a[1].s.size + 1);
    if (at == NULL)
        return false;
    if (a[0].s.size > 0)
        memcpy(at, a[0].s.at, a[0].s.size);
    if (a[1].s.size > 0)
        memcpy(at + a[0].s.size, a[1].s.at, a[1].s.size);
    struct text joined = {at, a[0].s.size + a[1].s.size};
    return cel_charge_text(run, joined) && cel_give_text(out, a[0].kind, joined);
}

static bool add_list(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                     struct cel_value *out)
{
    (void)user;
    (void)count;
    size_t first = cel_list_count(&a[0]), second = cel_list_count(&a[1]);
    struct cel_value *at = cel_take(run, (first + second + 1) * sizeof *at);
    if (at == NULL || !cel_charge(run, first + second))
        return false;
    for (size_t i = 0; i < first; i++)
        at[i] = cel_list_at(&a[0], i);
    for (size_t i = 0; i < second; i++)
        at[first + i] = cel_list_at(&a[1], i);
    return cel_give_list(run, at, first + second, out);
}

static bool subtract_int(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                         struct cel_value *out)
{
    (void)user;
    (void)count;
    int64_t difference;
    return __builtin_sub_overflow(a[0].i, a[1].i, &difference) ? overflow(run)
                                                               : cel_give_int(out, difference);
}

static bool subtract_uint(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                          struct cel_value *out)
{
    (void)user;
    (void)count;
    return a[0].u < a[1].u ? overflow(run) : cel_give_uint(out, a[0].u - a[1].u);
}

static bool subtract_double(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                            struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_double(out, a[0].d - a[1].d);
}

static bool multiply_int(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                         struct cel_value *out)
{
    (void)user;
    (void)count;
    int64_t product;
    return __builtin_mul_overflow(a[0].i, a[1].i, &product) ? overflow(run) : cel_give_int(out, product);
}

static bool multiply_uint(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                          struct cel_value *out)
{
    (void)user;
    (void)count;
    uint64_t product;
    return __builtin_mul_overflow(a[0].u, a[1].u, &product) ? overflow(run) : cel_give_uint(out, product);
}

static bool multiply_double(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                            struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_double(out, a[0].d * a[1].d);
}

static bool divide_int(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                       struct cel_value *out)
{
    (void)user;
    (void)count;
    if (a[1].i == 0)
        return cel_raise(run, "division by zero");
    return a[0].i == INT64_MIN && a[1].i == -1 ? overflow(run) : cel_give_int(out, a[0].i / a[1].i);
}

static bool divide_uint(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                        struct cel_value *out)
{
    (void)user;
    (void)count;
    return a[1].u == 0 ? cel_raise(run, "division by zero") : cel_give_uint(out, a[0].u / a[1].u);
}

/* Division by zero is an infinity or NaN, as IEEE 754 has it. */
__attribute__((no_sanitize("float-divide-by-zero"))) static bool divide_double(
    struct cel_run *run, void *user, const struct cel_value *a, size_t count, struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_double(out, a[0].d / a[1].d);
}

static bool modulo_int(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                       struct cel_value *out)
{
    (void)user;
    (void)count;
    if (a[1].i == 0)
        return cel_raise(run, "division by zero");
    return a[0].i == INT64_MIN && a[1].i == -1 ? overflow(run) : cel_give_int(out, a[0].i % a[1].i);
}

static bool modulo_uint(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                        struct cel_value *out)
{
    (void)user;
    (void)count;
    return a[1].u == 0 ? cel_raise(run, "division by zero") : cel_give_uint(out, a[0].u % a[1].u);
}

static bool negate_int(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                       struct cel_value *out)
{
    (void)user;
    (void)count;
    return a->i == INT64_MIN ? overflow(run) : cel_give_int(out, -a->i);
}

static bool negate_double(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                          struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_double(out, -a->d);
}

static const struct cel_row ROWS[] = {
    {"_+_", "ii>i", add_int},
    {"_+_", "uu>u", add_uint},
    {"_+_", "dd>d", add_double},
    {"_+_", "ss>s", add_text},
    {"_+_", "yy>y", add_text},
    {"_+_", "LALA>LA", add_list},
    {"_-_", "ii>i", subtract_int},
    {"_-_", "uu>u", subtract_uint},
    {"_-_", "dd>d", subtract_double},
    {"_*_", "ii>i", multiply_int},
    {"_*_", "uu>u", multiply_uint},
    {"_*_", "dd>d", multiply_double},
    {"_/_", "ii>i", divide_int},
    {"_/_", "uu>u", divide_uint},
    {"_/_", "dd>d", divide_double},
    {"_%_", "ii>i", modulo_int},
    {"_%_", "uu>u", modulo_uint},
    {"-_", "i>i", negate_int},
    {"-_", "d>d", negate_double},
    {"!_", "b>b", NULL},
    {"@in", "ALA>b", NULL},
    {"@in", "AMAB>b", NULL},
    {"_==_", "AA>b", NULL},
    {"_!=_", "AA>b", NULL},
    {"_<_", "bb>b", NULL},
    {"_<_", "ii>b", NULL},
    {"_<_", "uu>b", NULL},
    {"_<_", "dd>b", NULL},
    {"_<_", "ss>b", NULL},
    {"_<_", "yy>b", NULL},
    {"_<_", "tt>b", NULL},
    {"_<_", "rr>b", NULL},
    {"_<=_", "bb>b", NULL},
    {"_<=_", "ii>b", NULL},
    {"_<=_", "uu>b", NULL},
    {"_<=_", "dd>b", NULL},
    {"_<=_", "ss>b", NULL},
    {"_<=_", "yy>b", NULL},
    {"_<=_", "tt>b", NULL},
    {"_<=_", "rr>b", NULL},
    {"_>_", "bb>b", NULL},
    {"_>_", "ii>b", NULL},
    {"_>_", "uu>b", NULL},
    {"_>_", "dd>b", NULL},
    {"_>_", "ss>b", NULL},
    {"_>_", "yy>b", NULL},
    {"_>_", "tt>b", NULL},
    {"_>_", "rr>b", NULL},
    {"_>=_", "bb>b", NULL},
    {"_>=_", "ii>b", NULL},
    {"_>=_", "uu>b", NULL},
    {"_>=_", "dd>b", NULL},
    {"_>=_", "ss>b", NULL},
    {"_>=_", "yy>b", NULL},
    {"_>=_", "tt>b", NULL},
    {"_>=_", "rr>b", NULL},
};
const struct cel_table CEL_TABLE_OPERATORS = {ROWS, COUNT_OF(ROWS)};
