/* Rows of a batch on their way: written down one behind the other in a nameless file for each entity, read
 * back in the order of their ids.
 *
 * What is sensitive lies there encrypted under a key that only this batch knows. Memory does not grow with
 * the number of rows. Mostly the ids of a sheet ascend, and then the file is read from its beginning to its
 * end; a temporary table by id is made only when they do not, or when a row must be found by its id.
 */
#ifndef ENGINE_RECORD_STAGE_H
#define ENGINE_RECORD_STAGE_H
#include "engine/record/table.h"
#include "engine/vault/vault.h"
#include <stdio.h>

#define STAGE_ROW_MAX (64u << 20) /* bytes of one row */
#define STAGE_KEY_SIZE 32

struct cell {
    struct value v;     /* as stored; of a sealed field the hash (VALUE_BYTES) */
    struct text plain;  /* of a sealed field */
    struct text cipher; /* of one that was sealed while its row waited, else TEXT_NONE */
};
struct staged {
    int64_t seq;
    uint32_t sheet, row;
    day fact_day;
    bool companion, refused;
    bool fallen; /* refused because its companion was; not counted yet */
    uint64_t given[4];
    struct text id;           /* TEXT_NONE: not known yet */
    struct text village_name; /* or TEXT_NONE */
    struct cell *cells;       /* stored_count; borrowed from the scratch arena */
};
struct stage_entity {
    FILE *file;
    int64_t size;              /* bytes written */
    int64_t count, unresolved; /* rows; rows without an id */
    bool ordered;              /* ids came strictly ascending: no repeats, no index needed */
    bool indexed;
    bool seal_ahead; /* the table is empty: whatever comes will be written */
    struct buf last;
};
struct stage {
    struct records *r;
    struct buf bytes;
    struct arena sealed; /* of the row that is being added */
    int64_t next;
    unsigned char key[STAGE_KEY_SIZE];
    struct stage_entity *entities;
    bool has_table;
};
MUST_USE bool stage_open(struct stage *s, struct records *r, struct arena *a, struct err *e);
void stage_close(struct stage *s);
/* Before the transaction ends: the temporary table goes. No cursor may be open. */
MUST_USE bool stage_drop(struct stage *s, struct err *e);
/* `alt`: hash that the rows of one alternate key share, or TEXT_NONE. FILE_FULL, FILE_WRITE. */
MUST_USE bool stage_add(struct stage *s, const struct batch_row *row, struct text id, struct text alt,
                        struct err *e);
/* Hash of a sealed value, folded as it is compared: case of letters does not count. */
void sealed_hash(const struct records *r, const struct catalog_entity *entity,
                 const struct catalog_field *field, struct text plain, unsigned char out[VAULT_HASH_SIZE]);
/* Puts an entity's rows into the table `stage` (entity, seq, id, alt, place); once. Ids are changed there. */
MUST_USE bool stage_index(struct stage *s, const struct table *t, struct err *e);

/* A piece of a file in memory. */
struct stage_window {
    char *at;
    size_t room, size;
    int64_t from;
};
/* Rows with ids, in their order; several cursors may stand at once. */
struct stage_rows {
    struct stage *s;
    const struct table *t;
    struct statement *index; /* NULL: as the file has them */
    struct stage_window window;
    int64_t next;
    int64_t place;  /* of the row */
    struct text id; /* of the row; until the next one */
};
/* All rows, or those of one id. */
MUST_USE bool stage_rows_open(struct stage *s, const struct table *t, struct text id, struct stage_rows *out,
                              struct err *e);
enum step stage_rows_next(struct stage_rows *rows, struct err *e);
/* The cursor's row into `a`; texts are copied. */
MUST_USE bool stage_rows_read(struct stage_rows *rows, struct arena *a, struct staged *out, struct err *e);
void stage_rows_close(struct stage_rows *rows); /* a zeroed one is allowed */
/* A row whose place in the file is known. */
MUST_USE bool stage_read_at(struct stage *s, const struct table *t, struct stage_window *window,
                            int64_t place, struct text id, struct arena *a, struct staged *out,
                            struct err *e);
void stage_window_clear(struct stage_window *window);

#endif
