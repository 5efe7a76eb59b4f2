/* What a change is called in the journal: money, decimals and dates as text, whole numbers as they are. */
#include "base/base.err.h"
#include "engine/record/batch.h"
#include "engine/record/record.err.h"

static bool as_text(struct arena *a, const struct catalog_field *field, int64_t n, struct value *out)
{
    char *shown = arena_take(a, 32);
    if (shown == NULL)
        return false;
    if (field->type == FIELD_DATE)
        day_format((day)n, shown);
    else if (field->type == FIELD_MONEY)
        fen_format(n, shown);
    else
        decimal_format(n, field->digits, false, shown);
    *out = value_text(text_of(shown));
    return true;
}

static bool journal_value(struct arena *a, const struct catalog_field *field, struct value v,
                          struct value *out)
{
    if (v.kind == VALUE_INT
        && (field->type == FIELD_DATE || field->type == FIELD_MONEY || field->type == FIELD_DECIMAL))
        return as_text(a, field, v.n, out);
    *out = v;
    return true;
}

static bool old_value(struct batch *b, const struct table *t, const struct state *before, size_t i,
                      struct value *out, struct err *e)
{
    const struct catalog_field *field = t->entity->stored[i];
    const struct kept *kept = &before->cells[i];
    if (!field->sealed)
        return journal_value(&b->scratch, field, kept->v, out) || err_fail(e, &OUT_OF_MEMORY);
    if (kept->cipher.at == NULL)
        return true;
    struct text plain;
    if (!vault_unseal(b->r->vault, &b->scratch, t->entity->z, field->z, before->id, kept->cipher, &plain, e))
        return false;
    *out = value_text(plain);
    return true;
}

static bool day_value(struct arena *a, day d, struct value *out)
{
    char *shown = arena_take(a, 11);
    if (shown == NULL)
        return false;
    day_format(d, shown);
    *out = value_text(text_of(shown));
    return true;
}

static bool add_fact_day(struct batch *b, const struct state *before, const struct incoming *in,
                         struct journal_change *c)
{
    c->field = TEXT("fact_day");
    return day_value(&b->scratch, in->fact_day, &c->after)
           && (before == NULL || day_value(&b->scratch, before->fact_day, &c->before));
}

static bool add_field(struct batch *b, const struct table *t, size_t i, const struct state *before,
                      const struct incoming *in, struct journal_change *c, struct err *e)
{
    const struct catalog_field *field = t->entity->stored[i];
    const struct cell *cell = &in->cells[i];
    c->field = field->id;
    c->sensitive = field->sealed || field->class == CLASS_SENSITIVE;
    if (field->sealed)
        c->after = cell->v.kind != VALUE_NONE ? value_text(cell->plain) : value_none();
    else if (!journal_value(&b->scratch, field, cell->v, &c->after))
        return err_fail(e, &OUT_OF_MEMORY);
    return before == NULL || old_value(b, t, before, i, &c->before, e);
}

bool changes_of(struct batch *b, const struct table *t, const struct state *before, const struct incoming *in,
                const struct difference *d, struct change_list *out, struct err *e)
{
    struct journal_change *at = arena_take_many(&b->scratch, t->by_name_count + 1, sizeof *at);
    size_t count = 0;
    if (at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t k = 0; k < t->by_name_count; k++) {
        size_t i = t->by_name[k];
        struct journal_change *c = &at[count];
        if (i == BY_NAME_FACT_DAY) {
            if (d->fact_day && !add_fact_day(b, before, in, c))
                return err_fail(e, &OUT_OF_MEMORY);
            count += d->fact_day;
        } else if (i == BY_NAME_VILLAGE) {
            c->field = TEXT("village");
            c->after = value_text(text_of(in->place.village));
            c->before = before != NULL ? value_text(before->village) : value_none();
            count += d->village;
        } else if (bit(d->set, i)) {
            if (!add_field(b, t, i, before, in, c, e))
                return false;
            count++;
        }
    }
    if (d->valid_from) { /* filed into the past: the day from which it was so */
        at[count] = (struct journal_change){.field = TEXT("valid_from")};
        if (!day_value(&b->scratch, in->fact_day, &at[count++].after))
            return err_fail(e, &OUT_OF_MEMORY);
    }
    *out = (struct change_list){at, count};
    return true;
}
