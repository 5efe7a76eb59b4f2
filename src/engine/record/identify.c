/* Keys that were not given: a person without a number, a village known by name alone. */
#include "base/base.err.h"
#include "engine/record/batch.h"

/* The record with this parent and sealed value: by number alone it could not be found. `unnumbered`: only
 * such as have no number. */
static bool find_by_alternate(struct batch *b, const struct table *t, const struct staged *row,
                              bool unnumbered, struct text *id_out, struct err *e)
{
    struct buf sql;
    const struct catalog_field *sealed = t->entity->stored[t->alternate_sealed];
    const char *number = t->entity->fields[t->entity->key[0]].z;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(&sql, "SELECT id FROM \"%s\" WHERE county = ?1 AND \"%s\" = ?2 AND \"%s_hash\" = ?3",
                   t->entity->z, t->entity->parent->z, sealed->z);
    if (unnumbered)
        buf_add_format(&sql, " AND \"%s\" IS NULL", number);
    buf_add_z(&sql, " ORDER BY id LIMIT 1");
    struct statement *s = sql.failed ? NULL : statement_open(b->r->db, buf_text(&sql), e);
    buf_clear(&sql);
    *id_out = TEXT_NONE;
    bool good = s != NULL;
    struct work *w = &b->work[t->index];
    for (size_t i = 0; good && id_out->at == NULL && i < w->county_count; i++) {
        statement_bind(s, 1, value_text(text_of(w->counties[i])));
        statement_bind(s, 2, row->cells[t->parent_column].v);
        statement_bind(s, 3, row->cells[t->alternate_sealed].v);
        enum step step = statement_step(s, e);
        good = step != STEP_FAILED;
        if (step == STEP_ROW)
            *id_out = text_copy(&b->scratch, statement_column(s, 0).s);
    }
    statement_close(s);
    return good;
}

static bool rename_rows(struct batch *b, const struct table *t, const char *sql, struct value which,
                        struct text id, struct err *e)
{
    struct statement *s = statement_open(b->r->db, text_of(sql), e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_int((int64_t)t->index));
    statement_bind(s, 2, which);
    statement_bind(s, 3, value_text(id));
    bool good = statement_run(s, e);
    statement_close(s);
    return good;
}

/* A row of this batch with the same alternate key that has a number. */
static bool find_in_batch(struct batch *b, const struct table *t, struct text alt, struct text *id_out,
                          struct err *e)
{
    struct statement *s = statement_open(
        b->r->db,
        TEXT("SELECT id FROM stage WHERE entity = ?1 AND alt = ?2 AND id IS NOT NULL ORDER BY id LIMIT 1"),
        e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_int((int64_t)t->index));
    statement_bind(s, 2, value_bytes(alt));
    enum step step = statement_step(s, e);
    *id_out = step == STEP_ROW ? text_copy(&b->scratch, statement_column(s, 0).s) : TEXT_NONE;
    statement_close(s);
    return step != STEP_FAILED;
}

/* Rows without a number, one alternate key after the other. */
static bool resolve_alternates(struct batch *b, const struct table *t, struct err *e)
{
    static const char next[] =
        "SELECT place, alt FROM stage WHERE entity = ?1 AND id IS NULL AND alt IS NOT NULL "
        "ORDER BY alt, seq LIMIT 1";
    static const char set[] = "UPDATE stage SET id = ?3 WHERE entity = ?1 AND alt = ?2 AND id IS NULL";
    struct stage_window window = {.at = NULL};
    struct statement *s = statement_open(b->r->db, text_of(next), e);
    bool good = s != NULL;
    while (good) {
        struct staged row;
        struct text id = TEXT_NONE;
        char made[37];
        arena_rewind(&b->scratch, (struct arena_mark){NULL, 0, 0});
        statement_bind(s, 1, value_int((int64_t)t->index));
        enum step step = statement_step(s, e);
        if (step != STEP_ROW) {
            good = step == STEP_DONE;
            break;
        }
        struct text alt = text_copy(&b->scratch, statement_column(s, 1).s);
        good = stage_read_at(&b->stage, t, &window, statement_column(s, 0).n, TEXT_NONE, &b->scratch, &row, e)
               && find_by_alternate(b, t, &row, false, &id, e)
               && (id.at != NULL || find_in_batch(b, t, alt, &id, e));
        if (good && id.at == NULL) {
            uuid_format(uuid_make(), made);
            id = text_of(made);
        }
        statement_clear(s);
        good = good && rename_rows(b, t, set, value_bytes(alt), id, e);
    }
    stage_window_clear(&window);
    statement_close(s);
    return good;
}

/* The record that got this number only after it had been known by its certificate. */
bool find_by_number(struct batch *b, const struct table *t, struct text number, struct text *id_out,
                    struct err *e)
{
    struct buf sql;
    const char *field = t->entity->fields[t->entity->key[0]].z;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(&sql,
                   "SELECT id FROM \"%s\" WHERE \"%s\" = ?1 AND (id <> \"%s\" OR \"%s\" IS NULL) LIMIT 1",
                   t->entity->z, field, field, field);
    struct statement *s = sql.failed ? NULL : statement_open(b->r->db, buf_text(&sql), e);
    buf_clear(&sql);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(number));
    enum step step = statement_step(s, e);
    *id_out = step == STEP_ROW ? text_copy(&b->scratch, statement_column(s, 0).s) : TEXT_NONE;
    statement_close(s);
    return step != STEP_FAILED;
}

/* Rows with a number whose record was known before that number. */
static bool resolve_numbered(struct batch *b, const struct table *t, struct err *e)
{
    static const char next[] =
        "SELECT place, alt, id FROM stage WHERE entity = ?1 AND seq > ?2 AND id IS NOT NULL "
        "ORDER BY seq LIMIT 1";
    static const char set[] = "UPDATE stage SET id = ?3 WHERE entity = ?1 AND seq = ?2";
    struct stage_window window = {.at = NULL};
    struct statement *s = statement_open(b->r->db, text_of(next), e);
    struct work *w = &b->work[t->index];
    int64_t last = 0;
    bool good = s != NULL;
    while (good) {
        struct staged row;
        struct text id = TEXT_NONE;
        arena_rewind(&b->scratch, (struct arena_mark){NULL, 0, 0});
        statement_bind(s, 1, value_int((int64_t)t->index));
        statement_bind(s, 2, value_int(last));
        enum step step = statement_step(s, e);
        if (step != STEP_ROW) {
            good = step == STEP_DONE;
            break;
        }
        bool alternate = statement_column(s, 1).kind == VALUE_BYTES;
        good = stage_read_at(&b->stage, t, &window, statement_column(s, 0).n, statement_column(s, 2).s,
                             &b->scratch, &row, e)
               && work_find(b, w, NULL, row.id, e);
        statement_clear(s);
        last = row.seq;
        if (!good || w->state.found)
            continue;
        good = find_by_number(b, t, row.id, &id, e)
               && (id.at != NULL || !alternate || find_by_alternate(b, t, &row, true, &id, e));
        if (good && id.at != NULL) {
            b->stage.entities[t->index].ordered = false;
            good = rename_rows(b, t, set, value_int(row.seq), id, e);
        }
    }
    stage_window_clear(&window);
    statement_close(s);
    return good;
}

/* The key of a row whose village is known by name alone. */
static bool key_by_village(struct batch *b, const struct table *t, struct staged *row, struct text *id_out,
                           const struct catalog_field **missing, struct err *e)
{
    struct value *values = arena_take_many(&b->scratch, t->entity->stored_count + 1, sizeof *values);
    struct text code = TEXT_NONE;
    bool ambiguous = false;
    *missing = t->entity->village;
    *id_out = TEXT_NONE;
    if (values == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (row->village_name.at != NULL && !village_by_name(b, row->village_name, &code, &ambiguous, e))
        return false;
    if (code.at == NULL)
        return true;
    for (size_t i = 0; i < t->entity->stored_count; i++)
        values[i] = row->cells[i].v;
    values[t->village_column] = value_text(code);
    bit_set(row->given, t->village_column);
    *id_out = key_of(b, t, values, row->given, missing);
    return true;
}

static bool resolve_villages(struct batch *b, const struct table *t, struct err *e)
{
    static const char next[] =
        "SELECT place FROM stage WHERE entity = ?1 AND id IS NULL AND seq > ?2 ORDER BY seq LIMIT 1";
    static const char set[] = "UPDATE stage SET id = ?3 WHERE entity = ?1 AND seq = ?2";
    struct stage_window window = {.at = NULL};
    struct statement *s = statement_open(b->r->db, text_of(next), e);
    int64_t last = 0;
    bool good = s != NULL;
    while (good) {
        struct staged row;
        struct text id = TEXT_NONE;
        const struct catalog_field *missing = NULL;
        arena_rewind(&b->scratch, (struct arena_mark){NULL, 0, 0});
        statement_bind(s, 1, value_int((int64_t)t->index));
        statement_bind(s, 2, value_int(last));
        enum step step = statement_step(s, e);
        if (step != STEP_ROW) {
            good = step == STEP_DONE;
            break;
        }
        good = stage_read_at(&b->stage, t, &window, statement_column(s, 0).n, TEXT_NONE, &b->scratch, &row, e)
               && key_by_village(b, t, &row, &id, &missing, e);
        statement_clear(s);
        last = row.seq;
        if (good && id.at == NULL) {
            batch_refuse(b, t, &row,
                         missing == t->entity->village ? BATCH_VILLAGE_UNKNOWN : BATCH_KEY_MISSING, missing,
                         row.village_name, NULL);
            batch_reject(b, &row);
        } else if (good) {
            good = rename_rows(b, t, set, value_int(row.seq), id, e);
        }
    }
    stage_window_clear(&window);
    statement_close(s);
    return good;
}

bool resolve_keys(struct batch *b, struct work *w, struct err *e)
{
    const struct table *t = w->t;
    struct stage_entity *n = &b->stage.entities[t->index];
    if (n->count == 0 || (n->unresolved == 0 && !w->has_unnumbered))
        return true;
    if (!stage_index(&b->stage, t, e))
        return false;
    if (!t->has_alternate)
        return n->unresolved == 0 || resolve_villages(b, t, e);
    return (!w->has_unnumbered || resolve_numbered(b, t, e))
           && (n->unresolved == 0 || resolve_alternates(b, t, e));
}
