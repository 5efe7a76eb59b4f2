/* SQLite behind the backend's table; the only file that knows it.
 *
 * A file is looked at first as if nobody could change it (immutable), which makes no journal and takes no
 * lock: one that is not ours, or newer, is refused before anything has touched it.
 */
#include "base/base.err.h"
#include "base/system.h"
#include "store/backend.h"
#include "store/held.h"
#include "store/store.err.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x486F6E67 /* "Hong" */
#define CACHE_KIB 32768
#define LENGTH_MAX (64 * 1024 * 1024) /* bytes of one value or row */
#define COLUMN_MAX 512
#define SQL_MAX (1024 * 1024)
#define HEAD_MAGIC "SQLite format 3" /* with its NUL, the first bytes of the file */
#define HEAD_SIZE 100
#define HEAD_ID 68 /* where the application's id stands in it, four bytes, the highest first */

static sqlite3 *handle(const struct store *db) { return db->connection; }
static sqlite3_stmt *stmt(struct prepared *p) { return (sqlite3_stmt *)(void *)p; }

/* The kind for a result code; `system` is the errno behind it, or 0. */
static const struct err_kind *kind_of(int code, int system)
{
    if (system == ENOSPC || system == EDQUOT || system == EFBIG)
        return &STORE_FULL;
    switch (code & 0xFF) {
    case SQLITE_FULL:
        return &STORE_FULL;
    case SQLITE_IOERR:
        return code == SQLITE_IOERR_NOMEM ? &OUT_OF_MEMORY : &STORE_IO;
    case SQLITE_NOMEM:
        return &OUT_OF_MEMORY;
    case SQLITE_CORRUPT:
        return &STORE_CORRUPT;
    case SQLITE_NOTADB:
        return &STORE_FOREIGN;
    case SQLITE_CANTOPEN:
        return system == ENOENT ? &STORE_ABSENT : &STORE_FORBIDDEN;
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return &STORE_FORBIDDEN;
    case SQLITE_READONLY:
        return &STORE_WRITE_PROTECTED;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return &STORE_BUSY;
    case SQLITE_CONSTRAINT:
        return &STORE_CONSTRAINT;
    case SQLITE_INTERRUPT:
        return &STORE_CANCELLED;
    case SQLITE_TOOBIG:
        return &LIMIT;
    default:
        return &STORE_FAILED;
    }
}

static bool fail(const struct store *db, sqlite3 *connection, int code, struct err *e)
{
    bool system =
        (code & 0xFF) == SQLITE_IOERR || (code & 0xFF) == SQLITE_CANTOPEN || (code & 0xFF) == SQLITE_FULL;
    store_fail(db, kind_of(code, system ? sqlite3_system_errno(connection) : 0), e);
    err_add(e, "reason", text_of(connection != NULL ? sqlite3_errmsg(connection) : sqlite3_errstr(code)));
    if (err_is(e, &LIMIT)) {
        err_add(e, "what", TEXT("row"));
        err_add_int(e, "max", LENGTH_MAX);
    }
    return false;
}

static bool run_z(struct store *db, const char *sql, struct err *e)
{
    int code = sqlite3_exec(handle(db), sql, NULL, NULL, NULL);
    return code == SQLITE_OK || fail(db, handle(db), code, e);
}

/* First column of the first row as an integer. */
static bool ask_int(struct store *db, const char *sql, int64_t *out, struct err *e)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(handle(db), sql, -1, &s, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    if (code == SQLITE_ROW)
        *out = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return code == SQLITE_ROW || code == SQLITE_DONE || fail(db, handle(db), code, e);
}

static void sqlite_close(struct store *db)
{
    /* close_v2 and finalized statements: nothing can hold it open. */
    if (db->connection != NULL)
        sqlite3_close_v2(handle(db));
    db->connection = NULL;
    held_remove(&db->held);
}

/* The path as a file: address, so that it may carry "immutable". */
static char *address_of(const char *path)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = malloc(strlen(path) * 3 + 32);
    size_t at = 0;
    if (out == NULL)
        return NULL;
    memcpy(out, "file:", at = 5);
    for (const char *c = path; *c != 0; c++) {
        if (*c == '%' || *c == '?' || *c == '#' || (unsigned char)*c >= 0x80) {
            out[at++] = '%';
            out[at++] = hex[(unsigned char)*c >> 4];
            out[at++] = hex[(unsigned char)*c & 0x0F];
        } else {
            out[at++] = *c;
        }
    }
    strcpy(out + at, "?immutable=1");
    return out;
}

static bool connect_with(struct store *db, const char *name, int flags, struct err *e)
{
    sqlite3 *connection = NULL;
    flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
    int code = sqlite3_open_v2(name, &connection, flags, NULL);
    if (code != SQLITE_OK) {
        fail(db, connection, code, e);
        sqlite3_close_v2(connection);
        return false;
    }
    db->connection = connection;
    return true;
}

static bool connect_immutable(struct store *db, struct err *e)
{
    char *address = address_of(db->place);
    bool done = address != NULL || err_fail(e, &OUT_OF_MEMORY);
    done = done && connect_with(db, address, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, e);
    free(address);
    return done;
}

static bool fail_newer(const struct store *db, int64_t found, struct err *e)
{
    store_fail(db, &STORE_NEWER, e);
    err_add_int(e, "found", found);
    err_add_int(e, "known", schema_known());
    return false;
}

/* Does this program know the schema? A newer database is left as it is, its log too. SQLite's own number of a
 * version stays 0 here: whoever has set it beyond ours means something that this program does not know. */
static bool check_version(struct store *db, struct err *e)
{
    int64_t version = 0, user_version = 0;
    if (!ask_int(db, "SELECT max(version) FROM schema_migration", &version, e)
        || !ask_int(db, "PRAGMA user_version", &user_version, e))
        return false;
    if (user_version > version)
        version = user_version;
    if (version <= schema_known())
        return true;
    sqlite3_db_config(handle(db), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return fail_newer(db, version, e);
}

/* Is what the immutable look shows a database of ours that this program knows? */
static bool inspect(struct store *db, struct err *e)
{
    int64_t id = 0, tables = 0;
    if (!ask_int(db, "PRAGMA application_id", &id, e))
        return false;
    if (id != APPLICATION_ID)
        return store_fail(db, &STORE_FOREIGN, e);
    if (!ask_int(db, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_migration'",
                 &tables, e))
        return false;
    return tables > 0 ? check_version(db, e) : store_fail(db, &STORE_FOREIGN, e);
}

static bool has_log(const struct store *db)
{
    char *log = NULL;
    struct stat info;
    bool has = asprintf(&log, "%s-wal", db->place) >= 0 && stat(log, &info) == 0 && info.st_size > 0;
    free(log);
    return has;
}

/* Whose file it is, by its first bytes. While there is a log the file itself may be half written (a program
 * that died while it moved pages over), and only the two together are a database.
 */
static bool look_at_head(struct store *db, struct err *e)
{
    unsigned char head[HEAD_SIZE] = {0};
    int fd = open(db->place, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : pread(fd, head, sizeof head, 0);
    int reason = errno;
    if (fd >= 0)
        close(fd);
    if (size < 0)
        return store_fail(db, kind_of(SQLITE_CANTOPEN, reason), e);
    uint32_t id = (uint32_t)head[HEAD_ID] << 24 | (uint32_t)head[HEAD_ID + 1] << 16
                  | (uint32_t)head[HEAD_ID + 2] << 8 | head[HEAD_ID + 3];
    bool ours = size == HEAD_SIZE && memcmp(head, HEAD_MAGIC, sizeof HEAD_MAGIC) == 0 && id == APPLICATION_ID;
    return ours || store_fail(db, &STORE_FOREIGN, e);
}

/* Looks at the bytes of a file that this process has not open: closing it would cost the others their locks.
 */
static bool look_at_bytes(struct store *db, struct err *e)
{
    if (has_log(db))
        return look_at_head(db, e);
    if (!connect_immutable(db, e))
        return false;
    bool ours = inspect(db, e);
    sqlite_close(db);
    return ours;
}

/* Looks at what lies at the path, without touching it, and from then on counts as having it open. */
static bool look(struct store *db, struct stat *info, struct err *e)
{
    if (stat(db->place, info) != 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return store_fail(db, &STORE_ABSENT, e);
        return store_fail(db, errno == EACCES ? &STORE_FORBIDDEN : &STORE_IO, e);
    }
    if (!S_ISREG(info->st_mode))
        return store_fail(db, &STORE_FOREIGN, e);
    held_lock();
    bool ours = held_is_locked(info) || look_at_bytes(db, e);
    if (ours && !held_add_locked(info, &db->held))
        ours = err_fail(e, &OUT_OF_MEMORY);
    held_unlock();
    return ours;
}

/* Settings that no file can change and that every connection needs. */
static bool restrict_connection(struct store *db, struct err *e)
{
    static const int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_DQS_DML,
                              SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION};
    static const int on[] = {SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_ENABLE_FKEY,
                             SQLITE_DBCONFIG_ENABLE_TRIGGER};
    int code = SQLITE_OK;
    for (size_t i = 0; i < COUNT_OF(off) && code == SQLITE_OK; i++)
        code = sqlite3_db_config(handle(db), off[i], 0, NULL);
    for (size_t i = 0; i < COUNT_OF(on) && code == SQLITE_OK; i++)
        code = sqlite3_db_config(handle(db), on[i], 1, NULL);
    sqlite3_limit(handle(db), SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(handle(db), SQLITE_LIMIT_LENGTH, LENGTH_MAX);
    sqlite3_limit(handle(db), SQLITE_LIMIT_COLUMN, COLUMN_MAX);
    sqlite3_limit(handle(db), SQLITE_LIMIT_SQL_LENGTH, SQL_MAX);
    sqlite3_busy_timeout(handle(db), STORE_WAIT_MS);
    return code == SQLITE_OK || fail(db, handle(db), code, e);
}

/* A setting must have been taken: what we promise of a commit hangs on it. */
static bool expect(struct store *db, const char *pragma, int64_t want, struct err *e)
{
    int64_t got = -1;
    if (!ask_int(db, pragma, &got, e))
        return false;
    if (got == want)
        return true;
    store_fail(db, &STORE_FAILED, e);
    err_add(e, "reason", text_of(pragma));
    return false;
}

static bool configure(struct store *db, struct err *e)
{
    char cache[48];
    snprintf(cache, sizeof cache, "PRAGMA cache_size = -%d", CACHE_KIB);
    return restrict_connection(db, e) && run_z(db, cache, e)
           && run_z(db,
                    "PRAGMA synchronous = FULL; PRAGMA recursive_triggers = ON; PRAGMA secure_delete = ON;"
                    "PRAGMA temp_store = FILE; PRAGMA cell_size_check = ON",
                    e)
           && expect(db, "PRAGMA synchronous", 2, e) && expect(db, "PRAGMA foreign_keys", 1, e)
           && expect(db, "PRAGMA recursive_triggers", 1, e);
}

/* Write-ahead logging stays in the file; SQLite answers with the mode that holds. */
static bool set_wal(struct store *db, struct err *e)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(handle(db), "PRAGMA journal_mode = WAL", -1, &s, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    if (code != SQLITE_ROW) {
        fail(db, handle(db), code, e);
        sqlite3_finalize(s);
        return false;
    }
    const char *mode = (const char *)sqlite3_column_text(s, 0);
    bool done = mode != NULL && strcmp(mode, "wal") == 0;
    sqlite3_finalize(s);
    if (!done) {
        store_fail(db, &STORE_FAILED, e);
        err_add(e, "reason", TEXT("journal_mode"));
    }
    return done;
}

static bool open_new(struct store *db, struct err *e)
{
    char sql[96];
    if (file_exists(db->path))
        return store_fail(db, &STORE_EXISTS, e);
    /* SQLite would make the file readable by all; what it makes beside it later takes over the file's mode.
     */
    int fd = open(db->place, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        const struct err_kind *kind =
            errno == ENOENT || errno == ENOTDIR ? &STORE_ABSENT : kind_of(SQLITE_CANTOPEN, errno);
        return store_fail(db, kind, e);
    }
    close(fd);
    /* Measured with an import of 100,000 rows: a third less work than with pages of 4096 bytes, because the
     * log is written page by page.
     */
    snprintf(sql, sizeof sql, "PRAGMA page_size = 16384; PRAGMA application_id = %d", APPLICATION_ID);
    return connect_with(db, db->place, SQLITE_OPEN_READWRITE, e) && configure(db, e) && run_z(db, sql, e)
           && set_wal(db, e);
}

/* Somebody has taken every right to write from the file; that holds for an administrator, too. */
static bool is_write_protected(const struct store *db, const struct stat *info)
{
    return (info->st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0 || access(db->place, W_OK) != 0;
}

/* Reading where nothing may be written, not even SQLite's shared memory: nobody else can write there either.
 */
static bool open_unwritable(struct store *db, struct err *e)
{
    bool done = has_log(db) ? connect_with(db, db->place, SQLITE_OPEN_READONLY, e) : connect_immutable(db, e);
    return done && configure(db, e) && check_version(db, e);
}

static bool open_readable(struct store *db, struct err *e)
{
    struct err first = {0};
    /* Opened for writing although only read, so that the last one to leave can tidy the log away. */
    if (connect_with(db, db->place, SQLITE_OPEN_READWRITE, &first) && configure(db, &first)
        && check_version(db, &first) && run_z(db, "PRAGMA query_only = ON", &first))
        return true;
    sqlite_close(db);
    if ((err_is(&first, &STORE_FORBIDDEN) || err_is(&first, &STORE_WRITE_PROTECTED)) && !has_log(db))
        return open_unwritable(db, e);
    if (e->kind == NULL)
        *e = first;
    return false;
}

static bool open_writable(struct store *db, struct err *e)
{
    if (!connect_with(db, db->place, SQLITE_OPEN_READWRITE, e) || !configure(db, e))
        return false;
    if (sqlite3_db_readonly(handle(db), "main") != 0)
        return store_fail(db, &STORE_WRITE_PROTECTED, e);
    /* Again, now with the log: a newer program may have left its schema there alone. */
    return check_version(db, e) && set_wal(db, e);
}

static bool sqlite_open(struct store *db, enum store_mode mode, struct err *e)
{
    struct stat info = {0};
    bool done;
    if (mode == STORE_CREATE)
        done = open_new(db, e);
    else if (!look(db, &info, e))
        done = false;
    else if (mode == STORE_READONLY)
        done = is_write_protected(db, &info) ? open_unwritable(db, e) : open_readable(db, e);
    else if (is_write_protected(db, &info))
        done = store_fail(db, &STORE_WRITE_PROTECTED, e);
    else
        done = open_writable(db, e);
    if (!done) {
        sqlite_close(db);
        if (mode == STORE_CREATE)
            unlink(db->place);
    }
    return done;
}

/* A rename that never replaces what has come to stand there; a link where the file system knows none. */
static bool give_name(const struct store *db)
{
    if (renameat2(AT_FDCWD, db->place, AT_FDCWD, db->path, RENAME_NOREPLACE) == 0)
        return true;
    return errno == EINVAL && link(db->place, db->path) == 0 && unlink(db->place) == 0;
}

static bool sqlite_publish(struct store *db, struct err *e)
{
    sqlite_close(db);
    if (!give_name(db))
        return store_fail(db, errno == EEXIST ? &STORE_EXISTS : kind_of(SQLITE_CANTOPEN, errno), e);
    file_sync_folder(db->path);
    char *place = strdup(db->path);
    if (place == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    free(db->place);
    db->place = place;
    db->made = false;
    return sqlite_open(db, STORE_READWRITE, e);
}

static void sqlite_remove(struct store *db)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < COUNT_OF(suffixes); i++) {
        char *path = NULL;
        if (asprintf(&path, "%s%s", db->place, suffixes[i]) >= 0)
            unlink(path);
        free(path);
    }
}

/* One statement after another: sqlite3_exec wants a C string, and a migration may be long. */
static bool sqlite_run(struct store *db, struct text sql, struct err *e)
{
    const char *at = sql.at, *end = sql.at + sql.size;
    while (at < end) {
        sqlite3_stmt *s = NULL;
        int code = sqlite3_prepare_v2(handle(db), at, (int)(end - at), &s, &at);
        while (code == SQLITE_OK && s != NULL && (code = sqlite3_step(s)) == SQLITE_ROW)
            code = SQLITE_OK;
        sqlite3_finalize(s);
        if (code != SQLITE_OK && code != SQLITE_DONE)
            return fail(db, handle(db), code, e);
    }
    return true;
}

static bool sqlite_in_transaction(const struct store *db) { return sqlite3_get_autocommit(handle(db)) == 0; }

static bool sqlite_begin(struct store *db, bool writes, struct err *e)
{
    return run_z(db, writes ? "BEGIN IMMEDIATE" : "BEGIN", e);
}

static bool sqlite_commit(struct store *db, struct err *e) { return run_z(db, "COMMIT", e); }

static void sqlite_rollback(struct store *db)
{
    if (sqlite_in_transaction(db))
        (void)run_z(db, "ROLLBACK", &(struct err){0});
    assert(!sqlite_in_transaction(db));
}

static void sqlite_forgive(struct store *db) { (void)db; /* only the statement that failed is undone */ }
static void sqlite_wait(struct store *db, int ms) { sqlite3_busy_timeout(handle(db), ms); }
static void sqlite_cancel(struct store *db) { sqlite3_interrupt(handle(db)); }
static int64_t sqlite_changes(struct store *db) { return sqlite3_changes64(handle(db)); }

static struct prepared *sqlite_prepare(struct store *db, struct text sql, struct err *e)
{
    sqlite3_stmt *s = NULL;
    const char *rest = NULL;
    if (sql.size > SQL_MAX) {
        fail(db, handle(db), SQLITE_TOOBIG, e);
        return NULL;
    }
    int code = sqlite3_prepare_v3(handle(db), sql.at, (int)sql.size, SQLITE_PREPARE_PERSISTENT, &s, &rest);
    if (code != SQLITE_OK) {
        fail(db, handle(db), code, e);
        return NULL;
    }
    assert(s != NULL && text_trim((struct text){rest, (size_t)(sql.at + sql.size - rest)}).size == 0);
    return (struct prepared *)(void *)s;
}

static void sqlite_finalize(struct prepared *p) { sqlite3_finalize(stmt(p)); }

static bool sqlite_bind(struct prepared *p, int index, struct value v)
{
    const char *at = v.s.at != NULL ? v.s.at : "";
    switch (v.kind) {
    case VALUE_NONE:
        return sqlite3_bind_null(stmt(p), index) == SQLITE_OK;
    case VALUE_INT:
        return sqlite3_bind_int64(stmt(p), index, v.n) == SQLITE_OK;
    case VALUE_TEXT:
        return sqlite3_bind_text64(stmt(p), index, at, v.s.size, SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK;
    case VALUE_BYTES:
        return sqlite3_bind_blob64(stmt(p), index, at, v.s.size, SQLITE_STATIC) == SQLITE_OK;
    }
    return false;
}

static enum step sqlite_step(struct store *db, struct prepared *p, struct err *e)
{
    int code = sqlite3_step(stmt(p));
    if (code == SQLITE_ROW)
        return STEP_ROW;
    if (code == SQLITE_DONE)
        return STEP_DONE;
    fail(db, handle(db), code, e);
    return STEP_FAILED;
}

static bool sqlite_send(struct store *db, struct prepared *p, struct err *e)
{
    enum step step = sqlite_step(db, p, e);
    assert(step != STEP_ROW); /* a statement that writes gives none */
    return step == STEP_DONE;
}

static void sqlite_many(struct prepared *p) { (void)p; /* every statement steps row by row */ }

static void sqlite_reset(struct prepared *p) { sqlite3_reset(stmt(p)); }
static void sqlite_clear(struct prepared *p) { sqlite3_clear_bindings(stmt(p)); }

static struct value sqlite_column(struct prepared *p, int index)
{
    struct text s;
    switch (sqlite3_column_type(stmt(p), index)) {
    case SQLITE_NULL:
        return value_none();
    case SQLITE_INTEGER:
        return value_int(sqlite3_column_int64(stmt(p), index));
    case SQLITE_BLOB:
        s.at = sqlite3_column_blob(stmt(p), index);
        s.size = (size_t)sqlite3_column_bytes(stmt(p), index);
        return value_bytes(s.at != NULL ? s : TEXT(""));
    case SQLITE_TEXT: /* as its bytes: asked for as text, it would be copied for the sake of a NUL */
        s.at = sqlite3_column_blob(stmt(p), index);
        s.size = (size_t)sqlite3_column_bytes(stmt(p), index);
        return value_text(s.at != NULL ? s : TEXT(""));
    default: /* a real, which no table of ours holds, as its digits */
        s.at = (const char *)sqlite3_column_text(stmt(p), index);
        s.size = (size_t)sqlite3_column_bytes(stmt(p), index);
        return value_text(s.at != NULL ? s : TEXT(""));
    }
}

static int sqlite_column_count(struct prepared *p) { return sqlite3_column_count(stmt(p)); }

const struct backend sqlite_backend = {
    .engine = STORE_SQLITE,
    .open = sqlite_open,
    .close = sqlite_close,
    .publish = sqlite_publish,
    .remove = sqlite_remove,
    .run = sqlite_run,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .forgive = sqlite_forgive,
    .in_transaction = sqlite_in_transaction,
    .wait = sqlite_wait,
    .cancel = sqlite_cancel,
    .changes = sqlite_changes,
    .table_columns = "SELECT name FROM pragma_table_info(?1) ORDER BY cid",
    .tables = "SELECT name FROM sqlite_master m WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'"
              " ORDER BY (SELECT count(*) FROM pragma_foreign_key_list(m.name)) > 0, name",
    .columns = "SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid",
    .prepare = sqlite_prepare,
    .finalize = sqlite_finalize,
    .bind = sqlite_bind,
    .step = sqlite_step,
    .send = sqlite_send,
    .many = sqlite_many,
    .reset = sqlite_reset,
    .clear = sqlite_clear,
    .column = sqlite_column,
    .column_count = sqlite_column_count,
};
