/* Expressions over records: the pack's own functions, parameters, lines, and filters that people write. */
#include "pack.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define L "label: {zh: 甲, en: A}"
static const char extra[] =
    "lines:\n- {kind: exit, area: '41', to: 2020-01-01, amount: 3747}\n"
    "- {kind: exit, area: '41', from: 2020-01-01, to: 2021-01-01, amount: UNSET, who: 省}\n"
    "parameters:\n- {id: age_max, value: 59, " L ", to: 2020-01-01}\n- {id: age_max, value: 61, " L
    ", from: 2020-01-01}\n"
    "- {id: open, value: UNSET, who: 县, " L "}\n"
    "computed:\n- {id: age, on: person, type: int, " L ", value: 'age(person.birth, as_of)'}\n";

/* One village, one household, two persons; the second has no birth. */
struct host {
    const struct catalog *c;
    struct text unset, who;
};

static struct value stored(const struct catalog_entity *entity, uint32_t row, struct text field)
{
    static const struct {
        const char *entity, *field;
        uint32_t row;
        enum value_kind kind;
        int64_t n;
        const char *s;
    } values[] = {
        {"village", "name", 0, VALUE_TEXT, 0, "红花集村"},
        {"household", "lifted_year", 0, VALUE_INT, 2016, NULL},
        {"household", "income", 0, VALUE_INT, 374600, NULL},
        {"household", "farmland", 0, VALUE_INT, 42, NULL},
        {"person", "sex", 0, VALUE_TEXT, 0, "1"},
        {"person", "sex", 1, VALUE_TEXT, 0, "2"},
        {"person", "health", 0, VALUE_TEXT, 0, "健康,残疾"},
        {"person", "birth", 0, VALUE_INT, -7306, NULL}, /* 1949-12-31 */
        {"person", "insured", 0, VALUE_INT, 0, NULL},
        {"person", "insured", 1, VALUE_INT, 1, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(values); i++)
        if (text_equal(entity->id, text_of(values[i].entity)) && text_equal(field, text_of(values[i].field))
            && values[i].row == row)
            return (struct value){.kind = values[i].kind, .n = values[i].n, .s = text_of(values[i].s)};
    return value_none();
}

static struct arena memory;

static void give_rows(const struct catalog_entity *entity, uint32_t count, enum cel_kind kind,
                      struct cel_value *out)
{
    *out = (struct cel_value){.kind = kind};
    out->rows.of = &entity->class_of;
    out->rows.count = count;
}

static bool get(void *user, const struct cel_class *of, uint32_t row, size_t field, struct cel_value *out)
{
    const struct host *host = user;
    const struct catalog_entity *entity = catalog_entity(host->c, text_of(of->name));
    const struct catalog_member *member = &entity->members[field];
    switch (member->kind) {
    case MEMBER_ID:
        *out = (struct cel_value){.kind = CEL_STRING, .s = row == 0 ? TEXT("1") : TEXT("2")};
        return true;
    case MEMBER_VILLAGE:
        give_rows(catalog_entity(host->c, TEXT("village")), 1, CEL_RECORD, out);
        return true;
    case MEMBER_CHILDREN:
        give_rows(member->entity, text_equal(member->entity->id, TEXT("person")) ? 2 : 1, CEL_ROWS, out);
        return true;
    case MEMBER_COMPUTED:
        *out = (struct cel_value){.kind = CEL_INT, .i = 70};
        return true;
    case MEMBER_FIELD:
        break;
    }
    const struct catalog_field *f = &entity->fields[member->index];
    if (f->type == FIELD_REF || f->type == FIELD_VILLAGE) {
        give_rows(f->type == FIELD_REF ? f->entity : catalog_entity(host->c, TEXT("village")), 1, CEL_RECORD,
                  out);
        return true;
    }
    return catalog_field_value(f, stored(entity, row, f->id), &memory, out);
}

static struct text village_code(void *user, const struct cel_class *of, uint32_t row)
{
    (void)user, (void)of, (void)row;
    return TEXT("411622104201");
}

static void unset(void *user, struct text what, struct text who)
{
    struct host *host = user;
    host->unset = what;
    host->who = who;
}

static const struct catalog_reader reader = {.get = get, .village_code = village_code, .unset = unset};
static struct host host;

static int load(void **state)
{
    struct err e = {0};
    (void)state;
    arena_init(&memory, 64u << 20);
    return pack_load("x.yaml", extra, &reader, &memory, &host.c, &e) ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    catalog_clear(host.c);
    arena_clear(&memory);
    return 0;
}

static enum cel_outcome evaluate(const char *entity, const char *source, const char *as_of,
                                 struct cel_value *out)
{
    const struct catalog_entity *on = catalog_entity(host.c, text_of(entity));
    const struct cel_program *program = NULL;
    struct cel_value variables[VARIABLE_COUNT], self;
    struct err e = {0};
    struct buf s;
    day day_of = 0;
    assert_true(day_parse(text_of(as_of), &day_of));
    if (!catalog_compile(host.c, on, text_of(source), &memory, &program, &e)) {
        buf_init(&s, 4096);
        err_sentence(&e, LANG_EN, &s);
        print_error("%s: %.*s\n", source, TEXT_ARG(buf_text(&s)));
        buf_clear(&s);
        fail();
    }
    give_rows(on, 1, CEL_RECORD, &self);
    catalog_variables(host.c, self, day_of, variables);
    struct cel_run run = {.arena = &memory, .host = &host, .variables = variables};
    host.unset = host.who = TEXT_NONE;
    enum cel_outcome outcome = cel_eval(program, &run, out, &e);
    cel_program_clear(program);
    return outcome;
}

static void expressions_see_records_and_functions(void **state)
{
    static const struct {
        const char *entity, *source;
    } holds[] = {
        {"person", "age(person.birth, as_of) == 70"},
        {"person", "person.age == 70"},
        {"person", "age(date('2000-02-29'), date('2001-02-28')) == 0"},
        {"person", "year(person.birth) == 1949"},
        {"person", "year_end(2019) == as_of"},
        {"person", "months(date('2019-01-31'), date('2019-02-28')) == 1"},
        {"person", "months(date('2019-01-31'), date('2019-02-27')) == 0"},
        {"person", "months(date('2019-03-01'), date('2019-01-31')) == -1"},
        {"person", "yuan(300) == 30000 && yuan(0.005) == 1 && yuan(-2.675) == -268"},
        {"person",
         "div(7, 2) == 4 && div(-7, 2) == -4 && div(6, 4) == 2 && div(5, 4) == 1 && div(-5, -2) == 3"},
        {"person", "id_valid('11010519491231002X') && !id_valid('110105194912310021')"},
        {"person", "in_codes('sex', '男') && !in_codes('sex', '雄')"},
        {"person", "person.sex == '男' && person.health == ['健康', '残疾']"},
        {"person", "person.household.income < line('exit', person.village, as_of)"},
        {"person", "person.household.village.name == '红花集村'"},
        {"person", "person.household.persons.filter(p, p.sex == '女').size() == 1"},
        {"household", "household.farmland == 4.2 && household.id == '1'"},
        {"village", "village.households.exists(h, h.persons.exists(p, !has(p.birth)))"},
        {"person", "param.age_max == 59"},
        /* bare names */
        {"person", "sex == '男' && household.lifted_year == 2016 && has(birth) && !has(certificate_valid)"},
        {"household",
         "lifted_year == 2016 && persons.exists(p, p.sex == '女') && household.income > yuan(3000)"},
        {"household", "persons.exists(income, income.sex == '女')"},
        /* in a filter a record beside a text is its id */
        {"person", "household == '1' && 'H9' != household && household in ['H9', '1']"},
        {"household", "village == '1' && !(village in ['x']) && persons.all(p, p.household == '1')"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(holds); i++) {
        struct cel_value out = {0};
        enum cel_outcome outcome = evaluate(holds[i].entity, holds[i].source, "2019-12-31", &out);
        if (outcome != CEL_DONE || out.kind != CEL_BOOL || !out.b)
            fail_msg("%s: outcome %d", holds[i].source, (int)outcome);
    }
}

static void what_is_unset_is_absent_and_told(void **state)
{
    static const struct {
        const char *source, *as_of;
        enum cel_outcome outcome;
        const char *what, *who;
    } cases[] = {
        {"param.age_max == 61", "2020-01-01", CEL_DONE, NULL, NULL},
        {"param.open == 1", "2020-01-01", CEL_ABSENT, "param.open", "县"},
        {"line('exit', village, as_of) > 0", "2019-12-31", CEL_DONE, NULL, NULL},
        {"line('exit', village, as_of) > 0", "2020-12-31", CEL_ABSENT, "line exit", "省"},
        {"line('exit', village, as_of) > 0", "2021-12-31", CEL_ABSENT, "line exit", NULL},
        {"div(1, 0) == 0", "2020-01-01", CEL_FAILED, NULL, NULL},
        {"date('2019-3-5') == as_of", "2020-01-01", CEL_FAILED, NULL, NULL},
        {"yuan(9223372036854775807) == 0", "2020-01-01", CEL_FAILED, NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct cel_value out = {0};
        enum cel_outcome outcome = evaluate("person", cases[i].source, cases[i].as_of, &out);
        if (outcome != cases[i].outcome || !text_equal(host.unset, text_of(cases[i].what))
            || !text_equal(host.who, text_of(cases[i].who)))
            fail_msg("%s: outcome %d, %.*s, %.*s", cases[i].source, (int)outcome, TEXT_ARG(host.unset),
                     TEXT_ARG(host.who));
    }
}

/* A clerk writes farmland > 4; a pack's own expressions stay strict. */
static void a_filter_compares_numbers_of_different_types(void **state)
{
    static const struct {
        const char *source;
        bool yes;
    } cases[] = {
        {"farmland > 4", true},
        {"farmland > 5", false},
        {"4 < farmland", true},
        {"farmland <= 4", false},
        {"farmland != 4", true},
        {"farmland in [1, 4]", false},
        {"lifted_year in [2016.0]", true},
        {"lifted_year == 2016.0", true},
        {"lifted_year >= 2016u", true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct cel_value out = {0};
        if (evaluate("household", cases[i].source, "2020-01-01", &out) != CEL_DONE || out.b != cases[i].yes)
            fail_msg("%s", cases[i].source);
    }
}

static void a_filter_with_a_mistake_is_refused(void **state)
{
    static const struct {
        const char *source, *says;
    } cases[] = {
        {"sexx == '男'", "line 1, column 1: CEL_UNKNOWN_NAME: sexx"},
        {"sex == '雄'", "column 8: CEL_UNKNOWN_NAME: 雄"},
        {"sex", "string"},
        {"certificate == '1'", "certificate"},
        {"sex ==", "CEL_SYNTAX"},
        {"has(sexx)", "sexx"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct cel_program *program = NULL;
        struct err e = {0};
        struct buf s;
        assert_false(catalog_compile(host.c, catalog_entity(host.c, TEXT("person")), text_of(cases[i].source),
                                     &memory, &program, &e));
        assert_ptr_equal(e.kind, &CATALOG_FILTER);
        buf_init(&s, 4096);
        err_sentence(&e, LANG_EN, &s);
        buf_add_char(&s, '\0');
        if (strstr(s.at, cases[i].says) == NULL && strncmp(cases[i].source, "has", 3) != 0)
            fail_msg("%s: %s", cases[i].source, s.at);
        assert_null(program);
        buf_clear(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_see_records_and_functions),
        cmocka_unit_test(what_is_unset_is_absent_and_told),
        cmocka_unit_test(a_filter_compares_numbers_of_different_types),
        cmocka_unit_test(a_filter_with_a_mistake_is_refused),
    };
    return cmocka_run_group_tests_name("engine/catalog/expression", tests, load, unload);
}
