/* One record as it stands, and its version. */
#include "base/base.err.h"
#include "domain/registry/parts.h"
#include "domain/registry/registry.err.h"
#include "engine/access/access.err.h"

/* What lies outside an account's area and what does not exist answer the same bytes. */
static bool absent(const struct op_call *call, const struct catalog_entity *entity, struct text id,
                   struct err *e)
{
    if (records_actor(call->session->records) != NULL)
        return err_fail(e, &ACCESS_NOT_THERE);
    err_fail_text(e, &REGISTRY_RECORD_ABSENT, "record", id);
    err_add(e, "entity", entity->id);
    return false;
}

static bool copy_values(const struct op_call *call, const struct catalog_entity *entity,
                        const struct record_row *row, struct present *out, struct err *e)
{
    struct value *values = arena_take_many(call->arena, entity->stored_count + 1, sizeof *values);
    if (values == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < entity->stored_count; i++) {
        values[i] = row->values[i];
        if (values[i].kind == VALUE_TEXT || values[i].kind == VALUE_BYTES)
            values[i].s = text_copy(call->arena, values[i].s);
    }
    out->values = values;
    return true;
}

bool present_find(const struct op_call *call, const struct catalog_entity *entity, struct text key,
                  bool with_values, struct present *out, struct err *e)
{
    struct records *r = call->session->records;
    struct record_query q = {.entity = entity,
                             .as_of = DAY_NONE,
                             .limit = 1,
                             .fields = entity->stored,
                             .field_count = with_values ? entity->stored_count : 0};
    struct record_scan *scan;
    struct record_row row;
    bool found = false;
    if (!area_of(TEXT(""), &q.area, e)
        || !record_find(r, entity, &q.area, key, call->arena, &q.id, &found, e))
        return false;
    if (!found)
        return absent(call, entity, key, e);
    if (!record_scan_open(r, &q, &scan, e))
        return false;
    found = record_scan_next(scan, &row, e);
    if (found)
        *out = (struct present){.entity = entity,
                                .id = q.id,
                                .village = text_copy(call->arena, row.village),
                                .fact_day = row.fact_day,
                                .rev = row.rev};
    bool good = found && (!with_values || copy_values(call, entity, &row, out, e));
    record_scan_close(scan);
    return found || e->kind != NULL ? good : absent(call, entity, key, e);
}

struct text present_etag(const struct op_call *call, const struct present *p)
{
    return text_format(call->arena, "\"%.*s-%lld\"", TEXT_ARG(p->entity->id), (long long)p->rev);
}
