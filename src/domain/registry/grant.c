/* `grant`: another login role of the server may read what lies in an area. Always holds: it is journalled. */
#include "base/base.err.h"
#include "domain/registry/parts.h"
#include "engine/record/record.err.h"

static const struct op_parameter parameters[] = {
    {.name = "role",
     .type = OP_TEXT,
     .positional = true,
     .required = true,
     .value = "ROLE",
     .zh = "数据库服务器上的登录用户",
     .en = "a login role of the database server"},
    {.name = "area",
     .type = OP_AREA,
     .required = true,
     .value = "CODE",
     .zh = "允许读取的区划代码",
     .en = "the area that it may read"},
};

/* The county's log has the grant; that of an area above the counties lies in the office's own. */
static bool grant_journal(struct op_call *call, struct text role, const struct area *area, struct err *e)
{
    struct session *s = call->session;
    char county[7] = "000000";
    memcpy(county, area->lo, 6);
    const struct journal_change change = {
        .field = TEXT("area"), .before = value_none(), .after = value_text(op_value(call, "area")->s)};
    return journal_begin(s->journal, uuid_make(), call->by, TEXT("grant"), e)
           && journal_append(s->journal, text_of(county), TEXT("role"), role, &change, 1, e)
           && journal_end(s->journal, e);
}

static bool run_grant(struct op_call *call, struct err *e)
{
    struct session *s = call->session;
    struct text role = op_value(call, "role")->s, code = op_value(call, "area")->s;
    struct area area;
    if (text_is_empty(code))
        return err_fail_text(e, &RECORD_AREA, "code", code);
    if (!records_area(s->records, code, &area, e) || !store_begin(s->store, e))
        return false;
    bool good = store_grant(s->store, role, text_of(area.lo), text_of(area.hi), e)
                && grant_journal(call, role, &area, e);
    if (!good)
        journal_abandon(s->journal);
    return store_end(s->store, good, e);
}

static bool json_grant(struct op_call *call, struct json *out, struct err *e)
{
    (void)e;
    json_object(out);
    json_key(out, "role");
    json_text(out, op_value(call, "role")->s);
    json_key(out, "area");
    json_text(out, op_value(call, "area")->s);
    json_object_end(out);
    return true;
}

static bool show_grant(struct op_call *call, struct print *p, struct err *e)
{
    (void)e;
    print_line(p, PRINT_GOOD,
               print_say(p, "用户“%.*s”现在可以读取区划 %.*s 内的数据。",
                         "The role \"%.*s\" may now read the area %.*s."),
               TEXT_ARG(op_value(call, "role")->s), TEXT_ARG(op_value(call, "area")->s));
    return true;
}

const struct op op_grant = {
    .name = "grant",
    .zh = "允许另一个数据库用户读取某一区划的数据（PostgreSQL）",
    .en = "let another database role read an area (PostgreSQL)",
    .parameters = parameters,
    .count = COUNT_OF(parameters),
    .needs = OP_NEEDS_KEY,
    .writes = true,
    .run = run_grant,
    .json = json_grant,
    .show = show_grant,
};
