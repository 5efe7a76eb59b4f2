/* Stored values as expressions see them, and reports as the pack has them. */
#include "engine/catalog/node.h"

static struct text label_of(const struct catalog_codes *codes, struct text code)
{
    const struct catalog_code *found = catalog_code(codes, code);
    return found != NULL ? found->label.zh : code;
}

/* Codes joined by commas as a list of labels. */
static bool give_list(const struct catalog_field *field, struct text joined, struct arena *a,
                      struct cel_value *out)
{
    size_t count = 1;
    for (size_t i = 0; i < joined.size; i++)
        count += joined.at[i] == ',' ? 1 : 0;
    struct cel_list *list = arena_take(a, sizeof *list);
    struct cel_value *at = arena_take_many(a, count, sizeof *at);
    if (list == NULL || at == NULL)
        return false;
    for (size_t from = 0, i = 0; i < count; i++) {
        size_t comma = text_find(joined, TEXT(","), from);
        struct text code = text_slice(joined, from, comma == SIZE_MAX ? SIZE_MAX : comma - from);
        at[i] = (struct cel_value){.kind = CEL_STRING, .s = label_of(field->codes, code)};
        from = comma == SIZE_MAX ? joined.size : comma + 1;
    }
    *list = (struct cel_list){.count = count, .at = at};
    *out = (struct cel_value){.kind = CEL_LIST, .list = list};
    return true;
}

static double unscaled(int64_t n, int digits)
{
    static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    return (double)n
           / powers[digits]; /* a quotient is the double nearest to the decimal; a product with 0.1 is not */
}

static bool give_text(const struct catalog_field *field, struct text t, struct arena *a,
                      struct cel_value *out)
{
    switch (field->type) {
    case FIELD_CODE:
        *out = (struct cel_value){.kind = CEL_STRING, .s = label_of(field->codes, t)};
        return true;
    case FIELD_CODES:
        return give_list(field, t, a, out);
    case FIELD_IDENTIFIER:
    case FIELD_TEXT:
        *out = (struct cel_value){.kind = CEL_STRING, .s = t};
        return true;
    case FIELD_INT:
    case FIELD_DECIMAL:
    case FIELD_MONEY:
    case FIELD_YEAR:
    case FIELD_DATE:
    case FIELD_BOOL:
    case FIELD_REF:
    case FIELD_VILLAGE:
        break;
    }
    return false;
}

bool catalog_field_value(const struct catalog_field *field, struct value v, struct arena *a,
                         struct cel_value *out)
{
    if (v.kind == VALUE_TEXT)
        return give_text(field, v.s, a, out);
    if (v.kind != VALUE_INT)
        return false;
    if (field->type == FIELD_BOOL)
        *out = (struct cel_value){.kind = CEL_BOOL, .b = v.n != 0};
    else if (field->type == FIELD_DATE)
        *out = catalog_day_value((day)v.n);
    else if (field->type == FIELD_DECIMAL)
        *out = (struct cel_value){.kind = CEL_DOUBLE, .d = unscaled(v.n, field->digits)};
    else
        *out = (struct cel_value){.kind = CEL_INT, .i = v.n};
    return true;
}

bool load_reports(struct load *l)
{
    const struct items *items = &l->items[SECTION_REPORTS];
    struct catalog_report *reports = arena_take_many(l->arena, items->count + 1, sizeof *reports);
    if (reports == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < items->count; i++)
        reports[i] = (struct catalog_report){
            .id = items->at[i].id, .root = items->at[i].node, .file = items->at[i].file->name};
    l->c->reports = reports;
    l->c->report_count = items->count;
    return true;
}
