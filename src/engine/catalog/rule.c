/* Rules: what is wrong with a record, in which words, with which of its values. */
#include "engine/catalog/digest.h"
#include "engine/catalog/expression.h"
#include "engine/catalog/node.h"

static bool show_read(struct load *l, const struct yaml_node *node, struct catalog_rule *out)
{
    const struct yaml_node *show = yaml_get(node, "show");
    if (show == NULL)
        return true;
    if (!node_is_list(l, show, "show"))
        return false;
    const struct catalog_field **fields =
        arena_take_many(l->arena, show->count + 1, sizeof(const struct catalog_field *));
    if (fields == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < show->count; i++) {
        struct text id = TEXT_NONE;
        if (!node_scalar(l, show->at[i], "show", &id))
            return false;
        const struct catalog_computed *computed = load_find_computed(l, out->on, id);
        fields[i] = computed != NULL ? &computed->shown : catalog_field(out->on, id);
        if (fields[i] != NULL)
            continue;
        node_fail(l, show->at[i], &CATALOG_UNKNOWN_FIELD, id);
        err_add(l->e, "entity", out->on->id);
        return false;
    }
    out->show = fields;
    out->show_count = show->count;
    return true;
}

static bool need_read(struct load *l, const struct yaml_node *node, struct catalog_need *out)
{
    struct text name = TEXT_NONE;
    if (!node_scalar(l, node, "needs", &name))
        return false;
    size_t dot = text_find(name, TEXT("."), 0);
    struct text entity = text_slice(name, 0, dot == SIZE_MAX ? name.size : dot);
    out->entity = catalog_entity(l->c, entity);
    if (out->entity == NULL)
        return node_fail(l, node, &CATALOG_UNKNOWN_ENTITY, entity);
    struct text id = dot == SIZE_MAX ? TEXT("") : text_slice(name, dot + 1, SIZE_MAX);
    out->field = catalog_field(out->entity, id);
    if (out->field != NULL && out->field->column != SIZE_MAX)
        return true;
    node_fail(l, node, &CATALOG_UNKNOWN_FIELD, id);
    err_add(l->e, "entity", out->entity->id);
    return false;
}

static bool needs_read(struct load *l, const struct yaml_node *node, struct catalog_rule *out)
{
    const struct yaml_node *needs = yaml_get(node, "needs");
    if (needs == NULL)
        return true;
    if (!node_is_list(l, needs, "needs"))
        return false;
    struct catalog_need *at = arena_take_many(l->arena, needs->count + 1, sizeof *at);
    if (at == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < needs->count; i++)
        if (!need_read(l, needs->at[i], &at[i]))
            return false;
    out->needs = at;
    out->need_count = needs->count;
    return true;
}

/* Over all that decides: a finding of another version is judged anew. */
static void version_set(struct catalog_rule *rule, struct text year)
{
    crypto_hash_sha256_state state;
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_init(&state);
    digest_add(&state, rule->when_text);
    digest_add(&state, rule->level == RULE_ERROR ? TEXT("error") : TEXT("warning"));
    digest_add(&state, rule->message.zh);
    digest_add(&state, rule->message.en);
    digest_add(&state, year);
    crypto_hash_sha256_final(&state, hash);
    digest_hex(hash, (sizeof rule->version - 1) / 2, rule->version);
}

static bool expressions_read(struct load *l, const struct yaml_node *node, struct catalog_rule *out)
{
    struct text year = TEXT("");
    if (!expression_key(l, out->on->env, node, "when", CEL_BOOL, &out->when, &out->when_text))
        return false;
    if (yaml_get(node, "year") != NULL
        && !expression_key(l, out->on->env, node, "year", CEL_INT, &out->year, &year))
        return false;
    version_set(out, year);
    return true;
}

static bool rule_read(struct load *l, const struct item *item, struct catalog_rule *out)
{
    const struct yaml_node *node = item->node;
    int level = 0;
    l->file = item->file;
    out->id = item->id;
    out->dates = item->dates;
    if (!node_is_map(l, node, "rules", "id v on level title when message show needs year source from to")
        || !node_texts_maybe(l, node, "v", &out->v, &out->v_count)
        || !load_find_entity(l, node, "on", &out->on)
        || !node_word(l, node, "level", "error warning", -1, &level)
        || !node_label(l, node, "title", &out->title) || !node_label(l, node, "message", &out->message)
        || !node_text_maybe(l, node, "source", &out->source))
        return false;
    out->level = (enum rule_level)level;
    return load_message_check(l, node, "message", out->on) && show_read(l, node, out)
           && needs_read(l, node, out) && expressions_read(l, node, out);
}

bool load_rules(struct load *l)
{
    const struct items *items = &l->items[SECTION_RULES];
    struct catalog_rule *rules = arena_take_many(l->arena, items->count + 1, sizeof *rules);
    if (rules == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < items->count; i++)
        if (!rule_read(l, &items->at[i], &rules[i]))
            return false;
    l->c->rules = rules;
    l->c->rule_count = items->count;
    return true;
}

const struct catalog_rule *catalog_rule(const struct catalog *c, struct text id)
{
    for (size_t i = 0; i < c->rule_count; i++)
        if (text_equal(c->rules[i].id, id))
            return &c->rules[i];
    return NULL;
}
