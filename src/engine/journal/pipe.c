/* The thread that makes entries; see pipe.h. */
#include "engine/journal/pipe.h"
#include "base/base.err.h"
#include <pthread.h>
#include <stdlib.h>

#define JOB_MEMORY_MAX (64u << 20)
#define WAKE_AT 32 /* jobs that wait before the other thread is woken for them */

struct pipe {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work, made_more;
    /* Under the lock; they only grow, a job lies at its number modulo PIPE_JOBS. */
    uint64_t put, made;
    bool stop, idle, waiting;
    /* Of the batch's thread alone. */
    uint64_t filled, done, seen_made;
    struct entry_maker *maker;
    struct pipe_job jobs[PIPE_JOBS];
};

static bool job_keep(struct pipe_job *job, struct entry_made made)
{
    job->made = (struct entry_made){.entry = text_copy(&job->arena, made.entry),
                                    .sealed = text_copy(&job->arena, made.sealed),
                                    .leaf = made.leaf};
    bool kept = job->made.entry.at != NULL && (made.sealed.at == NULL || job->made.sealed.at != NULL);
    return kept || err_fail(&job->err, &OUT_OF_MEMORY);
}

static void job_make(struct pipe *p, struct pipe_job *job)
{
    struct entry_made made;
    job->good = entry_make(p->maker, &job->log->likes, &job->head, job->changes, job->count, &made, &job->err)
                && job_keep(job, made);
}

static void *make_all(void *pipe)
{
    struct pipe *p = pipe;
    pthread_mutex_lock(&p->lock);
    while (!p->stop) {
        if (p->made == p->put) {
            p->idle = true;
            pthread_cond_wait(&p->work, &p->lock);
            p->idle = false;
            continue;
        }
        uint64_t from = p->made, to = p->put;
        pthread_mutex_unlock(&p->lock);
        for (uint64_t n = from; n < to; n++)
            job_make(p, &p->jobs[n % PIPE_JOBS]);
        pthread_mutex_lock(&p->lock);
        p->made = to;
        if (p->waiting)
            pthread_cond_signal(&p->made_more);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

struct pipe *pipe_open(struct entry_maker *maker)
{
    struct pipe *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    p->maker = maker;
    for (size_t i = 0; i < PIPE_JOBS; i++)
        arena_init(&p->jobs[i].arena, JOB_MEMORY_MAX);
    if (pthread_mutex_init(&p->lock, NULL) != 0) {
        free(p);
        return NULL;
    }
    if (pthread_cond_init(&p->work, NULL) != 0 || pthread_cond_init(&p->made_more, NULL) != 0
        || pthread_create(&p->thread, NULL, make_all, p) != 0) {
        pthread_mutex_destroy(&p->lock);
        free(p);
        return NULL;
    }
    return p;
}

void pipe_close(struct pipe *p)
{
    if (p == NULL)
        return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_signal(&p->work);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    pthread_cond_destroy(&p->work);
    pthread_cond_destroy(&p->made_more);
    pthread_mutex_destroy(&p->lock);
    for (size_t i = 0; i < PIPE_JOBS; i++)
        arena_clear(&p->jobs[i].arena);
    free(p);
}

struct pipe_job *pipe_take(struct pipe *p)
{
    if (p->filled - p->done == PIPE_JOBS)
        return NULL;
    struct pipe_job *job = &p->jobs[p->filled % PIPE_JOBS];
    arena_rewind(&job->arena, (struct arena_mark){NULL, 0, 0});
    job->err.kind = NULL;
    return job;
}

void pipe_put(struct pipe *p)
{
    p->filled++;
    pthread_mutex_lock(&p->lock);
    p->put = p->filled;
    p->seen_made = p->made;
    if (p->idle && p->put - p->made >= WAKE_AT)
        pthread_cond_signal(&p->work);
    pthread_mutex_unlock(&p->lock);
}

struct pipe_job *pipe_made(struct pipe *p, bool wait)
{
    if (p->done == p->filled)
        return NULL;
    if (p->done == p->seen_made && wait) {
        pthread_mutex_lock(&p->lock);
        while (p->made == p->done) {
            p->waiting = true;
            pthread_cond_signal(&p->work);
            pthread_cond_wait(&p->made_more, &p->lock);
        }
        p->waiting = false;
        p->seen_made = p->made;
        pthread_mutex_unlock(&p->lock);
    }
    return p->done < p->seen_made ? &p->jobs[p->done % PIPE_JOBS] : NULL;
}

void pipe_done(struct pipe *p) { p->done++; }
