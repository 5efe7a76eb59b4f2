/* Decides by role and area; see access.h. Always holds: what is not named is refused. */
#include "engine/access/access.h"
#include "engine/access/access.err.h"

bool access_may(const struct actor *actor, struct text operation, struct err *e)
{
    if (actor == NULL || catalog_role_does(actor->role, operation))
        return true;
    return err_fail_text(e, &ACCESS_FORBIDDEN, "what", operation);
}

static bool forbid_entity(const struct catalog_entity *entity, struct err *e)
{
    err_fail_text(e, &ACCESS_FORBIDDEN, "what", entity->label.en);
    err_add(e, "what_zh", entity->label.zh);
    return false;
}

bool access_reads(const struct actor *actor, const struct catalog_entity *entity, struct err *e)
{
    return actor == NULL || actor->role->reads[entity->index] || forbid_entity(entity, e);
}

bool access_writes(const struct actor *actor, const struct catalog_entity *entity, struct err *e)
{
    return actor == NULL || actor->role->writes[entity->index] || forbid_entity(entity, e);
}

enum access_show access_shows(const struct actor *actor, const struct catalog_field *field)
{
    if (actor == NULL)
        return field->sealed ? ACCESS_MASKED : ACCESS_FULL;
    switch (actor->role->shows[catalog_role_class(field)]) {
    case ROLE_SHOWS_NONE:
        return ACCESS_HIDDEN;
    case ROLE_SHOWS_MASKED:
    case ROLE_SHOWS_REASON:
        return ACCESS_MASKED;
    case ROLE_SHOWS_FULL:
        break;
    }
    return field->sealed ? ACCESS_MASKED : ACCESS_FULL;
}

enum access_show access_reveals(const struct actor *actor, const struct catalog_field *field)
{
    if (actor == NULL)
        return ACCESS_FULL;
    switch (actor->role->shows[catalog_role_class(field)]) {
    case ROLE_SHOWS_NONE:
        return ACCESS_HIDDEN;
    case ROLE_SHOWS_MASKED:
        return ACCESS_MASKED;
    case ROLE_SHOWS_REASON:
    case ROLE_SHOWS_FULL:
        break;
    }
    return ACCESS_FULL;
}

bool access_filters(const struct actor *actor, const struct catalog_field *field, struct err *e)
{
    const struct catalog_field *from = field->derived_from;
    if (actor == NULL
        || (access_shows(actor, field) == ACCESS_FULL
            && (from == NULL || access_shows(actor, from) == ACCESS_FULL)))
        return true;
    return err_fail_text(e, &ACCESS_FIELD, "field", field->id);
}

static const struct catalog_entity *entity_of(const struct catalog *c, const struct cel_class *class)
{
    for (size_t i = 0; i < c->entity_count; i++)
        if (&c->entities[i].class_of == class)
            return &c->entities[i];
    return NULL;
}

bool access_asks(const struct actor *actor, const struct catalog *c, const struct cel_program *program,
                 struct err *e)
{
    size_t count = 0;
    const struct cel_use *uses = actor == NULL ? NULL : cel_program_uses(program, &count);
    for (size_t i = 0; i < count; i++) {
        const struct catalog_entity *entity = entity_of(c, uses[i].of);
        const struct catalog_field *field = catalog_used(c, &uses[i]);
        if (entity == NULL) /* a parameter */
            continue;
        const struct catalog_member *member = &entity->members[uses[i].field];
        if (!access_reads(actor, entity, e) || (field != NULL && !access_filters(actor, field, e))
            || (member->kind == MEMBER_CHILDREN && !access_reads(actor, member->entity, e)))
            return false;
    }
    return true;
}

bool access_meets(const struct actor *actor, const struct area *asked, struct area *out)
{
    const struct area nothing = {.lo = ":", .hi = ":"},
                      own = actor != NULL ? actor->area : (struct area){.lo = ""};
    struct area met = {.lo = ""};
    if (own.lo[0] == 0 || asked->lo[0] == 0) {
        *out = own.lo[0] == 0 ? *asked : own;
        return true;
    }
    memcpy(met.lo, strcmp(own.lo, asked->lo) > 0 ? own.lo : asked->lo, sizeof met.lo);
    memcpy(met.hi, strcmp(own.hi, asked->hi) < 0 ? own.hi : asked->hi, sizeof met.hi);
    bool any = strcmp(met.lo, met.hi) < 0;
    *out = any ? met : nothing;
    return any;
}

bool access_covers(const struct actor *actor, const struct area *area)
{
    if (actor == NULL || actor->area.lo[0] == 0)
        return true;
    return area->lo[0] != 0 && strcmp(area->lo, actor->area.lo) >= 0 && strcmp(area->hi, actor->area.hi) <= 0;
}

bool access_holds(const struct actor *actor, struct text village)
{
    if (actor == NULL || actor->area.lo[0] == 0)
        return true;
    return text_compare(village, text_of(actor->area.lo)) >= 0
           && text_compare(village, text_of(actor->area.hi)) < 0;
}
