/* Rows of one INSERT, gathered and sent as arrays: a thousand at once cost the server and the connection
 * little more than one. They wait until there are enough of them or somebody asks for their table
 * (rows_before). Who began to wait first is sent first: what others refer to was written before them.
 */
#include "base/base.err.h"
#include "store/postgres.h"
#include <assert.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

#define ROWS_MAX 1000
#define ROWS_BYTES_MAX (4u << 20)
#define CELLS_MAX (256u << 20) /* of one column; a single row may be large */
#define ARRAY_HEAD 20          /* dimensions, whether there are nulls, type, length, first index */
enum { OID_BYTEA = 17, OID_INT8 = 20, OID_BYTEA_ARRAY = 1001, OID_TEXT_ARRAY = 1009, OID_INT8_ARRAY = 1016 };

struct rows {
    char *sql;         /* INSERT INTO t (…) SELECT * FROM unnest($1, …) */
    struct text table; /* its name, without quotes; in sql */
    int columns;
    size_t count, bytes;
    struct buf *cells; /* a column each: the array's elements as the server reads them */
    const Oid *types;  /* of the columns */
    Oid *arrays;
    const char **values;
    int *lengths, *formats;
    char name[32];
    uint64_t generation; /* of the connection that knows the statement; 0: none */
    bool waits;
    struct rows *next; /* of those that wait */
};

/* ---- the statement ---- */

/* "($1, $2, …)", every parameter once and in order. */
static bool takes_all_in_order(const char *at, int count)
{
    char part[16];
    for (int i = 1; i <= count; i++) {
        int size = snprintf(part, sizeof part, "%s$%d", i == 1 ? "(" : ", ", i);
        if (strncmp(at, part, (size_t)size) != 0)
            return false;
        at += size;
    }
    return strcmp(at, ")") == 0;
}

static bool room_make(struct rows *r)
{
    size_t room = (size_t)r->columns;
    r->cells = calloc(room, sizeof *r->cells);
    r->arrays = calloc(room, sizeof *r->arrays);
    r->values = calloc(room, sizeof(const char *));
    r->lengths = calloc(room, sizeof *r->lengths);
    r->formats = calloc(room, sizeof *r->formats);
    for (size_t i = 0; r->cells != NULL && i < room; i++)
        buf_init(&r->cells[i], CELLS_MAX);
    return r->cells != NULL && r->arrays != NULL && r->values != NULL && r->lengths != NULL
           && r->formats != NULL;
}

static void sql_write(struct rows *r, struct text head, struct buf *sql)
{
    buf_init(sql, 4u << 20);
    buf_add(sql, head);
    buf_add_z(sql, " SELECT * FROM unnest(");
    for (int i = 1; i <= r->columns; i++)
        buf_add_format(sql, "%s$%d", i == 1 ? "" : ", ", i);
    buf_add_char(sql, ')');
    buf_add_char(sql, '\0');
}

struct rows *rows_new(const char *sql, int count)
{
    static const char begin[] = "INSERT INTO ";
    const char *values = strstr(sql, " VALUES ");
    if (count == 0 || values == NULL || strncmp(sql, begin, sizeof begin - 1) != 0
        || !takes_all_in_order(values + sizeof " VALUES " - 1, count))
        return NULL;
    struct rows *r = calloc(1, sizeof *r);
    struct buf text;
    if (r == NULL)
        return NULL;
    r->columns = count;
    sql_write(r, (struct text){sql, (size_t)(values - sql)}, &text);
    if (text.failed || !room_make(r)) {
        buf_clear(&text);
        rows_free(r);
        return NULL;
    }
    r->sql = text.at;
    const char *name = r->sql + sizeof begin - 1;
    name += *name == '"';
    r->table = (struct text){name, strcspn(name, "\" (")};
    return r;
}

void rows_free(struct rows *r)
{
    if (r == NULL)
        return;
    for (int i = 0; r->cells != NULL && i < r->columns; i++)
        buf_clear(&r->cells[i]);
    free(r->cells);
    free(r->arrays);
    free(r->values);
    free(r->lengths);
    free(r->formats);
    free(r->sql);
    free(r);
}

/* ---- gathering ---- */

static void add_number(struct buf *out, uint32_t n)
{
    n = htobe32(n);
    buf_add(out, (struct text){(const char *)&n, sizeof n});
}

static size_t add_cell(struct buf *out, struct value v)
{
    size_t before = out->size;
    if (v.kind == VALUE_NONE) {
        add_number(out, UINT32_MAX);
    } else if (v.kind == VALUE_INT) {
        uint64_t big = htobe64((uint64_t)v.n);
        add_number(out, sizeof big);
        buf_add(out, (struct text){(const char *)&big, sizeof big});
    } else {
        add_number(out, (uint32_t)v.s.size);
        buf_add(out, v.s);
    }
    return out->size - before;
}

void rows_cell(struct rows *r, int column, struct value v)
{
    if (r->cells[column].size == 0)
        buf_add(&r->cells[column], (struct text){(const char[ARRAY_HEAD]){0}, ARRAY_HEAD});
    r->bytes += add_cell(&r->cells[column], v);
}

bool rows_added(struct store *db, struct rows *r, const Oid *types, struct err *e)
{
    struct link *l = link_of(db);
    r->types = types;
    r->count++;
    if (!r->waits) {
        struct rows **end = &l->waiting;
        while (*end != NULL)
            end = &(*end)->next;
        *end = r;
        r->waits = true;
    }
    return (r->count < ROWS_MAX && r->bytes < ROWS_BYTES_MAX) || rows_before(db, NULL, e);
}

/* ---- sending ---- */

static void forget(struct link *l, struct rows *r)
{
    struct rows **at = &l->waiting;
    while (*at != NULL && *at != r)
        at = &(*at)->next;
    if (*at == r)
        *at = r->next;
    r->next = NULL;
    r->waits = false;
    r->count = r->bytes = 0;
    for (int i = 0; i < r->columns; i++)
        buf_reset(&r->cells[i]);
}

static bool arrays_finish(struct rows *r)
{
    bool same = true;
    for (int i = 0; i < r->columns; i++) {
        const uint32_t head[] = {htobe32(1), htobe32(1), htobe32(r->types[i]), htobe32((uint32_t)r->count),
                                 htobe32(1)};
        Oid array = r->types[i] == OID_INT8    ? OID_INT8_ARRAY
                    : r->types[i] == OID_BYTEA ? OID_BYTEA_ARRAY
                                               : OID_TEXT_ARRAY;
        static_assert(sizeof head == ARRAY_HEAD, "the head of an array");
        if (r->cells[i].failed)
            return false;
        memcpy(r->cells[i].at, head, sizeof head);
        same = same && r->arrays[i] == array;
        r->arrays[i] = array;
        r->values[i] = r->cells[i].at;
        r->lengths[i] = (int)r->cells[i].size;
        r->formats[i] = 1;
    }
    if (!same)
        r->generation = 0;
    return true;
}

static bool make_known(struct store *db, struct rows *r, struct err *e)
{
    struct link *l = link_of(db);
    if (r->generation == l->generation)
        return true;
    if (!link_settle(db, e))
        return false;
    snprintf(r->name, sizeof r->name, "r%llu", (unsigned long long)++l->names);
    PGresult *answer = PQprepare(l->connection, r->name, r->sql, r->columns, r->arrays);
    bool done = PQresultStatus(answer) == PGRES_COMMAND_OK || link_fail(db, answer, e);
    PQclear(answer);
    if (done)
        r->generation = l->generation;
    return done;
}

bool rows_send(struct store *db, struct rows *r, struct err *e)
{
    struct link *l = link_of(db);
    if (!r->waits)
        return true;
    bool done = arrays_finish(r) || err_fail(e, &OUT_OF_MEMORY);
    done = done && make_known(db, r, e) && link_ahead(db, e);
    done =
        done
        && (PQsendQueryPrepared(l->connection, r->name, r->columns, r->values, r->lengths, r->formats, 1) == 1
            || link_fail(db, NULL, e));
    forget(l, r);
    if (!done && l->late.kind == NULL) /* they are gone: nothing of this transaction may be kept */
        l->late = *e;
    return done;
}

bool rows_before(struct store *db, const char *sql, struct err *e)
{
    struct link *l = link_of(db);
    bool asked = sql == NULL;
    for (const struct rows *r = l->waiting; !asked && r != NULL; r = r->next)
        asked = text_find(text_of(sql), r->table, 0) != SIZE_MAX;
    while (asked && l->waiting != NULL)
        if (!rows_send(db, l->waiting, e))
            return false;
    return true;
}

void rows_drop(struct link *l)
{
    while (l->waiting != NULL)
        forget(l, l->waiting);
}
