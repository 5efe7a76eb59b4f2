/* What the files about jobs share. For them only. */
#ifndef API_JOB_PARTS_H
#define API_JOB_PARTS_H
#include "api/job.h"
#include "base/system.h"
#include <pthread.h>

#define JOB_THREADS 2

enum job_state { JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED };
struct upload;
struct job {
    struct job *next;
    struct jobs *jobs;
    size_t holders; /* the runner and each watch; the last frees it */
    struct arena arena;
    char id[37];
    struct text account;
    const struct op *op;
    struct op_value *values;
    struct upload *upload;
    enum lang lang;
    int64_t begun_ms;
    /* What changes, under jobs->lock. */
    enum job_state state;
    bool cancelled;
    uint64_t version; /* counts changes */
    char stage[64];
    uint64_t done, total;
    int64_t ended_ms;
    struct buf result, problem; /* written by the runner before the state says that it ended */
};
struct watch {
    struct watch *next;
    struct job *job;
    void (*wake)(void *user);
    void *user;
    uint64_t seen;
    struct buf out; /* being read */
    size_t at;
    bool last, released;
};
struct jobs {
    struct server *server;
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct job *first; /* waiting or running, oldest first */
    size_t count;
    struct watch *watches;
    bool stopping;
    struct worker workers[JOB_THREADS];
    pthread_t threads[JOB_THREADS];
    size_t thread_count;
};
const char *job_state_name(enum job_state state);
/* The record of a job as JSON. Under the lock. */
void job_json_locked(const struct job *job, struct json *out);
/* Says that something changed, and wakes who watches. Under the lock. */
void job_changed_locked(struct job *job);
/* One holder less. Under the lock. */
void job_drop_locked(struct job *job);
/* A running or waiting job of an account, or NULL. Under the lock. */
struct job *job_find_locked(struct jobs *jobs, struct text id, struct text account);
/* Where the file that a job gives back lies. */
#define JOB_PATH_MAX 128
void job_file_path(const struct jobs *jobs, struct text id, char out[JOB_PATH_MAX]);
/* Runs one job on a worker to its end. */
void job_run(struct worker *w, struct job *job);

#endif
