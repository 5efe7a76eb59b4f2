/* Placeholders of messages: {field} is a field or a computed value of the entity; a literal brace is written
 * twice. */
#include "engine/catalog/node.h"

static bool fail_placeholder(struct load *l, const struct yaml_node *node, const struct catalog_entity *on,
                             struct text what)
{
    node_fail(l, node, &CATALOG_PLACEHOLDER, what);
    err_add(l->e, "entity", on->id);
    return false;
}

static bool is_known(const struct load *l, const struct catalog_entity *on, struct text id)
{
    const struct catalog_field *field = catalog_field(on, id);
    return field != NULL || load_find_computed(l, on, id) != NULL;
}

static bool one_check(struct load *l, const struct yaml_node *node, const struct catalog_entity *on)
{
    struct text t = node->text;
    for (size_t at = 0; at < t.size; at++) {
        char c = t.at[at];
        if (c != '{' && c != '}')
            continue;
        if (at + 1 < t.size && t.at[at + 1] == c) {
            at++;
            continue;
        }
        size_t end = c == '{' ? text_find(t, TEXT("}"), at) : SIZE_MAX;
        if (end == SIZE_MAX)
            return fail_placeholder(l, node, on, text_slice(t, at, 20));
        struct text id = text_slice(t, at + 1, end - at - 1);
        if (!is_known(l, on, id))
            return fail_placeholder(l, node, on, id);
        at = end;
    }
    return true;
}

bool load_message_check(struct load *l, const struct yaml_node *map, const char *key,
                        const struct catalog_entity *on)
{
    const struct yaml_node *message = yaml_get(map, key);
    return one_check(l, yaml_get(message, "zh"), on) && one_check(l, yaml_get(message, "en"), on);
}
