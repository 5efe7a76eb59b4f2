/* Lines (poverty, exit, monitoring) by region and date, and parameters. */
#include "engine/catalog/node.h"

static bool is_area(struct text t)
{
    for (size_t i = 0; i < t.size; i++)
        if (t.at[i] < '0' || t.at[i] > '9')
            return false;
    return t.size == 2 || t.size == 4 || t.size == 6 || t.size == 9 || t.size == AREA_CODE_SIZE;
}

static bool amount_read(struct load *l, const struct yaml_node *map, struct catalog_line *out)
{
    const struct yaml_node *amount = yaml_get(map, "amount");
    bool rounded = false;
    if (amount == NULL)
        return node_fail(l, map, &CATALOG_MISSING_KEY, TEXT("amount"));
    if (node_is_unset(amount))
        return node_who(l, map, amount, &out->who);
    out->is_set = amount->kind == YAML_SCALAR && decimal_parse(amount->text, 2, &out->amount, &rounded)
                  && !rounded && out->amount > 0;
    if (out->is_set)
        return true;
    node_fail(l, amount, &CATALOG_NUMBER, amount->kind == YAML_SCALAR ? amount->text : TEXT("amount"));
    err_add(l->e, "expected", TEXT("3747.00"));
    return false;
}

static bool line_read(struct load *l, const struct item *item, struct catalog_line *out)
{
    const struct yaml_node *node = item->node;
    l->file = item->file;
    out->dates = item->dates;
    if (!node_is_map(l, node, "lines", "kind area from to amount who source label")
        || !node_id(l, node, "kind", false, &out->kind) || !node_text(l, node, "area", &out->area)
        || !amount_read(l, node, out) || !node_text_maybe(l, node, "source", &out->source))
        return false;
    out->what = text_format(l->arena, "line %.*s", TEXT_ARG(out->kind));
    if (out->what.at == NULL)
        return node_fail_memory(l);
    return is_area(out->area) || node_fail(l, yaml_get(node, "area"), &CATALOG_ID, out->area);
}

bool load_lines(struct load *l)
{
    const struct items *items = &l->items[SECTION_LINES];
    struct catalog_line *lines = arena_take_many(l->arena, items->count + 1, sizeof *lines);
    if (lines == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < items->count; i++)
        if (!line_read(l, &items->at[i], &lines[i]))
            return false;
    l->c->lines = lines;
    l->c->line_count = items->count;
    return true;
}

const struct catalog_line *catalog_line(const struct catalog *c, struct text kind, struct text area, day on)
{
    const struct catalog_line *best = NULL;
    for (size_t i = 0; i < c->line_count; i++) {
        const struct catalog_line *line = &c->lines[i];
        if (!text_equal(line->kind, kind) || !text_starts_with(area, line->area)
            || !dates_hold(line->dates, on))
            continue;
        if (best == NULL || line->area.size > best->area.size)
            best = line;
    }
    return best;
}

static bool value_read(struct load *l, const struct yaml_node *map, struct catalog_parameter *out)
{
    const struct yaml_node *value = yaml_get(map, "value");
    struct text text = TEXT_NONE;
    int64_t n = 0;
    bool rounded = false;
    if (value == NULL)
        return node_fail(l, map, &CATALOG_MISSING_KEY, TEXT("value"));
    if (node_is_unset(value))
        return node_who(l, map, value, &out->who);
    if (!node_scalar(l, value, "value", &text))
        return false;
    out->is_set = true;
    if (!value->quoted && text_to_int(text, &n))
        out->value = (struct cel_value){.kind = CEL_INT, .i = n};
    else if (!value->quoted && decimal_parse(text, 9, &n, &rounded))
        out->value = (struct cel_value){.kind = CEL_DOUBLE, .d = (double)n / 1e9};
    else
        out->value = (struct cel_value){.kind = CEL_STRING, .s = text};
    return true;
}

/* The values of one parameter through the years are of one type and share a field of the class. */
static bool parameter_place(struct load *l, const struct item *item, struct catalog_parameter *at,
                            size_t index, size_t *ids)
{
    at[index].class_field = *ids;
    for (size_t i = 0; i < index; i++) {
        if (!text_equal(at[i].id, at[index].id))
            continue;
        at[index].class_field = at[i].class_field;
        if (at[i].is_set && at[index].is_set && at[i].value.kind != at[index].value.kind)
            return node_fail_shape(l, yaml_get(item->node, "value"), at[i].id,
                                   "the type of the same parameter's other value");
    }
    *ids += at[index].class_field == *ids ? 1 : 0;
    return true;
}

static bool parameter_read(struct load *l, const struct item *item, struct catalog_parameter *out)
{
    l->file = item->file;
    out->id = item->id;
    out->dates = item->dates;
    out->what = text_format(l->arena, "param.%.*s", TEXT_ARG(out->id));
    if (out->what.at == NULL)
        return node_fail_memory(l);
    return node_is_map(l, item->node, "parameters", "id value label who source unit from to")
           && node_label(l, item->node, "label", &out->label) && value_read(l, item->node, out)
           && node_text_maybe(l, item->node, "source", &out->source);
}

bool load_parameters(struct load *l)
{
    const struct items *items = &l->items[SECTION_PARAMETERS];
    size_t ids = 0;
    struct catalog_parameter *at = arena_take_many(l->arena, items->count + 1, sizeof *at);
    if (at == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < items->count; i++)
        if (!parameter_read(l, &items->at[i], &at[i]) || !parameter_place(l, &items->at[i], at, i, &ids))
            return false;
    l->c->parameters = at;
    l->c->parameter_count = items->count;
    l->c->param.field_count = ids;
    return true;
}

const struct catalog_parameter *catalog_parameter(const struct catalog *c, struct text id, day on)
{
    for (size_t i = 0; i < c->parameter_count; i++)
        if (text_equal(c->parameters[i].id, id) && dates_hold(c->parameters[i].dates, on))
            return &c->parameters[i];
    return NULL;
}
