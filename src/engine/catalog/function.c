/* The functions that expressions of a pack have besides CEL's own; doc/pack.md lists them. */
#include "engine/catalog/derive.h"
#include "engine/catalog/expression.h"
#include <math.h>
#include <stddef.h>

#define SECONDS_A_DAY 86400

struct cel_value catalog_day_value(day d)
{
    return (struct cel_value){.kind = CEL_TIMESTAMP, .i = (int64_t)d * SECONDS_A_DAY};
}

day catalog_value_day(const struct cel_value *timestamp)
{
    int64_t seconds = timestamp->i, days = seconds / SECONDS_A_DAY;
    return (day)(seconds % SECONDS_A_DAY < 0 ? days - 1 : days);
}

static bool give_int(struct cel_value *out, int64_t n)
{
    *out = (struct cel_value){.kind = CEL_INT, .i = n};
    return true;
}

static bool f_age(struct cel_run *run, void *user, const struct cel_value *x, size_t count,
                  struct cel_value *out)
{
    (void)run, (void)user, (void)count;
    return give_int(out, day_age(catalog_value_day(&x[0]), catalog_value_day(&x[1])));
}

static bool f_year(struct cel_run *run, void *user, const struct cel_value *x, size_t count,
                   struct cel_value *out)
{
    (void)run, (void)user, (void)count;
    return give_int(out, day_year(catalog_value_day(&x[0])));
}

static bool f_year_end(struct cel_run *run, void *user, const struct cel_value *x, size_t count,
                       struct cel_value *out)
{
    day end = 0;
    (void)user, (void)count;
    if (x[0].i < 1 || x[0].i > 9999 || !day_from_civil((struct civil){(int)x[0].i, 12, 31}, &end))
        return cel_fail(run, "year_end: no such year");
    *out = catalog_day_value(end);
    return true;
}

static bool f_date(struct cel_run *run, void *user, const struct cel_value *x, size_t count,
                   struct cel_value *out)
{
    day d = 0;
    (void)user, (void)count;
    if (!day_parse(x[0].s, &d))
        return cel_fail(run, "date: not a date like 2019-03-05");
    *out = catalog_day_value(d);
    return true;
}

/* Completed months; negative when `to` lies before `from`. */
static bool f_months(struct cel_run *run, void *user, const struct cel_value *x, size_t count,
                     struct cel_value *out)
{
    (void)run, (void)user, (void)count;
    day from = catalog_value_day(&x[0]), to = catalog_value_day(&x[1]);
    bool back = to < from;
    day first = back ? to : from, second = back ? from : to;
    struct civil a = day_to_civil(first), b = day_to_civil(second);
    int months = (b.year - a.year) * 12 + b.month - a.month;
    if (day_add_months(first, months) > second)
        months--;
    return give_int(out, back ? -months : months);
}

static bool f_yuan_int(struct cel_run *run, void *user, const struct cel_value *x, size_t count,
                       struct cel_value *out)
{
    int64_t n = 0;
    (void)user, (void)count;
    if (__builtin_mul_overflow(x[0].i, 100, &n))
        return cel_fail(run, "yuan: too large");
    return give_int(out, n);
}

static bool f_yuan_double(struct cel_run *run, void *user, const struct cel_value *x, size_t count,
                          struct cel_value *out)
{
    (void)user, (void)count;
    double n = round(x[0].d * 100);
    if (!(fabs(n) < 9e18))
        return cel_fail(run, "yuan: too large");
    return give_int(out, (int64_t)n);
}

static bool f_div(struct cel_run *run, void *user, const struct cel_value *x, size_t count,
                  struct cel_value *out)
{
    int64_t a = x[0].i, b = x[1].i;
    (void)user, (void)count;
    if (b == 0)
        return cel_fail(run, "div: division by zero");
    if (a == INT64_MIN && b == -1)
        return cel_fail(run, "div: too large");
    int64_t quotient = a / b, rest = a % b;
    uint64_t left = rest < 0 ? 0 - (uint64_t)rest : (uint64_t)rest,
             size = b < 0 ? 0 - (uint64_t)b : (uint64_t)b;
    if (left >= size - left)
        quotient += (a < 0) == (b < 0) ? 1 : -1;
    return give_int(out, quotient);
}

static bool f_id_valid(struct cel_run *run, void *user, const struct cel_value *x, size_t count,
                       struct cel_value *out)
{
    (void)run, (void)user, (void)count;
    *out = (struct cel_value){.kind = CEL_BOOL, .b = derive_id_valid(x[0].s)};
    return true;
}

/* in_codes('sex', '男'): whether a table has a label. */
static bool f_in_codes(struct cel_run *run, void *user, const struct cel_value *x, size_t count,
                       struct cel_value *out)
{
    const struct catalog *c = user;
    (void)count;
    for (size_t i = 0; i < c->codes_count; i++) {
        const struct catalog_codes *codes = &c->codes[i];
        bool found = false;
        if (!text_equal(codes->id, x[0].s))
            continue;
        for (size_t k = 0; k < codes->count && !found; k++)
            found = text_equal(codes->at[k].label.zh, x[1].s);
        *out = (struct cel_value){.kind = CEL_BOOL, .b = found};
        return true;
    }
    return cel_fail(run, "in_codes: no such code table");
}

static void tell_unset(const struct catalog *c, void *host, struct text what, struct text who)
{
    if (c->reader != NULL && c->reader->unset != NULL)
        c->reader->unset(host, what, who);
}

/* What a reader is told lives as long as the catalogue. */
static struct text what_of_line(const struct catalog *c, struct text kind)
{
    for (size_t i = 0; i < c->line_count; i++)
        if (text_equal(c->lines[i].kind, kind))
            return c->lines[i].what;
    return TEXT("line");
}

static bool f_line(struct cel_run *run, void *user, const struct cel_value *x, size_t count,
                   struct cel_value *out)
{
    const struct catalog *c = user;
    (void)count;
    struct text area = c->reader->village_code(run->host, x[1].rows.of, x[1].rows.first);
    const struct catalog_line *line = catalog_line(c, x[0].s, area, catalog_value_day(&x[2]));
    if (line != NULL && line->is_set)
        return give_int(out, line->amount);
    tell_unset(c, run->host, what_of_line(c, x[0].s), line != NULL ? line->who : TEXT_NONE);
    return cel_fail_absent(run);
}

bool parameter_get(void *host, const struct cel_class *of, uint32_t row, size_t field, struct cel_value *out)
{
    const struct catalog *c =
        (const struct catalog *)(const void *)((const char *)of - offsetof(struct catalog, param));
    struct text what = TEXT("param"), who = TEXT_NONE;
    for (size_t i = 0; i < c->parameter_count; i++) {
        const struct catalog_parameter *p = &c->parameters[i];
        if (p->class_field != field)
            continue;
        what = p->what;
        if (!dates_hold(p->dates, (day)row + DAY_MIN))
            continue;
        who = p->who;
        *out = p->value;
        if (p->is_set)
            return true;
    }
    tell_unset(c, host, what, who);
    return false;
}

bool functions_add(struct cel_env *env, const struct catalog *c, struct err *e)
{
    static const struct cel_type time = {.kind = CEL_TIMESTAMP}, whole = {.kind = CEL_INT},
                                 real = {.kind = CEL_DOUBLE}, string = {.kind = CEL_STRING},
                                 truth = {.kind = CEL_BOOL};
    static const struct cel_type times[] = {{.kind = CEL_TIMESTAMP}, {.kind = CEL_TIMESTAMP}},
                                 wholes[] = {{.kind = CEL_INT}, {.kind = CEL_INT}},
                                 strings[] = {{.kind = CEL_STRING}, {.kind = CEL_STRING}};
    const struct {
        const char *name;
        const struct cel_type *parameters;
        size_t count;
        struct cel_type result;
        cel_function *f;
        bool pure;
    } functions[] = {
        {"age", times, 2, whole, f_age, true},
        {"year", &time, 1, whole, f_year, true},
        {"year_end", &whole, 1, time, f_year_end, true},
        {"date", &string, 1, time, f_date, true},
        {"months", times, 2, whole, f_months, true},
        {"yuan", &whole, 1, whole, f_yuan_int, true},
        {"yuan", &real, 1, whole, f_yuan_double, true},
        {"div", wholes, 2, whole, f_div, true},
        {"id_valid", &string, 1, truth, f_id_valid, true},
        {"in_codes", strings, 2, truth, f_in_codes, false},
    };
    /* Read only; the environment's handle on its user is not const. */
    void *user = (void *)(uintptr_t)c;
    for (size_t i = 0; i < COUNT_OF(functions); i++)
        if (!cel_env_function(env, functions[i].name, false, functions[i].parameters, functions[i].count,
                              functions[i].result, functions[i].pure, functions[i].f, user, e))
            return false;
    const struct catalog_entity *village = catalog_entity(c, TEXT("village"));
    return village == NULL
           || cel_env_function(env, "line", false, village->line_parameters, 3, whole, false, f_line, user,
                               e);
}
