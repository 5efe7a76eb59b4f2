/* Every cell of a workbook, read by this project's reader: `sheet_bench FILE.xlsx`.
 *
 * Takes each cell's value (a text's bytes, a number), so that nothing is left out that a caller would need.
 */
#include "bench/bench.h"
#include "format/sheet/sheet.h"
#include <stdio.h>

struct total {
    uint64_t cells, text_bytes;
    double sum;
};

static void take(const struct sheet_row *row, struct total *out)
{
    out->cells += row->count;
    for (size_t i = 0; i < row->count; i++) {
        const struct sheet_cell *cell = &row->cells[i];
        if (cell->kind == SHEET_TEXT)
            out->text_bytes += cell->text.size;
        else
            out->sum += cell->number;
    }
}

static bool read_sheet(struct sheet_book *book, size_t index, struct total *out, struct err *e)
{
    struct sheet_rows *rows = NULL;
    const struct sheet_row *row = NULL;
    bool good = sheet_rows_open(book, index, &rows, e);
    while (good && (good = sheet_rows_next(rows, &row, e)) && row != NULL)
        take(row, out);
    sheet_rows_close(rows);
    return good;
}

int main(int argc, char **argv)
{
    struct err e = {0};
    struct sheet_book *book = NULL;
    struct total total = {0};
    if (argc != 2)
        bench_die("sheet_bench FILE.xlsx");
    if (!sheet_open(argv[1], &sheet_for_import, &book, &e))
        bench_fail(&e);
    for (size_t i = 0; i < sheet_count(book); i++)
        if (!read_sheet(book, i, &total, &e))
            bench_fail(&e);
    sheet_close(book);
    printf("{\"cells\": %llu, \"text_bytes\": %llu, \"sum\": %.2f}\n", (unsigned long long)total.cells,
           (unsigned long long)total.text_bytes, total.sum);
    return 0;
}
