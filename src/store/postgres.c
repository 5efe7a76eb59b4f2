/* PostgreSQL behind the backend's table: opening and making a database, transactions.
 *
 * Our tables lie in a schema of their own. A database that is being made is one transaction from the first
 * table to its publishing, so that it appears complete or not at all; ours are savepoints in it. One writes
 * at a time, as on SQLite: an advisory lock is held from the beginning of a writing transaction to its end.
 *
 * The answer to a COMMIT may be lost with the connection. So each commit leaves a mark of its own in
 * store_commit, and where the answer is lost the mark is looked for over a new connection, behind the same
 * lock, which the old session gives back when it has ended one way or the other. (The number of a transaction
 * would not do: a server that has crashed may give it out again.)
 */
#include "store/postgres.h"
#include "base/base.err.h"
#include "base/system.h"
#include "store/store.err.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MARK_SIZE 32                          /* hex digits */
#define MARKS_KEPT_MS (24LL * 60 * 60 * 1000) /* nobody asks for an older one */
#define ANSWER_WAIT_MS 120000                 /* how long the fate of a COMMIT is asked for */
#define SAVEPOINT_OF_MAKING "whole"
#define SPREAD "by county" /* the comment on our schema */

/* ---- opening ---- */

struct found {
    bool ours, others, utf8, spread, citus, open;
};

/* What lies in the database: our first table, tables of others (those of extensions do not count). */
static bool inspect(struct store *db, struct found *out, struct err *e)
{
    static const char sql[] =
        "SELECT bool_or(n.nspname = '" LINK_SCHEMA "' AND c.relname = 'schema_migration'),"
        " bool_or(n.nspname <> '" LINK_SCHEMA "'), getdatabaseencoding() = 'UTF8',"
        " bool_or(n.nspname = '" LINK_SCHEMA "' AND obj_description(n.oid, 'pg_namespace') = '" SPREAD "'),"
        " EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus'),"
        " bool_and(n.nspname <> '" LINK_SCHEMA "' OR has_schema_privilege(n.oid, 'USAGE'))"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname "
        "!~ '^pg_'"
        " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = "
        "c.oid"
        " AND d.deptype = 'e')";
    PGresult *answer = link_ask(db, sql, e);
    if (answer == NULL)
        return false;
    out->ours = strcmp(PQgetvalue(answer, 0, 0), "t") == 0;
    out->others = strcmp(PQgetvalue(answer, 0, 1), "t") == 0;
    out->utf8 = strcmp(PQgetvalue(answer, 0, 2), "t") == 0;
    out->spread = strcmp(PQgetvalue(answer, 0, 3), "t") == 0;
    out->citus = strcmp(PQgetvalue(answer, 0, 4), "t") == 0;
    out->open = strcmp(PQgetvalue(answer, 0, 5), "t") == 0;
    PQclear(answer);
    return true;
}

static bool fail_for(struct store *db, const char *reason, struct err *e)
{
    store_fail(db, &STORE_FAILED, e);
    err_add(e, "reason", text_of(reason));
    return false;
}

static bool is_free(struct store *db, struct err *e)
{
    struct found found = {.ours = false};
    link_of(db)->citus = false;
    if (!inspect(db, &found, e))
        return false;
    if (found.ours)
        return store_fail(db, &STORE_EXISTS, e);
    if (found.others)
        return store_fail(db, &STORE_FOREIGN, e);
    link_of(db)->citus = found.citus;
    return found.utf8 || fail_for(db, "server_encoding", e);
}

static bool begin_locked(struct store *db, struct err *e)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout TO %d;"
             "SELECT pg_advisory_xact_lock(" LINK_LOCK "); SET LOCAL lock_timeout TO 0",
             link_of(db)->wait_ms > 0 ? link_of(db)->wait_ms : 1);
    return link_run(db, sql, e);
}

/* Looks before the lock, so that another's database is refused at once, and again behind it. */
static bool open_new(struct store *db, bool spread, struct err *e)
{
    static const char mark[] = "COMMENT ON SCHEMA " LINK_SCHEMA " IS '" SPREAD "'";
    if (!is_free(db, e) || !begin_locked(db, e) || !is_free(db, e)
        || !link_run(db, "CREATE SCHEMA IF NOT EXISTS " LINK_SCHEMA, e) || (spread && !link_run(db, mark, e)))
        return false;
    link_of(db)->making = true;
    link_of(db)->spread = spread;
    return true;
}

static bool open_there(struct store *db, struct err *e)
{
    struct found found = {.ours = false};
    if (!inspect(db, &found, e))
        return false;
    link_of(db)->spread = found.spread;
    link_of(db)->citus = found.citus;
    if (!found.ours)
        return store_fail(db, found.others ? &STORE_FOREIGN : &STORE_ABSENT, e);
    if (found.open)
        return true;
    store_fail(db, &STORE_RIGHTS, e); /* else its tables would seem not to be there */
    err_add(e, "reason", TEXT(LINK_SCHEMA));
    return false;
}

static void postgres_close(struct store *db)
{
    struct link *l = link_of(db);
    for (size_t i = 0; l != NULL && i < COUNT_OF(l->beside); i++)
        store_close(l->beside[i]);
    if (l != NULL)
        link_disconnect(l);
    free(db->connection);
    db->connection = NULL;
}

static bool postgres_open(struct store *db, enum store_mode mode, struct err *e)
{
    struct link *l = calloc(1, sizeof *l);
    if (l == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    *l = (struct link){.wait_ms = STORE_WAIT_MS, .read_only = mode == STORE_READONLY};
    db->connection = l;
    bool spread = mode == STORE_CREATE_SPREAD;
    if (link_connect(db, false, e)
        && (mode == STORE_CREATE || spread ? open_new(db, spread, e) : open_there(db, e)))
        return true;
    postgres_close(db);
    return false;
}

/* ---- the fate of a commit ---- */

struct mark {
    char at[MARK_SIZE + 1];
};

static bool mark_leave(struct store *db, struct mark *mark, struct err *e)
{
    unsigned char bytes[MARK_SIZE / 2];
    char sql[512];
    random_fill(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(mark->at + 2 * i, 3, "%02x", bytes[i]);
    /* By the server's clock: those of the programs need not agree. */
    snprintf(sql, sizeof sql,
             "WITH c AS (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now),"
             " old AS (DELETE FROM store_commit WHERE at_ms < (SELECT now FROM c) - %lld)"
             " INSERT INTO store_commit (at_ms, mark) SELECT now, '%s' FROM c",
             (long long)MARKS_KEPT_MS, mark->at);
    return link_run(db, sql, e);
}

/* One look over a new connection. *known_out: there was an answer. */
static bool mark_ask(struct store *db, const struct mark *mark, bool *known_out)
{
    struct err why = {.kind = NULL};
    struct found found = {.ours = false};
    char sql[128];
    *known_out = false;
    if (!link_connect(db, true, &why) || !begin_locked(db, &why) || !inspect(db, &found, &why))
        return false;
    if (!found.ours) { /* it was being made, and is not there */
        *known_out = link_run(db, "ROLLBACK", &why);
        return false;
    }
    snprintf(sql, sizeof sql, "SELECT count(*) FROM store_commit WHERE mark = '%s'", mark->at);
    PGresult *answer = link_ask(db, sql, &why);
    if (answer == NULL)
        return false;
    bool stands = strcmp(PQgetvalue(answer, 0, 0), "1") == 0;
    PQclear(answer);
    *known_out = true;
    (void)link_run(db, "ROLLBACK", &why); /* it only looked */
    return stands;
}

/* The connection went with the answer: asks until it is known what became of the transaction. */
static bool was_committed(struct store *db, const struct mark *mark, struct err *e)
{
    int64_t until = clock_steady_ms() + ANSWER_WAIT_MS;
    for (;;) {
        bool known = false, stands = mark_ask(db, mark, &known);
        if (known && !stands)
            return store_fail(db, &STORE_LOST, e);
        if (known)
            return true;
        if (clock_steady_ms() > until)
            return store_fail(db, &STORE_OUTCOME, e);
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
}

/* COMMIT itself: a transaction that has failed answers it with ROLLBACK. */
static bool commit(struct store *db, struct err *e)
{
    struct mark mark;
    if (!mark_leave(db, &mark, e))
        return false;
    PGresult *answer = PQexec(link_of(db)->connection, "COMMIT");
    bool done = PQresultStatus(answer) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(answer), "COMMIT") == 0;
    bool lost = !done && PQstatus(link_of(db)->connection) == CONNECTION_BAD;
    if (!done && !lost)
        link_fail(db, answer, e);
    PQclear(answer);
    return done || (lost && was_committed(db, &mark, e));
}

static bool postgres_publish(struct store *db, struct err *e)
{
    if (!rows_before(db, NULL, e) || !link_settle(db, e) || !commit(db, e))
        return false;
    link_of(db)->making = false;
    db->made = false;
    return true;
}

static void postgres_remove(struct store *db)
{
    (void)db; /* the transaction of its making went with the connection */
}

/* ---- transactions ---- */

/* A connection that broke while nothing was under way is made anew. */
static bool begin_again(struct store *db, bool (*begin)(struct store *db, struct err *e), struct err *e)
{
    struct err first = {.kind = NULL};
    if (begin(db, &first))
        return true;
    if (err_is(&first, &STORE_LOST) && link_connect(db, true, e))
        return begin(db, e);
    if (link_of(db)->connection != NULL && PQtransactionStatus(link_of(db)->connection) != PQTRANS_IDLE)
        (void)link_run(db, "ROLLBACK", &(struct err){.kind = NULL});
    if (e->kind == NULL)
        *e = first;
    return false;
}

/* The transaction that cursors outside of one were given ends. */
static bool end_implicit(struct store *db, struct err *e)
{
    struct link *l = link_of(db);
    if (l->scope != LINK_IMPLICIT)
        return true;
    if (!cursors_keep(db, e) || !link_run(db, "COMMIT", e))
        return false;
    cursors_end(l);
    l->scope = LINK_NONE;
    return true;
}

static bool begin_reading(struct store *db, struct err *e)
{
    return link_run(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", e);
}

static bool postgres_begin(struct store *db, bool writes, struct err *e)
{
    struct link *l = link_of(db);
    if (l->making)
        return link_run(db, "SAVEPOINT " SAVEPOINT_OF_MAKING, e);
    if (!end_implicit(db, e) || !begin_again(db, writes ? begin_locked : begin_reading, e))
        return false;
    l->scope = writes ? LINK_WRITE : LINK_READ;
    return true;
}

static bool postgres_commit(struct store *db, struct err *e)
{
    struct link *l = link_of(db);
    if (!rows_before(db, NULL, e) || !link_settle(db, e))
        return false;
    if (l->making)
        return link_run(db, "RELEASE " SAVEPOINT_OF_MAKING, e);
    bool done = l->scope == LINK_WRITE ? commit(db, e) : link_run(db, "COMMIT", e);
    if (done) {
        cursors_end(l);
        l->scope = LINK_NONE;
    }
    return done;
}

static void postgres_rollback(struct store *db)
{
    struct link *l = link_of(db);
    struct err ignored = {.kind = NULL};
    rows_drop(l);
    (void)link_settle(db, &ignored);
    err_clear(&l->late);
    err_clear(&ignored);
    if (l->making)
        (void)link_run(db, "ROLLBACK TO " SAVEPOINT_OF_MAKING "; RELEASE " SAVEPOINT_OF_MAKING, &ignored);
    else
        (void)link_run(db, "ROLLBACK", &ignored);
    cursors_end(l);
    l->scope = LINK_NONE;
}

static void postgres_forgive(struct store *db)
{
    rows_drop(link_of(db));
    (void)link_settle(db, &(struct err){.kind = NULL});
    if (link_of(db)->connection != NULL && PQstatus(link_of(db)->connection) != CONNECTION_BAD)
        err_clear(&link_of(db)->late);
}

static bool postgres_in_transaction(const struct store *db)
{
    const struct link *l = link_of(db);
    return l->connection != NULL && PQstatus(l->connection) != CONNECTION_BAD
           && (l->making || l->scope == LINK_READ || l->scope == LINK_WRITE);
}

/* ---- row-level security ---- */

/* New tables: over the machines first, then the wall around them. */
static bool postgres_protect(struct store *db, struct err *e)
{
    const struct link *l = link_of(db);
    if (l->spread && l->citus && !link_run(db, "SELECT area_spread()", e))
        return false;
    return link_run(db, l->spread && l->citus ? "SELECT area_protect(true)" : "SELECT area_protect(false)",
                    e);
}

/* The owner has the whole: a part of it would have his imports refused and his checks take the rest for gone.
 */
static bool role_may_be_granted(struct store *db, struct text role, struct err *e)
{
    struct statement *s =
        statement_open(db, TEXT("SELECT rolname = session_user FROM pg_roles WHERE rolname = ?1"), e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(role));
    enum step step = statement_step(s, e);
    bool self = step == STEP_ROW && statement_column(s, 0).n != 0;
    statement_close(s);
    if (step == STEP_DONE || self) {
        store_fail(db, self ? &STORE_ROLE_SELF : &STORE_ROLE_UNKNOWN, e);
        err_add(e, "role", role);
    }
    return step == STEP_ROW && !self;
}

static bool postgres_grant(struct store *db, struct text role, struct text lo, struct text hi, struct err *e)
{
    if (!role_may_be_granted(db, role, e))
        return false;
    struct statement *s = statement_open(db, TEXT("SELECT area_give(?1, ?2, ?3)::text"), e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(role));
    statement_bind(s, 2, value_text(lo));
    statement_bind(s, 3, value_text(hi));
    bool done = statement_run(s, e);
    statement_close(s);
    return done;
}

static bool postgres_narrow(struct store *db, struct err *e)
{
    return end_implicit(db, e) && begin_again(db, link_narrow, e);
}

/* ---- the rest ---- */

static bool postgres_run(struct store *db, struct text sql, struct err *e)
{
    bool used[LINK_PARAMETER_MAX] = {false};
    int count = 0;
    struct buf out;
    buf_init(&out, 4u << 20);
    bool done =
        sql_translate(sql, link_of(db)->spread && !link_of(db)->citus, &out, used, LINK_PARAMETER_MAX, &count)
        || err_fail(e, &OUT_OF_MEMORY);
    done = done && link_run(db, out.at, e);
    buf_clear(&out);
    return done;
}

static void postgres_wait(struct store *db, int ms) { link_of(db)->wait_ms = ms; }

static int64_t postgres_changes(struct store *db)
{
    struct err later = {.kind = NULL}; /* a failure is told by what follows */
    if (rows_before(db, NULL, &later))
        (void)link_settle(db, &later);
    return link_of(db)->changes;
}

const struct backend postgres_backend = {
    .engine = STORE_POSTGRES,
    .open = postgres_open,
    .close = postgres_close,
    .publish = postgres_publish,
    .remove = postgres_remove,
    .run = postgres_run,
    .begin = postgres_begin,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .forgive = postgres_forgive,
    .in_transaction = postgres_in_transaction,
    .protect = postgres_protect,
    .grant = postgres_grant,
    .narrow = postgres_narrow,
    .wait = postgres_wait,
    .cancel = link_cancel,
    .changes = postgres_changes,
    .table_columns = "SELECT a.attname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
                     " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '" LINK_SCHEMA "'"
                     " AND c.relname = ?1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
    .rows_about =
        "SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint FROM pg_class c,"
        " to_regclass('" LINK_SCHEMA ".' || quote_ident(?1)) t WHERE c.relkind = 'r' AND (c.oid = t OR c.oid IN"
        " (SELECT i.inhrelid FROM pg_inherits i WHERE i.inhparent = t))",
    .tables =
        "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = '" LINK_SCHEMA "' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY"
        " EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f'), c.relname",
    .columns =
        "SELECT a.attname::text, CASE a.atttypid WHEN 20 THEN 'INTEGER' WHEN 17 THEN 'BLOB' ELSE 'TEXT' END,"
        " coalesce((SELECT array_position(string_to_array(i.indkey::text, ' ')::int[], a.attnum::int)"
        " FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary), 0)"
        " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = "
        "c.relnamespace"
        " WHERE n.nspname = '" LINK_SCHEMA "' AND c.relname = ?1 AND a.attnum > 0 AND NOT a.attisdropped"
        " ORDER BY a.attnum",
    .prepare = postgres_prepare,
    .finalize = postgres_finalize,
    .bind = postgres_bind,
    .step = postgres_step,
    .send = postgres_send,
    .many = postgres_many,
    .stream = postgres_stream,
    .reset = postgres_reset,
    .clear = postgres_clear,
    .column = postgres_column,
    .column_count = postgres_column_count,
};
