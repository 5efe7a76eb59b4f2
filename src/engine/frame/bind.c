/* A frame as a whole: its tables in the order in which they can be filled, and what joins them. */
#include "base/base.err.h"
#include "engine/frame/table.h"
#include <assert.h>
#include <stdlib.h>

#define FRAME_ARENA_MAX ((size_t)4 << 30)

static const struct cel_list *labels_of(struct frame *f, const struct catalog_codes *codes,
                                        struct text stored)
{
    size_t most = 1;
    for (size_t i = 0; i < stored.size; i++)
        most += stored.at[i] == ',';
    struct cel_value *at = arena_take_many(&f->arena, most, sizeof *at);
    struct cel_list *list = arena_take(&f->arena, sizeof *list);
    if (at == NULL || list == NULL)
        return NULL;
    for (size_t from = 0; from < stored.size;) {
        size_t comma = text_find(stored, TEXT(","), from);
        struct text part = text_slice(stored, from, (comma == SIZE_MAX ? stored.size : comma) - from);
        const struct catalog_code *code = codes != NULL ? catalog_code(codes, part) : NULL;
        at[list->count++] = (struct cel_value){.kind = CEL_STRING, .s = code != NULL ? code->label.zh : part};
        from = comma == SIZE_MAX ? stored.size : comma + 1;
    }
    list->at = at;
    return list;
}

/* What each different text of a column means, once. */
static bool bind_words(struct frame *f, struct column *c)
{
    enum field_type type = c->field->type;
    const struct catalog_entity *target = type == FIELD_REF ? c->field->entity : NULL;
    for (uint32_t i = 0; i < c->words.count; i++) {
        struct word *word = &c->words.at[i];
        const struct catalog_code *code = type == FIELD_CODE && c->field->codes != NULL
                                              ? catalog_code(c->field->codes, word->stored)
                                              : NULL;
        if (code != NULL)
            word->shown = code->label.zh;
        if (type == FIELD_CODES && (word->list = labels_of(f, c->field->codes, word->stored)) == NULL)
            return false;
        if (type == FIELD_VILLAGE && (word->row = frame_village_row(f, word->stored)) == ROW_NONE)
            return false;
        if (target == NULL || !f->tables[target->index].wanted)
            continue;
        if (!frame_table_index(&f->tables[target->index]))
            return false;
        word->row = frame_table_find(&f->tables[target->index], word->stored);
    }
    return true;
}

static enum read_kind read_kind_of(const struct catalog_field *field)
{
    switch (field->type) {
    case FIELD_INT:
    case FIELD_MONEY:
    case FIELD_YEAR:
        return READ_INT;
    case FIELD_DECIMAL:
        return READ_DECIMAL;
    case FIELD_DATE:
        return READ_DATE;
    case FIELD_BOOL:
        return READ_BOOL;
    case FIELD_CODES:
        return READ_CODES;
    case FIELD_REF:
    case FIELD_VILLAGE:
        return READ_REF;
    case FIELD_IDENTIFIER:
    case FIELD_TEXT:
    case FIELD_CODE:
        break;
    }
    return READ_TEXT;
}

static double scale_of(int digits)
{
    double scale = 1;
    for (int i = 0; i < digits; i++)
        scale *= 10;
    return scale;
}

static void bind_field(struct frame *f, struct table *t, const struct catalog_field *field,
                       struct access *out)
{
    out->field = field;
    if (t == f->villages && field->type == FIELD_VILLAGE) {
        out->kind = READ_ID; /* a village's code */
    } else if (field == t->entity->parent) {
        out->kind = READ_PARENT;
        out->table = t->parent;
    } else if (field->type == FIELD_VILLAGE
               && (field == t->entity->village || field->column >= CATALOG_FIELD_MAX)) {
        out->kind = READ_VILLAGE;
        out->table = f->villages;
    } else if (field->derived_from != NULL && field->derive == DERIVE_USES) {
        out->kind = t->uses != NULL ? READ_INT : READ_NOTHING;
        out->column = t->uses;
    } else if (field->column < CATALOG_FIELD_MAX && t->columns != NULL && t->columns[field->column] != NULL) {
        out->kind = read_kind_of(field);
        out->column = t->columns[field->column];
        out->scale = scale_of(field->digits);
        out->table = field->type == FIELD_REF ? &f->tables[field->entity->index] : f->villages;
    }
}

static bool bind_access(struct frame *f, struct table *t)
{
    size_t count = t->entity->class_of.field_count;
    t->access = arena_take_many(&f->arena, count + 1, sizeof *t->access);
    if (t->access == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct catalog_member *member = &t->entity->members[i];
        struct access *out = &t->access[i];
        switch (member->kind) {
        case MEMBER_ID:
            out->kind = READ_ID;
            break;
        case MEMBER_FIELD:
            bind_field(f, t, &t->entity->fields[member->index], out);
            break;
        case MEMBER_VILLAGE:
            *out = (struct access){.kind = READ_VILLAGE, .table = f->villages};
            break;
        case MEMBER_CHILDREN:
            *out = (struct access){.kind = READ_CHILDREN, .table = &f->tables[member->entity->index]};
            break;
        case MEMBER_COMPUTED:
            break; /* when it has been computed */
        }
    }
    return true;
}

bool frame_bind(struct frame *f)
{
    for (size_t i = 0; i < f->catalog->entity_count; i++) {
        struct table *t = &f->tables[i];
        for (size_t j = 0; t->columns != NULL && j < t->entity->stored_count; j++)
            if (t->columns[j] != NULL && !bind_words(f, t->columns[j]))
                return false;
    }
    for (size_t i = 0; i < f->catalog->entity_count; i++)
        if (!bind_access(f, &f->tables[i]))
            return false;
    return true;
}

static struct frame *frame_new(const struct catalog *c, day as_of)
{
    struct frame *f = calloc(1, sizeof *f);
    if (f == NULL)
        return NULL;
    arena_init(&f->arena, FRAME_ARENA_MAX);
    f->catalog = c;
    f->as_of = as_of;
    f->tables = arena_take_many(&f->arena, c->entity_count + 1, sizeof *f->tables);
    f->computed = arena_take_many(&f->arena, c->computed_count + 1, sizeof(struct computed_column *));
    f->lock = arena_take(&f->arena, sizeof *f->lock);
    if (f->tables == NULL || f->computed == NULL || f->lock == NULL) {
        arena_clear(&f->arena);
        free(f);
        return NULL;
    }
    pthread_mutex_init(f->lock, NULL);
    const struct catalog_entity *village = catalog_entity(c, TEXT("village"));
    for (size_t i = 0; i < c->entity_count; i++)
        f->tables[i].entity = &c->entities[i];
    f->villages =
        &f->tables[village != NULL ? village->index : c->entity_count]; /* a spare table in a pack without */
    return f;
}

static bool can_fill(const struct frame *f, const struct table *t)
{
    const struct catalog_field *parent = t->entity->parent;
    if (!t->wanted || t->filled)
        return false;
    if (t != f->villages && f->villages->wanted && !f->villages->filled)
        return false;
    return parent == NULL || f->tables[parent->entity->index].filled;
}

static bool fill_all(struct frame *f, struct records *r, const struct frame_needs *needs,
                     const struct area *area, struct err *e)
{
    size_t count = f->catalog->entity_count;
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < count; i++) {
            struct table *t = &f->tables[i];
            if (!can_fill(f, t))
                continue;
            if (!frame_table_fill(f, t, r, needs, area, e))
                return false;
            t->filled = again = true;
        }
    }
    return true;
}

bool frame_fill(struct records *r, const struct catalog *c, const struct frame_needs *needs,
                const struct area *area, day as_of, struct frame **out, struct err *e)
{
    assert(as_of != DAY_NONE);
    struct frame *f = frame_new(c, as_of);
    if (f == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < c->entity_count; i++)
        f->tables[i].wanted = needs->entities[i];
    if (!fill_all(f, r, needs, area, e)) {
        frame_free(f);
        return false;
    }
    if (!frame_bind(f)) {
        frame_free(f);
        return err_fail(e, &OUT_OF_MEMORY);
    }
    *out = f;
    return true;
}

static void column_clear(struct column *c)
{
    if (c == NULL)
        return;
    bits_clear(&c->present);
    bits_clear(&c->yes);
    packed_clear(&c->n);
    dictionary_clear(&c->words);
}

void frame_table_clear(struct table *t)
{
    for (size_t i = 0; t->columns != NULL && i < t->entity->stored_count; i++)
        column_clear(t->columns[i]);
    column_clear(t->uses);
    pool_clear(&t->ids);
    climb_clear(&t->village);
    climb_clear(&t->above);
    packed_clear(&t->tail);
    dictionary_clear(&t->tails);
    free(t->orphan_parents);
    free(t->first);
    free(t->count);
    free(t->slots);
}

void frame_free(struct frame *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i <= f->catalog->entity_count; i++)
        frame_table_clear(&f->tables[i]);
    for (size_t i = 0; i < f->catalog->computed_count; i++)
        if (f->computed[i] != NULL)
            frame_computed_clear(f->computed[i]);
    pthread_mutex_destroy(f->lock);
    arena_clear(&f->arena);
    free(f);
}
