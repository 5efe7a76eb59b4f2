/* Findings of a run: one for each record on which a rule is broken, with the ids by which an office knows it.
 */
#include "base/base.err.h"
#include "domain/check/check.err.h"
#include "domain/check/parts.h"
#include <sodium.h>
#include <stdlib.h>

/* The same rule and record give the same id in every run. */
static void make_id(struct finding *f)
{
    unsigned char hash[FINDING_ID_SIZE / 2];
    crypto_generichash_state state;
    struct text parts[] = {f->rule->id, f->record, f->unevaluated ? TEXT("unevaluated") : TEXT("")};
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        crypto_generichash_update(&state, (const unsigned char *)parts[i].at, parts[i].size);
        crypto_generichash_update(&state, (const unsigned char *)"", 1); /* a NUL between */
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(f->id, sizeof f->id, hash, sizeof hash);
}

/* The record's id of that entity: itself, what stands above it, or what it names. */
static struct text id_of(const struct run *run, const struct finding *f, const char *entity_id)
{
    const struct frame *frame = run_frame(run);
    const struct catalog_entity *wanted = catalog_entity(run_catalog(run), text_of(entity_id));
    if (wanted == NULL)
        return TEXT_NONE;
    uint32_t row = frame_above(frame, f->entity, f->row, wanted);
    if (row != UINT32_MAX)
        return frame_id(frame, wanted, row);
    for (size_t i = 0; i < f->entity->field_count; i++) {
        const struct catalog_field *field = &f->entity->fields[i];
        if (field->type == FIELD_REF && field->entity == wanted && field->column < CATALOG_FIELD_MAX)
            return frame_value(frame, f->entity, field, f->row).s;
    }
    return TEXT_NONE;
}

static struct value year_of(struct run *run, const struct finding *f)
{
    struct cel_value v = {0};
    struct err ignored = {0};
    if (f->rule->year != NULL && !f->unevaluated) {
        enum cel_outcome outcome = run_eval(run, f->entity, f->row, f->rule->year, NULL, &v, &ignored);
        return outcome == CEL_DONE && v.kind == CEL_INT ? value_int(v.i) : value_none();
    }
    const struct catalog_field *year = f->entity->dated_year;
    return year != NULL ? frame_value(run_frame(run), f->entity, year, f->row) : value_none();
}

static struct finding *add(struct findings *all, struct err *e)
{
    if (all->count == all->room) {
        size_t room = all->room == 0 ? 256 : all->room * 2;
        struct finding *bigger = realloc(all->at, room * sizeof *bigger);
        if (bigger == NULL) {
            err_fail(e, &OUT_OF_MEMORY);
            return NULL;
        }
        all->at = bigger;
        all->room = room;
    }
    all->at[all->count] = (struct finding){0};
    return &all->at[all->count++];
}

static bool make(struct op_call *call, struct run *run, const struct run_rule *of, uint32_t row, bool failed,
                 struct findings *all, struct err *e)
{
    struct finding *f = add(all, e);
    if (f == NULL)
        return false;
    f->rule = of->rule;
    f->entity = of->rule->on;
    f->row = row;
    f->unevaluated = failed;
    f->record = frame_id(run_frame(run), f->entity, row);
    f->village = frame_village(run_frame(run), f->entity, row);
    f->household = id_of(run, f, "household");
    f->person = id_of(run, f, "person");
    f->year = year_of(run, f);
    make_id(f);
    return finding_trace(call, run, f, failed ? &of->bits.first_failure : NULL, of->bits.failed_count, e);
}

static bool make_all_of(struct op_call *call, struct run *run, const struct run_rule *of,
                        struct findings *all, struct err *e)
{
    for (uint32_t word = 0; word * 64 < of->bits.rows; word++)
        for (uint64_t left = of->bits.yes[word]; left != 0; left &= left - 1)
            if (!make(call, run, of, word * 64 + (uint32_t)__builtin_ctzll(left), false, all, e))
                return false;
    return of->bits.failed_count == 0 || make(call, run, of, of->bits.first_failed_row, true, all, e);
}

static int by_place(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    int order = text_compare(x->village, y->village);
    if (order == 0)
        order = text_compare(x->household, y->household);
    if (order == 0)
        order = text_compare(x->rule->id, y->rule->id);
    return order != 0 ? order : text_compare(x->record, y->record);
}

bool findings_make(struct op_call *call, struct run *run, const struct run_rule *rules, size_t count,
                   struct findings *out, struct err *e)
{
    struct findings all = {0};
    bool good = true;
    for (size_t i = 0; i < count && good; i++)
        good = (!rules[i].judged || make_all_of(call, run, &rules[i], &all, e))
               && (op_progress(call, "check", i + 1, count) || err_fail(e, &CHECK_CANCELLED));
    if (good && all.count > 0)
        qsort(all.at, all.count, sizeof *all.at, by_place);
    struct finding *kept = good ? arena_take_many(call->arena, all.count + 1, sizeof *kept) : NULL;
    if (kept != NULL && all.count > 0)
        memcpy(kept, all.at, all.count * sizeof *kept);
    free(all.at);
    *out = (struct findings){.at = kept, .count = all.count};
    return kept != NULL || (e->kind == NULL && err_fail(e, &OUT_OF_MEMORY));
}

void finding_json(struct json *out, const struct finding *f, enum lang lang)
{
    json_object(out);
    json_key(out, "id");
    json_z(out, f->id);
    json_key(out, "rule");
    json_text(out, f->rule->id);
    json_key(out, "v");
    json_array(out);
    for (size_t i = 0; i < f->rule->v_count; i++)
        json_text(out, f->rule->v[i]);
    json_array_end(out);
    json_key(out, "version");
    json_z(out, f->rule->version);
    json_key(out, "level");
    json_z(out, finding_level(f));
    json_key(out, "village");
    json_text(out, f->village);
    json_key(out, "household");
    json_text(out, f->household);
    json_key(out, "person");
    json_text(out, f->person);
    json_key(out, "year");
    if (f->year.kind == VALUE_INT)
        json_int(out, f->year.n);
    else
        json_null(out);
    json_key(out, "values");
    json_raw(out, f->seen);
    json_key(out, "message");
    json_text(out, label_in(f->message, lang));
}

struct text finding_level_say(struct text level, enum lang lang)
{
    bool error = text_equal(level, TEXT("error"));
    if (lang == LANG_ZH)
        return error ? TEXT("错误") : TEXT("疑点");
    return error ? TEXT("error") : TEXT("warning");
}
