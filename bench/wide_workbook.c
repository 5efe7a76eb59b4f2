/* Makes the wide workbook that reading and importing are measured with: mixed text, numbers and dates, the
 * same bytes every time.
 *
 *     wide_workbook OUT.xlsx ROWS COLUMNS [inline]
 *
 * Texts are shared strings, as Excel writes them, or stand in the cells ("inline"), as exports often have
 * them. Of four columns one holds a name out of few, one a text that stands nowhere else, one a number with
 * decimals, one a date.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

static uint64_t state = 20191231;

static uint32_t next_random(void) /* splitmix64 */
{
    uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)(z >> 32);
}

static lxw_error write_cell(lxw_worksheet *sheet, lxw_format *date, uint32_t row, uint16_t column)
{
    static const char *const villages[] = {"红花集村", "寇庄村",   "水牛刘村", "龙池头村",
                                           "凌桥村",   "三里桥村", "冢王村"};
    char text[64];
    uint32_t n = next_random();
    switch (column % 4) {
    case 0:
        return worksheet_write_string(sheet, row, column, villages[n % 7], NULL);
    case 1:
        snprintf(text, sizeof(text), "41162210%04u%05u", n % 10000, row);
        return worksheet_write_string(sheet, row, column, text, NULL);
    case 2:
        return worksheet_write_number(sheet, row, column, (double)(n % 10000000) / 100, NULL);
    default:
        return worksheet_write_number(sheet, row, column, 36526 + n % 8000, date);
    }
}

static lxw_error write_sheet(lxw_workbook *book, uint32_t rows, uint16_t columns)
{
    lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
    lxw_format *date = workbook_add_format(book);
    format_set_num_format(date, "yyyy-mm-dd");
    lxw_error bad = LXW_NO_ERROR;
    for (uint16_t c = 0; c < columns && bad == LXW_NO_ERROR; c++) {
        char header[32];
        snprintf(header, sizeof(header), "第%u列", c + 1u);
        bad = worksheet_write_string(sheet, 0, c, header, NULL);
    }
    for (uint32_t r = 1; r <= rows && bad == LXW_NO_ERROR; r++)
        for (uint16_t c = 0; c < columns && bad == LXW_NO_ERROR; c++)
            bad = write_cell(sheet, date, r, c);
    return bad;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "wide_workbook OUT.xlsx ROWS COLUMNS [inline]\n");
        return 2;
    }
    lxw_workbook_options options = {.constant_memory = argc > 4 && strcmp(argv[4], "inline") == 0};
    lxw_workbook *book = workbook_new_opt(argv[1], &options);
    if (book == NULL)
        return 3;
    lxw_error bad =
        write_sheet(book, (uint32_t)strtoul(argv[2], NULL, 10), (uint16_t)strtoul(argv[3], NULL, 10));
    lxw_error closed = workbook_close(book);
    if (bad != LXW_NO_ERROR || closed != LXW_NO_ERROR) {
        fprintf(stderr, "wide_workbook: %s\n", lxw_strerror(bad != LXW_NO_ERROR ? bad : closed));
        return 3;
    }
    return 0;
}
