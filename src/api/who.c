/* Logging in and being known. Always holds: what changes something and is known by a cookie alone came from a
 * page of this server. */
#include "api/who.h"
#include "api/api.err.h"
#include "api/body.h"
#include "api/server.h"
#include "api/worker.h"
#include "base/base.err.h"
#include "domain/account/account.h"

#define COOKIE "honghua"
#define COOKIE_TLS "__Host-honghua"

static const char *cookie_name(const struct server *server)
{
    return server_options(server)->tls_cert.at != NULL || server_options(server)->behind_proxy ? COOKIE_TLS
                                                                                               : COOKIE;
}

/* The value of our cookie among those that came. */
static struct text cookie_of(struct text cookies, struct text name)
{
    for (size_t at = 0; at < cookies.size;) {
        size_t end = text_find(cookies, TEXT(";"), at);
        end = end == SIZE_MAX ? cookies.size : end;
        struct text one = text_trim(text_slice(cookies, at, end - at));
        if (one.size > name.size && text_starts_with(one, name) && one.at[name.size] == '=')
            return text_slice(one, name.size + 1, one.size);
        at = end + 1;
    }
    return TEXT_NONE;
}

/* Where a page of ours says that it is: http://HOST, as the browser wrote it in Host. */
static bool is_own_origin(const struct request *r, const struct server *server)
{
    size_t colons = text_find(r->head.origin, TEXT("://"), 0);
    if (colons == SIZE_MAX)
        return false;
    struct text scheme = text_slice(r->head.origin, 0, colons),
                host = text_slice(r->head.origin, colons + 3, r->head.origin.size);
    bool plain = server_options(server)->tls_cert.at == NULL && !server_options(server)->behind_proxy;
    return text_equal(scheme, plain ? TEXT("http") : TEXT("https")) && text_equal(host, r->head.host);
}

static bool is_own_page(const struct request *r, const struct server *server)
{
    struct text site = r->head.fetch_site;
    return is_own_origin(r, server) && (site.at == NULL || text_equal(site, TEXT("same-origin")));
}

static bool changes(const struct request *r)
{
    return strcmp(r->method, "GET") != 0 && strcmp(r->method, "HEAD") != 0;
}

static bool by_secret(struct worker *w, struct request *r, struct text bearer, struct actor *actor,
                      struct err *e)
{
    if (bearer.at != NULL)
        return account_by_token(&w->session, bearer, &r->arena, actor, e);
    r->secret = cookie_of(r->head.cookie, text_of(cookie_name(w->server)));
    r->by_cookie = true;
    if (r->secret.at == NULL)
        return err_fail(e, &API_LOGIN_NEEDED);
    return account_by_session(&w->session, r->secret, TEXT_NONE, &r->arena, actor, e);
}

/* Unknown, ended, disabled: the same answer. */
static bool as_one(struct err *e)
{
    if (e->kind != NULL && e->kind->http == 401) {
        err_clear(e);
        return err_fail(e, &API_LOGIN_NEEDED);
    }
    return false;
}

bool who_find(struct worker *w, struct request *r, struct err *e)
{
    struct session *s;
    struct text bearer = TEXT_NONE;
    bool any = false;
    struct actor *actor = arena_take(&r->arena, sizeof *actor);
    if (actor == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!worker_session(w, &s, e) || !account_exists_any(s, &any, e))
        return false;
    if (!any)
        return err_fail(e, &API_NO_ACCOUNTS);
    if (text_starts_with(r->head.authorization, TEXT("Bearer ")))
        bearer = text_slice(r->head.authorization, strlen("Bearer "), r->head.authorization.size);
    if (!by_secret(w, r, bearer, actor, e))
        return as_one(e);
    if (r->by_cookie && changes(r) && !is_own_page(r, w->server))
        return err_fail(e, &API_FOREIGN_PAGE);
    r->actor = actor;
    r->known = true;
    return true;
}

bool who_account(struct session *s, struct text name, struct arena *a, const struct actor **out,
                 struct err *e)
{
    struct actor *actor = arena_take(a, sizeof *actor);
    if (actor == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    *out = actor;
    if (account_named(s, name, a, actor, e))
        return true;
    err_clear(e);
    return err_fail(e, &API_LOGIN_NEEDED);
}

/* ---- logging in ---- */

static bool read_login(struct request *r, struct account_login *out, struct err *e)
{
    struct body_member *members;
    size_t count;
    *out = (struct account_login){.source = r->head.source};
    if (!body_read(buf_text(&r->body), &r->arena, &members, &count, e))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct body_member *m = &members[i];
        struct text *to = text_equal(m->name, TEXT("account"))    ? &out->name
                          : text_equal(m->name, TEXT("password")) ? &out->password
                          : text_equal(m->name, TEXT("code"))     ? &out->code
                                                                  : NULL;
        if (to == NULL)
            return err_fail_text(e, &API_PARAMETER_UNKNOWN, "name", m->name);
        if (m->kind != MEMBER_IS_TEXT) {
            err_fail_text(e, &API_MEMBER_TYPE, "name", m->name);
            err_add(e, "expected", TEXT("\"text\""));
            return false;
        }
        *to = m->value;
    }
    if (out->name.at == NULL || out->password.at == NULL)
        return err_fail_text(e, &API_PARAMETER_MISSING, "name",
                             out->name.at == NULL ? TEXT("account") : TEXT("password"));
    return true;
}

static struct text cookie_head(struct request *r, const struct server *server, struct text secret, bool ends)
{
    bool tls = strcmp(cookie_name(server), COOKIE_TLS) == 0;
    return text_format(&r->arena, "%s=%.*s; Path=/; HttpOnly; SameSite=Strict%s%s", cookie_name(server),
                       TEXT_ARG(secret), tls ? "; Secure" : "", ends ? "; Max-Age=0" : "");
}

static bool answer_me(struct worker *w, struct request *r, struct err *e);

bool who_login_handle(struct worker *w, struct request *r, struct err *e)
{
    struct session *s;
    struct account_login with;
    struct text secret;
    bool any = false;
    struct actor *actor = arena_take(&r->arena, sizeof *actor);
    if (actor == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (r->head.origin.at != NULL && !is_own_page(r, w->server))
        return err_fail(e, &API_FOREIGN_PAGE);
    if (!read_login(r, &with, e) || !worker_session(w, &s, e) || !account_exists_any(s, &any, e))
        return false;
    if (!any)
        return err_fail(e, &API_NO_ACCOUNTS);
    if (!account_login(s, &with, &r->arena, actor, &secret, e))
        return false;
    r->actor = actor;
    answer_head(r, "Set-Cookie", cookie_head(r, w->server, secret, false));
    return answer_me(w, r, e);
}

bool who_logout_handle(struct worker *w, struct request *r, struct err *e)
{
    struct json out;
    if (r->secret.at != NULL && !account_logout(&w->session, r->secret, e))
        return false;
    answer_head(r, "Set-Cookie", cookie_head(r, w->server, TEXT(""), true));
    answer_json(r, 200, &out);
    json_object(&out);
    json_object_end(&out);
    return answer_json_end(r, &out, e);
}

/* ---- who am I ---- */

static void json_area(const struct session *s, const struct actor *actor, struct json *out)
{
    const struct catalog_division *division = catalog_division(s->catalog, text_of(actor->area.lo));
    json_object(out);
    json_key(out, "code");
    json_text(out, actor->area_code);
    json_key(out, "name");
    json_text(out, division != NULL ? division->name : TEXT_NONE);
    json_object_end(out);
}

static void json_may(const struct server *server, const struct actor *actor, struct json *out)
{
    const struct op_list *ops = server_options(server)->ops;
    json_key(out, "may");
    json_array(out);
    for (size_t i = 0; i < ops->count; i++) {
        struct err no = {.kind = NULL};
        if (ops->at[i]->route.method != NULL && access_may(actor, text_of(ops->at[i]->name), &no))
            json_z(out, ops->at[i]->name);
    }
    json_array_end(out);
}

static void json_reads(const struct session *s, const struct actor *actor, struct json *out)
{
    json_key(out, "reads");
    json_array(out);
    for (size_t i = 0; i < s->catalog->entity_count; i++) {
        struct err no = {.kind = NULL};
        if (access_reads(actor, &s->catalog->entities[i], &no))
            json_text(out, s->catalog->entities[i].id);
    }
    json_array_end(out);
    json_key(out, "writes");
    json_array(out);
    for (size_t i = 0; i < s->catalog->entity_count; i++) {
        struct err no = {.kind = NULL};
        if (access_writes(actor, &s->catalog->entities[i], &no))
            json_text(out, s->catalog->entities[i].id);
    }
    json_array_end(out);
}

static bool answer_me(struct worker *w, struct request *r, struct err *e)
{
    struct json out;
    const struct actor *actor = r->actor;
    answer_json(r, 200, &out);
    json_object(&out);
    json_key(&out, "account");
    json_text(&out, actor->account);
    json_key(&out, "roles");
    json_array(&out);
    json_object(&out);
    json_key(&out, "id");
    json_text(&out, actor->role->id);
    json_key(&out, "label");
    json_text(&out, label_in(actor->role->label, r->lang));
    json_object_end(&out);
    json_array_end(&out);
    json_key(&out, "areas");
    json_array(&out);
    json_area(&w->session, actor, &out);
    json_array_end(&out);
    json_may(w->server, actor, &out);
    json_reads(&w->session, actor, &out);
    json_object_end(&out);
    return answer_json_end(r, &out, e);
}

bool who_me_handle(struct worker *w, struct request *r, struct err *e) { return answer_me(w, r, e); }
