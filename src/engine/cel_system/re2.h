/* RE2's syntax, written anew for PCRE2: what RE2 refuses is refused, what the two read differently is spelled
 * out. */
#ifndef ENGINE_CEL_SYSTEM_RE2_H
#define ENGINE_CEL_SYSTEM_RE2_H
#include "base/text.h"

#define RE2_DEPTH_MAX 100   /* groups within each other */
#define RE2_REPEAT_MAX 1000 /* in x{n,m}, as RE2 has it */
#define RE2_SIZE_MAX 65536  /* bytes of the pattern that comes out */

/* Appends the pattern for PCRE2 (options UTF, DOLLAR_ENDONLY, ALT_CIRCUMFLEX, newline LF). NULL, or why it is
 * none. */
const char *re2_translate(struct text pattern, struct buf *out);

#endif
