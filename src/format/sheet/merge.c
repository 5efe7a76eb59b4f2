/* Keeps the ranges that the present row lies in ("active"), ordered by column, each with its first cell's
 * value. */
#include "format/sheet/merge.h"
#include "format/sheet/chars.h"
#include <stdio.h>
#include <stdlib.h>

#define ACTIVE_MAX SHEET_COLUMNS_MAX /* ranges over one row; more of them must overlap */

struct corner {
    uint32_t column, row;
};

static void drop_value(struct merges *m, struct merge_active *a)
{
    if (a->valued && a->cell.text.at != NULL) {
        m->fill_bytes -= a->cell.text.size;
        free((void *)(uintptr_t)a->cell.text.at);
    }
    a->valued = false;
}

void merges_clear(struct merges *m)
{
    for (size_t i = 0; i < m->active_count; i++)
        drop_value(m, &m->active[i]);
    free(m->active);
    free(m->range);
    *m = (struct merges){0};
}

/* One corner of a range: "B2", or "B" (a whole column), or "2" (a whole row), whose open side is `open`. */
static bool parse_corner(struct text t, const struct corner *open, struct corner *out)
{
    char z[24];
    *out = *open;
    if (chars_reference(t, &out->column, &out->row))
        return true;
    if (t.size == 0 || t.size > 8)
        return false;
    bool digits = t.at[0] >= '0' && t.at[0] <= '9';
    int n = snprintf(z, sizeof(z), digits ? "A%.*s" : "%.*s1", TEXT_ARG(t));
    struct corner found;
    if (!chars_reference((struct text){z, (size_t)n}, &found.column, &found.row))
        return false;
    if (digits)
        out->row = found.row;
    else
        out->column = found.column;
    return true;
}

static bool parse_range(struct text t, struct sheet_merge *out)
{
    static const struct corner least = {0, 1}, most = {SHEET_COLUMNS_MAX - 1, SHEET_ROWS_MAX};
    size_t colon = text_find(t, TEXT(":"), 0);
    struct corner first, last;
    if (colon == SIZE_MAX || !parse_corner(text_slice(t, 0, colon), &least, &first)
        || !parse_corner(text_slice(t, colon + 1, t.size), &most, &last))
        return false;
    struct sheet_merge m = {first.row, last.row, first.column, last.column};
    if (m.first_row > m.last_row || m.first_column > m.last_column)
        return false;
    *out = m;
    return m.first_row != m.last_row || m.first_column != m.last_column;
}

bool merges_add(struct merges *m, struct text reference, struct err *e)
{
    struct sheet_merge range;
    if (!parse_range(reference, &range))
        return true;
    if (m->count == SHEET_MERGES_MAX) {
        err_fail_text(e, &SHEET_TOO_MANY_PARTS, "part", TEXT("mergeCells"));
        err_add_int(e, "limit", SHEET_MERGES_MAX);
        return false;
    }
    if (m->count == m->room) {
        size_t room = m->room == 0 ? 64 : m->room * 2;
        struct sheet_merge *at = realloc(m->range, room * sizeof(*at));
        if (at == NULL)
            return err_fail(e, &SHEET_NO_MEMORY);
        m->range = at;
        m->room = room;
    }
    m->range[m->count++] = range;
    return true;
}

static int by_place(const void *a, const void *b)
{
    const struct sheet_merge *x = a, *y = b;
    if (x->first_row != y->first_row)
        return x->first_row < y->first_row ? -1 : 1;
    return (x->first_column > y->first_column) - (x->first_column < y->first_column);
}

bool merges_settle(struct merges *m, struct err *e)
{
    if (m->count == 0)
        return true;
    qsort(m->range, m->count, sizeof(*m->range), by_place);
    size_t room = m->count < ACTIVE_MAX ? m->count : ACTIVE_MAX;
    m->active = calloc(room, sizeof(*m->active));
    return m->active != NULL || err_fail(e, &SHEET_NO_MEMORY);
}

static void forget(struct merges *m, uint32_t row)
{
    size_t kept = 0;
    for (size_t i = 0; i < m->active_count; i++) {
        if (m->range[m->active[i].index].last_row >= row)
            m->active[kept++] = m->active[i];
        else
            drop_value(m, &m->active[i]);
    }
    m->active_count = kept;
}

/* Puts a range among the active ones, behind those that start at its column or before. */
static bool activate(struct merges *m, size_t index, struct err *e)
{
    if (m->active_count == ACTIVE_MAX)
        return err_fail_text(e, &SHEET_UNSAFE, "part", TEXT("mergeCells"));
    size_t i = m->active_count++;
    for (; i > 0 && m->range[m->active[i - 1].index].first_column > m->range[index].first_column; i--)
        m->active[i] = m->active[i - 1];
    m->active[i] = (struct merge_active){.index = index};
    return true;
}

/* Brings the active ranges to this row. */
static bool move_to(struct merges *m, uint32_t row, struct err *e)
{
    if (row < m->row) {
        forget(m, UINT32_MAX);
        m->next = 0;
    }
    bool changed = row != m->row;
    m->row = row;
    if (!changed)
        return true;
    forget(m, row);
    for (; m->next < m->count && m->range[m->next].first_row <= row; m->next++)
        if (m->range[m->next].last_row >= row && !activate(m, m->next, e))
            return false;
    uint32_t reach = 0;
    for (size_t i = 0; i < m->active_count; i++) {
        uint32_t last = m->range[m->active[i].index].last_column;
        reach = last > reach ? last : reach;
        m->active[i].reach = reach;
    }
    return true;
}

/* Number of active ranges that start at or before the column. */
static size_t begun_by(const struct merges *m, uint32_t column)
{
    size_t low = 0, high = m->active_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (m->range[m->active[middle].index].first_column <= column)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Whether a range covers the cell without beginning there; *first_out: the range that begins there. */
static bool is_covered(struct merges *m, uint32_t row, uint32_t column, struct merge_active **first_out)
{
    *first_out = NULL;
    for (size_t i = begun_by(m, column); i-- > 0 && m->active[i].reach >= column;) {
        const struct sheet_merge *range = &m->range[m->active[i].index];
        if (range->last_column < column)
            continue;
        if (range->first_column != column || range->first_row != row)
            return true;
        *first_out = &m->active[i];
    }
    return false;
}

static bool keep_value(struct merges *m, struct merge_active *a, const struct sheet_cell *cell, struct err *e)
{
    drop_value(m, a);
    if (m->fill_bytes + cell->text.size > MERGE_FILL_BYTES_MAX) {
        err_fail_text(e, &SHEET_ROW_TOO_LONG, "limit", TEXT("16 MiB"));
        err_add_int(e, "row", m->row);
        return false;
    }
    a->cell = *cell;
    a->valued = true;
    if (cell->text.at == NULL)
        return true;
    char *copy = malloc(cell->text.size + 1);
    if (copy == NULL) {
        a->cell.text = TEXT_NONE;
        return err_fail(e, &SHEET_NO_MEMORY);
    }
    memcpy(copy, cell->text.at, cell->text.size);
    m->fill_bytes += cell->text.size;
    a->cell.text.at = copy;
    return true;
}

static bool fill_one(struct merges *m, const struct merge_active *a, struct row *r, struct err *e)
{
    const struct sheet_merge *range = &m->range[a->index];
    bool wide = range->last_column - range->first_column >= SHEET_FILL_COLUMNS_MAX;
    uint32_t last = wide ? range->first_column : range->last_column;
    struct sheet_cell cell = a->cell;
    for (cell.column = range->first_column; cell.column <= last; cell.column++) {
        cell.fill = cell.column == range->first_column ? SHEET_FILL_DOWN : SHEET_FILL_ACROSS;
        if ((cell.column != range->first_column || range->first_row != r->number) && !row_push(r, &cell, e))
            return false;
    }
    return true;
}

static int by_column(const void *a, const void *b)
{
    const struct sheet_cell *x = a, *y = b;
    return (x->column > y->column) - (x->column < y->column);
}

static bool fill(struct merges *m, struct row *r, struct err *e)
{
    size_t own = r->count;
    for (size_t i = 0; i < m->active_count; i++)
        if (m->active[i].valued && !fill_one(m, &m->active[i], r, e))
            return false;
    if (r->count > own)
        qsort(r->cell, r->count, sizeof(*r->cell), by_column);
    return true;
}

bool merges_apply(struct merges *m, struct row *r, struct err *e)
{
    if (m->count == 0)
        return true;
    if (!move_to(m, r->number, e))
        return false;
    if (m->active_count == 0)
        return true;
    size_t kept = 0;
    for (size_t i = 0; i < r->count; i++) {
        struct merge_active *first = NULL;
        if (is_covered(m, r->number, r->cell[i].column, &first))
            continue;
        r->cell[kept++] = r->cell[i];
        if (first != NULL && r->how.merging == SHEET_MERGE_FILL && !keep_value(m, first, &r->cell[i], e))
            return false;
    }
    r->count = kept;
    return r->how.merging != SHEET_MERGE_FILL || fill(m, r, e);
}
