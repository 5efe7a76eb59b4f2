/* Records of a host: fields, children as rows, absence, functions of our own, what an expression uses. */
#include "case.h"

struct person {
    const char *name;
    int64_t age; /* -1: not known */
    uint32_t household;
};
static const struct person PEOPLE[] = {{"张三", 40, 0}, {"李四", -1, 0}, {"王五", 9, 1}, {NULL, 70, 1}};

enum { PERSON_NAME, PERSON_AGE, PERSON_HOUSEHOLD };
enum { HOUSEHOLD_ID, HOUSEHOLD_PERSONS };
static const struct cel_class PERSON, HOUSEHOLD;

static bool person_get(void *host, const struct cel_class *of, uint32_t row, size_t field,
                       struct cel_value *out)
{
    (void)of;
    const struct person *p = (const struct person *)host + row;
    switch (field) {
    case PERSON_NAME:
        *out = (struct cel_value){.kind = CEL_STRING, .s = text_of(p->name)};
        return p->name != NULL;
    case PERSON_AGE:
        *out = (struct cel_value){.kind = CEL_INT, .i = p->age};
        return p->age >= 0;
    default:
        *out = (struct cel_value){.kind = CEL_RECORD};
        out->rows.of = &HOUSEHOLD;
        out->rows.first = p->household;
        return true;
    }
}

static bool household_get(void *host, const struct cel_class *of, uint32_t row, size_t field,
                          struct cel_value *out)
{
    (void)host;
    (void)of;
    if (field == HOUSEHOLD_ID) {
        *out = (struct cel_value){.kind = CEL_INT, .i = row};
        return true;
    }
    *out = (struct cel_value){.kind = CEL_ROWS};
    out->rows.of = &PERSON;
    out->rows.first = row * 2;
    out->rows.count = 2;
    return true;
}

static const struct cel_type PERSON_TYPE = {.kind = CEL_RECORD, .class_of = &PERSON};
static const struct cel_field PERSON_FIELDS[] = {
    [PERSON_NAME] = {"name", {.kind = CEL_STRING}},
    [PERSON_AGE] = {"age", {.kind = CEL_INT}},
    [PERSON_HOUSEHOLD] = {"household", {.kind = CEL_RECORD, .class_of = &HOUSEHOLD}},
};
static const struct cel_field HOUSEHOLD_FIELDS[] = {
    [HOUSEHOLD_ID] = {"id", {.kind = CEL_INT}},
    [HOUSEHOLD_PERSONS] = {"persons", {.kind = CEL_LIST, .of = &PERSON_TYPE}},
};
static const struct cel_class PERSON = {"person", PERSON_FIELDS, COUNT_OF(PERSON_FIELDS), person_get};
static const struct cel_class HOUSEHOLD = {"household", HOUSEHOLD_FIELDS, COUNT_OF(HOUSEHOLD_FIELDS),
                                           household_get};

static struct arena arena;
static struct cel_env *env;
static struct cel_run run;
static struct cel_value variables[3];

static bool twice(struct cel_run *r, void *user, const struct cel_value *a, size_t count,
                  struct cel_value *out)
{
    (void)r;
    (void)count;
    *out = (struct cel_value){.kind = CEL_INT, .i = a[0].i * *(const int64_t *)user};
    return true;
}

static bool refuse(struct cel_run *r, void *user, const struct cel_value *a, size_t count,
                   struct cel_value *out)
{
    (void)user;
    (void)count;
    (void)out;
    return a[0].i == 0 ? cel_fail_absent(r) : a[0].i == 1 ? cel_fail(r, "year_end: no such year") : false;
}

static bool count_of(struct cel_run *r, void *user, const struct cel_value *a, size_t count,
                     struct cel_value *out)
{
    (void)r;
    (void)user;
    (void)count;
    *out = (struct cel_value){.kind = CEL_INT,
                              .i = a->kind == CEL_ROWS ? a->rows.count : (int64_t)a->list->count};
    return true;
}

static int set_up(void **state)
{
    (void)state;
    static int64_t factor = 2;
    static const struct cel_type an_int = {.kind = CEL_INT}, people = {.kind = CEL_LIST, .of = &PERSON_TYPE};
    struct err e = {0};
    arena_init(&arena, 16u << 20);
    env = cel_env_new(&arena);
    if (env == NULL)
        return 1;
    bool good = cel_env_variable(env, "p", PERSON_TYPE, &e)
                && cel_env_variable(env, "q", (struct cel_type){.kind = CEL_DYN}, &e)
                && cel_env_variable(env, "nothing", an_int, &e)
                && cel_env_function(env, "twice", false, &an_int, 1, an_int, true, twice, &factor, &e)
                && cel_env_function(env, "twice", true, &an_int, 1, an_int, true, twice, &factor, &e)
                && cel_env_function(env, "refuse", false, &an_int, 1, an_int, false, refuse, NULL, &e)
                && cel_env_function(env, "heads", false, &people, 1, an_int, false, count_of, NULL, &e);
    for (size_t i = 0; i < 2; i++) {
        variables[i] = (struct cel_value){.kind = CEL_RECORD};
        variables[i].rows.of = &PERSON;
        variables[i].rows.first = (uint32_t)i;
    }
    variables[2] = (struct cel_value){.kind = CEL_DYN};
    run = (struct cel_run){.arena = &arena, .host = (void *)(uintptr_t)PEOPLE, .variables = variables};
    return !good;
}

static int tear_down(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static void fields_and_children_are_read(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "p.age >= 16 && p.name == '张三' && p.household.id == 0",
        "has(p.age) && !has(q.age) && has(p.household)",
        "p.household.persons.size() == 2 && p.household.persons[0] == p && p.household.persons[1] == q && p "
        "!= q",
        "p.household.persons.exists(m, has(m.age) && m.age > 30)",
        "p.household.persons.map(m, m.name) == ['张三', '李四']",
        "p.household.persons.filter(m, has(m.age)).size() == 1",
        "p.household.persons.exists(i, m, i == 1 && m.name == '李四')",
        "p in p.household.persons && p.household == q.household",
        "p.household.persons == p.household.persons && p.household.persons == [p, q]",
        "type(p) != type(1) && q.name == '李四' && dyn(p).age == 40",
        "q.?age.orValue(7) == 7 && p.?age.orValue(7) == 40 && !q.?age.hasValue()",
        "cel.bind(h, p.household, h.persons[0].age == 40)",
        "[p, q].all(m, m.household.id == 0)",
        "(p.household.persons + [p]).size() == 3",
        "heads(p.household.persons) == 2 && heads([p]) == 1 && heads(dyn([p, q])) == 2",
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        must_be_true(env, &run, lines[i]);
}

static enum cel_outcome outcome_of(const char *source)
{
    struct err e = {0};
    struct cel_value v;
    const struct cel_program *program = compile(env, source, false, &arena, &e);
    if (program == NULL)
        fail_msg("%s does not compile: %s", source, e.kind->code);
    return cel_eval(program, &run, &v, &e);
}

static void an_absent_field_ends_the_evaluation_as_absent(void **state)
{
    (void)state;
    assert_int_equal(outcome_of("q.age > 1"), CEL_ABSENT); /* dyn */
    assert_int_equal(outcome_of("p.household.persons[1].age > 1"), CEL_ABSENT);
    assert_ptr_equal(run.absent_class, &PERSON);
    assert_int_equal(run.absent_field, PERSON_AGE);
    assert_int_equal(outcome_of("p.household.persons.all(m, m.age > 0)"), CEL_ABSENT);
    assert_int_equal(outcome_of("p.household.persons.map(m, m.age) == []"), CEL_ABSENT);
    assert_int_equal(outcome_of("q.age > 1 && true"), CEL_ABSENT);
    assert_int_equal(outcome_of("nothing == 1"), CEL_ABSENT);
    assert_null(run.absent_class);
    assert_int_equal(outcome_of("refuse(0) == 1"), CEL_ABSENT);
    assert_int_equal(outcome_of("1 / 0 == 1 && q.age > 1"), CEL_FAILED); /* the first counts */
}

static void logic_absorbs_absence_as_it_absorbs_any_failure(void **state)
{
    (void)state;
    assert_int_equal(outcome_of("q.age > 1 || true"), CEL_DONE);
    assert_int_equal(outcome_of("true || q.age > 1"), CEL_DONE);
    assert_int_equal(outcome_of("q.age > 1 && false"), CEL_DONE);
    assert_int_equal(outcome_of("p.household.persons.exists(m, m.age > 0)"), CEL_DONE);
    assert_int_equal(outcome_of("p.household.persons.all(m, m.age < 0)"), CEL_DONE);
    assert_int_equal(outcome_of("has(q.age) && q.age > 1"), CEL_DONE);
    assert_int_equal(outcome_of("has(q.age) ? q.age : 0"), CEL_DONE);
    assert_int_equal(outcome_of("refuse(1) == 1 || true"), CEL_DONE);
}

static void functions_of_the_host_are_called_and_may_refuse(void **state)
{
    (void)state;
    must_be_true(env, &run, "twice(p.age) == 80 && p.age.twice() == 80 && twice(twice(1)) == 4");
    must_fail(env, &run, "1 + refuse(1)", false, &CEL_EVALUATION, 5);
    must_fail(env, &run, "1 + refuse(2)", false, &CEL_EVALUATION, 5);
    must_fail(env, &run, "twice('a') == 1", false, &CEL_TYPE_MISMATCH, 1);
    must_fail(env, &run, "twice(dyn('a')) == 1", false, &CEL_EVALUATION, 1);
    must_fail(env, &run, "heads(dyn([p, 1])) == 1", false, &CEL_EVALUATION, 1);
    must_fail(env, &run, "p.nothing == 1", false, &CEL_UNKNOWN_NAME, 3);
    must_fail(env, &run, "dyn(p).nothing == 1", false, &CEL_EVALUATION, 8);
    must_fail(env, &run, "p.age == '40'", false, &CEL_TYPE_MISMATCH, 7);
    must_fail(env, &run, "dyn(p) < q", false, &CEL_EVALUATION, 8);
}

static void names_are_declared_once(void **state)
{
    (void)state;
    static const struct cel_type an_int = {.kind = CEL_INT};
    struct err e = {0};
    assert_false(cel_env_variable(env, "p", an_int, &e));
    assert_ptr_equal(e.kind, &CEL_DECLARATION);
    err_clear(&e);
    assert_false(cel_env_function(env, "twice", false, &an_int, 1, an_int, true, twice, NULL, &e));
    assert_ptr_equal(e.kind, &CEL_DECLARATION);
    err_clear(&e);
    assert_false(cel_env_function(env, "size", false, &(struct cel_type){.kind = CEL_STRING}, 1, an_int, true,
                                  twice, NULL, &e));
    assert_ptr_equal(e.kind, &CEL_DECLARATION);
}

static void a_program_knows_its_type_and_what_it_reads(void **state)
{
    (void)state;
    struct err e = {0};
    const struct cel_program *program =
        compile(env, "p.age > 1 && has(p.name) && p.household.id == 0 || p.age < 0", false, &arena, &e);
    assert_non_null(program);
    assert_int_equal(cel_program_type(program).kind, CEL_BOOL);
    size_t count = 0;
    const struct cel_use *uses = cel_program_uses(program, &count);
    assert_int_equal(count, 4);
    bool household_id = false;
    for (size_t i = 0; i < count; i++)
        household_id = household_id || (uses[i].of == &HOUSEHOLD && uses[i].field == HOUSEHOLD_ID);
    assert_true(household_id);
    assert_true(cel_program_uses_variable(program, 0));
    assert_false(cel_program_uses_variable(program, 1));
    assert_false(cel_program_uses_variable(program, 99));
    program = compile(env, "p.household.persons.map(m, m.age)", false, &arena, &e);
    assert_non_null(program);
    assert_int_equal(cel_program_type(program).kind, CEL_LIST);
    assert_int_equal(cel_program_type(program).of->kind, CEL_INT);
}

static bool is_known_name(void *user, const struct cel_class *of, size_t field, struct text literal)
{
    (void)user;
    return of != &PERSON || field != PERSON_NAME || !text_equal(literal, TEXT("赵六"));
}

/* In a filter over one entity its fields need no prefix; a macro's variable and the environment's names are
 * nearer. */
static void fields_may_stand_bare_where_that_is_asked_for(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "age >= 16 && name == '张三' && has(age)",
        "household.persons.exists(m, has(m.age) && m.age == age)",
        "[1].all(age, age == 1) && p.age == age",
    };
    const struct cel_options bare = {.bare_fields = true};
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct err e = {0};
        struct cel_value v;
        const struct cel_program *program = NULL;
        assert_true(cel_compile(env, text_of(lines[i]), &bare, &arena, &program, &e));
        assert_int_equal(cel_eval(program, &run, &v, &e), CEL_DONE);
        assert_true(v.b);
    }
    must_fail(env, &run, "age >= 16", false, &CEL_UNKNOWN_NAME, 1);
}

static void a_text_that_a_field_never_has_is_refused_at_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *source;
        int64_t column; /* 0: it is taken */
    } lines[] = {
        {"p.name == '张三'", 0},
        {"p.name == '赵六'", 11},
        {"p.name in ['张三', '赵六']", 18},
        {"p.household.persons.exists(m, m.name != '赵六')", 41},
        {"'赵六' == '赵六'", 0},
    };
    const struct cel_options asked = {.text = is_known_name};
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct err e = {0};
        const struct cel_program *program = NULL;
        bool good = cel_compile(env, text_of(lines[i].source), &asked, &arena, &program, &e);
        assert_int_equal(good, lines[i].column == 0);
        if (!good) {
            assert_ptr_equal(e.kind, &CEL_UNKNOWN_NAME);
            assert_int_equal(number_in(&e, "column"), lines[i].column);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_and_children_are_read),
        cmocka_unit_test(an_absent_field_ends_the_evaluation_as_absent),
        cmocka_unit_test(logic_absorbs_absence_as_it_absorbs_any_failure),
        cmocka_unit_test(functions_of_the_host_are_called_and_may_refuse),
        cmocka_unit_test(names_are_declared_once),
        cmocka_unit_test(a_program_knows_its_type_and_what_it_reads),
        cmocka_unit_test(fields_may_stand_bare_where_that_is_asked_for),
        cmocka_unit_test(a_text_that_a_field_never_has_is_refused_at_its_place),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
