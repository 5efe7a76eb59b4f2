/* Evaluates a program on every row, in blocks that the threads take one after another.
 *
 * A block is a whole number of words of 64 bits, so that no two threads write to one word. What came of it is
 * merged by the lowest row, so that the answer does not depend on who did what.
 */
#include "base/base.err.h"
#include "engine/cel/cel.err.h"
#include "engine/select/run.h"
#include <assert.h>
#include <stdatomic.h>

#define BLOCK 1024u /* rows; a multiple of 64 */

struct shared {
    struct run *run;
    const struct sweep *s;
    uint32_t rows;
    atomic_uint next;
    atomic_bool failed; /* memory was out */
};

static bool in_only(const struct sweep *s, uint32_t row)
{
    return s->only == NULL || (s->only[row >> 6] >> (row & 63) & 1) != 0;
}

/* What the evaluation met besides its outcome; the host is clean afterwards. */
static void note_host(struct worker *w, uint32_t row)
{
    if (w->host.unset_who.at != NULL && w->part.unset_what.at == NULL) {
        w->part.unset_what = w->host.unset_what;
        w->part.unset_who = w->host.unset_who;
        w->unset_row = row;
    } else if (w->host.unset_who.at == NULL) {
        if (w->part.missing_count++ == 0) {
            w->part.missing_what = w->host.unset_what;
            w->missing_row = row;
        }
    }
    w->host.unset_what = w->host.unset_who = TEXT_NONE;
}

static void note_failure(struct worker *w, uint32_t row, const struct err *why)
{
    if (w->part.failed_count++ == 0) {
        w->part.first_failure = *why;
        w->part.first_failed_row = row;
    }
}

static void note_absent(struct worker *w, uint32_t row)
{
    if (w->part.absent_count++ == 0) {
        w->first_absent_row = row;
        w->part.absent_class = w->cel.absent_class;
        w->part.absent_field = w->cel.absent_field;
    }
}

static bool keep_value(const struct shared *sh, struct worker *w, uint32_t row, struct cel_value *v)
{
    const struct sweep *s = sh->s;
    if (s->yes != NULL && v->kind == CEL_BOOL && v->b) {
        s->yes[row >> 6] |= (uint64_t)1 << (row & 63);
        w->part.yes_count++;
    }
    if (s->computed != NULL && !frame_computed_put(sh->run->frame, s->computed, row, v))
        return false;
    if (s->values == NULL)
        return true;
    if (v->kind == CEL_STRING && (v->s = text_copy(&w->kept, v->s)).at == NULL)
        return false;
    s->values[row] = *v;
    return true;
}

static bool do_row(const struct shared *sh, struct worker *w, uint32_t row)
{
    struct cel_value v;
    struct arena_mark mark = arena_mark(&w->arena);
    w->variables[VARIABLE_SELF].rows.first = row;
    enum cel_outcome outcome = cel_eval(sh->s->program, &w->cel, &v, &w->e);
    bool kept = true;
    if (w->host.unset_what.at != NULL)
        note_host(w, row);
    if (outcome == CEL_DONE) {
        kept = keep_value(sh, w, row, &v);
    } else if (outcome == CEL_ABSENT && w->host.failed == NULL) {
        note_absent(w, row);
    } else {
        const struct catalog_computed *failed = outcome == CEL_ABSENT ? w->host.failed : NULL;
        note_failure(
            w, row, failed != NULL ? &sh->run->computed[failed - sh->run->c->computed].first_failure : &w->e);
        if (sh->s->computed != NULL)
            frame_computed_failed(sh->run->frame, sh->s->computed, row);
    }
    if (w->e.kind != NULL)
        err_clear(&w->e);
    w->host.failed = NULL;
    arena_rewind(&w->arena, mark);
    return kept;
}

static void work(void *user, unsigned me)
{
    struct shared *sh = user;
    struct worker *w = &sh->run->workers[me];
    catalog_variables(
        sh->run->c, (struct cel_value){.kind = CEL_RECORD, .rows = {.of = &sh->s->on->class_of, .count = 1}},
        sh->run->as_of, w->variables);
    for (;;) {
        uint32_t from = atomic_fetch_add(&sh->next, BLOCK);
        if (from >= sh->rows || atomic_load(&sh->failed))
            return;
        uint32_t to = sh->rows - from < BLOCK ? sh->rows : from + BLOCK;
        for (uint32_t row = from; row < to; row++)
            if (in_only(sh->s, row) && !do_row(sh, w, row)) {
                atomic_store(&sh->failed, true);
                return;
            }
    }
}

static void merge(struct run_bits *out, uint32_t rows_of[3], const struct worker *w)
{
    const struct run_bits *p = &w->part;
    if (p->failed_count > 0 && (out->failed_count == 0 || p->first_failed_row < out->first_failed_row)) {
        out->first_failure = p->first_failure;
        out->first_failed_row = p->first_failed_row;
    }
    if (p->absent_count > 0 && (out->absent_count == 0 || w->first_absent_row < rows_of[0])) {
        out->absent_class = p->absent_class;
        out->absent_field = p->absent_field;
        rows_of[0] = w->first_absent_row;
    }
    if (p->unset_what.at != NULL && (out->unset_what.at == NULL || w->unset_row < rows_of[1])) {
        out->unset_what = p->unset_what;
        out->unset_who = p->unset_who;
        rows_of[1] = w->unset_row;
    }
    if (p->missing_count > 0 && (out->missing_count == 0 || w->missing_row < rows_of[2])) {
        out->missing_what = p->missing_what;
        rows_of[2] = w->missing_row;
    }
    out->yes_count += p->yes_count;
    out->failed_count += p->failed_count;
    out->absent_count += p->absent_count;
    out->missing_count += p->missing_count;
}

bool sweep_run(struct run *run, const struct sweep *s, struct run_bits *out, struct err *e)
{
    struct shared sh = {.run = run, .s = s, .rows = frame_rows(run->frame, s->on)};
    static_assert(BLOCK % 64 == 0, "threads share no word");
    assert(sh.rows < UINT32_MAX - BLOCK * RUN_THREAD_MAX);
    atomic_init(&sh.next, 0);
    atomic_init(&sh.failed, false);
    unsigned size = crew_size(run->crew);
    for (unsigned i = 0; i < size; i++)
        run->workers[i].part = (struct run_bits){0};
    if (sh.rows <= BLOCK) /* not worth waking anybody */
        work(&sh, 0);
    else
        crew_run(run->crew, work, &sh);
    *out = (struct run_bits){.yes = s->yes, .rows = sh.rows};
    uint32_t rows_of[3] = {0};
    for (unsigned i = 0; i < size; i++)
        merge(out, rows_of, &run->workers[i]);
    return !atomic_load(&sh.failed) || err_fail(e, &OUT_OF_MEMORY);
}

enum cel_outcome run_eval(struct run *run, const struct catalog_entity *on, uint32_t row,
                          const struct cel_program *program, const struct run_seen *seen,
                          struct cel_value *out, struct err *e)
{
    struct worker *w = &run->workers[0];
    struct arena *own = w->cel.arena;
    w->cel.arena = &run->arena;
    w->host.seen = seen != NULL ? seen->each : NULL;
    w->host.seen_user = seen != NULL ? seen->user : NULL;
    struct cel_value self = {.kind = CEL_RECORD, .rows = {.of = &on->class_of, .first = row, .count = 1}};
    catalog_variables(run->c, self, run->as_of, w->variables);
    enum cel_outcome outcome = cel_eval(program, &w->cel, out, e);
    if (outcome == CEL_ABSENT && w->host.failed != NULL) {
        *e = run->computed[w->host.failed - run->c->computed].first_failure;
        outcome = CEL_FAILED;
    }
    w->cel.arena = own;
    w->host = (struct frame_host){.frame = run->frame, .catalog = run->c};
    return outcome;
}
