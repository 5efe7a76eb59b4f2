/* A sheet from anywhere: lines are rows, | separates cells, the first character of a cell makes it a number,
 * an error, a formula without a result or part of a merged range. Its header is looked for among kinds of a
 * small pack, then its rows are read. */
#include "domain/import/row.h"
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CELLS_MAX 64
#define ROWS_MAX 64

static const char pack_yaml[] =
    "id: small\nlabel: {zh: 小, en: small}\narea: \"41\"\ndivisions: divisions.csv\n";
static const char divisions[] = "code,name\n410000000000,河南省\n411622000000,西华县\n411622104000,红花集镇\n"
                                "411622104205,寺后刘村民委员会\n";
static const char catalog_yaml[] =
    "codes:\n- id: kind\n  label: {zh: 类别, en: Kind}\n  items:\n  - {zh: 基地, en: base}\n  - {zh: 车间, "
    "en: shop}\n"
    "entities:\n"
    "- id: village\n  kind: thing\n  label: {zh: 行政村, en: Village}\n  key: [code]\n  fields:\n"
    "  - {id: code, label: {zh: 村编码, en: Code}, type: village, required: true}\n"
    "  - {id: name, label: {zh: 行政村, en: Name}, type: text}\n"
    "- id: household\n  kind: thing\n  label: {zh: 户, en: Household}\n  key: [number]\n  lists: "
    "households\n  fields:\n"
    "  - {id: county, label: {zh: 县, en: County}, type: text, shows: county}\n"
    "  - {id: town, label: {zh: 镇, en: Town}, type: text, shows: town}\n"
    "  - {id: village, label: {zh: 村编码, en: Village}, type: village}\n"
    "  - {id: village_name, label: {zh: 行政村, en: Village}, type: text, names: village}\n"
    "  - {id: number, label: {zh: 户编号, en: Number}, type: identifier, required: true}\n"
    "  - {id: land, label: {zh: 耕地面积, en: Land}, type: decimal, digits: 2, unit: 亩}\n"
    "- id: person\n  kind: thing\n  label: {zh: 人口, en: Person}\n  key: [number]\n"
    "  alternate_key: [household, certificate]\n  parent: household\n  children: persons\n  fields:\n"
    "  - {id: household, label: {zh: 户编号, en: Household}, type: ref, entity: household, required: true}\n"
    "  - {id: number, label: {zh: 人编号, en: Number}, type: identifier}\n"
    "  - {id: name, label: {zh: 姓名, en: Name}, type: text}\n"
    "  - {id: certificate, label: {zh: 证件号码, en: Certificate}, type: identifier, class: sensitive}\n"
    "  - {id: birth, label: {zh: 出生日期, en: Birth}, type: date}\n"
    "- id: project\n  kind: thing\n  label: {zh: 项目, en: Project}\n  key: [number]\n  lists: projects\n  "
    "fields:\n"
    "  - {id: number, label: {zh: 项目编号, en: Number}, type: identifier, required: true}\n"
    "  - {id: name, label: {zh: 名称, en: Name}, type: text}\n"
    "  - {id: kind, label: {zh: 类别, en: Kind}, type: code, codes: kind}\n"
    "  - {id: village, label: {zh: 村编码, en: Village}, type: village}\n"
    "  - {id: amount, label: {zh: 金额, en: Amount}, type: money}\n";
static const char imports_yaml[] =
    "imports:\n- {id: village, entity: village}\n- {id: household, entity: household}\n- {id: person, "
    "entity: person}\n"
    "- {id: base, entity: project, set: {kind: 基地}, names: [基地], prefix: JD}\n"
    "- {id: shop, entity: project, set: {kind: 车间}, titles: [车间], prefix: CJ}\n"
    "- {id: list, entity: person, also: household}\n";

static struct arena pack_memory;
static struct headings headings;
static struct places places;

static bool open_pack(void)
{
    static const struct catalog_reader reader;
    static const struct catalog_file files[] = {
        {{"catalog/all.yaml", 16}, {catalog_yaml, sizeof catalog_yaml - 1}},
        {{"divisions.csv", 13}, {divisions, sizeof divisions - 1}},
        {{"imports.yaml", 12}, {imports_yaml, sizeof imports_yaml - 1}},
        {{"pack.yaml", 9}, {pack_yaml, sizeof pack_yaml - 1}}};
    struct err e = {0};
    const struct catalog *c;
    arena_init(&pack_memory, (size_t)64 << 20);
    if (catalog_load(files, COUNT_OF(files), &reader, &pack_memory, &c, &e)
        && headings_build(c, &pack_memory, &headings, &e)) {
        places_init(&places, c);
        return true;
    }
    struct buf why;
    buf_init(&why, 4096);
    err_sentence(&e, LANG_EN, &why);
    fprintf(stderr, "%.*s\n", TEXT_ARG(buf_text(&why)));
    buf_clear(&why);
    return false;
}

static struct sheet_cell cell_of(struct text t, uint32_t column)
{
    struct sheet_cell c = {.column = column, .kind = SHEET_TEXT, .text = t};
    struct text rest = text_slice(t, 1, t.size);
    switch (t.at[0]) {
    case '>':
    case '^':
        c.fill = t.at[0] == '>' ? SHEET_FILL_ACROSS : SHEET_FILL_DOWN;
        c.text = rest;
        break;
    case '#':
    case '@':
        c.kind = t.at[0] == '#' ? SHEET_NUMBER : SHEET_DATE;
        c.text = rest;
        for (size_t i = 0; i < rest.size && i < 15; i++)
            c.number = 10 * c.number + (double)(rest.at[i] - '0');
        break;
    case '=':
        c = (struct sheet_cell){.column = column, .kind = SHEET_NONE, .formula = true};
        break;
    case '!':
        c.kind = SHEET_ERROR;
        c.text = rest;
        break;
    default:
        break;
    }
    if (c.kind == SHEET_TEXT && c.text.size == 0)
        c.kind = SHEET_NONE;
    return c;
}

static size_t row_of(struct text line, struct sheet_cell cells[CELLS_MAX])
{
    size_t count = 0, at = 0;
    for (uint32_t column = 0; column < CELLS_MAX && at <= line.size; column++) {
        size_t end = text_find(line, TEXT("|"), at);
        end = end == SIZE_MAX ? line.size : end;
        if (end > at)
            cells[count++] = cell_of(text_slice(line, at, end - at), column);
        at = end + 1;
    }
    return count;
}

static void read_sheet(struct text t, struct arena *a)
{
    static struct head head;
    static struct row_read read;
    struct err e = {0};
    struct layout l;
    struct row_reader r;
    const struct cell_context context = {.lang = LANG_ZH};
    head.count = 0;
    for (size_t at = 0, n = 1; at < t.size && head.count < COUNT_OF(head.rows); n++) {
        struct sheet_cell cells[CELLS_MAX];
        size_t end = text_find(t, TEXT("\n"), at);
        end = end == SIZE_MAX ? t.size : end;
        struct sheet_row row = {.number = (uint32_t)n, .cells = cells};
        row.count = row_of(text_slice(t, at, end - at), cells);
        if (row.count > 0 && !head_add(&head, &row, a, &e))
            return;
        at = end + 1;
    }
    if (!layout_find(&headings, &head, TEXT("项目"), TEXT("表"), a, &l, &e) || l.kind == NULL)
        return;
    if (!row_reader_init(&r, &headings, &l, &context, a, &e) || !row_reader_remember(&r, a, &e))
        return;
    r.places = &places;
    for (size_t i = l.body; i < head.count; i++)
        if (!row_read(&r, &head.rows[i], a, &read, &e))
            return;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    if (headings.catalog == NULL && !open_pack())
        abort();
    if (size > 16384)
        return 0;
    arena_init(&a, (size_t)64 << 20);
    read_sheet((struct text){(const char *)data, size}, &a);
    arena_clear(&a);
    return 0;
}
