/* One worksheet part of a workbook: its cells as rows, or its merged ranges alone. */
#ifndef FORMAT_SHEET_GRID_H
#define FORMAT_SHEET_GRID_H
#include "format/sheet/feed.h"
#include "format/sheet/merge.h"

enum grid_place {
    GRID_TOP,
    GRID_SHEET,
    GRID_DATA,
    GRID_ROW,
    GRID_CELL,
    GRID_VALUE,
    GRID_INLINE,
    GRID_RUN,
    GRID_TEXT,
    GRID_MERGES
};
struct grid {
    struct feed feed;
    struct row *row;       /* NULL: only the merged ranges are wanted */
    struct merges *merges; /* NULL: only the rows are wanted */
    bool ready;            /* a row is whole */
    /* For expat's handlers. */
    enum grid_place place, text_in; /* text_in: where <t> stands */
    struct raw_cell cell;
    uint32_t next_column;
    struct buf value;
};

/* Reads rows into `row`. `plain`: without the scanner. */
MUST_USE bool grid_open(struct grid *g, struct package *p, uint64_t entry, struct text part, struct row *row,
                        bool plain, struct err *e);
void grid_close(struct grid *g); /* accepts a zeroed one */
/* Goes on to the next row (g->ready), which may have no cells, or to the end (not ready). */
MUST_USE bool grid_next(struct grid *g, struct err *e);
/* The merged ranges of a part, in a pass of their own: they stand behind the rows in the file. */
MUST_USE bool grid_merges(struct package *p, uint64_t entry, struct text part, bool plain, struct merges *out,
                          struct err *e);

/* The scanner of plain rows (grid_scan.c). */
enum scan_result grid_scan_row(void *grid, const char *p, const char *end, const char **next_out,
                               struct err *e);

#endif
