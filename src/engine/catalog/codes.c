/* Code tables: what is stored, what is shown, and what workbooks write. */
#include "engine/catalog/node.h"
#include <stdlib.h>

#define CODES_MAX 100000 /* items of a table */
#define SPELLING_MAX 256 /* bytes of a folded spelling; a longer text is no code */

static bool item_read(struct load *l, const struct yaml_node *node, struct catalog_code *out)
{
    const struct yaml_node *code = yaml_get(node, "code");
    if (!node_is_map(l, node, "items", "code zh en also from to source")
        || !node_text(l, node, "zh", &out->label.zh) || !node_text(l, node, "en", &out->label.en)
        || !node_texts_maybe(l, node, "also", &out->also, &out->also_count))
        return false;
    out->code = out->label.zh;
    if (code != NULL && !node_scalar(l, code, "code", &out->code))
        return false;
    /* Several codes are stored joined by commas. */
    return text_find(out->code, TEXT(","), 0) == SIZE_MAX
           || node_fail(l, code != NULL ? code : node, &CATALOG_ID, out->code);
}

static bool spelling_add(struct load *l, struct catalog_spelling *to, size_t *count, struct text written,
                         const struct catalog_code *code)
{
    char folded[SPELLING_MAX];
    size_t size = fold_into(written, true, folded, sizeof folded);
    if (size == SIZE_MAX || size == 0)
        return true; /* can be stored and shown, but no workbook is read as it */
    to[*count].folded = text_copy(l->arena, (struct text){folded, size});
    to[*count].code = code;
    return to[(*count)++].folded.at != NULL || node_fail_memory(l);
}

static int by_folded(const void *a, const void *b)
{
    const struct catalog_spelling *x = a, *y = b;
    int order = text_compare(x->folded, y->folded);
    return order != 0 ? order : (x->code > y->code) - (x->code < y->code);
}

/* Two items that one spelling stands for. */
static bool spellings_differ(struct load *l, const struct yaml_node *items, struct catalog_codes *codes,
                             const struct catalog_spelling *sorted)
{
    for (size_t i = 1; i < codes->spelling_count; i++) {
        if (!text_equal(sorted[i - 1].folded, sorted[i].folded) || sorted[i - 1].code == sorted[i].code)
            continue;
        const struct item other = {.node = items->at[sorted[i - 1].code - codes->at], .file = l->file};
        return node_fail_duplicate(l, items->at[sorted[i].code - codes->at], sorted[i].folded, &other);
    }
    return true;
}

static bool spellings_index(struct load *l, const struct yaml_node *items, struct catalog_codes *codes)
{
    size_t most = 0, count = 0;
    for (size_t i = 0; i < codes->count; i++)
        most += 2 + codes->at[i].also_count;
    struct catalog_spelling *to = arena_take_many(l->arena, most + 1, sizeof *to);
    if (to == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < codes->count; i++) {
        const struct catalog_code *code = &codes->at[i];
        if (!spelling_add(l, to, &count, code->code, code)
            || !spelling_add(l, to, &count, code->label.zh, code))
            return false;
        for (size_t k = 0; k < code->also_count; k++)
            if (!spelling_add(l, to, &count, code->also[k], code))
                return false;
    }
    qsort(to, count, sizeof *to, by_folded);
    codes->spellings = to;
    codes->spelling_count = count;
    return spellings_differ(l, items, codes, to);
}

static bool codes_read(struct load *l, const struct item *item, struct catalog_codes *out)
{
    const struct yaml_node *items = yaml_get(item->node, "items");
    l->file = item->file;
    if (!node_is_map(l, item->node, "codes", "id label source items from to"))
        return false;
    if (!node_label(l, item->node, "label", &out->label))
        return false;
    if (items == NULL)
        return node_fail(l, item->node, &CATALOG_MISSING_KEY, TEXT("items"));
    if (!node_is_list(l, items, "items"))
        return false;
    if (items->count == 0 || items->count > CODES_MAX) {
        node_fail(l, items, &CATALOG_LIMIT, TEXT("items"));
        err_add_int(l->e, "max", CODES_MAX);
        return false;
    }
    struct catalog_code *at = arena_take_many(l->arena, items->count, sizeof *at);
    if (at == NULL)
        return node_fail_memory(l);
    out->id = item->id;
    out->at = at;
    out->count = items->count;
    for (size_t i = 0; i < items->count; i++)
        if (!item_read(l, items->at[i], &at[i]))
            return false;
    return spellings_index(l, items, out);
}

bool load_codes(struct load *l)
{
    const struct items *items = &l->items[SECTION_CODES];
    struct catalog_codes *codes = arena_take_many(l->arena, items->count + 1, sizeof *codes);
    if (codes == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < items->count; i++)
        if (!codes_read(l, &items->at[i], &codes[i]))
            return false;
    l->c->codes = codes;
    l->c->codes_count = items->count;
    return true;
}

const struct catalog_codes *load_find_codes(const struct load *l, struct text id)
{
    for (size_t i = 0; i < l->c->codes_count; i++)
        if (text_equal(l->c->codes[i].id, id))
            return &l->c->codes[i];
    return NULL;
}

const struct catalog_code *catalog_code(const struct catalog_codes *codes, struct text code)
{
    for (size_t i = 0; codes != NULL && i < codes->count; i++)
        if (text_equal(codes->at[i].code, code))
            return &codes->at[i];
    return NULL;
}

const struct catalog_code *catalog_code_read(const struct catalog_codes *codes, struct text as_written)
{
    char folded[SPELLING_MAX];
    size_t size = fold_into(as_written, true, folded, sizeof folded);
    if (codes == NULL || size == SIZE_MAX || size == 0)
        return NULL;
    const struct text wanted = {folded, size};
    for (size_t low = 0, high = codes->spelling_count; low < high;) {
        size_t middle = low + (high - low) / 2;
        int order = text_compare(codes->spellings[middle].folded, wanted);
        if (order == 0)
            return codes->spellings[middle].code;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
