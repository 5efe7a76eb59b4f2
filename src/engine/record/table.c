/* The tables of the catalogue's entities; see table.h. */
#include "engine/record/table.h"
#include "base/base.err.h"
#include "engine/record/record.err.h"
#include <stdlib.h>

bool is_whole_number(enum field_type type)
{
    switch (type) {
    case FIELD_INT:
    case FIELD_DECIMAL:
    case FIELD_MONEY:
    case FIELD_YEAR:
    case FIELD_DATE:
    case FIELD_BOOL:
        return true;
    case FIELD_IDENTIFIER:
    case FIELD_TEXT:
    case FIELD_CODE:
    case FIELD_CODES:
    case FIELD_REF:
    case FIELD_VILLAGE:
        return false;
    }
    return false;
}

void add_column(struct buf *sql, const struct catalog_field *field)
{
    buf_add_format(sql, field->sealed ? "\"%s_hash\"" : "\"%s\"", field->z);
}

void add_cipher(struct buf *sql, const struct catalog_field *field)
{
    buf_add_format(sql, "\"%s\"", field->z);
}

void add_table(struct buf *sql, const struct table *t, bool past)
{
    buf_add_format(sql, past ? "\"%s_past\"" : "\"%s\"", t->entity->z);
}

bool sql_keep(struct buf *sql, struct arena *a, struct text *out, struct err *e)
{
    *out = sql->failed ? TEXT_NONE : text_copy(a, buf_text(sql));
    buf_clear(sql);
    return out->at != NULL || err_fail(e, &OUT_OF_MEMORY);
}

const struct table *table_of(const struct records *r, const struct catalog_entity *entity)
{
    return &r->tables[entity->index];
}

/* ---- opening ---- */

static struct text name_at(const struct catalog_entity *entity, size_t i)
{
    if (i == BY_NAME_FACT_DAY)
        return TEXT("fact_day");
    return i == BY_NAME_VILLAGE ? TEXT("village") : entity->stored[i]->id;
}

static int name_order(const void *a, const void *b, void *entity)
{
    const size_t *x = a, *y = b;
    return text_compare(name_at(entity, *x), name_at(entity, *y));
}

static bool fields_arrange(struct table *t, struct arena *a, struct err *e)
{
    size_t count = t->entity->stored_count;
    size_t *by_name = arena_take_many(a, count + 2, sizeof *by_name);
    size_t *sealed = arena_take_many(a, count + 1, sizeof *sealed);
    if (by_name == NULL || sealed == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < count; i++) {
        const struct catalog_field *field = t->entity->stored[i];
        if (field->derived_from == NULL && !(t->village_shared && i == t->village_column))
            by_name[t->by_name_count++] = i;
        if (field->sealed)
            sealed[t->sealed_count++] = i;
        if (field->type == FIELD_REF && i != t->parent_column)
            t->has_references = true;
    }
    by_name[t->by_name_count++] = BY_NAME_FACT_DAY;
    by_name[t->by_name_count++] = BY_NAME_VILLAGE;
    struct catalog_entity of = *t->entity; /* a copy: qsort_r takes no const */
    qsort_r(by_name, t->by_name_count, sizeof *by_name, name_order, &of);
    t->by_name = by_name;
    t->sealed = sealed;
    return true;
}

/* `once`: a village field that is the column "village" itself is not named a second time. */
static bool columns_write(const struct table *t, bool once, struct arena *a, struct text *out, struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_z(&sql, "county, id, village, fact_day, rev");
    for (size_t i = 0; i < t->entity->stored_count; i++) {
        if (once && t->village_shared && i == t->village_column)
            continue;
        buf_add_z(&sql, ", ");
        add_column(&sql, t->entity->stored[i]);
    }
    for (size_t k = 0; k < t->sealed_count; k++) {
        buf_add_z(&sql, ", ");
        add_cipher(&sql, t->entity->stored[t->sealed[k]]);
    }
    return sql_keep(&sql, a, out, e);
}

static void alternate_find(struct table *t)
{
    t->alternate_sealed = NONE;
    t->has_alternate = t->entity->alternate_key_count == 2 && t->parent != NULL && t->entity->key_count == 1;
    for (size_t i = 0; t->has_alternate && i < t->entity->alternate_key_count; i++) {
        const struct catalog_field *field = &t->entity->fields[t->entity->alternate_key[i]];
        if (field->sealed)
            t->alternate_sealed = field->column;
    }
    t->has_alternate = t->has_alternate && t->alternate_sealed != NONE;
}

static bool name_is_kept(const struct table *t, const struct catalog_field *field)
{
    static const char *const kept[] = {"county", "id",         "village", "fact_day",
                                       "rev",    "valid_from", "valid_to"};
    for (size_t i = 0; i < COUNT_OF(kept); i++)
        if (text_equal(field->id, text_of(kept[i])))
            return !(t->village_shared && field == t->entity->village);
    return false;
}

static bool table_make(struct records *r, struct table *t, const struct catalog_entity *entity, struct err *e)
{
    t->entity = entity;
    t->index = entity->index;
    t->parent = entity->parent != NULL ? table_of(r, entity->parent->entity) : NULL;
    t->parent_column = entity->parent != NULL ? entity->parent->column : NONE;
    t->village_column = entity->village != NULL ? entity->village->column : NONE;
    t->village_shared = entity->village != NULL && text_equal(entity->village->id, TEXT("village"));
    t->is_village = entity->village != NULL && entity->key_count == 1
                    && &entity->fields[entity->key[0]] == entity->village;
    for (size_t i = 0; i < entity->stored_count; i++) {
        if (name_is_kept(t, entity->stored[i])) {
            err_fail_text(e, &RECORD_NAME, "field", entity->stored[i]->id);
            err_add(e, "entity", entity->id);
            return false;
        }
    }
    alternate_find(t);
    return fields_arrange(t, r->arena, e) && columns_write(t, false, r->arena, &t->all_columns, e)
           && columns_write(t, true, r->arena, &t->each_column, e);
}

/* Villages first, then parents before children. The catalogue has refused circles; the count bounds the loop
 * all the same. */
static void order_make(struct records *r)
{
    size_t placed = 0;
    bool *done = arena_take_many(r->arena, r->count + 1, sizeof *done);
    for (size_t i = 0; done != NULL && i < r->count; i++) {
        if (r->tables[i].is_village) {
            r->order[placed++] = &r->tables[i];
            done[i] = true;
        }
    }
    for (size_t round = 0; done != NULL && round < r->count; round++) {
        for (size_t i = 0; i < r->count; i++) {
            const struct table *t = &r->tables[i];
            if (!done[i] && (t->parent == NULL || done[t->parent->index])) {
                r->order[placed++] = t;
                done[i] = true;
            }
        }
    }
    r->count = placed;
}

struct records *records_open(struct store *db, const struct catalog *catalog, const struct vault *vault,
                             struct arena *a, struct err *e)
{
    struct records *r = arena_take(a, sizeof *r);
    if (r == NULL)
        return err_fail(e, &OUT_OF_MEMORY), NULL;
    *r = (struct records){
        .db = db, .catalog = catalog, .vault = vault, .arena = a, .count = catalog->entity_count};
    r->tables = arena_take_many(a, r->count + 1, sizeof *r->tables);
    r->order = arena_take_many(a, r->count + 1, sizeof *r->order);
    if (r->tables == NULL || r->order == NULL)
        return err_fail(e, &OUT_OF_MEMORY), NULL;
    for (size_t i = 0; i < r->count; i++)
        if (!table_make(r, &r->tables[i], &catalog->entities[i], e))
            return NULL;
    for (size_t i = 0; i < r->count; i++)
        if (r->tables[i].parent != NULL)
            r->tables[r->tables[i].parent->index].is_parent = true;
    order_make(r);
    return r;
}

void records_close(struct records *r) { (void)r; }
