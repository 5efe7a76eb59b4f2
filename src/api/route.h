/* Which address and method is what: the operations' own routes, and the few that are the server's.
 *
 * Made once when the server starts and never changed; all threads read it.
 */
#ifndef API_ROUTE_H
#define API_ROUTE_H
#include "api/request.h"

struct worker;
/* Answers a request; false with an error, which becomes a problem document. */
typedef bool route_handler(struct worker *w, struct request *r, struct err *e);
enum route_who {
    ROUTE_ANYBODY, /* no login: session, healthz, the description */
    ROUTE_KNOWN    /* whoever is logged in */
};
enum route_queue { QUEUE_READ, QUEUE_WRITE, QUEUE_LOGIN };
struct route {
    const char *method, *path; /* "GET", "api/v1/job/{id}" */
    const struct op *op;       /* NULL: the server's own */
    route_handler *handle;
    enum route_who who;
    enum route_queue queue;
    enum request_body expects;
    const char *id;      /* in the description; of an operation made from its name */
    const char *zh, *en; /* one line */
};
struct routes {
    const struct route *at;
    size_t count;
};
/* Gathers the routes of `ops` behind those of the server (`own`). An operation whose last {name} is not
 * required has the shorter path, too. */
MUST_USE bool routes_make(const struct op_list *ops, const struct routes *own, struct arena *a,
                          struct routes *out, struct err *e);
/* Finds the request's route and the values of its {names}. API_ROUTE_UNKNOWN; API_METHOD with what is
 * allowed, which is then also an answer's head "Allow". */
MUST_USE bool route_find(const struct routes *routes, struct request *r, struct err *e);
/* Does a route take this parameter from outside? Never paths, what reveals, what is a head of its own. */
bool route_takes(const struct op_parameter *parameter);
/* Is it one of the path's {names}? */
bool route_in_path(const char *path, const char *name);
/* How a declared name is written outside: "as-of" is "as_of". */
#define ROUTE_NAME_MAX 64
void route_outside(const char *declared, char out[ROUTE_NAME_MAX]);
/* The declared parameter that a name outside names ("as_of" is "as-of"), or NULL: those that a route never
 * takes (paths, what reveals) are none. `position_out` may be NULL. */
const struct op_parameter *route_parameter(const struct op *op, struct text name, size_t *position_out);

#endif
