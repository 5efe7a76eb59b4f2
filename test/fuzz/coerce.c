/* A cell from anywhere: the first byte picks the field, the second the unit, the rest is what was written. */
#include "engine/catalog/coerce.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct text labels[] = {{"健康", 6}, {"残疾", 6}, {"慢性病", 9}};
static const struct catalog_code items[] = {
    {.code = {"1", 1}, .label = {{"健康", 6}, {"a", 1}}},
    {.code = {"2", 1}, .label = {{"残疾", 6}, {"b", 1}}},
    {.code = {"3", 1}, .label = {{"慢性病", 9}, {"c", 1}}},
};
static const struct catalog_spelling spellings[] = {
    {{"1", 1}, &items[0]},    {{"2", 1}, &items[1]},      {{"3", 1}, &items[2]},
    {{"健康", 6}, &items[0]}, {{"慢性病", 9}, &items[2]}, {{"残疾", 6}, &items[1]},
};
static const struct catalog_codes codes = {
    .at = items, .count = 3, .spellings = spellings, .spelling_count = 6};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const units[] = {"", "元", "万元", "亩", "公顷", "米", "公里", "亿元", "%"};
    struct coerced out;
    struct err e = {0};
    struct arena a;
    if (size < 2)
        return 0;
    struct catalog_field field = {
        .label = {labels[0], labels[0]}, .unit = text_of(units[data[1] % COUNT_OF(units)]), .codes = &codes};
    field.type = (enum field_type)(data[0] % (FIELD_VILLAGE + 1));
    field.digits = field.type == FIELD_MONEY ? 2 : field.type == FIELD_DECIMAL ? data[1] % 10 : 0;
    field.sealed = field.type == FIELD_IDENTIFIER && data[1] % 2 == 0;
    const struct coerce_cell cell = {
        .kind = CELL_TEXT, .text = {(const char *)data + 2, size - 2}, .date = DAY_NONE};
    arena_init(&a, 16u << 20);
    (void)!coerce_cell(&field, &cell, text_of(units[data[1] / 16 % COUNT_OF(units)]), &a, &out, &e);
    arena_clear(&a);
    return 0;
}
