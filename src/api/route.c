/* Routes. Always holds: of two that fit, the one with the earlier literal segment wins, so "finding" is never
 * taken for an entity. */
#include "api/route.h"
#include "api/api.err.h"
#include "api/run.h"
#include "base/base.err.h"

static bool is_name(struct text segment) { return segment.size > 2 && segment.at[0] == '{'; }

/* Next segment of a path; false at its end. */
static bool next_segment(struct text path, size_t *at, struct text *out)
{
    if (*at >= path.size)
        return false;
    size_t end = text_find(path, TEXT("/"), *at);
    end = end == SIZE_MAX ? path.size : end;
    *out = text_slice(path, *at, end - *at);
    *at = end + 1;
    return true;
}

/* Does the request's path fit? A bit for each segment that is a name: fewer and later ones are better. */
static bool fits(const struct route *route, const struct url *url, unsigned *names_out)
{
    struct text path = text_of(route->path), segment;
    size_t at = 0, i = 0;
    unsigned names = 0;
    while (next_segment(path, &at, &segment)) {
        if (i == url->segment_count)
            return false;
        if (is_name(segment))
            names |= 1u << (URL_SEGMENT_MAX - i);
        else if (!text_equal(segment, url->segment[i]))
            return false;
        i++;
    }
    *names_out = names;
    return i == url->segment_count;
}

static void take_names(const struct route *route, struct request *r)
{
    struct text path = text_of(route->path), segment;
    size_t at = 0, i = 0, count = 0;
    while (next_segment(path, &at, &segment)) {
        if (is_name(segment))
            r->path_value[count++] = r->url.segment[i];
        i++;
    }
}

static bool refuse_method(const struct routes *routes, struct request *r, unsigned best, struct err *e)
{
    struct text allowed = TEXT("");
    unsigned names;
    for (size_t i = 0; i < routes->count; i++)
        if (fits(&routes->at[i], &r->url, &names) && names == best)
            allowed = text_format(&r->arena, "%.*s%s%s", TEXT_ARG(allowed), allowed.size > 0 ? ", " : "",
                                  routes->at[i].method);
    answer_head(r, "Allow", allowed);
    return err_fail_text(e, &API_METHOD, "allowed", allowed);
}

bool route_find(const struct routes *routes, struct request *r, struct err *e)
{
    unsigned best = UINT32_MAX, best_path = UINT32_MAX, names;
    const char *method = strcmp(r->method, "HEAD") == 0 ? "GET" : r->method;
    for (size_t i = 0; i < routes->count; i++) {
        const struct route *route = &routes->at[i];
        if (!fits(route, &r->url, &names))
            continue;
        best_path = names < best_path ? names : best_path;
        if (names < best && strcmp(route->method, method) == 0) {
            best = names;
            r->route = route;
        }
    }
    if (best_path == UINT32_MAX)
        return err_fail(e, &API_ROUTE_UNKNOWN);
    if (best != best_path) { /* what fits best knows other methods only */
        r->route = NULL;
        return refuse_method(routes, r, best_path, e);
    }
    take_names(r->route, r);
    return true;
}

bool route_takes(const struct op_parameter *p)
{
    return p->type != OP_PATH && p->type != OP_OUT_PATH && p->type != OP_FIELDS && p->type != OP_CEL
           && !p->writes && strcmp(p->name, "if-match") != 0;
}

bool route_in_path(const char *path, const char *name)
{
    char part[ROUTE_NAME_MAX + 3];
    (void)snprintf(part, sizeof part, "{%s}", name);
    return strstr(path, part) != NULL;
}

void route_outside(const char *declared, char out[ROUTE_NAME_MAX])
{
    size_t i = 0;
    for (; declared[i] != '\0' && i + 1 < ROUTE_NAME_MAX; i++)
        out[i] = declared[i] == '-' ? '_' : declared[i];
    out[i] = '\0';
}

const struct op_parameter *route_parameter(const struct op *op, struct text name, size_t *position_out)
{
    for (size_t i = 0; i < op->count; i++) {
        char outside[ROUTE_NAME_MAX];
        route_outside(op->parameters[i].name, outside);
        if (!route_takes(&op->parameters[i]) || !text_equal(text_of(outside), name))
            continue;
        if (position_out != NULL)
            *position_out = i;
        return &op->parameters[i];
    }
    return NULL;
}

static enum request_body body_of(const struct op *op)
{
    if (op->route.files)
        return BODY_FILES;
    return strcmp(op->route.method, "GET") == 0 || strcmp(op->route.method, "DELETE") == 0 ? BODY_NONE
                                                                                           : BODY_JSON;
}

static struct route of_operation(const struct op *op, const char *path)
{
    return (struct route){.method = op->route.method,
                          .path = path,
                          .op = op,
                          .handle = run_operation,
                          .who = ROUTE_KNOWN,
                          .queue = op->writes ? QUEUE_WRITE : QUEUE_READ,
                          .expects = body_of(op),
                          .zh = op->zh,
                          .en = op->en};
}

/* The path without its last {name}, where that may be left out; TEXT_NONE else. */
static struct text shorter(const struct op *op)
{
    struct text path = text_of(op->route.path);
    size_t cut = path.size;
    while (cut > 0 && path.at[cut - 1] != '/')
        cut--;
    if (cut == 0 || path.size < cut + 3 || path.at[cut] != '{')
        return TEXT_NONE;
    const struct op_parameter *p = route_parameter(op, text_slice(path, cut + 1, path.size - cut - 2), NULL);
    return p != NULL && !p->required ? text_slice(path, 0, cut - 1) : TEXT_NONE;
}

bool routes_make(const struct op_list *ops, const struct routes *own, struct arena *a, struct routes *out,
                 struct err *e)
{
    struct route *at = arena_take_many(a, own->count + 2 * ops->count, sizeof *at);
    if (at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    memcpy(at, own->at, own->count * sizeof *at);
    *out = (struct routes){at, own->count};
    for (size_t i = 0; i < ops->count; i++) {
        const struct op *op = ops->at[i];
        if (op->route.method == NULL)
            continue;
        struct text less = shorter(op);
        at[out->count++] = of_operation(op, text_format(a, "api/v1/%s", op->route.path).at);
        if (less.at != NULL)
            at[out->count++] = of_operation(op, text_format(a, "api/v1/%.*s", TEXT_ARG(less)).at);
    }
    return true;
}
