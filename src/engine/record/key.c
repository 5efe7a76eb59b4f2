/* Record ids: the key's values joined by commas. */
#include "engine/record/batch.h"
#include <sodium.h>

void key_add_value(struct buf *out, const struct catalog_field *field, struct value v)
{
    char shown[32];
    if (v.kind == VALUE_TEXT) {
        buf_add(out, v.s);
    } else if (v.kind == VALUE_INT && field->type == FIELD_DATE) {
        day_format((day)v.n, shown);
        buf_add_z(out, shown);
    } else if (v.kind == VALUE_INT && (field->type == FIELD_DECIMAL || field->type == FIELD_MONEY)) {
        decimal_format(v.n, field->type == FIELD_MONEY ? 2 : field->digits, field->type == FIELD_MONEY,
                       shown);
        buf_add_z(out, shown);
    } else if (v.kind == VALUE_INT) {
        buf_add_int(out, v.n);
    }
}

struct text key_of(struct batch *b, const struct table *t, const struct value *values,
                   const uint64_t given[4], const struct catalog_field **missing)
{
    const struct catalog_entity *entity = t->entity;
    bool any = false, whole = true;
    buf_reset(&b->key);
    for (size_t k = 0; k < entity->key_count; k++) {
        const struct catalog_field *field = &entity->fields[entity->key[k]];
        struct value v = bit(given, field->column) ? values[field->column] : value_none();
        bool there = v.kind != VALUE_NONE && !(v.kind == VALUE_TEXT && v.s.size == 0);
        if (k > 0)
            buf_add_char(&b->key, ',');
        if (there)
            key_add_value(&b->key, field, v);
        any |= there;
        if (there || (!field->required && entity->key_count > 1 && field != entity->village))
            continue;
        if (whole)
            *missing = field;
        whole = false;
    }
    if (any && whole)
        return buf_text(&b->key);
    if (whole)
        *missing = &entity->fields[entity->key[0]];
    return TEXT_NONE;
}

bool key_alternate(struct batch *b, const struct table *t, const struct value *values,
                   const uint64_t given[4], unsigned char out[VAULT_HASH_SIZE])
{
    if (!t->has_alternate || !bit(given, t->parent_column) || !bit(given, t->alternate_sealed))
        return false;
    struct value parent = values[t->parent_column], sealed = values[t->alternate_sealed];
    if (parent.kind != VALUE_TEXT || sealed.kind != VALUE_TEXT || sealed.s.size == 0)
        return false;
    unsigned char hash[VAULT_HASH_SIZE];
    sealed_hash(b->r, t->entity, t->entity->stored[t->alternate_sealed], sealed.s, hash);
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, VAULT_HASH_SIZE);
    crypto_generichash_update(&state, hash, sizeof hash);
    crypto_generichash_update(&state, (const unsigned char *)parent.s.at, parent.s.size);
    crypto_generichash_final(&state, out, VAULT_HASH_SIZE);
    return true;
}
