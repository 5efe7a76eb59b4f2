/* Codes: by label, other spelling or the code itself; several in a cell with any of the separators that
 * offices use. */
#include "engine/catalog/coerce_part.h"

#define CODES_IN_CELL_MAX 64

static bool fail_code(const struct coercion *c, struct text value)
{
    const struct catalog_codes *codes = c->field->codes;
    struct buf allowed;
    buf_init(&allowed, ERR_VALUE_MAX);
    size_t shown = 0;
    for (; shown < codes->count && shown < COERCE_ALLOWED_MAX; shown++) {
        struct text label = codes->at[shown].label.zh;
        if (allowed.size + label.size + 8 > ERR_VALUE_MAX)
            break;
        buf_add_z(&allowed, shown > 0 ? "、" : "");
        buf_add(&allowed, label);
    }
    buf_add_z(&allowed, shown < codes->count ? "……" : "");
    err_fail_text(c->e, &COERCE_CODE, "field", c->field->label.zh);
    err_add(c->e, "value", catalog_mask_refused(c->arena, c->field, value));
    err_add(c->e, "allowed", buf_text(&allowed));
    buf_clear(&allowed);
    return false;
}

/* A spreadsheet drops the zeros before a code: 1 is 01 where all codes have two characters. */
static const struct catalog_code *find_padded(const struct catalog_codes *codes, struct text digits)
{
    char padded[32];
    size_t width = codes->count > 0 ? codes->at[0].code.size : 0;
    if (width >= sizeof padded || digits.size >= width)
        return NULL;
    for (size_t i = 0; i < codes->count; i++)
        if (codes->at[i].code.size != width)
            return NULL;
    memset(padded, '0', width);
    memcpy(padded + width - digits.size, digits.at, digits.size);
    return catalog_code(codes, (struct text){padded, width});
}

static const struct catalog_code *find_number(const struct coercion *c, struct text *written)
{
    *written = coerce_number_text(c, c->cell->number);
    const struct catalog_code *code = catalog_code_read(c->field->codes, *written);
    return code != NULL ? code : find_padded(c->field->codes, *written);
}

static const struct catalog_code *find(const struct coercion *c, struct text *written)
{
    switch (c->cell->kind) {
    case CELL_NUMBER:
    case CELL_DATE:
        return find_number(c, written);
    case CELL_BOOL:
        *written = c->cell->number != 0 ? TEXT("是") : TEXT("否");
        break;
    case CELL_TEXT:
    case CELL_ERROR:
        *written = text_trim(c->cell->text);
        break;
    }
    return catalog_code_read(c->field->codes, *written);
}

bool coerce_code(const struct coercion *c)
{
    struct text written = TEXT_NONE;
    const struct catalog_code *code = find(c, &written);
    if (code == NULL)
        return fail_code(c, written);
    c->out->value = value_text(code->code);
    return true;
}

static bool is_separator(uint32_t c)
{
    return c == ',' || c == 0xFF0C || c == 0x3001 || c == ';' || c == 0xFF1B || c == '/' || c == 0xFF0F
           || c == '|' || c == '\n';
}

static bool stands_before(const struct catalog_code **found, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (found[k] == found[i])
            return true;
    return false;
}

/* As the office wrote them, each once. */
static bool join(const struct coercion *c, const struct catalog_code **found, size_t count)
{
    struct buf joined;
    buf_init(&joined, COERCE_TEXT_MAX);
    for (size_t i = 0; i < count; i++) {
        if (stands_before(found, i))
            continue;
        buf_add_z(&joined, i > 0 ? "," : "");
        buf_add(&joined, found[i]->code);
    }
    c->out->value = value_text(text_copy(c->arena, buf_text(&joined)));
    bool fine = !joined.failed && c->out->value.s.at != NULL;
    buf_clear(&joined);
    return fine || err_fail(c->e, &OUT_OF_MEMORY);
}

bool coerce_codes(const struct coercion *c)
{
    const struct catalog_code *found[CODES_IN_CELL_MAX];
    struct text written = TEXT_NONE;
    size_t count = 0, start = 0;
    found[0] = find(c, &written);
    if (found[0] != NULL || c->cell->kind != CELL_TEXT)
        return found[0] != NULL ? join(c, found, 1) : fail_code(c, written);
    for (size_t at = 0; at <= written.size;) {
        size_t end = at;
        bool stop = at == written.size || is_separator(text_next(written, &at));
        if (!stop)
            continue;
        struct text part = text_trim(text_slice(written, start, end - start));
        start = at;
        at += end == written.size ? 1 : 0;
        if (part.size == 0)
            continue;
        const struct catalog_code *code = catalog_code_read(c->field->codes, part);
        if (code == NULL || count == CODES_IN_CELL_MAX)
            return fail_code(c, part);
        found[count++] = code;
    }
    return count > 0 ? join(c, found, count) : fail_code(c, written);
}
