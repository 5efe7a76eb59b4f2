/* Reading the values that a caller gives for a record. Always holds: every field that cannot stand is named,
 * and none is passed over. */
#include "domain/registry/given.h"
#include "base/base.err.h"
#include "domain/registry/registry.err.h"
#include "engine/catalog/coerce.h"

bool given_init(struct given *g, struct op_call *call, const struct catalog_entity *entity, struct err *e)
{
    *g = (struct given){.call = call, .entity = entity};
    g->values = arena_take_many(call->arena, entity->stored_count + 1, sizeof *g->values);
    return g->values != NULL || err_fail(e, &OUT_OF_MEMORY);
}

bool given_refuse(struct given *g, struct text field, const struct err *why, struct err *e)
{
    struct err *kept = arena_take(g->call->arena, sizeof *kept);
    if (kept == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (g->refusal_count == g->refusal_room) {
        size_t room = g->refusal_room == 0 ? 16 : 2 * g->refusal_room;
        struct op_refusal *more = arena_take_many(g->call->arena, room, sizeof *more);
        if (more == NULL)
            return err_fail(e, &OUT_OF_MEMORY);
        if (g->refusal_count > 0)
            memcpy(more, g->refusals, g->refusal_count * sizeof *more);
        g->refusals = more;
        g->refusal_room = room;
    }
    *kept = *why;
    g->refusals[g->refusal_count++] = (struct op_refusal){field, kept};
    return true;
}

static bool refuse(struct given *g, struct text field, const struct err_kind *kind, struct text label,
                   struct err *e)
{
    struct err why = {.kind = NULL};
    err_fail_text(&why, kind, "field", label);
    err_add(&why, "entity", g->entity->id);
    return given_refuse(g, field, &why, e);
}

void given_put(struct given *g, const struct catalog_field *field, struct value v)
{
    g->values[field->column] = v;
    g->set[field->column / 64] |= UINT64_C(1) << (field->column % 64);
}

static bool is_key(const struct catalog_entity *entity, const struct catalog_field *field)
{
    for (size_t i = 0; i < entity->key_count; i++)
        if (&entity->fields[entity->key[i]] == field)
            return true;
    return false;
}

/* A form sends back what it was shown: the mask of a number is not the number. */
static bool is_masked(const struct catalog_field *field, struct text t)
{
    return (field->sealed || field->class == CLASS_SENSITIVE) && text_find(t, TEXT("*"), 0) != SIZE_MAX;
}

static bool coerce(struct given *g, const struct catalog_field *field, const struct op_field *f,
                   struct coerced *out, struct err *why)
{
    if (f->kind == OP_FIELD_BOOL) {
        const struct coerce_cell cell = {.kind = CELL_BOOL,
                                         .text = f->value,
                                         .number = text_equal(f->value, TEXT("true")) ? 1 : 0,
                                         .date = DAY_NONE};
        return coerce_cell(field, &cell, TEXT_NONE, g->call->arena, out, why);
    }
    return coerce_text(field, f->value, g->call->arena, out, why);
}

static bool read_value(struct given *g, const struct catalog_field *field, const struct op_field *f,
                       const struct present *present, struct err *e)
{
    struct coerced coerced = {.value = value_none()};
    struct err why = {.kind = NULL};
    struct text label = label_in(field->label, g->call->lang);
    if (f->kind == OP_FIELD_OTHER)
        return refuse(g, field->id, &REGISTRY_VALUE_KIND, label, e);
    if (f->kind != OP_FIELD_NULL && is_masked(field, f->value))
        return refuse(g, field->id, &REGISTRY_VALUE_MASKED, label, e);
    if (f->kind != OP_FIELD_NULL && !coerce(g, field, f, &coerced, &why))
        return given_refuse(g, field->id, &why, e);
    if (present != NULL && is_key(g->entity, field)
        && !value_equal(present->values[field->column], coerced.value))
        return refuse(g, field->id, &REGISTRY_KEY_FIXED, label, e);
    given_put(g, field, coerced.value);
    return true;
}

static bool read_one(struct given *g, const struct op_field *f, const struct present *present, struct err *e)
{
    const struct catalog_field *field = field_named(g->entity, f->name);
    const struct actor *actor = records_actor(g->call->session->records);
    if (field == NULL || access_shows(actor, field) == ACCESS_HIDDEN)
        return refuse(g, f->name, &REGISTRY_FIELD_UNKNOWN, f->name, e);
    if (field->column == SIZE_MAX || field->derived_from != NULL)
        return refuse(g, field->id, &REGISTRY_FIELD_FOLLOWS, label_in(field->label, g->call->lang), e);
    uint64_t bit = UINT64_C(1) << (field->column % 64);
    if (g->set[field->column / 64] & bit)
        return refuse(g, field->id, &REGISTRY_FIELD_TWICE, label_in(field->label, g->call->lang), e);
    return read_value(g, field, f, present, e);
}

bool given_read(struct given *g, const char *parameter, const struct present *present, struct err *e)
{
    const struct op_value *fields = op_value(g->call, parameter);
    for (size_t i = 0; i < fields->field_count; i++)
        if (!read_one(g, &fields->fields[i], present, e))
            return false;
    return true;
}

bool given_stands(struct given *g, struct err *e)
{
    struct buf said;
    if (g->refusal_count == 0)
        return true;
    g->call->refusals = g->refusals;
    g->call->refusal_count = g->refusal_count;
    err_fail_int(e, &REGISTRY_VALUES_REFUSED, "count", (int64_t)g->refusal_count);
    buf_init(&said, 4096);
    err_sentence(g->refusals[0].why, LANG_ZH, &said);
    err_add(e, "first_zh", buf_text(&said));
    buf_reset(&said);
    err_sentence(g->refusals[0].why, LANG_EN, &said);
    err_add(e, "first", buf_text(&said));
    buf_clear(&said);
    return false;
}
