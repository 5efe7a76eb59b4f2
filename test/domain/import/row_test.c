/* Which rows are records, and what they give. One letter a row below the header: R a record, X a refused one,
 * - passed over, ? passed over with a note. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pack.h"
#include "rows.h"

static struct head head;
static struct row_read read;

struct sheet {
    struct arena a;
    struct layout l;
    struct row_reader r;
};

static void open_sheet(struct sheet *s, const char *text, const char *name)
{
    struct err e = {0};
    struct cell_context context = {.lang = LANG_ZH};
    arena_init(&s->a, (size_t)32 << 20);
    rows_head(&s->a, text, &head);
    assert_true(layout_find(&pack_headings, &head, text_of(name), TEXT("f"), &s->a, &s->l, &e));
    assert_non_null(s->l.kind);
    assert_true(row_reader_init(&s->r, &pack_headings, &s->l, &context, &s->a, &e));
}

static void read_row(struct sheet *s, size_t at)
{
    struct err e = {0};
    assert_true(row_read(&s->r, &head.rows[at], &s->a, &read, &e));
}

static void verdicts(const char *what, const char *text, const char *expected)
{
    struct sheet s;
    char found[64];
    size_t count = 0;
    open_sheet(&s, text, "表");
    for (size_t i = s.l.body; i < head.count; i++) {
        read_row(&s, i);
        found[count++] = read.verdict == ROW_PASSED ? '-'
                         : read.verdict == ROW_ODD  ? '?'
                         : read.refused             ? 'X'
                                                    : 'R';
    }
    found[count] = '\0';
    if (strcmp(found, expected) != 0)
        print_error("%s\n", what);
    assert_string_equal(found, expected);
    arena_clear(&s.a);
}

#define YEAR "户编号|年度|工资性收入|财产性收入|备注列\n"
#define PERSON "户编号|人编号|姓名|性别|务工时间（月）\n"

static void records_are_told_from_what_stands_between_them(void **state)
{
    static const struct {
        const char *what, *rows, *expected;
    } cases[] = {
        {"plain", YEAR "H1|#2019|#1|#2\nH2|#2019|#1|#2", "RR"},
        {"blank rows, blanks in cells", YEAR "H1|#2019|#1\n  |　\nH2|#2019|#1", "R-R"},
        {"something in unknown columns alone", YEAR "H1|#2019|#1\n||||x", "R-"},
        {"totals", YEAR "H1|#2019|#1\n合计||#1\n合　计|#2019|#1|#5\n|小计：|#3\n总计（元）||#3", "R----"},
        {"totals of a village", YEAR "红花集村小计||#3\n全镇合计||#9", "--"},
        {"note in one cell", YEAR "H1|#2019|#1\n注：本表一式两份。\n说明\n1、收入不含补贴；2、按年填写。",
         "R---"},
        {"note in the key's column", YEAR "H1|#2019|#1\n以上数据由各村上报\n第1页，共3页", "R--"},
        {"merged note", YEAR "H1|#2019|#1\n注：xx|>注：xx|>注：xx|>注：xx", "R-"},
        {"who filled it in",
         YEAR "H1|#2019|#1\n填表人：|张三||审核人：|李四\n负责人（签字）：张三|填报日期：2020年1月5日",
         "R--"},
        {"header of the next page", YEAR "H1|#2019|#1\n户编号|年度|工资性收入|财产性收入\nH2|#2019|#1",
         "R-R"},
        {"key missing", YEAR "|#2019|#1|#2\nH2||#1|#2", "XX"},
        {"key missing, one cell", YEAR "||#5", "?"},
        {"key alone", YEAR "H1|#2019", "R"},
        {"a cell that cannot be read", YEAR "H1|#2019|很多|#2", "X"},
        {"formula without a result", YEAR "H1|#2019|=|#2", "X"},
        {"error", YEAR "H1|#2019|!#N/A|#2", "X"},
        {"person without a number, with a certificate",
         "户编号|人编号|姓名|证件号码\nH1||王一|419922194607080028\nH1||王一", "RX"},
        {"merged household", PERSON "H1|P1|王一|男\n^H1|P2|王二|女\n^H1||小计|", "RR-"},
        {"who signs it, in the key's column",
         "行政村|村编码|户编号|人编号|姓名\n甲村|411622104205|H1|P1|王一\n填表人：李四|||审核人：王五", "R-"},
        {"village with a remark as data", "村编码|行政村|是否贫困村\n411622104200|注家村|是", "R"},
        {"total in the village's name", "村编码|行政村|户籍总户数\n411622104200|甲村|#5\n|合计|#5", "R-"},
        {"village by name alone", "行政村|职责|姓名\n甲村|责任组长|王一", "R"},
        {"duty without a village", "行政村|职责|姓名\n|责任组长|王一", "X"},
        {"measure of a household", "户编号|人编号|年度|措施类别|项目编号|金额\nH1||#2019|产业基地分红||#5",
         "R"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        verdicts(cases[i].what, cases[i].rows, cases[i].expected);
}

static const struct catalog_field *field(const struct sheet *s, const char *id)
{
    const struct catalog_field *f = catalog_field(s->r.entity, text_of(id));
    assert_non_null(f);
    return f;
}

static struct value value_at(const struct sheet *s, const char *id)
{
    return read.main.values[field(s, id)->column];
}

static bool is_given(const struct sheet *s, const char *id)
{
    size_t column = field(s, id)->column;
    return (read.main.given[column / 64] >> (column % 64) & 1) != 0;
}

static void cells_become_values_of_their_fields(void **state)
{
    struct sheet s;
    (void)state;
    open_sheet(&s, "户编号|年度|工资性收入（万元）|财产性收入\n4116221042050001|2019年|#1.5|1,234.50", "表");
    read_row(&s, s.l.body);
    assert_int_equal(value_at(&s, "year").n, 2019);
    assert_int_equal(value_at(&s, "wage").n, 1500000);
    assert_int_equal(value_at(&s, "property").n, 123450);
    assert_true(text_equal(value_at(&s, "household").s, TEXT("4116221042050001")));
    assert_false(is_given(&s, "transfer"));
    arena_clear(&s.a);
}

static void an_empty_cell_empties_and_an_absent_column_does_not(void **state)
{
    struct sheet s;
    (void)state;
    open_sheet(&s, "户编号|年度|工资性收入|财产性收入\nH1|#2019|#1|", "表");
    read_row(&s, s.l.body);
    assert_true(is_given(&s, "property"));
    assert_int_equal(value_at(&s, "property").kind, VALUE_NONE);
    assert_false(is_given(&s, "transfer"));
    arena_clear(&s.a);
}

static void each_refused_cell_of_a_row_is_named(void **state)
{
    struct sheet s;
    (void)state;
    open_sheet(&s, "户编号|年度|工资性收入|财产性收入\n|#2019|x|y", "表");
    read_row(&s, s.l.body);
    assert_true(read.refused);
    assert_int_equal(read.fault_count, 2);
    assert_int_equal(read.faults[0], 2);
    assert_int_equal(read.faults[1], 3);
    assert_int_equal(read.missing_count, 1);
    assert_string_equal(read.missing[0]->z, "household");
    arena_clear(&s.a);
}

static void more_decimals_than_fen_are_noted(void **state)
{
    struct sheet s;
    (void)state;
    open_sheet(&s, "户编号|年度|工资性收入|财产性收入\nH1|#2019|#1.005|#1.25", "表");
    read_row(&s, s.l.body);
    assert_false(read.refused);
    assert_int_equal(read.remark_count, 1);
    assert_int_equal(read.remarks[0], 2);
    assert_int_equal(value_at(&s, "wage").n, 101);
    arena_clear(&s.a);
}

static void the_kind_of_sheet_gives_its_values(void **state)
{
    struct sheet s;
    (void)state;
    open_sheet(&s, "项目编号|名称|所在村\nXX1|甲|乙村", "车间");
    read_row(&s, s.l.body);
    assert_true(
        text_equal(value_at(&s, "kind").s, catalog_code_read(field(&s, "kind")->codes, TEXT("车间"))->code));
    assert_true(is_given(&s, "kind"));
    assert_true(text_equal(read.main.village_name, TEXT("乙村")));
    arena_clear(&s.a);
}

static void numbers_tell_the_kind_row_by_row_where_nothing_else_does(void **state)
{
    struct sheet s;
    (void)state;
    open_sheet(&s, "项目编号|名称|所在村\nJD1|甲|乙村\nGF1|丙|乙村\nQQ1|丁|乙村", "项目一览");
    const char *const kinds[] = {"基地", "光伏"};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        read_row(&s, s.l.body + i);
        const struct catalog_code *code = catalog_code_read(field(&s, "kind")->codes, text_of(kinds[i]));
        assert_true(text_equal(value_at(&s, "kind").s, code->code));
    }
    read_row(&s, s.l.body + 2);
    assert_int_equal(value_at(&s, "kind").kind, VALUE_NONE);
    assert_false(is_given(&s, "kind"));
    arena_clear(&s.a);
}

static void a_list_of_persons_tells_of_their_households(void **state)
{
    struct sheet s;
    (void)state;
    open_sheet(&s,
               "序号|县|乡|村|户编号|人编号|姓名|人数|户类型|首次识别时间|安全饮用水\n"
               "#1|西华县|红花集镇|寺后刘村|H1|P1|王一|#3|脱贫户|2014-03-05|是",
               "已脱贫人口名单");
    read_row(&s, s.l.body);
    assert_int_equal(read.verdict, ROW_RECORD);
    assert_false(read.refused);
    assert_non_null(read.also.values);
    const struct catalog_field *number = catalog_field(s.r.also, TEXT("number"));
    assert_true(text_equal(read.also.values[number->column].s, TEXT("H1")));
    assert_true(text_equal(read.also.village_name, TEXT("寺后刘村")));
    assert_null(read.main.village_name.at);
    arena_clear(&s.a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_told_from_what_stands_between_them),
        cmocka_unit_test(cells_become_values_of_their_fields),
        cmocka_unit_test(an_empty_cell_empties_and_an_absent_column_does_not),
        cmocka_unit_test(each_refused_cell_of_a_row_is_named),
        cmocka_unit_test(more_decimals_than_fen_are_noted),
        cmocka_unit_test(the_kind_of_sheet_gives_its_values),
        cmocka_unit_test(numbers_tell_the_kind_row_by_row_where_nothing_else_does),
        cmocka_unit_test(a_list_of_persons_tells_of_their_households),
    };
    return cmocka_run_group_tests(tests, pack_open, pack_close);
}
