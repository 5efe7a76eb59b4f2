/* The tables of the catalogue's entities, inside the engine: their columns, order and SQL.
 *
 * Columns lie in the order county, id, village, fact_day, rev, then the stored fields (of a sealed one its
 * hash), then the ciphertexts: what frames read stands in front. Statements that read whole records
 * (TABLE_HEAD…) keep this order.
 */
#ifndef ENGINE_RECORD_TABLE_H
#define ENGINE_RECORD_TABLE_H
#include "engine/record/record.h"

#define COUNTY_SIZE 6
#define NONE SIZE_MAX
#define SQL_TEXT_MAX (1u << 20)
/* The counties that the register has anything of: from one to the next by the key, since the journal has a
 * head for every batch. */
#define SQL_COUNTIES                                                                                         \
    "(WITH RECURSIVE c(at) AS (SELECT min(county) FROM journal_head UNION ALL SELECT (SELECT min(h.county) " \
    "FROM journal_head h WHERE h.county > c.at) FROM c WHERE c.at IS NOT NULL) SELECT at FROM c WHERE at "   \
    "IS "                                                                                                    \
    "NOT NULL)"

enum { HEAD_COUNTY, HEAD_ID, HEAD_VILLAGE, HEAD_FACT_DAY, HEAD_REV, HEAD_COUNT };

/* What a record has besides its fields, as the journal names it. */
#define BY_NAME_FACT_DAY (CATALOG_FIELD_MAX + 0)
#define BY_NAME_VILLAGE (CATALOG_FIELD_MAX + 1)

struct table {
    const struct catalog_entity *entity;
    size_t index;               /* in records.tables and catalog.entities */
    const struct table *parent; /* NULL: none */
    size_t parent_column;       /* stored index of the reference to the parent, or NONE */
    size_t village_column;      /* stored index of its own village field, or NONE */
    bool village_shared;        /* that field is the column "village" itself */
    bool has_alternate;         /* found by its alternate key where the key is missing */
    size_t alternate_sealed;    /* stored index of the sealed field in the alternate key, or NONE */
    bool is_village;            /* the entity whose records are the villages */
    bool is_parent;             /* others lie below its records */
    bool has_references;        /* to others than the parent */
    const size_t *by_name; /* stored indexes, FACT_DAY and VILLAGE among them, in the order of their names */
    size_t by_name_count;
    const size_t *sealed; /* stored indexes of sealed fields */
    size_t sealed_count;
    struct text all_columns; /* "county", "id", … in the order above */
    struct text each_column; /* the same, none of them twice */
};
struct records {
    struct store *db;
    const struct catalog *catalog;
    const struct vault *vault;
    struct arena *arena;
    struct table *tables;       /* one for each entity */
    const struct table **order; /* parents before children */
    size_t count;
    const struct catalog_entity *only; /* records_only */
    struct text only_id;
    struct totals *totals;     /* total.c; NULL: none was asked for */
    const struct actor *actor; /* whom it works for; NULL: the owner */
};
/* What of `asked` the actor may read: *out. ACCESS_FORBIDDEN where the role does not list the entity;
 * `behind`: the rows feed a computation or names, and the list of entities is not asked. Everything that
 * reads rows of entities in SQL of its own goes through here. */
MUST_USE bool records_permit(const struct records *r, const struct catalog_entity *entity, bool behind,
                             const struct area *asked, struct area *out, struct err *e);

/* record_count without asking whom it is for. */
MUST_USE bool records_count_all(struct records *r, const struct catalog_entity *entity,
                                const struct area *area, int64_t *out, struct err *e);

const struct table *table_of(const struct records *r, const struct catalog_entity *entity);
static inline size_t table_width(const struct table *t)
{
    return HEAD_COUNT + t->entity->stored_count + t->sealed_count;
}
/* Position of the ciphertext of the k-th sealed field among all columns. */
static inline size_t table_cipher(const struct table *t, size_t k)
{
    return HEAD_COUNT + t->entity->stored_count + k;
}
/* The column of a stored field: its value, or the hash where it is sealed. Quoted. */
void add_column(struct buf *sql, const struct catalog_field *field);
void add_cipher(struct buf *sql, const struct catalog_field *field);
void add_table(struct buf *sql, const struct table *t, bool past);
/* The text of a buffer that holds SQL, kept in the arena; false (OUT_OF_MEMORY) when it failed. Clears the
 * buffer. */
MUST_USE bool sql_keep(struct buf *sql, struct arena *a, struct text *out, struct err *e);
/* The table's indexes but its key: made where they are missing; taken away, to be made anew once many records
 * are there, which is faster than keeping them up row by row. No statement may be under way. */
MUST_USE bool table_index(struct records *r, const struct table *t, struct err *e);
MUST_USE bool table_unindex(struct records *r, const struct table *t, struct err *e);
bool is_whole_number(enum field_type type); /* stored as an integer */
static inline bool bit(const uint64_t set[4], size_t i) { return (set[i / 64] >> (i % 64) & 1) != 0; }
static inline void bit_set(uint64_t set[4], size_t i) { set[i / 64] |= UINT64_C(1) << (i % 64); }

#endif
