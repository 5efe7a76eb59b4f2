/* A cell as somebody wrote it becomes the stored value of a field, or is refused with what is expected.
 *
 * Serves workbooks, forms and HTTP alike. Nothing is guessed: what can be read in two ways is refused.
 * Blanks, width and the marks that spreadsheets leave (a leading ', ="…") are no part of a value. Pure; any
 * thread, an arena each.
 */
#ifndef ENGINE_CATALOG_COERCE_H
#define ENGINE_CATALOG_COERCE_H
#include "engine/catalog/catalog.h"
#include "engine/catalog/coerce.err.h"

#define COERCE_TEXT_MAX 131072    /* bytes of a text */
#define COERCE_IDENTIFIER_MAX 200 /* bytes of an identifier */
#define COERCE_ALLOWED_MAX 8      /* labels that a refused code names */

enum cell_kind { CELL_TEXT, CELL_NUMBER, CELL_DATE, CELL_BOOL, CELL_ERROR };
struct coerce_cell {
    enum cell_kind kind;
    struct text text; /* CELL_TEXT, CELL_ERROR; of numbers and dates the spelling in the file */
    double number;    /* CELL_NUMBER, CELL_DATE, CELL_BOOL (1 or 0) */
    day date;         /* CELL_DATE, and CELL_NUMBER read as a serial of its workbook; DAY_NONE: no day */
};
/* What a reader of the file is told of a value that was kept. */
enum coerce_remark {
    COERCE_AS_WRITTEN,
    COERCE_ROUNDED,          /* it had more decimals than are kept */
    COERCE_PRIVATE_REPLACED, /* characters of old systems' own code points, as the standard has them now */
    COERCE_PRIVATE_LEFT,     /* characters that no table knows were kept as they are */
    COERCE_STRIPPED /* characters that nobody sees, of no width or turning the direction, were taken out */
};
struct coerced {
    struct value value; /* VALUE_NONE: an empty cell; text lives in the arena */
    enum coerce_remark remark;
};

/* `unit` is the column's, as its header gives it ("万元"), or TEXT_NONE: the field's own. What is refused:
 *   COERCE_ERROR_CELL  #N/A and its like          COERCE_TOO_LARGE  beyond 64 bits
 *   COERCE_NUMBER, COERCE_WHOLE, COERCE_UNIT      int, decimal, money
 *   COERCE_YEAR, COERCE_DATE, COERCE_BOOL         year, date, bool
 *   COERCE_CODE                                   code, codes: names up to COERCE_ALLOWED_MAX that can stand
 * there COERCE_IDENTIFIER_ROUNDED                     a number above 15 digits or spelt with an exponent
 *   COERCE_IDENTIFIER, COERCE_VILLAGE, COERCE_TEXT_LONG
 * {field} is the label, {value} what stood there (masked where the field is sealed). */
MUST_USE bool coerce_cell(const struct catalog_field *field, const struct coerce_cell *cell, struct text unit,
                          struct arena *a, struct coerced *out, struct err *e);
/* The same for text that somebody typed. */
MUST_USE bool coerce_text(const struct catalog_field *field, struct text written, struct arena *a,
                          struct coerced *out, struct err *e);

#endif
