/* Rows of a SELECT as a stream: COPY in its binary form, which costs server and line least. It takes no
 * parameters, so values stand in the text as literals; it tells no types, so the statement is described first.
 */
#include "base/base.err.h"
#include "store/postgres.h"
#include "store/store.err.h"
#include <assert.h>
#include <endian.h>
#include <stdlib.h>

#define HEAD_SIZE 19 /* of the stream: signature, flags, size of what may follow (nothing) */

/* ---- the statement ---- */

static void add_bytes(struct buf *out, struct text bytes)
{
    buf_add_z(out, "'\\x");
    for (size_t i = 0; i < bytes.size; i++)
        buf_add_format(out, "%02x", (unsigned char)bytes.at[i]);
    buf_add_z(out, "'::bytea");
}

static bool add_text(PGconn *connection, struct buf *out, struct text t)
{
    char *literal = PQescapeLiteral(connection, t.at != NULL ? t.at : "", t.size);
    if (literal == NULL)
        return false;
    buf_add_z(out, literal);
    buf_add_z(out, "::text");
    PQfreemem(literal);
    return true;
}

static bool add_literal(PGconn *connection, struct buf *out, struct value v)
{
    switch (v.kind) {
    case VALUE_INT:
        buf_add_format(out, "'%lld'::int8", (long long)v.n);
        return true;
    case VALUE_TEXT:
        return add_text(connection, out, v.s);
    case VALUE_BYTES:
        add_bytes(out, v.s);
        return true;
    case VALUE_NONE:
        buf_add_z(out, "NULL");
        return true;
    }
    return false;
}

/* All literals one behind the other; `values` then name their parts. */
static bool literals_write(PGconn *connection, const struct parameter *parameters, int count, struct buf *all,
                           struct text *literals)
{
    size_t ends[LINK_PARAMETER_MAX], from = 0;
    bool good = true;
    for (int i = 0; good && i < count; i++) {
        good = add_literal(connection, all, parameters[i].v);
        ends[i] = all->size;
    }
    for (int i = 0; good && !all->failed && i < count; i++) {
        literals[i] = (struct text){all->at + from, ends[i] - from};
        from = ends[i];
    }
    return good && !all->failed;
}

static bool copy_write(PGconn *connection, const char *sql, const struct parameter *parameters, int count,
                       struct buf *out)
{
    struct text literals[LINK_PARAMETER_MAX];
    struct buf all;
    assert(count <= LINK_PARAMETER_MAX);
    buf_init(&all, STREAM_SQL_MAX);
    buf_init(out, STREAM_SQL_MAX);
    buf_add_z(out, "COPY (");
    bool good = literals_write(connection, parameters, count, &all, literals)
                && sql_inline(text_of(sql), literals, count, out);
    buf_add_z(out, "\n) TO STDOUT (FORMAT binary)"); /* on a line of its own: a comment may stand last */
    buf_add_char(out, '\0');
    buf_clear(&all);
    return good && !out->failed;
}

/* ---- its shape ---- */

static bool shape_take(struct stream *s, const PGresult *described)
{
    int count = PQnfields(described);
    Oid *types = realloc(s->types, (size_t)(count + 1) * sizeof *types);
    s->types = types != NULL ? types : s->types;
    struct text *cells = realloc(s->cells, (size_t)(count + 1) * sizeof *cells);
    s->cells = cells != NULL ? cells : s->cells;
    s->columns = 0;
    if (types == NULL || cells == NULL)
        return false;
    for (s->columns = 0; s->columns < count; s->columns++)
        types[s->columns] = PQftype(described, s->columns);
    return true;
}

/* ---- rows ---- */

static uint32_t number_at(const char *at)
{
    uint32_t n;
    memcpy(&n, at, sizeof n);
    return be32toh(n);
}

/* The cells of a row; false: it is none that we know. */
static bool cells_take(struct stream *s, struct text row)
{
    size_t at = 2;
    if (row.size < 2 || (int)((unsigned char)row.at[0] << 8 | (unsigned char)row.at[1]) != s->columns)
        return false;
    for (int i = 0; i < s->columns; i++) {
        if (row.size - at < 4)
            return false;
        uint32_t size = number_at(row.at + at);
        at += 4;
        s->cells[i] = size == UINT32_MAX ? TEXT_NONE : (struct text){row.at + at, size};
        if (size == UINT32_MAX)
            continue;
        if (row.size - at < size)
            return false;
        at += size;
    }
    return at == row.size;
}

static bool is_end(struct text row) { return row.size == 2 && row.at[0] == '\xff' && row.at[1] == '\xff'; }

static enum step not_understood(const struct store *db, struct err *e)
{
    store_fail(db, &STORE_FAILED, e);
    err_add(e, "reason", TEXT("COPY"));
    return STEP_FAILED;
}

/* What stands behind the last row: whether all came. */
static enum step finish(struct store *db, struct stream *s, struct err *e)
{
    struct link *l = link_of(db);
    bool done = true;
    for (PGresult *answer; (answer = PQgetResult(l->connection)) != NULL; PQclear(answer))
        done = (PQresultStatus(answer) == PGRES_COMMAND_OK || link_fail(db, answer, e)) && done;
    if (PQstatus(l->connection) == CONNECTION_BAD)
        done = link_fail(db, NULL, e);
    assert(l->streaming == s);
    l->streaming = NULL;
    return done ? STEP_DONE : STEP_FAILED;
}

enum step stream_next(struct store *db, struct stream *s, struct err *e)
{
    struct link *l = link_of(db);
    struct text row;
    if (l->streaming != s) { /* the connection went, or it was never there */
        store_fail(db, &STORE_LOST, e);
        err_add(e, "reason", TEXT("COPY"));
        return STEP_FAILED;
    }
    do {
        PQfreemem(s->row);
        s->row = NULL;
        int size = PQgetCopyData(l->connection, &s->row, 0);
        if (size < 0)
            return finish(db, s, e);
        row = (struct text){s->row, (size_t)size};
        if (!s->begun)
            row = text_slice(row, HEAD_SIZE, row.size);
        s->begun = true;
    } while (is_end(row) || row.size == 0);
    return cells_take(s, row) ? STEP_ROW : not_understood(db, e);
}

/* ---- life ---- */

struct stream *stream_new(void) { return calloc(1, sizeof(struct stream)); }

void stream_free(struct stream *s)
{
    if (s == NULL)
        return;
    PQfreemem(s->row);
    free(s->types);
    free(s->cells);
    free(s);
}

bool stream_is_open(const struct store *db, const struct stream *s) { return link_of(db)->streaming == s; }

bool stream_open(struct store *db, struct stream *s, const char *sql, const PGresult *described,
                 const struct parameter *parameters, int count, struct err *e)
{
    struct link *l = link_of(db);
    struct buf copy;
    if (!link_settle(db, e))
        return false;
    bool written = copy_write(l->connection, sql, parameters, count, &copy) && shape_take(s, described);
    PGresult *answer = written ? PQexec(l->connection, copy.at) : NULL;
    buf_clear(&copy);
    if (!written)
        return err_fail(e, &OUT_OF_MEMORY);
    bool open = PQresultStatus(answer) == PGRES_COPY_OUT || link_fail(db, answer, e);
    PQclear(answer);
    s->begun = false;
    if (open)
        l->streaming = s;
    return open;
}

/* What still comes is passed over: to stop the server would undo the transaction. */
void stream_close(struct store *db, struct stream *s)
{
    struct err ignored = {.kind = NULL};
    char *row = NULL;
    PQfreemem(s->row);
    s->row = NULL;
    if (!stream_is_open(db, s))
        return;
    while (PQgetCopyData(link_of(db)->connection, &row, 0) >= 0)
        PQfreemem(row);
    (void)finish(db, s, &ignored);
}
