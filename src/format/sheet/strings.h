/* The shared strings of a workbook, by number: read once, bounded in memory however many there are.
 *
 * Rich text is joined, phonetic runs are left out, _xHHHH_ is decoded.
 */
#ifndef FORMAT_SHEET_STRINGS_H
#define FORMAT_SHEET_STRINGS_H
#include "format/sheet/package.h"
#include "format/sheet/spill.h"

#define STRINGS_TEXT_RESIDENT ((size_t)6 << 20)  /* bytes of text in memory */
#define STRINGS_INDEX_RESIDENT ((size_t)2 << 20) /* bytes of places in memory: 262,144 strings */

struct strings {
    struct spill bytes, places; /* a place: where a string ends, 8 bytes */
    uint64_t count;
};

void strings_init(struct strings *s);
void strings_clear(struct strings *s);
MUST_USE bool strings_read(struct strings *s, struct package *p, uint64_t entry, struct text part, bool plain,
                           struct err *e);
/* String `index`, which exists. It lies in `a` unless it lies in memory for good. SHEET_ROW_TOO_LONG when `a`
 * is full, SHEET_UNREADABLE. */
MUST_USE bool strings_get(struct strings *s, uint64_t index, struct arena *a, struct text *out,
                          struct err *e);

#endif
