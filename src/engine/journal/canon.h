/* Canonical JSON: RFC 8785, narrowed to what every language's library writes the same way.
 *
 * Numbers are integers within ±(2^53-1); money and decimals are strings. No duplicate key, no lone surrogate,
 * nothing normalised. Members lie in the order of their keys' UTF-16 units, which is not that of the bytes.
 * What is written twice is the same bytes.
 */
#ifndef ENGINE_JOURNAL_CANON_H
#define ENGINE_JOURNAL_CANON_H
#include "base/err.h"

#define CANON_DEPTH_MAX 32
#define CANON_INT_MAX INT64_C(9007199254740991)

enum canon_kind { CANON_NULL, CANON_FALSE, CANON_TRUE, CANON_INT, CANON_TEXT, CANON_ARRAY, CANON_OBJECT };
struct canon_node {
    enum canon_kind kind;
    int64_t n;                       /* CANON_INT */
    struct text s;                   /* CANON_TEXT */
    struct text key;                 /* of a member of an object, else TEXT_NONE */
    struct canon_node *first, *next; /* children; members ordered by key */
    size_t count;
};

/* Reads JSON into a tree in `a`; the source is borrowed by it. CANON_SYNTAX, CANON_NUMBER, CANON_CHARACTER,
 * CANON_KEY_TWICE, CANON_TOO_DEEP (value `at`: byte, from 1), OUT_OF_MEMORY. */
MUST_USE bool canon_read(struct text json, struct arena *a, const struct canon_node **out, struct err *e);
void canon_write(const struct canon_node *node, struct buf *out);
const struct canon_node *canon_member(const struct canon_node *object, const char *key); /* NULL: none */

/* Order of keys. */
int canon_key_order(struct text a, struct text b);
/* Piecewise writing, for what is canonical by construction. false: not UTF-8, or outside the range (nothing
 * is written). */
MUST_USE bool canon_text(struct buf *out, struct text t);
MUST_USE bool canon_int(struct buf *out, int64_t n);

#endif
