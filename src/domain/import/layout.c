/* The header of a sheet among its first rows. Always: known columns ascend and no field stands in two of
 * them. */
#include "domain/import/layout.h"
#include "base/base.err.h"
#include "domain/import/kind.h"

#define TITLE_BYTES_MAX 2048
#define NUMBERING_CELLS_MIN 3
#define UNIT_CHARS_MAX 5 /* （万元） */

bool head_add(struct head *head, const struct sheet_row *row, struct arena *a, struct err *e)
{
    struct sheet_row *copy = &head->rows[head->count];
    struct sheet_cell *cells = arena_take_many(a, row->count + 1, sizeof *cells);
    if (cells == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    *copy = *row;
    copy->cells = cells;
    for (size_t i = 0; i < row->count; i++) {
        cells[i] = row->cells[i];
        cells[i].text = text_copy(a, row->cells[i].text);
        if (row->cells[i].text.at != NULL && cells[i].text.at == NULL)
            return err_fail(e, &OUT_OF_MEMORY);
    }
    head->count++;
    return true;
}

/* The best fit of any kind: how many fields, and how many of these only through groups. */
static bool weigh(const struct headings *h, const struct candidate *c, struct arena *a,
                  struct kind_fit *best_out, struct err *e)
{
    *best_out = (struct kind_fit){0};
    for (size_t k = 0; k < h->kind_count; k++) {
        struct kind_fit fit;
        if (!kind_fit(&h->kinds[k], c, a, &fit, e))
            return false;
        if (fit.fields > best_out->fields
            || (fit.fields == best_out->fields && fit.combined > best_out->combined))
            *best_out = fit;
    }
    return true;
}

struct search {
    const struct headings *h;
    const struct head *head;
    struct arena *a;
    struct candidate best;
    size_t best_fields;
    size_t above; /* row of a table's header above the best one, with rows of its own; SIZE_MAX: none */
};

static size_t head_rows(const struct head *head)
{
    return head->count < LAYOUT_HEAD_MAX ? head->count : LAYOUT_HEAD_MAX;
}

/* Row alone against row with the one below it: groups count only when they explain more, or when the row
 * below tells the units. */
static bool search_row(struct search *s, size_t row, const struct kind_fit *alone, struct err *e)
{
    struct candidate c;
    if (row + 1 < head_rows(s->head)) {
        struct kind_fit pair;
        if (!candidate_pair(s->h, s->head, row, s->a, &c, e) || !weigh(s->h, &c, s->a, &pair, e))
            return false;
        size_t single = alone[row].fields, below = alone[row + 1].fields;
        bool more = pair.fields > single && pair.fields > below;
        bool clearer = pair.fields > single && pair.fields == below && pair.combined > 0;
        bool united = pair.fields == single && pair.fields > below && pair.units > alone[row].units;
        if ((more || clearer || united) && pair.fields > s->best_fields) {
            s->best = c;
            s->best_fields = pair.fields;
        }
    }
    if (alone[row].fields <= s->best_fields)
        return true;
    s->best_fields = alone[row].fields;
    return candidate_single(s->h, s->head, row, s->a, &s->best, e);
}

static bool search_rows(struct search *s, struct err *e)
{
    struct kind_fit alone[LAYOUT_HEAD_MAX];
    size_t rows = head_rows(s->head);
    for (size_t r = 0; r < rows; r++) {
        struct candidate c;
        if (!candidate_single(s->h, s->head, r, s->a, &c, e) || !weigh(s->h, &c, s->a, &alone[r], e))
            return false;
    }
    for (size_t r = 0; r < rows; r++)
        if (!search_row(s, r, alone, e))
            return false;
    s->above = SIZE_MAX;
    for (size_t r = 0; s->best_fields > 0 && s->above == SIZE_MAX && r + 1 < s->best.row; r++)
        if (alone[r].fields >= 2 && alone[r].missing == NULL)
            s->above = r;
    return true;
}

static bool is_numbering_cell(const struct sheet_cell *c, int64_t *number_out)
{
    struct text t = text_trim(c->text);
    return (c->kind == SHEET_NUMBER || c->kind == SHEET_TEXT) && text_to_int(t, number_out) && *number_out > 0
           && *number_out < 1000;
}

/* 栏次: a row below the header that only counts its columns. */
static bool is_numbering(const struct sheet_row *row)
{
    int64_t last = 0;
    size_t count = 0;
    for (size_t i = 0; i < row->count; i++) {
        int64_t n;
        if (row->cells[i].fill != SHEET_FILL_OWN || row->cells[i].kind == SHEET_NONE)
            continue;
        if (!is_numbering_cell(&row->cells[i], &n)) {
            if (count > 0 || row->cells[i].kind != SHEET_TEXT || text_count(row->cells[i].text) > 2)
                return false;
            continue; /* 甲, 乙, 栏次 before the first figure */
        }
        if (count > 0 && n != last + 1)
            return false;
        last = n;
        count++;
    }
    return count >= NUMBERING_CELLS_MIN;
}

/* The unit that a cell below a header names, or TEXT_NONE. */
static struct text unit_in(struct text t, struct arena *a)
{
    struct text key, unit, bare = text_trim(t);
    struct text joined =
        text_count(bare) > UNIT_CHARS_MAX ? TEXT_NONE : text_format(a, "x(%.*s)", TEXT_ARG(bare));
    if (joined.at == NULL || !sheet_header_key(joined, a, &key, &unit))
        return TEXT_NONE;
    return unit.size > 0 ? unit : TEXT_NONE;
}

/* A row below a header of two rows that only names units. (Below one row it is the second row of the header.)
 */
static bool is_units(const struct sheet_row *row, struct arena *a)
{
    size_t count = 0;
    for (size_t i = 0; i < row->count; i++) {
        if (row->cells[i].fill != SHEET_FILL_OWN)
            continue;
        if (row->cells[i].kind != SHEET_TEXT || unit_in(row->cells[i].text, a).at == NULL)
            return false;
        count++;
    }
    return count > 0;
}

/* Where the records begin: behind the header, a row of units and one that counts the columns. */
static size_t body_of(const struct head *head, const struct candidate *c, size_t *units_out, struct arena *a)
{
    size_t body = c->row + 1 + c->two;
    *units_out = SIZE_MAX;
    if (body < head->count && is_units(&head->rows[body], a))
        *units_out = body++;
    if (body < head->count && is_numbering(&head->rows[body]))
        body++;
    return body;
}

static void add_title_cell(struct buf *b, const struct sheet_cell *cell)
{
    day on;
    int32_t ms;
    char written[11];
    if (cell->fill != SHEET_FILL_OWN || b->size + cell->text.size > TITLE_BYTES_MAX)
        return;
    if (cell->kind == SHEET_TEXT) {
        buf_add(b, cell->text);
        buf_add_z(b, " ");
    } else if (cell->kind == SHEET_DATE && sheet_serial(cell->number, false, &on, &ms) && on != DAY_NONE) {
        day_format(on, written);
        buf_add_z(b, written);
        buf_add_z(b, " ");
    }
}

/* What stands above the header. A date there as a true date is rare and read by the system of 1900. */
static struct text title_of(const struct head *head, size_t rows, struct arena *a)
{
    struct buf b;
    buf_init(&b, TITLE_BYTES_MAX + 64);
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < head->rows[r].count; i++)
            add_title_cell(&b, &head->rows[r].cells[i]);
    struct text title = text_copy(a, buf_text(&b));
    buf_clear(&b);
    return title.at != NULL ? title : TEXT("");
}

struct columns {
    struct layout_column *known, *unknown, *twice;
    size_t known_count, unknown_count, twice_count;
};

static bool is_taken(const struct columns *cs, const struct layout_column *c)
{
    for (size_t i = 0; i < cs->known_count; i++)
        if (c->field != NULL ? cs->known[i].field == c->field : cs->known[i].also == c->also)
            return true;
    return false;
}

static void add_known(struct columns *cs, const struct heading_kind *kind, const struct heading_slot *slot,
                      struct layout_column c)
{
    if (slot->main != SLOT_NONE)
        c.field = &kind->import->entity->fields[slot->main];
    if (slot->also != SLOT_NONE)
        c.also = &kind->import->also->fields[slot->also];
    if (is_taken(cs, &c)) {
        cs->twice[cs->twice_count++] = c;
        return;
    }
    size_t at = cs->known_count++;
    for (; at > 0 && cs->known[at - 1].column > c.column; at--)
        cs->known[at] = cs->known[at - 1];
    cs->known[at] = c;
}

/* Headers that a group makes whole (成员 over 姓名) have their fields before those that stand alone: the 姓名
 * below another group is somebody else's. */
static void add_columns(struct columns *cs, const struct heading_kind *kind, const struct candidate *c,
                        bool joined, struct arena *a)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct candidate_cell *cell = &c->cells[i];
        struct layout_column column = {
            .column = cell->column, .header = text_trim(cell->header), .unit = TEXT_NONE};
        bool combined = false;
        const struct heading_slot *slot = candidate_slot(kind, cell, &column.unit, &combined);
        if (slot != NULL && combined == joined)
            add_known(cs, kind, slot, column);
        else if (slot == NULL && !joined && !heading_is_idle(cell->part, a))
            cs->unknown[cs->unknown_count++] = column;
    }
}

/* A unit of money at the beginning of a text, or TEXT_NONE. */
static struct text money_unit(struct text t)
{
    static const char *const units[] = {"万元", "千元", "百元", "亿元"};
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (text_starts_with(t, text_of(units[i])))
            return text_of(units[i]);
    return TEXT_NONE;
}

/* The unit of money that a title tells for its whole table: 单位：万元, or （万元）. */
static struct text title_unit(struct text title)
{
    static const char *const leads[] = {"单位:", "(", "、"};
    for (size_t at = 0; at < title.size; at++) {
        struct text rest = text_slice(title, at, title.size);
        for (size_t i = 0; i < COUNT_OF(leads); i++) {
            struct text unit = !text_starts_with(rest, text_of(leads[i]))
                                   ? TEXT_NONE
                                   : money_unit(text_slice(rest, strlen(leads[i]), rest.size));
            if (unit.at != NULL)
                return unit;
        }
    }
    return TEXT_NONE;
}

/* Columns whose header names no unit take it from the row of units, else, where they hold money, from the
 * title. */
static void add_units(struct columns *cs, const struct sheet_row *units, struct text of_title,
                      struct arena *a)
{
    for (size_t i = 0; i < cs->known_count; i++) {
        struct layout_column *c = &cs->known[i];
        const struct catalog_field *f = c->field != NULL ? c->field : c->also;
        if (c->unit.size > 0)
            continue;
        for (size_t k = 0; units != NULL && k < units->count; k++)
            if (units->cells[k].column == c->column)
                c->unit = unit_in(units->cells[k].text, a);
        if (c->unit.size == 0 && f->type == FIELD_MONEY)
            c->unit = of_title;
    }
}

static bool fill_columns(struct layout *out, const struct candidate *c, const struct sheet_row *units,
                         struct text title, struct arena *a, struct err *e)
{
    struct columns cs = {0};
    cs.known = arena_take_many(a, c->count + 1, sizeof *cs.known);
    cs.unknown = arena_take_many(a, c->count + 1, sizeof *cs.unknown);
    cs.twice = arena_take_many(a, c->count + 1, sizeof *cs.twice);
    if (cs.known == NULL || cs.unknown == NULL || cs.twice == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    add_columns(&cs, out->kind, c, true, a);
    add_columns(&cs, out->kind, c, false, a);
    add_units(&cs, units, title_unit(title), a);
    out->columns = cs.known;
    out->column_count = cs.known_count;
    out->unknown = cs.unknown;
    out->unknown_count = cs.unknown_count;
    out->twice = cs.twice;
    out->twice_count = cs.twice_count;
    return true;
}

static bool tell_nearly(struct layout *out, const struct heading_kind *nearly, const struct candidate *c,
                        struct arena *a, struct err *e)
{
    struct kind_fit fit;
    out->nearly = nearly;
    if (nearly == NULL)
        return true;
    if (!kind_fit(nearly, c, a, &fit, e))
        return false;
    out->missing = fit.missing;
    return true;
}

bool layout_find(const struct headings *h, const struct head *head, struct text sheet, struct text file,
                 struct arena *a, struct layout *out, struct err *e)
{
    struct search s = {.h = h, .head = head, .a = a};
    const struct heading_kind *nearly;
    *out = (struct layout){.date = DAY_NONE};
    if (!search_rows(&s, e))
        return false;
    if (s.best_fields == 0)
        return true;
    size_t units, body = body_of(head, &s.best, &units, a);
    struct text title = title_of(head, s.best.row, a);
    struct kind_words words = {catalog_fold(a, sheet), catalog_fold(a, title), catalog_fold(a, file)};
    if (!kind_choose(h, &s.best, head, body, &words, a, &out->kind, &out->by_prefix, &nearly, e))
        return false;
    if (out->kind == NULL)
        return tell_nearly(out, nearly, &s.best, a, e);
    out->above = s.above != SIZE_MAX ? head->rows[s.above].number : 0;
    out->header_first = head->rows[s.best.row].number;
    out->header_last = head->rows[body - 1].number;
    out->header_rows = s.best.two ? 2 : 1;
    out->body = body;
    out->date = layout_title_date(title, a);
    return fill_columns(out, &s.best, units != SIZE_MAX ? &head->rows[units] : NULL, words.title, a, e);
}

const struct heading_kind *layout_kind_of_number(const struct headings *h, const struct layout *l,
                                                 struct text number)
{
    for (size_t k = 0; k < h->kind_count; k++)
        if (h->kinds[k].import->entity == l->kind->import->entity && kind_has_prefix(&h->kinds[k], number))
            return &h->kinds[k];
    return NULL;
}
