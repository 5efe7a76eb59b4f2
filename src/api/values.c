/* A request's values. Always holds: a name that the operation does not know is refused, never passed over. */
#include "api/api.err.h"
#include "api/body.h"
#include "api/run.h"
#include "api/upload.h"
#include "base/base.err.h"

#define FIELD_MAX 300 /* fields that one request may name */

struct taking {
    struct request *r;
    const struct op *op;
    struct op_value *values;
    struct op_value *fields; /* of the OP_FIELDS parameter, or NULL */
    struct op_field *field;
    struct err *e;
};

static bool missing(struct taking *t, const char *name)
{
    return err_fail_text(t->e, &API_PARAMETER_MISSING, "name", text_of(name));
}

static bool unknown(struct taking *t, struct text name)
{
    return err_fail_text(t->e, &API_PARAMETER_UNKNOWN, "name", name);
}

static bool wrong_type(struct taking *t, struct text name, const char *expected)
{
    err_fail_text(t->e, &API_MEMBER_TYPE, "name", name);
    err_add(t->e, "expected", text_of(expected));
    return false;
}

static bool take_field(struct taking *t, struct op_field field)
{
    if (t->fields == NULL)
        return unknown(t, field.name);
    if (t->fields->field_count == FIELD_MAX)
        return err_fail(t->e, &API_URL_LONG);
    t->field[t->fields->field_count++] = field;
    t->fields->given = true;
    return true;
}

/* What stands in the path and behind it is text. A flag is "true" or "false". */
static bool take_text(struct taking *t, struct text name, struct text value)
{
    size_t at;
    const struct op_parameter *p = route_parameter(t->op, name, &at);
    if (p == NULL)
        return take_field(t, (struct op_field){.name = name, .value = value});
    if (t->values[at].given)
        return err_fail_text(t->e, &API_PARAMETER_TWICE, "name", name);
    if (p->type == OP_FLAG && text_equal(value, TEXT("false")))
        return true;
    if (p->type == OP_FLAG && !text_equal(value, TEXT("true")))
        return op_value_bad(t->e, p->name, value, "true, false");
    return op_read(p, value, &t->values[at], t->e);
}

/* ---- the body ---- */

static bool take_member_field(struct taking *t, const struct body_member *m)
{
    struct op_field field = {.name = m->name, .value = m->value};
    field.kind = m->kind == MEMBER_IS_TEXT   ? OP_FIELD_TEXT
                 : m->kind == MEMBER_IS_BOOL ? OP_FIELD_BOOL
                 : m->kind == MEMBER_IS_NULL ? OP_FIELD_NULL
                                             : OP_FIELD_NUMBER;
    if (m->kind == MEMBER_IS_OTHER)
        field.kind = OP_FIELD_OTHER;
    return take_field(t, field);
}

static bool take_member(struct taking *t, const struct body_member *m)
{
    size_t at;
    const struct op_parameter *p = route_parameter(t->op, m->name, &at);
    if (p == NULL)
        return take_member_field(t, m);
    if (t->values[at].given)
        return err_fail_text(t->e, &API_PARAMETER_TWICE, "name", m->name);
    if (p->type == OP_FLAG) {
        if (m->kind != MEMBER_IS_BOOL)
            return wrong_type(t, m->name, "true, false");
        return text_equal(m->value, TEXT("false")) || op_read(p, TEXT("true"), &t->values[at], t->e);
    }
    if (p->type == OP_INT)
        return m->kind == MEMBER_IS_INT ? op_read(p, m->value, &t->values[at], t->e)
                                        : wrong_type(t, m->name, "1, 2, 3");
    if (m->kind != MEMBER_IS_TEXT)
        return wrong_type(t, m->name, "\"text\"");
    if (m->value.size == 0 && p->required)
        return missing(t, p->name);
    return op_read(p, m->value, &t->values[at], t->e);
}

/* Does the operation want anything that is not in its path? */
static bool needs_body(const struct op *op)
{
    for (size_t i = 0; i < op->count; i++)
        if (op->parameters[i].type == OP_FIELDS
            || (op->parameters[i].required && !route_in_path(op->route.path, op->parameters[i].name)))
            return true;
    return false;
}

static bool take_body(struct taking *t)
{
    struct body_member *members;
    size_t count;
    struct text raw = buf_text(&t->r->body);
    if (t->r->expects != BODY_JSON)
        return true;
    if (raw.size == 0 && strcmp(t->r->method, "POST") == 0
        && !needs_body(t->op)) /* a command without options */
        return true;
    if (!body_read(raw, &t->r->arena, &members, &count, t->e))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!take_member(t, &members[i]))
            return false;
    return true;
}

/* ---- all of it ---- */

/* The names in the route's path, in order. */
static bool take_path(struct taking *t)
{
    struct text path = text_of(t->r->route->path);
    size_t count = 0, end = 0;
    for (size_t at = text_find(path, TEXT("{"), 0); at != SIZE_MAX; at = text_find(path, TEXT("{"), end)) {
        end = text_find(path, TEXT("}"), at);
        if (!take_text(t, text_slice(path, at + 1, end - at - 1), t->r->path_value[count++]))
            return false;
    }
    return true;
}

static bool take_address(struct taking *t)
{
    for (size_t i = 0; i < t->r->url.pair_count; i++)
        if (!take_text(t, t->r->url.pair[i].name, t->r->url.pair[i].value))
            return false;
    return true;
}

/* Files that were uploaded, and what was said beside them. */
static bool take_files(struct taking *t)
{
    if (t->r->upload == NULL)
        return t->r->expects != BODY_FILES || err_fail(t->e, &API_FILES_NONE);
    for (size_t i = 0; i < upload_field_count(t->r->upload); i++) {
        struct url_pair pair = upload_field(t->r->upload, i);
        if (!take_text(t, pair.name, pair.value))
            return false;
    }
    for (size_t i = 0; i < t->op->count; i++)
        if (t->op->parameters[i].type == OP_PATH) {
            t->values[i].many = upload_paths(t->r->upload, &t->values[i].many_count);
            t->values[i].given = t->values[i].many_count > 0;
            return t->values[i].given ? true : err_fail(t->e, &API_FILES_NONE);
        }
    return true;
}

static bool take_all(struct taking *t)
{
    if (!take_path(t) || !take_address(t) || !take_body(t) || !take_files(t))
        return false;
    for (size_t i = 0; i < t->op->count; i++)
        if (t->op->parameters[i].required && !t->values[i].given)
            return missing(t, t->op->parameters[i].name);
    return true;
}

bool run_values(struct request *r, const struct op *op, struct op_value **out, struct err *e)
{
    struct taking t = {.r = r, .op = op, .e = e};
    t.values = arena_take_many(&r->arena, op->count + 1, sizeof *t.values);
    t.field = arena_take_many(&r->arena, FIELD_MAX, sizeof *t.field);
    if (t.values == NULL || t.field == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < op->count; i++)
        if (op->parameters[i].type == OP_FIELDS) {
            t.fields = &t.values[i];
            t.fields->fields = t.field;
        }
    *out = t.values;
    return take_all(&t);
}
