/* The rows behind an indicator. */
#include "base/base.err.h"
#include "engine/select/run.h"
#include <stdlib.h>

struct ids {
    struct text *at;
    size_t count, room;
};

static bool add(struct ids *ids, struct text id)
{
    if (ids->count == ids->room) {
        size_t room = ids->room == 0 ? 256 : ids->room * 2;
        struct text *bigger = realloc(ids->at, room * sizeof *bigger);
        if (bigger == NULL)
            return false;
        ids->at = bigger;
        ids->room = room;
    }
    ids->at[ids->count++] = id;
    return true;
}

/* The field by which a row of `on` names one of `rows`. */
static const struct catalog_field *link_of(const struct catalog_entity *on, const struct catalog_entity *rows)
{
    for (size_t i = 0; i < on->field_count; i++)
        if (on->fields[i].type == FIELD_REF && on->fields[i].entity == rows
            && on->fields[i].column < CATALOG_FIELD_MAX)
            return &on->fields[i];
    return NULL;
}

/* The id to show for a row; TEXT_NONE: none. */
static struct text shown_id(const struct run *run, const struct catalog_entity *on, uint32_t row,
                            const struct catalog_entity *rows)
{
    const struct catalog_field *link = rows != on ? link_of(on, rows) : NULL;
    uint32_t above = frame_above(run->frame, on, row, rows);
    if (above != UINT32_MAX)
        return frame_id(run->frame, rows, above);
    return link != NULL ? frame_value(run->frame, on, link, row).s : TEXT_NONE;
}

/* Rows without a value are not behind a sum of values. */
static bool narrow(struct run *run, const struct catalog_indicator *indicator, const struct run_bits *bits,
                   const struct cel_value **values_out, struct err *e)
{
    *values_out = NULL;
    if (indicator->value == INDICATOR_COUNT)
        return true;
    struct cel_value *values = arena_take_many(&run->arena, (size_t)bits->rows + 1, sizeof *values);
    struct run_bits came;
    struct sweep s = {.on = indicator->on, .program = indicator->of, .only = bits->yes, .values = values};
    if (values == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    *values_out = values;
    return sweep_run(run, &s, &came, e);
}

static bool gather(struct run *run, const struct catalog_indicator *indicator,
                   const struct catalog_entity *rows, struct ids *ids, struct err *e)
{
    const struct run_bits *bits;
    const struct cel_value *values;
    if (!dates_hold(indicator->dates, run->as_of))
        return true;
    if (rows == NULL)
        rows = indicator->rows != NULL ? indicator->rows : indicator->on;
    if (indicator->value == INDICATOR_FORMULA) {
        const struct catalog_entity *shown = indicator->rows; /* NULL: those of each */
        for (size_t i = 0; i < indicator->use_count; i++)
            if (!gather(run, &run->c->indicators[indicator->uses[i]], shown, ids, e))
                return false;
        return true;
    }
    if (!indicator_rows_of(run, indicator, &bits, e) || !narrow(run, indicator, bits, &values, e))
        return false;
    for (uint32_t row = 0; row < bits->rows; row++) {
        if (!run_bit(bits, row) || (values != NULL && values[row].kind == CEL_DYN))
            continue;
        struct text id = shown_id(run, indicator->on, row, rows);
        if (id.at != NULL && !add(ids, id))
            return err_fail(e, &OUT_OF_MEMORY);
    }
    return true;
}

static int by_text(const void *a, const void *b)
{
    return text_compare(*(const struct text *)a, *(const struct text *)b);
}

bool run_indicator_rows(struct run *run, const struct catalog_indicator *indicator,
                        const struct text **ids_out, size_t *count_out, struct err *e)
{
    struct ids ids = {0};
    bool gathered = gather(run, indicator, NULL, &ids, e);
    if (ids.count > 0)
        qsort(ids.at, ids.count, sizeof *ids.at, by_text);
    size_t kept = 0;
    for (size_t i = 0; i < ids.count; i++)
        if (kept == 0 || !text_equal(ids.at[kept - 1], ids.at[i]))
            ids.at[kept++] = ids.at[i];
    struct text *out = gathered ? arena_take_many(&run->arena, kept + 1, sizeof *out) : NULL;
    if (gathered && out == NULL)
        gathered = err_fail(e, &OUT_OF_MEMORY);
    if (gathered) {
        if (kept > 0)
            memcpy(out, ids.at, kept * sizeof *out);
        *ids_out = out;
        *count_out = kept;
    }
    free(ids.at);
    return gathered;
}
