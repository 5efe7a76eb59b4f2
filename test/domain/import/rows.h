/* Sheets for tests, written as text: a line is a row, | separates cells, # begins a number, > a cell that a
 * merged range fills from the left, ^ one that it fills from above, = a formula without a result, ! an error;
 * an empty cell is not there. */
#ifndef TEST_DOMAIN_IMPORT_ROWS_H
#define TEST_DOMAIN_IMPORT_ROWS_H
#include "domain/import/row.h"
#include <stdlib.h>

static inline struct sheet_cell rows_cell(struct text t, uint32_t column)
{
    struct sheet_cell c = {.column = column, .kind = SHEET_TEXT, .text = t};
    char mark = t.size > 0 ? t.at[0] : 0;
    if (mark == '>' || mark == '^') {
        c.fill = mark == '>' ? SHEET_FILL_ACROSS : SHEET_FILL_DOWN;
        c.text = text_slice(t, 1, t.size);
    } else if (mark == '#') {
        c.kind = SHEET_NUMBER;
        c.text = text_slice(t, 1, t.size);
        c.number = strtod(c.text.at, NULL);
    } else if (mark == '=') {
        c.kind = SHEET_NONE;
        c.formula = true;
        c.text = TEXT_NONE;
    } else if (mark == '!') {
        c.kind = SHEET_ERROR;
        c.text = text_slice(t, 1, t.size);
    }
    return c;
}

static inline struct sheet_row rows_row(struct arena *a, struct text line, uint32_t number)
{
    struct sheet_cell *cells = arena_take_many(a, 64, sizeof *cells);
    struct sheet_row row = {.number = number, .cells = cells};
    uint32_t column = 0;
    for (size_t at = 0; at <= line.size; column++) {
        size_t end = text_find(line, TEXT("|"), at);
        end = end == SIZE_MAX ? line.size : end;
        struct text t = text_slice(line, at, end - at);
        if (t.size > 0)
            cells[row.count++] = rows_cell(text_copy(a, t), column);
        at = end + 1;
    }
    return row;
}

/* The whole sheet as a head. */
static inline void rows_head(struct arena *a, const char *sheet, struct head *head)
{
    struct text t = text_of(sheet);
    struct err e = {0};
    uint32_t number = 1;
    head->count = 0;
    for (size_t at = 0; at < t.size; number++) {
        size_t end = text_find(t, TEXT("\n"), at);
        end = end == SIZE_MAX ? t.size : end;
        struct sheet_row row = rows_row(a, text_slice(t, at, end - at), number);
        if (row.count > 0 && head->count < COUNT_OF(head->rows) && !head_add(head, &row, a, &e))
            abort();
        at = end + 1;
    }
}
#endif
