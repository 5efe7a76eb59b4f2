/* Canonical JSON and journal entries: canonical twice is canonical once; whatever an entry holds, reading it
 * ends. */
#include "engine/journal/canon.h"
#include "engine/journal/entry.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any entry is like itself: the worst case of a forged log. */
static bool find_same(void *user, struct text county, int64_t position, struct arena *a,
                      struct text *entry_out, struct err *e)
{
    (void)county;
    (void)position;
    (void)a;
    (void)e;
    *entry_out = *(const struct text *)user;
    return true;
}

static void read_entry(struct text in, struct arena *a)
{
    struct journal_entry entry;
    struct err e = {.kind = NULL};
    const struct entry_reader reader = {NULL, a, find_same, &in};
    if (!entry_read(&reader, TEXT("411622"), in, TEXT_NONE, &entry, &e) && e.kind == NULL)
        abort();
}

static void write_again(const struct canon_node *root, struct arena *a)
{
    struct buf first, second;
    struct err e = {.kind = NULL};
    const struct canon_node *again = NULL;
    buf_init(&first, 1 << 22);
    buf_init(&second, 1 << 22);
    canon_write(root, &first);
    if (!first.failed) {
        if (!canon_read(buf_text(&first), a, &again, &e))
            abort();
        canon_write(again, &second);
        if (!text_equal(buf_text(&first), buf_text(&second)))
            abort();
    }
    buf_clear(&first);
    buf_clear(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct err e = {.kind = NULL};
    const struct canon_node *root = NULL;
    struct text in = {(const char *)data, size};
    arena_init(&a, 64u << 20);
    if (canon_read(in, &a, &root, &e))
        write_again(root, &a);
    else if (e.kind == NULL)
        abort();
    read_entry(in, &a);
    arena_clear(&a);
    return 0;
}
