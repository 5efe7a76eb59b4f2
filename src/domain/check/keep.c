/* The life of findings: seen, explained, gone. */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/check/check.sql.h"
#include "domain/check/parts.h"
#include <stdlib.h>

struct explained {
    struct text id, digest;
};

static int by_id(const void *a, const void *b)
{
    return text_compare(((const struct explained *)a)->id, ((const struct explained *)b)->id);
}

static bool load_explained(struct op_call *call, const struct scope *scope, struct explained **out,
                           size_t *count_out, struct err *e)
{
    const struct finding_explained_list_in in = {.lo = scope_lo(&scope->area), .hi = scope_hi(&scope->area)};
    struct finding_explained_list rows;
    struct finding_explained_list_row row;
    size_t room = 0;
    *out = NULL;
    *count_out = 0;
    if (!finding_explained_list_open(call->session->store, &in, &rows, e))
        return false;
    while (e->kind == NULL && finding_explained_list_next(&rows, &row, e)) {
        if (*count_out == room) {
            room = room == 0 ? 64 : room * 2;
            struct explained *bigger = realloc(*out, room * sizeof *bigger);
            if (bigger == NULL) {
                err_fail(e, &OUT_OF_MEMORY);
                break;
            }
            *out = bigger;
        }
        (*out)[(*count_out)++] =
            (struct explained){text_copy(call->arena, row.id), text_copy(call->arena, row.explained_digest)};
    }
    finding_explained_list_close(&rows);
    return e->kind == NULL;
}

bool findings_match(struct op_call *call, const struct scope *scope, struct findings *f, struct err *e)
{
    struct explained *explained;
    size_t count;
    bool loaded = load_explained(call, scope, &explained, &count, e);
    if (loaded && count > 0)
        qsort(explained, count, sizeof *explained, by_id);
    for (size_t i = 0; i < f->count && loaded && count > 0; i++) {
        const struct explained key = {.id = text_of(f->at[i].id)};
        const struct explained *found = bsearch(&key, explained, count, sizeof *explained, by_id);
        f->at[i].explained = found != NULL && text_equal(found->digest, text_of(f->at[i].digest));
    }
    free(explained);
    return loaded;
}

static struct text joined_v(struct arena *a, const struct catalog_rule *rule)
{
    struct text all = TEXT("");
    for (size_t i = 0; i < rule->v_count; i++)
        all = text_format(a, "%.*s%s%.*s", TEXT_ARG(all), i == 0 ? "" : ",", TEXT_ARG(rule->v[i]));
    return all;
}

static bool keep_one(struct op_call *call, struct store *db, const struct scope *scope,
                     const struct finding *f, struct text run, int64_t now, struct err *e)
{
    const struct finding_seen_in in = {.county = text_slice(f->village, 0, 6),
                                       .id = text_of(f->id),
                                       .rule = f->rule->id,
                                       .version = text_of(f->rule->version),
                                       .v = joined_v(call->arena, f->rule),
                                       .level = text_of(finding_level(f)),
                                       .entity = f->entity->id,
                                       .record = f->record,
                                       .village = f->village,
                                       .household = f->household,
                                       .person = f->person,
                                       .year = f->year,
                                       .digest = text_of(f->digest),
                                       .seen = f->seen,
                                       .message_zh = f->message.zh,
                                       .message_en = f->message.en,
                                       .state = f->explained ? TEXT("explained") : TEXT("open"),
                                       .as_of = scope->as_of,
                                       .run = run,
                                       .now_ms = now};
    return finding_seen(db, &in, e);
}

static bool keep_all(struct op_call *call, struct store *db, const struct scope *scope,
                     const struct findings *f, const struct run_rule *rules, size_t count, struct err *e)
{
    char run[37];
    int64_t now = clock_now_ms();
    uuid_format(uuid_make(), run);
    for (size_t i = 0; i < f->count; i++)
        if (!keep_one(call, db, scope, &f->at[i], text_of(run), now, e))
            return false;
    for (size_t i = 0; i < count; i++) {
        const struct finding_gone_in gone = {.rule = rules[i].rule->id,
                                             .lo = scope_lo(&scope->area),
                                             .hi = scope_hi(&scope->area),
                                             .as_of = scope->as_of,
                                             .run = text_of(run)};
        if (rules[i].judged && !finding_gone(db, &gone, e))
            return false;
    }
    return true;
}

bool findings_keep(struct op_call *call, const struct scope *scope, const struct findings *f,
                   const struct run_rule *rules, size_t count, struct err *e)
{
    struct store *db;
    if (!writer_open(call, &db, e))
        return false;
    bool kept = db == NULL || keep_all(call, db, scope, f, rules, count, e);
    return writer_close(db, kept, e);
}
