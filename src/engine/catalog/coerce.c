/* From a cell to a stored value: the way to each type of field, and the types that are simple. */
#include "engine/catalog/coerce_part.h"
#include <math.h>
#include <stdio.h>

bool coerce_fail(const struct coercion *c, const struct err_kind *kind)
{
    struct text value = c->cell->text;
    if (value.size == 0 && c->cell->kind != CELL_TEXT && c->cell->kind != CELL_ERROR)
        value = c->cell->kind == CELL_BOOL ? (c->cell->number != 0 ? TEXT("TRUE") : TEXT("FALSE"))
                                           : coerce_number_text(c, c->cell->number);
    value = catalog_mask_refused(c->arena, c->field, c->field->sealed ? text_trim(value) : value);
    err_fail_text(c->e, kind, "field", c->field->label.zh);
    err_add(c->e, "value", value);
    return false;
}

/* U+0000, which not every database takes, characters without a width, and those that turn the direction of
 * what follows: two names that look the same would differ, or one would read as another. */
static bool is_unseen(uint32_t c)
{
    return c == 0 || c == 0xAD || c == 0x61C || c == 0x180E || (c >= 0x200B && c <= 0x200F)
           || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF
           || (c >= 0xE0000 && c <= 0xE007F);
}

struct text coerce_tight(const struct coercion *c, struct text t)
{
    char *out = arena_take(c->arena, t.size + 1);
    size_t size = 0;
    if (out == NULL) {
        err_fail(c->e, &OUT_OF_MEMORY);
        return TEXT_NONE;
    }
    for (size_t at = 0; at < t.size;) {
        char bytes[4];
        uint32_t code = text_next(t, &at);
        if (code >= 0xFF01 && code <= 0xFF5E)
            code -= 0xFEE0;
        bool blank = code <= ' ' || code == 0x7F || code == 0xA0 || code == 0x3000 || code == 0xFEFF
                     || code == UINT32_MAX || (code >= 0x2000 && code <= 0x200F) || code == 0x2028
                     || code == 0x2029 || code == 0x202F || is_unseen(code);
        size_t count = blank ? 0 : text_encode(code, bytes);
        memcpy(out + size, bytes, count);
        size += count;
    }
    return (struct text){out, size};
}

/* In place: `t` is a copy of our own. */
static struct text without_unseen(char *at, size_t size, bool *any_out)
{
    const struct text t = {at, size};
    size_t kept = 0;
    for (size_t from = 0, next = 0; from < size; from = next) {
        if (is_unseen(text_next(t, &next))) {
            *any_out = true;
            continue;
        }
        memmove(at + kept, at + from, next - from);
        kept += next - from;
    }
    return (struct text){at, kept};
}

struct text coerce_number_text(const struct coercion *c, double number)
{
    char written[400];
    snprintf(written, sizeof written, "%.15g", number);
    if (strpbrk(written, "eE") != NULL)
        snprintf(written, sizeof written, fabs(number) < 1 ? "%.20f" : "%.0f", number);
    return text_format(c->arena, "%s", written);
}

static bool done(const struct coercion *c, struct value value)
{
    c->out->value = value;
    return true;
}

static bool coerce_words(const struct coercion *c)
{
    struct text t = c->cell->text;
    char written[11];
    switch (c->cell->kind) {
    case CELL_BOOL:
        return done(c, value_text(c->cell->number != 0 ? TEXT("是") : TEXT("否")));
    case CELL_DATE:
        if (c->cell->date == DAY_NONE)
            break;
        day_format(c->cell->date, written);
        t = text_format(c->arena, "%s", written);
        break;
    case CELL_NUMBER:
        if (t.size == 0 || text_find(t, TEXT("E"), 0) != SIZE_MAX || text_find(t, TEXT("."), 0) != SIZE_MAX)
            t = coerce_number_text(c, c->cell->number);
        break;
    case CELL_TEXT:
    case CELL_ERROR:
        break;
    }
    t = coerce_private(c, text_trim(t));
    if (t.at == NULL)
        return false;
    if (t.size > COERCE_TEXT_MAX) {
        coerce_fail(c, &COERCE_TEXT_LONG);
        err_add_int(c->e, "max", COERCE_TEXT_MAX);
        return false;
    }
    char *copy = arena_take(c->arena, t.size + 1);
    if (copy == NULL)
        return err_fail(c->e, &OUT_OF_MEMORY);
    if (t.size > 0)
        memcpy(copy, t.at, t.size);
    bool stripped = false;
    struct text seen = text_trim(without_unseen(copy, t.size, &stripped));
    if (stripped && c->out->remark == COERCE_AS_WRITTEN)
        c->out->remark = COERCE_STRIPPED;
    return done(c, seen.size > 0 || t.size == 0 ? value_text(seen) : value_none());
}

/* 1, 0 or -1 for what is neither. */
static int yes_or_no(struct text tight)
{
    static const char *const yes[] = {"是",  "有",  "√",   "✓",    "✔",    "☑",    "1", "Y",  "y",
                                      "YES", "Yes", "yes", "TRUE", "True", "true", "T", "对", "1.0"};
    static const char *const no[] = {"否",    "无", "×",  "✕",    "✖",    "✗",   "✘",     "☒",
                                     "0",     "N",  "n",  "NO",   "No",   "no",  "FALSE", "False",
                                     "false", "F",  "错", "没有", "不是", "0.0", "X",     "x"};
    for (size_t i = 0; i < COUNT_OF(yes); i++)
        if (text_equal(tight, text_of(yes[i])))
            return 1;
    for (size_t i = 0; i < COUNT_OF(no); i++)
        if (text_equal(tight, text_of(no[i])))
            return 0;
    return -1;
}

static bool coerce_bool(const struct coercion *c)
{
    int answer = -1;
    if (c->cell->kind == CELL_BOOL || c->cell->kind == CELL_NUMBER) {
        answer = c->cell->number == 1 ? 1 : c->cell->number == 0 ? 0 : -1;
    } else if (c->cell->kind == CELL_TEXT) {
        struct text tight = coerce_tight(c, c->cell->text);
        if (tight.at == NULL)
            return false;
        answer = yes_or_no(tight);
    }
    return answer < 0 ? coerce_fail(c, &COERCE_BOOL) : done(c, value_int(answer));
}

static bool is_blank(struct text t)
{
    for (size_t at = 0; at < t.size;) {
        uint32_t code = text_next(t, &at);
        if (!(code <= ' ' || code == 0xA0 || code == 0x3000 || code == 0xFEFF
              || (code >= 0x2000 && code <= 0x200F)))
            return false;
    }
    return true;
}

/* What spreadsheets put around: ="…" and a leading apostrophe. */
static struct text without_marks(struct text t)
{
    struct text trimmed = text_trim(t);
    if (trimmed.size >= 3 && text_starts_with(trimmed, TEXT("=\"")) && text_ends_with(trimmed, TEXT("\"")))
        return text_slice(trimmed, 2, trimmed.size - 3);
    return text_starts_with(trimmed, TEXT("'")) ? text_slice(trimmed, 1, SIZE_MAX) : t;
}

bool coerce_cell(const struct catalog_field *field, const struct coerce_cell *cell, struct text unit,
                 struct arena *a, struct coerced *out, struct err *e)
{
    struct coerce_cell bare = *cell;
    if (cell->kind == CELL_TEXT)
        bare.text = without_marks(cell->text);
    const struct coercion c = {.field = field, .cell = &bare, .unit = unit, .arena = a, .out = out, .e = e};
    *out = (struct coerced){.value = value_none()};
    if (cell->kind == CELL_ERROR)
        return coerce_fail(&c, &COERCE_ERROR_CELL);
    if (cell->kind == CELL_TEXT && is_blank(bare.text))
        return true;
    switch (field->type) {
    case FIELD_TEXT:
        return coerce_words(&c);
    case FIELD_INT:
    case FIELD_DECIMAL:
    case FIELD_MONEY:
        return coerce_number(&c);
    case FIELD_YEAR:
        return coerce_year(&c);
    case FIELD_DATE:
        return coerce_date(&c);
    case FIELD_BOOL:
        return coerce_bool(&c);
    case FIELD_CODE:
        return coerce_code(&c);
    case FIELD_CODES:
        return coerce_codes(&c);
    case FIELD_VILLAGE:
        return coerce_village(&c);
    case FIELD_IDENTIFIER:
    case FIELD_REF:
        break;
    }
    return coerce_identifier(&c);
}

bool coerce_text(const struct catalog_field *field, struct text written, struct arena *a, struct coerced *out,
                 struct err *e)
{
    const struct coerce_cell cell = {.kind = CELL_TEXT, .text = written, .date = DAY_NONE};
    return coerce_cell(field, &cell, TEXT_NONE, a, out, e);
}
