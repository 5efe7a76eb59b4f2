/* What the headers of workbooks mean: every label and synonym of the pack, in the form in which they are
 * compared.
 *
 * Built once for an import, read-only afterwards. A header means something only together with a kind of
 * sheet, so the answer to "which header is this" is a number, and kind and number together give the field.
 */
#ifndef DOMAIN_IMPORT_HEADING_H
#define DOMAIN_IMPORT_HEADING_H
#include "engine/catalog/catalog.h"

#define HEADING_NONE UINT32_MAX
#define HEADING_CHARS_MAX 80 /* a longer cell is no header */

/* What a header is in one kind of sheet: indexes in the fields of its entity and of the one that rides along.
 */
struct heading_slot {
    uint16_t main, also; /* SLOT_NONE: not a field of it */
};
#define SLOT_NONE UINT16_MAX

struct heading_kind {
    const struct catalog_import *import;
    const struct heading_slot *slots;  /* by header number */
    const struct text *names, *titles; /* folded; import->name_count, title_count */
};
struct headings {
    const struct catalog *catalog;
    const struct text *keys; /* ordered */
    size_t key_count;
    const struct heading_kind *kinds; /* one for each catalog->imports */
    size_t kind_count;
};

/* OUT_OF_MEMORY. Everything lives in `a`; the catalogue is borrowed. */
MUST_USE bool headings_build(const struct catalog *catalog, struct arena *a, struct headings *out,
                             struct err *e);

/* A header as it stands in a cell: its number or HEADING_NONE, and the unit that stood in brackets
 * (TEXT_NONE: none). */
struct heading {
    uint32_t key;
    struct text unit;
};
/* Width, blanks, case, 其中: and units do not count; brackets that hold no unit do not count where the header
 * is unknown with them. OUT_OF_MEMORY is told as an unknown header: `a` then shows it at the next taking. */
struct heading heading_of(const struct headings *h, struct text as_written, struct arena *a);

/* Headers that an import reads over without a word (序号, and 原行号 of our own errors workbook). */
#define HEADING_ROW_NUMBER TEXT("原行号")
bool heading_is_idle(struct text as_written, struct arena *a);

#endif
