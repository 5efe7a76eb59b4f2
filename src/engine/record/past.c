/* Earlier states of records: pieces of time, half open, that follow each other up to the present state.
 *
 * What holds at a day before the first piece is the first one (design.md 3), so a fact that is older than all
 * is a change of that. A fact within a piece splits it; one on its first day corrects it. Later pieces stay
 * as they are.
 */
#include "base/base.err.h"
#include "engine/record/batch.h"

static struct statement *open_sql(struct batch *b, struct buf *sql, struct err *e)
{
    struct statement *s = sql->failed ? NULL : statement_open(b->r->db, buf_text(sql), e);
    buf_clear(sql);
    if (s == NULL)
        err_fail(e, &OUT_OF_MEMORY);
    return s;
}

/* Copies a state into the past: the present one, or (from_past) the piece that begins on `piece`. */
static bool copy_state(struct batch *b, const struct table *t, const struct state *state, bool from_past,
                       day piece, day from, day until, struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(&sql, "INSERT INTO \"%s_past\" (", t->entity->z);
    buf_add(&sql, t->each_column);
    buf_add_z(&sql, ", valid_from, valid_to) SELECT ");
    buf_add(&sql, t->each_column);
    buf_add_z(&sql, ", ?3, ?4 FROM ");
    add_table(&sql, t, from_past);
    buf_add_format(&sql, " WHERE county = ?1 AND id = ?2%s", from_past ? " AND valid_from = ?5" : "");
    struct statement *s = open_sql(b, &sql, e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(state->county));
    statement_bind(s, 2, value_text(state->id));
    statement_bind(s, 3, value_int(from));
    statement_bind(s, 4, value_int(until));
    if (from_past)
        statement_bind(s, 5, value_int(piece));
    bool good = statement_send(s, e);
    statement_close(s);
    b->work[t->index].has_past = true;
    return good;
}

bool past_keep(struct batch *b, struct work *w, const struct state *state, day until, struct err *e)
{
    return copy_state(b, w->t, state, false, 0, state->fact_day, until, e);
}

bool past_move(struct batch *b, const struct table *t, struct text id, const char *from, const char *to,
               struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(&sql, "UPDATE \"%s_past\" SET county = ?3 WHERE county = ?1 AND id = ?2", t->entity->z);
    struct statement *s = open_sql(b, &sql, e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(text_of(from)));
    statement_bind(s, 2, value_text(id));
    statement_bind(s, 3, value_text(text_of(to)));
    bool good = statement_send(s, e);
    statement_close(s);
    return good;
}

/* The piece that holds on `on`, or the first one after it. Its statement stays open behind the state's texts.
 */
static struct statement *piece_find(struct batch *b, const struct table *t, const struct state *present,
                                    day on, struct state *out, struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_z(&sql, "SELECT ");
    buf_add(&sql, t->all_columns);
    buf_add_format(&sql,
                   ", valid_from, valid_to FROM \"%s_past\" WHERE county = ?1 AND id = ?2 AND valid_to > ?3 "
                   "ORDER BY valid_from LIMIT 1",
                   t->entity->z);
    struct statement *s = open_sql(b, &sql, e);
    if (s == NULL)
        return NULL;
    statement_bind(s, 1, value_text(present->county));
    statement_bind(s, 2, value_text(present->id));
    statement_bind(s, 3, value_int(on));
    enum step step = statement_step(s, e);
    out->found = false;
    if (step == STEP_ROW && state_columns(t, s, out)) {
        out->valid_from = (day)statement_column(s, (int)table_width(t)).n;
        out->valid_to = (day)statement_column(s, (int)table_width(t) + 1).n;
    }
    if (step == STEP_FAILED) {
        statement_close(s);
        return NULL;
    }
    return s;
}

static bool piece_end(struct batch *b, const struct table *t, const struct state *piece, day until,
                      struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(&sql,
                   "UPDATE \"%s_past\" SET valid_to = ?4 WHERE county = ?1 AND id = ?2 AND valid_from = ?3",
                   t->entity->z);
    struct statement *s = open_sql(b, &sql, e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(piece->county));
    statement_bind(s, 2, value_text(piece->id));
    statement_bind(s, 3, value_int(piece->valid_from));
    statement_bind(s, 4, value_int(until));
    bool good = statement_send(s, e);
    statement_close(s);
    return good;
}

/* The differing columns into the piece that begins on the fact's day. The county stays that of the present
 * record: past and present are found together. */
static bool piece_update(struct batch *b, const struct table *t, const struct state *base,
                         const struct incoming *in, const struct difference *d, struct err *e)
{
    struct buf sql;
    struct difference columns = *d;
    int parameter = 5;
    columns.village = false;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(&sql, "UPDATE \"%s_past\" SET fact_day = ?3, village = ?4", t->entity->z);
    add_assignments(&sql, t, &columns, &parameter);
    buf_add_z(&sql, " WHERE county = ?1 AND id = ?2 AND valid_from = ?3");
    struct statement *s = open_sql(b, &sql, e);
    if (s == NULL)
        return false;
    parameter = 5;
    statement_bind(s, 1, value_text(base->county));
    statement_bind(s, 2, value_text(base->id));
    statement_bind(s, 3, value_int(in->fact_day));
    statement_bind(s, 4, value_text(d->village ? text_of(in->place.village) : base->village));
    bool good = bind_values(b, t, s, in, d->set, &parameter, e) && statement_send(s, e);
    statement_close(s);
    return good;
}

/* Makes sure that a piece begins on the fact's day; `base`: the state that held there so far. */
static bool piece_begin(struct batch *b, struct work *w, const struct state *base, bool is_past, day on,
                        struct err *e)
{
    if (!is_past)
        return copy_state(b, w->t, base, false, 0, on, base->fact_day, e);
    if (base->valid_from == on)
        return true;
    if (base->valid_from > on)
        return copy_state(b, w->t, base, true, base->valid_from, on, base->valid_from, e);
    return copy_state(b, w->t, base, true, base->valid_from, on, base->valid_to, e)
           && piece_end(b, w->t, base, on, e);
}

static bool piece_change(struct batch *b, struct work *w, struct incoming *in, const struct state *base,
                         bool is_past, enum outcome *out, struct err *e)
{
    struct difference d;
    /* Only a village that these rows name themselves belongs to the past; where the household lies today does
     * not. */
    in->place_given = w->t->village_column != NONE && bit(in->given, w->t->village_column) && in->place_given;
    if (!difference_of(w->t, base, in, &d))
        return true;
    d.valid_from = true;
    memcpy(in->place.county, base->county.at, COUNTY_SIZE);
    if (!derive_all(b, w->t, in->cells, d.set, e) || !journal_change_of(b, w->t, base, in, &d, e))
        return false;
    *out = OUTCOME_UPDATED;
    return piece_begin(b, w, base, is_past, in->fact_day, e) && piece_update(b, w->t, base, in, &d, e);
}

bool write_past(struct batch *b, struct work *w, struct incoming *in, enum outcome *out, struct err *e)
{
    *out = OUTCOME_UNCHANGED;
    if (!w->has_past)
        return piece_change(b, w, in, &w->state, false, out, e);
    struct state piece = {
        .cells = arena_take_many(&b->scratch, w->t->entity->stored_count + 1, sizeof *piece.cells)};
    if (piece.cells == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    struct statement *s = piece_find(b, w->t, &w->state, in->fact_day, &piece, e);
    if (s == NULL)
        return false;
    bool good = piece_change(b, w, in, piece.found ? &piece : &w->state, piece.found, out, e);
    statement_close(s);
    return good;
}
