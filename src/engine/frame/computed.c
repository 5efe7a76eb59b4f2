/* Computed columns: filled side by side by several threads, then made narrow. */
#include "base/base.err.h"
#include "engine/frame/table.h"
#include <assert.h>
#include <stdlib.h>

static size_t place_of(const struct frame *f, const struct catalog_computed *computed)
{
    return (size_t)(computed - f->catalog->computed);
}

/* All rows at once, so that threads never grow anything. */
static bool make_room(struct computed_column *c, uint32_t rows)
{
    if (!bits_room(&c->present, rows))
        return false;
    if (c->of->type == CEL_BOOL)
        return bits_room(&c->yes, rows);
    if (c->of->type == CEL_DOUBLE)
        return (c->d = calloc((size_t)rows + 1, sizeof *c->d)) != NULL;
    return (c->wide = calloc((size_t)rows + 1, sizeof *c->wide)) != NULL;
}

bool frame_computed_begin(struct frame *f, const struct catalog_computed *computed, struct err *e)
{
    struct computed_column *c = arena_take(&f->arena, sizeof *c);
    if (c == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    assert(f->computed[place_of(f, computed)] == NULL);
    c->of = computed;
    dictionary_init(&c->words);
    pthread_mutex_init(&c->lock, NULL);
    f->computed[place_of(f, computed)] = c;
    return make_room(c, frame_rows(f, computed->on)) || err_fail(e, &OUT_OF_MEMORY);
}

static void mark(struct bits *b, uint32_t row) { b->at[row >> 6] |= (uint64_t)1 << (row & 63); }

static bool put_word(struct computed_column *c, uint32_t row, struct text t)
{
    pthread_mutex_lock(&c->lock);
    uint32_t number = dictionary_number(&c->words, t);
    pthread_mutex_unlock(&c->lock);
    if (number == ROW_NONE)
        return false;
    c->wide[row] = number;
    return true;
}

bool frame_computed_put(struct frame *f, const struct catalog_computed *computed, uint32_t row,
                        const struct cel_value *value)
{
    struct computed_column *c = f->computed[place_of(f, computed)];
    if (value->kind != computed->type)
        return true;
    switch (value->kind) {
    case CEL_BOOL:
        if (value->b)
            mark(&c->yes, row);
        break;
    case CEL_INT:
    case CEL_TIMESTAMP:
        c->wide[row] = value->i;
        break;
    case CEL_DOUBLE:
        c->d[row] = value->d;
        break;
    case CEL_STRING:
        if (!put_word(c, row, value->s))
            return false;
        break;
    default:
        return true;
    }
    mark(&c->present, row);
    return true;
}

void frame_computed_failed(struct frame *f, const struct catalog_computed *computed, uint32_t row)
{
    struct computed_column *c = f->computed[place_of(f, computed)];
    pthread_mutex_lock(&c->lock);
    /* Memory out here would hide a failure: then the value is absent, which no rule fires on. */
    if (bits_set(&c->failed, row))
        c->present.at[row >> 6] &= ~((uint64_t)1 << (row & 63));
    pthread_mutex_unlock(&c->lock);
}

static void narrow(struct computed_column *c, uint32_t rows)
{
    for (uint32_t row = 0; row < rows; row++)
        if (bits_get(&c->present, row) && !packed_put(&c->n, row, c->wide[row]))
            return; /* memory is out: the wide numbers stay */
    free(c->wide);
    c->wide = NULL;
}

void frame_computed_end(struct frame *f, const struct catalog_computed *computed)
{
    struct computed_column *c = f->computed[place_of(f, computed)];
    if (c->wide != NULL)
        narrow(c, frame_rows(f, computed->on));
    struct access *access = &f->tables[computed->on->index].access[computed->class_field];
    *access = (struct access){.kind = READ_COMPUTED, .computed = c, .field = &computed->shown};
    c->done = true;
}

bool frame_has_computed(const struct frame *f, const struct catalog_computed *computed)
{
    return f->computed[place_of(f, computed)] != NULL;
}

void frame_computed_clear(struct computed_column *c)
{
    bits_clear(&c->present);
    bits_clear(&c->yes);
    bits_clear(&c->failed);
    packed_clear(&c->n);
    free(c->wide);
    free(c->d);
    dictionary_clear(&c->words);
    pthread_mutex_destroy(&c->lock);
}
