/* A workbook's cell in the terms of the catalogue. */
#include "domain/import/cell.h"
#include "domain/import/import.err.h"
#include "engine/catalog/coerce.h"

bool cell_is_blank(const struct sheet_cell *cell)
{
    if (cell->kind == SHEET_NONE)
        return !cell->formula;
    if (cell->kind != SHEET_TEXT)
        return false;
    unsigned char first = cell->text.size > 0 ? (unsigned char)cell->text.at[0] : 0;
    if (first > ' ' && first < 0x80)
        return false;
    return text_is_empty(text_trim(cell->text));
}

static day day_of(const struct sheet_cell *cell, bool date1904)
{
    day on;
    int32_t ms;
    return sheet_serial(cell->number, date1904, &on, &ms) ? on : DAY_NONE;
}

static struct coerce_cell translated(const struct sheet_cell *cell, const struct catalog_field *field,
                                     bool date1904)
{
    struct coerce_cell out = {
        .kind = CELL_TEXT, .text = cell->text, .number = cell->number, .date = DAY_NONE};
    switch ((enum sheet_cell_kind)cell->kind) {
    case SHEET_NUMBER:
        out.kind = CELL_NUMBER;
        if (field->type == FIELD_DATE)
            out.date = day_of(cell, date1904);
        break;
    case SHEET_DATE:
        out.kind = CELL_DATE;
        out.date = day_of(cell, date1904);
        break;
    case SHEET_BOOL:
        out.kind = CELL_BOOL;
        break;
    case SHEET_ERROR:
        out.kind = CELL_ERROR;
        break;
    default:
        break;
    }
    return out;
}

enum cell_state cell_read(const struct catalog_field *field, struct text unit, const struct sheet_cell *cell,
                          const struct cell_context *context, struct arena *a, struct value *out,
                          bool *rounded_out, struct err *why)
{
    struct coerced coerced;
    *rounded_out = false;
    *out = value_none();
    if (cell->kind == SHEET_NONE && cell->formula) {
        err_fail_text(why, &IMPORT_FORMULA_EMPTY, "field", label_in(field->label, context->lang));
        return CELL_REFUSED;
    }
    if (cell_is_blank(cell))
        return CELL_EMPTY;
    struct coerce_cell as = translated(cell, field, context->date1904);
    if (!coerce_cell(field, &as, unit, a, &coerced, why))
        return CELL_REFUSED;
    *out = coerced.value;
    *rounded_out = coerced.rounded;
    return coerced.value.kind == VALUE_NONE ? CELL_EMPTY : CELL_FITS;
}

struct text cell_written(const struct sheet_cell *cell, bool date1904, struct arena *a)
{
    char written[11];
    if (cell->kind == SHEET_BOOL)
        return cell->number != 0 ? TEXT("TRUE") : TEXT("FALSE");
    if (cell->kind != SHEET_DATE)
        return cell->text.at != NULL ? text_copy(a, cell->text) : TEXT("");
    day on = day_of(cell, date1904);
    if (on == DAY_NONE)
        return text_copy(a, cell->text);
    day_format(on, written);
    return text_copy(a, text_of(written));
}
