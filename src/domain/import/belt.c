/* Always: each of the BELT_BLOCKS blocks is in one of three places: empty, full, or with a user. */
#include "domain/import/belt.h"
#include "base/base.err.h"
#include <pthread.h>
#include <stdlib.h>

struct belt {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct block *empty, *full, *last;
    bool finished, stopped;
    struct block blocks[BELT_BLOCKS];
};

bool belt_open(struct belt **out, struct err *e)
{
    struct belt *f = calloc(1, sizeof *f);
    if (f == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (pthread_mutex_init(&f->lock, NULL) != 0) {
        free(f);
        return err_fail(e, &OUT_OF_MEMORY);
    }
    if (pthread_cond_init(&f->changed, NULL) != 0) {
        (void)pthread_mutex_destroy(&f->lock);
        free(f);
        return err_fail(e, &OUT_OF_MEMORY);
    }
    for (size_t i = 0; i < BELT_BLOCKS; i++) {
        arena_init(&f->blocks[i].arena, BELT_BLOCK_BYTES);
        f->blocks[i].next = f->empty;
        f->empty = &f->blocks[i];
    }
    *out = f;
    return true;
}

void belt_close(struct belt *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < BELT_BLOCKS; i++)
        arena_clear(&f->blocks[i].arena);
    (void)pthread_cond_destroy(&f->changed);
    (void)pthread_mutex_destroy(&f->lock);
    free(f);
}

struct block *belt_take(struct belt *f)
{
    (void)pthread_mutex_lock(&f->lock);
    while (f->empty == NULL && !f->stopped)
        (void)pthread_cond_wait(&f->changed, &f->lock);
    struct block *b = f->stopped ? NULL : f->empty;
    if (b != NULL)
        f->empty = b->next;
    (void)pthread_mutex_unlock(&f->lock);
    return b;
}

void belt_put(struct belt *f, struct block *b)
{
    (void)pthread_mutex_lock(&f->lock);
    b->next = NULL;
    if (f->full == NULL)
        f->full = b;
    else
        f->last->next = b;
    f->last = b;
    (void)pthread_cond_broadcast(&f->changed);
    (void)pthread_mutex_unlock(&f->lock);
}

void belt_finish(struct belt *f)
{
    (void)pthread_mutex_lock(&f->lock);
    f->finished = true;
    (void)pthread_cond_broadcast(&f->changed);
    (void)pthread_mutex_unlock(&f->lock);
}

struct block *belt_next(struct belt *f)
{
    (void)pthread_mutex_lock(&f->lock);
    while (f->full == NULL && !f->finished)
        (void)pthread_cond_wait(&f->changed, &f->lock);
    struct block *b = f->full;
    if (b != NULL)
        f->full = b->next;
    (void)pthread_mutex_unlock(&f->lock);
    return b;
}

void belt_return(struct belt *f, struct block *b)
{
    const struct arena_mark start = {0};
    arena_rewind(&b->arena, start);
    b->count = 0;
    (void)pthread_mutex_lock(&f->lock);
    b->next = f->empty;
    f->empty = b;
    (void)pthread_cond_broadcast(&f->changed);
    (void)pthread_mutex_unlock(&f->lock);
}

void belt_stop(struct belt *f)
{
    (void)pthread_mutex_lock(&f->lock);
    f->stopped = true;
    (void)pthread_cond_broadcast(&f->changed);
    (void)pthread_mutex_unlock(&f->lock);
}
