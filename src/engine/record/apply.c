/* The rows of one entity, key by key: rows of the same key become one, what it refers to is looked up, and
 * what differs from the register is written.
 */
#include "base/base.err.h"
#include "engine/record/gram.h"
#include <stdlib.h>

#define BULK_MIN 1000 /* rows into an empty table: its indexes are made when they are all there */

/* Rows of one key. Texts live in the scratch arena until the group is done. */
struct group {
    struct staged first; /* its cells hold what all rows say together */
    size_t rows, mains;  /* rows; those that are counted */
    uint32_t main_sheet; /* of the first that is counted */
    bool clash, days_differ;
    bool again;   /* rows of this key were written already: look for it even in a table that was empty */
    bool checked; /* what it refers to was looked up and noted with the other rows of its key */
    struct staged clashing; /* the row that differs first (sheet and row alone) */
};

/* ---- telling ---- */

struct refusal {
    enum batch_refusal why;
    const struct catalog_field *field;
    struct text value;
};

static void refuse_row(struct batch *b, const struct table *t, const struct group *g,
                       const struct staged *row, bool first, const struct refusal *why, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct staged *other = why[i].why != BATCH_KEY_TWICE ? NULL : first ? &g->clashing : &g->first;
        batch_refuse(b, t, row, why[i].why, why[i].field, why[i].value, other);
    }
    batch_reject(b, row);
}

/* A row that fell with its companion counts as one that the caller had refused. */
static bool row_read_back(struct batch *b, struct stage_rows *rows, struct arena *a, struct staged *out,
                          struct err *e)
{
    bool fallen = false;
    if (!stage_rows_read(rows, a, out, e) || !fallen_has(b, out, &fallen, e))
        return false;
    out->fallen = fallen && !out->refused;
    out->refused = out->refused || fallen;
    return true;
}

/* All rows of the key are refused for the same reasons. */
static bool refuse_rows(struct batch *b, const struct table *t, const struct group *g,
                        const struct refusal *why, size_t count, struct err *e)
{
    struct stage_rows rows;
    enum step step = STEP_DONE;
    bool good = true, first = true;
    if (g->rows == 1) {
        refuse_row(b, t, g, &g->first, true, why, count);
        return true;
    }
    good = stage_rows_open(&b->stage, t, g->first.id, &rows, e);
    while (good && (step = stage_rows_next(&rows, e)) == STEP_ROW) {
        struct arena_mark mark = arena_mark(&b->scratch);
        struct staged row;
        good = row_read_back(b, &rows, &b->scratch, &row, e);
        if (good && !row.refused) {
            refuse_row(b, t, g, &row, first, why, count);
            first = false;
        }
        arena_rewind(&b->scratch, mark);
    }
    stage_rows_close(&rows);
    return good && step == STEP_DONE;
}

static void count_one(struct batch *b, uint32_t sheet, enum outcome outcome)
{
    struct batch_counts *counts = batch_count_of(b, sheet);
    if (counts == NULL)
        return;
    counts->inserted += outcome == OUTCOME_INSERTED;
    counts->updated += outcome == OUTCOME_UPDATED;
    counts->unchanged += outcome == OUTCOME_UNCHANGED;
}

/* The first row has the outcome, its repeats are unchanged. */
static bool count_rows(struct batch *b, const struct table *t, const struct group *g, enum outcome outcome,
                       struct err *e)
{
    if (g->mains != 0)
        count_one(b, g->main_sheet, outcome);
    if (g->mains <= 1)
        return true;
    struct stage_rows rows;
    bool first = true, good = stage_rows_open(&b->stage, t, g->first.id, &rows, e);
    enum step step = STEP_DONE;
    while (good && (step = stage_rows_next(&rows, e)) == STEP_ROW) {
        struct arena_mark mark = arena_mark(&b->scratch);
        struct staged row;
        good = row_read_back(b, &rows, &b->scratch, &row, e);
        if (good && !row.companion && !row.refused && !first)
            count_one(b, row.sheet, OUTCOME_UNCHANGED);
        first = first && good && (row.companion || row.refused);
        arena_rewind(&b->scratch, mark);
    }
    stage_rows_close(&rows);
    return good && step == STEP_DONE;
}

/* ---- what it refers to ---- */

struct resolving {
    struct batch *b;
    const struct table *t;
    struct group *g;
    struct incoming *in;
    bool quiet; /* notes were given already */
    struct refusal refusals[8];
    size_t count;
};

static void refuse(struct resolving *r, enum batch_refusal why, const struct catalog_field *field,
                   struct text value)
{
    if (r->count < COUNT_OF(r->refusals))
        r->refusals[r->count++] = (struct refusal){why, field, value};
}

static void note(const struct resolving *r, enum batch_note what, const struct catalog_field *field,
                 struct text value)
{
    if (!r->quiet)
        batch_note(r->b, r->t, &r->g->first, what, field, value);
}

static void put_place(struct place *place, struct text village)
{
    memcpy(place->village, village.at, AREA_CODE_SIZE);
    memcpy(place->county, village.at, COUNTY_SIZE);
    place->village[AREA_CODE_SIZE] = place->county[COUNTY_SIZE] = 0;
}

static bool village_by_code(struct resolving *r, struct text code, struct err *e)
{
    bool known = r->t->is_village && code.size == AREA_CODE_SIZE && batch_sees(r->b, code);
    if (!known && !village_known(r->b, code, &known, e))
        return false;
    if (known) {
        put_place(&r->in->place, code);
        r->in->place_given = true;
    } else {
        refuse(r, BATCH_VILLAGE_UNKNOWN, r->t->entity->village, code);
    }
    return true;
}

static bool village_by_its_name(struct resolving *r, struct text name, struct err *e)
{
    struct text code = TEXT_NONE;
    bool ambiguous = false;
    if (!village_by_name(r->b, name, &code, &ambiguous, e))
        return false;
    if (ambiguous)
        note(r, BATCH_VILLAGE_AMBIGUOUS, r->t->entity->village, name);
    if (code.at == NULL) {
        refuse(r, BATCH_VILLAGE_UNKNOWN, r->t->entity->village, name);
        return true;
    }
    note(r, BATCH_VILLAGE_BY_NAME, r->t->entity->village, name);
    put_place(&r->in->place, code);
    r->in->place_given = true;
    if (r->t->village_column != NONE) {
        r->in->cells[r->t->village_column] = (struct cell){.v = value_text(code)};
        bit_set(r->in->given, r->t->village_column);
    }
    return true;
}

/* The village that the rows name. */
static bool own_village(struct resolving *r, struct err *e)
{
    size_t column = r->t->village_column;
    if (column == NONE)
        return true;
    struct value v = bit(r->in->given, column) ? r->in->cells[column].v : value_none();
    if (v.kind == VALUE_TEXT && v.s.size != 0)
        return village_by_code(r, v.s, e);
    struct text name = text_trim(r->g->first.village_name);
    return name.size == 0 || village_by_its_name(r, name, e);
}

/* The parent, given or known already; where the rows name no village, the record lies where its parent does.
 */
static bool parent_place(struct resolving *r, struct text parent, struct err *e)
{
    struct place place;
    bool known = false;
    if (!parent_look(r->b, r->t->parent, parent, &known, &place, e))
        return false;
    if (!known)
        refuse(r, BATCH_HOUSEHOLD_UNKNOWN, r->t->entity->parent, parent);
    else if (!r->in->place_given) {
        r->in->place = place;
        r->in->place_given = true;
    }
    return true;
}

static bool references(struct resolving *r, struct err *e)
{
    for (size_t i = 0; r->t->has_references && i < r->t->entity->stored_count; i++) {
        const struct catalog_field *field = r->t->entity->stored[i];
        struct value v = bit(r->in->given, i) ? r->in->cells[i].v : value_none();
        if (field->type != FIELD_REF || i == r->t->parent_column || v.kind != VALUE_TEXT || v.s.size == 0)
            continue;
        const struct table *target = table_of(r->b->r, field->entity);
        bool known = false;
        if (!reference_resolve(r->b, target, &r->in->cells[i].v.s, e)
            || !reference_known(r->b, target, r->in->cells[i].v.s, &known, e))
            return false;
        /* What others lie below must be there; of the rest it is enough to say that nothing describes it yet.
         */
        if (!known && target->is_parent)
            refuse(r, BATCH_HOUSEHOLD_UNKNOWN, field, v.s);
        else if (!known)
            note(r, BATCH_REF_UNDESCRIBED, field, v.s);
    }
    return true;
}

/* A record that must hang below another says below which, unless it is known already. */
static void need_parent(struct resolving *r, bool known)
{
    const struct catalog_field *parent = r->t->entity->parent;
    size_t column = r->t->parent_column;
    if (column == NONE || !parent->required)
        return;
    bool given = bit(r->in->given, column), empty = r->in->cells[column].v.kind == VALUE_NONE;
    if (given ? empty : !known)
        refuse(r, BATCH_KEY_MISSING, parent, TEXT_NONE);
}

/* What the batch may not see is refused as if what it hangs on were not there. */
static void refuse_as_unknown(struct resolving *r, struct text parent)
{
    if (parent.size != 0)
        refuse(r, BATCH_HOUSEHOLD_UNKNOWN, r->t->entity->parent, parent);
    else
        refuse(r, BATCH_VILLAGE_UNKNOWN, r->t->entity->village, r->in->id);
}

static bool resolve(struct resolving *r, struct work *w, bool look, struct err *e)
{
    const struct table *t = r->t;
    if (!own_village(r, e) || !references(r, e))
        return false;
    struct text parent = TEXT_NONE;
    if (t->parent_column != NONE && bit(r->in->given, t->parent_column)
        && r->in->cells[t->parent_column].v.kind == VALUE_TEXT)
        parent = r->in->cells[t->parent_column].v.s;
    if (parent.size != 0 && !parent_place(r, parent, e))
        return false;
    w->state.found = false;
    if (r->count != 0 || !look)
        return true;
    if (!work_find(r->b, w, r->in->place_given ? r->in->place.county : NULL, r->in->id, e))
        return false;
    if (w->state.found && !batch_sees(r->b, w->state.village))
        refuse_as_unknown(r, parent);
    return true;
}

/* Where nothing in the rows says where a record lies: where it lay; a new one belongs to the town. */
static void place_else(struct resolving *r, const struct work *w)
{
    if (r->in->place_given)
        return;
    put_place(&r->in->place, w->state.found ? w->state.village : text_of(r->b->town));
}

/* ---- applying ---- */

static bool write(struct batch *b, struct work *w, struct group *g, struct incoming *in, enum outcome *out,
                  struct err *e)
{
    if (!w->state.found) {
        *out = OUTCOME_INSERTED;
        return write_insert(b, w, in, e);
    }
    if (in->fact_day >= w->state.fact_day)
        return write_update(b, w, in, out, e);
    if (!write_past(b, w, in, out, e))
        return false;
    if (*out == OUTCOME_UPDATED)
        batch_note(b, w->t, &g->first, BATCH_FILED_INTO_PAST, NULL, in->id);
    return true;
}

static bool group_apply(struct batch *b, struct work *w, struct group *g, enum outcome *out, bool *refused,
                        struct err *e)
{
    struct incoming in = {.id = g->first.id, .fact_day = g->first.fact_day, .cells = g->first.cells};
    struct resolving r = {.b = b, .t = w->t, .g = g, .in = &in, .quiet = g->checked};
    memcpy(in.given, g->first.given, sizeof in.given);
    if (!resolve(&r, w, g->again || !w->was_empty, e))
        return false;
    if (r.count == 0)
        need_parent(&r, w->state.found);
    *refused = r.count != 0;
    if (r.count != 0)
        return refuse_rows(b, w->t, g, r.refusals, r.count, e);
    place_else(&r, w);
    if (!batch_sees(b, text_of(in.place.village))) {
        refuse_as_unknown(&r, TEXT_NONE);
        *refused = true;
        return refuse_rows(b, w->t, g, r.refusals, r.count, e);
    }
    for (size_t i = 0; i < COUNT_OF(w->given); i++)
        w->given[i] |= in.given[i];
    return write(b, w, g, &in, out, e);
}

/* Looks up what all rows of the key refer to, before any of them is written: they stand or fall together. */
static bool group_check(struct batch *b, struct work *w, struct group *g, bool *refused, struct err *e)
{
    struct incoming in = {.id = g->first.id, .cells = g->first.cells};
    struct resolving r = {.b = b, .t = w->t, .g = g, .in = &in};
    memcpy(in.given, g->first.given, sizeof in.given);
    if (!resolve(&r, w, true, e))
        return false;
    if (r.count == 0)
        need_parent(&r, w->state.found);
    *refused = r.count != 0;
    return r.count == 0 || refuse_rows(b, w->t, g, r.refusals, r.count, e);
}

static int day_order(const void *a, const void *b)
{
    const struct staged *x = a, *y = b;
    if (x->fact_day != y->fact_day)
        return x->fact_day < y->fact_day ? -1 : 1;
    return (x->seq > y->seq) - (x->seq < y->seq);
}

/* What it hangs below holds for a record as a whole, also where only one of its rows says it. */
static void parent_lend(const struct table *t, const struct staged *from, struct staged *to)
{
    if (t->parent_column == NONE || !bit(from->given, t->parent_column) || bit(to->given, t->parent_column))
        return;
    to->cells[t->parent_column] = from->cells[t->parent_column];
    bit_set(to->given, t->parent_column);
}

/* The same key in sheets of different fact days, not contradicting each other: one after the other, the
 * oldest first. */
static bool group_by_days(struct batch *b, struct work *w, struct group *g, enum outcome *out, bool *refused,
                          struct err *e)
{
    if (!group_check(b, w, g, refused, e) || *refused)
        return *refused;
    struct staged *rows = arena_take_many(&b->scratch, g->rows, sizeof *rows);
    struct stage_rows cursor = {.index = NULL};
    size_t count = 0;
    bool good = (rows != NULL || err_fail(e, &OUT_OF_MEMORY))
                && stage_rows_open(&b->stage, w->t, g->first.id, &cursor, e);
    while (good && count < g->rows && stage_rows_next(&cursor, e) == STEP_ROW) {
        good = row_read_back(b, &cursor, &b->scratch, &rows[count], e);
        count += good && !rows[count].refused;
    }
    stage_rows_close(&cursor);
    good = good && e->kind == NULL;
    if (count > 1)
        qsort(rows, count, sizeof *rows, day_order);
    for (size_t i = 0; good && !*refused && i < count; i++) {
        parent_lend(w->t, &g->first, &rows[i]);
        struct group one = {.first = rows[i], .rows = 1, .again = i > 0, .checked = true};
        enum outcome outcome = OUTCOME_UNCHANGED;
        good = group_apply(b, w, &one, &outcome, refused, e);
        if (outcome != OUTCOME_UNCHANGED && *out != OUTCOME_INSERTED)
            *out = outcome;
    }
    return good;
}

static bool group_finish(struct batch *b, struct work *w, struct group *g, struct err *e)
{
    enum outcome outcome = OUTCOME_UNCHANGED;
    bool refused = false;
    b->done += g->rows;
    if (g->clash) {
        const struct refusal why = {BATCH_KEY_TWICE, NULL, g->first.id};
        return refuse_rows(b, w->t, g, &why, 1, e);
    }
    if (g->days_differ ? !group_by_days(b, w, g, &outcome, &refused, e)
                       : !group_apply(b, w, g, &outcome, &refused, e))
        return false;
    return refused || count_rows(b, w->t, g, outcome, e);
}

/* ---- grouping ---- */

static void group_open(struct group *g, const struct staged *row)
{
    *g = (struct group){.first = *row, .rows = 1, .mains = !row->companion, .main_sheet = row->sheet};
}

/* One more row of the key: what it has beside the others is added, what differs is a clash. True: it brought
 * nothing, its texts may go. */
static bool group_add(struct group *g, const struct table *t, const struct staged *row)
{
    bool nothing = true;
    for (size_t i = 0; i < t->entity->stored_count; i++) {
        if (!bit(row->given, i))
            continue;
        if (bit(g->first.given, i)) {
            if (!value_equal(g->first.cells[i].v, row->cells[i].v) && !g->clash) {
                g->clash = true;
                g->clashing = *row;
            }
            continue;
        }
        g->first.cells[i] = row->cells[i];
        bit_set(g->first.given, i);
        nothing = false;
    }
    if (g->first.village_name.at == NULL && row->village_name.at != NULL) {
        g->first.village_name = row->village_name;
        nothing = false;
    }
    if (g->mains == 0 && !row->companion)
        g->main_sheet = row->sheet;
    g->mains += !row->companion;
    g->rows++;
    g->days_differ |= row->fact_day != g->first.fact_day;
    return nothing && !(g->clash && g->clashing.seq == row->seq);
}

/* What else is wrong with a row that the caller has refused: every refused cell is named. */
static bool name_the_rest(struct batch *b, struct work *w, const struct staged *row, struct group *alone,
                          struct err *e)
{
    *alone = (struct group){.first = *row, .rows = 1};
    struct incoming in = {.id = row->id, .fact_day = row->fact_day, .cells = row->cells};
    struct resolving r = {.b = b, .t = w->t, .g = alone, .in = &in, .quiet = true};
    memcpy(in.given, row->given, sizeof in.given);
    if (!resolve(&r, w, false, e))
        return false;
    need_parent(&r, true);
    for (size_t i = 0; i < r.count; i++)
        batch_refuse(b, w->t, row, r.refusals[i].why, r.refusals[i].field, r.refusals[i].value, NULL);
    return true;
}

static bool row_take(struct batch *b, struct work *w, struct stage_rows *rows, struct group *g, struct err *e)
{
    struct staged row;
    if (g->rows != 0 && !text_equal(g->first.id, rows->id)) {
        if (!group_finish(b, w, g, e))
            return false;
        g->rows = 0;
        arena_rewind(&b->scratch, (struct arena_mark){NULL, 0, 0});
    }
    struct arena_mark mark = arena_mark(&b->scratch);
    if (!row_read_back(b, rows, &b->scratch, &row, e))
        return false;
    if (row.fallen)
        batch_reject(b, &row);
    if (row.refused) { /* only its key counts, for what refers to it */
        struct group alone;
        if (!row.fallen && !name_the_rest(b, w, &row, &alone, e))
            return false;
        b->done++;
        arena_rewind(&b->scratch, mark);
    } else if (g->rows == 0) {
        group_open(g, &row);
    } else if (group_add(g, w->t, &row)) {
        arena_rewind(&b->scratch, mark);
    }
    return true;
}

static bool rows_apply(struct batch *b, struct work *w, struct err *e)
{
    struct stage_rows rows = {.index = NULL};
    struct group *g = arena_take(&b->arena, sizeof *g);
    enum step step = STEP_DONE;
    bool good =
        (g != NULL || err_fail(e, &OUT_OF_MEMORY)) && stage_rows_open(&b->stage, w->t, TEXT_NONE, &rows, e);
    arena_rewind(&b->scratch, (struct arena_mark){NULL, 0, 0});
    for (size_t n = 0; good && (step = stage_rows_next(&rows, e)) == STEP_ROW; n++)
        good = row_take(b, w, &rows, g, e) && (n % 1024 != 0 || batch_progress(b, "apply", e));
    good = good && step == STEP_DONE && (g->rows == 0 || group_finish(b, w, g, e));
    stage_rows_close(&rows);
    return good;
}

/* Looks that stand on a row keep SQLite from taking indexes away. */
static void looks_rest(struct batch *b)
{
    for (size_t i = 0; i < b->r->count; i++)
        statement_clear(b->work[b->r->order[i]->index].select);
}

bool apply_entity(struct batch *b, struct work *w, struct err *e)
{
    int64_t count = b->stage.entities[w->t->index].count;
    if (count == 0)
        return true;
    bool bulk = w->was_empty && count >= BULK_MIN;
    looks_rest(b);
    w->searched = gram_searches(w->t);
    w->fills_search = bulk && w->searched;
    if (bulk && !table_unindex(b->r, w->t, e))
        return false;
    if (!rows_apply(b, w, e))
        return false;
    looks_rest(b);
    if (w->fills_search && !gram_fill(b->r, w->t, e))
        return false;
    w->fills_search = false;
    return !bulk || table_index(b->r, w->t, e);
}
