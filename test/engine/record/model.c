#include "model.h"
#include <string.h>

const struct model_piece *model_at(const struct model_record *r, int day)
{
    const struct model_piece *p = &r->piece[0];
    for (int i = 0; i < r->count && r->piece[i].from <= day; i++)
        p = &r->piece[i];
    return p;
}

static struct model_piece *present(struct model_record *r) { return &r->piece[r->count - 1]; }

static bool same_key(const struct model_row *a, const struct model_row *b)
{
    return a->kind == b->kind && a->id == b->id;
}

static bool clash(const struct model_row *rows, int count, const struct model_row *of)
{
    for (int i = 0; i < count; i++)
        for (int j = 0; j < count; j++)
            for (int f = 0; f < MODEL_FIELDS; f++)
                if (same_key(&rows[i], of) && same_key(&rows[j], of) && rows[i].given[f] && rows[j].given[f]
                    && rows[i].value[f] != rows[j].value[f])
                    return true;
    return false;
}

static int parent_of(const struct model_row *row)
{
    if (row->kind == MODEL_INCOME)
        return row->id / 10;
    return row->kind == MODEL_PERSON && row->given[0] && row->value[0] != 0 ? row->value[0] - 1 : -1;
}

/* Where the household lies: as the register has it, else as the first of its rows says. -2: nowhere to be
 * found. */
static int household_village(const struct model *m, const struct model_row *rows, int count, int household)
{
    if (m->record[MODEL_HOUSEHOLD][household].exists)
        return m->record[MODEL_HOUSEHOLD][household]
            .piece[m->record[MODEL_HOUSEHOLD][household].count - 1]
            .village;
    for (int i = 0; i < count; i++)
        if (rows[i].kind == MODEL_HOUSEHOLD && rows[i].id == household)
            return rows[i].given[0] && rows[i].value[0] != 0 ? rows[i].value[0] : MODEL_TOWN;
    return -2;
}

static void follow(struct model *m, int household, int from, int to)
{
    for (int id = 0; id < MODEL_IDS; id++) {
        struct model_record *p = &m->record[MODEL_PERSON][id];
        if (p->exists && present(p)->value[0] == household + 1 && present(p)->village == from)
            present(p)->village = to;
    }
    for (int year = 0; year < 10; year++) {
        struct model_record *income = &m->record[MODEL_INCOME][household * 10 + year];
        if (income->exists)
            present(income)->village = to;
    }
}

static bool differs(const struct model_piece *p, const struct model_row *row, int village)
{
    bool any = village >= 0 && p->village != village;
    for (int f = 0; f < MODEL_FIELDS; f++)
        if (row->given[f] && !(row->kind == MODEL_HOUSEHOLD && f == 0))
            any |= p->value[f] != row->value[f];
    return any;
}

static void put(struct model_piece *p, const struct model_row *row, int village)
{
    for (int f = 0; f < MODEL_FIELDS; f++)
        if (row->given[f])
            p->value[f] = row->value[f];
    if (village >= 0)
        p->village = village;
}

/* One row without repeats; `village` where it says that the record lies, -1: it does not say. */
static int apply_one(struct model *m, const struct model_row *row, int village)
{
    struct model_record *r = &m->record[row->kind][row->id];
    if (!r->exists) {
        memset(r, 0, sizeof *r);
        r->exists = true;
        r->count = 1;
        r->piece[0].from = row->day;
        put(&r->piece[0], row, village >= 0 ? village : MODEL_TOWN);
        if (row->kind == MODEL_HOUSEHOLD)
            follow(m, row->id, MODEL_TOWN, r->piece[0].village);
        return MODEL_INSERTED;
    }
    bool past = row->day < present(r)->from;
    if (past && row->kind != MODEL_HOUSEHOLD)
        village = -1; /* where the household lies today says nothing about then */
    struct model_piece changed = *model_at(r, row->day);
    int old_village = present(r)->village;
    if (!differs(&changed, row, village))
        return MODEL_UNCHANGED;
    put(&changed, row, village);
    changed.from = row->day;
    int at = 0;
    while (at < r->count && r->piece[at].from < row->day)
        at++;
    if (at == r->count || r->piece[at].from != row->day) {
        memmove(&r->piece[at + 1], &r->piece[at], (size_t)(r->count - at) * sizeof r->piece[0]);
        r->count++;
    }
    r->piece[at] = changed;
    if (!past && row->kind == MODEL_HOUSEHOLD && present(r)->village != old_village)
        follow(m, row->id, old_village, present(r)->village);
    return MODEL_UPDATED;
}

static int village_of(const struct model *m, const struct model_row *rows, int count,
                      const struct model_row *row)
{
    if (row->kind == MODEL_HOUSEHOLD)
        return row->given[0] && row->value[0] != 0 ? row->value[0] : -1;
    int parent = parent_of(row);
    return parent >= 0 ? household_village(m, rows, count, parent) : -1;
}

/* All rows of the key of rows[first]: the first has the outcome, the others are unchanged. */
static bool apply_key(struct model *m, const struct model_row *rows, int count, int first,
                      int outcome[MODEL_ROWS])
{
    const struct model_row *of = &rows[first];
    struct model_row merged = *of;
    bool days_differ = false, refused = clash(rows, count, of);
    for (int i = 0; i < count; i++) {
        if (!same_key(&rows[i], of))
            continue;
        outcome[i] = refused ? MODEL_REJECTED : MODEL_UNCHANGED;
        days_differ |= rows[i].day != of->day;
        for (int f = 0; f < MODEL_FIELDS; f++) {
            if (rows[i].given[f]) {
                merged.given[f] = true;
                merged.value[f] = rows[i].value[f];
            }
        }
    }
    if (refused)
        return false;
    /* A person hangs below a household: says below which, or is known. */
    bool loose = of->kind == MODEL_PERSON
                 && (merged.given[0] ? merged.value[0] == 0 : !m->record[MODEL_PERSON][of->id].exists);
    if (loose || village_of(m, rows, count, &merged) == -2) {
        for (int i = 0; i < count; i++)
            if (same_key(&rows[i], of))
                outcome[i] = MODEL_REJECTED;
        return false;
    }
    if (!days_differ)
        return (outcome[first] = apply_one(m, &merged, village_of(m, rows, count, &merged)))
               != MODEL_UNCHANGED;
    for (int day = 0; day < 1000; day++) {
        for (int i = 0; i < count; i++) {
            if (!same_key(&rows[i], of) || rows[i].day != day)
                continue;
            struct model_row row = rows[i];
            if (row.kind == MODEL_PERSON && merged.given[0]) { /* what one row says of that holds for all */
                row.given[0] = true;
                row.value[0] = merged.value[0];
            }
            int one = apply_one(m, &row, village_of(m, rows, count, &row));
            if (one != MODEL_UNCHANGED && outcome[first] != MODEL_INSERTED)
                outcome[first] = one;
        }
    }
    return outcome[first] != MODEL_UNCHANGED;
}

bool model_apply(struct model *m, const struct model_row *rows, int count, int outcome[MODEL_ROWS])
{
    bool any = false;
    for (int kind = 0; kind < MODEL_KINDS; kind++) {
        for (int i = 0; i < count; i++) {
            bool seen = false;
            for (int j = 0; j < i; j++)
                seen |= same_key(&rows[j], &rows[i]);
            if (rows[i].kind == kind && !seen)
                any |= apply_key(m, rows, count, i, outcome);
        }
    }
    return any;
}
