/* Reads what stands in a chapter: texts, headings, tables, charts. */
#include "base/base.err.h"
#include "domain/report/read.h"

static bool read_as(struct reader *r, const struct yaml_node *node, struct figure *figure)
{
    struct text as = TEXT_NONE;
    if (!read_text(r, node, "as", false, &as))
        return false;
    if (as.at == NULL)
        return true;
    figure->wan = text_equal(as, TEXT("wan"));
    return figure->wan ? true : read_mistake(r, node, "`as` can only be wan", as);
}

/* A column or series: {label, indicator, as, by}; an item may be the indicator's id alone. */
static bool read_column(struct reader *r, const struct yaml_node *node, bool item, struct column *out)
{
    struct text id = TEXT_NONE;
    if (item && node->kind == YAML_SCALAR)
        return read_figure(r, node, node->text, &out->figure);
    return read_map(r, node, "label indicator as by") && read_label(r, node, "label", !item, &out->label)
           && read_text(r, node, "indicator", true, &id) && read_figure(r, node, id, &out->figure)
           && read_as(r, node, &out->figure) && read_text(r, node, "by", false, &out->by);
}

static bool read_columns(struct reader *r, const struct yaml_node *map, const char *key, struct block *out)
{
    const struct yaml_node *list;
    if (!read_list(r, map, key, &list, &out->count))
        return false;
    if (out->count == 0)
        return read_mistake(r, map, "a list with at least one entry is needed", text_of(key));
    struct column *columns = arena_take_many(r->arena, out->count, sizeof *columns);
    if (columns == NULL)
        return err_fail(r->e, &OUT_OF_MEMORY);
    out->columns = columns;
    for (size_t i = 0; i < out->count; i++)
        if (!read_column(r, list->at[i], strcmp(key, "items") == 0, &columns[i]))
            return false;
    return true;
}

static bool read_table(struct reader *r, const struct yaml_node *node, struct block *out)
{
    const struct yaml_node *rows = yaml_get(node, "rows");
    if (!read_map(r, node, "title when rows columns total items")
        || !read_passage(r, node, "title", false, &out->passage) || !read_condition(r, node, &out->when))
        return false;
    out->kind = rows == NULL ? BLOCK_ITEMS : BLOCK_TABLE;
    if (rows == NULL)
        return read_columns(r, node, "items", out);
    out->has_total = yaml_get(node, "total") != NULL;
    return read_map(r, rows, "by label") && read_text(r, rows, "by", true, &out->by)
           && read_label(r, rows, "label", true, &out->rows_label)
           && read_label(r, node, "total", false, &out->total) && read_columns(r, node, "columns", out);
}

static bool read_chart(struct reader *r, const struct yaml_node *node, struct block *out)
{
    static const struct {
        const char *word;
        enum block_kind kind;
    } kinds[] = {{"bar", BLOCK_BAR}, {"line", BLOCK_LINE}, {"share", BLOCK_SHARE}};
    struct text kind = TEXT_NONE;
    size_t i = 0;
    if (!read_map(r, node, "title when kind by series items")
        || !read_passage(r, node, "title", true, &out->passage) || !read_condition(r, node, &out->when)
        || !read_text(r, node, "kind", true, &kind) || !read_text(r, node, "by", false, &out->by))
        return false;
    while (i < COUNT_OF(kinds) && !text_equal(kind, text_of(kinds[i].word)))
        i++;
    if (i == COUNT_OF(kinds))
        return read_mistake(r, node, "kind must be bar, line or share", kind);
    out->kind = kinds[i].kind;
    return read_columns(r, node, yaml_get(node, "items") != NULL ? "items" : "series", out);
}

static bool read_block(struct reader *r, const struct yaml_node *node, struct block *out)
{
    if (yaml_get(node, "table") != NULL)
        return read_map(r, node, "table") && read_table(r, yaml_get(node, "table"), out);
    if (yaml_get(node, "chart") != NULL)
        return read_map(r, node, "chart") && read_chart(r, yaml_get(node, "chart"), out);
    bool heading = yaml_get(node, "heading") != NULL;
    out->kind = heading ? BLOCK_HEADING : BLOCK_TEXT;
    return read_map(r, node, heading ? "heading when" : "text when") && read_condition(r, node, &out->when)
           && read_passage(r, node, heading ? "heading" : "text", true, &out->passage);
}

bool read_blocks(struct reader *r, const struct yaml_node *chapter, struct chapter *out)
{
    const struct yaml_node *list;
    if (!read_list(r, chapter, "content", &list, &out->count))
        return false;
    struct block *blocks = arena_take_many(r->arena, out->count + 1, sizeof *blocks);
    if (blocks == NULL)
        return err_fail(r->e, &OUT_OF_MEMORY);
    out->blocks = blocks;
    for (size_t i = 0; i < out->count; i++)
        if (!read_block(r, list->at[i], &blocks[i]))
            return false;
    return true;
}

static bool read_series(struct reader *r, const struct yaml_node *node, struct series *out)
{
    const struct yaml_node *of = yaml_get(node, "of");
    if (!read_map(r, node, "key name by of") || !read_text(r, node, "key", true, &out->key)
        || !read_text(r, node, "name", true, &out->name) || !read_text(r, node, "by", true, &out->by))
        return false;
    if (of == NULL || of->kind != YAML_MAP)
        return read_mistake(r, node, "missing", TEXT("of"));
    struct series_value *values = arena_take_many(r->arena, of->count + 1, sizeof *values);
    if (values == NULL)
        return err_fail(r->e, &OUT_OF_MEMORY);
    out->of = values;
    out->count = of->count;
    for (size_t i = 0; i < of->count; i++) {
        struct figure figure;
        if (!read_figure(r, of->at[i], of->at[i]->text, &figure))
            return false;
        if (figure.source != FIGURE_INDICATOR)
            return read_mistake(r, of->at[i], "a grade cannot be split", of->at[i]->text);
        values[i] = (struct series_value){of->keys[i]->text, figure.index};
    }
    return true;
}

static bool read_figures(struct reader *r, const struct yaml_node *node, const char *key,
                         struct json_part *out)
{
    const struct yaml_node *list;
    if (!read_list(r, node, key, &list, &out->figure_count))
        return false;
    struct figure *figures = arena_take_many(r->arena, out->figure_count + 1, sizeof *figures);
    struct text *names = arena_take_many(r->arena, out->figure_count + 1, sizeof *names);
    if (figures == NULL || names == NULL)
        return err_fail(r->e, &OUT_OF_MEMORY);
    out->figures = figures;
    out->figure_names = names;
    for (size_t i = 0; i < out->figure_count; i++) {
        names[i] = list->at[i]->text;
        struct text id = text_format(r->arena, "%.*s.%.*s", TEXT_ARG(out->part), TEXT_ARG(names[i]));
        if (!read_figure(r, list->at[i], id, &figures[i]))
            return false;
    }
    return true;
}

static bool read_part(struct reader *r, const struct yaml_node *node, struct json_part *out)
{
    const struct yaml_node *list;
    bool grades = yaml_get(node, "grades") != NULL;
    if (!read_map(r, node, grades ? "part grades" : "part figures series")
        || !read_text(r, node, "part", true, &out->part)
        || !read_figures(r, node, grades ? "grades" : "figures", out)
        || !read_list(r, node, "series", &list, &out->series_count))
        return false;
    struct series *series = arena_take_many(r->arena, out->series_count + 1, sizeof *series);
    if (series == NULL)
        return err_fail(r->e, &OUT_OF_MEMORY);
    out->series = series;
    for (size_t i = 0; i < out->series_count; i++)
        if (!read_series(r, list->at[i], &series[i]))
            return false;
    return true;
}

bool read_json(struct reader *r, const struct yaml_node *root)
{
    const struct yaml_node *list;
    size_t count;
    if (!read_list(r, root, "json", &list, &count))
        return false;
    struct json_part *parts = arena_take_many(r->arena, count + 1, sizeof *parts);
    if (parts == NULL)
        return err_fail(r->e, &OUT_OF_MEMORY);
    r->out->parts = parts;
    r->out->part_count = count;
    for (size_t i = 0; i < count; i++)
        if (!read_part(r, list->at[i], &parts[i]))
            return false;
    return true;
}
