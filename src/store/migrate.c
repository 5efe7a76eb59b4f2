/* The schema's versions: numbered .sql files of migration/, each applied once, in order, in a transaction of
 * its own. NNNN-name.sql is for both engines, NNNN-name.postgres.sql and NNNN-name.sqlite.sql follow it on
 * one.
 *
 * What was applied stands in schema_migration, which the first of them makes. A file that has shipped never
 * changes; what is to be different comes as a new one.
 */
#include "store/migrate.h"
#include "base/system.h"
#include "store/backend.h"

int64_t schema_known(void) { return migration_count == 0 ? 0 : migrations[migration_count - 1].version; }

static bool read_version(struct store *db, int64_t *out, struct err *e)
{
    struct statement *s = statement_open(db, TEXT("SELECT max(version) FROM schema_migration"), e);
    bool done = s != NULL && statement_step(s, e) == STEP_ROW;
    if (done)
        *out = statement_column(s, 0).n;
    statement_close(s);
    return done;
}

bool schema_version(struct store *db, int64_t *version_out, struct err *e)
{
    struct arena a;
    struct text *names = NULL;
    size_t count = 0;
    arena_init(&a, 65536);
    *version_out = 0;
    bool done = store_table_columns(db, TEXT("schema_migration"), &a, &names, &count, e);
    arena_clear(&a);
    return done && (count == 0 || read_version(db, version_out, e));
}

static bool note(struct store *db, const struct migration *m, struct err *e)
{
    struct statement *s = statement_open(
        db, TEXT("INSERT INTO schema_migration (version, name, applied_ms) VALUES (?1, ?2, ?3)"), e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_int(m->version));
    statement_bind(s, 2, value_text(text_of(m->name)));
    statement_bind(s, 3, value_int(clock_now_ms()));
    bool done = statement_run(s, e);
    statement_close(s);
    return done;
}

static bool part(struct store *db, struct text sql, struct err *e)
{
    return sql.size == 0 || store_run(db, sql, e);
}

/* Applies `m` unless another process has done so since. */
static bool apply(struct store *db, const struct migration *m, struct err *e)
{
    int64_t version = 0;
    if (!store_begin(db, e))
        return false;
    bool done = schema_version(db, &version, e);
    if (done && version < m->version)
        done = part(db, m->sql, e) && part(db, m->engine[store_engine(db)], e) && note(db, m, e);
    return store_end(db, done, e);
}

bool schema_migrate(struct store *db, struct err *e)
{
    int64_t version = 0;
    if (!schema_version(db, &version, e))
        return false;
    for (size_t i = 0; i < migration_count; i++) {
        if (migrations[i].version <= version)
            continue;
        if (!apply(db, &migrations[i], e))
            return false;
        db->upgraded = !db->made;
    }
    return store_begin(db, e) && store_end(db, store_protect(db, e), e);
}
