/* A connection's life, its transactions and savepoints; what is particular to an engine stands in its
 * backend. */
#include "base/base.err.h"
#include "base/system.h"
#include "store/backend.h"
#include "store/store.err.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

bool store_fail(const struct store *db, const struct err_kind *kind, struct err *e)
{
    return err_fail_text(e, kind, "file", text_of(db->path));
}

static void store_free(struct store *db)
{
    if (db == NULL)
        return;
    free(db->path);
    free(db->place);
    free(db);
}

/* A name beside `path` that nobody else uses, for a database that is being made. */
static char *name_beside(const char *path)
{
    char *place = NULL;
    uint64_t salt = 0;
    random_fill(&salt, sizeof salt);
    return asprintf(&place, "%s.%016llx.part", path, (unsigned long long)salt) < 0 ? NULL : place;
}

/* In any case of letters: what libpq does not take is then refused as an address, not shown as a file's name.
 */
static bool begins_as(struct text path, struct text scheme)
{
    return path.size >= scheme.size && strncasecmp(path.at, scheme.at, scheme.size) == 0;
}

bool store_is_address(struct text path)
{
    return begins_as(path, TEXT("postgresql://")) || begins_as(path, TEXT("postgres://"));
}

bool store_shown(const char *path, struct arena *a, struct text *out, struct err *e)
{
    char *shown = store_is_address(text_of(path)) ? postgres_shown(path) : strdup(path);
    *out = shown != NULL ? text_copy(a, text_of(shown)) : TEXT_NONE;
    free(shown);
    return out->at != NULL || err_fail(e, &OUT_OF_MEMORY);
}

static struct store *store_new(const char *path, enum store_mode mode)
{
    struct store *db = calloc(1, sizeof *db);
    bool address = store_is_address(text_of(path));
    if (db == NULL)
        return NULL;
    db->backend = address ? &postgres_backend : &sqlite_backend;
    db->made = mode == STORE_CREATE || mode == STORE_CREATE_SPREAD;
    db->path = address ? postgres_shown(path) : strdup(path);
    db->place = db->made && !address ? name_beside(path) : strdup(path);
    if (db->path != NULL && db->place != NULL)
        return db;
    store_free(db);
    return NULL;
}

/* The schema as this program has it: made, brought up to date, or refused. */
static bool fit_schema(struct store *db, enum store_mode mode, struct err *e)
{
    int64_t found = 0, known = schema_known();
    if (!schema_version(db, &found, e))
        return false;
    if (found == known)
        return true;
    if (found < known && mode != STORE_READONLY)
        return schema_migrate(db, e);
    store_fail(db, found > known ? &STORE_NEWER : &STORE_OLDER, e);
    err_add_int(e, "found", found);
    err_add_int(e, "known", known);
    return false;
}

bool store_open(const char *path, enum store_mode mode, struct store **db_out, struct err *e)
{
    struct store *db = store_new(path, mode);
    if (db == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (mode == STORE_CREATE_SPREAD && db->backend->protect == NULL) {
        store_fail(db, &STORE_NO_ROLES, e);
        store_free(db);
        return false;
    }
    if (!db->backend->open(db, mode, e)) {
        store_free(db);
        return false;
    }
    if (!fit_schema(db, mode, e)) {
        store_close(db);
        return false;
    }
    *db_out = db;
    return true;
}

bool store_publish(struct store *db, struct err *e)
{
    assert(db->made && db->transaction == TRANSACTION_NONE);
    statements_drop(db);
    return db->backend->publish(db, e);
}

bool store_open_beside(const struct store *db, enum store_mode mode, struct store **db_out, struct err *e)
{
    assert(!db->made && mode != STORE_CREATE && mode != STORE_CREATE_SPREAD);
    struct store *beside = NULL;
    if (!store_open(db->place, mode, &beside, e))
        return false;
    if (!store_narrow(beside, db->area.lo, db->area.hi, e)) {
        store_close(beside);
        return false;
    }
    *db_out = beside;
    return true;
}

void store_close(struct store *db)
{
    if (db == NULL)
        return;
    if (db->transaction != TRANSACTION_NONE)
        (void)store_end(db, false, &(struct err){0});
    statements_drop(db);
    db->backend->close(db);
    if (db->made)
        db->backend->remove(db);
    store_free(db);
}

bool store_upgraded(const struct store *db) { return db->upgraded; }
const char *store_path(const struct store *db) { return db->path; }
enum store_engine store_engine(const struct store *db) { return db->backend->engine; }
void store_wait(struct store *db, int ms) { db->backend->wait(db, ms); }
void store_cancel(struct store *db) { db->backend->cancel(db); }
int64_t store_changes(struct store *db) { return db->backend->changes(db); }
bool store_run(struct store *db, struct text sql, struct err *e) { return db->backend->run(db, sql, e); }
bool store_protect(struct store *db, struct err *e)
{
    return db->backend->protect == NULL || db->backend->protect(db, e);
}

bool store_grant(struct store *db, struct text role, struct text lo, struct text hi, struct err *e)
{
    return db->backend->grant != NULL ? db->backend->grant(db, role, lo, hi, e)
                                      : store_fail(db, &STORE_NO_ROLES, e);
}

bool store_narrow(struct store *db, const char *lo, const char *hi, struct err *e)
{
    struct narrowing before = db->area;
    assert(db->transaction == TRANSACTION_NONE && !db->made);
    assert((lo == NULL) == (hi == NULL));
    assert(lo == NULL || (strlen(lo) <= STORE_AREA_MAX && strlen(hi) <= STORE_AREA_MAX));
    if (db->backend->narrow == NULL)
        return true;
    snprintf(db->area.lo, sizeof db->area.lo, "%s", lo != NULL ? lo : "");
    snprintf(db->area.hi, sizeof db->area.hi, "%s", hi != NULL ? hi : "");
    bool same = strcmp(db->area.lo, before.lo) == 0 && strcmp(db->area.hi, before.hi) == 0;
    if (same || db->backend->narrow(db, e))
        return true;
    db->area = before;
    return false;
}

bool store_in_transaction(const struct store *db) { return db->transaction != TRANSACTION_NONE; }

static bool begin(struct store *db, enum transaction kind, struct err *e)
{
    assert(db->transaction == TRANSACTION_NONE);
    if (!db->backend->begin(db, kind == TRANSACTION_WRITE, e))
        return false;
    db->transaction = kind;
    return true;
}

bool store_begin(struct store *db, struct err *e) { return begin(db, TRANSACTION_WRITE, e); }
bool store_begin_read(struct store *db, struct err *e) { return begin(db, TRANSACTION_READ, e); }

static bool run_hooks(struct store *db, struct err *e)
{
    for (size_t i = 0; i < db->hook_count; i++) {
        if (!db->hooks[i].check(db, db->hooks[i].user, e))
            return false;
    }
    return true;
}

bool store_end(struct store *db, bool keep, struct err *e)
{
    assert(db->transaction != TRANSACTION_NONE);
    assert(!keep || db->depth == 0);
    if (keep && !db->backend->in_transaction(db)) {
        /* The engine has undone all by itself after a failure that the caller passed over. */
        store_fail(db, &STORE_FAILED, e);
        err_add(e, "reason", TEXT("transaction lost"));
        keep = false;
    }
    keep = keep && (db->transaction == TRANSACTION_READ || run_hooks(db, e));
    keep = keep && db->backend->commit(db, e);
    if (!keep)
        db->backend->rollback(db);
    db->transaction = TRANSACTION_NONE;
    db->depth = 0;
    return keep;
}

void store_before_commit(struct store *db, store_check *check, void *user)
{
    assert(db->hook_count < STORE_HOOK_MAX);
    db->hooks[db->hook_count++] = (struct hook){check, user};
}

static bool run_savepoint(struct store *db, const char *verb, int depth, struct err *e)
{
    char sql[48];
    int size = snprintf(sql, sizeof sql, "%s s%d", verb, depth);
    return db->backend->run(db, (struct text){sql, (size_t)size}, e);
}

bool savepoint_open(struct store *db, struct savepoint *undo, struct err *e)
{
    assert(db->transaction == TRANSACTION_WRITE);
    *undo = (struct savepoint){.db = db, .depth = db->depth + 1};
    if (undo->depth > STORE_DEPTH_MAX) {
        err_fail_text(e, &LIMIT, "what", TEXT("savepoint"));
        err_add_int(e, "max", STORE_DEPTH_MAX);
        return false;
    }
    if (!run_savepoint(db, "SAVEPOINT", undo->depth, e))
        return false;
    db->depth++;
    return true;
}

bool savepoint_close(struct savepoint *undo, bool keep, struct err *e)
{
    struct store *db = undo->db;
    if (!db->backend->in_transaction(db)) {
        /* A full or failing disk has undone the whole transaction; store_end will tell. */
        db->depth = undo->depth - 1;
        return false;
    }
    assert(undo->depth == db->depth);
    bool kept = keep && run_savepoint(db, "RELEASE", undo->depth, e);
    if (!kept) { /* a failure that the caller passed over may show only now */
        struct err ignored = {0};
        db->backend->forgive(db);
        (void)(run_savepoint(db, "ROLLBACK TO", undo->depth, &ignored)
               && run_savepoint(db, "RELEASE", undo->depth, &ignored));
    }
    db->depth--;
    return kept;
}

/* The names into the arena; their number is known only at the end, so the list doubles. */
static bool collect_names(struct statement *s, struct arena *a, struct text **names, size_t *count,
                          struct err *e)
{
    size_t room = 0;
    enum step step;
    for (*count = 0; (step = statement_step(s, e)) == STEP_ROW; ++*count) {
        if (*count == room) {
            room = room == 0 ? 32 : room * 2;
            struct text *larger = arena_take_many(a, room, sizeof *larger);
            if (larger == NULL)
                return err_fail(e, &OUT_OF_MEMORY);
            if (*count > 0)
                memcpy(larger, *names, *count * sizeof *larger);
            *names = larger;
        }
        (*names)[*count] = text_copy(a, statement_column(s, 0).s);
        if ((*names)[*count].at == NULL)
            return err_fail(e, &OUT_OF_MEMORY);
    }
    return step == STEP_DONE;
}

bool store_tables(struct store *db, struct arena *a, struct text **names_out, size_t *count_out,
                  struct err *e)
{
    struct statement *s = statement_open(db, text_of(db->backend->tables), e);
    bool done = s != NULL && collect_names(s, a, names_out, count_out, e);
    statement_close(s);
    return done;
}

bool store_rows_about(struct store *db, struct text table, int64_t *out, struct err *e)
{
    *out = 0;
    if (db->backend->rows_about == NULL)
        return true;
    struct statement *s = statement_open(db, text_of(db->backend->rows_about), e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(table));
    enum step step = statement_step(s, e);
    if (step == STEP_ROW)
        *out = statement_column(s, 0).n;
    statement_close(s);
    return step != STEP_FAILED;
}

bool store_table_columns(struct store *db, struct text table, struct arena *a, struct text **names_out,
                         size_t *count_out, struct err *e)
{
    struct text *names = NULL;
    size_t count = 0;
    struct statement *s = statement_open(db, text_of(db->backend->table_columns), e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(table));
    bool done = collect_names(s, a, &names, &count, e);
    statement_close(s);
    if (done) {
        *names_out = names;
        *count_out = count;
    }
    return done;
}
