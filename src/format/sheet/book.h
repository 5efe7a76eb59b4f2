/* An opened file: what the doors in sheet.h hand out, whichever kind it is. */
#ifndef FORMAT_SHEET_BOOK_H
#define FORMAT_SHEET_BOOK_H
#include "format/sheet/csv.h"
#include "format/sheet/grid.h"
#include "format/sheet/workbook.h"

#define BOOK_MEMORY_MAX ((size_t)32 << 20) /* names and relationships */

struct sheet_book {
    struct arena arena;
    struct sheet_options how;
    struct text path, name;
    enum sheet_source source;
    struct package *package;
    struct workbook workbook; /* a CSV: one sheet without a part */
    bool loaded;              /* styles and strings */
    struct styles styles;
    struct strings strings;
    bool reading; /* rows are open */
};

/* Reads styles and shared strings, once. */
MUST_USE bool book_load(struct sheet_book *book, struct err *e);

/* sheet_dump with other options, for tests. */
MUST_USE bool book_dump(const char *path, const struct sheet_options *how, struct json *out, struct err *e);

/* What a file is by its first bytes and its name. SHEET_EMPTY, SHEET_OLD_FORMAT, SHEET_ENCRYPTED,
 * SHEET_OTHER_FORMAT, SHEET_NOT_WORKBOOK, SHEET_ABSENT, SHEET_FORBIDDEN, SHEET_UNREADABLE. */
MUST_USE bool kind_of_file(struct text path, enum sheet_source *out, struct err *e);

#endif
