/* Workbooks and delimited text as a stream of rows, whoever wrote them.
 *
 * Reads .xlsx (transitional and strict OOXML, .xlsm and templates too) and .csv (UTF-8, UTF-16, GB18030;
 * comma, semicolon or tab). What a file is, its content tells. Memory does not grow with the file: shared
 * strings beyond a few megabytes go to a temporary file without a name, rows are read one at a time.
 *
 * Nothing is guessed: a number comes as a double together with the spelling in the file, so that the caller
 * can tell an identity number that Excel rounded. Hidden rows and sheets are read like others. Formulas are
 * never computed, only their cached values are taken. No entity is resolved but the five of XML and numeric
 * ones; a DOCTYPE is refused at once.
 *
 * A book and its rows belong to one thread at a time (the reader unpacks on a thread of its own).
 */
#ifndef FORMAT_SHEET_SHEET_H
#define FORMAT_SHEET_SHEET_H
#include "base/err.h"
#include "base/json.h"
#include "base/value.h"
#include "format/sheet/sheet.err.h"

#define SHEET_ROWS_MAX 1048576        /* SHEET_TOO_MANY_ROWS */
#define SHEET_COLUMNS_MAX 16384       /* SHEET_TOO_MANY_COLUMNS */
#define SHEET_IMPORT_CHARS_MAX 32767  /* UTF-16 units in a cell, as Excel counts; SHEET_CELL_TOO_LONG */
#define SHEET_CELL_BYTES_MAX 1048576  /* bytes of UTF-8 in any cell; SHEET_CELL_TOO_LONG */
#define SHEET_UNPACKED_MAX 4294967296 /* bytes, all parts read of one workbook; SHEET_TOO_LARGE */
/* Shared text handed out for one sheet, all its uses together, by the size of the sheet's part: a text of a
 * megabyte named by a million cells of 25 bytes is an attack; honest sheets stay below 10 to 1.
 * SHEET_TEXT_TOO_LARGE */
#define SHEET_SHARED_FREE 16777216
#define SHEET_SHARED_RATIO 64
#define SHEET_ENTRIES_MAX 65535    /* files in the package; SHEET_TOO_LARGE */
#define SHEET_SHEETS_MAX 10000     /* SHEET_TOO_LARGE */
#define SHEET_DEPTH_MAX 32         /* nested elements in a part; SHEET_UNSAFE */
#define SHEET_MERGES_MAX 262144    /* merged ranges of a sheet; SHEET_TOO_LARGE */
#define SHEET_FILL_COLUMNS_MAX 256 /* a wider merged range is not filled across */

/* What a merged range stands for. Always: the cells that it covers have no value of their own. */
enum sheet_merging {
    SHEET_MERGE_FIRST, /* its first cell alone */
    SHEET_MERGE_FILL   /* its first cell's value in every cell of it, in the rows that the file has */
};
struct sheet_options {
    size_t cell_chars_max; /* UTF-16 units */
    enum sheet_merging merging;
    bool quotes_close; /* a quote in a CSV that is never closed is refused where it has taken in further lines
                        */
    bool plain; /* only the general parser, not the short cut for plain rows: slower, the same answers (tests)
                 */
};
extern const struct sheet_options sheet_for_import; /* 32,767 characters, filled, quotes close */
extern const struct sheet_options sheet_for_dump;   /* 1 MiB, first cell alone */

enum sheet_source { SHEET_SOURCE_XLSX, SHEET_SOURCE_CSV };
enum sheet_state { SHEET_VISIBLE, SHEET_HIDDEN, SHEET_VERY_HIDDEN };
struct sheet_info {
    struct text name; /* "" for a CSV */
    enum sheet_state state;
};

struct sheet_book;

/* Opens a workbook or CSV and reads its list of worksheets (no cells yet). The options are copied.
 * `name` in errors is the file's name without its folders. All errors of this module have exit code 3:
 *   SHEET_ABSENT, SHEET_FORBIDDEN, SHEET_UNREADABLE   the file system says no
 *   SHEET_EMPTY          no byte in it
 *   SHEET_NOT_WORKBOOK   something else (an image, a program, text under the name .xlsx)
 *   SHEET_OLD_FORMAT     .xls or .et of old;  SHEET_ENCRYPTED  locked by a password
 *   SHEET_OTHER_FORMAT   .ods, .xlsb, a web page saved as .xls, a Word file, a PDF
 *   SHEET_TRUNCATED      cut off;  SHEET_DAMAGED  a part is missing, broken or contradicts itself
 *   SHEET_UNSAFE         DOCTYPE, entities, overlapping or duplicate parts, paths that climb
 *   SHEET_TOO_LARGE, SHEET_NO_MEMORY, SHEET_NO_SPACE (no room for the temporary file) */
MUST_USE bool sheet_open(const char *path, const struct sheet_options *how, struct sheet_book **book_out,
                         struct err *e);
/* Accepts NULL. Rows of the book must be closed before. */
void sheet_close(struct sheet_book *book);

/* Worksheets in the workbook's order; chart, dialog and macro sheets are left out. Borrowed from the book. */
size_t sheet_count(const struct sheet_book *book);
const struct sheet_info *sheet_info(const struct sheet_book *book, size_t index);
enum sheet_source sheet_source(const struct sheet_book *book);
bool sheet_date1904(const struct sheet_book *book);

enum sheet_cell_kind {
    SHEET_NONE, /* a formula without a cached value (`formula` is true); nothing else comes without a value */
    SHEET_TEXT, /* .text, never empty */
    SHEET_NUMBER, /* .number, and .text as the file spells it: "4.19933E+17", "0.1" */
    SHEET_DATE, /* a number whose format shows a date or time (.number, .text the spelling), or an ISO date in
                   the file (.number is its serial, .text the spelling) */
    SHEET_BOOL, /* .number is 1 or 0 */
    SHEET_ERROR /* .text "#DIV/0!" */
};
enum sheet_fill {
    SHEET_FILL_OWN,   /* the value stands in this cell */
    SHEET_FILL_DOWN,  /* from the first cell of a merged range, same column */
    SHEET_FILL_ACROSS /* from the first cell of a merged range, another column */
};
struct sheet_cell {
    uint32_t column; /* 0 is A */
    uint32_t style;  /* for sheet_format_code */
    uint8_t kind;    /* enum sheet_cell_kind */
    uint8_t fill;    /* enum sheet_fill */
    bool formula;
    double number;
    struct text text; /* lives until the next row is asked for */
};
struct sheet_row {
    uint32_t number; /* as Excel shows it, from 1; CSV: the record, counted from the file's first */
    bool hidden;
    size_t count;
    const struct sheet_cell
        *cells; /* by column as the file has them (ascending in any sane file), gaps left out */
};
struct sheet_merge {
    uint32_t first_row, last_row; /* from 1 */
    uint32_t first_column, last_column;
};

struct sheet_rows;

/* Starts to read one worksheet. One `struct sheet_rows` of a book may be open at a time. A sheet can be read
 * as often as one likes. Reads through the part once for its merged ranges, so a cut-off or broken archive
 * shows here, before the first row. Errors as sheet_open, and those of sheet_rows_next. */
MUST_USE bool sheet_rows_open(struct sheet_book *book, size_t index, struct sheet_rows **rows_out,
                              struct err *e);
/* The next row that has a cell with something in it; NULL at the end. Errors, with `sheet`, `row`:
 *   SHEET_TOO_MANY_ROWS, SHEET_TOO_MANY_COLUMNS, SHEET_CELL_TOO_LONG, SHEET_DAMAGED, SHEET_UNSAFE … */
MUST_USE bool sheet_rows_next(struct sheet_rows *rows, const struct sheet_row **row_out, struct err *e);
void sheet_rows_close(struct sheet_rows *rows); /* accepts NULL */
/* Merged ranges of the sheet, by first row. Borrowed until the rows are closed. */
const struct sheet_merge *sheet_rows_merges(const struct sheet_rows *rows, size_t *count_out);
/* How much of the sheet has been read, 0 to 1000. */
int sheet_rows_permille(const struct sheet_rows *rows);
/* The number format of a cell ("0.00", "yyyy/m/d"; "" when it is one of Excel's own numbered ones). */
struct text sheet_format_code(const struct sheet_book *book, const struct sheet_cell *cell);

/* The day and the milliseconds within it that a serial number stands for. False outside 0..2958465 and for
 * 1900-02-29, which the 1900 system has and the calendar has not. 0 <= serial < 1 is a time without a day and
 * gives *day_out = DAY_NONE. */
MUST_USE bool sheet_serial(double serial, bool date1904, day *day_out, int32_t *ms_out);

/* Writes the one JSON value of `sheet dump` (contract: see doc) while it reads. On false some of it may have
 * been written already, and the writer stays failed (json_end frees it and answers false). */
MUST_USE bool sheet_dump(const char *path, struct json *out, struct err *e);

/* "A", "Z", "AA", "XFD" and NUL. */
void sheet_column_name(uint32_t column, char out[4]);
/* A header as the catalogue looks it up: full-width to half-width letters and brackets, no blanks or line
 * breaks, no 其中: before it, the unit in brackets taken off: "其中：低保金（元）" -> key 低保金, unit 元.
 * Brackets that hold no unit stay in the key. Both live in `a`; false only when its memory is out. */
MUST_USE bool sheet_header_key(struct text header, struct arena *a, struct text *key_out,
                               struct text *unit_out);

#endif
