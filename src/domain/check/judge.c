/* The rules' answer about one household, for whoever edits it. Always holds: only findings of that household
 * (or, where a record belongs to none, of that record) are told. */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/check/parts.h"

#define JUDGED_MAX (4u << 20) /* bytes of the findings of one household */

/* The household of a record that hangs below one or names one; TEXT_NONE: none. */
static bool household_of(struct op_call *call, const struct catalog_entity *entity, struct text id,
                         struct text *out, struct err *e)
{
    const struct catalog_entity *household = catalog_entity(call->session->catalog, TEXT("household"));
    const struct catalog_field *field = NULL;
    *out = entity == household ? id : TEXT_NONE;
    for (size_t i = 0; i < entity->stored_count && field == NULL; i++)
        if (entity->stored[i]->type == FIELD_REF && entity->stored[i]->entity == household)
            field = entity->stored[i];
    if (entity == household || household == NULL || field == NULL)
        return true;
    struct record_query q = {
        .entity = entity, .as_of = DAY_NONE, .fields = &field, .field_count = 1, .limit = 1, .id = id};
    struct record_scan *scan;
    struct record_row row;
    if (!area_of(TEXT(""), &q.area, e) || !record_scan_open(call->session->records, &q, &scan, e))
        return false;
    if (record_scan_next(scan, &row, e) && row.values[0].kind == VALUE_TEXT)
        *out = text_copy(call->arena, row.values[0].s);
    record_scan_close(scan);
    return e->kind == NULL;
}

static bool findings_write(struct op_call *call, struct findings *f, struct text household, struct text id,
                           struct text *out, struct err *e)
{
    struct buf b;
    struct json j;
    buf_init(&b, JUDGED_MAX);
    json_open(&j, json_to_buf, &b);
    json_array(&j);
    for (size_t i = 0; i < f->count; i++) {
        const struct finding *found = &f->at[i];
        bool own =
            household.at != NULL ? text_equal(found->household, household) : text_equal(found->record, id);
        if (!own || found->explained)
            continue;
        finding_json(&j, found, call->lang);
        json_object_end(&j);
    }
    json_array_end(&j);
    *out = json_end(&j) && !b.failed ? text_copy(call->arena, buf_text(&b)) : TEXT_NONE;
    buf_clear(&b);
    return out->at != NULL || err_fail(e, &OUT_OF_MEMORY);
}

static bool judge(struct op_call *call, const struct scope *scope, struct text household, struct text id,
                  struct text *out, struct err *e)
{
    const struct run_options options = {
        .area = scope->area, .as_of = scope->as_of, .rules = true, .threads = 1};
    const struct run_rule *rules;
    size_t count;
    struct findings found;
    struct run *run = NULL;
    bool good = run_open(call->session->records, call->session->catalog, &options, &run, e)
                && run_rules(run, &rules, &count, e) && findings_make(call, run, rules, count, &found, e)
                && findings_match(call, scope, &found, e)
                && findings_write(call, &found, household, id, out, e);
    run_close(run);
    return good;
}

bool check_judge(struct op_call *call, const struct catalog_entity *entity, struct text id,
                 struct text village, struct text *out, struct err *e)
{
    struct records *r = call->session->records;
    struct scope scope = {.as_of = clock_today()};
    struct text household;
    if (!area_of(village, &scope.area, e) || !household_of(call, entity, id, &household, e))
        return false;
    records_only(r, catalog_entity(call->session->catalog, TEXT("household")), household);
    bool good = judge(call, &scope, household, id, out, e);
    records_only(r, NULL, TEXT_NONE);
    return good;
}
