/* Pieces of plain XML for the scanners of feed.h: each accepts less than XML allows, never more.
 *
 * A position is a pointer that moves; `end` holds a NUL byte, so a look at *p is always allowed.
 */
#ifndef FORMAT_SHEET_SCAN_H
#define FORMAT_SHEET_SCAN_H
#include "format/sheet/feed.h"

/* What a scanner answers where the bytes are not what it wants. */
static inline enum scan_result scan_odd(const char *p, const char *end)
{
    return p >= end ? SCAN_PARTIAL : SCAN_OTHER;
}
static inline const char *scan_blanks(const char *p)
{
    while (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')
        p++;
    return p;
}
/* Steps over exactly `word`. */
static inline enum scan_result scan_word(const char **p, const char *end, struct text word)
{
    if ((size_t)(end - *p) < word.size)
        return memcmp(*p, word.at, (size_t)(end - *p)) == 0 ? SCAN_PARTIAL : SCAN_OTHER;
    if (memcmp(*p, word.at, word.size) != 0)
        return SCAN_OTHER;
    *p += word.size;
    return SCAN_DONE;
}
static inline bool scan_is(const char *p, const char *end, struct text word)
{
    return (size_t)(end - p) >= word.size && memcmp(p, word.at, word.size) == 0;
}
/* Character data up to the next "<". *refs_out: holds entities, which are known to be good ones. */
enum scan_result scan_text(const char **p, const char *end, struct text *out, bool *refs_out);
/* Resolves what scan_text found good; `to` has room for t.size bytes. The size written. */
size_t scan_unescape(struct text t, char *to);
/* One attribute, from its name on: name="value", the value ASCII without entities. */
enum scan_result scan_attribute(const char **p, const char *end, struct text *name, struct text *value);
/* "<t>text</t>" or "<t xml:space="preserve">text</t>" or "<t/>", for v likewise: `open` is "<t", `close`
 * "</t>". */
enum scan_result scan_simple(const char **p, const char *end, struct text open, struct text close,
                             struct text *out, bool *refs_out);

#endif
