/* One request on its way through the server, and its answer.
 *
 * A request belongs to the thread that works on it: the network's thread while it arrives and is sent, one
 * worker between. All its memory is its own and goes with it.
 */
#ifndef API_REQUEST_H
#define API_REQUEST_H
#include "api/url.h"
#include "engine/access/access.h"
#include "engine/op/op.h"
#include <stdio.h>

#define REQUEST_JSON_MAX ((size_t)1 << 20) /* bytes of a JSON body */
#define REQUEST_ARENA_MAX ((size_t)4 << 30)
#define ANSWER_MEMORY_MAX ((size_t)1 << 20) /* a longer answer goes through a file without a name */
#define ANSWER_HEAD_MAX 8

struct answer {
    int status;
    const char *type; /* "application/json" */
    struct buf body;
    FILE *file; /* the whole body, where it is too long for memory */
    struct {
        const char *name;
        struct text value; /* in the request's arena */
    } head[ANSWER_HEAD_MAX];
    size_t head_count;
};
/* What the network's side knows of a request. */
struct request_head {
    struct text authorization, cookie, origin, fetch_site, content_type, if_match, idempotency_key, language,
        host;
    struct text source; /* the address it came from: "127.0.0.1" */
    bool loopback;
};
enum request_body { BODY_NONE, BODY_JSON, BODY_FILES };
struct upload;
struct job;
struct route;
struct request {
    struct arena arena;
    const char *method;
    struct url url;
    struct request_head head;
    const struct route *route;
    struct text path_value[URL_SEGMENT_MAX]; /* of the route's {names}, in order */
    enum request_body expects;
    struct buf body;
    struct upload *upload;   /* BODY_FILES */
    struct err refused;      /* before a worker saw it */
    struct err body_refused; /* the body is of another type: told only to those who may ask */
    enum lang lang;
    bool known;                /* who asks is known: */
    const struct actor *actor; /* in the arena */
    bool by_cookie;            /* known by a cookie, which a foreign page could make a browser send */
    struct text secret;        /* of the session, to end it */
    struct job *watched;       /* the answer is this job's events */
    struct answer answer;
    int64_t begun_ms;
};

/* The media type of what a file name ends in, or a format is called: "xlsx"; NULL: unknown. */
const char *answer_type(struct text ending);
/* Adds a head to the answer; both texts must live as long as the request. */
void answer_head(struct request *r, const char *name, struct text value);
/* A JSON body is written to `out` and ended with answer_json_end; what is written before a failure is thrown
 * away by answer_problem. */
void answer_json(struct request *r, int status, struct json *out);
MUST_USE bool answer_json_end(struct request *r, struct json *out, struct err *e);
/* Fills the answer with an error (RFC 9457). `call`, or NULL, gives what it refused field by field and the
 * record as it is now. */
void answer_problem(struct request *r, const struct err *e, struct op_call *call);
/* The members of a problem document into an open object. */
void problem_json(const struct err *e, enum lang lang, struct json *out);
void answer_clear(struct answer *answer);

#endif
