/* Headers and what they mean. Always: keys are ordered and unique; slots has key_count entries for each kind.
 */
#include "domain/import/heading.h"
#include "base/base.err.h"
#include "format/sheet/sheet.h"
#include <stdlib.h>

#define KEYS_MAX 16384 /* all kinds together; the pack's loader keeps far below */

/* One spelling that a pack gives for a field of one kind. `rank`: the kind's own headers first, then labels,
 * then synonyms; the lowest wins where two fields claim one spelling. */
struct claim {
    struct text key;
    uint16_t kind, field;
    uint8_t also, rank;
};
struct claims {
    struct claim *at;
    size_t count, room;
    bool failed;
};

static struct text without_bracket(struct text key)
{
    if (key.size < 3 || key.at[key.size - 1] != ')')
        return TEXT_NONE;
    for (size_t i = key.size - 1; i-- > 1;)
        if (key.at[i] == '(')
            return (struct text){key.at, i};
    return TEXT_NONE;
}

/* The form that is compared, and the unit; TEXT_NONE for what can be no header. */
static struct text key_of(struct text as_written, struct arena *a, struct text *unit_out)
{
    *unit_out = TEXT_NONE;
    struct text t = text_trim(as_written);
    while (t.size > 0 && t.at[0] == '*')
        t = text_trim(text_slice(t, 1, t.size));
    while (t.size > 0 && (t.at[t.size - 1] == '*' || t.at[t.size - 1] == ':'))
        t = text_trim(text_slice(t, 0, t.size - 1));
    if (text_ends_with(t, TEXT("：")))
        t = text_trim(text_slice(t, 0, t.size - 3));
    struct text key = TEXT_NONE;
    if (t.size == 0 || !sheet_header_key(t, a, &key, unit_out))
        return TEXT_NONE;
    return catalog_fold(a, key);
}

static void claim(struct claims *c, const struct claim *one)
{
    if (c->count == c->room) {
        size_t room = c->room == 0 ? 1024 : 2 * c->room;
        struct claim *at = room > KEYS_MAX * 4 ? NULL : realloc(c->at, room * sizeof *at);
        if (at == NULL) {
            c->failed = true;
            return;
        }
        c->at = at;
        c->room = room;
    }
    c->at[c->count++] = *one;
}

static void claim_text(struct claims *c, struct claim like, struct text header, struct arena *a)
{
    struct text unit;
    like.key = key_of(header, a, &unit);
    if (!text_is_empty(like.key))
        claim(c, &like);
}

static void claim_fields(struct claims *c, const struct catalog_entity *entity, struct claim like,
                         struct arena *a)
{
    for (size_t f = 0; f < entity->field_count; f++) {
        const struct catalog_field *field = &entity->fields[f];
        if (field->derived_from != NULL)
            continue;
        like.field = (uint16_t)f;
        like.rank = 1;
        claim_text(c, like, field->label.zh, a);
        claim_text(c, like, field->label.en, a);
        like.rank = 2;
        for (size_t i = 0; i < field->header_count; i++)
            claim_text(c, like, field->headers[i], a);
        like.rank = 3; /* exports of the national system with its column names */
        claim_text(c, like, field->national, a);
    }
}

static void claim_kind(struct claims *c, const struct catalog_import *import, uint16_t kind, struct arena *a)
{
    for (size_t i = 0; i < import->header_count; i++)
        claim_text(c, (struct claim){.kind = kind, .field = (uint16_t)import->headers[i].field},
                   import->headers[i].header, a);
    claim_fields(c, import->entity, (struct claim){.kind = kind}, a);
    if (import->also != NULL)
        claim_fields(c, import->also, (struct claim){.kind = kind, .also = 1}, a);
}

static int claim_compare(const void *left, const void *right)
{
    const struct claim *a = left, *b = right;
    int by_key = text_compare(a->key, b->key);
    if (by_key != 0)
        return by_key;
    return a->rank != b->rank ? (int)a->rank - (int)b->rank : (int)a->field - (int)b->field;
}

static bool number_keys(struct claims *c, struct arena *a, struct headings *out)
{
    struct text *keys = arena_take_many(a, c->count + 1, sizeof *keys);
    struct heading_slot *slots = NULL;
    size_t count = 0;
    if (keys == NULL)
        return false;
    for (size_t i = 0; i < c->count; i++)
        if (count == 0 || !text_equal(keys[count - 1], c->at[i].key))
            keys[count++] = c->at[i].key;
    slots = arena_take_many(a, count * out->kind_count + 1, sizeof *slots);
    if (slots == NULL)
        return false;
    memset(slots, 0xff, count * out->kind_count * sizeof *slots);
    size_t key = 0;
    for (size_t i = 0; i < c->count; i++) {
        key += !text_equal(keys[key], c->at[i].key);
        struct heading_slot *slot = &slots[c->at[i].kind * count + key];
        uint16_t *field = c->at[i].also ? &slot->also : &slot->main;
        if (*field == SLOT_NONE)
            *field = c->at[i].field;
    }
    out->keys = keys;
    out->key_count = count;
    struct heading_kind *kinds = arena_take_many(a, out->kind_count + 1, sizeof *kinds);
    if (kinds == NULL)
        return false;
    for (size_t k = 0; k < out->kind_count; k++)
        kinds[k] = (struct heading_kind){.import = &out->catalog->imports[k], .slots = slots + k * count};
    out->kinds = kinds;
    return true;
}

static const struct text *folded(const struct text *words, size_t count, struct arena *a)
{
    struct text *out = arena_take_many(a, count + 1, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++)
        out[i] = catalog_fold(a, words[i]);
    return out;
}

static bool fold_words(struct headings *out, struct arena *a)
{
    struct heading_kind *kinds = arena_take_many(a, out->kind_count + 1, sizeof *kinds);
    if (kinds == NULL)
        return false;
    for (size_t k = 0; k < out->kind_count; k++) {
        kinds[k] = out->kinds[k];
        const struct catalog_import *import = kinds[k].import;
        kinds[k].names = folded(import->names, import->name_count, a);
        kinds[k].titles = folded(import->titles, import->title_count, a);
        if (kinds[k].names == NULL || kinds[k].titles == NULL)
            return false;
    }
    out->kinds = kinds;
    return true;
}

bool headings_build(const struct catalog *catalog, struct arena *a, struct headings *out, struct err *e)
{
    struct claims claims = {0};
    *out = (struct headings){.catalog = catalog, .kind_count = catalog->import_count};
    for (size_t k = 0; k < catalog->import_count; k++)
        claim_kind(&claims, &catalog->imports[k], (uint16_t)k, a);
    if (claims.count > 0)
        qsort(claims.at, claims.count, sizeof *claims.at, claim_compare);
    bool done = !claims.failed && number_keys(&claims, a, out) && fold_words(out, a);
    free(claims.at);
    return done || err_fail(e, &OUT_OF_MEMORY);
}

static uint32_t key_number(const struct headings *h, struct text key)
{
    size_t low = 0, high = h->key_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = text_compare(h->keys[middle], key);
        if (order == 0)
            return (uint32_t)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return HEADING_NONE;
}

struct heading heading_of(const struct headings *h, struct text as_written, struct arena *a)
{
    struct heading out = {.key = HEADING_NONE};
    if (as_written.size > HEADING_CHARS_MAX * 4 || text_count(as_written) > HEADING_CHARS_MAX)
        return out;
    struct text key = key_of(as_written, a, &out.unit);
    for (; !text_is_empty(key) && out.key == HEADING_NONE; key = without_bracket(key))
        out.key = key_number(h, key);
    return out;
}

bool heading_is_idle(struct text as_written, struct arena *a)
{
    static const char *const idle[] = {"序号", "原行号", "行号", "编号序号", "no", "no."};
    struct text unit, key = key_of(as_written, a, &unit);
    for (size_t i = 0; i < COUNT_OF(idle); i++)
        if (text_equal(key, text_of(idle[i])))
            return true;
    return false;
}
