/* A thread that works on requests or jobs, with a session of its own: the server's pool of connections.
 *
 * A session is opened when the first request needs it, held for the next ones, opened anew when another pack
 * came into force, and closed when its database failed it, so that a broken connection costs one request at
 * most.
 */
#ifndef API_WORKER_H
#define API_WORKER_H
#include "engine/session/session.h"
#include <pthread.h>

struct key_use;
struct server;
struct worker {
    struct server *server;
    struct session session;
    bool open, broken;
    pthread_mutex_t lock; /* while the session is opened or closed, so that it can be cancelled */
    struct key_use *key;  /* of the request under way, where the same again must not be done again */
};
/* The worker's session, in force and whole. SESSION_*, STORE_*. */
MUST_USE bool worker_session(struct worker *w, struct session **out, struct err *e);
/* Says that an error came of the worker's work: after one of the database the session is not used again. */
void worker_failed(struct worker *w, const struct err *e);
void worker_close(struct worker *w);
/* From another thread: what the worker's database is doing fails with STORE_CANCELLED. */
void worker_cancel(struct worker *w);
/* Before and after all else. */
void worker_init(struct worker *w, struct server *server);
void worker_clear(struct worker *w);

#endif
