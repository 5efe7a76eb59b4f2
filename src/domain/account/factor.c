/* The second factor: `account totp`, and its code at login. Always holds: the key lies sealed in the database
 * and is shown once; a step counts once. */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/account/account.err.h"
#include "domain/account/account.sql.h"
#include "domain/account/parts.h"
#include "domain/account/totp.h"
#include "engine/record/record.err.h"
#include <sodium.h>

#define SEALED_TABLE "account"
#define SEALED_COLUMN "totp"
#define BASE32_SIZE (TOTP_KEY_SIZE / 5 * 8)

bool factor_check(struct session *s, struct text name, struct text sealed, int64_t used, struct text code,
                  int64_t now, struct arena *a, int64_t *step_out, bool *right_out, struct err *e)
{
    struct text key;
    if (s->vault == NULL)
        return err_fail(e, &RECORD_KEY_ABSENT);
    if (!vault_unseal(s->vault, a, SEALED_TABLE, SEALED_COLUMN, name, sealed, &key, e))
        return false;
    *right_out = totp_matches(key, code, now, used, step_out);
    return true;
}

static const struct op_parameter parameters[] = {
    ACCOUNT_WORD,
    {.name = "off", .type = OP_FLAG, .zh = "不再要求动态验证码", .en = "ask for no code any more"},
};

struct factor {
    char base32[BASE32_SIZE + 1];
    struct text uri;
};

/* Ends what was begun without it, too. */
static bool write_factor(struct op_call *call, struct text sealed, struct err *e)
{
    struct store *db = call->session->store;
    struct text name = op_value(call, "name")->s;
    return account_totp_put(
               db, &(struct account_totp_put_in){.name = name, .totp = sealed, .now = clock_now_ms()}, e)
           && session_end_all(db, &(struct session_end_all_in){.account = name}, e)
           && account_told(call->session, call->by, text_of(call->op->name), name, NULL, 0, e);
}

static bool make(struct op_call *call, struct factor *f, struct text *sealed_out, struct err *e)
{
    struct text name = op_value(call, "name")->s;
    unsigned char key[TOTP_KEY_SIZE];
    const struct text bytes = {(const char *)key, sizeof key};
    random_fill(key, sizeof key);
    totp_base32(bytes, f->base32);
    f->uri =
        text_format(call->arena, "otpauth://totp/Honghua:%.*s?secret=%s&issuer=Honghua&digits=%d&period=%d",
                    TEXT_ARG(name), f->base32, TOTP_DIGITS, TOTP_STEP);
    *sealed_out = vault_seal(call->session->vault, call->arena, SEALED_TABLE, SEALED_COLUMN, name, bytes);
    sodium_memzero(key, sizeof key);
    return (f->uri.at != NULL && sealed_out->at != NULL) || err_fail(e, &OUT_OF_MEMORY);
}

static bool run_totp(struct op_call *call, struct err *e)
{
    struct factor *f = arena_take(call->arena, sizeof *f);
    struct account_get_row row;
    struct text sealed = TEXT_NONE;
    if (f == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    call->result = f;
    if (!account_of_call(call, &row, e) || (!op_value(call, "off")->given && !make(call, f, &sealed, e))
        || !store_begin(call->session->store, e))
        return false;
    return store_end(call->session->store, write_factor(call, sealed, e), e);
}

static bool json_totp(struct op_call *call, struct json *out, struct err *e)
{
    const struct factor *f = call->result;
    (void)e;
    json_object(out);
    json_key(out, "account");
    json_text(out, op_value(call, "name")->s);
    json_key(out, "secret");
    json_text(out, f->uri.at != NULL ? text_of(f->base32) : TEXT_NONE);
    json_key(out, "uri");
    json_text(out, f->uri);
    json_object_end(out);
    return true;
}

static bool show_totp(struct op_call *call, struct print *p, struct err *e)
{
    const struct factor *f = call->result;
    (void)e;
    if (f->uri.at == NULL) {
        print_line(p, PRINT_WARN,
                   print_say(p, "账户“%.*s”不再要求动态验证码。", "\"%.*s\" is asked for no code any more."),
                   TEXT_ARG(op_value(call, "name")->s));
        return true;
    }
    print_line(p, PRINT_PLAIN, "%s", f->base32);
    print_line(p, PRINT_PLAIN, "%.*s", TEXT_ARG(f->uri));
    print_next(
        p, "请立即录入验证器：密钥不会再次显示，今后登录须填写验证码",
        "enter it in the authenticator now: it is not shown again, and logins ask for the code from now on");
    return true;
}

const struct op account_totp_op = {
    .name = "account totp",
    .zh = "为账户启用动态验证码",
    .en = "ask an account for a code as well",
    .parameters = parameters,
    .count = COUNT_OF(parameters),
    .needs = OP_NEEDS_KEY,
    .writes = true,
    .run = run_totp,
    .json = json_totp,
    .show = show_totp,
};
