/* Statements of PostgreSQL: prepared at their first step, when the types of their values are known.
 *
 * A value that was there at that step has its type from then on (int8, text, bytea); one that was not has
 * what the server takes it for. A value of another type than that has the statement prepared anew. Rows of a
 * SELECT come at once, or, of one that may have many (postgres_many), piece by piece through a cursor.
 */
#include "base/base.err.h"
#include "store/postgres.h"
#include "store/store.err.h"
#include <assert.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

#define PIECE_FIRST 64 /* rows of a cursor's first piece, and of the others */
#define PIECE_NEXT 2000
#define NAME_SIZE 32
enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_NUMERIC = 1700
};

struct prepared {
    struct store *db;
    char *sql;
    char name[NAME_SIZE], cursor[NAME_SIZE];
    uint64_t generation; /* of the connection that knows it; 0: none */
    bool reads, many, streams;
    int count; /* parameters */
    struct parameter *parameters;
    const char **values;
    int *lengths, *formats;
    Oid *types;
    /* Of the step that is under way. */
    struct stream *stream; /* how its rows come, when it streams */
    struct rows *gathered; /* of an INSERT that takes rows as they are; else NULL */
    bool begun;
    PGresult *rows;
    int row, row_count;
    PGresult *ahead;    /* the piece behind this one, when it has come already */
    bool is_open, more; /* the cursor; there may be rows behind the piece */
    uint64_t opened;    /* the generation of the cursor's connection */
    struct prepared *next_cursor;
};

/* ---- life ---- */

static bool begins_with(const char *sql, const char *word) { return strncmp(sql, word, strlen(word)) == 0; }

static void prepared_free(struct prepared *p)
{
    if (p == NULL)
        return;
    rows_free(p->gathered);
    stream_free(p->stream);
    free(p->sql);
    free(p->parameters);
    free(p->values);
    free(p->lengths);
    free(p->formats);
    free(p->types);
    free(p);
}

static bool parameters_make(struct prepared *p, const bool *used)
{
    size_t room = (size_t)p->count + 1;
    p->parameters = calloc(room, sizeof *p->parameters);
    p->values = calloc(room, sizeof(const char *));
    p->lengths = calloc(room, sizeof *p->lengths);
    p->formats = calloc(room, sizeof *p->formats);
    p->types = calloc(room, sizeof *p->types);
    if (p->parameters == NULL || p->values == NULL || p->lengths == NULL || p->formats == NULL
        || p->types == NULL)
        return false;
    for (int i = 0; i < p->count; i++)
        p->parameters[i].used = used[i];
    return true;
}

struct prepared *postgres_prepare(struct store *db, struct text sql, struct err *e)
{
    bool used[LINK_PARAMETER_MAX] = {false};
    struct prepared *p = calloc(1, sizeof *p);
    struct buf out;
    buf_init(&out, 4u << 20);
    bool good = p != NULL && sql_translate(sql, false, &out, used, LINK_PARAMETER_MAX, &p->count);
    if (good) {
        p->db = db;
        p->sql = out.at;
        p->reads = begins_with(p->sql, "SELECT") || begins_with(p->sql, "WITH");
        good = parameters_make(p, used);
        p->gathered = good ? rows_new(p->sql, p->count) : NULL;
    } else {
        buf_clear(&out);
    }
    if (!good) {
        prepared_free(p);
        err_fail(e, &OUT_OF_MEMORY);
        return NULL;
    }
    return p;
}

static bool is_known(const struct prepared *p) { return p->generation == link_of(p->db)->generation; }

/* The server forgets it, with the next statement or with the connection. */
static void forget(struct prepared *p)
{
    char sql[NAME_SIZE + 16];
    snprintf(sql, sizeof sql, "DEALLOCATE %s", p->name);
    if (is_known(p) && link_of(p->db)->connection != NULL && link_of(p->db)->late.kind == NULL)
        (void)link_run(p->db, sql, &(struct err){.kind = NULL});
    p->generation = 0;
}

void postgres_finalize(struct prepared *p)
{
    postgres_reset(p);
    if (p->gathered != NULL)
        (void)!rows_send(p->db, p->gathered,
                         &(struct err){.kind = NULL}); /* a failure is kept for what follows */
    forget(p);
    prepared_free(p);
}

/* ---- values ---- */

bool postgres_bind(struct prepared *p, int index, struct value v)
{
    if (index < 1 || index > p->count)
        return false;
    p->parameters[index - 1].v = v;
    p->parameters[index - 1].bound = true;
    return true;
}

void postgres_clear(struct prepared *p)
{
    for (int i = 0; i < p->count; i++)
        p->parameters[i].v = value_none();
    p->streams = false;
}

static Oid type_of(struct value v)
{
    switch (v.kind) {
    case VALUE_INT:
        return OID_INT8;
    case VALUE_TEXT:
        return OID_TEXT;
    case VALUE_BYTES:
        return OID_BYTEA;
    case VALUE_NONE:
        return 0;
    }
    return 0;
}

/* Would a statement prepared before take the values that are bound now? */
static bool types_hold(const struct prepared *p)
{
    for (int i = 0; i < p->count; i++) {
        const struct parameter *one = &p->parameters[i];
        if (one->v.kind != VALUE_NONE && one->type != type_of(one->v))
            return false;
    }
    return true;
}

static void types_take(struct prepared *p)
{
    for (int i = 0; i < p->count; i++) {
        struct parameter *one = &p->parameters[i];
        one->type = one->used ? type_of(one->v) : OID_TEXT;
        p->types[i] = one->type;
    }
}

static void value_take(struct prepared *p, int i)
{
    struct parameter *one = &p->parameters[i];
    p->formats[i] = 1;
    p->values[i] = NULL;
    p->lengths[i] = 0;
    if (one->v.kind == VALUE_INT) {
        one->big = htobe64((uint64_t)one->v.n);
        p->values[i] = (const char *)&one->big;
        p->lengths[i] = sizeof one->big;
    } else if (one->v.kind != VALUE_NONE) {
        p->values[i] = one->v.s.at != NULL ? one->v.s.at : "";
        p->lengths[i] = (int)one->v.s.size;
    }
}

static void values_take(struct prepared *p)
{
    for (int i = 0; i < p->count; i++)
        value_take(p, i);
}

/* ---- preparing ---- */

static bool succeeded(const PGresult *answer)
{
    ExecStatusType status = PQresultStatus(answer);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* What the server takes those for that have no value yet. */
static bool types_ask(struct store *db, struct prepared *p, struct err *e)
{
    bool all = true;
    for (int i = 0; i < p->count; i++)
        all = all && p->parameters[i].type != 0;
    if (all)
        return true;
    PGresult *answer = PQdescribePrepared(link_of(db)->connection, p->name);
    bool done = succeeded(answer) || link_fail(db, answer, e);
    for (int i = 0; done && i < p->count; i++)
        p->parameters[i].type = PQparamtype(answer, i);
    PQclear(answer);
    return done;
}

static bool make_known(struct store *db, struct prepared *p, struct err *e)
{
    struct link *l = link_of(db);
    if (is_known(p) && types_hold(p))
        return true;
    forget(p);
    if (!link_settle(db, e))
        return false;
    types_take(p);
    snprintf(p->name, sizeof p->name, "s%llu", (unsigned long long)++l->names);
    PGresult *answer = PQprepare(l->connection, p->name, p->sql, p->count, p->types);
    bool done = succeeded(answer) || link_fail(db, answer, e);
    PQclear(answer);
    done = done && types_ask(db, p, e);
    if (done)
        p->generation = l->generation;
    return done;
}

/* ---- cursors ---- */

static void cursor_unlink(struct prepared *p)
{
    struct prepared **at = &link_of(p->db)->cursors;
    while (*at != NULL && *at != p)
        at = &(*at)->next_cursor;
    if (*at == p)
        *at = p->next_cursor;
    p->is_open = false;
}

void cursors_end(struct link *l)
{
    for (struct prepared *p = l->cursors; p != NULL; p = p->next_cursor)
        p->is_open = false;
    l->cursors = NULL;
}

/* A cursor lives in a transaction: outside of one, in one for its sake. */
static bool cursor_transaction(struct store *db, struct err *e)
{
    struct link *l = link_of(db);
    if (l->scope != LINK_NONE || l->making)
        return true;
    if (!link_run(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", e))
        return false;
    l->scope = LINK_IMPLICIT;
    return true;
}

static void cursor_close(struct prepared *p)
{
    struct link *l = link_of(p->db);
    char sql[NAME_SIZE + 16];
    struct err ignored = {.kind = NULL}; /* a transaction that has failed has closed it */
    piece_take(l);
    cursor_unlink(p);
    snprintf(sql, sizeof sql, "CLOSE %s", p->cursor);
    if (l->scope == LINK_IMPLICIT && l->cursors == NULL) {
        l->scope = LINK_NONE;
        (void)link_run(p->db, "COMMIT", &ignored);
    } else if (l->late.kind == NULL && PQtransactionStatus(l->connection) != PQTRANS_INERROR) {
        (void)link_run(p->db, sql, &ignored);
    }
}

/* The next piece is asked for while this one is being read: the server works beside us. */
static void piece_ask(struct store *db, struct prepared *p)
{
    struct link *l = link_of(db);
    char sql[NAME_SIZE + 48];
    snprintf(sql, sizeof sql, "FETCH %d FROM %s", PIECE_NEXT, p->cursor);
    if (PQpipelineStatus(l->connection) == PQ_PIPELINE_OFF && l->asked == NULL
        && PQsendQueryParams(l->connection, sql, 0, NULL, NULL, NULL, NULL, 1) == 1)
        l->asked = p;
}

void piece_take(struct link *l)
{
    struct prepared *p = l->asked;
    if (p == NULL)
        return;
    l->asked = NULL;
    p->ahead = PQgetResult(l->connection);
    for (PGresult *rest = p->ahead; rest != NULL;) {
        rest = PQgetResult(l->connection);
        PQclear(rest);
    }
}

static bool piece_read(struct store *db, struct prepared *p, PGresult *answer, int most, struct err *e)
{
    if (!succeeded(answer)) {
        link_fail(db, answer, e);
        PQclear(answer);
        return false;
    }
    PQclear(p->rows);
    p->rows = answer;
    p->row = -1;
    p->row_count = PQntuples(answer);
    p->more = most > 0 && p->row_count == most;
    if (p->more)
        piece_ask(db, p);
    return true;
}

static bool piece_fetch(struct store *db, struct prepared *p, int most, struct err *e)
{
    char sql[NAME_SIZE + 48];
    if (!link_settle(db, e))
        return false;
    if (p->ahead != NULL) {
        PGresult *answer = p->ahead;
        p->ahead = NULL;
        return piece_read(db, p, answer, PIECE_NEXT, e);
    }
    snprintf(sql, sizeof sql, "FETCH %d FROM %s", most, p->cursor);
    return piece_read(db, p, PQexecParams(link_of(db)->connection, sql, 0, NULL, NULL, NULL, NULL, 1), most,
                      e);
}

static bool cursor_open(struct store *db, struct prepared *p, struct err *e)
{
    struct link *l = link_of(db);
    struct buf sql;
    if (!link_settle(db, e) || !cursor_transaction(db, e))
        return false;
    types_take(p);
    values_take(p);
    p->generation = 0; /* the types are now those of the cursor */
    snprintf(p->cursor, sizeof p->cursor, "c%llu", (unsigned long long)++l->names);
    buf_init(&sql, 4u << 20);
    buf_add_format(&sql, "DECLARE %s NO SCROLL CURSOR FOR %s", p->cursor, p->sql);
    buf_add_char(&sql, '\0');
    PGresult *answer = sql.failed ? NULL
                                  : PQexecParams(l->connection, sql.at, p->count, p->types, p->values,
                                                 p->lengths, p->formats, 1);
    buf_clear(&sql);
    bool done = succeeded(answer) || link_fail(db, answer, e);
    PQclear(answer);
    if (!done)
        return false;
    p->next_cursor = l->cursors;
    l->cursors = p;
    p->is_open = true;
    p->opened = l->generation;
    return piece_fetch(db, p, PIECE_FIRST, e);
}

/* What follows the piece under way cannot be kept beside it, so only a cursor that has been read to its end
 * outlives its transaction. */
static bool cursor_keep(struct store *db, const struct prepared *p, struct err *e)
{
    if (!p->more)
        return true;
    store_fail(db, &STORE_FAILED, e);
    err_add(e, "reason", TEXT("cursor"));
    return false;
}

bool cursors_keep(struct store *db, struct err *e)
{
    for (struct prepared *p = link_of(db)->cursors; p != NULL; p = p->next_cursor)
        if (!cursor_keep(db, p, e))
            return false;
    return true;
}

/* ---- running ---- */

void postgres_many(struct prepared *p) { p->many = p->reads; }

void postgres_stream(struct prepared *p, int index, const struct text *parts, size_t count)
{
    p->many = p->reads; /* where memory is out */
    if (p->stream == NULL && p->reads)
        p->stream = stream_new();
    p->streams = p->stream != NULL;
    if (!p->streams)
        return;
    p->stream->parts.index = index;
    p->stream->parts.values = parts;
    p->stream->parts.count = count;
    if (count > 0)
        (void)postgres_bind(p, index, value_text(parts[0])); /* its type */
}

/* COPY says nothing of the types of its columns. */
static bool stream_begin(struct store *db, struct prepared *p, struct err *e)
{
    if (!make_known(db, p, e) || !link_settle(db, e))
        return false;
    PGresult *described = PQdescribePrepared(link_of(db)->connection, p->name);
    bool done = succeeded(described) || link_fail(db, described, e);
    done = done && stream_open(db, p->stream, p->sql, described, p->parameters, p->count, e);
    PQclear(described);
    return done;
}

static bool execute(struct store *db, struct prepared *p, struct err *e)
{
    struct link *l = link_of(db);
    if (!rows_before(db, p->reads ? p->sql : NULL, e))
        return false;
    if (p->streams)
        return stream_begin(db, p, e);
    if (p->many)
        return cursor_open(db, p, e);
    if (!make_known(db, p, e) || !link_settle(db, e))
        return false;
    values_take(p);
    p->rows = PQexecPrepared(l->connection, p->name, p->count, p->values, p->lengths, p->formats, 1);
    if (!succeeded(p->rows))
        return link_fail(db, p->rows, e);
    if (!p->reads)
        l->changes = strtoll(PQcmdTuples(p->rows), NULL, 10);
    p->row = -1;
    p->row_count = PQntuples(p->rows);
    p->more = false;
    return true;
}

/* A read outside of a transaction is begun once more on a connection of its own where it was lost: nobody has seen a
 * row of it, and nothing was under way that it belonged to. */
static bool execute_anew(struct store *db, struct prepared *p, struct err *e)
{
    const struct link *l = link_of(db);
    struct err first = {.kind = NULL};
    if (l->scope != LINK_NONE || l->making || !begins_with(p->sql, "SELECT"))
        return execute(db, p, e);
    if (execute(db, p, &first))
        return true;
    postgres_reset(p);
    if (err_is(&first, &STORE_LOST))
        return link_connect(db, true, e) && execute(db, p, e);
    if (e->kind == NULL)
        *e = first;
    return false;
}

/* The cursor's transaction has ended before its rows: by us, or with the connection. */
static bool is_cut(struct store *db, const struct prepared *p, struct err *e)
{
    if (p->is_open)
        return false;
    store_fail(db, p->opened == link_of(db)->generation ? &STORE_FAILED : &STORE_LOST, e);
    err_add(e, "reason", TEXT("cursor"));
    return true;
}

enum step postgres_step(struct store *db, struct prepared *p, struct err *e)
{
    if (!p->begun && !execute_anew(db, p, e))
        return STEP_FAILED;
    p->begun = true;
    if (p->streams)
        return stream_next(db, p->stream, e);
    if (p->row + 1 == p->row_count && p->more && (is_cut(db, p, e) || !piece_fetch(db, p, PIECE_NEXT, e)))
        return STEP_FAILED;
    if (p->row + 1 >= p->row_count)
        return STEP_DONE;
    p->row++;
    return STEP_ROW;
}

/* A gathered row; values of other types than those before begin a new lot. */
static bool gather(struct store *db, struct prepared *p, struct err *e)
{
    if ((!is_known(p) || !types_hold(p)) && (!rows_send(db, p->gathered, e) || !make_known(db, p, e)))
        return false;
    for (int i = 0; i < p->count; i++) {
        p->types[i] = p->parameters[i].type;
        rows_cell(p->gathered, i, p->parameters[i].v);
    }
    return rows_added(db, p->gathered, p->types, e);
}

bool postgres_send(struct store *db, struct prepared *p, struct err *e)
{
    struct link *l = link_of(db);
    assert(!p->reads);
    if (l->scope != LINK_WRITE && !l->making)
        return postgres_step(db, p, e) == STEP_DONE;
    if (l->late.kind != NULL)
        return link_settle(db, e);
    if (p->gathered != NULL)
        return gather(db, p, e);
    if (!rows_before(db, NULL, e) || !make_known(db, p, e) || !link_ahead(db, e))
        return false;
    values_take(p);
    return PQsendQueryPrepared(l->connection, p->name, p->count, p->values, p->lengths, p->formats, 1) == 1
           || link_fail(db, NULL, e);
}

void postgres_reset(struct prepared *p)
{
    if (p->is_open)
        cursor_close(p);
    if (p->stream != NULL)
        stream_close(p->db, p->stream);
    PQclear(p->rows);
    PQclear(p->ahead);
    p->rows = p->ahead = NULL;
    p->row = p->row_count = 0;
    p->more = p->begun = false;
}

/* ---- columns ---- */

static int64_t whole(const char *at, int size)
{
    uint64_t n = 0;
    for (int i = 0; i < size; i++)
        n = n << 8 | (unsigned char)at[i];
    return size == 2 ? (int16_t)n : size == 4 ? (int32_t)n : (int64_t)n;
}

/* numeric (a sum), of whole numbers: digits of base 10000, the first one times 10000^weight. */
static int64_t whole_of_numeric(const char *at)
{
    int64_t digits = whole(at, 2), weight = whole(at + 2, 2), n = 0;
    for (int64_t i = 0; i <= weight; i++)
        n = n * 10000 + (i < digits ? whole(at + 8 + 2 * i, 2) : 0);
    return whole(at + 4, 2) != 0 ? -n : n;
}

static struct value value_of(Oid type, struct text s)
{
    switch (type) {
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
    case OID_BOOL:
        return value_int(whole(s.at, (int)s.size));
    case OID_NUMERIC:
        return value_int(whole_of_numeric(s.at));
    case OID_BYTEA:
        return value_bytes(s);
    default: /* text and names; another type is another statement than ours */
        return value_text(s);
    }
}

struct value postgres_column(struct prepared *p, int index)
{
    if (p->streams) {
        const struct text cell = p->stream->cells[index];
        return cell.at != NULL ? value_of(p->stream->types[index], cell) : value_none();
    }
    if (PQgetisnull(p->rows, p->row, index) == 1)
        return value_none();
    const struct text s = {PQgetvalue(p->rows, p->row, index), (size_t)PQgetlength(p->rows, p->row, index)};
    return value_of(PQftype(p->rows, index), s);
}

int postgres_column_count(struct prepared *p)
{
    if (p->streams)
        return p->stream->columns;
    return p->rows != NULL ? PQnfields(p->rows) : 0;
}
