/* Steps for functions: the arguments are evaluated, then the first overload that takes their kinds is called.
 */
#include "engine/cel/plan.h"
#include "engine/cel/type.h"
#include "engine/cel/value.h"

static bool takes(const struct cel_type *parameter, const struct cel_value *v, bool own)
{
    enum cel_kind kind = parameter->kind;
    if (kind == v->kind && kind != CEL_RECORD && (own || kind < CEL_LIST))
        return true;
    if (kind == CEL_DYN || kind == CEL_PARAM)
        return true;
    if (own)
        return kind == CEL_LIST && v->kind == CEL_ROWS;
    uint64_t left = CEL_STEP_MAX;
    return cel_type_holds(parameter, v, &left);
}

static bool fits(const struct cel_overload *o, const struct cel_value *arguments, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!takes(&o->parameters[i < o->count ? i : o->count - 1], &arguments[i], o->own))
            return false;
    }
    return true;
}

static inline bool dispatch(const struct cel_plan *n, struct cel_run *run, const struct cel_value *arguments,
                            size_t count, struct cel_value *out)
{
    for (size_t i = 0; i < n->candidate_count; i++) {
        const struct cel_overload *o = n->candidates[i];
        if (fits(o, arguments, count))
            return o->f(run, o->user, arguments, count, out) || cel_place_failure(run, n);
    }
    return cel_raise_at(run, n, "no such overload");
}

bool cel_eval_direct1(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    struct cel_value argument;
    if (!n->a->eval(n->a, run, &argument))
        return false;
    if (__builtin_expect(argument.kind != n->kinds[0], 0))
        return dispatch(n, run, &argument, 1, out);
    const struct cel_overload *o = n->candidates[0];
    return o->f(run, o->user, &argument, 1, out) || cel_place_failure(run, n);
}

bool cel_eval_direct2(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    struct cel_value arguments[2];
    if (!n->a->eval(n->a, run, &arguments[0]) || !n->b->eval(n->b, run, &arguments[1]))
        return false;
    if (__builtin_expect(arguments[0].kind != n->kinds[0] || arguments[1].kind != n->kinds[1], 0))
        return dispatch(n, run, arguments, 2, out);
    const struct cel_overload *o = n->candidates[0];
    return o->f(run, o->user, arguments, 2, out) || cel_place_failure(run, n);
}

bool cel_eval_call1(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    struct cel_value argument;
    return n->a->eval(n->a, run, &argument) && dispatch(n, run, &argument, 1, out);
}

bool cel_eval_call2(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    struct cel_value arguments[2];
    return n->a->eval(n->a, run, &arguments[0]) && n->b->eval(n->b, run, &arguments[1])
           && dispatch(n, run, arguments, 2, out);
}

bool cel_eval_call(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    struct cel_value few[4];
    struct cel_value *arguments =
        n->count <= COUNT_OF(few) ? few : cel_take(run, n->count * sizeof *arguments);
    if (arguments == NULL)
        return cel_place_failure(run, n);
    for (uint32_t i = 0; i < n->count; i++) {
        if (!n->arg[i]->eval(n->arg[i], run, &arguments[i]))
            return false;
    }
    return dispatch(n, run, arguments, n->count, out);
}

bool cel_eval_match(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    if (!n->a->eval(n->a, run, out))
        return false;
    if (out->kind != CEL_STRING)
        return cel_raise_at(run, n, "no such overload");
    const char *reason = "the pattern could not be matched";
    int found = n->env->regex.match(n->pattern, out->s, &reason);
    return found < 0 ? cel_raise_at(run, n, reason) : cel_give_bool(out, found == 1);
}

/* a.or(b), a.orValue(b): b is evaluated only when it is needed. */
bool cel_eval_or(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    if (!n->a->eval(n->a, run, out))
        return false;
    if (out->kind != CEL_OPTIONAL)
        return cel_raise_at(run, n, "no such overload");
    if (out->inner == NULL) {
        if (!n->b->eval(n->b, run, out))
            return false;
        return n->flat || out->kind == CEL_OPTIONAL || cel_raise_at(run, n, "no such overload");
    }
    if (n->flat)
        *out = *out->inner;
    return true;
}
