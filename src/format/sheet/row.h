/* One row in the making: what the two parsers find in a file becomes cells with a kind and a value.
 *
 * Texts of the row live in its arena, in the parser's window or among the shared strings, until row_begin.
 */
#ifndef FORMAT_SHEET_ROW_H
#define FORMAT_SHEET_ROW_H
#include "format/sheet/strings.h"
#include "format/sheet/style.h"

#define ROW_NEXT UINT64_MAX             /* the row after the one before */
#define ROW_TEXT_MAX ((size_t)32 << 20) /* bytes of text in a row; SHEET_ROW_TOO_LONG */

enum cell_type { /* the attribute t= */
                 CELL_NUMBER,
                 CELL_SHARED,
                 CELL_STRING, /* a formula's text, or one of an unknown type */
                 CELL_INLINE,
                 CELL_BOOL,
                 CELL_ERROR,
                 CELL_DATE
};
struct raw_cell {
    uint32_t column, style;
    enum cell_type type;
    bool formula;
    bool valued;       /* has <v> or <is> */
    bool refs;         /* `value` holds entities */
    struct text value; /* lives as long as the row */
};
struct row {
    struct sheet_options how;
    const struct styles *styles;
    struct strings *strings;
    bool date1904;
    struct arena text;
    struct sheet_cell *cell;
    size_t count, room;
    uint32_t number, next_number;
    uint64_t shared, shared_max; /* bytes of shared text handed out so far, and at most */
    bool hidden;
};

void row_init(struct row *r, const struct sheet_options *how, bool date1904);
void row_clear(struct row *r);
/* `number` may be ROW_NEXT. 0, which Excel never writes, is taken as it stands. SHEET_TOO_MANY_ROWS. */
MUST_USE bool row_begin(struct row *r, uint64_t number, bool hidden, struct err *e);
/* The row is whole: the next one without a number follows it. */
static inline void row_end(struct row *r) { r->next_number = r->number + 1; }
/* SHEET_TOO_MANY_COLUMNS, SHEET_CELL_TOO_LONG, SHEET_ROW_TOO_LONG, SHEET_DAMAGED (no such shared string),
 * SHEET_TEXT_TOO_LARGE (shared text, all uses together). */
MUST_USE bool row_add(struct row *r, const struct raw_cell *raw, struct err *e);
/* Appends a cell as it is. */
MUST_USE bool row_push(struct row *r, const struct sheet_cell *cell, struct err *e);
/* A text cell whose text is copied into the row; not empty. */
MUST_USE bool row_add_text(struct row *r, uint32_t column, struct text t, struct err *e);
/* Fails for a cell's length. Always false. */
bool row_fail_long(const struct row *r, uint32_t column, struct err *e);
enum cell_type row_cell_type(struct text t);

#endif
