/* What literals mean: numbers in range, escapes undone. */
#include "engine/cel/cel.err.h"
#include "engine/cel/lex.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
}

/* Digits in base 10 or 16 (0x); false: above 64 bits. */
static bool magnitude(struct text t, uint64_t *out)
{
    bool hex = t.size > 2 && t.at[1] == 'x';
    uint64_t sum = 0;
    for (size_t i = hex ? 2 : 0; i < t.size; i++) {
        if (__builtin_mul_overflow(sum, hex ? 16u : 10u, &sum)
            || __builtin_add_overflow(sum, (uint64_t)digit_of(t.at[i]), &sum))
            return false;
    }
    *out = sum;
    return true;
}

static bool decimal(struct cel_compile *c, const struct cel_token *t, bool negative, struct cel_value *out)
{
    struct text z = text_copy(c->arena, t->text); /* for strtod: with a NUL behind */
    if (z.at == NULL)
        return cel_compile_out_of_memory(c);
    double d = strtod(z.at, NULL);
    if (isinf(d))
        return cel_compile_fail(c, &CEL_SYNTAX, t->place, TEXT("the number is out of range"));
    *out = (struct cel_value){.kind = CEL_DOUBLE, .d = negative ? -d : d};
    return true;
}

bool cel_literal_number(struct cel_compile *c, const struct cel_token *t, bool negative,
                        struct cel_value *out)
{
    if (t->kind == TOKEN_DOUBLE)
        return decimal(c, t, negative, out);
    uint64_t n = 0;
    bool fits = magnitude(t->text, &n);
    if (t->kind == TOKEN_UINT) {
        *out = (struct cel_value){.kind = CEL_UINT, .u = n};
    } else {
        fits = fits && n <= (uint64_t)INT64_MAX + (negative ? 1 : 0);
        *out = (struct cel_value){.kind = CEL_INT, .u = negative ? 0 - n : n};
    }
    return fits || cel_compile_fail(c, &CEL_SYNTAX, t->place, TEXT("the number is out of range"));
}

/* Reads `count` digits of the base at *at; UINT32_MAX: they are not all there. */
static uint32_t code_of(struct text s, size_t *at, size_t count, int base)
{
    uint64_t code = 0;
    for (size_t i = 0; i < count; i++, ++*at) {
        if (*at >= s.size || digit_of(s.at[*at]) >= base)
            return UINT32_MAX;
        code = code * (uint64_t)base + (uint64_t)digit_of(s.at[*at]);
    }
    return code > 0x10FFFF ? UINT32_MAX : (uint32_t)code;
}

static char simple_escape(char c)
{
    static const char from[] = "abfnrtv\\?\"'`", to[] = "\a\b\f\n\r\t\v\\?\"'`";
    const char *found = c == '\0' ? NULL : strchr(from, c);
    return found == NULL ? '\0' : to[found - from];
}

/* The escape behind a backslash at *at. `octet`: its value is a byte, not a code point. */
static uint32_t escape(struct text s, size_t *at, bool bytes, bool *octet)
{
    if (*at >= s.size)
        return UINT32_MAX;
    char c = s.at[*at];
    *octet = bytes && (c == 'x' || c == 'X' || (c >= '0' && c <= '3'));
    if (c >= '0' && c <= '3')
        return code_of(s, at, 3, 8);
    ++*at;
    if (c == 'x' || c == 'X')
        return code_of(s, at, 2, 16);
    if (c == 'u' && !bytes)
        return code_of(s, at, 4, 16);
    if (c == 'U' && !bytes)
        return code_of(s, at, 8, 16);
    char meant = simple_escape(c);
    return meant == '\0' ? UINT32_MAX : (uint32_t)meant;
}

/* Writes what `s` means to `to`, which has room for s.size bytes (an escape is never shorter than what it
 * means). false: an escape that is none. */
static bool unescape(struct text s, bool bytes, char *to, size_t *size_out, size_t *bad_at)
{
    size_t size = 0;
    for (size_t at = 0; at < s.size;) {
        if (s.at[at] != '\\') {
            to[size++] = s.at[at++];
            continue;
        }
        *bad_at = at++;
        bool octet = false;
        uint32_t code = escape(s, &at, bytes, &octet);
        char utf8[4];
        size_t length = octet ? 1 : text_encode(code, utf8);
        if (code == UINT32_MAX || length == 0)
            return false;
        if (octet)
            utf8[0] = (char)(unsigned char)code;
        memcpy(to + size, utf8, length);
        size += length;
    }
    *size_out = size;
    return true;
}

bool cel_literal_text(struct cel_compile *c, const struct cel_token *t, struct cel_value *out)
{
    char *to = arena_take(c->arena, t->text.size + 1);
    if (to == NULL)
        return cel_compile_out_of_memory(c);
    size_t size = t->text.size, bad_at = 0;
    if (t->raw) {
        memcpy(to, t->text.at, size);
    } else if (!unescape(t->text, t->kind == TOKEN_BYTES, to, &size, &bad_at)) {
        uint32_t place = (uint32_t)((size_t)(t->text.at - c->source.at) + bad_at);
        return cel_compile_fail(c, &CEL_SYNTAX, place, TEXT("an escape that is none"));
    }
    *out = (struct cel_value){.kind = t->kind == TOKEN_BYTES ? CEL_BYTES : CEL_STRING, .s = {to, size}};
    return true;
}
