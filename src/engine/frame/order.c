/* The order of a table's rows, and the slices of children that follow from it.
 *
 * A scan gives rows by county and id; a stable counting sort by parent (or village) keeps that within each.
 * Where numbers of households begin with the code of their village, and those of persons with the
 * household's, nothing has to be moved.
 */
#include "engine/frame/table.h"
#include <stdlib.h>

/* Rank by code of each row of the village table. */
struct coded {
    struct text code;
    uint32_t row;
};
static int by_code(const void *a, const void *b)
{
    return text_compare(((const struct coded *)a)->code, ((const struct coded *)b)->code);
}

static uint32_t *village_ranks(const struct table *villages)
{
    uint32_t count = villages->ids.count;
    struct coded *codes = calloc((size_t)count + 1, sizeof *codes);
    uint32_t *ranks = calloc((size_t)count + 1, sizeof *ranks);
    if (codes == NULL || ranks == NULL) {
        free(codes);
        free(ranks);
        return NULL;
    }
    for (uint32_t i = 0; i < count; i++)
        codes[i] = (struct coded){pool_get(&villages->ids, i), i};
    qsort(codes, count, sizeof *codes, by_code);
    for (uint32_t i = 0; i < count; i++)
        ranks[codes[i].row] = i;
    free(codes);
    return ranks;
}

/* What a row is ordered by: below `buckets`, orphans last. */
struct keys {
    const struct table *t;
    uint32_t *ranks; /* of villages, or NULL */
    uint32_t buckets;
};
static uint32_t key_of(const struct keys *k, uint32_t row)
{
    if (k->ranks != NULL)
        return k->ranks[climb_get(&k->t->village, row)];
    uint32_t above = climb_get(&k->t->above, row);
    return above == ROW_NONE ? k->buckets - 1 : above;
}

static bool is_ordered(const struct keys *k)
{
    for (uint32_t row = 1; row < k->t->rows; row++)
        if (key_of(k, row) < key_of(k, row - 1))
            return false;
    return true;
}

static bool permute_columns(struct table *t, const uint32_t *from)
{
    for (size_t i = 0; i < t->entity->stored_count; i++) {
        struct column *c = t->columns[i];
        if (c != NULL
            && !(bits_permute(&c->present, from, t->rows) && bits_permute(&c->yes, from, t->rows)
                 && packed_permute(&c->n, from, t->rows)))
            return false;
    }
    return t->uses == NULL
           || (bits_permute(&t->uses->present, from, t->rows) && packed_permute(&t->uses->n, from, t->rows));
}

static bool permute_ids(struct table *t, const uint32_t *from)
{
    return atomic_load_explicit(&t->tailed, memory_order_relaxed) ? packed_permute(&t->tail, from, t->rows)
                                                                  : pool_permute(&t->ids, from, t->rows);
}

static bool sort(struct table *t, const struct keys *k)
{
    uint32_t *starts = calloc((size_t)k->buckets + 1, sizeof *starts);
    uint32_t *from = calloc((size_t)t->rows + 1, sizeof *from);
    bool sorted = starts != NULL && from != NULL;
    if (sorted) {
        for (uint32_t row = 0; row < t->rows; row++)
            starts[key_of(k, row) + 1]++;
        for (uint32_t i = 0; i < k->buckets; i++)
            starts[i + 1] += starts[i];
        for (uint32_t row = 0; row < t->rows; row++)
            from[starts[key_of(k, row)]++] = row;
        sorted = permute_ids(t, from)
                 && climb_permute(t->parent == NULL ? &t->village : &t->above, from, t->rows)
                 && permute_columns(t, from);
    }
    free(starts);
    free(from);
    return sorted;
}

static bool slices_of_parent(struct table *t)
{
    uint32_t parents = t->parent->rows;
    t->first = calloc((size_t)parents + 1, sizeof *t->first);
    if (t->first == NULL)
        return false;
    for (uint32_t row = 0; row < t->rows - t->orphans; row++)
        t->first[climb_get(&t->above, row) + 1]++;
    for (uint32_t i = 0; i < parents; i++)
        t->first[i + 1] += t->first[i];
    return true;
}

static bool slices_of_village(struct frame *f, struct table *t)
{
    uint32_t villages = f->villages->ids.count;
    t->first = calloc((size_t)villages + 1, sizeof *t->first);
    t->count = calloc((size_t)villages + 1, sizeof *t->count);
    if (t->first == NULL || t->count == NULL)
        return false;
    t->villages = villages;
    for (uint32_t row = 0; row < t->rows; row++) {
        uint32_t village = climb_get(&t->village, row);
        if (t->count[village]++ == 0)
            t->first[village] = row;
    }
    return true;
}

static void trim(struct table *t)
{
    pool_trim(&t->ids);
    climb_trim(t->parent == NULL ? &t->village : &t->above, t->rows);
    packed_trim(&t->tail, t->rows);
    for (size_t i = 0; i < t->entity->stored_count; i++) {
        if (t->columns[i] == NULL)
            continue;
        packed_trim(&t->columns[i]->n, t->rows);
        bits_trim(&t->columns[i]->present, t->rows);
        bits_trim(&t->columns[i]->yes, t->rows);
    }
}

bool frame_table_order(struct frame *f, struct table *t)
{
    if (t == f->villages)
        return true; /* a scan by id is a scan by code */
    struct keys k = {.t = t, .buckets = t->parent != NULL ? t->parent->rows + 1 : f->villages->ids.count};
    if (t->parent == NULL && (k.ranks = village_ranks(f->villages)) == NULL)
        return false;
    bool ordered = is_ordered(&k) || sort(t, &k);
    free(k.ranks);
    trim(t);
    return ordered && (t->parent != NULL ? slices_of_parent(t) : slices_of_village(f, t));
}

static uint32_t *slot_in(uint32_t *slots, uint32_t mask, const struct pool *ids, struct text id)
{
    uint32_t slot = (uint32_t)text_hash(id) & mask;
    while (slots[slot] != 0 && !text_equal(pool_get(ids, slots[slot] - 1), id))
        slot = (slot + 1) & mask;
    return &slots[slot];
}

bool frame_table_spell(struct table *t)
{
    if (!atomic_load_explicit(&t->tailed, memory_order_relaxed))
        return true;
    for (uint32_t row = t->ids.count; row < t->rows; row++)
        if (!pool_join(&t->ids, pool_get(&t->parent->ids, climb_get(&t->above, row)),
                       t->tails.at[packed_get(&t->tail, row)].stored))
            return false;
    atomic_store_explicit(&t->tailed, false, memory_order_release);
    return true;
}

bool frame_table_index(struct table *t)
{
    if (t->slots != NULL)
        return true;
    if (!frame_table_spell(t))
        return false;
    uint32_t size = 64;
    while (size / 2 < t->ids.count && size < (uint32_t)1 << 31)
        size *= 2;
    t->slots = calloc(size, sizeof *t->slots);
    if (t->slots == NULL)
        return false;
    t->slot_mask = size - 1;
    for (uint32_t row = 0; row < t->ids.count; row++)
        *slot_in(t->slots, t->slot_mask, &t->ids, pool_get(&t->ids, row)) = row + 1;
    return true;
}

uint32_t frame_table_find(const struct table *t, struct text id)
{
    if (t->slots == NULL)
        return ROW_NONE;
    return *slot_in(t->slots, t->slot_mask, &t->ids, id) - 1; /* 0 - 1 is ROW_NONE */
}

uint32_t frame_village_row(struct frame *f, struct text code)
{
    struct table *v = f->villages;
    if (v->slots != NULL && v->ids.count >= v->slot_mask / 2) {
        free(v->slots);
        v->slots = NULL;
    }
    if (!frame_table_index(v))
        return ROW_NONE;
    uint32_t *slot = slot_in(v->slots, v->slot_mask, &v->ids, code);
    if (*slot == 0) {
        if (!pool_add(&v->ids, code))
            return ROW_NONE;
        *slot = v->ids.count;
    }
    return *slot - 1;
}
