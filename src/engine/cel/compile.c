/* The stages in a row: parse (with macros), check, plan. */
#include "engine/cel/plan.h"

static bool build(struct cel_compile *c, struct cel_program *program)
{
    struct cel_ast *root = cel_parse(c);
    if (root == NULL || !cel_check(c, root) || !cel_texts(c, root))
        return false;
    struct cel_plan *made = cel_plan_make(c, root, program);
    if (made == NULL)
        return false;
    program->root = made;
    program->cost = made->cost;
    program->locals = c->locals;
    program->type = *root->type;
    return true;
}

bool cel_compile(const struct cel_env *env, struct text source, const struct cel_options *options,
                 struct arena *a, const struct cel_program **out, struct err *e)
{
    static const struct cel_options usual;
    const struct cel_options *how = options == NULL ? &usual : options;
    struct cel_compile c = {
        .env = env, .arena = a, .e = e, .options = how, .strict = !how->unchecked, .macros = !how->no_macros};
    struct cel_program *program = arena_take(a, sizeof *program);
    c.source = text_copy(a, source.at == NULL ? TEXT("") : source);
    if (program == NULL || c.source.at == NULL)
        return cel_compile_out_of_memory(&c);
    *program = (struct cel_program){.source = c.source, .regex = env->regex};
    if (!build(&c, program)) {
        cel_program_clear(program);
        return false;
    }
    *out = program;
    return true;
}
