/* Whole numbers, decimals and money, in the unit of the field. No floating point touches them but to read how
 * a workbook's number is spelt.
 */
#include "engine/catalog/coerce_part.h"

#define DIGITS_MAX 9 /* of decimal_parse */

/* What the field counts in: money without a unit of its own is yuan. */
static struct text unit_of(const struct catalog_field *field)
{
    return field->unit.size == 0 && field->type == FIELD_MONEY ? TEXT("元") : field->unit;
}

/* Where the number ends and its unit begins. */
static size_t number_size(struct text t)
{
    size_t at = 0;
    while (at < t.size && (strchr("+-0123456789.,", t.at[at]) != NULL && t.at[at] != '\0'))
        at++;
    return at;
}

static struct text without_currency(struct text t)
{
    static const char *const signs[] = {"¥", "￥", "RMB", "人民币"};
    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (text_starts_with(t, text_of(signs[i])))
            return text_slice(t, strlen(signs[i]), SIZE_MAX);
    return t;
}

static bool fail_number(const struct coercion *c, const struct err_kind *kind)
{
    struct text unit = unit_of(c->field);
    const char *sample = c->field->type == FIELD_INT ? "12" : "12.5";
    coerce_fail(c, kind);
    struct text expected = text_format(c->arena, "%s%.*s", sample, TEXT_ARG(unit));
    err_add(c->e, "expected", kind == &COERCE_UNIT ? unit : expected);
    return false;
}

/* 10^power and back, half away from zero. */
static bool scale(int64_t *n, int power, bool *rounded)
{
    for (; power > 0; power--)
        if (__builtin_mul_overflow(*n, 10, n))
            return false;
    if (power == 0)
        return true;
    int64_t divisor = 1;
    for (; power < 0; power++)
        if (__builtin_mul_overflow(divisor, 10, &divisor))
            return false;
    int64_t rest = *n % divisor;
    *n /= divisor;
    *rounded = *rounded || rest != 0;
    if (rest >= divisor - rest || rest <= -(divisor + rest))
        *n += rest > 0 ? 1 : rest < 0 ? -1 : 0;
    return true;
}

static bool looks_like_number(struct text t)
{
    size_t digits = 0;
    for (size_t i = 0; i < t.size; i++)
        digits += t.at[i] >= '0' && t.at[i] <= '9' ? 1 : 0;
    return digits > 15;
}

/* `number` in a unit that is `factor` times 10^shift of the field's. */
static bool convert(const struct coercion *c, struct text number, int64_t factor, int shift)
{
    int digits = c->field->digits + shift, read = digits < 0 ? 6 : digits > DIGITS_MAX ? DIGITS_MAX : digits;
    int64_t n = 0;
    bool rounded = false;
    if (!decimal_parse(number, read, &n, &rounded))
        return fail_number(c, looks_like_number(number) ? &COERCE_TOO_LARGE : &COERCE_NUMBER);
    if (__builtin_mul_overflow(n, factor, &n) || !scale(&n, digits - read, &rounded))
        return fail_number(c, &COERCE_TOO_LARGE);
    if (c->field->type == FIELD_INT && rounded)
        return fail_number(c, &COERCE_WHOLE);
    c->out->value = value_int(n);
    c->out->remark = rounded ? COERCE_ROUNDED : COERCE_AS_WRITTEN;
    return true;
}

bool coerce_number(const struct coercion *c)
{
    int64_t factor = 1;
    int shift = 0;
    struct text written = TEXT_NONE, unit = c->unit;
    if (c->cell->kind == CELL_NUMBER || c->cell->kind == CELL_DATE)
        written = coerce_number_text(c, c->cell->number);
    else if (c->cell->kind == CELL_TEXT)
        written = coerce_tight(c, c->cell->text);
    else
        return fail_number(c, &COERCE_NUMBER);
    if (written.at == NULL)
        return err_fail(c->e, &OUT_OF_MEMORY);
    /* A date where a number should stand is a slip of typing (3-5 turned into 5 March), not its serial. */
    if (c->cell->kind == CELL_DATE)
        return fail_number(c, &COERCE_NUMBER);
    written = without_currency(written);
    size_t size = number_size(written);
    struct text own = text_slice(written, size, SIZE_MAX);
    if (own.size > 0)
        unit = own;
    if (size == 0 || (own.size > 0 && !unit_convert(own, unit_of(c->field), &factor, &shift)))
        return fail_number(c, &COERCE_NUMBER);
    if (unit_of(c->field).size > 0 && !unit_convert(unit, unit_of(c->field), &factor, &shift))
        return fail_number(c, &COERCE_UNIT);
    return convert(c, text_slice(written, 0, size), factor, shift);
}
