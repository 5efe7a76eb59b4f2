/* Column letters, and headers as the catalogue looks them up. */
#include "format/sheet/sheet.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void columns_are_named_as_excel_names_them(void **state)
{
    (void)state;
    static const struct {
        uint32_t column;
        const char *name;
    } cases[] = {{0, "A"},   {25, "Z"},   {26, "AA"},   {51, "AZ"},
                 {52, "BA"}, {701, "ZZ"}, {702, "AAA"}, {16383, "XFD"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char name[4];
        sheet_column_name(cases[i].column, name);
        assert_string_equal(name, cases[i].name);
    }
}

static void a_header_becomes_a_key_and_a_unit(void **state)
{
    (void)state;
    static const struct {
        const char *header, *key, *unit;
    } cases[] = {
        {"户编号", "户编号", ""},
        {" 户 编 号\n", "户编号", ""},
        {"户　主　姓　名", "户主姓名", ""},
        {"金额(万元)", "金额", "万元"},
        {"金额（万元）", "金额", "万元"},
        {"金额【元】", "金额", "元"},
        {"金额（单位：元）", "金额", "元"},
        {"人均纯收入/元", "人均纯收入", "元"},
        {"工资性收入／万元", "工资性收入", "万元"},
        {"平均工资（元/月）", "平均工资", "元/月"},
        {"县/区", "县/区", ""},
        {"/元", "/元", ""},
        {"其中：低保金（元）", "低保金", "元"},
        {"其中:生态补偿金", "生态补偿金", ""},
        {"ＡＢ１２", "AB12", ""},
        {"乡(镇)", "乡(镇)", ""},
        {"（元）", "(元)", ""},
        {"姓名*", "姓名", ""},
        {"联系电话：", "联系电话", ""},
        {"耕地面积(亩)", "耕地面积", "亩"},
        {"", "", ""},
        {"\xEF\xBB\xBF村编码", "村编码", ""},
    };
    struct arena a;
    arena_init(&a, 65536);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct text key, unit;
        assert_true(sheet_header_key(text_of(cases[i].header), &a, &key, &unit));
        if (!text_equal(key, text_of(cases[i].key)) || !text_equal(unit, text_of(cases[i].unit)))
            fail_msg("%s -> %.*s, %.*s", cases[i].header, TEXT_ARG(key), TEXT_ARG(unit));
    }
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_named_as_excel_names_them),
        cmocka_unit_test(a_header_becomes_a_key_and_a_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
