/* The state of one evaluation: limits, memory, failures. */
#include "base/base.err.h"
#include "engine/cel/cel.err.h"
#include "engine/cel/plan.h"
#include "engine/cel/value.h"

static bool fail(struct cel_run *run, enum cel_outcome outcome, bool final, const char *reason)
{
    run->failure =
        (struct cel_failure){.outcome = outcome, .final = final, .place = CEL_PLACE_CALLER, .reason = reason};
    return false;
}

bool cel_raise(struct cel_run *run, const char *reason) { return fail(run, CEL_FAILED, false, reason); }
bool cel_raise_limit(struct cel_run *run, const char *reason) { return fail(run, CEL_FAILED, true, reason); }
bool cel_fail_absent(struct cel_run *run) { return fail(run, CEL_ABSENT, false, NULL); }

bool cel_fail(struct cel_run *run, const char *reason)
{
    struct text kept = text_copy(run->arena, text_of(reason));
    return cel_raise(run, kept.at != NULL ? kept.at : "the function failed");
}

/* A host may make values before its first evaluation. */
static void begin(struct cel_run *run)
{
    run->step_end = run->step_max == 0 ? CEL_STEP_MAX : run->step_max;
    run->byte_end = run->byte_max == 0 ? CEL_MEMORY_MAX : run->byte_max;
}

void *cel_take(struct cel_run *run, size_t size)
{
    if (run->byte_end == 0)
        begin(run);
    if (size > run->byte_end - run->bytes) {
        (void)cel_raise_limit(run, "too much memory");
        return NULL;
    }
    run->bytes += size;
    void *at = arena_take(run->arena, size);
    if (at == NULL)
        (void)cel_raise_limit(run, "no memory");
    return at;
}

bool cel_charge(struct cel_run *run, uint64_t steps)
{
    if (run->byte_end == 0)
        begin(run);
    if (steps > run->step_end - run->steps)
        return cel_raise_limit(run, "too many steps");
    run->steps += steps;
    return true;
}

bool cel_give_list(struct cel_run *run, const struct cel_value *at, size_t count, struct cel_value *out)
{
    struct cel_list *list = cel_take(run, sizeof *list);
    if (list == NULL)
        return false;
    *list = (struct cel_list){count, at};
    *out = (struct cel_value){.kind = CEL_LIST, .list = list};
    return true;
}

bool cel_give_optional(struct cel_run *run, const struct cel_value *inner, struct cel_value *out)
{
    struct cel_value *copy = NULL;
    if (inner != NULL) {
        copy = cel_take(run, sizeof *copy);
        if (copy == NULL)
            return false;
        *copy = *inner;
    }
    *out = (struct cel_value){.kind = CEL_OPTIONAL, .inner = copy};
    return true;
}

bool cel_growing_add(struct cel_run *run, struct cel_growing *g, const struct cel_value *v)
{
    if (g->count == g->room) {
        size_t room = g->room == 0 ? 8 : g->room * 2;
        struct cel_value *at = cel_take(run, room * sizeof *at);
        if (at == NULL)
            return false;
        if (g->count > 0)
            memcpy(at, g->at, g->count * sizeof *at);
        g->at = at;
        g->room = room;
    }
    g->at[g->count++] = *v;
    return true;
}

/* What the caller of cel_eval learns. A function may have left an error of its own in `e`, which stands. */
static enum cel_outcome report(const struct cel_program *program, struct cel_run *run, struct err *e)
{
    const struct cel_failure *f = &run->failure;
    if (f->outcome == CEL_ABSENT) {
        run->absent_class = f->absent_class;
        run->absent_field = f->absent_field;
        return CEL_ABSENT;
    }
    (void)cel_reason_fail(e, f->final ? &CEL_LIMIT : &CEL_EVALUATION, text_of(f->reason));
    cel_place_add(e, program->source, f->place);
    return CEL_FAILED;
}

/* Kept apart so that expressions without macros need no room for locals. */
static bool eval_with_locals(const struct cel_program *program, struct cel_run *run, struct cel_value *out)
{
    /* Every slot is written before it is read; filling them all would cost more than most evaluations. */
    __attribute__((uninitialized)) struct cel_value locals[CEL_LOCAL_MAX];
    run->locals = locals;
    bool good = program->root->eval(program->root, run, out);
    run->locals = NULL;
    return good;
}

enum cel_outcome cel_eval(const struct cel_program *program, struct cel_run *run, struct cel_value *out,
                          struct err *e)
{
    run->e = e;
    run->bytes = 0;
    begin(run);
    run->steps = program->cost < run->step_end ? program->cost : run->step_end;
    bool good = program->locals == 0 ? program->root->eval(program->root, run, out)
                                     : eval_with_locals(program, run, out);
    return good ? CEL_DONE : report(program, run, e);
}

struct cel_type cel_program_type(const struct cel_program *program) { return program->type; }

const struct cel_use *cel_program_uses(const struct cel_program *program, size_t *count_out)
{
    *count_out = program->use_count;
    return program->uses;
}

bool cel_program_uses_variable(const struct cel_program *program, size_t variable)
{
    return variable < program->variable_count && program->variables[variable];
}

void cel_program_clear(const struct cel_program *program)
{
    if (program == NULL || program->regex.release == NULL)
        return;
    for (const struct cel_pattern *p = program->patterns; p != NULL; p = p->next)
        program->regex.release(p->compiled);
}
