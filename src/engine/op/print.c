/* Lines and tables for people. Always holds: a coloured line ends its colour; a table's cell is never wider
 * than its column; what goes to a file is whole; control characters of the register never reach the terminal.
 */
#include "engine/op/print.h"
#include <stdarg.h>
#include <stdlib.h>

#define PRINT_CELL_MAX 48 /* columns of a terminal that a cell may take which has others behind it */

static const char *tone_begin(enum print_tone tone)
{
    switch (tone) {
    case PRINT_GOOD:
        return "\033[32m";
    case PRINT_WARN:
        return "\033[33m";
    case PRINT_BAD:
        return "\033[31m";
    case PRINT_FAINT:
        return "\033[2m";
    case PRINT_HEAD:
        return "\033[1m";
    case PRINT_PLAIN:
        break;
    }
    return "";
}

/* Writes text without the control characters that a terminal would obey. */
static void put_plain(struct print *p, struct text t)
{
    for (size_t i = 0; i < t.size; i++) {
        unsigned char c = (unsigned char)t.at[i];
        if (c >= 0x20 && c != 0x7f)
            fputc(c, p->to);
        else if (c == '\n' || c == '\t')
            fputc(' ', p->to);
    }
}

static void put_toned(struct print *p, enum print_tone tone, struct text t)
{
    bool coloured = p->colour && tone != PRINT_PLAIN;
    if (coloured)
        fputs(tone_begin(tone), p->to);
    put_plain(p, t);
    if (coloured)
        fputs("\033[0m", p->to);
}

void print_line(struct print *p, enum print_tone tone, const char *format, ...)
{
    char *line = NULL;
    va_list arguments;
    va_start(arguments, format);
    int size = vasprintf(&line, format, arguments);
    va_end(arguments);
    if (size < 0)
        return; /* out of memory: a line for a person is lost, nothing else */
    put_toned(p, tone, (struct text){line, (size_t)size});
    fputc('\n', p->to);
    free(line);
}

void print_next(struct print *p, const char *zh, const char *en)
{
    print_line(p, PRINT_HEAD, "%s%s", print_say(p, "下一步：", "Next: "), print_say(p, zh, en));
}

struct table_row {
    enum print_tone tone;
    struct text *cells;
    struct table_row *next;
};
struct print_table {
    struct arena *arena;
    size_t columns;
    bool right[PRINT_COLUMN_MAX];
    size_t width[PRINT_COLUMN_MAX];
    struct table_row *first, *last;
};

struct print_table *print_table_new(struct arena *a, size_t columns)
{
    struct print_table *t = columns > PRINT_COLUMN_MAX ? NULL : arena_take(a, sizeof *t);
    if (t == NULL)
        return NULL;
    t->arena = a;
    t->columns = columns;
    return t;
}

void print_table_right(struct print_table *t, size_t column)
{
    if (t != NULL && column < t->columns)
        t->right[column] = true;
}

/* The cell so that it fits its column, by whole characters; what was cut off is told by "…". */
static struct text clip(struct arena *a, struct text t, size_t columns)
{
    if (text_columns(t) <= columns)
        return t;
    size_t at = 0, good = 0;
    while (at < t.size) {
        (void)text_next(t, &at);
        if (text_columns(text_slice(t, 0, at)) > columns - 1)
            break;
        good = at;
    }
    return text_format(a, "%.*s…", (int)good, t.at);
}

void print_table_row(struct print_table *t, enum print_tone tone, const struct text *cells)
{
    if (t == NULL)
        return;
    struct table_row *row = arena_take(t->arena, sizeof *row);
    struct text *copies = row == NULL ? NULL : arena_take_many(t->arena, t->columns, sizeof *copies);
    if (copies == NULL)
        return;
    for (size_t i = 0; i < t->columns; i++)
        copies[i] = text_copy(t->arena, cells[i]);
    *row = (struct table_row){tone, copies, NULL};
    if (t->last == NULL)
        t->first = row;
    else
        t->last->next = row;
    t->last = row;
}

void print_table_head(struct print_table *t, const char *const *cells)
{
    struct text heads[PRINT_COLUMN_MAX];
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->columns; i++)
        heads[i] = text_of(cells[i]);
    print_table_row(t, PRINT_HEAD, heads);
}

static void pad(struct print *p, size_t columns)
{
    while (columns-- > 0)
        fputc(' ', p->to);
}

static void print_cell(const struct print_table *t, struct print *p, const struct table_row *row, size_t i)
{
    size_t gap = t->width[i] - text_columns(row->cells[i]);
    bool last = i + 1 == t->columns;
    if (t->right[i])
        pad(p, gap);
    put_toned(p, row->tone, row->cells[i]);
    if (!t->right[i] && !last)
        pad(p, gap);
    if (!last)
        fputs("  ", p->to);
}

/* On a terminal long cells would break the alignment of those behind them; the last column has none behind
 * it. */
static void fit(struct print_table *t, const struct print *p)
{
    for (struct table_row *row = t->first; row != NULL; row = row->next)
        for (size_t i = 0; i < t->columns; i++) {
            if (p->width > 0 && i + 1 < t->columns)
                row->cells[i] = clip(t->arena, row->cells[i], PRINT_CELL_MAX);
            size_t width = text_columns(row->cells[i]);
            if (width > t->width[i])
                t->width[i] = width;
        }
}

void print_table_end(struct print_table *t, struct print *p)
{
    if (t == NULL)
        return;
    fit(t, p);
    for (const struct table_row *row = t->first; row != NULL; row = row->next) {
        for (size_t i = 0; i < t->columns; i++)
            print_cell(t, p, row, i);
        fputc('\n', p->to);
    }
}
