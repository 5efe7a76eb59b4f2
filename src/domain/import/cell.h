/* One cell as the value of a field: what catalog's coercion says, and what only a workbook knows (formulas
 * without a result, error values, dates as serials). */
#ifndef DOMAIN_IMPORT_CELL_H
#define DOMAIN_IMPORT_CELL_H
#include "engine/catalog/coerce.h"
#include "format/sheet/sheet.h"

enum cell_state {
    CELL_EMPTY, /* nothing in it: the field is not known */
    CELL_FITS,
    CELL_MASKED, /* a sensitive value as it is shown (catalog_is_mask): the value itself is not here */
    CELL_REFUSED /* `why` says it, with `field` and `value` */
};
struct cell_context {
    bool date1904;
    enum lang lang; /* of the field's label in `why` */
};
/* `a` takes texts of the value (they do not point into the cell). *remark_out: what the reader of the file is
 * told.
 */
enum cell_state cell_read(const struct catalog_field *field, struct text unit, const struct sheet_cell *cell,
                          const struct cell_context *context, struct arena *a, struct value *out,
                          enum coerce_remark *remark_out, struct err *why);
/* The same through a memory of what the column's cells gave before: most columns of an office's table hold
 * few different things. Answers as cell_read would. */
struct cell_memory;
#define CELL_MEMORY_SIZE ((size_t)8192) /* bytes of one column's memory, zeroed before its first use */
enum cell_state cell_read_again(struct cell_memory *memory, const struct catalog_field *field,
                                struct text unit, const struct sheet_cell *cell,
                                const struct cell_context *context, struct arena *a, struct value *out,
                                enum coerce_remark *remark_out, struct err *why);
bool cell_is_blank(const struct sheet_cell *cell);
/* The cell as a person reads it in the workbook: dates as dates, numbers as spelled. In `a`. */
struct text cell_written(const struct sheet_cell *cell, bool date1904, struct arena *a);

#endif
