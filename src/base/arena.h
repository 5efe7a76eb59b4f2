/* Memory by lifetime: one arena for a request, a batch, a run; it goes as a whole when the work is done.
 *
 * Always holds: what an arena gave stays where it is until the arena is cleared; the arena never grows past
 * the ceiling that it was given at birth.
 *
 * One thread at a time uses an arena.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H
#include "base/attr.h"
#include <stdbool.h>
#include <stddef.h>

struct arena_block;
struct arena {
    struct arena_block *newest;
    size_t used;    /* bytes handed out */
    size_t held;    /* bytes taken from the system */
    size_t ceiling; /* bytes; 0 is not allowed */
};
struct arena_mark {
    struct arena_block *block;
    size_t block_used;
    size_t used;
};

/* An empty arena that takes at most `ceiling` bytes from the system. Takes none yet. */
void arena_init(struct arena *a, size_t ceiling);

/* Gives back all memory. An arena that was only zeroed may be cleared. */
void arena_clear(struct arena *a);

/* `size` zeroed bytes, aligned for any type; NULL when the ceiling or the system's memory is reached. */
MUST_USE void *arena_take(struct arena *a, size_t size);

/* `count` zeroed things of `size` bytes; NULL also when the product overflows. */
MUST_USE void *arena_take_many(struct arena *a, size_t count, size_t size);

/* Remembers a point; arena_rewind gives back what was taken since (the blocks are kept for reuse). */
struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark mark);

#endif
