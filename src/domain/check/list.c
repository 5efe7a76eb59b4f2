/* `finding list`, `finding explain`: findings as the last checks left them. */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/check/check.err.h"
#include "domain/check/check.sql.h"
#include "domain/check/parts.h"
#include "engine/access/access.err.h"

#define LIMIT 50          /* findings of a page where nothing is said */
#define LIST_SHOW_MAX 100 /* rows that a person is shown */

struct list {
    struct listing listing;
    int64_t total;
};

static struct text text_given(const struct op_call *call, const char *name)
{
    const struct op_value *v = op_value(call, name);
    return v->given ? v->s : TEXT("");
}

/* A place in the list is the number of findings before it. */
static bool page_of(const struct op_call *call, struct listing *l, struct err *e)
{
    const struct op_value *limit = op_value(call, "limit"), *offset = op_value(call, "offset"),
                          *cursor = op_value(call, "cursor");
    if (cursor->given && offset->given)
        return err_fail(e, &CHECK_CURSOR_OFFSET);
    if (limit->given && (limit->n < 1 || limit->n > OP_PAGE_LIMIT_MAX))
        return op_value_bad(e, "limit", limit->s, "1-1000");
    if (cursor->given && (!text_to_int(cursor->s, &l->passed) || l->passed < 1))
        return err_fail(e, &CHECK_CURSOR);
    l->passed = offset->given ? offset->n : l->passed;
    l->most = limit->given ? limit->n : call->by_id ? LIMIT : 0;
    return true;
}

static bool count(struct op_call *call, struct list *list, struct err *e)
{
    const struct listing *l = &list->listing;
    const struct finding_count_in in = {.lo = scope_lo(&l->area),
                                        .hi = scope_hi(&l->area),
                                        .household = l->household,
                                        .rule = l->rule,
                                        .level = l->level,
                                        .state = l->state};
    struct finding_count_row row;
    if (!finding_count(call->session->store, &in, call->arena, &row, e))
        return false;
    list->total = row.count;
    return true;
}

static bool run_list(struct op_call *call, struct err *e)
{
    struct list *list = arena_take(call->arena, sizeof *list);
    if (list == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    call->result = list;
    struct listing *l = &list->listing;
    struct text village = text_given(call, "village");
    l->household = text_given(call, "household");
    l->rule = text_given(call, "rule");
    l->level = text_given(call, "level");
    l->state = text_given(call, "state");
    return session_area(call->session, village.size != 0 ? village : text_given(call, "area"), &l->area, e)
           && page_of(call, l, e) && count(call, list, e);
}

static void json_v(struct json *out, struct text v)
{
    json_key(out, "v");
    json_array(out);
    for (size_t from = 0; from < v.size;) {
        size_t comma = text_find(v, TEXT(","), from);
        json_text(out, text_slice(v, from, (comma == SIZE_MAX ? v.size : comma) - from));
        from = comma == SIZE_MAX ? v.size : comma + 1;
    }
    json_array_end(out);
}

static void json_time(struct json *out, const char *key, int64_t ms)
{
    char time[25];
    clock_format(ms, time);
    json_key(out, key);
    json_z(out, time);
}

static void json_member(struct json *out, const char *key, struct text t)
{
    json_key(out, key);
    json_text(out, t);
}

void finding_row_json(struct json *out, const struct finding_list_row *row, enum lang lang)
{
    json_object(out);
    json_member(out, "id", row->id);
    json_member(out, "rule", row->rule);
    json_v(out, row->v);
    json_member(out, "version", row->version);
    json_member(out, "level", row->level);
    json_member(out, "village", row->village);
    json_member(out, "household", row->household);
    json_member(out, "person", row->person);
    json_key(out, "year");
    if (row->year.kind == VALUE_INT)
        json_int(out, row->year.n);
    else
        json_null(out);
    json_key(out, "values");
    json_raw(out, row->seen);
    json_member(out, "message", lang == LANG_ZH ? row->message_zh : row->message_en);
    json_member(out, "state", row->state);
    json_key(out, "as_of");
    json_day(out, row->as_of);
    json_time(out, "first_seen", row->first_seen_ms);
    json_time(out, "last_seen", row->last_seen_ms);
    json_member(out, "reason", row->reason);
    json_member(out, "explained_by", row->explained_by);
    json_object_end(out);
}

bool findings_each(struct op_call *call, const struct listing *l, finding_each *with, void *user,
                   struct err *e)
{
    const struct finding_list_in in = {.lo = scope_lo(&l->area),
                                       .hi = scope_hi(&l->area),
                                       .household = l->household,
                                       .rule = l->rule,
                                       .level = l->level,
                                       .state = l->state,
                                       .most = l->most > 0 ? l->most : INT64_MAX,
                                       .passed = l->passed};
    struct finding_list rows;
    struct finding_list_row row;
    if (!finding_list_open(call->session->store, &in, &rows, e))
        return false;
    while (finding_list_next(&rows, &row, e) && with(user, &row))
        continue;
    finding_list_close(&rows);
    return e->kind == NULL;
}

struct to_json {
    struct json *out;
    enum lang lang;
    int64_t count;
};
static bool with_json(void *user, const struct finding_list_row *row)
{
    struct to_json *to = user;
    finding_row_json(to->out, row, to->lang);
    to->count++;
    return true;
}

static bool json_list(struct op_call *call, struct json *out, struct err *e)
{
    const struct list *list = call->result;
    struct to_json to = {.out = out, .lang = call->lang};
    json_object(out);
    json_key(out, call->by_id ? "items" : "findings");
    json_array(out);
    bool good = findings_each(call, &list->listing, with_json, &to, e);
    int64_t shown = list->listing.passed + to.count;
    json_array_end(out);
    if (call->by_id) {
        json_key(out, "next");
        json_text(out, shown < list->total ? text_format(call->arena, "%lld", (long long)shown) : TEXT_NONE);
    }
    json_key(out, "total");
    json_int(out, list->total);
    json_object_end(out);
    return good;
}

struct to_table {
    struct op_call *call;
    struct print_table *table;
    size_t count;
};

struct text finding_state_say(struct text state, enum lang lang)
{
    if (lang == LANG_EN)
        return state;
    if (text_equal(state, TEXT("open")))
        return TEXT("待核实");
    return text_equal(state, TEXT("explained")) ? TEXT("已说明") : TEXT("已消除");
}

static bool with_table(void *user, const struct finding_list_row *row)
{
    struct to_table *to = user;
    enum lang lang = to->call->lang;
    if (to->count++ >= LIST_SHOW_MAX)
        return true;
    struct text who = row->person.at != NULL      ? row->person
                      : row->household.at != NULL ? row->household
                                                  : row->record;
    const struct text cells[] = {finding_level_say(row->level, lang), finding_state_say(row->state, lang),
                                 who, lang == LANG_ZH ? row->message_zh : row->message_en, row->id};
    bool error = text_equal(row->level, TEXT("error")) && text_equal(row->state, TEXT("open"));
    print_table_row(to->table, error ? PRINT_BAD : PRINT_PLAIN, cells);
    return true;
}

static bool show_list(struct op_call *call, struct print *out, struct err *e)
{
    struct to_table to = {.call = call, .table = print_table_new(call->arena, 5)};
    const char *zh[] = {"级别", "状态", "户或人", "问题", "编号"};
    const char *en[] = {"Level", "State", "Record", "What is wrong", "Id"};
    if (to.table == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    print_table_head(to.table, call->lang == LANG_ZH ? zh : en);
    if (!findings_each(call, &((const struct list *)call->result)->listing, with_table, &to, e))
        return false;
    if (to.count > 0)
        print_table_end(to.table, out);
    print_line(out, PRINT_PLAIN, print_say(out, "共%zu条。", "%zu in all."), to.count);
    if (to.count > LIST_SHOW_MAX)
        print_line(out, PRINT_FAINT,
                   print_say(out, "只显示前%d条，可用 --area 或 --rule 缩小范围。",
                             "The first %d are shown; --area or --rule narrow it."),
                   LIST_SHOW_MAX);
    if (to.count > 0)
        print_next(out, "核实无误的用 finding explain 编号 --reason 说明；其余改正后重新导入并核查。",
                   "explain what is right as it is: finding explain ID --reason; mend the rest, import and "
                   "check again.");
    else
        print_next(out, "运行 check 进行核查。", "run check.");
    return true;
}

static const struct op_parameter list_parameters[] = {
    {.name = "state",
     .type = OP_CHOICE,
     .choices = "open,explained,gone,all",
     .value = "STATE",
     .zh = "只列待核实（open）、已说明（explained）或已消除（gone）的；默认前两种",
     .en = "only open, explained or gone ones (default: the first two)"},
    {.name = "area", .type = OP_AREA, .value = "CODE", .zh = "只列这个区划的", .en = "only this division"},
    {.name = "rule", .type = OP_TEXT, .value = "ID", .zh = "只列一条规则的", .en = "only of this rule"},
    {.name = "level",
     .type = OP_CHOICE,
     .choices = "error,warning",
     .value = "LEVEL",
     .zh = "只列错误（error）或疑点（warning）",
     .en = "only errors or warnings"},
    {.name = "village",
     .type = OP_AREA,
     .value = "CODE",
     .zh = "只列一个村的（优先于 --area）",
     .en = "only of this village (before --area)"},
    {.name = "household", .type = OP_TEXT, .value = "ID", .zh = "只列一户的", .en = "only of this household"},
    OP_PAGE,
};

const struct op finding_list_op = {.name = "finding list",
                                   .zh = "列出核查发现的问题及其状态",
                                   .en = "lists findings with their state",
                                   .parameters = list_parameters,
                                   .count = COUNT_OF(list_parameters),
                                   .needs = OP_NEEDS_DATABASE,
                                   .route = {.method = "GET", .path = "finding"},
                                   .run = run_list,
                                   .json = json_list,
                                   .show = show_list};

static bool explain(struct op_call *call, struct text id, struct text reason, struct err *e)
{
    struct store *db = call->session->store;
    struct finding_get_row row;
    bool found = false;
    if (!finding_get(db, &(struct finding_get_in){.id = id}, call->arena, &row, &found, e))
        return false;
    const struct actor *actor = records_actor(call->session->records);
    if (actor != NULL && (!found || !access_holds(actor, row.village)))
        return err_fail(e, &ACCESS_NOT_THERE);
    if (!found)
        return err_fail_text(e, &CHECK_FINDING_UNKNOWN, "id", id);
    if (text_equal(row.state, TEXT("gone")))
        return err_fail_text(e, &CHECK_FINDING_GONE, "id", id);
    const struct finding_explain_in in = {
        .id = id, .reason = reason, .explained_by = call->by, .now_ms = clock_now_ms()};
    return finding_explain(db, &in, e);
}

static bool run_explain(struct op_call *call, struct err *e)
{
    struct text reason = text_trim(op_value(call, "reason")->s);
    if (text_is_empty(reason))
        return err_fail(e, &CHECK_REASON_EMPTY);
    if (!store_begin(call->session->store, e))
        return false;
    return store_end(call->session->store, explain(call, op_value(call, "id")->s, reason, e), e);
}

static bool json_explain(struct op_call *call, struct json *out, struct err *e)
{
    (void)e;
    json_object(out);
    json_member(out, "id", op_value(call, "id")->s);
    json_member(out, "state", TEXT("explained"));
    json_member(out, "reason", text_trim(op_value(call, "reason")->s));
    json_object_end(out);
    return true;
}

static bool show_explain(struct op_call *call, struct print *out, struct err *e)
{
    (void)call;
    (void)e;
    print_line(out, PRINT_GOOD, "%s",
               print_say(out, "已记下说明。规则所看的数据不变，就不再提示；一旦变化会重新提示。",
                         "The explanation is kept. The finding is not raised again until a value that the "
                         "rule saw changes."));
    print_next(out, "继续用 finding list 核对其余问题。", "go on with finding list.");
    return true;
}

static const struct op_parameter explain_parameters[] = {
    {.name = "id",
     .type = OP_TEXT,
     .positional = true,
     .required = true,
     .value = "ID",
     .zh = "问题编号（见 finding list）",
     .en = "id of the finding (see finding list)"},
    {.name = "reason",
     .type = OP_TEXT,
     .required = true,
     .value = "TEXT",
     .zh = "核实情况：为什么数据没有问题",
     .en = "why the data is right as it is"},
};

const struct op finding_explain_op = {.name = "finding explain",
                                      .zh = "说明一条疑点经核实无误，不再重复提示",
                                      .en = "records that a doubt was looked into and is right as it is",
                                      .parameters = explain_parameters,
                                      .count = COUNT_OF(explain_parameters),
                                      .needs = OP_NEEDS_KEY,
                                      .writes = true,
                                      .route = {.method = "POST", .path = "finding/{id}/explain"},
                                      .run = run_explain,
                                      .json = json_explain,
                                      .show = show_explain};
