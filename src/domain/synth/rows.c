/* Turns households into rows. Always holds: the rows of one kind need nothing but the plan, so each sheet is
 * streamed. */
#include "domain/synth/rows.h"
#include <stdio.h>

#define VILLAGES_A_TOWN                                                                                      \
    26 /* a block of villages has 4 bases, 7 workshops and 7 solar stations, like the sample's town */
#define BASES 4
#define WORKSHOPS 7
#define STATIONS 7
#define MEASURE_MAX (6 + 2 * PEOPLE_MAX)
#define SIGNED_ON 17906  /* 2019-01-10 */
#define YEAR_BEGIN 17897 /* 2019-01-01 */
#define PAIRED_ON 17176  /* 2017-01-10 */

static struct value words(const char *z)
{
    return z == NULL || z[0] == '\0' ? value_none() : value_text(text_of(z));
}

struct helper {
    char name[NAME_SIZE], phone[24];
    bool male;
    const char *unit;
};
/* The k-th helper of a village: the same wherever he is named. */
static void draw_helper(const struct plan *plan, size_t village, uint64_t k, struct helper *out)
{
    static const char *const units[] = {"县电业局", "县交通局",     "县市监局",
                                        "县教体局", "县农业农村局", "红花集镇政府"};
    struct rng rng;
    rng_seed(&rng, plan->seed ^ (0xC0FFEEu + village * 1000 + k));
    out->male = synth_chance(&rng, 600);
    synth_name(&rng, out->male, synth_family(&rng), out->name);
    snprintf(out->phone, sizeof out->phone, "1%u%09u", (unsigned)synth_between(&rng, 3, 8),
             (unsigned)rng_below(&rng, 1000000000));
    out->unit = units[rng_below(&rng, COUNT_OF(units))];
}

struct measure {
    const struct synth_person *person; /* NULL: the household's */
    int year;
    const char *kind, *note;
    char project[24];
    fen amount;
};

static void project_number(char out[24], const char *prefix, uint64_t number)
{
    snprintf(out, 24, "%s%02llu", prefix, (unsigned long long)number);
}

static struct measure *add(struct measure *list, size_t *count, int year, const char *kind, fen amount,
                           const char *note)
{
    struct measure *m = &list[(*count)++];
    *m = (struct measure){.year = year, .kind = kind, .amount = amount, .note = note};
    return m;
}

static void add_personal(struct rng *rng, const struct synth_household *h, uint64_t block,
                         struct measure *list, size_t *count)
{
    for (size_t i = 0; i < h->count; i++) {
        const struct synth_person *p = &h->members[i];
        bool student = p->age >= 6 && strcmp(p->school, "非在校生") != 0;
        struct measure *m = NULL;
        if (student) {
            m = add(list, count, 2019, "教育资助", p->age < 15 ? 100000 : 300000, NULL);
            snprintf(m->project, sizeof m->project, "JY01");
        } else if (strstr(p->health, "慢性病") != NULL && synth_chance(rng, 860)) {
            m = add(list, count, 2019, "慢性病卡", 0, NULL);
            snprintf(m->project, sizeof m->project, "JK01");
        } else if (p->months == 12 && synth_chance(rng, 400)) {
            m = add(list, count, 2019, "扶贫车间务工", synth_between(rng, 34, 46) * 5000 * 12, NULL);
            project_number(m->project, "CJ", block * WORKSHOPS + h->index % WORKSHOPS + 1);
        }
        if (m != NULL)
            m->person = p;
    }
}

/* What a household of the roll gets; enterprise credit and a loan of its own exclude each other. */
static size_t draw_measures(const struct synth_household *h, struct measure list[MEASURE_MAX])
{
    struct rng rng = h->rng;
    size_t count = 0;
    uint64_t block = h->village / VILLAGES_A_TOWN;
    if (!h->roll)
        return 0;
    if (synth_chance(&rng, 337))
        project_number(add(list, &count, 2019, "产业基地分红", 200000, "到户增收资金入股")->project, "JD",
                       block * BASES + h->index % BASES + 1);
    if (synth_chance(&rng, 520))
        project_number(add(list, &count, 2019, "光伏收益", 300000, NULL)->project, "GF",
                       block * STATIONS + h->index % STATIONS + 1);
    if (synth_chance(&rng, 450)) {
        int year = h->lifted_year != 0 ? h->lifted_year : 2019;
        struct measure *m = add(list, &count, year, "危房改造", synth_between(&rng, 110, 155) * 10000,
                                synth_chance(&rng, 956) ? "D级" : "C级");
        snprintf(m->project, sizeof m->project, "WF01");
    }
    if (synth_chance(&rng, 741)) {
        fen amount = h->credit[0] == 'B'           ? 40000
                     : (fen)strlen(h->credit) == 3 ? 200000
                     : (fen)strlen(h->credit) == 2 ? 160000
                                                   : 100000;
        snprintf(add(list, &count, 2019, "企带企用", amount, NULL)->project, 24, "QD01");
    } else if (synth_chance(&rng, 386)) {
        struct measure *m = add(list, &count, (int)synth_between(&rng, 2016, 2019), "个贷个用",
                                synth_between(&rng, 46, 50) * 100000, "小额信贷,期限36个月");
        snprintf(m->project, sizeof m->project, "XD01");
    }
    add_personal(&rng, h, block, list, &count);
    return count;
}

struct walk { /* what a walk over all households is given for each */
    const struct plan *plan;
    enum made kind;
    made_each *each;
    void *user;
    uint64_t payments; /* numbers given so far */
    struct err *e;
};

static bool give_household(struct walk *w, const struct synth_household *h)
{
    const struct made_village *village = &w->plan->villages[h->village];
    struct helper helper;
    draw_helper(w->plan, h->village, h->index % 17, &helper);
    const struct value values[] = {value_text(village->name),
                                   value_text(village->code),
                                   words(h->number),
                                   words(h->members[0].name),
                                   words(h->members[0].certificate),
                                   value_int((int64_t)h->count),
                                   words(h->kind),
                                   h->roll ? value_int(2014) : value_none(),
                                   h->lifted_year != 0 ? value_int(h->lifted_year) : value_none(),
                                   words(h->attribute),
                                   words(h->cause),
                                   words(h->credit),
                                   words(h->phone),
                                   words("西华县农村信用社"),
                                   words(h->account),
                                   value_int(h->farmland),
                                   value_int(h->irrigated),
                                   value_int(h->forest),
                                   value_int(h->house_area),
                                   words(h->house_grade),
                                   value_int(1),
                                   value_int(1),
                                   value_int(1),
                                   value_int(h->toilet),
                                   words(h->road),
                                   value_int(h->road_distance),
                                   words(h->fuel),
                                   value_int(h->cooperative),
                                   h->roll ? words(helper.name) : value_none()};
    return w->each(w->user, w->kind, values, w->e);
}

static bool give_persons(struct walk *w, const struct synth_household *h)
{
    for (size_t i = 0; i < h->count; i++) {
        const struct synth_person *p = &h->members[i];
        const struct value values[] = {words(h->number),
                                       words(p->number),
                                       words(p->name),
                                       words(p->male ? "男" : "女"),
                                       words("居民身份证"),
                                       words(p->certificate),
                                       value_int(p->birth),
                                       words(p->relation),
                                       words(p->ethnic),
                                       words(p->party ? "中共党员" : "群众"),
                                       words(p->education),
                                       words(p->school),
                                       words(p->health),
                                       words(p->disability),
                                       words(p->labour),
                                       words(p->work_place),
                                       p->months > 0 ? value_int(p->months) : value_none(),
                                       value_int(p->medical),
                                       value_int(p->medical),
                                       value_int(p->pension),
                                       value_int(p->allowance),
                                       value_int(1)};
        if (!w->each(w->user, w->kind, values, w->e))
            return false;
    }
    return true;
}

static bool give_years(struct walk *w, const struct synth_household *h)
{
    for (size_t i = 0; i < YEAR_COUNT && h->roll; i++) {
        const struct synth_year *y = &h->years[i];
        const struct value values[] = {words(h->number),        value_int(YEAR_FIRST + (int64_t)i),
                                       value_int(y->wage),      value_int(y->business),
                                       value_int(y->property),  value_int(y->transfer),
                                       value_int(y->allowance), value_int(y->relief),
                                       value_int(y->pension),   value_int(y->other),
                                       value_int(y->cost),      value_int(0),
                                       value_int(y->net),       value_int(y->per_capita)};
        if (!w->each(w->user, w->kind, values, w->e))
            return false;
    }
    return true;
}

static bool give_measures(struct walk *w, const struct synth_household *h)
{
    struct measure list[MEASURE_MAX];
    size_t count = draw_measures(h, list);
    for (size_t i = 0; i < count; i++) {
        const struct measure *m = &list[i];
        const struct value values[] = {
            words(h->number),   m->person != NULL ? words(m->person->number) : value_none(),
            value_int(m->year), words(m->kind),
            words(m->project),  value_int(m->amount),
            words(m->note)};
        if (!w->each(w->user, w->kind, values, w->e))
            return false;
    }
    return true;
}

static bool give_payments(struct walk *w, const struct synth_household *h)
{
    struct measure list[MEASURE_MAX];
    size_t count = draw_measures(h, list);
    for (size_t i = 0; i < count; i++) {
        const struct measure *m = &list[i];
        char number[32];
        const char *fund = strcmp(m->kind, "产业基地分红") == 0 ? "ZJ2019001"
                           : strcmp(m->kind, "危房改造") == 0   ? "ZJ2019003"
                           : strcmp(m->kind, "光伏收益") == 0   ? "ZJ2019004"
                                                                : NULL;
        if (fund == NULL || m->year != 2019)
            continue;
        snprintf(number, sizeof number, "ZF2019%05llu", (unsigned long long)++w->payments);
        const struct value values[] = {words(number),
                                       words(fund),
                                       words(h->number),
                                       words(m->kind),
                                       words(m->project),
                                       value_int(m->amount),
                                       value_int(YEAR_BEGIN + 90 + (int64_t)(h->index % 240)),
                                       words(h->account),
                                       words("已支付")};
        if (!w->each(w->user, w->kind, values, w->e))
            return false;
    }
    return true;
}

static bool give_pairing(struct walk *w, const struct synth_household *h)
{
    struct helper helper;
    if (!h->roll)
        return true;
    draw_helper(w->plan, h->village, h->index % 17, &helper);
    const struct value values[] = {words(h->number),     words(h->members[0].name),
                                   words(helper.name),   words(helper.male ? "男" : "女"),
                                   words(helper.unit),   words("县直"),
                                   words("科员"),        words(helper.phone),
                                   value_int(PAIRED_ON), value_int(4 + (int64_t)(h->index % 10))};
    return w->each(w->user, w->kind, values, w->e);
}

static bool walk_households(struct walk *w, bool (*give)(struct walk *, const struct synth_household *))
{
    struct synth_household h;
    for (uint64_t i = 0; i < w->plan->households; i++) {
        size_t village = (size_t)(i % w->plan->village_count);
        synth_household(w->plan->seed, i, village, w->plan->villages[village].code.at,
                        i / w->plan->village_count + 1, &h);
        if (!give(w, &h))
            return false;
    }
    return true;
}

/* Bases, workshops, stations: `each_town` of them for every 26 villages. */
static bool give_projects(struct walk *w, const char *kind, const char *prefix, uint64_t each_town,
                          const char *name)
{
    uint64_t towns = (w->plan->village_count + VILLAGES_A_TOWN - 1) / VILLAGES_A_TOWN;
    for (uint64_t i = 0; i < towns * each_town; i++) {
        uint64_t at = (i / each_town * VILLAGES_A_TOWN + i % each_town * 3) % w->plan->village_count;
        const struct made_village *village = &w->plan->villages[at];
        char number[24], whole[128];
        project_number(number, prefix, i + 1);
        snprintf(whole, sizeof whole, "%.*s%s", TEXT_ARG(village->name), name);
        const struct value values[] = {words(kind),
                                       words(number),
                                       words(whole),
                                       value_text(village->name),
                                       value_text(village->code),
                                       words("入股分红")};
        if (!w->each(w->user, w->kind, values, w->e))
            return false;
    }
    return true;
}

static bool give_policies(struct walk *w)
{
    static const char *const rows[][3] = {{"QD01", "企带企用金融扶贫", "金融扶贫"},
                                          {"XD01", "扶贫小额信贷", "金融扶贫"},
                                          {"WF01", "农村危房改造", "住房保障"},
                                          {"JK01", "慢性病卡办理", "健康扶贫"},
                                          {"JY01", "教育资助", "教育扶贫"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct value values[] = {words("到户政策"), words(rows[i][0]), words(rows[i][1]),
                                       words(rows[i][2])};
        if (!w->each(w->user, w->kind, values, w->e))
            return false;
    }
    return true;
}

static bool give_duties(struct walk *w)
{
    static const char *const roles[] = {"责任组长", "村党支部书记", "驻村第一书记", "驻村工作队员"};
    for (size_t v = 0; v < w->plan->village_count; v++)
        for (size_t k = 0; k < COUNT_OF(roles); k++) {
            struct helper who;
            draw_helper(w->plan, v, 100 + k, &who);
            const struct value values[] = {value_text(w->plan->villages[v].code),
                                           value_text(w->plan->villages[v].name),
                                           words(roles[k]),
                                           words(who.name),
                                           words(who.unit),
                                           words(who.phone),
                                           value_int(SIGNED_ON),
                                           value_int(1)};
            if (!w->each(w->user, w->kind, values, w->e))
                return false;
        }
    return true;
}

static bool give_problems(struct walk *w)
{
    for (size_t v = 0; v < w->plan->village_count; v++) {
        struct helper who;
        char number[32];
        bool at_once = v % 26 >= 18;
        int64_t found = YEAR_BEGIN + 30 + (int64_t)(v * 7 % 200);
        draw_helper(w->plan, v, 100, &who);
        snprintf(number, sizeof number, "WT2019%03zu", v + 1);
        const struct value values[] = {words(number),
                                       value_text(w->plan->villages[v].code),
                                       value_text(w->plan->villages[v].name),
                                       words("慢性病卡未发放到户"),
                                       words("集中排查"),
                                       value_int(found),
                                       words(at_once ? "立行立改" : "限期整改"),
                                       words(who.name),
                                       value_int(found + (at_once ? 0 : 30)),
                                       value_int(found + (at_once ? 0 : 25)),
                                       words("已核查,销号"),
                                       value_int(1)};
        if (!w->each(w->user, w->kind, values, w->e))
            return false;
    }
    return true;
}

/* Each fund holds what all households could be paid from it. */
static bool give_funds(struct walk *w)
{
    static const struct {
        const char *number, *name, *purpose, *account;
        fen each;
    } funds[] = {{"ZJ2019001", "中央财政专项扶贫资金", "到户增收项目", "财政所扶贫资金专户", 200000},
                 {"ZJ2019003", "危房改造补助资金", "危房改造", "财政所扶贫资金专户", 1550000},
                 {"ZJ2019004", "光伏发电收益", "村级光伏", "村集体光伏收益专户", 300000}};
    for (size_t i = 0; i < COUNT_OF(funds); i++) {
        const struct value values[] = {words(funds[i].number),
                                       value_int(2019),
                                       words(funds[i].name),
                                       words(funds[i].purpose),
                                       value_int(funds[i].each * (fen)w->plan->households),
                                       words(funds[i].account)};
        if (!w->each(w->user, w->kind, values, w->e))
            return false;
    }
    return true;
}

static bool give_villages(struct walk *w)
{
    for (size_t v = 0; v < w->plan->village_count; v++) {
        bool poor = v % 26 < 7;
        /* The roll is an eighth of a village, as in the sample's town. */
        int64_t own = (int64_t)(w->plan->households / w->plan->village_count),
                households = 550 + (int64_t)(v * 13 % 40);
        if (households < own * 2)
            households = own * 8;
        const struct value values[] = {value_text(w->plan->villages[v].code),
                                       value_text(w->plan->villages[v].name),
                                       value_int(poor),
                                       poor ? value_int(2016 + (int64_t)(v % 4)) : value_none(),
                                       value_int(550 + (int64_t)(v * 13 % 40)),
                                       value_int(households * 17 / 4),
                                       value_int(1)};
        if (!w->each(w->user, w->kind, values, w->e))
            return false;
    }
    return true;
}

bool plan_rows(const struct plan *plan, enum made kind, made_each *each, void *user, struct err *e)
{
    struct walk w = {.plan = plan, .kind = kind, .each = each, .user = user, .e = e};
    switch (kind) {
    case MADE_HOUSEHOLD:
        return walk_households(&w, give_household);
    case MADE_PERSON:
        return walk_households(&w, give_persons);
    case MADE_YEAR:
        return walk_households(&w, give_years);
    case MADE_MEASURE:
        return walk_households(&w, give_measures);
    case MADE_PAYMENT:
        return walk_households(&w, give_payments);
    case MADE_PAIRING:
        return walk_households(&w, give_pairing);
    case MADE_BASE:
        return give_projects(&w, "基地", "JD", BASES, "产业扶贫基地");
    case MADE_WORKSHOP:
        return give_projects(&w, "车间", "CJ", WORKSHOPS, "服装加工扶贫车间");
    case MADE_SOLAR:
        return give_projects(&w, "光伏", "GF", STATIONS, "村级光伏电站");
    case MADE_POLICY:
        return give_policies(&w);
    case MADE_DUTY:
        return give_duties(&w);
    case MADE_PROBLEM:
        return give_problems(&w);
    case MADE_FUND:
        return give_funds(&w);
    case MADE_VILLAGE:
        return give_villages(&w);
    case MADE_COUNT:
        break;
    }
    return false;
}
