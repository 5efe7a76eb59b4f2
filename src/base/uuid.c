/* UUID version 7 (RFC 9562): 48 bits of milliseconds, 12 bits that count within one, 62 random bits.
 *
 * Milliseconds and counter are one number that only grows, also when the clock is set back, so that ids of
 * one process are ordered by their making. Any thread may make one.
 */
#include "base/system.h"
#include <stdatomic.h>
#include <stdio.h>

static _Atomic uint64_t newest; /* milliseconds << 12 | counter */

static uint64_t next_stamp(void)
{
    uint64_t now = (uint64_t)clock_now_ms() << 12;
    uint64_t last = atomic_load(&newest), next;
    do
        next = now > last ? now : last + 1;
    while (!atomic_compare_exchange_weak(&newest, &last, next));
    return next;
}

struct uuid uuid_make(void)
{
    struct uuid u;
    uint64_t stamp = next_stamp(), ms = stamp >> 12;
    random_fill(u.at, sizeof u.at);
    for (int i = 0; i < 6; i++)
        u.at[i] = (unsigned char)(ms >> (40 - 8 * i));
    u.at[6] = (unsigned char)(0x70 | ((stamp >> 8) & 0x0F));
    u.at[7] = (unsigned char)stamp;
    u.at[8] = (unsigned char)(0x80 | (u.at[8] & 0x3F));
    return u;
}

void uuid_format(struct uuid u, char out[37])
{
    static const char hex[] = "0123456789abcdef";
    size_t at = 0;
    for (size_t i = 0; i < sizeof u.at; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            out[at++] = '-';
        out[at++] = hex[u.at[i] >> 4];
        out[at++] = hex[u.at[i] & 0x0F];
    }
    out[at] = 0;
}
