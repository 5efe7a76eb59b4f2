/* Kinds of sheets that an import recognises. */
#include "engine/catalog/node.h"

static bool fail_field(struct load *l, const struct catalog_entity *entity, const struct yaml_node *at,
                       struct text id)
{
    node_fail(l, at, &CATALOG_UNKNOWN_FIELD, id);
    err_add(l->e, "entity", entity->id);
    return false;
}

static bool set_one(struct load *l, const struct catalog_entity *entity, const struct yaml_node *key,
                    const struct yaml_node *value, struct catalog_set *out)
{
    const struct catalog_field *field = catalog_field(entity, key->text);
    struct text written = TEXT_NONE;
    if (field == NULL || field->type != FIELD_CODE || field->column == SIZE_MAX)
        return fail_field(l, entity, key, key->text);
    if (!node_scalar(l, value, "set", &written))
        return false;
    const struct catalog_code *code = catalog_code_read(field->codes, written);
    if (code == NULL) {
        node_fail(l, value, &CATALOG_UNKNOWN_CODE, written);
        err_add(l->e, "codes", field->codes->id);
        return false;
    }
    *out = (struct catalog_set){.field = (size_t)(field - entity->fields), .code = code->code};
    return true;
}

static bool set_read(struct load *l, const struct yaml_node *node, struct catalog_import *out)
{
    const struct yaml_node *set = yaml_get(node, "set");
    if (set == NULL)
        return true;
    if (set->kind != YAML_MAP)
        return node_is_map(l, set, "set", "");
    struct catalog_set *at = arena_take_many(l->arena, set->count + 1, sizeof *at);
    if (at == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < set->count; i++)
        if (!set_one(l, out->entity, set->keys[i], set->at[i], &at[i]))
            return false;
    out->set = at;
    out->set_count = set->count;
    return true;
}

static bool headers_read(struct load *l, const struct yaml_node *node, struct catalog_import *out)
{
    const struct yaml_node *headers = yaml_get(node, "headers");
    if (headers == NULL)
        return true;
    if (headers->kind != YAML_MAP)
        return node_is_map(l, headers, "headers", "");
    struct catalog_header *at = arena_take_many(l->arena, headers->count + 1, sizeof *at);
    if (at == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < headers->count; i++) {
        struct text id = TEXT_NONE;
        if (!node_scalar(l, headers->at[i], "headers", &id))
            return false;
        const struct catalog_field *field = catalog_field(out->entity, id);
        if (field == NULL || field->derived_from != NULL)
            return fail_field(l, out->entity, headers->at[i], id);
        at[i] = (struct catalog_header){.header = headers->keys[i]->text,
                                        .field = (size_t)(field - out->entity->fields)};
    }
    out->headers = at;
    out->header_count = headers->count;
    return true;
}

static bool import_read(struct load *l, const struct item *item, struct catalog_import *out)
{
    const struct yaml_node *node = item->node;
    l->file = item->file;
    out->id = item->id;
    return node_is_map(l, node, "imports",
                       "id label entity set names titles prefix headers also source from to")
           && load_find_entity(l, node, "entity", &out->entity)
           && (yaml_get(node, "also") == NULL || load_find_entity(l, node, "also", &out->also))
           && node_text_maybe(l, node, "prefix", &out->prefix)
           && node_texts_maybe(l, node, "names", &out->names, &out->name_count)
           && node_texts_maybe(l, node, "titles", &out->titles, &out->title_count) && set_read(l, node, out)
           && headers_read(l, node, out);
}

bool load_imports(struct load *l)
{
    const struct items *items = &l->items[SECTION_IMPORTS];
    struct catalog_import *at = arena_take_many(l->arena, items->count + 1, sizeof *at);
    if (at == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < items->count; i++)
        if (!import_read(l, &items->at[i], &at[i]))
            return false;
    l->c->imports = at;
    l->c->import_count = items->count;
    return true;
}
