/* What is done to accounts is journalled, and told to the administrators for some days; `account notice`
 * shows it. */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/account/account.sql.h"
#include "domain/account/parts.h"

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)
#define COUNTY_DIGITS 6

/* Without the key nothing can be journalled: a server that works masked still ends a guessed password. */
static bool journal(struct session *s, struct text by, struct text what, struct text account,
                    const struct journal_change *changes, size_t count, struct err *e)
{
    struct text county = text_slice(s->office_code, 0, COUNTY_DIGITS);
    if (s->vault == NULL)
        return true;
    if (text_is_empty(county))
        county = TEXT("000000");
    bool good = journal_begin(s->journal, uuid_make(), by, what, e)
                && journal_append(s->journal, county, TEXT("account"), account, changes, count, e)
                && journal_end(s->journal, e);
    if (!good)
        journal_abandon(s->journal);
    return good;
}

bool account_told(struct session *s, struct text by, struct text what, struct text account,
                  const struct journal_change *changes, size_t count, struct err *e)
{
    char id[37];
    uuid_format(uuid_make(), id);
    const struct notice_put_in notice = {
        .id = text_of(id), .now = clock_now_ms(), .who = by, .what = what, .account = account};
    return notice_put(s->store, &notice, e) && journal(s, by, what, account, changes, count, e);
}

/* ---- account notice ---- */

static bool run_notice(struct op_call *call, struct err *e)
{
    (void)call;
    (void)e;
    return true;
}

static bool rows_open(struct op_call *call, struct notice_list *rows, struct err *e)
{
    return notice_list_open(call->session->store,
                            &(struct notice_list_in){.since = clock_now_ms() - ACCOUNT_NOTICE_DAYS * DAY_MS},
                            rows, e);
}

static void json_member(struct json *out, const char *key, struct text value)
{
    json_key(out, key);
    json_text(out, value);
}

static bool json_notice(struct op_call *call, struct json *out, struct err *e)
{
    struct notice_list rows;
    struct notice_list_row row;
    char at[25];
    if (!rows_open(call, &rows, e))
        return false;
    json_object(out);
    json_key(out, "items");
    json_array(out);
    while (notice_list_next(&rows, &row, e)) {
        clock_format(row.at_ms, at);
        json_object(out);
        json_member(out, "at", text_of(at));
        json_member(out, "by", row.who);
        json_member(out, "what", row.what);
        json_member(out, "account", row.account);
        json_object_end(out);
    }
    json_array_end(out);
    json_object_end(out);
    notice_list_close(&rows);
    return e->kind == NULL;
}

static bool show_notice(struct op_call *call, struct print *p, struct err *e)
{
    struct notice_list rows;
    struct notice_list_row row;
    char at[25];
    struct print_table *table = print_table_new(call->arena, 4);
    if (!rows_open(call, &rows, e))
        return false;
    print_table_head(table, call->lang == LANG_ZH ? (const char *const[]){"时间", "操作人", "操作", "账户"}
                                                  : (const char *const[]){"Time", "By", "What", "Account"});
    while (notice_list_next(&rows, &row, e)) {
        clock_format(row.at_ms, at);
        print_table_row(table, PRINT_PLAIN, (struct text[]){text_of(at), row.who, row.what, row.account});
    }
    notice_list_close(&rows);
    print_table_end(table, p);
    return e->kind == NULL;
}

const struct op account_notice_op = {
    .name = "account notice",
    .zh = "近7天的账户变动",
    .en = "what was done to accounts in the last 7 days",
    .needs = OP_NEEDS_DATABASE,
    .route = {.method = "GET", .path = "account/notice"},
    .run = run_notice,
    .json = json_notice,
    .show = show_notice,
};
