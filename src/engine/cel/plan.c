/* From the checked tree to the plan. Chooses the cheapest step that is right for what is known, computes what
 * is constant, and notes which fields and variables the expression reads. */
#include "engine/cel/plan.h"
#include "base/base.err.h"
#include "engine/cel/cel.err.h"
#include "engine/cel/type.h"
#include "engine/cel/value.h"

#define FOLD_STEP_MAX 10000u      /* of one constant call when compiling */
#define FOLD_BYTE_MAX (64u << 10) /* bytes it may make */
#define FOLD_TOTAL_MAX (1u << 20) /* bytes of all constants of one expression */

struct planner {
    struct cel_compile *c;
    struct cel_program *program;
    struct cel_use *uses;
    size_t use_count, use_room;
    bool *variables;
    size_t constant_bytes;
};

static struct cel_plan *plan(struct planner *p, const struct cel_ast *n);

static struct cel_plan *take_step(struct planner *p, const struct cel_ast *n, cel_step *eval)
{
    struct cel_plan *step = arena_take(p->c->arena, sizeof *step);
    if (step == NULL) {
        (void)cel_compile_out_of_memory(p->c);
        return NULL;
    }
    *step = (struct cel_plan){.eval = eval, .place = n->place, .cost = 1, .name = n->name, .env = p->c->env};
    return step;
}

static bool is_constant(const struct cel_plan *step) { return step->eval == cel_eval_constant; }

/* Plans a child and counts it. */
static bool child(struct planner *p, struct cel_plan *step, const struct cel_ast *n,
                  const struct cel_plan **out)
{
    struct cel_plan *made = plan(p, n);
    if (made == NULL)
        return false;
    *out = made;
    step->cost += made->cost;
    return true;
}

static bool children(struct planner *p, struct cel_plan *step, const struct cel_ast *n)
{
    const struct cel_plan **arg = arena_take_many(p->c->arena, n->count, sizeof(const struct cel_plan *));
    if (arg == NULL && n->count > 0)
        return cel_compile_out_of_memory(p->c);
    for (uint32_t i = 0; i < n->count; i++) {
        if (!child(p, step, n->arg[i], &arg[i]))
            return false;
    }
    step->arg = arg;
    step->count = n->count;
    return true;
}

/* Computes a step whose operands are constants. What fails stays a step, to fail when it is reached. */
static struct cel_plan *compute(struct planner *p, struct cel_plan *step)
{
    struct err ignored = {0};
    struct cel_run run = {
        .arena = p->c->arena, .e = &ignored, .step_end = FOLD_STEP_MAX, .byte_end = FOLD_BYTE_MAX};
    struct cel_value v;
    if (p->constant_bytes > FOLD_TOTAL_MAX || !step->eval(step, &run, &v))
        return step;
    p->constant_bytes += run.bytes;
    step->eval = cel_eval_constant;
    step->constant = v;
    step->cost = 1;
    return step;
}

static bool use_field(struct planner *p, const struct cel_class *of, size_t field)
{
    for (size_t i = 0; i < p->use_count; i++) {
        if (p->uses[i].of == of && p->uses[i].field == field)
            return true;
    }
    if (p->use_count == p->use_room) {
        size_t room = p->use_room == 0 ? 8 : p->use_room * 2;
        struct cel_use *uses = arena_take_many(p->c->arena, room, sizeof *uses);
        if (uses == NULL)
            return cel_compile_out_of_memory(p->c);
        if (p->use_count > 0)
            memcpy(uses, p->uses, p->use_count * sizeof *uses);
        p->uses = uses;
        p->use_room = room;
    }
    p->uses[p->use_count++] = (struct cel_use){of, field};
    return true;
}

static struct cel_plan *plan_literal(struct planner *p, const struct cel_ast *n)
{
    struct cel_plan *step = take_step(p, n, cel_eval_constant);
    if (step != NULL)
        step->constant = n->literal;
    return step;
}

/* An identifier, or a chain that was resolved as one name. */
static struct cel_plan *plan_name(struct planner *p, const struct cel_ast *n)
{
    if (n->reference == REFERENCE_VALUE)
        return plan_literal(p, n);
    static cel_step *const steps[] = {[REFERENCE_NONE] = cel_eval_unknown,
                                      [REFERENCE_VARIABLE] = cel_eval_variable,
                                      [REFERENCE_LOCAL] = cel_eval_local,
                                      [REFERENCE_BOUND] = cel_eval_bound};
    struct cel_plan *step = take_step(p, n, steps[n->reference]);
    if (step == NULL)
        return NULL;
    step->slot = n->slot;
    if (n->reference == REFERENCE_VARIABLE)
        p->variables[n->slot] = true;
    return step;
}

static struct cel_plan *plan_select(struct planner *p, const struct cel_ast *n)
{
    if (n->reference != REFERENCE_NONE)
        return plan_name(p, n);
    struct cel_plan *step = take_step(p, n, cel_eval_select);
    if (step == NULL || !child(p, step, n->arg[0], &step->a))
        return NULL;
    step->mode = n->test ? MODE_TEST : n->optional ? MODE_OPTIONAL : MODE_PLAIN;
    step->slot = step->a->slot;
    if (step->mode == MODE_PLAIN && step->a->eval == cel_eval_variable)
        step->eval = cel_eval_variable_select;
    else if (step->mode == MODE_PLAIN && step->a->eval == cel_eval_local)
        step->eval = cel_eval_local_select;
    if (n->of == NULL)
        return step;
    if (!use_field(p, n->of, n->field))
        return NULL;
    step->of = n->of;
    step->field = n->field;
    if (step->mode != MODE_PLAIN || n->arg[0]->type->kind != CEL_RECORD)
        return step;
    step->eval = step->a->eval == cel_eval_variable ? cel_eval_variable_field
                 : step->a->eval == cel_eval_local  ? cel_eval_local_field
                                                    : cel_eval_field;
    return step;
}

static struct cel_plan *plan_pair(struct planner *p, const struct cel_ast *n, cel_step *eval)
{
    struct cel_plan *step = take_step(p, n, eval);
    return step != NULL && child(p, step, n->arg[0], &step->a) && child(p, step, n->arg[1], &step->b) ? step
                                                                                                      : NULL;
}

static struct cel_plan *plan_index(struct planner *p, const struct cel_ast *n)
{
    struct cel_plan *step = plan_pair(p, n, cel_eval_index);
    if (step != NULL)
        step->mode = n->optional ? MODE_OPTIONAL : MODE_PLAIN;
    return step;
}

static struct cel_plan *plan_logic(struct planner *p, const struct cel_ast *n)
{
    struct cel_plan *step = take_step(p, n, cel_eval_logic);
    if (step == NULL || !children(p, step, n))
        return NULL;
    step->decisive = n->kind == AST_OR;
    return step;
}

static struct cel_plan *plan_choice(struct planner *p, const struct cel_ast *n)
{
    struct cel_plan *step = plan_pair(p, n, cel_eval_choice);
    return step != NULL && child(p, step, n->arg[2], &step->c) ? step : NULL;
}

static struct cel_plan *plan_literal_of(struct planner *p, const struct cel_ast *n, cel_step *eval)
{
    struct cel_plan *step = take_step(p, n, eval);
    if (step == NULL || !children(p, step, n))
        return NULL;
    step->maybe = n->maybe;
    bool constant = true;
    for (uint32_t i = 0; i < step->count; i++)
        constant = constant && is_constant(step->arg[i]);
    return constant ? compute(p, step) : step;
}

static bool find_operator(struct text name, enum cel_operator *out)
{
    static const char *const names[] = {"_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (text_equal(name, text_of(names[i]))) {
            *out = (enum cel_operator)i;
            return true;
        }
    }
    return false;
}

static struct cel_plan *plan_compare(struct planner *p, const struct cel_ast *n, enum cel_operator operator)
{
    struct cel_plan *step = plan_pair(p, n, cel_eval_compare);
    if (step == NULL)
        return NULL;
    step->operator= operator;
    if (is_constant(step->a) && is_constant(step->b))
        return compute(p, step);
    if (!is_constant(step->b))
        return step;
    step->constant = step->b->constant;
    if (step->constant.kind == CEL_INT)
        step->eval = cel_eval_compare_int;
    else if (step->constant.kind == CEL_STRING && operator<= OPERATOR_UNEQUAL)
        step->eval = cel_eval_compare_text;
    return step;
}

static bool all_pure(const struct cel_ast *n)
{
    bool pure = n->candidate_count > 0;
    for (size_t i = 0; i < n->candidate_count; i++)
        pure = pure && n->candidates[i]->pure;
    return pure;
}

/* One function of our own whose arguments have one kind each is called without a search. */
static bool is_direct(const struct cel_ast *n, struct cel_plan *step)
{
    const struct cel_overload *o = n->candidates[0];
    bool direct = n->candidate_count == 1 && o->own && !o->spreads && n->count <= 2;
    for (uint32_t i = 0; direct && i < n->count; i++) {
        step->kinds[i] = o->parameters[i].kind;
        direct = step->kinds[i] != CEL_DYN && step->kinds[i] != CEL_PARAM;
    }
    return direct;
}

static struct cel_plan *plan_function(struct planner *p, const struct cel_ast *n)
{
    struct cel_plan *step = take_step(p, n, cel_eval_call);
    if (step == NULL || !children(p, step, n))
        return NULL;
    step->candidates = n->candidates;
    step->candidate_count = n->candidate_count;
    if (n->candidate_count == 0)
        step->eval = cel_eval_unknown;
    else if (n->count == 1)
        step->eval = is_direct(n, step) ? cel_eval_direct1 : cel_eval_call1;
    else if (n->count == 2)
        step->eval = is_direct(n, step) ? cel_eval_direct2 : cel_eval_call2;
    step->a = n->count >= 1 ? step->arg[0] : NULL;
    step->b = n->count >= 2 ? step->arg[1] : NULL;
    bool constant = all_pure(n);
    for (uint32_t i = 0; i < step->count; i++)
        constant = constant && is_constant(step->arg[i]);
    return constant ? compute(p, step) : step;
}

/* A pattern that is a literal is compiled once. In a checked expression a bad one is refused. */
static struct cel_plan *plan_match(struct planner *p, const struct cel_ast *n)
{
    struct cel_plan *step = plan_function(p, n);
    const struct cel_regex *regex = &p->c->env->regex;
    if (step == NULL || n->count != 2 || is_constant(step) || !is_constant(step->b)
        || step->b->constant.kind != CEL_STRING || regex->compile == NULL)
        return step;
    const char *reason = "it cannot be compiled";
    void *compiled = regex->compile(p->c->arena, step->b->constant.s, &reason);
    if (compiled == NULL) {
        if (!p->c->strict)
            return step;
        (void)cel_compile_fail(p->c, &CEL_PATTERN, n->arg[1]->place, text_of(reason));
        return NULL;
    }
    struct cel_pattern *kept = arena_take(p->c->arena, sizeof *kept);
    if (kept == NULL) {
        if (regex->release != NULL)
            regex->release(compiled);
        (void)cel_compile_out_of_memory(p->c);
        return NULL;
    }
    *kept = (struct cel_pattern){compiled, p->program->patterns};
    p->program->patterns = kept;
    step->pattern = compiled;
    step->eval = cel_eval_match;
    return step;
}

static bool is_own(const struct cel_ast *n) { return n->candidate_count > 0 && n->candidates[0]->own; }

static struct cel_plan *plan_call(struct planner *p, const struct cel_ast *n)
{
    enum cel_operator operator;
    if (!is_own(n))
        return plan_function(p, n);
    if (find_operator(n->name, &operator))
        return plan_compare(p, n, operator);
    if (text_equal(n->name, TEXT("@in")))
        return plan_pair(p, n, cel_eval_in);
    if (text_equal(n->name, TEXT("!_"))) {
        struct cel_plan *step = take_step(p, n, cel_eval_not);
        return step != NULL && child(p, step, n->arg[0], &step->a) ? step : NULL;
    }
    if (text_equal(n->name, TEXT("matches")))
        return plan_match(p, n);
    bool or_value = text_equal(n->name, TEXT("orValue"));
    if (!or_value && !text_equal(n->name, TEXT("or")))
        return plan_function(p, n);
    struct cel_plan *step = plan_pair(p, n, cel_eval_or);
    if (step != NULL)
        step->flat = or_value;
    return step;
}

static struct cel_plan *plan_fold(struct planner *p, const struct cel_ast *n)
{
    static cel_step *const steps[] = {
        [FOLD_ALL] = cel_eval_quantifier,        [FOLD_EXISTS] = cel_eval_quantifier,
        [FOLD_EXISTS_ONE] = cel_eval_exists_one, [FOLD_LIST] = cel_eval_fold_list,
        [FOLD_MAP] = cel_eval_fold_map,          [FOLD_ENTRIES] = cel_eval_fold_map};
    struct cel_plan *step = take_step(p, n, steps[n->fold]);
    if (step == NULL || !child(p, step, n->arg[0], &step->a))
        return NULL;
    step->fold = n->fold;
    step->decisive = n->fold == FOLD_EXISTS;
    step->slot = n->slot;
    step->slot2 = n->slot2;
    step->two = n->name2.at != NULL;
    if ((n->arg[1] != NULL && !child(p, step, n->arg[1], &step->b))
        || (n->arg[2] != NULL && !child(p, step, n->arg[2], &step->c)))
        return NULL;
    return step;
}

static struct cel_plan *plan_bind(struct planner *p, const struct cel_ast *n)
{
    struct cel_plan *step = plan_pair(p, n, n->kind == AST_BIND ? cel_eval_bind : cel_eval_optional_map);
    if (step == NULL)
        return NULL;
    step->slot = n->slot;
    step->flat = n->flat;
    return step;
}

static struct cel_plan *plan(struct planner *p, const struct cel_ast *n)
{
    switch (n->kind) {
    case AST_LITERAL:
        return plan_literal(p, n);
    case AST_IDENT:
        return plan_name(p, n);
    case AST_SELECT:
        return plan_select(p, n);
    case AST_INDEX:
        return plan_index(p, n);
    case AST_CALL:
        return plan_call(p, n);
    case AST_AND:
    case AST_OR:
        return plan_logic(p, n);
    case AST_CHOICE:
        return plan_choice(p, n);
    case AST_LIST:
        return plan_literal_of(p, n, cel_eval_list);
    case AST_MAP:
        return plan_literal_of(p, n, cel_eval_map);
    case AST_FOLD:
        return plan_fold(p, n);
    case AST_BIND:
    case AST_OPTIONAL_MAP:
        return plan_bind(p, n);
    case AST_MESSAGE:
        break;
    }
    return take_step(p, n, cel_eval_unknown);
}

struct cel_plan *cel_plan_make(struct cel_compile *c, const struct cel_ast *root, struct cel_program *program)
{
    struct planner p = {.c = c, .program = program};
    if (c->locals > CEL_LOCAL_MAX) {
        (void)cel_compile_fail(c, &CEL_TOO_LARGE, root->place,
                               TEXT("more than 128 variables of macros at once"));
        return NULL;
    }
    p.variables = arena_take_many(c->arena, c->env->variable_count + 1, sizeof(bool));
    if (p.variables == NULL) {
        (void)cel_compile_out_of_memory(c);
        return NULL;
    }
    struct cel_plan *made = plan(&p, root);
    program->uses = p.uses;
    program->use_count = p.use_count;
    program->variables = p.variables;
    program->variable_count = c->env->variable_count;
    return made;
}
