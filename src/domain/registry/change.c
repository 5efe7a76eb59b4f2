/* `create`, `change`: one record by its fields. Always holds: what is asked for is there (404) before its
 * version counts (428, 412), and that before its values (422); the version is compared where nobody else can
 * write. */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/check/check.h"
#include "domain/registry/given.h"
#include "domain/registry/registry.err.h"

#define REASON                                                                                               \
    {                                                                                                        \
        .name = "reason", .type = OP_TEXT, .value = "TEXT", .zh = "变动原因（记入日志）",                    \
        .en = "why (journalled)"                                                                             \
    }
#define FACT_DATE                                                                                            \
    {                                                                                                        \
        .name = "fact-date", .type = OP_DAY, .value = "DATE", .zh = "从哪一天起是这样，默认今天",            \
        .en = "since when it is so (default: today)"                                                         \
    }
#define ENTITY                                                                                               \
    {                                                                                                        \
        .name = "entity", .type = OP_TEXT, .positional = true, .required = true, .value = "ENTITY",          \
        .zh = "记录类别，如 household", .en = "kind of record, such as household"                            \
    }
#define ID                                                                                                   \
    {                                                                                                        \
        .name = "id", .type = OP_TEXT, .positional = true, .required = true, .value = "ID",                  \
        .zh = "编号，如户编号", .en = "its number, such as the household number"                             \
    }
#define FIELDS                                                                                               \
    {                                                                                                        \
        .name = "fields", .type = OP_FIELDS, .positional = true, .many = true, .value = "FIELD=VALUE",       \
        .zh = "字段=值；值留空为清除", .en = "FIELD=VALUE; an empty value empties the field"                 \
    }

struct change {
    struct present present;
    struct given given;
    struct saving saving;
    bool judged_only; /* `judge`: the rules' answer, nothing kept */
    struct text findings;
};

/* ---- what is answered ---- */

/* The record as it stands now, an object. */
static bool record_json(struct op_call *call, const struct change *c, struct json *out, struct err *e)
{
    struct view *view;
    struct record_query q = {.entity = c->present.entity,
                             .as_of = DAY_NONE,
                             .limit = 1,
                             .open_sealed = call->session->vault != NULL,
                             .id = c->present.id};
    struct record_scan *scan;
    struct record_row row;
    if (!view_open(call, c->present.entity, false, NULL, &view, e) || !area_of(TEXT(""), &q.area, e))
        return false;
    q.fields = view_fields(view, &q.field_count);
    if (!record_scan_open(call->session->records, &q, &scan, e))
        return false;
    json_object(out);
    if (record_scan_next(scan, &row, e))
        view_json(view, &row, out);
    json_object_end(out);
    record_scan_close(scan);
    return e->kind == NULL;
}

static bool json_change(struct op_call *call, struct json *out, struct err *e)
{
    const struct change *c = call->result;
    if (call->shows_present)
        return record_json(call, c, out, e);
    json_object(out);
    if (!c->judged_only) {
        json_key(out, "record");
        if (!record_json(call, c, out, e))
            return false;
    }
    json_key(out, "findings");
    json_raw(out, c->findings);
    json_object_end(out);
    return true;
}

static bool show_change(struct op_call *call, struct print *p, struct err *e)
{
    const struct change *c = call->result;
    (void)e;
    if (!c->judged_only)
        print_line(p, PRINT_GOOD, print_say(p, "已保存“%.*s”。", "\"%.*s\" is saved."),
                   TEXT_ARG(c->present.id));
    print_line(p, PRINT_PLAIN, "%.*s", TEXT_ARG(c->findings));
    print_next(p, "honghua get 类别 编号 查看", "honghua get ENTITY ID shows it");
    return true;
}

/* Judged when everything is written: in its own transaction's eyes, or after it. */
static bool judge(struct op_call *call, struct change *c, struct err *e)
{
    return check_judge(call, c->present.entity, c->present.id, c->present.village, &c->findings, e);
}

static bool finish(struct op_call *call, struct change *c, struct err *e)
{
    if (!present_find(call, c->present.entity, c->present.id, false, &c->present, e))
        return false;
    call->etag = present_etag(call, &c->present);
    return judge(call, c, e);
}

/* ---- change ---- */

static struct text bare(struct text tag)
{
    if (text_starts_with(tag, TEXT("W/")))
        tag = text_slice(tag, 2, tag.size);
    if (tag.size >= 2 && tag.at[0] == '"' && tag.at[tag.size - 1] == '"')
        tag = text_slice(tag, 1, tag.size - 2);
    return tag;
}

static struct text version_given(const struct op_call *call)
{
    return call->if_match.at != NULL ? call->if_match : op_value(call, "if-match")->s;
}

/* Is one of the tags that were given the record's? "*" is any. */
static bool version_holds(struct text given, struct text now)
{
    for (size_t at = 0; at <= given.size;) {
        size_t comma = text_find(given, TEXT(","), at);
        size_t end = comma == SIZE_MAX ? given.size : comma;
        struct text tag = bare(text_trim(text_slice(given, at, end - at)));
        if (text_equal(tag, TEXT("*")) || text_equal(tag, bare(now)))
            return true;
        at = end + 1;
    }
    return false;
}

/* The record as it is where nobody else can write, its version, and the values that were given for it. */
static bool change_begun(struct saving *s, struct err *e)
{
    struct change *c = s->user;
    struct op_call *call = c->given.call;
    struct text asked = c->judged_only ? TEXT_NONE : version_given(call);
    if (!present_find(call, c->present.entity, c->present.id, true, &c->present, e))
        return false;
    if (asked.at != NULL && !version_holds(asked, present_etag(call, &c->present))) {
        call->shows_present = true;
        call->etag = present_etag(call, &c->present);
        return err_fail_text(e, &REGISTRY_CHANGED_MEANWHILE, "record", c->present.id);
    }
    return given_read(&c->given, "fields", &c->present, e) && given_stands(&c->given, e);
}

/* No older than what the record holds: an office corrects what it sees, and an older fact would be filed into
 * the past. */
static day fact_day(const struct op_call *call, const struct change *c)
{
    const struct op_value *given = op_value(call, "fact-date");
    day today = clock_today();
    if (given->given)
        return (day)given->n;
    return c->present.fact_day > today ? c->present.fact_day : today;
}

static bool save(struct change *c, struct err *e)
{
    struct saving *s = &c->saving;
    if (!saving_begin(s, e))
        return false;
    return saving_add(s, &c->given, c->present.id, fact_day(c->given.call, c), e) && saving_end(s, e);
}

static bool find(struct op_call *call, struct change **out, struct err *e)
{
    const struct catalog_entity *entity;
    struct change *c = arena_take(call->arena, sizeof *c);
    if (c == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    call->result = *out = c;
    if (!entity_readable(call, op_value(call, "entity")->s, &entity, e)
        || !access_writes(records_actor(call->session->records), entity, e)
        || !present_find(call, entity, op_value(call, "id")->s, false, &c->present, e))
        return false;
    return given_init(&c->given, call, entity, e);
}

static struct text reason_of(const struct op_call *call, struct text else_this)
{
    const struct op_value *reason = op_value(call, "reason");
    return reason->given ? text_trim(reason->s) : else_this;
}

static bool run_change(struct op_call *call, struct err *e)
{
    struct change *c;
    if (!find(call, &c, e))
        return false;
    if (call->by_id && version_given(call).at == NULL)
        return err_fail_text(e, &REGISTRY_VERSION_MISSING, "record", c->present.id);
    c->saving = (struct saving){
        .given = &c->given, .why = reason_of(call, TEXT("change")), .begun = change_begun, .user = c};
    return save(c, e) && finish(call, c, e);
}

static const struct op_parameter change_parameters[] = {
    ENTITY,
    ID,
    FIELDS,
    REASON,
    FACT_DATE,
    {.name = "if-match",
     .type = OP_TEXT,
     .value = "TAG",
     .zh = "看到的版本，已被他人改过时不保存",
     .en = "the version that was seen; refused when it was changed since"}};

const struct op op_change = {
    .name = "change",
    .zh = "修改一条记录",
    .en = "change fields of a record",
    .parameters = change_parameters,
    .count = COUNT_OF(change_parameters),
    .needs = OP_NEEDS_KEY,
    .writes = true,
    .route = {.method = "PATCH", .path = "{entity}/{id}"},
    .run = run_change,
    .json = json_change,
    .show = show_change,
};

/* ---- judge ---- */

static bool judge_applied(struct saving *s, const struct batch_counts *counts, struct err *e)
{
    struct change *c = s->user;
    (void)counts;
    return present_find(c->given.call, c->present.entity, c->present.id, false, &c->present, e)
           && judge(c->given.call, c, e);
}

static bool run_judge(struct op_call *call, struct err *e)
{
    struct change *c;
    if (!find(call, &c, e))
        return false;
    c->judged_only = true;
    c->saving = (struct saving){.given = &c->given,
                                .why = TEXT("judge"),
                                .dry_run = true,
                                .begun = change_begun,
                                .applied = judge_applied,
                                .user = c};
    return save(c, e);
}

static const struct op_parameter judge_parameters[] = {ENTITY, ID, FIELDS, FACT_DATE};

const struct op op_judge = {
    .name = "judge",
    .zh = "试算：如果这样修改，规则会怎么说（不保存）",
    .en = "what the rules would say of values, nothing is kept",
    .parameters = judge_parameters,
    .count = COUNT_OF(judge_parameters),
    .needs = OP_NEEDS_KEY,
    .writes = true,
    .route = {.method = "POST", .path = "{entity}/{id}/judge"},
    .run = run_judge,
    .json = json_change,
    .show = show_change,
};

/* ---- create ---- */

static bool exists(struct change *c, struct text id, struct err *e)
{
    err_fail_text(e, &REGISTRY_RECORD_EXISTS, "value", id);
    err_add(e, "field", c->given.entity->label.zh);
    return false;
}

/* A new record, and not one that was known already, by its key or by its certificate. */
static bool create_applied(struct saving *s, const struct batch_counts *counts, struct err *e)
{
    struct change *c = s->user;
    return counts->inserted == 1 || exists(c, s->existing.at != NULL ? s->existing : TEXT(""), e);
}

static bool need_fields(struct given *g, struct err *e)
{
    for (size_t i = 0; i < g->entity->stored_count; i++) {
        const struct catalog_field *field = g->entity->stored[i];
        bool set = (g->set[i / 64] >> (i % 64) & 1) != 0 && g->values[i].kind != VALUE_NONE;
        struct err why = {.kind = NULL};
        if (!field->required || set || field->derived_from != NULL)
            continue;
        err_fail_text(&why, &REGISTRY_KEY_MISSING, "field", label_in(field->label, g->call->lang));
        if (!given_refuse(g, field->id, &why, e))
            return false;
    }
    return true;
}

static bool run_create(struct op_call *call, struct err *e)
{
    const struct op_value *day_given = op_value(call, "fact-date");
    const struct catalog_entity *entity;
    struct change *c = arena_take(call->arena, sizeof *c);
    if (c == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    call->result = c;
    if (!entity_readable(call, op_value(call, "entity")->s, &entity, e)
        || !access_writes(records_actor(call->session->records), entity, e)
        || !given_init(&c->given, call, entity, e) || !given_read(&c->given, "fields", NULL, e)
        || !need_fields(&c->given, e) || !given_stands(&c->given, e))
        return false;
    c->saving = (struct saving){
        .given = &c->given, .why = reason_of(call, TEXT("create")), .applied = create_applied, .user = c};
    if (!saving_begin(&c->saving, e)
        || !saving_add(&c->saving, &c->given, TEXT_NONE, day_given->given ? (day)day_given->n : clock_today(),
                       e)
        || !saving_end(&c->saving, e))
        return false;
    c->present = (struct present){.entity = entity, .id = c->saving.wrote};
    return finish(call, c, e);
}

static const struct op_parameter create_parameters[] = {ENTITY, FIELDS, REASON, FACT_DATE};

const struct op op_create = {
    .name = "create",
    .zh = "新增一条记录",
    .en = "make a new record",
    .parameters = create_parameters,
    .count = COUNT_OF(create_parameters),
    .needs = OP_NEEDS_KEY,
    .writes = true,
    .route = {.method = "POST", .path = "{entity}", .creates = true},
    .run = run_create,
    .json = json_change,
    .show = show_change,
};
