/* Filters and order of a list in the SQL of its scan. Always holds: identifiers come from the catalogue,
 * values are bound; conditions and bound values walk the same way through a page. */
#include "base/base.err.h"
#include "engine/record/page_part.h"
#include "engine/record/record.err.h"
#include "engine/record/stage.h"

bool area_is_village(const struct area *area)
{
    struct area one;
    struct err ignored = {.kind = NULL};
    return area->lo[0] != 0 && memcmp(area->lo + AREA_CODE_SIZE - 3, "000", 3) != 0
           && area_of(text_of(area->lo), &one, &ignored) && strcmp(one.hi, area->hi) == 0;
}

bool record_can_filter(const struct catalog_field *field)
{
    return field->column != SIZE_MAX || field->type == FIELD_VILLAGE;
}

/* A key that is the record's id: looked for and ordered by that. */
static bool is_id(const struct table *t, const struct catalog_field *field)
{
    const struct catalog_entity *entity = t->entity;
    return entity->key_count == 1 && &entity->fields[entity->key[0]] == field && !t->has_alternate;
}

static void add_field(struct buf *sql, const struct table *t, const struct catalog_field *field)
{
    if (is_id(t, field))
        buf_add_z(sql, "id");
    else if (field->column == SIZE_MAX)
        buf_add_z(sql, "village");
    else
        add_column(sql, field);
}

bool page_has_sort_column(const struct table *t, const struct record_page *page)
{
    return page != NULL && page->sort != NULL && !is_id(t, page->sort);
}

void page_add_sort_column(struct buf *sql, const struct table *t, const struct record_page *page)
{
    if (!page_has_sort_column(t, page))
        return;
    buf_add_z(sql, ", ");
    add_field(sql, t, page->sort);
}

/* ---- conditions ---- */

static bool takes_value(enum record_test test) { return test != RECORD_EMPTY && test != RECORD_FILLED; }

/* A number that is the id of almost every record is looked for as that, and else by the index of those that
 * were known before their number. */
static bool is_number(const struct table *t, const struct record_filter *f)
{
    return f->test == RECORD_EQUAL && t->has_alternate && &t->entity->fields[t->entity->key[0]] == f->field;
}

static void add_filter(struct buf *sql, const struct table *t, const struct record_filter *f, int *parameter)
{
    static const char *const compare[] = {[RECORD_EQUAL] = "=",
                                          [RECORD_MIN] = ">=",
                                          [RECORD_MAX] = "<=",
                                          [RECORD_EMPTY] = "IS NULL",
                                          [RECORD_FILLED] = "IS NOT NULL"};
    if (is_number(t, f)) {
        const char *z = f->field->z;
        buf_add_format(
            sql, " AND (id = ?%d OR (\"%s\" = ?%d AND (id <> \"%s\" OR \"%s\" IS NULL))) AND \"%s\" = ?%d",
            *parameter, z, *parameter, z, z, z, *parameter);
        ++*parameter;
        return;
    }
    buf_add_z(sql, " AND ");
    add_field(sql, t, f->field);
    buf_add_format(sql, " %s", compare[f->test]);
    if (takes_value(f->test))
        buf_add_format(sql, " ?%d", (*parameter)++);
}

/* What comes behind a place. Without a sort value it was among those that are not known: they stand first,
 * descending last. */
static void add_after(struct buf *sql, const struct table *t, const struct record_page *page, int parameter)
{
    const char *than = page->descending ? "<" : ">";
    if (!page_has_sort_column(t, page)) {
        buf_add_format(sql, " AND id %s ?%d", than, parameter);
        return;
    }
    struct buf column;
    buf_init(&column, 1024);
    add_field(&column, t, page->sort);
    struct text by = buf_text(&column);
    if (page->after.sort.kind == VALUE_NONE) {
        buf_add_format(sql, " AND ((%.*s IS NULL AND id %s ?%d)", TEXT_ARG(by), than, parameter);
        if (!page->descending)
            buf_add_format(sql, " OR %.*s IS NOT NULL", TEXT_ARG(by));
    } else {
        buf_add_format(sql, " AND (%.*s %s ?%d OR (%.*s = ?%d AND id %s ?%d)", TEXT_ARG(by), than,
                       parameter + 1, TEXT_ARG(by), parameter + 1, than, parameter);
        if (page->descending)
            buf_add_format(sql, " OR %.*s IS NULL", TEXT_ARG(by));
    }
    buf_add_char(sql, ')');
    buf_clear(&column);
}

void page_add_conditions(struct buf *sql, const struct table *t, const struct record_page *page)
{
    int parameter = PAGE_FIRST;
    for (size_t i = 0; page != NULL && i < page->filter_count; i++)
        add_filter(sql, t, &page->filters[i], &parameter);
    if (page != NULL && page->after.id.at != NULL)
        add_after(sql, t, page, parameter);
}

static bool bind_filter(struct statement *s, const struct records *r, const struct table *t,
                        const struct record_filter *f, int parameter, struct arena *a, struct err *e)
{
    struct value v = f->value;
    if (f->field->sealed) {
        unsigned char *hash = arena_take(a, VAULT_HASH_SIZE);
        if (r->vault == NULL)
            return err_fail(e, &RECORD_KEY_ABSENT);
        if (hash == NULL)
            return err_fail(e, &OUT_OF_MEMORY);
        sealed_hash(r, t->entity, f->field, v.s, hash);
        v = value_bytes((struct text){(const char *)hash, VAULT_HASH_SIZE});
    }
    statement_bind(s, parameter, v);
    return true;
}

bool page_bind(struct statement *s, const struct records *r, const struct table *t,
               const struct record_page *page, struct arena *a, struct err *e)
{
    int parameter = PAGE_FIRST;
    for (size_t i = 0; page != NULL && i < page->filter_count; i++)
        if (takes_value(page->filters[i].test) && !bind_filter(s, r, t, &page->filters[i], parameter++, a, e))
            return false;
    if (page == NULL || page->after.id.at == NULL)
        return true;
    statement_bind(s, parameter, value_text(page->after.id));
    if (page_has_sort_column(t, page) && page->after.sort.kind != VALUE_NONE)
        statement_bind(s, parameter + 1, page->after.sort);
    return true;
}

/* ---- order ---- */

void page_add_order(struct buf *sql, const struct table *t, const struct record_query *q, int sort_place)
{
    const char *way = q->page->descending ? "DESC" : "ASC";
    buf_add_z(sql, " ORDER BY ");
    if (page_has_sort_column(t, q->page))
        buf_add_format(sql, "%d %s NULLS %s, ", sort_place, way, q->page->descending ? "LAST" : "FIRST");
    buf_add_format(sql, "1 %s", way);
}

void page_add_offset(struct buf *sql, const struct record_query *q)
{
    if (q->page != NULL && q->page->offset > 0 && q->limit >= 0)
        buf_add_format(sql, " OFFSET %lld", (long long)q->page->offset);
}
