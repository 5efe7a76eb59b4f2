/* Which fields a run reads. */
#include "engine/frame/frame.h"

struct frame_needs *frame_needs_new(const struct catalog *c, struct arena *a)
{
    struct frame_needs *needs = arena_take(a, sizeof *needs);
    if (needs == NULL)
        return NULL;
    needs->fields = arena_take_many(a, c->entity_count + 1, sizeof *needs->fields);
    needs->entities = arena_take_many(a, c->entity_count + 1, sizeof *needs->entities);
    needs->uses = arena_take_many(a, c->entity_count + 1, sizeof *needs->uses);
    needs->ids = arena_take_many(a, c->entity_count + 1, sizeof *needs->ids);
    needs->computed = arena_take_many(a, c->computed_count + 1, sizeof *needs->computed);
    bool all = needs->fields != NULL && needs->entities != NULL && needs->uses != NULL && needs->ids != NULL
               && needs->computed != NULL;
    return all ? needs : NULL;
}

void frame_needs_entity(struct frame_needs *needs, const struct catalog_entity *entity)
{
    for (; entity != NULL; entity = entity->parent != NULL ? entity->parent->entity : NULL)
        needs->entities[entity->index] = true;
}

const struct catalog_entity *frame_entity_of(const struct catalog *c, const struct cel_class *of)
{
    for (size_t i = 0; i < c->entity_count; i++)
        if (&c->entities[i].class_of == of)
            return &c->entities[i];
    return NULL;
}

const struct catalog_computed *frame_computed_of(const struct catalog *c, const struct catalog_field *field)
{
    for (size_t i = 0; i < c->computed_count; i++)
        if (&c->computed[i].shown == field)
            return &c->computed[i];
    return NULL;
}

static void need_computed(struct frame_needs *needs, const struct catalog *c,
                          const struct catalog_computed *computed)
{
    size_t index = (size_t)(computed - c->computed);
    frame_needs_entity(needs, computed->on);
    if (needs->computed[index])
        return;
    needs->computed[index] = true;
    frame_needs_program(needs, c, computed->program); /* the pack has no circles */
}

void frame_needs_field(struct frame_needs *needs, const struct catalog *c,
                       const struct catalog_entity *entity, const struct catalog_field *field)
{
    const struct catalog_computed *computed = frame_computed_of(c, field);
    frame_needs_entity(needs, entity);
    if (computed != NULL)
        need_computed(needs, c, computed);
    else if (field->derived_from != NULL && field->derive == DERIVE_USES)
        needs->uses[entity->index] = true;
    else if (field->column < CATALOG_FIELD_MAX)
        needs->fields[entity->index][field->column >> 6] |= (uint64_t)1 << (field->column & 63);
    if (field->type == FIELD_REF && field->entity != NULL) {
        frame_needs_entity(needs, field->entity);
        needs->ids[field->entity->index] = true; /* to find what is named */
    }
}

static void need_member(struct frame_needs *needs, const struct catalog *c,
                        const struct catalog_entity *entity, const struct catalog_member *member)
{
    frame_needs_entity(needs, entity);
    switch (member->kind) {
    case MEMBER_FIELD:
        frame_needs_field(needs, c, entity, &entity->fields[member->index]);
        break;
    case MEMBER_CHILDREN:
        frame_needs_entity(needs, member->entity);
        break;
    case MEMBER_COMPUTED:
        need_computed(needs, c, &c->computed[member->index]);
        break;
    case MEMBER_ID:
        needs->ids[entity->index] = true;
        break;
    case MEMBER_VILLAGE:
        break;
    }
}

void frame_needs_program(struct frame_needs *needs, const struct catalog *c,
                         const struct cel_program *program)
{
    size_t count = 0;
    const struct cel_use *uses = program != NULL ? cel_program_uses(program, &count) : NULL;
    for (size_t i = 0; i < count; i++) {
        const struct catalog_entity *entity = frame_entity_of(c, uses[i].of);
        if (entity != NULL)
            need_member(needs, c, entity, &entity->members[uses[i].field]);
    }
}
