/* What an engine must be able to do. store.c and statement.c know no more of it than this table.
 *
 * Functions that fail set `e` (store.h lists the kinds) with the value `file`.
 */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H
#include "store/held.h"
#include "store/store.h"

struct prepared; /* the engine's own statement */

struct backend {
    enum store_engine engine;
    /* Opens db->place into db->connection, checked and configured; nothing is left open on false. */
    bool (*open)(struct store *db, enum store_mode mode, struct err *e);
    void (*close)(struct store *db);
    /* Makes the database that was being made visible to others, open for writing; or removes it, closed. */
    bool (*publish)(struct store *db, struct err *e);
    void (*remove)(struct store *db);

    bool (*run)(struct store *db, struct text sql, struct err *e);
    bool (*begin)(struct store *db, bool writes, struct err *e);
    bool (*commit)(struct store *db, struct err *e); /* false: it still stands and is to be rolled back */
    void (*rollback)(struct store *db);              /* where one stands */
    void (*forgive)(struct store *db); /* a savepoint is undone, and with it what has failed in it */
    bool (*in_transaction)(const struct store *db);
    /* Row-level security; NULL: the engine has no roles. */
    bool (*protect)(struct store *db, struct err *e);
    bool (*grant)(struct store *db, struct text role, struct text lo, struct text hi, struct err *e);
    bool (*narrow)(struct store *db, struct err *e); /* to db->area, outside of a transaction */
    void (*wait)(struct store *db, int ms);
    void (*cancel)(struct store *db);
    int64_t (*changes)(struct store *db);
    const char *table_columns; /* SQL: ?1 table, one column with the names in order */
    const char *rows_about;    /* SQL: ?1 table; NULL: nobody knows */
    const char *tables;        /* SQL: names of all tables, those without foreign keys first */
    const char *columns;       /* SQL: ?1 table; name, INTEGER, TEXT or BLOB, place in the primary key or 0 */

    struct prepared *(*prepare)(struct store *db, struct text sql, struct err *e);
    void (*finalize)(struct prepared *p);
    bool (*bind)(struct prepared *p, int index, struct value v);
    enum step (*step)(struct store *db, struct prepared *p, struct err *e);
    /* Runs a statement that writes; a failure may show only in what follows. */
    bool (*send)(struct store *db, struct prepared *p, struct err *e);
    void (*many)(struct prepared *p); /* its rows are to be read piece by piece */
    /* So, and nothing else runs beside it; for each of `parts` as parameter `index`, where there are any. */
    void (*stream)(struct prepared *p, int index, const struct text *parts, size_t count);
    void (*reset)(struct prepared *p);
    void (*clear)(struct prepared *p);
    struct value (*column)(struct prepared *p, int index);
    int (*column_count)(struct prepared *p);
};

extern const struct backend sqlite_backend, postgres_backend;
/* A server's address without its password, for whoever reads it. NULL: out of memory. Free it. */
char *postgres_shown(const char *address);

#define STATEMENT_BUCKETS 256

struct hook {
    store_check *check;
    void *user;
};
struct narrowing { /* villages lo <= code < hi; both empty: not narrowed */
    char lo[STORE_AREA_MAX + 1], hi[STORE_AREA_MAX + 1];
};
enum transaction { TRANSACTION_NONE, TRANSACTION_READ, TRANSACTION_WRITE };
struct store {
    const struct backend *backend;
    void *connection;
    char *path;    /* as the caller named it, without a password; errors show it */
    char *place;   /* where it lies: of a file another name while it is being made, of a server its whole
                      address */
    bool made;     /* not published yet */
    bool upgraded; /* opening it brought its schema up to date */
    enum transaction transaction;
    struct narrowing area;
    struct held held; /* of a SQLite file */
    int depth; /* open savepoints */
    size_t hook_count, statement_count, in_use;
    struct hook hooks[STORE_HOOK_MAX];
    struct statement *statements[STATEMENT_BUCKETS];
};

/* Finalizes all statements; none may be in use. */
void statements_drop(struct store *db);

/* migrate.c: the schema's version (0: none yet), the newest that is known, and the way there. */
bool schema_version(struct store *db, int64_t *version_out, struct err *e);
int64_t schema_known(void);
bool schema_migrate(struct store *db, struct err *e);

/* Sets `e` with the database's name. Always false. */
bool store_fail(const struct store *db, const struct err_kind *kind, struct err *e);

#endif
