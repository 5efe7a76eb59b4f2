/* Nanoseconds of one evaluation, compiled once: the three expressions that shared measurements name, each on
 * a map and on a class record. `cel_bench [ROUNDS]`; the median of seven runs each, and those on the map once
 * more as a line of JSON. */
#include "base/system.h"
#include "engine/cel_system/cel_system.h"
#include <stdlib.h>
#include <time.h>

#define RUNS 7
#define EXPRESSIONS 3

enum { AGE, NAME, ID, MEMBERS };
static const struct cel_class PERSON;
static const struct cel_type PERSON_TYPE = {.kind = CEL_RECORD, .class_of = &PERSON};
static const struct cel_field FIELDS[] = {{"age", {.kind = CEL_INT}},
                                          {"name", {.kind = CEL_STRING}},
                                          {"id", {.kind = CEL_STRING}},
                                          {"members", {.kind = CEL_LIST, .of = &PERSON_TYPE}}};

static bool get(void *host, const struct cel_class *of, uint32_t row, size_t field, struct cel_value *out)
{
    const int64_t *ages = host;
    switch (field) {
    case AGE:
        out->kind = CEL_INT;
        out->i = ages[row];
        break;
    case MEMBERS:
        out->kind = CEL_ROWS;
        out->rows.of = of;
        out->rows.first = 1;
        out->rows.count = 5;
        break;
    default:
        out->kind = CEL_STRING;
        out->s = field == NAME ? TEXT("张三") : TEXT("411622195905251234");
        break;
    }
    return true;
}
static const struct cel_class PERSON = {"person", FIELDS, COUNT_OF(FIELDS), get};

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct cel_value text(const char *z)
{
    return (struct cel_value){.kind = CEL_STRING, .s = text_of(z)};
}
static struct cel_value whole(int64_t i) { return (struct cel_value){.kind = CEL_INT, .i = i}; }

/* {age, name, id} as a map; with members: a list of five such. */
static struct cel_value person(struct cel_run *run, int64_t age, const struct cel_value *members)
{
    struct cel_value out = {.kind = CEL_NULL};
    struct cel_entry *at = arena_take_many(run->arena, 4, sizeof *at);
    if (at == NULL)
        abort();
    at[0] = (struct cel_entry){text("age"), whole(age)};
    at[1] = (struct cel_entry){text("name"), text("张三")};
    at[2] = (struct cel_entry){text("id"), text("411622195905251234")};
    if (members != NULL)
        at[3] = (struct cel_entry){text("members"), *members};
    if (!cel_map_make(run, at, members != NULL ? 4 : 3, &out))
        abort();
    return out;
}

static double measure(const struct cel_program *program, struct cel_run *run, long rounds)
{
    double times[RUNS];
    for (int i = 0; i < RUNS; i++) {
        struct err e = {0};
        struct cel_value v;
        int64_t begin = now();
        for (long k = 0; k < rounds; k++) {
            if (cel_eval(program, run, &v, &e) != CEL_DONE || !v.b)
                abort();
        }
        times[i] = (double)(now() - begin) / (double)rounds;
    }
    qsort(times, RUNS, sizeof *times, by_value);
    return times[RUNS / 2];
}

static void bench(struct arena *a, const char *label, struct cel_type type, struct cel_run *run, long rounds,
                  double out[EXPRESSIONS])
{
    static const char *const expressions[EXPRESSIONS] = {
        "p.age >= 16",
        "size(p.id) == 18 && p.id.startsWith('4116') && p.name != ''",
        "p.members.exists(m, m.age > 60)",
    };
    struct err e = {0};
    struct cel_env *env = cel_env_new(a);
    if (env == NULL || !cel_env_variable(env, "p", type, &e))
        abort();
    for (size_t i = 0; i < COUNT_OF(expressions); i++) {
        const struct cel_program *program = NULL;
        if (!cel_compile(env, text_of(expressions[i]), NULL, a, &program, &e))
            abort();
        out[i] = measure(program, run, rounds);
        printf("%-8s %-62s %7.1f ns\n", label, expressions[i], out[i]);
    }
}

int main(int argc, char **argv)
{
    static int64_t ages[] = {40, 9, 12, 35, 41, 70};
    double on_map[EXPRESSIONS], on_record[EXPRESSIONS];
    long rounds = argc > 1 ? atol(argv[1]) : 2000000;
    struct arena a;
    arena_init(&a, 64u << 20);
    struct cel_run run = {.arena = &a, .host = ages};
    struct cel_value members[5], list, p;
    for (size_t i = 0; i < COUNT_OF(members); i++)
        members[i] = person(&run, ages[i + 1], NULL);
    const struct cel_list five = {COUNT_OF(members), members};
    list = (struct cel_value){.kind = CEL_LIST, .list = &five};
    p = person(&run, 40, &list);
    run.variables = &p;
    static const struct cel_type key = {.kind = CEL_STRING};
    bench(&a, "map", (struct cel_type){.kind = CEL_MAP, .key = &key}, &run, rounds, on_map);
    p = (struct cel_value){.kind = CEL_RECORD};
    p.rows.of = &PERSON;
    p.rows.count = 1;
    bench(&a, "record", PERSON_TYPE, &run, rounds, on_record);
    printf("{\"nanoseconds\": [%.1f, %.1f, %.1f], \"record\": [%.1f, %.1f, %.1f]}\n", on_map[0], on_map[1],
           on_map[2], on_record[0], on_record[1], on_record[2]);
    arena_clear(&a);
    return 0;
}
