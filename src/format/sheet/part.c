/* Unpacks one part in blocks, either when asked or on a thread of its own a few blocks ahead.
 *
 * The blocks form a ring: the unpacking side fills block `filled % BLOCKS`, the reading side holds block
 * `taken % BLOCKS`. A block belongs to the filling side from the moment the reader asks for the next one.
 */
#include "format/sheet/package.h"
#include "format/sheet/package_zip.h"
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#define BLOCKS 4
#define TAIL 16 /* bytes behind the data that a reader may set */
#define STACK_BYTES ((size_t)256 << 10)

struct block {
    char *data; /* PART_HEADROOM bytes lie before, TAIL bytes behind */
    size_t size;
};
struct part {
    zip_file_t *file;
    uint64_t left; /* bytes that the directory promised and that have not come yet */
    char name[PART_NAME_MAX + 1];
    struct block block[BLOCKS];
    size_t blocks;
    bool ahead, holding; /* the reader holds a block */

    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    size_t filled, taken; /* blocks filled in all, given back in all; guarded by lock */
    bool stop, failed;    /* guarded by lock; without a thread: plain */
};

static bool blocks_make(struct part *part)
{
    for (; part->blocks < (part->ahead ? BLOCKS : 1); part->blocks++) {
        char *at = malloc(PART_HEADROOM + PART_BLOCK_BYTES + TAIL);
        if (at == NULL)
            return false;
        part->block[part->blocks].data = at + PART_HEADROOM;
    }
    return true;
}

/* Fills a block; size 0 is the end. False when the archive is broken here. */
static bool block_fill(struct part *part, struct block *b)
{
    b->size = 0;
    while (b->size < PART_BLOCK_BYTES) {
        zip_int64_t n = zip_fread(part->file, b->data + b->size, PART_BLOCK_BYTES - b->size);
        if (n < 0 || (uint64_t)n > part->left)
            return false;
        if (n == 0)
            return part->left == 0;
        b->size += (size_t)n;
        part->left -= (uint64_t)n;
    }
    return true;
}

static void *unpack(void *arg)
{
    struct part *part = arg;
    for (bool going = true; going;) {
        pthread_mutex_lock(&part->lock);
        while (part->filled - part->taken == BLOCKS && !part->stop)
            pthread_cond_wait(&part->moved, &part->lock);
        bool stop = part->stop;
        struct block *b = &part->block[part->filled % BLOCKS];
        pthread_mutex_unlock(&part->lock);
        if (stop)
            return NULL;

        bool good = block_fill(part, b);
        going = good && b->size > 0;
        pthread_mutex_lock(&part->lock);
        part->failed = !good;
        part->filled++;
        pthread_cond_signal(&part->moved);
        pthread_mutex_unlock(&part->lock);
    }
    return NULL;
}

static bool thread_start(struct part *part)
{
    pthread_attr_t attr;
    if (pthread_mutex_init(&part->lock, NULL) != 0 || pthread_cond_init(&part->moved, NULL) != 0
        || pthread_attr_init(&attr) != 0)
        return false;
    bool started = pthread_attr_setstacksize(&attr, STACK_BYTES) == 0
                   && pthread_create(&part->thread, &attr, unpack, part) == 0;
    pthread_attr_destroy(&attr);
    return started;
}

static bool open_file(struct package *p, uint64_t entry, struct part *part, struct err *e)
{
    zip_stat_t st;
    if (zip_stat_index(package_zip(p), entry, 0, &st) != 0 || (st.valid & ZIP_STAT_SIZE) == 0)
        return err_fail_text(e, &SHEET_DAMAGED, "part", TEXT("zip"));
    const char *name = st.name != NULL ? st.name : "";
    size_t size = strlen(name);
    memcpy(part->name, name, size > PART_NAME_MAX ? PART_NAME_MAX : size);
    if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && st.encryption_method != ZIP_EM_NONE)
        return err_fail(e, &SHEET_ENCRYPTED);
    part->left = st.size;
    part->file = zip_fopen_index(package_zip(p), entry, 0);
    if (part->file == NULL)
        return err_fail_text(e, &SHEET_DAMAGED, "part", text_of(part->name));
    return true;
}

bool part_open(struct package *p, uint64_t entry, bool ahead, struct part **part_out, struct err *e)
{
    struct part *part = calloc(1, sizeof(*part));
    if (part == NULL)
        return err_fail(e, &SHEET_NO_MEMORY);
    if (!open_file(p, entry, part, e)) {
        part_close(part);
        return false;
    }
    /* A small part is not worth a thread. */
    bool threaded = ahead && part->left > PART_BLOCK_BYTES;
    part->ahead = threaded;
    bool ready = blocks_make(part);
    part->ahead = false;
    if (ready && threaded)
        part->ahead = ready = thread_start(part);
    if (!ready) {
        part_close(part);
        return err_fail(e, &SHEET_NO_MEMORY);
    }
    *part_out = part;
    return true;
}

static bool take_ahead(struct part *part, struct block **b)
{
    pthread_mutex_lock(&part->lock);
    if (part->holding) {
        part->taken++;
        pthread_cond_signal(&part->moved);
    }
    while (part->filled == part->taken)
        pthread_cond_wait(&part->moved, &part->lock);
    *b = &part->block[part->taken % BLOCKS];
    bool last_failed = part->failed && part->filled == part->taken + 1;
    pthread_mutex_unlock(&part->lock);
    return !last_failed;
}

bool part_next(struct part *part, char **data_out, size_t *size_out, struct err *e)
{
    struct block *b = &part->block[0];
    bool good = part->ahead ? take_ahead(part, &b) : block_fill(part, b);
    /* The block of the end stays held, so that it comes again when asked again. */
    part->holding = good && b->size > 0;
    if (!good)
        return err_fail_text(e, &SHEET_DAMAGED, "part", text_of(part->name));
    assert(b->size <= PART_BLOCK_BYTES);
    *data_out = b->data;
    *size_out = b->size;
    return true;
}

static void thread_stop(struct part *part)
{
    pthread_mutex_lock(&part->lock);
    part->stop = true;
    pthread_cond_signal(&part->moved);
    pthread_mutex_unlock(&part->lock);
    pthread_join(part->thread, NULL);
    pthread_cond_destroy(&part->moved);
    pthread_mutex_destroy(&part->lock);
}

void part_close(struct part *part)
{
    if (part == NULL)
        return;
    if (part->ahead)
        thread_stop(part);
    for (size_t i = 0; i < part->blocks; i++)
        free(part->block[i].data - PART_HEADROOM);
    if (part->file != NULL)
        zip_fclose(part->file);
    free(part);
}
