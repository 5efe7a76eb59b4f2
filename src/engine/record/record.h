/* Reads and writes the catalogue's entities: the only place that makes SQL for them.
 *
 * A table is an entity id, a column a field id; besides its fields each has `county` (first six digits of the
 * village), `id` (the record id: the key's values joined by commas, or a UUIDv7 where the key is not known),
 * `village` (12 digits; what belongs to the town has its code with 000), `fact_day` and `rev` (1, 2, …).
 * `<entity>_past` holds earlier states with valid_from and valid_to (days, half open). A sealed field has the
 * columns <id> (ciphertext) and <id>_hash (keyed hash of the folded value); fields derived from it are stored
 * in clear. Identifiers in SQL come from the catalogue alone, values are always bound, the area range is in
 * every statement.
 *
 * `struct records` belongs to one thread at a time; it borrows store, catalogue and vault.
 */
#ifndef ENGINE_RECORD_RECORD_H
#define ENGINE_RECORD_RECORD_H
#include "base/json.h"
#include "engine/access/access.h"
#include "engine/catalog/catalog.h"
#include "engine/vault/vault.h"
#include "store/store.h"

struct journal;
struct json;
/* From a division code of 2, 4, 6, 9 or 12 digits (trailing zeros allowed); empty text: everything.
 * RECORD_AREA. */
MUST_USE bool area_of(struct text code, struct area *out, struct err *e);
bool area_holds(const struct area *area, struct text village);
/* Whether the pack's table of divisions has anything in the area. */
bool area_is_listed(const struct catalog *c, const struct area *area);

struct records;
/* area_of for a code that somebody gave: RECORD_AREA_UNKNOWN where neither the table of divisions nor the
 * villages of the register have anything there, because an answer about nothing would pass for "all is well".
 */
MUST_USE bool records_area(struct records *r, struct text code, struct area *out, struct err *e);
/* `vault` NULL: without the key; sealed fields then read as VALUE_NONE with *sealed… and nothing can be
 * written. */
struct records *records_open(struct store *db, const struct catalog *catalog, const struct vault *vault,
                             struct arena *a, struct err *e);
void records_close(struct records *r);
/* From now on everything is read and written for `actor` (borrowed; NULL: the owner of the database): rows
 * outside its area are not there, an entity that its role does not list is ACCESS_FORBIDDEN, and records_area
 * answers for empty text with its own area, for a code beyond it, in part or as a whole, like for an unknown
 * one: ACCESS_AREA_UNKNOWN, which does not repeat the code. A batch refuses what lies outside like a village
 * or household that is not there. */
void records_act_for(struct records *r, const struct actor *actor);
const struct actor *records_actor(const struct records *r);

/* From now on scans give of `root` this record alone, and of what hangs below it its children alone;
 * record_uses counts its children's values alone. For judging one household without reading its village. `id`
 * TEXT_NONE: no longer. Borrowed. */
void records_only(struct records *r, const struct catalog_entity *root, struct text id);

/* Makes the tables of the catalogue, adds columns that a newer pack brings; never drops or retypes one
 * (RECORD_RETYPED). Safe to repeat. In the caller's transaction. */
MUST_USE bool records_define(struct records *r, struct err *e);

/* Reading. A scan gives rows in the order asked for, one at a time. */
enum record_order {
    RECORD_BY_ID,
    RECORD_BY_PARENT, /* parent id, then id */
    RECORD_BY_COUNTY  /* county, then id, as the tables lie: nothing is sorted; with earlier states by id */
};
struct record_page;
struct record_query {
    const struct catalog_entity *entity;
    struct area area;
    day as_of; /* DAY_NONE: the present state; else the state valid that day (before the first: the first) */
    const struct catalog_field *const *fields; /* stored fields wanted, in this order */
    size_t field_count;
    bool open_sealed; /* sealed fields in plain (needs the vault); else VALUE_BYTES of the keyed hash */
    bool behind; /* feeds a computation, or names of places: the area holds, the role's list of entities is
                    not asked */
    bool lean;   /* village (where the entity has a parent), fact_day and rev are not wanted: left empty */
    enum record_order order;
    struct text after;              /* ids greater than this one, or TEXT_NONE */
    int64_t limit;                  /* < 0: all */
    struct text id;                 /* this record only, or TEXT_NONE */
    struct text parent;             /* children of this record only, or TEXT_NONE */
    const struct record_page *page; /* filters and another order (page.h); NULL: none. `order` and `after` do
                                       not count then */
};
struct record_row {
    struct text id, village, parent; /* parent: TEXT_NONE where the entity has none */
    day fact_day;
    int64_t rev;
    const struct value *values; /* field_count; borrowed until the next step */
    struct value sort;          /* with a page: of its sort field; else VALUE_NONE */
};
struct record_scan;
MUST_USE bool record_scan_open(struct records *r, const struct record_query *q, struct record_scan **out,
                               struct err *e);
/* true with *row_out; false at the end (err has no kind) or on an error (it has). */
MUST_USE bool record_scan_next(struct record_scan *scan, struct record_row *row_out, struct err *e);
void record_scan_close(struct record_scan *scan);
MUST_USE bool record_count(struct records *r, const struct catalog_entity *entity, const struct area *area,
                           int64_t *out, struct err *e);
/* The record id of a key as people give it (person: number, or its id). *found_out false: no such record in
 * the area. */
MUST_USE bool record_find(struct records *r, const struct catalog_entity *entity, const struct area *area,
                          struct text key, struct arena *a, struct text *id_out, bool *found_out,
                          struct err *e);
/* The village of a record by its id, wherever it lies and whoever asks; *out empty: there is no such record.
 * For what is kept beside records (the journal) and has no village of its own. */
MUST_USE bool record_village(struct records *r, const struct catalog_entity *entity, struct text id,
                             char out[AREA_CODE_SIZE + 1], struct err *e);
/* Has any import ever had this field, if only with empty cells? (a bit for each stored field, four words;
 * kept while batches are applied) */
MUST_USE bool record_given(struct records *r, const struct catalog_entity *entity, uint64_t given_out[4],
                           struct err *e);
/* Number of persons (records) that have the same sealed value in the whole register: hash -> count for those
 * above 1. */
typedef void record_uses_each(void *user, struct text id, int64_t count);
MUST_USE bool record_uses(struct records *r, const struct catalog_entity *entity,
                          const struct catalog_field *sealed, record_uses_each *each, void *user,
                          struct err *e);

/* Shows a stored value as JSON, as `list` shows it (contract.md): text, code label, number, decimal digits,
 * yuan, date, true/false, null; sealed ones masked unless `reveal`. The same as text for tables and
 * workbooks. */
void record_value_json(struct json *j, const struct catalog *c, const struct catalog_field *field,
                       struct value v, bool reveal);
struct text record_value_text(struct arena *a, const struct catalog *c, const struct catalog_field *field,
                              struct value v, bool reveal, enum lang lang);

/* Writing: a batch stages rows of any entities in any order, resolves them against each other and the
 * register, and applies all that stand in one transaction, each change journalled. */
struct batch;
struct batch_row {
    const struct catalog_entity *entity;
    uint32_t sheet, row; /* the caller's number of the sheet; the row as the workbook has it */
    day fact_day;
    const struct value *values; /* by stored field (catalog_field.column), in plain; borrowed for the call */
    uint64_t given[4];          /* bit column: the sheet has this column */
    struct text
        village_name; /* where no code is given: a name to resolve within the office's area, or TEXT_NONE */
    bool companion;   /* rides on another entity's row: not counted; equal repeats are no duplicates */
    bool refused;     /* the caller has refused it already: only its key counts, for what refers to it */
    struct text
        id; /* the record's id where the caller knows it (the key need not be given then), or TEXT_NONE */
};
enum batch_refusal {
    BATCH_KEY_MISSING,
    BATCH_KEY_TWICE /* same key, different values */,
    BATCH_VILLAGE_UNKNOWN,
    BATCH_HOUSEHOLD_UNKNOWN /* parent neither in register nor batch */
};
enum batch_note {
    BATCH_REF_UNDESCRIBED /* project, fund: nothing describes it yet */,
    BATCH_FILED_INTO_PAST,
    BATCH_VILLAGE_BY_NAME,
    BATCH_VILLAGE_AMBIGUOUS
};
struct batch_counts {
    uint64_t rows, inserted, updated, unchanged, rejected;
};
struct batch_events {
    void *user;
    /* A cell is refused; its row is left out. `field` NULL: the key as a whole. `other_row`: the first row
     * with that key, or 0. */
    void (*refused)(void *user, const struct batch_row *row, enum batch_refusal why,
                    const struct catalog_field *field, struct text value, uint32_t other_sheet,
                    uint32_t other_row);
    void (*noted)(void *user, const struct batch_row *row, enum batch_note what,
                  const struct catalog_field *field, struct text value);
    /* Now and then; false cancels: everything is undone. */
    bool (*progress)(void *user, const char *stage, uint64_t done, uint64_t total);
    /* A record was written. `id` is borrowed for the call. */
    void (*wrote)(void *user, const struct catalog_entity *entity, struct text id, bool inserted);
    /* All is applied and nothing committed yet, also on a dry run: what is read now shows it. `counts` of
     * sheet 0. False, with `e`, undoes everything. */
    bool (*applied)(void *user, const struct batch_counts *counts, struct err *e);
};
struct batch_options {
    struct text by, why; /* for the journal */
    struct area
        office;   /* the office's own area; empty texts: not known yet (then the one town of the batch) */
    bool dry_run; /* resolve and count, then undo */
};
/* Takes the write lock (STORE_BUSY when another import holds it), begins the transaction. */
MUST_USE bool batch_open(struct records *r, struct journal *log, const struct batch_options *options,
                         const struct batch_events *events, struct batch **out, struct err *e);
MUST_USE bool batch_add(struct batch *b, const struct batch_row *row, struct err *e);
/* Resolves, applies, commits (or undoes, on a dry run, an error or a cancel). `counts`: one for each sheet
 * number, set (refused rows that the caller added are counted as rejected). *batch_out: the batch's UUID; all
 * zero when nothing was written. */
MUST_USE bool batch_finish(struct batch *b, struct batch_counts *counts, size_t sheet_count,
                           struct uuid *batch_out, struct err *e);
/* Undoes what was staged. NULL allowed. */
void batch_abandon(struct batch *b);

#endif
