/* Computes a report's figures. Always holds: each indicator is computed once a report. */
#include "domain/report/values.h"
#include "base/base.err.h"
#include <math.h>

static bool take_room(struct values *v, struct err *e)
{
    v->indicators = arena_take_many(v->arena, v->c->indicator_count + 1, sizeof *v->indicators);
    v->variables = arena_take_many(v->arena, condition_variable_year(v->c) + 1, sizeof *v->variables);
    return v->indicators != NULL && v->variables != NULL ? true : err_fail(e, &OUT_OF_MEMORY);
}

struct wanted { /* indicators and by what each will be split, side by side */
    const struct catalog_indicator **indicators;
    struct text *by;
    size_t count;
};

static void want(struct wanted *w, const struct catalog_indicator *indicator, struct text by)
{
    w->indicators[w->count] = indicator;
    w->by[w->count++] = by;
}

static void want_columns(struct wanted *w, const struct values *v, const struct block *block)
{
    for (size_t i = 0; i < block->count; i++) {
        const struct column *column = &block->columns[i];
        struct text by = column->by.at != NULL ? column->by : block->by;
        if (by.at != NULL && column->figure.source == FIGURE_INDICATOR)
            want(w, &v->c->indicators[column->figure.index], by);
    }
}

static void want_all(struct wanted *w, const struct values *v)
{
    const struct report_model *model = v->model;
    for (size_t i = 0; i < v->c->indicator_count; i++)
        if (model->used[i])
            want(w, &v->c->indicators[i], TEXT_NONE);
    for (size_t i = 0; i < model->chapter_count; i++)
        for (size_t k = 0; k < model->chapters[i].count; k++)
            want_columns(w, v, &model->chapters[i].blocks[k]);
    for (size_t i = 0; i < model->part_count; i++)
        for (size_t k = 0; k < model->parts[i].series_count; k++)
            for (size_t n = 0; n < model->parts[i].series[k].count; n++)
                want(w, &v->c->indicators[model->parts[i].series[k].of[n].indicator],
                     model->parts[i].series[k].by);
}

static size_t most_wanted(const struct values *v)
{
    size_t most = v->c->indicator_count + 1;
    for (size_t i = 0; i < v->model->chapter_count; i++)
        for (size_t k = 0; k < v->model->chapters[i].count; k++)
            most += v->model->chapters[i].blocks[k].count;
    for (size_t i = 0; i < v->model->part_count; i++)
        for (size_t k = 0; k < v->model->parts[i].series_count; k++)
            most += v->model->parts[i].series[k].count;
    return most;
}

/* Everything that the report will ask is known before, so the register is read once. */
static bool open_run(struct values *v, struct err *e)
{
    size_t most = most_wanted(v);
    struct wanted w = {.indicators = arena_take_many(v->arena, most, sizeof *w.indicators),
                       .by = arena_take_many(v->arena, most, sizeof *w.by)};
    if (w.indicators == NULL || w.by == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    want_all(&w, v);
    const struct run_options options = {.area = v->area,
                                        .as_of = v->as_of,
                                        .grades = true,
                                        .indicators = w.indicators,
                                        .indicator_count = w.count,
                                        .by = w.by};
    return run_open(v->session->records, v->c, &options, &v->run, e);
}

static void set_variable(struct values *v, size_t index)
{
    const struct catalog_indicator *indicator = &v->c->indicators[index];
    double scale = pow(10, indicator->digits);
    v->variables[index] =
        indicator->type == INDICATOR_DECIMAL
            ? (struct cel_value){.kind = CEL_DOUBLE, .d = (double)v->indicators[index].value / scale}
            : (struct cel_value){.kind = CEL_INT, .i = v->indicators[index].value};
}

static bool compute(struct values *v, struct err *e)
{
    for (size_t i = 0; i < v->c->indicator_count; i++) {
        struct indicator_result result;
        if (!v->model->used[i])
            continue;
        if (!run_indicator(v->run, &v->c->indicators[i], TEXT_NONE, &result, e))
            return false;
        v->indicators[i] = (struct worth){result.known, result.value};
        set_variable(v, i);
    }
    if (!grade_tallies(v->run, v->c, &v->grades, e))
        return false;
    for (size_t i = 0; i < v->c->grade_count; i++)
        v->variables[v->c->indicator_count + i] =
            (struct cel_value){.kind = CEL_INT, .i = (int64_t)v->grades[i].count};
    v->variables[condition_variable_year(v->c)] =
        (struct cel_value){.kind = CEL_INT, .i = day_year(v->as_of)};
    return true;
}

bool values_open(struct values *v, struct err *e)
{
    return take_room(v, e) && open_run(v, e) && compute(v, e);
}

void values_close(struct values *v)
{
    if (v->run != NULL)
        run_close(v->run);
    v->run = NULL;
}

bool values_hold(struct values *v, const struct condition *when)
{
    struct cel_value answer;
    struct err ignored = {0};
    struct cel_run run = {.arena = v->arena, .variables = v->variables};
    if (when->program == NULL)
        return true;
    for (size_t i = 0; i < v->c->indicator_count; i++)
        if (cel_program_uses_variable(when->program, i) && !v->indicators[i].known)
            return false;
    return cel_eval(when->program, &run, &answer, &ignored) == CEL_DONE && answer.kind == CEL_BOOL
           && answer.b;
}

struct worth values_of(const struct values *v, const struct figure *figure)
{
    if (figure->source == FIGURE_GRADE)
        return (struct worth){true, (int64_t)v->grades[figure->index].count};
    return v->indicators[figure->index];
}

/* Money as it stands in a sentence: 2000, 12.5, and in units of ten thousand yuan 1116.8. */
static struct text money_text(const struct values *v, fen amount, bool wan)
{
    char number[32];
    bool whole = amount % 100 == 0;
    if (wan) /* four decimals at most: a yuan */
        decimal_format(amount >= 0 ? (amount + 50) / 100 : (amount - 50) / 100, 4, false, number);
    else
        decimal_format(whole ? amount / 100 : amount, whole ? 0 : 2, true, number);
    return text_copy(v->arena, text_of(number));
}

struct text values_text(const struct values *v, const struct figure *figure, struct worth worth)
{
    char number[32];
    if (!worth.known)
        return v->lang == LANG_ZH ? TEXT("暂无") : TEXT("none");
    if (figure->source == FIGURE_GRADE)
        return text_format(v->arena, "%lld", (long long)worth.value);
    const struct catalog_indicator *indicator = &v->c->indicators[figure->index];
    switch (indicator->type) {
    case INDICATOR_MONEY:
        return money_text(v, worth.value, figure->wan);
    case INDICATOR_DECIMAL:
        decimal_format(worth.value, indicator->digits, true, number);
        return text_copy(v->arena, text_of(number));
    case INDICATOR_INT:
        break;
    }
    return text_format(v->arena, "%lld", (long long)worth.value);
}

double values_number(const struct values *v, const struct figure *figure, struct worth worth)
{
    if (!worth.known)
        return NAN;
    if (figure->source == FIGURE_GRADE)
        return (double)worth.value;
    const struct catalog_indicator *indicator = &v->c->indicators[figure->index];
    if (indicator->type == INDICATOR_MONEY)
        return (double)worth.value / (figure->wan ? 1e6 : 100);
    return (double)worth.value / pow(10, indicator->type == INDICATOR_DECIMAL ? indicator->digits : 0);
}

struct text values_unit(const struct values *v, const struct figure *figure)
{
    if (figure->source == FIGURE_GRADE)
        return TEXT("户");
    if (figure->wan)
        return TEXT("万元");
    struct text unit = v->c->indicators[figure->index].unit;
    return unit.at == NULL ? TEXT("") : unit;
}

struct label values_label(const struct values *v, const struct figure *figure)
{
    return figure->source == FIGURE_GRADE ? v->c->grades[figure->index].label
                                          : v->c->indicators[figure->index].label;
}

bool values_split(struct values *v, const struct figure *figure, struct text by, struct indicator_result *out,
                  struct err *e)
{
    *out = (struct indicator_result){.known = true};
    if (figure->source == FIGURE_GRADE) /* a grade has no parts */
        return true;
    return run_indicator(v->run, &v->c->indicators[figure->index], by, out, e);
}

bool values_rows(struct values *v, const struct figure *figure, const struct catalog_entity **entity_out,
                 const struct text **ids_out, size_t *count_out, struct err *e)
{
    if (figure->source == FIGURE_GRADE) {
        *entity_out = v->c->grades_on;
        *ids_out = v->grades[figure->index].ids;
        *count_out = v->grades[figure->index].count;
        return true;
    }
    const struct catalog_indicator *indicator = &v->c->indicators[figure->index];
    *entity_out = indicator->rows != NULL ? indicator->rows : indicator->on;
    return run_indicator_rows(v->run, indicator, ids_out, count_out, e);
}

struct gather {
    struct figure *at;
    size_t count;
    bool *indicator_seen, *grade_seen;
};

static void gather(struct gather *g, const struct figure *figure)
{
    bool *seen =
        figure->source == FIGURE_GRADE ? &g->grade_seen[figure->index] : &g->indicator_seen[figure->index];
    if (!*seen)
        g->at[g->count++] = *figure;
    *seen = true;
}

static void gather_pieces(struct gather *g, const struct pieces *pieces)
{
    for (size_t i = 0; i < pieces->count; i++)
        if (pieces->at[i].kind == PIECE_FIGURE)
            gather(g, &pieces->at[i].figure);
}

const struct figure *values_figures(struct values *v, size_t *count_out)
{
    size_t most = v->c->indicator_count + v->c->grade_count + 1;
    struct gather g = {.at = arena_take_many(v->arena, most, sizeof *g.at),
                       .indicator_seen = arena_take_many(v->arena, most, sizeof(bool)),
                       .grade_seen = arena_take_many(v->arena, most, sizeof(bool))};
    *count_out = 0;
    if (g.at == NULL || g.indicator_seen == NULL || g.grade_seen == NULL)
        return NULL;
    for (size_t i = 0; i < v->model->chapter_count; i++)
        for (size_t k = 0; k < v->model->chapters[i].count; k++) {
            const struct block *block = &v->model->chapters[i].blocks[k];
            gather_pieces(&g, &block->passage.in[v->lang]);
            for (size_t n = 0; n < block->count; n++)
                gather(&g, &block->columns[n].figure);
        }
    for (size_t i = 0; i < v->model->part_count; i++)
        for (size_t k = 0; k < v->model->parts[i].figure_count; k++)
            gather(&g, &v->model->parts[i].figures[k]);
    *count_out = g.count;
    return g.at;
}

struct rows_of { /* what a figure stands on */
    const struct catalog_entity *entity;
    const struct text *ids;
    size_t count;
};

static bool same_rows(const struct rows_of *a, const struct rows_of *b)
{
    if (a->entity != b->entity || a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!text_equal(a->ids[i], b->ids[i]))
            return false;
    return true;
}

bool values_share(struct values *v, struct err *e)
{
    v->figures = values_figures(v, &v->figure_count);
    struct rows_of *rows = arena_take_many(v->arena, v->figure_count + 1, sizeof *rows);
    size_t *same = arena_take_many(v->arena, v->figure_count + 1, sizeof *same);
    if (v->figures == NULL || rows == NULL || same == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < v->figure_count; i++) {
        if (!values_rows(v, &v->figures[i], &rows[i].entity, &rows[i].ids, &rows[i].count, e))
            return false;
        while (!same_rows(&rows[same[i]], &rows[i]))
            same[i]++;
    }
    v->same_rows = same;
    return true;
}

static bool same_figure(const struct figure *a, const struct figure *b)
{
    return a->source == b->source && a->index == b->index;
}

struct text values_list_id(const struct values *v, const struct figure *figure)
{
    size_t i = 0;
    while (v->same_rows != NULL && i < v->figure_count && !same_figure(&v->figures[i], figure))
        i++;
    if (v->same_rows != NULL && i < v->figure_count)
        figure = &v->figures[v->same_rows[i]];
    if (figure->source == FIGURE_GRADE)
        return text_format(v->arena, "rows-grades.%.*s", TEXT_ARG(v->c->grades[figure->index].id));
    return text_format(v->arena, "rows-%.*s", TEXT_ARG(v->c->indicators[figure->index].id));
}
