/* Workbooks written row by row, in memory that does not grow with their length (but for comments).
 *
 * A text stays a text: nothing that is written here is ever a formula, a link or a number by Excel's guess.
 * Rows go downwards and cells rightwards; what was written cannot be changed.
 *
 * One thread at a time uses a writer.
 */
#ifndef FORMAT_SHEET_SHEET_WRITE_H
#define FORMAT_SHEET_SHEET_WRITE_H
#include "base/err.h"
#include "base/value.h"
#include "format/sheet/sheet.err.h"

#define SHEET_WRITE_ROWS_MAX 1048576
#define SHEET_WRITE_COLUMNS_MAX 16384 /* beyond either: SHEET_WRITE at close */

enum sheet_look {
    SHEET_LOOK_PLAIN,
    SHEET_LOOK_TITLE,       /* large, bold */
    SHEET_LOOK_HEADER,      /* bold on grey, framed, wrapped, centred */
    SHEET_LOOK_INTEGER,     /* #,##0 */
    SHEET_LOOK_MONEY,       /* #,##0.00 */
    SHEET_LOOK_DATE,        /* yyyy-mm-dd */
    SHEET_LOOK_WRAP,        /* text that breaks lines */
    SHEET_LOOK_REFUSED,     /* red: the cell that an import refused */
    SHEET_LOOK_LINK,        /* blue, underlined */
    SHEET_LOOK_NOTE,        /* small, grey */
    SHEET_LOOK_REFUSED_DATE /* red, yyyy-mm-dd: for sheet_writer_number with a serial */
};
#define SHEET_LOOK_COUNT 11

struct sheet_writer;

/* Starts a workbook. The file appears when sheet_writer_close succeeds, as a whole; an older one of that name
 * is replaced then. SHEET_FORBIDDEN, SHEET_ABSENT (no such folder), SHEET_NO_SPACE, SHEET_NO_MEMORY. */
MUST_USE bool sheet_writer_open(const char *path, struct sheet_writer **writer_out, struct err *e);
/* Finishes and frees in every case. With `keep` false, or on false, no file is left. The first failure of all
 * calls since sheet_writer_open shows here: those below need not be checked one by one. */
MUST_USE bool sheet_writer_close(struct sheet_writer *w, bool keep, struct err *e);

/* A new worksheet becomes the one that is written to. The name is made fit for Excel (31 characters, none of
 * []:*?/\, not twice); sheet_writer_sheet_name tells what became of it. */
void sheet_writer_sheet(struct sheet_writer *w, struct text name);
struct text sheet_writer_sheet_name(const struct sheet_writer *w); /* until the next sheet or close */
/* Before the first cell of the sheet: columns first..last are `characters` wide (a Chinese one counts 2). */
void sheet_writer_width(struct sheet_writer *w, uint32_t first, uint32_t last, double characters);
/* Keeps the rows above `row` and the columns left of `column` in sight (counted from 0). */
void sheet_writer_freeze(struct sheet_writer *w, uint32_t row, uint32_t column);
void sheet_writer_filter(struct sheet_writer *w, uint32_t first_row, uint32_t last_row, uint32_t last_column);

/* Cells; `row` and `column` from 0. Rows never go back. Text of more than 32,767 characters is cut. */
void sheet_writer_text(struct sheet_writer *w, uint32_t row, uint32_t column, struct text t,
                       enum sheet_look look);
void sheet_writer_number(struct sheet_writer *w, uint32_t row, uint32_t column, double n,
                         enum sheet_look look);
/* n / 10^digits as a number, exact up to 15 digits (money: digits 2). */
void sheet_writer_decimal(struct sheet_writer *w, uint32_t row, uint32_t column, int64_t n, int digits,
                          enum sheet_look look);
void sheet_writer_date(struct sheet_writer *w, uint32_t row, uint32_t column,
                       day d); /* before 1900: as text */
void sheet_writer_bool(struct sheet_writer *w, uint32_t row, uint32_t column, bool b, enum sheet_look look);
/* A text that leads to a cell of another sheet of this workbook. */
void sheet_writer_link(struct sheet_writer *w, uint32_t row, uint32_t column, struct text t,
                       struct text to_sheet, uint32_t to_row, uint32_t to_column);
/* A comment on a cell; the one thing that costs memory for each call. */
void sheet_writer_comment(struct sheet_writer *w, uint32_t row, uint32_t column, struct text comment);
/* One text over several columns of a row (a title). */
void sheet_writer_title(struct sheet_writer *w, uint32_t row, uint32_t first, uint32_t last, struct text t);

#endif
