/* One record into its table, with its journal entry. Only columns that differ are written. */
#include "base/base.err.h"
#include "engine/record/gram.h"
#include "engine/record/record.err.h"

bool difference_of(const struct table *t, const struct state *state, const struct incoming *in,
                   struct difference *out)
{
    bool any = false;
    *out = (struct difference){.village = false};
    for (size_t i = 0; i < t->entity->stored_count; i++) {
        if (!bit(in->given, i) || (t->village_shared && i == t->village_column)
            || value_equal(state->cells[i].v, in->cells[i].v))
            continue;
        bit_set(out->set, i);
        any = true;
    }
    out->village = in->place_given && !text_equal(state->village, text_of(in->place.village));
    return any || out->village;
}

bool journal_change_of(struct batch *b, const struct table *t, const struct state *before,
                       const struct incoming *in, const struct difference *d, struct err *e)
{
    struct change_list list;
    b->changed++;
    return changes_of(b, t, before, in, d, &list, e)
           && journal_append(b->log, text_of(in->place.county), t->entity->id, in->id, list.at, list.count,
                             e);
}

static bool is_written(const struct table *t, const uint64_t set[4], size_t i)
{
    return bit(set, i) && !(t->village_shared && i == t->village_column);
}

/* Values of the stored fields in `set`, then the ciphertexts of the sealed ones. */
bool bind_values(struct batch *b, const struct table *t, struct statement *s, const struct incoming *in,
                 const uint64_t set[4], int *parameter, struct err *e)
{
    for (size_t i = 0; i < t->entity->stored_count; i++)
        if (is_written(t, set, i))
            statement_bind(s, (*parameter)++, in->cells[i].v);
    for (size_t k = 0; k < t->sealed_count; k++) {
        size_t i = t->sealed[k];
        if (!is_written(t, set, i))
            continue;
        struct text sealed = in->cells[i].cipher;
        if (in->cells[i].v.kind != VALUE_NONE && sealed.at == NULL) {
            sealed = vault_seal(b->r->vault, &b->scratch, t->entity->z, t->entity->stored[i]->z, in->id,
                                in->cells[i].plain);
            if (sealed.at == NULL)
                return err_fail(e, &OUT_OF_MEMORY);
        }
        statement_bind(s, (*parameter)++, sealed.at != NULL ? value_bytes(sealed) : value_none());
    }
    return true;
}

/* ---- a new record ---- */

static void add_insert(struct buf *sql, const struct table *t, const uint64_t set[4])
{
    int count = HEAD_COUNT;
    buf_add_format(sql, "INSERT INTO \"%s\" (county, id, village, fact_day, rev", t->entity->z);
    for (size_t i = 0; i < t->entity->stored_count; i++) {
        if (!is_written(t, set, i))
            continue;
        buf_add_z(sql, ", ");
        add_column(sql, t->entity->stored[i]);
        count++;
    }
    for (size_t k = 0; k < t->sealed_count; k++) {
        if (!is_written(t, set, t->sealed[k]))
            continue;
        buf_add_z(sql, ", ");
        add_cipher(sql, t->entity->stored[t->sealed[k]]);
        count++;
    }
    buf_add_z(sql, ") VALUES (?1");
    for (int i = 2; i <= count; i++)
        buf_add_format(sql, ", ?%d", i);
    buf_add_char(sql, ')');
}

/* One statement as long as the rows have the same columns, as the rows of a sheet do. */
static bool insert_for(struct batch *b, struct work *w, const uint64_t set[4], struct err *e)
{
    if (w->insert != NULL && memcmp(w->shape, set, sizeof w->shape) == 0)
        return true;
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    add_insert(&sql, w->t, set);
    statement_close(w->insert);
    w->insert = sql.failed ? NULL : statement_open(b->r->db, buf_text(&sql), e);
    buf_clear(&sql);
    memcpy(w->shape, set, sizeof w->shape);
    return w->insert != NULL || err_fail(e, &OUT_OF_MEMORY);
}

static void parent_size_keep(struct work *w, const struct incoming *in)
{
    if (w->t->parent == NULL || w->parent_size < 0)
        return;
    struct value parent =
        bit(in->given, w->t->parent_column) ? in->cells[w->t->parent_column].v : value_none();
    bool below = parent.kind == VALUE_TEXT && text_starts_with(in->id, parent.s) && parent.s.size != 0;
    if (below && (w->parent_size == 0 || w->parent_size == (int64_t)parent.s.size))
        w->parent_size = (int64_t)parent.s.size;
    else
        w->parent_size = -1;
}

bool write_insert(struct batch *b, struct work *w, struct incoming *in, struct err *e)
{
    const struct table *t = w->t;
    struct difference all = {.village = true, .fact_day = true};
    if (!derive_all(b, t, in->cells, in->given, e) || !insert_for(b, w, in->given, e))
        return false;
    memcpy(all.set, in->given, sizeof all.set);
    int parameter = HEAD_COUNT + 1;
    statement_bind(w->insert, HEAD_COUNTY + 1, value_text(text_of(in->place.county)));
    statement_bind(w->insert, HEAD_ID + 1, value_text(in->id));
    statement_bind(w->insert, HEAD_VILLAGE + 1, value_text(text_of(in->place.village)));
    statement_bind(w->insert, HEAD_FACT_DAY + 1, value_int(in->fact_day));
    statement_bind(w->insert, HEAD_REV + 1, value_int(1));
    if (!bind_values(b, t, w->insert, in, in->given, &parameter, e) || !statement_send(w->insert, e))
        return false;
    work_county(w, in->place.county);
    parent_size_keep(w, in);
    if (b->events->wrote != NULL)
        b->events->wrote(b->events->user, t->entity, in->id, true);
    return journal_change_of(b, t, NULL, in, &all, e) && gram_write(b, w, NULL, in, &all, e)
           && (!t->is_parent || follow_children(b, t, in->id, NULL, &in->place, e));
}

/* ---- a changed one ---- */

void add_assignments(struct buf *sql, const struct table *t, const struct difference *d, int *parameter)
{
    for (size_t i = 0; i < t->entity->stored_count; i++) {
        if (!is_written(t, d->set, i))
            continue;
        buf_add_z(sql, ", ");
        add_column(sql, t->entity->stored[i]);
        buf_add_format(sql, " = ?%d", (*parameter)++);
    }
    for (size_t k = 0; k < t->sealed_count; k++) {
        if (!is_written(t, d->set, t->sealed[k]))
            continue;
        buf_add_z(sql, ", ");
        add_cipher(sql, t->entity->stored[t->sealed[k]]);
        buf_add_format(sql, " = ?%d", (*parameter)++);
    }
    if (d->village)
        buf_add_format(sql, ", county = ?%d, village = ?%d", *parameter, *parameter + 1);
    *parameter += d->village ? 2 : 0;
}

bool write_row(struct batch *b, const struct table *t, const struct state *state, const struct incoming *in,
               const struct difference *d, struct err *e)
{
    struct buf sql;
    int parameter = 4;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(&sql, "UPDATE \"%s\" SET rev = rev + 1, fact_day = ?3", t->entity->z);
    add_assignments(&sql, t, d, &parameter);
    buf_add_z(&sql, " WHERE county = ?1 AND id = ?2");
    struct statement *s = sql.failed ? NULL : statement_open(b->r->db, buf_text(&sql), e);
    buf_clear(&sql);
    if (s == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    parameter = 4;
    statement_bind(s, 1, value_text(state->county));
    statement_bind(s, 2, value_text(state->id));
    statement_bind(s, 3, value_int(in->fact_day));
    bool good = bind_values(b, t, s, in, d->set, &parameter, e);
    if (d->village) {
        statement_bind(s, parameter, value_text(text_of(in->place.county)));
        statement_bind(s, parameter + 1, value_text(text_of(in->place.village)));
    }
    good = good && statement_send(s, e);
    statement_close(s);
    return good;
}

static struct place place_of(const struct state *state)
{
    struct place place = {.county = ""};
    memcpy(place.county, state->county.at, COUNTY_SIZE);
    memcpy(place.village, state->village.at, AREA_CODE_SIZE);
    return place;
}

/* The record goes to another village: its past to the other county with it, and what lies below it. */
static bool place_move(struct batch *b, struct work *w, const struct incoming *in, const struct place *from,
                       struct err *e)
{
    work_county(w, in->place.county);
    if (memcmp(from->county, in->place.county, COUNTY_SIZE) != 0
        && !past_move(b, w->t, in->id, from->county, in->place.county, e))
        return false;
    return !w->t->is_parent || follow_children(b, w->t, in->id, from, &in->place, e);
}

bool write_update(struct batch *b, struct work *w, struct incoming *in, enum outcome *out, struct err *e)
{
    const struct table *t = w->t;
    struct difference d;
    *out = OUTCOME_UNCHANGED;
    if (!difference_of(t, &w->state, in, &d))
        return true;
    struct place from = place_of(&w->state);
    if (!d.village)
        in->place = from;
    d.fact_day = in->fact_day != w->state.fact_day;
    if (!derive_all(b, t, in->cells, d.set, e))
        return false;
    if (d.fact_day && !past_keep(b, w, &w->state, in->fact_day, e))
        return false;
    if (!journal_change_of(b, t, &w->state, in, &d, e) || !gram_write(b, w, &w->state, in, &d, e)
        || !write_row(b, t, &w->state, in, &d, e))
        return false;
    if (t->parent_column != NONE && bit(d.set, t->parent_column))
        w->parent_size = -1;
    *out = OUTCOME_UPDATED;
    if (b->events->wrote != NULL)
        b->events->wrote(b->events->user, t->entity, in->id, false);
    return !d.village || place_move(b, w, in, &from, e);
}
