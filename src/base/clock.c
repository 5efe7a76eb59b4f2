/* The one place that asks the system for the time. A test may stop the clock where it likes. */
#include "base/system.h"
#include <stdatomic.h>
#include <time.h>

#define MS_DAY 86400000
#define OFFICE_ZONE_MS (8 * 3600 * 1000) /* UTC+8; China keeps no summer time */

static _Atomic int64_t turned = -1; /* negative: the real clock */

static int64_t read_ms(clockid_t which)
{
    struct timespec t = {0};
    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_now_ms(void)
{
    int64_t ms = atomic_load(&turned);
    return ms >= 0 ? ms : read_ms(CLOCK_REALTIME);
}

day clock_today(void) { return (day)((clock_now_ms() + OFFICE_ZONE_MS) / MS_DAY); }

int64_t clock_steady_ms(void) { return read_ms(CLOCK_MONOTONIC); }

void clock_turn(int64_t ms) { atomic_store(&turned, ms); }

void clock_format(int64_t ms, char out[25])
{
    int64_t days = ms / MS_DAY, rest = ms % MS_DAY;
    if (rest < 0) {
        rest += MS_DAY;
        days--;
    }
    days = days < DAY_MIN ? DAY_MIN : days > DAY_MAX ? DAY_MAX : days;
    day_format((day)days, out);
    unsigned of_day = (unsigned)rest;
    snprintf(out + 10, 15, "T%02u:%02u:%02u.%03uZ", of_day / 3600000 % 24, of_day / 60000 % 60,
             of_day / 1000 % 60, of_day % 1000);
}
