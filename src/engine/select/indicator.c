/* Indicators: counts, sums, least and greatest over a selection, formulas over others; split, and opened to
 * rows. */
#include "base/base.err.h"
#include "engine/cel/cel.err.h"
#include "engine/select/run.h"
#include "engine/select/select.err.h"
#include <math.h>
#include <stdlib.h>

/* One figure while it is being counted. */
struct tally {
    bool known;
    int64_t value;
};

bool indicator_rows_of(struct run *run, const struct catalog_indicator *indicator,
                       const struct run_bits **out, struct err *e)
{
    struct run_bits **kept = &run->indicators[indicator->index];
    if (*kept == NULL) {
        struct run_bits *bits = arena_take(&run->arena, sizeof *bits);
        if (bits == NULL)
            return err_fail(e, &OUT_OF_MEMORY);
        if (!run_select(run, indicator->on, indicator->where, bits, e))
            return false;
        run_bits_unset(run, indicator->where, bits);
        run_bits_unset(run, indicator->of, bits);
        *kept = bits;
    }
    *out = *kept;
    return (*out)->failed_count == 0 || run_expression_failed(run, indicator->on, *out, indicator->id, e);
}

static bool scale_up(const struct catalog_indicator *indicator, int64_t *n)
{
    for (int i = 0; indicator->type == INDICATOR_DECIMAL && i < indicator->digits; i++)
        if (__builtin_mul_overflow(*n, 10, n))
            return false;
    return true;
}

/* A value as the indicator counts it: whole, fen, or scaled by its digits. */
static bool number_of(const struct catalog_indicator *indicator, const struct cel_value *v, int64_t *out)
{
    if (v->kind == CEL_INT) {
        *out = v->i;
        return scale_up(indicator, out);
    }
    double scaled = v->d * (indicator->type == INDICATOR_DECIMAL ? pow(10, indicator->digits) : 1);
    if (v->kind != CEL_DOUBLE || !(scaled > -9e18 && scaled < 9e18))
        return false;
    *out = llround(scaled);
    return true;
}

static bool add_number(const struct catalog_indicator *indicator, struct tally *t, int64_t n)
{
    if (indicator->value == INDICATOR_SUM)
        return !__builtin_add_overflow(t->value, n, &t->value);
    bool better = indicator->value == INDICATOR_MIN ? n < t->value : n > t->value;
    if (!t->known || better)
        t->value = n;
    t->known = true;
    return true;
}

/* Values seen within a group, for INDICATOR_DISTINCT. */
struct seen {
    struct seen_at {
        const struct cel_value *v; /* NULL: free */
        uint32_t group;
    } * at;
    size_t mask;
};

static uint64_t seen_hash(const struct cel_value *v, uint32_t group)
{
    uint64_t hash =
        v->kind == CEL_STRING ? text_hash(v->s) : text_hash((struct text){(const char *)&v->i, sizeof v->i});
    return hash ^ (group * UINT64_C(0x9E3779B97F4A7C15));
}

static bool is_new(struct run *run, struct seen *s, const struct cel_value *v, uint32_t group)
{
    size_t slot = (size_t)seen_hash(v, group) & s->mask;
    for (; s->at[slot].v != NULL; slot = (slot + 1) & s->mask)
        if (s->at[slot].group == group && cel_equal(&run->workers[0].cel, s->at[slot].v, v))
            return false;
    s->at[slot] = (struct seen_at){v, group};
    return true;
}

static bool seen_open(struct seen *s, uint64_t count, struct err *e)
{
    size_t size = 64;
    while (size / 2 < count)
        size *= 2;
    s->mask = size - 1;
    s->at = calloc(size, sizeof *s->at);
    return s->at != NULL || err_fail(e, &OUT_OF_MEMORY);
}

/* Goes through the selected rows and tells each value to its tally. */
static bool add_values(struct run *run, const struct catalog_indicator *indicator,
                       const struct run_bits *bits, const struct cel_value *values,
                       const struct groups *groups, struct tally *tallies, struct err *e)
{
    struct seen seen = {0};
    bool distinct = indicator->value == INDICATOR_DISTINCT;
    bool good = !distinct || seen_open(&seen, bits->yes_count, e);
    for (uint32_t row = 0; row < bits->rows && good; row++) {
        int64_t n = 0;
        if (!run_bit(bits, row) || values[row].kind == CEL_DYN)
            continue;
        uint32_t group = groups != NULL ? groups->of[row] : 0;
        if (distinct)
            tallies[group].value += is_new(run, &seen, &values[row], group);
        else
            good = (number_of(indicator, &values[row], &n) && add_number(indicator, &tallies[group], n))
                   || err_fail_text(e, &RUN_OVERFLOW, "indicator", indicator->id);
    }
    free(seen.at);
    return good;
}

static bool values_of(struct run *run, const struct catalog_indicator *indicator, const struct run_bits *bits,
                      struct cel_value **out, struct run_bits *came, struct err *e)
{
    *out = arena_take_many(&run->arena, (size_t)bits->rows + 1, sizeof **out); /* zero: CEL_DYN, absent */
    if (*out == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    struct sweep s = {.on = indicator->on, .program = indicator->of, .only = bits->yes, .values = *out};
    if (!sweep_run(run, &s, came, e))
        return false;
    return came->failed_count == 0 || run_expression_failed(run, indicator->on, came, indicator->id, e);
}

static void count_rows(const struct run_bits *bits, const struct groups *groups, struct tally *tallies)
{
    if (groups == NULL)
        tallies[0].value = (int64_t)bits->yes_count;
    for (uint32_t row = 0; groups != NULL && row < bits->rows; row++)
        tallies[groups->of[row]].value += run_bit(bits, row);
}

/* One tally a group (one in all without groups). */
static bool tally(struct run *run, const struct catalog_indicator *indicator, const struct groups *groups,
                  struct tally *tallies, struct err *e)
{
    const struct run_bits *bits;
    if (!indicator_rows_of(run, indicator, &bits, e))
        return false;
    bool unset = bits->unset_what.at != NULL;
    if (indicator->value == INDICATOR_COUNT) {
        count_rows(bits, groups, tallies);
    } else {
        struct cel_value *values;
        struct run_bits came;
        if (!values_of(run, indicator, bits, &values, &came, e)
            || !add_values(run, indicator, bits, values, groups, tallies, e))
            return false;
        unset = unset || came.unset_what.at != NULL;
    }
    bool zero_of_nothing = indicator->value != INDICATOR_MIN && indicator->value != INDICATOR_MAX;
    uint32_t count = groups != NULL ? groups->count : 1;
    for (uint32_t i = 0; i < count; i++) /* what needs a value that nobody has set is not known */
        tallies[i].known = !unset && (zero_of_nothing || tallies[i].known);
    return true;
}

/* Nothing can be divided by nothing: then a formula is not known. */
static bool is_division_by_zero(const struct err *e)
{
    for (size_t i = 0; i < e->count && err_is(e, &CEL_EVALUATION); i++)
        if (strcmp(e->field[i].name, "detail") == 0)
            return text_find((struct text){e->field[i].s, e->field[i].size}, TEXT("zero"), 0) != SIZE_MAX;
    return false;
}

static bool formula(struct run *run, const struct catalog_indicator *indicator, const struct tally *of,
                    struct tally *out, struct err *e)
{
    struct worker *w = &run->workers[0];
    struct cel_value *variables = arena_take_many(&run->arena, indicator->use_count + 1, sizeof *variables);
    if (variables == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < indicator->use_count; i++) {
        const struct catalog_indicator *used = &run->c->indicators[indicator->uses[i]];
        if (!of[i].known)
            continue; /* CEL_DYN: absent */
        variables[i] =
            used->type == INDICATOR_DECIMAL
                ? (struct cel_value){.kind = CEL_DOUBLE, .d = (double)of[i].value / pow(10, used->digits)}
                : (struct cel_value){.kind = CEL_INT, .i = of[i].value};
    }
    struct cel_run cel = {.arena = &run->arena, .host = &w->host, .variables = variables};
    struct cel_value v;
    struct err why = {0};
    enum cel_outcome outcome = cel_eval(indicator->of, &cel, &v, &why);
    *out = (struct tally){0};
    if (outcome == CEL_FAILED && !is_division_by_zero(&why)) {
        *e = why;
        return false;
    }
    if (outcome == CEL_DONE && v.kind == CEL_DOUBLE && !isfinite(v.d))
        return true;
    out->known = outcome == CEL_DONE;
    return !out->known || number_of(indicator, &v, &out->value)
           || err_fail_text(e, &RUN_OVERFLOW, "indicator", indicator->id);
}

static bool whole_formula(struct run *run, const struct catalog_indicator *indicator, struct tally *out,
                          struct err *e);
static bool whole(struct run *run, const struct catalog_indicator *indicator, struct tally *out,
                  struct err *e)
{
    *out = (struct tally){0};
    if (!dates_hold(indicator->dates, run->as_of))
        return true;
    return indicator->value == INDICATOR_FORMULA ? whole_formula(run, indicator, out, e)
                                                 : tally(run, indicator, NULL, out, e);
}

static bool whole_formula(struct run *run, const struct catalog_indicator *indicator, struct tally *out,
                          struct err *e)
{
    struct tally *of = arena_take_many(&run->arena, indicator->use_count + 1, sizeof *of);
    if (of == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < indicator->use_count; i++)
        if (!whole(run, &run->c->indicators[indicator->uses[i]], &of[i], e))
            return false;
    return formula(run, indicator, of, out, e);
}

/* A split: parts in order, beside the keys' stored values. */
struct parts {
    struct indicator_key *keys;
    struct value *stored;
    size_t count;
    const struct catalog_field *field;
};

static void sort_parts(struct parts *p)
{
    for (size_t gap = p->count / 2; gap > 0;
         gap /= 2) /* Shell's: two arrays move together, and parts are few */
        for (size_t i = gap; i < p->count; i++)
            for (size_t j = i; j >= gap && groups_compare(p->stored[j], p->stored[j - gap]) < 0; j -= gap) {
                struct indicator_key key = p->keys[j];
                struct value stored = p->stored[j];
                p->keys[j] = p->keys[j - gap];
                p->stored[j] = p->stored[j - gap];
                p->keys[j - gap] = key;
                p->stored[j - gap] = stored;
            }
}

/* Groups that no selected row belongs to are no part of the split. */
static bool plain_parts(struct run *run, const struct catalog_indicator *indicator, struct text by,
                        struct parts *out, struct err *e)
{
    struct groups groups;
    const struct run_bits *bits;
    if (!groups_make(run, indicator, by, &groups, e) || !indicator_rows_of(run, indicator, &bits, e))
        return false;
    struct tally *tallies = arena_take_many(&run->arena, (size_t)groups.count + 1, sizeof *tallies);
    bool *used = arena_take_many(&run->arena, (size_t)groups.count + 1, sizeof *used);
    if (tallies == NULL || used == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!tally(run, indicator, &groups, tallies, e))
        return false;
    for (uint32_t row = 0; row < bits->rows; row++)
        if (run_bit(bits, row))
            used[groups.of[row]] = true;
    *out = (struct parts){.keys = groups.keys, .stored = groups.stored, .field = groups.field};
    for (uint32_t i = 0; i < groups.count; i++) {
        if (!used[i])
            continue;
        out->keys[out->count] = groups.keys[i];
        out->stored[out->count] = groups.stored[i];
        out->keys[out->count].known = tallies[i].known;
        out->keys[out->count++].value = tallies[i].value;
    }
    sort_parts(out);
    return true;
}

static bool split(struct run *run, const struct catalog_indicator *indicator, struct text by,
                  struct parts *out, struct err *e);

static struct tally part_of(const struct parts *p, const struct catalog_indicator *used, struct value key)
{
    for (size_t i = 0; i < p->count; i++)
        if (groups_compare(p->stored[i], key) == 0)
            return (struct tally){p->keys[i].known, p->keys[i].value};
    bool counts =
        used->value == INDICATOR_COUNT || used->value == INDICATOR_SUM || used->value == INDICATOR_DISTINCT;
    return (struct tally){counts, 0};
}

/* All keys that any of the parts has, each once, in order. */
static bool join_keys(struct run *run, const struct parts *of, size_t count, struct parts *out)
{
    size_t most = 0;
    for (size_t i = 0; i < count; i++)
        most += of[i].count;
    *out = (struct parts){.field = count > 0 ? of[0].field : NULL};
    out->keys = arena_take_many(&run->arena, most + 1, sizeof *out->keys);
    out->stored = arena_take_many(&run->arena, most + 1, sizeof *out->stored);
    if (out->keys == NULL || out->stored == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < of[i].count; j++) {
            out->keys[out->count] = of[i].keys[j];
            out->stored[out->count++] = of[i].stored[j];
        }
    sort_parts(out);
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++)
        if (kept == 0 || groups_compare(out->stored[kept - 1], out->stored[i]) != 0) {
            out->keys[kept] = out->keys[i];
            out->stored[kept++] = out->stored[i];
        }
    out->count = kept;
    return true;
}

static bool formula_parts(struct run *run, const struct catalog_indicator *indicator, struct text by,
                          struct parts *out, struct err *e)
{
    size_t uses = indicator->use_count;
    struct parts *of = arena_take_many(&run->arena, uses + 1, sizeof *of);
    struct tally *values = arena_take_many(&run->arena, uses + 1, sizeof *values);
    if (of == NULL || values == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < uses; i++)
        if (!split(run, &run->c->indicators[indicator->uses[i]], by, &of[i], e))
            return false;
    if (!join_keys(run, of, uses, out))
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t k = 0; k < out->count; k++) {
        struct tally value;
        for (size_t i = 0; i < uses; i++)
            values[i] = part_of(&of[i], &run->c->indicators[indicator->uses[i]], out->stored[k]);
        if (!formula(run, indicator, values, &value, e))
            return false;
        out->keys[k].known = value.known;
        out->keys[k].value = value.value;
    }
    return true;
}

static bool split(struct run *run, const struct catalog_indicator *indicator, struct text by,
                  struct parts *out, struct err *e)
{
    *out = (struct parts){0};
    if (!dates_hold(indicator->dates, run->as_of))
        return true;
    return indicator->value == INDICATOR_FORMULA ? formula_parts(run, indicator, by, out, e)
                                                 : plain_parts(run, indicator, by, out, e);
}

bool run_indicator(struct run *run, const struct catalog_indicator *indicator, struct text by,
                   struct indicator_result *out, struct err *e)
{
    struct tally value;
    struct parts parts = {0};
    if (!text_is_empty(by) && !split(run, indicator, by, &parts, e))
        return false;
    if (!whole(run, indicator, &value, e))
        return false;
    *out = (struct indicator_result){.known = value.known,
                                     .value = value.value,
                                     .by = parts.keys,
                                     .by_count = parts.count,
                                     .by_field = parts.field};
    return true;
}
