/* Bare fields: in a filter over one entity, `lifted_year` means household.lifted_year. A macro's variable and
 * the environment's own names are nearer; names of types are not. A record that is held against a text stands
 * for its id: household == '4116221042050001'.
 */
#include "engine/cel/ast.h"
#include "engine/cel/env.h"

bool cel_is_bare_field(const struct cel_compile *c, struct text name)
{
    if (!c->options->bare_fields || c->env->variable_count == 0
        || cel_env_find_variable(c->env, name) != SIZE_MAX)
        return false;
    const struct cel_class *of = c->env->variables[0].type.class_of;
    for (size_t i = 0; of != NULL && i < of->field_count; i++)
        if (text_equal(text_of(of->fields[i].name), name))
            return true;
    return false;
}

bool cel_bare_field(struct cel_compile *c, struct cel_ast *n, bool test)
{
    struct cel_ast *record = cel_ast_new(c, AST_IDENT, n->place, 0);
    struct cel_ast **arg = arena_take(c->arena, sizeof(struct cel_ast *));
    if (record == NULL)
        return false;
    if (arg == NULL)
        return cel_compile_out_of_memory(c);
    record->name = text_of(c->env->variables[0].name);
    arg[0] = record;
    n->kind = AST_SELECT;
    n->arg = arg;
    n->count = 1;
    n->test = test;
    return cel_ast_seal(c, record) && cel_ast_seal(c, n);
}

struct cel_ast *cel_bare_id(struct cel_compile *c, struct cel_ast *record)
{
    struct cel_ast *n = cel_ast_new(c, AST_SELECT, record->place, 0);
    struct cel_ast **arg = arena_take(c->arena, sizeof(struct cel_ast *));
    if (n == NULL)
        return NULL;
    if (arg == NULL) {
        (void)cel_compile_out_of_memory(c);
        return NULL;
    }
    arg[0] = record;
    n->name = TEXT("id");
    n->arg = arg;
    n->count = 1;
    return cel_ast_seal(c, n) ? n : NULL;
}
