/* What is told of jobs: one, an account's own, their events. Always holds: another's job is answered as one
 * that is not there. */
#include "api/api.err.h"
#include "api/api.sql.h"
#include "api/job_parts.h"
#include "api/server.h"
#include "api/upload.h"
#include "base/base.err.h"
#include <stdlib.h>

#define LIST_MAX 100
#define UUID_SIZE 36
#define EVENT_MAX (JOB_RESULT_MAX + 65536)

static void json_time(struct json *out, const char *key, int64_t ms)
{
    char at[25];
    clock_format(ms, at);
    json_key(out, key);
    if (ms > 0)
        json_z(out, at);
    else
        json_null(out);
}

static void json_head(struct json *out, struct text id, struct text operation, struct text state)
{
    json_key(out, "id");
    json_text(out, id);
    json_key(out, "operation");
    json_text(out, operation);
    json_key(out, "state");
    json_text(out, state);
}

static void json_progress(const struct job *job, struct json *out)
{
    json_key(out, "progress");
    if (job->stage[0] == '\0') {
        json_null(out);
        return;
    }
    json_object(out);
    json_key(out, "stage");
    json_z(out, job->stage);
    json_key(out, "done");
    json_int(out, (int64_t)job->done);
    json_key(out, "total");
    json_int(out, (int64_t)job->total);
    json_object_end(out);
}

static void json_kept(struct json *out, const char *key, struct text value)
{
    json_key(out, key);
    if (value.size > 0)
        json_raw(out, value);
    else
        json_null(out);
}

void job_json_locked(const struct job *job, struct json *out)
{
    bool ended = job->state >= JOB_DONE;
    json_object(out);
    json_head(out, text_of(job->id), text_of(job->op->name), text_of(job_state_name(job->state)));
    json_progress(job, out);
    json_kept(out, "result", ended && job->state == JOB_DONE ? buf_text(&job->result) : TEXT(""));
    json_kept(out, "problem", ended && job->state != JOB_DONE ? buf_text(&job->problem) : TEXT(""));
    json_time(out, "begun", job->begun_ms);
    json_time(out, "ended", ended ? job->ended_ms : 0);
    json_object_end(out);
}

static void kept_json(const struct job_get_row *row, struct text id, struct json *out)
{
    json_object(out);
    json_head(out, id, row->operation, row->state);
    json_key(out, "progress");
    json_null(out);
    json_kept(out, "result", row->result);
    json_kept(out, "problem", row->problem);
    json_time(out, "begun", row->begun_ms);
    json_time(out, "ended", row->ended_ms.kind == VALUE_INT ? row->ended_ms.n : 0);
    json_object_end(out);
}

/* Writes the record of an account's job, wherever it is; false: there is none. */
static bool find_json(struct worker *w, struct request *r, struct json *out, bool *found_out, struct err *e)
{
    struct jobs *jobs = server_jobs(w->server);
    struct text id = r->path_value[0];
    struct job_get_row row;
    pthread_mutex_lock(&jobs->lock);
    struct job *job = job_find_locked(jobs, id, r->actor->account);
    *found_out = job != NULL;
    if (job != NULL)
        job_json_locked(job, out);
    pthread_mutex_unlock(&jobs->lock);
    if (*found_out)
        return true;
    if (!job_get(w->session.store, &(struct job_get_in){id, r->actor->account}, &r->arena, &row, found_out,
                 e))
        return false;
    if (*found_out)
        kept_json(&row, id, out);
    return true;
}

bool job_get_handle(struct worker *w, struct request *r, struct err *e)
{
    struct json out;
    bool found = false;
    answer_json(r, 200, &out);
    bool asked = find_json(w, r, &out, &found, e);
    bool written = json_end(&out);
    if (!asked || !found)
        return asked ? err_fail(e, &API_JOB_ABSENT) : false;
    return written ? true : err_fail(e, &API_ANSWER);
}

bool job_list_handle(struct worker *w, struct request *r, struct err *e)
{
    struct json out;
    struct job_list rows;
    struct job_list_row row;
    const struct job_list_in in = {r->actor->account, LIST_MAX};
    if (!job_list_open(w->session.store, &in, &rows, e))
        return false;
    answer_json(r, 200, &out);
    json_object(&out);
    json_key(&out, "items");
    json_array(&out);
    while (job_list_next(&rows, &row, e)) {
        json_object(&out);
        json_head(&out, row.id, row.operation, row.state);
        json_time(&out, "begun", row.begun_ms);
        json_time(&out, "ended", row.ended_ms.kind == VALUE_INT ? row.ended_ms.n : 0);
        json_object_end(&out);
    }
    job_list_close(&rows);
    json_array_end(&out);
    json_object_end(&out);
    return answer_json_end(r, &out, e) && e->kind == NULL;
}

bool job_cancel_handle(struct worker *w, struct request *r, struct err *e)
{
    struct jobs *jobs = server_jobs(w->server);
    pthread_mutex_lock(&jobs->lock);
    struct job *job = job_find_locked(jobs, r->path_value[0], r->actor->account);
    if (job != NULL)
        job->cancelled = true;
    pthread_mutex_unlock(&jobs->lock);
    return job_get_handle(w, r, e);
}

/* A job that has ended is one event; one that runs is watched. */
bool job_events_handle(struct worker *w, struct request *r, struct err *e)
{
    struct jobs *jobs = server_jobs(w->server);
    pthread_mutex_lock(&jobs->lock);
    struct job *job = job_find_locked(jobs, r->path_value[0], r->actor->account);
    if (job != NULL)
        job->holders++;
    pthread_mutex_unlock(&jobs->lock);
    r->watched = job;
    if (job == NULL && !job_get_handle(w, r, e))
        return false;
    if (job == NULL) {
        struct text record = text_copy(&r->arena, buf_text(&r->answer.body));
        buf_reset(&r->answer.body);
        r->answer.body.ceiling = EVENT_MAX;
        buf_add_z(&r->answer.body, "data: ");
        buf_add(&r->answer.body, record);
        buf_add_z(&r->answer.body, "\n\n");
    }
    r->answer.status = 200;
    r->answer.type = "text/event-stream";
    return true;
}

/* ---- the file ---- */

void job_file_path(const struct jobs *jobs, struct text id, char out[JOB_PATH_MAX])
{
    (void)snprintf(out, JOB_PATH_MAX, "%.*s/job-%.*s.xlsx", TEXT_ARG(server_folder(jobs->server)),
                   TEXT_ARG(id));
}

/* The rows that an import refused, to be mended and sent again. */
bool job_file_handle(struct worker *w, struct request *r, struct err *e)
{
    struct job_get_row row;
    struct text id = r->path_value[0];
    char path[JOB_PATH_MAX];
    bool found;
    if (!job_get(w->session.store, &(struct job_get_in){id, r->actor->account}, &r->arena, &row, &found, e))
        return false;
    if (found && id.size == UUID_SIZE) /* so it is one of ours, and no path */
        job_file_path(server_jobs(w->server), id, path);
    FILE *file = found && id.size == UUID_SIZE ? fopen(path, "rbe") : NULL;
    if (file == NULL)
        return err_fail(e, found ? &API_JOB_FILE_ABSENT : &API_JOB_ABSENT);
    answer_clear(&r->answer);
    r->answer.file = file;
    r->answer.status = 200;
    r->answer.type = answer_type(TEXT("xlsx"));
    answer_head(r, "Content-Disposition", TEXT("attachment; filename=\"refused.xlsx\""));
    return true;
}

/* ---- watching ---- */

struct watch *job_watch(struct jobs *jobs, struct job *job, void (*wake)(void *user), void *user)
{
    struct watch *watch = calloc(1, sizeof *watch);
    pthread_mutex_lock(&jobs->lock);
    if (watch != NULL) {
        *watch = (struct watch){.next = jobs->watches, .job = job, .wake = wake, .user = user};
        watch->seen = UINT64_MAX;
        watch->released = jobs->stopping;
        buf_init(&watch->out, EVENT_MAX);
        jobs->watches = watch;
    } else
        job_drop_locked(job);
    pthread_mutex_unlock(&jobs->lock);
    return watch;
}

static void next_event_locked(struct watch *watch)
{
    struct json out;
    const struct job *job = watch->job;
    if (watch->last || watch->seen == job->version)
        return;
    watch->seen = job->version;
    watch->last = job->state >= JOB_DONE;
    watch->at = 0;
    buf_reset(&watch->out);
    buf_add_z(&watch->out, "data: ");
    json_open(&out, json_to_buf, &watch->out);
    job_json_locked(job, &out);
    watch->last |= !json_end(&out);
    buf_add_z(&watch->out, "\n\n");
}

size_t job_watch_read(struct watch *watch, char *at, size_t max)
{
    pthread_mutex_lock(&watch->job->jobs->lock);
    if (watch->at == watch->out.size)
        next_event_locked(watch);
    size_t left = watch->out.size - watch->at, size = left < max ? left : max;
    if (size > 0)
        memcpy(at, watch->out.at + watch->at, size);
    else if (watch->last || watch->released)
        size = SIZE_MAX;
    if (size != SIZE_MAX)
        watch->at += size;
    pthread_mutex_unlock(&watch->job->jobs->lock);
    return size;
}

void job_watch_end(struct watch *watch)
{
    struct jobs *jobs = watch->job->jobs;
    pthread_mutex_lock(&jobs->lock);
    struct watch **at = &jobs->watches;
    while (*at != watch)
        at = &(*at)->next;
    *at = watch->next;
    job_drop_locked(watch->job);
    pthread_mutex_unlock(&jobs->lock);
    buf_clear(&watch->out);
    free(watch);
}

void job_release(struct job *job)
{
    struct jobs *jobs = job->jobs;
    pthread_mutex_lock(&jobs->lock);
    job_drop_locked(job);
    pthread_mutex_unlock(&jobs->lock);
}

void jobs_release_watches(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    for (struct watch *w = jobs->watches; w != NULL; w = w->next) {
        w->released = true;
        w->wake(w->user);
    }
    pthread_mutex_unlock(&jobs->lock);
}
