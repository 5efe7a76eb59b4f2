/* Blocks in a list, the newest first; a mark names a block and how far it was used. */
#include "base/arena.h"
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_FIRST 4096u
#define BLOCK_MAX (1024u * 1024u) /* blocks double up to here; a larger thing gets a block of its own */

struct arena_block {
    struct arena_block *older;
    size_t used, room;
    alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *a, size_t ceiling) { *a = (struct arena){.ceiling = ceiling}; }

void arena_clear(struct arena *a)
{
    for (struct arena_block *b = a->newest, *older; b != NULL; b = older) {
        older = b->older;
        free(b);
    }
    a->newest = NULL;
    a->used = a->held = 0;
}
