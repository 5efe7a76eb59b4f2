/* Roles: what each may do, read, write, and how it sees each class of fields. Always holds: what a role does
 * not name it may not do, so everything that is left out stays closed. */
#include "engine/catalog/node.h"
#include <assert.h>

static const char operation_letters[] = "abcdefghijklmnopqrstuvwxyz ";

/* Names of operations are words of the command line; "*" and the like would open what comes later. */
static bool operation_check(struct load *l, const struct yaml_node *at, struct text name)
{
    bool good = name.size > 0 && name.size <= CATALOG_ID_MAX;
    for (size_t i = 0; good && i < name.size; i++)
        good = memchr(operation_letters, name.at[i], sizeof operation_letters - 1) != NULL;
    return good ? true : node_fail_shape(l, at, name, "the name of an operation, such as \"finding list\"");
}

static bool operations_read(struct load *l, const struct yaml_node *node, struct catalog_role *out)
{
    if (!node_texts_maybe(l, node, "does", &out->does, &out->does_count))
        return false;
    const struct yaml_node *list = yaml_get(node, "does");
    for (size_t i = 0; i < out->does_count; i++) {
        if (!operation_check(l, list->at[i], out->does[i]))
            return false;
        for (size_t k = 0; k < i; k++) {
            const struct item same = {.node = list->at[k], .file = l->file};
            if (text_equal(out->does[k], out->does[i]))
                return node_fail_duplicate(l, list->at[i], out->does[i], &same);
        }
    }
    return true;
}

/* `all`, or a list of entities; left out: none. One flag an entity, by its index. */
static bool entities_read(struct load *l, const struct yaml_node *map, const char *key, const bool **out)
{
    const struct yaml_node *value = yaml_get(map, key);
    const struct text *names = NULL;
    size_t count = 0;
    bool *set = arena_take_many(l->arena, l->c->entity_count + 1, sizeof *set);
    if (set == NULL)
        return node_fail_memory(l);
    *out = set;
    if (value != NULL && value->kind == YAML_SCALAR && text_equal(value->text, TEXT("all"))) {
        for (size_t i = 0; i < l->c->entity_count; i++)
            set[i] = true;
        return true;
    }
    if (!node_texts_maybe(l, map, key, &names, &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct catalog_entity *entity = catalog_entity(l->c, names[i]);
        if (entity == NULL)
            return node_fail(l, value->at[i], &CATALOG_UNKNOWN_ENTITY, names[i]);
        set[entity->index] = true;
    }
    return true;
}

/* Sealed values are never shown without a reason, so `full` is not among their words. */
static bool shows_read(struct load *l, const struct yaml_node *node, struct catalog_role *out)
{
    static const struct {
        const char *key, *words;
    } keys[] = {[ROLE_PUBLIC] = {"public", "none masked reason full"},
                [ROLE_OFFICE] = {"office", "none masked reason full"},
                [ROLE_PERSONAL] = {"personal", "none masked reason full"},
                [ROLE_SEALED] = {"sensitive", "none masked reason"},
                [ROLE_HEALTH] = {"health", "none masked reason full"}};
    static_assert(COUNT_OF(keys) == ROLE_CLASS_COUNT, "every class has its key");
    const struct yaml_node *shows = yaml_get(node, "shows");
    if (shows == NULL)
        return true;
    if (!node_is_map(l, shows, "shows", "public office personal sensitive health"))
        return false;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        int word = ROLE_SHOWS_NONE;
        if (!node_word(l, shows, keys[i].key, keys[i].words, ROLE_SHOWS_NONE, &word))
            return false;
        out->shows[i] = (enum role_shows)word;
    }
    return true;
}

static bool role_read(struct load *l, const struct item *item, struct catalog_role *out)
{
    l->file = item->file;
    out->id = item->id;
    return node_is_map(l, item->node, "roles", "id label does reads writes shows source")
           && node_label(l, item->node, "label", &out->label) && operations_read(l, item->node, out)
           && entities_read(l, item->node, "reads", &out->reads)
           && entities_read(l, item->node, "writes", &out->writes) && shows_read(l, item->node, out);
}

bool load_roles(struct load *l)
{
    const struct items *items = &l->items[SECTION_ROLES];
    struct catalog_role *roles = arena_take_many(l->arena, items->count + 1, sizeof *roles);
    if (roles == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < items->count; i++)
        if (!role_read(l, &items->at[i], &roles[i]))
            return false;
    l->c->roles = roles;
    l->c->role_count = items->count;
    return true;
}

const struct catalog_role *catalog_role(const struct catalog *c, struct text id)
{
    for (size_t i = 0; i < c->role_count; i++)
        if (text_equal(c->roles[i].id, id))
            return &c->roles[i];
    return NULL;
}

bool catalog_role_does(const struct catalog_role *role, struct text operation)
{
    for (size_t i = 0; i < role->does_count; i++)
        if (text_equal(role->does[i], operation))
            return true;
    return false;
}

enum role_class catalog_role_class(const struct catalog_field *field)
{
    switch (field->class) {
    case CLASS_PUBLIC:
        return ROLE_PUBLIC;
    case CLASS_OFFICE:
        return ROLE_OFFICE;
    case CLASS_PERSONAL:
        return ROLE_PERSONAL;
    case CLASS_SENSITIVE:
        break;
    }
    return field->sealed ? ROLE_SEALED : ROLE_HEALTH;
}
