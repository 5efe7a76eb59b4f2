/* The register as one batch of the database, by the way that every import takes. */
#include "base/base.err.h"
#include "domain/synth/sink.h"
#include "engine/record/record.err.h"

#define CODE_CACHE                                                                                           \
    64 /* labels of a column that were looked up already; labels are literals, so their address tells them   \
        */

struct target { /* a column's field in the pack */
    const struct catalog_field *field;
    int64_t scale; /* what a decimal is multiplied by */
    size_t cached;
    const char *label[CODE_CACHE];
    struct value code[CODE_CACHE];
};
struct base {
    struct op_call *call;
    const struct catalog *c;
    struct batch *batch;
    struct target targets[MADE_COUNT][MADE_COLUMN_MAX];
    const struct catalog_entity *entities[MADE_COUNT];
    uint64_t given[MADE_COUNT][4];
    struct synth_counts *counts;
    uint64_t done;
};

static void resolve_kind(struct base *b, enum made kind)
{
    const struct made_kind *k = &made_kinds[kind];
    b->entities[kind] = catalog_entity(b->c, text_of(k->entity));
    for (size_t i = 0; k->columns[i].field != NULL && b->entities[kind] != NULL; i++) {
        struct target *t = &b->targets[kind][i];
        t->field = catalog_field(b->entities[kind], text_of(k->columns[i].field));
        if (t->field == NULL || t->field->column == SIZE_MAX) {
            t->field = NULL; /* a name that is only shown */
            continue;
        }
        t->scale = 1;
        for (int d = 2; d < t->field->digits; d++)
            t->scale *= 10;
        b->given[kind][t->field->column / 64] |= (uint64_t)1 << (t->field->column % 64);
    }
}

/* The stored form of labels joined by commas. */
static struct value read_codes(struct base *b, const struct catalog_codes *codes, struct text label)
{
    struct text joined = TEXT("");
    for (size_t at = 0; at <= label.size;) {
        size_t end = text_find(label, TEXT(","), at);
        if (end == SIZE_MAX)
            end = label.size;
        const struct catalog_code *code = catalog_code_read(codes, text_slice(label, at, end - at));
        if (code != NULL)
            joined = text_format(b->call->arena, "%.*s%s%.*s", TEXT_ARG(joined), at > 0 ? "," : "",
                                 TEXT_ARG(code->code));
        at = end + 1;
    }
    return joined.size > 0 ? value_text(joined) : value_none();
}

static struct value code_of(struct base *b, struct target *t, struct text label)
{
    for (size_t i = 0; i < t->cached; i++)
        if (t->label[i] == label.at)
            return t->code[i];
    struct value code = read_codes(b, t->field->codes, label);
    if (t->cached < CODE_CACHE) {
        t->label[t->cached] = label.at;
        t->code[t->cached++] = code;
    }
    return code;
}

static bool add_row(void *user, enum made kind, const struct value *values, struct err *e)
{
    struct base *b = user;
    const struct made_kind *k = &made_kinds[kind];
    struct value stored[CATALOG_FIELD_MAX] = {0};
    struct batch_row row = {
        .entity = b->entities[kind], .sheet = kind, .fact_day = 18261 /* 2019-12-31 */, .values = stored};
    for (size_t i = 0; k->columns[i].field != NULL; i++) {
        struct target *t = &b->targets[kind][i];
        struct value v = values[i];
        if (t->field == NULL || v.kind == VALUE_NONE)
            continue;
        if (t->field->codes != NULL)
            v = code_of(b, t, v.s);
        else if (k->columns[i].type == MADE_DECIMAL)
            v.n *= t->scale;
        stored[t->field->column] = v;
    }
    memcpy(row.given, b->given[kind], sizeof row.given);
    row.row = (uint32_t)++b->counts->rows[kind];
    if (++b->done % 16384 == 0 && !op_progress(b->call, "stage", b->done, 0))
        return err_fail(e, &RECORD_CANCELLED);
    return batch_add(b->batch, &row, e);
}

static bool batch_progress(void *user, const char *stage, uint64_t done, uint64_t total)
{
    return op_progress(user, stage, done, total);
}
static void ignore_refusal(void *user, const struct batch_row *row, enum batch_refusal why,
                           const struct catalog_field *field, struct text value, uint32_t other_sheet,
                           uint32_t other_row)
{
    (void)user, (void)row, (void)why, (void)field, (void)value, (void)other_sheet, (void)other_row;
}
static void ignore_note(void *user, const struct batch_row *row, enum batch_note what,
                        const struct catalog_field *field, struct text value)
{
    (void)user, (void)row, (void)what, (void)field, (void)value;
}

static bool fill(struct base *b, const struct plan *plan, struct err *e)
{
    for (enum made kind = 0; kind < MADE_COUNT; kind++)
        if (b->entities[kind] != NULL && !plan_rows(plan, kind, add_row, b, e))
            return false;
    return true;
}

bool sink_database(struct op_call *call, const struct plan *plan, struct synth_counts *counts, struct err *e)
{
    struct session *s = call->session;
    struct base *b = arena_take(call->arena, sizeof *b);
    const struct batch_events events = {
        .user = call, .refused = ignore_refusal, .noted = ignore_note, .progress = batch_progress};
    const struct batch_options options = {.by = call->by, .why = TEXT("synth"), .office = s->office};
    struct batch_counts per_kind[MADE_COUNT] = {0};
    struct uuid batch;
    if (b == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    b->call = call;
    b->c = s->catalog;
    b->counts = counts;
    for (enum made kind = 0; kind < MADE_COUNT; kind++)
        resolve_kind(b, kind);
    if (!batch_open(s->records, s->journal, &options, &events, &b->batch, e))
        return false;
    if (!fill(b, plan, e)) {
        batch_abandon(b->batch);
        return false;
    }
    return batch_finish(b->batch, per_kind, MADE_COUNT, &batch, e);
}
