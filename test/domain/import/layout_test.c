/* Which sheet is what, and which column: tables of first rows against what is found in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pack.h"
#include "rows.h"

static struct head head;

/* "kind:A=field,C=field;unknown;twice" of a sheet. */
static const char *found_in(struct arena *a, const char *sheet, const char *name, const char *file,
                            struct layout *l)
{
    struct err e = {0};
    struct buf out;
    buf_init(&out, 8192);
    rows_head(a, sheet, &head);
    assert_true(layout_find(&pack_headings, &head, text_of(name), text_of(file), a, l, &e));
    if (l->kind == NULL)
        return "nothing";
    buf_add(&out, l->kind->import->id);
    for (size_t i = 0; i < l->column_count; i++) {
        char column[4];
        const struct layout_column *c = &l->columns[i];
        sheet_column_name(c->column, column);
        buf_add_format(&out, " %s=%.*s", column, TEXT_ARG(c->field != NULL ? c->field->id : c->also->id));
        if (c->unit.at != NULL && c->unit.size > 0)
            buf_add_format(&out, "/%.*s", TEXT_ARG(c->unit));
    }
    for (size_t i = 0; i < l->unknown_count; i++)
        buf_add_format(&out, " ?%.*s", TEXT_ARG(l->unknown[i].header));
    for (size_t i = 0; i < l->twice_count; i++)
        buf_add_format(&out, " twice:%.*s", TEXT_ARG(l->twice[i].header));
    const char *z = text_copy(a, buf_text(&out)).at;
    buf_clear(&out);
    return z;
}

struct sheet_case {
    const char *what, *name, *file, *sheet, *found;
};

static void check_cases(const struct sheet_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena a;
        struct layout l;
        arena_init(&a, (size_t)16 << 20);
        const char *found = found_in(&a, cases[i].sheet, cases[i].name, cases[i].file, &l);
        if (strcmp(found, cases[i].found) != 0)
            print_error("%s\n", cases[i].what);
        assert_string_equal(found, cases[i].found);
        arena_clear(&a);
    }
}

static void the_header_is_found_wherever_it_stands(void **state)
{
    static const struct sheet_case cases[] = {
        {"first row", "表", "f", "户编号|年度|工资性收入", "household_year A=household B=year C=wage"},
        {"under titles", "表", "f",
         "西华县红花集镇年度收入表|>西华县红花集镇年度收入表\n单位：元\n\n户编号|年度|工资性收入\nH1|#2019|#"
         "3",
         "household_year A=household B=year C=wage"},
        {"row 30", "表", "f",
         "a\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\n户编号|年度|"
         "工资性收入",
         "household_year A=household B=year C=wage"},
        {"row 31 is too far", "表", "f",
         "a\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\na\n户编号|"
         "年度|工资性收入",
         "nothing"},
        {"any order, gaps", "表", "f", "|工资性收入||年度|户编号",
         "household_year B=wage D=year E=household"},
        {"synonyms", "表", "f", "户编码|年度|工资性收入", "household_year A=household B=year C=wage"},
        {"full width and blanks", "表", "f", " 户 编 号|年　度|工资性 收入（元）",
         "household_year A=household B=year C=wage/元"},
        {"line breaks and marks", "表", "f", "*户编号|年度：|工资性\r收入",
         "household_year A=household B=year C=wage"},
        {"unit", "表", "f", "户编号|年度|工资性收入(万元)|其中：低保金（元）",
         "household_year A=household B=year C=wage/万元 D=allowance/元"},
        {"running number and row number", "表", "f", "序号|户编号|年度|工资性收入|原行号",
         "household_year B=household C=year D=wage"},
        {"unknown columns", "表", "f", "户编号|年度|幸运数字|工资性收入|星座",
         "household_year A=household B=year D=wage ?幸运数字 ?星座"},
        {"one header twice", "表", "f", "户编号|年度|工资性收入|户编号",
         "household_year A=household B=year C=wage twice:户编号"},
        {"merged across", "表", "f", "户编号|>户编号|年度|工资性收入",
         "household_year A=household C=year D=wage"},
        {"merged over two rows", "表", "f", "户编号|年度|工资性收入\n^户编号|^年度|^工资性收入\nH1|#2019|#1",
         "household_year A=household B=year C=wage"},
    };
    (void)state;
    check_cases(cases, COUNT_OF(cases));
}

static void two_rows_make_one_header(void **state)
{
    static const struct sheet_case cases[] = {
        {"the lower row says it all", "表", "f",
         "户编号|年度|转移性收入|>转移性收入|>转移性收入\n^户编号|^年度|低保金|养老保险金|转移性收入\nH1|#"
         "2019|#1|#2|#3",
         "household_year A=household B=year C=allowance D=pension E=transfer"},
        {"group and part", "表", "f",
         "户编号|年度|收入（元）|>收入（元）\n^户编号|^年度|工资性|财产性\nH1|#2019|#1|#2",
         "household_year A=household B=year C=wage/元 D=property/元"},
        {"group centred, not merged", "表", "f", "户编号|年度|收入|\n|||\n户编号|年度|工资性收入|财产性收入",
         "household_year A=household B=year C=wage D=property"},
        {"group of a person's work", "人口信息", "f",
         "户编号|人编号|姓名|务工情况|>务工情况\n^户编号|^人编号|^姓名|区域|时间\nH1|P1|王|省外|#3",
         "person A=household B=number C=name D=work_place E=work_months"},
        {"unit row", "表", "f", "户编号|年度|工资性收入|财产性收入\n||（万元）|（元）\nH1|#2019|#1|#1",
         "household_year A=household B=year C=wage/万元 D=property/元"},
        {"unit row without brackets", "表", "f",
         "户编号|年度|工资性收入|财产性收入\n||万元|元\nH1|#2019|#1|#1",
         "household_year A=household B=year C=wage/万元 D=property/元"},
        {"somebody else's name", "人口信息", "f",
         "户编号|户主信息|成员|>成员|>成员\n^户编号|姓名|姓名|编号|性别\nH1|王一|王二|P2|男",
         "person A=household C=name D=number E=sex twice:户主信息 姓名"},
        {"units below two rows", "表", "f",
         "户编号|年度|收入|>收入\n^户编号|^年度|工资性|财产性\n||万元|元\n#1|#2|#3|#4\nH1|#2019|#1|#2",
         "household_year A=household B=year C=wage/万元 D=property/元"},
        {"unit of the whole table", "表", "f",
         "年度收入表\n填报单位：红花集镇||单位：万元\n户编号|年度|工资性收入|财产性收入（元）",
         "household_year A=household B=year C=wage/万元 D=property/元"},
        {"unit in the title", "表", "f", "年度收入表（万元）\n户编号|年度|工资性收入",
         "household_year A=household B=year C=wage/万元"},
        {"names of the national system", "表", "f", "AAC001|AAR040|姓名|AAB001|AAB004",
         "person A=household C=name D=number E=certificate ?AAR040"},
        {"counted columns", "表", "f", "户编号|年度|工资性收入|财产性收入\n#1|#2|#3|#4\nH1|#2019|#1|#1",
         "household_year A=household B=year C=wage D=property"},
    };
    (void)state;
    check_cases(cases, COUNT_OF(cases));
}

static void kinds_with_one_header_are_told_apart(void **state)
{
    static const struct sheet_case cases[] = {
        {"by name", "车间", "f", "项目编号|名称|所在村\nJD01|甲|乙村",
         "workshop A=number B=name C=village_name"},
        {"by title", "Sheet1", "f", "村级光伏电站\n项目编号|名称|所在村\nJD01|甲|乙村",
         "solar A=number B=name C=village_name"},
        {"name before title", "基地", "f", "扶贫车间\n项目编号|名称|所在村\nGF01|甲|乙村",
         "base A=number B=name C=village_name"},
        {"by prefix", "Sheet1", "f", "项目编号|名称|所在村\nGF01|甲|乙村",
         "solar A=number B=name C=village_name"},
        {"prefix before file", "Sheet1", "车间", "项目编号|名称|所在村\nGF01|甲|乙村",
         "solar A=number B=name C=village_name"},
        {"by file", "Sheet1", "车间", "项目编号|名称|所在村\nXX01|甲|乙村",
         "workshop A=number B=name C=village_name"},
        {"a further column does not decide", "车间", "f", "项目编号|名称|所在村|带贫方式\nCJ01|甲|乙村|务工",
         "workshop A=number B=name C=village_name D=link"},
    };
    (void)state;
    check_cases(cases, COUNT_OF(cases));
}

static void sheets_of_no_kind_are_left_alone(void **state)
{
    static const struct sheet_case cases[] = {
        {"empty", "表", "f", "", "nothing"},
        {"text", "说明", "f", "填表说明\n1、请如实填写", "nothing"},
        {"telephone list", "通讯录", "f", "姓名|单位|电话\n张三|镇政府|123", "nothing"},
        {"village summary", "汇总", "f",
         "行政村|村编码|表一|表二|表三|表四|表五\n甲村|411622104200|#1|#2|#3|#4|#5", "nothing"},
        {"key alone", "表", "f", "户编号\nH1", "nothing"},
        {"other table", "表", "f", "品名|数量|单价\n米|#1|#2", "nothing"},
    };
    (void)state;
    check_cases(cases, COUNT_OF(cases));
}

static void a_header_without_its_key_says_so(void **state)
{
    struct arena a;
    struct layout l;
    (void)state;
    arena_init(&a, (size_t)16 << 20);
    assert_string_equal(found_in(&a, "年度|工资性收入|财产性收入|甲|乙|丙|丁", "表", "f", &l), "nothing");
    assert_non_null(l.nearly);
    assert_true(text_equal(l.missing->id, TEXT("household")));
    arena_clear(&a);
}

static void the_sample_workbooks_are_known(void **state)
{
    static const struct {
        const char *kind, *sheet;
    } cases[] = {
        {"household", "县|镇|行政村|村编码|户编号|户主姓名|户主证件号码|家庭人口|户类型|识别年度|脱贫年度|"
                      "户属性|主要致贫原因|信用等级|联系电话|开户银行"},
        {"person", "行政村|村编码|户编号|人编号|姓名|性别|证件类型|证件号码|出生日期|与户主关系|民族|"
                   "政治面貌|文化程度|在校生状况|健康状况|残疾人证号"},
        {"household_year", "户编号|年度|工资性收入|生产经营性收入|财产性收入|转移性收入|其中:低保金|其中:"
                           "特困供养金|其中:养老保险金"},
        {"measure", "户编号|人编号|年度|措施类别|项目编号|金额(元)|备注"},
        {"policy", "到户政策\n项目编号|名称|所在村|类别"},
        {"duty", "村编码|行政村|职责|姓名|派出单位|联系电话|责任书签订日期|是否在岗"},
        {"problem",
         "问题编号|村编码|行政村|问题描述|来源|发现日期|整改方式|责任人|整改时限|完成日期|核查意见|是否销号"},
        {"fund", "资金编号|年度|资金名称|用途|金额(元)|账户"},
        {"payment", "支付编号|资金编号|户编号|用途|项目编号|金额(元)|支付日期|收款账号|状态"},
        {"village", "村编码|行政村|是否贫困村|退出年度|户籍总户数|户籍总人口|村级活动场所是否达标"},
        {"pairing", "户编号|户主姓名|帮扶责任人|性别|帮扶单位|单位隶属关系|职务|联系电话|结对开始日期|"
                    "结对结束日期|本年走访次数"},
        {"national_list", "序号|数据日期|县|乡|村|自然村|户编号|人编号|姓名|证件号码|人数|与户主关系|民族|"
                          "文化程度|在校生状况|健康状况|劳动技能|"
                          "务工时间|大病保险|致贫原因1|危房户|安全饮用水|人均纯收入|户电话|人电话|"
                          "首次识别时间|人员识别时间|户类型|监测类型|风险是否消除|"
                          "风险识别时间|风险消除时间"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena a;
        struct layout l;
        arena_init(&a, (size_t)16 << 20);
        const char *found = found_in(&a, cases[i].sheet, "Sheet1", "表", &l);
        if (l.kind == NULL || !text_equal(l.kind->import->id, text_of(cases[i].kind)))
            print_error("%s: %s\n", cases[i].kind, found);
        assert_non_null(l.kind);
        assert_true(text_equal(l.kind->import->id, text_of(cases[i].kind)));
        if (i + 1 < COUNT_OF(cases))
            assert_int_equal(l.unknown_count, 0);
        assert_int_equal(l.twice_count, 0);
        arena_clear(&a);
    }
}

static void a_title_tells_the_day_of_its_facts(void **state)
{
    static const struct {
        const char *title, *date;
    } cases[] = {
        {"西华县红花集镇脱贫攻坚户信息表(截至2019年12月31日)", "2019-12-31"},
        {"截止 2019 年 6 月 5 日", "2019-06-05"},
        {"数据日期：2019-12-31 填表日期：2020-01-05", "2019-12-31"},
        {"填表日期：2020-01-05", ""},
        {"2019.3.5", "2019-03-05"},
        {"统计时间２０１９／１１／３０", "2019-11-30"},
        {"20191231", "2019-12-31"},
        {"2019年1月1日至2019年12月31日", "2019-12-31"},
        {"截至二〇一九年十二月三十一日", "2019-12-31"},
        {"二零二〇年十月二十日", "2020-10-20"},
        {"2019年底", ""},
        {"2019年12月", ""},
        {"2019年2月30日", ""},
        {"户编号4116221042050001", ""},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena a;
        char written[11] = "";
        arena_init(&a, (size_t)1 << 20);
        day on = layout_title_date(text_of(cases[i].title), &a);
        if (on != DAY_NONE)
            day_format(on, written);
        if (strcmp(written, cases[i].date) != 0)
            print_error("%s\n", cases[i].title);
        assert_string_equal(written, cases[i].date);
        arena_clear(&a);
    }
}

/* A remark in brackets above the header was taken for a group of columns, and its date was lost. */
static void a_remark_in_brackets_above_the_header_is_a_title(void **state)
{
    static const char *const sheets[] = {
        "户信息表\n（截至2019年12月31日）\n村编码|户编号|户主姓名|家庭人口",
        "(截至2019年12月31日)\n村编码|户编号|户主姓名|家庭人口",
        "户信息表||(截至2019年12月31日)\n村编码|户编号|户主姓名|家庭人口",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sheets); i++) {
        struct arena a;
        struct layout l;
        char written[11] = "";
        arena_init(&a, (size_t)16 << 20);
        assert_string_equal(found_in(&a, sheets[i], "户信息", "f", &l),
                            "household A=village B=number C=head_name D=members_claimed");
        if (l.date != DAY_NONE)
            day_format(l.date, written);
        assert_string_equal(written, "2019-12-31");
        arena_clear(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_is_found_wherever_it_stands),
        cmocka_unit_test(two_rows_make_one_header),
        cmocka_unit_test(kinds_with_one_header_are_told_apart),
        cmocka_unit_test(sheets_of_no_kind_are_left_alone),
        cmocka_unit_test(a_header_without_its_key_says_so),
        cmocka_unit_test(the_sample_workbooks_are_known),
        cmocka_unit_test(a_title_tells_the_day_of_its_facts),
        cmocka_unit_test(a_remark_in_brackets_above_the_header_is_a_title),
    };
    return cmocka_run_group_tests(tests, pack_open, pack_close);
}
