/* Text as a slice of UTF-8 bytes, and a buffer that grows.
 *
 * A slice owns nothing: whoever made the bytes says how long they live. `at == NULL` means "no text" (absent),
 * which is not the empty text. Slices may hold NUL bytes. A buffer has a ceiling from its birth and remembers
 * its first failure, so ten appends are checked once.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H
#include "base/arena.h"
#include "base/attr.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct text {
    const char *at;
    size_t size; /* bytes */
};
#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})
#define TEXT_NONE ((struct text){NULL, 0})
/* For printf's "%.*s". */
#define TEXT_ARG(t) (int)(t).size, ((t).at != NULL ? (t).at : "")

static inline struct text text_of(const char *z) /* a C string; NULL gives TEXT_NONE */
{
    return z == NULL ? TEXT_NONE : (struct text){z, strlen(z)};
}
static inline bool text_is_empty(struct text t) { return t.size == 0; }
static inline bool text_equal(struct text a, struct text b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.at, b.at, a.size) == 0);
}
int text_compare(struct text a, struct text b); /* by bytes, which for UTF-8 is by code point */
bool text_starts_with(struct text t, struct text prefix);
bool text_ends_with(struct text t, struct text suffix);
/* Position of the first `part` at or after `from`, or SIZE_MAX. */
size_t text_find(struct text t, struct text part, size_t from);
struct text text_slice(struct text t, size_t from, size_t size); /* clipped to t */
struct text text_trim(struct text t);                            /* ASCII blanks, U+3000, U+00A0, U+FEFF at both ends */
/* Is `t` one of the words of a list such as "zh,en" (between: ',')? */
bool text_among(const char *words, char between, struct text t);
uint64_t text_hash(struct text t);                               /* not for secrets */

/* Copies into the arena, with a NUL behind (not counted). TEXT_NONE when memory is out or t is TEXT_NONE. */
MUST_USE struct text text_copy(struct arena *a, struct text t);
/* Formats into the arena; TEXT_NONE when memory is out. */
MUST_USE struct text text_format(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);

/* Reads one code point at *at and moves *at behind it; UINT32_MAX for bytes that are not UTF-8 (moves one byte). */
uint32_t text_next(struct text t, size_t *at);
bool text_is_utf8(struct text t);
size_t text_count(struct text t); /* code points */
/* Writes c as UTF-8 to out[4] and answers the number of bytes; 0 for a surrogate or above U+10FFFF. */
size_t text_encode(uint32_t c, char out[4]);
/* Columns on a terminal: 2 for wide East Asian characters, 0 for combining ones, else 1. */
size_t text_columns(struct text t);
/* Whole text as a decimal int64, sign allowed, nothing else; false when it is not one or does not fit. */
MUST_USE bool text_to_int(struct text t, int64_t *out);

struct buf {
    char *at;
    size_t size, room, ceiling;
    bool failed; /* memory or ceiling; what was appended later is lost */
};
void buf_init(struct buf *b, size_t ceiling);
void buf_clear(struct buf *b); /* frees; a zeroed buffer may be cleared */
void buf_reset(struct buf *b); /* empties, keeps the memory, forgets a failure */
void buf_add(struct buf *b, struct text t);
void buf_add_char(struct buf *b, char c);
void buf_add_z(struct buf *b, const char *z);
void buf_add_int(struct buf *b, int64_t n);
void buf_add_format(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
static inline struct text buf_text(const struct buf *b) { return (struct text){b->at != NULL ? b->at : "", b->size}; }

#endif
