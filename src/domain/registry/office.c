/* `init`, `policy show`, `policy load`: the database and the pack in force. */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/registry/parts.h"
#include "domain/report/report.h"

struct loaded {
    bool changed;
    const struct catalog *catalog;
};

static void json_digest(const struct catalog *c, struct json *out)
{
    json_key(out, "policy");
    json_text(out, c->id);
    json_key(out, "digest");
    json_z(out, c->digest);
}

static const struct op_parameter init_parameters[] = {
    {.name = "policy",
     .type = OP_PATH,
     .value = "ID|DIR",
     .zh = "政策包，默认 henan",
     .en = "the policy pack, default henan"},
    {.name = "area",
     .type = OP_AREA,
     .value = "CODE",
     .zh = "本单位的区划代码；不写则取首次导入的那个乡镇",
     .en = "the office's own area; else the one town of the first import"},
    {.name = "distributed",
     .type = OP_FLAG,
     .zh = "按县分布存放：有 Citus 扩展时分到各台机器，没有时按县分区（PostgreSQL）",
     .en = "large tables by county: over the machines of Citus, else in partitions (PostgreSQL)"},
};

static bool run_init(struct op_call *call, struct err *e)
{
    const struct op_value *policy = op_value(call, "policy"), *area = op_value(call, "area");
    /* The session holds what was asked for; opening it replaces both texts by its own copies. */
    const struct session_options options = {.db = call->session->db,
                                            .key_file = call->session->key_file,
                                            .write = true,
                                            .spread = op_value(call, "distributed")->given,
                                            .check_pack = report_check};
    return session_init(call->session, &options, policy->given ? policy->s : TEXT("henan"), area->s, e);
}

static bool json_init(struct op_call *call, struct json *out, struct err *e)
{
    const struct catalog *c = call->session->catalog;
    (void)e;
    json_object(out);
    json_digest(c, out);
    json_key(out, "entities");
    json_int(out, (int64_t)c->entity_count);
    json_key(out, "rules");
    json_int(out, (int64_t)c->rule_count);
    json_key(out, "indicators");
    json_int(out, (int64_t)c->indicator_count);
    json_object_end(out);
    return true;
}

static bool show_init(struct op_call *call, struct print *p, struct err *e)
{
    const struct session *s = call->session;
    (void)e;
    print_line(p, PRINT_GOOD,
               print_say(p, "数据库“%.*s”已建好，政策包“%.*s”：记录 %zu 类，核查规则 %zu 条，指标 %zu 个。",
                         "Made the database \"%.*s\" with the policy pack \"%.*s\": %zu kinds of records, "
                         "%zu rules, %zu indicators."),
               TEXT_ARG(s->db), TEXT_ARG(s->catalog->id), s->catalog->entity_count, s->catalog->rule_count,
               s->catalog->indicator_count);
    print_line(p, PRINT_WARN,
               print_say(p, "密钥文件“%.*s”请另存一份并妥善保管：丢失后，证件号码、电话、银行账号无法恢复。",
                         "Keep a copy of the key file \"%.*s\" in a safe place: without it certificate "
                         "numbers, phones and accounts cannot be read again."),
               TEXT_ARG(s->key_file));
    print_next(p, "honghua import 工作簿或文件夹", "honghua import WORKBOOK or FOLDER");
    return true;
}

static bool run_show(struct op_call *call, struct err *e)
{
    (void)call;
    (void)e;
    return true;
}

static void json_rule(const struct catalog_rule *rule, enum lang lang, struct json *out)
{
    json_object(out);
    json_key(out, "id");
    json_text(out, rule->id);
    json_key(out, "v");
    json_array(out);
    for (size_t i = 0; i < rule->v_count; i++)
        json_text(out, rule->v[i]);
    json_array_end(out);
    json_key(out, "title");
    json_text(out, label_in(rule->title, lang));
    json_key(out, "level");
    json_z(out, rule->level == RULE_ERROR ? "error" : "warning");
    json_key(out, "version");
    json_z(out, rule->version);
    json_key(out, "when");
    json_text(out, rule->when_text);
    json_key(out, "source");
    json_text(out, rule->source);
    json_object_end(out);
}

static void json_named(struct text id, struct label label, enum lang lang, struct json *out)
{
    json_key(out, "id");
    json_text(out, id);
    json_key(out, "label");
    json_text(out, label_in(label, lang));
}

/* An attention grade and every reason that leads to it, in words. */
static void json_grade(const struct catalog_grade *grade, enum lang lang, struct json *out)
{
    json_object(out);
    json_named(grade->id, grade->label, lang, out);
    json_key(out, "visit_months");
    json_int(out, grade->visit_months);
    json_key(out, "reasons");
    json_array(out);
    for (size_t i = 0; i < grade->reason_count; i++) {
        json_object(out);
        json_named(grade->reasons[i].id, grade->reasons[i].label, lang, out);
        json_key(out, "when");
        json_text(out, grade->reasons[i].when_text);
        json_object_end(out);
    }
    json_array_end(out);
    json_object_end(out);
}

static bool json_policy(struct op_call *call, struct json *out, struct err *e)
{
    const struct catalog *c = call->session->catalog;
    char loaded[25];
    (void)e;
    clock_format(call->session->policy_loaded_ms / 1000 * 1000,
                 loaded); /* nobody asks for more than the second */
    json_object(out);
    json_digest(c, out);
    json_key(out, "loaded");
    json_z(out, loaded);
    json_label(out, "label", c->label);
    json_key(out, "rules");
    json_array(out);
    for (size_t i = 0; i < c->rule_count; i++)
        json_rule(&c->rules[i], call->lang, out);
    json_array_end(out);
    json_key(out, "grades");
    json_array(out);
    for (size_t i = 0; i < c->grade_count; i++)
        json_grade(&c->grades[i], call->lang, out);
    json_array_end(out);
    json_key(out, "indicators");
    json_array(out);
    for (size_t i = 0; i < c->indicator_count; i++)
        json_text(out, c->indicators[i].id);
    json_array_end(out);
    json_object_end(out);
    return true;
}

static bool show_policy(struct op_call *call, struct print *p, struct err *e)
{
    const struct catalog *c = call->session->catalog;
    char loaded[25];
    struct print_table *table = print_table_new(call->arena, 4);
    (void)e;
    clock_format(call->session->policy_loaded_ms, loaded);
    print_line(p, PRINT_HEAD, "%.*s (%.*s)", TEXT_ARG(label_in(c->label, call->lang)), TEXT_ARG(c->id));
    print_line(p, PRINT_PLAIN, "%s %s", print_say(p, "摘要", "digest"), c->digest);
    print_line(p, PRINT_PLAIN, "%s %s", print_say(p, "装入时间", "loaded"), loaded);
    print_table_head(table, call->lang == LANG_ZH ? (const char *const[]){"规则", "编号", "级别", "内容"}
                                                  : (const char *const[]){"Rule", "No.", "Level", "Title"});
    for (size_t i = 0; i < c->rule_count; i++) {
        const struct catalog_rule *rule = &c->rules[i];
        bool error = rule->level == RULE_ERROR;
        print_table_row(
            table, PRINT_PLAIN,
            (struct text[]){rule->id, rule->v_count > 0 ? rule->v[0] : TEXT(""),
                            text_of(error ? print_say(p, "错误", "error") : print_say(p, "疑点", "warning")),
                            label_in(rule->title, call->lang)});
    }
    print_table_end(table, p);
    print_next(p, "honghua check 按这些规则核查", "honghua check runs these rules");
    return true;
}

static const struct op_parameter load_parameters[] = {
    {.name = "folder",
     .type = OP_PATH,
     .positional = true,
     .required = true,
     .value = "DIR",
     .zh = "政策包文件夹",
     .en = "the folder of the pack"},
};

static bool run_load(struct op_call *call, struct err *e)
{
    struct loaded *l = arena_take(call->arena, sizeof *l);
    if (l == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    call->result = l;
    call->session->check_pack = report_check;
    return session_policy_load(call->session, op_value(call, "folder")->s, &l->changed, e);
}

static bool show_load(struct op_call *call, struct print *p, struct err *e)
{
    const struct loaded *l = call->result;
    const struct catalog *c = call->session->catalog;
    (void)e;
    if (l->changed)
        print_line(
            p, PRINT_GOOD,
            print_say(
                p, "政策包“%.*s”的新版本已生效，摘要 %s。以前的版本仍保留。",
                "A new version of the policy pack \"%.*s\" is in force, digest %s. Earlier ones are kept."),
            TEXT_ARG(c->id), c->digest);
    else
        print_line(p, PRINT_PLAIN, "%s",
                   print_say(p, "与现行版本相同，没有改动。",
                             "The same as the version in force; nothing was changed."));
    print_next(p, "honghua check 按新版本核查", "honghua check runs the new version's rules");
    return true;
}

const struct op op_init = {
    .name = "init",
    .zh = "新建数据库和密钥，装入政策包",
    .en = "make a database and its key, load a policy pack",
    .parameters = init_parameters,
    .count = COUNT_OF(init_parameters),
    .needs = OP_NEEDS_ABSENT,
    .writes = true,
    .run = run_init,
    .json = json_init,
    .show = show_init,
};
const struct op op_policy_show = {
    .name = "policy show",
    .zh = "查看现行政策包",
    .en = "the policy pack in force",
    .needs = OP_NEEDS_DATABASE,
    .route = {.method = "GET", .path = "policy"},
    .run = run_show,
    .json = json_policy,
    .show = show_policy,
};
const struct op op_policy_load = {
    .name = "policy load",
    .zh = "装入政策包的新版本",
    .en = "load a new version of the pack",
    .parameters = load_parameters,
    .count = COUNT_OF(load_parameters),
    .needs = OP_NEEDS_KEY,
    .writes = true,
    .run = run_load,
    .json = json_policy,
    .show = show_load,
};
