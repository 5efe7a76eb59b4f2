/* Identifiers: numbers of certificates, accounts, households. A spreadsheet that kept one as a number has
 * lost the digits behind the 15th: such a cell is refused, never mended.
 */
#include "engine/catalog/coerce_part.h"
#include <assert.h>
#include <math.h>

#define NUMBER_DIGITS_MAX 15 /* what a double and Excel keep exactly */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* 4.19933E+17: a number as a spreadsheet prints it when it is too long. */
static bool has_exponent(struct text t)
{
    size_t at = 0, point = 0;
    while (at < t.size && (is_digit(t.at[at]) || (t.at[at] == '.' && point++ == 0)))
        at++;
    if (at == 0 || at + 1 >= t.size || (t.at[at] != 'E' && t.at[at] != 'e') || !is_digit(t.at[0]))
        return false;
    bool plus = t.at[at + 1] == '+';
    size_t digits = at + (plus ? 2 : 1);
    for (size_t i = digits; i < t.size; i++)
        if (!is_digit(t.at[i]))
            return false;
    return digits < t.size && (plus || point > 0);
}

/* Takes off what spreadsheets and typists put around: '…, "…", ="…". */
static struct text strip(struct text t)
{
    static const char *const marks[] = {"'", "‘", "’", "`", "=", "\""};
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < COUNT_OF(marks); i++) {
            struct text mark = text_of(marks[i]);
            if (text_starts_with(t, mark)) {
                t = text_slice(t, mark.size, SIZE_MAX);
                again = true;
            }
        }
    }
    while (text_ends_with(t, TEXT("\"")) || text_ends_with(t, TEXT("'")))
        t.size--;
    return t;
}

static bool from_number(const struct coercion *c, struct text *out)
{
    double number = c->cell->number;
    struct text spelt = c->cell->text;
    if (has_exponent(spelt) || fabs(number) >= 1e15)
        return coerce_fail(c, &COERCE_IDENTIFIER_ROUNDED);
    if (number < 0 || number != floor(number))
        return coerce_fail(c, &COERCE_IDENTIFIER);
    *out = coerce_number_text(c, number);
    return out->at != NULL || err_fail(c->e, &OUT_OF_MEMORY);
}

static bool clean(const struct coercion *c, struct text *out)
{
    static_assert(NUMBER_DIGITS_MAX == 15, "1e15 is the first number of 16 digits");
    if (c->cell->kind == CELL_BOOL)
        return coerce_fail(c, &COERCE_IDENTIFIER);
    if (c->cell->kind != CELL_TEXT)
        return from_number(c, out);
    struct text tight = coerce_tight(c, c->cell->text);
    if (tight.at == NULL)
        return false;
    *out = strip(tight);
    if (has_exponent(*out))
        return coerce_fail(c, &COERCE_IDENTIFIER_ROUNDED);
    if (out->size <= COERCE_IDENTIFIER_MAX)
        return true;
    coerce_fail(c, &COERCE_TEXT_LONG);
    err_add_int(c->e, "max", COERCE_IDENTIFIER_MAX);
    return false;
}

bool coerce_identifier(const struct coercion *c)
{
    struct text t = TEXT_NONE;
    if (!clean(c, &t))
        return false;
    c->out->value = t.size > 0 ? value_text(t) : value_none();
    return true;
}

bool coerce_village(const struct coercion *c)
{
    struct text t = TEXT_NONE;
    if (!clean(c, &t))
        return false;
    bool digits = t.size == AREA_CODE_SIZE;
    for (size_t i = 0; i < t.size && digits; i++)
        digits = is_digit(t.at[i]);
    if (t.size > 0 && !digits)
        return coerce_fail(c, &COERCE_VILLAGE);
    c->out->value = t.size > 0 ? value_text(t) : value_none();
    return true;
}
