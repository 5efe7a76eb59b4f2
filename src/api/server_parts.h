/* What the files of the server share. For them only. */
#ifndef API_SERVER_PARTS_H
#define API_SERVER_PARTS_H
#include "api/folder.h"
#include "api/job.h"
#include "api/metrics.h"
#include "api/page.h"
#include "api/server.h"
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#define QUEUES 3
#define WORKERS_MAX 32

/* A request and the connection on which it came. Held by the network's thread, and while `suspended` by a
 * worker. */
struct visit {
    struct request r;
    struct server *server;
    struct MHD_Connection *connection;
    struct visit *next; /* in a queue */
    bool begun;         /* heads were read */
    bool asking;        /* a worker only says whether the body may come */
    bool ready;         /* the answer stands */
    uint64_t discarded; /* bytes of a body that nobody wants */
    /* Of a watched job. */
    pthread_mutex_t lock;
    struct watch *watch;
    bool waiting, woken;
};
struct queue {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct visit *first, **last;
    size_t count;
    bool stopping;
};
struct server {
    struct server_options options;
    struct arena arena;
    struct routes routes;
    struct pages *pages;
    struct jobs *jobs;
    struct metrics metrics;
    struct folder folder;
    atomic_uint_fast64_t scratch;
    atomic_bool stopping;
    atomic_size_t in_flight; /* requests begun and not yet ended */
    atomic_size_t at_work;   /* of those, the ones that wait for a worker or have one */
    atomic_bool out_of_time; /* what is still worked on is to be given up */
    struct MHD_Daemon *daemon;
    int listening;
    uint16_t port;
    struct queue queue[QUEUES];
    struct serving {
        struct worker worker;
        struct queue *queue;
        pthread_t thread;
    } serving[WORKERS_MAX];
    size_t serving_count;
};

/* Puts a visit into the queue; false: it is full or the server stops. */
bool queue_put(struct queue *q, struct visit *v);
/* Works on one visit: fills its answer. */
void visit_work(struct worker *w, struct visit *v);
/* Listens. API_LISTEN, API_TLS. */
MUST_USE bool network_start(struct server *s, struct err *e);
void network_quiet(struct server *s); /* no new connections */
void network_stop(struct server *s);
/* The server's own routes. */
extern const struct routes server_own_routes;
bool openapi_handle(struct worker *w, struct request *r, struct err *e);
/* healthz and metrics are answered by the network's thread: they must answer when everybody else is busy. */
bool health_handle(struct worker *w, struct request *r, struct err *e);
bool metrics_handle(struct worker *w, struct request *r, struct err *e);

#endif
