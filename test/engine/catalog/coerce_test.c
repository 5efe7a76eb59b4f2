/* Cells as offices write them become values, or are refused with what is expected. */
#include "engine/catalog/coerce.h"
#include <iconv.h>
#include <jansson.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* A pack of one entity with a field of each type. */
static const char entities[] =
    "codes:\n"
    "- id: health\n  label: {zh: 健康状况, en: Health}\n  items:\n"
    "  - {code: '01', zh: 健康, en: healthy, also: [良好]}\n"
    "  - {code: '02', zh: 残疾, en: disabled}\n"
    "  - {code: '03', zh: 长期慢性病, en: chronic}\n"
    "  - {code: '04', zh: 患有大病, en: serious}\n"
    "- id: region\n  label: {zh: 务工区域, en: Place}\n  items:\n"
    "  - {zh: 乡(镇)内, en: in the town}\n"
    "  - {zh: 乡(镇)外县内, en: in the county}\n"
    "- id: answer\n  label: {zh: 回答, en: Answer}\n  items: [{zh: 是, en: yes}, {zh: 否, en: no}]\n"
    "- id: many\n  label: {zh: 多项, en: Many}\n  items: [\n"
    "   {zh: 甲, en: a}, {zh: 乙, en: b}, {zh: 丙, en: c}, {zh: 丁, en: d}, {zh: 戊, en: e}, {zh: 己, en: "
    "f},\n"
    "   {zh: 庚, en: g}, {zh: 辛, en: h}, {zh: 壬, en: i}]\n"
    "entities:\n"
    "- id: village\n  kind: thing\n  label: {zh: 村, en: Village}\n  key: [code]\n"
    "  fields: [{id: code, label: {zh: 代码, en: Code}, type: identifier}]\n"
    "- id: thing\n  kind: thing\n  label: {zh: 物, en: Thing}\n  key: [identifier]\n  fields:\n"
    "  - {id: identifier, label: {zh: 编号, en: Number}, type: identifier}\n"
    "  - {id: secret, label: {zh: 证件号码, en: Certificate}, type: identifier, class: sensitive}\n"
    "  - {id: text, label: {zh: 说明, en: Text}, type: text}\n"
    "  - {id: int, label: {zh: 人数, en: Persons}, type: int, unit: 人}\n"
    "  - {id: decimal, label: {zh: 面积, en: Area}, type: decimal, digits: 2, unit: 亩}\n"
    "  - {id: distance, label: {zh: 距离, en: Distance}, type: decimal, digits: 1, unit: 公里}\n"
    "  - {id: money, label: {zh: 金额, en: Amount}, type: money, unit: 元}\n"
    "  - {id: year, label: {zh: 年度, en: Year}, type: year}\n"
    "  - {id: date, label: {zh: 日期, en: Date}, type: date}\n"
    "  - {id: bool, label: {zh: 是否, en: Yes or no}, type: bool}\n"
    "  - {id: code, label: {zh: 健康状况, en: Health}, type: code, codes: health}\n"
    "  - {id: region, label: {zh: 务工区域, en: Place}, type: code, codes: region}\n"
    "  - {id: answer, label: {zh: 回答, en: Answer}, type: code, codes: answer}\n"
    "  - {id: many, label: {zh: 多项, en: Many}, type: code, codes: many}\n"
    "  - {id: codes, label: {zh: 健康状况, en: Health}, type: codes, codes: health}\n"
    "  - {id: village, label: {zh: 村编码, en: Village}, type: village}\n"
    "  - {id: ref, label: {zh: 上级, en: Parent}, type: ref, entity: thing}\n";

static struct arena memory;
static const struct catalog_entity *thing;

static int load(void **state)
{
    static const struct catalog_reader reader;
    static const struct catalog_file files[] = {
        {{"catalog/a.yaml", 14}, {entities, sizeof entities - 1}},
        {{"pack.yaml", 9},
         {"id: test\nlabel: {zh: 试, en: T}\narea: '41'\n",
          sizeof "id: test\nlabel: {zh: 试, en: T}\narea: '41'\n" - 1}},
    };
    const struct catalog *c = NULL;
    struct err e = {0};
    struct buf b;
    (void)state;
    arena_init(&memory, 64u << 20);
    if (!catalog_load(files, COUNT_OF(files), &reader, &memory, &c, &e)) {
        buf_init(&b, 4096);
        err_sentence(&e, LANG_EN, &b);
        print_error("%.*s\n", TEXT_ARG(buf_text(&b)));
        buf_clear(&b);
        return -1;
    }
    thing = catalog_entity(c, TEXT("thing"));
    return 0;
}

static int unload(void **state)
{
    (void)state;
    arena_clear(&memory);
    return 0;
}

struct example {
    const char *field, *written;
    const char *unit;
    const char *text; /* expected text */
    int64_t n;        /* expected number where text is NULL and kind is NULL */
    const struct err_kind *kind;
    bool rounded, empty;
};

static day on(const char *written)
{
    day d = DAY_NONE;
    assert_true(day_parse(text_of(written), &d));
    return d;
}

static void check(const struct example *x, const struct coerce_cell *cell, size_t index)
{
    struct coerced out = {0};
    struct err e = {0};
    const struct catalog_field *field = catalog_field(thing, text_of(x->field));
    assert_non_null(field);
    bool fine = coerce_cell(field, cell, text_of(x->unit), &memory, &out, &e);
    if (fine != (x->kind == NULL) || e.kind != x->kind)
        fail_msg("case %zu: %s of %s: %s", index, x->written, x->field,
                 e.kind != NULL ? e.kind->code : "taken");
    if (!fine)
        return;
    enum value_kind kind = x->empty ? VALUE_NONE : x->text != NULL ? VALUE_TEXT : VALUE_INT;
    if (out.value.kind != kind || (out.remark == COERCE_ROUNDED) != x->rounded
        || (kind == VALUE_INT && out.value.n != x->n)
        || (kind == VALUE_TEXT && !text_equal(out.value.s, text_of(x->text))))
        fail_msg("case %zu: %s of %s gives kind %d, %lld, %.*s, remark %d", index, x->written, x->field,
                 (int)out.value.kind, (long long)out.value.n, TEXT_ARG(out.value.s), (int)out.remark);
}

static void text_is_read_as_offices_write_it(void **state)
{
    const day march = on("2019-03-05");
    const struct example cases[] = {
        /* identifiers */
        {"identifier", "  4116 2210\t", NULL, "41162210", 0, NULL, false, false},
        {"identifier", "'411622104200", NULL, "411622104200", 0, NULL, false, false},
        {"identifier", "‘411622104200", NULL, "411622104200", 0, NULL, false, false},
        {"identifier", "=\"0012\"", NULL, "0012", 0, NULL, false, false},
        {"identifier", "４１１６２２", NULL, "411622", 0, NULL, false, false},
        {"identifier", "ＸＭ-01", NULL, "XM-01", 0, NULL, false, false},
        {"identifier", "4.19933E+17", NULL, NULL, 0, &COERCE_IDENTIFIER_ROUNDED, false, false},
        {"identifier", "4E+17", NULL, NULL, 0, &COERCE_IDENTIFIER_ROUNDED, false, false},
        {"identifier", "12E5", NULL, "12E5", 0, NULL, false, false},
        {"identifier", "41992219800101001X", NULL, "41992219800101001X", 0, NULL, false, false},
        {"identifier", "", NULL, NULL, 0, NULL, false, true},
        {"identifier", "　 \n", NULL, NULL, 0, NULL, false, true},
        {"ref", " H 1", NULL, "H1", 0, NULL, false, false},
        {"village", "411622104201", NULL, "411622104201", 0, NULL, false, false},
        {"village", "411622104", NULL, NULL, 0, &COERCE_VILLAGE, false, false},
        {"village", "红花集村", NULL, NULL, 0, &COERCE_VILLAGE, false, false},
        /* text */
        {"text", "  已 通水 ", NULL, "已 通水", 0, NULL, false, false},
        {"text", "张\u200b三\u202e\ufeff", NULL, "张三", 0, NULL, false, false},
        {"text", "\u2066买买提·吐尔逊\u2069 \u00ad", NULL, "买买提·吐尔逊", 0, NULL, false, false},
        {"text", "\u202e\u2060", NULL, NULL, 0, NULL, false, true},
        {"text", "𠀀令\U000e0100", NULL, "𠀀令\U000e0100", 0, NULL, false, false},
        /* numbers */
        {"int", "3", NULL, NULL, 3, NULL, false, false},
        {"int", "３", NULL, NULL, 3, NULL, false, false},
        {"int", "3.0", NULL, NULL, 3, NULL, false, false},
        {"int", "-2", NULL, NULL, -2, NULL, false, false},
        {"int", "3人", NULL, NULL, 3, NULL, false, false},
        {"int", "3口", NULL, NULL, 3, NULL, false, false},
        {"int", "3.5", NULL, NULL, 0, &COERCE_WHOLE, false, false},
        {"int", "三", NULL, NULL, 0, &COERCE_NUMBER, false, false},
        {"int", "3亩", NULL, NULL, 0, &COERCE_NUMBER, false, false},
        {"int", "99999999999999999999", NULL, NULL, 0, &COERCE_TOO_LARGE, false, false},
        {"decimal", "3.5亩", NULL, NULL, 350, NULL, false, false},
        {"decimal", "3.5", "公顷", NULL, 5250, NULL, false, false},
        {"decimal", "0.125", NULL, NULL, 13, NULL, true, false},
        {"decimal", "-0.125", NULL, NULL, -13, NULL, true, false},
        {"decimal", "1.2.3", NULL, NULL, 0, &COERCE_NUMBER, false, false},
        {"decimal", "3", "平方米", NULL, 0, &COERCE_UNIT, false, false},
        {"distance", "2500", "米", NULL, 25, NULL, false, false},
        {"distance", "2550米", NULL, NULL, 26, NULL, true, false},
        {"distance", "4.2km", NULL, NULL, 42, NULL, false, false},
        {"money", "1,234.50", NULL, NULL, 123450, NULL, false, false},
        {"money", "１，２３４．５", NULL, NULL, 123450, NULL, false, false},
        {"money", "¥1234.5元", NULL, NULL, 123450, NULL, false, false},
        {"money", "￥ 12", NULL, NULL, 1200, NULL, false, false},
        {"money", "'12", NULL, NULL, 1200, NULL, false, false},
        {"money", "=\"12\"", NULL, NULL, 1200, NULL, false, false},
        {"money", "-12.3", NULL, NULL, -1230, NULL, false, false},
        {"money", "0.005", NULL, NULL, 1, NULL, true, false},
        {"money", "12.30000", NULL, NULL, 1230, NULL, false, false},
        {"money", "1.26", "万元", NULL, 1260000, NULL, false, false},
        {"money", "0.00000001", "亿元", NULL, 100, NULL, false, false},
        {"money", "1.5万元", NULL, NULL, 1500000, NULL, false, false},
        {"money", "1.5万", NULL, NULL, 1500000, NULL, false, false},
        {"money", "300", "元/年", NULL, 30000, NULL, false, false},
        {"money", "300", "亩", NULL, 0, &COERCE_UNIT, false, false},
        {"money", "12,34", NULL, NULL, 0, &COERCE_NUMBER, false, false},
        {"money", "约300", NULL, NULL, 0, &COERCE_NUMBER, false, false},
        {"money", "1.2E+05", NULL, NULL, 0, &COERCE_NUMBER, false, false},
        {"money", "/", NULL, NULL, 0, &COERCE_NUMBER, false, false},
        /* years and dates */
        {"year", "2019", NULL, NULL, 2019, NULL, false, false},
        {"year", "2019年", NULL, NULL, 2019, NULL, false, false},
        {"year", "２０１９年度", NULL, NULL, 2019, NULL, false, false},
        {"year", "19", NULL, NULL, 0, &COERCE_YEAR, false, false},
        {"year", "20190", NULL, NULL, 0, &COERCE_YEAR, false, false},
        {"date", "2019-03-05", NULL, NULL, march, NULL, false, false},
        {"date", "2019.3.5", NULL, NULL, march, NULL, false, false},
        {"date", "2019/3/5", NULL, NULL, march, NULL, false, false},
        {"date", "20190305", NULL, NULL, march, NULL, false, false},
        {"date", "2019年3月5日", NULL, NULL, march, NULL, false, false},
        {"date", "２０１９年３月５日", NULL, NULL, march, NULL, false, false},
        {"date", " 2019 年 3 月 5 日 ", NULL, NULL, march, NULL, false, false},
        {"date", "2019年3月5号", NULL, NULL, march, NULL, false, false},
        {"date", "2019-03-05 00:00:00", NULL, NULL, march, NULL, false, false},
        {"date", "2019-03-05T08:30:00.123Z", NULL, NULL, march, NULL, false, false},
        {"date", "2019/3/5 8:30", NULL, NULL, march, NULL, false, false},
        {"date", "'2019-03-05", NULL, NULL, march, NULL, false, false},
        {"date", "=\"2019-03-05\"", NULL, NULL, march, NULL, false, false},
        {"date", "2019。3。5", NULL, NULL, march, NULL, false, false},
        {"date", "2019–3–5", NULL, NULL, march, NULL, false, false},
        {"date", "2019-02-29", NULL, NULL, 0, &COERCE_DATE, false, false},
        {"date", "2019-13-01", NULL, NULL, 0, &COERCE_DATE, false, false},
        {"date", "2019年3月", NULL, NULL, 0, &COERCE_DATE, false, false},
        {"date", "3/5/2019", NULL, NULL, 0, &COERCE_DATE, false, false},
        {"date", "19.3.5", NULL, NULL, 0, &COERCE_DATE, false, false},
        {"date", "2019-03-05 25:00", NULL, NULL, 0, &COERCE_DATE, false, false},
        {"date", "不详", NULL, NULL, 0, &COERCE_DATE, false, false},
        /* yes and no */
        {"bool", "是", NULL, NULL, 1, NULL, false, false},
        {"bool", "√", NULL, NULL, 1, NULL, false, false},
        {"bool", "有", NULL, NULL, 1, NULL, false, false},
        {"bool", "1", NULL, NULL, 1, NULL, false, false},
        {"bool", "Ｙ", NULL, NULL, 1, NULL, false, false},
        {"bool", "true", NULL, NULL, 1, NULL, false, false},
        {"bool", "对", NULL, NULL, 1, NULL, false, false},
        {"bool", " 否 ", NULL, NULL, 0, NULL, false, false},
        {"bool", "×", NULL, NULL, 0, NULL, false, false},
        {"bool", "无", NULL, NULL, 0, NULL, false, false},
        {"bool", "0", NULL, NULL, 0, NULL, false, false},
        {"bool", "FALSE", NULL, NULL, 0, NULL, false, false},
        {"bool", "也许", NULL, NULL, 0, &COERCE_BOOL, false, false},
        /* codes */
        {"code", "健康", NULL, "01", 0, NULL, false, false},
        {"code", " 健 康", NULL, "01", 0, NULL, false, false},
        {"code", "良好", NULL, "01", 0, NULL, false, false},
        {"code", "02", NULL, "02", 0, NULL, false, false},
        {"code", "０２", NULL, "02", 0, NULL, false, false},
        {"code", "生病", NULL, NULL, 0, &COERCE_CODE, false, false},
        {"region", "乡（镇）内", NULL, "乡(镇)内", 0, NULL, false, false},
        {"region", "乡镇内", NULL, "乡(镇)内", 0, NULL, false, false},
        {"codes", "残疾,长期慢性病", NULL, "02,03", 0, NULL, false, false},
        /* as it was written */
        {"codes", "长期慢性病、残疾", NULL, "03,02", 0, NULL, false, false},
        {"codes", "长期慢性病；残疾；残疾", NULL, "03,02", 0, NULL, false, false},
        {"codes", "患有大病/残疾，03", NULL, "04,02,03", 0, NULL, false, false},
        {"codes", "健康", NULL, "01", 0, NULL, false, false},
        {"codes", "残疾、懒", NULL, NULL, 0, &COERCE_CODE, false, false},
        {"codes", "、", NULL, NULL, 0, &COERCE_CODE, false, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct coerce_cell cell = {
            .kind = CELL_TEXT, .text = text_of(cases[i].written), .date = DAY_NONE};
        check(&cases[i], &cell, i);
    }
}

static void cells_of_other_kinds_are_read(void **state)
{
    const day march = on("2019-03-05");
    const struct {
        struct example expected;
        enum cell_kind kind;
        double number;
        day date;
    } cases[] = {
        {{"identifier", "411622104200", NULL, "411622104200", 0, NULL, false, false},
         CELL_NUMBER,
         411622104200.0,
         DAY_NONE},
        {{"identifier", "411622104200123", NULL, "411622104200123", 0, NULL, false, false},
         CELL_NUMBER,
         411622104200123.0,
         DAY_NONE},
        {{"identifier", "4116221042001234", NULL, NULL, 0, &COERCE_IDENTIFIER_ROUNDED, false, false},
         CELL_NUMBER,
         4116221042001234.0,
         DAY_NONE},
        {{"identifier", "4.19933E+17", NULL, NULL, 0, &COERCE_IDENTIFIER_ROUNDED, false, false},
         CELL_NUMBER,
         4.19933e17,
         DAY_NONE},
        {{"identifier", "1E3", NULL, "1000", 0, NULL, false, false}, CELL_NUMBER, 1000, DAY_NONE},
        {{"identifier", "12.5", NULL, NULL, 0, &COERCE_IDENTIFIER, false, false},
         CELL_NUMBER,
         12.5,
         DAY_NONE},
        {{"identifier", "-12", NULL, NULL, 0, &COERCE_IDENTIFIER, false, false}, CELL_NUMBER, -12, DAY_NONE},
        {{"identifier", "", NULL, NULL, 0, &COERCE_IDENTIFIER, false, false}, CELL_BOOL, 1, DAY_NONE},
        {{"village", "411622104201", NULL, "411622104201", 0, NULL, false, false},
         CELL_NUMBER,
         411622104201.0,
         DAY_NONE},
        {{"text", "12.5", NULL, "12.5", 0, NULL, false, false}, CELL_NUMBER, 12.5, DAY_NONE},
        {{"text", "43529", NULL, "2019-03-05", 0, NULL, false, false}, CELL_DATE, 43529, march},
        {{"text", "", NULL, "是", 0, NULL, false, false}, CELL_BOOL, 1, DAY_NONE},
        {{"int", "3", NULL, NULL, 3, NULL, false, false}, CELL_NUMBER, 3, DAY_NONE},
        {{"int", "3.5", NULL, NULL, 0, &COERCE_WHOLE, false, false}, CELL_NUMBER, 3.5, DAY_NONE},
        {{"int", "43529", NULL, NULL, 0, &COERCE_NUMBER, false, false}, CELL_DATE, 43529, march},
        {{"decimal", "0.30000000000000004", NULL, NULL, 30, NULL, false, false},
         CELL_NUMBER,
         0.1 + 0.2,
         DAY_NONE},
        {{"money", "2974.7999999999997", NULL, NULL, 297480, NULL, false, false},
         CELL_NUMBER,
         2974.7999999999997,
         DAY_NONE},
        {{"money", "1234.125", NULL, NULL, 123413, NULL, true, false}, CELL_NUMBER, 1234.125, DAY_NONE},
        {{"money", "0.4264", "万元", NULL, 426400, NULL, false, false}, CELL_NUMBER, 0.4264, DAY_NONE},
        {{"money", "1E+25", NULL, NULL, 0, &COERCE_TOO_LARGE, false, false}, CELL_NUMBER, 1e25, DAY_NONE},
        {{"money", "", NULL, NULL, 0, &COERCE_NUMBER, false, false}, CELL_BOOL, 1, DAY_NONE},
        {{"year", "2019", NULL, NULL, 2019, NULL, false, false}, CELL_NUMBER, 2019, DAY_NONE},
        {{"year", "2019", NULL, NULL, 2019, NULL, false, false}, CELL_DATE, 2019, -23553},
        {{"year", "43529", NULL, NULL, 2019, NULL, false, false}, CELL_DATE, 43529, march},
        {{"year", "2019.5", NULL, NULL, 0, &COERCE_YEAR, false, false}, CELL_NUMBER, 2019.5, DAY_NONE},
        {{"date", "43529", NULL, NULL, march, NULL, false, false}, CELL_DATE, 43529, march},
        {{"date", "0.5", NULL, NULL, 0, &COERCE_DATE, false, false}, CELL_DATE, 0.5, DAY_NONE},
        {{"date", "20190305", NULL, NULL, march, NULL, false, false}, CELL_NUMBER, 20190305, DAY_NONE},
        {{"date", "43529", NULL, NULL, march, NULL, false, false}, CELL_NUMBER, 43529, march},
        {{"date", "2019", NULL, NULL, 0, &COERCE_DATE, false, false}, CELL_NUMBER, 2019, -23553},
        {{"date", "", NULL, NULL, 0, &COERCE_DATE, false, false}, CELL_BOOL, 1, DAY_NONE},
        {{"bool", "1", NULL, NULL, 1, NULL, false, false}, CELL_NUMBER, 1, DAY_NONE},
        {{"bool", "2", NULL, NULL, 0, &COERCE_BOOL, false, false}, CELL_NUMBER, 2, DAY_NONE},
        {{"bool", "", NULL, NULL, 0, NULL, false, false}, CELL_BOOL, 0, DAY_NONE},
        {{"code", "2", NULL, "02", 0, NULL, false, false}, CELL_NUMBER, 2, DAY_NONE},
        {{"code", "9", NULL, NULL, 0, &COERCE_CODE, false, false}, CELL_NUMBER, 9, DAY_NONE},
        {{"codes", "2", NULL, "02", 0, NULL, false, false}, CELL_NUMBER, 2, DAY_NONE},
        {{"answer", "", NULL, "是", 0, NULL, false, false}, CELL_BOOL, 1, DAY_NONE},
        {{"int", "#N/A", NULL, NULL, 0, &COERCE_ERROR_CELL, false, false}, CELL_ERROR, 0, DAY_NONE},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct coerce_cell cell = {.kind = cases[i].kind,
                                         .text = text_of(cases[i].expected.written),
                                         .number = cases[i].number,
                                         .date = cases[i].date};
        check(&cases[i].expected, &cell, i);
    }
}

static void sentence_of(const char *field, const char *written, enum lang lang, char *out, size_t size)
{
    struct coerced c = {0};
    struct err e = {0};
    struct buf b;
    assert_false(coerce_text(catalog_field(thing, text_of(field)), text_of(written), &memory, &c, &e));
    buf_init(&b, 4096);
    err_sentence(&e, lang, &b);
    snprintf(out, size, "%.*s", TEXT_ARG(buf_text(&b)));
    buf_clear(&b);
}

static void a_refusal_says_what_can_stand_there(void **state)
{
    char s[1000];
    (void)state;
    sentence_of("code", "生病", LANG_ZH, s, sizeof s);
    assert_non_null(
        strstr(s, "“健康状况”中没有“生病”这个选项。可以填写：健康、残疾、长期慢性病、患有大病。"));
    sentence_of("many", "子", LANG_EN, s, sizeof s);
    assert_non_null(strstr(s, "甲、乙、丙、丁、戊、己、庚、辛……"));
    assert_null(strstr(s, "壬"));
    sentence_of("decimal", "很多", LANG_ZH, s, sizeof s);
    assert_non_null(strstr(s, "请填写数字，例如12.5亩。"));
    sentence_of("secret", "4.1992219800101001E+17", LANG_ZH, s, sizeof s);
    assert_null(strstr(s, "19800101"));
}

static void a_text_beyond_the_limit_is_refused(void **state)
{
    struct coerced out = {0};
    struct err e = {0};
    char *long_text = malloc(COERCE_TEXT_MAX + 1);
    (void)state;
    assert_non_null(long_text);
    memset(long_text, 'a', COERCE_TEXT_MAX + 1);
    assert_true(coerce_text(catalog_field(thing, TEXT("text")), (struct text){long_text, COERCE_TEXT_MAX},
                            &memory, &out, &e));
    assert_false(coerce_text(catalog_field(thing, TEXT("text")),
                             (struct text){long_text, COERCE_TEXT_MAX + 1}, &memory, &out, &e));
    assert_ptr_equal(e.kind, &COERCE_TEXT_LONG);
    err_clear(&e);
    assert_false(coerce_text(catalog_field(thing, TEXT("identifier")),
                             (struct text){long_text, COERCE_IDENTIFIER_MAX + 1}, &memory, &out, &e));
    assert_ptr_equal(e.kind, &COERCE_TEXT_LONG);
    free(long_text);
}

/* ---- characters of old systems: the outside vectors ---- */

static struct text converted(const unsigned char *bytes, size_t size, char *out, size_t room)
{
    iconv_t from = iconv_open("UTF-8", "GB18030");
    char *in = (char *)(uintptr_t)bytes, *to = out;
    size_t left = room;
    assert_true(from != (iconv_t)-1);
    assert_int_equal(iconv(from, &in, &size, &to, &left), 0);
    assert_int_equal(iconv_close(from), 0);
    return (struct text){out, room - left};
}

static void check_kept_as(struct text written, const char *wanted, enum coerce_remark remark)
{
    struct coerced out = {0};
    struct err e = {0};
    assert_true(coerce_text(catalog_field(thing, TEXT("text")), written, &memory, &out, &e));
    if (!text_equal(out.value.s, text_of(wanted)) || (remark != COERCE_AS_WRITTEN && out.remark != remark))
        fail_msg("%.*s became %.*s, not %s (remark %d)", TEXT_ARG(written), TEXT_ARG(out.value.s), wanted,
                 (int)out.remark);
}

/* From the bytes of an old file and from the private code point alike. */
static void check_vector(json_t *line)
{
    const char *kind = json_string_value(json_object_get(line, "kind"));
    const char *wanted = json_string_value(json_object_get(line, "text"));
    const char *hex = json_string_value(json_object_get(line, "bytes"));
    unsigned char bytes[64];
    char utf8[256];
    size_t size = 0;
    bool moved = strcmp(kind, "pua") == 0;
    assert_true(moved || strcmp(kind, "name") == 0 || strcmp(kind, "dot") == 0);
    if (hex != NULL) {
        assert_int_equal(sodium_hex2bin(bytes, sizeof bytes, hex, strlen(hex), NULL, &size, NULL), 0);
        check_kept_as(converted(bytes, size, utf8, sizeof utf8), wanted, COERCE_AS_WRITTEN);
    }
    if (!moved) {
        check_kept_as(text_of(wanted), wanted, COERCE_AS_WRITTEN);
        return;
    }
    size = text_encode((uint32_t)strtoul(json_string_value(json_object_get(line, "pua")), NULL, 16), utf8);
    check_kept_as((struct text){utf8, size}, wanted, COERCE_PRIVATE_REPLACED);
}

static void characters_of_old_systems_become_todays(void **state)
{
    (void)state;
    FILE *file = fopen(TEST_DATA "/vectors/gb18030.jsonl", "r");
    char *at = NULL;
    size_t room = 0, lines = 0;
    assert_non_null(file);
    for (; getline(&at, &room, file) > 0; lines++) {
        json_t *line = json_loads(at, 0, NULL);
        assert_non_null(line);
        check_vector(line);
        json_decref(line);
    }
    free(at);
    fclose(file);
    assert_int_equal(lines, 138);
}

static void characters_that_no_table_knows_are_kept_and_told(void **state)
{
    struct coerced out = {0};
    struct err e = {0};
    const struct text written = TEXT("张\xEE\x80\x80\xEE\x9E\x8D"); /* U+E000, and U+E78D, which is known */
    (void)state;
    assert_true(coerce_text(catalog_field(thing, TEXT("text")), written, &memory, &out, &e));
    assert_true(text_equal(out.value.s, TEXT("张\xEE\x80\x80︐")));
    assert_int_equal(out.remark, COERCE_PRIVATE_LEFT);
    assert_true(coerce_text(catalog_field(thing, TEXT("text")), TEXT("张三（南）"), &memory, &out, &e));
    assert_int_equal(out.remark, COERCE_AS_WRITTEN);
}

/* PostgreSQL takes no text with U+0000 in it; a cell's _x0000_ is one. */
static void a_null_character_is_taken_out_and_told(void **state)
{
    struct coerced out = {0};
    struct err e = {0};
    (void)state;
    assert_true(coerce_text(catalog_field(thing, TEXT("text")), TEXT("张\0三"), &memory, &out, &e));
    assert_true(text_equal(out.value.s, TEXT("张三")));
    assert_int_equal(out.remark, COERCE_STRIPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_read_as_offices_write_it),
        cmocka_unit_test(a_null_character_is_taken_out_and_told),
        cmocka_unit_test(cells_of_other_kinds_are_read),
        cmocka_unit_test(a_refusal_says_what_can_stand_there),
        cmocka_unit_test(a_text_beyond_the_limit_is_refused),
        cmocka_unit_test(characters_of_old_systems_become_todays),
        cmocka_unit_test(characters_that_no_table_knows_are_kept_and_told),
    };
    return cmocka_run_group_tests_name("engine/catalog/coerce", tests, load, unload);
}
