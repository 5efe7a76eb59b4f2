/* Dates and years as people write them. The year has four digits and comes first; anything else is refused.
 */
#include "engine/catalog/coerce_part.h"
#include <math.h>

/* What may stand as a year; a plain number in this range in a column of dates is a year, no serial. */
#define YEAR_MIN 1900
#define YEAR_MAX 2100

/* Reads one to `most` digits. */
static bool take_number(struct text t, size_t *at, size_t most, int *out)
{
    size_t start = *at;
    int n = 0;
    while (*at < t.size && *at - start < most && t.at[*at] >= '0' && t.at[*at] <= '9')
        n = n * 10 + (t.at[(*at)++] - '0');
    *out = n;
    return *at > start;
}

/* Moves behind the first of the marks ("年", ".") that stands there. */
static bool take_mark(struct text t, size_t *at, const char *const *marks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!text_starts_with(text_slice(t, *at, SIZE_MAX), text_of(marks[i])))
            continue;
        *at += strlen(marks[i]);
        return true;
    }
    return false;
}

/* 00:00:00, 8:30, 00:00:00.000: a time of day behind the date, which is dropped. */
static bool is_time(struct text t)
{
    int hour = 0, minute = 0, second = 0;
    size_t at = 0;
    static const char *const colon[] = {":"}, *const point[] = {"."};
    if (!take_number(t, &at, 2, &hour) || !take_mark(t, &at, colon, 1) || !take_number(t, &at, 2, &minute))
        return false;
    if (take_mark(t, &at, colon, 1) && !take_number(t, &at, 2, &second))
        return false;
    if (take_mark(t, &at, point, 1) && !take_number(t, &at, 6, &(int){0}))
        return false;
    at += text_ends_with(t, TEXT("Z")) ? 1 : 0;
    return at == t.size && hour < 24 && minute < 60 && second < 60;
}

static bool separated(struct text t, struct civil *out)
{
    static const char *const after_year[] = {"年", ".", "/", "-", "—", "–", "、", "。"};
    static const char *const after_month[] = {"月", ".", "/", "-", "—", "–", "、", "。"};
    static const char *const after_day[] = {"日", "号"};
    size_t at = 0;
    if (!take_number(t, &at, 4, &out->year) || at != 4 || !take_mark(t, &at, after_year, COUNT_OF(after_year))
        || !take_number(t, &at, 2, &out->month) || !take_mark(t, &at, after_month, COUNT_OF(after_month))
        || !take_number(t, &at, 2, &out->day))
        return false;
    (void)take_mark(t, &at, after_day, COUNT_OF(after_day));
    struct text rest = text_trim(text_slice(t, at, SIZE_MAX));
    if (text_starts_with(rest, TEXT("T")))
        rest = text_trim(text_slice(rest, 1, SIZE_MAX));
    return rest.size == 0 || is_time(rest);
}

static bool together(struct text t, struct civil *out)
{
    for (size_t i = 0; i < t.size; i++)
        if (t.at[i] < '0' || t.at[i] > '9')
            return false;
    size_t at = 0;
    return t.size == 8 && take_number(t, &at, 4, &out->year) && take_number(t, &at, 2, &out->month)
           && take_number(t, &at, 2, &out->day);
}

/* Half-width; blanks stay one apart from the time of day, and go elsewhere ("2019 年 3 月 5 日"). */
static struct text loosen(const struct coercion *c, struct text t)
{
    size_t colon = text_find(t, TEXT(":"), 0), cut = t.size;
    colon = colon == SIZE_MAX ? text_find(t, TEXT("："), 0) : colon;
    if (colon == SIZE_MAX)
        return coerce_tight(c, t);
    for (cut = colon; cut > 0 && t.at[cut - 1] != ' ' && t.at[cut - 1] != 'T';)
        cut--;
    struct text head = coerce_tight(c, text_slice(t, 0, cut)),
                tail = coerce_tight(c, text_slice(t, cut, SIZE_MAX));
    return head.at == NULL || tail.at == NULL
               ? TEXT_NONE
               : text_format(c->arena, "%.*s %.*s", TEXT_ARG(head), TEXT_ARG(tail));
}

static bool from_text(const struct coercion *c, struct text written, day *out)
{
    struct text t = loosen(c, written);
    struct civil civil = {0};
    return t.at != NULL && (separated(t, &civil) || together(t, &civil)) && day_from_civil(civil, out);
}

static bool from_number(const struct coercion *c, day *out)
{
    struct text written = coerce_number_text(c, c->cell->number);
    struct civil civil = {0};
    if (written.at != NULL && together(written, &civil))
        return day_from_civil(civil, out);
    *out = c->cell->date;
    /* A serial without a date format: days of 1927 to 2119, so that neither years nor 201903 pass for one. */
    return c->cell->date != DAY_NONE && c->cell->number >= 10000 && c->cell->number < 80000;
}

bool coerce_date(const struct coercion *c)
{
    day date = DAY_NONE;
    bool fine = false;
    if (c->cell->kind == CELL_TEXT)
        fine = from_text(c, c->cell->text, &date);
    else if (c->cell->kind == CELL_NUMBER)
        fine = from_number(c, &date);
    else if (c->cell->kind == CELL_DATE)
        fine = (date = c->cell->date) != DAY_NONE;
    if (!fine)
        return coerce_fail(c, &COERCE_DATE);
    c->out->value = value_int(date);
    return true;
}

static bool year_from_text(const struct coercion *c, int *out)
{
    static const char *const year[] = {"年度", "年"}, *const zero[] = {".0", ".00"};
    struct text t = coerce_tight(c, c->cell->text);
    size_t at = 0;
    if (t.at == NULL || !take_number(t, &at, 4, out))
        return false;
    (void)(take_mark(t, &at, year, COUNT_OF(year)) || take_mark(t, &at, zero, COUNT_OF(zero)));
    return at == t.size;
}

bool coerce_year(const struct coercion *c)
{
    int year = 0;
    double number = c->cell->number;
    bool fine = false;
    if (c->cell->kind == CELL_TEXT)
        fine = year_from_text(c, &year);
    else if (c->cell->kind != CELL_BOOL && number >= YEAR_MIN && number <= YEAR_MAX
             && number == floor(number))
        fine = (year = (int)number) > 0;
    else if (c->cell->kind == CELL_DATE && c->cell->date != DAY_NONE)
        fine = (year = day_year(c->cell->date)) > 0;
    if (!fine || year < YEAR_MIN || year > YEAR_MAX)
        return coerce_fail(c, &COERCE_YEAR);
    c->out->value = value_int(year);
    return true;
}
