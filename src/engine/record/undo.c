/* Taking a batch back; see undo.h. The newest entry first, so that children go before their parents. */
#include "engine/record/undo.h"
#include "base/base.err.h"
#include "engine/record/gram.h"
#include "engine/record/record.err.h"
#include <stdlib.h>

#define ENTRIES_ARENA_MAX ((size_t)1 << 30)

struct entry {
    const struct table *t;
    struct text county, record;
    const struct journal_change *changes;
    size_t count;
    bool made; /* the record came with it */
};
struct undoing {
    struct batch *b;
    struct text batch;
    struct arena *a; /* the caller's */
    struct arena kept;
    struct entry *at; /* newest first */
    size_t count, room;
    struct undone *out;
    const struct entry **made; /* by table, then id */
    size_t made_count;
    bool failed;
    struct text last; /* batch that changed the record under examination last */
    const struct entry *examined;
};

/* ---- what the batch did ---- */

static struct value copy_value(struct arena *a, struct value v)
{
    if (v.kind == VALUE_TEXT || v.kind == VALUE_BYTES)
        v.s = text_copy(a, v.s);
    return v;
}

static bool has_change(const struct journal_entry *entry, const char *field, bool new)
{
    for (size_t i = 0; i < entry->count; i++)
        if (text_equal(entry->changes[i].field, text_of(field)))
            return !new || entry->changes[i].before.kind == VALUE_NONE;
    return false;
}

static bool entry_keep(void *user, const struct journal_entry *entry)
{
    struct undoing *u = user;
    const struct catalog_entity *entity = catalog_entity(u->b->r->catalog, entry->entity);
    if (entity == NULL || entry->count == 0)
        return true;
    if (u->count == u->room) {
        size_t room = u->room == 0 ? 256 : 2 * u->room;
        struct entry *more = arena_take_many(&u->kept, room, sizeof *more);
        if (more != NULL && u->count > 0)
            memcpy(more, u->at, u->count * sizeof *more);
        u->failed = more == NULL;
        u->at = more;
        u->room = room;
    }
    struct journal_change *changes =
        u->failed ? NULL : arena_take_many(&u->kept, entry->count, sizeof *changes);
    u->failed = changes == NULL;
    for (size_t i = 0; !u->failed && i < entry->count; i++) {
        changes[i] = entry->changes[i];
        changes[i].field = text_copy(&u->kept, entry->changes[i].field);
        changes[i].before = copy_value(&u->kept, entry->changes[i].before);
        changes[i].after = value_none();
    }
    if (!u->failed)
        u->at[u->count++] = (struct entry){table_of(u->b->r, entity),
                                           text_copy(&u->kept, text_slice(entry->id, 0, COUNTY_SIZE)),
                                           text_copy(&u->kept, entry->record),
                                           changes,
                                           entry->count,
                                           has_change(entry, "fact_day", true)};
    return !u->failed;
}

/* ---- what stands in the way ---- */

static void conflict(struct undoing *u, const struct entry *entry, enum undo_reason why, struct text record)
{
    if (u->out->conflict_count < UNDO_TOLD_MAX)
        u->out->conflicts[u->out->conflict_count] =
            (struct undo_conflict){why, text_copy(u->a, entry->t->entity->id), text_copy(u->a, record)};
    u->out->conflict_count++;
}

static bool last_change(void *user, const struct journal_entry *entry)
{
    struct undoing *u = user;
    if (entry->count > 0 && text_equal(entry->entity, u->examined->t->entity->id))
        u->last = text_equal(entry->batch, u->batch) ? u->batch : TEXT("");
    return true;
}

static int by_record(const void *a, const void *b)
{
    const struct entry *const *x = a, *const *y = b;
    if ((*x)->t != (*y)->t)
        return (*x)->t->index < (*y)->t->index ? -1 : 1;
    return text_compare((*x)->record, (*y)->record);
}

static bool made_index(struct undoing *u, struct err *e)
{
    u->made = arena_take_many(&u->kept, u->count + 1, sizeof(const struct entry *));
    if (u->made == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < u->count; i++)
        if (u->at[i].made)
            u->made[u->made_count++] = &u->at[i];
    qsort(u->made, u->made_count, sizeof(const struct entry *), by_record);
    return true;
}

static bool is_made_here(const struct undoing *u, const struct table *t, struct text id)
{
    const struct entry key = {.t = t, .record = id}, *at = &key;
    return bsearch(&at, u->made, u->made_count, sizeof(const struct entry *), by_record) != NULL;
}

/* Children of a record that the batch made, which another one brought. */
static bool check_below(struct undoing *u, const struct entry *entry, struct err *e)
{
    for (size_t i = 0; entry->made && i < u->b->r->count; i++) {
        const struct table *c = u->b->r->order[i];
        struct record_query q = {
            .entity = c->entity, .as_of = DAY_NONE, .limit = -1, .behind = true, .parent = entry->record};
        struct record_scan *scan;
        struct record_row row;
        if (c->parent != entry->t)
            continue;
        if (!record_scan_open(u->b->r, &q, &scan, e))
            return false;
        while (record_scan_next(scan, &row, e))
            if (!is_made_here(u, c, row.id))
                conflict(u, entry, UNDO_BUILT_BELOW, row.id);
        record_scan_close(scan);
        if (e->kind != NULL)
            return false;
    }
    return true;
}

static bool check(struct undoing *u, struct err *e)
{
    for (size_t i = 0; i < u->count; i++) {
        const struct entry *entry = u->examined = &u->at[i];
        struct work *w = &u->b->work[entry->t->index];
        u->last = TEXT("");
        if (!access_writes(u->b->r->actor, entry->t->entity, e)
            || !work_find(u->b, w, entry->county.at, entry->record, e))
            return false;
        if (w->state.found && !batch_sees(u->b, w->state.village))
            return err_fail_text(e, &RECORD_BATCH_ABSENT, "batch", u->batch);
        if (!journal_list(u->b->log, entry->record, -1, last_change, u, e))
            return false;
        bool past = false;
        for (size_t k = 0; k < entry->count; k++)
            past |= text_equal(entry->changes[k].field, TEXT("valid_from"));
        if (u->last.size == 0 || !w->state.found)
            conflict(u, entry, UNDO_CHANGED_SINCE, entry->record);
        else if (past)
            conflict(u, entry, UNDO_IN_THE_PAST, entry->record);
        if (!check_below(u, entry, e))
            return false;
    }
    return true;
}

/* ---- going back ---- */

static bool run_on(struct undoing *u, const struct state *state, struct buf *sql, struct value third,
                   struct err *e)
{
    struct statement *s = sql->failed ? NULL : statement_open(u->b->r->db, buf_text(sql), e);
    buf_clear(sql);
    if (s == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    statement_bind(s, 1, value_text(state->county));
    statement_bind(s, 2, value_text(state->id));
    if (third.kind != VALUE_NONE)
        statement_bind(s, 3, third);
    bool good = statement_run(s, e);
    statement_close(s);
    return good;
}

/* The stored form of a value as the journal tells it (changes.c). */
static bool stored_value(const struct catalog_field *field, struct value told, struct value *out)
{
    day on;
    bool rounded;
    int64_t n;
    *out = told;
    if (told.kind != VALUE_TEXT || !is_whole_number(field->type))
        return true;
    if (field->type == FIELD_DATE) {
        bool good = day_parse(told.s, &on);
        *out = value_int(good ? on : 0);
        return good;
    }
    bool good = decimal_parse(told.s, field->type == FIELD_MONEY ? 2 : field->digits, &n, &rounded);
    *out = value_int(good ? n : 0);
    return good;
}

static bool cell_before(struct undoing *u, const struct table *t, const struct catalog_field *field,
                        struct value told, struct cell *out, struct err *e)
{
    struct value v;
    if (!stored_value(field, told, &v))
        return err_fail_text(e, &RECORD_BATCH_ABSENT, "batch", u->batch);
    *out = (struct cell){.v = v};
    if (!field->sealed || v.kind == VALUE_NONE)
        return true;
    unsigned char *hash = arena_take(&u->b->scratch, VAULT_HASH_SIZE);
    if (hash == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    sealed_hash(u->b->r, t->entity, field, v.s, hash);
    out->plain = v.s;
    out->v = value_bytes((struct text){(const char *)hash, VAULT_HASH_SIZE});
    return true;
}

struct back { /* what a record was before */
    struct incoming in;
    struct difference d;
};

static bool take_change(struct undoing *u, const struct entry *entry, const struct journal_change *c,
                        struct back *back, struct err *e)
{
    const struct catalog_field *field = catalog_field(entry->t->entity, c->field);
    day on;
    if (text_equal(c->field, TEXT("fact_day"))) {
        if (c->before.kind == VALUE_TEXT && day_parse(c->before.s, &on)) {
            back->in.fact_day = on;
            back->d.fact_day = true;
        }
        return true;
    }
    if (text_equal(c->field, TEXT("village"))) {
        if (c->before.kind == VALUE_TEXT && c->before.s.size == AREA_CODE_SIZE) {
            memcpy(back->in.place.village, c->before.s.at, AREA_CODE_SIZE);
            memcpy(back->in.place.county, c->before.s.at, COUNTY_SIZE);
            back->d.village = true;
        }
        return true;
    }
    if (field == NULL || field->column == SIZE_MAX)
        return true;
    bit_set(back->in.given, field->column);
    bit_set(back->d.set, field->column);
    return cell_before(u, entry->t, field, c->before, &back->in.cells[field->column], e);
}

static bool back_make(struct undoing *u, const struct entry *entry, struct back *back, struct err *e)
{
    struct work *w = &u->b->work[entry->t->index];
    const struct state *state = &w->state;
    *back = (struct back){.in = {.id = entry->record, .fact_day = state->fact_day, .cells = w->cells}};
    memset(w->cells, 0, (entry->t->entity->stored_count + 1) * sizeof *w->cells);
    memcpy(back->in.place.county, state->county.at, COUNTY_SIZE);
    memcpy(back->in.place.village, state->village.at, AREA_CODE_SIZE);
    for (size_t i = 0; i < entry->count; i++)
        if (!take_change(u, entry, &entry->changes[i], back, e))
            return false;
    return true;
}

/* The earlier state that the batch had put aside is the present one again. */
static bool past_take_back(struct undoing *u, const struct table *t, const struct state *state, struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(&sql, "DELETE FROM \"%s_past\" WHERE county = ?1 AND id = ?2 AND valid_to = ?3",
                   t->entity->z);
    return run_on(u, state, &sql, value_int(state->fact_day), e);
}

static bool restore(struct undoing *u, struct work *w, const struct entry *entry, struct err *e)
{
    struct back back;
    const struct state *state = &w->state;
    struct place from = {.county = ""};
    if (!back_make(u, entry, &back, e) || !derive_all(u->b, w->t, back.in.cells, back.d.set, e))
        return false;
    memcpy(back.in.given, back.d.set, sizeof back.in.given);
    memcpy(from.county, state->county.at, COUNTY_SIZE);
    if (back.d.fact_day && !past_take_back(u, w->t, state, e))
        return false;
    w->searched = gram_searches(w->t);
    if (!journal_change_of(u->b, w->t, state, &back.in, &back.d, e)
        || !gram_write(u->b, w, state, &back.in, &back.d, e)
        || !write_row(u->b, w->t, state, &back.in, &back.d, e))
        return false;
    u->out->restored++;
    work_county(w, back.in.place.county);
    return memcmp(from.county, back.in.place.county, COUNTY_SIZE) == 0
           || past_move(u->b, w->t, entry->record, from.county, back.in.place.county, e);
}

/* Of a record that goes the journal tells every value that it had. */
static bool take_away(struct undoing *u, struct work *w, struct err *e)
{
    struct incoming none = {.id = w->state.id, .fact_day = w->state.fact_day, .cells = w->cells};
    struct difference all = {.village = false};
    memset(w->cells, 0, (w->t->entity->stored_count + 1) * sizeof *w->cells);
    memcpy(none.place.county, w->state.county.at, COUNTY_SIZE);
    memcpy(none.place.village, w->state.village.at, AREA_CODE_SIZE);
    for (size_t i = 0; i < w->t->entity->stored_count; i++)
        if (w->state.cells[i].v.kind != VALUE_NONE && w->t->entity->stored[i]->derived_from == NULL)
            bit_set(all.set, i);
    if (!journal_change_of(u->b, w->t, &w->state, &none, &all, e) || !gram_remove(u->b, w, e))
        return false;
    for (size_t i = 0; i < 2; i++) {
        struct buf sql;
        buf_init(&sql, SQL_TEXT_MAX);
        buf_add_format(&sql,
                       i == 0 ? "DELETE FROM \"%s\" WHERE county = ?1 AND id = ?2"
                              : "DELETE FROM \"%s_past\" WHERE county = ?1 AND id = ?2",
                       w->t->entity->z);
        if (!run_on(u, &w->state, &sql, value_none(), e))
            return false;
    }
    u->out->removed++;
    return true;
}

static bool go_back(struct undoing *u, struct err *e)
{
    for (size_t i = 0; i < u->count; i++) {
        const struct entry *entry = &u->at[i];
        struct work *w = &u->b->work[entry->t->index];
        arena_rewind(&u->b->scratch, (struct arena_mark){NULL, 0, 0});
        if (!work_find(u->b, w, entry->county.at, entry->record, e) || !w->state.found)
            return e->kind != NULL ? false : err_fail_text(e, &RECORD_BATCH_ABSENT, "batch", u->batch);
        if (entry->made ? !take_away(u, w, e) : !restore(u, w, entry, e))
            return false;
    }
    return true;
}

static bool undo_all(struct undoing *u, struct err *e)
{
    if (!batch_begin_work(u->b, e) || !journal_batch(u->b->log, u->batch, entry_keep, u, e))
        return false;
    if (u->failed)
        return err_fail(e, &OUT_OF_MEMORY);
    if (u->count == 0)
        return err_fail_text(e, &RECORD_BATCH_ABSENT, "batch", u->batch);
    u->out->entries = u->count;
    return made_index(u, e) && check(u, e) && (u->out->conflict_count > 0 || go_back(u, e));
}

bool record_undo(struct records *r, struct journal *log, const struct batch_options *options,
                 struct text batch, struct arena *a, struct undone *out, struct err *e)
{
    static const struct batch_events quiet = {.user = NULL};
    struct undoing u = {.batch = batch, .a = a, .out = out};
    *out = (struct undone){.entries = 0};
    if (!batch_open(r, log, options, &quiet, &u.b, e))
        return false;
    arena_init(&u.kept, ENTRIES_ARENA_MAX);
    bool good = batch_end_work(u.b, undo_all(&u, e), &out->batch, e);
    arena_clear(&u.kept);
    return good;
}
