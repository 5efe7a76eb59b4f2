/* How many records a list has. Counting is half the cost of a page, so totals are kept; every change of the
 * register ends in the journal, whose heads say whether anything was changed since. */
#include "engine/record/total.h"
#include "base/base.err.h"
#include "engine/record/page_part.h"
#include <sodium.h>

#define TOTAL_MAX 512 /* totals kept, each in a place of its own by its digest */

struct total {
    unsigned char list[16];
    int64_t count;
    bool known;
};
struct totals {
    unsigned char heads[32]; /* of the journal, when they were counted */
    struct total at[TOTAL_MAX];
};

/* The heads of the journal as they stand. */
static bool heads_read(struct records *r, unsigned char out[32], struct err *e)
{
    struct statement *s = statement_open(r->db, TEXT("SELECT heads FROM journal_state WHERE id = 1"), e);
    if (s == NULL)
        return false;
    enum step step = statement_step(s, e);
    struct text heads = step == STEP_ROW ? statement_column(s, 0).s : TEXT("");
    crypto_generichash(out, 32, (const unsigned char *)heads.at, heads.size, NULL, 0);
    statement_close(s);
    return step != STEP_FAILED;
}

static struct total *place_of(struct records *r, const struct record_query *q, unsigned char list[16])
{
    crypto_generichash_state state;
    uint32_t n;
    crypto_generichash_init(&state, NULL, 0, 16);
    page_digest(q, true, &state);
    crypto_generichash_final(&state, list, 16);
    memcpy(&n, list, sizeof n);
    return &r->totals->at[n % TOTAL_MAX];
}

bool record_page_count(struct records *r, const struct record_query *q, int64_t *out, struct err *e)
{
    unsigned char list[16], heads[32];
    struct record_page whole = *q->page; /* from its beginning */
    struct record_query counted = *q;
    whole.after = (struct record_place){.id = TEXT_NONE};
    counted.page = &whole;
    counted.limit = -1;
    if (!records_permit(r, q->entity, q->behind, &q->area, &counted.area, e))
        return false;
    if (r->totals == NULL)
        r->totals = arena_take(r->arena, sizeof *r->totals);
    if (r->totals == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!heads_read(r, heads, e))
        return false;
    if (memcmp(heads, r->totals->heads, sizeof heads) != 0) {
        memset(r->totals, 0, sizeof *r->totals);
        memcpy(r->totals->heads, heads, sizeof heads);
    }
    struct total *total = place_of(r, &counted, list);
    if (!total->known || memcmp(total->list, list, sizeof list) != 0) {
        if (!scan_count(r, &counted, &total->count, e))
            return false;
        total->known = true;
        memcpy(total->list, list, sizeof list);
    }
    *out = total->count;
    return true;
}
