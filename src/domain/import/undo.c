/* `import undo`: takes a batch back where nothing was built on it. */
#include "engine/record/undo.h"
#include "base/base.err.h"
#include "domain/import/import.err.h"
#include "domain/import/undo_op.h"
#include "engine/session/session.h"

static const struct op_parameter parameters[] = {
    {.name = "batch",
     .type = OP_TEXT,
     .positional = true,
     .required = true,
     .value = "BATCH",
     .zh = "批次编号（导入结果或变动记录中）",
     .en = "id of the batch, as import and journal list give it"},
    {.name = "reason",
     .type = OP_TEXT,
     .value = "TEXT",
     .zh = "撤销原因（记入日志）",
     .en = "why (journalled)"},
};

static const char *reason_name(enum undo_reason why, enum lang lang)
{
    static const char *const zh[] = {"之后又改过", "之后又有下级记录", "已归入历史"};
    static const char *const en[] = {"changed since", "built below", "filed into the past"};
    return lang == LANG_ZH ? zh[why] : en[why];
}

static struct text told(struct op_call *call, const struct undone *u, enum lang lang)
{
    struct text said = TEXT("");
    size_t count = u->conflict_count < UNDO_TOLD_MAX ? u->conflict_count : UNDO_TOLD_MAX;
    for (size_t i = 0; i < count && said.size < ERR_VALUE_MAX - 80; i++)
        said = text_format(call->arena, "%.*s%s%.*s %.*s (%s)", TEXT_ARG(said), i > 0 ? ", " : "",
                           TEXT_ARG(u->conflicts[i].entity), TEXT_ARG(u->conflicts[i].record),
                           reason_name(u->conflicts[i].why, lang));
    return said;
}

/* The first of what stands in the way, in words. */
static bool refuse(struct op_call *call, const struct undone *u, struct err *e)
{
    err_fail_int(e, &IMPORT_UNDO_BUILT_ON, "count", (int64_t)u->conflict_count);
    err_add(e, "records", told(call, u, LANG_EN));
    err_add(e, "records_zh", told(call, u, LANG_ZH));
    return false;
}

static bool run_undo(struct op_call *call, struct err *e)
{
    const struct op_value *reason = op_value(call, "reason");
    struct undone *u = arena_take(call->arena, sizeof *u);
    struct session *s = call->session;
    struct text batch = op_value(call, "batch")->s;
    const struct batch_options options = {
        .by = call->by,
        .why = reason->given
                   ? text_format(call->arena, "import undo %.*s: %.*s", TEXT_ARG(batch), TEXT_ARG(reason->s))
                   : text_format(call->arena, "import undo %.*s", TEXT_ARG(batch)),
        .office = s->office};
    if (u == NULL || options.why.at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    call->result = u;
    if (!record_undo(s->records, s->journal, &options, batch, call->arena, u, e))
        return false;
    return u->conflict_count == 0 || refuse(call, u, e);
}

static bool json_undo(struct op_call *call, struct json *out, struct err *e)
{
    const struct undone *u = call->result;
    char batch[37];
    (void)e;
    uuid_format(u->batch, batch);
    json_object(out);
    json_key(out, "undone");
    json_text(out, op_value(call, "batch")->s);
    json_key(out, "batch");
    json_z(out, batch);
    json_key(out, "removed");
    json_int(out, (int64_t)u->removed);
    json_key(out, "restored");
    json_int(out, (int64_t)u->restored);
    json_object_end(out);
    return true;
}

static bool show_undo(struct op_call *call, struct print *p, struct err *e)
{
    const struct undone *u = call->result;
    (void)e;
    print_line(
        p, PRINT_GOOD,
        print_say(p, "已撤销：删去 %llu 条新增的记录，恢复 %llu 处修改。",
                  "Taken back: %llu records that it had made are gone, %llu changes are as they were."),
        (unsigned long long)u->removed, (unsigned long long)u->restored);
    print_next(p, "honghua check 重新核查", "check again: honghua check");
    return true;
}

const struct op import_undo_op = {.name = "import undo",
                                  .zh = "撤销一个批次（之后没有再改动的）",
                                  .en = "take a batch back where nothing was built on it",
                                  .parameters = parameters,
                                  .count = COUNT_OF(parameters),
                                  .needs = OP_NEEDS_KEY,
                                  .writes = true,
                                  .route = {.method = "POST", .path = "import/{batch}/undo"},
                                  .run = run_undo,
                                  .json = json_undo,
                                  .show = show_undo};
