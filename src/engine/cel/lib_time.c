/* Arithmetic and selectors of timestamps and durations. */
#include "engine/cel/env.h"
#include "engine/cel/lib.h"
#include "engine/cel/value.h"

static bool range(struct cel_run *run) { return cel_raise(run, "out of range"); }

static bool give_timestamp(struct cel_run *run, int64_t seconds, int64_t nanos, struct cel_value *out)
{
    int64_t carry = nanos / CEL_NANOS;
    nanos -= carry * CEL_NANOS;
    if (nanos < 0) {
        nanos += CEL_NANOS;
        carry--;
    }
    if (__builtin_add_overflow(seconds, carry, &seconds) || seconds < CEL_SECOND_MIN
        || seconds > CEL_SECOND_MAX)
        return range(run);
    *out = (struct cel_value){.kind = CEL_TIMESTAMP, .nanos = (int32_t)nanos, .i = seconds};
    return true;
}

static bool shift(struct cel_run *run, const struct cel_value *time, const struct cel_value *by, int sign,
                  struct cel_value *out)
{
    int64_t nanos;
    if (!cel_duration_nanos(by, &nanos))
        return range(run);
    int64_t seconds = time->i + sign * (nanos / CEL_NANOS);
    return give_timestamp(run, seconds, time->nanos + sign * (nanos % CEL_NANOS), out);
}

static bool add_to_timestamp(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                             struct cel_value *out)
{
    (void)user;
    (void)count;
    return shift(run, &a[0], &a[1], 1, out);
}

static bool add_timestamp(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                          struct cel_value *out)
{
    (void)user;
    (void)count;
    return shift(run, &a[1], &a[0], 1, out);
}

static bool subtract_from_timestamp(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                                    struct cel_value *out)
{
    (void)user;
    (void)count;
    return shift(run, &a[0], &a[1], -1, out);
}

static bool between(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                    struct cel_value *out)
{
    (void)user;
    (void)count;
    int64_t nanos;
    if (__builtin_mul_overflow(a[0].i - a[1].i, (int64_t)CEL_NANOS, &nanos)
        || __builtin_add_overflow(nanos, (int64_t)a[0].nanos - a[1].nanos, &nanos))
        return range(run);
    *out = cel_duration_of(nanos);
    return true;
}

static bool add_durations(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                          struct cel_value *out)
{
    (void)user;
    (void)count;
    int64_t x, y, sum;
    if (!cel_duration_nanos(&a[0], &x) || !cel_duration_nanos(&a[1], &y)
        || __builtin_add_overflow(x, y, &sum))
        return range(run);
    *out = cel_duration_of(sum);
    return true;
}

static bool subtract_durations(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                               struct cel_value *out)
{
    (void)user;
    (void)count;
    int64_t x, y, difference;
    if (!cel_duration_nanos(&a[0], &x) || !cel_duration_nanos(&a[1], &y)
        || __builtin_sub_overflow(x, y, &difference))
        return range(run);
    *out = cel_duration_of(difference);
    return true;
}

/* "+11:00", "-02:30", "02:00": hours of one or two digits, minutes of two. */
static bool parse_offset(struct text t, int32_t *out)
{
    bool west = t.size > 0 && t.at[0] == '-';
    if (t.size > 0 && (t.at[0] == '-' || t.at[0] == '+'))
        t = text_slice(t, 1, t.size);
    size_t colon = text_find(t, TEXT(":"), 0);
    if (colon < 1 || colon > 2 || t.size != colon + 3)
        return false;
    int64_t hours, minutes;
    char c = t.at[0], d = t.at[colon + 1];
    if (c < '0' || c > '9' || d < '0' || d > '9' || !text_to_int(text_slice(t, 0, colon), &hours)
        || !text_to_int(text_slice(t, colon + 1, 2), &minutes) || hours > 23 || minutes > 59)
        return false;
    *out = (int32_t)((hours * 60 + minutes) * 60) * (west ? -1 : 1);
    return true;
}

/* Seconds since 1970 as a clock in the zone shows them; without a zone, UTC. */
static bool local_seconds(struct cel_run *run, const struct cel_env *env, const struct cel_value *a,
                          size_t count, int64_t *out)
{
    int32_t offset = 0;
    bool utc = count < 2 || text_equal(a[1].s, TEXT("UTC")) || text_equal(a[1].s, TEXT(""));
    if (!utc && !parse_offset(a[1].s, &offset) && (env->zone == NULL || !env->zone(a[1].s, a[0].i, &offset)))
        return cel_raise(run, "an unknown time zone");
    *out = a[0].i + offset;
    return true;
}

static int64_t floor_days(int64_t seconds) { return seconds / 86400 - (seconds % 86400 < 0); }

/* Which part of a date a selector gives. */
enum part { PART_YEAR, PART_MONTH, PART_DATE, PART_DAY_OF_MONTH, PART_DAY_OF_YEAR, PART_DAY_OF_WEEK };

static bool date_part(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                      enum part part, struct cel_value *out)
{
    int64_t seconds;
    if (!local_seconds(run, user, a, count, &seconds))
        return false;
    int64_t date = floor_days(seconds);
    struct civil c = cel_civil(date);
    switch (part) {
    case PART_YEAR:
        return cel_give_int(out, c.year);
    case PART_MONTH:
        return cel_give_int(out, c.month - 1);
    case PART_DATE:
        return cel_give_int(out, c.day);
    case PART_DAY_OF_MONTH:
        return cel_give_int(out, c.day - 1);
    case PART_DAY_OF_WEEK:
        return cel_give_int(out, ((date + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
    case PART_DAY_OF_YEAR:
        break;
    }
    return cel_give_int(out, date - cel_days(c.year, 1, 1));
}

static bool full_year(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                      struct cel_value *out)
{
    return date_part(run, user, a, count, PART_YEAR, out);
}
static bool month(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                  struct cel_value *out)
{
    return date_part(run, user, a, count, PART_MONTH, out);
}
static bool date(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                 struct cel_value *out)
{
    return date_part(run, user, a, count, PART_DATE, out);
}
static bool day_of_month(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                         struct cel_value *out)
{
    return date_part(run, user, a, count, PART_DAY_OF_MONTH, out);
}
static bool day_of_year(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                        struct cel_value *out)
{
    return date_part(run, user, a, count, PART_DAY_OF_YEAR, out);
}
static bool day_of_week(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                        struct cel_value *out)
{
    return date_part(run, user, a, count, PART_DAY_OF_WEEK, out);
}

static bool clock_part(struct cel_run *run, void *user, const struct cel_value *a, size_t count, int64_t unit,
                       int64_t limit, struct cel_value *out)
{
    int64_t seconds;
    if (!local_seconds(run, user, a, count, &seconds))
        return false;
    int64_t of_day = seconds - floor_days(seconds) * 86400;
    return cel_give_int(out, of_day / unit % limit);
}

static bool hours(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                  struct cel_value *out)
{
    return clock_part(run, user, a, count, 3600, 24, out);
}
static bool minutes(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                    struct cel_value *out)
{
    return clock_part(run, user, a, count, 60, 60, out);
}
static bool seconds(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                    struct cel_value *out)
{
    return clock_part(run, user, a, count, 1, 60, out);
}
static bool milliseconds(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                         struct cel_value *out)
{
    int64_t ignored;
    return local_seconds(run, user, a, count, &ignored) && cel_give_int(out, a[0].nanos / 1000000);
}

static bool whole_hours(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                        struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_int(out, a->i / 3600);
}
static bool whole_minutes(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                          struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_int(out, a->i / 60);
}
static bool whole_seconds(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                          struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_int(out, a->i);
}
static bool part_milliseconds(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                              struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_int(out, a->nanos / 1000000);
}

static const struct cel_row ROWS[] = {
    {"_+_", "tr>t", add_to_timestamp},
    {"_+_", "rt>t", add_timestamp},
    {"_+_", "rr>r", add_durations},
    {"_-_", "tt>r", between},
    {"_-_", "tr>t", subtract_from_timestamp},
    {"_-_", "rr>r", subtract_durations},
    {"getFullYear", ".t>i", full_year},
    {"getFullYear", ".ts>i", full_year},
    {"getMonth", ".t>i", month},
    {"getMonth", ".ts>i", month},
    {"getDate", ".t>i", date},
    {"getDate", ".ts>i", date},
    {"getDayOfMonth", ".t>i", day_of_month},
    {"getDayOfMonth", ".ts>i", day_of_month},
    {"getDayOfYear", ".t>i", day_of_year},
    {"getDayOfYear", ".ts>i", day_of_year},
    {"getDayOfWeek", ".t>i", day_of_week},
    {"getDayOfWeek", ".ts>i", day_of_week},
    {"getHours", ".t>i", hours},
    {"getHours", ".ts>i", hours},
    {"getHours", ".r>i", whole_hours},
    {"getMinutes", ".t>i", minutes},
    {"getMinutes", ".ts>i", minutes},
    {"getMinutes", ".r>i", whole_minutes},
    {"getSeconds", ".t>i", seconds},
    {"getSeconds", ".ts>i", seconds},
    {"getSeconds", ".r>i", whole_seconds},
    {"getMilliseconds", ".t>i", milliseconds},
    {"getMilliseconds", ".ts>i", milliseconds},
    {"getMilliseconds", ".r>i", part_milliseconds},
};
const struct cel_table CEL_TABLE_TIME = {ROWS, COUNT_OF(ROWS)};
