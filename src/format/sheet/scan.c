/* The scanners' common pieces. */
#include "format/sheet/scan.h"
#include "format/sheet/chars.h"

enum { BYTE_PLAIN, BYTE_STOP, BYTE_REF, BYTE_HIGH };

/* Stops: controls (CR too, which XML folds), "<", and ">", which may end a "]]>". */
static inline int class_of(unsigned char c)
{
    if (c >= 0x80)
        return BYTE_HIGH;
    if (c == '&')
        return BYTE_REF;
    return (c < 0x20 && c != '\n' && c != '\t') || c == '<' || c == '>' || c == 0x7F ? BYTE_STOP : BYTE_PLAIN;
}

struct reference {
    struct text name;
    char c;
};
static const struct reference known[] = {
    {{"amp;", 4}, '&'}, {{"lt;", 3}, '<'}, {{"gt;", 3}, '>'}, {{"quot;", 5}, '"'}, {{"apos;", 5}, '\''}};

/* The code point of "#123;" or "#x7B;" at p, which stands behind "&"; UINT32_MAX when XML has no such one. */
static uint32_t numeric(const char **p, const char *end)
{
    const char *at = *p + 1;
    bool hex = at < end && *at == 'x';
    at += hex;
    uint32_t c = 0;
    const char *first = at;
    for (; at < end && at < first + 8 && *at != ';'; at++) {
        char d = *at;
        bool decimal = d >= '0' && d <= '9', letter = hex && (d | 0x20) >= 'a' && (d | 0x20) <= 'f';
        if (!decimal && !letter)
            return UINT32_MAX;
        c = c * (hex ? 16 : 10) + (uint32_t)(decimal ? d - '0' : (d | 0x20) - 'a' + 10);
    }
    bool valid = at > first && at < end && *at == ';' && c <= 0x10FFFF
                 && (c >= 0x20 || c == 9 || c == 10 || c == 13) && (c < 0xD800 || c > 0xDFFF) && c != 0xFFFE
                 && c != 0xFFFF;
    *p = at + 1;
    return valid ? c : UINT32_MAX;
}

/* The code point of the reference whose "&" stands at *p; moves behind its ";". */
static uint32_t reference_at(const char **p, const char *end)
{
    const char *at = *p + 1;
    if (at < end && *at == '#') {
        *p = at;
        return numeric(p, end);
    }
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (scan_is(at, end, known[i].name)) {
            *p = at + known[i].name.size;
            return (uint32_t)known[i].c;
        }
    return UINT32_MAX;
}

/* Text with bytes beyond ASCII: UTF-8, and none of the two code points that XML excludes. */
static bool is_good_utf8(const char *at, size_t size)
{
    return chars_utf8_prefix(at, size) == size && memmem(at, size, "\xEF\xBF\xBE", 3) == NULL
           && memmem(at, size, "\xEF\xBF\xBF", 3) == NULL;
}

enum scan_result scan_text(const char **p, const char *end, struct text *out, bool *refs_out)
{
    const char *from = *p, *at = from;
    bool high = false, refs = false;
    for (;;) {
        int class = class_of((unsigned char)*at);
        if (class == BYTE_STOP)
            break;
        high |= class == BYTE_HIGH;
        if (class == BYTE_REF) {
            refs = true;
            if (reference_at(&at, end) == UINT32_MAX)
                return end - at < 12 ? SCAN_PARTIAL : SCAN_OTHER;
        } else {
            at++;
        }
    }
    if (*at != '<')
        return scan_odd(at, end);
    if (high && !is_good_utf8(from, (size_t)(at - from)))
        return SCAN_OTHER;
    *out = (struct text){from, (size_t)(at - from)};
    *refs_out = refs;
    *p = at;
    return SCAN_DONE;
}

size_t scan_unescape(struct text t, char *to)
{
    size_t size = 0;
    const char *p = t.at, *end = t.at + t.size;
    while (p < end) {
        if (*p != '&') {
            to[size++] = *p++;
            continue;
        }
        char c[4];
        size_t n = text_encode(reference_at(&p, end), c);
        memcpy(to + size, c, n); /* never longer than its spelling */
        size += n;
    }
    return size;
}

enum scan_result scan_attribute(const char **p, const char *end, struct text *name, struct text *value)
{
    const char *at = *p;
    while ((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (at > *p && *at >= '0' && *at <= '9'))
        at++;
    *name = (struct text){*p, (size_t)(at - *p)};
    if (*at == ':') {
        /* The one prefixed attribute that Excel writes on every row. */
        at = *p;
        enum scan_result r = scan_word(&at, end, TEXT("x14ac:dyDescent"));
        if (r != SCAN_DONE)
            return r;
        *name = TEXT("x14ac:dyDescent");
    }
    if (name->size == 0 || at[0] != '=' || at[1] != '"')
        return end - at < 2 ? SCAN_PARTIAL : SCAN_OTHER;
    const char *from = at += 2;
    while (*at != '"' && class_of((unsigned char)*at) == BYTE_PLAIN && *at >= ' ')
        at++;
    if (*at != '"')
        return scan_odd(at, end);
    *value = (struct text){from, (size_t)(at - from)};
    *p = at + 1;
    return SCAN_DONE;
}

enum scan_result scan_simple(const char **p, const char *end, struct text open, struct text close,
                             struct text *out, bool *refs_out)
{
    enum scan_result r = scan_word(p, end, open);
    if (r != SCAN_DONE)
        return r;
    *out = TEXT("");
    *refs_out = false;
    if (**p == '/')
        return scan_word(p, end, TEXT("/>"));
    if (**p == ' ') {
        r = scan_word(p, end, TEXT(" xml:space=\"preserve\""));
        if (r != SCAN_DONE)
            return r;
    }
    r = scan_word(p, end, TEXT(">"));
    if (r == SCAN_DONE)
        r = scan_text(p, end, out, refs_out);
    return r == SCAN_DONE ? scan_word(p, end, close) : r;
}
