/* Findings and their life, grades and their history, indicators: as the operations answer. */
#include "answer.h"
#include "base/system.h"
#include "database.h"
#include "domain/check/check.err.h"
#include "domain/check/check.h"
#include "engine/select/select.err.h"
#include "register.h"
#include "test.h"
#include <stdlib.h>
#include <unistd.h>

#define PACK TEST_DATA "/select/pack"
#define VALUES_MAX 32

static struct office office;

/* Two grown-ups share a certificate number (a third has his own); H2 has a child alone; nobody lives in H3.
 */
static const char people[] =
    "village: [{code: \"411622104201\", name: 甲村}]\n"
    "household:\n"
    "- {number: H1, village: \"411622104202\", kind: 脱贫户, lifted_year: 2016, farmland: 4.5}\n"
    "- {number: H2, village: \"411622104201\", kind: 脱贫户, lifted_year: 2017}\n"
    "- {number: H3, village: \"411622104203\", kind: 一般农户}\n"
    "person:\n"
    "- {number: P1, household: H1, name: 王一, birth: 1970-05-01, certificate: \"419922197005010018\"}\n"
    "- {number: P2, household: H1, name: 王二, birth: 1971-05-01, certificate: \"419922197005010018\"}\n"
    "- {number: P3, household: H1, name: 王三, birth: 1972-05-01, certificate: \"419922196502200053\"}\n"
    "- {number: P4, household: H2, name: 赵小, birth: 2008-03-10}\n"
    "income: [{household: H1, year: 2019, wage: 2500}, {household: H1, year: 2018, wage: 9000}]\n"
    "payment: [{number: Z1, household: H1, person: P1, paid_on: 2019-02-01, amount: 300}]\n";

static struct text path_in_office(const char *name)
{
    return text_format(&office.arena, "%s/%s", office.folder, name);
}

static void add(const char *yaml)
{
    struct err e = {.kind = NULL};
    struct opened r = {.db = NULL};
    const struct yaml_node *root;
    assert_done(yaml_read(text_of(yaml), TEXT("test"), &office.arena, &root, &e), &e);
    register_open(&office, "case.db", &r);
    register_add(&office, &r, root, NULL, 16000);
    register_close(&r);
}

/* A register of its own for each test. */
static int fresh(void **state)
{
    struct opened r;
    (void)state;
    clock_turn(INT64_C(1577836800000)); /* 2020-01-01 */
    register_copy(&office, "empty.db", "case.db", &r);
    register_close(&r);
    add(people);
    return 0;
}

struct called {
    bool good, found;
    struct err e;
    const char *json, *shown;
};

static const struct op *op_named(const char *name)
{
    for (size_t i = 0; i < check_ops.count; i++)
        if (strcmp(check_ops.at[i]->name, name) == 0)
            return check_ops.at[i];
    fail_msg("no operation %s", name);
    return NULL;
}

/* "as-of=2019-12-31 area=411622104": what the command line would hand over. */
static void read_values(const struct op *op, const char *words, struct op_value *values)
{
    struct text rest = text_of(words);
    while (rest.size > 0) {
        size_t bar = text_find(rest, TEXT("|"), 0);
        struct text word = text_slice(rest, 0, bar);
        size_t equals = text_find(word, TEXT("="), 0);
        size_t i = 0;
        while (i < op->count && !text_equal(text_of(op->parameters[i].name), text_slice(word, 0, equals)))
            i++;
        assert_true(i < op->count);
        values[i] = (struct op_value){.given = true, .n = 1, .s = text_slice(word, equals + 1, word.size)};
        day d;
        if (op->parameters[i].type == OP_DAY && day_parse(values[i].s, &d))
            values[i].n = d;
        rest = bar == SIZE_MAX ? TEXT("") : text_slice(rest, bar + 1, rest.size);
    }
}

static const char *kept(const struct buf *b)
{
    struct text t = text_copy(&office.arena, buf_text(b));
    return t.at;
}

static void answer_call(struct op_call *call, struct called *out)
{
    struct buf b;
    struct json j;
    buf_init(&b, 16u << 20);
    json_open(&j, json_to_buf, &b);
    out->good = call->op->json(call, &j, &out->e) && json_end(&j);
    out->json = kept(&b);
    buf_clear(&b);
}

static void show_call(struct op_call *call, struct called *out)
{
    char *at = NULL;
    size_t size = 0;
    struct print p = {.to = open_memstream(&at, &size), .lang = call->lang};
    out->good = call->op->show(call, &p, &out->e);
    fclose(p.to);
    out->shown = text_copy(&office.arena, (struct text){at, size}).at;
    free(at);
}

static struct called call_with(const char *name, const char *words, bool with_key, bool show)
{
    struct called out = {.good = false};
    struct op_value values[VALUES_MAX] = {{.given = false}};
    struct session session;
    struct arena a;
    const struct op *op = op_named(name);
    const struct session_options options = {
        .db = text_of(database_at(path_in_office("case.db").at)), /* no case.db.key */
        .key_file = with_key ? path_in_office("office.key") : TEXT_NONE,
        .write = op->writes};
    arena_init(&a, 64u << 20);
    read_values(op, words, values);
    assert_done(session_open(&session, &options, &out.e), &out.e);
    assert_int_equal(session.vault != NULL, with_key);
    struct op_call call = {
        .op = op, .values = values, .arena = &a, .session = &session, .lang = LANG_ZH, .by = TEXT("clerk")};
    out.good = op->run(&call, &out.e);
    out.found = call.found;
    if (out.good && show)
        show_call(&call, &out);
    else if (out.good)
        answer_call(&call, &out);
    session_close(&session);
    arena_clear(&a);
    return out;
}

static struct called run(const char *name, const char *words)
{
    struct called c = call_with(name, words, true, false);
    assert_done(c.good, &c.e);
    return c;
}

static const char *const day_2019 = "as-of=2019-12-31";
static const char *member(const char *json, int index, const char *name)
{
    return answer(json, text_format(&office.arena, "findings[%d].%s", index, name).at);
}

static void a_finding_says_whose_it_is_and_what_the_rule_saw(void **state)
{
    (void)state;
    struct called c = run("check", day_2019);
    assert_true(c.found);
    assert_string_equal(answer(c.json, "as_of"), "2019-12-31");
    assert_string_equal(answer(c.json, "rules"), "8"); /* the ninth is not in force */
    assert_string_equal(answer(c.json, "households"), "3");
    assert_string_equal(answer(c.json, "persons"), "4");
    int at = answer_find(c.json, "findings", "rule", "person.duplicate");
    assert_true(at >= 0);
    assert_string_equal(member(c.json, at, "person"), "P1");
    assert_string_equal(member(c.json, at, "household"), "H1");
    assert_string_equal(member(c.json, at, "village"), "411622104202");
    assert_string_equal(member(c.json, at, "year"), "null");
    assert_string_equal(member(c.json, at, "level"), "error");
    assert_string_equal(member(c.json, at, "v"), "[\"V5\",\"V6\"]");
    assert_int_equal(strlen(member(c.json, at, "version")), 16);
    assert_int_equal(strlen(member(c.json, at, "id")), 32);
    assert_string_equal(member(c.json, at, "values.name"), "王一");
    assert_string_equal(member(c.json, at, "values.certificate_uses"), "2");
    const char *masked = member(c.json, at, "values.certificate");
    assert_non_null(strchr(masked, '*'));
    assert_null(strstr(masked, "19700501"));
    assert_non_null(strstr(member(c.json, at, "message"), "王一的证件号码"));
    assert_null(strstr(c.json, "419922197005010018"));
}

static void a_finding_of_a_year_names_it_and_fills_its_message(void **state)
{
    (void)state;
    struct called c = run("check", day_2019);
    int at = answer_find(c.json, "findings", "rule", "income.below_exit");
    assert_true(at >= 0);
    assert_string_equal(member(c.json, at, "year"), "2019");
    assert_string_equal(member(c.json, at, "household"), "H1");
    assert_string_equal(member(c.json, at, "person"), "null");
    assert_string_equal(member(c.json, at, "message"), "2019年工资2500.00元低于标准。");
}

static void findings_are_ordered_by_village_household_and_rule(void **state)
{
    (void)state;
    struct called c = run("check", day_2019);
    size_t count = answer_count(c.json, "findings");
    assert_true(count >= 5);
    for (int i = 1; i < (int)count; i++) {
        int order = strcmp(member(c.json, i - 1, "village"), member(c.json, i, "village"));
        assert_true(order <= 0);
        if (order == 0 && strcmp(member(c.json, i - 1, "household"), member(c.json, i, "household")) == 0)
            assert_true(strcmp(member(c.json, i - 1, "rule"), member(c.json, i, "rule")) <= 0);
    }
}

static void what_cannot_be_judged_is_listed_with_the_reason(void **state)
{
    (void)state;
    struct called c = run("check", day_2019);
    const struct {
        const char *rule, *why;
    } cases[] = {{"household.never_given", "未录入项"},
                 {"household.never_empty", "未录入项"},
                 {"household.capped", "县乡村振兴局"},
                 {"income.below_watch", "省农业农村厅"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int at = answer_find(c.json, "not_judged", "rule", cases[i].rule);
        assert_true(at >= 0);
        assert_non_null(
            strstr(answer(c.json, text_format(&office.arena, "not_judged[%d].why", at).at), cases[i].why));
        assert_int_equal(answer_find(c.json, "findings", "rule", cases[i].rule), -1);
    }
}

static void a_rule_that_fails_is_a_finding_of_its_own(void **state)
{
    (void)state;
    struct called c = run("check", "as-of=2019-12-31|rule=V8"); /* 12 / members, and nobody lives in H3 */
    int failed = -1;
    for (int i = 0; i < (int)answer_count(c.json, "findings"); i++)
        if (strcmp(member(c.json, i, "household"), "H3") == 0)
            failed = i;
    assert_true(failed >= 0);
    assert_string_equal(member(c.json, failed, "rule"), "household.share");
    assert_string_equal(member(c.json, failed, "level"), "error");
    assert_non_null(strstr(member(c.json, failed, "message"), "无法计算"));
    assert_true(c.found);
}

static void warnings_alone_are_no_exit_code(void **state)
{
    (void)state;
    struct called c = run("check", "as-of=2019-12-31|rule=household.without_adult");
    assert_int_equal(answer_count(c.json, "findings"), 1);
    assert_string_equal(member(c.json, 0, "household"), "H2");
    assert_false(c.found);
    c = call_with("check", "rule=V1", true, false);
    assert_refused(c.good, &c.e, RUN_RULE_UNKNOWN);
    assert_int_equal(RUN_RULE_UNKNOWN.exit_code, 2);
}

static void without_the_key_all_is_masked_and_nothing_is_kept(void **state)
{
    (void)state;
    struct called c = call_with("check", day_2019, false, false);
    assert_done(c.good, &c.e);
    int at = answer_find(c.json, "findings", "rule", "person.duplicate");
    assert_string_equal(member(c.json, at, "values.certificate"), "*");
    assert_int_equal(answer_count(run("finding list", "").json, "findings"), 0);
    c = run("check", day_2019); /* and the digest is the same with it */
    assert_true(answer_count(run("finding list", "").json, "findings") > 0);
}

static const char *id_of(const char *rule)
{
    struct called c = run("check", day_2019);
    int at = answer_find(c.json, "findings", "rule", rule);
    return at < 0 ? NULL : text_copy(&office.arena, text_of(member(c.json, at, "id"))).at;
}

static const char *state_of(const char *id)
{
    struct called c = run("finding list", "state=all");
    int at = answer_find(c.json, "findings", "id", id);
    return at < 0 ? "-" : text_copy(&office.arena, text_of(member(c.json, at, "state"))).at;
}

static void explain(const char *id)
{
    run("finding explain", text_format(&office.arena, "id=%s|reason=入户核实，孩子由祖父照看", id).at);
}

static void an_explained_doubt_is_raised_again_only_when_a_value_changes(void **state)
{
    (void)state;
    const char *id = id_of("household.without_adult");
    assert_non_null(id);
    explain(id);
    assert_null(id_of("household.without_adult"));
    assert_string_equal(state_of(id), "explained");
    add("person: [{number: P4, household: H2, name: 赵小小}]"); /* the rule never looks at the name */
    assert_null(id_of("household.without_adult"));
    add("person: [{number: P4, household: H2, birth: 2009-03-10}]");
    assert_string_equal(id_of("household.without_adult"), id);
    assert_string_equal(state_of(id), "open");
    add("person: [{number: P4, household: H2, birth: 2008-03-10}]"); /* as it was when it was explained */
    assert_null(id_of("household.without_adult"));
    assert_string_equal(state_of(id), "explained");
}

static void a_sealed_value_that_changes_raises_again_what_was_explained_for_it(void **state)
{
    (void)state;
    const char *id = id_of("person.duplicate"); /* P1 */
    explain(id);
    add("person: [{number: P1, household: H1, certificate: \"419922196502200053\"}]"); /* now that of P3 */
    struct called c = run("check", day_2019);
    assert_true(answer_find(c.json, "findings", "id", id) >= 0);
}

static void what_is_not_found_any_more_is_gone(void **state)
{
    (void)state;
    const char *id = id_of("household.without_adult");
    add("person: [{number: P5, household: H2, name: 赵大, birth: 1980-01-01}]");
    assert_null(id_of("household.without_adult"));
    assert_string_equal(state_of(id), "gone");
    struct called c =
        call_with("finding explain", text_format(&office.arena, "id=%s|reason=x", id).at, true, false);
    assert_refused(c.good, &c.e, CHECK_FINDING_GONE);
}

static void a_check_for_an_earlier_day_or_of_another_rule_leaves_findings_alone(void **state)
{
    (void)state;
    const char *id = id_of("income.below_exit");
    assert_non_null(id);
    run("check", "as-of=2018-12-31"); /* the year 2019 is not seen that day */
    assert_string_equal(state_of(id), "open");
    run("check", "as-of=2019-12-31|rule=V7");
    run("check", "as-of=2019-12-31|area=411622104201");
    assert_string_equal(state_of(id), "open");
}

static void what_cannot_be_explained_is_refused(void **state)
{
    (void)state;
    struct called c = call_with("finding explain", "id=0000|reason=x", true, false);
    assert_refused(c.good, &c.e, CHECK_FINDING_UNKNOWN);
    c = call_with("finding explain", "id=0000|reason=  ", true, false);
    assert_refused(c.good, &c.e, CHECK_REASON_EMPTY);
}

static void a_person_reads_what_is_wrong_first_and_the_next_step_last(void **state)
{
    (void)state;
    struct called c = call_with("check", day_2019, true, true);
    assert_done(c.good, &c.e);
    const char *error = strstr(c.shown, "证件号码重复"), *warning = strstr(c.shown, "无成年人");
    const char *next = strstr(c.shown, "下一步");
    assert_true(error != NULL && warning != NULL && next != NULL);
    assert_true(error < warning && warning < next);
    assert_non_null(strstr(c.shown, "3户、4人"));
    c = call_with("finding list", "", true, true);
    assert_true(c.good && strstr(c.shown, "待核实") != NULL);
}

static void grades_keep_their_history_and_their_review(void **state)
{
    (void)state;
    struct called c = run("grade", day_2019);
    assert_string_equal(answer(c.json, "counts.focus"), "1");
    assert_string_equal(answer(c.json, "counts.routine"), "0");
    assert_string_equal(answer(c.json, "counts.periodic"), "1");
    int h2 = answer_find(c.json, "households", "household", "H2");
    assert_int_equal(h2, 1);
    assert_string_equal(answer(c.json, "households[1].grade"), "focus");
    assert_string_equal(answer(c.json, "households[1].reasons"), "[\"focus.without_adult\"]");
    assert_string_equal(answer(c.json, "households[1].next_review"), "2020-06-30");
    c = run("grade", "as-of=2020-03-01"); /* nothing has changed: the review stays */
    assert_string_equal(answer(c.json, "households[1].since"), "2019-12-31");
    assert_string_equal(answer(c.json, "households[1].next_review"), "2020-06-30");
    add("person: [{number: P5, household: H2, name: 赵大, birth: 1980-01-01}]");
    c = run("grade", "as-of=2020-04-01");
    assert_string_equal(answer(c.json, "households[1].grade"), "periodic");
    assert_string_equal(answer(c.json, "households[1].since"), "2020-04-01");
    assert_string_equal(answer(c.json, "households[1].next_review"), "2021-04-01");
}

static void an_indicator_answers_with_parts_and_rows(void **state)
{
    (void)state;
    struct called c = run("indicator", "id=paid|as-of=2019-12-31|by=household.kind|rows=");
    assert_string_equal(answer(c.json, "value"), "300.00");
    assert_string_equal(answer(c.json, "unit"), "元");
    assert_string_equal(answer(c.json, "by[0].key"), "脱贫户");
    assert_string_equal(answer(c.json, "by[0].value"), "300.00");
    assert_string_equal(answer(c.json, "rows"), "[\"Z1\"]");
    c = run("indicator", "id=lifted|as-of=2019-12-31|by=lifted_year");
    assert_string_equal(
        answer(c.json, "by"),
        "[{\"key\":2016,\"label\":\"2016\",\"value\":1},{\"key\":2017,\"label\":\"2017\",\"value\":1}]");
    c = run("indicator", "id=farmland|as-of=2019-12-31|by=village");
    assert_string_equal(answer(c.json, "value"), "4.5");
    assert_string_equal(answer(c.json, "by[1].key"), "411622104202");
    c = run("indicator", "id=capped|as-of=2019-12-31");
    assert_string_equal(answer(c.json, "value"), "null"); /* nobody has set the ceiling */
    c = run("indicator", "id=paid|as-of=2018-12-31");
    assert_string_equal(answer(c.json, "value"), "0.00"); /* paid later */
    assert_int_equal(answer_count(run("indicator", "").json, "indicators"), 10);
    c = call_with("indicator", "id=gold", true, false);
    assert_refused(c.good, &c.e, CHECK_INDICATOR_UNKNOWN);
}

static void an_area_is_judged_alone(void **state)
{
    (void)state;
    struct called c = run("check", "as-of=2019-12-31|area=411622104201");
    assert_string_equal(answer(c.json, "households"), "1");
    assert_string_equal(answer(c.json, "persons"), "1");
    for (int i = 0; i < (int)answer_count(c.json, "findings"); i++)
        assert_string_equal(member(c.json, i, "village"), "411622104201");
}

static int set_up(void **state)
{
    (void)state;
    office_open(&office, PACK, "411622104");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    clock_turn(-1);
    office_close(&office);
    return 0;
}

int main(void)
{
#define IN_FRESH(name) cmocka_unit_test_setup(name, fresh)
    const struct CMUnitTest tests[] = {
        IN_FRESH(a_finding_says_whose_it_is_and_what_the_rule_saw),
        IN_FRESH(a_finding_of_a_year_names_it_and_fills_its_message),
        IN_FRESH(findings_are_ordered_by_village_household_and_rule),
        IN_FRESH(what_cannot_be_judged_is_listed_with_the_reason),
        IN_FRESH(a_rule_that_fails_is_a_finding_of_its_own),
        IN_FRESH(warnings_alone_are_no_exit_code),
        IN_FRESH(without_the_key_all_is_masked_and_nothing_is_kept),
        IN_FRESH(an_explained_doubt_is_raised_again_only_when_a_value_changes),
        IN_FRESH(a_sealed_value_that_changes_raises_again_what_was_explained_for_it),
        IN_FRESH(what_is_not_found_any_more_is_gone),
        IN_FRESH(a_check_for_an_earlier_day_or_of_another_rule_leaves_findings_alone),
        IN_FRESH(what_cannot_be_explained_is_refused),
        IN_FRESH(a_person_reads_what_is_wrong_first_and_the_next_step_last),
        IN_FRESH(grades_keep_their_history_and_their_review),
        IN_FRESH(an_indicator_answers_with_parts_and_rows),
        IN_FRESH(an_area_is_judged_alone),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
