/* Counting what a page's query finds, inside the engine. */
#ifndef ENGINE_RECORD_TOTAL_H
#define ENGINE_RECORD_TOTAL_H
#include "engine/record/page_part.h"
#include <sodium.h>

/* Adds what decides which records a query finds; without `counting` not its area, but its order. */
void page_digest(const struct record_query *q, bool counting, crypto_generichash_state *state);
/* scan.c: counts, here and now. */
MUST_USE bool scan_count(struct records *r, const struct record_query *q, int64_t *out, struct err *e);

#endif
