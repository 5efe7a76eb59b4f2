/* A row of a sheet whose layout is known: whether it is a record at all, and the values that it gives.
 *
 * What is no record is passed over: blank rows, totals, a header that is repeated on each printed page, notes
 * under the table. A row that holds facts and lacks its key is a record all the same: it is refused and
 * named, never skipped.
 */
#ifndef DOMAIN_IMPORT_ROW_H
#define DOMAIN_IMPORT_ROW_H
#include "domain/import/cell.h"
#include "domain/import/layout.h"
#include "domain/import/place.h"

#define ROW_KEYS_MAX 8
#define ROW_NO_COLUMN UINT16_MAX

enum row_verdict {
    ROW_RECORD,
    ROW_PASSED, /* no record, and nobody would think so */
    ROW_ODD     /* passed over, but worth a note: one cell that fits, and no key */
};
struct row_reader {
    const struct headings *headings;
    const struct layout *layout;
    const struct catalog_entity *entity, *also;
    struct cell_context context;
    uint16_t *by_column; /* sheet column -> position in layout->columns */
    size_t by_column_count;
    uint16_t name_column, name_column_also; /* where the village's name stands */
    uint16_t county_column, town_column;    /* where their names stand */
    uint64_t given[4], given_also[4];
    char *memories;        /* of the columns' cells, CELL_MEMORY_SIZE for each, main and also; NULL: none */
    struct places *places; /* resolves names of villages by those of county and town; NULL: the batch does */
};
struct row_part {         /* the row as a record of one entity */
    struct value *values; /* by stored field */
    uint64_t given[4];
    struct text village_name;
};
struct row_read {
    enum row_verdict verdict;
    bool refused;
    struct row_part main, also; /* also.values NULL: nothing rides along */
    uint16_t faults[LAYOUT_COLUMN_MAX], remarks[LAYOUT_COLUMN_MAX]; /* positions in layout->columns */
    size_t fault_count, remark_count;
    const struct catalog_field *missing[ROW_KEYS_MAX]; /* key fields without a value */
    size_t missing_count;
    const struct catalog_field *masked_key; /* what could have stood in for them, had it not been masked */
    struct err why; /* of the last refused cell */
    bool by_name;   /* the village was found by its name */
};

/* OUT_OF_MEMORY. Borrows layout and headings. The caller may then set .places and call row_reader_remember.
 */
MUST_USE bool row_reader_init(struct row_reader *r, const struct headings *h, const struct layout *l,
                              const struct cell_context *context, struct arena *a, struct err *e);
/* From now on cells are read through a memory that lives in `a`; faster where rows are many. OUT_OF_MEMORY.
 */
MUST_USE bool row_reader_remember(struct row_reader *r, struct arena *a, struct err *e);
/* Values and texts come from `a`. OUT_OF_MEMORY. */
MUST_USE bool row_read(const struct row_reader *r, const struct sheet_row *row, struct arena *a,
                       struct row_read *out, struct err *e);
/* The cell of a column, or NULL. */
const struct sheet_cell *row_cell(const struct sheet_row *row, uint32_t column);

#endif
