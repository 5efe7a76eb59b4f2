/* What lies below a record goes where it goes: a household's members, years and measures to its new village.
 */
#include "base/base.err.h"
#include "engine/record/gram.h"

#define FOLLOW_DEPTH_MAX 8

struct child {
    struct text id;
    struct place place;
};

/* Records of `c` below `id` in a county that do not lie at `to`. */
static bool children_read(struct batch *b, const struct table *c, const char *county, struct text id,
                          const struct place *from, const struct place *to, struct child **out, size_t *count,
                          struct err *e)
{
    struct buf sql;
    size_t room = 0;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(&sql, "SELECT id, village FROM \"%s\" WHERE county = ?1 AND \"%s\" = ?2 AND village <> ?3",
                   c->entity->z, c->entity->parent->z);
    /* One that names its own village stays there, unless it stood with its parent. */
    if (c->village_column != NONE)
        buf_add_z(&sql, " AND village = ?4");
    struct statement *s = sql.failed ? NULL : statement_open(b->r->db, buf_text(&sql), e);
    buf_clear(&sql);
    if (s == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    statement_bind(s, 1, value_text(text_of(county)));
    statement_bind(s, 2, value_text(id));
    statement_bind(s, 3, value_text(text_of(to->village)));
    if (c->village_column != NONE)
        statement_bind(s, 4, value_text(text_of(from != NULL ? from->village : b->town)));
    enum step step;
    *count = 0;
    while ((step = statement_step(s, e)) == STEP_ROW) {
        if (*count == room) {
            struct child *more = arena_take_many(&b->scratch, 2 * room + 8, sizeof *more);
            if (more == NULL)
                break;
            if (*count != 0)
                memcpy(more, *out, *count * sizeof *more);
            *out = more;
            room = 2 * room + 8;
        }
        struct child *child = &(*out)[(*count)++];
        *child = (struct child){.id = text_copy(&b->scratch, statement_column(s, 0).s)};
        memcpy(child->place.county, county, COUNTY_SIZE);
        memcpy(child->place.village, statement_column(s, 1).s.at, AREA_CODE_SIZE);
        if (child->id.at == NULL)
            break;
    }
    statement_close(s);
    return step == STEP_DONE || err_fail(e, &OUT_OF_MEMORY);
}

static bool child_move(struct batch *b, const struct table *c, const struct child *child,
                       const struct place *to, struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(&sql,
                   "UPDATE \"%s\" SET county = ?3, village = ?4, rev = rev + 1 WHERE county = ?1 AND id = ?2",
                   c->entity->z);
    struct statement *s = sql.failed ? NULL : statement_open(b->r->db, buf_text(&sql), e);
    buf_clear(&sql);
    if (s == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    statement_bind(s, 1, value_text(text_of(child->place.county)));
    statement_bind(s, 2, value_text(child->id));
    statement_bind(s, 3, value_text(text_of(to->county)));
    statement_bind(s, 4, value_text(text_of(to->village)));
    bool good = statement_send(s, e);
    statement_close(s);
    const struct journal_change change = {.field = TEXT("village"),
                                          .before = value_text(text_of(child->place.village)),
                                          .after = value_text(text_of(to->village))};
    b->changed++;
    work_county(&b->work[c->index], to->county);
    return good && journal_append(b->log, text_of(to->county), c->entity->id, child->id, &change, 1, e)
           && (memcmp(child->place.county, to->county, COUNTY_SIZE) == 0
               || past_move(b, c, child->id, child->place.county, to->county, e));
}

static bool follow(struct batch *b, const struct table *t, struct text id, const struct place *from,
                   const struct place *to, int depth, struct err *e);

static bool follow_in(struct batch *b, const struct table *c, const char *county, struct text id,
                      const struct place *from, const struct place *to, int depth, struct err *e)
{
    struct child *children = NULL;
    size_t count = 0;
    if (!children_read(b, c, county, id, from, to, &children, &count, e))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!gram_move(b, c, children[i].id, &children[i].place, to, e)
            || !child_move(b, c, &children[i], to, e)
            || !follow(b, c, children[i].id, &children[i].place, to, depth + 1, e))
            return false;
    }
    return true;
}

static bool follow(struct batch *b, const struct table *t, struct text id, const struct place *from,
                   const struct place *to, int depth, struct err *e)
{
    for (size_t i = 0; t->is_parent && depth < FOLLOW_DEPTH_MAX && i < b->r->count; i++) {
        const struct table *c = b->r->order[i];
        struct work *w = &b->work[c->index];
        if (c->parent != t || w->county_count == 0)
            continue;
        /* Of a new record the children (of a row that was refused before) may lie anywhere. */
        for (size_t k = 0; k < w->county_count; k++)
            if ((from == NULL || memcmp(from->county, w->counties[k], COUNTY_SIZE) == 0)
                && !follow_in(b, c, w->counties[k], id, from, to, depth, e))
                return false;
    }
    return true;
}

bool follow_children(struct batch *b, const struct table *t, struct text id, const struct place *from,
                     const struct place *to, struct err *e)
{
    return follow(b, t, id, from, to, 0, e);
}
