/* The database: transactions, statements with bound values, migrations, checks before a commit.
 *
 * One `struct store` is one connection to one database, held by one thread at a time; threads that read
 * beside a writer open their own. The engine is SQLite (a file) or PostgreSQL (an address that begins with
 * postgresql:// or postgres://); which one it is shows nowhere but in store_engine().
 *
 * SQL is written once: parameters as ?N, definitions with INTEGER, TEXT, BLOB, STRICT and WITHOUT ROWID,
 * upserts, window functions, NULLS FIRST where the order of what is not known counts. Text is ordered by code
 * point.
 *
 * What always holds on an open store: the database is Honghua's and of this program's schema version; foreign
 * keys hold; a commit has reached the disk when store_end answers true (SQLite: WAL, synchronous=FULL,
 * recursive triggers, secure deletion; PostgreSQL: synchronous_commit). Of two that write one waits.
 *
 * Errors that any function may answer, all with exit code 3 and the value `file`:
 *   STORE_BUSY             another process is writing, and still was after the wait
 *   STORE_FULL             no space on the disk
 *   STORE_IO               the disk or share failed (value `reason`)
 *   STORE_CORRUPT          the file is damaged
 *   STORE_FORBIDDEN        no permission on it or its folder
 *   STORE_WRITE_PROTECTED  it may only be read
 *   STORE_CONSTRAINT       a rule of a table refused (value `reason`)
 *   STORE_CANCELLED        store_cancel was called
 *   STORE_FAILED           anything else (value `reason`); also OUT_OF_MEMORY, LIMIT
 * and on PostgreSQL:
 *   STORE_UNREACHABLE      no server there     STORE_LOGIN  it refuses the login (value `reason`)
 *   STORE_RIGHTS           the role lacks rights
 *   STORE_LOST             the connection broke; nothing of the transaction was kept
 *   STORE_OUTCOME          it broke while COMMIT was under way, and nobody could be asked what became of it
 * (the one that does not say that nothing was changed; exit code 1) STORE_ADDRESS          the address cannot
 * be read (exit code 2)
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H
#include "base/err.h"
#include "base/value.h"

#define STORE_WAIT_MS 15000     /* how long a writer waits for another before STORE_BUSY */
#define STORE_DEPTH_MAX 32      /* savepoints within one another */
#define STORE_HOOK_MAX 8        /* checks before a commit, for one store */
#define STORE_AREA_MAX 31       /* bytes of an end of an area */
#define STATEMENT_CACHE_MAX 512 /* prepared statements kept for one store */

struct store;
enum store_mode {
    STORE_CREATE,        /* makes a new database; STORE_EXISTS when the path is taken, by whatever */
    STORE_CREATE_SPREAD, /* the same on a server, large tables by county: over the machines of Citus where its
                            extension is there, else in partitions. STORE_NO_ROLES on SQLite */
    STORE_READWRITE,     /* brings an older schema up to date first */
    STORE_READONLY
};
enum store_engine { STORE_SQLITE, STORE_POSTGRES };

/* Opens the database at `path` (kept as a copy).
 *
 *   STORE_ABSENT   there is none         STORE_EXISTS  mode is STORE_CREATE, and there is something
 *   STORE_FOREIGN  the file is not Honghua's, or no database: it is left as it is, to the byte
 *   STORE_NEWER    made by a newer program (values `found`, `known`)
 *   STORE_OLDER    of an older schema, and mode is STORE_READONLY
 * With STORE_CREATE (and STORE_CREATE_SPREAD) the database appears complete or not at all, with
 * store_publish: until then a file lies under a name of its own beside `path`, and on PostgreSQL, where the
 * database must be there and be empty, all is one transaction.
 */
MUST_USE bool store_open(const char *path, enum store_mode mode, struct store **db_out, struct err *e);
/* Gives a database that is being made its name; STORE_EXISTS when that has been taken meanwhile. Every
 * statement must have been closed. The store goes on as one opened with STORE_READWRITE; when this fails,
 * close it. */
MUST_USE bool store_publish(struct store *db, struct err *e);
/* Rolls back what is open; removes a database that was made and not published. NULL is allowed. */
void store_close(struct store *db);
/* Whether opening it brought an older schema up to date: then tables that others define want to be seen to,
 * too. */
bool store_upgraded(const struct store *db);
const char *store_path(const struct store *db); /* of an address, without its password */
/* Another connection to the same database, narrowed as this one is. */
MUST_USE bool store_open_beside(const struct store *db, enum store_mode mode, struct store **db_out,
                                struct err *e);
/* Is this the address of a server, and no file? */
bool store_is_address(struct text path);
/* The path as it may be shown: an address without its password. OUT_OF_MEMORY. */
MUST_USE bool store_shown(const char *path, struct arena *a, struct text *out, struct err *e);
enum store_engine store_engine(const struct store *db);
/* From now on a writer waits `ms` for another one. */
void store_wait(struct store *db, int ms);
/* Makes the statement that runs on another thread fail with STORE_CANCELLED. The one function for other
 * threads. */
void store_cancel(struct store *db);

/* A transaction: either one that writes (no other writer beside it) or one that only reads (one unchanging
 * state). They do not nest; savepoints do. After a statement that failed only undoing is left: of the
 * savepoint around it, or of all. */
MUST_USE bool store_begin(struct store *db, struct err *e);
MUST_USE bool store_begin_read(struct store *db, struct err *e);
/* Commits when `keep`, after the checks before a commit; else, or when one of those fails, undoes all.
 * Answers true only when all was kept; an error that stands in `e` already stays the answer. */
bool store_end(struct store *db, bool keep, struct err *e);
bool store_in_transaction(const struct store *db);

/* `check` runs before every commit of a writing transaction, in the order of registering; false undoes it.
 * Keeps `user`. At most STORE_HOOK_MAX. */
typedef bool store_check(struct store *db, void *user, struct err *e);
void store_before_commit(struct store *db, store_check *check, void *user);

/* Part of a transaction that may be undone alone. Close the inner one first. */
struct savepoint {
    struct store *db;
    int depth;
};
MUST_USE bool savepoint_open(struct store *db, struct savepoint *undo, struct err *e);
/* Keeps or undoes; answers `keep` unless that fails. An error that stands in `e` already stays the answer. */
bool savepoint_close(struct savepoint *undo, bool keep, struct err *e);

/* A prepared statement. Ones from .sql files come with a function of their own (tools/sql.py); text made at
 * run time is engine/record's alone. Values are always bound, never written into the text.
 *
 *     struct statement *insert = statement_open(db, sql, e);
 *     for (...) {
 *         statement_bind(insert, 1, value_text(id));
 *         if (!statement_run(insert, e))
 *             ...
 *     }
 *     statement_close(insert);
 */
struct statement;
enum step { STEP_DONE, STEP_ROW, STEP_FAILED };

/* The statement of this text, prepared once and kept for the next time; NULL with an error. Parameters are
 * ?1, ?2 … One statement alone; closing gives it back to the store. */
MUST_USE struct statement *statement_open(struct store *db, struct text sql, struct err *e);
void statement_close(struct statement *s); /* NULL is allowed */
/* Binds parameter `index` (from 1). The bytes are borrowed until the next bind of it, statement_clear or
 * close. A failure shows in the next step. A bind after a step starts the statement anew. */
void statement_bind(struct statement *s, int index, struct value v);
/* Next row. STEP_DONE and STEP_FAILED also start the statement anew, bound values kept. */
enum step statement_step(struct statement *s, struct err *e);
/* Runs to the end, passing over rows. */
MUST_USE bool statement_run(struct statement *s, struct err *e);
/* Runs a statement that writes, in a transaction that writes. A failure may show only in a later call on this
 * store, at the latest in store_end: where many are written, nobody waits for each answer. */
MUST_USE bool statement_send(struct statement *s, struct err *e);
/* Says that the rows may be many: they are read piece by piece, and memory does not grow with them. Before
 * the first step. */
void statement_many(struct statement *s);
/* The same for rows that all are wanted, as fast as they come: until they have ended or the statement starts anew (it
 * then waits for the rest), nothing else may run on this store. */
void statement_stream(struct statement *s);
/* The same, run once for each of `parts` (borrowed until close) as the value of parameter `index`, the rows of one behind
 * those of the other; each part in the order of its table's key. On PostgreSQL, in a transaction that reads, over
 * several connections at a time, which all see what the transaction sees. */
void statement_stream_parts(struct statement *s, int index, const struct text *parts, size_t count);
/* Starts anew without values. */
void statement_clear(struct statement *s);
/* Columns of the row (from 0); bytes are valid until the next step, bind or close. */
struct value statement_column(const struct statement *s, int index);
int statement_column_count(const struct statement *s);

/* Rows that the last insert, update or delete changed. */
int64_t store_changes(struct store *db);
/* Runs statements without values, one after another: definitions of tables. */
MUST_USE bool store_run(struct store *db, struct text sql, struct err *e);
/* Puts row-level security around tables with villages' rows that are new; in the transaction that made them.
 * On SQLite, where whoever opens the file has it all, nothing. */
MUST_USE bool store_protect(struct store *db, struct err *e);
/* Lets another login role of the server read the rows of villages lo <= code < hi, and no others; in a
 * transaction. STORE_ROLE_UNKNOWN (value `role`), STORE_NO_ROLES (SQLite). */
MUST_USE bool store_grant(struct store *db, struct text role, struct text lo, struct text hi, struct err *e);
/* From now on whoever uses this connection sees, in every table with villages' rows, those with lo <= village < hi
 * alone, and can write no others (STORE_RIGHTS); never more than its login role may. NULL and NULL: no narrower than
 * the role again. The second wall behind the area in each statement (contract.md, PostgreSQL); on SQLite nothing.
 * Outside of a transaction; it holds across transactions, a connection that is made anew and store_open_beside. Costs
 * a round trip, and nothing where the range is what it was. On false the range is what it was.
 *
 * Narrowed may be whatever reads records, findings or grades of an area: list, get, show, and the journal, settings and the
 * catalogue, which have no villages. What must see beyond its area may not, because it would take what it does not
 * see for what is not there:
 *   check, grade, indicator, report   a certificate that two hold is counted over the whole register (record_uses),
 *                                     and a finding that seems to be gone is written as gone
 *   import and changes of records     a key that lies elsewhere would be taken for new and refused by the table; who
 *                                     moves is written in two places, with what lies below
 *   copy, migrations, new packs       they are of all rows
 * Whether an area has anything in it (records_area) is asked of the villages one may see. */
MUST_USE bool store_narrow(struct store *db, const char *lo, const char *hi, struct err *e);
/* About how many rows a table has, as far as the engine keeps count; 0: it does not. */
MUST_USE bool store_rows_about(struct store *db, struct text table, int64_t *out, struct err *e);
/* Names of all tables, those that refer to others last; from the arena. */
MUST_USE bool store_tables(struct store *db, struct arena *a, struct text **names_out, size_t *count_out,
                           struct err *e);
/* Names of a table's columns in their order, from the arena; none when there is no such table. */
MUST_USE bool store_table_columns(struct store *db, struct text table, struct arena *a,
                                  struct text **names_out, size_t *count_out, struct err *e);

#endif
