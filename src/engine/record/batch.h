/* A batch at work, inside the engine: what resolving and applying share. */
#ifndef ENGINE_RECORD_BATCH_H
#define ENGINE_RECORD_BATCH_H
#include "engine/journal/journal.h"
#include "engine/record/stage.h"

#define BATCH_SHEET_MAX 65536 /* sheets of one batch */
#define BATCH_COUNTY_MAX 4096 /* counties that a register may hold */
#define BATCH_SCRATCH_MAX (256u << 20)

struct kept {           /* one column of a record as it stands in its table */
    struct value v;     /* of a sealed field the hash */
    struct text cipher; /* of a sealed field */
};
struct state { /* a record; texts are borrowed from the statement that read it */
    bool found;
    struct text county, id, village;
    day fact_day;
    int64_t rev;
    day valid_from, valid_to; /* of a past state */
    struct kept *cells;       /* stored_count */
};
struct place { /* where a record belongs */
    char county[COUNTY_SIZE + 1];
    char village[AREA_CODE_SIZE + 1];
};
/* What a batch keeps about one entity's table. */
struct work {
    const struct table *t;
    struct statement *select; /* a whole record by county and id */
    struct statement *insert; /* for the set of columns in `shape` */
    uint64_t shape[4];
    char (*counties)[COUNTY_SIZE + 1]; /* where it has records */
    size_t county_count;
    bool was_empty;      /* before the batch: nothing to look for */
    bool has_unnumbered; /* holds records that were known before their number */
    bool has_past;
    bool searched;     /* it has names that are searched */
    bool fills_search; /* the table was empty: its names are written when all rows are there */
    uint64_t given[4]; /* fields that some row had a column for */
    int64_t parent_size, parent_size_before;
    struct state state; /* of the last look */
    struct cell *cells; /* of the record under work, derived fields among them */
};
struct name { /* a village by its name without endings */
    struct text name, code;
};
struct batch {
    struct records *r;
    struct journal *log;
    const struct batch_events *events;
    struct text by, why;
    bool dry_run;
    struct arena arena, scratch;
    struct stage stage;
    struct buf key;
    struct batch_counts *counts;
    size_t count_room;
    uint64_t staged, done, changed;
    struct uuid id;
    struct area office;
    char town[AREA_CODE_SIZE + 1];      /* what belongs to the town */
    char only_town[AREA_CODE_SIZE + 1]; /* the one town of the rows so far; empty: none yet; "*": several */
    struct work *work;                  /* by entity */
    struct name *names;
    size_t name_count;
    bool names_made;
    /* The last parent that was looked up. */
    const struct table *parent_table;
    struct buf parent_id;
    bool parent_known;
    struct place parent_place;
    struct seen *seen; /* references that were looked up */
    struct buf fallen; /* places of rows whose companion was refused */
    bool fallen_sorted;
};

/* batch.c */
/* Tells a refusal of a cell; `other`: the row that it clashes with, or NULL. */
void batch_refuse(struct batch *b, const struct table *t, const struct staged *row, enum batch_refusal why,
                  const struct catalog_field *field, struct text value, const struct staged *other);
/* Counts a row as rejected: once, however many of its cells were refused. */
void batch_reject(struct batch *b, const struct staged *row);
void batch_note(struct batch *b, const struct table *t, const struct staged *row, enum batch_note what,
                const struct catalog_field *field, struct text value);
bool batch_progress(struct batch *b, const char *stage, struct err *e);
/* For work that stages no rows: the tables and the journal are opened; then everything is kept, or undone.
 * The batch is freed. */
MUST_USE bool batch_begin_work(struct batch *b, struct err *e);
MUST_USE bool batch_end_work(struct batch *b, bool good, struct uuid *batch_out, struct err *e);
struct batch_counts *batch_count_of(struct batch *b, uint32_t sheet);

/* Is what lies in this village there for whom the batch works for? */
static inline bool batch_sees(const struct batch *b, struct text village)
{
    return access_holds(b->r->actor, village);
}

/* fallen.c: a refused companion takes the row that it rides on with it. */
void fallen_add(struct batch *b, const struct staged *companion);
MUST_USE bool fallen_has(struct batch *b, const struct staged *row, bool *has_out, struct err *e);

/* key.c: the record id of a row's values; TEXT_NONE: not from these. *missing: the first required part that
 * is missing. */
struct text key_of(struct batch *b, const struct table *t, const struct value *values,
                   const uint64_t given[4], const struct catalog_field **missing);
bool key_alternate(struct batch *b, const struct table *t, const struct value *values,
                   const uint64_t given[4], unsigned char out[VAULT_HASH_SIZE]);
void key_add_value(struct buf *out, const struct catalog_field *field, struct value v);

/* look.c: records of the register. */
MUST_USE bool work_open(struct batch *b, struct work *w, const struct table *t, struct err *e);
void work_close(struct work *w);
/* Fills w->state; `county` is looked into first, NULL: no guess. */
MUST_USE bool work_find(struct batch *b, struct work *w, const char *county, struct text id, struct err *e);
void work_county(struct work *w, const char *county);
MUST_USE bool table_is_empty(struct batch *b, const struct table *t, bool *out, struct err *e);
MUST_USE bool state_columns(const struct table *t, const struct statement *s, struct state *out);

/* identify.c: keys that were not given. */
MUST_USE bool resolve_keys(struct batch *b, struct work *w, struct err *e);
/* The record that got this number only after it had been known by its certificate; TEXT_NONE: none. */
MUST_USE bool find_by_number(struct batch *b, const struct table *t, struct text number, struct text *id_out,
                             struct err *e);
/* village.c. *known_out: the code is in the register or in the pack's table. */
MUST_USE bool village_known(struct batch *b, struct text code, bool *known_out, struct err *e);
/* The code of a village by name within the office's area; TEXT_NONE: none; *ambiguous_out: several. */
MUST_USE bool village_by_name(struct batch *b, struct text name, struct text *code_out, bool *ambiguous_out,
                              struct err *e);
/* refer.c. Is there such a record in the register (then *place_out) or, at least its key, in the batch? */
MUST_USE bool parent_look(struct batch *b, const struct table *parent, struct text id, bool *known_out,
                          struct place *place_out, struct err *e);
MUST_USE bool reference_known(struct batch *b, const struct table *target, struct text id, bool *known_out,
                              struct err *e);
/* A number that is not the id of its record (it was known before its number) becomes that id. */
MUST_USE bool reference_resolve(struct batch *b, const struct table *target, struct text *id, struct err *e);
void refer_clear(struct batch *b);

/* apply.c */
MUST_USE bool apply_entity(struct batch *b, struct work *w, struct err *e);

/* write.c: one record into its table, with its journal entry. */
enum outcome { OUTCOME_UNCHANGED, OUTCOME_INSERTED, OUTCOME_UPDATED };
struct incoming { /* rows of one key as one */
    struct text id;
    day fact_day;
    uint64_t given[4];
    struct cell *cells;
    struct place place;
    bool place_given; /* the place comes from these rows or from the parent, and may move the record */
};
struct difference {
    uint64_t set[4]; /* stored fields; the village column, where it is shared, is told by `village` */
    bool village, fact_day, valid_from;
};
MUST_USE bool write_insert(struct batch *b, struct work *w, struct incoming *in, struct err *e);
/* On w->state; `in` is not older than it. */
MUST_USE bool write_update(struct batch *b, struct work *w, struct incoming *in, enum outcome *out,
                           struct err *e);
/* Of `in` against what stands; false: nothing. */
bool difference_of(const struct table *t, const struct state *state, const struct incoming *in,
                   struct difference *out);
/* The UPDATE itself: the columns of `d`, fact_day and the next rev. */
MUST_USE bool write_row(struct batch *b, const struct table *t, const struct state *state,
                        const struct incoming *in, const struct difference *d, struct err *e);
/* SET of an UPDATE: the differing columns from parameter `first` on. Opened, its values not yet bound. */
void add_assignments(struct buf *sql, const struct table *t, const struct difference *d, int *parameter);
MUST_USE bool bind_values(struct batch *b, const struct table *t, struct statement *s,
                          const struct incoming *in, const uint64_t set[4], int *parameter, struct err *e);
MUST_USE bool journal_change_of(struct batch *b, const struct table *t, const struct state *before,
                                const struct incoming *in, const struct difference *d, struct err *e);

/* past.c: a fact older than what the record holds. */
MUST_USE bool write_past(struct batch *b, struct work *w, struct incoming *in, enum outcome *out,
                         struct err *e);
/* The state that ends on `until`, copied from the table before it changes. */
MUST_USE bool past_keep(struct batch *b, struct work *w, const struct state *state, day until, struct err *e);
MUST_USE bool past_move(struct batch *b, const struct table *t, struct text id, const char *from,
                        const char *to, struct err *e);

/* follow.c: what lies below a record goes where it goes. `from`: its place before; NULL: it is new. */
MUST_USE bool follow_children(struct batch *b, const struct table *t, struct text id,
                              const struct place *from, const struct place *to, struct err *e);

/* changes.c */
struct change_list {
    struct journal_change *at;
    size_t count;
};
/* Of `in` against `before` (NULL: a new record); old sensitive values are opened. */
MUST_USE bool changes_of(struct batch *b, const struct table *t, const struct state *before,
                         const struct incoming *in, const struct difference *d, struct change_list *out,
                         struct err *e);

/* derived.c: the fields that follow from the sealed ones in `set`, into the cells; sets their bits, too. */
MUST_USE bool derive_all(struct batch *b, const struct table *t, struct cell *cells, uint64_t set[4],
                         struct err *e);

#endif
