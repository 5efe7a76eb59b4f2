/* Records written by a form: the batch of an import with few rows, so that journal, derived values, earlier
 * states and search follow in the same way. */
#include "base/base.err.h"
#include "domain/registry/given.h"
#include "domain/registry/registry.err.h"

static struct text refused_name(const struct batch_row *row, const struct catalog_field *field)
{
    if (field != NULL)
        return field->id;
    return row->entity->key_count > 0 ? row->entity->fields[row->entity->key[0]].id : TEXT("");
}

static void refused(void *user, const struct batch_row *row, enum batch_refusal why,
                    const struct catalog_field *field, struct text value, uint32_t other_sheet,
                    uint32_t other_row)
{
    static const struct err_kind *const kinds[] = {[BATCH_KEY_MISSING] = &REGISTRY_KEY_MISSING,
                                                   [BATCH_KEY_TWICE] = &REGISTRY_RECORD_EXISTS,
                                                   [BATCH_VILLAGE_UNKNOWN] = &REGISTRY_VILLAGE_UNKNOWN,
                                                   [BATCH_HOUSEHOLD_UNKNOWN] = &REGISTRY_PARENT_UNKNOWN};
    struct saving *s = user;
    struct err said = {.kind = NULL};
    (void)other_sheet;
    (void)other_row;
    err_fail_text(&said, kinds[why], "value", value.at != NULL ? value : TEXT(""));
    err_add(&said, "field",
            field != NULL ? label_in(field->label, s->given->call->lang) : refused_name(row, field));
    if (!given_refuse(s->given, text_copy(s->given->call->arena, refused_name(row, field)), &said,
                      &s->failed))
        return;
}

static void wrote(void *user, const struct catalog_entity *entity, struct text id, bool inserted)
{
    struct saving *s = user;
    if (entity != s->given->entity)
        return;
    struct text copy = text_copy(s->given->call->arena, id);
    if (inserted)
        s->wrote = copy;
    else
        s->existing = copy;
}

static bool applied(void *user, const struct batch_counts *counts, struct err *e)
{
    struct saving *s = user;
    if (s->failed.kind != NULL) {
        *e = s->failed;
        return false;
    }
    return given_stands(s->given, e) && (s->applied == NULL || s->applied(s, counts, e));
}

static const struct batch_events *events_of(struct saving *s)
{
    struct batch_events *events = arena_take(s->given->call->arena, sizeof *events);
    if (events != NULL)
        *events = (struct batch_events){.user = s, .refused = refused, .wrote = wrote, .applied = applied};
    return events;
}

bool saving_begin(struct saving *s, struct err *e)
{
    struct session *session = s->given->call->session;
    const struct batch_options options = {
        .by = s->given->call->by, .why = s->why, .office = session->office, .dry_run = s->dry_run};
    const struct batch_events *events = events_of(s);
    if (events == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!batch_open(session->records, session->journal, &options, events, &s->batch, e))
        return false;
    if (s->begun == NULL || s->begun(s, e))
        return true;
    saving_abandon(s);
    return false;
}

bool saving_add(struct saving *s, struct given *g, struct text id, day fact_day, struct err *e)
{
    struct batch_row row = {.entity = g->entity,
                            .row = 1,
                            .fact_day = fact_day,
                            .values = g->values,
                            .village_name = TEXT_NONE,
                            .id = id};
    memcpy(row.given, g->set, sizeof row.given);
    if (batch_add(s->batch, &row, e))
        return true;
    saving_abandon(s);
    return false;
}

bool saving_end(struct saving *s, struct err *e)
{
    struct batch_counts counts;
    struct uuid ignored;
    struct batch *b = s->batch;
    s->batch = NULL;
    return batch_finish(b, &counts, 1, &ignored, e);
}

void saving_abandon(struct saving *s)
{
    batch_abandon(s->batch);
    s->batch = NULL;
}
