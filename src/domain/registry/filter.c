/* Filters, order and place of a list, as a caller says them. Always holds: a field that the caller sees
 * masked or not at all neither filters nor sorts, because each page would tell something of its values. */
#include "base/base.err.h"
#include "domain/registry/parts.h"
#include "domain/registry/registry.err.h"
#include "engine/catalog/coerce.h"

const struct catalog_field *field_named(const struct catalog_entity *entity, struct text name)
{
    const struct catalog_field *field = catalog_field(entity, name);
    for (size_t i = 0; field == NULL && i < entity->field_count; i++)
        if (text_equal(entity->fields[i].label.zh, name))
            field = &entity->fields[i];
    return field;
}

static bool unknown(const struct catalog_entity *entity, struct text name, struct err *e)
{
    err_fail_text(e, &REGISTRY_FILTER_UNKNOWN, "name", name);
    err_add(e, "entity", entity->id);
    return false;
}

/* A field that the list may be narrowed or ordered by. */
static bool field_find(const struct op_call *call, const struct catalog_entity *entity, struct text name,
                       struct text whole, const struct catalog_field **out, struct err *e)
{
    *out = field_named(entity, name);
    if (*out == NULL || (!record_can_filter(*out) && !(*out)->sealed))
        return unknown(entity, whole, e);
    if ((*out)->sealed) /* masked to everybody */
        return err_fail_text(e, &REGISTRY_FILTER_MASKED, "name", (*out)->id);
    return access_filters(records_actor(call->session->records), *out, e);
}

static bool value_fail(const struct op_field *given, const struct err *why, struct err *e)
{
    struct buf sentence;
    err_fail_text(e, &REGISTRY_FILTER_VALUE, "name", given->name);
    if (why == NULL)
        return false;
    buf_init(&sentence, 4096);
    err_sentence(why, LANG_ZH, &sentence);
    err_add(e, "reason_zh", buf_text(&sentence));
    buf_reset(&sentence);
    err_sentence(why, LANG_EN, &sentence);
    err_add(e, "reason", buf_text(&sentence));
    buf_clear(&sentence);
    return false;
}

static bool filter_value(const struct op_call *call, const struct op_field *given, struct record_filter *f,
                         struct err *e)
{
    struct err why = {.kind = NULL};
    struct coerced coerced;
    if (given->kind == OP_FIELD_NULL || given->kind == OP_FIELD_OTHER)
        return value_fail(given, NULL, e);
    if (f->test == RECORD_EMPTY) {
        f->test = text_equal(given->value, TEXT("true")) ? RECORD_EMPTY : RECORD_FILLED;
        return f->test == RECORD_EMPTY || text_equal(given->value, TEXT("false"))
               || value_fail(given, NULL, e);
    }
    /* What is no text of the field's kind equals nothing that is stored: the fold of text fields apart. */
    if (!coerce_text(f->field, given->value, call->arena, &coerced, &why))
        return value_fail(given, &why, e);
    if (coerced.value.kind == VALUE_NONE)
        return value_fail(given, NULL, e);
    f->value = coerced.value;
    return true;
}

static bool filter_read(const struct op_call *call, const struct catalog_entity *entity,
                        const struct op_field *given, struct record_filter *f, struct err *e)
{
    static const struct {
        const char *name;
        enum record_test test;
    } tests[] = {{"min", RECORD_MIN}, {"max", RECORD_MAX}, {"empty", RECORD_EMPTY}};
    size_t dot = text_find(given->name, TEXT("."), 0);
    struct text name = dot == SIZE_MAX ? given->name : text_slice(given->name, 0, dot);
    struct text test = dot == SIZE_MAX ? TEXT("") : text_slice(given->name, dot + 1, given->name.size);
    bool known = dot == SIZE_MAX;
    f->test = RECORD_EQUAL;
    for (size_t i = 0; !known && i < COUNT_OF(tests); i++)
        if (text_equal(test, text_of(tests[i].name))) {
            f->test = tests[i].test;
            known = true;
        }
    if (!known)
        return unknown(entity, given->name, e);
    return field_find(call, entity, name, given->name, &f->field, e) && filter_value(call, given, f, e);
}

bool filters_read(const struct op_call *call, const struct catalog_entity *entity, const char *parameter,
                  struct record_page *page, struct err *e)
{
    const struct op_value *given = op_value(call, parameter);
    struct record_filter *filters = arena_take_many(call->arena, given->field_count + 1, sizeof *filters);
    if (filters == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (given->field_count > RECORD_FILTER_MAX)
        return err_fail_int(e, &REGISTRY_FILTER_MANY, "max", RECORD_FILTER_MAX);
    for (size_t i = 0; i < given->field_count; i++)
        if (!filter_read(call, entity, &given->fields[i], &filters[i], e))
            return false;
    page->filters = filters;
    page->filter_count = given->field_count;
    return true;
}

static bool sort_read(const struct op_call *call, struct record_query *q, struct record_page *page,
                      struct err *e)
{
    const struct op_value *sort = op_value(call, "sort");
    if (!sort->given)
        return true;
    page->descending = text_starts_with(sort->s, TEXT("-"));
    struct text name = page->descending ? text_slice(sort->s, 1, sort->s.size) : sort->s;
    return field_find(call, q->entity, name, name, &page->sort, e);
}

static bool limit_read(const struct op_call *call, int64_t *out, struct err *e)
{
    const struct op_value *limit = op_value(call, "limit");
    *out = limit->given ? limit->n : OP_PAGE_LIMIT;
    if (*out >= 1 && *out <= OP_PAGE_LIMIT_MAX)
        return true;
    return op_value_bad(e, "limit", limit->s, "1-1000");
}

bool page_read(const struct op_call *call, struct record_query *q, struct record_page *page, struct err *e)
{
    const struct op_value *cursor = op_value(call, "cursor"), *offset = op_value(call, "offset");
    if (!sort_read(call, q, page, e) || !limit_read(call, &q->limit, e))
        return false;
    if (cursor->given && offset->given)
        return err_fail(e, &REGISTRY_CURSOR_OFFSET);
    page->offset = offset->given ? offset->n : 0;
    q->page = page;
    return !cursor->given
           || record_cursor_read(call->session->records, q, cursor->s, call->arena, &page->after, e);
}
