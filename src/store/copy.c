/* Copying a database; see copy.h. Identifiers are those that the databases themselves name, in quotes. */
#include "store/copy.h"
#include "base/base.err.h"
#include "store/backend.h"
#include "store/store.err.h"
#include <sodium.h>
#include <stdlib.h>

#define NAMES_MAX (16u << 20)
#define SQL_TEXT_MAX (1u << 20)

struct column {
    struct text name, type; /* INTEGER, TEXT, BLOB */
    int64_t key;            /* place in the primary key, from 1; 0: not in it */
};
struct table {
    struct text name;
    struct column *columns;
    size_t count;
};
struct copying {
    struct store *from, *to;
    struct arena arena;
};

/* ---- what there is ---- */

static int column_order(const void *a, const void *b)
{
    const struct column *left = a, *right = b;
    return text_compare(left->name, right->name);
}

/* By name: in which order a database got its columns is its own affair. */
static bool columns_read(struct store *db, struct text table, struct arena *a, struct table *out,
                         struct err *e)
{
    struct statement *s = statement_open(db, text_of(db->backend->columns), e);
    enum step step = STEP_FAILED;
    size_t room = 0;
    *out = (struct table){.name = table};
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(table));
    while ((step = statement_step(s, e)) == STEP_ROW) {
        if (out->count == room) {
            struct column *more = arena_take_many(a, room = 2 * room + 32, sizeof *more);
            if (more == NULL)
                break;
            if (out->count > 0)
                memcpy(more, out->columns, out->count * sizeof *more);
            out->columns = more;
        }
        struct column *c = &out->columns[out->count++];
        *c = (struct column){text_copy(a, statement_column(s, 0).s), text_copy(a, statement_column(s, 1).s),
                             statement_column(s, 2).n};
        if (c->name.at == NULL || c->type.at == NULL)
            break;
    }
    statement_close(s);
    if (step != STEP_DONE)
        return err_fail(e, &OUT_OF_MEMORY);
    if (out->count > 1)
        qsort(out->columns, out->count, sizeof *out->columns, column_order);
    return true;
}

static bool has_column(const struct table *t, struct text name)
{
    for (size_t i = 0; i < t->count; i++)
        if (text_equal(t->columns[i].name, name))
            return true;
    return false;
}

/* A field of an earlier pack that the one in force has no more. */
static bool columns_add(struct copying *c, const struct table *t, struct err *e)
{
    struct table there;
    if (!columns_read(c->to, t->name, &c->arena, &there, e))
        return false;
    for (size_t i = 0; i < t->count; i++) {
        if (has_column(&there, t->columns[i].name))
            continue;
        struct text sql =
            text_format(&c->arena, "ALTER TABLE \"%.*s\" ADD COLUMN \"%.*s\" %.*s", TEXT_ARG(t->name),
                        TEXT_ARG(t->columns[i].name), TEXT_ARG(t->columns[i].type));
        if (sql.at == NULL)
            return err_fail(e, &OUT_OF_MEMORY);
        if (!store_run(c->to, sql, e))
            return false;
    }
    return true;
}

/* ---- statements ---- */

/* "a", "b"; or "a" = excluded."a", …: what an upsert sets. */
static void add_names(struct buf *sql, const struct table *t, bool excluded)
{
    for (size_t i = 0; i < t->count; i++) {
        buf_add_z(sql, i > 0 ? ", " : "");
        if (excluded)
            buf_add_format(sql, "\"%.*s\" = excluded.", TEXT_ARG(t->columns[i].name));
        buf_add_format(sql, "\"%.*s\"", TEXT_ARG(t->columns[i].name));
    }
}

static void add_key(struct buf *sql, const struct table *t)
{
    bool any = false;
    for (int64_t place = 1; place <= (int64_t)t->count; place++) {
        for (size_t i = 0; i < t->count; i++) {
            if (t->columns[i].key != place)
                continue;
            buf_add_format(sql, "%s\"%.*s\"", any ? ", " : "", TEXT_ARG(t->columns[i].name));
            any = true;
        }
    }
}

static struct statement *open_sql(struct store *db, struct buf *sql, struct err *e)
{
    struct statement *s = sql->failed ? NULL : statement_open(db, buf_text(sql), e);
    buf_clear(sql);
    if (s == NULL)
        err_fail(e, &OUT_OF_MEMORY);
    return s;
}

static struct statement *open_reading(struct store *db, const struct table *t, struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_z(&sql, "SELECT ");
    add_names(&sql, t, false);
    buf_add_format(&sql, " FROM \"%.*s\" ORDER BY ", TEXT_ARG(t->name));
    add_key(&sql, t);
    struct statement *s = open_sql(db, &sql, e);
    if (s != NULL)
        statement_many(s);
    return s;
}

/* What a migration has put there already (the state of the journal) is replaced. */
static struct statement *open_writing(struct store *db, const struct table *t, struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(&sql, "INSERT INTO \"%.*s\" (", TEXT_ARG(t->name));
    add_names(&sql, t, false);
    buf_add_z(&sql, ") VALUES (?1");
    for (size_t i = 2; i <= t->count; i++)
        buf_add_format(&sql, ", ?%zu", i);
    buf_add_z(&sql, ") ON CONFLICT (");
    add_key(&sql, t);
    buf_add_z(&sql, ") DO UPDATE SET ");
    add_names(&sql, t, true);
    return open_sql(db, &sql, e);
}

/* ---- rows ---- */

static void digest_bytes(crypto_generichash_state *state, const void *bytes, uint64_t size)
{
    crypto_generichash_update(state, (const unsigned char *)&size, sizeof size);
    if (size > 0)
        crypto_generichash_update(state, bytes, size);
}

/* A value that is not known says nothing, so that a column which only one of two databases has makes no
 * difference as long as nothing stands in it. */
static void digest_value(crypto_generichash_state *state, struct text column, struct value v)
{
    if (v.kind == VALUE_NONE)
        return;
    unsigned char kind = (unsigned char)v.kind;
    uint64_t size = v.kind == VALUE_INT ? sizeof v.n : v.s.size;
    const void *bytes = v.kind == VALUE_INT ? (const void *)&v.n : (const void *)v.s.at;
    digest_bytes(state, column.at, column.size);
    crypto_generichash_update(state, &kind, 1);
    digest_bytes(state, bytes, size);
}

/* Reads a table in its key's order; with `write` every row goes there. */
static bool rows_pass(struct store *db, const struct table *t, struct statement *write, struct copied *out,
                      struct err *e)
{
    struct statement *read = open_reading(db, t, e);
    crypto_generichash_state state;
    enum step step = STEP_FAILED;
    bool good = read != NULL;
    *out = (struct copied){.table = t->name};
    crypto_generichash_init(&state, NULL, 0, sizeof out->digest);
    while (good && (step = statement_step(read, e)) == STEP_ROW) {
        for (size_t i = 0; i < t->count; i++) {
            struct value v = statement_column(read, (int)i);
            digest_value(&state, t->columns[i].name, v);
            if (write != NULL)
                statement_bind(write, (int)i + 1, v);
        }
        digest_bytes(&state, "", 0); /* a row ends: no column has an empty name */
        good = write == NULL || statement_send(write, e);
        out->rows++;
    }
    crypto_generichash_final(&state, out->digest, sizeof out->digest);
    statement_close(read);
    return good && step == STEP_DONE;
}

static bool table_copy(struct copying *c, struct text name, struct copied *out, struct err *e)
{
    struct table t;
    struct copied back;
    if (!columns_read(c->from, name, &c->arena, &t, e) || !columns_add(c, &t, e))
        return false;
    struct statement *write = open_writing(c->to, &t, e);
    bool good = write != NULL && rows_pass(c->from, &t, write, out, e);
    statement_close(write);
    good = good && rows_pass(c->to, &t, NULL, &back, e);
    if (!good || (back.rows == out->rows && memcmp(back.digest, out->digest, sizeof back.digest) == 0))
        return good;
    store_fail(c->to, &STORE_COPY_DIFFERS, e);
    err_add(e, "table", name);
    return false;
}

static bool is_own(struct text table)
{
    return text_equal(table, TEXT("schema_migration")) || text_equal(table, TEXT("store_commit"))
           || text_equal(table, TEXT("area_grant"));
}

bool store_copy(struct store *from, struct store *to, store_copied *each, void *user, struct err *e)
{
    struct copying c = {.from = from, .to = to};
    struct text *names = NULL;
    size_t count = 0;
    arena_init(&c.arena, NAMES_MAX);
    bool good = store_tables(from, &c.arena, &names, &count, e);
    for (size_t i = 0; good && i < count; i++) {
        struct copied done;
        good = is_own(names[i]) || (table_copy(&c, names[i], &done, e) && each(user, &done, e));
    }
    arena_clear(&c.arena);
    return good;
}
