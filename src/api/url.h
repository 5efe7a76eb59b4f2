/* The address of a request: a path of segments and the parameters behind it, decoded.
 *
 * Stricter than browsers are: a bad escape, a NUL and bytes that are not UTF-8 are refused, so that nobody
 * further in meets them.
 */
#ifndef API_URL_H
#define API_URL_H
#include "base/err.h"

#define URL_SEGMENT_MAX 8     /* segments of a path */
#define URL_PARAMETER_MAX 200 /* parameters of an address */

struct url_pair {
    struct text name, value;
};
struct url {
    struct text path; /* as it came, without what is behind '?' */
    struct text segment[URL_SEGMENT_MAX];
    size_t segment_count;
    struct url_pair *pair; /* in the address's order */
    size_t pair_count;
};
/* Reads `raw` ("/api/v1/household?limit=5"); what it gives lives in `a`.
 *   API_URL_BAD        a bad escape, a NUL, no UTF-8, a segment that is "." or ".."
 *   API_URL_LONG       more segments or parameters than there may be
 *   API_PARAMETER_TWICE  names it */
MUST_USE bool url_read(struct text raw, struct arena *a, struct url *out, struct err *e);

#endif
