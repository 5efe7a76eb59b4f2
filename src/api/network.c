/* The network's side: requests arrive, answers leave. Always holds: nothing here waits for the database, and
 * a body that nobody wants is neither kept nor written anywhere. */
#include "api/api.err.h"
#include "api/host.h"
#include "api/send.h"
#include "api/server_parts.h"
#include "api/upload.h"
#include "api/who.h"
#include "base/base.err.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>

#define DISCARD_MAX ((uint64_t)64 << 20) /* bytes of a body that is refused: then the connection ends */
#define BUSY_SECONDS 2

/* ---- what came ---- */

static struct text head_text(struct visit *v, const char *name)
{
    const char *value = MHD_lookup_connection_value(v->connection, MHD_HEADER_KIND, name);
    return value == NULL ? TEXT_NONE : text_copy(&v->r.arena, text_of(value));
}

static void read_heads(struct visit *v)
{
    struct request_head *h = &v->r.head;
    *h = (struct request_head){.authorization = head_text(v, "Authorization"),
                               .cookie = head_text(v, "Cookie"),
                               .origin = head_text(v, "Origin"),
                               .fetch_site = head_text(v, "Sec-Fetch-Site"),
                               .content_type = head_text(v, "Content-Type"),
                               .if_match = head_text(v, "If-Match"),
                               .idempotency_key = head_text(v, "Idempotency-Key"),
                               .language = head_text(v, "Accept-Language"),
                               .host = head_text(v, "Host")};
    v->r.lang = text_starts_with(h->language, TEXT("en")) ? LANG_EN : LANG_ZH;
    host_source(v);
}

static bool is_type(struct text type, struct text wanted)
{
    struct text begin = text_slice(type, 0, wanted.size);
    bool same = begin.size == wanted.size;
    for (size_t i = 0; same && i < wanted.size; i++)
        same = (begin.at[i] | ' ') == (wanted.at[i] | ' ');
    return same && (type.size == wanted.size || type.at[wanted.size] == ';' || type.at[wanted.size] == ' ');
}

static bool is_wanted_type(const struct request *r, struct err *e)
{
    struct text wanted = r->expects == BODY_JSON ? TEXT("application/json") : TEXT("multipart/form-data");
    return is_type(r->head.content_type, wanted) ? true
                                                 : err_fail_text(e, &API_BODY_TYPE, "expected", wanted);
}

/* How long a body is said to be; 0: none, or nobody says. */
static bool length_of(struct visit *v, int64_t *out)
{
    struct text length = head_text(v, "Content-Length");
    *out = 0;
    return length.at == NULL || (text_to_int(length, out) && *out >= 0);
}

static bool has_body(struct visit *v, int64_t length)
{
    return length > 0 || head_text(v, "Transfer-Encoding").at != NULL;
}

static bool check_body(struct visit *v, struct err *e)
{
    struct request *r = &v->r;
    int64_t length;
    if (!length_of(v, &length))
        return err_fail(e, &API_BODY_BAD);
    r->expects = r->route->expects;
    if (r->expects == BODY_JSON && (uint64_t)length > REQUEST_JSON_MAX)
        return err_fail_int(e, &API_BODY_LARGE, "limit", (int64_t)REQUEST_JSON_MAX);
    if (r->expects == BODY_NONE || (!has_body(v, length) && r->expects == BODY_JSON))
        return true;
    (void)is_wanted_type(r, &r->body_refused); /* told after it is known who asks */
    return true;
}

/* Looks at everything that can be known before the body and without the database. */
static bool look(struct visit *v, const char *raw, struct err *e)
{
    struct request *r = &v->r;
    if (!host_is_ours(v, e) || !url_read(text_of(raw), &r->arena, &r->url, e))
        return false;
    struct text first = r->url.segment_count > 0 ? r->url.segment[0] : TEXT("");
    if (!text_among("api,healthz,metrics", ',', first))
        return true; /* a page */
    return route_find(&v->server->routes, r, e) && check_body(v, e);
}

/* ---- handing over ---- */

static enum MHD_Result refuse(struct visit *v, const struct err *why)
{
    answer_problem(&v->r, why, NULL);
    v->ready = true;
    return send_answer(v);
}

/* A worker has it until it is resumed. */
static enum MHD_Result give_away(struct visit *v, enum route_queue queue)
{
    struct err why = {.kind = NULL};
    MHD_suspend_connection(v->connection);
    if (queue_put(&v->server->queue[queue], v))
        return MHD_YES;
    MHD_resume_connection(v->connection);
    atomic_fetch_add(&v->server->metrics.refused, 1);
    err_fail_int(&why, server_stopping(v->server) ? &API_STOPPING : &API_BUSY, "seconds", BUSY_SECONDS);
    answer_problem(&v->r, &why, NULL);
    v->ready = true;
    return MHD_YES;
}

static bool is_urgent(const struct route *route)
{
    return route->handle == health_handle || route->handle == metrics_handle;
}

static enum MHD_Result answer_here(struct visit *v)
{
    struct err e = {.kind = NULL};
    struct worker none = {.server = v->server};
    if (!v->r.route->handle(&none, &v->r, &e))
        answer_problem(&v->r, &e, NULL);
    v->ready = true;
    return send_answer(v);
}

static enum MHD_Result begin(struct visit *v, const char *method, const char *raw)
{
    struct request *r = &v->r;
    v->begun = true;
    atomic_fetch_add(&v->server->in_flight, 1);
    r->begun_ms = clock_steady_ms();
    r->method = text_copy(&r->arena, text_of(method)).at;
    read_heads(v);
    if (!look(v, raw, &r->refused))
        return refuse(v, &r->refused);
    if (r->route == NULL)
        return send_page(v);
    if (r->expects != BODY_FILES)
        return MHD_YES;
    v->asking = true; /* may files come at all? */
    return give_away(v, QUEUE_READ);
}

static enum MHD_Result take(struct visit *v, const char *data, size_t size)
{
    struct request *r = &v->r;
    if (r->refused.kind == NULL && r->expects == BODY_JSON) {
        if (r->body.ceiling == 0)
            buf_init(&r->body, REQUEST_JSON_MAX);
        buf_add(&r->body, (struct text){data, size});
        if (r->body.failed)
            err_fail_int(&r->refused, &API_BODY_LARGE, "limit", (int64_t)REQUEST_JSON_MAX);
    } else if (r->refused.kind == NULL && r->expects == BODY_FILES) {
        if (r->upload == NULL)
            r->upload = upload_open(v->connection, server_folder(v->server), &r->refused);
        if (r->upload != NULL)
            upload_feed(r->upload, data, size);
    } else
        v->discarded += size;
    return v->discarded > DISCARD_MAX ? MHD_NO : MHD_YES;
}

static enum MHD_Result whole(struct visit *v)
{
    struct request *r = &v->r;
    if (r->refused.kind == NULL && r->upload != NULL && !upload_end(r->upload, &r->refused))
        return refuse(v, &r->refused);
    if (r->refused.kind != NULL)
        return refuse(v, &r->refused);
    if (is_urgent(r->route))
        return answer_here(v);
    return give_away(v, r->route->queue);
}

static void *on_address(void *user, const char *raw, struct MHD_Connection *connection)
{
    struct visit *v = calloc(1, sizeof *v);
    if (v == NULL)
        return NULL;
    v->server = user;
    v->connection = connection;
    pthread_mutex_init(&v->lock, NULL);
    arena_init(&v->r.arena, REQUEST_ARENA_MAX);
    v->r.url.path = text_copy(&v->r.arena, text_of(raw));
    return v;
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data, size_t *size,
                                  void **kept)
{
    struct visit *v = *kept;
    (void)user, (void)connection, (void)url, (void)version;
    if (v == NULL)
        return MHD_NO;
    struct request *r = &v->r;
    if (!v->begun)
        return begin(v, method, v->r.url.path.at);
    if (v->asking
        && *size == 0) { /* the library asks anew after it was resumed: now the body may come, or not */
        v->asking = false;
        return v->ready ? send_answer(v) : r->refused.kind != NULL ? refuse(v, &r->refused) : MHD_YES;
    }
    if (*size > 0) {
        enum MHD_Result taken = take(v, data, *size);
        *size = 0;
        return taken;
    }
    return v->ready ? send_answer(v) : whole(v);
}

static void on_end(void *user, struct MHD_Connection *connection, void **kept,
                   enum MHD_RequestTerminationCode code)
{
    struct visit *v = *kept;
    (void)user, (void)connection, (void)code;
    *kept = NULL;
    if (v == NULL)
        return;
    struct server *s = v->server;
    bool begun = v->begun;
    send_done(v);
    if (begun)
        atomic_fetch_sub(&s->in_flight, 1);
}

/* Escapes are ours to read. */
static size_t leave(void *user, struct MHD_Connection *connection, char *at)
{
    (void)user, (void)connection;
    return strlen(at);
}

PRINTF_LIKE(2, 0) static void quiet(void *user, const char *format, va_list arguments)
{
    (void)user, (void)format, (void)arguments;
}

/* ---- listening ---- */

static bool read_pem(struct server *s, struct text path, struct text *out, struct err *e)
{
    *out = TEXT_NONE;
    if (path.at == NULL)
        return true;
    struct text z = text_copy(&s->arena, path);
    return z.at != NULL ? file_read(z.at, (size_t)1 << 20, &s->arena, out, e) : err_fail(e, &OUT_OF_MEMORY);
}

static struct MHD_Daemon *start(struct server *s, unsigned flags, const char *certificate, const char *key)
{
    struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, NULL},
                                   {MHD_OPTION_HTTPS_MEM_KEY, 0, NULL},
                                   {MHD_OPTION_HTTPS_PRIORITIES, 0, NULL},
                                   {MHD_OPTION_END, 0, NULL}};
    char priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
    union { /* the library does not write to them */
        const char *read;
        char *write;
    } certificate_of = {certificate}, key_of = {key};
    tls[0].ptr_value = certificate_of.write;
    tls[1].ptr_value = key_of.write;
    tls[2].ptr_value = priorities;
    if (certificate == NULL)
        tls[0].option = MHD_OPTION_END;
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, quiet, NULL,
                            MHD_OPTION_LISTEN_SOCKET, s->listening, MHD_OPTION_URI_LOG_CALLBACK, on_address,
                            s, MHD_OPTION_NOTIFY_COMPLETED, on_end, s, MHD_OPTION_UNESCAPE_CALLBACK, leave,
                            NULL, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SERVER_IDLE_SECONDS,
                            MHD_OPTION_CONNECTION_LIMIT, (unsigned)SERVER_CONNECTION_MAX,
                            MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)SERVER_SOURCE_CONNECTION_MAX,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

bool network_start(struct server *s, struct err *e)
{
    struct text certificate, key;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    if (!read_pem(s, s->options.tls_cert, &certificate, e) || !read_pem(s, s->options.tls_key, &key, e)
        || !host_listen(s, e))
        return false;
    if (certificate.at != NULL)
        flags |= MHD_USE_TLS;
    s->daemon = start(s, flags, certificate.at, key.at);
    if (s->daemon != NULL)
        return true;
    return certificate.at != NULL ? err_fail_text(e, &API_TLS, "file", s->options.tls_cert)
                                  : err_fail(e, &OUT_OF_MEMORY);
}

void network_quiet(struct server *s)
{
    if (s->daemon != NULL)
        s->listening = MHD_quiesce_daemon(s->daemon);
}

void network_stop(struct server *s)
{
    if (s->daemon != NULL)
        MHD_stop_daemon(s->daemon);
    s->daemon = NULL;
}
