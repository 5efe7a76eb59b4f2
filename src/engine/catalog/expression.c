/* Expressions of a pack and of users; see expression.h. */
#include "engine/catalog/expression.h"
#include "engine/catalog/node.h"
#include <stdio.h>

/* A value that an error names; TEXT_NONE: it has none of that name. */
static struct text error_text(const struct err *e, const char *name)
{
    for (size_t i = 0; i < e->count; i++)
        if (strcmp(e->field[i].name, name) == 0 && !e->field[i].is_int)
            return (struct text){e->field[i].s, e->field[i].size};
    return TEXT_NONE;
}

static int64_t error_int(const struct err *e, const char *name)
{
    for (size_t i = 0; i < e->count; i++)
        if (strcmp(e->field[i].name, name) == 0 && e->field[i].is_int)
            return e->field[i].n;
    return 1;
}

static void add_detail(struct err *e, const struct err *inner)
{
    static const char *const names[] = {"detail", "detail_zh"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char detail[ERR_VALUE_MAX + 64];
        struct text why = error_text(inner, names[i]);
        int size = snprintf(detail, sizeof detail, "%s: %.*s", inner->kind->code, TEXT_ARG(why));
        if (why.at != NULL && size >= 0)
            err_add(e, names[i], text_of(detail));
    }
}

static bool fail_inner(struct load *l, const struct yaml_node *node, const struct err *inner)
{
    int line = node->line, column = node->column;
    if (err_is(inner, &OUT_OF_MEMORY))
        return node_fail_memory(l);
    expression_place(l->file->content, node, error_int(inner, "line"), error_int(inner, "column"), &line,
                     &column);
    err_fail_text(l->e, &CATALOG_EXPRESSION, "file", l->file->name);
    err_add_int(l->e, "line", line);
    err_add_int(l->e, "column", column);
    add_detail(l->e, inner);
    return false;
}

/* A text that a field of codes can never have. */
struct stranger {
    const struct catalog *c;
    const struct catalog_codes *codes; /* NULL: none met */
    struct text text;
};

static const struct catalog_codes *codes_of(const struct catalog *c, const struct cel_class *of, size_t field)
{
    for (size_t i = 0; i < c->entity_count; i++) {
        const struct catalog_entity *entity = &c->entities[i];
        if (&entity->class_of == of && entity->members[field].kind == MEMBER_FIELD)
            return entity->fields[entity->members[field].index].codes;
    }
    return NULL;
}

static bool text_is_label(void *user, const struct cel_class *of, size_t field, struct text literal)
{
    struct stranger *stranger = user;
    const struct catalog_codes *codes = codes_of(stranger->c, of, field);
    for (size_t i = 0; codes != NULL && i < codes->count; i++)
        if (text_equal(codes->at[i].label.zh, literal))
            return true;
    stranger->codes = codes;
    stranger->text = literal;
    return codes == NULL;
}

static bool fail_stranger(struct load *l, const struct yaml_node *node, const struct stranger *stranger,
                          const struct err *inner)
{
    int line = node->line, column = node->column;
    expression_place(l->file->content, node, error_int(inner, "line"), error_int(inner, "column"), &line,
                     &column);
    err_fail_text(l->e, &CATALOG_UNKNOWN_CODE, "file", l->file->name);
    err_add_int(l->e, "line", line);
    err_add_int(l->e, "column", column);
    err_add(l->e, "detail", stranger->text);
    err_add(l->e, "codes", stranger->codes->id);
    return false;
}

static const char *kind_name(enum cel_kind kind)
{
    static const char *const names[] = {
        [CEL_DYN] = "dyn",           [CEL_NULL] = "null",         [CEL_BOOL] = "bool",
        [CEL_INT] = "int",           [CEL_UINT] = "uint",         [CEL_DOUBLE] = "double",
        [CEL_STRING] = "string",     [CEL_BYTES] = "bytes",       [CEL_LIST] = "list",
        [CEL_MAP] = "map",           [CEL_TYPE] = "type",         [CEL_TIMESTAMP] = "timestamp",
        [CEL_DURATION] = "duration", [CEL_OPTIONAL] = "optional", [CEL_RECORD] = "record"};
    return (size_t)kind < COUNT_OF(names) ? names[kind] : "?";
}

static bool keep(struct load *l, const struct cel_program *program)
{
    struct catalog_program *kept = arena_take(l->arena, sizeof *kept);
    if (kept == NULL) {
        cel_program_clear(program);
        return node_fail_memory(l);
    }
    *kept = (struct catalog_program){.program = program, .next = l->c->programs};
    l->c->programs = kept;
    return true;
}

/* line('exit', …): a kind that no line has would make a rule silent for ever. */
static bool line_kinds_known(struct load *l, const struct yaml_node *node)
{
    struct text source = node->text;
    for (size_t at = 0; (at = text_find(source, TEXT("line("), at)) != SIZE_MAX;) {
        at += 5;
        char quote = at < source.size ? source.at[at] : ' ';
        size_t end = at + 1;
        while (end < source.size && source.at[end] != quote)
            end++;
        if (quote != '\'' && quote != '"')
            continue;
        struct text kind = text_slice(source, at + 1, end - at - 1);
        size_t i = 0;
        while (i < l->c->line_count && !text_equal(l->c->lines[i].kind, kind))
            i++;
        if (i == l->c->line_count)
            return node_fail(l, node, &CATALOG_UNKNOWN_LINE, kind);
    }
    return true;
}

bool expression_compile(struct load *l, const struct cel_env *env, const struct yaml_node *node,
                        enum cel_kind expected, const struct cel_program **out)
{
    struct err inner = {0};
    struct text source = TEXT_NONE;
    struct stranger stranger = {.c = l->c};
    const struct cel_options options = {.text = text_is_label, .user = &stranger};
    if (!node_scalar(l, node, "expression", &source))
        return false;
    if (!cel_compile(env, source, &options, l->arena, out, &inner))
        return stranger.codes != NULL ? fail_stranger(l, node, &stranger, &inner)
                                      : fail_inner(l, node, &inner);
    if (!keep(l, *out))
        return false;
    enum cel_kind kind = cel_program_type(*out).kind;
    if (kind == expected || kind == CEL_DYN || expected == CEL_DYN)
        return line_kinds_known(l, node);
    node_fail(l, node, &CATALOG_EXPRESSION_TYPE, text_of(kind_name(kind)));
    err_add(l->e, "expected", text_of(kind_name(expected)));
    return false;
}

bool expression_key(struct load *l, const struct cel_env *env, const struct yaml_node *map, const char *key,
                    enum cel_kind expected, const struct cel_program **out, struct text *source_out)
{
    const struct yaml_node *node = yaml_get(map, key);
    if (node == NULL)
        return node_fail(l, map, &CATALOG_MISSING_KEY, text_of(key));
    if (source_out != NULL)
        *source_out = node->text;
    return expression_compile(l, env, node, expected, out);
}

struct cel_env *catalog_env_new(const struct catalog *c, struct arena *a)
{
    struct err e = {0};
    struct cel_env *env = cel_env_new(a);
    if (env == NULL || !functions_add(env, c, &e))
        return NULL;
    if (c->reader != NULL && c->reader->system != NULL)
        c->reader->system(env);
    return env;
}

bool expression_env(const struct catalog *c, const struct catalog_entity *on, struct arena *a,
                    struct cel_env **out, struct err *e)
{
    const struct cel_type self = {.kind = CEL_RECORD, .class_of = &on->class_of},
                          day_type = {.kind = CEL_TIMESTAMP},
                          param = {.kind = CEL_RECORD, .class_of = &c->param};
    struct cel_env *env = catalog_env_new(c, a);
    if (env == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    *out = env;
    /* In the order of VARIABLE_SELF, VARIABLE_AS_OF, VARIABLE_PARAM. */
    return cel_env_variable(env, on->z, self, e) && cel_env_variable(env, "as_of", day_type, e)
           && cel_env_variable(env, "param", param, e);
}

void catalog_variables(const struct catalog *c, struct cel_value self, day as_of,
                       struct cel_value out[VARIABLE_COUNT])
{
    out[VARIABLE_SELF] = self;
    out[VARIABLE_AS_OF] = catalog_day_value(as_of);
    out[VARIABLE_PARAM] = (struct cel_value){.kind = CEL_RECORD};
    out[VARIABLE_PARAM].rows.of = &c->param;
    out[VARIABLE_PARAM].rows.first = (uint32_t)(as_of - DAY_MIN); /* the day that parameters are read for */
    out[VARIABLE_PARAM].rows.count = 1;
}

bool catalog_filter_fail(const struct catalog_entity *on, const struct err *inner, struct err *e)
{
    if (err_is(inner, &OUT_OF_MEMORY))
        return err_fail(e, &OUT_OF_MEMORY);
    err_fail_int(e, &CATALOG_FILTER, "line", error_int(inner, "line"));
    err_add_int(e, "column", error_int(inner, "column"));
    add_detail(e, inner);
    err_add(e, "entity", on->id);
    return false;
}

bool catalog_compile(const struct catalog *c, const struct catalog_entity *on, struct text source,
                     struct arena *a, const struct cel_program **out, struct err *e)
{
    const struct cel_program *program = NULL;
    struct err inner = {0};
    struct stranger stranger = {.c = c};
    const struct cel_options options = {.bare_fields = true, .text = text_is_label, .user = &stranger};
    if (!cel_compile(on->env, source, &options, a, &program, &inner))
        return catalog_filter_fail(on, &inner, e);
    enum cel_kind kind = cel_program_type(program).kind;
    if (kind == CEL_BOOL || kind == CEL_DYN) {
        *out = program;
        return true;
    }
    cel_program_clear(program);
    err_fail_int(e, &CATALOG_FILTER, "line", 1);
    err_add_int(e, "column", 1);
    err_add(e, "detail", text_of(kind_name(kind)));
    err_add(e, "entity", on->id);
    return false;
}
