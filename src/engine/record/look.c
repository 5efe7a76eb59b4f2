/* Looking up whole records while a batch is applied. */
#include "base/base.err.h"
#include "engine/record/batch.h"
#include "engine/record/record.err.h"

/* Has the table (or, with suffix "_past", that of its past) any record; with `number`, any whose id is not
 * that field? */
static bool has_any(struct batch *b, const struct table *t, const char *suffix, const char *number, bool *out,
                    struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(&sql, "SELECT 1 FROM \"%s%s\"", t->entity->z, suffix);
    if (number != NULL)
        buf_add_format(&sql, " WHERE id <> \"%s\" OR \"%s\" IS NULL", number, number);
    buf_add_z(&sql, " LIMIT 1");
    struct statement *s = sql.failed ? NULL : statement_open(b->r->db, buf_text(&sql), e);
    enum step step = s != NULL ? statement_step(s, e) : STEP_FAILED;
    *out = step == STEP_ROW;
    statement_close(s);
    buf_clear(&sql);
    return step != STEP_FAILED || err_fail(e, &OUT_OF_MEMORY);
}

bool table_is_empty(struct batch *b, const struct table *t, bool *out, struct err *e)
{
    bool any = false;
    if (!has_any(b, t, "", NULL, &any, e))
        return false;
    *out = !any;
    return true;
}

void work_county(struct work *w, const char *county)
{
    for (size_t i = 0; i < w->county_count; i++)
        if (memcmp(w->counties[i], county, COUNTY_SIZE) == 0)
            return;
    if (w->county_count < BATCH_COUNTY_MAX)
        memcpy(w->counties[w->county_count++], county, COUNTY_SIZE + 1);
}

/* A look for each county through the key, however many records there are. */
static bool counties_read(struct batch *b, struct work *w, struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(&sql, "SELECT min(county) FROM \"%s\" WHERE county > ?1", w->t->entity->z);
    struct statement *s = sql.failed ? NULL : statement_open(b->r->db, buf_text(&sql), e);
    char last[COUNTY_SIZE + 1] = "";
    bool good = s != NULL, more = good;
    while (more) {
        statement_bind(s, 1, value_text(text_of(last)));
        enum step step = statement_step(s, e);
        good = step == STEP_ROW;
        struct value county = good ? statement_column(s, 0) : value_none();
        more =
            county.kind == VALUE_TEXT && county.s.size == COUNTY_SIZE && w->county_count < BATCH_COUNTY_MAX;
        if (more) {
            memcpy(last, county.s.at, COUNTY_SIZE);
            work_county(w, last);
        }
    }
    statement_close(s);
    buf_clear(&sql);
    return good;
}

static bool parent_size_read(struct batch *b, struct work *w, struct err *e)
{
    struct statement *s =
        statement_open(b->r->db, TEXT("SELECT parent_size FROM record_entity WHERE entity = ?1"), e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(w->t->entity->id));
    enum step step = statement_step(s, e);
    w->parent_size = w->parent_size_before = step == STEP_ROW ? statement_column(s, 0).n : -1;
    statement_close(s);
    return step != STEP_FAILED;
}

bool work_open(struct batch *b, struct work *w, const struct table *t, struct err *e)
{
    struct buf sql;
    size_t count = t->entity->stored_count + 1;
    *w = (struct work){.t = t};
    w->counties = arena_take_many(&b->arena, BATCH_COUNTY_MAX, sizeof *w->counties);
    w->state.cells = arena_take_many(&b->arena, count, sizeof *w->state.cells);
    w->cells = arena_take_many(&b->arena, count, sizeof *w->cells);
    if (w->counties == NULL || w->state.cells == NULL || w->cells == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!counties_read(b, w, e) || !parent_size_read(b, w, e)
        || !has_any(b, t, "_past", NULL, &w->has_past, e))
        return false;
    w->was_empty = w->county_count == 0;
    if (t->has_alternate && !has_any(b, t, "", t->entity->fields[t->entity->key[0]].z, &w->has_unnumbered, e))
        return false;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_z(&sql, "SELECT ");
    buf_add(&sql, t->all_columns);
    buf_add_format(&sql, " FROM \"%s\" WHERE county = ?1 AND id = ?2", t->entity->z);
    w->select = sql.failed ? NULL : statement_open(b->r->db, buf_text(&sql), e);
    buf_clear(&sql);
    return w->select != NULL;
}

void work_close(struct work *w)
{
    statement_close(w->select);
    statement_close(w->insert);
    w->select = w->insert = NULL;
}

bool state_columns(const struct table *t, const struct statement *s, struct state *out)
{
    out->found = true;
    out->county = statement_column(s, HEAD_COUNTY).s;
    out->id = statement_column(s, HEAD_ID).s;
    out->village = statement_column(s, HEAD_VILLAGE).s;
    out->fact_day = (day)statement_column(s, HEAD_FACT_DAY).n;
    out->rev = statement_column(s, HEAD_REV).n;
    for (size_t i = 0; i < t->entity->stored_count; i++)
        out->cells[i] = (struct kept){.v = statement_column(s, (int)(HEAD_COUNT + i))};
    for (size_t k = 0; k < t->sealed_count; k++) {
        struct value cipher = statement_column(s, (int)table_cipher(t, k));
        out->cells[t->sealed[k]].cipher = cipher.kind == VALUE_BYTES ? cipher.s : TEXT_NONE;
    }
    return out->county.size == COUNTY_SIZE && out->village.size == AREA_CODE_SIZE;
}

static bool find_in(struct work *w, const char *county, struct text id, struct err *e)
{
    statement_bind(w->select, 1, value_text((struct text){county, COUNTY_SIZE}));
    statement_bind(w->select, 2, value_text(id));
    enum step step = statement_step(w->select, e);
    if (step == STEP_ROW && !state_columns(w->t, w->select, &w->state))
        return err_fail_text(e, &RECORD_AREA, "code", w->state.village);
    return step != STEP_FAILED;
}

/* Where one was found the next one mostly is: that county is asked first from now on. */
static void county_to_front(struct work *w, size_t found)
{
    char first[COUNTY_SIZE + 1];
    memcpy(first, w->counties[found], sizeof first);
    memmove(w->counties[1], w->counties[0], found * sizeof w->counties[0]);
    memcpy(w->counties[0], first, sizeof first);
}

bool work_find(struct batch *b, struct work *w, const char *county, struct text id, struct err *e)
{
    (void)b;
    w->state.found = false;
    if (county != NULL && !find_in(w, county, id, e))
        return false;
    for (size_t i = 0; !w->state.found && i < w->county_count; i++) {
        if (county != NULL && memcmp(w->counties[i], county, COUNTY_SIZE) == 0)
            continue;
        if (!find_in(w, w->counties[i], id, e))
            return false;
        if (w->state.found && i > 0)
            county_to_front(w, i);
    }
    return true;
}
