/* A random register of the small pack (test/data/select/pack), and what its selections and indicators must
 * say of it, counted the plain way.
 */
#ifndef TEST_ENGINE_SELECT_MODEL_H
#define TEST_ENGINE_SELECT_MODEL_H
#include "base/system.h"
#include "base/value.h"

#define VILLAGES 6
#define HOUSES_MAX 3000
#define MEN_MAX 12000
#define INCOMES_MAX 300
#define PAYMENTS_MAX 200
#define NOT_KNOWN INT64_MIN

struct house {
    int64_t number;
    int village, kind; /* kind 0..2, -1: not known */
    int64_t lifted_year, farmland_x10;
};
struct man {
    int64_t number;
    int house, sex, health; /* sex 0, 1; health: bits healthy, disabled, chronic; 0: not known */
    int64_t birth;
    int certificate; /* of a small set, -1: none */
};
struct income {
    int house;
    int64_t year, wage;
};
struct payment {
    int64_t number;
    int house, man;
    int64_t paid_on, amount;
};
struct model {
    struct house houses[HOUSES_MAX];
    struct man men[MEN_MAX];
    struct income incomes[INCOMES_MAX];
    struct payment payments[PAYMENTS_MAX];
    int house_count, man_count, income_count, payment_count;
};
/* Of up to `most` households. */
void model_make(struct model *m, uint64_t seed, int most);
/* As YAML: entity -> records, in a random order. */
void model_write(const struct model *m, uint64_t seed, struct buf *out);

/* Ids as the register has them. */
struct text model_house_id(const struct model *m, int house, struct arena *a);
struct text model_village(int village, struct arena *a);

/* What the pack says in CEL, said again in C. NOT_KNOWN: absent. */
int model_members(const struct model *m, int house);
int64_t model_age(const struct man *man, day as_of);
bool model_adult(const struct man *man, day as_of);
bool model_sick(const struct man *man);
bool model_lifted(const struct house *h, day as_of);
bool model_without_adult(const struct model *m, int house, day as_of);
int model_uses(const struct model *m, int man);
bool model_paid(const struct payment *p, day as_of);          /* seen that day */
int model_grade(const struct model *m, int house, day as_of); /* -1: none */

#endif
