/* Rows of a SELECT as a stream: COPY in its binary form, which costs server and line least. It takes no
 * parameters, so values stand in the text as literals; it tells no types, so the statement is described
 * first.
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

/* Behind the wall the planner takes a table for nearly empty, because it knows nothing of a range that is
 * computed: each part would be looked for in the whole of it, by village, and sorted. Without sorting it goes
 * by the table's key. */
static bool copy_write(PGconn *connection, const char *sql, const struct parameter *parameters, int count,
                       bool by_key, struct buf *out)
{
    struct text literals[LINK_PARAMETER_MAX];
    struct buf all;
    assert(count <= LINK_PARAMETER_MAX);
    buf_init(&all, STREAM_SQL_MAX);
    buf_init(out, STREAM_SQL_MAX);
    buf_add_z(out, by_key ? "SET LOCAL enable_sort TO off; COPY (" : "COPY (");
    bool good = literals_write(connection, parameters, count, &all, literals)
                && sql_inline(text_of(sql), literals, count, out);
    buf_add_z(out, "\n) TO STDOUT (FORMAT binary)"); /* on a line of its own: a comment may stand last */
    buf_add_z(out, by_key ? "; SET LOCAL enable_sort TO on" : "");
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
static enum step finish(struct store *db, const struct source *from, struct err *e)
{
    struct link *l = link_of(db);
    bool done = true;
    for (PGresult *answer; (answer = PQgetResult(l->connection)) != NULL; PQclear(answer))
        done = (PQresultStatus(answer) == PGRES_COMMAND_OK || link_fail(db, answer, e)) && done;
    if (PQstatus(l->connection) == CONNECTION_BAD)
        done = link_fail(db, NULL, e);
    assert(l->streaming == from);
    l->streaming = NULL;
    return done ? STEP_DONE : STEP_FAILED;
}

bool source_open(struct store *db, struct source *from, const char *copy, struct err *e)
{
    struct link *l = link_of(db);
    if (!link_settle(db, e))
        return false;
    PGresult *answer = PQexec(l->connection, copy);
    bool open = PQresultStatus(answer) == PGRES_COPY_OUT || link_fail(db, answer, e);
    PQclear(answer);
    from->begun = false;
    if (open)
        l->streaming = from;
    return open;
}

enum step source_next(struct store *db, struct source *from, struct text *row_out, struct err *e)
{
    struct link *l = link_of(db);
    if (l->streaming != from) { /* the connection went */
        store_fail(db, &STORE_LOST, e);
        err_add(e, "reason", TEXT("COPY"));
        return STEP_FAILED;
    }
    do {
        PQfreemem(from->row);
        from->row = NULL;
        int size = PQgetCopyData(l->connection, &from->row, 0);
        if (size < 0)
            return finish(db, from, e);
        *row_out =
            text_slice((struct text){from->row, (size_t)size}, from->begun ? 0 : HEAD_SIZE, (size_t)size);
        from->begun = true;
    } while (is_end(*row_out) || row_out->size == 0);
    return STEP_ROW;
}

/* What still comes is passed over: to stop the server would undo the transaction. */
void source_close(struct store *db, struct source *from)
{
    struct err ignored = {.kind = NULL};
    char *row = NULL;
    PQfreemem(from->row);
    from->row = NULL;
    if (link_of(db)->streaming != from)
        return;
    while (PQgetCopyData(link_of(db)->connection, &row, 0) >= 0)
        PQfreemem(row);
    (void)finish(db, from, &ignored);
}

/* From the lanes, or by our own connection one statement after another. */
static enum step row_next(struct store *db, struct stream *s, struct text *row_out, struct err *e)
{
    if (s->lanes != NULL)
        return lanes_next(s->lanes, row_out, e);
    enum step step = source_next(db, &s->own, row_out, e);
    while (step == STEP_DONE && ++s->at < s->copy_count)
        step = source_open(db, &s->own, s->copies[s->at], e) ? source_next(db, &s->own, row_out, e)
                                                             : STEP_FAILED;
    return step;
}

enum step stream_next(struct store *db, struct stream *s, struct err *e)
{
    struct text row;
    enum step step = row_next(db, s, &row, e);
    return step != STEP_ROW || cells_take(s, row) ? step : not_understood(db, e);
}

/* ---- life ---- */

struct stream *stream_new(void) { return calloc(1, sizeof(struct stream)); }

static void copies_drop(struct stream *s)
{
    for (size_t i = 0; i < s->copy_count; i++)
        free(s->copies[i]);
    free(s->copies);
    s->copies = NULL;
    s->copy_count = s->at = 0;
}

void stream_free(struct stream *s)
{
    if (s == NULL)
        return;
    copies_drop(s);
    free(s->types);
    free(s->cells);
    free(s);
}

static bool copy_add(PGconn *connection, struct stream *s, const char *sql, struct parameter *parameters,
                     int count)
{
    struct buf copy;
    bool written = copy_write(connection, sql, parameters, count, s->parts.count > 0, &copy);
    if (written)
        s->copies[s->copy_count++] = copy.at;
    else
        buf_clear(&copy);
    return written;
}

/* One statement, or one for each value of a parameter. */
static bool copies_write(PGconn *connection, struct stream *s, const char *sql, struct parameter *parameters,
                         int count)
{
    s->copies = calloc(s->parts.count + 1, sizeof *s->copies);
    if (s->copies == NULL)
        return false;
    if (s->parts.count == 0)
        return copy_add(connection, s, sql, parameters, count);
    bool written = true;
    for (size_t i = 0; written && i < s->parts.count; i++) {
        parameters[s->parts.index - 1].v = value_text(s->parts.values[i]);
        written = copy_add(connection, s, sql, parameters, count);
    }
    return written;
}

bool stream_open(struct store *db, struct stream *s, const char *sql, const PGresult *described,
                 struct parameter *parameters, int count, struct err *e)
{
    struct link *l = link_of(db);
    if (!link_settle(db, e))
        return false;
    copies_drop(s);
    if (!copies_write(l->connection, s, sql, parameters, count) || !shape_take(s, described))
        return err_fail(e, &OUT_OF_MEMORY);
    s->lanes = lanes_open(db, s->copies, s->copy_count);
    return s->lanes != NULL || source_open(db, &s->own, s->copies[0], e);
}

void stream_close(struct store *db, struct stream *s)
{
    lanes_close(s->lanes);
    s->lanes = NULL;
    source_close(db, &s->own);
    copies_drop(s);
}
