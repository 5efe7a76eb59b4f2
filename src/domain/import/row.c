/* Always: values are by stored field; a bit of `given` says that the sheet has the column, whatever the cell
 * holds. */
#include "domain/import/row.h"
#include "base/base.err.h"
#include "domain/import/kind.h"
#include "domain/import/remark.h"

#define FIRST_TEXTS 3 /* cells in which 合计 may stand */

static void set_bit(uint64_t bits[4], size_t at) { bits[at / 64] |= (uint64_t)1 << (at % 64); }
static void clear_bit(uint64_t bits[4], size_t at) { bits[at / 64] &= ~((uint64_t)1 << (at % 64)); }
static bool has_bit(const uint64_t bits[4], size_t at) { return (bits[at / 64] >> (at % 64) & 1) != 0; }
static bool is_stored(const struct catalog_field *f) { return f != NULL && f->column != SIZE_MAX; }

/* A column of names counts where the entity has a village of its own. */
static bool names_village(const struct catalog_entity *entity, const struct catalog_field *f)
{
    return f != NULL && f->names.at != NULL && entity->village != NULL
           && text_equal(f->names, entity->village->id);
}

static bool shows(const struct layout_column *c, enum field_shows what)
{
    return (c->field != NULL && c->field->shows == what) || (c->also != NULL && c->also->shows == what);
}

bool row_reader_init(struct row_reader *r, const struct headings *h, const struct layout *l,
                     const struct cell_context *context, struct arena *a, struct err *e)
{
    const struct catalog_import *import = l->kind->import;
    *r = (struct row_reader){.headings = h,
                             .layout = l,
                             .context = *context,
                             .entity = import->entity,
                             .also = import->also,
                             .name_column = ROW_NO_COLUMN,
                             .name_column_also = ROW_NO_COLUMN,
                             .county_column = ROW_NO_COLUMN,
                             .town_column = ROW_NO_COLUMN};
    r->by_column_count = l->column_count == 0 ? 0 : l->columns[l->column_count - 1].column + 1;
    r->by_column = arena_take_many(a, r->by_column_count + 1, sizeof *r->by_column);
    if (r->by_column == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    memset(r->by_column, 0xff, (r->by_column_count + 1) * sizeof *r->by_column);
    for (size_t i = 0; i < l->column_count; i++) {
        const struct layout_column *c = &l->columns[i];
        r->by_column[c->column] = (uint16_t)i;
        if (is_stored(c->field))
            set_bit(r->given, c->field->column);
        if (is_stored(c->also))
            set_bit(r->given_also, c->also->column);
        if (shows(c, SHOWS_COUNTY))
            r->county_column = (uint16_t)i;
        if (shows(c, SHOWS_TOWN))
            r->town_column = (uint16_t)i;
        if (names_village(r->entity, c->field))
            r->name_column = (uint16_t)i;
        if (r->also != NULL && names_village(r->also, c->also))
            r->name_column_also = (uint16_t)i;
    }
    return true;
}

bool row_reader_remember(struct row_reader *r, struct arena *a, struct err *e)
{
    r->memories = arena_take_many(a, 2 * r->layout->column_count + 1, CELL_MEMORY_SIZE);
    return r->memories != NULL || err_fail(e, &OUT_OF_MEMORY);
}

const struct sheet_cell *row_cell(const struct sheet_row *row, uint32_t column)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->cells[i].column == column)
            return &row->cells[i];
    return NULL;
}

/* What a row looks like, for the verdict. */
struct look {
    size_t cells; /* with something in them, not filled from a merged range */
    size_t facts; /* of these: in a column of a stored field */
    size_t fits;  /* of these: readable */
    const struct sheet_cell *texts[FIRST_TEXTS];
    size_t text_count;
};
struct work {
    const struct row_reader *r;
    struct arena *a;
    struct row_read *out;
    struct look look;
};

static void add_fault(struct row_read *out, size_t position)
{
    if (out->fault_count > 0 && out->faults[out->fault_count - 1] == position)
        return;
    out->faults[out->fault_count++] = (uint16_t)position;
}

static void add_remark(struct row_read *out, size_t position)
{
    if (out->remark_count > 0 && out->remarks[out->remark_count - 1] == position)
        return;
    out->remarks[out->remark_count++] = (uint16_t)position;
}

static struct cell_memory *memory_of(const struct row_reader *r, size_t position, bool also)
{
    return (struct cell_memory *)(void *)(r->memories + (2 * position + also) * CELL_MEMORY_SIZE);
}

/* One column for one entity; answers whether it could be read. */
static bool read_field(struct work *w, size_t position, const struct catalog_field *field,
                       const struct sheet_cell *cell, struct row_part *part)
{
    const struct row_reader *r = w->r;
    struct text unit = r->layout->columns[position].unit;
    struct value *value = &part->values[field->column];
    struct err *why = &w->out->why;
    enum coerce_remark remark = COERCE_AS_WRITTEN;
    why->kind = NULL;
    why->count = 0;
    enum cell_state state = r->memories == NULL
                                ? cell_read(field, unit, cell, &r->context, w->a, value, &remark, why)
                                : cell_read_again(memory_of(r, position, part == &w->out->also), field, unit,
                                                  cell, &r->context, w->a, value, &remark, why);
    if (state == CELL_REFUSED) {
        *value = value_none();
        add_fault(w->out, position);
        return false;
    }
    if (state == CELL_MASKED) /* as if the sheet had no such column for this row */
        clear_bit(part->given, field->column);
    if (state == CELL_MASKED || remark != COERCE_AS_WRITTEN)
        add_remark(w->out, position);
    return true;
}

static void read_known(struct work *w, size_t position, const struct sheet_cell *cell)
{
    const struct layout_column *c = &w->r->layout->columns[position];
    bool own = cell->fill == SHEET_FILL_OWN, fits = true, stored = is_stored(c->field) || is_stored(c->also);
    if (position == w->r->name_column)
        w->out->main.village_name = text_trim(text_copy(w->a, cell->text));
    if (position == w->r->name_column_also)
        w->out->also.village_name = text_trim(text_copy(w->a, cell->text));
    if (is_stored(c->field))
        fits = read_field(w, position, c->field, cell, &w->out->main);
    if (fits && is_stored(c->also) && w->out->also.values != NULL)
        fits = read_field(w, position, c->also, cell, &w->out->also);
    w->look.facts += own && stored;
    w->look.fits += own && stored && fits;
}

static void read_cells(struct work *w, const struct sheet_row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        const struct sheet_cell *cell = &row->cells[i];
        if (cell->fill == SHEET_FILL_ACROSS || cell_is_blank(cell))
            continue;
        if (cell->fill == SHEET_FILL_OWN) {
            w->look.cells++;
            if (cell->kind == SHEET_TEXT && w->look.text_count < FIRST_TEXTS)
                w->look.texts[w->look.text_count++] = cell;
        }
        size_t position =
            cell->column < w->r->by_column_count ? w->r->by_column[cell->column] : ROW_NO_COLUMN;
        if (position != ROW_NO_COLUMN)
            read_known(w, position, cell);
    }
}

/* The cell in which a field of the main entity stands, refused or not; NULL: none, or an empty one. */
static const struct sheet_cell *cell_of(const struct row_reader *r, const struct sheet_row *row,
                                        const struct catalog_field *field)
{
    for (size_t i = 0; i < r->layout->column_count; i++) {
        if (r->layout->columns[i].field != field)
            continue;
        const struct sheet_cell *cell = row_cell(row, r->layout->columns[i].column);
        return cell != NULL && cell->fill != SHEET_FILL_ACROSS && !cell_is_blank(cell) ? cell : NULL;
    }
    return NULL;
}

static const struct sheet_cell *key_cell(const struct row_reader *r, const struct sheet_row *row,
                                         const struct catalog_field *field)
{
    const struct sheet_cell *cell = cell_of(r, row, field);
    if (cell == NULL && field == r->entity->village && r->name_column != ROW_NO_COLUMN)
        cell = cell_of(r, row, r->layout->columns[r->name_column].field);
    return cell;
}

static bool is_set(const struct row_reader *r, size_t field)
{
    const struct catalog_import *import = r->layout->kind->import;
    for (size_t i = 0; i < import->set_count; i++)
        if (import->set[i].field == field)
            return true;
    return false;
}

/* The sheet has the column, and this row's cell in it says nothing. Before keys are spared. */
static bool is_masked(const struct row_reader *r, const struct row_read *out,
                      const struct catalog_field *field)
{
    return field->column != SIZE_MAX && has_bit(r->given, field->column)
           && !has_bit(out->main.given, field->column);
}

/* Which key fields lack a value; none when the other key of the entity stands. *own_out: a cell of the key is
 * this row's own, not filled from a merged range above. */
static void look_for_key(const struct row_reader *r, const struct sheet_row *row, struct row_read *out,
                         bool *own_out)
{
    const struct catalog_entity *entity = r->entity;
    *own_out = false;
    for (size_t i = 0; i < entity->key_count; i++) {
        const struct catalog_field *field = &entity->fields[entity->key[i]];
        const struct sheet_cell *cell = key_cell(r, row, field);
        *own_out |= cell != NULL && cell->fill == SHEET_FILL_OWN;
        if (cell == NULL && kind_needs_key(entity, i) && !is_set(r, entity->key[i])
            && out->missing_count < ROW_KEYS_MAX)
            out->missing[out->missing_count++] = field;
    }
    bool other = out->missing_count > 0 && entity->alternate_key_count > 0, other_own = false;
    for (size_t i = 0; other && i < entity->alternate_key_count; i++) {
        const struct catalog_field *field = &entity->fields[entity->alternate_key[i]];
        const struct sheet_cell *cell = key_cell(r, row, field);
        other = cell != NULL && !is_masked(r, out, field);
        if (cell != NULL && !other)
            out->masked_key = field;
        other_own |= cell != NULL && cell->fill == SHEET_FILL_OWN;
    }
    if (other) {
        out->missing_count = 0;
        *own_out |= other_own;
    }
}

static bool is_key_column(const struct row_reader *r, uint32_t column)
{
    size_t position = column < r->by_column_count ? r->by_column[column] : ROW_NO_COLUMN;
    if (position == ROW_NO_COLUMN || r->layout->columns[position].field == NULL)
        return false;
    size_t field = (size_t)(r->layout->columns[position].field - r->entity->fields);
    for (size_t i = 0; i < r->entity->key_count; i++)
        if (r->entity->key[i] == field)
            return true;
    return false;
}

static bool is_header_cell(const struct row_reader *r, const struct sheet_cell *cell)
{
    size_t position = cell->column < r->by_column_count ? r->by_column[cell->column] : ROW_NO_COLUMN;
    if (position == ROW_NO_COLUMN || cell->kind != SHEET_TEXT
        || cell->text.size > 4 * r->layout->columns[position].header.size + 64)
        return false;
    struct text t = text_trim(cell->text);
    return t.size > 0 && text_ends_with(r->layout->columns[position].header, t);
}

/* The header once more, as printed pages have it. */
static bool repeats_header(const struct work *w, const struct sheet_row *row)
{
    size_t same = 0, known = 0;
    bool begins = false;
    for (size_t i = 0; !begins && i < w->look.text_count; i++)
        begins = is_header_cell(w->r, w->look.texts[i]);
    for (size_t i = 0; begins && i < row->count; i++) {
        const struct sheet_cell *cell = &row->cells[i];
        bool in_table =
            cell->column < w->r->by_column_count && w->r->by_column[cell->column] != ROW_NO_COLUMN;
        known += in_table && cell->kind != SHEET_NONE;
        same += is_header_cell(w->r, cell);
    }
    return same >= 2 && same * 2 > known;
}

static bool is_total(const struct work *w, bool key_is_own)
{
    for (size_t i = 0; i < w->look.text_count; i++)
        if ((!key_is_own || is_key_column(w->r, w->look.texts[i]->column))
            && remark_is_total(w->look.texts[i]->text))
            return true;
    return false;
}

/* Words where a number of something should stand. */
static bool is_word_for_number(const struct row_reader *r, const struct sheet_cell *cell)
{
    if (!is_key_column(r, cell->column) || !remark_has_word(cell->text))
        return false;
    enum field_type type = r->layout->columns[r->by_column[cell->column]].field->type;
    return type == FIELD_IDENTIFIER || type == FIELD_REF || type == FIELD_VILLAGE;
}

/* Text under the table: it has no key, or is itself what stands in the key's column. */
static bool is_note(const struct work *w, bool key_is_own)
{
    if (w->look.text_count == 0)
        return false;
    const struct sheet_cell *first = w->look.texts[0];
    bool in_key = false;
    for (size_t i = 0; i < w->look.text_count; i++)
        in_key |= is_word_for_number(w->r, w->look.texts[i]);
    if ((key_is_own || w->look.cells > 1) && !in_key && w->out->missing_count == 0)
        return false;
    return remark_is_note(first->text) || (w->look.cells == 1 && in_key);
}

static enum row_verdict verdict(const struct work *w, const struct sheet_row *row, bool key_is_own)
{
    if (w->look.facts == 0)
        return ROW_PASSED;
    if (is_total(w, key_is_own) || is_note(w, key_is_own) || repeats_header(w, row))
        return ROW_PASSED;
    if (w->out->missing_count == 0)
        return ROW_RECORD;
    if (w->look.facts >= 2 && w->look.fits >= 1)
        return ROW_RECORD;
    return w->look.fits == 1 ? ROW_ODD : ROW_PASSED;
}

/* What the kind of sheet says of every row; a cell of the row's own says it better. */
static void add_set(const struct row_reader *r, const struct sheet_row *row, struct row_read *out)
{
    const struct heading_kind *kind = r->layout->kind;
    const struct sheet_cell *number = cell_of(r, row, &r->entity->fields[r->entity->key[0]]);
    if (r->layout->by_prefix)
        kind = number != NULL ? layout_kind_of_number(r->headings, r->layout, number->text) : NULL;
    for (size_t i = 0; kind != NULL && i < kind->import->set_count; i++) {
        size_t column = r->entity->fields[kind->import->set[i].field].column;
        if (out->main.values[column].kind != VALUE_NONE)
            continue;
        out->main.values[column] = value_text(kind->import->set[i].code);
        set_bit(out->main.given, column);
    }
}

/* An empty part of a key that the record is found without leaves what is known of it. */
static void spare_key(const struct catalog_entity *entity, struct row_part *part)
{
    for (size_t i = 0; entity->alternate_key_count > 0 && i < entity->key_count; i++) {
        size_t column = entity->fields[entity->key[i]].column;
        if (column != SIZE_MAX && part->values[column].kind == VALUE_NONE)
            clear_bit(part->given, column);
    }
}

static struct text name_at(const struct row_reader *r, const struct sheet_row *row, size_t position)
{
    if (position == ROW_NO_COLUMN)
        return TEXT_NONE;
    const struct sheet_cell *cell = row_cell(row, r->layout->columns[position].column);
    return cell != NULL && cell->kind == SHEET_TEXT ? cell->text : TEXT_NONE;
}

/* A village without a code, named together with its town. */
static void find_village(const struct row_reader *r, const struct sheet_row *row,
                         const struct catalog_entity *entity, struct row_part *part, struct row_read *out)
{
    if (part->village_name.at == NULL || entity->village == NULL || entity->village->column == SIZE_MAX
        || part->values[entity->village->column].kind != VALUE_NONE)
        return;
    struct text code = place_village(r->places, name_at(r, row, r->county_column),
                                     name_at(r, row, r->town_column), part->village_name);
    if (code.at == NULL)
        return;
    part->values[entity->village->column] = value_text(code);
    set_bit(part->given, entity->village->column);
    part->village_name = TEXT_NONE;
    out->by_name = true;
}

bool row_read(const struct row_reader *r, const struct sheet_row *row, struct arena *a, struct row_read *out,
              struct err *e)
{
    struct work w = {.r = r, .a = a, .out = out};
    bool key_is_own;
    out->verdict = ROW_PASSED;
    out->refused = out->by_name = false;
    out->masked_key = NULL;
    out->fault_count = out->remark_count = out->missing_count = 0;
    out->main =
        (struct row_part){.values = arena_take_many(a, r->entity->stored_count + 1, sizeof(struct value))};
    out->also = (struct row_part){0};
    if (r->also != NULL)
        out->also.values = arena_take_many(a, r->also->stored_count + 1, sizeof(struct value));
    if (out->main.values == NULL || (r->also != NULL && out->also.values == NULL))
        return err_fail(e, &OUT_OF_MEMORY);
    memcpy(out->main.given, r->given, sizeof r->given);
    memcpy(out->also.given, r->given_also, sizeof r->given_also);
    read_cells(&w, row);
    look_for_key(r, row, out, &key_is_own);
    out->verdict = verdict(&w, row, key_is_own);
    if (out->verdict != ROW_RECORD)
        return true;
    out->refused = out->fault_count > 0 || out->missing_count > 0;
    add_set(r, row, out);
    if (r->places != NULL) {
        find_village(r, row, r->entity, &out->main, out);
        if (r->also != NULL)
            find_village(r, row, r->also, &out->also, out);
    }
    spare_key(r->entity, &out->main);
    if (r->also != NULL)
        spare_key(r->also, &out->also);
    return true;
}
