/* Delimited text as rows: RFC 4180 as spreadsheets write it.
 *
 * Comma, semicolon or tab, whichever cuts the first records most evenly. A field in quotes may hold
 * delimiters, line breaks and doubled quotes; a quote within a bare field is a character like others. Each
 * record is a row, blank ones too; every field that is not empty is a text cell.
 */
#ifndef FORMAT_SHEET_CSV_H
#define FORMAT_SHEET_CSV_H
#include "format/sheet/decode.h"
#include "format/sheet/row.h"

struct csv {
    struct decode *decode;
    struct row *row;
    char delimiter;
    struct text have; /* decoded and not read yet */
    bool over;
    struct buf field;
};

MUST_USE bool csv_open(struct csv *c, const char *path, struct row *row, struct err *e);
void csv_close(struct csv *c); /* accepts a zeroed one */
/* The next record in c->row; *more_out false: there was none. */
MUST_USE bool csv_next(struct csv *c, bool *more_out, struct err *e);

#endif
