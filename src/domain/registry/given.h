/* Values that a caller gives for one record. For this folder only. */
#ifndef DOMAIN_REGISTRY_GIVEN_H
#define DOMAIN_REGISTRY_GIVEN_H
#include "domain/registry/parts.h"

/* What was given, and everything that was wrong with it: refusals gather until all fields are read. */
struct given {
    struct op_call *call;
    const struct catalog_entity *entity;
    struct value *values; /* by stored field */
    uint64_t set[4];
    struct op_refusal *refusals;
    size_t refusal_count, refusal_room;
};
MUST_USE bool given_init(struct given *g, struct op_call *call, const struct catalog_entity *entity,
                         struct err *e);
/* Reads the OP_FIELDS parameter `parameter` as an import reads cells. `present` (with values), or NULL for a
 * new record: its key cannot become another. False only when memory is out; what was refused is counted. */
MUST_USE bool given_read(struct given *g, const char *parameter, const struct present *present,
                         struct err *e);
/* One more value, as if the caller had given it. */
void given_put(struct given *g, const struct catalog_field *field, struct value v);
/* Takes a copy of `why`. `field` may be empty: the record as a whole. */
MUST_USE bool given_refuse(struct given *g, struct text field, const struct err *why, struct err *e);
/* REGISTRY_VALUES_REFUSED where anything was refused; the call tells all of it. */
MUST_USE bool given_stands(struct given *g, struct err *e);

/* Writing one record, or several that belong together, as one batch. */
struct saving {
    struct given *given;
    struct text why;
    bool dry_run;
    /* Inside the transaction, before anything is staged; false undoes. NULL: nothing. */
    bool (*begun)(struct saving *s, struct err *e);
    /* Everything is applied, not committed. NULL: nothing. */
    bool (*applied)(struct saving *s, const struct batch_counts *counts, struct err *e);
    void *user;
    struct text wrote;    /* id of the record of given->entity that was inserted, in the call's arena */
    struct text existing; /* of one that was there already */
    struct err failed;    /* inside a callback */
    struct batch *batch;
};
/* Opens the batch and calls `begun`; then saving_add any number of rows, then saving_end. On false the batch
 * is abandoned. */
MUST_USE bool saving_begin(struct saving *s, struct err *e);
/* A row of the given values: of a known record (id) or a new one (TEXT_NONE). */
MUST_USE bool saving_add(struct saving *s, struct given *g, struct text id, day fact_day, struct err *e);
MUST_USE bool saving_end(struct saving *s, struct err *e);
void saving_abandon(struct saving *s);

#endif
