/* Indicators: every number that the program prints; counts and sums over records, and formulas over other
 * numbers. */
#include "engine/catalog/expression.h"
#include "engine/catalog/node.h"

static const char values[] = "count distinct sum min max"; /* enum indicator_value */
static const char types[] = "int money decimal";           /* enum indicator_type */

static const struct yaml_node *node_of(const struct load *l, size_t index)
{
    return l->items[SECTION_INDICATORS].at[index].node;
}

/* What stands behind a number: its own records, those above them, or their village. */
static bool is_above(const struct load *l, const struct catalog_entity *on, const struct catalog_entity *rows)
{
    if (on->has_village && rows == catalog_entity(l->c, TEXT("village")))
        return true;
    for (const struct catalog_entity *e = on; e != NULL; e = e->parent != NULL ? e->parent->entity : NULL)
        if (e == rows)
            return true;
    return false;
}

static bool rows_read(struct load *l, const struct yaml_node *node, struct catalog_indicator *out)
{
    const struct yaml_node *rows = yaml_get(node, "rows");
    out->rows = out->on;
    if (rows == NULL)
        return true;
    if (!load_find_entity(l, node, "rows", &out->rows))
        return false;
    return is_above(l, out->on, out->rows) || node_fail(l, rows, &CATALOG_UNKNOWN_ENTITY, out->rows->id);
}

static enum cel_kind kind_of_value(const struct catalog_indicator *indicator)
{
    if (indicator->value == INDICATOR_DISTINCT)
        return CEL_DYN;
    return indicator->type == INDICATOR_DECIMAL ? CEL_DOUBLE : CEL_INT;
}

static bool of_read(struct load *l, const struct yaml_node *node, struct catalog_indicator *out)
{
    const struct yaml_node *of = yaml_get(node, "of");
    if (out->value == INDICATOR_COUNT)
        return of == NULL || node_fail_shape(l, of, TEXT("of"), "value: distinct, sum, min, max");
    return expression_key(l, out->on->env, node, "of", kind_of_value(out), &out->of, &out->of_text);
}

static bool counted_read(struct load *l, const struct yaml_node *node, struct catalog_indicator *out)
{
    int value = 0;
    if (!load_find_entity(l, node, "on", &out->on) || !rows_read(l, node, out)
        || !node_word(l, node, "value", values, INDICATOR_COUNT, &value))
        return false;
    out->value = (enum indicator_value)value;
    if (yaml_get(node, "where") != NULL
        && !expression_key(l, out->on->env, node, "where", CEL_BOOL, &out->where, &out->where_text))
        return false;
    return of_read(l, node, out);
}

static bool formula_head(struct load *l, const struct yaml_node *node, struct catalog_indicator *out)
{
    static const char *const others[] = {"on", "where", "value", "of"};
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (yaml_get(node, others[i]) != NULL)
            return node_fail_shape(l, yaml_get(node, others[i]), text_of(others[i]), "formula");
    out->value = INDICATOR_FORMULA;
    return yaml_get(node, "rows") == NULL || load_find_entity(l, node, "rows", &out->rows);
}

static bool head_read(struct load *l, const struct item *item, struct catalog_indicator *out)
{
    const struct yaml_node *node = item->node;
    int type = 0;
    l->file = item->file;
    out->id = text_copy(l->arena, item->id);
    out->dates = item->dates;
    if (out->id.at == NULL)
        return node_fail_memory(l);
    if (!node_is_map(l, node, "indicators",
                     "id label unit type digits on where value of rows formula source from to")
        || !node_label(l, node, "label", &out->label) || !node_text_maybe(l, node, "unit", &out->unit)
        || !node_word(l, node, "type", types, INDICATOR_INT, &type)
        || !node_int_maybe(l, node, "digits", 0, 9, &out->digits)
        || !node_text_maybe(l, node, "source", &out->source))
        return false;
    out->type = (enum indicator_type)type;
    if (out->type == INDICATOR_MONEY)
        out->digits = 2;
    return yaml_get(node, "formula") != NULL ? formula_head(l, node, out) : counted_read(l, node, out);
}

static bool declare(struct load *l, struct cel_env *env, const struct catalog_indicator *indicator)
{
    const struct cel_type type = {.kind = indicator->type == INDICATOR_DECIMAL ? CEL_DOUBLE : CEL_INT};
    return cel_env_variable(env, indicator->id.at, type, l->e);
}

/* Compiled once with all indicators to learn which it uses, then with those alone: a run gives only them. */
static bool formula_compile(struct load *l, const struct cel_env *all, struct catalog_indicator *out)
{
    const struct yaml_node *formula = yaml_get(node_of(l, out->index), "formula");
    enum cel_kind kind = out->type == INDICATOR_DECIMAL ? CEL_DOUBLE : CEL_INT;
    const struct cel_program *first = NULL;
    size_t count = l->c->indicator_count, *uses = arena_take_many(l->arena, count + 1, sizeof *uses);
    l->file = l->items[SECTION_INDICATORS].at[out->index].file;
    if (uses == NULL)
        return node_fail_memory(l);
    if (!expression_compile(l, all, formula, kind, &first))
        return false;
    struct cel_env *own = catalog_env_new(l->c, l->arena);
    if (own == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < count; i++) {
        if (!cel_program_uses_variable(first, i))
            continue;
        uses[out->use_count++] = i;
        if (!declare(l, own, &l->c->indicators[i]))
            return false;
    }
    out->uses = uses;
    out->of_text = formula->text;
    return expression_compile(l, own, formula, kind, &out->of);
}

static bool formulas_read(struct load *l, struct catalog_indicator *at, size_t count)
{
    struct cel_env *all = catalog_env_new(l->c, l->arena);
    if (all == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < count; i++)
        if (!declare(l, all, &at[i]))
            return false;
    for (size_t i = 0; i < count; i++)
        if (at[i].value == INDICATOR_FORMULA && !formula_compile(l, all, &at[i]))
            return false;
    return true;
}

#define CHAIN_MAX 32 /* formulas that need each other in a chain */

struct visit {
    struct load *l;
    unsigned char *state; /* of each indicator: 0 not seen, 1 on the way, 2 done */
    struct text path[CHAIN_MAX];
    size_t depth;
};

static bool formula_visit(struct visit *v, const struct catalog_indicator *indicator)
{
    struct load *l = v->l;
    if (v->state[indicator->index] == 2)
        return true;
    if (v->state[indicator->index] == 1 || v->depth == CHAIN_MAX) {
        size_t first = 0;
        while (first + 1 < v->depth && !text_equal(v->path[first], indicator->id))
            first++;
        l->file = l->items[SECTION_INDICATORS].at[indicator->index].file;
        return node_fail_circle(l, yaml_get(node_of(l, indicator->index), "formula"), &v->path[first],
                                v->depth - first);
    }
    v->state[indicator->index] = 1;
    v->path[v->depth++] = indicator->id;
    for (size_t i = 0; i < indicator->use_count; i++)
        if (!formula_visit(v, &l->c->indicators[indicator->uses[i]]))
            return false;
    v->depth--;
    v->state[indicator->index] = 2;
    return true;
}

bool load_indicators(struct load *l)
{
    const struct items *items = &l->items[SECTION_INDICATORS];
    struct catalog_indicator *at = arena_take_many(l->arena, items->count + 1, sizeof *at);
    struct visit v = {.l = l, .state = arena_take(l->arena, items->count + 1)};
    if (at == NULL || v.state == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < items->count; i++) {
        at[i].index = i;
        if (!head_read(l, &items->at[i], &at[i]))
            return false;
    }
    l->c->indicators = at;
    l->c->indicator_count = items->count;
    if (!formulas_read(l, at, items->count))
        return false;
    for (size_t i = 0; i < items->count; i++)
        if (!formula_visit(&v, &at[i]))
            return false;
    return true;
}

const struct catalog_indicator *catalog_indicator(const struct catalog *c, struct text id)
{
    for (size_t i = 0; i < c->indicator_count; i++)
        if (text_equal(c->indicators[i].id, id))
            return &c->indicators[i];
    return NULL;
}
