/* The form in which headers and code spellings are compared: half-width, lower case, without blanks. */
#include "engine/catalog/load.h"

static bool is_blank(uint32_t c)
{
    return c <= ' ' || c == 0x7F || c == 0xA0 || c == 0x3000 || c == 0xFEFF || (c >= 0x2000 && c <= 0x200F)
           || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F;
}

static bool is_bracket(uint32_t c)
{
    return c == '(' || c == ')' || c == '[' || c == ']' || c == 0x3010 || c == 0x3011 || c == 0x3014
           || c == 0x3015;
}

static uint32_t fold_one(uint32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E)
        c -= 0xFEE0;
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

size_t fold_into(struct text t, bool brackets, char *out, size_t room)
{
    size_t size = 0;
    for (size_t at = 0; at < t.size;) {
        uint32_t c = fold_one(text_next(t, &at));
        char bytes[4];
        if (c == UINT32_MAX || is_blank(c) || (brackets && is_bracket(c)))
            continue;
        size_t count = text_encode(c, bytes);
        if (count > room - size)
            return SIZE_MAX;
        memcpy(out + size, bytes, count);
        size += count;
    }
    return size;
}

struct text catalog_fold(struct arena *a, struct text t)
{
    /* Folding never makes a character longer. */
    char *out = arena_take(a, t.size + 1);
    if (out == NULL || t.at == NULL)
        return TEXT_NONE;
    size_t size = fold_into(t, false, out, t.size);
    return size == SIZE_MAX ? TEXT_NONE : (struct text){out, size};
}
