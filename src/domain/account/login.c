/* Logging in, and telling whose a session or token is. Always holds: whatever is wrong with an account, the
 * same work is done and the same is answered. */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/account/account.err.h"
#include "domain/account/account.sql.h"
#include "domain/account/parts.h"

#define MINUTE_MS ((int64_t)60 * 1000)
#define IDLE_MS (ACCOUNT_IDLE_MINUTES * MINUTE_MS)
#define SESSION_MS (ACCOUNT_SESSION_HOURS * 60 * MINUTE_MS)
#define TEXTS_MAX 65536

/* ---- accounts ---- */

/* The account of a row of its table, as who acts. false, without an error: its role or area is of no use. */
static bool actor_make(const struct session *s, struct text name, const struct account_get_row *row,
                       struct arena *a, struct actor *out)
{
    struct err ignored = {.kind = NULL};
    *out = (struct actor){.account = text_copy(a, name),
                          .role = catalog_role(s->catalog, row->role),
                          .area_code = text_copy(a, row->area)};
    /* An empty area would be everything. */
    return out->account.at != NULL && out->area_code.at != NULL && out->role != NULL && row->area.size > 0
           && area_of(row->area, &out->area, &ignored);
}

static bool account_read(struct session *s, struct text name, struct arena *a, struct account_get_row *row,
                         bool *found_out, struct err *e)
{
    return account_get(s->store, &(struct account_get_in){.name = name}, a, row, found_out, e);
}

bool account_exists_any(struct session *s, bool *out, struct err *e)
{
    struct account_any_row row;
    struct arena scratch;
    arena_init(&scratch, TEXTS_MAX);
    bool good = account_any(s->store, &scratch, &row, out, e);
    arena_clear(&scratch);
    return good;
}

bool account_named(struct session *s, struct text name, struct arena *a, struct actor *out, struct err *e)
{
    struct account_get_row row;
    bool found;
    if (!account_read(s, name, a, &row, &found, e))
        return false;
    if (!found || row.disabled)
        return err_fail_text(e, &ACCOUNT_UNKNOWN, "account", name);
    if (actor_make(s, name, &row, a, out))
        return true;
    err_fail_text(e, &ACCOUNT_ROLE_UNKNOWN, "role", row.role);
    err_add(e, "known", TEXT("honghua policy show"));
    return false;
}

/* ---- logging in ---- */

/* What a login found; the row is only looked at when `known`. */
struct attempt {
    const struct account_login *with;
    struct account_get_row row;
    bool known, right;
    bool code_missing;
    int64_t step; /* of the code; 0: there is no second factor */
    struct actor actor;
    int64_t now;
};

/* With a second factor the password alone is not enough. */
static bool code_check(struct session *s, struct attempt *t, struct arena *a, struct err *e)
{
    t->code_missing = text_is_empty(t->with->code);
    if (t->code_missing) {
        t->right = false;
        return true;
    }
    return factor_check(s, t->with->name, t->row.totp, t->row.totp_step, t->with->code, t->now, a, &t->step,
                        &t->right, e);
}

static bool attempt_check(struct session *s, struct attempt *t, struct arena *a, struct err *e)
{
    bool found = false, matches = false;
    if (!account_read(s, t->with->name, a, &t->row, &found, e))
        return false;
    t->known = found && !t->row.disabled && actor_make(s, t->with->name, &t->row, a, &t->actor);
    if (!password_verify(t->known ? t->row.password : TEXT_NONE, t->with->password, &matches, e))
        return false;
    t->right = t->known && matches;
    return !t->right || t->row.totp.at == NULL || code_check(s, t, a, e);
}

/* A guess too many ends the password, and the administrators hear of it. */
static bool password_end(struct session *s, struct attempt *t, struct err *e)
{
    if (!t->known || t->row.password.at == NULL || t->row.failures + 1 < ACCOUNT_GUESSES_MAX)
        return true;
    if (!account_password_put(
            s->store,
            &(struct account_password_put_in){.name = t->with->name, .password = TEXT_NONE, .now = t->now},
            e))
        return false;
    return account_told(s, TEXT("honghua"), TEXT("account guessed"), t->with->name, NULL, 0, e);
}

static bool wrong_write(struct session *s, struct attempt *t, struct err *e)
{
    return account_failed(s->store, &(struct account_failed_in){.name = t->with->name}, e)
           && password_end(s, t, e);
}

/* Of two that come with the same code one is the second. */
static bool step_use(struct session *s, const struct attempt *t, struct err *e)
{
    if (t->step == 0)
        return true;
    if (!account_totp_used(s->store, &(struct account_totp_used_in){.name = t->with->name, .step = t->step},
                           e))
        return false;
    return store_changes(s->store) == 1 || err_fail(e, &ACCOUNT_LOGIN);
}

static bool login_write(struct session *s, struct attempt *t, struct text secret, struct err *e)
{
    struct secret_hash hash = secret_hash("session", secret), source = secret_hash("source", t->with->source);
    const struct session_put_in row = {.hash = secret_bytes(&hash),
                                       .account = t->with->name,
                                       .source = secret_bytes(&source),
                                       .now = t->now};
    return step_use(s, t, e) && guess_forget(s, t->with, e)
           && account_succeeded(s->store, &(struct account_succeeded_in){.name = t->with->name}, e)
           && session_sweep(s->store, &(struct session_sweep_in){.before = t->now - SESSION_MS}, e)
           && session_put(s->store, &row, e);
}

bool account_login(struct session *s, const struct account_login *with, struct arena *a,
                   struct actor *actor_out, struct text *secret_out, struct err *e)
{
    struct attempt t = {.with = with, .now = clock_now_ms()};
    if (!guess_begin(s, with, t.now, e) || !attempt_check(s, &t, a, e))
        return false;
    if (t.code_missing)
        return err_fail(e, &ACCOUNT_CODE);
    struct text secret = secret_make(a);
    if (secret.at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!store_begin(s->store, e))
        return false;
    if (!store_end(s->store, t.right ? login_write(s, &t, secret, e) : wrong_write(s, &t, e), e))
        return false;
    if (!t.right)
        return err_fail(e, &ACCOUNT_LOGIN);
    *actor_out = t.actor;
    *secret_out = secret;
    return true;
}

/* ---- whose it is ---- */

/* The account behind a session or token, as it is now; ACCOUNT_SESSION where it may do nothing any more. */
static bool actor_now(struct session *s, struct text name, struct arena *a, struct actor *out, struct err *e)
{
    struct account_get_row row;
    bool found = false;
    if (!account_read(s, name, a, &row, &found, e))
        return false;
    return (found && !row.disabled && actor_make(s, name, &row, a, out)) || err_fail(e, &ACCOUNT_SESSION);
}

/* That a session is in use is written only now and then, and no request fails for want of it. */
static void touch(struct session *s, const struct secret_hash *hash, int64_t now)
{
    struct err ignored = {.kind = NULL};
    if (store_in_transaction(s->store))
        return;
    store_wait(s->store, 0);
    if (store_begin(s->store, &ignored))
        (void)store_end(s->store,
                        session_used(s->store,
                                     &(struct session_used_in){.hash = secret_bytes(hash), .now = now},
                                     &ignored),
                        &ignored);
    store_wait(s->store, STORE_WAIT_MS);
}

static bool is_alive(const struct session_get_row *row, struct text source, int64_t now)
{
    struct secret_hash from = secret_hash("source", source);
    return now - row->begun_ms < SESSION_MS && now - row->used_ms < IDLE_MS
           && (source.at == NULL || text_equal(row->source, secret_bytes(&from)));
}

bool account_by_session(struct session *s, struct text secret, struct text source, struct arena *a,
                        struct actor *out, struct err *e)
{
    struct secret_hash hash = secret_hash("session", secret);
    struct session_get_row row;
    bool found = false;
    int64_t now = clock_now_ms();
    if (!session_get(s->store, &(struct session_get_in){.hash = secret_bytes(&hash)}, a, &row, &found, e))
        return false;
    if (!found || !is_alive(&row, source, now))
        return err_fail(e, &ACCOUNT_SESSION);
    if (!actor_now(s, row.account, a, out, e))
        return false;
    if (now - row.used_ms >= MINUTE_MS)
        touch(s, &hash, now);
    return true;
}

bool account_by_token(struct session *s, struct text token, struct arena *a, struct actor *out, struct err *e)
{
    struct secret_hash hash = secret_hash("token", token);
    struct token_get_row row;
    bool found = false;
    if (!token_get(s->store, &(struct token_get_in){.hash = secret_bytes(&hash)}, a, &row, &found, e))
        return false;
    if (!found || row.expires_ms <= clock_now_ms())
        return err_fail(e, &ACCOUNT_SESSION);
    return actor_now(s, row.account, a, out, e);
}

bool account_logout(struct session *s, struct text secret, struct err *e)
{
    struct secret_hash hash = secret_hash("session", secret);
    return store_begin(s->store, e)
           && store_end(s->store,
                        session_end(s->store, &(struct session_end_in){.hash = secret_bytes(&hash)}, e), e);
}
