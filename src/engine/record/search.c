/* Looking for names; see search.h. */
#include "engine/record/search.h"
#include "base/base.err.h"
#include "engine/record/gram.h"
#include "engine/record/record.err.h"
#include <stdlib.h>

#define GRAM_ASKED_MAX 3 /* pairs of a name that the database is asked for; the name itself decides then */
#define GRAM_RARE 64     /* rows of a pair that is rare enough to begin with */

enum { ASK_GRAM = 1, ASK_ENTITY, ASK_LO, ASK_HI, ASK_LIMIT, ASK_PLACE, ASK_MORE };

bool record_searches_sealed(const struct catalog_entity *entity, const struct catalog_field *field)
{
    for (size_t i = 0; field->sealed && i < entity->field_count; i++) {
        const struct catalog_field *derived = &entity->fields[i];
        if (derived->derived_from == field
            && (derived->derive == DERIVE_ID_VALID || derived->derive == DERIVE_PHONE_VALID))
            return true;
    }
    return false;
}

/* ---- hits ---- */

bool record_hits_add(struct record_hits *hits, enum record_rank rank, struct text id, struct arena *a,
                     struct err *e)
{
    if (hits->count == hits->room) {
        size_t room = hits->room == 0 ? 64 : 2 * hits->room;
        struct record_hit *more = arena_take_many(a, room, sizeof *more);
        if (more == NULL)
            return err_fail(e, &OUT_OF_MEMORY);
        if (hits->count > 0)
            memcpy(more, hits->at, hits->count * sizeof *more);
        hits->at = more;
        hits->room = room;
    }
    struct text copy = text_copy(a, id);
    hits->at[hits->count++] = (struct record_hit){rank, copy};
    return copy.at != NULL || err_fail(e, &OUT_OF_MEMORY);
}

static int by_id(const void *a, const void *b)
{
    const struct record_hit *x = a, *y = b;
    int order = text_compare(x->id, y->id);
    return order != 0 ? order : (x->rank > y->rank) - (x->rank < y->rank);
}

static int by_rank(const void *a, const void *b)
{
    const struct record_hit *x = a, *y = b;
    return x->rank != y->rank ? (x->rank > y->rank) - (x->rank < y->rank) : text_compare(x->id, y->id);
}

void record_hits_order(struct record_hits *hits)
{
    size_t kept = 0;
    if (hits->count == 0)
        return;
    qsort(hits->at, hits->count, sizeof *hits->at, by_id);
    for (size_t i = 0; i < hits->count; i++)
        if (kept == 0 || !text_equal(hits->at[kept - 1].id, hits->at[i].id))
            hits->at[kept++] = hits->at[i];
    hits->count = kept;
    qsort(hits->at, hits->count, sizeof *hits->at, by_rank);
    if (hits->count > RECORD_HIT_MAX) {
        hits->count = RECORD_HIT_MAX;
        hits->more = true;
    }
}

/* ---- names ---- */

struct looking {
    struct records *r;
    const struct table *t; /* whose names are looked at */
    bool parents;          /* what they hang below is what is found */
    struct area area;
    struct text grams[GRAM_NAME_MAX]; /* one, or all pairs of neighbours */
    size_t count;
    struct text asked[GRAM_ASKED_MAX]; /* of these, what the database is asked for */
    size_t asked_count;
    bool first;       /* the first asked is the first of the text: a name may begin with it */
    struct text name; /* folded */
    struct arena *a;
    struct record_hits *hits;
};

static bool grams_take(struct looking *l, struct text name, struct err *e)
{
    struct text at[GRAM_NAME_MAX];
    size_t count = gram_fold(name, at);
    l->count = 0;
    l->name = TEXT("");
    for (size_t i = 0; i < count; i++)
        l->name = text_format(l->a, "%.*s%.*s", TEXT_ARG(l->name), TEXT_ARG(at[i]));
    if (count == 1)
        l->grams[l->count++] = at[0];
    for (size_t i = 0; i + 1 < count; i++)
        l->grams[l->count++] = text_format(l->a, "%.*s%.*s", TEXT_ARG(at[i]), TEXT_ARG(at[i + 1]));
    for (size_t i = 0; i < l->count; i++)
        if (l->grams[i].at == NULL)
            return err_fail(e, &OUT_OF_MEMORY);
    return l->name.at != NULL || err_fail(e, &OUT_OF_MEMORY);
}

/* How many rows a gram has, as far as GRAM_RARE. */
static bool gram_rows(struct looking *l, struct text gram, int64_t *out, struct err *e)
{
    static const char sql[] = "SELECT count(*) FROM (SELECT 1 FROM search_gram g WHERE g.county "
                              "IN " SQL_COUNTIES " AND g.gram = ?1 AND g.entity = ?2 LIMIT ?3) n";
    struct statement *s = statement_open(l->r->db, text_of(sql), e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(gram));
    statement_bind(s, 2, value_text(l->t->entity->id));
    statement_bind(s, 3, value_int(GRAM_RARE));
    enum step step = statement_step(s, e);
    *out = step == STEP_ROW ? statement_column(s, 0).n : 0;
    statement_close(s);
    return step != STEP_FAILED;
}

/* The pairs to ask for, into l->asked: the first rare one in front, else the first of all, and some more.
 * Every pair more is a join, and a name of sixteen characters would plan longer than it runs. */
static bool grams_choose(struct looking *l, struct err *e)
{
    size_t rare = 0;
    int64_t rows = GRAM_RARE;
    for (size_t i = 0; l->count > 1 && i < l->count && rows >= GRAM_RARE; i++) {
        if (!gram_rows(l, l->grams[i], &rows, e))
            return false;
        rare = rows < GRAM_RARE ? i : 0;
    }
    l->first = rare == 0;
    l->asked_count = 0;
    l->asked[l->asked_count++] = l->grams[rare];
    for (size_t i = 1; i < l->count && l->asked_count < GRAM_ASKED_MAX; i++)
        if (i != rare)
            l->asked[l->asked_count++] = l->grams[i];
    return true;
}

/* One place of the gram that is asked for first in the area; the others must be the record's, too. None of
 * those begins the name. */
static void add_look(struct buf *sql, const struct looking *l)
{
    buf_add_format(sql,
                   "SELECT g.id, g.parent FROM search_gram g WHERE g.county IN %s AND g.gram = ?%d AND "
                   "g.entity = ?%d AND g.place = ?%d",
                   SQL_COUNTIES, ASK_GRAM, ASK_ENTITY, ASK_PLACE);
    if (l->area.lo[0] != 0)
        buf_add_format(sql, " AND g.village >= ?%d AND g.village < ?%d", ASK_LO, ASK_HI);
    for (size_t i = 1; i < l->asked_count; i++)
        buf_add_format(
            sql,
            " AND EXISTS (SELECT 1 FROM search_gram h WHERE h.county = g.county AND h.gram = ?%d AND "
            "h.entity = g.entity AND h.place = 2 AND h.village = g.village AND h.id = g.id)",
            ASK_MORE + (int)i - 1);
    buf_add_format(sql, " LIMIT ?%d", ASK_LIMIT);
}

static void bind_look(struct statement *s, const struct looking *l, int64_t place)
{
    statement_bind(s, ASK_GRAM, value_text(l->asked[0]));
    statement_bind(s, ASK_ENTITY, value_text(l->t->entity->id));
    if (l->area.lo[0] != 0) {
        statement_bind(s, ASK_LO, value_text(text_of(l->area.lo)));
        statement_bind(s, ASK_HI, value_text(text_of(l->area.hi)));
    }
    statement_bind(s, ASK_LIMIT, value_int(RECORD_HIT_MAX + 1));
    statement_bind(s, ASK_PLACE, value_int(place));
    for (size_t i = 1; i < l->asked_count; i++)
        statement_bind(s, ASK_MORE + (int)i - 1, value_text(l->asked[i]));
}

/* Whether a name that has all the pairs has them in this order, and where. */
static bool name_ranks(const struct looking *l, struct text name, enum record_rank *out)
{
    struct text at[GRAM_NAME_MAX], folded = TEXT("");
    char bytes[GRAM_NAME_MAX * 4];
    size_t size = 0, count = gram_fold(name, at);
    for (size_t i = 0; i < count; i++) {
        memcpy(bytes + size, at[i].at, at[i].size);
        size += at[i].size;
    }
    folded = (struct text){bytes, size};
    size_t where = text_find(folded, l->name, 0);
    if (where == SIZE_MAX)
        return false;
    enum record_rank rank = size == l->name.size ? RECORD_HIT_NAME
                            : where == 0         ? RECORD_HIT_PREFIX
                                                 : RECORD_HIT_PART;
    *out = rank < *out ? rank : *out;
    return true;
}

/* Three characters or more: the record's names themselves decide. */
static bool verify(struct looking *l, struct text id, enum record_rank *rank, bool *holds, struct err *e)
{
    const struct catalog_field *fields[CATALOG_FIELD_MAX];
    struct record_query q = {.entity = l->t->entity,
                             .area = l->area,
                             .as_of = DAY_NONE,
                             .fields = fields,
                             .limit = 1,
                             .behind = true,
                             .id = id};
    struct record_scan *scan;
    struct record_row row;
    for (size_t i = 0; i < l->t->entity->stored_count; i++)
        if (gram_is_name(l->t->entity->stored[i]))
            fields[q.field_count++] = l->t->entity->stored[i];
    *holds = false;
    *rank = RECORD_HIT_PART;
    if (!record_scan_open(l->r, &q, &scan, e))
        return false;
    if (record_scan_next(scan, &row, e))
        for (size_t i = 0; i < q.field_count; i++)
            if (row.values[i].kind == VALUE_TEXT && name_ranks(l, row.values[i].s, rank))
                *holds = true;
    record_scan_close(scan);
    return e->kind == NULL;
}

static bool take(struct looking *l, struct text id, struct text parent, int64_t place, struct err *e)
{
    enum record_rank rank = RECORD_HIT_NAME + (enum record_rank)place;
    bool holds = true;
    if (l->count > 1 && !verify(l, id, &rank, &holds, e))
        return false;
    struct text found = l->parents ? parent : id;
    return !holds || found.size == 0 || record_hits_add(l->hits, rank, found, l->a, e);
}

struct candidate {
    struct text id, parent;
};

static bool look(struct looking *l, int64_t place, struct err *e)
{
    struct candidate *found = arena_take_many(l->a, RECORD_HIT_MAX + 1, sizeof *found);
    struct buf sql;
    size_t count = 0;
    enum step step = STEP_DONE;
    buf_init(&sql, SQL_TEXT_MAX);
    add_look(&sql, l);
    struct statement *s = sql.failed || found == NULL ? NULL : statement_open(l->r->db, buf_text(&sql), e);
    buf_clear(&sql);
    if (s == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    bind_look(s, l, place);
    while ((step = statement_step(s, e)) == STEP_ROW && count <= RECORD_HIT_MAX)
        found[count++] = (struct candidate){text_copy(l->a, statement_column(s, 0).s),
                                            text_copy(l->a, statement_column(s, 1).s)};
    statement_close(s);
    l->hits->more |= count > RECORD_HIT_MAX;
    for (size_t i = 0; i < count && step != STEP_FAILED; i++)
        if (!take(l, found[i].id, found[i].parent, place, e))
            return false;
    return step != STEP_FAILED;
}

static bool look_in(struct looking *l, const struct table *t, bool parents, struct err *e)
{
    l->t = t;
    l->parents = parents;
    if (!grams_choose(l, e))
        return false;
    for (int64_t place = l->first ? 0 : 2; place <= 2 && l->hits->count <= RECORD_HIT_MAX; place++)
        if (!look(l, place, e))
            return false;
    return true;
}

bool record_search_name(struct records *r, const struct catalog_entity *entity, const struct area *area,
                        bool behind, struct text name, struct arena *a, struct record_hits *hits,
                        struct err *e)
{
    struct looking l = {.r = r, .a = a, .hits = hits};
    const struct table *t = table_of(r, entity);
    if (!records_permit(r, entity, behind, area, &l.area, e) || !grams_take(&l, name, e))
        return false;
    if (l.count == 0)
        return true;
    if (gram_searches(t) && !look_in(&l, t, false, e))
        return false;
    for (size_t i = 0; i < r->count; i++) {
        const struct table *below = r->order[i];
        struct err unread = {.kind = NULL};
        if (!behind && below->parent == t && gram_searches(below)
            && access_reads(r->actor, below->entity, &unread) && !look_in(&l, below, true, e))
            return false;
    }
    return true;
}
