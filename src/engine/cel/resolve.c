/* Which variable, type or overload a name means. Without types (unchecked) the answer is all that the name
 * allows, and the evaluator chooses. */
#include "engine/cel/cel.err.h"
#include "engine/cel/check.h"

const struct cel_scope *cel_check_local(const struct cel_checker *k, struct text name)
{
    const struct cel_scope *s = k->scope;
    while (s != NULL && !text_equal(s->name, name))
        s = s->up;
    return s;
}

bool cel_resolve_name(struct cel_checker *k, struct cel_ast *n, struct text name, bool rooted)
{
    char room[CEL_NAME_MAX];
    for (size_t level = 0;; level++) {
        struct text reading = cel_env_reading(k->c->env, name, rooted, level, room);
        if (reading.at == NULL)
            return false;
        size_t variable = cel_env_find_variable(k->c->env, reading);
        if (variable != SIZE_MAX) {
            n->reference = REFERENCE_VARIABLE;
            n->slot = (uint32_t)variable;
            n->type = &k->c->env->variables[variable].type;
            return true;
        }
        if (cel_env_type_value(reading, &n->literal)) {
            n->reference = REFERENCE_VALUE;
            n->type = &CEL_TYPE_TYPE;
            return true;
        }
    }
}

struct text cel_resolve_chain(const struct cel_checker *k, const struct cel_ast *n, char *room,
                              bool *rooted_out)
{
    size_t begin = CEL_NAME_MAX; /* the name grows from the end: the root comes last */
    for (;; n = n->arg[0]) {
        bool root = n->kind == AST_IDENT;
        bool link = n->kind == AST_SELECT && !n->test && !n->optional && !n->quoted;
        if ((!root && !link) || n->name.size + 1 > begin)
            return TEXT_NONE;
        begin -= n->name.size;
        memcpy(room + begin, n->name.at, n->name.size);
        if (root)
            break;
        room[--begin] = '.';
    }
    *rooted_out = n->rooted;
    if (!n->rooted && cel_check_local(k, n->name) != NULL)
        return TEXT_NONE;
    return (struct text){room + begin, CEL_NAME_MAX - begin};
}

static const struct cel_overload *function_of(const struct cel_checker *k, struct text name, bool rooted)
{
    char room[CEL_NAME_MAX];
    for (size_t level = 0;; level++) {
        struct text reading = cel_env_reading(k->c->env, name, rooted, level, room);
        if (reading.at == NULL)
            return NULL;
        const struct cel_overload *o = cel_env_overloads(k->c->env, reading);
        if (o != NULL)
            return o;
    }
}

/* math.greatest(1, 2) is parsed as a call on `math`; a function of that whole name takes the call over. */
void cel_resolve_namespace(struct cel_checker *k, struct cel_ast *n)
{
    char room[CEL_NAME_MAX], whole[CEL_NAME_MAX];
    bool rooted = false;
    struct text target = cel_resolve_chain(k, n->arg[0], room, &rooted);
    if (target.at == NULL || target.size + 1 + n->name.size > CEL_NAME_MAX)
        return;
    memcpy(whole, target.at, target.size);
    whole[target.size] = '.';
    memcpy(whole + target.size + 1, n->name.at, n->name.size);
    const struct cel_overload *o =
        function_of(k, (struct text){whole, target.size + 1 + n->name.size}, rooted);
    if (o == NULL)
        return;
    n->name = text_of(o->name);
    n->rooted = true;
    n->member = false;
    n->arg++;
    n->count--;
}

static const struct cel_type *parameter_of(const struct cel_overload *o, uint32_t i)
{
    return &o->parameters[i < o->count ? i : o->count - 1];
}

static bool takes_count(const struct cel_overload *o, const struct cel_ast *n)
{
    return o->member == n->member && (n->count == o->count || (o->spreads && n->count >= o->count));
}

/* The type of a signature with fresh variables in the place of A and B. */
static const struct cel_type *instance(struct cel_types *t, const struct cel_type *type,
                                       const struct cel_type *const fresh[2])
{
    const struct cel_type *letter = type->kind == CEL_PARAM && type->of != NULL ? type->of : type;
    if (letter == &CEL_TYPE_A)
        return fresh[0];
    if (letter == &CEL_TYPE_B)
        return fresh[1];
    if (type->of == NULL)
        return type;
    return cel_types_make(t, type->kind, instance(t, type->of, fresh),
                          type->key == NULL ? NULL : instance(t, type->key, fresh));
}

/* Cheap refusal before types are made. */
static bool may_fit(struct cel_types *t, const struct cel_overload *o, const struct cel_ast *n)
{
    for (uint32_t i = 0; i < n->count; i++) {
        enum cel_kind from = cel_types_top(t, n->arg[i]->type)->kind, to = parameter_of(o, i)->kind;
        bool open =
            from == CEL_DYN || from == CEL_PARAM || from == CEL_NULL || to == CEL_DYN || to == CEL_PARAM;
        if (!open && from != to)
            return false;
    }
    return true;
}

/* Binds the arguments to the parameters; the type of the result, or NULL. */
static const struct cel_type *fit(struct cel_types *t, const struct cel_overload *o, const struct cel_ast *n,
                                  bool *exact_out)
{
    if (!takes_count(o, n) || !may_fit(t, o, n))
        return NULL;
    const struct cel_type *fresh[2] = {NULL, NULL};
    for (int i = 0; i < 2 && o->generic; i++)
        fresh[i] = cel_types_fresh(t);
    *exact_out = true;
    for (uint32_t i = 0; i < n->count; i++) {
        const struct cel_type *p = parameter_of(o, i);
        const struct cel_type *to = o->generic ? instance(t, p, fresh) : p;
        bool open = to->kind == CEL_DYN;
        *exact_out = *exact_out && !open && cel_types_exact(t, n->arg[i]->type, to);
        if (!cel_types_assign(t, n->arg[i]->type, to))
            return NULL;
    }
    return o->generic ? instance(t, &o->result, fresh) : &o->result;
}

static bool reserve_candidates(struct cel_checker *k, struct cel_ast *n, const struct cel_overload *first)
{
    size_t count = 0;
    for (const struct cel_overload *o = first; o != NULL; o = o->next)
        count += takes_count(o, n);
    if (count == 0)
        return true;
    n->candidates = arena_take_many(k->c->arena, count, sizeof(const struct cel_overload *));
    return n->candidates != NULL || cel_compile_out_of_memory(k->c);
}

static const struct cel_type *common(const struct cel_type *a, const struct cel_type *b)
{
    if (a == NULL || a == b)
        return b;
    return a->kind == b->kind && a->of == NULL && b->of == NULL && a->class_of == b->class_of ? a
                                                                                              : &CEL_TYPE_DYN;
}

/* Keeps every overload that fits; the type is their common one, dyn where they differ. */
static void match(struct cel_checker *k, struct cel_ast *n, const struct cel_overload *first)
{
    struct cel_types *t = &k->types;
    bool exact = false;
    n->type = NULL;
    for (const struct cel_overload *o = first; o != NULL && !exact; o = o->next) {
        struct cel_types_mark mark = cel_types_mark(t);
        const struct cel_type *result = fit(t, o, n, &exact);
        exact = exact && result != NULL;
        if (result != NULL) {
            n->type = common(n->type, cel_types_settle(t, result));
            n->candidates[n->candidate_count++] = o;
        }
        cel_types_rewind(t, mark);
    }
    if (exact) /* it alone is meant, whatever else would take the arguments */
        n->candidates[0] = n->candidates[n->candidate_count - 1];
    if (exact || n->candidate_count == 1) {
        n->candidate_count = 1;
        n->type = fit(t, n->candidates[0], n, &exact);
    }
}

bool cel_type_mismatch(struct cel_checker *k, const struct cel_ast *n, const char *function)
{
    struct buf b;
    buf_init(&b, 4096);
    if (n->member)
        cel_type_print(&k->types, n->arg[0]->type, &b);
    buf_add_z(&b, n->member ? "." : "");
    buf_add_z(&b, function);
    buf_add_char(&b, '(');
    for (uint32_t i = n->member ? 1 : 0; i < n->count; i++) {
        if (i > (n->member ? 1 : 0))
            buf_add_z(&b, ", ");
        if (n->arg[i] != NULL && n->arg[i]->type != NULL)
            cel_type_print(&k->types, n->arg[i]->type, &b);
    }
    buf_add_char(&b, ')');
    (void)cel_compile_fail(k->c, &CEL_TYPE_MISMATCH, n->place, buf_text(&b));
    buf_clear(&b);
    return false;
}

bool cel_resolve_call(struct cel_checker *k, struct cel_ast *n)
{
    const struct cel_overload *first =
        n->member ? cel_env_overloads(k->c->env, n->name) : function_of(k, n->name, n->rooted);
    if (first != NULL)
        n->name = text_of(first->name);
    if (!reserve_candidates(k, n, first))
        return false;
    if (!k->c->strict) {
        n->type = &CEL_TYPE_DYN;
        for (const struct cel_overload *o = first; o != NULL; o = o->next) {
            if (takes_count(o, n))
                n->candidates[n->candidate_count++] = o;
        }
        return true;
    }
    if (first == NULL)
        return cel_compile_fail(k->c, &CEL_UNKNOWN_FUNCTION, n->place, n->name);
    match(k, n, first);
    return n->candidate_count > 0 || cel_type_mismatch(k, n, first->name);
}
