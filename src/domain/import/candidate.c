/* Rows taken as headers. Always: ways are ordered from the likeliest; cells ascend by column. */
#include "domain/import/candidate.h"
#include "base/base.err.h"

#define UNIT_CHARS_MAX 3 /* 元, 万元, 平方米 in a row of units */

static bool is_header_text(const struct sheet_cell *c)
{
    return c->kind == SHEET_TEXT && c->fill != SHEET_FILL_ACROSS && !text_is_empty(text_trim(c->text));
}

static void add_way(const struct headings *h, struct candidate_cell *cell, struct text text, bool combined,
                    struct arena *a)
{
    struct heading heading = heading_of(h, text, a);
    if (heading.key == HEADING_NONE || cell->count == CANDIDATE_WAYS_MAX)
        return;
    cell->combined = (uint8_t)(cell->combined | (combined ? 1u << cell->count : 0u));
    cell->ways[cell->count++] = heading;
}

bool candidate_single(const struct headings *h, const struct head *head, size_t row, struct arena *a,
                      struct candidate *out, struct err *e)
{
    const struct sheet_row *r = &head->rows[row];
    *out = (struct candidate){.row = row, .cells = arena_take_many(a, r->count + 1, sizeof *out->cells)};
    if (out->cells == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < r->count; i++) {
        if (!is_header_text(&r->cells[i]) || r->cells[i].column >= LAYOUT_COLUMN_MAX)
            continue;
        struct candidate_cell *cell = &out->cells[out->count++];
        *cell = (struct candidate_cell){
            .column = r->cells[i].column, .header = r->cells[i].text, .part = r->cells[i].text};
        add_way(h, cell, cell->header, false, a);
    }
    return true;
}

static const struct sheet_cell *cell_at(const struct sheet_row *r, uint32_t column)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->cells[i].column == column && r->cells[i].kind == SHEET_TEXT)
            return &r->cells[i];
    return NULL;
}

/* A group's header without the words that only say that it is one: 务工情况 over 区域 is 务工区域. */
static struct text group_stem(struct text group)
{
    static const char *const tails[] = {"基本情况", "情况", "信息", "状况", "部分", "条件"};
    struct text t = text_trim(group);
    for (size_t i = 0; i < COUNT_OF(tails); i++)
        if (t.size > strlen(tails[i]) && text_ends_with(t, text_of(tails[i])))
            return text_slice(t, 0, t.size - strlen(tails[i]));
    return t;
}

/* A row that only names the units: 元 below 工资性收入. */
static void add_unit(const struct headings *h, struct candidate_cell *cell, struct text group,
                     struct text below, struct arena *a)
{
    if (text_count(below) > UNIT_CHARS_MAX)
        return;
    struct text joined = text_format(a, "%.*s(%.*s)", TEXT_ARG(group), TEXT_ARG(below));
    if (heading_of(h, joined, a).unit.size > 0)
        add_way(h, cell, joined, true, a);
}

/* (截至2019年12月31日), （单位：元）: a remark in brackets is no group of columns. */
static bool is_remark(struct text group)
{
    return text_starts_with(group, TEXT("(")) || text_starts_with(group, TEXT("（"))
           || text_starts_with(group, TEXT("【")) || text_starts_with(group, TEXT("["));
}

static void add_two(const struct headings *h, struct candidate_cell *cell, struct text first,
                    struct text second, struct arena *a)
{
    if (first.size + second.size <= HEADING_CHARS_MAX * 4)
        add_way(h, cell, text_format(a, "%.*s%.*s", TEXT_ARG(first), TEXT_ARG(second)), true, a);
}

/* A group that means nothing by itself: 其他 over 转移性收入 is not 其他转移性收入. */
static bool is_rest(struct text group)
{
    return text_equal(group, TEXT("其他")) || text_equal(group, TEXT("其它"));
}

/* Group and part as they stand make the header; a row of units makes it, too. */
static void add_joined(const struct headings *h, struct candidate_cell *cell, struct text group,
                       struct text below, struct arena *a)
{
    if (is_rest(group))
        return;
    add_two(h, cell, group, below, a);
    add_unit(h, cell, group, below, a);
}

/* The group's stem with the part, and the part before either: weaker than the part by itself. */
static void add_stem(const struct headings *h, struct candidate_cell *cell, struct text group,
                     struct text below, struct arena *a)
{
    struct text stem = group_stem(group);
    if (is_rest(stem) || is_remark(group))
        return;
    if (stem.size != group.size)
        add_two(h, cell, stem, below, a);
    add_two(h, cell, below, group, a);
    if (stem.size != group.size)
        add_two(h, cell, below, stem, a);
}

static void below_group(const struct headings *h, struct candidate_cell *cell, const struct sheet_cell *group,
                        struct text carried, struct text below, struct arena *a)
{
    struct text over = text_trim(group != NULL ? group->text : carried), part = text_trim(below);
    bool joins = over.size > 0 && !text_equal(over, part);
    cell->header = cell->part = below;
    if (joins && group != NULL)
        add_joined(h, cell, over, part, a);
    add_way(h, cell, below, false, a);
    /* Centred over several columns without being merged, the group's text stands left of this column. */
    if (joins && group == NULL)
        add_joined(h, cell, over, part, a);
    if (!joins)
        return;
    add_stem(h, cell, over, part, a);
    struct text joined = text_format(a, "%.*s %.*s", TEXT_ARG(over), TEXT_ARG(below));
    cell->header = joined.at != NULL ? joined : below;
}

bool candidate_pair(const struct headings *h, const struct head *head, size_t row, struct arena *a,
                    struct candidate *out, struct err *e)
{
    const struct sheet_row *top = &head->rows[row], *low = &head->rows[row + 1];
    *out = (struct candidate){.row = row, .two = true};
    out->cells = arena_take_many(a, top->count + low->count + 1, sizeof *out->cells);
    if (out->cells == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    struct text carried = TEXT_NONE;
    size_t t = 0, l = 0;
    while (t < top->count || l < low->count) {
        uint32_t column = UINT32_MAX;
        if (t < top->count)
            column = top->cells[t].column;
        if (l < low->count && low->cells[l].column < column)
            column = low->cells[l].column;
        for (; t < top->count && top->cells[t].column <= column; t++)
            if (is_header_text(&top->cells[t]))
                carried = top->cells[t].text;
        bool has_below = false;
        struct text below = TEXT_NONE;
        for (; l < low->count && low->cells[l].column <= column; l++) {
            has_below = low->cells[l].kind != SHEET_NONE;
            below = is_header_text(&low->cells[l]) ? low->cells[l].text : TEXT_NONE;
        }
        const struct sheet_cell *group = cell_at(top, column);
        struct candidate_cell *cell = &out->cells[out->count];
        *cell = (struct candidate_cell){.column = column};
        if (below.at != NULL)
            below_group(h, cell, group, carried, below, a);
        else if (!has_below && group != NULL && is_header_text(group)) {
            cell->header = cell->part = group->text;
            add_way(h, cell, group->text, false, a);
        }
        out->count += cell->header.at != NULL && column < LAYOUT_COLUMN_MAX;
    }
    return true;
}

const struct heading_slot *candidate_slot(const struct heading_kind *kind, const struct candidate_cell *cell,
                                          struct text *unit_out, bool *combined_out)
{
    for (size_t i = 0; i < cell->count; i++) {
        const struct heading_slot *slot = &kind->slots[cell->ways[i].key];
        if (slot->main == SLOT_NONE && slot->also == SLOT_NONE)
            continue;
        *unit_out = cell->ways[i].unit;
        *combined_out = (cell->combined >> i & 1) != 0;
        return slot;
    }
    return NULL;
}
