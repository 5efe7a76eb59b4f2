/* Problems in words. Always: no value of a sensitive field leaves this file unmasked, in whichever column it
 * stands. */
#include "domain/import/tell.h"

#define SENTENCE_MAX 4096
#define SCRATCH_MAX ((size_t)1 << 20)

void teller_init(struct teller *t, struct problems *problems, enum lang lang)
{
    *t = (struct teller){.problems = problems, .lang = lang};
    buf_init(&t->sentence, SENTENCE_MAX);
    arena_init(&t->scratch, SCRATCH_MAX);
}

void teller_clear(struct teller *t)
{
    buf_clear(&t->sentence);
    arena_clear(&t->scratch);
}

struct text tell_masked(struct teller *t, const struct catalog_field *field, struct text plain)
{
    if (plain.at == NULL || field == NULL)
        return plain;
    struct text masked = catalog_mask_refused(&t->scratch, field, plain);
    return masked.at != NULL ? masked : TEXT("***");
}

void tell(struct teller *t, const struct told *what, struct err *e)
{
    struct arena_mark mark = arena_mark(&t->scratch);
    struct text value = tell_masked(t, what->field, what->value);
    if (what->field != NULL)
        err_add(e, "field", label_in(what->field->label, t->lang));
    if (value.at != NULL)
        err_add(e, "value", value);
    buf_reset(&t->sentence);
    err_sentence(e, t->lang, &t->sentence);
    struct problem p = {.level = what->level,
                        .sheet = what->sheet,
                        .row = what->row,
                        .column = what->column,
                        .field = what->field != NULL ? what->field->id : TEXT_NONE,
                        .code = text_of(e->kind->code),
                        .value = value,
                        .message = buf_text(&t->sentence)};
    problem_add(t->problems, &p);
    arena_rewind(&t->scratch, mark);
}

void tell_kind(struct teller *t, const struct told *what, const struct err_kind *kind)
{
    struct err e;
    e.kind = kind;
    e.count = 0;
    tell(t, what, &e);
}
