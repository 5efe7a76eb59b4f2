/* PostgreSQL inside the store: one connection and what is under way on it.
 *
 * The connection is plain (one statement, one answer) until a statement is sent ahead; then it is a pipeline,
 * and is plain again once all answers have been read (link_settle). The first failure of what was sent ahead
 * is kept and is the answer of everything that follows, until the transaction is undone.
 *
 * A connection that is lost is never replaced within a transaction: nothing of it was committed, and whoever
 * holds the transaction learns so (STORE_LOST). A new one is made when the next transaction begins, or the next
 * read outside of one, which nobody has seen a row of yet.
 */
#ifndef STORE_POSTGRES_H
#define STORE_POSTGRES_H
#include "store/backend.h"
#include <libpq-fe.h>
#include <stdatomic.h>

#define LINK_SCHEMA "honghua"     /* where our tables lie */
#define LINK_LOCK "1215260263, 1" /* "Hong": the advisory lock of the one that writes */
#define LINK_PARTS 8              /* of a table that is spread by county */
#define LINK_AHEAD_MAX 256        /* statements sent ahead before answers are asked for */
#define LINK_PARAMETER_MAX 1024
#define LANES_MAX 8         /* connections that stream at a time */

enum link_scope { LINK_NONE, LINK_READ, LINK_WRITE, LINK_IMPLICIT /* for cursors outside a transaction */ };
struct link {
    PGconn *connection;
    uint64_t generation; /* of connections: what was prepared on an earlier one is gone */
    int wait_ms;
    enum link_scope scope;
    bool making; /* the database is being made: all is one transaction, ours are savepoints in it */
    bool read_only;
    bool spread, citus;  /* large tables lie by county: in partitions, or over the machines of Citus */
    size_t ahead, syncs; /* statements sent since the last synchronisation point; points without an answer */
    struct err late;     /* the first failure of what was sent ahead */
    int64_t changes;
    uint64_t names;           /* of statements and cursors that were named */
    struct prepared *cursors; /* open ones */
    struct prepared *asked;   /* the cursor whose next piece is on its way */
    struct rows *waiting;     /* gathered, not sent yet */
    struct source *streaming; /* nothing else goes over the connection before its end */
    struct store *beside[LANES_MAX]; /* further connections, as they were needed */
    atomic_bool stop;         /* store_cancel: for them */
};
struct parameter {
    bool used, bound;
    struct value v;
    Oid type;     /* as prepared */
    uint64_t big; /* a whole number, the highest byte first */
};

static inline struct link *link_of(const struct store *db) { return db->connection; }

/* postgres_link.c */
/* Connects to db->place. `again`: the server was there before, so one that is starting is waited for.
 * STORE_UNREACHABLE, STORE_LOGIN. */
MUST_USE bool link_connect(struct store *db, bool again, struct err *e);
void link_disconnect(struct link *l);
/* Tells the server the area that the store is narrowed to. */
bool link_narrow(struct store *db, struct err *e);
/* Sets `e` from an answer that is none, or from the connection (NULL). Always false. */
bool link_fail(const struct store *db, const PGresult *answer, struct err *e);
/* Reads all answers that are due; false: what was sent ahead has failed. The connection is plain. */
bool link_settle(struct store *db, struct err *e);
/* Makes it a pipeline, and asks for answers when many are due. */
MUST_USE bool link_ahead(struct store *db, struct err *e);
/* Runs statements without values; the answer of the last one, NULL with an error. PQclear it. */
MUST_USE PGresult *link_ask(struct store *db, const char *sql, struct err *e);
bool link_run(struct store *db, const char *sql, struct err *e);
void link_cancel(struct store *db);

/* postgres_statement.c: the statements of the backend's table. */
struct prepared *postgres_prepare(struct store *db, struct text sql, struct err *e);
void postgres_finalize(struct prepared *p);
bool postgres_bind(struct prepared *p, int index, struct value v);
enum step postgres_step(struct store *db, struct prepared *p, struct err *e);
bool postgres_send(struct store *db, struct prepared *p, struct err *e);
void postgres_many(struct prepared *p);
void postgres_stream(struct prepared *p, int index, const struct text *parts, size_t count);
void postgres_reset(struct prepared *p);
void postgres_clear(struct prepared *p);
struct value postgres_column(struct prepared *p, int index);
int postgres_column_count(struct prepared *p);
/* The transaction of all open cursors has ended: a further step of them fails. */
void cursors_end(struct link *l);
/* Reads the piece that is on its way, before anything else goes over the connection. */
void piece_take(struct link *l);
/* Have all cursors been read to their ends? Their transaction is to end. */
MUST_USE bool cursors_keep(struct store *db, struct err *e);

/* postgres_rows.c: rows of an INSERT … VALUES ($1, $2, …) without more, gathered. NULL: another statement. */
struct rows *rows_new(const char *sql, int count);
void rows_free(struct rows *r);
/* The next row, column by column, then its end; `types` are those of the parameters, and stay. */
void rows_cell(struct rows *r, int column, struct value v);
MUST_USE bool rows_added(struct store *db, struct rows *r, const Oid *types, struct err *e);
MUST_USE bool rows_send(struct store *db, struct rows *r, struct err *e);
/* Ahead of a statement: sends what waits where it may ask for one of those tables; NULL: all. */
MUST_USE bool rows_before(struct store *db, const char *sql, struct err *e);
void rows_drop(struct link *l); /* the transaction is undone */

/* postgres_stream.c: the rows of a SELECT as a stream. */
#define STREAM_SQL_MAX (4u << 20)
struct source { /* the rows of one COPY over one connection */
    char *row;
    bool begun; /* its head has been read */
};
MUST_USE bool source_open(struct store *db, struct source *from, const char *copy, struct err *e);
/* The row is valid until the next call. */
enum step source_next(struct store *db, struct source *from, struct text *row_out, struct err *e);
void source_close(struct store *db, struct source *from);

struct stream {
    Oid *types;         /* of the columns */
    struct text *cells; /* of the row, borrowed from it; `at` NULL: no value */
    int columns;
    struct { /* one statement for each value of a parameter; count 0: one */
        int index;
        const struct text *values;
        size_t count;
    } parts;
    char **copies; /* the statements */
    size_t copy_count, at;
    struct source own;
    struct lanes *lanes; /* NULL: over our own connection */
};
struct stream *stream_new(void); /* NULL: memory is out */
void stream_free(struct stream *s);
/* `described`: the answer of PQdescribePrepared. */
MUST_USE bool stream_open(struct store *db, struct stream *s, const char *sql, const PGresult *described,
                          struct parameter *parameters, int count, struct err *e);
enum step stream_next(struct store *db, struct stream *s, struct err *e);
void stream_close(struct store *db, struct stream *s);

/* postgres_lanes.c: several at a time, read in their order. NULL: there are no connections for that, or it is not the
 * time (only a transaction that reads shares what it sees). Borrows `copies` until lanes_close. */
struct lanes *lanes_open(struct store *db, char **copies, size_t count);
enum step lanes_next(struct lanes *all, struct text *row_out, struct err *e);
void lanes_close(struct lanes *all); /* NULL is allowed */
size_t lanes_most(void);

/* postgres_sql.c: the one SQL as PostgreSQL writes it: $N for ?N, and in definitions bigint, bytea and text
 * by code point for INTEGER, BLOB and TEXT, without STRICT and WITHOUT ROWID. `used` has a place for each
 * parameter; *count_out is the highest. False: out of memory, or a parameter beyond `room`. */
MUST_USE bool sql_translate(struct text sql, bool by_county, struct buf *out, bool *used, int room,
                            int *count_out);
/* A translated statement with literals in the place of its parameters. False: out of memory. */
MUST_USE bool sql_inline(struct text sql, const struct text *literals, int count, struct buf *out);

#endif
