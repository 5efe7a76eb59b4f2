/* The characters of cells: Excel's escapes, lengths as Excel counts them, numbers as XML spells them. */
#ifndef FORMAT_SHEET_CHARS_H
#define FORMAT_SHEET_CHARS_H
#include "format/sheet/sheet.h"

/* UTF-16 units of UTF-8 text. */
size_t chars_utf16(struct text t);
/* Whether the text begins with _xHHHH_. */
bool chars_is_escape(struct text t);
/* Whether _xHHHH_ stands in it anywhere. */
bool chars_has_escape(struct text t);
/* Decodes each _xHHHH_ (a pair of surrogates becomes one character, half a pair U+FFFD) in place; the new
 * size. */
size_t chars_unescape(char *at, size_t size);
/* The double nearest to a decimal spelling (no hexadecimal, no "inf", no blanks); false when it is none or
 * too large for a double. */
MUST_USE bool chars_to_double(struct text t, double *out);
/* t without blanks, tabs and line breaks at its ends. */
struct text chars_strip(struct text t);
/* "AB12": column from 0, row as it stands; false when it is no reference. May exceed the limits of a sheet.
 */
MUST_USE bool chars_reference(struct text t, uint32_t *column_out, uint32_t *row_out);
/* Length of the leading part of p..end that is UTF-8 (a sequence that the end cuts is not). */
size_t chars_utf8_prefix(const char *p, size_t size);

#endif
