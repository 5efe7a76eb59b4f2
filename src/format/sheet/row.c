/* Gives each raw cell its kind. */
#include "format/sheet/row.h"
#include "format/sheet/chars.h"
#include "format/sheet/iso.h"
#include "format/sheet/scan.h"
#include <stdio.h>
#include <stdlib.h>

void row_init(struct row *r, const struct sheet_options *how, bool date1904)
{
    *r = (struct row){.how = *how, .date1904 = date1904, .next_number = 1};
    arena_init(&r->text, ROW_TEXT_MAX);
}

void row_clear(struct row *r)
{
    free(r->cell);
    arena_clear(&r->text);
    *r = (struct row){0};
}

bool row_begin(struct row *r, uint64_t number, bool hidden, struct err *e)
{
    static const struct arena_mark start = {0};
    if (r->text.used > 0)
        arena_rewind(&r->text, start);
    r->count = 0;
    r->hidden = hidden;
    number = number == ROW_NEXT ? r->next_number : number;
    if (number > SHEET_ROWS_MAX)
        return err_fail_int(e, &SHEET_TOO_MANY_ROWS, "limit", SHEET_ROWS_MAX);
    r->number = (uint32_t)number;
    return true;
}

static bool fail_wide(const struct row *r, struct err *e)
{
    err_fail_int(e, &SHEET_TOO_MANY_COLUMNS, "limit", SHEET_COLUMNS_MAX);
    err_add_int(e, "row", r->number);
    return false;
}

bool row_fail_long(const struct row *r, uint32_t column, struct err *e)
{
    char cell[16], letters[4];
    sheet_column_name(column, letters);
    int n = snprintf(cell, sizeof(cell), "%s%u", letters, r->number);
    err_fail_text(e, &SHEET_CELL_TOO_LONG, "cell", (struct text){cell, (size_t)n});
    err_add_int(e, "limit", (int64_t)r->how.cell_chars_max);
    return false;
}

static bool fail_full(const struct row *r, struct err *e)
{
    err_fail_text(e, &SHEET_ROW_TOO_LONG, "limit", TEXT("32 MiB"));
    err_add_int(e, "row", r->number);
    return false;
}

bool row_push(struct row *r, const struct sheet_cell *cell, struct err *e)
{
    if (cell->column >= SHEET_COLUMNS_MAX || r->count >= SHEET_COLUMNS_MAX)
        return fail_wide(r, e);
    if (r->count == r->room) {
        size_t room = r->room == 0 ? 64 : r->room * 2;
        struct sheet_cell *at = realloc(r->cell, room * sizeof(*at));
        if (at == NULL)
            return err_fail(e, &SHEET_NO_MEMORY);
        r->cell = at;
        r->room = room;
    }
    r->cell[r->count++] = *cell;
    return true;
}

enum cell_type row_cell_type(struct text t)
{
    if (t.size == 1 && t.at[0] == 's')
        return CELL_SHARED;
    if (t.size == 1 && t.at[0] == 'n')
        return CELL_NUMBER;
    if (t.size == 1 && t.at[0] == 'b')
        return CELL_BOOL;
    if (t.size == 1 && t.at[0] == 'e')
        return CELL_ERROR;
    if (t.size == 1 && t.at[0] == 'd')
        return CELL_DATE;
    return text_equal(t, TEXT("inlineStr")) ? CELL_INLINE : CELL_STRING;
}

/* Entities and _xHHHH_ resolved, in the row's arena where anything changes. */
static bool decode(struct row *r, const struct raw_cell *raw, struct text *out, struct err *e)
{
    *out = raw->value;
    if (!raw->refs && !chars_has_escape(raw->value))
        return true;
    char *to = arena_take(&r->text, raw->value.size + 1);
    if (to == NULL)
        return fail_full(r, e);
    size_t size = raw->value.size;
    if (raw->refs)
        size = scan_unescape(raw->value, to);
    else
        memcpy(to, raw->value.at, size);
    *out = (struct text){to, chars_unescape(to, size)};
    return true;
}

static bool add_text(struct row *r, struct sheet_cell *cell, struct text t, struct err *e)
{
    if (t.size == 0)
        return true;
    if (t.size > SHEET_CELL_BYTES_MAX
        || (t.size > r->how.cell_chars_max && chars_utf16(t) > r->how.cell_chars_max))
        return row_fail_long(r, cell->column, e);
    cell->kind = SHEET_TEXT;
    cell->text = t;
    return row_push(r, cell, e);
}

bool row_add_text(struct row *r, uint32_t column, struct text t, struct err *e)
{
    struct sheet_cell cell = {.column = column};
    struct text copy = text_copy(&r->text, t);
    if (copy.at == NULL)
        return fail_full(r, e);
    return add_text(r, &cell, copy, e);
}

static bool add_shared(struct row *r, struct sheet_cell *cell, struct text number, struct err *e)
{
    int64_t index = 0;
    if (!text_to_int(number, &index) || index < 0 || r->strings == NULL
        || (uint64_t)index >= r->strings->count)
        return err_fail_text(e, &SHEET_DAMAGED, "part", TEXT("xl/sharedStrings.xml"));
    struct text t;
    if (!strings_get(r->strings, (uint64_t)index, &r->text, &t, e)) {
        if (err_is(e, &SHEET_ROW_TOO_LONG)) {
            err_add(e, "limit", TEXT("32 MiB"));
            err_add_int(e, "row", r->number);
        }
        return false;
    }
    r->shared += t.size;
    if (r->shared > r->shared_max)
        return err_fail(e, &SHEET_TEXT_TOO_LARGE);
    return add_text(r, cell, t, e);
}

static bool add_number(struct row *r, struct sheet_cell *cell, struct text t, struct err *e)
{
    if (!chars_to_double(t, &cell->number))
        return add_text(r, cell, t, e); /* not what Excel writes; shown as it stands rather than guessed */
    cell->kind = styles_is_date(r->styles, cell->style) ? SHEET_DATE : SHEET_NUMBER;
    cell->text = t;
    return row_push(r, cell, e);
}

static bool add_iso(struct row *r, struct sheet_cell *cell, struct text t, struct err *e)
{
    bool elapsed = iso_duration(t, &cell->number);
    if (!elapsed && !iso_to_serial(t, r->date1904, &cell->number))
        return add_number(r, cell, t, e);
    cell->kind = elapsed ? SHEET_NUMBER : SHEET_DATE;
    cell->text = t;
    return row_push(r, cell, e);
}

static bool add_plain(struct row *r, struct sheet_cell *cell, enum cell_type type, struct text t,
                      struct err *e)
{
    cell->text = t;
    if (type == CELL_BOOL) {
        cell->kind = SHEET_BOOL;
        cell->number = text_equal(t, TEXT("1")) || text_equal(t, TEXT("true"));
    } else {
        cell->kind = SHEET_ERROR;
    }
    return row_push(r, cell, e);
}

bool row_add(struct row *r, const struct raw_cell *raw, struct err *e)
{
    struct sheet_cell cell = {.column = raw->column, .style = raw->style, .formula = raw->formula};
    if (raw->column >= SHEET_COLUMNS_MAX)
        return fail_wide(r, e);
    if (raw->value.size > SHEET_CELL_BYTES_MAX)
        return row_fail_long(r, raw->column, e);
    if (raw->type == CELL_STRING || raw->type == CELL_INLINE) {
        struct text t;
        if (raw->valued)
            return decode(r, raw, &t, e) && add_text(r, &cell, t, e);
        return !raw->formula || row_push(r, &cell, e);
    }
    struct text t = raw->value;
    if (raw->refs && !decode(r, raw, &t, e))
        return false;
    t = chars_strip(t);
    if (!raw->valued || t.size == 0)
        return !raw->formula || row_push(r, &cell, e); /* a formula that was never computed */
    if (raw->type == CELL_SHARED)
        return add_shared(r, &cell, t, e);
    if (raw->type == CELL_NUMBER)
        return add_number(r, &cell, t, e);
    if (raw->type == CELL_DATE)
        return add_iso(r, &cell, t, e);
    return add_plain(r, &cell, raw->type, t, e);
}
