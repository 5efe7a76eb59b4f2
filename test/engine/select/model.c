#include "model.h"

static const char *const kinds[] = {"脱贫户", "未脱贫户", "一般农户"};
static const char *const healths[] = {"健康", "残疾", "慢性病"};
/* The same values again and again; one is no valid number, which does not matter here. */
static const char *const certificates[] = {"419922197005010018", "419922196502200053", "419922198501010097",
                                           "41992219850101009",  "419922201006010043", "419922198011030079"};

static bool maybe(struct rng *r, unsigned percent) { return rng_below(r, 100) < percent; }

static int64_t often(struct rng *r, int64_t from, int64_t to)
{
    return maybe(r, 15) ? NOT_KNOWN : from + (int64_t)rng_below(r, (uint64_t)(to - from + 1));
}

/* Numbers that differ and are in no order. */
static int64_t number_of(int index, uint64_t seed)
{
    return 1000 + (int64_t)(((uint64_t)index * 7919 + seed) % 100003);
}

void model_make(struct model *m, uint64_t seed, int most)
{
    struct rng r;
    *m = (struct model){0};
    rng_seed(&r, seed);
    m->house_count = most - (int)rng_below(&r, (uint64_t)most);
    for (int i = 0; i < m->house_count; i++)
        m->houses[i] = (struct house){.number = number_of(i, seed),
                                      .village = (int)rng_below(&r, VILLAGES),
                                      .kind = maybe(&r, 10) ? -1 : (int)rng_below(&r, 3),
                                      .lifted_year = often(&r, 2014, 2020),
                                      .farmland_x10 = often(&r, 0, 300)};
    for (int i = 0; i < m->house_count; i++)
        for (uint64_t n = rng_below(&r, 7); n > 0 && m->man_count < MEN_MAX; n--) {
            m->men[m->man_count] =
                (struct man){.number = number_of(m->man_count, seed * 3),
                             .house = i,
                             .sex = (int)rng_below(&r, 2),
                             .health = (int)rng_below(&r, 8),
                             .birth = often(&r, -10000, 18200),
                             .certificate = (int)rng_below(&r, COUNT_OF(certificates) + 1) - 1};
            m->man_count++;
        }
    for (int i = 0; i < m->house_count; i++)
        for (int64_t year = 2015; year < 2021 && m->income_count < INCOMES_MAX; year++)
            if (maybe(&r, 60))
                m->incomes[m->income_count++] = (struct income){i, year, often(&r, 0, 600000)};
    for (int i = 0; m->house_count > 0 && i < PAYMENTS_MAX; i++) {
        int house = (int)rng_below(&r, (uint64_t)m->house_count);
        int man = m->man_count > 0 && maybe(&r, 50) ? (int)rng_below(&r, (uint64_t)m->man_count) : -1;
        m->payments[m->payment_count++] = (struct payment){.number = number_of(i, seed * 5),
                                                           .house = house,
                                                           .man = man,
                                                           .paid_on = often(&r, 16000, 18500),
                                                           .amount = often(&r, 0, 30000)};
    }
}

static void put_day(struct buf *out, const char *field, int64_t d)
{
    char date[11];
    if (d == NOT_KNOWN)
        return;
    day_format((day)d, date);
    buf_add_format(out, ", %s: %s", field, date);
}

static void put_scaled(struct buf *out, const char *field, int64_t n, int digits)
{
    char number[32];
    if (n == NOT_KNOWN)
        return;
    decimal_format(n, digits, false, number);
    buf_add_format(out, ", %s: %s", field, number);
}

static void write_men(const struct model *m, struct buf *out)
{
    for (int i = m->man_count; i-- > 0;) {
        const struct man *man = &m->men[i];
        buf_add_format(out, "- {number: P%lld, household: H%lld, name: 人%d, sex: %s", (long long)man->number,
                       (long long)m->houses[man->house].number, i, man->sex == 0 ? "男" : "女");
        put_day(out, "birth", man->birth);
        if (man->certificate >= 0)
            buf_add_format(out, ", certificate: \"%s\"", certificates[man->certificate]);
        if (man->health != 0) {
            buf_add_z(out, ", health: \"");
            for (int bit = 0, first = 1; bit < 3; bit++)
                if ((man->health >> bit & 1) != 0) {
                    buf_add_format(out, "%s%s", first != 0 ? "" : ",", healths[bit]);
                    first = 0;
                }
            buf_add_char(out, '"');
        }
        buf_add_z(out, "}\n");
    }
}

void model_write(const struct model *m, uint64_t seed, struct buf *out)
{
    struct rng r;
    rng_seed(&r, seed + 1);
    buf_add_z(out, "village:\n- {code: \"411622104201\", name: 甲村, poor: 是}\n");
    buf_add_z(out, m->house_count > 0 ? "household:\n" : "");
    for (int i = 0; i < m->house_count; i++) {
        const struct house *h = &m->houses[i];
        buf_add_format(out, "- {number: H%lld, village: \"41162210420%d\"", (long long)h->number,
                       h->village + 1);
        if (h->kind >= 0)
            buf_add_format(out, ", kind: %s", kinds[h->kind]);
        put_scaled(out, "lifted_year", h->lifted_year, 0);
        put_scaled(out, "farmland", h->farmland_x10, 1);
        buf_add_z(out, "}\n");
    }
    buf_add_z(out, m->man_count > 0 ? "person:\n" : "");
    write_men(m, out);
    buf_add_z(out, m->income_count > 0 ? "income:\n" : "");
    for (int i = 0; i < m->income_count; i++) {
        buf_add_format(out, "- {household: H%lld, year: %lld",
                       (long long)m->houses[m->incomes[i].house].number, (long long)m->incomes[i].year);
        put_scaled(out, "wage", m->incomes[i].wage, 2);
        buf_add_z(out, "}\n");
    }
    buf_add_z(out, m->payment_count > 0 ? "payment:\n" : "");
    for (int i = 0; i < m->payment_count; i++) {
        const struct payment *p = &m->payments[i];
        buf_add_format(out, "- {number: Z%lld, household: H%lld", (long long)p->number,
                       (long long)m->houses[p->house].number);
        if (p->man >= 0)
            buf_add_format(out, ", person: P%lld", (long long)m->men[p->man].number);
        put_day(out, "paid_on", p->paid_on);
        put_scaled(out, "amount", p->amount, 2);
        buf_add_z(out, "}\n");
    }
}

struct text model_house_id(const struct model *m, int house, struct arena *a)
{
    return text_format(a, "H%lld", (long long)m->houses[house].number);
}

struct text model_village(int village, struct arena *a)
{
    return text_format(a, "41162210420%d", village + 1);
}

int model_members(const struct model *m, int house)
{
    int count = 0;
    for (int i = 0; i < m->man_count; i++)
        count += m->men[i].house == house;
    return count;
}

int64_t model_age(const struct man *man, day as_of)
{
    return man->birth == NOT_KNOWN ? NOT_KNOWN : day_age((day)man->birth, as_of);
}

bool model_adult(const struct man *man, day as_of) { return model_age(man, as_of) >= 18; }

bool model_sick(const struct man *man) { return (man->health & 6) != 0; }

bool model_lifted(const struct house *h, day as_of)
{
    return h->kind == 0 && h->lifted_year != NOT_KNOWN && h->lifted_year <= day_year(as_of);
}

bool model_without_adult(const struct model *m, int house, day as_of)
{
    int members = 0, adults = 0;
    for (int i = 0; i < m->man_count; i++) {
        members += m->men[i].house == house;
        adults += m->men[i].house == house && model_adult(&m->men[i], as_of);
    }
    return members > 0 && adults == 0;
}

int model_uses(const struct model *m, int man)
{
    int count = 0;
    for (int i = 0; i < m->man_count && m->men[man].certificate >= 0; i++)
        count += m->men[i].certificate == m->men[man].certificate;
    return count;
}

bool model_paid(const struct payment *p, day as_of) { return p->paid_on == NOT_KNOWN || p->paid_on <= as_of; }

int model_grade(const struct model *m, int house, day as_of)
{
    bool sick = false;
    if (!model_lifted(&m->houses[house], as_of))
        return -1;
    for (int i = 0; i < m->man_count; i++)
        sick = sick || (m->men[i].house == house && model_sick(&m->men[i]));
    if (sick || model_without_adult(m, house, as_of))
        return 0;
    return model_members(m, house) > 3 ? 1 : 2;
}
