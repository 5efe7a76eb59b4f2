/* int(x), string(x) and the other conversions. */
#include "engine/cel/env.h"
#include "engine/cel/lib.h"
#include "engine/cel/value.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TWO_63 9223372036854775808.0
#define TWO_64 18446744073709551616.0
#define NUMBER_TEXT_MAX 400 /* bytes of a text that may be a double */

static bool range(struct cel_run *run) { return cel_raise(run, "out of range"); }

static bool int_of_uint(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                        struct cel_value *out)
{
    (void)user;
    (void)count;
    return a->u > INT64_MAX ? range(run) : cel_give_int(out, (int64_t)a->u);
}

static bool int_of_double(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                          struct cel_value *out)
{
    (void)user;
    (void)count;
    return a->d > -TWO_63 && a->d < TWO_63 ? cel_give_int(out, (int64_t)a->d) : range(run);
}

static bool int_of_string(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                          struct cel_value *out)
{
    (void)user;
    (void)count;
    int64_t n;
    return text_to_int(a->s, &n) ? cel_give_int(out, n) : cel_raise(run, "the text is no int");
}

static bool int_of_timestamp(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                             struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_int(out, a->i);
}

static bool uint_of_int(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                        struct cel_value *out)
{
    (void)user;
    (void)count;
    return a->i < 0 ? range(run) : cel_give_uint(out, (uint64_t)a->i);
}

static bool uint_of_double(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                           struct cel_value *out)
{
    (void)user;
    (void)count;
    return a->d >= 0 && a->d < TWO_64 ? cel_give_uint(out, (uint64_t)a->d) : range(run);
}

static bool uint_of_string(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                           struct cel_value *out)
{
    (void)user;
    (void)count;
    uint64_t n = 0;
    bool good = a->s.size > 0;
    for (size_t i = 0; good && i < a->s.size; i++) {
        char c = a->s.at[i];
        good = c >= '0' && c <= '9' && !__builtin_mul_overflow(n, 10u, &n)
               && !__builtin_add_overflow(n, (uint64_t)(c - '0'), &n);
    }
    return good ? cel_give_uint(out, n) : cel_raise(run, "the text is no uint");
}

static bool double_of_int(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                          struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_double(out, (double)a->i);
}

static bool double_of_uint(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                           struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_double(out, (double)a->u);
}

/* Digits, or one of the words that strtod knows; it must not skip blanks or read "nan(…)". */
static bool looks_like_double(struct text t)
{
    if (t.size == 0 || t.size > NUMBER_TEXT_MAX)
        return false;
    for (size_t i = 0; i < t.size; i++) {
        unsigned char c = (unsigned char)t.at[i];
        if (c <= ' ' || c >= 0x7F || c == '(' || c == ')')
            return false;
    }
    return true;
}

static bool double_of_string(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                             struct cel_value *out)
{
    (void)user;
    (void)count;
    char z[NUMBER_TEXT_MAX + 1], *end = z;
    if (!looks_like_double(a->s))
        return cel_raise(run, "the text is no double");
    memcpy(z, a->s.at, a->s.size);
    z[a->s.size] = '\0';
    double d = strtod(z, &end);
    bool written_infinity = strpbrk(z, "iI") != NULL;
    if (end != z + a->s.size || (isinf(d) && !written_infinity))
        return cel_raise(run, "the text is no double");
    return cel_give_double(out, d);
}

static bool bool_of_string(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                           struct cel_value *out)
{
    (void)user;
    (void)count;
    static const char *const yes[] = {"1", "t", "true", "TRUE", "True"};
    static const char *const no[] = {"0", "f", "false", "FALSE", "False"};
    for (size_t i = 0; i < COUNT_OF(yes); i++) {
        if (text_equal(a->s, text_of(yes[i])))
            return cel_give_bool(out, true);
        if (text_equal(a->s, text_of(no[i])))
            return cel_give_bool(out, false);
    }
    return cel_raise(run, "the text is no bool");
}

static bool string_of_bool(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                           struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_text(out, CEL_STRING, a->b ? TEXT("true") : TEXT("false"));
}

static bool string_of_number(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                             struct cel_value *out)
{
    (void)user;
    (void)count;
    struct buf b;
    cel_begin_text(run, &b);
    if (a->kind == CEL_INT)
        buf_add_int(&b, a->i);
    else if (a->kind == CEL_UINT)
        buf_add_format(&b, "%llu", (unsigned long long)a->u);
    else
        cel_print_general(&b, a->d);
    return cel_finish_text(run, &b, out);
}

static bool string_of_bytes(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                            struct cel_value *out)
{
    (void)user;
    (void)count;
    if (!cel_charge_text(run, a->s))
        return false;
    return text_is_utf8(a->s) ? cel_give_text(out, CEL_STRING, a->s)
                              : cel_raise(run, "the bytes are not UTF-8");
}

static bool string_of_time(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                           struct cel_value *out)
{
    (void)user;
    (void)count;
    struct buf b;
    cel_begin_text(run, &b);
    if (a->kind == CEL_TIMESTAMP)
        cel_print_timestamp(&b, a);
    else
        cel_print_duration(&b, a);
    return cel_finish_text(run, &b, out);
}

static bool bytes_of_string(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                            struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_text(out, CEL_BYTES, a->s);
}

static bool timestamp_of_string(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                                struct cel_value *out)
{
    (void)user;
    (void)count;
    return cel_parse_timestamp(a->s, out) || cel_raise(run, "the text is no timestamp");
}

static bool timestamp_of_int(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                             struct cel_value *out)
{
    (void)user;
    (void)count;
    if (a->i < CEL_SECOND_MIN || a->i > CEL_SECOND_MAX)
        return range(run);
    *out = (struct cel_value){.kind = CEL_TIMESTAMP, .i = a->i};
    return true;
}

static bool duration_of_string(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                               struct cel_value *out)
{
    (void)user;
    (void)count;
    return cel_parse_duration(a->s, out) || cel_raise(run, "the text is no duration");
}

static const struct cel_row ROWS[] = {
    {"int", "i>i", cel_identity},
    {"int", "u>i", int_of_uint},
    {"int", "d>i", int_of_double},
    {"int", "s>i", int_of_string},
    {"int", "t>i", int_of_timestamp},
    {"uint", "u>u", cel_identity},
    {"uint", "i>u", uint_of_int},
    {"uint", "d>u", uint_of_double},
    {"uint", "s>u", uint_of_string},
    {"double", "d>d", cel_identity},
    {"double", "i>d", double_of_int},
    {"double", "u>d", double_of_uint},
    {"double", "s>d", double_of_string},
    {"bool", "b>b", cel_identity},
    {"bool", "s>b", bool_of_string},
    {"string", "s>s", cel_identity},
    {"string", "b>s", string_of_bool},
    {"string", "i>s", string_of_number},
    {"string", "u>s", string_of_number},
    {"string", "d>s", string_of_number},
    {"string", "y>s", string_of_bytes},
    {"string", "t>s", string_of_time},
    {"string", "r>s", string_of_time},
    {"bytes", "y>y", cel_identity},
    {"bytes", "s>y", bytes_of_string},
    {"timestamp", "t>t", cel_identity},
    {"timestamp", "s>t", timestamp_of_string},
    {"timestamp", "i>t", timestamp_of_int},
    {"duration", "r>r", cel_identity},
    {"duration", "s>r", duration_of_string},
};
const struct cel_table CEL_TABLE_CONVERSIONS = {ROWS, COUNT_OF(ROWS)};
