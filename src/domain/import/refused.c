/* The refused rows, given back: under the sheet names, titles and headers of the office, values as they were
 * written, the refused cells red with the reason as a comment, the original row number in a last column that
 * an import reads over. What is mended there can be imported as it is: only rows that nothing refused are
 * missing.
 */
#include "base/base.err.h"
#include "domain/import/run.h"

#define COMMENTS_MAX                                                                                         \
    20000 /* a comment is the one thing that costs the writer memory; further cells are only red */
#define COMMENT_BYTES_MAX 2000
#define ROW_BYTES_MAX ((size_t)16 << 20) /* reasons of one row */
#define COLUMN_WIDTH 14.0
#define DAYS_1904 1462 /* between the first days of the two systems of dates */

struct give_back {
    struct import_run *run;
    struct sheet_writer *w;
    struct sheet_book *book;
    const struct import_sheet *sheet;
    uint32_t last; /* column of the row numbers */
    uint32_t row;  /* next row of the output */
    size_t header_seen;
    size_t comments;
    struct buf comment;
    struct arena of_row;
    struct err *e;
};

static uint32_t last_column(const struct layout *l)
{
    uint32_t last = 0;
    const struct layout_column *const lists[] = {l->columns, l->unknown, l->twice};
    const size_t counts[] = {l->column_count, l->unknown_count, l->twice_count};
    for (size_t k = 0; k < COUNT_OF(lists); k++)
        for (size_t i = 0; i < counts[k]; i++)
            if (!text_equal(lists[k][i].header, HEADING_ROW_NUMBER) && lists[k][i].column + 1 > last)
                last = lists[k][i].column + 1;
    return last;
}

static void write_cell(struct give_back *g, const struct sheet_cell *c, enum sheet_look look)
{
    day on;
    int32_t ms;
    double serial;
    switch ((enum sheet_cell_kind)c->kind) {
    case SHEET_NONE:
        sheet_writer_text(g->w, g->row, c->column, TEXT(""), look);
        break;
    case SHEET_NUMBER:
        sheet_writer_number(g->w, g->row, c->column, c->number, look);
        break;
    case SHEET_DATE:
        serial = c->number + (sheet_date1904(g->book) ? DAYS_1904 : 0);
        if (look == SHEET_LOOK_PLAIN && sheet_serial(serial, false, &on, &ms) && on != DAY_NONE && ms == 0)
            sheet_writer_date(g->w, g->row, c->column, on);
        else
            sheet_writer_number(g->w, g->row, c->column, serial,
                                look == SHEET_LOOK_PLAIN ? look : SHEET_LOOK_REFUSED_DATE);
        break;
    case SHEET_BOOL:
        sheet_writer_bool(g->w, g->row, c->column, c->number != 0, look);
        break;
    default:
        sheet_writer_text(g->w, g->row, c->column, c->text, look);
    }
}

/* Rows above the records: titles as they stand, headers with the column of row numbers behind them. */
static void write_head_row(struct give_back *g, const struct sheet_row *row)
{
    const struct layout *l = &g->sheet->layout;
    bool header = row->number >= l->header_first && g->header_seen < l->header_rows;
    enum sheet_look look = header ? SHEET_LOOK_HEADER : SHEET_LOOK_PLAIN;
    bool groups = header && l->header_rows == 2 && g->header_seen == 0;
    for (size_t i = 0; i < row->count; i++) {
        const struct sheet_cell *c = &row->cells[i];
        bool stands = c->fill == SHEET_FILL_OWN || (header && c->fill == SHEET_FILL_DOWN)
                      || (groups && c->fill == SHEET_FILL_ACROSS);
        if (stands && c->column < g->last)
            write_cell(g, c, look);
    }
    if (header)
        sheet_writer_text(g->w, g->row, g->last, HEADING_ROW_NUMBER, SHEET_LOOK_HEADER);
    g->header_seen += header;
    g->row++;
}

struct reason {
    uint32_t column; /* the last one for what tells of the row as a whole */
    struct text why; /* in the arena of the row */
};
struct reasons { /* what refused one row */
    struct reason *at;
    size_t count;
};

static bool gather(struct give_back *g, uint32_t row, struct reasons *out)
{
    uint32_t sheet = g->sheet->number;
    size_t from = problem_seek(g->run->problems, sheet, row),
           to = problem_seek(g->run->problems, sheet, row + 1);
    *out = (struct reasons){.at = arena_take_many(&g->of_row, to - from + 1, sizeof *out->at)};
    if (out->at == NULL)
        return err_fail(g->e, &OUT_OF_MEMORY);
    for (size_t i = from; i < to; i++) {
        struct problem p;
        if (!problem_get(g->run->problems, i, &p, g->e))
            return false;
        if (p.level != PROBLEM_ERROR)
            continue;
        struct reason *r = &out->at[out->count++];
        r->column = p.column == PROBLEM_NO_COLUMN || p.column >= g->last ? g->last : p.column;
        r->why = text_copy(&g->of_row, p.message);
    }
    return true;
}

static bool is_refused(const struct reasons *all, uint32_t column)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i].column == column)
            return true;
    return false;
}

/* The reasons of one cell as its comment. */
static void write_reason(struct give_back *g, const struct reasons *all, uint32_t column)
{
    if (g->comments++ >= COMMENTS_MAX)
        return;
    buf_reset(&g->comment);
    for (size_t i = 0; i < all->count; i++) {
        if (all->at[i].column != column || g->comment.size + all->at[i].why.size > COMMENT_BYTES_MAX)
            continue;
        if (g->comment.size > 0)
            buf_add_z(&g->comment, "\n");
        buf_add(&g->comment, all->at[i].why);
    }
    sheet_writer_comment(g->w, g->row, column, buf_text(&g->comment));
}

/* Cells in the order of their columns; a refused cell that the file does not have is made, empty and red. */
static void write_record(struct give_back *g, const struct sheet_row *row)
{
    struct reasons all;
    size_t next = 0;
    arena_rewind(&g->of_row, (struct arena_mark){0});
    if (!gather(g, row->number, &all))
        return;
    for (uint32_t column = 0; column < g->last; column++) {
        while (next < row->count && row->cells[next].column < column)
            next++;
        const struct sheet_cell *c =
            next < row->count && row->cells[next].column == column ? &row->cells[next] : NULL;
        bool refused = is_refused(&all, column);
        if (c != NULL && c->fill != SHEET_FILL_ACROSS)
            write_cell(g, c, refused ? SHEET_LOOK_REFUSED : SHEET_LOOK_PLAIN);
        else if (refused)
            sheet_writer_text(g->w, g->row, column, TEXT(""), SHEET_LOOK_REFUSED);
        if (refused)
            write_reason(g, &all, column);
    }
    bool whole = is_refused(&all, g->last);
    sheet_writer_number(g->w, g->row, g->last, row->number, whole ? SHEET_LOOK_REFUSED : SHEET_LOOK_PLAIN);
    if (whole)
        write_reason(g, &all, g->last);
    g->row++;
}

static bool write_rows(struct give_back *g, struct sheet_rows *rows)
{
    const struct sheet_row *row = NULL;
    const struct layout *l = &g->sheet->layout;
    for (;;) {
        if (!sheet_rows_next(rows, &row, g->e))
            return false;
        if (row == NULL)
            return true;
        if (row->number <= l->header_last)
            write_head_row(g, row);
        else if (problem_refused(g->run->problems, g->sheet->number, row->number) != SIZE_MAX)
            write_record(g, row);
        if (g->e->kind != NULL)
            return false;
    }
}

static bool write_sheet(struct give_back *g, const struct import_sheet *s)
{
    struct sheet_rows *rows = NULL;
    g->sheet = s;
    g->row = 0;
    g->header_seen = 0;
    g->last = last_column(&s->layout);
    sheet_writer_sheet(g->w, text_is_empty(s->name) ? path_stem(s->file->name) : s->name);
    sheet_writer_width(g->w, 0, g->last, COLUMN_WIDTH);
    bool done = sheet_rows_open(g->book, s->index, &rows, g->e) && write_rows(g, rows);
    sheet_rows_close(rows);
    return done;
}

/* Does any row of the sheet have an error? */
static bool has_refused(struct import_run *run, uint32_t sheet)
{
    size_t to = problem_seek(run->problems, sheet + 1, 0);
    for (size_t i = problem_seek(run->problems, sheet, 1); i < to; i++) {
        uint32_t s, row;
        enum problem_level level;
        problem_place(run->problems, i, &s, &row, &level);
        if (level == PROBLEM_ERROR)
            return true;
    }
    return false;
}

static bool write_file(struct give_back *g, uint32_t from, uint32_t to)
{
    bool done = true;
    for (uint32_t n = from; done && n < to; n++) {
        const struct import_sheet *s = run_sheet(g->run, n);
        if (!has_refused(g->run, n))
            continue;
        if (g->book == NULL)
            done = sheet_open(s->file->path.at, &sheet_for_import, &g->book, g->e);
        done = done && write_sheet(g, s);
    }
    sheet_close(g->book);
    g->book = NULL;
    return done;
}

bool refused_write(struct import_run *run, struct sheet_writer *w, struct err *e)
{
    struct give_back g = {.run = run, .w = w, .e = e};
    bool done = true;
    uint32_t count = (uint32_t)run->reader.sheet_count;
    buf_init(&g.comment, COMMENT_BYTES_MAX + 8192);
    arena_init(&g.of_row, ROW_BYTES_MAX);
    for (uint32_t from = 0, to; done && from < count; from = to) {
        for (to = from + 1; to < count && run_sheet(run, to)->file == run_sheet(run, from)->file;)
            to++;
        done = write_file(&g, from, to);
    }
    buf_clear(&g.comment);
    arena_clear(&g.of_row);
    return done;
}
