/* The server: a listening socket, threads for the network, workers and jobs behind bounded queues.
 *
 * The network's threads only move bytes. A request that has arrived is put into one of three queues: reading,
 * writing (one at a time, as the database wants it) and logging in (few at a time, because a password is
 * meant to be expensive); a queue that is full answers 503 at once. Stopping answers what is in flight within
 * SERVER_STOP_MS, and does not wait for clients that neither send on nor read on.
 */
#ifndef API_SERVER_H
#define API_SERVER_H
#include "api/route.h"
#include "base/system.h"

#define SERVER_STOP_MS 4000
#define SERVER_QUIET_MS 1000 /* without anything at work: then nobody is waited for */
#define SERVER_CONNECTION_MAX 1000
#define SERVER_SOURCE_CONNECTION_MAX 400 /* from one address */
#define SERVER_IDLE_SECONDS 60
#define SERVER_QUEUE_MAX 1000 /* requests that wait for a worker */
#define SERVER_HOST_MAX 16

struct server;
struct jobs;
struct server_options {
    struct text db, key_file;
    struct text address;           /* "127.0.0.1", "::1", "0.0.0.0" */
    uint16_t port;                 /* 0: any that is free */
    struct text tls_cert, tls_key; /* PEM files, or TEXT_NONE */
    bool behind_proxy;
    const struct text *hosts; /* names that it is called by, beside its addresses */
    size_t host_count;
    const struct op_list *ops;
};
/* Opens the database once (so that what is wrong with it is said before anybody connects) and listens. Keeps
 * `options` and what it names. API_LISTEN, API_TLS, SESSION_*, STORE_*. */
MUST_USE bool server_start(const struct server_options *options, struct server **out, struct err *e);
uint16_t server_port(const struct server *s);
/* Answers what is in flight, ends jobs, closes. NULL allowed. */
void server_stop(struct server *s);

const struct server_options *server_options(const struct server *s);
const struct routes *server_routes(const struct server *s);
struct jobs *server_jobs(const struct server *s);
struct text server_folder(const struct server *s); /* of its own, for uploads and answers; goes with it */
bool server_stopping(const struct server *s);
/* The time to stop is over: whoever works gives up at his next step. */
bool server_out_of_time(const struct server *s);
/* A name for a file in that folder that nobody else uses. NULL: out of memory. */
char *server_scratch(struct server *s, struct arena *a);

#endif
