/* `catalog`: entities and fields of the pack in force, for whoever builds on them. */
#include "domain/registry/parts.h"

static const struct op_parameter parameters[] = {
    {.name = "entity",
     .type = OP_TEXT,
     .positional = true,
     .value = "ENTITY",
     .zh = "只看这一类记录",
     .en = "this entity only"},
};

static const char *type_name(enum field_type type)
{
    static const char *const names[] = {"identifier", "text", "int",  "decimal", "money", "year",
                                        "date",       "bool", "code", "codes",   "ref",   "village"};
    return names[type];
}

static const char *class_name(enum field_class class)
{
    static const char *const names[] = {"public", "office", "personal", "sensitive"};
    return names[class];
}

static const char *kind_name(enum entity_kind kind)
{
    static const char *const names[] = {"thing", "yearly", "event", "tenure"};
    return names[kind];
}

static bool run_catalog(struct op_call *call, struct err *e)
{
    const struct op_value *entity = op_value(call, "entity");
    const struct catalog_entity *only = NULL;
    if (entity->given && !entity_named(call, entity->s, &only, e))
        return false;
    call->result = (void *)(uintptr_t)only;
    return true;
}

void json_label(struct json *out, const char *key, struct label label)
{
    json_key(out, key);
    json_object(out);
    json_key(out, "zh");
    json_text(out, label.zh);
    json_key(out, "en");
    json_text(out, label.en);
    json_object_end(out);
}

static void json_codes(const struct catalog_codes *codes, struct json *out)
{
    json_array(out);
    for (size_t i = 0; i < codes->count; i++) {
        json_object(out);
        json_key(out, "code");
        json_text(out, codes->at[i].code);
        json_label(out, "label", codes->at[i].label);
        json_object_end(out);
    }
    json_array_end(out);
}

static void json_field(const struct catalog_field *field, struct json *out)
{
    json_object(out);
    json_key(out, "id");
    json_text(out, field->id);
    json_label(out, "label", field->label);
    json_key(out, "type");
    json_z(out, type_name(field->type));
    json_key(out, "unit");
    json_text(out, text_is_empty(field->unit) ? TEXT_NONE : field->unit);
    json_key(out, "class");
    json_z(out, class_name(field->class));
    if (field->codes != NULL) {
        json_key(out, "codes");
        json_codes(field->codes, out);
    }
    if (field->entity != NULL) {
        json_key(out, "entity");
        json_text(out, field->entity->id);
    }
    if (!text_is_empty(field->national)) {
        json_key(out, "national");
        json_text(out, field->national);
    }
    if (field->derived_from != NULL) {
        json_key(out, "derived_from");
        json_text(out, field->derived_from->id);
    }
    json_object_end(out);
}

static void json_entity(const struct catalog_entity *entity, struct json *out)
{
    json_object(out);
    json_key(out, "id");
    json_text(out, entity->id);
    json_label(out, "label", entity->label);
    json_key(out, "kind");
    json_z(out, kind_name(entity->kind));
    json_key(out, "key");
    json_array(out);
    for (size_t i = 0; i < entity->key_count; i++)
        json_text(out, entity->fields[entity->key[i]].id);
    json_array_end(out);
    json_key(out, "parent");
    json_text(out, entity->parent == NULL ? TEXT_NONE : entity->parent->entity->id);
    json_key(out, "fields");
    json_array(out);
    for (size_t i = 0; i < entity->field_count; i++)
        json_field(&entity->fields[i], out);
    json_array_end(out);
    json_object_end(out);
}

static bool json_catalog(struct op_call *call, struct json *out, struct err *e)
{
    const struct catalog *c = call->session->catalog;
    (void)e;
    json_object(out);
    json_key(out, "entities");
    json_array(out);
    for (size_t i = 0; i < c->entity_count; i++)
        if (call->result == NULL || call->result == &c->entities[i])
            json_entity(&c->entities[i], out);
    json_array_end(out);
    json_object_end(out);
    return true;
}

static void show_entity(const struct op_call *call, const struct catalog_entity *entity, struct print *p)
{
    struct print_table *table = print_table_new(call->arena, 5);
    print_line(p, PRINT_HEAD, "%.*s  %.*s", TEXT_ARG(entity->id),
               TEXT_ARG(label_in(entity->label, call->lang)));
    for (size_t i = 0; i < entity->field_count; i++) {
        const struct catalog_field *field = &entity->fields[i];
        print_table_row(table, PRINT_PLAIN,
                        (struct text[]){TEXT(" "), field->id, label_in(field->label, call->lang),
                                        text_of(type_name(field->type)),
                                        text_is_empty(field->unit) ? TEXT("") : field->unit});
    }
    print_table_end(table, p);
}

static bool show_catalog(struct op_call *call, struct print *p, struct err *e)
{
    const struct catalog *c = call->session->catalog;
    (void)e;
    for (size_t i = 0; i < c->entity_count; i++)
        if (call->result == NULL || call->result == &c->entities[i])
            show_entity(call, &c->entities[i], p);
    print_next(p, "honghua list 类别 --where 条件，条件中用上面的字段名",
               "honghua list ENTITY --where CONDITION, with the ids above");
    return true;
}

const struct op op_catalog = {
    .name = "catalog",
    .zh = "查看记录类别和字段",
    .en = "entities and fields of the pack",
    .parameters = parameters,
    .count = COUNT_OF(parameters),
    .needs = OP_NEEDS_DATABASE,
    .route = {.method = "GET", .path = "catalog/{entity}"},
    .run = run_catalog,
    .json = json_catalog,
    .show = show_catalog,
};
