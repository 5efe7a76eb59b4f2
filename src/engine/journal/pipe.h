/* Entries of a large batch are made on a thread of their own, while the batch's thread goes on with its
 * records.
 *
 * Jobs go through a ring in order and come back in order. The batch's thread fills a job and takes it back
 * when it is made; between pipe_put and pipe_made it belongs to the other thread, and so do the maker and
 * what the logs remember of their entries' fields from pipe_open to pipe_close.
 */
#ifndef ENGINE_JOURNAL_PIPE_H
#define ENGINE_JOURNAL_PIPE_H
#include "engine/journal/log.h"

#define PIPE_JOBS 128

struct pipe_job {
    struct arena arena; /* of what the job holds; kept for the next one in its place */
    struct county_log *log;
    struct entry_head head;
    struct journal_change *changes;
    size_t count;
    struct entry_made made; /* in the arena */
    bool good;
    struct err err;
};
struct pipe;
/* NULL when there is no thread to be had: the caller then makes its entries itself. */
struct pipe *pipe_open(struct entry_maker *maker);
void pipe_close(struct pipe *p); /* what is still in it is forgotten; NULL is allowed */
/* A job to fill, emptied; NULL: the ring is full, take one back first. */
struct pipe_job *pipe_take(struct pipe *p);
void pipe_put(struct pipe *p);
/* The oldest job that was put, made; NULL: none is (without `wait`), or none was put. Given back by
 * pipe_done. */
struct pipe_job *pipe_made(struct pipe *p, bool wait);
void pipe_done(struct pipe *p);

#endif
