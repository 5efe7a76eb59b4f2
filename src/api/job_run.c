/* Running one job. Always holds: it runs with the rights that its account has now, and its end is in the
 * database before anybody is told of it. */
#include "api/api.err.h"
#include "api/api.sql.h"
#include "api/job_parts.h"
#include "api/server.h"
#include "api/upload.h"
#include "api/who.h"
#include "base/base.err.h"

static bool on_progress(void *user, const char *stage, uint64_t done, uint64_t total)
{
    struct job *job = user;
    pthread_mutex_lock(&job->jobs->lock);
    (void)snprintf(job->stage, sizeof job->stage, "%s", stage);
    job->done = done;
    job->total = total;
    job_changed_locked(job);
    bool go_on = !job->cancelled;
    pthread_mutex_unlock(&job->jobs->lock);
    return go_on;
}

/* A file for what the operation writes beside its answer: the workbook of refused rows. */
static void give_file(struct job *job)
{
    for (size_t i = 0; i < job->op->count; i++)
        if (job->op->parameters[i].type == OP_OUT_PATH && strcmp(job->op->parameters[i].name, "errors") == 0
            && job->upload != NULL) {
            job->values[i].given = true;
            job->values[i].s = upload_result(job->upload);
        }
}

static bool run_call(struct worker *w, struct job *job, const struct actor *actor, struct arena *a,
                     struct err *e)
{
    struct json out;
    struct op_call call = {.op = job->op,
                           .values = job->values,
                           .arena = a,
                           .session = &w->session,
                           .lang = job->lang,
                           .by = actor->account,
                           .by_id = true,
                           .progress = on_progress,
                           .progress_user = job};
    if (!access_may(actor, text_of(job->op->name), e) || !session_act_for(&w->session, actor, e))
        return false;
    bool good = job->op->run(&call, e);
    json_open(&out, json_to_buf, &job->result);
    good = good && job->op->json(&call, &out, e);
    bool written = json_end(&out);
    return good && !written ? err_fail(e, &API_ANSWER) : good;
}

/* While it waited. */
static bool is_cancelled(struct job *job, struct err *e)
{
    pthread_mutex_lock(&job->jobs->lock);
    bool cancelled = job->cancelled;
    pthread_mutex_unlock(&job->jobs->lock);
    return cancelled && !err_fail(e, &API_JOB_CANCELLED);
}

static bool work(struct worker *w, struct job *job, struct arena *a, struct err *e)
{
    struct session *s;
    const struct actor *actor;
    if (is_cancelled(job, e) || !worker_session(w, &s, e) || !who_account(s, job->account, a, &actor, e))
        return false;
    give_file(job);
    return run_call(w, job, actor, a, e);
}

static void write_problem(struct job *job, const struct err *e)
{
    struct json out;
    const struct err unknown = {.kind = &API_ANSWER};
    json_open(&out, json_to_buf, &job->problem);
    json_object(&out);
    problem_json(e->kind != NULL ? e : &unknown, job->lang, &out);
    json_object_end(&out);
    (void)json_end(&out);
}

/* What came back for the files stays as long as the server runs, for the account of the job. */
static void keep_file(struct job *job)
{
    char path[JOB_PATH_MAX];
    if (job->upload == NULL)
        return;
    struct text result = upload_result(job->upload);
    job_file_path(job->jobs, text_of(job->id), path);
    if (result.at != NULL && file_exists(result.at))
        (void)rename(result.at, path);
}

static bool keep_end(struct worker *w, const struct job *job, enum job_state state, int64_t now)
{
    struct session *s;
    struct err ignored = {.kind = NULL};
    const struct job_state_in in = {.id = text_of(job->id),
                                    .state = text_of(job_state_name(state)),
                                    .ended_ms = value_int(now),
                                    .result = state == JOB_DONE ? buf_text(&job->result) : TEXT_NONE,
                                    .problem = state == JOB_DONE ? TEXT_NONE : buf_text(&job->problem)};
    return worker_session(w, &s, &ignored) && store_begin(s->store, &ignored)
           && store_end(s->store, job_state(s->store, &in, &ignored), &ignored);
}

void job_run(struct worker *w, struct job *job)
{
    struct arena a;
    struct err e = {.kind = NULL}, ignored = {.kind = NULL};
    arena_init(&a, REQUEST_ARENA_MAX);
    bool done = work(w, job, &a, &e);
    worker_failed(w, &e);
    if (w->open && !session_act_for(&w->session, NULL, &ignored))
        w->broken = true;
    arena_clear(&a);
    if (!done) {
        buf_reset(&job->result);
        write_problem(job, &e);
    }
    pthread_mutex_lock(&job->jobs->lock);
    enum job_state state = done ? JOB_DONE : job->cancelled ? JOB_CANCELLED : JOB_FAILED;
    pthread_mutex_unlock(&job->jobs->lock);
    int64_t now = clock_now_ms();
    if (done)
        keep_file(job);
    /* Where the database is gone, too, the next start tells. */
    if (!keep_end(w, job, state, now) && !keep_end(w, job, state, now))
        w->broken = true;
    pthread_mutex_lock(&job->jobs->lock);
    job->ended_ms = now;
    job->state = state;
    job_changed_locked(job);
    pthread_mutex_unlock(&job->jobs->lock);
}
