/* Entities: their fields, key, parent and dates, and how they hang together. */
#include "engine/catalog/node.h"

#define ENTITY_MAX 64
#define PARENT_DEPTH_MAX 8

static const char entity_keys[] =
    "id kind label key alternate_key parent children lists dated fields source from to";
static const char kinds[] = "thing yearly event tenure"; /* enum entity_kind */

static const struct yaml_node *node_of(const struct load *l, const struct catalog_entity *entity)
{
    return l->items[SECTION_ENTITIES].at[entity->index].node;
}

static bool fail_entity(struct load *l, const struct catalog_entity *entity, const struct yaml_node *node,
                        const char *why)
{
    node_fail(l, node, &CATALOG_ENTITY, text_of(why));
    err_add(l->e, "entity", entity->id);
    return false;
}

static bool fail_unknown(struct load *l, const struct catalog_entity *entity, const struct yaml_node *node)
{
    node_fail(l, node, &CATALOG_UNKNOWN_FIELD, node->kind == YAML_SCALAR ? node->text : TEXT("?"));
    err_add(l->e, "entity", entity->id);
    return false;
}

static bool key_read(struct load *l, const struct catalog_entity *entity, const struct yaml_node *list,
                     const size_t **out, size_t *count)
{
    if (!node_is_list(l, list, "key"))
        return false;
    size_t *key = arena_take_many(l->arena, list->count + 1, sizeof *key);
    if (key == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < list->count; i++) {
        struct text id = TEXT_NONE;
        if (!node_scalar(l, list->at[i], "key", &id))
            return false;
        const struct catalog_field *field = catalog_field(entity, id);
        if (field == NULL || field->column == SIZE_MAX)
            return fail_unknown(l, entity, list->at[i]);
        key[i] = (size_t)(field - entity->fields);
    }
    *out = key;
    *count = list->count;
    return list->count > 0 || fail_entity(l, entity, list, "key: empty");
}

static bool keys_read(struct load *l, struct catalog_entity *entity)
{
    const struct yaml_node *node = node_of(l, entity), *key = yaml_get(node, "key"),
                           *alternate = yaml_get(node, "alternate_key");
    if (key == NULL)
        return node_fail(l, node, &CATALOG_MISSING_KEY, TEXT("key"));
    if (!key_read(l, entity, key, &entity->key, &entity->key_count))
        return false;
    return alternate == NULL
           || key_read(l, entity, alternate, &entity->alternate_key, &entity->alternate_key_count);
}

static bool dated_field(struct load *l, const struct catalog_entity *entity, const struct yaml_node *dated,
                        const char *key, enum field_type type, const struct catalog_field **out)
{
    struct text id = TEXT_NONE;
    if (yaml_get(dated, key) == NULL)
        return true;
    if (!node_text(l, dated, key, &id))
        return false;
    *out = catalog_field(entity, id);
    return (*out != NULL && (*out)->type == type && (*out)->column != SIZE_MAX)
           || fail_unknown(l, entity, yaml_get(dated, key));
}

static bool dated_read(struct load *l, struct catalog_entity *entity)
{
    const struct yaml_node *node = node_of(l, entity), *dated = yaml_get(node, "dated");
    if (dated != NULL
        && (!node_is_map(l, dated, "dated", "from to year date")
            || !dated_field(l, entity, dated, "year", FIELD_YEAR, &entity->dated_year)
            || !dated_field(l, entity, dated, "date", FIELD_DATE, &entity->dated_date)
            || !dated_field(l, entity, dated, "from", FIELD_DATE, &entity->dated_from)
            || !dated_field(l, entity, dated, "to", FIELD_DATE, &entity->dated_to)))
        return false;
    if (entity->kind == ENTITY_YEARLY && entity->dated_year == NULL)
        return fail_entity(l, entity, node, "kind yearly needs dated: {year: …}");
    if (entity->kind == ENTITY_TENURE && entity->dated_from == NULL)
        return fail_entity(l, entity, node, "kind tenure needs dated: {from: …, to: …}");
    return true;
}

static bool parent_read(struct load *l, struct catalog_entity *entity)
{
    const struct yaml_node *node = node_of(l, entity), *parent = yaml_get(node, "parent"),
                           *lists = yaml_get(node, "lists");
    struct text id = TEXT_NONE;
    if (!node_text_maybe(l, node, "parent", &id))
        return false;
    if (parent == NULL)
        return yaml_get(node, "children") == NULL
               || fail_entity(l, entity, node, "children: without a parent");
    entity->parent = catalog_field(entity, id);
    if (entity->parent == NULL || entity->parent->type != FIELD_REF || entity->parent->column == SIZE_MAX)
        return fail_unknown(l, entity, parent);
    if (lists != NULL)
        return fail_entity(l, entity, lists, "lists: with a parent it is `children`");
    return yaml_get(node, "children") == NULL || node_id(l, node, "children", false, &entity->children);
}

static bool village_read(struct load *l, struct catalog_entity *entity)
{
    const struct yaml_node *node = node_of(l, entity), *lists = yaml_get(node, "lists");
    for (size_t i = 0; i < entity->field_count; i++) {
        const struct catalog_field *field = &entity->fields[i];
        if (field->type != FIELD_VILLAGE)
            continue;
        if (catalog_entity(l->c, TEXT("village")) == NULL)
            return node_fail(l, node, &CATALOG_UNKNOWN_ENTITY, TEXT("village"));
        if (entity->village != NULL)
            return fail_entity(l, entity, node, "two fields of type village");
        if (entity->parent == NULL)
            entity->village = field;
    }
    if (lists == NULL)
        return true;
    if (entity->village == NULL || text_equal(entity->id, TEXT("village")))
        return fail_entity(l, entity, lists, "lists: needs a village field of its own");
    return node_id(l, node, "lists", false, &entity->children);
}

static bool stored_index(struct load *l, struct catalog_entity *entity)
{
    const struct catalog_field **stored =
        arena_take_many(l->arena, entity->stored_count, sizeof(const struct catalog_field *));
    if (stored == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].column != SIZE_MAX)
            stored[entity->fields[i].column] = &entity->fields[i];
    entity->stored = stored;
    return true;
}

static bool body_read(struct load *l, struct catalog_entity *entity)
{
    const struct item *item = &l->items[SECTION_ENTITIES].at[entity->index];
    const struct yaml_node *fields = yaml_get(item->node, "fields");
    l->file = item->file;
    if (fields == NULL)
        return node_fail(l, item->node, &CATALOG_MISSING_KEY, TEXT("fields"));
    return node_is_list(l, fields, "fields") && load_fields(l, entity, &l->fields[entity->index], fields)
           && stored_index(l, entity) && keys_read(l, entity) && dated_read(l, entity)
           && parent_read(l, entity) && village_read(l, entity);
}

static bool head_read(struct load *l, const struct item *item, struct catalog_entity *out)
{
    int kind = 0;
    l->file = item->file;
    if (!node_is_map(l, item->node, "entities", entity_keys)
        || !node_label(l, item->node, "label", &out->label)
        || !node_word(l, item->node, "kind", kinds, -1, &kind))
        return false;
    out->id = text_copy(l->arena, item->id);
    out->z = out->id.at;
    out->kind = (enum entity_kind)kind;
    if (text_ends_with(out->id, TEXT("_past"))) /* the table of earlier states */
        return node_fail(l, yaml_get(item->node, "id"), &CATALOG_ID, out->id);
    return out->z != NULL || node_fail_memory(l);
}

/* Parents lead to the top without a circle; the village is known from there. */
static bool ancestry_check(struct load *l, struct catalog_entity *entity)
{
    const struct catalog_entity *top = entity;
    l->file = l->items[SECTION_ENTITIES].at[entity->index].file;
    for (int depth = 0; top->parent != NULL; depth++) {
        if (depth == PARENT_DEPTH_MAX)
            return node_fail(l, node_of(l, entity), &CATALOG_CIRCLE, entity->id);
        top = top->parent->entity;
    }
    entity->has_village = top->village != NULL || (top != entity && text_equal(top->id, TEXT("village")));
    return true;
}

bool load_entities(struct load *l)
{
    const struct items *items = &l->items[SECTION_ENTITIES];
    if (items->count > ENTITY_MAX) {
        l->file = items->at[ENTITY_MAX].file;
        node_fail(l, items->at[ENTITY_MAX].node, &CATALOG_LIMIT, TEXT("entities"));
        err_add_int(l->e, "max", ENTITY_MAX);
        return false;
    }
    l->entities = arena_take_many(l->arena, items->count + 1, sizeof *l->entities);
    l->fields = arena_take_many(l->arena, items->count + 1, sizeof(struct catalog_field *));
    if (l->entities == NULL || l->fields == NULL)
        return node_fail_memory(l);
    l->c->entities = l->entities;
    for (size_t i = 0; i < items->count; i++) {
        l->entities[i].index = i;
        if (!head_read(l, &items->at[i], &l->entities[i]))
            return false;
    }
    l->c->entity_count = items->count;
    for (size_t i = 0; i < items->count; i++)
        if (!body_read(l, &l->entities[i]))
            return false;
    for (size_t i = 0; i < items->count; i++)
        if (!ancestry_check(l, &l->entities[i]))
            return false;
    return true;
}

bool load_find_entity(struct load *l, const struct yaml_node *map, const char *key,
                      const struct catalog_entity **out)
{
    struct text id = TEXT_NONE;
    if (!node_text(l, map, key, &id))
        return false;
    *out = catalog_entity(l->c, id);
    return *out != NULL || node_fail(l, yaml_get(map, key), &CATALOG_UNKNOWN_ENTITY, id);
}

const struct catalog_entity *catalog_entity(const struct catalog *c, struct text id)
{
    for (size_t i = 0; i < c->entity_count; i++)
        if (text_equal(c->entities[i].id, id))
            return &c->entities[i];
    return NULL;
}

const struct catalog_field *catalog_field(const struct catalog_entity *entity, struct text id)
{
    for (size_t i = 0; i < entity->field_count; i++)
        if (text_equal(entity->fields[i].id, id))
            return &entity->fields[i];
    return NULL;
}
