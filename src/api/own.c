/* The server's own routes, which are no operations. */
#include "api/api.err.h"
#include "api/job.h"
#include "api/server_parts.h"
#include "api/who.h"
#include "base/base.err.h"

#define METRICS_MAX 65536

bool health_handle(struct worker *w, struct request *r, struct err *e)
{
    struct json out;
    if (server_stopping(w->server))
        return err_fail_int(e, &API_STOPPING, "seconds", 5);
    answer_json(r, 200, &out);
    json_object(&out);
    json_key(&out, "status");
    json_z(&out, "ok");
    json_object_end(&out);
    return answer_json_end(r, &out, e);
}

/* To whoever is on the machine itself; others log in (below). */
bool metrics_handle(struct worker *w, struct request *r, struct err *e)
{
    struct server *s = w->server;
    if (!r->head.loopback)
        return err_fail(e, &API_LOGIN_NEEDED);
    answer_clear(&r->answer);
    buf_init(&r->answer.body, METRICS_MAX);
    metrics_write(&s->metrics, atomic_load(&s->in_flight), jobs_count(s->jobs), &r->answer.body);
    r->answer.status = 200;
    r->answer.type = "text/plain; version=0.0.4; charset=utf-8";
    return true;
}

static bool metrics_known_handle(struct worker *w, struct request *r, struct err *e)
{
    bool loopback = r->head.loopback;
    r->head.loopback = true;
    bool done = metrics_handle(w, r, e);
    r->head.loopback = loopback;
    return done;
}

static const struct route own[] = {
    {.method = "POST",
     .path = "api/v1/session",
     .handle = who_login_handle,
     .who = ROUTE_ANYBODY,
     .queue = QUEUE_LOGIN,
     .expects = BODY_JSON,
     .id = "login",
     .zh = "登录",
     .en = "log in"},
    {.method = "DELETE",
     .path = "api/v1/session",
     .handle = who_logout_handle,
     .who = ROUTE_KNOWN,
     .queue = QUEUE_WRITE,
     .id = "logout",
     .zh = "退出",
     .en = "log out"},
    {.method = "GET",
     .path = "api/v1/me",
     .handle = who_me_handle,
     .who = ROUTE_KNOWN,
     .id = "me",
     .zh = "我是谁，可以做什么",
     .en = "who I am, and what I may do"},
    {.method = "GET",
     .path = "api/v1/job",
     .handle = job_list_handle,
     .who = ROUTE_KNOWN,
     .id = "jobList",
     .zh = "我的任务，新的在前",
     .en = "my jobs, newest first"},
    {.method = "GET",
     .path = "api/v1/job/{id}",
     .handle = job_get_handle,
     .who = ROUTE_KNOWN,
     .id = "jobGet",
     .zh = "一个任务",
     .en = "a job"},
    {.method = "DELETE",
     .path = "api/v1/job/{id}",
     .handle = job_cancel_handle,
     .who = ROUTE_KNOWN,
     .id = "jobCancel",
     .zh = "取消任务",
     .en = "cancel a job"},
    {.method = "GET",
     .path = "api/v1/job/{id}/events",
     .handle = job_events_handle,
     .who = ROUTE_KNOWN,
     .id = "jobEvents",
     .zh = "任务的进展，逐条发送",
     .en = "a job's progress as server-sent events"},
    {.method = "GET",
     .path = "api/v1/job/{id}/file",
     .handle = job_file_handle,
     .who = ROUTE_KNOWN,
     .id = "jobFile",
     .zh = "导入退回的行（工作簿）",
     .en = "the rows that an import refused, as a workbook"},
    {.method = "GET",
     .path = "api/openapi.json",
     .handle = openapi_handle,
     .who = ROUTE_ANYBODY,
     .id = "openapi",
     .zh = "接口说明",
     .en = "this description"},
    {.method = "GET",
     .path = "healthz",
     .handle = health_handle,
     .who = ROUTE_ANYBODY,
     .id = "healthz",
     .zh = "是否在运行",
     .en = "is the server there"},
    {.method = "GET",
     .path = "metrics",
     .handle = metrics_handle,
     .who = ROUTE_ANYBODY,
     .id = "metrics",
     .zh = "运行指标，限本机",
     .en = "counts and times, on the machine itself"},
    {.method = "GET",
     .path = "api/v1/metrics",
     .handle = metrics_known_handle,
     .who = ROUTE_KNOWN,
     .id = "metricsByToken",
     .zh = "运行指标，凭令牌",
     .en = "counts and times, with a token"},
};
const struct routes server_own_routes = {own, COUNT_OF(own)};
