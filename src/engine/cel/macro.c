/* Calls that are none: has(), the comprehensions, cel.bind, optMap. Each becomes a node of its own, not a
 * general loop with an accumulator: what it means stays visible to the checker, the planner and the error. */
#include "engine/cel/ast.h"
#include "engine/cel/cel.err.h"

struct macro {
    const char *name;
    uint32_t arguments; /* without the target */
    enum cel_fold_kind fold;
    uint32_t variables;
    bool condition, transformation; /* which arguments stand behind the variables, in this order */
};
static const struct macro FOLDS[] = {
    {"all", 2, FOLD_ALL, 1, true, false},
    {"all", 3, FOLD_ALL, 2, true, false},
    {"exists", 2, FOLD_EXISTS, 1, true, false},
    {"exists", 3, FOLD_EXISTS, 2, true, false},
    {"exists_one", 2, FOLD_EXISTS_ONE, 1, true, false},
    {"exists_one", 3, FOLD_EXISTS_ONE, 2, true, false},
    {"existsOne", 2, FOLD_EXISTS_ONE, 1, true, false},
    {"existsOne", 3, FOLD_EXISTS_ONE, 2, true, false},
    {"filter", 2, FOLD_LIST, 1, true, false},
    {"map", 2, FOLD_LIST, 1, false, true},
    {"map", 3, FOLD_LIST, 1, true, true},
    {"transformList", 3, FOLD_LIST, 2, false, true},
    {"transformList", 4, FOLD_LIST, 2, true, true},
    {"transformMap", 3, FOLD_MAP, 2, false, true},
    {"transformMap", 4, FOLD_MAP, 2, true, true},
    {"transformMapEntry", 3, FOLD_ENTRIES, 2, false, true},
    {"transformMapEntry", 4, FOLD_ENTRIES, 2, true, true},
};

static struct cel_ast *refuse(struct cel_compile *c, const struct cel_ast *at, struct text why)
{
    (void)cel_compile_fail(c, &CEL_SYNTAX, at->place, why);
    return NULL;
}

static struct cel_ast *seal(struct cel_compile *c, struct cel_ast *n)
{
    return cel_ast_seal(c, n) ? n : NULL;
}

static bool is_name(const struct cel_ast *n) { return n->kind == AST_IDENT && !n->rooted; }

static struct cel_ast *has(struct cel_compile *c, struct cel_ast *call)
{
    struct cel_ast *field = call->arg[0];
    if (is_name(field) && cel_is_bare_field(c, field->name))
        return cel_bare_field(c, field, true) ? field : NULL;
    if (field->kind != AST_SELECT || field->test || field->optional)
        return refuse(c, field, TEXT("has() needs the name of a field: has(x.field)"));
    struct cel_ast *n = cel_ast_new(c, AST_SELECT, field->place, 1);
    if (n == NULL)
        return NULL;
    n->arg[0] = field->arg[0];
    n->name = field->name;
    n->test = true;
    return seal(c, n);
}

static struct cel_ast *fold(struct cel_compile *c, const struct macro *m, struct cel_ast *call)
{
    for (uint32_t i = 1; i <= m->variables; i++) {
        if (!is_name(call->arg[i]))
            return refuse(c, call->arg[i], TEXT("a macro's variable must be a simple name"));
    }
    if (m->variables == 2 && text_equal(call->arg[1]->name, call->arg[2]->name))
        return refuse(c, call->arg[2], TEXT("the macro's two variables have the same name"));
    struct cel_ast *n = cel_ast_new(c, AST_FOLD, call->place, 3);
    if (n == NULL)
        return NULL;
    n->fold = m->fold;
    n->name = call->arg[1]->name;
    n->name2 = m->variables == 2 ? call->arg[2]->name : TEXT_NONE;
    uint32_t next = 1 + m->variables;
    n->arg[0] = call->arg[0];
    n->arg[1] = m->condition ? call->arg[next++] : NULL;
    n->arg[2] = m->transformation ? call->arg[next] : NULL;
    return seal(c, n);
}

/* cel.bind(name, value, body); arg[0] is `cel`. */
static struct cel_ast *bind(struct cel_compile *c, struct cel_ast *call)
{
    if (!is_name(call->arg[1]))
        return refuse(c, call->arg[1], TEXT("cel.bind needs a simple name first"));
    struct cel_ast *n = cel_ast_new(c, AST_BIND, call->place, 2);
    if (n == NULL)
        return NULL;
    n->name = call->arg[1]->name;
    n->arg[0] = call->arg[2];
    n->arg[1] = call->arg[3];
    return seal(c, n);
}

static struct cel_ast *optional_map(struct cel_compile *c, struct cel_ast *call, bool flat)
{
    if (!is_name(call->arg[1]))
        return refuse(c, call->arg[1], TEXT("a macro's variable must be a simple name"));
    struct cel_ast *n = cel_ast_new(c, AST_OPTIONAL_MAP, call->place, 2);
    if (n == NULL)
        return NULL;
    n->name = call->arg[1]->name;
    n->flat = flat;
    n->arg[0] = call->arg[0];
    n->arg[1] = call->arg[2];
    return seal(c, n);
}

struct cel_ast *cel_macro(struct cel_compile *c, struct cel_ast *call)
{
    if (!call->member)
        return call->count == 1 && text_equal(call->name, TEXT("has")) ? has(c, call) : call;
    const struct cel_ast *target = call->arg[0];
    if (call->count == 4 && text_equal(call->name, TEXT("bind")) && is_name(target)
        && text_equal(target->name, TEXT("cel")))
        return bind(c, call);
    if (call->count == 3 && text_equal(call->name, TEXT("optMap")))
        return optional_map(c, call, false);
    if (call->count == 3 && text_equal(call->name, TEXT("optFlatMap")))
        return optional_map(c, call, true);
    for (size_t i = 0; i < COUNT_OF(FOLDS); i++) {
        if (call->count == FOLDS[i].arguments + 1 && text_equal(call->name, text_of(FOLDS[i].name)))
            return fold(c, &FOLDS[i], call);
    }
    return call;
}
