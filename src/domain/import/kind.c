/* Kinds weighed against a header. The order of the contract: the header; among kinds with the same header the
 * sheet's name, the title, the prefix of the numbers; the file's name only when all of these are silent. */
#include "domain/import/kind.h"
#include "base/base.err.h"

#define FEW_FIELDS 4    /* fewer known columns must be a quarter of all headers */
#define ROSTER_FIELDS 3 /* a list of keys alone (who is on which post) has at least so many columns */
#define NEARLY_FIELDS                                                                                        \
    5                   /* a header without its key column is still that kind when it has so many others … \
                         */
#define NEARLY_SHARE 60 /* … and they are so many in a hundred of all headers */
#define COMPANION_FACTS 2 /* columns that make a list feed a second entity */

bool kind_needs_key(const struct catalog_entity *entity, size_t key_index)
{
    const struct catalog_field *field = &entity->fields[entity->key[key_index]];
    if (field->required || field->type == FIELD_VILLAGE)
        return true;
    for (size_t i = 0; i < entity->key_count; i++)
        if (entity->fields[entity->key[i]].required)
            return false;
    return key_index == 0;
}

static bool is_key(const struct catalog_entity *entity, size_t field)
{
    for (size_t i = 0; i < entity->key_count; i++)
        if (entity->key[i] == field)
            return true;
    return false;
}

static bool is_fact(const struct catalog_entity *entity, size_t field)
{
    const struct catalog_field *f = &entity->fields[field];
    return f->column != SIZE_MAX && f->type != FIELD_VILLAGE && !is_key(entity, field);
}

/* A key field has its column, is given by the kind, or is a village for whose code a column of names stands
 * in. */
static bool has_field(const struct heading_kind *kind, const bool *seen, size_t field)
{
    const struct catalog_import *import = kind->import;
    const struct catalog_entity *entity = import->entity;
    if (seen[field])
        return true;
    for (size_t i = 0; i < import->set_count; i++)
        if (import->set[i].field == field)
            return true;
    for (size_t f = 0; f < entity->field_count; f++)
        if (seen[f] && entity->fields[f].names.at != NULL
            && text_equal(entity->fields[f].names, entity->fields[field].id))
            return true;
    return false;
}

static const struct catalog_field *missing_key(const struct heading_kind *kind, const bool *seen)
{
    const struct catalog_entity *entity = kind->import->entity;
    const struct catalog_field *missing = NULL;
    for (size_t i = entity->key_count; i-- > 0;)
        if (kind_needs_key(entity, i) && !has_field(kind, seen, entity->key[i]))
            missing = &entity->fields[entity->key[i]];
    bool other_way = missing != NULL && entity->alternate_key_count > 0;
    for (size_t i = 0; other_way && i < entity->alternate_key_count; i++)
        other_way = has_field(kind, seen, entity->alternate_key[i]);
    return other_way ? NULL : missing;
}

bool kind_fit(const struct heading_kind *kind, const struct candidate *c, struct arena *a,
              struct kind_fit *out, struct err *e)
{
    const struct catalog_entity *entity = kind->import->entity, *also = kind->import->also;
    struct arena_mark mark = arena_mark(a);
    bool *seen = arena_take(a, entity->field_count + 1);
    bool *seen_also = arena_take(a, (also != NULL ? also->field_count : 0) + 1);
    *out = (struct kind_fit){0};
    if (seen == NULL || seen_also == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < c->count; i++) {
        struct text unit;
        bool combined;
        const struct heading_slot *slot = candidate_slot(kind, &c->cells[i], &unit, &combined);
        if (slot == NULL)
            continue;
        bool *taken = slot->main != SLOT_NONE ? &seen[slot->main] : &seen_also[slot->also];
        if (*taken)
            continue;
        *taken = true;
        out->fields++;
        out->combined += combined;
        out->units += unit.size > 0;
        if (slot->main != SLOT_NONE)
            out->facts += is_fact(entity, slot->main);
        else
            out->also += is_fact(also, slot->also);
    }
    out->missing = missing_key(kind, seen);
    arena_rewind(a, mark);
    return true;
}

static bool acceptable(const struct heading_kind *kind, const struct kind_fit *fit, size_t headers)
{
    if (kind->import->also != NULL && fit->also < COMPANION_FACTS)
        return false;
    if (fit->missing != NULL)
        return fit->fields >= NEARLY_FIELDS && fit->fields * 100 >= headers * NEARLY_SHARE;
    if (fit->fields < 2 || (fit->facts == 0 && fit->fields < ROSTER_FIELDS))
        return false;
    return fit->fields >= FEW_FIELDS || fit->fields * 3 >= headers;
}

/* Length of the longest of the words that stands in the text; 0: none. */
static size_t hit(const struct text *words, size_t count, struct text in)
{
    size_t best = 0;
    for (size_t i = 0; i < count; i++)
        if (words[i].size > best && text_find(in, words[i], 0) != SIZE_MAX)
            best = words[i].size;
    return best;
}

bool kind_has_prefix(const struct heading_kind *kind, struct text number)
{
    struct text prefix = kind->import->prefix, n = text_trim(number);
    if (text_is_empty(prefix) || n.size < prefix.size)
        return false;
    for (size_t i = 0; i < prefix.size; i++)
        if ((prefix.at[i] | 0x20) != (n.at[i] | 0x20))
            return false;
    return true;
}

/* How early a record below the header has the kind's prefix in this column; 0: none has. */
static size_t prefix_in(const struct heading_kind *kind, uint32_t column, const struct head *head,
                        size_t body)
{
    for (size_t r = body; r < head->count; r++)
        for (size_t k = 0; k < head->rows[r].count; k++)
            if (head->rows[r].cells[k].column == column && kind_has_prefix(kind, head->rows[r].cells[k].text))
                return LAYOUT_HEAD_MAX + LAYOUT_AHEAD - r;
    return 0;
}

/* The first records' numbers are looked at; the first that has a prefix decides. */
static size_t prefix_hit(const struct heading_kind *kind, const struct candidate *c, const struct head *head,
                         size_t body)
{
    const struct catalog_entity *entity = kind->import->entity;
    for (size_t i = 0; i < c->count && !text_is_empty(kind->import->prefix); i++) {
        struct text unit;
        bool combined;
        const struct heading_slot *slot = candidate_slot(kind, &c->cells[i], &unit, &combined);
        if (slot != NULL && slot->main == entity->key[0])
            return prefix_in(kind, c->cells[i].column, head, body);
    }
    return 0;
}

/* Keeps the kinds of `on` with the greatest score, all of them when none has any; answers how many are left.
 */
static size_t keep_best(bool *on, const size_t *score, size_t count)
{
    size_t best = 0, left = 0;
    for (size_t k = 0; k < count; k++)
        if (on[k] && score[k] > best)
            best = score[k];
    for (size_t k = 0; k < count; k++) {
        on[k] = on[k] && score[k] == best;
        left += on[k];
    }
    return left;
}

/* Kinds of the entity that fits best; further ones of the same entity, whose headers its kinds share. */
static size_t same_header(const struct headings *h, const struct kind_fit *fits, size_t headers, bool *on)
{
    size_t best = 0, count = 0;
    for (size_t k = 0; k < h->kind_count; k++) {
        on[k] = acceptable(&h->kinds[k], &fits[k], headers);
        if (on[k] && 2 * fits[k].fields + (fits[k].missing == NULL) > best)
            best = 2 * fits[k].fields + (fits[k].missing == NULL);
    }
    for (size_t k = 0; k < h->kind_count; k++) {
        bool keep = false;
        for (size_t j = 0; on[k] && j < h->kind_count; j++)
            keep |= acceptable(&h->kinds[j], &fits[j], headers)
                    && 2 * fits[j].fields + (fits[j].missing == NULL) == best
                    && h->kinds[j].import->entity == h->kinds[k].import->entity
                    && h->kinds[j].import->also == h->kinds[k].import->also;
        on[k] = keep;
        count += keep;
    }
    return count;
}

struct scores {
    const struct headings *h;
    const struct candidate *c;
    const struct head *head;
    size_t body;
    const struct kind_words *words;
    const struct kind_fit *fits;
    size_t *score;
    bool *on;
};

enum { BY_NAME, BY_TITLE, BY_PREFIX, BY_FILE, BY_FIELDS, BY_PLAINNESS, BY_ORDER };

static size_t score_of(const struct scores *s, size_t k, int by)
{
    const struct heading_kind *kind = &s->h->kinds[k];
    const struct catalog_import *import = kind->import;
    size_t name_hit;
    switch (by) {
    case BY_NAME:
        return hit(kind->names, import->name_count, s->words->sheet);
    case BY_TITLE:
        name_hit = hit(kind->names, import->name_count, s->words->title);
        return name_hit + 2 * hit(kind->titles, import->title_count, s->words->title);
    case BY_PREFIX:
        return prefix_hit(kind, s->c, s->head, s->body);
    case BY_FILE:
        name_hit = hit(kind->titles, import->title_count, s->words->file);
        return name_hit + 2 * hit(kind->names, import->name_count, s->words->file);
    case BY_FIELDS:
        return s->fits[k].fields;
    case BY_PLAINNESS:
        return import->set_count == 0 && text_is_empty(import->prefix);
    default:
        return s->h->kind_count - k;
    }
}

static bool any_prefix(const struct scores *s)
{
    for (size_t k = 0; k < s->h->kind_count; k++)
        if (s->on[k] && !text_is_empty(s->h->kinds[k].import->prefix))
            return true;
    return false;
}

static const struct heading_kind *narrow(const struct scores *s, size_t left, bool *by_prefix_out)
{
    for (int by = BY_NAME; by <= BY_ORDER && left > 1; by++) {
        if (by == BY_PREFIX)
            *by_prefix_out = any_prefix(s);
        for (size_t k = 0; k < s->h->kind_count; k++)
            s->score[k] = s->on[k] ? score_of(s, k, by) : 0;
        left = keep_best(s->on, s->score, s->h->kind_count);
    }
    for (size_t k = 0; k < s->h->kind_count; k++)
        if (s->on[k])
            return &s->h->kinds[k];
    return NULL;
}

bool kind_choose(const struct headings *h, const struct candidate *c, const struct head *head, size_t body,
                 const struct kind_words *words, struct arena *a, const struct heading_kind **out,
                 bool *by_prefix_out, const struct heading_kind **nearly_out, struct err *e)
{
    struct kind_fit *fits = arena_take_many(a, h->kind_count + 1, sizeof *fits);
    struct scores s = {.h = h, .c = c, .head = head, .body = body, .words = words, .fits = fits};
    s.score = arena_take_many(a, h->kind_count + 1, sizeof *s.score);
    s.on = arena_take_many(a, h->kind_count + 1, sizeof *s.on);
    if (fits == NULL || s.score == NULL || s.on == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    *nearly_out = NULL;
    *by_prefix_out = false;
    size_t nearest = 2;
    for (size_t k = 0; k < h->kind_count; k++) {
        if (!kind_fit(&h->kinds[k], c, a, &fits[k], e))
            return false;
        if (fits[k].missing != NULL && fits[k].fields > nearest) {
            nearest = fits[k].fields;
            *nearly_out = &h->kinds[k];
        }
    }
    size_t left = same_header(h, fits, c->count, s.on);
    *out = narrow(&s, left, by_prefix_out);
    return true;
}
