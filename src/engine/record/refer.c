/* What rows refer to: parents, and other records of the register or of the batch. */
#include "base/base.err.h"
#include "engine/record/batch.h"

#define SEEN_SLOTS 1024

struct seen { /* the last reference of a slot */
    const struct table *target;
    bool known;
    struct buf id;
};

void refer_clear(struct batch *b)
{
    buf_clear(&b->parent_id);
    for (size_t i = 0; b->seen != NULL && i < SEEN_SLOTS; i++)
        buf_clear(&b->seen[i].id);
}

static bool in_stage(struct batch *b, const struct table *t, struct text id, bool *found, struct err *e)
{
    struct stage_rows rows;
    *found = false;
    if (b->stage.entities[t->index].count == 0)
        return true;
    enum step step = stage_rows_open(&b->stage, t, id, &rows, e) ? stage_rows_next(&rows, e) : STEP_FAILED;
    *found = step == STEP_ROW;
    stage_rows_close(&rows);
    return step != STEP_FAILED;
}

/* The place of a row that was refused but whose key counts: its village when that can be read, else the town.
 */
static bool place_in_stage(struct batch *b, const struct table *t, struct text id, bool *found,
                           struct place *out, struct err *e)
{
    struct stage_rows rows;
    struct staged row;
    *found = false;
    if (b->stage.entities[t->index].count == 0)
        return true;
    enum step step = stage_rows_open(&b->stage, t, id, &rows, e) ? stage_rows_next(&rows, e) : STEP_FAILED;
    bool good = step != STEP_FAILED, known = false;
    *found = step == STEP_ROW;
    memcpy(out->village, b->town, sizeof out->village);
    good = good && (!*found || stage_rows_read(&rows, &b->scratch, &row, e));
    if (good && *found && t->village_column != NONE && row.cells[t->village_column].v.kind == VALUE_TEXT) {
        struct text village = row.cells[t->village_column].v.s;
        good = village_known(b, village, &known, e);
        if (known)
            memcpy(out->village, village.at, AREA_CODE_SIZE);
    }
    memcpy(out->county, out->village, COUNTY_SIZE);
    out->county[COUNTY_SIZE] = 0;
    stage_rows_close(&rows);
    return good;
}

bool parent_look(struct batch *b, const struct table *parent, struct text id, bool *known_out,
                 struct place *place_out, struct err *e)
{
    struct work *w = &b->work[parent->index];
    if (b->parent_table == parent && text_equal(buf_text(&b->parent_id), id)) { /* children lie together */
        *known_out = b->parent_known;
        *place_out = b->parent_place;
        return true;
    }
    struct place place = {.county = ""};
    bool known = false;
    if (!work_find(b, w, NULL, id, e))
        return false;
    if (w->state.found) {
        known = batch_sees(b, w->state.village); /* another's is as none */
        memcpy(place.county, w->state.county.at, COUNTY_SIZE);
        memcpy(place.village, w->state.village.at, AREA_CODE_SIZE);
    } else if (!place_in_stage(b, parent, id, &known, &place, e)) {
        return false;
    }
    buf_reset(&b->parent_id);
    buf_add(&b->parent_id, id);
    b->parent_table = b->parent_id.failed ? NULL : parent;
    b->parent_known = *known_out = known;
    b->parent_place = *place_out = place;
    return true;
}

bool reference_known(struct batch *b, const struct table *target, struct text id, bool *known_out,
                     struct err *e)
{
    if (b->seen == NULL && (b->seen = arena_take_many(&b->arena, SEEN_SLOTS, sizeof *b->seen)) == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    struct seen *slot = &b->seen[text_hash(id) % SEEN_SLOTS];
    if (slot->target == target && text_equal(buf_text(&slot->id), id)) {
        *known_out = slot->known;
        return true;
    }
    struct work *w = &b->work[target->index];
    if (!work_find(b, w, NULL, id, e))
        return false;
    *known_out = w->state.found && batch_sees(b, w->state.village);
    if (!w->state.found && !in_stage(b, target, id, known_out, e))
        return false;
    if (slot->id.ceiling == 0)
        buf_init(&slot->id, 64 * 1024);
    buf_reset(&slot->id);
    buf_add(&slot->id, id);
    slot->target = slot->id.failed ? NULL : target;
    slot->known = *known_out;
    return true;
}

bool reference_resolve(struct batch *b, const struct table *target, struct text *id, struct err *e)
{
    struct text found = TEXT_NONE;
    if (!b->work[target->index].has_unnumbered || !target->has_alternate)
        return true;
    if (!find_by_number(b, target, *id, &found, e))
        return false;
    if (found.at != NULL)
        *id = found;
    return true;
}
