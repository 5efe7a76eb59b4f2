/* Prepared statements, kept by their text: the second opening of the same text costs a look into a table. */
#include "base/base.err.h"
#include "store/backend.h"
#include "store/store.err.h"
#include <assert.h>
#include <stdlib.h>

struct statement {
    struct store *db;
    struct prepared *prepared;
    struct statement *next; /* in its bucket */
    uint64_t hash;
    bool in_use, stepped, bind_failed;
    /* One run for each value of a parameter, where the engine does not do that itself. */
    int part_index;
    const struct text *parts;
    size_t part_count, part;
    size_t size;
    char sql[];
};

static struct statement *find_idle(struct store *db, struct text sql, uint64_t hash)
{
    for (struct statement *s = db->statements[hash % STATEMENT_BUCKETS]; s != NULL; s = s->next) {
        if (!s->in_use && s->hash == hash && text_equal((struct text){s->sql, s->size}, sql))
            return s;
    }
    return NULL;
}

static struct statement *prepare(struct store *db, struct text sql, uint64_t hash, struct err *e)
{
    struct statement *s = calloc(1, sizeof *s + sql.size + 1);
    if (s == NULL) {
        err_fail(e, &OUT_OF_MEMORY);
        return NULL;
    }
    s->prepared = db->backend->prepare(db, sql, e);
    if (s->prepared == NULL) {
        free(s);
        return NULL;
    }
    s->db = db;
    s->hash = hash;
    s->size = sql.size;
    memcpy(s->sql, sql.at, sql.size);
    s->next = db->statements[hash % STATEMENT_BUCKETS];
    db->statements[hash % STATEMENT_BUCKETS] = s;
    db->statement_count++;
    return s;
}

struct statement *statement_open(struct store *db, struct text sql, struct err *e)
{
    uint64_t hash = text_hash(sql);
    struct statement *s = find_idle(db, sql, hash);
    if (s == NULL)
        s = prepare(db, sql, hash, e);
    if (s == NULL)
        return NULL;
    s->in_use = true;
    db->in_use++;
    return s;
}

static void drop(struct statement *s)
{
    struct statement **at = &s->db->statements[s->hash % STATEMENT_BUCKETS];
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    s->db->statement_count--;
    s->db->backend->finalize(s->prepared);
    free(s);
}

void statement_close(struct statement *s)
{
    if (s == NULL)
        return;
    assert(s->in_use);
    s->db->in_use--;
    s->in_use = false;
    if (s->db->statement_count > STATEMENT_CACHE_MAX)
        drop(s);
    else
        statement_clear(s);
}

void statements_drop(struct store *db)
{
    assert(db->in_use == 0); /* a statement must not outlive its store */
    for (size_t i = 0; i < STATEMENT_BUCKETS; i++) {
        while (db->statements[i] != NULL)
            drop(db->statements[i]);
    }
}

static void start_anew(struct statement *s)
{
    if (s->stepped)
        s->db->backend->reset(s->prepared);
    s->stepped = false;
}

void statement_clear(struct statement *s)
{
    start_anew(s);
    s->db->backend->clear(s->prepared);
    s->bind_failed = false;
    s->part_count = 0;
}

void statement_bind(struct statement *s, int index, struct value v)
{
    start_anew(s);
    if (!s->db->backend->bind(s->prepared, index, v))
        s->bind_failed = true;
}

/* The next of the runs that are read as one. */
static bool part_begin(struct statement *s, size_t part)
{
    s->part = part;
    if (s->part_count == 0)
        return true;
    s->db->backend->reset(s->prepared);
    return s->db->backend->bind(s->prepared, s->part_index, value_text(s->parts[part]));
}

enum step statement_step(struct statement *s, struct err *e)
{
    assert(s->in_use);
    if (s->bind_failed) {
        store_fail(s->db, &STORE_FAILED, e);
        err_add(e, "reason", TEXT("bind"));
        return STEP_FAILED;
    }
    if (!s->stepped && !part_begin(s, 0))
        return STEP_FAILED;
    s->stepped = true;
    enum step step = s->db->backend->step(s->db, s->prepared, e);
    while (step == STEP_DONE && s->part + 1 < s->part_count && part_begin(s, s->part + 1))
        step = s->db->backend->step(s->db, s->prepared, e);
    if (step != STEP_ROW)
        start_anew(s);
    return step;
}

bool statement_send(struct statement *s, struct err *e)
{
    assert(s->in_use);
    if (s->bind_failed) {
        store_fail(s->db, &STORE_FAILED, e);
        err_add(e, "reason", TEXT("bind"));
        return false;
    }
    s->stepped = true;
    bool done = s->db->backend->send(s->db, s->prepared, e);
    start_anew(s);
    return done;
}

void statement_many(struct statement *s) { s->db->backend->many(s->prepared); }

void statement_stream(struct statement *s) { statement_stream_parts(s, 0, NULL, 0); }

void statement_stream_parts(struct statement *s, int index, const struct text *parts, size_t count)
{
    if (s->db->backend->stream != NULL) {
        s->db->backend->stream(s->prepared, index, parts, count);
        return;
    }
    s->part_index = index;
    s->parts = parts;
    s->part_count = count;
}

bool statement_run(struct statement *s, struct err *e)
{
    enum step step;
    do
        step = statement_step(s, e);
    while (step == STEP_ROW);
    return step == STEP_DONE;
}

struct value statement_column(const struct statement *s, int index)
{
    assert(s->stepped);
    return s->db->backend->column(s->prepared, index);
}

int statement_column_count(const struct statement *s) { return s->db->backend->column_count(s->prepared); }
