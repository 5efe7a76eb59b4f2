/* The server: queues and workers. Always holds: a visit is in one place, the network's thread, a queue or a
 * worker, and whoever takes it from a queue resumes its connection. */
#include "api/server.h"
#include "api/api.err.h"
#include "api/server_parts.h"
#include "api/who.h"
#include "base/base.err.h"
#include <stdlib.h>
#include <unistd.h>

#define SERVER_ARENA_MAX ((size_t)256 << 20)
#define READERS_LEAST 4
#define READERS_MAX 16
#define LOGINS 2
#define STEP_MS 5

/* ---- queues ---- */

bool queue_put(struct queue *q, struct visit *v)
{
    pthread_mutex_lock(&q->lock);
    bool room = !q->stopping && q->count < SERVER_QUEUE_MAX;
    if (room) {
        v->next = NULL;
        *q->last = v;
        q->last = &v->next;
        q->count++;
        atomic_fetch_add(&v->server->at_work, 1);
        pthread_cond_signal(&q->more);
    }
    pthread_mutex_unlock(&q->lock);
    return room;
}

static struct visit *queue_take(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    while (q->first == NULL && !q->stopping)
        pthread_cond_wait(&q->more, &q->lock);
    struct visit *v = q->first;
    if (v != NULL) {
        q->first = v->next;
        q->count--;
        if (q->first == NULL)
            q->last = &q->first;
    }
    pthread_mutex_unlock(&q->lock);
    return v;
}

static void queue_init(struct queue *q)
{
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->more, NULL);
    q->last = &q->first;
}

static void queue_stop(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->stopping = true;
    pthread_cond_broadcast(&q->more);
    pthread_mutex_unlock(&q->lock);
}

/* ---- workers ---- */

static bool body_stands(const struct request *r, struct err *e)
{
    if (r->body_refused.kind != NULL)
        *e = r->body_refused;
    return r->body_refused.kind == NULL;
}

/* Whether files may come at all: who asks, and whether his role imports. */
static bool ask(struct worker *w, struct request *r, struct err *e)
{
    return who_find(w, r, e) && access_may(r->actor, text_of(r->route->op->name), e) && body_stands(r, e);
}

void visit_work(struct worker *w, struct visit *v)
{
    struct request *r = &v->r;
    struct err e = {.kind = NULL};
    if (v->asking) {
        if (!ask(w, r, &r->refused))
            worker_failed(w, &r->refused);
        return;
    }
    bool done = (r->route->who == ROUTE_ANYBODY || who_find(w, r, &e)) && body_stands(r, &e)
                && r->route->handle(w, r, &e);
    if (!done)
        answer_problem(r, &e, NULL);
    worker_failed(w, &e);
    v->ready = true;
}

static void *serving_thread(void *user)
{
    struct serving *serving = user;
    struct visit *v;
    while ((v = queue_take(serving->queue)) != NULL) {
        visit_work(&serving->worker, v);
        atomic_fetch_sub(&v->server->at_work, 1);
        MHD_resume_connection(v->connection);
    }
    worker_close(&serving->worker);
    return NULL;
}

static bool add_threads(struct server *s, enum route_queue queue, size_t count, struct err *e)
{
    for (size_t i = 0; i < count && s->serving_count < WORKERS_MAX; i++) {
        struct serving *serving = &s->serving[s->serving_count];
        serving->worker.server = s;
        serving->queue = &s->queue[queue];
        if (pthread_create(&serving->thread, NULL, serving_thread, serving) != 0)
            return err_fail(e, &OUT_OF_MEMORY);
        s->serving_count++;
    }
    return true;
}

static bool start_threads(struct server *s, struct err *e)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t readers = cores > 0 ? 2 * (size_t)cores : READERS_LEAST;
    readers = readers < READERS_LEAST ? READERS_LEAST : readers > READERS_MAX ? READERS_MAX : readers;
    return add_threads(s, QUEUE_READ, readers, e) && add_threads(s, QUEUE_WRITE, 1, e)
           && add_threads(s, QUEUE_LOGIN, LOGINS, e) && (jobs_run(s->jobs) || err_fail(e, &OUT_OF_MEMORY));
}

/* ---- starting and stopping ---- */

bool server_start(const struct server_options *options, struct server **out, struct err *e)
{
    struct server *s = calloc(1, sizeof *s);
    if (s == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    *out = s;
    s->options = *options;
    s->listening = -1;
    s->metrics.begun_ms = clock_now_ms();
    arena_init(&s->arena, SERVER_ARENA_MAX);
    for (size_t i = 0; i < QUEUES; i++)
        queue_init(&s->queue[i]);
    return folder_open(&s->folder, e)
           && routes_make(options->ops, &server_own_routes, &s->arena, &s->routes, e)
           && pages_load(&s->arena, &s->pages, e) && jobs_open(s, &s->jobs, e) && start_threads(s, e)
           && network_start(s, e);
}

static void wait_for_answers(struct server *s)
{
    int64_t now = clock_steady_ms(), until = now + SERVER_STOP_MS, worked = now;
    while (atomic_load(&s->in_flight) > 0 && now < until && now < worked + SERVER_QUIET_MS) {
        (void)usleep(STEP_MS * 1000);
        now = clock_steady_ms();
        if (atomic_load(&s->at_work) > 0)
            worked = now;
    }
    atomic_store(&s->out_of_time, true);
}

static void stop_threads(struct server *s)
{
    for (size_t i = 0; i < QUEUES; i++)
        queue_stop(&s->queue[i]);
    for (size_t i = 0; i < s->serving_count; i++)
        pthread_join(s->serving[i].thread, NULL);
    s->serving_count = 0;
}

void server_stop(struct server *s)
{
    if (s == NULL)
        return;
    atomic_store(&s->stopping, true);
    network_quiet(s);
    if (s->jobs != NULL) {
        jobs_cancel_all(s->jobs);
        jobs_release_watches(s->jobs);
    }
    wait_for_answers(s);
    stop_threads(s);
    network_stop(s);
    jobs_close(s->jobs);
    if (s->listening >= 0)
        (void)close(s->listening);
    folder_close(&s->folder);
    arena_clear(&s->arena);
    free(s);
}

uint16_t server_port(const struct server *s) { return s->port; }
const struct server_options *server_options(const struct server *s) { return &s->options; }
const struct routes *server_routes(const struct server *s) { return &s->routes; }
struct jobs *server_jobs(const struct server *s) { return s->jobs; }
struct text server_folder(const struct server *s) { return text_of(s->folder.path); }
bool server_stopping(const struct server *s) { return atomic_load(&s->stopping); }
bool server_out_of_time(const struct server *s) { return atomic_load(&s->out_of_time); }

char *server_scratch(struct server *s, struct arena *a)
{
    char *path = arena_take(a, sizeof s->folder.path + 32);
    if (path != NULL)
        (void)snprintf(path, sizeof s->folder.path + 32, "%s/answer-%llu", s->folder.path,
                       (unsigned long long)atomic_fetch_add(&s->scratch, 1));
    return path;
}
