/* Workers' sessions. Always holds: a session that is handed out was opened with the pack in force. */
#include "api/worker.h"
#include "api/key.h"
#include "api/server.h"

static bool open_anew(struct worker *w, struct err *e)
{
    const struct server_options *o = server_options(w->server);
    const struct session_options options = {
        .db = o->db, .key_file = o->key_file, .write = true, .need_key = true};
    worker_close(w);
    if (!session_open(&w->session, &options, e)) {
        session_close(&w->session);
        return false;
    }
    store_before_commit(w->session.store, key_keep, w);
    pthread_mutex_lock(&w->lock);
    w->open = true;
    pthread_mutex_unlock(&w->lock);
    return true;
}

bool worker_session(struct worker *w, struct session **out, struct err *e)
{
    struct err first = {.kind = NULL};
    bool current = false;
    if (w->broken)
        worker_close(w);
    /* A connection may have broken since the last request; nothing of this one was done yet. */
    if ((!w->open || !session_is_current(&w->session, &current, &first) || !current) && !open_anew(w, e))
        return false;
    *out = &w->session;
    return true;
}

void worker_failed(struct worker *w, const struct err *e)
{
    w->broken |=
        e->kind != NULL && e->kind->http >= 500 && text_starts_with(text_of(e->kind->code), TEXT("STORE_"));
}

void worker_close(struct worker *w)
{
    pthread_mutex_lock(&w->lock);
    if (w->open)
        session_close(&w->session);
    w->open = w->broken = false;
    pthread_mutex_unlock(&w->lock);
}

void worker_cancel(struct worker *w)
{
    pthread_mutex_lock(&w->lock);
    if (w->open)
        store_cancel(w->session.store);
    pthread_mutex_unlock(&w->lock);
}

void worker_init(struct worker *w, struct server *server)
{
    *w = (struct worker){.server = server};
    pthread_mutex_init(&w->lock, NULL);
}

void worker_clear(struct worker *w)
{
    worker_close(w);
    pthread_mutex_destroy(&w->lock);
}
