/* GET /api/openapi.json: the description of everything under /api/v1, made from the declared operations and
 * the catalogue. Always holds: nothing about an operation is written here a second time. */
#include "api/api.err.h"
#include "api/server_parts.h"
#include "base/base.err.h"

static void member_z(struct json *out, const char *key, const char *value)
{
    json_key(out, key);
    json_z(out, value);
}

static void reference(struct json *out, const char *schema)
{
    char path[200];
    (void)snprintf(path, sizeof path, "#/components/schemas/%s", schema);
    json_object(out);
    member_z(out, "$ref", path);
    json_object_end(out);
}

static void choices(struct json *out, const char *words)
{
    struct text all = text_of(words);
    json_key(out, "enum");
    json_array(out);
    for (size_t at = 0; at < all.size;) {
        size_t end = text_find(all, TEXT(","), at);
        end = end == SIZE_MAX ? all.size : end;
        json_text(out, text_slice(all, at, end - at));
        at = end + 1;
    }
    json_array_end(out);
}

static void parameter_schema(struct json *out, const struct op_parameter *p)
{
    json_object(out);
    switch (p->type) {
    case OP_INT:
        member_z(out, "type", "integer");
        break;
    case OP_FLAG:
        member_z(out, "type", "boolean");
        break;
    case OP_DAY:
        member_z(out, "type", "string");
        member_z(out, "format", "date");
        break;
    case OP_CHOICE:
        member_z(out, "type", "string");
        choices(out, p->choices);
        break;
    case OP_TEXT:
    case OP_AREA:
    case OP_PATH:
    case OP_OUT_PATH:
    case OP_CEL:
    case OP_FIELDS:
        member_z(out, "type", "string");
        break;
    }
    json_object_end(out);
}

static void parameter(struct json *out, const struct route *route, const struct op_parameter *p)
{
    char outside[ROUTE_NAME_MAX];
    bool path = route_in_path(route->path, p->name);
    route_outside(p->name, outside);
    json_object(out);
    member_z(out, "name", outside);
    member_z(out, "in", path ? "path" : "query");
    member_z(out, "description", p->en);
    if (path || p->required) {
        json_key(out, "required");
        json_bool(out, true);
    }
    json_key(out, "schema");
    parameter_schema(out, p);
    json_object_end(out);
}

static void text_parameter(struct json *out, const char *in, const char *name, const char *description)
{
    json_object(out);
    member_z(out, "name", name);
    member_z(out, "in", in);
    member_z(out, "description", description);
    if (strcmp(in, "path") == 0) {
        json_key(out, "required");
        json_bool(out, true);
    }
    json_key(out, "schema");
    json_object(out);
    member_z(out, "type", "string");
    json_object_end(out);
    json_object_end(out);
}

static void parameters(struct json *out, const struct route *route)
{
    const struct op *op = route->op;
    json_key(out, "parameters");
    json_array(out);
    for (size_t i = 0; op != NULL && i < op->count; i++) {
        const struct op_parameter *p = &op->parameters[i];
        if (!route_takes(p) && !route_in_path(route->path, p->name)) {
            if (strcmp(p->name, "if-match") == 0)
                text_parameter(out, "header", "If-Match", p->en);
        } else if (route->expects == BODY_NONE || route_in_path(route->path, p->name))
            parameter(out, route, p);
    }
    if (op == NULL && strstr(route->path, "{id}") != NULL)
        text_parameter(out, "path", "id", "the job");
    if (op != NULL && op->writes && op->route.method != NULL)
        text_parameter(out, "header", "Idempotency-Key",
                       "the same key again: the same answer, and nothing is done twice");
    json_array_end(out);
}

static void body_schema(struct json *out, const struct route *route)
{
    const struct op *op = route->op;
    bool open = false;
    json_object(out);
    member_z(out, "type", "object");
    json_key(out, "properties");
    json_object(out);
    for (size_t i = 0; op != NULL && i < op->count; i++) {
        const struct op_parameter *p = &op->parameters[i];
        open |= p->type == OP_FIELDS;
        if (route_in_path(route->path, p->name) || !route_takes(p))
            continue;
        char outside[ROUTE_NAME_MAX];
        route_outside(p->name, outside);
        json_key(out, outside);
        parameter_schema(out, p);
    }
    if (route->expects == BODY_FILES) {
        json_key(out, "file");
        json_object(out);
        member_z(out, "type", "string");
        member_z(out, "format", "binary");
        json_object_end(out);
    }
    json_object_end(out);
    json_key(out, "additionalProperties");
    json_bool(out, open || op == NULL);
    json_object_end(out);
}

static void body(struct json *out, const struct route *route)
{
    if (route->expects == BODY_NONE)
        return;
    json_key(out, "requestBody");
    json_object(out);
    json_key(out, "content");
    json_object(out);
    json_key(out, route->expects == BODY_FILES ? "multipart/form-data" : "application/json");
    json_object(out);
    json_key(out, "schema");
    body_schema(out, route);
    json_object_end(out);
    json_object_end(out);
    json_object_end(out);
}

static void response(struct json *out, const char *status, const char *description, const char *type,
                     const char *schema)
{
    json_key(out, status);
    json_object(out);
    member_z(out, "description", description);
    json_key(out, "content");
    json_object(out);
    json_key(out, type);
    json_object(out);
    json_key(out, "schema");
    reference(out, schema);
    json_object_end(out);
    json_object_end(out);
    json_object_end(out);
}

static void responses(struct json *out, const struct route *route)
{
    const struct op *op = route->op;
    bool job = (op != NULL && op->route.job) || strncmp(route->path, "api/v1/job/", 11) == 0;
    json_key(out, "responses");
    json_object(out);
    if (op != NULL && op->route.job)
        response(out, "202", "it was begun as a job", "application/json", "Job");
    else
        response(out, op != NULL && op->route.creates ? "201" : "200", "done", "application/json",
                 job ? "Job" : "Answer");
    response(out, "default", "not done; what to do next", "application/problem+json", "Problem");
    json_object_end(out);
}

/* "finding explain" and GET become "findingExplain"; an operation that has two paths is told apart by the
 * shorter one. */
static void operation_id(struct json *out, const struct route *route)
{
    char id[120];
    size_t at = 0;
    const char *name = route->op == NULL ? route->id : route->op->name;
    for (const char *c = name; *c != '\0' && at + 5 < sizeof id; c++)
        if (*c == ' ' && c[1] != '\0') {
            c++;
            id[at++] = (char)(*c - 'a' + 'A');
        } else
            id[at++] = *c;
    id[at] = '\0';
    if (route->op != NULL && strcmp(route->path + strlen("api/v1/"), route->op->route.path) != 0)
        (void)snprintf(id + at, sizeof id - at, "All");
    member_z(out, "operationId", id);
}

static void operation(struct json *out, const struct route *route)
{
    char method[16];
    size_t i = 0;
    for (; route->method[i] != '\0' && i + 1 < sizeof method; i++)
        method[i] = (char)(route->method[i] - 'A' + 'a');
    method[i] = '\0';
    json_key(out, method);
    json_object(out);
    operation_id(out, route);
    member_z(out, "summary", route->en);
    member_z(out, "description", route->zh);
    if (route->who == ROUTE_ANYBODY) {
        json_key(out, "security");
        json_array(out);
        json_array_end(out);
    }
    parameters(out, route);
    body(out, route);
    responses(out, route);
    json_object_end(out);
}

static bool is_first_of_path(const struct routes *routes, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(routes->at[k].path, routes->at[i].path) == 0)
            return false;
    return true;
}

static void paths(struct json *out, const struct routes *routes)
{
    json_key(out, "paths");
    json_object(out);
    for (size_t i = 0; i < routes->count; i++) {
        char path[200];
        if (!is_first_of_path(routes, i))
            continue;
        (void)snprintf(path, sizeof path, "/%s", routes->at[i].path);
        json_key(out, path);
        json_object(out);
        for (size_t k = i; k < routes->count; k++)
            if (strcmp(routes->at[k].path, routes->at[i].path) == 0)
                operation(out, &routes->at[k]);
        json_object_end(out);
    }
    json_object_end(out);
}

/* ---- schemas ---- */

static void field_schema(struct json *out, const struct catalog_field *field)
{
    bool number = field->type == FIELD_INT || field->type == FIELD_YEAR;
    json_key_text(out, field->id);
    json_object(out);
    json_key(out, "description");
    json_text(out, field->label.zh);
    json_key(out, "type");
    json_array(out);
    json_z(out, number ? "integer" : field->type == FIELD_BOOL ? "boolean" : "string");
    if (field->type == FIELD_DECIMAL)
        json_z(out, "number");
    json_z(out, "null");
    json_array_end(out);
    json_object_end(out);
}

static void entity_schema(struct json *out, const struct catalog_entity *entity)
{
    json_key_text(out, entity->id);
    json_object(out);
    member_z(out, "type", "object");
    json_key(out, "description");
    json_text(out, entity->label.zh);
    json_key(out, "properties");
    json_object(out);
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].derived_from == NULL)
            field_schema(out, &entity->fields[i]);
    json_object_end(out);
    json_object_end(out);
}

static const char fixed_schemas[] =
    "\"Answer\":{\"type\":[\"object\",\"array\"]},"
    "\"Job\":{\"type\":\"object\",\"required\":[\"id\",\"state\"],\"properties\":{\"id\":{\"type\":"
    "\"string\"},"
    "\"operation\":{\"type\":\"string\"},\"state\":{\"type\":\"string\",\"enum\":[\"queued\",\"running\","
    "\"done\","
    "\"failed\",\"cancelled\"]},\"progress\":{\"type\":[\"object\",\"null\"],\"properties\":{\"stage\":{"
    "\"type\":\"string\"},"
    "\"done\":{\"type\":\"integer\"},\"total\":{\"type\":\"integer\"}}},\"result\":{},\"problem\":{\"oneOf\":"
    "[{\"$ref\":"
    "\"#/components/schemas/Problem\"},{\"type\":\"null\"}]},\"begun\":{\"type\":[\"string\",\"null\"]},"
    "\"ended\":{\"type\":[\"string\",\"null\"]}}},"
    "\"Problem\":{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\",\"detail\",\"next\"],"
    "\"properties\":{"
    "\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},"
    "\"detail\":{\"type\":"
    "\"string\"},\"next\":{\"type\":\"string\"},\"errors\":{\"type\":\"array\",\"items\":{\"type\":"
    "\"object\",\"properties\":"
    "{\"field\":{\"type\":\"string\"},\"type\":{\"type\":\"string\"},\"detail\":{\"type\":\"string\"},"
    "\"next\":{\"type\":"
    "\"string\"}}}},\"record\":{\"type\":\"object\"}}}";

static void components(struct json *out, const struct catalog *c)
{
    json_key(out, "components");
    json_object(out);
    json_key(out, "securitySchemes");
    json_raw(out, TEXT("{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"},\"cookie\":{\"type\":\"apiKey\","
                       "\"in\":\"cookie\","
                       "\"name\":\"honghua\"}}"));
    json_key(out, "schemas");
    json_object(out);
    for (size_t i = 0; i < c->entity_count; i++)
        entity_schema(out, &c->entities[i]);
    json_members(out, TEXT(fixed_schemas));
    json_object_end(out);
    json_object_end(out);
}

bool openapi_handle(struct worker *w, struct request *r, struct err *e)
{
    struct session *s;
    struct json out;
    if (!worker_session(w, &s, e))
        return false;
    answer_json(r, 200, &out);
    json_object(&out);
    member_z(&out, "openapi", "3.1.0");
    json_key(&out, "info");
    json_raw(&out, TEXT("{\"title\":\"红花 Honghua\",\"version\":\"1\"}"));
    json_key(&out, "security");
    json_raw(&out, TEXT("[{\"token\":[]},{\"cookie\":[]}]"));
    paths(&out, server_routes(w->server));
    components(&out, s->catalog);
    json_object_end(&out);
    return answer_json_end(r, &out, e);
}
