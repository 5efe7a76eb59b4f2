/* A connection to PostgreSQL: making it, what its failures mean, and statements sent ahead of their answers.
 */
#include "base/base.err.h"
#include "base/system.h"
#include "store/postgres.h"
#include "store/store.err.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define STARTING_WAIT_MS 60000 /* for a server that says it is starting, or that was there a moment ago */
#define PAUSE_MS 100
#define CONNECT_S "10" /* to one address, unless the address says otherwise */
#define STATE_SIZE 5   /* of an SQLSTATE */

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* ---- what failures mean ---- */

/* By SQLSTATE: the whole code, or its class of two characters. */
static const struct err_kind *kind_of(const char *state)
{
    static const struct {
        const char *state;
        const struct err_kind *kind;
    } known[] = {
        {"42501", &STORE_RIGHTS},  {"25006", &STORE_WRITE_PROTECTED},
        {"53100", &STORE_FULL},    {"53200", &STORE_FAILED},
        {"53", &STORE_FAILED},     {"55P03", &STORE_BUSY},
        {"40", &STORE_BUSY},       {"57014", &STORE_CANCELLED},
        {"57P", &STORE_LOST},      {"08", &STORE_LOST},
        {"28", &STORE_LOGIN},      {"3D000", &STORE_LOGIN},
        {"23", &STORE_CONSTRAINT}, {"P0001", &STORE_CONSTRAINT},
        {"22", &STORE_CONSTRAINT}, {"58", &STORE_IO},
        {"XX001", &STORE_CORRUPT}, {"XX002", &STORE_CORRUPT},
    };
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (strncmp(state, known[i].state, strlen(known[i].state)) == 0)
            return known[i].kind;
    return &STORE_FAILED;
}

/* The server's first sentence; what libpq says beside it may hold values. */
static struct text reason_of(const struct link *l, const PGresult *answer)
{
    const char *said = answer != NULL ? PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    struct text reason = text_of(said != NULL ? said : PQerrorMessage(l->connection));
    size_t end = text_find(reason, TEXT("\n"), 0);
    return text_trim(text_slice(reason, 0, end));
}

bool link_fail(const struct store *db, const PGresult *answer, struct err *e)
{
    const struct link *l = link_of(db);
    const char *state = answer != NULL ? PQresultErrorField(answer, PG_DIAG_SQLSTATE) : NULL;
    const struct err_kind *kind = state != NULL ? kind_of(state) : &STORE_FAILED;
    if (PQstatus(l->connection) == CONNECTION_BAD)
        kind = &STORE_LOST;
    store_fail(db, kind, e);
    err_add(e, "reason", reason_of(l, answer));
    return false;
}

/* ---- connecting ---- */

#define OPTION_MAX 64
struct options {
    const char *names[OPTION_MAX + 1], *values[OPTION_MAX + 1];
    size_t count;
};

static void option_put(struct options *o, const char *name, const char *value)
{
    for (size_t i = 0; i < o->count; i++)
        if (strcmp(o->names[i], name) == 0)
            return;
    if (o->count < OPTION_MAX) {
        o->names[o->count] = name;
        o->values[o->count++] = value;
    }
}

/* What the address says, and what we want where it says nothing: a server that does not answer is noticed. */
static void options_of(const PQconninfoOption *said, struct options *o)
{
    option_put(o, "client_encoding", "UTF8");
    for (; said->keyword != NULL; said++)
        if (said->val != NULL)
            option_put(o, said->keyword, said->val);
    option_put(o, "connect_timeout", CONNECT_S);
    option_put(o, "keepalives_idle", "30");
    option_put(o, "keepalives_interval", "10");
    option_put(o, "keepalives_count", "3");
    option_put(o, "tcp_user_timeout", "60000");
    option_put(o, "fallback_application_name", "honghua");
}

/* What an address says; NULL: it is none. A password that is not written as %XX (or without a host behind it) comes to
 * lie in the host or the port, and whatever were said of those would repeat it: such an address is none. */
static PQconninfoOption *address_read(const char *address)
{
    PQconninfoOption *said = PQconninfoParse(address, NULL);
    bool good = said != NULL;
    for (const PQconninfoOption *o = said; good && o->keyword != NULL; o++) {
        if (o->val != NULL && strcmp(o->keyword, "port") == 0)
            good = strspn(o->val, "0123456789,") == strlen(o->val);
        else if (o->val != NULL && strcmp(o->keyword, "host") == 0)
            good = o->val[0] == '/' || o->val[0] == '@' || strchr(o->val, '@') == NULL;
    }
    if (good)
        return said;
    PQconninfoFree(said);
    return NULL;
}

static void no_notice(void *user, const PGresult *notice)
{
    (void)user;
    (void)notice;
}

bool link_narrow(struct store *db, struct err *e)
{
    static const char sql[] =
        "SELECT set_config('honghua.area_lo', $1, false), set_config('honghua.area_hi', $2, false)";
    const char *const values[] = {db->area.lo, db->area.hi};
    if (!link_settle(db, e))
        return false;
    PGresult *answer = PQexecParams(link_of(db)->connection, sql, COUNT_OF(values), NULL, values, NULL, NULL, 0);
    bool done = PQresultStatus(answer) == PGRES_TUPLES_OK || link_fail(db, answer, e);
    PQclear(answer);
    return done;
}

/* What every statement of ours counts on, whatever server, database and role have set: an area that was set for a role
 * would make a part look like the whole, a time limit would cut an import off. */
static bool configure(struct store *db, struct err *e)
{
    static const char always[] =
        "SET search_path TO " LINK_SCHEMA
        "; SET client_min_messages TO error; SET standard_conforming_strings TO on;"
        "SET row_security TO on; SET cursor_tuple_fraction TO 1; SET jit TO off; SET plan_cache_mode TO "
        "force_generic_plan; SET lock_timeout TO 0;"
        "SET statement_timeout TO 0; SET idle_in_transaction_session_timeout TO 0; SET idle_session_timeout TO 0;"
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = "
        "'off'";
    return link_run(db, always, e) && link_narrow(db, e)
           && (!link_of(db)->read_only || link_run(db, "SET default_transaction_read_only TO on", e));
}

/* Where the server's code stands in what libpq says in full: "FATAL:  28P01: password …". SIZE_MAX: it said none. */
static size_t state_find(struct text said)
{
    static const char before[] = ":  ";
    for (size_t at = 0; (at = text_find(said, text_of(before), at)) != SIZE_MAX; at++) {
        struct text rest = text_slice(said, at + sizeof before - 1, STATE_SIZE + 1);
        if (rest.size == STATE_SIZE + 1 && rest.at[STATE_SIZE] == ':'
            && strspn(rest.at, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= STATE_SIZE)
            return at + sizeof before - 1;
    }
    return SIZE_MAX;
}

/* The sentence around the code, without it. */
static void add_refusal(struct err *e, struct text said, size_t at)
{
    struct buf reason;
    size_t from = at, end = text_find(said, TEXT("\n"), at);
    while (from > 0 && said.at[from - 1] != '\n')
        from--;
    buf_init(&reason, 65536);
    buf_add(&reason, text_slice(said, from, at - from));
    at += STATE_SIZE + 1;
    buf_add(&reason, text_trim(text_slice(said, at, end == SIZE_MAX ? said.size : end - at)));
    err_add(e, "reason", buf_text(&reason));
    buf_clear(&reason);
}

/* Why there is no connection. What the server says comes with a code; without one, and where no password is
 * missing, nobody is there or the line broke on the way. */
static bool refused(struct store *db, bool *again_out, struct err *e)
{
    const struct link *l = link_of(db);
    struct text said = text_of(PQerrorMessage(l->connection));
    size_t at = state_find(said);
    char state[STATE_SIZE + 1] = "";
    if (at == SIZE_MAX) {
        store_fail(db, PQconnectionNeedsPassword(l->connection) == 1 ? &STORE_LOGIN : &STORE_UNREACHABLE, e);
        err_add(e, "reason", reason_of(l, NULL));
        return false;
    }
    memcpy(state, said.at + at, STATE_SIZE);
    const struct err_kind *kind = kind_of(state);
    *again_out = strcmp(state, "57P03") == 0; /* it is starting */
    store_fail(db, kind == &STORE_LOST ? &STORE_UNREACHABLE : kind == &STORE_FAILED ? kind : &STORE_LOGIN, e);
    add_refusal(e, said, at);
    return false;
}

/* What a server says beside its answers is nothing for standard error, at the login neither, so the receiver is there
 * first. Only a reset then connects as PQconnectdb does: to each address of each host in turn, each with its own time;
 * PQconnectPoll leaves that time to its caller, who cannot send it on to the next address. */
static bool login(struct link *l, const struct options *o)
{
    l->connection = PQconnectStartParams(o->names, o->values, 0);
    if (l->connection == NULL)
        return false;
    PQsetNoticeReceiver(l->connection, no_notice, NULL);
    PQsetErrorVerbosity(l->connection, PQERRORS_VERBOSE);
    PQreset(l->connection);
    return true;
}

static bool connect_once(struct store *db, const struct options *o, bool *again_out, struct err *e)
{
    struct link *l = link_of(db);
    if (!login(l, o))
        return err_fail(e, &OUT_OF_MEMORY);
    bool done = PQstatus(l->connection) == CONNECTION_OK;
    if (done) {
        PQsetErrorVerbosity(l->connection, PQERRORS_DEFAULT);
        done = configure(db, e);
        *again_out = PQstatus(l->connection) == CONNECTION_BAD;
    } else {
        refused(db, again_out, e);
    }
    if (!done)
        link_disconnect(l);
    return done;
}

bool link_connect(struct store *db, bool again, struct err *e)
{
    struct link *l = link_of(db);
    struct options o = {.count = 0};
    int64_t until = clock_steady_ms() + STARTING_WAIT_MS;
    link_disconnect(l);
    PQconninfoOption *said = address_read(db->place);
    if (said == NULL) /* its message may repeat the password */
        return store_fail(db, &STORE_ADDRESS, e);
    options_of(said, &o);
    for (bool done = false;;) {
        struct err why = {.kind = NULL};
        bool starting = false;
        done = connect_once(db, &o, &starting, &why);
        bool wait = !done && (starting || (again && err_is(&why, &STORE_UNREACHABLE)));
        if (!wait || clock_steady_ms() > until) {
            PQconninfoFree(said);
            if (!done && e->kind == NULL)
                *e = why;
            l->generation += done;
            return done;
        }
        pause_ms(PAUSE_MS);
    }
}

void link_disconnect(struct link *l)
{
    PQfinish(l->connection);
    l->connection = NULL;
    l->asked = NULL;
    l->streaming = NULL;
    l->ahead = l->syncs = 0;
    l->scope = LINK_NONE;
    err_clear(&l->late);
    rows_drop(l);
    cursors_end(l);
}

void link_cancel(struct store *db)
{
    struct link *l = link_of(db);
    char why[256];
    atomic_store(&l->stop, true);
    PGcancel *cancel = l->connection != NULL ? PQgetCancel(l->connection) : NULL;
    if (cancel != NULL)
        (void)PQcancel(cancel, why, sizeof why); /* what did not come through is not cancelled */
    PQfreeCancel(cancel);
}

/* ---- the address as it may be shown ---- */

/* Copies the parameters behind '?', but for what is secret. */
static void add_parameters(struct buf *out, struct text list)
{
    static const char *const secrets[] = {"password", "sslpassword", "passfile"};
    char before = '?';
    for (size_t at = 0; at < list.size;) {
        size_t end = text_find(list, TEXT("&"), at);
        struct text one = text_slice(list, at, end == SIZE_MAX ? list.size : end - at);
        struct text name = text_slice(one, 0, text_find(one, TEXT("="), 0));
        bool secret = text_find(name, TEXT("%"), 0) != SIZE_MAX;
        for (size_t i = 0; i < COUNT_OF(secrets); i++)
            secret |= text_equal(name, text_of(secrets[i]));
        if (!secret) {
            buf_add_char(out, before);
            buf_add(out, one);
            before = '&';
        }
        at += one.size + 1;
    }
}

char *postgres_shown(const char *address)
{
    struct text all = text_of(address);
    struct buf out;
    size_t from = text_find(all, TEXT("://"), 0) + 3;
    struct text rest = text_slice(all, from, all.size);
    PQconninfoOption *said = address_read(address);
    buf_init(&out, 65536);
    buf_add(&out, text_slice(all, 0, from));
    if (said != NULL) {
        size_t slash = text_find(rest, TEXT("/"), 0), at = text_find(rest, TEXT("@"), 0);
        if (at < slash && at != SIZE_MAX) { /* as libpq finds who logs in */
            struct text who = text_slice(rest, 0, at);
            buf_add(&out, text_slice(who, 0, text_find(who, TEXT(":"), 0)));
            rest = text_slice(rest, at, rest.size);
        }
        size_t ask = text_find(rest, TEXT("?"), 0);
        buf_add(&out, text_slice(rest, 0, ask));
        if (ask != SIZE_MAX)
            add_parameters(&out, text_slice(rest, ask + 1, rest.size));
    }
    PQconninfoFree(said);
    char *shown = out.failed ? NULL : strndup(buf_text(&out).at, out.size);
    buf_clear(&out);
    return shown;
}

/* ---- statements sent ahead ---- */

/* The next answer or synchronisation point; one of them is due. */
static void take_answer(struct store *db)
{
    struct link *l = link_of(db);
    PGresult *answer = NULL;
    while (answer == NULL && PQstatus(l->connection) != CONNECTION_BAD)
        answer = PQgetResult(l->connection); /* NULL stands between two statements */
    ExecStatusType status = answer != NULL ? PQresultStatus(answer) : PGRES_FATAL_ERROR;
    if (status == PGRES_PIPELINE_SYNC)
        l->syncs--;
    else if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        l->changes = strtoll(PQcmdTuples(answer), NULL, 10);
    else if (l->late.kind == NULL && status != PGRES_PIPELINE_ABORTED)
        link_fail(db, answer, &l->late);
    PQclear(answer);
    if (PQstatus(l->connection) == CONNECTION_BAD)
        l->syncs = 0;
}

static bool late_failure(const struct link *l, struct err *e)
{
    if (l->late.kind == NULL)
        return true;
    if (e->kind == NULL)
        *e = l->late;
    return false;
}

static void ask_for_answers(struct store *db)
{
    struct link *l = link_of(db);
    l->ahead = 0;
    if (PQpipelineSync(l->connection) == 1)
        l->syncs++;
    else if (l->late.kind == NULL)
        link_fail(db, NULL, &l->late);
}

bool link_settle(struct store *db, struct err *e)
{
    struct link *l = link_of(db);
    if (l->connection == NULL) {
        store_fail(db, &STORE_LOST, e);
        err_add(e, "reason", TEXT(""));
        return false;
    }
    assert(l->streaming == NULL);
    piece_take(l);
    if (PQpipelineStatus(l->connection) == PQ_PIPELINE_OFF)
        return late_failure(l, e);
    if (l->ahead > 0)
        ask_for_answers(db);
    while (l->syncs > 0)
        take_answer(db);
    if (PQexitPipelineMode(l->connection) != 1 && l->late.kind == NULL)
        link_fail(db, NULL, &l->late);
    return late_failure(l, e);
}

bool link_ahead(struct store *db, struct err *e)
{
    struct link *l = link_of(db);
    if (!late_failure(l, e))
        return false;
    piece_take(l);
    if (PQpipelineStatus(l->connection) == PQ_PIPELINE_OFF && PQenterPipelineMode(l->connection) != 1)
        return link_fail(db, NULL, e);
    if (l->ahead >= LINK_AHEAD_MAX) {
        ask_for_answers(db);
        while (l->syncs > 1) /* the server works on one lot while the next is written */
            take_answer(db);
    }
    l->ahead++;
    return late_failure(l, e);
}

PGresult *link_ask(struct store *db, const char *sql, struct err *e)
{
    struct link *l = link_of(db);
    if (!rows_before(db, NULL, e) || !link_settle(db, e))
        return NULL;
    PGresult *answer = PQexec(l->connection, sql);
    ExecStatusType status = PQresultStatus(answer);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY)
        return answer;
    link_fail(db, answer, e);
    PQclear(answer);
    return NULL;
}

bool link_run(struct store *db, const char *sql, struct err *e)
{
    PGresult *answer = link_ask(db, sql, e);
    PQclear(answer);
    return answer != NULL;
}
