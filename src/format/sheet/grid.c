/* The general way through a worksheet, by expat's events. */
#include "format/sheet/grid.h"
#include "format/sheet/chars.h"
#include <stdlib.h>

static void stop(struct xml *x, bool good)
{
    if (!good)
        xml_stop(x);
}

static void start_row(struct xml *x, const char **attributes)
{
    struct grid *g = x->user;
    const char *r = xml_attribute(attributes, "r");
    int64_t number = -1;
    g->place = GRID_ROW;
    g->next_column = 0;
    if (r != NULL && (!text_to_int(text_of(r), &number) || number < 0))
        number = -1; /* no number at all: where it stands in the file tells */
    stop(x, row_begin(g->row, number < 0 ? ROW_NEXT : (uint64_t)number,
                      xml_is_true(xml_attribute(attributes, "hidden")), x->e));
}

/* Where a cell stands. One that claims another row than its row's moves a row that is still empty. */
static bool find_place(struct grid *g, const char *reference, struct err *e)
{
    uint32_t column = 0, row = 0;
    g->cell.column = g->next_column;
    if (reference == NULL || !chars_reference(text_of(reference), &column, &row))
        return true;
    g->cell.column = column;
    if (row != g->row->number && g->row->count == 0)
        return row_begin(g->row, row, g->row->hidden, e);
    return true;
}

static void start_cell(struct xml *x, const char **attributes)
{
    struct grid *g = x->user;
    const char *t = xml_attribute(attributes, "t"), *s = xml_attribute(attributes, "s");
    g->place = GRID_CELL;
    g->cell = (struct raw_cell){.type = t == NULL ? CELL_NUMBER : row_cell_type(text_of(t)),
                                .style = s == NULL ? 0 : (uint32_t)strtoul(s, NULL, 10),
                                .value = TEXT("")};
    stop(x, find_place(g, xml_attribute(attributes, "r"), x->e));
    g->next_column = g->cell.column + 1;
    buf_reset(&g->value);
}

static void start_merge(struct xml *x, const char **attributes)
{
    struct grid *g = x->user;
    const char *reference = xml_attribute(attributes, "ref");
    if (reference != NULL && g->merges != NULL && !merges_add(g->merges, text_of(reference), x->e))
        xml_stop(x);
    else
        xml_skip(x);
}

static void start_in_cell(struct xml *x, const char *name)
{
    struct grid *g = x->user;
    bool value = strcmp(name, "v") == 0;
    if (value || strcmp(name, "is") == 0) {
        g->place = value ? GRID_VALUE : GRID_INLINE;
        g->cell.valued = true;
        buf_reset(&g->value);
    } else {
        g->cell.formula |= strcmp(name, "f") == 0;
        xml_skip(x);
    }
}

/* Above the rows: the sheet's two lists. */
static void start_list(struct xml *x, const char *name)
{
    struct grid *g = x->user;
    if (g->place == GRID_TOP && strcmp(name, "worksheet") == 0) {
        g->place = GRID_SHEET;
    } else if (g->place == GRID_SHEET && strcmp(name, "sheetData") == 0) {
        g->place = GRID_DATA;
        feed_enter_list(&g->feed);
    } else if (g->place == GRID_SHEET && strcmp(name, "mergeCells") == 0) {
        g->place = GRID_MERGES;
    } else {
        xml_skip(x);
    }
}

static void on_start(struct xml *x, const char *name, const char **attributes)
{
    struct grid *g = x->user;
    if (g->place == GRID_DATA && strcmp(name, "row") == 0 && g->row != NULL) {
        start_row(x, attributes);
    } else if (g->place == GRID_ROW && strcmp(name, "c") == 0) {
        start_cell(x, attributes);
    } else if (g->place == GRID_CELL) {
        start_in_cell(x, name);
    } else if ((g->place == GRID_INLINE || g->place == GRID_RUN) && strcmp(name, "t") == 0) {
        g->text_in = g->place;
        g->place = GRID_TEXT;
    } else if (g->place == GRID_INLINE && strcmp(name, "r") == 0) {
        g->place = GRID_RUN;
    } else if (g->place == GRID_MERGES && strcmp(name, "mergeCell") == 0) {
        start_merge(x, attributes);
    } else {
        start_list(x, name);
    }
}

/* The value gathered so far moves to the row's memory, where the next cell does not overwrite it. */
static bool end_cell(struct grid *g, struct err *e)
{
    if (g->value.size > 0) {
        char *copy = arena_take(&g->row->text, g->value.size);
        if (copy == NULL) {
            err_fail_text(e, &SHEET_ROW_TOO_LONG, "limit", TEXT("32 MiB"));
            err_add_int(e, "row", g->row->number);
            return false;
        }
        memcpy(copy, g->value.at, g->value.size);
        g->cell.value = (struct text){copy, g->value.size};
    }
    return row_add(g->row, &g->cell, e);
}

static void end_row(struct xml *x)
{
    struct grid *g = x->user;
    g->place = GRID_DATA;
    g->ready = true;
    row_end(g->row);
    xml_pause(x);
}

static void on_end(struct xml *x, const char *name)
{
    (void)name;
    struct grid *g = x->user;
    switch (g->place) {
    case GRID_TEXT:
        g->place = g->text_in;
        break;
    case GRID_RUN:
        g->place = GRID_INLINE;
        break;
    case GRID_INLINE:
    case GRID_VALUE:
        g->place = GRID_CELL;
        break;
    case GRID_CELL:
        g->place = GRID_ROW;
        stop(x, end_cell(g, x->e));
        break;
    case GRID_ROW:
        end_row(x);
        break;
    case GRID_DATA:
        feed_leave_list(&g->feed);
        g->place = GRID_SHEET;
        break;
    case GRID_MERGES:
        g->place = GRID_SHEET;
        break;
    case GRID_SHEET:
    case GRID_TOP:
        g->place = GRID_TOP;
        break;
    }
}

static void on_text(struct xml *x, const char *at, size_t size)
{
    struct grid *g = x->user;
    if (g->place != GRID_VALUE && g->place != GRID_TEXT)
        return;
    buf_add(&g->value, (struct text){at, size});
    if (g->value.failed)
        stop(x, row_fail_long(g->row, g->cell.column, x->e));
}

static bool open_part(struct grid *g, struct package *p, uint64_t entry, struct text part, feed_scan *scan,
                      struct err *e)
{
    static const struct xml_handler handler = {on_start, on_end, on_text};
    buf_init(&g->value, (size_t)SHEET_CELL_BYTES_MAX + 1);
    bool good = feed_open(&g->feed, p, entry, part, &handler, scan, g, e);
    g->feed.open_tag = "<row";
    g->feed.close_tag = "</row>";
    return good;
}

bool grid_open(struct grid *g, struct package *p, uint64_t entry, struct text part, struct row *row,
               bool plain, struct err *e)
{
    *g = (struct grid){.row = row};
    return open_part(g, p, entry, part, plain ? NULL : grid_scan_row, e);
}

void grid_close(struct grid *g)
{
    feed_close(&g->feed);
    buf_clear(&g->value);
}

bool grid_next(struct grid *g, struct err *e)
{
    bool over = false;
    g->ready = false;
    while (!g->ready && !over)
        if (!feed_step(&g->feed, &over, e))
            return false;
    return true;
}

/* Steps over all rows at once: up to the list's closing tag. */
static enum scan_result skip_rows(void *user, const char *p, const char *end, const char **next_out,
                                  struct err *e)
{
    (void)user, (void)e;
    static const char close[] = "</sheetData>";
    const char *at = memmem(p, (size_t)(end - p), close, sizeof(close) - 1);
    if (at == p)
        return SCAN_OTHER;
    size_t keep = sizeof(close) - 2;
    if (at == NULL && (size_t)(end - p) <= keep)
        return SCAN_PARTIAL;
    *next_out = at != NULL ? at : end - keep;
    return SCAN_DONE;
}

static bool read_merges(struct package *p, uint64_t entry, struct text part, feed_scan *scan,
                        struct merges *out, struct err *e)
{
    struct grid g = {.merges = out};
    bool good = open_part(&g, p, entry, part, scan, e), over = false;
    while (good && !over)
        good = feed_step(&g.feed, &over, e);
    grid_close(&g);
    return good;
}

bool grid_merges(struct package *p, uint64_t entry, struct text part, bool plain, struct merges *out,
                 struct err *e)
{
    struct err first = {0};
    bool good = !plain && read_merges(p, entry, part, skip_rows, out, &first);
    if (!good) {
        /* The closing tag may have stood in a comment: once more, with every row before expat. */
        merges_clear(out);
        good = read_merges(p, entry, part, NULL, out, e);
    }
    return good && merges_settle(out, e);
}
