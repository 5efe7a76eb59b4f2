/* Counts, single records, and what is said of a field as a whole. */
#include "base/base.err.h"
#include "engine/record/record.err.h"
#include "engine/record/table.h"

static struct statement *open_sql(struct records *r, struct buf *sql, struct err *e)
{
    struct statement *s = sql->failed ? NULL : statement_open(r->db, buf_text(sql), e);
    buf_clear(sql);
    if (s == NULL)
        err_fail(e, &OUT_OF_MEMORY);
    return s;
}

static void add_area(struct buf *sql, const struct area *area)
{
    if (area->lo[0] != 0)
        buf_add_z(sql, " AND village >= ?2 AND village < ?3");
}

static void bind_area(struct statement *s, const struct area *area)
{
    if (area->lo[0] == 0)
        return;
    statement_bind(s, 2, value_text(text_of(area->lo)));
    statement_bind(s, 3, value_text(text_of(area->hi)));
}

bool records_count_all(struct records *r, const struct catalog_entity *entity, const struct area *area,
                       int64_t *out, struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(&sql, "SELECT count(*) FROM \"%s\" WHERE 1 = 1", entity->z);
    add_area(&sql, area);
    struct statement *s = open_sql(r, &sql, e);
    if (s == NULL)
        return false;
    bind_area(s, area);
    enum step step = statement_step(s, e);
    if (step == STEP_ROW)
        *out = statement_column(s, 0).n;
    statement_close(s);
    return step == STEP_ROW;
}

bool record_count(struct records *r, const struct catalog_entity *entity, const struct area *area,
                  int64_t *out, struct err *e)
{
    struct area met;
    return records_permit(r, entity, false, area, &met, e) && records_count_all(r, entity, &met, out, e);
}

/* The first id for which the condition on ?1 holds. */
static bool find_where(struct records *r, const struct table *t, const struct area *area,
                       const char *condition, const char *field, struct text key, struct arena *a,
                       struct text *id_out, bool *found_out, struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(&sql, "SELECT id FROM \"%s\" WHERE ", t->entity->z);
    if (field == NULL)
        buf_add_z(&sql, condition);
    else
        buf_add_format(&sql, "\"%s\" = ?1 AND (id <> \"%s\" OR \"%s\" IS NULL)", field, field, field);
    add_area(&sql, area);
    buf_add_z(&sql, " LIMIT 1");
    struct statement *s = open_sql(r, &sql, e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(key));
    bind_area(s, area);
    enum step step = statement_step(s, e);
    *found_out = step == STEP_ROW;
    if (step == STEP_ROW)
        *id_out = text_copy(a, statement_column(s, 0).s);
    statement_close(s);
    return step != STEP_FAILED && (!*found_out || id_out->at != NULL || err_fail(e, &OUT_OF_MEMORY));
}

bool record_find(struct records *r, const struct catalog_entity *entity, const struct area *area,
                 struct text key, struct arena *a, struct text *id_out, bool *found_out, struct err *e)
{
    const struct table *t = table_of(r, entity);
    struct area met;
    static const char by_id[] = "county IN " SQL_COUNTIES " AND id = ?1";
    if (!records_permit(r, entity, false, area, &met, e))
        return false;
    if (!find_where(r, t, &met, by_id, NULL, key, a, id_out, found_out, e) || *found_out || !t->has_alternate)
        return e->kind == NULL;
    return find_where(r, t, &met, NULL, entity->fields[entity->key[0]].z, key, a, id_out, found_out, e);
}

bool record_village(struct records *r, const struct catalog_entity *entity, struct text id,
                    char out[AREA_CODE_SIZE + 1], struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(
        &sql,
        "SELECT village FROM \"%s\" WHERE county IN (SELECT DISTINCT county FROM journal_head) AND id = ?1",
        entity->z);
    struct statement *s = open_sql(r, &sql, e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(id));
    enum step step = statement_step(s, e);
    memset(out, 0, AREA_CODE_SIZE + 1);
    struct value village = step == STEP_ROW ? statement_column(s, 0) : value_none();
    if (village.kind == VALUE_TEXT && village.s.size == AREA_CODE_SIZE)
        memcpy(out, village.s.at, AREA_CODE_SIZE);
    statement_close(s);
    return step != STEP_FAILED;
}

bool record_given(struct records *r, const struct catalog_entity *entity, uint64_t given_out[4],
                  struct err *e)
{
    struct statement *s =
        statement_open(r->db, TEXT("SELECT field FROM record_field WHERE entity = ?1 AND given = 1"), e);
    if (s == NULL)
        return false;
    uint64_t given[4] = {0};
    statement_bind(s, 1, value_text(entity->id));
    enum step step;
    while ((step = statement_step(s, e)) == STEP_ROW) {
        const struct catalog_field *field = catalog_field(entity, statement_column(s, 0).s);
        if (field != NULL && field->column < CATALOG_FIELD_MAX)
            bit_set(given, field->column);
    }
    statement_close(s);
    if (step == STEP_DONE)
        memcpy(given_out, given, sizeof given);
    return step == STEP_DONE;
}

static void add_uses(struct buf *sql, const struct catalog_entity *entity, const struct catalog_field *sealed,
                     bool narrow)
{
    const char *e = entity->z, *f = sealed->z;
    buf_add_format(sql,
                   "SELECT t.id, n.uses FROM (SELECT \"%s_hash\" AS hash, count(*) AS uses FROM \"%s\" WHERE "
                   "\"%s_hash\" IS NOT NULL",
                   f, e, f);
    if (narrow)
        buf_add_format(sql,
                       " AND \"%s_hash\" IN (SELECT \"%s_hash\" FROM \"%s\" WHERE county IN " SQL_COUNTIES
                       " AND \"%s\" = ?1)",
                       f, f, e, entity->parent->z);
    buf_add_format(
        sql, " GROUP BY \"%s_hash\" HAVING count(*) > 1) n JOIN \"%s\" t ON t.\"%s_hash\" = n.hash", f, e, f);
}

bool record_uses(struct records *r, const struct catalog_entity *entity, const struct catalog_field *sealed,
                 record_uses_each *each, void *user, struct err *e)
{
    bool narrow = r->only != NULL && entity->parent != NULL && entity->parent->entity == r->only;
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    add_uses(&sql, entity, sealed, narrow);
    struct statement *s = open_sql(r, &sql, e);
    if (s == NULL)
        return false;
    enum step step;
    if (narrow)
        statement_bind(s, 1, value_text(r->only_id));
    else
        statement_many(s);
    while ((step = statement_step(s, e)) == STEP_ROW)
        each(user, statement_column(s, 0).s, statement_column(s, 1).n);
    statement_close(s);
    return step == STEP_DONE;
}
