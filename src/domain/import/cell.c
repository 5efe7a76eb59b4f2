/* A workbook's cell in the terms of the catalogue. */
#include "domain/import/cell.h"
#include "domain/import/import.err.h"
#include "engine/catalog/coerce.h"
#include <assert.h>

bool cell_is_blank(const struct sheet_cell *cell)
{
    if (cell->kind == SHEET_NONE)
        return !cell->formula;
    if (cell->kind != SHEET_TEXT)
        return false;
    unsigned char first = cell->text.size > 0 ? (unsigned char)cell->text.at[0] : 0;
    /* No blank of any width begins with another byte. */
    if (first > ' ' && first != 0xC2 && first != 0xE3 && first != 0xEF)
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

/* The lone star of a value that is not sealed; one of a code would be refused as no code. */
static bool is_star(const struct catalog_field *field, const struct sheet_cell *cell)
{
    return cell->kind == SHEET_TEXT && !field->sealed && catalog_is_mask(field, text_trim(cell->text));
}

enum cell_state cell_read(const struct catalog_field *field, struct text unit, const struct sheet_cell *cell,
                          const struct cell_context *context, struct arena *a, struct value *out,
                          enum coerce_remark *remark_out, struct err *why)
{
    struct coerced coerced;
    *remark_out = COERCE_AS_WRITTEN;
    *out = value_none();
    if (cell->kind == SHEET_NONE && cell->formula) {
        err_fail_text(why, &IMPORT_FORMULA_EMPTY, "field", label_in(field->label, context->lang));
        return CELL_REFUSED;
    }
    if (cell_is_blank(cell))
        return CELL_EMPTY;
    if (is_star(field, cell))
        return CELL_MASKED;
    struct coerce_cell as = translated(cell, field, context->date1904);
    if (!coerce_cell(field, &as, unit, a, &coerced, why))
        return CELL_REFUSED;
    if (coerced.value.kind == VALUE_TEXT && field->sealed && catalog_is_mask(field, coerced.value.s))
        return CELL_MASKED;
    *out = coerced.value;
    *remark_out = coerced.remark;
    return coerced.value.kind == VALUE_NONE ? CELL_EMPTY : CELL_FITS;
}

#define MEMORY_KEY_MAX 22 /* bytes of a spelling that is remembered */

struct memory_entry {
    char key[MEMORY_KEY_MAX];
    uint8_t size, kind; /* of the cell; size 0: empty place */
    int64_t n;
    struct text s; /* in the catalogue */
};
#define MEMORY_ENTRIES 128
struct cell_memory {
    struct memory_entry at[MEMORY_ENTRIES];
};
static_assert(sizeof(struct cell_memory) <= CELL_MEMORY_SIZE, "a column's memory has room for its entries");

/* Values that outlive the row: integers, and codes, whose text is the catalogue's. */
static bool is_lasting(enum field_type type)
{
    switch (type) {
    case FIELD_INT:
    case FIELD_DECIMAL:
    case FIELD_MONEY:
    case FIELD_YEAR:
    case FIELD_DATE:
    case FIELD_BOOL:
    case FIELD_CODE:
        return true;
    default:
        return false;
    }
}

static struct memory_entry *entry_of(struct cell_memory *memory, const struct sheet_cell *cell)
{
    uint32_t hash = cell->kind;
    for (size_t i = 0; i < cell->text.size; i++)
        hash = (hash ^ (unsigned char)cell->text.at[i]) * 16777619u;
    return &memory->at[(hash ^ hash >> 15) % MEMORY_ENTRIES];
}

static bool is_entry_of(const struct memory_entry *entry, const struct sheet_cell *cell)
{
    return entry->size == cell->text.size && entry->kind == cell->kind
           && memcmp(entry->key, cell->text.at, cell->text.size) == 0;
}

enum cell_state cell_read_again(struct cell_memory *memory, const struct catalog_field *field,
                                struct text unit, const struct sheet_cell *cell,
                                const struct cell_context *context, struct arena *a, struct value *out,
                                enum coerce_remark *remark_out, struct err *why)
{
    if (cell->text.size == 0 || cell->text.size > MEMORY_KEY_MAX || !is_lasting(field->type))
        return cell_read(field, unit, cell, context, a, out, remark_out, why);
    struct memory_entry *entry = entry_of(memory, cell);
    if (is_entry_of(entry, cell)) {
        *remark_out = COERCE_AS_WRITTEN;
        *out = field->type == FIELD_CODE ? value_text(entry->s) : value_int(entry->n);
        return CELL_FITS;
    }
    enum cell_state state = cell_read(field, unit, cell, context, a, out, remark_out, why);
    if (state != CELL_FITS || *remark_out != COERCE_AS_WRITTEN)
        return state;
    memcpy(entry->key, cell->text.at, cell->text.size);
    entry->size = (uint8_t)cell->text.size;
    entry->kind = cell->kind;
    entry->n = out->n;
    entry->s = out->s;
    return state;
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
