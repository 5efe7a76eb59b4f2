/* A batch from opening to commit; see record.h. */
#include "engine/record/batch.h"
#include "base/base.err.h"
#include "base/system.h"
#include "engine/record/record.err.h"
#include <stdlib.h>

#define BATCH_ARENA_MAX (256u << 20)

/* ---- telling ---- */

struct batch_counts *batch_count_of(struct batch *b, uint32_t sheet)
{
    if (sheet < b->count_room)
        return &b->counts[sheet];
    if (sheet >= BATCH_SHEET_MAX)
        return NULL;
    size_t room = b->count_room == 0 ? 64 : b->count_room;
    while (room <= sheet)
        room *= 2;
    struct batch_counts *more = arena_take_many(&b->arena, room, sizeof *more);
    if (more == NULL)
        return NULL;
    if (b->count_room != 0)
        memcpy(more, b->counts, b->count_room * sizeof *more);
    b->counts = more;
    b->count_room = room;
    return &b->counts[sheet];
}

/* A staged row as the caller knows it; sealed values in plain. */
static struct batch_row as_given(struct batch *b, const struct table *t, const struct staged *row)
{
    struct batch_row out = {.entity = t->entity,
                            .sheet = row->sheet,
                            .row = row->row,
                            .fact_day = row->fact_day,
                            .village_name = row->village_name,
                            .companion = row->companion,
                            .refused = row->refused};
    struct value *values = arena_take_many(&b->scratch, t->entity->stored_count + 1, sizeof *values);
    for (size_t i = 0; values != NULL && i < t->entity->stored_count; i++)
        values[i] = row->cells[i].v.kind == VALUE_BYTES ? value_text(row->cells[i].plain) : row->cells[i].v;
    out.values = values;
    if (values != NULL)
        memcpy(out.given, row->given, sizeof out.given);
    return out;
}

void batch_refuse(struct batch *b, const struct table *t, const struct staged *row, enum batch_refusal why,
                  const struct catalog_field *field, struct text value, const struct staged *other)
{
    struct batch_row given = as_given(b, t, row);
    if (b->events->refused != NULL)
        b->events->refused(b->events->user, &given, why, field, value, other != NULL ? other->sheet : 0,
                           other != NULL ? other->row : 0);
}

void batch_reject(struct batch *b, const struct staged *row)
{
    struct batch_counts *counts = row->companion ? NULL : batch_count_of(b, row->sheet);
    if (counts != NULL)
        counts->rejected++;
    if (row->companion)
        fallen_add(b, row);
}

void batch_note(struct batch *b, const struct table *t, const struct staged *row, enum batch_note what,
                const struct catalog_field *field, struct text value)
{
    struct batch_row given = as_given(b, t, row);
    if (b->events->noted != NULL)
        b->events->noted(b->events->user, &given, what, field, value);
}

bool batch_progress(struct batch *b, const char *stage, struct err *e)
{
    if (b->events->progress == NULL || b->events->progress(b->events->user, stage, b->done, b->staged))
        return true;
    return err_fail(e, &RECORD_CANCELLED);
}

/* ---- opening and adding ---- */

static void batch_free(struct batch *b)
{
    stage_close(&b->stage);
    for (size_t i = 0; b->work != NULL && i < b->r->count; i++)
        work_close(&b->work[b->r->order[i]->index]);
    refer_clear(b);
    buf_clear(&b->key);
    buf_clear(&b->fallen);
    arena_clear(&b->scratch);
    arena_clear(&b->arena);
    free(b);
}

static bool batch_start(struct batch *b, const struct batch_options *options, struct err *e)
{
    b->by = text_copy(&b->arena, options->by.at != NULL ? options->by : TEXT(""));
    b->why = text_copy(&b->arena, options->why.at != NULL ? options->why : TEXT(""));
    b->work = arena_take_many(&b->arena, b->r->catalog->entity_count + 1, sizeof *b->work);
    if (b->by.at == NULL || b->why.at == NULL || b->work == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    return stage_open(&b->stage, b->r, &b->arena, e);
}

bool batch_open(struct records *r, struct journal *log, const struct batch_options *options,
                const struct batch_events *events, struct batch **out, struct err *e)
{
    if (r->vault == NULL)
        return err_fail(e, &RECORD_KEY_ABSENT);
    struct batch *b = calloc(1, sizeof *b);
    if (b == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    *b = (struct batch){
        .r = r, .log = log, .events = events, .office = options->office, .dry_run = options->dry_run};
    arena_init(&b->arena, BATCH_ARENA_MAX);
    arena_init(&b->scratch, BATCH_SCRATCH_MAX);
    buf_init(&b->key, 256 * 1024);
    buf_init(&b->parent_id, 256 * 1024);
    /* Keys and references are compared with the whole register; what is written keeps to the actor's area. */
    if (!store_narrow(r->db, NULL, NULL, e) || !store_begin(r->db, e)) {
        b->work = NULL;
        b->stage.r = r;
        batch_free(b);
        return false;
    }
    b->stage.r = r;
    if (!batch_start(b, options, e)) {
        batch_abandon(b);
        return false;
    }
    *out = b;
    return true;
}

/* The one town of the rows, as long as the office has none. */
static void town_keep(struct batch *b, const struct table *t, const struct batch_row *row)
{
    if (t->village_column == NONE || !bit(row->given, t->village_column) || b->only_town[0] == '*')
        return;
    struct value v = row->values[t->village_column];
    if (v.kind != VALUE_TEXT || v.s.size != AREA_CODE_SIZE)
        return;
    if (b->only_town[0] == 0)
        memcpy(b->only_town, v.s.at, 9);
    else if (memcmp(b->only_town, v.s.at, 9) != 0)
        b->only_town[0] = '*';
}

/* May the id be found later: by the certificate, or once the village is known? */
static bool key_may_come(const struct table *t, const struct batch_row *row,
                         const struct catalog_field *missing, bool alternate)
{
    return alternate
           || (row->village_name.at != NULL && t->entity->village != NULL && missing == t->entity->village);
}

/* An id that no record can have, behind the last one in the order of ids: it holds a control character. */
static struct text keyless_id(struct batch *b, const struct table *t)
{
    const struct text last = buf_text(&b->stage.entities[t->index].last);
    size_t end = text_find(last, TEXT("\x01"), 0);
    buf_reset(&b->key);
    buf_add(&b->key, text_slice(last, 0, end == SIZE_MAX ? last.size : end));
    buf_add_format(&b->key, "\x01%020llu", (unsigned long long)b->staged);
    return buf_text(&b->key);
}

/* A row without a key is refused. It is staged all the same: what else it refers to is looked up when all
 * rows are there, so that every refused cell of it is named. */
static bool row_without_key(struct batch *b, const struct table *t, const struct batch_row *row,
                            const struct catalog_field *missing, struct err *e)
{
    struct batch_row refused = *row;
    if (!row->refused) {
        if (b->events->refused != NULL)
            b->events->refused(b->events->user, row, BATCH_KEY_MISSING, missing, TEXT_NONE, 0, 0);
        batch_reject(b, &(struct staged){.sheet = row->sheet, .row = row->row, .companion = row->companion});
    }
    refused.refused = true;
    struct text id = keyless_id(b, t);
    return b->key.failed ? err_fail(e, &OUT_OF_MEMORY) : stage_add(&b->stage, &refused, id, TEXT_NONE, e);
}

bool batch_add(struct batch *b, const struct batch_row *row, struct err *e)
{
    const struct table *t = table_of(b->r, row->entity);
    if (!access_writes(b->r->actor, row->entity, e))
        return false;
    struct batch_counts *counts = batch_count_of(b, row->sheet);
    if (counts == NULL) {
        err_fail_text(e, &RECORD_TOO_MANY, "what", TEXT("sheets"));
        err_add_int(e, "max", BATCH_SHEET_MAX);
        return false;
    }
    counts->rows += !row->companion;
    counts->rejected += row->refused && !row->companion;
    const struct catalog_field *missing = NULL;
    unsigned char alt[VAULT_HASH_SIZE];
    bool alternate = row->id.at == NULL && key_alternate(b, t, row->values, row->given, alt);
    struct text id = row->id.at != NULL ? row->id : key_of(b, t, row->values, row->given, &missing);
    if (b->key.failed)
        return err_fail(e, &OUT_OF_MEMORY);
    town_keep(b, t, row);
    b->staged++;
    if (b->stage.entities[t->index].count == 0
        && !table_is_empty(b, t, &b->stage.entities[t->index].seal_ahead, e))
        return false;
    if (id.at == NULL && (row->refused || !key_may_come(t, row, missing, alternate)))
        return row_without_key(b, t, row, missing, e);
    return stage_add(&b->stage, row, id, alternate ? (struct text){(char *)alt, sizeof alt} : TEXT_NONE, e);
}

/* ---- finishing ---- */

static bool office_find(struct batch *b, struct err *e)
{
    if (b->office.lo[0] == 0 && b->only_town[0] != 0 && b->only_town[0] != '*'
        && !area_of((struct text){b->only_town, 9}, &b->office, e))
        return false;
    memset(b->town, '0', AREA_CODE_SIZE);
    if (b->office.lo[0] != 0)
        memcpy(b->town, b->office.lo, AREA_CODE_SIZE);
    else /* no office, no town: the pack's own place */
        memcpy(b->town, b->r->catalog->area.at, b->r->catalog->area.size < 6 ? b->r->catalog->area.size : 6);
    return true;
}

static bool given_keep(struct batch *b, const struct work *w, struct err *e)
{
    struct statement *s = statement_open(
        b->r->db, TEXT("UPDATE record_field SET given = 1 WHERE entity = ?1 AND field = ?2 AND given = 0"),
        e);
    bool good = s != NULL;
    for (size_t i = 0; good && i < w->t->entity->stored_count; i++) {
        const struct catalog_field *field = w->t->entity->stored[i];
        size_t source = field->derived_from != NULL ? field->derived_from->column : i;
        if (!bit(w->given, source))
            continue;
        statement_bind(s, 1, value_text(w->t->entity->id));
        statement_bind(s, 2, value_text(field->id));
        good = statement_run(s, e);
    }
    statement_close(s);
    return good;
}

static bool parent_size_write(struct batch *b, const struct work *w, struct err *e)
{
    if (w->parent_size == w->parent_size_before)
        return true;
    struct statement *s =
        statement_open(b->r->db, TEXT("UPDATE record_entity SET parent_size = ?2 WHERE entity = ?1"), e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(w->t->entity->id));
    statement_bind(s, 2, value_int(w->parent_size));
    bool good = statement_run(s, e);
    statement_close(s);
    return good;
}

static bool apply_all(struct batch *b, struct err *e)
{
    if (!office_find(b, e))
        return false;
    if (!batch_begin_work(b, e))
        return false;
    for (size_t i = 0; i < b->r->count; i++) {
        struct work *w = &b->work[b->r->order[i]->index];
        if (!resolve_keys(b, w, e) || !apply_entity(b, w, e))
            return false;
    }
    for (size_t i = 0; b->changed != 0 && i < b->r->count; i++) {
        const struct work *w = &b->work[b->r->order[i]->index];
        if (!given_keep(b, w, e) || !parent_size_write(b, w, e))
            return false;
    }
    return batch_progress(b, "journal", e) && journal_end(b->log, e);
}

static void release_statements(struct batch *b)
{
    for (size_t i = 0; i < b->r->count; i++)
        work_close(&b->work[b->r->order[i]->index]);
}

static bool applied_tell(struct batch *b, struct err *e)
{
    const struct batch_counts none = {.rows = 0};
    return b->events->applied == NULL
           || b->events->applied(b->events->user, b->count_room > 0 ? &b->counts[0] : &none, e);
}

/* Ends the transaction: keeps it when all went well and anything was changed. */
static bool close_batch(struct batch *b, bool *good, struct err *e)
{
    bool keep = *good && !b->dry_run && b->changed != 0;
    if (keep)
        keep = *good = stage_drop(&b->stage, e) && batch_progress(b, "commit", e);
    if (!*good || !keep)
        journal_abandon(b->log);
    if (!store_end(b->r->db, keep, e) && keep)
        *good = false;
    return keep;
}

bool batch_finish(struct batch *b, struct batch_counts *counts, size_t sheet_count, struct uuid *batch_out,
                  struct err *e)
{
    bool good = apply_all(b, e);
    release_statements(b);
    good = good && applied_tell(b, e);
    bool keep = close_batch(b, &good, e);
    if (good) {
        for (size_t i = 0; i < sheet_count; i++)
            counts[i] = i < b->count_room ? b->counts[i] : (struct batch_counts){.rows = 0};
        *batch_out = keep ? b->id : (struct uuid){.at = {0}};
    }
    batch_free(b);
    return good;
}

bool batch_begin_work(struct batch *b, struct err *e)
{
    for (size_t i = 0; i < b->r->count; i++)
        if (!work_open(b, &b->work[b->r->order[i]->index], b->r->order[i], e))
            return false;
    b->id = uuid_make();
    return journal_begin(b->log, b->id, b->by, b->why, e);
}

bool batch_end_work(struct batch *b, bool good, struct uuid *batch_out, struct err *e)
{
    good = good && journal_end(b->log, e);
    release_statements(b);
    bool keep = close_batch(b, &good, e);
    if (good)
        *batch_out = keep ? b->id : (struct uuid){.at = {0}};
    batch_free(b);
    return good;
}

void batch_abandon(struct batch *b)
{
    if (b == NULL)
        return;
    struct err ignored = {.kind = NULL};
    release_statements(b);
    journal_abandon(b->log);
    (void)store_end(b->r->db, false, &ignored);
    batch_free(b);
}
