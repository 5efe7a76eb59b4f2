/* The string extension, but for format(). Positions count code points; strings are UTF-8. */
#include "engine/cel/env.h"
#include "engine/cel/lib.h"
#include "engine/cel/value.h"

static bool range(struct cel_run *run) { return cel_raise(run, "index out of range"); }

static size_t character_size(struct text t, size_t at)
{
    size_t next = at;
    (void)text_next(t, &next);
    return next - at;
}

/* The byte where the `index`-th character begins, the end included; false: beyond the end or negative. */
static bool byte_of(struct text t, int64_t index, size_t *out)
{
    size_t at = 0;
    for (; index > 0 && at < t.size; index--)
        at += character_size(t, at);
    *out = at;
    return index == 0;
}

static bool char_at(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                    struct cel_value *out)
{
    (void)user;
    (void)count;
    size_t at;
    if (!cel_charge_text(run, a[0].s))
        return false;
    if (!byte_of(a[0].s, a[1].i, &at))
        return range(run);
    size_t size = at < a[0].s.size ? character_size(a[0].s, at) : 0;
    return cel_give_text(out, CEL_STRING, text_slice(a[0].s, at, size));
}

static bool index_of(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                     struct cel_value *out)
{
    (void)user;
    size_t from;
    if (!cel_charge_text(run, a[0].s))
        return false;
    if (!byte_of(a[0].s, count == 3 ? a[2].i : 0, &from))
        return range(run);
    size_t at = a[1].s.size == 0 ? from : text_find(a[0].s, a[1].s, from);
    return cel_give_int(out, at == SIZE_MAX ? -1 : (int64_t)text_count(text_slice(a[0].s, 0, at)));
}

/* The last match that begins at byte `from` or before it. */
static size_t find_last(struct text t, struct text part, size_t from)
{
    if (part.size > t.size)
        return SIZE_MAX;
    size_t at = from < t.size - part.size ? from : t.size - part.size;
    for (;; at--) {
        if (memcmp(t.at + at, part.at, part.size) == 0)
            return at;
        if (at == 0)
            return SIZE_MAX;
    }
}

static bool last_index_of(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                          struct cel_value *out)
{
    (void)user;
    struct text t = a[0].s, part = a[1].s;
    size_t from = t.size;
    if (!cel_charge(run, t.size * (part.size / 64 + 1) / 64))
        return false;
    if (count == 3 && !byte_of(t, a[2].i, &from))
        return range(run);
    size_t at = part.size == 0 ? from : find_last(t, part, from);
    return cel_give_int(out, at == SIZE_MAX ? -1 : (int64_t)text_count(text_slice(t, 0, at)));
}

static bool substring(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                      struct cel_value *out)
{
    (void)user;
    size_t from, to = a[0].s.size;
    if (!cel_charge_text(run, a[0].s))
        return false;
    if (!byte_of(a[0].s, a[1].i, &from) || (count == 3 && !byte_of(a[0].s, a[2].i, &to)) || from > to)
        return range(run);
    return cel_give_text(out, CEL_STRING, text_slice(a[0].s, from, to - from));
}

static bool map_ascii(struct cel_run *run, const struct cel_value *a, char first, char last, int by,
                      struct cel_value *out)
{
    struct text t = a->s;
    char *at = cel_take(run, t.size + 1);
    if (at == NULL || !cel_charge_text(run, t))
        return false;
    for (size_t i = 0; i < t.size; i++)
        at[i] = (char)(t.at[i] >= first && t.at[i] <= last ? t.at[i] + by : t.at[i]);
    return cel_give_text(out, CEL_STRING, (struct text){at, t.size});
}

static bool lower_ascii(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                        struct cel_value *out)
{
    (void)user;
    (void)count;
    return map_ascii(run, a, 'A', 'Z', 'a' - 'A', out);
}

static bool upper_ascii(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                        struct cel_value *out)
{
    (void)user;
    (void)count;
    return map_ascii(run, a, 'a', 'z', 'A' - 'a', out);
}

/* Writes the pieces of `t`, with `by` in the place of the first `limit` matches of `old`. An empty `old`
 * matches before each character and at the end. */
static void write_replaced(struct buf *b, struct text t, struct text old, struct text by, int64_t limit)
{
    size_t at = 0;
    while (limit != 0) {
        size_t found = old.size == 0 ? at : text_find(t, old, at);
        if (found == SIZE_MAX)
            break;
        buf_add(b, text_slice(t, at, found - at));
        buf_add(b, by);
        at = found + old.size;
        if (old.size == 0) {
            if (at >= t.size)
                break;
            size_t size = character_size(t, at);
            buf_add(b, text_slice(t, at, size));
            at += size;
        }
        limit -= limit > 0;
        if (b->failed)
            return;
    }
    buf_add(b, text_slice(t, at, t.size));
}

static bool replace(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                    struct cel_value *out)
{
    (void)user;
    struct buf b;
    if (!cel_charge_text(run, a[0].s))
        return false;
    cel_begin_text(run, &b);
    write_replaced(&b, a[0].s, a[1].s, a[2].s, count == 4 ? a[3].i : -1);
    return cel_finish_text(run, &b, out);
}

static bool add_piece(struct cel_run *run, struct cel_growing *pieces, struct text piece)
{
    const struct cel_value v = {.kind = CEL_STRING, .s = piece};
    return cel_charge(run, 1) && cel_growing_add(run, pieces, &v);
}

/* At most `limit` pieces (negative: all), the last with what is left. An empty separator splits into
 * characters. */
static bool split(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                  struct cel_value *out)
{
    (void)user;
    struct text t = a[0].s, separator = a[1].s;
    int64_t limit = count == 3 ? a[2].i : -1;
    struct cel_growing pieces = {0};
    size_t at = 0;
    if (!cel_charge_text(run, t))
        return false;
    bool empty = limit == 0 || (separator.size == 0 && t.size == 0);
    while (!empty && (limit < 0 || (int64_t)pieces.count < limit - 1)) {
        size_t end = separator.size > 0 ? text_find(t, separator, at) : at + character_size(t, at);
        if (end == SIZE_MAX || (separator.size == 0 && end >= t.size))
            break;
        if (!add_piece(run, &pieces, text_slice(t, at, end - at)))
            return false;
        at = end + separator.size;
    }
    if (!empty && !add_piece(run, &pieces, text_slice(t, at, t.size)))
        return false;
    return cel_give_list(run, pieces.at, pieces.count, out);
}

static bool join(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                 struct cel_value *out)
{
    (void)user;
    struct buf b;
    cel_begin_text(run, &b);
    bool good = true;
    for (size_t i = 0; good && !b.failed && i < cel_list_count(a); i++) {
        const struct cel_value v = cel_list_at(a, i);
        if (i > 0 && count == 2)
            buf_add(&b, a[1].s);
        good = v.kind == CEL_STRING ? cel_charge(run, 1) : cel_raise(run, "no such overload");
        if (good)
            buf_add(&b, v.s);
    }
    if (good)
        return cel_finish_text(run, &b, out);
    buf_clear(&b);
    return false;
}

/* Unicode's White_Space. */
static bool is_space(uint32_t c)
{
    return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680
           || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F
           || c == 0x3000;
}

static bool trim(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                 struct cel_value *out)
{
    (void)user;
    (void)count;
    struct text t = a->s;
    size_t from = 0, to = 0;
    bool begun = false;
    for (size_t at = 0; at < t.size;) {
        size_t here = at;
        if (is_space(text_next(t, &at)))
            continue;
        if (!begun)
            from = here;
        begun = true;
        to = at;
    }
    return cel_charge_text(run, t) && cel_give_text(out, CEL_STRING, text_slice(t, from, to - from));
}

static bool reverse(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                    struct cel_value *out)
{
    (void)user;
    (void)count;
    struct text t = a->s;
    char *to = cel_take(run, t.size + 1);
    if (to == NULL || !cel_charge_text(run, t))
        return false;
    for (size_t at = 0; at < t.size;) {
        size_t size = character_size(t, at);
        memcpy(to + t.size - at - size, t.at + at, size);
        at += size;
    }
    return cel_give_text(out, CEL_STRING, (struct text){to, t.size});
}

static bool quote(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                  struct cel_value *out)
{
    (void)user;
    (void)count;
    static const char from[] = "\a\b\f\n\r\t\v\\\"", to[] = "abfnrtv\\\"";
    struct buf b;
    cel_begin_text(run, &b);
    buf_add_char(&b, '"');
    for (size_t at = 0; at < a->s.size;) {
        size_t here = at;
        uint32_t c = text_next(a->s, &at);
        const char *found = c == 0 || c >= 0x80 ? NULL : strchr(from, (int)c);
        if (c == UINT32_MAX) {
            buf_add_z(&b, "\xEF\xBF\xBD");
        } else if (found != NULL) {
            buf_add_char(&b, '\\');
            buf_add_char(&b, to[found - from]);
        } else {
            buf_add(&b, text_slice(a->s, here, at - here));
        }
    }
    buf_add_char(&b, '"');
    return cel_finish_text(run, &b, out);
}

static const struct cel_row ROWS[] = {
    {"charAt", ".si>s", char_at},
    {"indexOf", ".ss>i", index_of},
    {"indexOf", ".ssi>i", index_of},
    {"lastIndexOf", ".ss>i", last_index_of},
    {"lastIndexOf", ".ssi>i", last_index_of},
    {"substring", ".si>s", substring},
    {"substring", ".sii>s", substring},
    {"lowerAscii", ".s>s", lower_ascii},
    {"upperAscii", ".s>s", upper_ascii},
    {"replace", ".sss>s", replace},
    {"replace", ".sssi>s", replace},
    {"split", ".ss>Ls", split},
    {"split", ".ssi>Ls", split},
    {"join", ".Ls>s", join},
    {"join", ".Lss>s", join},
    {"trim", ".s>s", trim},
    {"reverse", ".s>s", reverse},
    {"strings.quote", "s>s", quote},
    {"format", ".sL*>s", cel_string_format},
};
const struct cel_table CEL_TABLE_STRINGS = {ROWS, COUNT_OF(ROWS)};
