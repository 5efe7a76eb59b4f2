/* What offices really send: for each quirk a workbook made for it (test/data/import), what the import says
 * and what the register then holds. Each begins with an empty register of the town 411622104. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "office.h"

struct check {
    const char *entity;
    size_t index;
    const char *label, *value;
};
static const struct quirk {
    const char *file, *said;
    struct check holds[8];
} quirks[] = {
    {"title_rows.xlsx",
     "household 2+2~0=0-0",
     {{"household", 0, "耕地面积", "4.2"}, {"household", 1, "户主姓名", "户主2"}}},
    {"two_row_header.xlsx",
     "household 1+1~0=0-0",
     {{"household", 0, "户主姓名", "刘兰"},
      {"household", 0, "林地面积", "1"},
      {"household", 0, "联系电话", "13800000000"}}},
    {"column_order.xlsx",
     "household 1+1~0=0-0",
     {{"household", 0, "户编号", "4116221042050001"}, {"household", 0, "户主姓名", "刘兰"}}},
    {"unknown_column.xlsx",
     "household 1+1~0=0-0 | note 1D IMPORT_COLUMN_UNKNOWN",
     {{"household", 0, "耕地面积", "4.2"}}},
    {"spaced_header.xlsx",
     "household 1+1~0=0-0",
     {{"household", 0, "耕地面积", "4.2"}, {"household", 0, "户主姓名", "户主1"}}},
    {"synonym_header.xlsx",
     "household 1+1~0=0-0",
     {{"household", 0, "村编码", "411622104205"}, {"household", 0, "户主姓名", "户主1"}}},
    {"hidden_rows.xlsx", "household 2+2~0=0-0", {{"household", 1, "户主姓名", "户主2"}}},
    {"hidden_sheets.xlsx",
     "household 1+1~0=0-0, - 0+0~0=0-0, - 0+0~0=0-0, - 0+0~0=0-0",
     {{"household", 0, "户主姓名", "户主1"}}},
    {"formula.xlsx",
     "household 3+2~0=0-1 | error 3D IMPORT_FORMULA_EMPTY",
     {{"household", 0, "耕地面积", "4.2"}, {"household", 1, "户主姓名", "户主3"}}},
    {"error_cell.xlsx",
     "household 2+1~0=0-1 | error 2D COERCE_ERROR_CELL",
     {{"household", 0, "户主姓名", "户主2"}}},
    {"numbers_as_text.xlsx",
     "household 2+2~0=0-0",
     {{"household", 0, "耕地面积", "4.2"},
      {"household", 0, "脱贫年度", "2016"},
      {"household", 1, "耕地面积", "1234.5"},
      {"household", 1, "脱贫年度", "2016"},
      {"household", 1, "是否通生活用电", "false"}}},
    {"text_as_numbers.xlsx",
     "household 1+1~0=0-0",
     {{"household", 0, "村编码", "411622104205"},
      {"household", 0, "联系电话", "13800000000"},
      {"household", 0, "是否通生活用电", "true"}}},
    {"inline_strings.xlsx", "household 1+1~0=0-0", {{"household", 0, "户主姓名", "刘兰"}}},
    {"rich_text.xlsx", "household 1+1~0=0-0", {{"household", 0, "户主姓名", "刘兰"}}},
    {"phonetic.xlsx", "household 1+1~0=0-0", {{"household", 0, "户主姓名", "刘兰"}}},
    {"rounded_number.xlsx",
     "household 4+1~0=0-3 | error 2B COERCE_IDENTIFIER_ROUNDED | error 3B COERCE_IDENTIFIER_ROUNDED | error "
     "4B "
     "COERCE_IDENTIFIER_ROUNDED",
     {{"household", 0, "户主姓名", "户主4"}}},
    {"apostrophe.xlsx",
     "household 2+2~0=0-0",
     {{"household", 0, "户编号", "4116221042050001"}, {"household", 1, "户编号", "4116221042050002"}}},
    {"full_width_digits.xlsx",
     "household 2+2~0=0-0",
     {{"household", 0, "户编号", "4116221042050001"},
      {"household", 0, "耕地面积", "4.2"},
      {"household", 1, "户编号", "4116221042050002"}}},
    {"date_serial.xlsx",
     "household 2+2~0=0-0",
     {{"household", 0, "首次识别时间", "2014-03-05"}, {"household", 1, "首次识别时间", "2014-03-05"}}},
    {"date_serial_1904.xlsx", "household 1+1~0=0-0", {{"household", 0, "首次识别时间", "2014-03-05"}}},
    {"date_texts.xlsx",
     "household 7+6~0=0-1 | error 8G COERCE_DATE",
     {{"household", 0, "首次识别时间", "2014-03-05"},
      {"household", 1, "首次识别时间", "2014-03-05"},
      {"household", 2, "首次识别时间", "2014-03-05"},
      {"household", 3, "首次识别时间", "2014-03-05"},
      {"household", 4, "首次识别时间", "2014-03-05"},
      {"household", 5, "首次识别时间", "2014-03-05"}}},
    {"yes_and_no.xlsx",
     "household 13+12~0=0-1 | error 14F COERCE_BOOL",
     {{"household", 2, "是否通生活用电", "true"},
      {"household", 5, "是否通生活用电", "true"},
      {"household", 6, "是否通生活用电", "false"},
      {"household", 11, "是否通生活用电", "false"}}},
    {"blank_rows.xlsx", "household 2+2~0=0-0", {{0}}},
    {"totals.xlsx", "household 2+2~0=0-0", {{0}}},
    {"notes_below.xlsx", "household 1+1~0=0-0", {{0}}},
    {"repeated_header.xlsx", "household 2+2~0=0-0", {{0}}},
    {"same_sheet_twice.xlsx", "household 1+1~0=0-0, household 1+0~0=1-0", {{0}}},
    {"two_values_of_one_key.xlsx",
     "household 1+0~0=0-1, household 2+1~0=0-1 | error 2B IMPORT_KEY_TWICE | error 2B IMPORT_KEY_TWICE",
     {{"household", 0, "户主姓名", "户主2"}}},
    {"key_missing.xlsx", "household 3+2~0=0-1 | error 3B IMPORT_KEY_MISSING", {{0}}},
    {"many_faults.xlsx",
     "household 2+1~0=0-1 | error 2D COERCE_NUMBER | error 2E COERCE_YEAR | error 2F COERCE_BOOL | error 2G "
     "COERCE_DATE",
     {{"household", 0, "户主姓名", "户主2"}}},
    {"village_unknown.xlsx",
     "household 2+1~0=0-1 | error 2A IMPORT_VILLAGE_UNKNOWN",
     {{"household", 0, "户主姓名", "户主2"}}},
    {"village_by_name.xlsx",
     "household 2+1~0=0-1 | note 2A IMPORT_VILLAGE_BY_NAME | error 3A IMPORT_VILLAGE_UNKNOWN",
     {{"household", 0, "村编码", "411622104205"}}},
    {"household_unknown.xlsx", "person 1+0~0=0-1 | error 2A IMPORT_HOUSEHOLD_UNKNOWN", {{0}}},
    {"kinds_by_prefix.xlsx",
     "project 2+2~0=0-0",
     {{"project", 0, "名称", "光伏一号"}, {"project", 1, "名称", "绿垠基地"}}},
    {"national_list.xlsx",
     "person 2+2~0=0-0 | note 2B IMPORT_COLUMN_UNKNOWN | note 2W IMPORT_COLUMN_UNKNOWN | note 3E "
     "IMPORT_VILLAGE_BY_NAME",
     {{"household", 0, "村编码", "411622104205"},
      {"household", 0, "户类型", "脱贫户"},
      {"household", 0, "联系电话", "13800000001"},
      {"person", 0, "姓名", "刘兰"},
      {"person", 0, "户编号", "4116221042050001"},
      {"person", 1, "姓名", "刘桂巧"}}},
    {"plain.csv",
     "household 2+1~0=0-1 | error 3D COERCE_NUMBER",
     {{"household", 0, "户编号", "4116221042050001"}}},
    {"gb18030.csv", "household 1+1~0=0-0", {{"household", 0, "户主姓名", "户主1"}}},
};

static void path_of(const char *file, char out[512])
{
    (void)snprintf(out, 512, TEST_DATA "/import/%s", file);
}

static size_t check_holds(struct office *o, const struct quirk *q)
{
    size_t failures = 0;
    for (size_t i = 0; i < COUNT_OF(q->holds) && q->holds[i].entity != NULL; i++) {
        const struct check *c = &q->holds[i];
        char *value = shown(o, c->entity, c->index, c->label);
        if (strcmp(value, c->value) != 0) {
            print_error("%s: %s %zu %s: %s, not %s\n", q->file, c->entity, c->index, c->label, value,
                        c->value);
            failures++;
        }
        free(value);
    }
    return failures;
}

static void each_quirk_is_lived_with(void **state)
{
    char path[512], said[4096];
    size_t failures = 0;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(quirks); i++) {
        struct office o;
        assert_true(office_open(&o, "411622104"));
        path_of(quirks[i].file, path);
        struct answer a = office_import(&o, path);
        if (!a.done)
            office_tell(quirks[i].file, &a.err);
        answer_summary(a.json, said, sizeof said);
        if (strcmp(said, quirks[i].said) != 0) {
            print_error("%s:\n  %s\n  %s\n", quirks[i].file, said, quirks[i].said);
            failures++;
        } else {
            assert_int_equal(a.found, strstr(said, "error") != NULL);
            failures += check_holds(&o, &quirks[i]);
        }
        free(a.json);
        office_close(&o);
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_quirk_is_lived_with)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
