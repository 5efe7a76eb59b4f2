/* The register as columns in memory, filled from the store in one pass; what rules, grades and indicators run
 * on.
 *
 * A frame holds the records of every entity that is asked for, as they were valid on a day, within an area;
 * only the fields asked for. Records below a parent lie together: a household's members are a slice, ordered
 * by id. Households lie in the order of village, then id. A column is an array with a bit for each row that
 * has a value; texts and codes are numbered in dictionaries. Years, events and tenures that begin after the
 * day are not in it.
 *
 * Filled, a frame never changes but for its computed columns (engine/select fills those, several threads at a
 * time, each on rows of its own); then any number of threads may read it.
 */
#ifndef ENGINE_FRAME_FRAME_H
#define ENGINE_FRAME_FRAME_H
#include "engine/record/record.h"

struct frame;
/* What catalog_load takes: how expressions read a frame. `host` of a cel_run is a struct frame_host. */
extern const struct catalog_reader frame_reader;
/* Where the reading of one thread leaves what an evaluation met. The owner zeroes it before an evaluation. */
struct frame_host {
    const struct frame *frame;
    const struct catalog *catalog;
    struct text unset_what, unset_who; /* set when an expression read an UNSET line or parameter, or (who
                                          TEXT_NONE) one that the pack does not have for that day */
    const struct catalog_computed
        *failed; /* a computed value or selection was read that could not be evaluated there */
    /* Told of each field that is read, where somebody wants to know; NULL: nobody. */
    void (*seen)(void *user, const struct catalog_entity *entity, uint32_t row,
                 const struct catalog_member *member);
    void *seen_user;
};

/* The fields that are needed, as a set over catalog entities; children, parents and ids need no mention. */
struct frame_needs {
    uint64_t (*fields)[4]; /* by entity index: bit = catalog_field.column */
    bool *entities;        /* records needed at all */
    bool *uses;            /* by entity: its DERIVE_USES field is wanted */
    bool *ids;             /* by entity: expressions read its ids, or refs name them */
    bool *computed;        /* by catalog.computed */
};
/* NULL: memory is out. */
MUST_USE struct frame_needs *frame_needs_new(const struct catalog *c, struct arena *a);
/* Adds what a program reads, computed fields followed to what they read. NULL: nothing. */
void frame_needs_program(struct frame_needs *needs, const struct catalog *c,
                         const struct cel_program *program);
/* A stored field, one counted when a frame is filled (uses), or catalog_computed.shown. */
void frame_needs_field(struct frame_needs *needs, const struct catalog *c,
                       const struct catalog_entity *entity, const struct catalog_field *field);
void frame_needs_entity(struct frame_needs *needs, const struct catalog_entity *entity);
/* The computed value whose `shown` the field is; NULL: an ordinary field. */
const struct catalog_computed *frame_computed_of(const struct catalog *c, const struct catalog_field *field);
/* The entity of a class; NULL: none of the pack's records (param). */
const struct catalog_entity *frame_entity_of(const struct catalog *c, const struct cel_class *of);

/* Errors: those of record_scan; OUT_OF_MEMORY; LIMIT above 2^32 - 2 records of an entity. as_of must be a
 * day. */
MUST_USE bool frame_fill(struct records *r, const struct catalog *c, const struct frame_needs *needs,
                         const struct area *area, day as_of, struct frame **out, struct err *e);
void frame_free(struct frame *f); /* NULL allowed */
/* Records of an entity. Villages that only other records name are behind them: frame_village_rows. */
uint32_t frame_rows(const struct frame *f, const struct catalog_entity *entity);
struct text frame_id(const struct frame *f, const struct catalog_entity *entity, uint32_t row);
struct text frame_village(const struct frame *f, const struct catalog_entity *entity,
                          uint32_t row); /* 12 digits */
/* The village of a record as a number below frame_village_count, the same for all entities; and its code. */
uint32_t frame_village_number(const struct frame *f, const struct catalog_entity *entity, uint32_t row);
uint32_t frame_village_count(const struct frame *f);
struct text frame_village_code(const struct frame *f, uint32_t number);
/* Row of the record's ancestor of that entity (itself when it is one, its village too); UINT32_MAX: none. */
uint32_t frame_above(const struct frame *f, const struct catalog_entity *entity, uint32_t row,
                     const struct catalog_entity *ancestor);
uint32_t frame_row(const struct frame *f, const struct catalog_entity *entity,
                   struct text id); /* UINT32_MAX: none */
/* The stored value of a field (only one that was asked for), or of a computed one in the form of its type;
 * VALUE_NONE where absent. Sealed fields: the hash's bytes. Computed doubles: scaled by 10^field->digits. */
struct value frame_value(const struct frame *f, const struct catalog_entity *entity,
                         const struct catalog_field *field, uint32_t row);
/* The same as CEL sees it; false: absent. */
bool frame_read(struct frame_host *host, const struct catalog_entity *entity, uint32_t row,
                size_t class_field, struct cel_value *out);

/* Computed columns. `begin` makes one; `put` may then be called by several threads, each on rows of its own
 * blocks of 64; `end` makes it readable. A value of another kind than the declared one, and rows that are not
 * put, are absent. */
MUST_USE bool frame_computed_begin(struct frame *f, const struct catalog_computed *computed, struct err *e);
MUST_USE bool frame_computed_put(struct frame *f, const struct catalog_computed *computed, uint32_t row,
                                 const struct cel_value *value);
void frame_computed_failed(struct frame *f, const struct catalog_computed *computed, uint32_t row);
void frame_computed_end(struct frame *f, const struct catalog_computed *computed);
bool frame_has_computed(const struct frame *f, const struct catalog_computed *computed);

size_t frame_bytes(const struct frame *f);

#endif
