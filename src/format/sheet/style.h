/* Cell styles: only what tells a date from a number.
 *
 * A format shows a date as the contract's `sheet dump` says: by its number where <numFmts> does not define it
 * otherwise, or by its first section. Elapsed times ([h], [mm], [ss]) are numbers.
 */
#ifndef FORMAT_SHEET_STYLE_H
#define FORMAT_SHEET_STYLE_H
#include "format/sheet/package.h"

#define STYLE_COUNT_MAX 262144 /* cell formats; Excel stops at 65,490 */

struct style_format {
    uint32_t id;
    struct text code;
};
struct styles {
    struct arena arena;
    uint32_t *format; /* number format of each cell format */
    bool *date;       /* whether it shows a date */
    size_t count, room;
    struct style_format *custom; /* by id, once read */
    size_t custom_count, custom_room;
};

/* Whether the code's first section shows a date or time (and no elapsed time). */
bool style_code_is_date(struct text code);

void styles_init(struct styles *s);
void styles_clear(struct styles *s);
/* Reads xl/styles.xml. SHEET_DAMAGED, SHEET_TOO_MANY_PARTS, SHEET_NO_MEMORY and those of xml.h. */
MUST_USE bool styles_read(struct styles *s, struct package *p, uint64_t entry, struct text part,
                          struct err *e);
static inline bool styles_is_date(const struct styles *s, uint32_t style)
{
    return style < s->count && s->date[style];
}
struct text styles_code(const struct styles *s, uint32_t style);

#endif
