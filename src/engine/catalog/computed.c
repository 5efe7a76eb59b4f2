/* Computed values and selections: fields of their entity, ordered so that each stands behind those that it
 * reads. */
#include "engine/catalog/expression.h"
#include "engine/catalog/node.h"

#define COMPUTED_MAX 4096

static const char types[] = "int bool text decimal date money";
static const struct {
    enum field_type field;
    enum cel_kind cel;
} type_of[] = {{FIELD_INT, CEL_INT},        {FIELD_BOOL, CEL_BOOL},      {FIELD_TEXT, CEL_STRING},
               {FIELD_DECIMAL, CEL_DOUBLE}, {FIELD_DATE, CEL_TIMESTAMP}, {FIELD_MONEY, CEL_INT}};

static bool type_read(struct load *l, const struct yaml_node *node, struct catalog_computed *out)
{
    int word = 1; /* selections are bool */
    if (!out->is_selection && !node_word(l, node, "type", types, -1, &word))
        return false;
    out->type = type_of[word].cel;
    out->shown.type = type_of[word].field;
    out->shown.digits = out->shown.type == FIELD_DECIMAL || out->shown.type == FIELD_MONEY ? 2 : 0;
    return node_int_maybe(l, node, "digits", 0, 9, &out->shown.digits);
}

static bool head_read(struct load *l, const struct item *item, bool is_selection,
                      struct catalog_computed *out)
{
    const struct yaml_node *node = item->node;
    l->file = item->file;
    out->is_selection = is_selection;
    out->dates = item->dates;
    if (!node_is_map(l, node, is_selection ? "selections" : "computed",
                     is_selection ? "id on label where source from to"
                                  : "id on type label value unit digits source from to")
        || !load_find_entity(l, node, "on", &out->on) || !node_label(l, node, "label", &out->label)
        || !type_read(l, node, out) || !node_text_maybe(l, node, "source", &out->source)
        || !node_text_maybe(l, node, "unit", &out->shown.unit))
        return false;
    out->id = text_copy(l->arena, item->id);
    out->shown.id = out->id;
    out->shown.z = out->id.at;
    out->shown.label = out->label;
    out->shown.class = CLASS_OFFICE;
    out->shown.column = SIZE_MAX;
    return out->id.at != NULL || node_fail_memory(l);
}

bool load_computed_heads(struct load *l)
{
    const struct items *computed = &l->items[SECTION_COMPUTED], *selections = &l->items[SECTION_SELECTIONS];
    size_t count = computed->count + selections->count;
    if (count > COMPUTED_MAX)
        return node_fail_memory(l);
    l->computed = arena_take_many(l->arena, count + 1, sizeof *l->computed);
    l->computed_nodes = arena_take_many(l->arena, count + 1, sizeof(const struct yaml_node *));
    l->computed_files = arena_take_many(l->arena, count + 1, sizeof(const struct catalog_file *));
    if (l->computed == NULL || l->computed_nodes == NULL || l->computed_files == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < count; i++) {
        bool is_selection = i >= computed->count;
        const struct item *item = is_selection ? &selections->at[i - computed->count] : &computed->at[i];
        if (!head_read(l, item, is_selection, &l->computed[i]))
            return false;
        l->computed_nodes[i] = item->node;
        l->computed_files[i] = item->file;
    }
    l->c->computed = l->computed;
    l->c->computed_count = count;
    return true;
}

#define CHAIN_MAX 200 /* values that need each other in a chain */

struct order {
    struct load *l;
    size_t *place; /* where the declared one stands in the order, from 1; 0: not yet */
    bool *open;    /* being placed: met again, it closes a circle */
    struct text path[CHAIN_MAX];
    size_t depth;
    size_t *sorted, count;
};

/* "person.age"; its name in errors. */
static struct text full_name(const struct load *l, size_t index)
{
    return text_format(l->arena, "%s.%.*s", l->computed[index].on->z, TEXT_ARG(l->computed[index].id));
}

static bool fail_circle(struct order *o, size_t again)
{
    struct load *l = o->l;
    size_t first = 0;
    while (first + 1 < o->depth && !text_equal(o->path[first], full_name(l, again)))
        first++;
    l->file = l->computed_files[again];
    return node_fail_circle(l, l->computed_nodes[again], &o->path[first], o->depth - first);
}

/* The computed value that a use reads; SIZE_MAX: it reads something else. */
static size_t used_computed(const struct catalog *c, const struct cel_use *use)
{
    for (size_t i = 0; i < c->entity_count; i++)
        if (&c->entities[i].class_of == use->of && c->entities[i].members[use->field].kind == MEMBER_COMPUTED)
            return c->entities[i].members[use->field].index;
    return SIZE_MAX;
}

static bool order_visit(struct order *o, size_t index)
{
    if (o->place[index] != 0)
        return true;
    if (o->open[index] || o->depth == CHAIN_MAX)
        return fail_circle(o, index);
    size_t count = 0;
    const struct cel_use *uses = cel_program_uses(o->l->computed[index].program, &count);
    o->open[index] = true;
    o->path[o->depth++] = full_name(o->l, index);
    for (size_t i = 0; i < count; i++) {
        size_t used = used_computed(o->l->c, &uses[i]);
        if (used != SIZE_MAX && !order_visit(o, used))
            return false;
    }
    o->depth--;
    o->open[index] = false;
    o->sorted[o->count++] = index;
    o->place[index] = o->count;
    return true;
}

/* The class of the fields and values that one reads, the most sensitive of them. */
static enum field_class class_of_uses(const struct catalog *c, const struct catalog_computed *computed)
{
    enum field_class class = CLASS_PUBLIC;
    size_t count = 0;
    const struct cel_use *uses = cel_program_uses(computed->program, &count);
    for (size_t i = 0; i < count; i++) {
        const struct catalog_field *field = catalog_used(c, &uses[i]);
        if (field != NULL && field->class > class)
            class = field->class;
    }
    return class;
}

const struct catalog_field *catalog_used(const struct catalog *c, const struct cel_use *use)
{
    for (size_t i = 0; i < c->entity_count; i++) {
        const struct catalog_entity *entity = &c->entities[i];
        if (&entity->class_of != use->of)
            continue;
        const struct catalog_member *member = &entity->members[use->field];
        if (member->kind == MEMBER_FIELD)
            return &entity->fields[member->index];
        return member->kind == MEMBER_COMPUTED ? &c->computed[member->index].shown : NULL;
    }
    return NULL;
}

/* Moves the values into their order; members of classes follow. */
static bool order_apply(struct order *o)
{
    struct load *l = o->l;
    struct catalog_computed *sorted = arena_take_many(l->arena, o->count + 1, sizeof *sorted);
    if (sorted == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < o->count; i++)
        sorted[i] = l->computed[o->sorted[i]];
    for (size_t i = 0; i < l->c->entity_count; i++) {
        const struct catalog_entity *entity = &l->entities[i];
        struct catalog_member *members = l->members[i];
        for (size_t k = 0; k < entity->class_of.field_count; k++)
            if (members[k].kind == MEMBER_COMPUTED)
                members[k].index = o->place[members[k].index] - 1;
    }
    l->computed = sorted;
    l->c->computed = sorted;
    for (size_t i = 0; i < o->count; i++) /* what one reads stands before it */
        sorted[i].shown.class = class_of_uses(l->c, &sorted[i]);
    return true;
}

static bool order_all(struct load *l)
{
    size_t count = l->c->computed_count;
    struct order o = {.l = l};
    o.place = arena_take_many(l->arena, count + 1, sizeof *o.place);
    o.open = arena_take_many(l->arena, count + 1, sizeof *o.open);
    o.sorted = arena_take_many(l->arena, count + 1, sizeof *o.sorted);
    if (o.place == NULL || o.open == NULL || o.sorted == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < count; i++)
        if (!order_visit(&o, i))
            return false;
    return order_apply(&o);
}

bool load_computed(struct load *l)
{
    for (size_t i = 0; i < l->c->computed_count; i++) {
        struct catalog_computed *computed = &l->computed[i];
        l->file = l->computed_files[i];
        if (!expression_key(l, computed->on->env, l->computed_nodes[i],
                            computed->is_selection ? "where" : "value", computed->type, &computed->program,
                            &computed->source_text))
            return false;
    }
    return order_all(l);
}

const struct catalog_computed *load_find_computed(const struct load *l, const struct catalog_entity *on,
                                                  struct text id)
{
    for (size_t i = 0; i < l->c->computed_count; i++)
        if (l->computed[i].on == on && text_equal(l->computed[i].id, id))
            return &l->computed[i];
    return NULL;
}
