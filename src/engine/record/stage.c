/* Rows of a batch on their way; see stage.h.
 *
 * A row is its head (struct stage_head), the bytes of its id and of the village's name, then each given field
 * by column: a byte for the kind, then 8 bytes, or a length and bytes; a sealed one has its hash before the
 * length.
 */
#include "engine/record/stage.h"
#include "base/base.err.h"
#include "base/system.h"
#include "engine/record/record.err.h"
#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

#define ABSENT UINT32_MAX
#define WINDOW_ALL (256u * 1024) /* read at once when all rows are wanted */
#define WINDOW_ONE 4096          /* and when single ones are */
enum { CELL_NONE, CELL_INT, CELL_TEXT, CELL_SEALED, CELL_SEALED_AHEAD };

struct stage_head {
    uint64_t given[4];
    int64_t seq;
    uint32_t size;               /* of what follows the head */
    uint32_t id_size, name_size; /* ABSENT: none */
    uint32_t sheet, row;
    int32_t fact_day;
    bool companion, refused, has_alt;
    unsigned char alt[VAULT_HASH_SIZE];
};

static const char make_table[] =
    "CREATE TEMP TABLE stage (entity INTEGER NOT NULL, seq INTEGER NOT NULL, id TEXT, alt BLOB, place "
    "INTEGER NOT NULL, PRIMARY KEY (entity, seq))";
static const char make_indexes[] =
    "CREATE INDEX IF NOT EXISTS stage_id ON stage (entity, id, seq);"
    "CREATE INDEX IF NOT EXISTS stage_alt ON stage (entity, alt) WHERE alt IS NOT NULL";
static const char insert_row[] =
    "INSERT INTO stage (entity, seq, id, alt, place) VALUES (?1, ?2, ?3, ?4, ?5)";
static const char rows_by_id[] =
    "SELECT id, place FROM stage WHERE entity = ?1 AND id IS NOT NULL ORDER BY id, seq";
static const char rows_of_id[] = "SELECT id, place FROM stage WHERE entity = ?1 AND id = ?2 ORDER BY seq";

bool stage_open(struct stage *s, struct records *r, struct arena *a, struct err *e)
{
    *s = (struct stage){.r = r, .next = 1};
    buf_init(&s->bytes, STAGE_ROW_MAX);
    arena_init(&s->sealed, STAGE_ROW_MAX);
    random_fill(s->key, sizeof s->key);
    s->entities = arena_take_many(a, r->catalog->entity_count + 1, sizeof *s->entities);
    if (s->entities == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < r->catalog->entity_count; i++) {
        s->entities[i].ordered = true;
        buf_init(&s->entities[i].last, 64 * 1024);
    }
    return true;
}

void stage_close(struct stage *s)
{
    if (s->bytes.at != NULL)
        sodium_memzero(s->bytes.at, s->bytes.room);
    buf_clear(&s->bytes);
    arena_clear(&s->sealed);
    for (size_t i = 0; s->entities != NULL && i < s->r->catalog->entity_count; i++) {
        buf_clear(&s->entities[i].last);
        if (s->entities[i].file != NULL)
            (void)fclose(s->entities[i].file); /* what it held is no longer wanted */
        s->entities[i].file = NULL;
    }
    sodium_memzero(s->key, sizeof s->key);
}

bool stage_drop(struct stage *s, struct err *e)
{
    return !s->has_table || store_run(s->r->db, TEXT("DROP TABLE stage"), e);
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

static void add_sealed(struct stage *s, const struct catalog_entity *entity, size_t i, struct text plain,
                       struct text id)
{
    const struct catalog_field *field = entity->stored[i];
    struct buf *out = &s->bytes;
    unsigned char hash[VAULT_HASH_SIZE];
    struct text cipher = TEXT_NONE;
    if (s->entities[entity->index].seal_ahead && id.at != NULL)
        cipher = vault_seal(s->r->vault, &s->sealed, entity->z, field->z, id, plain);
    sealed_hash(s->r, entity, field, plain, hash);
    buf_add_char(out, cipher.at != NULL ? CELL_SEALED_AHEAD : CELL_SEALED);
    add_bytes(out, hash, sizeof hash);
    if (cipher.at != NULL)
        add_sized(out, cipher);
    add_sized(out, plain);
    if (!out->failed)
        crypt(s, s->next, i, (unsigned char *)out->at + out->size - plain.size, plain.size);
}

static void add_cell(struct stage *s, const struct catalog_entity *entity, size_t i, struct value v,
                     struct text id)
{
    struct buf *out = &s->bytes;
    if (v.kind == VALUE_INT) {
        buf_add_char(out, CELL_INT);
        add_bytes(out, &v.n, sizeof v.n);
    } else if (v.kind == VALUE_NONE) {
        buf_add_char(out, CELL_NONE);
    } else if (!entity->stored[i]->sealed) {
        buf_add_char(out, CELL_TEXT);
        add_sized(out, v.s);
    } else {
        add_sealed(s, entity, i, v.s, id);
    }
}

static void add_row(struct stage *s, const struct batch_row *row, struct text id, struct text alt)
{
    bool named = row->village_name.at != NULL;
    struct stage_head head = {.seq = s->next,
                              .sheet = row->sheet,
                              .row = row->row,
                              .fact_day = row->fact_day,
                              .id_size = id.at != NULL ? (uint32_t)id.size : ABSENT,
                              .name_size = named ? (uint32_t)row->village_name.size : ABSENT,
                              .companion = row->companion,
                              .refused = row->refused,
                              .has_alt = alt.at != NULL};
    memcpy(head.given, row->given, sizeof head.given);
    if (alt.at != NULL)
        memcpy(head.alt, alt.at, sizeof head.alt);
    buf_reset(&s->bytes);
    arena_rewind(&s->sealed, (struct arena_mark){NULL, 0, 0});
    add_bytes(&s->bytes, &head, sizeof head);
    buf_add(&s->bytes, id);
    if (named)
        buf_add(&s->bytes, row->village_name);
    for (size_t i = 0; i < row->entity->stored_count; i++)
        if (bit(row->given, i))
            add_cell(s, row->entity, i, row->values[i], id);
    if (s->bytes.failed)
        return;
    head.size = (uint32_t)(s->bytes.size - sizeof head);
    memcpy(s->bytes.at, &head, sizeof head);
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
    struct stage_entity *n = &s->entities[row->entity->index];
    add_row(s, row, id, alt);
    if (s->bytes.failed)
        return err_fail(e, &OUT_OF_MEMORY);
    if (n->file == NULL && !file_temporary(&n->file, e))
        return false;
    order_keep(n, id);
    s->next++;
    if (fwrite(s->bytes.at, 1, s->bytes.size, n->file) != s->bytes.size)
        return file_fail_write(e, "import", errno);
    n->size += (int64_t)s->bytes.size;
    return true;
}

/* ---- reading back: what this program wrote into its own nameless file, so its shape is asserted ---- */

void stage_window_clear(struct stage_window *window)
{
    if (window->at != NULL)
        sodium_memzero(window->at, window->room);
    free(window->at);
    *window = (struct stage_window){.at = NULL};
}

/* `size` bytes from `place` on; NULL with an error. Valid until the next call. */
static const char *window_at(struct stage_window *w, struct stage_entity *n, int64_t place, size_t size,
                             size_t more, struct err *e)
{
    if (w->at != NULL && place >= w->from && place + (int64_t)size <= w->from + (int64_t)w->size)
        return w->at + (place - w->from);
    size_t want = size > more ? size : more;
    if (place + (int64_t)want > n->size)
        want = (size_t)(n->size - place);
    assert(want >= size);
    if (want > w->room) {
        stage_window_clear(w);
        w->at = malloc(want);
        w->room = w->at != NULL ? want : 0;
    }
    if (w->at == NULL)
        return err_fail(e, &OUT_OF_MEMORY), NULL;
    w->from = place;
    w->size = 0;
    if (fseeko(n->file, place, SEEK_SET) != 0 || fread(w->at, 1, want, n->file) != want) {
        file_fail(e, "import", errno);
        return NULL;
    }
    w->size = want;
    return w->at;
}

static bool head_at(struct stage_window *w, struct stage_entity *n, int64_t place, size_t more,
                    struct stage_head *out, struct err *e)
{
    const char *at = window_at(w, n, place, sizeof *out, more, e);
    if (at != NULL)
        memcpy(out, at, sizeof *out);
    return at != NULL;
}

static bool index_row(struct statement *insert, const struct table *t, const struct stage_head *head,
                      const char *id, int64_t place, struct err *e)
{
    bool known = head->id_size != ABSENT;
    statement_bind(insert, 1, value_int((int64_t)t->index));
    statement_bind(insert, 2, value_int(head->seq));
    statement_bind(insert, 3, known ? value_text((struct text){id, head->id_size}) : value_none());
    statement_bind(insert, 4,
                   head->has_alt ? value_bytes((struct text){(const char *)head->alt, sizeof head->alt})
                                 : value_none());
    statement_bind(insert, 5, value_int(place));
    return statement_send(insert, e);
}

static bool index_rows(struct stage *s, const struct table *t, struct statement *insert, struct err *e)
{
    struct stage_entity *n = &s->entities[t->index];
    struct stage_window window = {.at = NULL};
    struct stage_head head;
    bool good = true;
    for (int64_t place = 0; good && place < n->size; place += (int64_t)(sizeof head + head.size)) {
        good = head_at(&window, n, place, WINDOW_ALL, &head, e);
        size_t size = good && head.id_size != ABSENT ? head.id_size : 0;
        const char *id = good ? window_at(&window, n, place, sizeof head + size, WINDOW_ALL, e) : NULL;
        good = id != NULL && index_row(insert, t, &head, id + sizeof head, place, e);
    }
    stage_window_clear(&window);
    return good;
}

bool stage_index(struct stage *s, const struct table *t, struct err *e)
{
    struct stage_entity *n = &s->entities[t->index];
    if (n->indexed)
        return true;
    if (!s->has_table && !store_run(s->r->db, text_of(make_table), e))
        return false;
    s->has_table = true;
    struct statement *insert = statement_open(s->r->db, text_of(insert_row), e);
    bool good = insert != NULL && index_rows(s, t, insert, e);
    statement_close(insert);
    n->indexed = good;
    return good && store_run(s->r->db, text_of(make_indexes), e);
}

bool stage_rows_open(struct stage *s, const struct table *t, struct text id, struct stage_rows *out,
                     struct err *e)
{
    *out = (struct stage_rows){.s = s, .t = t};
    if (id.at == NULL && s->entities[t->index].ordered)
        return true;
    if (!stage_index(s, t, e))
        return false;
    out->index = statement_open(s->r->db, text_of(id.at == NULL ? rows_by_id : rows_of_id), e);
    if (out->index == NULL)
        return false;
    statement_bind(out->index, 1, value_int((int64_t)t->index));
    if (id.at != NULL)
        statement_bind(out->index, 2, value_text(id));
    return true;
}

enum step stage_rows_next(struct stage_rows *rows, struct err *e)
{
    struct stage_entity *n = &rows->s->entities[rows->t->index];
    struct stage_head head;
    if (rows->index != NULL) {
        enum step step = statement_step(rows->index, e);
        if (step == STEP_ROW) {
            rows->id = statement_column(rows->index, 0).s;
            rows->place = statement_column(rows->index, 1).n;
        }
        return step;
    }
    if (rows->next == n->size)
        return STEP_DONE;
    if (!head_at(&rows->window, n, rows->next, WINDOW_ALL, &head, e))
        return STEP_FAILED;
    const char *at = window_at(&rows->window, n, rows->next, sizeof head + head.size, WINDOW_ALL, e);
    if (at == NULL)
        return STEP_FAILED;
    assert(head.id_size != ABSENT); /* else they were not ordered */
    rows->id = (struct text){at + sizeof head, head.id_size};
    rows->place = rows->next;
    rows->next += (int64_t)(sizeof head + head.size);
    return STEP_ROW;
}

void stage_rows_close(struct stage_rows *rows)
{
    statement_close(rows->index);
    rows->index = NULL;
    stage_window_clear(&rows->window);
}

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
    } else if (kind == CELL_SEALED || kind == CELL_SEALED_AHEAD) {
        out->v = value_bytes(take_text(c, VAULT_HASH_SIZE));
        if (kind == CELL_SEALED_AHEAD) {
            take(c, &size, sizeof size);
            out->cipher = take_text(c, size);
        }
        take(c, &size, sizeof size);
        out->plain = take_text(c, size);
        crypt(s, seq, column, (unsigned char *)bytes + (c->at - size), size);
    }
}

bool stage_read_at(struct stage *s, const struct table *t, struct stage_window *window, int64_t place,
                   struct text id, struct arena *a, struct staged *out, struct err *e)
{
    struct stage_entity *n = &s->entities[t->index];
    struct stage_head head;
    if (!head_at(window, n, place, WINDOW_ONE, &head, e))
        return false;
    const char *at = window_at(window, n, place, sizeof head + head.size, WINDOW_ONE, e);
    char *bytes = at != NULL ? arena_take(a, head.size + 1)
                             : NULL; /* values outlive the step, sealed ones are opened in place */
    struct cell *cells = arena_take_many(a, t->entity->stored_count + 1, sizeof *cells);
    if (at == NULL || bytes == NULL || cells == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    memcpy(bytes, at + sizeof head, head.size);
    struct cursor c = {{bytes, head.size}, 0};
    *out = (struct staged){.seq = head.seq,
                           .sheet = head.sheet,
                           .row = head.row,
                           .fact_day = head.fact_day,
                           .companion = head.companion,
                           .refused = head.refused,
                           .cells = cells,
                           .id = text_copy(a, id)};
    memcpy(out->given, head.given, sizeof out->given);
    (void)take_text(&c, head.id_size != ABSENT ? head.id_size : 0);
    out->village_name = head.name_size != ABSENT ? take_text(&c, head.name_size) : TEXT_NONE;
    for (size_t i = 0; i < t->entity->stored_count; i++)
        if (bit(head.given, i))
            take_cell(s, out->seq, i, &c, bytes, &cells[i]);
    assert(c.at == head.size);
    return id.at == NULL || out->id.at != NULL || err_fail(e, &OUT_OF_MEMORY);
}

bool stage_rows_read(struct stage_rows *rows, struct arena *a, struct staged *out, struct err *e)
{
    return stage_read_at(rows->s, rows->t, &rows->window, rows->place, rows->id, a, out, e);
}
