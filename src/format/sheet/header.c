/* Column letters, and headers in the form in which the catalogue looks them up. */
#include "format/sheet/sheet.h"

void sheet_column_name(uint32_t column, char out[4])
{
    char letters[3];
    size_t n = 0;
    for (uint32_t c = column % (26 * 27 * 27) + 1; c > 0 && n < sizeof(letters); c = (c - 1) / 26)
        letters[n++] = (char)('A' + (c - 1) % 26);
    for (size_t i = 0; i < n; i++)
        out[i] = letters[n - 1 - i];
    out[n] = '\0';
}

/* Characters that are one and the same in a header. 0: to be dropped. */
static uint32_t plain_of(uint32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E)
        return c - 0xFF01 + 0x21; /* full-width ASCII */
    if (c == 0x3010 || c == 0x3014 || c == 0x3016)
        return '['; /* 【〔〖 */
    if (c == 0x3011 || c == 0x3015 || c == 0x3017)
        return ']';
    bool blank = c <= ' ' || c == 0xA0 || c == 0x3000 || c == 0xFEFF || (c >= 0x2000 && c <= 0x200F)
                 || c == 0x2028 || c == 0x7F;
    return blank || c == UINT32_MAX ? 0 : c;
}

static size_t fold(struct text header, char *to)
{
    size_t size = 0;
    for (size_t at = 0; at < header.size;) {
        uint32_t c = plain_of(text_next(header, &at));
        if (c != 0)
            size += text_encode(c, to + size); /* never longer than it was */
    }
    return size;
}

/* What a bracket at a header's end may hold to be a unit. */
static bool is_unit(struct text t)
{
    static const char *const units[] = {
        "元", "万元",  "亿元",  "千元",   "百元",     "人", "户", "亩", "个", "%",  "公斤",  "千克", "吨",
        "斤", "米",    "公里",  "平方米", "平米",     "㎡", "m2", "m²", "岁", "年", "月",    "天",   "个月",
        "次", "元/月", "元/年", "元/人",  "元/亩",    "台", "处", "套", "间", "头", "只",    "株",   "千瓦",
        "KW", "kW",    "kw",    "公顷",   "平方公里", "期", "万", "件", "名", "辆", "立方米"};
    struct text prefix = TEXT("单位:");
    if (text_starts_with(t, prefix))
        t = text_slice(t, prefix.size, t.size);
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (text_equal(t, text_of(units[i])))
            return true;
    return false;
}

static struct text without(struct text t, struct text prefix)
{
    return text_starts_with(t, prefix) ? text_slice(t, prefix.size, t.size) : t;
}

/* Takes "(万元)" or "[万元]" off the end. */
static void split_unit(struct text *key, struct text *unit)
{
    *unit = TEXT("");
    if (key->size < 3)
        return;
    char close = key->at[key->size - 1], open = close == ')' ? '(' : '[';
    if (close != ')' && close != ']')
        return;
    size_t at = key->size - 1;
    while (at > 0 && key->at[at] != open)
        at--;
    struct text inner = text_slice(*key, at + 1, key->size - at - 2);
    if (at == 0 || key->at[at] != open || !is_unit(inner))
        return;
    *unit = without(inner, TEXT("单位:"));
    key->size = at;
}

/* Takes "/元" off the end. */
static void split_slash(struct text *key, struct text *unit)
{
    for (size_t at = key->size; unit->size == 0 && at-- > 1;) {
        struct text rest = text_slice(*key, at + 1, key->size);
        if (key->at[at] == '/' && is_unit(rest)) {
            *unit = rest;
            key->size = at;
        }
    }
}

bool sheet_header_key(struct text header, struct arena *a, struct text *key_out, struct text *unit_out)
{
    char *to = arena_take(a, header.size + 1);
    if (to == NULL)
        return false;
    struct text key = {to, fold(header, to)};
    split_unit(&key, unit_out);
    split_slash(&key, unit_out);
    static const char *const prefixes[] = {"其中:", "其中,", "其中", "#", "*"};
    for (size_t i = 0; i < COUNT_OF(prefixes); i++)
        key = without(key, text_of(prefixes[i]));
    while (key.size > 0 && (key.at[key.size - 1] == '*' || key.at[key.size - 1] == ':'))
        key.size--;
    *key_out = key;
    return true;
}
