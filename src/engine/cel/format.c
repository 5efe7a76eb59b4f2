/* "…".format([…]): %s %d %f %e %b %o %x %X, with a precision for %f and %e. */
#include "engine/cel/lib.h"
#include "engine/cel/type.h"
#include "engine/cel/value.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define PRECISION_MAX 100

static bool refuse(struct cel_run *run) { return cel_raise(run, "a value that its clause cannot format"); }

static bool print_value(struct cel_run *run, struct buf *b, const struct cel_value *v, int depth);

/* Bytes as text; each run of bytes that are no UTF-8 becomes one U+FFFD. */
static void print_bytes(struct buf *b, struct text t)
{
    bool bad_before = false;
    for (size_t at = 0; at < t.size;) {
        size_t here = at;
        bool bad = text_next(t, &at) == UINT32_MAX;
        if (!bad)
            buf_add(b, text_slice(t, here, at - here));
        else if (!bad_before)
            buf_add_z(b, "\xEF\xBF\xBD");
        bad_before = bad;
    }
}

static bool print_list(struct cel_run *run, struct buf *b, const struct cel_value *v, int depth)
{
    buf_add_char(b, '[');
    for (size_t i = 0; i < cel_list_count(v); i++) {
        const struct cel_value element = cel_list_at(v, i);
        if (i > 0)
            buf_add_z(b, ", ");
        if (!print_value(run, b, &element, depth + 1))
            return false;
    }
    buf_add_char(b, ']');
    return true;
}

struct printed {
    struct text key;
    const struct cel_value *value;
};

static int by_key(const void *a, const void *b)
{
    return text_compare(((const struct printed *)a)->key, ((const struct printed *)b)->key);
}

/* Entries in the order of their keys as text. */
static bool print_map(struct cel_run *run, struct buf *b, const struct cel_map *map, int depth)
{
    struct printed *entries = cel_take(run, (map->count + 1) * sizeof *entries);
    if (entries == NULL)
        return false;
    for (size_t i = 0; i < map->count; i++) {
        struct buf key;
        struct cel_value kept;
        cel_begin_text(run, &key);
        bool good = print_value(run, &key, &map->at[i].key, depth + 1);
        if (!cel_finish_text(run, &key, &kept) || !good)
            return false;
        entries[i] = (struct printed){kept.s, &map->at[i].value};
    }
    qsort(entries, map->count, sizeof *entries, by_key);
    buf_add_char(b, '{');
    for (size_t i = 0; i < map->count; i++) {
        buf_add_z(b, i > 0 ? ", " : "");
        buf_add(b, entries[i].key);
        buf_add_z(b, ": ");
        if (!print_value(run, b, entries[i].value, depth + 1))
            return false;
    }
    buf_add_char(b, '}');
    return true;
}

static bool print_value(struct cel_run *run, struct buf *b, const struct cel_value *v, int depth)
{
    if (depth > CEL_FORMAT_DEPTH_MAX || b->failed)
        return cel_raise_limit(run, "too much to format");
    if (!cel_charge(run, 1))
        return false;
    switch (v->kind) {
    case CEL_NULL:
        buf_add_z(b, "null");
        return true;
    case CEL_BOOL:
        buf_add_z(b, v->b ? "true" : "false");
        return true;
    case CEL_INT:
        buf_add_int(b, v->i);
        return true;
    case CEL_UINT:
        buf_add_format(b, "%llu", (unsigned long long)v->u);
        return true;
    case CEL_DOUBLE:
        cel_print_plain(b, v->d);
        return true;
    case CEL_STRING:
    case CEL_TYPE:
        buf_add(b, v->s);
        return true;
    case CEL_BYTES:
        print_bytes(b, v->s);
        return true;
    case CEL_TIMESTAMP:
        cel_print_timestamp(b, v);
        return true;
    case CEL_DURATION:
        cel_print_duration(b, v);
        return true;
    case CEL_LIST:
    case CEL_ROWS:
        return print_list(run, b, v, depth);
    case CEL_MAP:
        return print_map(run, b, v->map, depth);
    default:
        return refuse(run);
    }
}

/* Sign and size of an int or uint; false: it is neither. */
static bool magnitude(const struct cel_value *v, bool *negative, uint64_t *out)
{
    *negative = v->kind == CEL_INT && v->i < 0;
    *out = *negative ? 0 - v->u : v->u;
    return v->kind == CEL_INT || v->kind == CEL_UINT;
}

static void print_in_base(struct buf *b, bool negative, uint64_t n, unsigned base, bool upper)
{
    char digits[65];
    size_t at = sizeof digits;
    do {
        digits[--at] = (upper ? "0123456789ABCDEF" : "0123456789abcdef")[n % base];
        n /= base;
    } while (n > 0);
    if (negative)
        buf_add_char(b, '-');
    buf_add(b, (struct text){digits + at, sizeof digits - at});
}

static bool print_whole(struct cel_run *run, struct buf *b, const struct cel_value *v, char clause)
{
    bool negative, upper = clause == 'X';
    uint64_t n;
    if ((clause == 'x' || upper) && (v->kind == CEL_STRING || v->kind == CEL_BYTES)) {
        for (size_t i = 0; i < v->s.size; i++)
            buf_add_format(b, upper ? "%02X" : "%02x", (unsigned)(unsigned char)v->s.at[i]);
        return true;
    }
    if (clause == 'b' && v->kind == CEL_BOOL) {
        buf_add_char(b, v->b ? '1' : '0');
        return true;
    }
    if (!magnitude(v, &negative, &n))
        return refuse(run);
    print_in_base(b, negative, n, clause == 'b' ? 2 : clause == 'o' ? 8 : clause == 'd' ? 10 : 16, upper);
    return true;
}

static bool print_real(struct cel_run *run, struct buf *b, const struct cel_value *v, char clause,
                       int precision)
{
    double d = v->kind == CEL_DOUBLE ? v->d : v->kind == CEL_INT ? (double)v->i : (double)v->u;
    if (v->kind != CEL_DOUBLE && v->kind != CEL_INT && v->kind != CEL_UINT)
        return refuse(run);
    if (!isfinite(d))
        cel_print_plain(b, d);
    else if (clause == 'f')
        buf_add_format(b, "%.*f", precision, d);
    else
        buf_add_format(b, "%.*e", precision, d);
    return true;
}

static bool print_clause(struct cel_run *run, struct buf *b, const struct cel_value *v, char clause,
                         int precision)
{
    switch (clause) {
    case 's':
        return print_value(run, b, v, 0);
    case 'd':
        if (v->kind == CEL_DOUBLE) {
            cel_print_plain(b, v->d);
            return true;
        }
        return print_whole(run, b, v, clause);
    case 'b':
    case 'o':
    case 'x':
    case 'X':
        return print_whole(run, b, v, clause);
    case 'f':
    case 'e':
        return print_real(run, b, v, clause, precision);
    default:
        return cel_raise(run, "an unknown clause in a format");
    }
}

/* ".3" at *at; -1: not a precision. */
static int read_precision(struct text t, size_t *at)
{
    if (*at >= t.size || t.at[*at] != '.')
        return 6;
    int precision = 0;
    size_t begin = ++*at;
    for (; *at < t.size && t.at[*at] >= '0' && t.at[*at] <= '9' && precision <= PRECISION_MAX; ++*at)
        precision = precision * 10 + (t.at[*at] - '0');
    return *at == begin || precision > PRECISION_MAX ? -1 : precision;
}

static bool format(struct cel_run *run, struct buf *b, struct text t, const struct cel_value *list)
{
    size_t next = 0;
    for (size_t at = 0; at < t.size; at++) {
        if (t.at[at] != '%') {
            buf_add_char(b, t.at[at]);
            continue;
        }
        at++;
        if (at < t.size && t.at[at] == '%') {
            buf_add_char(b, '%');
            continue;
        }
        int precision = read_precision(t, &at);
        if (precision < 0 || at >= t.size)
            return cel_raise(run, "a format that is not finished");
        if (next >= cel_list_count(list))
            return cel_raise(run, "index out of range");
        const struct cel_value v = cel_list_at(list, next++);
        if (!print_clause(run, b, &v, t.at[at], precision))
            return false;
    }
    return true;
}

bool cel_string_format(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                       struct cel_value *out)
{
    (void)user;
    (void)count;
    struct buf b;
    if (!cel_charge_text(run, a[0].s))
        return false;
    cel_begin_text(run, &b);
    if (format(run, &b, a[0].s, &a[1]))
        return cel_finish_text(run, &b, out);
    buf_clear(&b);
    return false;
}
