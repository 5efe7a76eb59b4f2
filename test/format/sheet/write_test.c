/* What is written is read back as it was meant. */
#include "base/system.h"
#include "format/sheet/sheet.h"
#include "format/sheet/sheet_write.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/honghua-write-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof(path), "%s/册.xlsx", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

static struct sheet_writer *open_writer(void)
{
    struct err e = {0};
    struct sheet_writer *w = NULL;
    assert_true(sheet_writer_open(path, &w, &e));
    return w;
}

static void assert_dump(const char *expected)
{
    struct err e = {0};
    struct json j;
    struct buf out;
    buf_init(&out, (size_t)1 << 20);
    json_open(&j, json_to_buf, &out);
    assert_true(sheet_dump(path, &j, &e));
    assert_true(json_end(&j));
    buf_add_char(&out, '\0');
    assert_string_equal(out.at, expected);
    buf_clear(&out);
}

static void cells_come_back_as_they_were_written(void **state)
{
    (void)state;
    struct err e = {0};
    struct sheet_writer *w = open_writer();
    day d = 0;
    assert_true(day_parse(TEXT("2019-12-31"), &d));
    sheet_writer_sheet(w, TEXT("户"));
    sheet_writer_width(w, 0, 2, 18);
    sheet_writer_freeze(w, 2, 1);
    sheet_writer_title(w, 0, 0, 2, TEXT("标题"));
    sheet_writer_text(w, 1, 0, TEXT("=1+1"), SHEET_LOOK_HEADER);
    sheet_writer_text(w, 1, 1, TEXT("411622199001011234"), SHEET_LOOK_PLAIN);
    sheet_writer_text(w, 1, 2, TEXT("_x0041_ <&>\"\n\x01 \xFF尾 "), SHEET_LOOK_WRAP);
    sheet_writer_decimal(w, 2, 0, 123456, 2, SHEET_LOOK_MONEY);
    sheet_writer_decimal(w, 2, 1, 9007199254740993, 2, SHEET_LOOK_MONEY);
    sheet_writer_date(w, 2, 2, d);
    sheet_writer_date(w, 2, 3, -40000);
    sheet_writer_date(w, 2, 4, DAY_NONE);
    sheet_writer_bool(w, 2, 5, true, SHEET_LOOK_PLAIN);
    sheet_writer_text(w, 2, 6, TEXT("http://x.test"), SHEET_LOOK_PLAIN);
    sheet_writer_link(w, 3, 0, TEXT("去"), TEXT("户"), 0, 0);
    assert_true(sheet_writer_close(w, true, &e));
    assert_dump(
        "{\"date1904\":false,\"sheets\":[{\"name\":\"户\",\"state\":\"visible\",\"cells\":[[\"A1\",\"s\","
        "\"标题\"],"
        "[\"A2\",\"s\",\"=1+1\"],[\"B2\",\"s\",\"411622199001011234\"],"
        "[\"C2\",\"s\",\"_x0041_ <&>\\\"\\n\\u0001 \xEF\xBF\xBD尾 \"],[\"A3\",\"n\",1234.56],"
        "[\"B3\",\"s\",\"90071992547409.93\"],[\"C3\",\"d\",\"2019-12-31\"],[\"D3\",\"s\",\"1860-06-26\"],"
        "[\"F3\",\"b\",true],[\"G3\",\"s\",\"http://x.test\"],[\"A4\",\"s\",\"去\"]]}]}");
}

static void names_are_made_fit_and_never_twice(void **state)
{
    (void)state;
    static const struct {
        const char *asked, *got;
    } cases[] = {{"户/信息[1]", "户_信息_1_"},
                 {"户/信息[1]", "户_信息_1_(2)"},
                 {"", "Sheet"},
                 {"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四",
                  "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一"},
                 {"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四",
                  "一二三四五六七八九十一二三四五六七八九十一二三四五六七八(2)"},
                 {"'引号'", "_引号_"},
                 {"ABC", "ABC"},
                 {"abc", "abc(2)"}};
    struct err e = {0};
    struct sheet_writer *w = open_writer();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        sheet_writer_sheet(w, text_of(cases[i].asked));
        struct text name = sheet_writer_sheet_name(w);
        if (!text_equal(name, text_of(cases[i].got)))
            fail_msg("%s -> %.*s", cases[i].asked, TEXT_ARG(name));
    }
    assert_true(sheet_writer_close(w, true, &e));
}

static void a_comment_stands_on_its_cell(void **state)
{
    (void)state;
    struct err e = {0};
    struct sheet_writer *w = open_writer();
    sheet_writer_sheet(w, TEXT("退回"));
    for (uint32_t r = 0; r < 100; r++) {
        sheet_writer_text(w, r, 0, TEXT("4.19933E+17"), SHEET_LOOK_REFUSED);
        sheet_writer_comment(w, r, 0, TEXT("证件号码被Excel截断"));
    }
    assert_true(sheet_writer_close(w, true, &e));
    struct sheet_book *book = NULL;
    struct sheet_rows *rows = NULL;
    const struct sheet_row *row = NULL;
    assert_true(sheet_open(path, &sheet_for_import, &book, &e));
    assert_true(sheet_rows_open(book, 0, &rows, &e));
    uint32_t count = 0;
    for (assert_true(sheet_rows_next(rows, &row, &e)); row != NULL;
         assert_true(sheet_rows_next(rows, &row, &e)))
        count++;
    assert_int_equal(count, 100);
    sheet_rows_close(rows);
    sheet_close(book);
}

static void text_beyond_what_a_cell_holds_is_cut(void **state)
{
    (void)state;
    struct err e = {0};
    struct sheet_writer *w = open_writer();
    struct buf text;
    buf_init(&text, (size_t)1 << 20);
    for (size_t i = 0; i < 40000; i++)
        buf_add_z(&text, "花");
    sheet_writer_sheet(w, TEXT("长"));
    sheet_writer_text(w, 0, 0, buf_text(&text), SHEET_LOOK_PLAIN);
    assert_true(sheet_writer_close(w, true, &e));
    struct sheet_book *book = NULL;
    struct sheet_rows *rows = NULL;
    const struct sheet_row *row = NULL;
    assert_true(sheet_open(path, &sheet_for_import, &book, &e));
    assert_true(sheet_rows_open(book, 0, &rows, &e));
    assert_true(sheet_rows_next(rows, &row, &e));
    assert_in_range(text_count(row->cells[0].text), 32000, SHEET_IMPORT_CHARS_MAX);
    sheet_rows_close(rows);
    sheet_close(book);
    buf_clear(&text);
}

static void what_is_given_up_leaves_the_old_file(void **state)
{
    (void)state;
    struct err e = {0};
    struct sheet_writer *w = open_writer();
    sheet_writer_text(w, 0, 0, TEXT("旧"), SHEET_LOOK_PLAIN);
    assert_true(sheet_writer_close(w, true, &e));
    w = open_writer();
    sheet_writer_text(w, 0, 0, TEXT("新"), SHEET_LOOK_PLAIN);
    assert_true(sheet_writer_close(w, false, &e));
    assert_dump("{\"date1904\":false,\"sheets\":[{\"name\":\"Sheet\",\"state\":\"visible\",\"cells\":[["
                "\"A1\",\"s\",\"旧\"]]}]}");
    struct arena a;
    struct text *names = NULL;
    size_t count = 0;
    arena_init(&a, 65536);
    assert_true(file_list(folder, &a, &names, &count, &e));
    assert_int_equal(count, 1);
    arena_clear(&a);
}

static void a_place_that_cannot_be_written_is_told(void **state)
{
    (void)state;
    struct err e = {0};
    struct sheet_writer *w = NULL;
    assert_false(sheet_writer_open("/tmp/honghua-no-such-folder/x.xlsx", &w, &e));
    assert_ptr_equal(e.kind, &SHEET_ABSENT);
    err_clear(&e);
    w = open_writer();
    sheet_writer_text(w, SHEET_WRITE_ROWS_MAX, 0, TEXT("x"), SHEET_LOOK_PLAIN);
    assert_false(sheet_writer_close(w, true, &e));
    assert_ptr_equal(e.kind, &SHEET_WRITE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_come_back_as_they_were_written),
        cmocka_unit_test(names_are_made_fit_and_never_twice),
        cmocka_unit_test(a_comment_stands_on_its_cell),
        cmocka_unit_test(text_beyond_what_a_cell_holds_is_cut),
        cmocka_unit_test(what_is_given_up_leaves_the_old_file),
        cmocka_unit_test(a_place_that_cannot_be_written_is_told),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
