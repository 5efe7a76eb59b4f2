/* The classes that expressions see: for each entity its record id, fields, village, children and computed
 * values. */
#include "engine/catalog/expression.h"
#include "engine/catalog/node.h"

struct builder {
    struct load *l;
    struct catalog_entity *entity;
    struct cel_field *fields;
    struct catalog_member *members;
    size_t count;
    const struct cel_type *records; /* the type of a record of each entity */
};

/* Two things of one name, told at the entity (of `at`, a computed value's own place). */
static bool add(struct builder *b, struct text name, struct cel_type type, struct catalog_member member,
                const struct item *at)
{
    struct text z = text_copy(b->l->arena, name);
    if (z.at == NULL)
        return node_fail_memory(b->l);
    for (size_t i = 0; i < b->count; i++) {
        if (strcmp(b->fields[i].name, z.at) != 0)
            continue;
        b->l->file = at->file;
        return node_fail_duplicate(b->l, at->node, z, &b->l->items[SECTION_ENTITIES].at[b->entity->index]);
    }
    b->fields[b->count] = (struct cel_field){.name = z.at, .type = type};
    b->members[b->count++] = member;
    return true;
}

static struct cel_type type_of(const struct builder *b, const struct catalog_field *field)
{
    static const struct cel_type text = {.kind = CEL_STRING};
    switch (field->type) {
    case FIELD_IDENTIFIER:
    case FIELD_TEXT:
    case FIELD_CODE:
        return text;
    case FIELD_CODES:
        return (struct cel_type){.kind = CEL_LIST, .of = &text};
    case FIELD_INT:
    case FIELD_MONEY:
    case FIELD_YEAR:
        return (struct cel_type){.kind = CEL_INT};
    case FIELD_DECIMAL:
        return (struct cel_type){.kind = CEL_DOUBLE};
    case FIELD_DATE:
        return (struct cel_type){.kind = CEL_TIMESTAMP};
    case FIELD_BOOL:
        return (struct cel_type){.kind = CEL_BOOL};
    case FIELD_REF:
        return b->records[field->entity->index];
    case FIELD_VILLAGE:
        if (text_equal(b->entity->id, TEXT("village"))) /* its own code, not the village of a village */
            return text;
        break;
    }
    return b->records[catalog_entity(b->l->c, TEXT("village"))->index];
}

/* Sealed ones are not seen, nor what is not stored but for the count of uses. */
static bool is_seen(const struct catalog_field *field)
{
    return !field->sealed && (field->column != SIZE_MAX || field->derive == DERIVE_USES);
}

static bool add_fields(struct builder *b, const struct item *at)
{
    struct catalog_field *fields = b->l->fields[b->entity->index];
    for (size_t i = 0; i < b->entity->field_count; i++) {
        const struct catalog_member member = {.kind = MEMBER_FIELD, .index = i};
        fields[i].class_field = is_seen(&fields[i]) ? b->count : SIZE_MAX;
        if (is_seen(&fields[i]) && !add(b, fields[i].id, type_of(b, &fields[i]), member, at))
            return false;
    }
    return true;
}

/* The village that the record follows; a field that shows it (village, of type village) reads the same. */
static bool add_village(struct builder *b, const struct item *at)
{
    const struct catalog_entity *village = catalog_entity(b->l->c, TEXT("village"));
    struct catalog_field *fields = b->l->fields[b->entity->index];
    if (!b->entity->has_village || b->entity->village != NULL || village == NULL)
        return true;
    for (size_t i = 0; i < b->entity->field_count; i++)
        if (fields[i].type == FIELD_VILLAGE)
            fields[i].class_field = b->count;
    return add(b, TEXT("village"), b->records[village->index],
               (struct catalog_member){.kind = MEMBER_VILLAGE}, at);
}

static bool add_children(struct builder *b)
{
    const struct catalog *c = b->l->c;
    bool is_village = text_equal(b->entity->id, TEXT("village"));
    for (size_t i = 0; i < c->entity_count; i++) {
        const struct catalog_entity *child = &c->entities[i];
        bool below =
            child->parent != NULL ? child->parent->entity == b->entity : is_village && child->village != NULL;
        if (!below || child->children.at == NULL)
            continue;
        const struct cel_type list = {.kind = CEL_LIST, .of = &b->records[i]};
        const struct catalog_member member = {.kind = MEMBER_CHILDREN, .entity = child};
        if (!add(b, child->children, list, member, &b->l->items[SECTION_ENTITIES].at[i]))
            return false;
    }
    return true;
}

static bool add_computed(struct builder *b)
{
    for (size_t i = 0; i < b->l->c->computed_count; i++) {
        struct catalog_computed *computed = &b->l->computed[i];
        const struct item at = {.node = b->l->computed_nodes[i], .file = b->l->computed_files[i]};
        if (computed->on != b->entity)
            continue;
        computed->class_field = b->count;
        computed->shown.class_field = b->count;
        if (!add(b, computed->id, (struct cel_type){.kind = computed->type},
                 (struct catalog_member){.kind = MEMBER_COMPUTED, .index = i}, &at))
            return false;
    }
    return true;
}

static bool class_build(struct load *l, struct catalog_entity *entity, const struct cel_type *records)
{
    struct builder b = {.l = l, .entity = entity, .records = records};
    const struct item *item = &l->items[SECTION_ENTITIES].at[entity->index];
    size_t most = 2 + entity->field_count + l->c->entity_count + l->c->computed_count;
    l->file = item->file;
    b.fields = arena_take_many(l->arena, most, sizeof *b.fields);
    b.members = arena_take_many(l->arena, most, sizeof *b.members);
    if (b.fields == NULL || b.members == NULL)
        return node_fail_memory(l);
    if (!add(&b, TEXT("id"), (struct cel_type){.kind = CEL_STRING},
             (struct catalog_member){.kind = MEMBER_ID}, item)
        || !add_fields(&b, item) || !add_village(&b, item) || !add_children(&b) || !add_computed(&b))
        return false;
    entity->class_of = (struct cel_class){.name = entity->z,
                                          .fields = b.fields,
                                          .field_count = b.count,
                                          .get = l->reader != NULL ? l->reader->get : NULL};
    entity->members = b.members;
    l->members[entity->index] = b.members;
    return true;
}

static bool parameter_class(struct load *l)
{
    struct catalog *c = l->c;
    struct cel_field *fields = arena_take_many(l->arena, c->param.field_count + 1, sizeof *fields);
    if (fields == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < c->parameter_count; i++) {
        const struct catalog_parameter *p = &c->parameters[i];
        struct text z = text_copy(l->arena, p->id);
        if (z.at == NULL)
            return node_fail_memory(l);
        fields[p->class_field].name = z.at;
        if (p->is_set) /* one that is UNSET at all times may be of any type */
            fields[p->class_field].type.kind = p->value.kind;
    }
    c->param.name = "param";
    c->param.fields = fields;
    c->param.get = parameter_get;
    return true;
}

/* What line(kind, village, on) takes. */
static bool line_parameters(struct load *l, const struct cel_type *records)
{
    const struct catalog_entity *village = catalog_entity(l->c, TEXT("village"));
    struct cel_type *parameters = arena_take_many(l->arena, 3, sizeof *parameters);
    if (parameters == NULL)
        return node_fail_memory(l);
    if (village == NULL)
        return true;
    parameters[0].kind = CEL_STRING;
    parameters[1] = records[village->index];
    parameters[2].kind = CEL_TIMESTAMP;
    l->entities[village->index].line_parameters = parameters;
    return true;
}

bool load_classes(struct load *l)
{
    size_t count = l->c->entity_count;
    struct cel_type *records = arena_take_many(l->arena, count + 1, sizeof *records);
    l->members = arena_take_many(l->arena, count + 1, sizeof(struct catalog_member *));
    if (records == NULL || l->members == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < count; i++)
        records[i] = (struct cel_type){.kind = CEL_RECORD, .class_of = &l->entities[i].class_of};
    for (size_t i = 0; i < count; i++)
        if (!class_build(l, &l->entities[i], records))
            return false;
    if (!parameter_class(l) || !line_parameters(l, records))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct cel_env *env = NULL;
        if (!expression_env(l->c, &l->entities[i], l->arena, &env, l->e))
            return false;
        l->entities[i].env = env;
    }
    return true;
}
