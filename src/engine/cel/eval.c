/* Steps for names, logic, choices, literals and comparisons. */
#include "engine/cel/plan.h"
#include "engine/cel/value.h"

bool cel_raise_at(struct cel_run *run, const struct cel_plan *n, const char *reason)
{
    (void)cel_raise(run, reason);
    run->failure.place = n->place;
    return false;
}

bool cel_place_failure(struct cel_run *run, const struct cel_plan *n)
{
    if (run->failure.place != CEL_PLACE_CALLER) /* an older failure: the function gave no reason */
        (void)cel_raise(run, "the function failed");
    run->failure.place = n->place;
    return false;
}

void cel_absorb(struct cel_run *run)
{
    if (run->e != NULL && run->e->kind != NULL)
        err_clear(run->e);
}

bool cel_eval_constant(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    (void)run;
    *out = n->constant;
    return true;
}

bool cel_eval_variable(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    *out = run->variables[n->slot];
    if (__builtin_expect(out->kind != CEL_DYN, 1))
        return true;
    (void)cel_fail_absent(run);
    run->failure.place = n->place;
    return false;
}

bool cel_eval_local(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    *out = run->locals[n->slot];
    return true;
}

bool cel_eval_unknown(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    (void)out;
    struct text reason = text_format(run->arena, "nothing is known as '%.*s'", TEXT_ARG(n->name));
    return cel_raise_at(run, n, reason.at != NULL ? reason.at : "an unknown name");
}

/* One operand that decides the result makes the failures of the others forgotten, on whichever side they
 * stand. */
bool cel_eval_logic(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    struct cel_failure first = {.outcome = CEL_DONE};
    for (uint32_t i = 0; i < n->count; i++) {
        bool good = n->arg[i]->eval(n->arg[i], run, out);
        if (good && out->kind == CEL_BOOL) {
            if (out->b != n->decisive)
                continue;
            if (first.outcome != CEL_DONE)
                cel_absorb(run);
            return true;
        }
        if (good)
            (void)cel_raise_at(run, n->arg[i], "no bool where one is needed");
        if (run->failure.final)
            return false;
        if (first.outcome == CEL_DONE)
            first = run->failure;
    }
    if (first.outcome == CEL_DONE)
        return cel_give_bool(out, !n->decisive);
    run->failure = first;
    return false;
}

bool cel_eval_not(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    if (!n->a->eval(n->a, run, out))
        return false;
    return out->kind == CEL_BOOL ? cel_give_bool(out, !out->b) : cel_raise_at(run, n, "no such overload");
}

bool cel_eval_choice(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    if (!n->a->eval(n->a, run, out))
        return false;
    if (out->kind != CEL_BOOL)
        return cel_raise_at(run, n, "no bool where one is needed");
    const struct cel_plan *taken = out->b ? n->b : n->c;
    return taken->eval(taken, run, out);
}

/* [?e]: the element, if its optional has one. */
static bool skip_element(const struct cel_plan *n, struct cel_run *run, struct cel_value *v, bool *skip)
{
    *skip = false;
    if (v->kind != CEL_OPTIONAL)
        return cel_raise_at(run, n, "no optional where one is needed");
    *skip = v->inner == NULL;
    if (!*skip)
        *v = *v->inner;
    return true;
}

bool cel_eval_list(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    struct cel_value *at = cel_take(run, n->count * sizeof *at);
    if (at == NULL && n->count > 0)
        return cel_place_failure(run, n);
    size_t count = 0;
    for (uint32_t i = 0; i < n->count; i++) {
        bool skip = false;
        if (!n->arg[i]->eval(n->arg[i], run, &at[count]))
            return false;
        if (n->maybe != NULL && n->maybe[i] && !skip_element(n->arg[i], run, &at[count], &skip))
            return false;
        count += !skip;
    }
    return cel_give_list(run, at, count, out) || cel_place_failure(run, n);
}

bool cel_eval_map(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    uint32_t entries = n->count / 2;
    struct cel_entry *at = cel_take(run, entries * sizeof *at);
    if (at == NULL && entries > 0)
        return cel_place_failure(run, n);
    size_t count = 0;
    for (uint32_t i = 0; i < entries; i++) {
        const struct cel_plan *key = n->arg[2 * i], *value = n->arg[2 * i + 1];
        bool skip = false;
        if (!key->eval(key, run, &at[count].key) || !value->eval(value, run, &at[count].value))
            return false;
        if (n->maybe != NULL && n->maybe[i] && !skip_element(value, run, &at[count].value, &skip))
            return false;
        count += !skip;
    }
    return cel_map_make(run, at, count, out) || cel_place_failure(run, n);
}

static bool in_order(enum cel_operator operator, enum cel_order order)
{
    switch (operator) {
    case OPERATOR_LESS:
        return order == ORDER_LESS;
    case OPERATOR_LESS_EQUAL:
        return order == ORDER_LESS || order == ORDER_EQUAL;
    case OPERATOR_GREATER:
        return order == ORDER_GREATER;
    case OPERATOR_GREATER_EQUAL:
        return order == ORDER_GREATER || order == ORDER_EQUAL;
    case OPERATOR_EQUAL:
        return order == ORDER_EQUAL;
    case OPERATOR_UNEQUAL:
        break;
    }
    return order != ORDER_EQUAL;
}

/* Any two values. */
static bool compare(const struct cel_plan *n, struct cel_run *run, const struct cel_value *a,
                    const struct cel_value *b, struct cel_value *out)
{
    if (n->operator<= OPERATOR_UNEQUAL) {
        bool equal = false;
        if (!cel_equal_counted(run, a, b, &equal))
            return cel_place_failure(run, n);
        return cel_give_bool(out, equal == (n->operator== OPERATOR_EQUAL));
    }
    enum cel_order order = cel_compare(a, b);
    if (order == ORDER_MISMATCH)
        return cel_raise_at(run, n, "no such overload");
    return cel_give_bool(out, in_order(n->operator, order));
}

bool cel_eval_compare(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    struct cel_value a;
    if (!n->a->eval(n->a, run, &a) || !n->b->eval(n->b, run, out))
        return false;
    const struct cel_value b = *out;
    return compare(n, run, &a, &b, out);
}

bool cel_eval_compare_int(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    if (!n->a->eval(n->a, run, out))
        return false;
    if (__builtin_expect(out->kind != CEL_INT, 0)) {
        const struct cel_value a = *out;
        return compare(n, run, &a, &n->constant, out);
    }
    int64_t a = out->i, b = n->constant.i;
    switch (n->operator) {
    case OPERATOR_EQUAL:
        return cel_give_bool(out, a == b);
    case OPERATOR_UNEQUAL:
        return cel_give_bool(out, a != b);
    case OPERATOR_LESS:
        return cel_give_bool(out, a < b);
    case OPERATOR_LESS_EQUAL:
        return cel_give_bool(out, a <= b);
    case OPERATOR_GREATER:
        return cel_give_bool(out, a > b);
    case OPERATOR_GREATER_EQUAL:
        break;
    }
    return cel_give_bool(out, a >= b);
}

bool cel_eval_compare_text(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    if (!n->a->eval(n->a, run, out))
        return false;
    if (__builtin_expect(out->kind != CEL_STRING, 0)) {
        const struct cel_value a = *out;
        return compare(n, run, &a, &n->constant, out);
    }
    return cel_give_bool(out, text_equal(out->s, n->constant.s) == (n->operator== OPERATOR_EQUAL));
}

static bool in_list(const struct cel_plan *n, struct cel_run *run, const struct cel_value *a,
                    const struct cel_value *list, struct cel_value *out)
{
    uint64_t left = run->step_end - run->steps + 1, before = left;
    bool found = false;
    size_t count = cel_list_count(list);
    for (size_t i = 0; i < count && !found && left > 0; i++) {
        const struct cel_value element = cel_list_at(list, i);
        found = cel_equal_within(a, &element, &left);
    }
    if (left == 0 || !cel_charge(run, before - left)) {
        (void)cel_raise_limit(run, "too many steps");
        return cel_place_failure(run, n);
    }
    return cel_give_bool(out, found);
}

bool cel_eval_in(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    struct cel_value a;
    if (!n->a->eval(n->a, run, &a) || !n->b->eval(n->b, run, out))
        return false;
    const struct cel_value b = *out;
    if (cel_is_list(&b))
        return in_list(n, run, &a, &b, out);
    if (b.kind != CEL_MAP)
        return cel_raise_at(run, n, "no such overload");
    return cel_give_bool(out, cel_map_find(b.map, &a) != NULL);
}
