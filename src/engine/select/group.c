/* By what an indicator is split: each row of its entity gets the number of a key. */
#include "base/base.err.h"
#include "engine/select/run.h"
#include "engine/select/select.err.h"
#include <stdlib.h>

#define SLOTS_FIRST 64u

/* Where the key of a row is read: a field of the row's ancestor (or of itself); field NULL: its village. */
struct source {
    const struct catalog_entity *entity;
    const struct catalog_field *field;
};

static const struct catalog_field *field_of(const struct catalog *c, const struct catalog_entity *entity,
                                            struct text id)
{
    const struct catalog_field *field = catalog_field(entity, id);
    for (size_t i = 0; i < c->computed_count && field == NULL; i++)
        if (c->computed[i].on == entity && text_equal(c->computed[i].id, id))
            field = &c->computed[i].shown;
    bool readable = field != NULL
                    && (field->column < CATALOG_FIELD_MAX || frame_computed_of(c, field) != NULL
                        || (field->derived_from != NULL && field->derive == DERIVE_USES));
    return readable || (field != NULL && field->type == FIELD_VILLAGE) ? field : NULL;
}

static bool unknown(const struct catalog_indicator *indicator, struct text by, struct err *e)
{
    err_fail_text(e, &RUN_BY_UNKNOWN, "by", by);
    err_add(e, "indicator", indicator->id);
    return false;
}

static bool resolve(const struct catalog *c, const struct catalog_indicator *indicator, struct text by,
                    struct source *out, struct err *e)
{
    *out = (struct source){0};
    if (text_equal(by, TEXT("village")) && (indicator->on->has_village || text_equal(indicator->on->id, by)))
        return true;
    size_t dot = text_find(by, TEXT("."), 0);
    struct text id = dot == SIZE_MAX ? by : text_slice(by, dot + 1, by.size);
    for (const struct catalog_entity *at = indicator->on; at != NULL && out->field == NULL;
         at = at->parent != NULL ? at->parent->entity : NULL)
        if (dot == SIZE_MAX || text_equal(at->id, text_slice(by, 0, dot)))
            *out = (struct source){at, field_of(c, at, id)};
    if (out->field == NULL)
        return unknown(indicator, by, e);
    if (out->field->sealed || out->field->class == CLASS_SENSITIVE)
        return err_fail_text(e, &RUN_BY_SEALED, "by", by);
    if (out->field->type == FIELD_VILLAGE)
        *out = (struct source){0};
    return true;
}

bool groups_need(const struct catalog *c, struct frame_needs *needs,
                 const struct catalog_indicator *indicator, struct text by, struct err *e)
{
    for (size_t i = 0; i < indicator->use_count; i++)
        if (!groups_need(c, needs, &c->indicators[indicator->uses[i]], by, e))
            return false;
    struct source source;
    if (indicator->value == INDICATOR_FORMULA)
        return true;
    if (!resolve(c, indicator, by, &source, e))
        return false;
    const struct catalog_entity *village = catalog_entity(c, TEXT("village"));
    const struct catalog_field *name = village == NULL ? NULL : catalog_field(village, TEXT("name"));
    if (source.field != NULL)
        frame_needs_field(needs, c, source.entity, source.field);
    else if (name != NULL)
        frame_needs_field(needs, c, village, name);
    return true;
}

/* The groups while they are found: slots by hash of the value. */
struct making {
    struct run *run;
    struct groups *out;
    uint32_t room, mask;
    uint32_t *slots; /* number + 1 */
};

static uint64_t hash_of(struct value v)
{
    if (v.kind == VALUE_NONE)
        return 1;
    return v.kind == VALUE_INT ? text_hash((struct text){(const char *)&v.n, sizeof v.n}) : text_hash(v.s);
}

static bool grow(struct making *m)
{
    uint32_t size = m->slots == NULL ? SLOTS_FIRST : (m->mask + 1) * 2;
    uint32_t *slots = calloc(size, sizeof *slots);
    struct value *stored = realloc(m->out->stored, size / 2 * sizeof *stored);
    if (stored != NULL)
        m->out->stored = stored;
    if (slots == NULL || stored == NULL) {
        free(slots);
        return false;
    }
    for (uint32_t i = 0; i < m->out->count; i++) {
        uint32_t slot = (uint32_t)hash_of(stored[i]) & (size - 1);
        while (slots[slot] != 0)
            slot = (slot + 1) & (size - 1);
        slots[slot] = i + 1;
    }
    free(m->slots);
    m->slots = slots;
    m->mask = size - 1;
    m->room = size / 2;
    return true;
}

static bool number_of(struct making *m, struct value v, uint32_t *out)
{
    if (m->out->count >= m->room && !grow(m))
        return false;
    uint32_t slot = (uint32_t)hash_of(v) & m->mask;
    while (m->slots[slot] != 0 && !value_equal(m->out->stored[m->slots[slot] - 1], v))
        slot = (slot + 1) & m->mask;
    if (m->slots[slot] == 0) {
        m->out->stored[m->out->count] = v;
        m->slots[slot] = ++m->out->count;
    }
    *out = m->slots[slot] - 1;
    return true;
}

static struct value value_at(struct run *run, const struct catalog_entity *on, const struct source *source,
                             uint32_t row)
{
    if (source->field == NULL)
        return value_text(frame_village(run->frame, on, row));
    uint32_t above = frame_above(run->frame, on, row, source->entity);
    return above == UINT32_MAX ? value_none() : frame_value(run->frame, source->entity, source->field, above);
}

/* A village as the register calls it; else as the table of divisions does. */
static struct text village_label(struct run *run, struct text code)
{
    const struct catalog_entity *village = catalog_entity(run->c, TEXT("village"));
    const struct catalog_field *name = village == NULL ? NULL : catalog_field(village, TEXT("name"));
    uint32_t row = name == NULL ? UINT32_MAX : frame_row(run->frame, village, code);
    struct value own = row == UINT32_MAX ? value_none() : frame_value(run->frame, village, name, row);
    const struct catalog_division *division = catalog_division(run->c, code);
    return own.kind == VALUE_TEXT ? own.s : division != NULL ? division->name : code;
}

static bool name_key(struct run *run, const struct catalog_field *field, struct value v,
                     struct indicator_key *out)
{
    if (v.kind == VALUE_NONE)
        return true;
    out->key = v.kind == VALUE_INT ? text_format(&run->arena, "%lld", (long long)v.n) : v.s;
    out->label = field != NULL ? record_value_text(&run->arena, run->c, field, v, false, LANG_ZH)
                               : village_label(run, v.s);
    return out->key.at != NULL && out->label.at != NULL;
}

static bool name_keys(struct run *run, struct groups *out)
{
    out->keys = arena_take_many(&run->arena, (size_t)out->count + 1, sizeof *out->keys);
    struct value *stored = arena_take_many(&run->arena, (size_t)out->count + 1, sizeof *stored);
    if (out->keys == NULL || stored == NULL)
        return false;
    for (uint32_t i = 0; i < out->count; i++) {
        stored[i] = out->stored[i];
        if (!name_key(run, out->field, stored[i], &out->keys[i]))
            return false;
    }
    free(out->stored);
    out->stored = stored;
    return true;
}

bool groups_make(struct run *run, const struct catalog_indicator *indicator, struct text by,
                 struct groups *out, struct err *e)
{
    struct source source;
    struct making m = {.run = run, .out = out};
    *out = (struct groups){0};
    const struct catalog_entity *village = catalog_entity(run->c, TEXT("village"));
    const struct catalog_field *name = village == NULL ? NULL : catalog_field(village, TEXT("name"));
    if (!resolve(run->c, indicator, by, &source, e)
        || (source.field != NULL && !run_need(run, source.entity, source.field, e))
        || (source.field == NULL && name != NULL && !run_need(run, village, name, e)))
        return false;
    out->field = source.field;
    uint32_t rows = frame_rows(run->frame, indicator->on);
    out->of = arena_take_many(&run->arena, (size_t)rows + 1, sizeof *out->of);
    bool made = out->of != NULL;
    for (uint32_t row = 0; row < rows && made; row++)
        made = number_of(&m, value_at(run, indicator->on, &source, row), &out->of[row]);
    free(m.slots);
    if (made && name_keys(run, out))
        return true;
    free(out->stored);
    return err_fail(e, &OUT_OF_MEMORY);
}

int groups_compare(struct value a, struct value b)
{
    if (a.kind == VALUE_NONE || b.kind == VALUE_NONE)
        return (a.kind == VALUE_NONE) - (b.kind == VALUE_NONE);
    if (a.kind == VALUE_INT && b.kind == VALUE_INT)
        return (a.n > b.n) - (a.n < b.n);
    return text_compare(a.s, b.s);
}
