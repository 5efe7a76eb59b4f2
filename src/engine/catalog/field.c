/* Fields of an entity, and the columns that are derived from sealed ones. */
#include "engine/catalog/node.h"

static const char field_keys[] =
    "id label type class sealed required unit digits codes entity headers national names shows derive "
    "source from to";
/* In the order of enum field_type, field_class, derive_kind, field_shows. */
static const char types[] = "identifier text int decimal money year date bool code codes ref village";
static const char classes[] = "public office personal sensitive";
static const char derives[] =
    "length id_valid id_birth id_sex id_kind disability_valid phone_valid numeric uses";
static const char shown[] = "nothing county town village";

static const struct {
    enum field_type type;
    const char *zh, *en; /* added to the label of the field that it is derived from */
} derived[] = {
    [DERIVE_LENGTH] = {FIELD_INT, "位数", " length"},
    [DERIVE_ID_VALID] = {FIELD_BOOL, "校验是否相符", " check holds"},
    [DERIVE_ID_BIRTH] = {FIELD_DATE, "所含出生日期", " birth date"},
    [DERIVE_ID_SEX] = {FIELD_CODE, "所含性别", " sex"},
    [DERIVE_ID_KIND] = {FIELD_TEXT, "种类", " kind"},
    [DERIVE_DISABILITY_VALID] = {FIELD_BOOL, "残疾证格式是否相符", " disability form holds"},
    [DERIVE_PHONE_VALID] = {FIELD_BOOL, "格式是否相符", " form holds"},
    [DERIVE_NUMERIC] = {FIELD_BOOL, "是否全为数字", " all digits"},
    [DERIVE_USES] = {FIELD_INT, "使用次数", " uses"},
};

struct builder {
    struct load *l;
    struct catalog_entity *entity;
    struct catalog_field *at;
    size_t count;
};

static bool fail_field(struct load *l, const struct catalog_entity *entity, const struct catalog_field *field,
                       const struct yaml_node *node, const char *why)
{
    node_fail(l, node, &CATALOG_FIELD, text_of(why));
    err_add(l->e, "entity", entity->id);
    err_add(l->e, "field", field->id);
    return false;
}

/* Columns that every table has besides its fields. */
static bool is_column_of_all(struct text id)
{
    static const char *const names[] = {"county", "fact_day", "rev", "valid_from", "valid_to"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_equal(id, text_of(names[i])))
            return true;
    return false;
}

static bool field_id(struct builder *b, const struct yaml_node *node, struct catalog_field *out)
{
    if (!node_id(b->l, node, "id", false, &out->id))
        return false;
    if (text_ends_with(out->id, TEXT("_hash"))) /* the column of a sealed field's hash */
        return node_fail(b->l, yaml_get(node, "id"), &CATALOG_ID, out->id);
    out->id = text_copy(b->l->arena, out->id);
    out->z = out->id.at;
    for (const struct catalog_field *f = b->at; f < out; f++) {
        const struct item other = {.node = b->l->items[SECTION_ENTITIES].at[b->entity->index].node,
                                   .file = b->l->file};
        if (text_equal(f->id, out->id))
            return node_fail_duplicate(b->l, yaml_get(node, "id"), out->id, &other);
    }
    return out->z != NULL || node_fail_memory(b->l);
}

static bool field_codes(struct builder *b, const struct yaml_node *node, struct catalog_field *out)
{
    struct text id = TEXT_NONE;
    bool coded = out->type == FIELD_CODE || out->type == FIELD_CODES;
    const struct yaml_node *codes = yaml_get(node, "codes");
    if (!coded)
        return codes == NULL || fail_field(b->l, b->entity, out, codes, "codes: type is not code or codes");
    if (!node_text(b->l, node, "codes", &id))
        return false;
    out->codes = load_find_codes(b->l, id);
    return out->codes != NULL || node_fail(b->l, codes, &CATALOG_UNKNOWN_CODES, id);
}

static bool field_entity(struct builder *b, const struct yaml_node *node, struct catalog_field *out)
{
    struct text id = TEXT_NONE;
    const struct yaml_node *entity = yaml_get(node, "entity");
    if (out->type != FIELD_REF)
        return entity == NULL || fail_field(b->l, b->entity, out, entity, "entity: type is not ref");
    if (!node_text(b->l, node, "entity", &id))
        return false;
    out->entity = catalog_entity(b->l->c, id);
    return out->entity != NULL || node_fail(b->l, entity, &CATALOG_UNKNOWN_ENTITY, id);
}

static bool field_digits(struct builder *b, const struct yaml_node *node, struct catalog_field *out)
{
    const struct yaml_node *digits = yaml_get(node, "digits");
    out->digits = out->type == FIELD_MONEY ? 2 : 0;
    if (out->type != FIELD_DECIMAL)
        return digits == NULL || fail_field(b->l, b->entity, out, digits, "digits: type is not decimal");
    if (digits == NULL)
        return node_fail(b->l, node, &CATALOG_MISSING_KEY, TEXT("digits"));
    return node_int_maybe(b->l, node, "digits", 0, 9, &out->digits);
}

static bool field_class(struct builder *b, const struct yaml_node *node, struct catalog_field *out)
{
    int word = 0;
    bool textual = out->type == FIELD_IDENTIFIER || out->type == FIELD_TEXT;
    if (!node_word(b->l, node, "class", classes, CLASS_OFFICE, &word))
        return false;
    out->class = (enum field_class)word;
    out->sealed = out->class == CLASS_SENSITIVE && textual;
    if (!node_bool_maybe(b->l, node, "sealed", &out->sealed))
        return false;
    if (out->sealed && (!textual || out->class != CLASS_SENSITIVE))
        return fail_field(b->l, b->entity, out, yaml_get(node, "sealed"),
                          "sealed: only sensitive identifiers and texts");
    if (out->shows != SHOWS_NOTHING || out->names.at != NULL)
        return !out->sealed
               || fail_field(b->l, b->entity, out, node,
                             "class: a field that is not stored cannot be sensitive");
    return true;
}

/* Own village fields of what hangs below another record show that record's village. */
static bool is_stored(const struct builder *b, const struct catalog_field *field)
{
    if (field->shows != SHOWS_NOTHING || field->names.at != NULL)
        return false;
    const struct yaml_node *entity = b->l->items[SECTION_ENTITIES].at[b->entity->index].node;
    return field->type != FIELD_VILLAGE || yaml_get(entity, "parent") == NULL;
}

static bool field_read(struct builder *b, const struct yaml_node *node, struct catalog_field *out)
{
    struct load *l = b->l;
    int type = 0, shows = 0;
    if (!node_is_map(l, node, "fields", field_keys) || !field_id(b, node, out)
        || !node_label(l, node, "label", &out->label)
        || !node_word(l, node, "shows", shown, SHOWS_NOTHING, &shows)
        || !node_text_maybe(l, node, "names", &out->names)
        || !node_word(l, node, "type", types, shows != 0 || out->names.at != NULL ? FIELD_TEXT : -1, &type))
        return false;
    out->type = (enum field_type)type;
    out->shows = (enum field_shows)shows;
    if (out->type != FIELD_VILLAGE && text_equal(out->id, TEXT("village")))
        return fail_field(
            l, b->entity, out, node,
            "id: village is a column of every table, a field of that name has the type village");
    if (out->type == FIELD_VILLAGE && !is_stored(b, out) && !text_equal(out->id, TEXT("village")))
        return fail_field(l, b->entity, out, node,
                          "id: below a parent the field that shows its village is named village");
    return field_class(b, node, out) && field_codes(b, node, out) && field_entity(b, node, out)
           && field_digits(b, node, out) && node_bool_maybe(l, node, "required", &out->required)
           && node_text_maybe(l, node, "unit", &out->unit)
           && node_text_maybe(l, node, "national", &out->national)
           && node_text_maybe(l, node, "source", &out->source)
           && node_texts_maybe(l, node, "headers", &out->headers, &out->header_count);
}

static bool derived_label(struct load *l, struct catalog_field *out)
{
    const struct label from = out->derived_from->label;
    out->label.zh = text_format(l->arena, "%.*s%s", TEXT_ARG(from.zh), derived[out->derive].zh);
    out->label.en = text_format(l->arena, "%.*s%s", TEXT_ARG(from.en), derived[out->derive].en);
    return (out->label.zh.at != NULL && out->label.en.at != NULL) || node_fail_memory(l);
}

static bool derived_read(struct builder *b, const struct yaml_node *node, const struct catalog_field *from,
                         struct catalog_field *out)
{
    struct load *l = b->l;
    int is = 0;
    if (!node_is_map(l, node, "derive", "id is label source") || !field_id(b, node, out)
        || !node_word(l, node, "is", derives, -1, &is))
        return false;
    out->derived_from = from;
    out->derive = (enum derive_kind)is;
    out->type = derived[is].type;
    out->class = CLASS_PERSONAL;
    out->codes = out->type == FIELD_CODE ? load_find_codes(l, TEXT("sex")) : NULL;
    if (out->type == FIELD_CODE && out->codes == NULL)
        return node_fail(l, node, &CATALOG_UNKNOWN_CODES, TEXT("sex"));
    return derived_label(l, out) && node_label_maybe(l, node, "label", &out->label);
}

static bool place(struct builder *b, const struct yaml_node *node, struct catalog_field *field, bool stored)
{
    if (stored && is_column_of_all(field->id))
        return node_fail(b->l, yaml_get(node, "id"), &CATALOG_ID, field->id);
    field->column = stored ? b->entity->stored_count++ : SIZE_MAX;
    field->class_field = SIZE_MAX;
    b->count++;
    return true;
}

static bool derive_read(struct builder *b, const struct yaml_node *node, const struct catalog_field *from)
{
    const struct yaml_node *derive = yaml_get(node, "derive");
    if (derive == NULL)
        return true;
    if (!from->sealed)
        return fail_field(b->l, b->entity, from, derive, "derive: the field is not sealed");
    if (!node_is_list(b->l, derive, "derive"))
        return false;
    for (size_t i = 0; i < derive->count; i++) {
        struct catalog_field *out = &b->at[b->count];
        if (!derived_read(b, derive->at[i], from, out)
            || !place(b, derive->at[i], out, out->derive != DERIVE_USES))
            return false;
    }
    return true;
}

/* `names` tells another field, which may stand behind it. */
static bool names_resolve(struct builder *b, const struct yaml_node *list)
{
    for (size_t i = 0; i < b->count; i++) {
        if (b->at[i].names.at == NULL)
            continue;
        const struct catalog_field *named = NULL;
        for (size_t k = 0; k < b->count; k++)
            if (text_equal(b->at[k].id, b->at[i].names) && b->at[k].type == FIELD_VILLAGE)
                named = &b->at[k];
        if (named == NULL)
            return fail_field(b->l, b->entity, &b->at[i], list, "names: no field of type village");
    }
    return true;
}

static size_t count_fields(const struct yaml_node *list)
{
    size_t count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml_node *derive = yaml_get(list->at[i], "derive");
        count += derive != NULL ? derive->count : 0;
    }
    return count;
}

bool load_fields(struct load *l, struct catalog_entity *entity, struct catalog_field **fields_out,
                 const struct yaml_node *list)
{
    struct builder b = {.l = l, .entity = entity};
    size_t room = count_fields(list);
    if (list->count == 0 || room > 2 * CATALOG_FIELD_MAX)
        goto limit;
    b.at = arena_take_many(l->arena, room, sizeof *b.at);
    if (b.at == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < list->count; i++) {
        struct catalog_field *field = &b.at[b.count];
        if (!field_read(&b, list->at[i], field) || !place(&b, list->at[i], field, is_stored(&b, field))
            || !derive_read(&b, list->at[i], field))
            return false;
    }
    entity->fields = b.at;
    entity->field_count = b.count;
    *fields_out = b.at;
    if (entity->stored_count > 0 && entity->stored_count <= CATALOG_FIELD_MAX)
        return names_resolve(&b, list);
limit:
    node_fail(l, list, &CATALOG_LIMIT, TEXT("fields"));
    err_add_int(l->e, "max", CATALOG_FIELD_MAX);
    return false;
}
