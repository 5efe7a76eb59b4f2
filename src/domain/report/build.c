/* Builds the document: what is shown, in the pack's order, with its numbers. */
#include "domain/report/build.h"
#include "base/base.err.h"
#include "base/system.h"
#include <math.h>
#include <stdlib.h>

struct builder {
    struct values *v;
    struct page_block *blocks;
    size_t count, room;
    size_t chapter, heading; /* numbers so far */
    struct lister *lister;
    struct err *e;
};

static struct page_block *next_block(struct builder *b)
{
    if (b->count == b->room) {
        size_t room = b->room == 0 ? 256 : b->room * 2;
        struct page_block *more = arena_take_many(b->v->arena, room, sizeof *more);
        if (more == NULL) {
            err_fail(b->e, &OUT_OF_MEMORY);
            return NULL;
        }
        if (b->count > 0)
            memcpy(more, b->blocks, b->count * sizeof *more);
        b->blocks = more;
        b->room = room;
    }
    return &b->blocks[b->count++];
}

static struct text day_text(const struct values *v, day d)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    struct civil c = day_to_civil(d);
    if (v->lang == LANG_ZH)
        return text_format(v->arena, "%d年%d月%d日", c.year, c.month, c.day);
    return text_format(v->arena, "%d %s %d", c.day, months[c.month - 1], c.year);
}

static struct text piece_text(struct values *v, const struct piece *piece)
{
    switch (piece->kind) {
    case PIECE_LITERAL:
        return piece->literal;
    case PIECE_FIGURE:
        return values_text(v, &piece->figure, values_of(v, &piece->figure));
    case PIECE_AREA_NAME:
        return v->place.name;
    case PIECE_AREA_COUNTY:
        return v->place.county;
    case PIECE_AREA_CODE:
        return v->place.code;
    case PIECE_YEAR:
        return text_format(v->arena, "%d", day_year(v->as_of));
    case PIECE_AS_OF:
        return day_text(v, v->as_of);
    case PIECE_TODAY:
        return day_text(v, clock_today());
    }
    return TEXT("");
}

struct text build_text(struct values *v, const struct pieces *pieces)
{
    struct text whole = TEXT("");
    for (size_t i = 0; i < pieces->count; i++) {
        struct text part = piece_text(v, &pieces->at[i]);
        whole = text_format(v->arena, "%.*s%.*s", TEXT_ARG(whole), TEXT_ARG(part));
    }
    return whole;
}

/* Runs with a text before them; figures lead to their lists. */
static bool add_runs(struct builder *b, enum page_kind kind, int level, struct text before,
                     const struct pieces *pieces)
{
    struct page_block *block = next_block(b);
    struct page_run *runs = arena_take_many(b->v->arena, pieces->count + 1, sizeof *runs);
    if (block == NULL || runs == NULL)
        return err_fail(b->e, &OUT_OF_MEMORY);
    runs[0] = (struct page_run){before, TEXT_NONE};
    for (size_t i = 0; i < pieces->count; i++) {
        const struct piece *piece = &pieces->at[i];
        runs[i + 1] = (struct page_run){piece_text(b->v, piece), TEXT_NONE};
        if (piece->kind == PIECE_FIGURE)
            runs[i + 1].target = values_list_id(b->v, &piece->figure);
    }
    *block = (struct page_block){.kind = kind, .level = level, .runs = runs, .run_count = pieces->count + 1};
    return true;
}

/* 一, 二, … 十, 十一, … 二十, …, 九十九 */
static struct text numeral(struct arena *a, size_t n)
{
    static const char *const digits[] = {"", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    if (n > 99)
        return text_format(a, "%zu", n);
    return text_format(a, "%s%s%s", n >= 20 ? digits[n / 10] : "", n >= 10 ? "十" : "", digits[n % 10]);
}

static bool add_heading(struct builder *b, const struct block *block)
{
    struct arena *a = b->v->arena;
    b->heading++;
    struct text number = b->v->lang == LANG_ZH ? text_format(a, "（%.*s）", TEXT_ARG(numeral(a, b->heading)))
                                               : text_format(a, "%zu.%zu ", b->chapter, b->heading);
    return add_runs(b, PAGE_HEADING, 2, number, &block->passage.in[b->v->lang]);
}

struct keyed {
    struct text key, label;
};
static int by_key(const void *one, const void *two)
{
    const struct keyed *a = one, *b = two;
    return text_compare(a->key, b->key);
}

/* The keys of all columns, ordered, each once. */
static size_t merge_keys(const struct indicator_result *results, size_t count, struct keyed *keys)
{
    size_t all = 0, kept = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < results[i].by_count; k++)
            keys[all++] = (struct keyed){results[i].by[k].key, results[i].by[k].label};
    if (all > 0)
        qsort(keys, all, sizeof *keys, by_key);
    for (size_t i = 0; i < all; i++)
        if (kept == 0 || !text_equal(keys[kept - 1].key, keys[i].key))
            keys[kept++] = keys[i];
    return kept;
}

static struct worth worth_at(const struct indicator_result *result, const struct figure *figure,
                             struct text key, const struct catalog *c)
{
    for (size_t k = 0; k < result->by_count; k++)
        if (text_equal(result->by[k].key, key))
            return (struct worth){result->by[k].known, result->by[k].value};
    /* No row has this key: a count or sum of nothing is 0, anything else is not known. */
    enum indicator_value of =
        figure->source == FIGURE_GRADE ? INDICATOR_COUNT : c->indicators[figure->index].value;
    return (struct worth){of == INDICATOR_COUNT || of == INDICATOR_SUM || of == INDICATOR_DISTINCT, 0};
}

bool build_split(struct values *v, const struct block *block, struct split *out, struct err *e)
{
    size_t all = 0;
    struct indicator_result *results = arena_take_many(v->arena, block->count + 1, sizeof *results);
    if (results == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < block->count; i++) {
        const struct column *column = &block->columns[i];
        if (!values_split(v, &column->figure, column->by.at != NULL ? column->by : block->by, &results[i], e))
            return false;
        all += results[i].by_count;
    }
    struct keyed *keyed = arena_take_many(v->arena, all + 1, sizeof *keyed);
    if (keyed == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    out->key_count = merge_keys(results, block->count, keyed);
    struct text *keys = arena_take_many(v->arena, out->key_count + 1, sizeof *keys);
    struct text *labels = arena_take_many(v->arena, out->key_count + 1, sizeof *labels);
    struct worth *worths = arena_take_many(v->arena, out->key_count * block->count + 1, sizeof *worths);
    if (keys == NULL || labels == NULL || worths == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t k = 0; k < out->key_count; k++) {
        keys[k] = keyed[k].key;
        labels[k] = keyed[k].label.at != NULL ? keyed[k].label
                    : v->lang == LANG_ZH      ? TEXT("（未填）")
                                              : TEXT("(empty)");
        for (size_t i = 0; i < block->count; i++)
            worths[k * block->count + i] =
                worth_at(&results[i], &block->columns[i].figure, keyed[k].key, v->c);
    }
    out->keys = keys;
    out->labels = labels;
    out->worths = worths;
    return true;
}

static struct label column_label(const struct values *v, const struct column *column)
{
    return column->label.zh.at != NULL ? column->label : values_label(v, &column->figure);
}

static bool add_table(struct builder *b, const struct block *block)
{
    struct values *v = b->v;
    struct split split;
    if (!build_split(v, block, &split, b->e))
        return false;
    size_t columns = block->count + 1, rows = split.key_count + (block->has_total ? 1 : 0);
    struct page_block *out = split.key_count == 0 ? NULL : next_block(b);
    struct text *heads = arena_take_many(v->arena, columns, sizeof *heads);
    struct page_cell *cells = arena_take_many(v->arena, rows * columns + 1, sizeof *cells);
    if (split.key_count == 0)
        return true; /* a table without rows is not shown */
    if (out == NULL || heads == NULL || cells == NULL)
        return err_fail(b->e, &OUT_OF_MEMORY);
    heads[0] = label_in(block->rows_label, v->lang);
    for (size_t i = 0; i < block->count; i++)
        heads[i + 1] = label_in(column_label(v, &block->columns[i]), v->lang);
    for (size_t r = 0; r < rows; r++) {
        bool total = r == split.key_count;
        struct page_cell *row = &cells[r * columns];
        row[0].run.text = total ? label_in(block->total, v->lang) : split.labels[r];
        for (size_t i = 0; i < block->count; i++) {
            const struct figure *figure = &block->columns[i].figure;
            struct worth worth = total ? values_of(v, figure) : split.worths[r * block->count + i];
            row[i + 1] =
                (struct page_cell){.run = {values_text(v, figure, worth), TEXT_NONE}, .number = true};
            if (total)
                row[i + 1].run.target = values_list_id(v, figure);
        }
    }
    *out = (struct page_block){.kind = PAGE_TABLE, .caption = build_text(v, &block->passage.in[v->lang])};
    out->table = (struct page_table){columns, rows, heads, cells, block->has_total};
    return true;
}

static bool add_items(struct builder *b, const struct block *block)
{
    struct values *v = b->v;
    struct page_block *out = next_block(b);
    struct text *heads = arena_take_many(v->arena, 2, sizeof *heads);
    struct page_cell *cells = arena_take_many(v->arena, block->count * 2, sizeof *cells);
    if (out == NULL || heads == NULL || cells == NULL)
        return err_fail(b->e, &OUT_OF_MEMORY);
    heads[0] = v->lang == LANG_ZH ? TEXT("指标") : TEXT("Indicator");
    heads[1] = v->lang == LANG_ZH ? TEXT("数值") : TEXT("Value");
    for (size_t i = 0; i < block->count; i++) {
        const struct figure *figure = &block->columns[i].figure;
        struct text number = values_text(v, figure, values_of(v, figure));
        cells[i * 2].run.text = label_in(column_label(v, &block->columns[i]), v->lang);
        cells[i * 2 + 1].run.text =
            text_format(v->arena, "%.*s%.*s", TEXT_ARG(number), TEXT_ARG(values_unit(v, figure)));
        cells[i * 2 + 1].run.target = values_list_id(v, figure);
        cells[i * 2 + 1].number = true;
    }
    *out = (struct page_block){.kind = PAGE_TABLE, .caption = build_text(v, &block->passage.in[v->lang])};
    out->table = (struct page_table){2, block->count, heads, cells, false};
    return true;
}

/* A chart over whole figures: one series whose keys are the figures. */
static bool chart_of_items(struct builder *b, const struct block *block, struct page_chart *chart)
{
    struct values *v = b->v;
    struct text *labels = arena_take_many(v->arena, block->count, sizeof *labels);
    double *numbers = arena_take_many(v->arena, block->count, sizeof *numbers);
    struct page_series *series = arena_take(v->arena, sizeof *series);
    if (labels == NULL || numbers == NULL || series == NULL)
        return err_fail(b->e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < block->count; i++) {
        labels[i] = label_in(column_label(v, &block->columns[i]), v->lang);
        numbers[i] = values_number(v, &block->columns[i].figure, values_of(v, &block->columns[i].figure));
    }
    *series = (struct page_series){TEXT(""), numbers};
    *chart =
        (struct page_chart){.keys = block->count, .key_labels = labels, .series = series, .series_count = 1};
    return true;
}

static bool chart_of_series(struct builder *b, const struct block *block, struct page_chart *chart)
{
    struct values *v = b->v;
    struct split split;
    if (!build_split(v, block, &split, b->e))
        return false;
    struct page_series *series = arena_take_many(v->arena, block->count, sizeof *series);
    double *numbers = arena_take_many(v->arena, block->count * split.key_count + 1, sizeof *numbers);
    if (series == NULL || numbers == NULL)
        return err_fail(b->e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < block->count; i++) {
        double *own = &numbers[i * split.key_count];
        for (size_t k = 0; k < split.key_count; k++)
            own[k] = values_number(v, &block->columns[i].figure, split.worths[k * block->count + i]);
        series[i] = (struct page_series){label_in(column_label(v, &block->columns[i]), v->lang), own};
    }
    *chart = (struct page_chart){
        .keys = split.key_count, .key_labels = split.labels, .series = series, .series_count = block->count};
    return true;
}

static bool add_chart(struct builder *b, const struct block *block)
{
    struct page_chart chart;
    bool good = block->by.at == NULL ? chart_of_items(b, block, &chart) : chart_of_series(b, block, &chart);
    if (!good || chart.keys == 0)
        return good; /* a chart of nothing is not shown */
    struct page_block *out = next_block(b);
    if (out == NULL)
        return false;
    chart.kind = block->kind == BLOCK_BAR ? PAGE_BAR : block->kind == BLOCK_LINE ? PAGE_LINE : PAGE_SHARE;
    *out = (struct page_block){
        .kind = PAGE_CHART, .caption = build_text(b->v, &block->passage.in[b->v->lang]), .chart = chart};
    return true;
}

static bool add_block(struct builder *b, const struct block *block)
{
    if (!values_hold(b->v, &block->when))
        return true;
    switch (block->kind) {
    case BLOCK_TEXT:
        return add_runs(b, PAGE_PARAGRAPH, 0, TEXT(""), &block->passage.in[b->v->lang]);
    case BLOCK_HEADING:
        return add_heading(b, block);
    case BLOCK_TABLE:
        return add_table(b, block);
    case BLOCK_ITEMS:
        return add_items(b, block);
    case BLOCK_BAR:
    case BLOCK_LINE:
    case BLOCK_SHARE:
        return add_chart(b, block);
    }
    return true;
}

/* A chapter of which nothing is shown is left out, and takes no number. */
static bool add_chapter(struct builder *b, const struct chapter *chapter)
{
    struct arena *a = b->v->arena;
    size_t before = b->count;
    if (!values_hold(b->v, &chapter->when))
        return true;
    b->chapter++;
    b->heading = 0;
    struct text number = b->v->lang == LANG_ZH ? text_format(a, "%.*s、", TEXT_ARG(numeral(a, b->chapter)))
                                               : text_format(a, "%zu. ", b->chapter);
    if (!add_runs(b, PAGE_HEADING, 1, number, &chapter->title.in[b->v->lang]))
        return false;
    for (size_t i = 0; i < chapter->count; i++)
        if (!add_block(b, &chapter->blocks[i]))
            return false;
    if (b->count == before + 1) {
        b->count = before;
        b->chapter--;
    }
    return true;
}

/* "建档立卡户：1872户；生活用电覆盖率：100.0%": all figures that stand on these rows. */
static struct text list_caption(struct values *v, size_t first, size_t rows)
{
    struct text caption = TEXT("");
    bool zh = v->lang == LANG_ZH;
    for (size_t i = first; i < v->figure_count; i++) {
        const struct figure *figure = &v->figures[i];
        if (v->same_rows[i] != first)
            continue;
        struct text label = label_in(values_label(v, figure), v->lang),
                    number = values_text(v, figure, values_of(v, figure));
        caption = text_format(v->arena, "%.*s%s%.*s%s%.*s%.*s", TEXT_ARG(caption),
                              i == first ? ""
                              : zh       ? "；"
                                         : "; ",
                              TEXT_ARG(label), zh ? "：" : ": ", TEXT_ARG(number),
                              TEXT_ARG(values_unit(v, figure)));
    }
    return text_format(v->arena, "%.*s%s%zu%s", TEXT_ARG(caption), zh ? "（名单" : " (", rows,
                       zh ? "条）" : " rows)");
}

static bool add_list(struct builder *b, size_t index)
{
    struct values *v = b->v;
    const struct figure *figure = &v->figures[index];
    struct listing listing;
    if (!lister_list(b->lister, figure, &listing, b->e))
        return false;
    struct page_block *out = next_block(b);
    struct page_cell *cells = arena_take_many(v->arena, listing.rows * listing.columns + 1, sizeof *cells);
    if (out == NULL || cells == NULL)
        return err_fail(b->e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < listing.rows * listing.columns; i++)
        cells[i].run.text = listing.cells[i];
    *out = (struct page_block){
        .kind = PAGE_LIST, .id = values_list_id(v, figure), .caption = list_caption(v, index, listing.rows)};
    out->table = (struct page_table){listing.columns, listing.rows, listing.heads, cells, false};
    return true;
}

static bool add_lists(struct builder *b)
{
    b->lister = lister_open(b->v, b->e);
    for (size_t i = 0; i < b->v->figure_count && b->lister != NULL; i++)
        if (b->v->same_rows[i] == i && !add_list(b, i))
            return false;
    return b->lister != NULL;
}

bool build_page(struct values *v, struct page *out, struct err *e)
{
    struct builder b = {.v = v, .e = e};
    if (!values_share(v, e) || !add_runs(&b, PAGE_TITLE, 0, TEXT(""), &v->model->title.in[v->lang]))
        return false;
    for (size_t i = 0; i < v->model->chapter_count; i++)
        if (!add_chapter(&b, &v->model->chapters[i]))
            return false;
    if (v->model->has_closing && !add_runs(&b, PAGE_RIGHT, 0, TEXT(""), &v->model->closing.in[v->lang]))
        return false;
    if (!add_lists(&b))
        return false;
    *out = (struct page){v->lang, build_text(v, &v->model->title.in[v->lang]), b.blocks, b.count};
    return true;
}
