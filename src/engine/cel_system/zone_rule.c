/* POSIX's TZ rules: names and offsets of standard and summer time, and the days on which they change. */
#include "base/value.h"
#include "engine/cel_system/zone.h"

struct reader {
    struct text t;
    size_t at;
};
/* A day of the year on which the clock changes, and the second of that day. */
struct change {
    char form; /* 'M', 'J', '0' */
    int month, week, day;
    int64_t second;
};

static char peek(const struct reader *r) { return r->at < r->t.size ? r->t.at[r->at] : '\0'; }
static bool take(struct reader *r, char c)
{
    if (peek(r) != c || r->at >= r->t.size)
        return false;
    r->at++;
    return true;
}

static bool number(struct reader *r, int most, int *out)
{
    int n = 0;
    size_t begin = r->at;
    for (; peek(r) >= '0' && peek(r) <= '9' && n <= most; r->at++)
        n = n * 10 + (peek(r) - '0');
    *out = n;
    return r->at > begin && n <= most;
}

/* EST, or <+08> */
static bool name(struct reader *r)
{
    size_t begin = r->at;
    if (take(r, '<')) {
        while (r->at < r->t.size && peek(r) != '>')
            r->at++;
        return take(r, '>');
    }
    while ((peek(r) >= 'A' && peek(r) <= 'Z') || (peek(r) >= 'a' && peek(r) <= 'z'))
        r->at++;
    return r->at - begin >= 3;
}

/* [+-]hh[:mm[:ss]] in seconds */
static bool clock(struct reader *r, int64_t *out)
{
    int sign = take(r, '-') ? -1 : 1;
    if (sign > 0)
        (void)take(r, '+');
    int hours, minutes = 0, seconds = 0;
    if (!number(r, 167, &hours) || (take(r, ':') && !number(r, 59, &minutes))
        || (take(r, ':') && !number(r, 59, &seconds)))
        return false;
    *out = (int64_t)sign * (hours * 3600 + minutes * 60 + seconds);
    return true;
}

/* ,M3.2.0/2 */
static bool change(struct reader *r, struct change *out)
{
    if (!take(r, ','))
        return false;
    *out = (struct change){.form = '0', .second = 7200};
    bool good;
    if (take(r, 'M')) {
        out->form = 'M';
        good = number(r, 12, &out->month) && take(r, '.') && number(r, 5, &out->week) && take(r, '.')
               && number(r, 6, &out->day) && out->month > 0 && out->week > 0;
    } else {
        if (take(r, 'J'))
            out->form = 'J';
        good = number(r, 365, &out->day);
    }
    return good && (!take(r, '/') || clock(r, &out->second));
}

static bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

/* The day of the `week`-th (5: last) weekday of a month. */
static day weekday_of(int year, const struct change *c)
{
    day first = 0, next = 0;
    struct civil following =
        c->month == 12 ? (struct civil){year + 1, 1, 1} : (struct civil){year, c->month + 1, 1};
    if (!day_from_civil((struct civil){year, c->month, 1}, &first) || !day_from_civil(following, &next))
        return first;
    int weekday = ((first + 4) % 7 + 7) % 7;
    day found = first + (c->day - weekday + 7) % 7 + 7 * (c->week - 1);
    while (found >= next)
        found -= 7;
    return found;
}

/* Seconds since 1970 at which the change falls, by a clock that shows UTC. */
static int64_t moment(int year, const struct change *c)
{
    day first = 0;
    if (!day_from_civil((struct civil){year, 1, 1}, &first))
        return 0;
    day date = c->form == 'M'   ? weekday_of(year, c)
               : c->form == 'J' ? first + c->day - 1 + (is_leap(year) && c->day > 59)
                                : first + c->day;
    return (int64_t)date * 86400 + c->second;
}

/* Offsets in TZ count west; ours count east. */
bool zone_rule_offset(struct text rule, int64_t seconds, int32_t *offset_out)
{
    struct reader r = {.t = rule};
    int64_t standard, summer;
    struct change begin, end;
    if (!name(&r) || !clock(&r, &standard))
        return false;
    *offset_out = (int32_t)-standard;
    if (r.at == rule.size)
        return true;
    summer = standard - 3600;
    if (!name(&r) || (peek(&r) != ',' && !clock(&r, &summer)) || !change(&r, &begin) || !change(&r, &end))
        return false;
    int64_t days = (seconds - standard) / 86400 - ((seconds - standard) % 86400 < 0);
    int year = day_year((day)(days < DAY_MIN ? DAY_MIN : days > DAY_MAX ? DAY_MAX : days));
    int64_t from = moment(year, &begin) + standard, to = moment(year, &end) + summer;
    bool is_summer = from <= to ? seconds >= from && seconds < to : seconds >= from || seconds < to;
    *offset_out = (int32_t) - (is_summer ? summer : standard);
    return true;
}
