/* Excel counts days from 1900-01-01 = 1 and believes in a 29 February 1900 (60), as Lotus 1-2-3 did; or, in
 * the 1904 system, from 1904-01-01 = 0. */
#include "format/sheet/iso.h"
#include "format/sheet/chars.h"
#include <math.h>
#include <stdio.h>

#define SERIAL_MAX 2958465.0 /* 9999-12-31 in the 1900 system */
#define DAY_MS 86400000
#define DAY_1899_12_31 (-25568)
#define DAY_1904_01_01 (-24107)
#define SERIAL_LEAP 60 /* the day that never was */

/* Days and milliseconds, rounded to milliseconds; false outside the range. */
static bool split(double serial, int64_t *days_out, int32_t *ms_out)
{
    if (!(serial >= 0 && serial <= SERIAL_MAX))
        return false;
    double whole = floor(serial);
    int64_t days = (int64_t)whole;
    int64_t ms = (int64_t)round((serial - whole) * DAY_MS);
    if (ms == DAY_MS) {
        days++;
        ms = 0;
    }
    *days_out = days;
    *ms_out = (int32_t)ms;
    return true;
}

static day day_of(int64_t days, bool date1904)
{
    if (date1904)
        return (day)(DAY_1904_01_01 + days);
    return (day)(DAY_1899_12_31 + days - (days > SERIAL_LEAP));
}

bool sheet_serial(double serial, bool date1904, day *day_out, int32_t *ms_out)
{
    int64_t days = 0;
    int32_t ms = 0;
    if (!split(serial, &days, &ms) || (!date1904 && days == SERIAL_LEAP))
        return false;
    bool time_only = serial < 1 && days == 0;
    day d = day_of(days, date1904);
    if (d > DAY_MAX)
        return false;
    *day_out = time_only ? DAY_NONE : d;
    *ms_out = ms;
    return true;
}

static size_t clock_text(int32_t ms, char *out, size_t room)
{
    int s = ms / 1000;
    int n = snprintf(out, room, "%02d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    if (ms % 1000 != 0)
        n += snprintf(out + n, room - (size_t)n, ".%03d", ms % 1000);
    return (size_t)n;
}

bool iso_from_serial(double serial, bool date1904, char out[32])
{
    int64_t days = 0;
    int32_t ms = 0;
    if (!split(serial, &days, &ms) || day_of(days, date1904) > DAY_MAX)
        return false;
    if (serial < 1 && days == 0) {
        (void)clock_text(ms, out, 32);
        return true;
    }
    if (!date1904 && days == SERIAL_LEAP)
        memcpy(out, "1900-02-29", 11);
    else
        day_format(day_of(days, date1904), out);
    if (ms != 0) {
        out[10] = 'T';
        (void)clock_text(ms, out + 11, 21);
    }
    return true;
}

/* `count` digits at p as a number. */
static bool digits(struct text t, size_t from, size_t count, int *out)
{
    if (t.size < from + count)
        return false;
    int n = 0;
    for (size_t i = from; i < from + count; i++) {
        if (t.at[i] < '0' || t.at[i] > '9')
            return false;
        n = n * 10 + (t.at[i] - '0');
    }
    *out = n;
    return true;
}

static bool char_at(struct text t, size_t i, char c) { return i < t.size && t.at[i] == c; }

/* What may stand behind a time: nothing, Z, or +08:00. */
static bool is_zone(struct text t)
{
    int h = 0, m = 0;
    if (t.size == 0 || text_equal(t, TEXT("Z")))
        return true;
    return t.size == 6 && (t.at[0] == '+' || t.at[0] == '-') && digits(t, 1, 2, &h) && t.at[3] == ':'
           && digits(t, 4, 2, &m);
}

/* "08:30", "08:30:15", "08:30:15.25", zone behind -> fraction of a day. */
static bool clock_read(struct text t, double *out)
{
    int h = 0, m = 0, s = 0;
    double part = 0, unit = 0.1;
    if (!digits(t, 0, 2, &h) || !char_at(t, 2, ':') || !digits(t, 3, 2, &m))
        return false;
    size_t i = 5;
    if (char_at(t, i, ':')) {
        if (!digits(t, i + 1, 2, &s))
            return false;
        i += 3;
        if (char_at(t, i, '.'))
            for (i++; i < t.size && t.at[i] >= '0' && t.at[i] <= '9'; i++, unit /= 10)
                part += unit * (t.at[i] - '0');
    }
    if (h > 24 || m > 59 || s > 60 || !is_zone(text_slice(t, i, t.size)))
        return false;
    *out = (h * 3600 + m * 60 + s + part) / 86400.0;
    return true;
}

/* The parts of such a text; *day_out is DAY_NONE for a time alone. */
static bool parts_read(struct text t, day *day_out, double *clock_out)
{
    *clock_out = 0;
    *day_out = DAY_NONE;
    if (!char_at(t, 4, '-'))
        return clock_read(char_at(t, 0, 'T') ? text_slice(t, 1, t.size) : t, clock_out);
    struct civil c = {0};
    if (!digits(t, 0, 4, &c.year) || !digits(t, 5, 2, &c.month) || !char_at(t, 7, '-')
        || !digits(t, 8, 2, &c.day) || !day_from_civil(c, day_out))
        return false;
    if (t.size <= 10 || (t.size == 11 && t.at[10] == 'Z'))
        return true;
    return (t.at[10] == 'T' || t.at[10] == ' ') && clock_read(text_slice(t, 11, t.size), clock_out);
}

bool iso_to_serial(struct text t, bool date1904, double *out)
{
    day d = 0;
    double clock = 0;
    if (!parts_read(t, &d, &clock))
        return false;
    if (d == DAY_NONE) {
        *out = clock;
        return true;
    }
    int64_t days = date1904 ? (int64_t)d - DAY_1904_01_01 : (int64_t)d - DAY_1899_12_31;
    if (!date1904 && days >= SERIAL_LEAP)
        days++;
    *out = (double)days + clock;
    return true;
}

bool iso_duration(struct text t, double *days_out)
{
    if (!text_starts_with(t, TEXT("PT")) || t.size < 4)
        return false;
    double seconds = 0;
    for (size_t i = 2; i < t.size; i++) {
        size_t from = i;
        double n = 0;
        while (i < t.size && ((t.at[i] >= '0' && t.at[i] <= '9') || t.at[i] == '.'))
            i++;
        if (i == t.size || !chars_to_double(text_slice(t, from, i - from), &n))
            return false;
        double unit = t.at[i] == 'H' ? 3600 : t.at[i] == 'M' ? 60 : t.at[i] == 'S' ? 1 : 0;
        if (unit <= 0)
            return false;
        seconds += n * unit;
    }
    *days_out = seconds / 86400;
    return true;
}

bool iso_from_text(struct text t, char out[32])
{
    day d = 0;
    double clock = 0;
    if (!parts_read(t, &d, &clock))
        return false;
    int32_t ms = (int32_t)round(clock * DAY_MS);
    if (ms >= DAY_MS && d != DAY_NONE) {
        d++;
        ms -= DAY_MS;
    }
    if (d == DAY_NONE) {
        (void)clock_text(ms, out, 32);
        return true;
    }
    day_format(d, out);
    if (ms != 0) {
        out[10] = 'T';
        (void)clock_text(ms, out + 11, 21);
    }
    return true;
}
