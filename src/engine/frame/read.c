/* Reading a frame: what expressions see, and stored values. */
#include "engine/cel_system/cel_system.h"
#include "engine/frame/table.h"
#include <math.h>
#include <stddef.h>

#define SECONDS_A_DAY 86400

/* Every class of a frame is that of a catalogue's entity. */
static const struct catalog_entity *entity_of(const struct cel_class *of)
{
    const void *at = (const char *)of - offsetof(struct catalog_entity, class_of);
    return at;
}

static bool give_rows(struct cel_value *out, enum cel_kind kind, const struct table *t, uint32_t first,
                      uint32_t count)
{
    *out = (struct cel_value){.kind = kind,
                              .rows = {.of = &t->entity->class_of, .first = first, .count = count}};
    return true;
}

static bool give_row(struct cel_value *out, const struct table *t, uint32_t row)
{
    return row != ROW_NONE && give_rows(out, CEL_RECORD, t, row, 1);
}

static bool give_children(struct cel_value *out, const struct table *children, uint32_t row)
{
    uint32_t first = 0, count = 0;
    if (children->count == NULL && children->first != NULL && row < children->parent->rows) {
        first = children->first[row];
        count = children->first[row + 1] - first;
    } else if (children->count != NULL && row < children->villages) {
        first = children->first[row];
        count = children->count[row];
    }
    return give_rows(out, CEL_ROWS, children, first, count);
}

static int64_t computed_number(const struct computed_column *c, uint32_t row)
{
    return c->wide != NULL ? c->wide[row] : packed_get(&c->n, row);
}

static bool give_computed(struct frame_host *host, const struct computed_column *c, uint32_t row,
                          struct cel_value *out)
{
    if (bits_get(&c->failed, row)) {
        host->failed = c->of;
        return false;
    }
    if (!bits_get(&c->present, row)) {
        *out = (struct cel_value){.kind = CEL_BOOL, .b = false};
        return c->of->is_selection;
    }
    *out = (struct cel_value){.kind = c->of->type};
    switch (c->of->type) {
    case CEL_BOOL:
        out->b = bits_get(&c->yes, row);
        break;
    case CEL_DOUBLE:
        out->d = c->d[row];
        break;
    case CEL_STRING:
        out->s = c->words.at[computed_number(c, row)].stored;
        break;
    default:
        out->i = computed_number(c, row);
        break;
    }
    return true;
}

static bool give_column(const struct access *x, uint32_t row, struct cel_value *out)
{
    const struct column *c = x->column;
    if (!bits_get(&c->present, row))
        return false;
    if (x->kind == READ_BOOL) {
        *out = (struct cel_value){.kind = CEL_BOOL, .b = bits_get(&c->yes, row)};
        return true;
    }
    int64_t n = packed_get(&c->n, row);
    switch (x->kind) {
    case READ_INT:
        *out = (struct cel_value){.kind = CEL_INT, .i = n};
        return true;
    case READ_DATE:
        *out = (struct cel_value){.kind = CEL_TIMESTAMP, .i = n * SECONDS_A_DAY};
        return true;
    case READ_DECIMAL:
        *out = (struct cel_value){.kind = CEL_DOUBLE, .d = (double)n / x->scale};
        return true;
    case READ_CODES:
        *out = (struct cel_value){.kind = CEL_LIST, .list = c->words.at[n].list};
        return true;
    case READ_REF:
        return give_row(out, x->table, c->words.at[n].row);
    default:
        *out = (struct cel_value){.kind = CEL_STRING, .s = c->words.at[n].shown};
        return true;
    }
}

static bool give(struct frame_host *host, const struct table *t, uint32_t row, const struct access *x,
                 struct cel_value *out)
{
    switch (x->kind) {
    case READ_NOTHING:
        return false;
    case READ_ID:
        *out = (struct cel_value){.kind = CEL_STRING, .s = table_id(host->frame, t, row)};
        return true;
    case READ_PARENT:
        return give_row(out, t->parent, climb_get(&t->above, row));
    case READ_VILLAGE:
        return give_row(out, x->table, table_top_village(t, row));
    case READ_CHILDREN:
        return give_children(out, x->table, row);
    case READ_COMPUTED:
        return row < t->rows && give_computed(host, x->computed, row, out);
    default:
        return give_column(x, row, out);
    }
}

bool frame_read(struct frame_host *host, const struct catalog_entity *entity, uint32_t row,
                size_t class_field, struct cel_value *out)
{
    const struct table *t = table_of(host->frame, entity);
    return give(host, t, row, &t->access[class_field], out);
}

static bool read_get(void *host, const struct cel_class *of, uint32_t row, size_t field,
                     struct cel_value *out)
{
    struct frame_host *h = host;
    const struct catalog_entity *entity = entity_of(of);
    const struct table *t = table_of(h->frame, entity);
    if (h->seen != NULL)
        h->seen(h->seen_user, entity, row, &entity->members[field]);
    return give(h, t, row, &t->access[field], out);
}

static struct text read_village_code(void *host, const struct cel_class *of, uint32_t row)
{
    const struct frame_host *h = host;
    return pool_get(&table_of(h->frame, entity_of(of))->ids, row);
}

static void read_unset(void *host, struct text what, struct text who)
{
    struct frame_host *h = host;
    /* One that is UNSET says more than a day without a line. */
    if (h->unset_what.at == NULL || (h->unset_who.at == NULL && who.at != NULL)) {
        h->unset_what = what;
        h->unset_who = who;
    }
}

const struct catalog_reader frame_reader = {
    .get = read_get, .village_code = read_village_code, .unset = read_unset, .system = cel_system_register};

uint32_t frame_rows(const struct frame *f, const struct catalog_entity *entity)
{
    return table_of(f, entity)->rows;
}

struct text frame_id(const struct frame *f, const struct catalog_entity *entity, uint32_t row)
{
    return table_id(f, table_of(f, entity), row);
}

uint32_t frame_village_number(const struct frame *f, const struct catalog_entity *entity, uint32_t row)
{
    const struct table *t = table_of(f, entity);
    return t == f->villages ? row : table_top_village(t, row);
}

uint32_t frame_village_count(const struct frame *f) { return f->villages->ids.count; }

struct text frame_village_code(const struct frame *f, uint32_t number)
{
    return number < f->villages->ids.count ? pool_get(&f->villages->ids, number) : TEXT_NONE;
}

struct text frame_village(const struct frame *f, const struct catalog_entity *entity, uint32_t row)
{
    return frame_village_code(f, frame_village_number(f, entity, row));
}

uint32_t frame_above(const struct frame *f, const struct catalog_entity *entity, uint32_t row,
                     const struct catalog_entity *ancestor)
{
    const struct table *t = table_of(f, entity);
    const struct table *wanted = table_of(f, ancestor);
    for (; t != wanted; t = t->parent) {
        if (t->parent == NULL)
            return wanted == f->villages ? climb_get(&t->village, row) : ROW_NONE;
        row = climb_get(&t->above, row);
        if (row == ROW_NONE)
            return ROW_NONE;
    }
    return row;
}

uint32_t frame_row(const struct frame *f, const struct catalog_entity *entity, struct text id)
{
    struct table *t = &f->tables[entity->index];
    pthread_mutex_lock(f->lock);
    bool indexed = frame_table_index(t);
    pthread_mutex_unlock(f->lock);
    if (indexed)
        return frame_table_find(t, id);
    for (uint32_t row = 0; row < t->rows; row++) /* no memory for an index */
        if (text_equal(table_id(f, t, row), id))
            return row;
    return ROW_NONE;
}

static struct value parent_value(const struct table *t, uint32_t row)
{
    uint32_t above = climb_get(&t->above, row);
    if (above != ROW_NONE)
        return value_text(pool_get(&t->parent->ids, above));
    uint32_t first = t->rows - t->orphans;
    return row >= first ? value_text(t->orphan_parents[row - first]) : value_none();
}

static struct value column_value(const struct column *c, uint32_t row)
{
    if (c == NULL || !bits_get(&c->present, row))
        return value_none();
    if (c->field->type == FIELD_BOOL)
        return value_int(bits_get(&c->yes, row));
    int64_t n = packed_get(&c->n, row);
    if (c->words.count == 0)
        return value_int(n);
    return c->field->sealed ? value_bytes(c->words.at[n].stored) : value_text(c->words.at[n].stored);
}

static struct value computed_value(const struct computed_column *c, const struct catalog_field *field,
                                   uint32_t row)
{
    if (c == NULL || (!bits_get(&c->present, row) && !c->of->is_selection))
        return value_none();
    switch (c->of->type) {
    case CEL_BOOL:
        return value_int(bits_get(&c->present, row) && bits_get(&c->yes, row));
    case CEL_STRING:
        return value_text(c->words.at[computed_number(c, row)].stored);
    case CEL_TIMESTAMP:
        return value_int(computed_number(c, row) / SECONDS_A_DAY);
    case CEL_INT:
        return value_int(computed_number(c, row));
    default:
        break;
    }
    double scaled = c->d[row] * pow(10, field->digits);
    bool fits = scaled > -9e18 && scaled < 9e18; /* false for not-a-number, too */
    return fits ? value_int(llround(scaled)) : value_none();
}

struct value frame_value(const struct frame *f, const struct catalog_entity *entity,
                         const struct catalog_field *field, uint32_t row)
{
    const struct table *t = table_of(f, entity);
    if (field == entity->parent)
        return parent_value(t, row);
    if (field->type == FIELD_VILLAGE && (field == entity->village || field->column >= CATALOG_FIELD_MAX))
        return value_text(frame_village(f, entity, row));
    if (field->derived_from != NULL && field->derive == DERIVE_USES)
        return column_value(t->uses, row);
    if (field->column < CATALOG_FIELD_MAX)
        return t->columns != NULL ? column_value(t->columns[field->column], row) : value_none();
    const struct catalog_computed *computed = frame_computed_of(f->catalog, field);
    return computed != NULL ? computed_value(f->computed[computed - f->catalog->computed], field, row)
                            : value_none();
}

static size_t column_bytes(const struct column *c)
{
    if (c == NULL)
        return 0;
    return (c->present.room + c->yes.room) / 8 + (size_t)c->n.room * c->n.width + dictionary_bytes(&c->words);
}

static size_t table_bytes(const struct table *t)
{
    size_t bytes = pool_bytes(&t->ids) + climb_bytes(&t->above) + (size_t)t->tail.room * t->tail.width
                   + (t->tails.texts.ceiling > 0 ? dictionary_bytes(&t->tails) : 0) + climb_bytes(&t->village)
                   + column_bytes(t->uses);
    if (t->first != NULL && t->parent != NULL)
        bytes += ((size_t)t->parent->rows + 1) * sizeof *t->first;
    if (t->slots != NULL)
        bytes += ((size_t)t->slot_mask + 1) * sizeof *t->slots;
    for (size_t i = 0; t->columns != NULL && i < t->entity->stored_count; i++)
        bytes += column_bytes(t->columns[i]);
    return bytes;
}

static size_t computed_bytes(const struct frame *f, const struct computed_column *c)
{
    uint32_t rows = frame_rows(f, c->of->on);
    size_t wide = (c->wide != NULL ? (size_t)rows * sizeof *c->wide : 0)
                  + (c->d != NULL ? (size_t)rows * sizeof *c->d : 0);
    return wide + (c->present.room + c->yes.room + c->failed.room) / 8 + (size_t)c->n.room * c->n.width
           + dictionary_bytes(&c->words);
}

size_t frame_bytes(const struct frame *f)
{
    size_t bytes = f->arena.held;
    for (size_t i = 0; i < f->catalog->entity_count; i++)
        bytes += table_bytes(&f->tables[i]);
    for (size_t i = 0; i < f->catalog->computed_count; i++)
        if (f->computed[i] != NULL)
            bytes += computed_bytes(f, f->computed[i]);
    return bytes;
}
