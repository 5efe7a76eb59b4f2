/* The rows of search_gram follow from names. Always holds: what is taken away is what was written for the
 * same name, village and parent, because both walk the same way. */
#include "engine/record/gram.h"
#include "base/base.err.h"
#include "engine/record/record.err.h"

/* The characters that count for nothing, as SQL takes them out (gram_fill), and here. */
static const char *const ignored[] = {" ", "　", "·", "•", "・"};

bool gram_is_name(const struct catalog_field *field)
{
    return field->type == FIELD_TEXT && field->column != SIZE_MAX && !field->sealed
           && field->class != CLASS_SENSITIVE && field->names.at == NULL
           && (text_equal(field->id, TEXT("name")) || text_ends_with(field->id, TEXT("_name")));
}

bool gram_searches(const struct table *t)
{
    for (size_t i = 0; i < t->entity->stored_count; i++)
        if (gram_is_name(t->entity->stored[i]))
            return true;
    return false;
}

size_t gram_fold(struct text name, struct text out[GRAM_NAME_MAX])
{
    size_t count = 0;
    for (size_t at = 0; at < name.size && count < GRAM_NAME_MAX;) {
        size_t from = at;
        bool counts = true;
        (void)text_next(name, &at);
        struct text one = text_slice(name, from, at - from);
        for (size_t i = 0; i < COUNT_OF(ignored); i++)
            counts = counts && !text_equal(one, text_of(ignored[i]));
        if (counts)
            out[count++] = one;
    }
    return count;
}

/* ---- row by row ---- */

struct bearer {
    const struct table *t;
    struct text id, parent;
    const struct place *place;
};

static bool row_run(struct batch *b, const struct bearer *of, bool insert, struct text gram, int64_t place,
                    struct err *e)
{
    static const char add[] =
        "INSERT INTO search_gram (county, gram, entity, place, village, id, parent) VALUES "
        "(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
    static const char take[] =
        "DELETE FROM search_gram WHERE county = ?1 AND gram = ?2 AND entity = ?3 AND place "
        "= ?4 AND village = ?5 AND id = ?6";
    struct statement *s = statement_open(b->r->db, text_of(insert ? add : take), e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(text_of(of->place->county)));
    statement_bind(s, 2, value_text(gram));
    statement_bind(s, 3, value_text(of->t->entity->id));
    statement_bind(s, 4, value_int(place));
    statement_bind(s, 5, value_text(text_of(of->place->village)));
    statement_bind(s, 6, value_text(of->id));
    if (insert)
        statement_bind(s, 7, value_text(of->parent.at != NULL ? of->parent : TEXT("")));
    bool good = statement_send(s, e);
    statement_close(s);
    return good;
}

static bool name_rows(struct batch *b, const struct bearer *of, bool insert, struct text name, struct err *e)
{
    struct text at[GRAM_NAME_MAX];
    char pair[8];
    size_t count = gram_fold(name, at);
    for (size_t size = 1; size <= 2; size++)
        for (size_t i = 0; i + size <= count; i++) {
            struct text gram = at[i];
            if (size == 2) {
                memcpy(pair, at[i].at, at[i].size);
                memcpy(pair + at[i].size, at[i + 1].at, at[i + 1].size);
                gram = (struct text){pair, at[i].size + at[i + 1].size};
            }
            if (!row_run(b, of, insert, gram, i > 0 ? 2 : count == size ? 0 : 1, e))
                return false;
        }
    return true;
}

static struct place place_in(const struct state *state)
{
    struct place place = {.county = ""};
    memcpy(place.county, state->county.at, COUNTY_SIZE);
    memcpy(place.village, state->village.at, AREA_CODE_SIZE);
    return place;
}

static struct text text_at(const struct table *t, const struct kept *cells, size_t column)
{
    (void)t;
    return column != NONE && cells[column].v.kind == VALUE_TEXT ? cells[column].v.s : TEXT_NONE;
}

/* The value that a column has after the change. */
static struct text text_after(const struct state *before, const struct incoming *in, size_t column)
{
    if (column == NONE)
        return TEXT_NONE;
    if (bit(in->given, column))
        return in->cells[column].v.kind == VALUE_TEXT ? in->cells[column].v.s : TEXT_NONE;
    return before != NULL && before->cells[column].v.kind == VALUE_TEXT ? before->cells[column].v.s
                                                                        : TEXT_NONE;
}

static bool is_touched(const struct table *t, const struct difference *d)
{
    bool any = d->village || (t->parent_column != NONE && bit(d->set, t->parent_column));
    for (size_t i = 0; i < t->entity->stored_count && !any; i++)
        any = bit(d->set, i) && gram_is_name(t->entity->stored[i]);
    return any;
}

bool gram_write(struct batch *b, struct work *w, const struct state *before, const struct incoming *in,
                const struct difference *d, struct err *e)
{
    const struct table *t = w->t;
    struct place from;
    if (!w->searched || w->fills_search || !is_touched(t, d))
        return true;
    struct bearer new = {t, in->id, text_after(before, in, t->parent_column), &in->place}, old = new;
    if (before != NULL) {
        from = place_in(before);
        old = (struct bearer){t, before->id, text_at(t, before->cells, t->parent_column), &from};
    }
    for (size_t i = 0; i < t->entity->stored_count; i++)
        if (gram_is_name(t->entity->stored[i]) && before != NULL
            && !name_rows(b, &old, false, text_at(t, before->cells, i), e))
            return false;
    for (size_t i = 0; i < t->entity->stored_count; i++)
        if (gram_is_name(t->entity->stored[i]) && !name_rows(b, &new, true, text_after(before, in, i), e))
            return false;
    return true;
}

bool gram_remove(struct batch *b, struct work *w, struct err *e)
{
    const struct place from = place_in(&w->state);
    const struct bearer old = {w->t, w->state.id, text_at(w->t, w->state.cells, w->t->parent_column), &from};
    for (size_t i = 0; i < w->t->entity->stored_count; i++)
        if (gram_is_name(w->t->entity->stored[i])
            && !name_rows(b, &old, false, text_at(w->t, w->state.cells, i), e))
            return false;
    return true;
}

bool gram_move(struct batch *b, const struct table *t, struct text id, const struct place *from,
               const struct place *to, struct err *e)
{
    struct work *w = &b->work[t->index];
    if (!gram_searches(t) || w->fills_search)
        return true;
    if (!work_find(b, w, from->county, id, e) || !w->state.found)
        return e->kind == NULL;
    const struct bearer old = {t, id, text_at(t, w->state.cells, t->parent_column), from},
                        new = {t, id, old.parent, to};
    for (size_t i = 0; i < t->entity->stored_count; i++) {
        struct text name = gram_is_name(t->entity->stored[i]) ? text_at(t, w->state.cells, i) : TEXT_NONE;
        if (!name_rows(b, &old, false, name, e) || !name_rows(b, &new, true, name, e))
            return false;
    }
    return true;
}

/* ---- all at once ---- */

static void add_folded(struct buf *sql, const struct catalog_field *field)
{
    for (size_t i = 0; i < COUNT_OF(ignored); i++)
        buf_add_z(sql, "replace(");
    add_column(sql, field);
    for (size_t i = 0; i < COUNT_OF(ignored); i++)
        buf_add_format(sql, ", '%s', '')", ignored[i]);
}

static void add_fill(struct buf *sql, const struct table *t, const struct catalog_field *field)
{
    buf_add_z(sql,
              "INSERT INTO search_gram (county, gram, entity, place, village, id, parent) SELECT DISTINCT "
              "county, substr(name, p.at, k.size), ");
    buf_add_format(sql, "'%s'", t->entity->z);
    buf_add_z(sql, ", CASE WHEN p.at > 1 THEN 2 WHEN length(name) = k.size THEN 0 ELSE 1 END, village, id, "
                   "coalesce(parent, '') FROM (SELECT county, village, id, ");
    if (t->parent != NULL)
        add_column(sql, t->entity->parent);
    else
        buf_add_z(sql, "''");
    buf_add_z(sql, " AS parent, ");
    add_folded(sql, field);
    buf_add_format(sql, " AS name FROM \"%s\") t JOIN (SELECT 1 AS at", t->entity->z);
    for (int i = 2; i <= GRAM_NAME_MAX; i++)
        buf_add_format(sql, " UNION ALL SELECT %d", i);
    buf_add_z(sql,
              ") p ON p.at <= length(name) JOIN (SELECT 1 AS size UNION ALL SELECT 2) k ON p.at + k.size "
              "<= length(name) + 1 WHERE true ORDER BY 1, 2, 3, 4, 5, 6 ON CONFLICT DO NOTHING");
}

bool gram_fill(struct records *r, const struct table *t, struct err *e)
{
    bool good = true;
    for (size_t i = 0; good && i < t->entity->stored_count; i++) {
        struct buf sql;
        if (!gram_is_name(t->entity->stored[i]))
            continue;
        buf_init(&sql, SQL_TEXT_MAX);
        add_fill(&sql, t, t->entity->stored[i]);
        struct statement *s = sql.failed ? NULL : statement_open(r->db, buf_text(&sql), e);
        good = s != NULL ? statement_run(s, e) : err_fail(e, &OUT_OF_MEMORY);
        statement_close(s);
        buf_clear(&sql);
    }
    return good;
}

static bool is_filled(struct records *r, bool *out, struct err *e)
{
    struct statement *s = statement_open(r->db, TEXT("SELECT 1 FROM search_gram LIMIT 1"), e);
    if (s == NULL)
        return false;
    enum step step = statement_step(s, e);
    *out = step == STEP_ROW;
    statement_close(s);
    return step != STEP_FAILED;
}

bool gram_define(struct records *r, struct err *e)
{
    bool filled = false;
    if (!is_filled(r, &filled, e) || filled)
        return filled;
    for (size_t i = 0; i < r->count; i++)
        if (gram_searches(r->order[i]) && !gram_fill(r, r->order[i], e))
            return false;
    return true;
}
