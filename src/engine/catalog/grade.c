/* Grades of attention: classes in order of precedence, each with its reasons. */
#include "engine/catalog/expression.h"
#include "engine/catalog/node.h"

#define MONTHS_MAX 120

static bool reason_read(struct load *l, const struct yaml_node *node, struct catalog_reason *out)
{
    return node_is_map(l, node, "reasons", "id label when source from to")
           && node_id(l, node, "id", true, &out->id) && node_label(l, node, "label", &out->label)
           && node_dates(l, node, &out->dates)
           && expression_key(l, l->c->grades_on->env, node, "when", CEL_BOOL, &out->when, &out->when_text);
}

static bool reasons_read(struct load *l, const struct yaml_node *node, struct catalog_grade *out)
{
    const struct yaml_node *list = yaml_get(node, "reasons");
    if (list == NULL)
        return node_fail(l, node, &CATALOG_MISSING_KEY, TEXT("reasons"));
    if (!node_is_list(l, list, "reasons"))
        return false;
    struct catalog_reason *reasons = arena_take_many(l->arena, list->count + 1, sizeof *reasons);
    if (reasons == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < list->count; i++) {
        if (!reason_read(l, list->at[i], &reasons[i]))
            return false;
        for (size_t k = 0; k < i; k++) {
            const struct item other = {.node = list->at[k], .file = l->file};
            if (text_equal(reasons[k].id, reasons[i].id)
                && load_dates_meet(reasons[k].dates, reasons[i].dates))
                return node_fail_duplicate(l, list->at[i], reasons[i].id, &other);
        }
    }
    out->reasons = reasons;
    out->reason_count = list->count;
    return true;
}

static bool class_read(struct load *l, const struct yaml_node *node, struct catalog_grade *out)
{
    return node_is_map(l, node, "classes", "id label visit_months review_months reasons source")
           && node_id(l, node, "id", false, &out->id) && node_label(l, node, "label", &out->label)
           && node_int_maybe(l, node, "visit_months", 1, MONTHS_MAX, &out->visit_months)
           && node_int_maybe(l, node, "review_months", 1, MONTHS_MAX, &out->review_months)
           && reasons_read(l, node, out);
}

static bool who_read(struct load *l, const struct yaml_node *node)
{
    struct text id = TEXT_NONE;
    if (!node_text(l, node, "who", &id))
        return false;
    l->c->grades_who = load_find_computed(l, l->c->grades_on, id);
    if (l->c->grades_who != NULL && l->c->grades_who->is_selection)
        return true;
    node_fail(l, yaml_get(node, "who"), &CATALOG_UNKNOWN_SELECTION, id);
    err_add(l->e, "entity", l->c->grades_on->id);
    return false;
}

bool load_grades(struct load *l)
{
    if (l->items[SECTION_GRADES].count == 0)
        return true;
    const struct item *item = &l->items[SECTION_GRADES].at[0];
    l->file = item->file;
    if (!node_is_map(l, item->node, "grades", "on who classes source from to")
        || !load_find_entity(l, item->node, "on", &l->c->grades_on) || !who_read(l, item->node))
        return false;
    const struct yaml_node *classes = yaml_get(item->node, "classes");
    if (classes == NULL)
        return node_fail(l, item->node, &CATALOG_MISSING_KEY, TEXT("classes"));
    if (!node_is_list(l, classes, "classes"))
        return false;
    struct catalog_grade *grades = arena_take_many(l->arena, classes->count + 1, sizeof *grades);
    if (grades == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < classes->count; i++) {
        if (!class_read(l, classes->at[i], &grades[i]))
            return false;
        for (size_t k = 0; k < i; k++) {
            const struct item other = {.node = classes->at[k], .file = l->file};
            if (text_equal(grades[k].id, grades[i].id))
                return node_fail_duplicate(l, classes->at[i], grades[i].id, &other);
        }
    }
    l->c->grades = grades;
    l->c->grade_count = classes->count;
    return true;
}
