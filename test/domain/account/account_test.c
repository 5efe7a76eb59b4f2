/* Accounts: made on the machine, logging in, sessions and tokens, wrong guesses; what ends each of them. */
#include "base/system.h"
#include "database.h"
#include "domain/account/account.err.h"
#include "domain/account/account.h"
#include "domain/account/parts.h"
#include "domain/account/totp.h"
#include "engine/record/record.err.h"
#include "test.h"
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define GOOD "Kiesel Lorbeer Amsel Pfad"
#define SECOND_MS ((int64_t)1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define NOON ((int64_t)1767225600000) /* 2026-01-01 */

static char folder[64], db[96], key[96];
static struct session session;
static struct arena arena;

/* ---- the office ---- */

static int open_office(void **state)
{
    struct err e = {0};
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/honghua-account-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(db, sizeof db, "%s/a.db", folder);
    snprintf(key, sizeof key, "%s/a.key", folder);
    database_prepare(db);
    const struct session_options options = {
        .db = text_of(database_at(db)), .key_file = text_of(key), .write = true};
    assert_done(session_init(&session, &options, TEXT("henan"), TEXT("411622104"), &e), &e);
    arena_init(&arena, 256u << 20);
    return 0;
}

static int close_office(void **state)
{
    char command[128];
    (void)state;
    clock_turn(-1);
    session_close(&session);
    arena_clear(&arena);
    database_remove(db);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static int noon(void **state)
{
    (void)state;
    clock_turn(NOON);
    return 0;
}

static const struct op *op_named(const char *name)
{
    for (size_t i = 0; i < account_ops.count; i++)
        if (strcmp(account_ops.at[i]->name, name) == 0)
            return account_ops.at[i];
    fail_msg("no operation %s", name);
    return NULL;
}

/* One parameter and its value. */
struct given {
    const char *name, *value;
};

static bool run(const char *name, const struct given *given, size_t count, struct op_call *call,
                struct err *e)
{
    const struct op *op = op_named(name);
    struct op_value *values = arena_take_many(&arena, op->count + 1, sizeof *values);
    *call = (struct op_call){
        .op = op, .values = values, .arena = &arena, .session = &session, .by = TEXT("owner:test")};
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < op->count; k++)
            if (strcmp(op->parameters[k].name, given[i].name) == 0) {
                values[k] = (struct op_value){.given = true, .s = text_of(given[i].value)};
                if (op->parameters[k].type == OP_INT)
                    values[k].n = strtoll(given[i].value, NULL, 10);
            }
    return op->run(call, e);
}

static const char *password_file(const char *password)
{
    static char path[128];
    struct err e = {0};
    snprintf(path, sizeof path, "%s/password", folder);
    assert_done(file_write(path, text_of(password), 0600, &e), &e);
    return path;
}

static bool add_with(const char *name, const char *role, const char *area, const char *password,
                     struct err *e)
{
    const struct given given[] = {
        {"name", name}, {"role", role}, {"area", area}, {"password-file", password_file(password)}};
    struct op_call call;
    return run("account add", given, 4, &call, e);
}

static void add(const char *name)
{
    struct err e = {0};
    assert_done(add_with(name, "clerk", "411622104", GOOD "\n", &e), &e);
}

static bool on_name(const char *operation, const char *name, struct err *e)
{
    struct op_call call;
    const struct given given[] = {{"name", name}};
    return run(operation, given, 1, &call, e);
}

static struct text token_of(const char *name, const char *days)
{
    struct err e = {0};
    struct op_call call;
    const struct given given[] = {{"name", name}, {"days", days}};
    assert_done(run("account token", given, days == NULL ? 1 : 2, &call, &e), &e);
    return *(const struct text *)call.result;
}

static bool login_from(const char *name, const char *password, const char *source, struct text *secret,
                       struct err *e)
{
    struct actor actor;
    const struct account_login with = {
        .name = text_of(name), .password = text_of(password), .source = text_of(source)};
    return account_login(&session, &with, &arena, &actor, secret, e);
}

static struct text login(const char *name)
{
    struct err e = {0};
    struct text secret = TEXT_NONE;
    assert_done(login_from(name, GOOD, "10.0.0.1", &secret, &e), &e);
    return secret;
}

static bool session_is(struct text secret, const char *source, struct err *e)
{
    struct actor actor;
    return account_by_session(&session, secret, text_of(source), &arena, &actor, e);
}

static bool token_is(struct text token, struct err *e)
{
    struct actor actor;
    return account_by_token(&session, token, &arena, &actor, e);
}

/* ---- adding ---- */

static void until_the_first_there_is_none(void **state)
{
    struct err e = {0};
    bool any = true;
    (void)state;
    assert_done(account_exists_any(&session, &any, &e), &e);
    assert_false(any);
    add("first");
    assert_done(account_exists_any(&session, &any, &e), &e);
    assert_true(any);
}

static void an_account_is_refused_by_name_role_area_and_when_it_exists(void **state)
{
    static const struct {
        const char *name, *role, *area;
        const struct err_kind *kind;
    } wrong[] = {
        {"a b", "clerk", "411622104", &ACCOUNT_NAME},
        {"<script>", "clerk", "411622104", &ACCOUNT_NAME},
        {"", "clerk", "411622104", &ACCOUNT_NAME},
        {"owner:root", "clerk", "411622104", &ACCOUNT_NAME},
        {"wang", "Clerk", "411622104", &ACCOUNT_ROLE_UNKNOWN},
        {"wang", "root", "411622104", &ACCOUNT_ROLE_UNKNOWN},
        {"wang", "clerk", "123", &RECORD_AREA},
        {"wang", "clerk", "990000", &RECORD_AREA_UNKNOWN},
        {"wang", "clerk", "", &RECORD_AREA},
    };
    struct err e = {0};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_false(add_with(wrong[i].name, wrong[i].role, wrong[i].area, GOOD, &e));
        assert_string_equal(e.kind->code, wrong[i].kind->code);
        err_clear(&e);
    }
    add("王小明");
    assert_refused(add_with("王小明", "clerk", "411622104", GOOD, &e), &e, ACCOUNT_EXISTS);
}

static void a_password_is_long_own_and_text(void **state)
{
    static const struct {
        const char *password;
        const struct err_kind *kind; /* NULL: taken */
    } cases[] = {
        {GOOD, NULL},
        {"correct horse clerk-li battery", NULL},
        {"我家门前有两棵树一棵是枣树另一棵", NULL},
        {"x7Kp2mQ9vT4wZ8s", NULL},
        {"fourteen chars", &ACCOUNT_PASSWORD_SHORT},
        {"红花集镇红花集镇", &ACCOUNT_PASSWORD_SHORT},
        {"", &ACCOUNT_PASSWORD_SHORT},
        {"clerk-liclerk-liclerk-li", &ACCOUNT_PASSWORD_COMMON},
        {"honghua honghua honghua", &ACCOUNT_PASSWORD_COMMON},
        {"红花集镇红花集镇红花集镇红花集镇2026", &ACCOUNT_PASSWORD_COMMON},
        {"PasswordPassword1", &ACCOUNT_PASSWORD_COMMON},
        {"123456789012345678", &ACCOUNT_PASSWORD_COMMON},
        {"aaaaaaaaaaaaaaaaaaaa", &ACCOUNT_PASSWORD_COMMON},
        {"abcdefghijklmnopqrstuvwxyz", &ACCOUNT_PASSWORD_COMMON},
        {"qwertyuiopasdfghjkl", &ACCOUNT_PASSWORD_COMMON},
        {"\xff\xfe broken text that is long", &ACCOUNT_PASSWORD_LONG},
    };
    struct err e = {0};
    char longest[ACCOUNT_PASSWORD_MAX + 2];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool taken =
            password_check(&session, TEXT("clerk-li"), TEXT("411622104"), text_of(cases[i].password), &e);
        if (taken != (cases[i].kind == NULL) || (!taken && e.kind != cases[i].kind))
            fail_msg("case %zu: %s", i, taken ? "taken" : e.kind->code);
        err_clear(&e);
    }
    for (size_t i = 0; i < sizeof longest; i++)
        longest[i] = (char)('a' + i * 7 % 26);
    assert_done(password_check(&session, TEXT("li"), TEXT("411622104"),
                               (struct text){longest, ACCOUNT_PASSWORD_MAX}, &e),
                &e);
    assert_refused(password_check(&session, TEXT("li"), TEXT("411622104"),
                                  (struct text){longest, ACCOUNT_PASSWORD_MAX + 1}, &e),
                   &e, ACCOUNT_PASSWORD_LONG);
}

static void without_a_terminal_a_password_comes_from_a_file(void **state)
{
    struct err e = {0};
    struct op_call call;
    const struct given given[] = {{"name", "nofile"}, {"role", "clerk"}, {"area", "411622104"}};
    (void)state;
    if (isatty(STDIN_FILENO) == 1)
        skip();
    assert_refused(run("account add", given, 3, &call, &e), &e, ACCOUNT_NO_TERMINAL);
}

/* ---- logging in ---- */

static void a_login_gives_a_session_that_is_the_account(void **state)
{
    struct err e = {0};
    struct actor actor;
    (void)state;
    assert_done(add_with("cadre", "village_cadre", "411622104208", GOOD, &e), &e);
    struct text secret = login("cadre"), other = login("cadre");
    assert_int_equal(secret.size, ACCOUNT_SECRET_SIZE);
    assert_false(text_equal(secret, other));
    assert_done(account_by_session(&session, secret, TEXT_NONE, &arena, &actor, &e), &e);
    assert_text(actor.account, "cadre");
    assert_text(actor.role->id, "village_cadre");
    assert_text(actor.area_code, "411622104208");
    assert_string_equal(actor.area.lo, "411622104208");
    assert_string_equal(actor.area.hi, "411622104209");
    assert_done(account_logout(&session, secret, &e), &e);
    assert_refused(session_is(secret, NULL, &e), &e, ACCOUNT_SESSION);
    assert_done(session_is(other, NULL, &e), &e);
    assert_refused(session_is(TEXT(""), NULL, &e), &e, ACCOUNT_SESSION);
    assert_refused(session_is(TEXT("x"), NULL, &e), &e, ACCOUNT_SESSION);
    assert_done(account_logout(&session, TEXT("never was"), &e), &e);
}

static void whatever_is_wrong_with_an_account_the_answer_is_the_same(void **state)
{
    struct err e = {0};
    struct text secret = TEXT_NONE;
    (void)state;
    add("right");
    add("gone");
    assert_done(on_name("account disable", "gone", &e), &e);
    assert_refused(login_from("right", "wrong wrong wrong", "10.1.0.1", &secret, &e), &e, ACCOUNT_LOGIN);
    assert_refused(login_from("gone", GOOD, "10.1.0.1", &secret, &e), &e, ACCOUNT_LOGIN);
    assert_refused(login_from("nobody", GOOD, "10.1.0.1", &secret, &e), &e, ACCOUNT_LOGIN);
    assert_refused(login_from("right", "", "10.1.0.1", &secret, &e), &e, ACCOUNT_LOGIN);
    assert_refused(login_from("", "", "10.1.0.1", &secret, &e), &e, ACCOUNT_LOGIN);
    assert_null(secret.at);
}

static void wrong_guesses_from_one_source_wait_longer_and_hold_up_nobody_else(void **state)
{
    static const int64_t waits[] = {0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900};
    struct err e = {0};
    struct text secret;
    int64_t now = NOON;
    (void)state;
    add("guessed");
    add("colleague");
    for (size_t i = 0; i < COUNT_OF(waits); i++) {
        assert_refused(login_from("guessed", "a wrong one, no more", "10.2.0.1", &secret, &e), &e,
                       ACCOUNT_LOGIN);
        if (waits[i] == 0)
            continue;
        clock_turn(now + waits[i] * SECOND_MS - 1);
        assert_false(login_from("guessed", GOOD, "10.2.0.1", &secret, &e));
        assert_true(err_is(&e, &ACCOUNT_THROTTLED));
        assert_string_equal(e.field[0].name, "seconds");
        assert_int_equal(e.field[0].n, 1);
        err_clear(&e);
        assert_done(login_from("guessed", GOOD, "10.2.0.2", &secret, &e), &e);
        assert_done(login_from("colleague", GOOD, "10.2.0.1", &secret, &e), &e);
        now += waits[i] * SECOND_MS;
        clock_turn(now);
    }
    assert_done(login_from("guessed", GOOD, "10.2.0.1", &secret, &e), &e);
    assert_refused(login_from("guessed", "a wrong one, no more", "10.2.0.1", &secret, &e), &e, ACCOUNT_LOGIN);
    assert_done(login_from("guessed", GOOD, "10.2.0.1", &secret, &e), &e);
}

static void names_that_nobody_has_wait_as_others_do(void **state)
{
    struct err e = {0};
    struct text secret;
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_refused(login_from("no-such", "a wrong one, no more", "10.3.0.1", &secret, &e), &e,
                       ACCOUNT_LOGIN);
    assert_refused(login_from("no-such", "a wrong one, no more", "10.3.0.1", &secret, &e), &e,
                   ACCOUNT_THROTTLED);
}

/* As many wrong guesses in a row as that; each would take a tenth of a second. */
static void guessed(const char *name, int failures)
{
    char sql[128];
    snprintf(sql, sizeof sql, "UPDATE account SET failures = %d WHERE name = '%s'", failures, name);
    database_sql(db, sql, NULL, NULL);
}

static void a_hundred_wrong_guesses_end_the_password_and_not_the_token(void **state)
{
    struct err e = {0};
    struct text secret;
    char source[32];
    (void)state;
    add("hunted");
    struct text token = token_of("hunted", NULL);
    guessed("hunted", ACCOUNT_GUESSES_MAX - 3);
    for (int i = 0; i < 2; i++) {
        snprintf(source, sizeof source, "10.4.0.%d", i);
        assert_refused(login_from("hunted", "a wrong one, no more", source, &secret, &e), &e, ACCOUNT_LOGIN);
    }
    assert_done(login_from("hunted", GOOD, "10.4.1.1", &secret, &e), &e); /* begins a new row */
    assert_refused(login_from("hunted", "a wrong one, no more", "10.4.0.9", &secret, &e), &e, ACCOUNT_LOGIN);
    assert_done(login_from("hunted", GOOD, "10.4.1.1", &secret, &e), &e);
    for (int i = 0; i < 2; i++) { /* the second ends it */
        assert_refused(login_from("hunted", "a wrong one, no more", "10.4.2.1", &secret, &e), &e,
                       ACCOUNT_LOGIN);
        if (i == 0)
            guessed("hunted", ACCOUNT_GUESSES_MAX - 1);
    }
    assert_refused(login_from("hunted", GOOD, "10.4.1.1", &secret, &e), &e, ACCOUNT_LOGIN);
    assert_done(token_is(token, &e), &e);
    struct op_call call;
    const struct given given[] = {{"name", "hunted"},
                                  {"password-file", password_file("Ein ganz neuer langer Satz")}};
    assert_done(run("account password", given, 2, &call, &e), &e);
    assert_done(login_from("hunted", "Ein ganz neuer langer Satz", "10.4.1.2", &secret, &e), &e);
}

/* ---- what ends ---- */

static void a_session_ends_when_it_is_idle_and_after_twelve_hours(void **state)
{
    struct err e = {0};
    (void)state;
    add("idle");
    struct text secret = login("idle");
    clock_turn(NOON + ACCOUNT_IDLE_MINUTES * MINUTE_MS - 1);
    assert_done(session_is(secret, NULL, &e), &e); /* and begins its idle time anew */
    clock_turn(NOON + 2 * ACCOUNT_IDLE_MINUTES * MINUTE_MS - 2);
    assert_done(session_is(secret, NULL, &e), &e);
    clock_turn(NOON + 3 * ACCOUNT_IDLE_MINUTES * MINUTE_MS);
    assert_refused(session_is(secret, NULL, &e), &e, ACCOUNT_SESSION);
    clock_turn(NOON);
    secret = login("idle");
    for (int64_t at = NOON; at < NOON + ACCOUNT_SESSION_HOURS * HOUR_MS; at += 20 * MINUTE_MS) {
        clock_turn(at);
        assert_done(session_is(secret, NULL, &e), &e);
    }
    clock_turn(NOON + ACCOUNT_SESSION_HOURS * HOUR_MS);
    assert_refused(session_is(secret, NULL, &e), &e, ACCOUNT_SESSION);
}

static void a_session_from_another_address_is_refused_where_that_is_asked(void **state)
{
    struct err e = {0};
    (void)state;
    add("moved");
    struct text secret = login("moved");
    assert_done(session_is(secret, "10.0.0.1", &e), &e);
    assert_refused(session_is(secret, "10.0.0.2", &e), &e, ACCOUNT_SESSION);
    assert_done(session_is(secret, NULL, &e), &e);
}

static void a_disabled_account_ends_at_once(void **state)
{
    struct err e = {0};
    struct actor actor;
    struct text secret;
    (void)state;
    add("leaver");
    struct text mine = login("leaver"), token = token_of("leaver", NULL);
    assert_done(token_is(token, &e), &e);
    assert_done(on_name("account disable", "leaver", &e), &e);
    assert_refused(session_is(mine, NULL, &e), &e, ACCOUNT_SESSION);
    assert_refused(token_is(token, &e), &e, ACCOUNT_SESSION);
    assert_refused(login_from("leaver", GOOD, "10.5.0.1", &secret, &e), &e, ACCOUNT_LOGIN);
    assert_refused(account_named(&session, TEXT("leaver"), &arena, &actor, &e), &e, ACCOUNT_UNKNOWN);
    assert_refused(on_name("account disable", "leaver", &e), &e, ACCOUNT_UNKNOWN);
    assert_refused(on_name("account token", "leaver", &e), &e, ACCOUNT_UNKNOWN);
}

static void a_new_password_ends_the_logins_of_the_old_one(void **state)
{
    struct err e = {0};
    struct op_call call;
    struct text secret;
    (void)state;
    add("changes");
    struct text before = login("changes");
    const struct given given[] = {{"name", "changes"},
                                  {"password-file", password_file("Ein ganz neuer langer Satz")}};
    assert_done(run("account password", given, 2, &call, &e), &e);
    assert_refused(session_is(before, NULL, &e), &e, ACCOUNT_SESSION);
    assert_refused(login_from("changes", GOOD, "10.6.0.1", &secret, &e), &e, ACCOUNT_LOGIN);
    assert_done(login_from("changes", "Ein ganz neuer langer Satz", "10.6.0.1", &secret, &e), &e);
    const struct given nobody[] = {{"name", "no-such"}, {"password-file", password_file(GOOD)}};
    assert_refused(run("account password", nobody, 2, &call, &e), &e, ACCOUNT_UNKNOWN);
}

static void a_token_is_good_for_its_days(void **state)
{
    struct err e = {0};
    struct op_call call;
    (void)state;
    add("program");
    struct text token = token_of("program", NULL), brief = token_of("program", "1");
    assert_int_equal(token.size, ACCOUNT_SECRET_SIZE);
    clock_turn(NOON + 24 * HOUR_MS - 1);
    assert_done(token_is(brief, &e), &e);
    clock_turn(NOON + 24 * HOUR_MS);
    assert_refused(token_is(brief, &e), &e, ACCOUNT_SESSION);
    clock_turn(NOON + ACCOUNT_TOKEN_DAYS * 24 * HOUR_MS - 1);
    assert_done(token_is(token, &e), &e);
    clock_turn(NOON + ACCOUNT_TOKEN_DAYS * 24 * HOUR_MS);
    assert_refused(token_is(token, &e), &e, ACCOUNT_SESSION);
    const struct given none[] = {{"name", "program"}, {"days", "0"}},
                       many[] = {{"name", "program"}, {"days", "3651"}};
    assert_refused(run("account token", none, 2, &call, &e), &e, ACCOUNT_DAYS);
    assert_refused(run("account token", many, 2, &call, &e), &e, ACCOUNT_DAYS);
    /* A session's secret is no token, nor the other way round. */
    clock_turn(NOON);
    assert_refused(token_is(login("program"), &e), &e, ACCOUNT_SESSION);
    assert_refused(session_is(token, NULL, &e), &e, ACCOUNT_SESSION);
}

/* ---- the second factor ---- */

static bool login_with(const char *name, const char *password, const char *code, struct err *e)
{
    struct actor actor;
    struct text secret;
    const struct account_login with = {.name = text_of(name),
                                       .password = text_of(password),
                                       .code = text_of(code),
                                       .source = TEXT("10.7.0.1")};
    return account_login(&session, &with, &arena, &actor, &secret, e);
}

/* The authenticator: what `account totp` printed, and the code of a time. */
static const char *code_of(struct text base32, int64_t ms)
{
    static char code[TOTP_DIGITS_MAX + 1];
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char key_bytes[TOTP_KEY_SIZE];
    for (size_t i = 0; i < TOTP_KEY_SIZE; i++) {
        unsigned byte = 0;
        for (size_t bit = 8 * i; bit < 8 * i + 8; bit++) {
            size_t digit = (size_t)(strchr(letters, base32.at[bit / 5]) - letters);
            byte = byte << 1 | (digit >> (4 - bit % 5) & 1);
        }
        key_bytes[i] = (char)byte;
    }
    totp_code(TOTP_SHA1, (struct text){key_bytes, sizeof key_bytes}, (uint64_t)(ms / 1000 / TOTP_STEP),
              TOTP_DIGITS, code);
    return code;
}

static void a_second_factor_is_asked_for_and_each_code_counts_once(void **state)
{
    struct err e = {0};
    struct op_call call;
    (void)state;
    add("careful");
    struct text before = login("careful");
    const struct given given[] = {{"name", "careful"}};
    assert_done(run("account totp", given, 1, &call, &e), &e);
    assert_refused(session_is(before, NULL, &e), &e, ACCOUNT_SESSION);
    struct text base32 = text_of(call.result); /* stands first in it */
    assert_int_equal(base32.size, TOTP_KEY_SIZE / 5 * 8);
    assert_refused(login_with("careful", GOOD, NULL, &e), &e, ACCOUNT_CODE);
    assert_refused(login_with("careful", "not the password", code_of(base32, NOON), &e), &e, ACCOUNT_LOGIN);
    clock_turn(NOON + MINUTE_MS);
    assert_done(login_with("careful", GOOD, code_of(base32, NOON + MINUTE_MS), &e), &e);
    assert_refused(login_with("careful", GOOD, code_of(base32, NOON + MINUTE_MS), &e), &e, ACCOUNT_LOGIN);
    assert_refused(login_with("careful", GOOD, "12345", &e), &e, ACCOUNT_LOGIN);
    clock_turn(NOON + 3 * MINUTE_MS);
    assert_done(login_with("careful", GOOD, code_of(base32, NOON + 3 * MINUTE_MS), &e), &e);
    const struct given off[] = {{"name", "careful"}, {"off", "1"}};
    assert_done(run("account totp", off, 2, &call, &e), &e);
    assert_done(login_with("careful", GOOD, NULL, &e), &e);
}

/* ---- what is told ---- */

static bool count_entry(void *user, const struct journal_entry *entry)
{
    size_t *count = user;
    *count += text_equal(entry->entity, TEXT("account"));
    assert_text(entry->by, "owner:test");
    return true;
}

static struct text answer(const char *operation)
{
    struct err e = {0};
    struct op_call call;
    struct buf b;
    struct json out;
    buf_init(&b, 1u << 20);
    assert_done(run(operation, NULL, 0, &call, &e), &e);
    json_open(&out, json_to_buf, &b);
    assert_done(call.op->json(&call, &out, &e), &e);
    assert_true(json_end(&out));
    struct text all = text_copy(&arena, buf_text(&b));
    buf_clear(&b);
    return all;
}

static bool holds(struct text all, const char *part) { return text_find(all, text_of(part), 0) != SIZE_MAX; }

static void each_act_is_journalled_and_told_for_a_week(void **state)
{
    struct err e = {0};
    size_t count = 0;
    (void)state;
    add("told");
    token_of("told", NULL);
    assert_done(on_name("account disable", "told", &e), &e);
    assert_done(journal_list(session.journal, TEXT("told"), -1, count_entry, &count, &e), &e);
    assert_int_equal(count, 3);
    struct text notices = answer("account notice");
    assert_true(holds(notices, "\"account\":\"told\"") && holds(notices, "account add")
                && holds(notices, "account disable") && holds(notices, "owner:test"));
    clock_turn(NOON + ACCOUNT_NOTICE_DAYS * 24 * HOUR_MS + 1);
    assert_false(holds(answer("account notice"), "\"account\":\"told\""));
    assert_true(holds(answer("account list"),
                      "\"account\":\"told\",\"role\":\"clerk\",\"area\":\"411622104\","
                      "\"disabled\":true,\"password\":true"));
}

static int no_secret(void *user, int count, char **values, char **names)
{
    const struct text *secrets = user;
    (void)names;
    for (int i = 0; i < count; i++)
        for (size_t k = 0; k < 3; k++)
            if (values[i] != NULL && text_find(text_of(values[i]), secrets[k], 0) != SIZE_MAX)
                return 1;
    return 0;
}

static void nothing_of_a_password_or_a_secret_is_kept(void **state)
{
    static const char *const tables[] = {
        "SELECT name, role, area, password FROM account",
        "SELECT who, what, account FROM account_notice",
        "SELECT entry FROM journal_entry",
    };
    (void)state;
    add("canary");
    struct text secrets[] = {TEXT("Lorbeer"), login("canary"), token_of("canary", NULL)};
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        database_sql(db, tables[i], no_secret, secrets);
    assert_false(holds(answer("account list"), "argon2"));
}

/* ---- many at once ---- */

#define MANY 40
static pthread_barrier_t start;

static void *verify_one(void *user)
{
    struct err e = {0};
    bool right = true;
    (void)user;
    pthread_barrier_wait(&start);
    bool done = password_verify(TEXT_NONE, TEXT("whatever"), &right, &e);
    if (done)
        return right ? NULL : &start;
    return err_is(&e, &ACCOUNT_BUSY) ? &arena : NULL;
}

static void a_flood_of_logins_is_refused_beyond_the_queue(void **state)
{
    pthread_t threads[MANY];
    size_t done = 0, busy = 0;
    (void)state;
    assert_int_equal(pthread_barrier_init(&start, NULL, MANY), 0);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, verify_one, NULL), 0);
    for (size_t i = 0; i < MANY; i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        done += result == &start;
        busy += result == &arena;
    }
    pthread_barrier_destroy(&start);
    assert_int_equal(done + busy, MANY);
    assert_true(done >= ACCOUNT_HASHING_MAX + ACCOUNT_QUEUE_MAX && busy > 0);
}

int main(void)
{
#define AT_NOON(test) cmocka_unit_test_setup(test, noon)
    const struct CMUnitTest tests[] = {
        AT_NOON(until_the_first_there_is_none),
        AT_NOON(an_account_is_refused_by_name_role_area_and_when_it_exists),
        AT_NOON(a_password_is_long_own_and_text),
        AT_NOON(without_a_terminal_a_password_comes_from_a_file),
        AT_NOON(a_login_gives_a_session_that_is_the_account),
        AT_NOON(whatever_is_wrong_with_an_account_the_answer_is_the_same),
        AT_NOON(wrong_guesses_from_one_source_wait_longer_and_hold_up_nobody_else),
        AT_NOON(names_that_nobody_has_wait_as_others_do),
        AT_NOON(a_hundred_wrong_guesses_end_the_password_and_not_the_token),
        AT_NOON(a_session_ends_when_it_is_idle_and_after_twelve_hours),
        AT_NOON(a_session_from_another_address_is_refused_where_that_is_asked),
        AT_NOON(a_disabled_account_ends_at_once),
        AT_NOON(a_new_password_ends_the_logins_of_the_old_one),
        AT_NOON(a_token_is_good_for_its_days),
        AT_NOON(a_second_factor_is_asked_for_and_each_code_counts_once),
        AT_NOON(each_act_is_journalled_and_told_for_a_week),
        AT_NOON(nothing_of_a_password_or_a_secret_is_kept),
        AT_NOON(a_flood_of_logins_is_refused_beyond_the_queue),
    };
    return cmocka_run_group_tests(tests, open_office, close_office);
}
