/* `account add`, `password`, `disable`, `token`, `list`: on the machine itself, by whoever owns the database.
 * Always holds: each act, its entry in the journal and its notice stand or fall together. */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/account/account.err.h"
#include "domain/account/account.sql.h"
#include "domain/account/parts.h"
#include "engine/record/record.err.h"

#define NAME_MAX_CHARACTERS 60
#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

static const struct op_parameter name_only[] = {ACCOUNT_WORD};
#define PASSWORD_FILE                                                                                        \
    {                                                                                                        \
        .name = "password-file", .type = OP_PATH, .value = "FILE", .zh = "存有密码的文件；不写则在终端输入", \
        .en = "a file that holds the password; else it is asked for on the terminal"                         \
    }

/* ---- checks ---- */

/* Letters of any script, digits, dot, hyphen, underscore. */
static bool is_name(struct text name)
{
    size_t count = 0;
    for (size_t at = 0; at < name.size; count++) {
        uint32_t c = text_next(name, &at);
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool han = (c >= 0x3400 && c <= 0x9FFF) || (c >= 0x20000 && c <= 0x3FFFF);
        if (!plain && !han && c != '.' && c != '-' && c != '_')
            return false;
    }
    return count > 0 && count <= NAME_MAX_CHARACTERS;
}

static bool role_check(const struct op_call *call, struct text role, struct err *e)
{
    const struct catalog *c = call->session->catalog;
    struct text known = TEXT("");
    if (catalog_role(c, role) != NULL)
        return true;
    for (size_t i = 0; i < c->role_count; i++)
        known = text_format(call->arena, "%.*s%s%.*s", TEXT_ARG(known), i > 0 ? ", " : "",
                            TEXT_ARG(c->roles[i].id));
    err_fail_text(e, &ACCOUNT_ROLE_UNKNOWN, "role", role);
    err_add(e, "known", known);
    return false;
}

/* Who acts for an account gives no rights beyond its own area. */
static bool area_check(struct op_call *call, struct text code, struct err *e)
{
    struct area area;
    if (text_is_empty(code))
        return err_fail_text(e, &RECORD_AREA, "code", code);
    return records_area(call->session->records, code, &area, e);
}

bool account_of_call(struct op_call *call, struct account_get_row *row, struct err *e)
{
    struct text name = op_value(call, "name")->s;
    bool found = false;
    if (!account_get(call->session->store, &(struct account_get_in){.name = name}, call->arena, row, &found,
                     e))
        return false;
    struct area area;
    if (!found || row->disabled)
        return err_fail_text(e, &ACCOUNT_UNKNOWN, "account", name);
    if (!area_of(row->area, &area, e))
        return false;
    return access_covers(records_actor(call->session->records), &area)
           || err_fail_text(e, &ACCOUNT_UNKNOWN, "account", name);
}

/* The new password, checked and hashed. */
static bool password_new(struct op_call *call, struct text area, struct text *hash_out, struct err *e)
{
    struct text password = TEXT_NONE;
    return password_ask(op_value(call, "password-file"), call->arena, call->lang, &password, e)
           && password_check(call->session, op_value(call, "name")->s, area, password, e)
           && password_hash(password, call->arena, hash_out, e);
}

static bool told(struct op_call *call, const struct journal_change *changes, size_t count, struct err *e)
{
    return account_told(call->session, call->by, text_of(call->op->name), op_value(call, "name")->s, changes,
                        count, e);
}

/* ---- account add ---- */

static const struct op_parameter add_parameters[] = {
    ACCOUNT_WORD,
    {.name = "role",
     .type = OP_TEXT,
     .required = true,
     .value = "ROLE",
     .zh = "角色，如 clerk、village_cadre、leader、auditor",
     .en = "the role, such as clerk, village_cadre, leader or auditor"},
    {.name = "area",
     .type = OP_AREA,
     .required = true,
     .value = "CODE",
     .zh = "负责的区划代码",
     .en = "its area"},
    PASSWORD_FILE,
};

static bool add_write(struct op_call *call, struct text hash, struct err *e)
{
    struct text name = op_value(call, "name")->s, role = op_value(call, "role")->s,
                area = op_value(call, "area")->s;
    struct account_get_row row;
    bool found = false;
    const struct journal_change changes[] = {{.field = TEXT("area"), .after = value_text(area)},
                                             {.field = TEXT("role"), .after = value_text(role)}};
    if (!account_get(call->session->store, &(struct account_get_in){.name = name}, call->arena, &row, &found,
                     e))
        return false;
    if (found)
        return err_fail_text(e, &ACCOUNT_EXISTS, "account", name);
    return account_put(call->session->store,
                       &(struct account_put_in){
                           .name = name, .role = role, .area = area, .password = hash, .now = clock_now_ms()},
                       e)
           && told(call, changes, COUNT_OF(changes), e);
}

static bool run_add(struct op_call *call, struct err *e)
{
    struct text name = op_value(call, "name")->s, hash = TEXT_NONE;
    if (!is_name(name))
        return err_fail_text(e, &ACCOUNT_NAME, "account", name);
    if (!role_check(call, op_value(call, "role")->s, e) || !area_check(call, op_value(call, "area")->s, e)
        || !password_new(call, op_value(call, "area")->s, &hash, e) || !store_begin(call->session->store, e))
        return false;
    return store_end(call->session->store, add_write(call, hash, e), e);
}

static bool json_name(struct op_call *call, struct json *out, struct err *e)
{
    (void)e;
    json_object(out);
    json_key(out, "account");
    json_text(out, op_value(call, "name")->s);
    json_object_end(out);
    return true;
}

static bool show_add(struct op_call *call, struct print *p, struct err *e)
{
    (void)e;
    print_line(p, PRINT_GOOD, print_say(p, "已添加账户“%.*s”。", "Added the account \"%.*s\"."),
               TEXT_ARG(op_value(call, "name")->s));
    print_next(p, "honghua serve 后即可登录", "it can log in once honghua serve runs");
    return true;
}

/* ---- account password ---- */

static const struct op_parameter password_parameters[] = {
    ACCOUNT_WORD,
    PASSWORD_FILE,
};

/* A new password ends what was begun with the old one. */
static bool password_write(struct op_call *call, struct text hash, struct err *e)
{
    struct store *db = call->session->store;
    struct text name = op_value(call, "name")->s;
    return account_password_put(
               db, &(struct account_password_put_in){.name = name, .password = hash, .now = clock_now_ms()},
               e)
           && session_end_all(db, &(struct session_end_all_in){.account = name}, e) && told(call, NULL, 0, e);
}

static bool run_password(struct op_call *call, struct err *e)
{
    struct account_get_row row;
    struct text hash = TEXT_NONE;
    if (!account_of_call(call, &row, e) || !password_new(call, row.area, &hash, e)
        || !store_begin(call->session->store, e))
        return false;
    return store_end(call->session->store, password_write(call, hash, e), e);
}

static bool show_password(struct op_call *call, struct print *p, struct err *e)
{
    (void)e;
    print_line(p, PRINT_GOOD,
               print_say(p, "账户“%.*s”的密码已修改，原有登录均已失效。",
                         "The password of \"%.*s\" was changed; its logins have ended."),
               TEXT_ARG(op_value(call, "name")->s));
    return true;
}

/* ---- account disable ---- */

static bool disable_write(struct op_call *call, struct err *e)
{
    struct store *db = call->session->store;
    struct text name = op_value(call, "name")->s;
    return account_disable(db, &(struct account_disable_in){.name = name, .now = clock_now_ms()}, e)
           && session_end_all(db, &(struct session_end_all_in){.account = name}, e)
           && token_end(db, &(struct token_end_in){.account = name}, e) && told(call, NULL, 0, e);
}

static bool run_disable(struct op_call *call, struct err *e)
{
    struct account_get_row row;
    if (!account_of_call(call, &row, e) || !store_begin(call->session->store, e))
        return false;
    return store_end(call->session->store, disable_write(call, e), e);
}

static bool show_disable(struct op_call *call, struct print *p, struct err *e)
{
    (void)e;
    print_line(p, PRINT_GOOD,
               print_say(p, "账户“%.*s”已停用，登录和令牌均已失效。",
                         "The account \"%.*s\" is disabled; its logins and tokens have ended."),
               TEXT_ARG(op_value(call, "name")->s));
    return true;
}

/* ---- account token ---- */

static const struct op_parameter token_parameters[] = {
    ACCOUNT_WORD,
    {.name = "days",
     .type = OP_INT,
     .value = "N",
     .zh = "有效天数，默认 90",
     .en = "how many days it is good for, default 90"},
};

static bool token_write(struct op_call *call, struct text token, int64_t days, struct err *e)
{
    struct secret_hash hash = secret_hash("token", token);
    struct text name = op_value(call, "name")->s;
    int64_t now = clock_now_ms();
    const struct journal_change change = {.field = TEXT("days"), .after = value_int(days)};
    return token_put(
               call->session->store,
               &(struct token_put_in){
                   .hash = secret_bytes(&hash), .account = name, .now = now, .expires = now + days * DAY_MS},
               e)
           && told(call, &change, 1, e);
}

static bool run_token(struct op_call *call, struct err *e)
{
    const struct op_value *days = op_value(call, "days");
    int64_t count = days->given ? days->n : ACCOUNT_TOKEN_DAYS;
    struct account_get_row row;
    struct text *token = arena_take(call->arena, sizeof *token);
    if (count < 1 || count > ACCOUNT_TOKEN_DAYS_MAX)
        return err_fail_int(e, &ACCOUNT_DAYS, "max", ACCOUNT_TOKEN_DAYS_MAX);
    if (token == NULL || (*token = secret_make(call->arena)).at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    call->result = token;
    if (!account_of_call(call, &row, e) || !store_begin(call->session->store, e))
        return false;
    return store_end(call->session->store, token_write(call, *token, count, e), e);
}

static bool json_token(struct op_call *call, struct json *out, struct err *e)
{
    (void)e;
    json_object(out);
    json_key(out, "token");
    json_text(out, *(const struct text *)call->result);
    json_object_end(out);
    return true;
}

static bool show_token(struct op_call *call, struct print *p, struct err *e)
{
    (void)e;
    print_line(p, PRINT_PLAIN, "%.*s", TEXT_ARG(*(const struct text *)call->result));
    print_next(p, "请立即保存：令牌不会再次显示", "keep it now: the token is not shown again");
    return true;
}

/* ---- account list ---- */

static bool run_list(struct op_call *call, struct err *e)
{
    (void)call;
    (void)e;
    return true;
}

/* The next account that whoever asks may know of. */
static bool list_next(struct op_call *call, struct account_all *rows, struct account_all_row *row,
                      struct err *e)
{
    while (account_all_next(rows, row, e)) {
        struct area area;
        if (!area_of(row->area, &area, e))
            return false;
        if (access_covers(records_actor(call->session->records), &area))
            return true;
    }
    return false;
}

static void json_member(struct json *out, const char *key, struct text value)
{
    json_key(out, key);
    json_text(out, value);
}

static bool json_list(struct op_call *call, struct json *out, struct err *e)
{
    struct account_all rows;
    struct account_all_row row;
    if (!account_all_open(call->session->store, &rows, e))
        return false;
    json_object(out);
    json_key(out, "accounts");
    json_array(out);
    while (list_next(call, &rows, &row, e)) {
        char made[25];
        clock_format(row.made_ms, made);
        json_object(out);
        json_member(out, "account", row.name);
        json_member(out, "role", row.role);
        json_member(out, "area", row.area);
        json_key(out, "disabled");
        json_bool(out, row.disabled);
        json_key(out, "password");
        json_bool(out, row.has_password);
        json_key(out, "code");
        json_bool(out, row.has_totp);
        json_member(out, "made", text_of(made));
        json_object_end(out);
    }
    json_array_end(out);
    json_object_end(out);
    account_all_close(&rows);
    return e->kind == NULL;
}

static bool show_list(struct op_call *call, struct print *p, struct err *e)
{
    struct account_all rows;
    struct account_all_row row;
    struct print_table *table = print_table_new(call->arena, 4);
    if (!account_all_open(call->session->store, &rows, e))
        return false;
    print_table_head(table, call->lang == LANG_ZH
                                ? (const char *const[]){"账户", "角色", "区划", "状态"}
                                : (const char *const[]){"Account", "Role", "Area", "State"});
    while (list_next(call, &rows, &row, e)) {
        const struct catalog_role *role = catalog_role(call->session->catalog, row.role);
        struct text state = text_of(row.disabled        ? print_say(p, "已停用", "disabled")
                                    : !row.has_password ? print_say(p, "无密码", "no password")
                                                        : print_say(p, "在用", "in use"));
        print_table_row(table, row.disabled ? PRINT_FAINT : PRINT_PLAIN,
                        (struct text[]){row.name, role == NULL ? row.role : label_in(role->label, call->lang),
                                        row.area, state});
    }
    account_all_close(&rows);
    print_table_end(table, p);
    print_next(p, "honghua account add 名称 --role 角色 --area 区划代码 添加账户",
               "honghua account add NAME --role ROLE --area CODE adds one");
    return e->kind == NULL;
}

#define ACCOUNT_OP(ident, words, chinese, english, list, run_of, json_of, show_of)                           \
    const struct op ident = {.name = words,                                                                  \
                             .zh = chinese,                                                                  \
                             .en = english,                                                                  \
                             .parameters = list,                                                             \
                             .count = COUNT_OF(list),                                                        \
                             .needs = OP_NEEDS_KEY,                                                          \
                             .writes = true,                                                                 \
                             .run = run_of,                                                                  \
                             .json = json_of,                                                                \
                             .show = show_of}

ACCOUNT_OP(account_add_op, "account add", "添加账户", "add an account", add_parameters, run_add, json_name,
           show_add);
ACCOUNT_OP(account_password_op, "account password", "修改账户密码", "change an account's password",
           password_parameters, run_password, json_name, show_password);
ACCOUNT_OP(account_disable_op, "account disable", "停用账户", "disable an account", name_only, run_disable,
           json_name, show_disable);
ACCOUNT_OP(account_token_op, "account token", "为程序生成访问令牌", "make a token for a program",
           token_parameters, run_token, json_token, show_token);
const struct op account_list_op = {
    .name = "account list",
    .zh = "查看全部账户",
    .en = "all accounts",
    .needs = OP_NEEDS_DATABASE,
    .run = run_list,
    .json = json_list,
    .show = show_list,
};
