/* What an import has to say about single cells: refused ones and notes, each with its place and its sentence.
 *
 * They come in any order and are read in the order of sheets, rows and columns. The texts lie in a file
 * without a name once they are many; only 16 bytes for each stay in memory. One thread at a time, so the one
 * who reads sheets and the one who resolves the batch take turns through the lock that problem_add takes
 * itself.
 */
#ifndef DOMAIN_IMPORT_PROBLEM_H
#define DOMAIN_IMPORT_PROBLEM_H
#include "base/err.h"
#include "base/value.h"

#define PROBLEM_MAX 4000000       /* LIMIT; 64 MB of places */
#define PROBLEM_NO_COLUMN 0xFFFFu /* tells of a row as a whole */
#define PROBLEM_SHEET_MAX 0xFFFFFFu

enum problem_level { PROBLEM_ERROR, PROBLEM_NOTE };
struct problem {
    enum problem_level level;
    uint32_t sheet;    /* number in the import */
    uint32_t row;      /* as the sheet numbers it; 0: the sheet as a whole */
    uint32_t column;   /* from 0, or PROBLEM_NO_COLUMN */
    struct text field; /* id, or TEXT_NONE */
    struct text code;
    struct text value; /* as written, masked where it is sensitive; TEXT_NONE: none */
    struct text message;
};

struct problems;
/* OUT_OF_MEMORY. */
MUST_USE bool problems_open(struct problems **out, struct err *e);
void problems_close(struct problems *ps); /* NULL is allowed */

/* Keeps a copy. Remembers its first failure, which problems_sort tells. Any thread. */
void problem_add(struct problems *ps, const struct problem *p);
/* Puts all in order and takes out what was said twice about one cell. LIMIT, FILE_FULL, FILE_WRITE,
 * OUT_OF_MEMORY. */
MUST_USE bool problems_sort(struct problems *ps, struct err *e);

/* After sorting. */
size_t problem_count(const struct problems *ps);
size_t problem_error_count(const struct problems *ps);
/* The `index`-th; its texts live until the next call. FILE_READ. */
MUST_USE bool problem_get(struct problems *ps, size_t index, struct problem *out, struct err *e);
/* Position of the first problem at or behind a row; problem_count when there is none. */
size_t problem_seek(const struct problems *ps, uint32_t sheet, uint32_t row);
/* Does this row have an error? Its position, or SIZE_MAX. */
size_t problem_refused(const struct problems *ps, uint32_t sheet, uint32_t row);
/* Place alone, without reading the texts. */
void problem_place(const struct problems *ps, size_t index, uint32_t *sheet_out, uint32_t *row_out,
                   enum problem_level *level_out);

#endif
