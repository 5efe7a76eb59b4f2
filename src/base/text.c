/* Slices of UTF-8: comparing, cutting, reading code points. Nothing here allocates but from the arena given.
 */
#include "base/text.h"
#include <stdarg.h>
#include <stdio.h>

int text_compare(struct text a, struct text b)
{
    size_t both = a.size < b.size ? a.size : b.size;
    int order = both == 0 ? 0 : memcmp(a.at, b.at, both);
    if (order != 0)
        return order < 0 ? -1 : 1;
    return a.size == b.size ? 0 : (a.size < b.size ? -1 : 1);
}

bool text_starts_with(struct text t, struct text prefix)
{
    return t.size >= prefix.size && text_equal(text_slice(t, 0, prefix.size), prefix);
}

bool text_ends_with(struct text t, struct text suffix)
{
    return t.size >= suffix.size && text_equal(text_slice(t, t.size - suffix.size, suffix.size), suffix);
}

size_t text_find(struct text t, struct text part, size_t from)
{
    if (from > t.size || part.size > t.size - from)
        return SIZE_MAX;
    if (part.size == 0)
        return from;
    /* One byte by memchr: the sanitizers look at all that memmem may read, each time. */
    const char *found = part.size == 1 ? memchr(t.at + from, part.at[0], t.size - from)
                                       : memmem(t.at + from, t.size - from, part.at, part.size);
    return found == NULL ? SIZE_MAX : (size_t)(found - t.at);
}

struct text text_slice(struct text t, size_t from, size_t size)
{
    if (t.at == NULL)
        return t;
    from = from < t.size ? from : t.size;
    size = size < t.size - from ? size : t.size - from;
    return (struct text){t.at + from, size};
}

/* Bytes of the blank that starts at `at`, or 0. */
static size_t blank_at(struct text t, size_t at)
{
    static const struct text wide[] = {{"\xE3\x80\x80", 3}, {"\xC2\xA0", 2}, {"\xEF\xBB\xBF", 3}};
    char c = t.at[at];
    if (c == ' ' || (c >= '\t' && c <= '\r'))
        return 1;
    for (size_t i = 0; i < COUNT_OF(wide); i++) {
        if (text_equal(text_slice(t, at, wide[i].size), wide[i]))
            return wide[i].size;
    }
    return 0;
}

struct text text_trim(struct text t)
{
    size_t size;
    while (t.size > 0 && (size = blank_at(t, 0)) > 0)
        t = text_slice(t, size, t.size);
    for (bool cut = true; cut && t.size > 0;) {
        cut = false;
        for (size_t back = 1; back <= 3 && back <= t.size && !cut; back++) {
            cut = blank_at(t, t.size - back) == back;
            t.size -= cut ? back : 0;
        }
    }
    return t;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

bool text_among(const char *words, char between, struct text t)
{
    struct text all = text_of(words), gap = {&between, 1};
    for (size_t at = 0; at <= all.size;) {
        size_t end = text_find(all, gap, at);
        if (end == SIZE_MAX)
            end = all.size;
        if (text_equal(text_slice(all, at, end - at), t))
            return true;
        at = end + 1;
    }
    return false;
}

uint64_t text_hash(struct text t)
{
    const uint64_t one = 0x9E3779B97F4A7C15u, two = 0xE7037ED1A0B428DBu;
    uint64_t hash = one ^ t.size;
    for (; t.size > 0; t = text_slice(t, 8, t.size)) {
        uint64_t word = 0;
        memcpy(&word, t.at, t.size < 8 ? t.size : 8);
        hash = mix(hash ^ word, two);
    }
    return mix(hash, one);
}

struct text text_copy(struct arena *a, struct text t)
{
    if (t.at == NULL || t.size == SIZE_MAX)
        return TEXT_NONE;
    char *at = arena_take(a, t.size + 1);
    if (at == NULL)
        return TEXT_NONE;
    memcpy(at, t.at, t.size);
    return (struct text){at, t.size};
}

struct text text_format(struct arena *a, const char *format, ...)
{
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    int size = vsnprintf(NULL, 0, format, values);
    va_end(values);
    char *at = size < 0 ? NULL : arena_take(a, (size_t)size + 1);
    if (at != NULL)
        vsnprintf(at, (size_t)size + 1, format, again);
    va_end(again);
    return at == NULL ? TEXT_NONE : (struct text){at, (size_t)size};
}

/* Bytes that a lead byte announces and the least code point that may take so many. */
static size_t lead_size(unsigned char lead, uint32_t *c, uint32_t *least)
{
    if (lead < 0x80) {
        *c = lead;
        *least = 0;
        return 1;
    }
    size_t size = (lead & 0xE0) == 0xC0 ? 2 : (lead & 0xF0) == 0xE0 ? 3 : (lead & 0xF8) == 0xF0 ? 4 : 0;
    static const uint32_t mask[] = {0, 0, 0x1F, 0x0F, 0x07}, floor[] = {0, 0, 0x80, 0x800, 0x10000};
    *c = lead & mask[size];
    *least = floor[size];
    return size;
}

uint32_t text_next(struct text t, size_t *at)
{
    uint32_t c, least;
    size_t size = lead_size((unsigned char)t.at[*at], &c, &least);
    bool good = size > 0 && t.size - *at >= size;
    for (size_t i = 1; good && i < size; i++) {
        unsigned char next = (unsigned char)t.at[*at + i];
        good = (next & 0xC0) == 0x80;
        c = c << 6 | (next & 0x3Fu);
    }
    good = good && c >= least && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
    *at += good ? size : 1;
    return good ? c : UINT32_MAX;
}

bool text_is_utf8(struct text t)
{
    for (size_t at = 0; at < t.size;) {
        if (text_next(t, &at) == UINT32_MAX)
            return false;
    }
    return true;
}

size_t text_count(struct text t)
{
    size_t count = 0;
    for (size_t at = 0; at < t.size; count++)
        (void)text_next(t, &at);
    return count;
}

size_t text_encode(uint32_t c, char out[4])
{
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return 0;
    size_t size = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = size - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    out[0] = (char)(lead[size] | c);
    return size;
}

bool text_to_int(struct text t, int64_t *out)
{
    bool minus = t.size > 0 && t.at[0] == '-';
    size_t at = t.size > 0 && (minus || t.at[0] == '+') ? 1 : 0;
    uint64_t n = 0, most = minus ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    if (at == t.size)
        return false;
    for (; at < t.size; at++) {
        if (t.at[at] < '0' || t.at[at] > '9')
            return false;
        uint64_t digit = (uint64_t)(t.at[at] - '0');
        if (n > (most - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    *out = minus ? (int64_t)(0 - n) : (int64_t)n;
    return true;
}
