/* The same workbook written twice: `write_bench ours|floor OUT.xlsx ROWS COLUMNS`.
 *
 * "floor" is libxlsxwriter alone in constant memory, "ours" this project's writer above it. Texts, numbers
 * and dates as wide_workbook.c has them; the values are made by the same code in both.
 */
#include "bench/bench.h"
#include "format/sheet/sheet_write.h"
#include <stdio.h>
#include <stdlib.h>
#include <xlsxwriter.h>

#define FIRST_DAY 10957 /* 2000-01-01 */
#define SERIAL_OF_DAY_0 25569

struct made { /* one cell */
    enum { MADE_TEXT, MADE_NUMBER, MADE_DATE } kind;
    char text[64];
    double number;
    day date;
};

static void make(uint64_t *state, uint32_t row, uint32_t column, struct made *out)
{
    static const char *const villages[] = {"红花集村", "寇庄村",   "水牛刘村", "龙池头村",
                                           "凌桥村",   "三里桥村", "冢王村"};
    uint32_t n = (uint32_t)bench_random(state);
    out->kind = column % 4 < 2 ? MADE_TEXT : column % 4 == 2 ? MADE_NUMBER : MADE_DATE;
    if (column % 4 == 0)
        snprintf(out->text, sizeof out->text, "%s", villages[n % 7]);
    else if (column % 4 == 1)
        snprintf(out->text, sizeof out->text, "41162210%04u%05u", n % 10000, row);
    out->number = (double)(n % 10000000) / 100;
    out->date = (day)(FIRST_DAY + n % 8000);
}

static void write_ours(const char *path, uint32_t rows, uint32_t columns)
{
    struct err e = {0};
    struct sheet_writer *w = NULL;
    struct made cell;
    uint64_t state = 20191231;
    if (!sheet_writer_open(path, &w, &e))
        bench_fail(&e);
    sheet_writer_sheet(w, TEXT("Sheet1"));
    for (uint32_t r = 0; r < rows; r++)
        for (uint32_t c = 0; c < columns; c++) {
            make(&state, r, c, &cell);
            if (cell.kind == MADE_TEXT)
                sheet_writer_text(w, r, c, text_of(cell.text), SHEET_LOOK_PLAIN);
            else if (cell.kind == MADE_NUMBER)
                sheet_writer_number(w, r, c, cell.number, SHEET_LOOK_PLAIN);
            else
                sheet_writer_date(w, r, c, cell.date);
        }
    if (!sheet_writer_close(w, true, &e))
        bench_fail(&e);
}

static lxw_error write_cell(lxw_worksheet *sheet, lxw_format *date, uint32_t row, uint16_t column,
                            const struct made *cell)
{
    if (cell->kind == MADE_TEXT)
        return worksheet_write_string(sheet, row, column, cell->text, NULL);
    if (cell->kind == MADE_NUMBER)
        return worksheet_write_number(sheet, row, column, cell->number, NULL);
    return worksheet_write_number(sheet, row, column, cell->date + SERIAL_OF_DAY_0, date);
}

static void write_floor(const char *path, uint32_t rows, uint16_t columns)
{
    lxw_workbook_options options = {.constant_memory = 1};
    lxw_workbook *book = workbook_new_opt(path, &options);
    struct made cell;
    uint64_t state = 20191231;
    if (book == NULL)
        bench_die("libxlsxwriter: no workbook");
    lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
    lxw_format *date = workbook_add_format(book);
    format_set_num_format(date, "yyyy-mm-dd");
    for (uint32_t r = 0; r < rows; r++)
        for (uint16_t c = 0; c < columns; c++) {
            make(&state, r, c, &cell);
            if (write_cell(sheet, date, r, c, &cell) != LXW_NO_ERROR)
                bench_die("libxlsxwriter: a cell was refused");
        }
    if (workbook_close(book) != LXW_NO_ERROR)
        bench_die("libxlsxwriter: the file could not be written");
}

int main(int argc, char **argv)
{
    if (argc != 5)
        bench_die("write_bench ours|floor OUT.xlsx ROWS COLUMNS");
    uint32_t rows = (uint32_t)strtoul(argv[3], NULL, 10), columns = (uint32_t)strtoul(argv[4], NULL, 10);
    if (argv[1][0] == 'o')
        write_ours(argv[2], rows, columns);
    else
        write_floor(argv[2], rows, (uint16_t)columns);
    return 0;
}
