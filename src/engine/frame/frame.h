/* The register as columns in memory, filled from the store in one pass; what rules, grades and indicators run on.
 *
 * A frame holds the records of every entity that is asked for, as they were valid on a day, within an area; only the fields asked for.
 * Records below a parent lie together: a household's members are a slice, ordered by id. Households lie in the order of village, then id.
 * A column is an array with a bit for each row that has a value; texts and codes are numbered in dictionaries. Filled,
 * a frame never changes but for its computed columns (engine/select fills those); then any number of threads may read it.
 */
#ifndef ENGINE_FRAME_FRAME_H
#define ENGINE_FRAME_FRAME_H
#include "engine/record/record.h"

struct frame;
/* What catalog_load takes: how expressions read a frame. `host` of a cel_run is a struct frame_host. */
extern const struct catalog_reader frame_reader;
struct frame_host {
    const struct frame *frame;
    const struct catalog *catalog;
    struct text unset_what, unset_who; /* set when an expression read an UNSET line or parameter */
};

/* The fields that are needed, as a set over catalog entities; children, parents and ids need no mention. */
struct frame_needs {
    uint64_t (*fields)[4]; /* by entity index: bit = catalog_field.column */
    bool *entities;        /* records needed at all */
    bool *uses;            /* by entity: its DERIVE_USES field is wanted */
};
struct frame_needs *frame_needs_new(const struct catalog *c, struct arena *a);
/* Adds what a program reads, computed fields followed to what they read. */
void frame_needs_program(struct frame_needs *needs, const struct catalog *c, const struct cel_program *program);
void frame_needs_field(struct frame_needs *needs, const struct catalog_entity *entity, const struct catalog_field *field);
void frame_needs_entity(struct frame_needs *needs, const struct catalog_entity *entity);

MUST_USE bool frame_fill(struct records *r, const struct catalog *c, const struct frame_needs *needs, const struct area *area, day as_of,
                         struct frame **out, struct err *e);
void frame_free(struct frame *f);
uint32_t frame_rows(const struct frame *f, const struct catalog_entity *entity);
struct text frame_id(const struct frame *f, const struct catalog_entity *entity, uint32_t row);
struct text frame_village(const struct frame *f, const struct catalog_entity *entity, uint32_t row); /* 12 digits */
/* Row of the record's ancestor of that entity (itself when it is one); UINT32_MAX: none. */
uint32_t frame_above(const struct frame *f, const struct catalog_entity *entity, uint32_t row, const struct catalog_entity *ancestor);
uint32_t frame_row(const struct frame *f, const struct catalog_entity *entity, struct text id); /* UINT32_MAX: none */
/* The stored value of a field (only one that was asked for); VALUE_NONE where absent. Sealed fields: the hash's bytes. */
struct value frame_value(const struct frame *f, const struct catalog_field *field, uint32_t row);
/* Computed columns. */
MUST_USE bool frame_set_computed(struct frame *f, const struct catalog_computed *computed, const struct cel_value *values, const uint64_t *present);
size_t frame_bytes(const struct frame *f);

#endif
