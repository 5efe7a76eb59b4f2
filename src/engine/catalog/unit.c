/* Units of quantities: which are the same, and how one becomes another. */
#include "engine/catalog/coerce_part.h"

/* 万元 is 元 times 10^4. */
static const struct {
    const char *name;
    int shift;
} multiples[] = {{"亿", 8}, {"千万", 7}, {"百万", 6}, {"十万", 5}, {"万", 4}, {"千", 3}, {"百", 2}};

static const struct {
    const char *name, *base;
    int64_t factor;
    int shift;
} units[] = {
    {"元", "元", 1, 0},         {"人民币元", "元", 1, 0}, {"圆", "元", 1, 0},     {"角", "元", 1, -1},
    {"分", "元", 1, -2},        {"亩", "亩", 1, 0},       {"市亩", "亩", 1, 0},   {"公顷", "亩", 15, 0},
    {"平方米", "平方米", 1, 0}, {"㎡", "平方米", 1, 0},   {"m2", "平方米", 1, 0}, {"m²", "平方米", 1, 0},
    {"平米", "平方米", 1, 0},   {"平方", "平方米", 1, 0}, {"公里", "公里", 1, 0}, {"千米", "公里", 1, 0},
    {"km", "公里", 1, 0},       {"KM", "公里", 1, 0},     {"里", "公里", 5, -1},  {"米", "公里", 1, -3},
    {"m", "公里", 1, -3},       {"月", "月", 1, 0},       {"个月", "月", 1, 0},   {"%", "%", 1, 0},
    {"％", "%", 1, 0},          {"千瓦", "千瓦", 1, 0},   {"kw", "千瓦", 1, 0},   {"KW", "千瓦", 1, 0},
    {"kW", "千瓦", 1, 0},       {"人", "人", 1, 0},       {"口", "人", 1, 0},     {"名", "人", 1, 0},
    {"人次", "人次", 1, 0},     {"户", "户", 1, 0},       {"个", "个", 1, 0},     {"次", "次", 1, 0},
};

/* The unit as a factor and a power of ten of its base; a unit that the table lacks is its own base. */
static struct text base_of(struct text unit, int64_t *factor, int *shift)
{
    *factor = 1;
    *shift = 0;
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < COUNT_OF(units); i++) {
            if (!text_equal(unit, text_of(units[i].name)))
                continue;
            *factor = units[i].factor;
            *shift += units[i].shift;
            return text_of(units[i].base);
        }
        for (size_t i = 0; pass == 0 && i < COUNT_OF(multiples); i++) {
            struct text name = text_of(multiples[i].name);
            if (unit.size <= name.size || !text_starts_with(unit, name))
                continue;
            *shift = multiples[i].shift;
            unit = text_slice(unit, name.size, SIZE_MAX);
            break;
        }
    }
    return unit;
}

/* 元/年, 元／人: what it is counted per does not change the number. */
static struct text without_per(struct text unit)
{
    size_t slash = text_find(unit, TEXT("/"), 0);
    slash = slash == SIZE_MAX ? text_find(unit, TEXT("／"), 0) : slash;
    return slash == SIZE_MAX || slash == 0 ? unit : text_slice(unit, 0, slash);
}

bool unit_convert(struct text from, struct text to, int64_t *factor, int *shift)
{
    int64_t to_factor = 1;
    int to_shift = 0;
    *factor = 1;
    *shift = 0;
    if (from.size == 0 || text_equal(from, to))
        return true;
    for (size_t i = 0; i < COUNT_OF(multiples); i++) {
        if (text_equal(from, text_of(multiples[i].name))) { /* 1.5万: of whatever the field counts */
            *shift = multiples[i].shift;
            return true;
        }
    }
    struct text base = base_of(without_per(from), factor, shift),
                wanted = base_of(without_per(to), &to_factor, &to_shift);
    *shift -= to_shift;
    /* Fields are kept in base units and their powers of ten; a factor on that side has no use yet. */
    return text_equal(base, wanted) && to_factor == 1;
}
