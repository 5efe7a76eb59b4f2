/* Steps for macros: the comprehensions, cel.bind, optMap. A member costs what its body's steps cost. */
#include "engine/cel/plan.h"
#include "engine/cel/value.h"

/* What a fold goes over: a list, rows, or the entries of a map. */
static bool open_range(const struct cel_plan *n, struct cel_run *run, struct cel_value *range,
                       size_t *count_out)
{
    if (!n->a->eval(n->a, run, range))
        return false;
    if (cel_is_list(range))
        *count_out = cel_list_count(range);
    else if (range->kind == CEL_MAP)
        *count_out = range->map->count;
    else
        return cel_raise_at(run, n, "no list or map where one is needed");
    return true;
}

/* Gives the fold's variables the i-th member, and counts it. */
static inline bool enter_member(const struct cel_plan *n, struct cel_run *run, const struct cel_value *range,
                                size_t i)
{
    if (__builtin_expect(!cel_count_step(run, n->cost), 0))
        return cel_place_failure(run, n);
    struct cel_value *first = &run->locals[n->slot];
    if (range->kind == CEL_MAP) {
        *first = range->map->at[i].key;
        if (n->two)
            run->locals[n->slot2] = range->map->at[i].value;
    } else if (n->two) {
        *first = (struct cel_value){.kind = CEL_INT, .i = (int64_t)i};
        run->locals[n->slot2] = cel_list_at(range, i);
    } else {
        *first = cel_list_at(range, i);
    }
    return true;
}

/* Evaluates the condition to a bool. */
static bool test(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    if (!n->b->eval(n->b, run, out))
        return false;
    return out->kind == CEL_BOOL || cel_raise_at(run, n->b, "no bool where one is needed");
}

/* all and exists are && and || over the members: one that decides makes failures forgotten. */
bool cel_eval_quantifier(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    struct cel_value range;
    size_t count;
    if (!open_range(n, run, &range, &count))
        return false;
    struct cel_failure first = {.outcome = CEL_DONE};
    for (size_t i = 0; i < count; i++) {
        if (enter_member(n, run, &range, i) && test(n, run, out)) {
            if (out->b != n->decisive)
                continue;
            if (first.outcome != CEL_DONE)
                cel_absorb(run);
            return true;
        }
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

bool cel_eval_exists_one(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    struct cel_value range;
    size_t count, matches = 0;
    if (!open_range(n, run, &range, &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!enter_member(n, run, &range, i) || !test(n, run, out))
            return false;
        matches += out->b;
    }
    return cel_give_bool(out, matches == 1);
}

/* The member as the fold has it: does the condition take it, and what becomes of it? */
static bool transform(const struct cel_plan *n, struct cel_run *run, const struct cel_value *range, size_t i,
                      bool *taken, struct cel_value *out)
{
    *taken = true;
    if (!enter_member(n, run, range, i))
        return false;
    if (n->b != NULL) {
        if (!test(n, run, out))
            return false;
        *taken = out->b;
    }
    if (!*taken)
        return true;
    if (n->c != NULL)
        return n->c->eval(n->c, run, out);
    *out = run->locals[n->slot];
    return true;
}

bool cel_eval_fold_list(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    struct cel_value range, member;
    size_t count;
    if (!open_range(n, run, &range, &count))
        return false;
    struct cel_growing result = {0};
    for (size_t i = 0; i < count; i++) {
        bool taken;
        if (!transform(n, run, &range, i, &taken, &member))
            return false;
        if (taken && !cel_growing_add(run, &result, &member))
            return cel_place_failure(run, n);
    }
    return cel_give_list(run, result.at, result.count, out) || cel_place_failure(run, n);
}

struct entries {
    struct cel_entry *at;
    size_t count, room;
};

static bool add_entry(struct cel_run *run, struct entries *e, struct cel_entry entry)
{
    if (e->count == e->room) {
        size_t room = e->room == 0 ? 8 : e->room * 2;
        struct cel_entry *at = cel_take(run, room * sizeof *at);
        if (at == NULL)
            return false;
        if (e->count > 0)
            memcpy(at, e->at, e->count * sizeof *at);
        e->at = at;
        e->room = room;
    }
    e->at[e->count++] = entry;
    return true;
}

/* transformMap keeps the key (of a list: the index); transformMapEntry takes all entries of the map that it
 * is given. */
static bool add_member(const struct cel_plan *n, struct cel_run *run, const struct cel_value *member,
                       struct entries *result)
{
    if (n->fold == FOLD_MAP)
        return add_entry(run, result, (struct cel_entry){run->locals[n->slot], *member})
               || cel_place_failure(run, n);
    if (member->kind != CEL_MAP)
        return cel_raise_at(run, n, "no map where one is needed");
    for (size_t i = 0; i < member->map->count; i++) {
        if (!add_entry(run, result, member->map->at[i]))
            return cel_place_failure(run, n);
    }
    return true;
}

bool cel_eval_fold_map(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    struct cel_value range, member;
    size_t count;
    if (!open_range(n, run, &range, &count))
        return false;
    struct entries result = {0};
    for (size_t i = 0; i < count; i++) {
        bool taken;
        if (!transform(n, run, &range, i, &taken, &member)
            || (taken && !add_member(n, run, &member, &result)))
            return false;
    }
    return cel_map_make(run, result.at, result.count, out) || cel_place_failure(run, n);
}

/* A binding whose value fails does harm only where it is used: the failure is kept in its slot. */
bool cel_eval_bind(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    if (!n->a->eval(n->a, run, out)) {
        if (run->failure.final)
            return false;
        struct cel_failure *kept = cel_take(run, sizeof *kept);
        if (kept == NULL)
            return cel_place_failure(run, n);
        *kept = run->failure;
        *out = (struct cel_value){.kind = CEL_PARAM, .s = {(const char *)kept, sizeof *kept}};
    }
    run->locals[n->slot] = *out;
    return n->b->eval(n->b, run, out);
}

bool cel_eval_bound(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    *out = run->locals[n->slot];
    if (out->kind != CEL_PARAM)
        return true;
    memcpy(&run->failure, out->s.at, sizeof run->failure);
    return false;
}

bool cel_eval_optional_map(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    if (!n->a->eval(n->a, run, out))
        return false;
    if (out->kind != CEL_OPTIONAL)
        return cel_raise_at(run, n, "no optional where one is needed");
    if (out->inner == NULL)
        return true;
    run->locals[n->slot] = *out->inner;
    if (!n->b->eval(n->b, run, out))
        return false;
    if (n->flat)
        return out->kind == CEL_OPTIONAL || cel_raise_at(run, n, "no optional where one is needed");
    const struct cel_value inner = *out;
    return cel_give_optional(run, &inner, out) || cel_place_failure(run, n);
}
