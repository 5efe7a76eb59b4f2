/* Rows as an import sees them. */
#include "format/sheet/sheet.h"
#include "format/sheet/sheet_write.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct sheet_book *open_book(const char *name)
{
    char path[4096];
    struct err e = {0};
    struct sheet_book *book = NULL;
    snprintf(path, sizeof(path), "%s/sheet/%s", TEST_DATA, name);
    assert_true(sheet_open(path, &sheet_for_import, &book, &e));
    return book;
}

/* The rows of a sheet, a line each: "3: A=text B=n1.5^ C=!". ^ filled down, > filled across, ! no cached
 * value. */
static void write_rows(struct sheet_book *book, size_t index, struct buf *out)
{
    static const char *const kinds[] = {"", "", "n", "d", "b", "e"};
    static const char *const fills[] = {"", "^", ">"};
    struct err e = {0};
    struct sheet_rows *rows = NULL;
    const struct sheet_row *row = NULL;
    assert_true(sheet_rows_open(book, index, &rows, &e));
    for (assert_true(sheet_rows_next(rows, &row, &e)); row != NULL;
         assert_true(sheet_rows_next(rows, &row, &e))) {
        buf_add_format(out, "%u%s:", row->number, row->hidden ? "h" : "");
        for (size_t i = 0; i < row->count; i++) {
            const struct sheet_cell *c = &row->cells[i];
            char name[4];
            sheet_column_name(c->column, name);
            buf_add_format(out, " %s=%s%.*s%s%s", name, c->kind == SHEET_NONE ? "!" : kinds[c->kind],
                           TEXT_ARG(c->text), c->formula ? "f" : "", fills[c->fill]);
        }
        buf_add_char(out, '\n');
    }
    assert_int_equal(sheet_rows_permille(rows), 1000);
    sheet_rows_close(rows);
}

static void assert_rows(const char *name, size_t index, const char *expected)
{
    struct buf out;
    struct sheet_book *book = open_book(name);
    buf_init(&out, (size_t)1 << 20);
    write_rows(book, index, &out);
    buf_add_char(&out, '\0');
    assert_string_equal(out.at, expected);
    /* A sheet can be read as often as one likes. */
    buf_reset(&out);
    write_rows(book, index, &out);
    buf_add_char(&out, '\0');
    assert_string_equal(out.at, expected);
    buf_clear(&out);
    sheet_close(book);
}

static void a_merged_cell_stands_for_all_that_it_covers(void **state)
{
    (void)state;
    assert_rows("merges.xlsx", 0,
                "1: A=甲 B=n1 C=n2\n"
                "2: A=甲^ B=n3\n"
                "3: A=n4 B=n5 C=n5>\n"
                "4: B=n5^ C=n5> E=n8\n");
}

static void formulas_without_a_value_are_there(void **state)
{
    (void)state;
    assert_rows("formulas.xlsx", 0,
                "1: A=!f B=!f D=n4f E=n1f F=e#DIV/0!f G=b1f\n"
                "2: D=n6f G=<1f\n");
}

static void numbers_keep_their_spelling(void **state)
{
    (void)state;
    assert_rows(
        "numbers.xlsx", 0,
        "1: A=n0.1\n2: A=n1E-3\n3: A=n4.19933E+17\n4: A=n419933198001011000\n5: A=n1.7976931348623157E+308\n"
        "6: A=n5E-324\n7: A=n0.30000000000000004\n8: A=n12\n9: A=n007\n10: A=n+5\n11: A=n1.50\n"
        "12: A=n123456789012345\n13: A=n1e2\n14: A=n100000000000000000000\n"
        "15: A=n0.1000000000000000055511151231257827\n90: A=1.2.3 B=NaN C=0x10\n");
}

static void hidden_rows_are_read_and_told(void **state)
{
    (void)state;
    assert_rows("hidden_rows.xlsx", 0, "1: A=n1\n2h: A=n2\n3h: A=n3\n4: A=n4\n");
}

static void records_of_a_csv_are_rows(void **state)
{
    (void)state;
    assert_rows(
        "gb18030.csv", 0,
        "1: A=户编号 B=户主 C=金额\n2: A=001 B=张三 C=12.5\n3: A=002 B=李\"四 C=1,000\n5: A=003 B=两\n行\n");
}

static void a_book_tells_its_sheets(void **state)
{
    (void)state;
    struct sheet_book *book = open_book("sheet_kinds.xlsm");
    assert_int_equal(sheet_count(book), 3);
    assert_int_equal(sheet_source(book), SHEET_SOURCE_XLSX);
    assert_true(text_equal(sheet_info(book, 0)->name, TEXT("看得见")));
    assert_int_equal(sheet_info(book, 0)->state, SHEET_VISIBLE);
    assert_int_equal(sheet_info(book, 1)->state, SHEET_HIDDEN);
    assert_int_equal(sheet_info(book, 2)->state, SHEET_VERY_HIDDEN);
    sheet_close(book);
    book = open_book("utf8.csv");
    assert_int_equal(sheet_count(book), 1);
    assert_int_equal(sheet_source(book), SHEET_SOURCE_CSV);
    assert_int_equal(sheet_info(book, 0)->name.size, 0);
    assert_false(sheet_date1904(book));
    sheet_close(book);
    book = open_book("dates_1904.xlsx");
    assert_true(sheet_date1904(book));
    sheet_close(book);
}

static void merged_ranges_are_listed_from_the_top(void **state)
{
    (void)state;
    struct err e = {0};
    struct sheet_book *book = open_book("merges.xlsx");
    struct sheet_rows *rows = NULL;
    size_t count = 0;
    assert_true(sheet_rows_open(book, 0, &rows, &e));
    const struct sheet_merge *m = sheet_rows_merges(rows, &count);
    assert_int_equal(count, 3); /* without the single cell and what is no range */
    assert_int_equal(m[0].first_row, 1);
    assert_int_equal(m[0].last_row, 2);
    assert_int_equal(m[1].first_column, 5);
    assert_int_equal(m[1].last_row, SHEET_ROWS_MAX);
    assert_int_equal(m[2].last_column, 2);
    sheet_rows_close(rows);
    sheet_close(book);
}

static void a_format_can_be_asked_for(void **state)
{
    (void)state;
    struct err e = {0};
    struct sheet_book *book = open_book("dates.xlsx");
    struct sheet_rows *rows = NULL;
    const struct sheet_row *row = NULL;
    assert_true(sheet_rows_open(book, 0, &rows, &e));
    for (int i = 0; i < 6; i++)
        assert_true(sheet_rows_next(rows, &row, &e));
    assert_true(text_equal(sheet_format_code(book, &row->cells[0]), TEXT("yyyy/m/d")));
    const struct sheet_cell numbered = {.style = 1};
    assert_int_equal(sheet_format_code(book, &numbered).size, 0);
    const struct sheet_cell beyond = {.style = 100000};
    assert_int_equal(sheet_format_code(book, &beyond).size, 0);
    sheet_rows_close(rows);
    sheet_close(book);
}

/* Writes a workbook of one text cell and reads it for an import. */
static bool read_text_of(size_t characters, struct err *e)
{
    char path[] = "/tmp/honghua-rows-XXXXXX.csv";
    int file = mkstemps(path, 4);
    assert_true(file >= 0);
    for (size_t i = 0; i < characters; i++)
        assert_int_equal(write(file, "花", 3), 3);
    close(file);
    struct sheet_book *book = NULL;
    struct sheet_rows *rows = NULL;
    const struct sheet_row *row = NULL;
    assert_true(sheet_open(path, &sheet_for_import, &book, e));
    assert_true(sheet_rows_open(book, 0, &rows, e));
    bool good = sheet_rows_next(rows, &row, e);
    sheet_rows_close(rows);
    sheet_close(book);
    unlink(path);
    return good;
}

static void an_import_takes_as_many_characters_as_excel(void **state)
{
    (void)state;
    struct err e = {0};
    assert_true(read_text_of(SHEET_IMPORT_CHARS_MAX, &e));
    assert_false(read_text_of(SHEET_IMPORT_CHARS_MAX + 1, &e));
    assert_ptr_equal(e.kind, &SHEET_CELL_TOO_LONG);
    struct buf sentence;
    buf_init(&sentence, 4096);
    err_sentence(&e, LANG_ZH, &sentence);
    assert_true(text_find(buf_text(&sentence), TEXT("A1里的文字超过了32767个字符"), 0) != SIZE_MAX);
    buf_clear(&sentence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_merged_cell_stands_for_all_that_it_covers),
        cmocka_unit_test(formulas_without_a_value_are_there),
        cmocka_unit_test(numbers_keep_their_spelling),
        cmocka_unit_test(hidden_rows_are_read_and_told),
        cmocka_unit_test(records_of_a_csv_are_rows),
        cmocka_unit_test(a_book_tells_its_sheets),
        cmocka_unit_test(merged_ranges_are_listed_from_the_top),
        cmocka_unit_test(a_format_can_be_asked_for),
        cmocka_unit_test(an_import_takes_as_many_characters_as_excel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
