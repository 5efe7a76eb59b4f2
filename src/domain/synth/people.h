/* One invented household, made from the seed and its number alone. For this folder only. */
#ifndef DOMAIN_SYNTH_PEOPLE_H
#define DOMAIN_SYNTH_PEOPLE_H
#include "base/system.h"
#include "base/value.h"

#define PEOPLE_MAX 8 /* members of a household */
#define YEAR_FIRST 2014
#define YEAR_COUNT 6 /* 2014 … 2019 */
#define NUMBER_SIZE 24
#define NAME_SIZE 16

struct synth_person {
    char name[NAME_SIZE], number[NUMBER_SIZE + 22], certificate[40], disability[40]; /* disability "": none */
    bool male, medical, pension, allowance, party;
    const char *relation, *ethnic, *education, *school, *health, *labour, *work_place; /* NULL: empty */
    int age, months;
    day birth;
};
struct synth_year {
    fen wage, business, property, transfer, allowance, relief, pension, other, cost, net, per_capita;
};
struct synth_household {
    uint64_t index;
    size_t village; /* in the plan's villages */
    char number[NUMBER_SIZE], phone[24], account[40];
    const char *kind, *attribute, *cause, *credit, *road, *fuel, *house_grade;
    bool roll;
    int lifted_year; /* 0: not */
    bool toilet, cooperative;
    int64_t farmland, irrigated, forest, house_area, road_distance; /* × 100 */
    size_t count;
    struct synth_person members[PEOPLE_MAX];
    struct synth_year years[YEAR_COUNT]; /* of the roll */
    struct rng rng; /* goes on for what else is drawn about the household (measures, helper) */
};
/* `village_code` 12 digits, `serial` the household's number within its village. */
void synth_household(uint64_t seed, uint64_t index, size_t village, const char *village_code, uint64_t serial,
                     struct synth_household *out);
/* A name of two or three characters. */
void synth_name(struct rng *rng, bool male, const char *family, char out[NAME_SIZE]);
const char *synth_family(struct rng *rng);
bool synth_chance(struct rng *rng, unsigned per_mille);
int64_t synth_between(struct rng *rng, int64_t least, int64_t most);

#endif
