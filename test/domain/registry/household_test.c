/* What happens to households and their members, and what is refused of it: a refusal leaves everything as it
 * was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/system.h"
#include "office.h"

#define TOWN "411622104"
#define V "411622104205"
#define ARGUMENTS 8

struct event {
    const char *op;
    struct argument args[ARGUMENTS];
    const char *said; /* "ok", or the code; of refused fields theirs */
};
struct seen {
    const char *entity;
    size_t index;
    const char *label, *value;
};

static char *all_of(struct office *o, const char *entity)
{
    const struct argument args[] = {{"entity", entity}, {"reveal", "yes"}};
    struct answer a = office_call(o, &registry_ops, "list", args, COUNT_OF(args));
    assert_true(a.done);
    return a.json;
}

static const char *step_run(struct office *o, const struct event *s)
{
    size_t count = 0;
    while (count < ARGUMENTS && s->args[count].name != NULL)
        count++;
    struct answer a = office_call(o, &registry_ops, s->op, s->args, count);
    free(a.json);
    return a.done ? "ok" : a.refused != NULL ? a.refused : a.err.kind->code;
}

/* Answers 1 where it says something else, or where a refusal changed something. */
static size_t step_check(struct office *o, const struct event *s)
{
    char *homes = all_of(o, "household"), *people = all_of(o, "person");
    const char *said = step_run(o, s);
    char *homes_now = all_of(o, "household"), *people_now = all_of(o, "person");
    bool same = strcmp(homes, homes_now) == 0 && strcmp(people, people_now) == 0;
    bool kept = strcmp(s->said, "ok") == 0 ? strcmp(s->op, "judge") == 0 : true;
    bool good = strcmp(said, s->said) == 0 && (!kept || same);
    if (!good)
        print_error("%s %s %s: %s instead of %s, %s\n", s->op, s->args[0].value,
                    s->args[1].value != NULL ? s->args[1].value : "", said, s->said,
                    same ? "same" : "changed");
    free(homes);
    free(people);
    free(homes_now);
    free(people_now);
    return !good;
}

static void walk(struct office *o, const struct event *steps, size_t count)
{
    size_t failures = 0;
    for (size_t i = 0; i < count; i++)
        failures += step_check(o, &steps[i]);
    assert_int_equal(failures, 0);
}

static void sees(struct office *o, const struct seen *seen, size_t count)
{
    size_t failures = 0;
    for (size_t i = 0; i < count; i++) {
        char *value = shown(o, seen[i].entity, seen[i].index, seen[i].label);
        if (strcmp(value, seen[i].value) != 0) {
            print_error("%s %zu %s: %s\n", seen[i].entity, seen[i].index, seen[i].label, value);
            failures++;
        }
        free(value);
    }
    assert_int_equal(failures, 0);
}

static void put(struct office *o, const char *content)
{
    struct err e = {0};
    char path[256];
    (void)snprintf(path, sizeof path, "%s/t.csv", o->folder);
    assert_true(file_write(path, text_of(content), 0600, &e));
    struct answer a = office_import(o, path);
    assert_true(a.done && !a.found);
    free(a.json);
}

static int start(void **state)
{
    struct office *o = calloc(1, sizeof *o);
    *state = o;
    if (o == NULL || !office_open(o, TOWN))
        return -1;
    put(o, "村编码,户编号,户主姓名,户主编号,家庭人口\n" V ",H1,刘兰,H101,3\n" V ",H2,尹喜,H201,1\n");
    put(o, "户编号,人编号,姓名,与户主关系,证件号码\nH1,H101,刘兰,户主,410482199201014824\n"
           "H1,H102,刘明,之子,\nH1,H103,刘红,之女,\nH2,H201,尹喜,户主,\n");
    return 0;
}

static int stop(void **state)
{
    office_close(*state);
    free(*state);
    return 0;
}

static void what_cannot_be_is_refused_and_changes_nothing(void **state)
{
    static const struct event steps[] = {
        {"member join", {{"id", "H9"}, {"kind", "新生儿"}}, "REGISTRY_RECORD_ABSENT"},
        {"member join", {{"id", "H1"}, {"kind", "死亡"}}, "REGISTRY_CHANGE_KIND"},
        {"member join",
         {{"id", "H2"},
          {"kind", "嫁入"},
          {"fields", "name=刘兰"},
          {"fields", "certificate=410482199201014824"}},
         "REGISTRY_MEMBER_ELSEWHERE"},
        {"member leave", {{"id", "H1"}, {"person", "H102"}, {"kind", "新生儿"}}, "REGISTRY_CHANGE_KIND"},
        {"member leave", {{"id", "H1"}, {"person", "H201"}, {"kind", "死亡"}}, "REGISTRY_MEMBER_ABSENT"},
        {"member leave", {{"id", "H1"}, {"person", "H101"}, {"kind", "死亡"}}, "REGISTRY_HEAD_LEAVES"},
        {"household head", {{"id", "H1"}, {"person", "H201"}}, "REGISTRY_MEMBER_ABSENT"},
        {"household move", {{"id", "H1"}, {"village", V}}, "REGISTRY_MOVE_SAME"},
        {"household move", {{"id", "H1"}, {"village", "999999999999"}}, "REGISTRY_VILLAGE_UNKNOWN"},
        {"household split",
         {{"id", "H1"}, {"number", "H3"}, {"members", "H102,H102"}},
         "REGISTRY_MEMBER_TWICE"},
        {"household split", {{"id", "H1"}, {"number", "H3"}, {"members", "H201"}}, "REGISTRY_MEMBER_ABSENT"},
        {"household split", {{"id", "H1"}, {"number", "H2"}, {"members", "H102"}}, "REGISTRY_RECORD_EXISTS"},
        {"household split",
         {{"id", "H1"}, {"number", "H3"}, {"members", "H101,H102,H103"}},
         "REGISTRY_SPLIT_ALL"},
        {"household merge", {{"id", "H1"}, {"into", "H1"}}, "REGISTRY_MERGE_SELF"},
        {"household merge", {{"id", "H1"}, {"into", "H9"}}, "REGISTRY_RECORD_ABSENT"},
        {"change", {{"entity", "nobody"}, {"id", "H1"}, {"fields", "name=x"}}, "REGISTRY_ENTITY_UNKNOWN"},
        {"change", {{"entity", "person"}, {"id", "H999"}, {"fields", "name=x"}}, "REGISTRY_RECORD_ABSENT"},
        {"change", {{"entity", "person"}, {"id", "H101"}, {"fields", "nothing=x"}}, "REGISTRY_FIELD_UNKNOWN"},
        {"change", {{"entity", "person"}, {"id", "H101"}, {"fields", "number=H7"}}, "REGISTRY_KEY_FIXED"},
        {"change",
         {{"entity", "person"}, {"id", "H101"}, {"fields", "certificate=410482********4824"}},
         "REGISTRY_VALUE_MASKED"},
        {"change",
         {{"entity", "person"}, {"id", "H101"}, {"fields", "name=x"}, {"fields", "name=y"}},
         "REGISTRY_FIELD_TWICE"},
        {"change", {{"entity", "person"}, {"id", "H101"}, {"fields", "birth=gestern"}}, "COERCE_DATE"},
        {"change",
         {{"entity", "person"}, {"id", "H101"}, {"fields", "household=H9"}},
         "REGISTRY_PARENT_UNKNOWN"},
        {"change",
         {{"entity", "household"}, {"id", "H1"}, {"fields", "village=999999999999"}},
         "REGISTRY_VILLAGE_UNKNOWN"},
        {"change",
         {{"entity", "person"}, {"id", "H101"}, {"fields", "name=x"}, {"if-match", "\"0\""}},
         "REGISTRY_CHANGED_MEANWHILE"},
        {"create",
         {{"entity", "household"}, {"fields", "number=H1"}, {"fields", "village=" V}},
         "REGISTRY_RECORD_EXISTS"},
        {"create", {{"entity", "household"}, {"fields", "village=" V}}, "REGISTRY_KEY_MISSING"},
        {"create",
         {{"entity", "person"}, {"fields", "number=P9"}, {"fields", "household=H9"}},
         "REGISTRY_PARENT_UNKNOWN"},
        {"judge", {{"entity", "person"}, {"id", "H101"}, {"fields", "nothing=x"}}, "REGISTRY_FIELD_UNKNOWN"},
        {"judge", {{"entity", "person"}, {"id", "H101"}, {"fields", "name=x"}}, "ok"},
    };
    walk(*state, steps, COUNT_OF(steps));
}

static void members_join_and_leave(void **state)
{
    static const struct event steps[] = {
        {"member join", {{"id", "H1"}, {"kind", "新生儿"}, {"fields", "name=刘小"}}, "ok"},
        {"member leave", {{"id", "H1"}, {"person", "H102"}, {"kind", "死亡"}}, "ok"},
        {"member leave", {{"id", "H1"}, {"person", "H102"}, {"kind", "死亡"}}, "REGISTRY_MEMBER_ABSENT"},
        {"member leave", {{"id", "H1"}, {"person", "H101"}, {"kind", "死亡"}, {"head", "H103"}}, "ok"},
    };
    static const struct seen after[] = {
        {"household", 0, "家庭人口", "2"},     {"household", 0, "户主姓名", "刘红"},
        {"household", 0, "户主编号", "H103"},  {"person", 3, "人编号", "H104"},
        {"person", 3, "姓名", "刘小"},         {"person", 3, "自然变更类型", "新生儿"},
        {"person", 1, "自然变更类型", "死亡"}, {"person", 2, "与户主关系", "户主"},
    };
    walk(*state, steps, COUNT_OF(steps));
    sees(*state, after, COUNT_OF(after));
}

static void a_household_gets_another_head_and_splits(void **state)
{
    static const struct event steps[] = {
        {"household head", {{"id", "H1"}, {"person", "H102"}}, "ok"},
        {"household split", {{"id", "H1"}, {"number", "H3"}, {"members", "H103"}}, "ok"},
    };
    static const struct seen after[] = {
        {"household", 0, "户主姓名", "刘明"}, {"household", 0, "户主编号", "H102"},
        {"household", 0, "家庭人口", "2"},    {"household", 2, "户编号", "H3"},
        {"household", 2, "户主姓名", "刘红"}, {"household", 2, "家庭人口", "1"},
        {"person", 1, "与户主关系", "户主"},  {"person", 2, "户编号", "H3"},
        {"person", 2, "与户主关系", "户主"},
    };
    walk(*state, steps, COUNT_OF(steps));
    sees(*state, after, COUNT_OF(after));
}

static void a_household_moves_and_merges(void **state)
{
    static const struct event steps[] = {
        {"household move", {{"id", "H2"}, {"village", "411622104210"}}, "ok"},
        {"household merge", {{"id", "H1"}, {"into", "H2"}}, "ok"},
    };
    static const struct seen after[] = {
        {"household", 1, "村编码", "411622104210"},
        {"household", 1, "家庭人口", "4"},
        {"household", 1, "户主姓名", "尹喜"},
        {"person", 0, "户编号", "H2"},
        {"person", 2, "户编号", "H2"},
        {"person", 3, "户编号", "H2"},
    };
    walk(*state, steps, COUNT_OF(steps));
    sees(*state, after, COUNT_OF(after));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_cannot_be_is_refused_and_changes_nothing, start, stop),
        cmocka_unit_test_setup_teardown(members_join_and_leave, start, stop),
        cmocka_unit_test_setup_teardown(a_household_gets_another_head_and_splits, start, stop),
        cmocka_unit_test_setup_teardown(a_household_moves_and_merges, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
