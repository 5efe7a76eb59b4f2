/* Rows of a batch on their way; see stage.h.
 *
 * A row is its head (struct stage_head), the bytes of the village's name, then each given field by column: a
 * byte for the kind, then 8 bytes, or a length and bytes; a sealed one has its hash before the length.
 */
#include "engine/record/stage.h"
#include "base/base.err.h"
#include "base/system.h"
#include "engine/record/record.err.h"
#include <assert.h>
#include <sodium.h>

enum { CELL_NONE, CELL_INT, CELL_TEXT, CELL_SEALED };

struct stage_head {
    uint64_t given[4];
    uint32_t sheet, row;
    int32_t fact_day;
    uint32_t name_size; /* UINT32_MAX: no name */
    uint32_t companion, refused;
};

static const char make_table[] = "DROP TABLE IF EXISTS stage; CREATE TEMP TABLE stage (seq INTEGER PRIMARY "
                                 "KEY, entity INTEGER NOT NULL, id TEXT, alt BLOB, "
                                 "data BLOB NOT NULL)";
static const char insert_row[] = "INSERT INTO stage (seq, entity, id, alt, data) VALUES (?1, ?2, ?3, ?4, ?5)";
static const char make_indexes[] = "CREATE INDEX stage_id ON stage (entity, id, seq);"
                                   "CREATE INDEX stage_alt ON stage (entity, alt) WHERE alt IS NOT NULL";
static const char rows_by_id[] =
    "SELECT seq, id, data FROM stage WHERE entity = ?1 AND id IS NOT NULL ORDER BY id, seq";
static const char rows_by_seq[] = "SELECT seq, id, data FROM stage WHERE entity = ?1 ORDER BY seq";
static const char rows_of_id[] = "SELECT seq, id, data FROM stage WHERE entity = ?1 AND id = ?2 ORDER BY seq";

bool stage_open(struct stage *s, struct records *r, struct arena *a, struct err *e)
{
    *s = (struct stage){.r = r, .next = 1};
    buf_init(&s->bytes, STAGE_ROW_MAX);
    random_fill(s->key, sizeof s->key);
    s->entities = arena_take_many(a, r->catalog->entity_count + 1, sizeof *s->entities);
    if (s->entities == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < r->catalog->entity_count; i++) {
        s->entities[i].ordered = true;
        buf_init(&s->entities[i].last, 64 * 1024);
    }
    if (!store_run(r->db, text_of(make_table), e))
        return false;
    s->insert = statement_open(r->db, text_of(insert_row), e);
    return s->insert != NULL;
}

void stage_close(struct stage *s)
{
    statement_close(s->insert);
    s->insert = NULL;
    if (s->bytes.at != NULL)
        sodium_memzero(s->bytes.at, s->bytes.room);
    buf_clear(&s->bytes);
    for (size_t i = 0; s->entities != NULL && i < s->r->catalog->entity_count; i++)
        buf_clear(&s->entities[i].last);
    sodium_memzero(s->key, sizeof s->key);
}

void sealed_hash(const struct records *r, const struct catalog_entity *entity,
                 const struct catalog_field *field, struct text plain, unsigned char out[VAULT_HASH_SIZE])
{
    char folded[64];
    bool fits = plain.size <= sizeof folded;
    for (size_t i = 0; fits && i < plain.size; i++)
        folded[i] = plain.at[i] >= 'a' && plain.at[i] <= 'z' ? (char)(plain.at[i] - 32) : plain.at[i];
    vault_hash(r->vault, entity->z, field->z, fits ? (struct text){folded, plain.size} : plain, out);
}

/* Each value has its own nonce: row and column. */
static void crypt(const struct stage *s, int64_t seq, size_t column, unsigned char *bytes, size_t size)
{
    uint64_t place = (uint64_t)seq * CATALOG_FIELD_MAX + column;
    unsigned char nonce[crypto_stream_chacha20_NONCEBYTES];
    static_assert(sizeof nonce == sizeof place, "a nonce holds a place");
    memcpy(nonce, &place, sizeof nonce);
    crypto_stream_chacha20_xor(bytes, bytes, size, nonce, s->key);
}

static void add_bytes(struct buf *out, const void *at, size_t size) { buf_add(out, (struct text){at, size}); }

static void add_sized(struct buf *out, struct text t)
{
    uint32_t size = (uint32_t)t.size;
    add_bytes(out, &size, sizeof size);
    buf_add(out, t);
}

static void add_cell(struct stage *s, const struct catalog_entity *entity, size_t i, struct value v)
{
    const struct catalog_field *field = entity->stored[i];
    struct buf *out = &s->bytes;
    if (v.kind == VALUE_INT) {
        buf_add_char(out, CELL_INT);
        add_bytes(out, &v.n, sizeof v.n);
    } else if (v.kind == VALUE_NONE) {
        buf_add_char(out, CELL_NONE);
    } else if (!field->sealed) {
        buf_add_char(out, CELL_TEXT);
        add_sized(out, v.s);
    } else {
        unsigned char hash[VAULT_HASH_SIZE];
        sealed_hash(s->r, entity, field, v.s, hash);
        buf_add_char(out, CELL_SEALED);
        add_bytes(out, hash, sizeof hash);
        add_sized(out, v.s);
        if (!out->failed)
            crypt(s, s->next, i, (unsigned char *)out->at + out->size - v.s.size, v.s.size);
    }
}

static void add_row(struct stage *s, const struct batch_row *row)
{
    bool named = row->village_name.at != NULL;
    struct stage_head head = {.sheet = row->sheet,
                              .row = row->row,
                              .fact_day = row->fact_day,
                              .name_size = named ? (uint32_t)row->village_name.size : UINT32_MAX,
                              .companion = row->companion,
                              .refused = row->refused};
    memcpy(head.given, row->given, sizeof head.given);
    buf_reset(&s->bytes);
    add_bytes(&s->bytes, &head, sizeof head);
    if (named)
        buf_add(&s->bytes, row->village_name);
    for (size_t i = 0; i < row->entity->stored_count; i++)
        if (bit(row->given, i))
            add_cell(s, row->entity, i, row->values[i]);
}

static void order_keep(struct stage_entity *n, struct text id)
{
    n->count++;
    n->unresolved += id.at == NULL;
    if (!n->ordered)
        return;
    n->ordered = id.at != NULL && (n->count == 1 || text_compare(buf_text(&n->last), id) < 0);
    buf_reset(&n->last);
    buf_add(&n->last, id);
    n->ordered = n->ordered && !n->last.failed;
}

bool stage_add(struct stage *s, const struct batch_row *row, struct text id, struct text alt, struct err *e)
{
    add_row(s, row);
    if (s->bytes.failed)
        return err_fail(e, &OUT_OF_MEMORY);
    order_keep(&s->entities[row->entity->index], id);
    statement_bind(s->insert, 1, value_int(s->next));
    statement_bind(s->insert, 2, value_int((int64_t)row->entity->index));
    statement_bind(s->insert, 3, id.at != NULL ? value_text(id) : value_none());
    statement_bind(s->insert, 4, alt.at != NULL ? value_bytes(alt) : value_none());
    statement_bind(s->insert, 5, value_bytes(buf_text(&s->bytes)));
    s->next++;
    return statement_run(s->insert, e);
}

bool stage_index(struct stage *s, struct err *e)
{
    if (!s->indexed && !store_run(s->r->db, text_of(make_indexes), e))
        return false;
    s->indexed = true;
    return true;
}

struct statement *stage_rows(struct stage *s, const struct table *t, struct err *e)
{
    bool ordered = s->entities[t->index].ordered;
    if (!ordered && !stage_index(s, e))
        return NULL;
    struct statement *rows = statement_open(s->r->db, text_of(ordered ? rows_by_seq : rows_by_id), e);
    if (rows != NULL)
        statement_bind(rows, 1, value_int((int64_t)t->index));
    return rows;
}

struct statement *stage_rows_of(struct stage *s, const struct table *t, struct text id, struct err *e)
{
    if (!stage_index(s, e))
        return NULL;
    struct statement *rows = statement_open(s->r->db, text_of(rows_of_id), e);
    if (rows != NULL) {
        statement_bind(rows, 1, value_int((int64_t)t->index));
        statement_bind(rows, 2, value_text(id));
    }
    return rows;
}

/* ---- reading back: what this program wrote into its own temporary table, so its shape is asserted ---- */

struct cursor {
    struct text in;
    size_t at;
};

static void take(struct cursor *c, void *out, size_t size)
{
    assert(c->in.size - c->at >= size);
    memcpy(out, c->in.at + c->at, size);
    c->at += size;
}

static struct text take_text(struct cursor *c, size_t size)
{
    assert(c->in.size - c->at >= size);
    c->at += size;
    return (struct text){c->in.at + c->at - size, size};
}

static void take_cell(const struct stage *s, int64_t seq, size_t column, struct cursor *c, char *bytes,
                      struct cell *out)
{
    unsigned char kind;
    uint32_t size = 0;
    take(c, &kind, 1);
    *out = (struct cell){.v = value_none()};
    if (kind == CELL_INT) {
        out->v.kind = VALUE_INT;
        take(c, &out->v.n, sizeof out->v.n);
    } else if (kind == CELL_TEXT) {
        take(c, &size, sizeof size);
        out->v = value_text(take_text(c, size));
    } else if (kind == CELL_SEALED) {
        out->v = value_bytes(take_text(c, VAULT_HASH_SIZE));
        take(c, &size, sizeof size);
        out->plain = take_text(c, size);
        crypt(s, seq, column, (unsigned char *)bytes + (c->at - size), size);
    }
}

bool stage_read(struct stage *s, const struct table *t, const struct statement *at, struct arena *a,
                struct staged *out, struct err *e)
{
    struct text data = statement_column(at, 2).s;
    char *bytes =
        arena_take(a, data.size + 1); /* a copy: values outlive the step, sealed ones are opened in place */
    struct cell *cells = arena_take_many(a, t->entity->stored_count + 1, sizeof *cells);
    struct text id = statement_column(at, 1).s;
    *out = (struct staged){.seq = statement_column(at, 0).n, .id = text_copy(a, id), .cells = cells};
    if (bytes == NULL || cells == NULL || (id.at != NULL && out->id.at == NULL))
        return err_fail(e, &OUT_OF_MEMORY);
    memcpy(bytes, data.at, data.size);
    struct cursor c = {{bytes, data.size}, 0};
    struct stage_head head;
    take(&c, &head, sizeof head);
    out->sheet = head.sheet;
    out->row = head.row;
    out->fact_day = head.fact_day;
    out->companion = head.companion != 0;
    out->refused = head.refused != 0;
    memcpy(out->given, head.given, sizeof out->given);
    out->village_name = head.name_size != UINT32_MAX ? take_text(&c, head.name_size) : TEXT_NONE;
    for (size_t i = 0; i < t->entity->stored_count; i++)
        if (bit(head.given, i))
            take_cell(s, out->seq, i, &c, bytes, &cells[i]);
    assert(c.at == data.size);
    return true;
}
