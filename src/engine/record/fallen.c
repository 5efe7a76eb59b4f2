/* Rows whose companion was refused: what stands in one row of a sheet is taken or refused as a whole.
 * Companions are of entities that lie above, so they are settled before the rows that they ride on.
 */
#include "base/base.err.h"
#include "engine/record/batch.h"
#include <stdlib.h>

#define FALLEN_BYTES_MAX ((size_t)64 << 20)

static uint64_t place_of(const struct staged *row) { return (uint64_t)row->sheet << 32 | row->row; }

void fallen_add(struct batch *b, const struct staged *companion)
{
    uint64_t place = place_of(companion);
    if (b->fallen.ceiling == 0)
        buf_init(&b->fallen, FALLEN_BYTES_MAX);
    buf_add(&b->fallen, (struct text){(const char *)&place, sizeof place});
    b->fallen_sorted = false;
}

static int place_compare(const void *left, const void *right)
{
    uint64_t a, b;
    memcpy(&a, left, sizeof a);
    memcpy(&b, right, sizeof b);
    return (a > b) - (a < b);
}

bool fallen_has(struct batch *b, const struct staged *row, bool *has_out, struct err *e)
{
    uint64_t place = place_of(row);
    *has_out = false;
    if (b->fallen.failed)
        return err_fail(e, &OUT_OF_MEMORY);
    size_t count = b->fallen.size / sizeof place;
    if (count == 0 || row->companion)
        return true;
    if (!b->fallen_sorted)
        qsort(b->fallen.at, count, sizeof place, place_compare);
    b->fallen_sorted = true;
    *has_out = bsearch(&place, b->fallen.at, count, sizeof place, place_compare) != NULL;
    return true;
}
