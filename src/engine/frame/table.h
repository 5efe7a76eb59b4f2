/* What a frame is made of. For this folder only.
 *
 * Always holds once filled: rows of a table are ordered by (row of the parent, or code of the village; id);
 * those whose parent is not in the frame stand last. Rows of the village table from `rows` to `ids.count` are
 * villages that only other records name.
 */
#ifndef ENGINE_FRAME_TABLE_H
#define ENGINE_FRAME_TABLE_H
#include "engine/frame/column.h"
#include "engine/frame/frame.h"
#include <pthread.h>
#include <stdatomic.h>

enum read_kind {
    READ_NOTHING, /* not asked for: absent */
    READ_ID,
    READ_INT,
    READ_DECIMAL,
    READ_DATE,
    READ_BOOL,
    READ_TEXT,
    READ_CODES,
    READ_REF,
    READ_PARENT,
    READ_VILLAGE,
    READ_CHILDREN,
    READ_COMPUTED
};

struct column {
    const struct catalog_field *field;
    struct bits present, yes; /* yes: of FIELD_BOOL */
    struct packed n;          /* numbers, days, or numbers of `words` */
    struct dictionary words;  /* of texts, codes and refs */
};

/* A computed value or selection. */
struct computed_column {
    const struct catalog_computed *of;
    struct bits present, yes, failed; /* failed.room 0: nowhere */
    int64_t *wide;                    /* while it is being filled: numbers, words, bits of doubles */
    struct packed n;                  /* int, timestamp (seconds), number of `words` */
    double *d;
    struct dictionary words;
    pthread_mutex_t lock; /* of `words` */
    bool done;
};

struct access { /* of a field of the class */
    enum read_kind kind;
    const struct column *column;
    const struct computed_column *computed;
    const struct catalog_field *field;
    const struct table *table; /* of the record or records that it gives */
    double scale;
};

struct table {
    const struct catalog_entity *entity;
    bool wanted, filled;
    uint32_t rows;
    struct pool ids;
    /* Ids that begin with the parent's are kept as what follows it, until somebody asks for one. */
    atomic_bool tailed;
    struct packed tail; /* number in `tails` */
    struct dictionary tails;
    const struct table *parent;
    struct climb above;   /* row in the parent; ROW_NONE: not in the frame */
    struct climb village; /* without a parent: row of the village table */
    uint32_t orphans;     /* rows at the end whose parent is not in the frame */
    struct text *orphan_parents;
    /* Where the children of a row of the parent (or village) begin. `count` NULL: they end where the next
     * ones begin. */
    uint32_t *first, *count;
    uint32_t villages; /* villages that `count` knows; those that are named later have no rows here */
    uint32_t *slots, slot_mask; /* id -> row + 1, where somebody looks ids up; NULL: not made */
    struct column **columns;    /* by stored field; NULL: not asked for */
    struct column *uses;        /* DERIVE_USES, or NULL */
    struct access *access;      /* by field of the class */
};

struct frame {
    const struct catalog *catalog;
    struct arena arena;   /* all that is small */
    struct table *tables; /* by entity index */
    struct table *villages;
    struct computed_column **computed; /* by catalog.computed; NULL: not computed yet */
    day as_of;
    pthread_mutex_t *lock; /* of tables[].slots, which readers may make */
};

static inline const struct table *table_of(const struct frame *f, const struct catalog_entity *entity)
{
    return &f->tables[entity->index];
}
static inline uint32_t table_top_village(const struct table *t, uint32_t row)
{
    for (; t->parent != NULL; t = t->parent) {
        row = climb_get(&t->above, row);
        if (row == ROW_NONE)
            return ROW_NONE;
    }
    return climb_get(&t->village, row);
}
/* Spells the ids of a table whole; under the frame's lock where others may read. false: memory is out. */
MUST_USE bool frame_table_spell(struct table *t);
/* Any thread. TEXT_NONE where memory is out. */
static inline struct text table_id(const struct frame *f, const struct table *t, uint32_t row)
{
    if (atomic_load_explicit(&t->tailed, memory_order_acquire)) {
        pthread_mutex_lock(f->lock);
        bool spelt = frame_table_spell(&f->tables[t->entity->index]);
        pthread_mutex_unlock(f->lock);
        if (!spelt)
            return TEXT_NONE;
    }
    return pool_get(&t->ids, row);
}
/* Row of an id; makes the table of slots first when `make` (one thread). ROW_NONE: none, or memory is out. */
MUST_USE bool frame_table_index(struct table *t);
uint32_t frame_table_find(const struct table *t, struct text id);
/* Puts the rows into their order, makes the slices. */
MUST_USE bool frame_table_order(struct frame *f, struct table *t);
void frame_table_clear(struct table *t);
void frame_computed_clear(struct computed_column *c);
/* One table from the store. */
MUST_USE bool frame_table_fill(struct frame *f, struct table *t, struct records *r,
                               const struct frame_needs *needs, const struct area *area, struct err *e);
/* The row of a village's code, added behind the others where it is new. ROW_NONE: memory is out. */
uint32_t frame_village_row(struct frame *f, struct text code);
/* Labels, refs, and what the class reads, once all tables are there. */
MUST_USE bool frame_bind(struct frame *f);

#endif
