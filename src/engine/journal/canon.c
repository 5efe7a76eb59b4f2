/* Canonical JSON; see canon.h. A recursive reader with a limit on its depth; the tree is written in one walk.
 */
#include "engine/journal/canon.h"
#include "base/base.err.h"
#include "engine/journal/journal.err.h"
#include <stdlib.h>

/* UTF-16 puts what lies above U+FFFF (surrogates, D800-DFFF) before U+E000-FFFF. */
static uint32_t unit_rank(uint32_t c)
{
    if (c >= 0x10000)
        return c - 0x10000 + 0xD800;
    return c >= 0xE000 ? c + 0x110000 : c;
}

int canon_key_order(struct text a, struct text b)
{
    size_t i = 0, j = 0;
    while (i < a.size && j < b.size) {
        uint32_t x = unit_rank(text_next(a, &i)), y = unit_rank(text_next(b, &j));
        if (x != y)
            return x < y ? -1 : 1;
    }
    return (i < a.size) - (j < b.size);
}

/* ---- writing ---- */

static void escape(struct buf *out, unsigned char c)
{
    static const char short_form[] = "btn\0fr"; /* 8 to 13; 11 has none */
    if (c == '"' || c == '\\') {
        buf_add_char(out, '\\');
        buf_add_char(out, (char)c);
    } else if (c >= 8 && c <= 13 && c != 11) {
        buf_add_char(out, '\\');
        buf_add_char(out, short_form[c - 8]);
    } else {
        buf_add_format(out, "\\u%04x", c);
    }
}

bool canon_text(struct buf *out, struct text t)
{
    bool plain = true, ascii = true;
    for (size_t i = 0; i < t.size; i++) {
        unsigned char c = (unsigned char)t.at[i];
        plain &= c >= 0x20 && c != '"' && c != '\\';
        ascii &= c < 0x80;
    }
    if (!ascii && !text_is_utf8(t))
        return false;
    buf_add_char(out, '"');
    size_t from = 0;
    for (size_t i = 0; !plain && i < t.size; i++) {
        unsigned char c = (unsigned char)t.at[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_add(out, text_slice(t, from, i - from));
        escape(out, c);
        from = i + 1;
    }
    buf_add(out, text_slice(t, from, t.size - from));
    buf_add_char(out, '"');
    return true;
}

bool canon_int(struct buf *out, int64_t n)
{
    if (n > CANON_INT_MAX || n < -CANON_INT_MAX)
        return false;
    char digits[17];
    size_t at = sizeof digits;
    for (uint64_t left = (uint64_t)(n < 0 ? -n : n); at == sizeof digits || left != 0; left /= 10)
        digits[--at] = (char)('0' + left % 10);
    if (n < 0)
        digits[--at] = '-';
    buf_add(out, (struct text){digits + at, sizeof digits - at});
    return true;
}

static void write_children(const struct canon_node *node, struct buf *out)
{
    for (const struct canon_node *child = node->first; child != NULL; child = child->next) {
        if (child != node->first)
            buf_add_char(out, ',');
        if (node->kind == CANON_OBJECT) {
            out->failed |= !canon_text(out, child->key);
            buf_add_char(out, ':');
        }
        canon_write(child, out);
    }
}

void canon_write(const struct canon_node *node, struct buf *out)
{
    static const char *const word[] = {[CANON_NULL] = "null", [CANON_FALSE] = "false", [CANON_TRUE] = "true"};
    switch (node->kind) {
    case CANON_NULL:
    case CANON_FALSE:
    case CANON_TRUE:
        buf_add_z(out, word[node->kind]);
        return;
    case CANON_INT:
        out->failed |= !canon_int(out, node->n);
        return;
    case CANON_TEXT:
        out->failed |= !canon_text(out, node->s);
        return;
    case CANON_ARRAY:
    case CANON_OBJECT:
        buf_add_char(out, node->kind == CANON_ARRAY ? '[' : '{');
        write_children(node, out);
        buf_add_char(out, node->kind == CANON_ARRAY ? ']' : '}');
        return;
    }
}

/* ---- reading ---- */

struct reader {
    struct text in;
    size_t at;
    int depth;
    struct arena *arena;
    struct err *err;
};

static bool refuse(struct reader *r, const struct err_kind *kind)
{
    return err_fail_int(r->err, kind, "at", (int64_t)r->at + 1);
}

static void blanks(struct reader *r)
{
    while (r->at < r->in.size && strchr(" \t\r\n", r->in.at[r->at]) != NULL && r->in.at[r->at] != 0)
        r->at++;
}

static bool accept(struct reader *r, char c)
{
    if (r->at >= r->in.size || r->in.at[r->at] != c)
        return false;
    r->at++;
    return true;
}

static bool read_hex4(struct reader *r, uint32_t *out)
{
    uint32_t n = 0;
    if (r->in.size - r->at < 4)
        return refuse(r, &CANON_SYNTAX);
    for (int i = 0; i < 4; i++) {
        char c = r->in.at[r->at];
        if (c >= '0' && c <= '9')
            n = n * 16 + (uint32_t)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            n = n * 16 + (uint32_t)((c | 32) - 'a' + 10);
        else
            return refuse(r, &CANON_SYNTAX);
        r->at++;
    }
    *out = n;
    return true;
}

static bool read_unicode(struct reader *r, char **to)
{
    uint32_t c = 0, low = 0;
    if (!read_hex4(r, &c))
        return false;
    if (c >= 0xDC00 && c < 0xE000)
        return refuse(r, &CANON_CHARACTER);
    if (c >= 0xD800 && c < 0xDC00) {
        if (!accept(r, '\\') || !accept(r, 'u'))
            return refuse(r, &CANON_CHARACTER);
        if (!read_hex4(r, &low))
            return false;
        if (low < 0xDC00 || low >= 0xE000)
            return refuse(r, &CANON_CHARACTER);
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    *to += text_encode(c, *to);
    return true;
}

static bool read_escape(struct reader *r, char **to)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    char c = r->at < r->in.size ? r->in.at[r->at] : 0;
    if (c == 'u') {
        r->at++;
        return read_unicode(r, to);
    }
    const char *known = c == 0 ? NULL : strchr(from, c);
    if (known == NULL)
        return refuse(r, &CANON_SYNTAX);
    r->at++;
    *(*to)++ = into[known - from];
    return true;
}

/* The size of the string's source, up to its closing quote: what it becomes is never longer. */
static size_t source_size(const struct reader *r)
{
    size_t at = r->at;
    while (at < r->in.size && r->in.at[at] != '"')
        at += r->in.at[at] == '\\' ? 2 : 1;
    return at - r->at;
}

static bool read_string(struct reader *r, struct text *out)
{
    if (!accept(r, '"'))
        return refuse(r, &CANON_SYNTAX);
    size_t room = source_size(r);
    char *start = arena_take(r->arena, room + 4), *to = start;
    if (start == NULL)
        return err_fail(r->err, &OUT_OF_MEMORY);
    while (!accept(r, '"')) {
        if (r->at >= r->in.size)
            return refuse(r, &CANON_SYNTAX);
        char c = r->in.at[r->at];
        if (accept(r, '\\')) {
            if (!read_escape(r, &to))
                return false;
            continue;
        }
        size_t from = r->at;
        if ((unsigned char)c < 0x20 || text_next(r->in, &r->at) == UINT32_MAX) {
            r->at = from;
            return refuse(r, &CANON_CHARACTER);
        }
        memcpy(to, r->in.at + from, r->at - from);
        to += r->at - from;
    }
    *out = (struct text){start, (size_t)(to - start)};
    return true;
}

static bool read_number(struct reader *r, struct canon_node *node)
{
    size_t from = r->at;
    bool minus = accept(r, '-');
    size_t digits = r->at;
    int64_t n = 0;
    while (r->at < r->in.size && r->in.at[r->at] >= '0' && r->in.at[r->at] <= '9' && n <= CANON_INT_MAX)
        n = n * 10 + (r->in.at[r->at++] - '0');
    bool fraction = r->at < r->in.size && strchr(".eE", r->in.at[r->at]) != NULL && r->in.at[r->at] != 0;
    if (r->at == digits || (r->in.at[digits] == '0' && r->at > digits + 1)) {
        r->at = from;
        return refuse(r, &CANON_SYNTAX);
    }
    if (n > CANON_INT_MAX || fraction) {
        r->at = from;
        return refuse(r, &CANON_NUMBER);
    }
    node->kind = CANON_INT;
    node->n = minus ? -n : n;
    return true;
}

static bool read_value(struct reader *r, struct canon_node *node);

static bool read_items(struct reader *r, struct canon_node *node)
{
    struct canon_node **end = &node->first;
    char close = node->kind == CANON_ARRAY ? ']' : '}';
    for (blanks(r); !accept(r, close); blanks(r)) {
        if (node->count != 0 && !accept(r, ','))
            return refuse(r, &CANON_SYNTAX);
        struct canon_node *child = arena_take(r->arena, sizeof *child);
        if (child == NULL)
            return err_fail(r->err, &OUT_OF_MEMORY);
        blanks(r);
        if (node->kind == CANON_OBJECT) {
            if (!read_string(r, &child->key))
                return false;
            blanks(r);
            if (!accept(r, ':'))
                return refuse(r, &CANON_SYNTAX);
        }
        if (!read_value(r, child))
            return false;
        *end = child;
        end = &child->next;
        node->count++;
    }
    return true;
}

static int member_order(const void *a, const void *b)
{
    const struct canon_node *const *x = a, *const *y = b;
    return canon_key_order((*x)->key, (*y)->key);
}

static bool order_members(struct reader *r, struct canon_node *object)
{
    struct canon_node **member = arena_take_many(r->arena, object->count, sizeof *member);
    size_t count = 0;
    if (object->count == 0)
        return true;
    if (member == NULL)
        return err_fail(r->err, &OUT_OF_MEMORY);
    for (struct canon_node *m = object->first; m != NULL; m = m->next)
        member[count++] = m;
    qsort(member, count, sizeof *member, member_order);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && text_equal(member[i - 1]->key, member[i]->key))
            return refuse(r, &CANON_KEY_TWICE);
        member[i]->next = i + 1 < count ? member[i + 1] : NULL;
    }
    object->first = member[0];
    return true;
}

static bool read_word(struct reader *r, struct canon_node *node)
{
    static const struct {
        const char *word;
        enum canon_kind kind;
    } words[] = {{"null", CANON_NULL}, {"false", CANON_FALSE}, {"true", CANON_TRUE}};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        struct text word = text_of(words[i].word);
        if (text_equal(text_slice(r->in, r->at, word.size), word)) {
            r->at += word.size;
            node->kind = words[i].kind;
            return true;
        }
    }
    return refuse(r, &CANON_SYNTAX);
}

static bool read_nested(struct reader *r, struct canon_node *node, enum canon_kind kind)
{
    if (r->depth == CANON_DEPTH_MAX) {
        refuse(r, &CANON_TOO_DEEP);
        err_add_int(r->err, "max", CANON_DEPTH_MAX);
        return false;
    }
    r->at++;
    r->depth++;
    node->kind = kind;
    bool good = read_items(r, node) && (kind == CANON_ARRAY || order_members(r, node));
    r->depth--;
    return good;
}

static bool read_value(struct reader *r, struct canon_node *node)
{
    blanks(r);
    char c = r->at < r->in.size ? r->in.at[r->at] : 0;
    if (c == '[')
        return read_nested(r, node, CANON_ARRAY);
    if (c == '{')
        return read_nested(r, node, CANON_OBJECT);
    if (c == '"') {
        node->kind = CANON_TEXT;
        return read_string(r, &node->s);
    }
    return c == '-' || (c >= '0' && c <= '9') ? read_number(r, node) : read_word(r, node);
}

bool canon_read(struct text json, struct arena *a, const struct canon_node **out, struct err *e)
{
    struct reader r = {.in = json, .arena = a, .err = e};
    struct canon_node *root = arena_take(a, sizeof *root);
    if (root == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!read_value(&r, root))
        return false;
    blanks(&r);
    if (r.at != json.size)
        return refuse(&r, &CANON_SYNTAX);
    *out = root;
    return true;
}

const struct canon_node *canon_member(const struct canon_node *object, const char *key)
{
    if (object == NULL || object->kind != CANON_OBJECT)
        return NULL;
    const struct canon_node *m = object->first;
    while (m != NULL && !text_equal(m->key, text_of(key)))
        m = m->next;
    return m;
}
