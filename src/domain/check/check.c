/* `check`: runs the rules, tells what is wrong, keeps the findings. */
#include "base/base.err.h"
#include "domain/check/parts.h"
#include "store/store.h"
#include <stdlib.h>

#define SHOW_MAX 10 /* findings that a person is shown at once */

struct checked {
    struct scope scope;
    const struct run_rule *rules;
    size_t rule_count;
    struct findings findings;
    uint64_t explained;
    uint32_t households, persons;
};

static uint32_t rows_of(const struct run *run, const char *entity_id)
{
    const struct catalog_entity *entity = catalog_entity(run_catalog(run), text_of(entity_id));
    return entity != NULL ? frame_rows(run_frame(run), entity) : 0;
}

static bool open_run(struct op_call *call, const struct scope *scope, struct run **out, struct err *e)
{
    const struct op_value *rule = op_value(call, "rule");
    const struct run_options options = {
        .area = scope->area,
        .as_of = scope->as_of,
        .rules = true,
        .rule = rule->given ? rule->s : TEXT_NONE,
        /* persons, and with them their households, are counted in every answer */
        .on = catalog_entity(call->session->catalog, TEXT("person"))};
    return run_open(call->session->records, call->session->catalog, &options, out, e);
}

static void copy_out(struct op_call *call, struct checked *c, const struct run *run)
{
    c->households = rows_of(run, "household");
    c->persons = rows_of(run, "person");
    for (size_t i = 0; i < c->findings.count; i++) { /* the run goes, the findings stay */
        struct finding *f = &c->findings.at[i];
        f->record = text_copy(call->arena, f->record);
        f->village = text_copy(call->arena, f->village);
        f->household = text_copy(call->arena, f->household);
        f->person = text_copy(call->arena, f->person);
        c->explained += f->explained;
        call->found = call->found || (!f->explained && strcmp(finding_level(f), "error") == 0);
    }
}

static bool copy_rules(struct op_call *call, struct checked *c, struct err *e)
{
    struct run_rule *rules = arena_take_many(call->arena, c->rule_count + 1, sizeof *rules);
    if (rules == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < c->rule_count; i++) {
        rules[i] = c->rules[i];
        rules[i].why =
            (struct label){text_copy(call->arena, rules[i].why.zh), text_copy(call->arena, rules[i].why.en)};
    }
    c->rules = rules;
    return true;
}

static bool judge(struct op_call *call, struct checked *c, struct run *run, struct err *e)
{
    if (!run_rules(run, &c->rules, &c->rule_count, e)
        || !findings_make(call, run, c->rules, c->rule_count, &c->findings, e)
        || !findings_match(call, &c->scope, &c->findings, e))
        return false;
    copy_out(call, c, run);
    return copy_rules(call, c, e);
}

/* All is read in one state of the database; what is kept is written behind it. */
static bool run_check(struct op_call *call, struct err *e)
{
    struct checked *c = arena_take(call->arena, sizeof *c);
    struct run *run = NULL;
    if (c == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    call->result = c;
    if (!scope_of(call, &c->scope, e) || !session_look_beyond(call->session, e)
        || !store_begin_read(call->session->store, e))
        return false;
    bool judged = open_run(call, &c->scope, &run, e) && judge(call, c, run, e);
    run_close(run);
    if (!store_end(call->session->store, judged, e))
        return false;
    return findings_keep(call, &c->scope, &c->findings, c->rules, c->rule_count, e);
}

static bool json_check(struct op_call *call, struct json *out, struct err *e)
{
    const struct checked *c = call->result;
    (void)e;
    json_object(out);
    json_key(out, "as_of");
    json_day(out, c->scope.as_of);
    json_key(out, "rules");
    json_int(out, (int64_t)c->rule_count);
    json_key(out, "households");
    json_int(out, c->households);
    json_key(out, "persons");
    json_int(out, c->persons);
    json_key(out, "not_judged");
    json_array(out);
    for (size_t i = 0; i < c->rule_count; i++) {
        if (c->rules[i].why.zh.at == NULL)
            continue;
        json_object(out);
        json_key(out, "rule");
        json_text(out, c->rules[i].rule->id);
        json_key(out, "why");
        json_text(out, label_in(c->rules[i].why, call->lang));
        json_object_end(out);
    }
    json_array_end(out);
    json_key(out, "findings");
    json_array(out);
    for (size_t i = 0; i < c->findings.count; i++) {
        if (c->findings.at[i].explained)
            continue;
        finding_json(out, &c->findings.at[i], call->lang);
        json_object_end(out);
    }
    json_array_end(out);
    json_object_end(out);
    return true;
}

/* A line of the table by rule. */
struct by_rule {
    const struct run_rule *rule;
    uint64_t count;
    bool error;
};

static int worst_first(const void *a, const void *b)
{
    const struct by_rule *x = a, *y = b;
    if (x->error != y->error)
        return x->error ? -1 : 1;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return text_compare(x->rule->rule->id, y->rule->rule->id);
}

static size_t count_by_rule(const struct checked *c, struct by_rule *out)
{
    size_t count = 0;
    for (size_t i = 0; i < c->rule_count; i++) {
        struct by_rule line = {.rule = &c->rules[i]};
        for (size_t j = 0; j < c->findings.count; j++) {
            const struct finding *f = &c->findings.at[j];
            if (f->rule != c->rules[i].rule || f->explained)
                continue;
            line.count++;
            line.error = line.error || strcmp(finding_level(f), "error") == 0;
        }
        if (line.count > 0)
            out[count++] = line;
    }
    if (count > 0)
        qsort(out, count, sizeof *out, worst_first);
    return count;
}

static struct text v_of(struct arena *a, const struct catalog_rule *rule)
{
    struct text all = TEXT("");
    for (size_t i = 0; i < rule->v_count; i++)
        all = text_format(a, "%.*s%s%.*s", TEXT_ARG(all), i == 0 ? "" : " ", TEXT_ARG(rule->v[i]));
    return all;
}

static bool show_table(struct op_call *call, const struct checked *c, struct print *out, struct err *e)
{
    struct by_rule *lines = arena_take_many(call->arena, c->rule_count + 1, sizeof *lines);
    struct print_table *t = print_table_new(call->arena, 5);
    if (lines == NULL || t == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    size_t count = count_by_rule(c, lines);
    const char *zh[] = {"级别", "条数", "问题", "规则", "编号"};
    const char *en[] = {"Level", "Count", "What is wrong", "Rule", "No."};
    print_table_head(t, call->lang == LANG_ZH ? zh : en);
    print_table_right(t, 1);
    for (size_t i = 0; i < count; i++) {
        const struct catalog_rule *rule = lines[i].rule->rule;
        const struct text cells[] = {
            finding_level_say(lines[i].error ? TEXT("error") : TEXT("warning"), call->lang),
            text_format(call->arena, "%llu", (unsigned long long)lines[i].count),
            label_in(rule->title, call->lang), rule->id, v_of(call->arena, rule)};
        print_table_row(t, lines[i].error ? PRINT_BAD : PRINT_WARN, cells);
    }
    if (count > 0)
        print_table_end(t, out);
    return true;
}

static void show_first(struct op_call *call, const struct checked *c, struct print *out)
{
    size_t shown = 0;
    struct text village = TEXT_NONE;
    for (size_t i = 0; i < c->findings.count && shown < SHOW_MAX; i++) {
        const struct finding *f = &c->findings.at[i];
        if (f->explained || strcmp(finding_level(f), call->found ? "error" : "warning") != 0)
            continue;
        if (!text_equal(village, f->village)) {
            const struct catalog_division *division = catalog_division(call->session->catalog, f->village);
            print_line(out, PRINT_HEAD, "%.*s %.*s", TEXT_ARG(f->village),
                       TEXT_ARG(division != NULL ? division->name : TEXT("")));
            village = f->village;
        }
        struct text who = f->person.at != NULL      ? f->person
                          : f->household.at != NULL ? f->household
                                                    : f->record;
        print_line(out, PRINT_PLAIN, "  %.*s  %.*s", TEXT_ARG(who),
                   TEXT_ARG(label_in(f->message, call->lang)));
        shown++;
    }
}

static void show_not_judged(struct op_call *call, const struct checked *c, struct print *out)
{
    size_t count = 0;
    for (size_t i = 0; i < c->rule_count; i++)
        count += c->rules[i].why.zh.at != NULL;
    if (count == 0)
        return;
    print_line(
        out, PRINT_WARN,
        print_say(out, "未核查或未全部核查的规则：%zu条", "Rules not judged, or not for all records: %zu"),
        count);
    for (size_t i = 0; i < c->rule_count; i++)
        if (c->rules[i].why.zh.at != NULL)
            print_line(out, PRINT_FAINT, "  %.*s  %.*s", TEXT_ARG(c->rules[i].rule->id),
                       TEXT_ARG(label_in(c->rules[i].why, call->lang)));
}

static bool show_check(struct op_call *call, struct print *out, struct err *e)
{
    const struct checked *c = call->result;
    size_t open = c->findings.count - c->explained;
    char date[11];
    day_format(c->scope.as_of, date);
    if (open == 0)
        print_line(out, PRINT_GOOD, print_say(out, "没有发现问题。", "Nothing is wrong."));
    if (!show_table(call, c, out, e))
        return false;
    show_first(call, c, out);
    show_not_judged(call, c, out);
    print_line(
        out, PRINT_PLAIN,
        print_say(out, "截至%s：%u户、%u人，%zu条规则，%zu条问题，另有%llu条已说明。",
                  "As of %s: %u households, %u persons, %zu rules, %zu findings, %llu more are explained."),
        date, c->households, c->persons, c->rule_count, open, (unsigned long long)c->explained);
    if (open > 0)
        print_next(
            out,
            "用 finding list 逐条核对；核实无误的用 finding explain 编号 --reason 说明，其余改正后重新导入。",
            "go through finding list; explain what is right as it is (finding explain ID --reason), mend the "
            "rest and import again.");
    else
        print_next(out, "用 grade 查看重点关注户，或用 report town 生成报告。",
                   "see grade for the households to watch, or write the report: report town.");
    return true;
}

static const struct op_parameter check_parameters[] = {
    {.name = "as-of",
     .type = OP_DAY,
     .value = "DATE",
     .zh = "按哪一天的情况核查，默认今天",
     .en = "judge the state of this day (default: today)"},
    {.name = "area", .type = OP_AREA, .value = "CODE", .zh = "只核查这个区划", .en = "only this division"},
    {.name = "rule",
     .type = OP_TEXT,
     .value = "ID",
     .zh = "只核查一条规则（规则编号或V编号）",
     .en = "only this rule (its id or V-number)"},
};

const struct op check_op = {.name = "check",
                            .zh = "按规则核查登记数据，列出错误和疑点",
                            .en = "runs the verification rules over the register",
                            .parameters = check_parameters,
                            .count = COUNT_OF(check_parameters),
                            .needs = OP_NEEDS_DATABASE,
                            .route = {.method = "POST", .path = "check"},
                            .run = run_check,
                            .json = json_check,
                            .show = show_check};

static const struct op *const ops[] = {&check_op, &finding_list_op, &finding_explain_op, &grade_op,
                                       &indicator_op};
const struct op_list check_ops = {ops, COUNT_OF(ops)};
