/* Draws a household. Always holds: it breaks none of the rules that the sample is free of (certificate, birth
 * and sex agree, incomes add up, whoever was lifted stays above the line), and no two persons share a
 * certificate number.
 *
 * The shares are those of a town's register of 2,241 households at the end of 2019. */
#include "domain/synth/people.h"
#include <stdio.h>

#define AS_OF_YEAR 2019

static const fen exit_lines[YEAR_COUNT] = {280000, 285500, 295200, 333500, 353500, 374700};

bool synth_chance(struct rng *rng, unsigned per_mille) { return rng_below(rng, 1000) < per_mille; }

int64_t synth_between(struct rng *rng, int64_t least, int64_t most)
{
    return least + (int64_t)rng_below(rng, (uint64_t)(most - least + 1));
}

/* Picks by weights that sum to 1000. */
static size_t pick(struct rng *rng, const unsigned *weights, size_t count)
{
    uint64_t at = rng_below(rng, 1000);
    for (size_t i = 0; i + 1 < count; i++) {
        if (at < weights[i])
            return i;
        at -= weights[i];
    }
    return count - 1;
}

const char *synth_family(struct rng *rng)
{
    static const char *const families[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴",
                                           "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗",
                                           "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧",
                                           "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕"};
    return families[rng_below(rng, COUNT_OF(families))];
}

void synth_name(struct rng *rng, bool male, const char *family, char out[NAME_SIZE])
{
    static const char *const men[] = {"国", "全", "大", "民", "勇", "志", "东", "福",
                                      "双", "中", "建", "军", "伟", "强", "明", "保"};
    static const char *const women[] = {"兰", "巧", "桂", "娟", "芳", "英", "凤", "敏",
                                        "红", "玉", "珍", "秀", "春", "喜", "梅", "霞"};
    const char *const *given = male ? men : women;
    const char *second = given[rng_below(rng, COUNT_OF(men))];
    snprintf(out, NAME_SIZE, "%s%s%s", family, given[rng_below(rng, COUNT_OF(men))],
             synth_chance(rng, 700) ? second : "");
}

/* A number whose first digit no province has; area and sequence together come from the person's ordinal, so
 * two of the first fifty million persons never share one. */
static void make_certificate(uint64_t ordinal, struct synth_person *p)
{
    static const unsigned weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    struct civil c = day_to_civil(p->birth);
    unsigned slot = (unsigned)(ordinal % 50000000), sum = 0;
    unsigned sequence = slot % 500 * 2 + (p->male ? 1 : 0);
    snprintf(p->certificate, sizeof p->certificate, "9%05u%04d%02d%02d%03u", slot / 500 % 100000,
             c.year % 10000, c.month % 100, c.day % 100, sequence % 1000);
    for (size_t i = 0; i < 17; i++)
        sum += (unsigned)(p->certificate[i] - '0') * weights[i];
    p->certificate[17] = "10X98765432"[sum % 11];
    p->certificate[18] = '\0';
}

static void draw_school(struct rng *rng, struct synth_person *p)
{
    static const char *const levels[] = {"文盲或半文盲", "小学", "初中", "高中", "大专", "本科及以上"};
    static const unsigned weights[] = {209, 405, 308, 57, 14, 7};
    p->school = p->age < 3                              ? "学龄前儿童"
                : p->age < 6                            ? "学前教育"
                : p->age < 12                           ? "小学"
                : p->age < 15                           ? "初中"
                : p->age < 18                           ? "普通高中"
                : p->age < 22 && synth_chance(rng, 480) ? "普通高校"
                                                        : "非在校生";
    if (p->age < 6)
        p->education = "学龄前儿童";
    else if (strcmp(p->school, "非在校生") == 0)
        p->education = levels[pick(rng, weights, COUNT_OF(levels))];
}

static void draw_health(struct rng *rng, struct synth_person *p)
{
    static const char *const states[] = {"健康", "长期慢性病", "残疾", "患有大病", "残疾,长期慢性病"};
    static const unsigned young[] = {905, 30, 52, 13, 0}, old[] = {700, 167, 83, 30, 20};
    p->health = states[pick(rng, p->age < 40 ? young : old, COUNT_OF(states))];
    if (strncmp(p->health, "残疾", strlen("残疾")) == 0) {
        char digits[3] = {(char)('0' + synth_between(rng, 1, 7)), (char)('0' + synth_between(rng, 1, 4)),
                          '\0'};
        memcpy(p->disability, p->certificate, 18);
        memcpy(p->disability + 18, digits, sizeof digits);
    }
}

static void draw_labour(struct rng *rng, struct synth_person *p)
{
    bool student = p->age >= 6 && strcmp(p->school, "非在校生") != 0;
    bool healthy = strcmp(p->health, "健康") == 0;
    if (p->age < 16 || student || p->age >= 80)
        p->labour = "无劳动力";
    else if (p->age >= 60)
        p->labour = synth_chance(rng, p->age < 70 ? 890 : 420) ? "弱劳动力或半劳动力" : "无劳动力";
    else if (healthy)
        p->labour = synth_chance(rng, 940) ? "普通劳动力" : "技能劳动力";
    else
        p->labour = p->disability[0] != '\0' && synth_chance(rng, 550) ? "丧失劳动力" : "弱劳动力或半劳动力";
}

static void draw_work(struct rng *rng, struct synth_person *p)
{
    static const char *const places[] = {"乡(镇)内", "乡(镇)外县内", "县外省内", "省外"};
    static const unsigned weights[] = {282, 230, 238, 250};
    bool able = strcmp(p->labour, "普通劳动力") == 0 || strcmp(p->labour, "技能劳动力") == 0;
    if (!able || !synth_chance(rng, 728))
        return;
    p->work_place = places[pick(rng, weights, COUNT_OF(places))];
    p->months = (int)synth_between(rng, 3, 12);
}

static void draw_person(struct rng *rng, uint64_t ordinal, const char *family, struct synth_person *p)
{
    const struct civil birth = {AS_OF_YEAR - p->age, (int)synth_between(rng, 1, 12),
                                (int)synth_between(rng, 1, 28)};
    if (!day_from_civil(birth, &p->birth))
        p->birth = 0; /* cannot be: every month has 28 days */
    synth_name(rng, p->male, family, p->name);
    make_certificate(ordinal, p);
    p->ethnic = synth_chance(rng, 983) ? "汉族" : "回族";
    p->party = p->age >= 25 && synth_chance(rng, 30);
    draw_school(rng, p);
    draw_health(rng, p);
    draw_labour(rng, p);
    draw_work(rng, p);
    p->medical = true;
    p->pension = p->age >= 18 && strcmp(p->school, "普通高校") != 0;
}

/* Head, spouse, then children, grandchildren and parents as a house of that size has them. */
static void draw_members(struct synth_household *h)
{
    struct rng *rng = &h->rng;
    int head = (int)synth_between(rng, 30, 82);
    const char *family = synth_family(rng);
    for (size_t i = 0; i < h->count; i++) {
        struct synth_person *p = &h->members[i];
        int child = (int)synth_between(rng, 1, head - 21 > 1 ? head - 21 : 1);
        *p = (struct synth_person){.male = synth_chance(rng, 536), .age = head, .relation = "户主"};
        if (i == 1) {
            p->male = !h->members[0].male;
            p->relation = "配偶";
            p->age = head > 78 ? 78 : head + (int)synth_between(rng, -2, 2);
        } else if (i >= 2 && head >= 58 && child < 20 && i >= 4) {
            p->relation = p->male ? "之孙子" : "之孙女";
            p->age = (int)synth_between(rng, 1, head - 45);
        } else if (i >= 4 && head < 55) {
            p->relation = p->male ? "之父" : "之母";
            p->age = head + (int)synth_between(rng, 22, 30);
        } else if (i >= 2) {
            p->relation = p->male ? "之子" : "之女";
            p->age = child;
        }
        snprintf(p->number, sizeof p->number, "%.*s%02zu", NUMBER_SIZE - 1, h->number, i + 1);
        draw_person(rng, h->index * PEOPLE_MAX + i, i == 1 ? synth_family(rng) : family, p);
    }
}

static void draw_kind(struct synth_household *h)
{
    static const char *const causes[] = {"因残", "缺技术", "因灾",  "缺资金", "缺土地", "自身发展动力不足",
                                         "因病", "因学",   "缺劳力"};
    static const unsigned cause_weights[] = {213, 146, 138, 127, 123, 121, 69, 44, 19};
    static const char *const grades[] = {"AAA", "AA", "A", "B"};
    static const unsigned grade_weights[] = {204, 336, 309, 151};
    static const unsigned year_weights[] = {178, 196, 231, 165, 147, 83};
    static const char *const relief[] = {"低保户", "特困户", "大病户"};
    static const unsigned relief_weights[] = {602, 249, 149};
    static const char *const attributes[] = {"一般贫困户", "低保贫困户", "特困供养贫困户"};
    static const unsigned attribute_weights[] = {766, 209, 25};
    struct rng *rng = &h->rng;
    h->roll = synth_chance(rng, 835);
    if (!h->roll) {
        h->kind = "一般农户";
        h->attribute = relief[pick(rng, relief_weights, COUNT_OF(relief))];
        return;
    }
    bool lifted = synth_chance(rng, 929);
    h->kind = lifted ? "脱贫户" : "未脱贫户";
    h->lifted_year = lifted ? YEAR_FIRST + (int)pick(rng, year_weights, COUNT_OF(year_weights)) : 0;
    h->attribute = attributes[pick(rng, attribute_weights, COUNT_OF(attributes))];
    h->cause = causes[pick(rng, cause_weights, COUNT_OF(causes))]; /* held to its members by settle_cause */
    h->credit = grades[pick(rng, grade_weights, COUNT_OF(grades))];
}

/* A cause that no member bears out becomes want of skill; whoever is in special care has no labour. */
static void settle_cause(struct synth_household *h)
{
    bool disabled = false, ill = false, student = false;
    bool care = strcmp(h->attribute, "特困供养贫困户") == 0 || strcmp(h->attribute, "特困户") == 0;
    for (size_t i = 0; i < h->count; i++) {
        struct synth_person *p = &h->members[i];
        bool able = strcmp(p->labour, "普通劳动力") == 0 || strcmp(p->labour, "技能劳动力") == 0;
        disabled = disabled || p->disability[0] != '\0';
        ill = ill || strcmp(p->health, "健康") != 0;
        student = student || (p->age >= 6 && strcmp(p->school, "非在校生") != 0);
        if (care && able) {
            p->labour = "弱劳动力或半劳动力";
            p->work_place = NULL;
            p->months = 0;
        }
    }
    if (h->cause == NULL)
        return;
    if ((strcmp(h->cause, "因残") == 0 && !disabled) || (strcmp(h->cause, "因病") == 0 && !ill)
        || (strcmp(h->cause, "因学") == 0 && !student))
        h->cause = "缺技术";
}

static void draw_size(struct synth_household *h)
{
    static const unsigned lifted[] = {66, 171, 218, 228, 151, 91, 46, 29},
                          poor[] = {361, 346, 203, 67, 23, 0, 0, 0},
                          relief[] = {287, 233, 233, 247, 0, 0, 0, 0};
    h->count = 1 + pick(&h->rng, !h->roll ? relief : h->lifted_year != 0 ? lifted : poor, PEOPLE_MAX);
}

/* Incomes of a year: drawn around what the households of that year have, above the line once lifted. */
static void draw_year(struct synth_household *h, size_t year)
{
    struct rng *rng = &h->rng;
    struct synth_year *y = &h->years[year];
    fen line = exit_lines[year];
    bool above = h->lifted_year != 0 && h->lifted_year <= YEAR_FIRST + (int)year;
    fen head = above ? line + line * synth_between(rng, 30, 2800) / 1000
                     : line * synth_between(rng, 620, 960) / 1000;
    fen total = head / 100 * 100 * (fen)h->count;
    bool on_allowance = strcmp(h->attribute, "低保贫困户") == 0,
         on_relief = strcmp(h->attribute, "特困供养贫困户") == 0;
    y->allowance = on_allowance ? 120000 * (fen)h->count * synth_between(rng, 50, 100) / 100 / 100 * 100 : 0;
    y->relief = on_relief ? 72000 * (fen)h->count : 0;
    for (size_t i = 0; i < h->count; i++)
        y->pension += h->members[i].age >= 60 ? 48000 : 0;
    y->cost = synth_between(rng, 50, 900) * 100;
    y->property = synth_between(rng, 10, 800) * 100;
    fen rest = total + y->cost - y->property - y->allowance - y->relief - y->pension;
    y->business = y->cost + synth_between(rng, 100, 2000) * 100;
    rest -= y->business;
    bool works = false;
    for (size_t i = 0; i < h->count; i++)
        works = works || h->members[i].months > 0;
    if (works) {
        y->wage = rest > 200000 ? rest * synth_between(rng, 60, 90) / 100 / 100 * 100 : 100000;
        rest -= y->wage;
    }
    y->other = rest > 0 ? rest : 0;
    y->transfer = y->allowance + y->relief + y->pension + y->other;
    y->net = y->wage + y->business + y->property + y->transfer - y->cost;
    y->per_capita =
        (y->net * 2 + (fen)h->count) / (2 * (fen)h->count); /* half up: nothing here is negative */
}

/* Whoever was lifted lives in a safe house; the facts of the house. */
static void draw_house(struct synth_household *h)
{
    static const char *const roads[] = {"水泥路", "砂石路", "泥土路"}, *const fuels[] = {"清洁能源", "柴草",
                                                                                         "煤炭"};
    static const unsigned road_weights[] = {877, 83, 40}, fuel_weights[] = {739, 213, 48};
    struct rng *rng = &h->rng;
    h->road = roads[pick(rng, road_weights, COUNT_OF(roads))];
    h->fuel = fuels[pick(rng, fuel_weights, COUNT_OF(fuels))];
    h->house_grade = synth_chance(rng, 549) ? "A级" : "B级";
    h->toilet = synth_chance(rng, 856);
    h->cooperative = synth_chance(rng, 283);
    h->farmland = synth_between(rng, 5, 18) * (int64_t)h->count * 10;
    h->irrigated = h->farmland * synth_between(rng, 60, 95) / 1000 * 10;
    h->forest = synth_chance(rng, 752) ? 0 : synth_between(rng, 1, 20) * 10;
    h->house_area = synth_between(rng, 20, 50) * 100 * (int64_t)(h->count < 3 ? 3 : h->count);
    h->road_distance = synth_between(rng, 3, 160);
    snprintf(h->phone, sizeof h->phone, "1%u%09u", (unsigned)synth_between(rng, 3, 8),
             (unsigned)rng_below(rng, 1000000000));
    snprintf(h->account, sizeof h->account, "6217%015llu",
             (unsigned long long)(h->index * 8000009 + rng_below(rng, 8000009)) % 1000000000000000);
}

void synth_household(uint64_t seed, uint64_t index, size_t village, const char *village_code, uint64_t serial,
                     struct synth_household *out)
{
    memset(out, 0, sizeof *out);
    out->index = index;
    out->village = village;
    rng_seed(&out->rng, seed * 0x9E3779B97F4A7C15u + index);
    snprintf(out->number, sizeof out->number, "%.12s%04llu", village_code,
             (unsigned long long)serial % 100000000);
    draw_kind(out);
    draw_size(out);
    draw_members(out);
    settle_cause(out);
    bool allowance = strncmp(out->attribute, "低保", strlen("低保")) == 0;
    for (size_t i = 0; i < out->count; i++)
        out->members[i].allowance = allowance;
    draw_house(out);
    for (size_t i = 0; i < YEAR_COUNT && out->roll; i++)
        draw_year(out, i);
}
