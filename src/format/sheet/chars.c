/* Character work of cells, free of any file. */
#include "format/sheet/chars.h"
#include <math.h>
#include <stdlib.h>

size_t chars_utf16(struct text t)
{
    size_t units = 0;
    for (size_t i = 0; i < t.size; i++) {
        unsigned char c = (unsigned char)t.at[i];
        units += (c & 0xC0) != 0x80; /* one a character */
        units += c >= 0xF0;          /* two for those beyond U+FFFF */
    }
    return units;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The code of an escape at the start of p; -1 when there is none. */
static int32_t escape_at(const char *p, size_t size)
{
    if (size < 7 || p[0] != '_' || p[1] != 'x' || p[6] != '_')
        return -1;
    int32_t code = 0;
    for (size_t i = 2; i < 6; i++) {
        int digit = hex_digit(p[i]);
        if (digit < 0)
            return -1;
        code = code * 16 + digit;
    }
    return code;
}

bool chars_is_escape(struct text t) { return escape_at(t.at, t.size) >= 0; }

bool chars_has_escape(struct text t)
{
    if (t.size == 0)
        return false;
    const char *p = t.at, *end = t.at + t.size;
    while (p < end && (p = memchr(p, '_', (size_t)(end - p))) != NULL) {
        if (escape_at(p, (size_t)(end - p)) >= 0)
            return true;
        p++;
    }
    return false;
}

size_t chars_unescape(char *at, size_t size)
{
    size_t to = 0;
    for (size_t i = 0; i < size;) {
        int32_t code = escape_at(at + i, size - i);
        if (code < 0) {
            at[to++] = at[i++];
            continue;
        }
        i += 7;
        if (code >= 0xD800 && code < 0xDC00) {
            int32_t low = escape_at(at + i, size - i);
            bool pair = low >= 0xDC00 && low < 0xE000;
            code = pair ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : 0xFFFD;
            i += pair ? 7 : 0;
        } else if (code >= 0xDC00 && code < 0xE000) {
            code = 0xFFFD;
        }
        to += text_encode((uint32_t)code, at + to); /* at most 4 bytes for at least 7 */
    }
    return to;
}

struct text chars_strip(struct text t)
{
    while (t.size > 0 && strchr(" \t\r\n", t.at[0]) != NULL && t.at[0] != '\0')
        t = (struct text){t.at + 1, t.size - 1};
    while (t.size > 0 && strchr(" \t\r\n", t.at[t.size - 1]) != NULL && t.at[t.size - 1] != '\0')
        t.size--;
    return t;
}

static const double power_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

struct decimal {
    uint64_t digits;
    int count;           /* significant digits in `digits` */
    int exponent;        /* value = digits * 10^exponent */
    bool negative, many; /* more digits than fit */
};

/* Digits from p on; those behind the point count into the exponent. NULL when there is none. */
static const char *read_digits(const char *p, const char *end, bool fraction, struct decimal *d, bool *any)
{
    for (; p < end && *p >= '0' && *p <= '9'; p++) {
        *any = true;
        if (d->count < 18) {
            d->digits = d->digits * 10 + (uint64_t)(*p - '0');
            d->count += d->digits > 0;
            d->exponent -= fraction;
        } else {
            d->many = true;
        }
    }
    return p;
}

static bool read_exponent(const char *p, const char *end, struct decimal *d)
{
    if (p == end)
        return true;
    if (*p != 'e' && *p != 'E')
        return false;
    p++;
    bool negative = p < end && *p == '-';
    p += p < end && (*p == '-' || *p == '+');
    int n = 0;
    if (p == end)
        return false;
    for (; p < end; p++) {
        if (*p < '0' || *p > '9')
            return false;
        n = n < 100000 ? n * 10 + (*p - '0') : n;
    }
    d->exponent += negative ? -n : n;
    return true;
}

static bool decimal_read(struct text t, struct decimal *d)
{
    const char *p = t.at, *end = t.at + t.size;
    bool any = false;
    d->negative = p < end && *p == '-';
    p += p < end && (*p == '-' || *p == '+');
    p = read_digits(p, end, false, d, &any);
    if (p < end && *p == '.')
        p = read_digits(p + 1, end, true, d, &any);
    return any && read_exponent(p, end, d);
}

/* The general way, for spellings whose product would be rounded twice. */
static bool slow_double(struct text t, double *out)
{
    char z[512];
    if (t.size >= sizeof(z))
        return false;
    memcpy(z, t.at, t.size);
    z[t.size] = '\0';
    *out = strtod(z, NULL); /* the program never leaves the C locale for numbers */
    return isfinite(*out);
}

bool chars_to_double(struct text t, double *out)
{
    struct decimal d = {0};
    if (!decimal_read(t, &d))
        return false;
    /* Both factors are exact and one operation rounds once (Clinger 1990). */
    if (d.many || d.digits > (UINT64_C(1) << 53) || d.exponent < -22 || d.exponent > 22)
        return slow_double(t, out);
    double n = (double)d.digits;
    n = d.exponent < 0 ? n / power_of_ten[-d.exponent] : n * power_of_ten[d.exponent];
    *out = d.negative ? -n : n;
    return true;
}

bool chars_reference(struct text t, uint32_t *column_out, uint32_t *row_out)
{
    uint32_t column = 0, row = 0;
    size_t i = 0;
    for (; i < t.size && i < 6; i++) {
        char c = (char)(t.at[i] & ~0x20);
        if (c < 'A' || c > 'Z')
            break;
        column = column * 26 + (uint32_t)(c - 'A') + 1;
    }
    size_t digits = i;
    for (; i < t.size && i < digits + 9 && t.at[i] >= '0' && t.at[i] <= '9'; i++)
        row = row * 10 + (uint32_t)(t.at[i] - '0');
    if (column == 0 || i == digits || i < t.size)
        return false;
    *column_out = column - 1;
    *row_out = row;
    return true;
}

/* Length of the sequence that starts at p, 0 when it is none that Unicode allows (table 3-7 of the standard).
 */
static size_t sequence_at(const unsigned char *p, size_t size)
{
    unsigned char a = p[0];
    if (a < 0x80)
        return 1;
    size_t length = a >= 0xC2 && a <= 0xDF ? 2 : a >= 0xE0 && a <= 0xEF ? 3 : a >= 0xF0 && a <= 0xF4 ? 4 : 0;
    if (length == 0 || length > size)
        return 0;
    unsigned char low = a == 0xE0 ? 0xA0 : a == 0xF0 ? 0x90 : 0x80;
    unsigned char high = a == 0xED ? 0x9F : a == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

size_t chars_utf8_prefix(const char *p, size_t size)
{
    size_t i = 0;
    while (i < size) {
        /* Eight plain ones at a time. */
        uint64_t eight;
        while (size - i >= sizeof(eight)
               && (memcpy(&eight, p + i, sizeof(eight)), (eight & 0x8080808080808080u) == 0))
            i += sizeof(eight);
        if (i == size)
            break;
        size_t length = sequence_at((const unsigned char *)p + i, size - i);
        if (length == 0)
            break;
        i += length;
    }
    return i;
}
