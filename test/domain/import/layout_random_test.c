/* The headers of the sample workbooks, dressed up as offices do: other order, further columns, titles and
 * remarks above, a row of groups, blanks, full width, units. Each variant must be read as the plain header
 * is. The seed is printed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/system.h"
#include "pack.h"
#include "rows.h"

#define COLUMNS_MAX 48
#define VARIANTS 60

static struct head head;
static const char *const headers[] = {
    "县|镇|行政村|村编码|户编号|户主姓名|户主证件号码|家庭人口|户类型|识别年度|脱贫年度|户属性|主要致贫原因|"
    "信用等级|联系电话|开户银行|银行账号|耕地面积(亩)|"
    "有效灌溉面积(亩)|林地面积(亩)|住房面积(平方米)|住房安全等级|是否解决安全饮用水|是否通生活用电|"
    "是否通广播电视|有无卫生厕所|入户路类型|"
    "与村主干路距离(公里)|主要燃料类型|是否加入农民专业合作社|帮扶责任人",
    "行政村|村编码|户编号|人编号|姓名|性别|证件类型|证件号码|出生日期|与户主关系|民族|政治面貌|文化程度|"
    "在校生状况|健康状况|残疾人证号|劳动技能|务工区域|"
    "务工时间(月)|是否参加城乡居民基本医疗保险|是否参加大病保险|是否参加城乡居民基本养老保险|是否享受低保|"
    "是否签约家庭医生",
    "户编号|年度|工资性收入|生产经营性收入|财产性收入|转移性收入|其中:低保金|其中:特困供养金|其中:养老保险金|"
    "其中:其他转移性收入|生产经营性支出|合规自付支出|"
    "年纯收入|人均纯收入",
    "户编号|人编号|年度|措施类别|项目编号|金额(元)|备注",
    "村编码|行政村|职责|姓名|派出单位|联系电话|责任书签订日期|是否在岗",
    "问题编号|村编码|行政村|问题描述|来源|发现日期|整改方式|责任人|整改时限|完成日期|核查意见|是否销号",
    "资金编号|年度|资金名称|用途|金额(元)|账户",
    "支付编号|资金编号|户编号|用途|项目编号|金额(元)|支付日期|收款账号|状态",
    "村编码|行政村|是否贫困村|退出年度|户籍总户数|户籍总人口|村级活动场所是否达标",
    "户编号|户主姓名|帮扶责任人|性别|帮扶单位|单位隶属关系|职务|联系电话|结对开始日期|结对结束日期|"
    "本年走访次数",
};

struct sheet {
    struct text columns[COLUMNS_MAX];
    size_t count;
};

static void split(const char *line, struct sheet *out)
{
    struct text t = text_of(line);
    out->count = 0;
    for (size_t at = 0; at <= t.size;) {
        size_t end = text_find(t, TEXT("|"), at);
        end = end == SIZE_MAX ? t.size : end;
        out->columns[out->count++] = text_slice(t, at, end - at);
        at = end + 1;
    }
}

static void shuffle(struct rng *r, struct sheet *s)
{
    for (size_t i = s->count; i > 1; i--) {
        size_t k = (size_t)rng_below(r, i);
        struct text t = s->columns[k];
        s->columns[k] = s->columns[i - 1];
        s->columns[i - 1] = t;
    }
}

static void add_unknown(struct rng *r, struct sheet *s)
{
    static const char *const words[] = {"核查情况", "幸运数字",       "序号",
                                        "经办备忘", "第三方评估结果", "是否张贴明白卡"};
    for (uint64_t n = rng_below(r, 3); n > 0; n--)
        s->columns[s->count++] = text_of(words[rng_below(r, COUNT_OF(words))]);
}

/* A header with blanks, in full width, with marks. */
static void dress(struct rng *r, struct text t, struct buf *out)
{
    bool wide = rng_below(r, 3) == 0;
    if (rng_below(r, 6) == 0)
        buf_add_z(out, "*");
    for (size_t at = 0; at < t.size;) {
        size_t from = at;
        uint32_t c = text_next(t, &at);
        if (wide && (c == '(' || c == ')' || c == ':'))
            buf_add_z(out, c == '(' ? "（" : c == ')' ? "）" : "：");
        else
            buf_add(out, text_slice(t, from, at - from));
        if (rng_below(r, 12) == 0)
            buf_add_z(out, rng_below(r, 2) == 0 ? " " : "　");
    }
}

static void add_titles(struct rng *r, struct buf *out)
{
    static const char *const titles[] = {"附件2",
                                         "西华县红花集镇脱贫攻坚台账",
                                         "(截至2019年12月31日)",
                                         "填报单位：红花集镇人民政府||||填表日期：2020年1月5日",
                                         "西华县2019年度统计表|>西华县2019年度统计表|>西华县2019年度统计表",
                                         "单位：元",
                                         "  ",
                                         "填表人：张三|联系电话：13800000000"};
    buf_add_z(out, "西华县红花集镇登记表（截至2019年12月31日）\n");
    for (uint64_t n = rng_below(r, 5); n > 0; n--) {
        buf_add_z(out, titles[rng_below(r, COUNT_OF(titles))]);
        buf_add_z(out, "\n");
    }
}

/* A row of groups, merged over the columns below. */
static void add_groups(struct rng *r, size_t columns, struct buf *out)
{
    static const char *const groups[] = {"基本信息", "主要情况", "其他信息", "有关内容"};
    const char *group = NULL;
    for (size_t i = 0; i < columns; i++) {
        bool begins = group == NULL || rng_below(r, 4) == 0;
        group = begins ? groups[rng_below(r, COUNT_OF(groups))] : group;
        buf_add_format(out, "%s%s%s", i > 0 ? "|" : "", begins ? "" : ">", group);
    }
    buf_add_z(out, "\n");
}

static void variant(struct rng *r, const struct sheet *plain, struct buf *out)
{
    struct sheet s = *plain;
    if (rng_below(r, 2) == 0)
        shuffle(r, &s);
    add_unknown(r, &s);
    add_titles(r, out);
    if (rng_below(r, 3) == 0)
        add_groups(r, s.count, out);
    for (size_t i = 0; i < s.count; i++) {
        if (i > 0)
            buf_add_z(out, "|");
        dress(r, s.columns[i], out);
    }
    buf_add_z(out, "\n");
    if (rng_below(r, 4) == 0)
        buf_add_z(out, "#1|#2|#3|#4|#5|#6\n");
    buf_add_z(out, "411622104205|寺后刘村|4116221042050001|x|y|z\n");
}

static struct layout find(const char *sheet, struct arena *a)
{
    struct layout l;
    struct err e = {0};
    rows_head(a, sheet, &head);
    assert_true(layout_find(&pack_headings, &head, TEXT("Sheet1"), TEXT("表"), a, &l, &e));
    return l;
}

/* Same kind, same fields with the same units, the day of the title. */
static bool same(const struct layout *a, const struct layout *b)
{
    size_t found = 0;
    if (b->kind == NULL || a->kind->import != b->kind->import || a->column_count != b->column_count)
        return false;
    for (size_t i = 0; i < a->column_count; i++)
        for (size_t k = 0; k < b->column_count; k++)
            found += a->columns[i].field == b->columns[k].field
                     && text_equal(a->columns[i].unit, b->columns[k].unit);
    return found == a->column_count && b->date == 18261; /* 2019-12-31 */
}

static void however_a_header_is_dressed_it_is_read_as_the_plain_one(void **state)
{
    struct rng r;
    const char *given = getenv("HONGHUA_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : 20191231;
    (void)state;
    print_message("# seed %llu\n", (unsigned long long)seed);
    rng_seed(&r, seed);
    for (size_t h = 0; h < COUNT_OF(headers); h++) {
        struct sheet plain;
        split(headers[h], &plain);
        for (size_t v = 0; v < VARIANTS; v++) {
            struct arena a;
            struct buf text;
            arena_init(&a, (size_t)64 << 20);
            buf_init(&text, 1 << 20);
            variant(&r, &plain, &text);
            buf_add_char(&text, '\0');
            struct layout expected = find(headers[h], &a), found = find(text.at, &a);
            if (!same(&expected, &found))
                print_error("%s\n%s\n", headers[h], text.at);
            assert_true(same(&expected, &found));
            buf_clear(&text);
            arena_clear(&a);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(however_a_header_is_dressed_it_is_read_as_the_plain_one),
    };
    return cmocka_run_group_tests(tests, pack_open, pack_close);
}
