/* Opens a run: what is needed, the frame, the threads, and everything computed once. */
#include "engine/select/run.h"
#include "base/base.err.h"
#include "engine/select/select.err.h"
#include <stdlib.h>
#include <unistd.h>

#define RUN_ARENA_MAX ((size_t)8 << 30)
#define WORKER_ARENA_MAX ((size_t)256 << 20)

static bool in_force(const struct run *run, struct dates dates) { return dates_hold(dates, run->as_of); }

static bool is_asked(const struct catalog_rule *rule, struct text asked)
{
    if (text_is_empty(asked) || text_equal(rule->id, asked))
        return true;
    for (size_t i = 0; i < rule->v_count; i++)
        if (text_equal(rule->v[i], asked))
            return true;
    return false;
}

static bool choose_rules(struct run *run, struct text asked, struct err *e)
{
    bool found = text_is_empty(asked);
    run->rules = arena_take_many(&run->arena, run->c->rule_count + 1, sizeof(struct catalog_rule *));
    if (run->rules == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < run->c->rule_count; i++) {
        const struct catalog_rule *rule = &run->c->rules[i];
        if (!is_asked(rule, asked))
            continue;
        found = true;
        if (in_force(run, rule->dates))
            run->rules[run->rule_count++] = rule;
    }
    return found || err_fail_text(e, &RUN_RULE_UNKNOWN, "rule", asked);
}

/* What a finding shows and is told by: the rule's own fields, numbers of persons, years. */
static void need_rule(struct run *run, const struct catalog_rule *rule)
{
    frame_needs_entity(run->needs, rule->on);
    frame_needs_program(run->needs, run->c, rule->when);
    frame_needs_program(run->needs, run->c, rule->year);
    for (size_t i = 0; i < rule->show_count; i++)
        if (!rule->show[i]->sealed) /* those are opened for the findings' rows alone */
            frame_needs_field(run->needs, run->c, rule->on, rule->show[i]);
}

static void need_grades(struct run *run)
{
    if (run->c->grades_on == NULL)
        return;
    frame_needs_entity(run->needs, run->c->grades_on);
    if (run->c->grades_who != NULL)
        frame_needs_field(run->needs, run->c, run->c->grades_on, &run->c->grades_who->shown);
    for (size_t i = 0; i < run->c->grade_count; i++)
        for (size_t j = 0; j < run->c->grades[i].reason_count; j++)
            frame_needs_program(run->needs, run->c, run->c->grades[i].reasons[j].when);
}

static void need_indicator(struct run *run, const struct catalog_indicator *indicator)
{
    for (size_t i = 0; i < indicator->use_count; i++)
        need_indicator(run, &run->c->indicators[indicator->uses[i]]);
    if (indicator->rows != NULL)
        frame_needs_entity(run->needs, indicator->rows);
    if (indicator->value == INDICATOR_FORMULA)
        return;
    frame_needs_entity(run->needs, indicator->on);
    frame_needs_program(run->needs, run->c, indicator->where);
    frame_needs_program(run->needs, run->c, indicator->of);
    for (size_t i = 0; i < indicator->on->field_count; i++) /* by which rows of another entity are found */
        if (indicator->on->fields[i].type == FIELD_REF && indicator->on->fields[i].entity == indicator->rows)
            frame_needs_field(run->needs, run->c, indicator->on, &indicator->on->fields[i]);
}

static bool need_all(struct run *run, const struct run_options *options, struct err *e)
{
    run->needs = frame_needs_new(run->c, &run->arena);
    if (run->needs == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (options->rules && !choose_rules(run, options->rule, e))
        return false;
    for (size_t i = 0; i < run->rule_count; i++)
        need_rule(run, run->rules[i]);
    if (options->grades)
        need_grades(run);
    if (options->where != NULL)
        frame_needs_program(run->needs, run->c, options->where);
    if (options->on != NULL)
        frame_needs_entity(run->needs, options->on);
    for (size_t i = 0; i < options->indicator_count; i++) {
        need_indicator(run, options->indicators[i]);
        if (options->by != NULL && !text_is_empty(options->by[i])
            && !groups_need(run->c, run->needs, options->indicators[i], options->by[i], e))
            return false;
    }
    return true;
}

static unsigned threads_of(unsigned asked)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned threads = asked != 0 ? asked : cores > 0 ? (unsigned)cores : 1;
    return threads > RUN_THREAD_MAX ? RUN_THREAD_MAX : threads;
}

static bool open_workers(struct run *run, unsigned threads, struct err *e)
{
    run->crew = crew_open(threads);
    run->workers = run->crew != NULL ? calloc(crew_size(run->crew), sizeof *run->workers) : NULL;
    if (run->workers == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (unsigned i = 0; i < crew_size(run->crew); i++) {
        struct worker *w = &run->workers[i];
        arena_init(&w->arena, WORKER_ARENA_MAX);
        arena_init(&w->kept, RUN_ARENA_MAX);
    }
    return true;
}

static void aim_workers(struct run *run)
{
    for (unsigned i = 0; i < crew_size(run->crew); i++) {
        struct worker *w = &run->workers[i];
        w->host = (struct frame_host){.frame = run->frame, .catalog = run->c};
        w->cel = (struct cel_run){.arena = &w->arena, .host = &w->host, .variables = w->variables};
    }
}

static bool compute(struct run *run, size_t index, struct err *e)
{
    const struct catalog_computed *computed = &run->c->computed[index];
    if (!frame_computed_begin(run->frame, computed, e))
        return false;
    struct sweep s = {.on = computed->on, .program = computed->program, .computed = computed};
    if (in_force(run, computed->dates) && !sweep_run(run, &s, &run->computed[index], e))
        return false;
    frame_computed_end(run->frame, computed);
    return true;
}

bool run_compute(struct run *run, struct err *e)
{
    for (size_t i = 0; i < run->c->computed_count; i++)
        if (run->needs->computed[i] && !frame_has_computed(run->frame, &run->c->computed[i])
            && !compute(run, i, e))
            return false;
    return true;
}

static bool fill(struct run *run, struct err *e)
{
    run->indicators = arena_take_many(&run->arena, run->c->indicator_count + 1, sizeof(struct run_bits *));
    run->computed = arena_take_many(&run->arena, run->c->computed_count + 1, sizeof *run->computed);
    run->given = arena_take_many(&run->arena, run->c->entity_count + 1, sizeof(uint64_t *));
    if (run->indicators == NULL || run->computed == NULL || run->given == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!frame_fill(run->records, run->c, run->needs, &run->area, run->as_of, &run->frame, e))
        return false;
    aim_workers(run);
    return run_compute(run, e);
}

static bool has_field(const struct run *run, const struct catalog_entity *on,
                      const struct catalog_field *field)
{
    const struct catalog_computed *computed = frame_computed_of(run->c, field);
    if (computed != NULL)
        return run->needs->computed[computed - run->c->computed];
    if (field->derived_from != NULL && field->derive == DERIVE_USES)
        return run->needs->uses[on->index];
    if (field->column >= CATALOG_FIELD_MAX)
        return true;
    return (run->needs->fields[on->index][field->column >> 6] >> (field->column & 63) & 1) != 0;
}

bool run_need(struct run *run, const struct catalog_entity *on, const struct catalog_field *field,
              struct err *e)
{
    if (run->needs->entities[on->index] && has_field(run, on, field))
        return true;
    struct older *older = arena_take(&run->arena, sizeof *older);
    if (older == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    *older = (struct older){run->frame, run->older};
    run->older = older;
    run->frame = NULL;
    frame_needs_field(run->needs, run->c, on, field);
    return fill(run, e);
}

bool run_open(struct records *r, const struct catalog *c, const struct run_options *options, struct run **out,
              struct err *e)
{
    struct run *run = calloc(1, sizeof *run);
    if (run == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    arena_init(&run->arena, RUN_ARENA_MAX);
    run->records = r;
    run->c = c;
    run->area = options->area;
    run->as_of = options->as_of;
    if (!need_all(run, options, e) || !open_workers(run, threads_of(options->threads), e) || !fill(run, e)) {
        run_close(run);
        return false;
    }
    *out = run;
    return true;
}

void run_close(struct run *run)
{
    if (run == NULL)
        return;
    for (unsigned i = 0; run->workers != NULL && i < crew_size(run->crew); i++) {
        arena_clear(&run->workers[i].arena);
        arena_clear(&run->workers[i].kept);
    }
    crew_close(run->crew);
    free(run->workers);
    frame_free(run->frame);
    for (struct older *at = run->older; at != NULL; at = at->next)
        frame_free(at->frame);
    arena_clear(&run->arena);
    free(run);
}

const struct frame *run_frame(const struct run *run) { return run->frame; }
const struct catalog *run_catalog(const struct run *run) { return run->c; }
day run_as_of(const struct run *run) { return run->as_of; }
struct arena *run_arena(struct run *run) { return &run->arena; }

/* All rows of an entity. */
static void select_all(struct run_bits *out)
{
    for (uint32_t row = 0; row < out->rows; row++)
        out->yes[row >> 6] |= (uint64_t)1 << (row & 63);
    out->yes_count = out->rows;
}

bool run_select(struct run *run, const struct catalog_entity *on, const struct cel_program *where,
                struct run_bits *out, struct err *e)
{
    uint32_t rows = frame_rows(run->frame, on);
    uint64_t *yes = arena_take_many(&run->arena, rows / 64 + 1, sizeof *yes);
    if (yes == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    struct sweep s = {.on = on, .program = where, .yes = yes};
    if (where != NULL)
        return sweep_run(run, &s, out, e);
    *out = (struct run_bits){.yes = yes, .rows = rows};
    select_all(out);
    return true;
}
