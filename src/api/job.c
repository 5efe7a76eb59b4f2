/* Jobs that wait and run. Always holds: a job is in the list from its beginning until its end stands in the
 * database, so that whoever asks finds it in one of the two. */
#include "api/job.h"
#include "api/api.err.h"
#include "api/api.sql.h"
#include "api/job_parts.h"
#include "api/key.h"
#include "api/server.h"
#include "api/upload.h"
#include "base/base.err.h"
#include <assert.h>
#include <stdlib.h>

#define MS_A_DAY ((int64_t)86400000)
#define BUSY_SECONDS 5
#define ACCEPTED 202

const char *job_state_name(enum job_state state)
{
    static const char *const names[] = {"queued", "running", "done", "failed", "cancelled"};
    return names[state];
}

void job_drop_locked(struct job *job)
{
    assert(job->holders > 0);
    if (--job->holders > 0)
        return;
    upload_close(job->upload);
    buf_clear(&job->result);
    buf_clear(&job->problem);
    arena_clear(&job->arena);
    free(job);
}

void job_changed_locked(struct job *job)
{
    job->version++;
    for (struct watch *w = job->jobs->watches; w != NULL; w = w->next)
        if (w->job == job)
            w->wake(w->user);
}

struct job *job_find_locked(struct jobs *jobs, struct text id, struct text account)
{
    struct job *job = jobs->first;
    while (job != NULL && !(text_equal(text_of(job->id), id) && text_equal(job->account, account)))
        job = job->next;
    return job;
}

/* ---- beginning one ---- */

static bool copy_texts(struct arena *a, const struct op_value *from, struct op_value *to)
{
    struct text *many = arena_take_many(a, from->many_count + 1, sizeof *many);
    struct op_field *fields = arena_take_many(a, from->field_count + 1, sizeof *fields);
    if (many == NULL || fields == NULL)
        return false;
    *to = *from;
    to->s = text_copy(a, from->s);
    to->many = many;
    to->fields = fields;
    for (size_t i = 0; i < from->many_count; i++)
        many[i] = text_copy(a, from->many[i]);
    for (size_t i = 0; i < from->field_count; i++) {
        fields[i] = from->fields[i];
        fields[i].name = text_copy(a, from->fields[i].name);
        fields[i].value = text_copy(a, from->fields[i].value);
    }
    return true;
}

static bool copy_values(struct job *job, const struct op_value *values)
{
    job->values = arena_take_many(&job->arena, job->op->count + 1, sizeof *job->values);
    bool good = job->values != NULL;
    for (size_t i = 0; good && i < job->op->count; i++)
        good = copy_texts(&job->arena, &values[i], &job->values[i]);
    return good;
}

static struct job *new_job(struct jobs *jobs, struct request *r, const struct op_value *values)
{
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return NULL;
    arena_init(&job->arena, REQUEST_ARENA_MAX);
    job->jobs = jobs;
    job->holders = 1;
    job->op = r->route->op;
    job->lang = r->lang;
    job->begun_ms = clock_now_ms();
    buf_init(&job->result, JOB_RESULT_MAX);
    buf_init(&job->problem, JOB_RESULT_MAX);
    uuid_format(uuid_make(), job->id);
    job->account = text_copy(&job->arena, r->actor->account);
    if (job->account.at != NULL && copy_values(job, values))
        return job;
    arena_clear(&job->arena);
    free(job);
    return NULL;
}

/* Room is taken before the record and the key are written, so that nothing is to be taken back. */
static bool take_room(struct jobs *jobs, struct err *e)
{
    pthread_mutex_lock(&jobs->lock);
    bool stopping = jobs->stopping, room = !stopping && jobs->count < JOB_WAITING_MAX;
    if (room)
        jobs->count++;
    pthread_mutex_unlock(&jobs->lock);
    return room || err_fail_int(e, stopping ? &API_STOPPING : &API_BUSY, "seconds", BUSY_SECONDS);
}

static void leave_room(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->count--;
    pthread_mutex_unlock(&jobs->lock);
}

/* Into the list and the runners' hands. A server that stops meanwhile tells of it when it starts again. */
static void enlist(struct jobs *jobs, struct job *job)
{
    pthread_mutex_lock(&jobs->lock);
    struct job **end = &jobs->first;
    while (*end != NULL)
        end = &(*end)->next;
    *end = job;
    job->cancelled = jobs->stopping;
    pthread_cond_signal(&jobs->more);
    pthread_mutex_unlock(&jobs->lock);
}

static bool answer_begun(struct request *r, const struct job *job, struct err *e)
{
    struct json out;
    answer_head(r, "Location", text_format(&r->arena, "/api/v1/job/%s", job->id));
    answer_json(r, ACCEPTED, &out);
    job_json_locked(job, &out);
    return answer_json_end(r, &out, e);
}

static bool keep_record(struct worker *w, const struct job *job, struct err *e)
{
    const struct job_put_in in = {text_of(job->id), job->account, text_of(job->op->name), job->begun_ms};
    struct store *db = w->session.store;
    return store_begin(db, e) && store_end(db, job_put(db, &in, e), e);
}

static bool begin_job(struct worker *w, struct request *r, struct job *job, struct err *e)
{
    if (!take_room(job->jobs, e))
        return false;
    /* Answered before a runner can have it: from then on it changes. */
    if (!answer_begun(r, job, e) || !keep_record(w, job, e)) {
        leave_room(job->jobs);
        return false;
    }
    job->upload = r->upload;
    r->upload = NULL;
    enlist(job->jobs, job);
    return true;
}

bool jobs_begin(struct worker *w, struct request *r, const struct op_value *values, struct err *e)
{
    bool answered;
    if (!key_begin(w, r, &answered, e))
        return false;
    if (answered)
        return true;
    struct job *job = new_job(server_jobs(w->server), r, values);
    if (job == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (begin_job(w, r, job, e)) {
        key_end(w, r);
        return true;
    }
    w->key = NULL;
    pthread_mutex_lock(&job->jobs->lock);
    job_drop_locked(job);
    pthread_mutex_unlock(&job->jobs->lock);
    return false;
}

/* ---- the runners ---- */

static struct job *next_job(struct jobs *jobs)
{
    struct job *job = NULL;
    pthread_mutex_lock(&jobs->lock);
    while (job == NULL && !jobs->stopping) {
        job = jobs->first;
        while (job != NULL && job->state != JOB_QUEUED)
            job = job->next;
        if (job == NULL)
            pthread_cond_wait(&jobs->more, &jobs->lock);
    }
    if (job != NULL) {
        job->state = JOB_RUNNING;
        job_changed_locked(job);
    }
    pthread_mutex_unlock(&jobs->lock);
    return job;
}

static void unlist(struct jobs *jobs, struct job *job)
{
    pthread_mutex_lock(&jobs->lock);
    struct job **at = &jobs->first;
    while (*at != job)
        at = &(*at)->next;
    *at = job->next;
    jobs->count--;
    job_drop_locked(job);
    pthread_mutex_unlock(&jobs->lock);
}

static void *runner(void *user)
{
    struct worker *w = user;
    struct jobs *jobs = server_jobs(w->server);
    struct job *job;
    while ((job = next_job(jobs)) != NULL) {
        job_run(w, job);
        unlist(jobs, job);
    }
    worker_close(w);
    return NULL;
}

/* ---- opening and closing ---- */

/* What a server that crashed left behind has ended; what is old is forgotten. */
static bool tidy(struct worker *w, struct err *e)
{
    struct session *s;
    int64_t now = clock_now_ms();
    struct buf problem;
    struct json out;
    const struct err left = {.kind = &API_JOB_LEFT};
    buf_init(&problem, JOB_RESULT_MAX);
    json_open(&out, json_to_buf, &problem);
    json_object(&out);
    problem_json(&left, LANG_ZH, &out);
    json_object_end(&out);
    bool good = (json_end(&out) || err_fail(e, &OUT_OF_MEMORY)) && worker_session(w, &s, e)
                && store_begin(s->store, e);
    if (good)
        good = store_end(
            s->store,
            job_left(s->store, &(struct job_left_in){buf_text(&problem), now}, e)
                && job_purge(s->store, &(struct job_purge_in){now - JOB_DAYS * MS_A_DAY}, e)
                && request_key_purge(s->store, &(struct request_key_purge_in){now - KEY_DAYS * MS_A_DAY}, e),
            e);
    buf_clear(&problem);
    return good;
}

bool jobs_open(struct server *server, struct jobs **out, struct err *e)
{
    struct jobs *jobs = calloc(1, sizeof *jobs);
    if (jobs == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    *out = jobs;
    jobs->server = server;
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_cond_init(&jobs->more, NULL);
    for (size_t i = 0; i < JOB_THREADS; i++)
        jobs->workers[i].server = server;
    return tidy(&jobs->workers[0], e);
}

bool jobs_run(struct jobs *jobs)
{
    while (jobs->thread_count < JOB_THREADS
           && pthread_create(&jobs->threads[jobs->thread_count], NULL, runner,
                             &jobs->workers[jobs->thread_count])
                  == 0)
        jobs->thread_count++;
    return jobs->thread_count > 0;
}

size_t jobs_count(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    size_t count = jobs->count;
    pthread_mutex_unlock(&jobs->lock);
    return count;
}

void jobs_cancel_all(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->stopping = true;
    for (struct job *job = jobs->first; job != NULL; job = job->next)
        job->cancelled = true;
    pthread_cond_broadcast(&jobs->more);
    pthread_mutex_unlock(&jobs->lock);
}

void jobs_close(struct jobs *jobs)
{
    if (jobs == NULL)
        return;
    jobs_cancel_all(jobs);
    for (size_t i = 0; i < jobs->thread_count; i++)
        pthread_join(jobs->threads[i], NULL);
    while (jobs->first != NULL) { /* nobody ran them: their records say so after the next start */
        struct job *job = jobs->first;
        unlist(jobs, job);
    }
    worker_close(&jobs->workers[0]);
    pthread_cond_destroy(&jobs->more);
    pthread_mutex_destroy(&jobs->lock);
    free(jobs);
}
