/* Rows of a batch on their way: written down compactly in a temporary table, read back in the order of their
 * ids.
 *
 * What is sensitive lies there encrypted under a key that only this batch knows: a temporary table may reach
 * the disk. Memory does not grow with the number of rows.
 */
#ifndef ENGINE_RECORD_STAGE_H
#define ENGINE_RECORD_STAGE_H
#include "engine/record/table.h"
#include "engine/vault/vault.h"

#define STAGE_ROW_MAX (64u << 20) /* bytes of one row */
#define STAGE_KEY_SIZE 32

struct cell {
    struct value v;    /* as stored; of a sealed field the hash (VALUE_BYTES) */
    struct text plain; /* of a sealed field */
};
struct staged {
    int64_t seq;
    uint32_t sheet, row;
    day fact_day;
    bool companion, refused;
    uint64_t given[4];
    struct text id;           /* TEXT_NONE: not known yet */
    struct text village_name; /* or TEXT_NONE */
    struct cell *cells;       /* stored_count; borrowed from the scratch arena */
};
struct stage {
    struct records *r;
    struct statement *insert;
    struct buf bytes;
    int64_t next;
    unsigned char key[STAGE_KEY_SIZE];
    struct stage_entity {
        int64_t count, unresolved; /* rows; rows without an id */
        bool ordered;              /* ids came strictly ascending: no repeats, no index needed */
        struct buf last;
    } * entities;
    bool indexed;
};
MUST_USE bool stage_open(struct stage *s, struct records *r, struct arena *a, struct err *e);
void stage_close(struct stage *s);
/* `alt`: hash that the rows of one alternate key share, or TEXT_NONE. */
MUST_USE bool stage_add(struct stage *s, const struct batch_row *row, struct text id, struct text alt,
                        struct err *e);
/* Hash of a sealed value, folded as it is compared: case of letters does not count. */
void sealed_hash(const struct records *r, const struct catalog_entity *entity,
                 const struct catalog_field *field, struct text plain, unsigned char out[VAULT_HASH_SIZE]);
/* Indexes the rows by entity and id; once. */
MUST_USE bool stage_index(struct stage *s, struct err *e);

/* Rows of an entity in the order of id, then seq (or in the order in which they came, where that is the
 * same). */
MUST_USE struct statement *stage_rows(struct stage *s, const struct table *t, struct err *e);
/* Rows of one id. */
MUST_USE struct statement *stage_rows_of(struct stage *s, const struct table *t, struct text id,
                                         struct err *e);
/* Reads the statement's row into `a`; texts are copied. */
MUST_USE bool stage_read(struct stage *s, const struct table *t, const struct statement *at, struct arena *a,
                         struct staged *out, struct err *e);

#endif
