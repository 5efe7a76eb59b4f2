/* Makes the two workbooks that importing is measured with: `person_workbook HOUSEHOLDS.xlsx PERSONS.xlsx
 * ROWS`.
 *
 * PERSONS has ROWS persons in 40 columns that the pack knows; HOUSEHOLDS the households that they belong to,
 * which are imported before. Every cell can be read: numbers carry their check digit, codes stand in their
 * tables. Everybody in it is invented.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

#define VILLAGES 26
#define VILLAGE_HOUSEHOLDS 1100 /* the first villages fill up */
#define MEMBERS 4

static uint64_t state = 411622104;

static uint32_t roll(uint32_t below) /* splitmix64 */
{
    uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)(z >> 32) % below;
}

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "person_workbook: %s\n", what);
    exit(3);
}

struct out {
    lxw_worksheet *sheet;
    lxw_format *date;
    uint32_t row;
    uint16_t column;
};

static void put(struct out *o, const char *text)
{
    if (text[0] != 0 && worksheet_write_string(o->sheet, o->row, o->column, text, NULL) != LXW_NO_ERROR)
        die("a text was refused");
    o->column++;
}
static void put_number(struct out *o, double n)
{
    if (worksheet_write_number(o->sheet, o->row, o->column++, n, NULL) != LXW_NO_ERROR)
        die("a number was refused");
}
static void put_date(struct out *o, uint32_t serial)
{
    if (worksheet_write_number(o->sheet, o->row, o->column++, serial, o->date) != LXW_NO_ERROR)
        die("a date was refused");
}
static void put_head(struct out *o, const char *const *labels, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put(o, labels[i]);
    o->row++;
    o->column = 0;
}
#define PICK(o, ...)                                                                                         \
    do {                                                                                                     \
        static const char *const of[] = {__VA_ARGS__};                                                       \
        put((o), of[roll(sizeof of / sizeof *of)]);                                                          \
    } while (0)
static void put_bool(struct out *o) { PICK(o, "是", "否"); }

static void village_code(uint32_t household, char out[16])
{
    snprintf(out, 16, "411622104%03u", 200 + household / VILLAGE_HOUSEHOLDS % VILLAGES);
}
static void household_number(uint32_t household, char out[24])
{
    snprintf(out, 24, "411622104%08u", household);
}

/* GB 11643: seventeen digits and the character that checks them. */
static void certificate(uint32_t year, uint32_t month, uint32_t date, uint32_t order, char out[24])
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    snprintf(out, 24, "411622%04u%02u%02u%03u", year, month, date, order % 1000);
    for (int i = 0; i < 17; i++)
        sum += (out[i] - '0') * weights[i];
    out[17] = "10X98765432"[sum % 11];
    out[18] = 0;
}

/* Days since 1899-12-30, as Excel counts. */
static uint32_t serial_of(uint32_t year, uint32_t month, uint32_t date)
{
    uint32_t y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 9 : month - 3;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + date - 1 - 693899;
}

static const char *const person_head[] = {"户编号",
                                          "人编号",
                                          "姓名",
                                          "性别",
                                          "证件类型",
                                          "证件号码",
                                          "出生日期",
                                          "与户主关系",
                                          "民族",
                                          "婚姻状况",
                                          "政治面貌",
                                          "文化程度",
                                          "在校生状况",
                                          "健康状况",
                                          "劳动技能",
                                          "务工区域",
                                          "务工时间(月)",
                                          "务工开始时间",
                                          "当前是否务工",
                                          "务工月收入(元)",
                                          "务工企业名称",
                                          "所属行业",
                                          "就业渠道",
                                          "是否点对点输送",
                                          "务工所在县",
                                          "公益性岗位",
                                          "公益性岗位时间(月)",
                                          "是否现役军人",
                                          "是否参加城乡居民基本医疗保险",
                                          "是否参加城镇职工基本医疗保险",
                                          "是否参加大病保险",
                                          "是否参加商业补充医疗保险",
                                          "是否参加城乡居民基本养老保险",
                                          "是否参加城镇职工基本养老保险",
                                          "是否享受低保",
                                          "是否享受特困供养",
                                          "是否签约家庭医生",
                                          "人口状态",
                                          "人员识别时间",
                                          "联系电话"};
static const char *const household_head[] = {"村编码",   "户编号", "户主姓名",
                                             "家庭人口", "户类型", "识别年度"};

static void put_identity(struct out *o, uint32_t person)
{
    static const char *const family[] = {"张", "王", "李", "刘", "陈", "杨",
                                         "赵", "黄", "周", "吴", "徐", "孙"};
    static const char *const given[] = {"伟",   "秀英", "建国", "桂兰", "小燕",
                                        "志强", "玉梅", "海涛", "春花", "文博"};
    char text[64];
    uint32_t year = 1940 + roll(78), month = 1 + roll(12), date = 1 + roll(28), order = person % 1000;
    household_number(person / MEMBERS, text);
    put(o, text);
    snprintf(text, sizeof text, "411622104%08u%02u", person / MEMBERS, person % MEMBERS + 1);
    put(o, text);
    snprintf(text, sizeof text, "%s%s", family[roll(12)], given[roll(10)]);
    put(o, text);
    put(o, order % 2 == 1 ? "男" : "女");
    put(o, "居民身份证");
    certificate(year, month, date, order, text);
    put(o, text);
    put_date(o, serial_of(year, month, date));
    put(o, person % MEMBERS == 0 ? "户主" : person % MEMBERS == 1 ? "配偶" : "之子");
}

static void put_state(struct out *o)
{
    PICK(o, "汉族", "汉族", "汉族", "回族");
    PICK(o, "已婚", "未婚", "丧偶");
    PICK(o, "群众", "群众", "中共党员");
    PICK(o, "小学", "初中", "高中", "文盲或半文盲");
    PICK(o, "非在校生", "小学", "初中");
    PICK(o, "健康", "健康", "长期慢性病", "患有大病");
    PICK(o, "普通劳动力", "技能劳动力", "无劳动力");
}

static void put_work(struct out *o)
{
    PICK(o, "乡(镇)内", "县外省内", "省外");
    put_number(o, 1 + roll(12));
    put_date(o, 43466 + roll(360));
    put_bool(o);
    put_number(o, (double)(150000 + roll(400000)) / 100);
    PICK(o, "扶沟县服装厂", "郑州某电子厂", "周口市建筑公司", "苏州工业园区企业");
    PICK(o, "制造业", "建筑业", "农林牧渔业");
    PICK(o, "自主就业", "公益性岗位");
    put_bool(o);
    PICK(o, "扶沟县", "新郑市", "昆山市");
    PICK(o, "保洁员", "护林员", "道路养护员");
    put_number(o, roll(12));
    put(o, "否");
}

static void put_insurance(struct out *o)
{
    char phone[16];
    for (int i = 0; i < 9; i++)
        put_bool(o);
    put(o, "正常");
    put_date(o, 41640 + roll(1800));
    snprintf(phone, sizeof phone, "138%04u%04u", roll(10000), roll(10000));
    put(o, phone);
}

static lxw_workbook *open_book(const char *path, struct out *o)
{
    lxw_workbook *book = workbook_new(path);
    if (book == NULL)
        die("the workbook could not be opened");
    *o = (struct out){.sheet = workbook_add_worksheet(book, "人口信息"), .date = workbook_add_format(book)};
    format_set_num_format(o->date, "yyyy-mm-dd");
    return book;
}

static void write_persons(const char *path, uint32_t rows)
{
    struct out o;
    lxw_workbook *book = open_book(path, &o);
    put_head(&o, person_head, sizeof person_head / sizeof *person_head);
    for (uint32_t i = 0; i < rows; i++, o.row++, o.column = 0) {
        put_identity(&o, i);
        put_state(&o);
        put_work(&o);
        put_insurance(&o);
    }
    if (workbook_close(book) != LXW_NO_ERROR)
        die("the persons could not be written");
}

static void write_households(const char *path, uint32_t count)
{
    struct out o;
    char text[24];
    lxw_workbook *book = open_book(path, &o);
    put_head(&o, household_head, sizeof household_head / sizeof *household_head);
    for (uint32_t i = 0; i < count; i++, o.row++, o.column = 0) {
        village_code(i, text);
        put(&o, text);
        household_number(i, text);
        put(&o, text);
        put(&o, "张建国");
        put_number(&o, MEMBERS);
        put(&o, "脱贫户");
        put_number(&o, 2014 + i % 6);
    }
    if (workbook_close(book) != LXW_NO_ERROR)
        die("the households could not be written");
}

int main(int argc, char **argv)
{
    if (argc != 4)
        die("HOUSEHOLDS.xlsx PERSONS.xlsx ROWS");
    uint32_t rows = (uint32_t)strtoul(argv[3], NULL, 10);
    write_households(argv[1], (rows + MEMBERS - 1) / MEMBERS);
    write_persons(argv[2], rows);
    return 0;
}
