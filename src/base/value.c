/* The value that travels, and decimals as scaled integers. */
#include "base/value.h"
#include <assert.h>
#include <stdio.h>

#define DIGITS_MAX 18

bool value_equal(struct value a, struct value b)
{
    if (a.kind != b.kind)
        return false;
    switch (a.kind) {
    case VALUE_NONE:
        return true;
    case VALUE_INT:
        return a.n == b.n;
    case VALUE_TEXT:
    case VALUE_BYTES:
        return text_equal(a.s, b.s);
    }
    return false;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* n * 10 + digit in *n; false when that leaves the range of a magnitude. */
static bool push_digit(uint64_t *n, char c)
{
    const uint64_t most = (uint64_t)INT64_MAX + 1;
    uint64_t digit = (uint64_t)(c - '0');
    if (*n > (most - digit) / 10)
        return false;
    *n = *n * 10 + digit;
    return true;
}

/* Digits before the point, with commas between full groups of three or none at all. */
static bool parse_whole(struct text t, size_t *at, uint64_t *n, size_t *count)
{
    size_t since_comma = 0;
    bool grouped = false;
    for (*count = 0; *at < t.size; ++*at) {
        char c = t.at[*at];
        if (c == ',') {
            if (grouped ? since_comma != 3 : (since_comma == 0 || since_comma > 3))
                return false;
            grouped = true;
            since_comma = 0;
            continue;
        }
        if (!is_digit(c))
            break;
        if (!push_digit(n, c))
            return false;
        since_comma++;
        ++*count;
    }
    return !grouped || since_comma == 3;
}

/* Digits behind the point: `digits` of them kept, the next one rounds, any further one that is not 0 is told.
 */
static bool parse_decimals(struct text t, size_t *at, int digits, uint64_t *n, size_t *count, bool *rounded)
{
    bool up = false;
    int kept = 0;
    if (*at < t.size && t.at[*at] == '.') {
        for (++*at; *at < t.size && is_digit(t.at[*at]); ++*at, ++*count) {
            char c = t.at[*at];
            if (kept < digits) {
                if (!push_digit(n, c))
                    return false;
                kept++;
                continue;
            }
            up = kept == digits ? c >= '5' : up;
            *rounded = *rounded || c != '0';
            kept = digits + 1;
        }
    }
    for (; kept < digits; kept++) {
        if (!push_digit(n, '0'))
            return false;
    }
    *n += up ? 1 : 0;
    return true;
}

bool decimal_parse(struct text t, int digits, int64_t *out, bool *rounded)
{
    assert(digits >= 0 && digits <= DIGITS_MAX);
    bool minus = t.size > 0 && t.at[0] == '-', cut = false;
    size_t at = t.size > 0 && (minus || t.at[0] == '+') ? 1 : 0, count = 0;
    uint64_t n = 0;
    if (!parse_whole(t, &at, &n, &count) || !parse_decimals(t, &at, digits, &n, &count, &cut))
        return false;
    if (count == 0 || at != t.size || n > (uint64_t)INT64_MAX + (minus ? 1 : 0))
        return false;
    *out = minus ? (int64_t)(0 - n) : (int64_t)n;
    if (rounded != NULL)
        *rounded = cut;
    return true;
}

void decimal_format(int64_t n, int digits, bool fixed, char out[32])
{
    assert(digits >= 0 && digits <= DIGITS_MAX);
    char back[32]; /* from the last digit to the first */
    size_t size = 0;
    uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    for (int i = 0; i < digits; i++, left /= 10) {
        if (fixed || size > 0 || left % 10 != 0)
            back[size++] = (char)('0' + left % 10);
    }
    if (size > 0)
        back[size++] = '.';
    do {
        back[size++] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (n < 0)
        back[size++] = '-';
    for (size_t i = 0; i < size; i++)
        out[i] = back[size - 1 - i];
    out[size] = 0;
}
