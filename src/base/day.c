/* Days since 1970-01-01 in the proleptic Gregorian calendar.
 *
 * Years are counted from March so that the leap day ends a year; the two conversions follow Howard Hinnant,
 * "chrono-compatible low-level date algorithms".
 */
#include "base/value.h"
#include <assert.h>

#define DAYS_ERA 146097      /* in 400 years */
#define DAYS_TO_EPOCH 719468 /* 0000-03-01 to 1970-01-01 */

static_assert(DAY_MIN == -719162 && DAY_MAX == 2932896, "years 0001 to 9999");

static bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

bool day_from_civil(struct civil c, day *out)
{
    if (c.year < 1 || c.year > 9999 || c.month < 1 || c.month > 12)
        return false;
    if (c.day < 1 || c.day > month_days(c.year, c.month))
        return false;
    int year = c.month <= 2 ? c.year - 1 : c.year;
    int era = year / 400, year_of_era = year - era * 400;
    int day_of_year = (153 * (c.month + (c.month > 2 ? -3 : 9)) + 2) / 5 + c.day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    *out = era * DAYS_ERA + day_of_era - DAYS_TO_EPOCH;
    return true;
}

struct civil day_to_civil(day d)
{
    assert(d >= DAY_MIN && d <= DAY_MAX);
    int z = d + DAYS_TO_EPOCH; /* > 0 for every day since 0001-01-01 */
    int era = z / DAYS_ERA, day_of_era = z - era * DAYS_ERA;
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted = (5 * day_of_year + 2) / 153;
    struct civil c = {.month = shifted < 10 ? shifted + 3 : shifted - 9,
                      .day = day_of_year - (153 * shifted + 2) / 5 + 1};
    c.year = year_of_era + era * 400 + (c.month <= 2 ? 1 : 0);
    return c;
}

int day_age(day birth, day on)
{
    struct civil b = day_to_civil(birth), o = day_to_civil(on);
    bool before = o.month != b.month ? o.month < b.month : o.day < b.day;
    return o.year - b.year - (before ? 1 : 0);
}

day day_add_months(day d, int months)
{
    struct civil c = day_to_civil(d);
    int64_t index = (int64_t)c.year * 12 + c.month - 1 + months;
    if (index < 12)
        return DAY_MIN;
    if (index >= 10000 * 12)
        return DAY_MAX;
    struct civil then = {.year = (int)(index / 12), .month = (int)(index % 12) + 1};
    int last = month_days(then.year, then.month);
    then.day = c.day < last ? c.day : last;
    day out = d;
    bool valid = day_from_civil(then, &out);
    assert(valid);
    return valid ? out : d;
}

/* `count` digits at `at` as a number, or -1. */
static int digits_at(struct text t, size_t at, size_t count)
{
    int n = 0;
    for (size_t i = at; i < at + count; i++) {
        if (t.at[i] < '0' || t.at[i] > '9')
            return -1;
        n = n * 10 + (t.at[i] - '0');
    }
    return n;
}

bool day_parse(struct text t, day *out)
{
    if (t.size != 10 || t.at[4] != '-' || t.at[7] != '-')
        return false;
    struct civil c = {digits_at(t, 0, 4), digits_at(t, 5, 2), digits_at(t, 8, 2)};
    return day_from_civil(c, out);
}

void day_format(day d, char out[11])
{
    struct civil c = day_to_civil(d);
    const int part[] = {c.year / 1000, c.year / 100, c.year / 10, c.year,     -1,
                        c.month / 10,  c.month,      -1,          c.day / 10, c.day};
    for (size_t i = 0; i < COUNT_OF(part); i++)
        out[i] = part[i] < 0 ? '-' : (char)('0' + part[i] % 10);
    out[10] = 0;
}
