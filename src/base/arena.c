/* Blocks in a doubly linked list: `newest` is the one in use, those newer than it are spare ones that a
 * rewind has emptied. Under AddressSanitizer everything not handed out is poisoned, so that a use behind a
 * rewind shows.
 */
#include "base/arena.h"
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define POISONED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISONED 1
#endif
#endif
#ifdef POISONED
#include <sanitizer/asan_interface.h>
#define POISON(at, size) ASAN_POISON_MEMORY_REGION(at, size)
#define UNPOISON(at, size) ASAN_UNPOISON_MEMORY_REGION(at, size)
#define RED_ZONE 16u /* bytes behind each thing that nobody may touch */
#else
#define POISON(at, size) ((void)(at), (void)(size))
#define UNPOISON(at, size) ((void)(at), (void)(size))
#define RED_ZONE 0u
#endif

#define BLOCK_FIRST 4096u
#define BLOCK_MAX (1024u * 1024u) /* blocks double up to here; a larger thing gets a block of its own */
#define ALIGN alignof(max_align_t)

struct arena_block {
    struct arena_block *older, *newer;
    size_t used, room;
    alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *a, size_t ceiling) { *a = (struct arena){.ceiling = ceiling}; }

static void free_newer(struct arena *a, struct arena_block *b)
{
    while (b != NULL) {
        struct arena_block *newer = b->newer;
        a->held -= sizeof *b + b->room;
        UNPOISON(b->bytes, b->room);
        free(b);
        b = newer;
    }
}

static struct arena_block *oldest_of(struct arena_block *b)
{
    while (b != NULL && b->older != NULL)
        b = b->older;
    return b;
}

void arena_clear(struct arena *a)
{
    free_newer(a, oldest_of(a->newest));
    a->newest = NULL;
    a->used = a->held = 0;
}

static void drop_spares(struct arena *a)
{
    if (a->newest == NULL)
        return;
    free_newer(a, a->newest->newer);
    a->newest->newer = NULL;
}

/* How large the next block is to be; 0 when the ceiling forbids `need` bytes. */
static size_t next_room(const struct arena *a, size_t need)
{
    size_t room = a->newest == NULL ? BLOCK_FIRST : a->newest->room * 2;
    room = room > BLOCK_MAX ? BLOCK_MAX : room;
    room = room < need ? need : room;
    size_t left = a->ceiling > a->held ? a->ceiling - a->held : 0;
    if (left < sizeof(struct arena_block) || left - sizeof(struct arena_block) < need)
        return 0;
    left -= sizeof(struct arena_block);
    return room < left ? room : left;
}

/* Makes a block with room for `need` bytes the one in use. */
static bool open_block(struct arena *a, size_t need)
{
    struct arena_block *spare = a->newest != NULL ? a->newest->newer : NULL;
    if (spare != NULL && spare->room >= need) {
        a->newest = spare;
        return true;
    }
    size_t room = next_room(a, need);
    if (room == 0 && spare != NULL) {
        drop_spares(a);
        room = next_room(a, need);
    }
    struct arena_block *b = room == 0 ? NULL : malloc(sizeof *b + room);
    if (b == NULL)
        return false;
    *b = (struct arena_block){
        .older = a->newest, .newer = a->newest != NULL ? a->newest->newer : NULL, .room = room};
    if (b->newer != NULL)
        b->newer->older = b;
    if (b->older != NULL)
        b->older->newer = b;
    POISON(b->bytes, b->room);
    a->newest = b;
    a->held += sizeof *b + room;
    return true;
}

void *arena_take(struct arena *a, size_t size)
{
    if (size > SIZE_MAX / 2)
        return NULL;
    size_t need = ((size == 0 ? 1 : size) + RED_ZONE + ALIGN - 1) / ALIGN * ALIGN;
    if (a->newest == NULL || a->newest->room - a->newest->used < need) {
        if (!open_block(a, need))
            return NULL;
    }
    struct arena_block *b = a->newest;
    void *at = b->bytes + b->used;
    b->used += need;
    a->used += need;
    UNPOISON(at, size);
    return memset(at, 0, size);
}

void *arena_take_many(struct arena *a, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    return arena_take(a, count * size);
}

struct arena_mark arena_mark(const struct arena *a)
{
    const struct arena_block *b = a->newest;
    return (struct arena_mark){.block = a->newest, .block_used = b != NULL ? b->used : 0, .used = a->used};
}

void arena_rewind(struct arena *a, struct arena_mark mark)
{
    struct arena_block *stop = mark.block != NULL ? mark.block : oldest_of(a->newest);
    while (a->newest != stop) {
        POISON(a->newest->bytes, a->newest->room);
        a->newest->used = 0;
        a->newest = a->newest->older;
    }
    if (stop != NULL) {
        POISON(stop->bytes + mark.block_used, stop->room - mark.block_used);
        stop->used = mark.block_used;
    }
    a->used = mark.used;
}
