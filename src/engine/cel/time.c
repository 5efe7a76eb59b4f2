/* Reading timestamps and durations. */
#include "engine/cel/lib.h"

__extension__ typedef unsigned __int128 wide;

/* Exactly `count` digits at *at. */
static bool digits(struct text t, size_t *at, size_t count, int *out)
{
    int n = 0;
    for (size_t i = 0; i < count; i++, ++*at) {
        if (*at >= t.size || t.at[*at] < '0' || t.at[*at] > '9')
            return false;
        n = n * 10 + (t.at[*at] - '0');
    }
    *out = n;
    return true;
}

static bool mark(struct text t, size_t *at, char c)
{
    if (*at >= t.size || t.at[*at] != c)
        return false;
    ++*at;
    return true;
}

/* .123: digits beyond nanoseconds are read over. */
static bool fraction(struct text t, size_t *at, int32_t *nanos)
{
    *nanos = 0;
    if (!mark(t, at, '.'))
        return true;
    size_t begin = *at;
    int32_t unit = CEL_NANOS / 10;
    for (; *at < t.size && t.at[*at] >= '0' && t.at[*at] <= '9'; ++*at, unit /= 10)
        *nanos += (t.at[*at] - '0') * unit;
    return *at > begin;
}

/* Z, +08:00, -02:30; in seconds east of UTC. */
static bool offset(struct text t, size_t *at, int *out)
{
    *out = 0;
    if (mark(t, at, 'Z'))
        return true;
    bool west = mark(t, at, '-');
    int hours, minutes;
    if ((!west && !mark(t, at, '+')) || !digits(t, at, 2, &hours) || !mark(t, at, ':')
        || !digits(t, at, 2, &minutes))
        return false;
    *out = (hours * 60 + minutes) * 60 * (west ? -1 : 1);
    return hours < 24 && minutes < 60;
}

/* Years begin on 1 March, so that the leap day is a year's last; 400 years are 146097 days. */
struct civil cel_civil(int64_t days)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t of_era = shifted - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int month = (int)((5 * of_year + 2) / 153);
    return (struct civil){(int)(year + era * 400 + (month >= 10)), month < 10 ? month + 3 : month - 9,
                          (int)(of_year - (153 * month + 2) / 5 + 1)};
}

int64_t cel_days(int64_t year, int month, int day_of_month)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day_of_month - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool cel_parse_timestamp(struct text t, struct cel_value *out)
{
    size_t at = 0;
    struct civil c;
    int hour, minute, second, east;
    int32_t nanos;
    day date;
    bool read = digits(t, &at, 4, &c.year) && mark(t, &at, '-') && digits(t, &at, 2, &c.month)
                && mark(t, &at, '-') && digits(t, &at, 2, &c.day) && mark(t, &at, 'T')
                && digits(t, &at, 2, &hour) && mark(t, &at, ':') && digits(t, &at, 2, &minute)
                && mark(t, &at, ':') && digits(t, &at, 2, &second) && fraction(t, &at, &nanos)
                && offset(t, &at, &east) && at == t.size;
    if (!read || hour > 23 || minute > 59 || second > 59 || !day_from_civil(c, &date))
        return false;
    int64_t seconds = (int64_t)date * 86400 + hour * 3600 + minute * 60 + second - east;
    if (seconds < CEL_SECOND_MIN || seconds > CEL_SECOND_MAX)
        return false;
    *out = (struct cel_value){.kind = CEL_TIMESTAMP, .nanos = nanos, .i = seconds};
    return true;
}

struct cel_value cel_duration_of(int64_t nanos)
{
    return (struct cel_value){
        .kind = CEL_DURATION, .nanos = (int32_t)(nanos % CEL_NANOS), .i = nanos / CEL_NANOS};
}

bool cel_duration_nanos(const struct cel_value *v, int64_t *out)
{
    int64_t whole;
    return !__builtin_mul_overflow(v->i, (int64_t)CEL_NANOS, &whole)
           && !__builtin_add_overflow(whole, v->nanos, out);
}

/* A unit's nanoseconds; moves behind it. 0: no unit. */
static uint64_t unit(struct text t, size_t *at)
{
    static const struct {
        const char *name;
        uint64_t nanos;
    } units[] = {{"ns", 1},       {"us", 1000},       {"µs", 1000},        {"μs", 1000},
                 {"ms", 1000000}, {"s", 1000000000u}, {"m", 60000000000u}, {"h", 3600000000000u}};
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        struct text name = text_of(units[i].name);
        if (text_starts_with(text_slice(t, *at, t.size), name)) {
            *at += name.size;
            return units[i].nanos;
        }
    }
    return 0;
}

/* One part, "1.5h", added to *sum. */
static bool part(struct text t, size_t *at, uint64_t *sum)
{
    uint64_t whole = 0, above = 0, below = 1;
    size_t begin = *at;
    for (; *at < t.size && t.at[*at] >= '0' && t.at[*at] <= '9'; ++*at) {
        if (__builtin_mul_overflow(whole, 10u, &whole)
            || __builtin_add_overflow(whole, (uint64_t)(t.at[*at] - '0'), &whole))
            return false;
    }
    size_t count = *at - begin;
    if (mark(t, at, '.')) {
        for (; *at < t.size && t.at[*at] >= '0' && t.at[*at] <= '9'; ++*at, count++) {
            if (below < 1000000000000000u) { /* finer digits are below a nanosecond of any unit */
                above = above * 10 + (uint64_t)(t.at[*at] - '0');
                below *= 10;
            }
        }
    }
    uint64_t nanos = count == 0 ? 0 : unit(t, at);
    if (nanos == 0 || __builtin_mul_overflow(whole, nanos, &whole)
        || __builtin_add_overflow(*sum, whole, sum))
        return false;
    uint64_t fine = (uint64_t)((wide)above * nanos / below);
    return !__builtin_add_overflow(*sum, fine, sum);
}

bool cel_parse_duration(struct text t, struct cel_value *out)
{
    size_t at = 0;
    bool negative = mark(t, &at, '-');
    if (!negative)
        (void)mark(t, &at, '+');
    uint64_t sum = 0;
    bool good = text_equal(text_slice(t, at, t.size), TEXT("0"));
    if (!good) {
        good = at < t.size;
        while (good && at < t.size)
            good = part(t, &at, &sum);
    }
    if (!good || sum > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return false;
    *out = cel_duration_of(negative ? (int64_t)(0 - sum) : (int64_t)sum);
    return true;
}
