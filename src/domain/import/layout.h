/* What a sheet is and what its columns hold: found from its first rows, whatever stands above the table.
 *
 * The header may lie in any of the first LAYOUT_HEAD_MAX rows, take two rows, be merged in any way and have
 * its columns in any order. Kinds that share a header are told apart by the sheet's name, then by the title,
 * then by the prefix of the records' numbers, and at last by the file's name.
 */
#ifndef DOMAIN_IMPORT_LAYOUT_H
#define DOMAIN_IMPORT_LAYOUT_H
#include "domain/import/heading.h"
#include "format/sheet/sheet.h"

#define LAYOUT_HEAD_MAX 30    /* rows in which a header is looked for */
#define LAYOUT_AHEAD 10       /* rows read beyond them, for the prefix of the numbers */
#define LAYOUT_COLUMN_MAX 512 /* columns with a header; those further right are not seen */

/* The first rows of a sheet, copied. */
struct head {
    struct sheet_row rows[LAYOUT_HEAD_MAX + LAYOUT_AHEAD];
    size_t count;
};
/* Copies a row into the head's arena. OUT_OF_MEMORY. */
MUST_USE bool head_add(struct head *head, const struct sheet_row *row, struct arena *a, struct err *e);

struct layout_column {
    uint32_t column;                   /* in the sheet */
    struct text header;                /* as written; the parts of a two-row header joined */
    struct text unit;                  /* from the header, or TEXT_NONE */
    const struct catalog_field *field; /* of the kind's entity, or NULL */
    const struct catalog_field *also;  /* of the entity that rides along, or NULL */
};
struct layout {
    const struct heading_kind *kind;     /* NULL: nothing known; all below is then empty, but for `missing` */
    const struct layout_column *columns; /* known ones, ascending */
    size_t column_count;
    const struct layout_column *unknown; /* headers that mean nothing here */
    size_t unknown_count;
    const struct layout_column *twice; /* headers whose field an earlier column has already */
    size_t twice_count;
    uint32_t header_first,
        header_last;    /* rows, as the sheet numbers them; the last may only count the columns */
    uint32_t above;     /* row of another table's header that stands above, and is not read; 0: none */
    size_t header_rows; /* 1 or 2 */
    size_t body;        /* position in the head of the first row below the header */
    bool by_prefix; /* several kinds share the header and only the numbers can tell them apart, row by row */
    day date;       /* a full date in the title; DAY_NONE: none */
    /* kind NULL, and yet the header is nearly that of a kind: that kind, and the key column that is missing.
     */
    const struct heading_kind *nearly;
    const struct catalog_field *missing;
};

/* OUT_OF_MEMORY. Everything lives in `a`. */
MUST_USE bool layout_find(const struct headings *h, const struct head *head, struct text sheet,
                          struct text file, struct arena *a, struct layout *out, struct err *e);

/* For a layout found by_prefix: the kind whose prefix the record's number has; NULL: none. */
const struct heading_kind *layout_kind_of_number(const struct headings *h, const struct layout *l,
                                                 struct text number);

/* A full date in a title, the one behind 截至 before all others; DAY_NONE. */
day layout_title_date(struct text title, struct arena *a);

#endif
