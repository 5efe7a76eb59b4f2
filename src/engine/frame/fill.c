/* Fills one table from a scan: cuts what the day does not see, finds parents, puts values into columns. */
#include "base/base.err.h"
#include "engine/frame/table.h"
#include <stdlib.h>

#define TAILS_MAX 30000u  /* different ends of ids; beyond, ids are kept whole */
#define PARENTS_AHEAD 16u /* parents looked at before an index is made */

/* Records that share a sealed value with others: id -> count. */
struct sharers {
    struct dictionary ids;
    int64_t *counts;
    size_t room;
    bool failed;
};
static void sharer_add(void *user, struct text id, int64_t count)
{
    struct sharers *s = user;
    uint32_t number = dictionary_number(&s->ids, id);
    if (number == ROW_NONE
        || !frame_column_grow((void **)&s->counts, &s->room, (size_t)number + 1, sizeof *s->counts))
        s->failed = true;
    else
        s->counts[number] = count;
}

struct filling {
    struct frame *f;
    struct table *t;
    struct table *parent;
    const struct catalog_field **fields; /* in the order of the scan */
    struct column **columns;             /* beside them; NULL: only whether there is a value matters (uses) */
    size_t count;
    int as_of_year;
    size_t year, date, from; /* places of the dated fields; SIZE_MAX: none */
    struct sharers sharers;
    uint32_t last_parent;
    struct text last_village;
    uint32_t last_village_row;
    bool lost; /* memory was out when a parent was looked up */
    struct err *e;
};

static bool out_of_memory(struct err *e) { return err_fail(e, &OUT_OF_MEMORY); }

static int32_t bias_of(enum field_type type)
{
    if (type == FIELD_DATE)
        return DAY_BIAS;
    if (type == FIELD_MONEY)
        return MONEY_BIAS;
    return type == FIELD_YEAR ? YEAR_BIAS : 0;
}

static struct column *column_new(struct frame *f, const struct catalog_field *field)
{
    struct column *column = arena_take(&f->arena, sizeof *column);
    if (column == NULL)
        return NULL;
    column->field = field;
    column->n.bias = bias_of(field->type);
    dictionary_init(&column->words);
    return column;
}

/* Adds a field to the scan; its place in it, SIZE_MAX when memory is out. */
static size_t want(struct filling *g, const struct catalog_field *field, bool keep)
{
    for (size_t i = 0; i < g->count; i++)
        if (g->fields[i] == field)
            return i;
    g->fields[g->count] = field;
    if (keep) {
        struct column *column = column_new(g->f, field);
        if (column == NULL)
            return SIZE_MAX;
        g->columns[g->count] = column;
        g->t->columns[field->column] = column;
    }
    return g->count++;
}

static bool want_dated(struct filling *g, const struct catalog_field *field, size_t *place)
{
    *place = SIZE_MAX;
    if (field == NULL || field->column >= CATALOG_FIELD_MAX)
        return true;
    *place = want(g, field, true);
    return *place != SIZE_MAX;
}

static const struct catalog_field *uses_field(const struct catalog_entity *entity)
{
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].derived_from != NULL && entity->fields[i].derive == DERIVE_USES)
            return &entity->fields[i];
    return NULL;
}

/* The parent and the own village are kept as rows, not as columns. */
static bool is_structure(const struct catalog_entity *entity, const struct catalog_field *field)
{
    return field == entity->parent || field == entity->village;
}

static bool plan(struct filling *g, const struct frame_needs *needs)
{
    const struct catalog_entity *entity = g->t->entity;
    size_t most = entity->stored_count + 1;
    g->fields = arena_take_many(&g->f->arena, most, sizeof(struct catalog_field *));
    g->columns = arena_take_many(&g->f->arena, most, sizeof(struct column *));
    g->t->columns = arena_take_many(&g->f->arena, most, sizeof(struct column *));
    if (g->fields == NULL || g->columns == NULL || g->t->columns == NULL)
        return false;
    if (!want_dated(g, entity->dated_year, &g->year) || !want_dated(g, entity->dated_date, &g->date)
        || !want_dated(g, entity->dated_from, &g->from))
        return false;
    for (size_t i = 0; i < entity->stored_count; i++)
        if ((needs->fields[entity->index][i >> 6] >> (i & 63) & 1) != 0
            && !is_structure(entity, entity->stored[i]) && want(g, entity->stored[i], true) == SIZE_MAX)
            return false;
    return true;
}

static bool plan_uses(struct filling *g, const struct frame_needs *needs, struct records *r)
{
    const struct catalog_entity *entity = g->t->entity;
    const struct catalog_field *field = needs->uses[entity->index] ? uses_field(entity) : NULL;
    if (field == NULL)
        return true;
    g->t->uses = column_new(g->f, field);
    if (g->t->uses == NULL || want(g, field->derived_from, false) == SIZE_MAX)
        return out_of_memory(g->e);
    if (!record_uses(r, entity, field->derived_from, sharer_add, &g->sharers, g->e))
        return false;
    return !g->sharers.failed || out_of_memory(g->e);
}

/* A record that begins after the day is not seen; one without a date is. */
static bool is_after(const struct filling *g, const struct value *values)
{
    day as_of = g->f->as_of;
    return (g->year != SIZE_MAX && values[g->year].kind == VALUE_INT && values[g->year].n > g->as_of_year)
           || (g->date != SIZE_MAX && values[g->date].kind == VALUE_INT && values[g->date].n > as_of)
           || (g->from != SIZE_MAX && values[g->from].kind == VALUE_INT && values[g->from].n > as_of);
}

static bool put_number(struct column *column, uint32_t row, int64_t n)
{
    return bits_set(&column->present, row) && packed_put(&column->n, row, n);
}

static bool put(struct column *column, uint32_t row, const struct value *v)
{
    if (v->kind == VALUE_NONE)
        return true;
    if (v->kind != VALUE_INT) {
        uint32_t number = dictionary_number(&column->words, v->s);
        return number != ROW_NONE && put_number(column, row, number);
    }
    if (column->field->type == FIELD_BOOL)
        return bits_set(&column->present, row) && (v->n == 0 || bits_set(&column->yes, row));
    return put_number(column, row, v->n);
}

/* Children mostly come in the order of their parents: the same as before, or the next one. */
static uint32_t parent_of(struct filling *g, struct text id)
{
    struct table *p = g->parent;
    for (uint32_t ahead = 0; ahead < PARENTS_AHEAD; ahead++)
        if (g->last_parent + ahead < p->rows && text_equal(pool_get(&p->ids, g->last_parent + ahead), id))
            return g->last_parent += ahead;
    g->lost = !frame_table_index(p); /* made for the first one out of order */
    uint32_t row = frame_table_find(p, id);
    if (row != ROW_NONE)
        g->last_parent = row;
    return row;
}

static bool keep_orphan(struct filling *g, struct text parent)
{
    struct table *t = g->t;
    struct text *more = realloc(t->orphan_parents, ((size_t)t->orphans + 1) * sizeof *more);
    if (more == NULL)
        return false;
    t->orphan_parents = more;
    more[t->orphans++] = text_copy(&g->f->arena, parent);
    return true;
}

static bool put_place(struct filling *g, uint32_t row, const struct record_row *from)
{
    struct table *t = g->t;
    if (g->parent != NULL) {
        uint32_t above = parent_of(g, from->parent);
        return climb_put(&t->above, row, above)
               && (above != ROW_NONE || (!g->lost && keep_orphan(g, from->parent)));
    }
    if (t == g->f->villages)
        return true;
    if (g->last_village_row == ROW_NONE || !text_equal(g->last_village, from->village)) {
        g->last_village_row = frame_village_row(g->f, from->village);
        if (g->last_village_row == ROW_NONE)
            return false;
        g->last_village = pool_get(&g->f->villages->ids, g->last_village_row);
    }
    return climb_put(&t->village, row, g->last_village_row);
}

static bool put_uses(struct filling *g, uint32_t row, const struct record_row *from)
{
    if (g->t->uses == NULL)
        return true;
    const struct catalog_field *sealed = g->t->uses->field->derived_from;
    for (size_t i = 0; i < g->count; i++) {
        if (g->fields[i] != sealed || from->values[i].kind == VALUE_NONE)
            continue;
        uint32_t number = dictionary_find(&g->sharers.ids, from->id);
        return put_number(g->t->uses, row, number == ROW_NONE ? 1 : g->sharers.counts[number]);
    }
    return true;
}

/* As what follows the parent's id, as long as all do that and few of those differ. */
static bool put_id(struct table *t, uint32_t row, const struct record_row *from)
{
    if (atomic_load_explicit(&t->tailed, memory_order_relaxed)) {
        bool fits = climb_get(&t->above, row) != ROW_NONE && text_starts_with(from->id, from->parent)
                    && t->tails.count < TAILS_MAX;
        struct text tail = text_slice(from->id, from->parent.size, from->id.size);
        uint32_t number = fits ? dictionary_number(&t->tails, tail) : 0;
        if (fits)
            return number != ROW_NONE && packed_put(&t->tail, row, number);
        if (!frame_table_spell(t))
            return false;
    }
    return pool_add(&t->ids, from->id);
}

static bool put_row(struct filling *g, const struct record_row *from)
{
    struct table *t = g->t;
    if (is_after(g, from->values))
        return true;
    if (t->rows >= ROW_NONE - 1) {
        err_add(g->e, "what", t->entity->label.zh);
        return err_fail_int(g->e, &LIMIT, "max", ROW_NONE - 1);
    }
    uint32_t row = t->rows;
    bool kept = put_place(g, row, from) && put_id(t, row, from) && put_uses(g, row, from);
    for (size_t i = 0; kept && i < g->count; i++)
        if (g->columns[i] != NULL)
            kept = put(g->columns[i], row, &from->values[i]);
    t->rows++;
    return kept || out_of_memory(g->e);
}

static bool scan(struct filling *g, struct records *r, const struct area *area)
{
    const struct record_query query = {.entity = g->t->entity,
                                       .area = *area,
                                       .as_of = g->f->as_of,
                                       .fields = g->fields,
                                       .field_count = g->count,
                                       .behind = true,
                                       .lean = true,
                                       .order = RECORD_BY_COUNTY,
                                       .limit = -1};
    struct record_scan *rows = NULL;
    struct record_row row;
    if (!record_scan_open(r, &query, &rows, g->e))
        return false;
    bool going = true;
    while (going && record_scan_next(rows, &row, g->e))
        going = put_row(g, &row);
    record_scan_close(rows);
    return going && g->e->kind == NULL;
}

/* The ids of a parent are compared with what its children name. */
static bool is_parent(const struct frame *f, const struct table *t)
{
    for (size_t i = 0; i < f->catalog->entity_count; i++)
        if (f->tables[i].wanted && f->tables[i].entity->parent != NULL
            && f->tables[i].entity->parent->entity == t->entity)
            return true;
    return false;
}

bool frame_table_fill(struct frame *f, struct table *t, struct records *r, const struct frame_needs *needs,
                      const struct area *area, struct err *e)
{
    struct filling g = {.f = f,
                        .t = t,
                        .parent =
                            t->entity->parent != NULL ? &f->tables[t->entity->parent->entity->index] : NULL,
                        .as_of_year = day_year(f->as_of),
                        .last_village_row = ROW_NONE,
                        .e = e};
    dictionary_init(&g.sharers.ids);
    t->parent = g.parent;
    dictionary_init(&t->tails);
    atomic_init(&t->tailed, g.parent != NULL && !needs->ids[t->entity->index] && !is_parent(f, t));
    bool filled = plan(&g, needs);
    if (!filled)
        out_of_memory(e);
    filled = filled && plan_uses(&g, needs, r) && scan(&g, r, area);
    if (filled && !frame_table_order(f, t))
        filled = out_of_memory(e);
    dictionary_clear(&g.sharers.ids);
    free(g.sharers.counts);
    return filled;
}
