/* Texts that fields are held against: person.sex == '男', household.kind in ['脱贫户'], '残疾' in
 * person.health, and person.health.exists(h, h == '健康'). The host says whether the field can ever have such
 * a text; one that it cannot have makes a condition that never holds, which nobody would notice.
 */
#include "engine/cel/ast.h"
#include "engine/cel/cel.err.h"

/* A macro's variable that stands for the members of a field. */
struct bound {
    struct text name;
    const struct cel_ast *range;
    const struct bound *up;
};
struct walk {
    struct cel_compile *c;
    const struct bound *bound;
};

/* The selection that gives the node's value; NULL: it is no field. */
static const struct cel_ast *field_of(const struct walk *w, const struct cel_ast *n)
{
    if (n->kind == AST_SELECT && n->of != NULL && !n->test)
        return n;
    if (n->kind != AST_IDENT || n->reference != REFERENCE_LOCAL)
        return NULL;
    const struct bound *b = w->bound;
    while (b != NULL && !text_equal(b->name, n->name))
        b = b->up;
    return b != NULL ? b->range : NULL;
}

static bool ask(const struct walk *w, const struct cel_ast *side, const struct cel_ast *literal)
{
    const struct cel_options *how = w->c->options;
    const struct cel_ast *field = field_of(w, side);
    if (field == NULL || literal->kind != AST_LITERAL || literal->literal.kind != CEL_STRING
        || how->text(how->user, field->of, field->field, literal->literal.s))
        return true;
    return cel_compile_fail(w->c, &CEL_UNKNOWN_NAME, literal->place, literal->literal.s);
}

static bool ask_call(const struct walk *w, const struct cel_ast *n)
{
    if (n->count != 2 || n->member)
        return true;
    const struct cel_ast *a = n->arg[0], *b = n->arg[1];
    if (text_equal(n->name, TEXT("_==_")) || text_equal(n->name, TEXT("_!=_")))
        return ask(w, a, b) && ask(w, b, a);
    if (!text_equal(n->name, TEXT("@in")))
        return true;
    for (uint32_t i = 0; b->kind == AST_LIST && i < b->count; i++)
        if (!ask(w, a, b->arg[i]))
            return false;
    return ask(w, b, a);
}

static bool visit(struct walk *w, const struct cel_ast *n)
{
    const struct bound *outer = w->bound;
    /* With two variables the first is an index or key. */
    const struct bound inner = {
        .name = n->name2.at != NULL ? n->name2 : n->name,
        .range = n->kind == AST_FOLD ? field_of(w, n->arg[0]) : NULL,
        .up = outer,
    };
    if (n->kind == AST_CALL && !ask_call(w, n))
        return false;
    for (uint32_t i = 0; i < n->count; i++) {
        w->bound = n->kind == AST_FOLD && i > 0 ? &inner : outer;
        /* A chain that was resolved as one name has children that nobody looked at. */
        bool looked_at = n->arg[i] != NULL && (n->kind != AST_SELECT || n->reference == REFERENCE_NONE);
        if (looked_at && !visit(w, n->arg[i]))
            return false;
    }
    w->bound = outer;
    return true;
}

bool cel_texts(struct cel_compile *c, const struct cel_ast *root)
{
    struct walk w = {.c = c};
    return c->options->text == NULL || visit(&w, root);
}
