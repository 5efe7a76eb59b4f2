/* The math extension. */
#include "engine/cel/env.h"
#include "engine/cel/lib.h"
#include "engine/cel/value.h"
#include <math.h>

static bool is_number(const struct cel_value *v)
{
    return v->kind == CEL_INT || v->kind == CEL_UINT || v->kind == CEL_DOUBLE;
}

/* The extreme of the arguments, or of the members of one list; the first of equals. */
static bool extreme(struct cel_run *run, const struct cel_value *a, size_t count, enum cel_order wanted,
                    struct cel_value *out)
{
    bool list = count == 1 && cel_is_list(a);
    size_t members = list ? cel_list_count(a) : count;
    if (members == 0)
        return cel_raise(run, "the list is empty");
    for (size_t i = 0; i < members; i++) {
        const struct cel_value v = list ? cel_list_at(a, i) : a[i];
        if (!is_number(&v))
            return cel_raise(run, "no such overload");
        if (i == 0 || cel_compare(&v, out) == wanted)
            *out = v;
    }
    return cel_charge(run, members);
}

static bool greatest(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                     struct cel_value *out)
{
    (void)user;
    return extreme(run, a, count, ORDER_GREATER, out);
}

static bool least(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                  struct cel_value *out)
{
    (void)user;
    return extreme(run, a, count, ORDER_LESS, out);
}

static bool ceil_of(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                    struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_double(out, ceil(a->d));
}

static bool floor_of(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                     struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_double(out, floor(a->d));
}

/* Halves go away from zero. */
static bool round_of(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                     struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_double(out, round(a->d));
}

static bool trunc_of(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                     struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_double(out, trunc(a->d));
}

static bool abs_of(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                   struct cel_value *out)
{
    (void)user;
    (void)count;
    if (a->kind == CEL_DOUBLE)
        return cel_give_double(out, fabs(a->d));
    if (a->kind == CEL_UINT)
        return cel_give_uint(out, a->u);
    return a->i == INT64_MIN ? cel_raise(run, "integer overflow")
                             : cel_give_int(out, a->i < 0 ? -a->i : a->i);
}

static bool sign_of(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                    struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    if (a->kind == CEL_DOUBLE)
        return cel_give_double(out, isnan(a->d) ? a->d : a->d > 0 ? 1 : a->d < 0 ? -1 : 0);
    if (a->kind == CEL_UINT)
        return cel_give_uint(out, a->u > 0);
    return cel_give_int(out, a->i > 0 ? 1 : a->i < 0 ? -1 : 0);
}

static bool is_nan(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                   struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_bool(out, isnan(a->d));
}

static bool is_inf(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                   struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_bool(out, isinf(a->d));
}

static bool is_finite(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                      struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_bool(out, isfinite(a->d));
}

static bool square_root(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                        struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_double(out, sqrt(a->kind == CEL_DOUBLE ? a->d
                                     : a->kind == CEL_INT  ? (double)a->i
                                                           : (double)a->u));
}

/* int and uint have their bits in one place. */
static bool give_bits(const struct cel_value *like, uint64_t bits, struct cel_value *out)
{
    out->kind = like->kind;
    out->u = bits;
    return true;
}

static bool bit_and(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                    struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return give_bits(a, a[0].u & a[1].u, out);
}

static bool bit_or(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                   struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return give_bits(a, a[0].u | a[1].u, out);
}

static bool bit_xor(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                    struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return give_bits(a, a[0].u ^ a[1].u, out);
}

static bool bit_not(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                    struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return give_bits(a, ~a->u, out);
}

static bool shift_left(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                       struct cel_value *out)
{
    (void)user;
    (void)count;
    if (a[1].i < 0)
        return cel_raise(run, "a shift by a negative number");
    return give_bits(a, a[1].i > 63 ? 0 : a[0].u << a[1].i, out);
}

/* Zeros come in, also for a negative int. */
static bool shift_right(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                        struct cel_value *out)
{
    (void)user;
    (void)count;
    if (a[1].i < 0)
        return cel_raise(run, "a shift by a negative number");
    return give_bits(a, a[1].i > 63 ? 0 : a[0].u >> a[1].i, out);
}

static const struct cel_row ROWS[] = {
    {"math.greatest", "i>i", greatest},
    {"math.greatest", "u>u", greatest},
    {"math.greatest", "d>d", greatest},
    {"math.greatest", "ii>i", greatest},
    {"math.greatest", "uu>u", greatest},
    {"math.greatest", "dd>d", greatest},
    {"math.greatest", "Li>i", greatest},
    {"math.greatest", "Lu>u", greatest},
    {"math.greatest", "Ld>d", greatest},
    {"math.greatest", "*+>*", greatest},
    {"math.least", "i>i", least},
    {"math.least", "u>u", least},
    {"math.least", "d>d", least},
    {"math.least", "ii>i", least},
    {"math.least", "uu>u", least},
    {"math.least", "dd>d", least},
    {"math.least", "Li>i", least},
    {"math.least", "Lu>u", least},
    {"math.least", "Ld>d", least},
    {"math.least", "*+>*", least},
    {"math.ceil", "d>d", ceil_of},
    {"math.floor", "d>d", floor_of},
    {"math.round", "d>d", round_of},
    {"math.trunc", "d>d", trunc_of},
    {"math.abs", "i>i", abs_of},
    {"math.abs", "u>u", abs_of},
    {"math.abs", "d>d", abs_of},
    {"math.sign", "i>i", sign_of},
    {"math.sign", "u>u", sign_of},
    {"math.sign", "d>d", sign_of},
    {"math.isNaN", "d>b", is_nan},
    {"math.isInf", "d>b", is_inf},
    {"math.isFinite", "d>b", is_finite},
    {"math.sqrt", "d>d", square_root},
    {"math.sqrt", "i>d", square_root},
    {"math.sqrt", "u>d", square_root},
    {"math.bitAnd", "ii>i", bit_and},
    {"math.bitAnd", "uu>u", bit_and},
    {"math.bitOr", "ii>i", bit_or},
    {"math.bitOr", "uu>u", bit_or},
    {"math.bitXor", "ii>i", bit_xor},
    {"math.bitXor", "uu>u", bit_xor},
    {"math.bitNot", "i>i", bit_not},
    {"math.bitNot", "u>u", bit_not},
    {"math.bitShiftLeft", "ii>i", shift_left},
    {"math.bitShiftLeft", "ui>u", shift_left},
    {"math.bitShiftRight", "ii>i", shift_right},
    {"math.bitShiftRight", "ui>u", shift_right},
};
const struct cel_table CEL_TABLE_MATH = {ROWS, COUNT_OF(ROWS)};
