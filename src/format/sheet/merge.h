/* Merged ranges of one sheet, applied to its rows as they pass.
 *
 * Rows come downwards; where a file has them in another order, a filled value that has gone by is not
 * remembered.
 */
#ifndef FORMAT_SHEET_MERGE_H
#define FORMAT_SHEET_MERGE_H
#include "format/sheet/row.h"

#define MERGE_FILL_BYTES_MAX                                                                                 \
    ((size_t)16 << 20) /* text of filled cells kept at a time; SHEET_ROW_TOO_LONG                            \
                        */

struct merge_active {
    size_t index;           /* of the range */
    uint32_t reach;         /* largest last column of this and all active ranges before it */
    bool valued;            /* `cell` is the first cell's value */
    struct sheet_cell cell; /* its text is on the heap */
};
struct merges {
    struct sheet_merge *range; /* by first row, then first column */
    size_t count, room;
    size_t next; /* first range that has not begun */
    uint32_t row;
    struct merge_active *active; /* by first column */
    size_t active_count;
    size_t fill_bytes;
};

void merges_clear(struct merges *m);
/* "A1:C3"; a single cell and what is no range are left out. SHEET_TOO_MANY_PARTS, SHEET_NO_MEMORY. */
MUST_USE bool merges_add(struct merges *m, struct text reference, struct err *e);
/* After the last merges_add. */
MUST_USE bool merges_settle(struct merges *m, struct err *e);
/* Takes the covered cells out of the row and, with SHEET_MERGE_FILL, puts filled ones in. */
MUST_USE bool merges_apply(struct merges *m, struct row *r, struct err *e);

#endif
