/* Operations for requests. Always holds: an operation runs only after the account's role was asked, within
 * the account's area, and the session is given back to nobody's area afterwards. */
#include "api/run.h"
#include "api/api.err.h"
#include "api/job.h"
#include "api/key.h"
#include "api/server.h"
#include "base/base.err.h"
#include "base/system.h"
#include <fcntl.h>
#include <unistd.h>

#define CREATED 201

/* ---- answers that are files ---- */

/* The type of the file that a call asks for; NULL: it asks for JSON. */
static const char *file_type(const struct op *op, const struct op_value *values, size_t *out_at)
{
    const char *type = NULL;
    bool has_out = false;
    for (size_t i = 0; i < op->count; i++) {
        if (op->parameters[i].type == OP_OUT_PATH) {
            has_out = true;
            *out_at = i;
        }
        if (values[i].given && strcmp(op->parameters[i].name, "format") == 0
            && !text_equal(values[i].s, TEXT("json")))
            type = answer_type(values[i].s);
    }
    return has_out ? type : NULL;
}

static bool take_file(struct request *r, const char *path, const char *type, struct err *e)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    (void)unlink(path);
    answer_clear(&r->answer);
    r->answer.file = file >= 0 ? fdopen(file, "rb") : NULL;
    if (r->answer.file == NULL) {
        if (file >= 0)
            (void)close(file);
        return err_fail(e, &API_ANSWER);
    }
    r->answer.status = 200;
    r->answer.type = type;
    answer_head(r, "Content-Disposition", TEXT("attachment"));
    return true;
}

static bool run_to_file(struct worker *w, struct request *r, struct op_call *call, struct op_value *out,
                        const char *type, struct err *e)
{
    char *path = server_scratch(w->server, &r->arena);
    if (path == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    out->given = true;
    out->s = text_of(path);
    bool good = call->op->run(call, e);
    if (good && call->op->json != NULL) { /* what answers later writes its file then */
        struct json json;
        answer_json(r, 200, &json);
        good = call->op->json(call, &json, e);
        good = json_end(&json) && good;
    }
    if (good)
        return take_file(r, path, type, e);
    (void)unlink(path);
    return false;
}

/* ---- answers that are JSON ---- */

static bool answer_call(struct request *r, struct op_call *call, struct err *e)
{
    struct json out;
    answer_json(r, call->op->route.creates ? CREATED : 200, &out);
    bool good = call->op->json == NULL || call->op->json(call, &out, e);
    if (call->op->json == NULL) {
        json_object(&out);
        json_object_end(&out);
    }
    if (!answer_json_end(r, &out, e) || !good)
        return false;
    if (call->etag.at != NULL)
        answer_head(r, "ETag", text_copy(&r->arena, call->etag));
    return true;
}

static bool run_call(struct worker *w, struct request *r, struct op_call *call, struct op_value *values,
                     struct err *e)
{
    size_t out = 0;
    const char *type = file_type(call->op, values, &out);
    return type != NULL ? run_to_file(w, r, call, &values[out], type, e)
                        : call->op->run(call, e) && answer_call(r, call, e);
}

/* A request is never cancelled but by the end of the server. */
static bool go_on(void *user, const char *stage, uint64_t done, uint64_t total)
{
    const struct worker *w = user;
    (void)stage, (void)done, (void)total;
    return !server_out_of_time(w->server);
}

static bool run_in_session(struct worker *w, struct request *r, struct op_value *values, struct err *e)
{
    struct op_call call = {.op = r->route->op,
                           .values = values,
                           .arena = &r->arena,
                           .session = &w->session,
                           .lang = r->lang,
                           .by = r->actor->account,
                           .by_id = true,
                           .if_match = r->head.if_match,
                           .progress = go_on,
                           .progress_user = w};
    bool answered = false;
    if (call.op->writes && !key_begin(w, r, &answered, e))
        return false;
    if (answered)
        return true;
    bool good = run_call(w, r, &call, values, e);
    if (!good)
        answer_problem(r, e, &call);
    if (good)
        key_end(w, r);
    w->key = NULL;
    worker_failed(w, e);
    return true; /* the answer stands either way */
}

bool run_operation(struct worker *w, struct request *r, struct err *e)
{
    const struct op *op = r->route->op;
    struct op_value *values;
    if (!access_may(r->actor, text_of(op->name), e) || !run_values(r, op, &values, e))
        return false;
    if (op->route.job)
        return jobs_begin(w, r, values, e);
    /* The session that knows who asks (who_find): another one has not his role. */
    bool done = session_act_for(&w->session, r->actor, e) && run_in_session(w, r, values, e);
    struct err ignored = {.kind = NULL};
    if (!session_act_for(&w->session, NULL, &ignored))
        w->broken = true;
    return done;
}
