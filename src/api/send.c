/* Answers. Always holds: data are never kept by a browser or a proxy, and a page may load nothing from
 * elsewhere. The log says route and status, never an address's values, an account or a person. */
#include "api/send.h"
#include "api/api.err.h"
#include "api/upload.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define EVENT_BLOCK 32768
#define PAGE_POLICY                                                                                          \
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "     \
    "frame-ancestors 'none'"
#define DATA_POLICY "default-src 'none'; frame-ancestors 'none'"

static void add(struct MHD_Response *response, const char *name, const char *value)
{
    (void)MHD_add_response_header(response, name, value);
}

static void add_common(const struct visit *v, struct MHD_Response *response, bool page)
{
    add(response, "X-Content-Type-Options", "nosniff");
    add(response, "Referrer-Policy", "no-referrer");
    add(response, "Cross-Origin-Opener-Policy", "same-origin");
    add(response, "Cross-Origin-Resource-Policy", "same-origin");
    add(response, "Content-Security-Policy", page ? PAGE_POLICY : DATA_POLICY);
    if (v->server->options.tls_cert.at != NULL)
        add(response, "Strict-Transport-Security", "max-age=31536000");
}

static enum MHD_Result queue(struct visit *v, int status, struct MHD_Response *response)
{
    if (response == NULL)
        return MHD_NO;
    enum MHD_Result queued = MHD_queue_response(v->connection, (unsigned)status, response);
    MHD_destroy_response(response);
    return queued;
}

/* ---- a job's events ---- */

static void wake(void *user)
{
    struct visit *v = user;
    pthread_mutex_lock(&v->lock);
    v->woken = true;
    if (v->waiting)
        MHD_resume_connection(v->connection);
    v->waiting = false;
    pthread_mutex_unlock(&v->lock);
}

/* Nothing to say now: the connection sleeps until it is woken, unless that has happened meanwhile. */
static bool sleeps(struct visit *v)
{
    pthread_mutex_lock(&v->lock);
    bool sleep = !v->woken;
    if (sleep) {
        v->waiting = true;
        MHD_suspend_connection(v->connection);
    }
    v->woken = false;
    pthread_mutex_unlock(&v->lock);
    return sleep;
}

static ssize_t next_events(void *user, uint64_t position, char *at, size_t max)
{
    struct visit *v = user;
    (void)position;
    for (;;) {
        size_t size = job_watch_read(v->watch, at, max);
        if (size == SIZE_MAX)
            return MHD_CONTENT_READER_END_OF_STREAM;
        if (size > 0)
            return (ssize_t)size;
        if (sleeps(v))
            return 0;
    }
}

static struct MHD_Response *events(struct visit *v)
{
    v->watch = job_watch(v->server->jobs, v->r.watched, wake, v);
    v->r.watched = NULL;
    return v->watch == NULL
               ? NULL
               : MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, EVENT_BLOCK, next_events, v, NULL);
}

/* ---- answers ---- */

static struct MHD_Response *file_response(struct answer *answer)
{
    struct stat info;
    int file = fflush(answer->file) == 0 ? dup(fileno(answer->file)) : -1;
    if (file < 0)
        return NULL;
    if (fstat(file, &info) != 0 || lseek(file, 0, SEEK_SET) != 0) {
        (void)close(file);
        return NULL;
    }
    return MHD_create_response_from_fd64((uint64_t)info.st_size, file);
}

static struct MHD_Response *body_response(struct answer *answer)
{
    size_t size = answer->body.size;
    char *at = answer->body.at; /* the library frees it */
    answer->body = (struct buf){.at = NULL};
    if (at != NULL)
        return MHD_create_response_from_buffer(size, at, MHD_RESPMEM_MUST_FREE);
    return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
}

enum MHD_Result send_answer(struct visit *v)
{
    struct answer *answer = &v->r.answer;
    int status = answer->status != 0 ? answer->status : 500;
    struct MHD_Response *response = v->r.watched != NULL   ? events(v)
                                    : answer->file != NULL ? file_response(answer)
                                                           : body_response(answer);
    if (response == NULL)
        return MHD_NO;
    add_common(v, response, false);
    add(response, "Cache-Control", "no-store");
    if (answer->type != NULL)
        add(response, "Content-Type", answer->type);
    if (status == 401)
        add(response, "WWW-Authenticate", "Bearer");
    for (size_t i = 0; i < answer->head_count; i++)
        add(response, answer->head[i].name, answer->head[i].value.at);
    return queue(v, status, response);
}

static bool takes_compressed(struct visit *v)
{
    struct text encodings =
        text_of(MHD_lookup_connection_value(v->connection, MHD_HEADER_KIND, "Accept-Encoding"));
    return text_find(encodings, TEXT("gzip"), 0) != SIZE_MAX;
}

static enum MHD_Result send_found(struct visit *v, const struct page *page)
{
    const char *known = MHD_lookup_connection_value(v->connection, MHD_HEADER_KIND, "If-None-Match");
    bool same = known != NULL && strcmp(known, page->etag) == 0,
         small = page->compressed.at != NULL && takes_compressed(v);
    struct text content = same ? TEXT("") : small ? page->compressed : page->content;
    union { /* the library does not write to it */
        const char *read;
        char *write;
    } at = {content.at};
    struct MHD_Response *response =
        MHD_create_response_from_buffer(content.size, at.write, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    add_common(v, response, true);
    add(response, "Content-Type", page->type);
    add(response, "Cache-Control", page->lasting ? "public, max-age=31536000, immutable" : "no-cache");
    add(response, "ETag", page->etag);
    add(response, "Vary", "Accept-Encoding");
    if (small && !same)
        add(response, "Content-Encoding", "gzip");
    v->r.answer.status = same ? 304 : 200;
    return queue(v, v->r.answer.status, response);
}

enum MHD_Result send_page(struct visit *v)
{
    struct err e = {.kind = NULL};
    const struct page *page = page_find(v->server->pages, &v->r.url);
    bool reads = strcmp(v->r.method, "GET") == 0 || strcmp(v->r.method, "HEAD") == 0;
    if (page != NULL && reads)
        return send_found(v, page);
    if (page == NULL)
        err_fail(&e, &API_ROUTE_UNKNOWN);
    else
        err_fail_text(&e, &API_METHOD, "allowed", TEXT("GET"));
    answer_problem(&v->r, &e, NULL);
    return send_answer(v);
}

/* ---- the end ---- */

/* A method is whatever the client wrote, so only the known ones are said. */
static const char *method_said(const struct request *r)
{
    return r->method != NULL && text_among("GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS", ',', text_of(r->method))
               ? r->method
               : "?";
}

static void log_line(const struct visit *v, int64_t took_ms)
{
    char at[25];
    const struct request *r = &v->r;
    clock_format(clock_now_ms(), at);
    fprintf(stderr, "%s %s /%s %d %lldms\n", at, method_said(r), r->route != NULL ? r->route->path : "",
            r->answer.status, (long long)took_ms);
}

void send_done(struct visit *v)
{
    struct request *r = &v->r;
    if (v->begun) {
        int64_t took = clock_steady_ms() - r->begun_ms;
        metrics_count(&v->server->metrics, r->answer.status, took);
        log_line(v, took);
    }
    if (v->watch != NULL)
        job_watch_end(v->watch);
    if (r->watched != NULL) /* who asked went away before the first event */
        job_release(r->watched);
    upload_close(r->upload);
    answer_clear(&r->answer);
    buf_clear(&r->body);
    arena_clear(&r->arena);
    pthread_mutex_destroy(&v->lock);
    free(v);
}
