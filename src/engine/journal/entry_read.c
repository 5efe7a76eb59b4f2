/* Reading journal entries back; see entry.h. */
#include "base/base.err.h"
#include "engine/journal/canon.h"
#include "engine/journal/entry.h"
#include "engine/journal/journal.err.h"
#include "engine/vault/vault.h"

/* The sealed part, read from its beginning. */
struct secrets {
    struct text in; /* at == NULL: none to be had */
    size_t at;
};

static struct value value_of(const struct canon_node *node)
{
    if (node != NULL && node->kind == CANON_INT)
        return value_int(node->n);
    if (node != NULL && node->kind == CANON_TEXT)
        return value_text(node->s);
    return value_none();
}

static bool bad_entry(struct err *e) { return err_fail_int(e, &CANON_SYNTAX, "at", 1); }

static bool secret_take(const struct entry_reader *r, struct secrets *s, struct value *out, struct err *e)
{
    const struct canon_node *node = NULL;
    if (s->in.at == NULL)
        return true;
    if (s->in.size - s->at < ENTRY_SALT_SIZE + 4)
        return bad_entry(e);
    const unsigned char *length = (const unsigned char *)s->in.at + s->at + ENTRY_SALT_SIZE;
    size_t size = length[0] | (size_t)length[1] << 8 | (size_t)length[2] << 16 | (size_t)length[3] << 24;
    s->at += ENTRY_SALT_SIZE + 4;
    if (s->in.size - s->at < size)
        return bad_entry(e);
    if (!canon_read(text_slice(s->in, s->at, size), r->arena, &node, e))
        return false;
    s->at += size;
    *out = value_of(node);
    return true;
}

/* A plain value, or what the sealed part has for a commitment. */
static bool side_value(const struct entry_reader *r, const struct canon_node *node, struct secrets *s,
                       struct value *out, bool *sensitive, struct err *e)
{
    *out = value_of(node);
    if (node == NULL || node->kind != CANON_OBJECT)
        return true;
    *sensitive = true;
    return secret_take(r, s, out, e);
}

static struct text text_member(const struct canon_node *root, const char *key)
{
    const struct canon_node *node = canon_member(root, key);
    return node != NULL && node->kind == CANON_TEXT ? node->s : TEXT_NONE;
}

static int number_at(struct text t, size_t from, size_t size)
{
    int64_t n = 0;
    return text_to_int(text_slice(t, from, size), &n) ? (int)n : 0;
}

/* "2019-12-31T08:00:00.123Z" */
static int64_t time_of(struct text at)
{
    day d = 0;
    if (at.size != 24 || !day_parse(text_slice(at, 0, 10), &d))
        return 0;
    int64_t seconds =
        ((int64_t)d * 24 + number_at(at, 11, 2)) * 3600 + number_at(at, 14, 2) * 60 + number_at(at, 17, 2);
    return seconds * 1000 + number_at(at, 20, 3);
}

static bool unseal(const struct entry_reader *r, struct text county, int64_t position, struct text sealed,
                   struct secrets *out, struct err *e)
{
    char place[40];
    if (r->vault == NULL || sealed.at == NULL || county.size > 12)
        return true;
    return vault_unseal(r->vault, r->arena, "journal_entry", "sealed",
                        entry_place(county, (uint64_t)position, place), sealed, &out->in, e);
}

/* The names of the values of `new`: its own, or those of the entry that it is like. */
static bool names_of(const struct entry_reader *r, const struct canon_node *root,
                     const struct canon_node *new, struct text county, const struct canon_node **out,
                     struct err *e)
{
    const struct canon_node *like = canon_member(root, "like"), *other = NULL;
    struct text entry = TEXT_NONE;
    *out = new->first;
    if (new->kind == CANON_OBJECT)
        return true;
    if (new->kind != CANON_ARRAY || like == NULL || like->kind != CANON_INT)
        return bad_entry(e);
    if (!r->find(r->user, county, like->n, r->arena, &entry, e) || !canon_read(entry, r->arena, &other, e))
        return false;
    other = canon_member(other, "new");
    if (other == NULL || other->kind != CANON_OBJECT || other->count != new->count)
        return bad_entry(e);
    *out = other->first;
    return true;
}

/* All of `new`, then all of `old`, as the sealed part has them. */
static bool changes_read(const struct entry_reader *r, const struct canon_node *root,
                         const struct canon_node *new, struct text county, struct secrets *secrets,
                         struct journal_entry *out, struct err *e)
{
    const struct canon_node *name = NULL, *old = canon_member(root, "old");
    struct journal_change *changes = arena_take_many(r->arena, new->count + 1, sizeof *changes);
    size_t count = 0, kept = 0;
    if (changes == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!names_of(r, root, new, county, &name, e))
        return false;
    for (const struct canon_node *m = new->first; m != NULL; m = m->next, name = name->next, count++) {
        changes[count].field = name->key;
        if (!side_value(r, m, secrets, &changes[count].after, &changes[count].sensitive, e))
            return false;
    }
    const struct canon_node *m = old != NULL ? old->first : NULL;
    for (size_t i = 0; m != NULL && i < count; i++, m = m->next)
        if (!side_value(r, m, secrets, &changes[i].before, &changes[i].sensitive, e))
            return false;
    for (size_t i = 0; i < count; i++) /* of a new record, what was not known is no change */
        if (old != NULL || changes[i].after.kind != VALUE_NONE || changes[i].sensitive)
            changes[kept++] = changes[i];
    out->changes = changes;
    out->count = kept;
    return true;
}

bool entry_read(const struct entry_reader *r, struct text entry, struct text sealed,
                struct journal_entry *out, struct err *e)
{
    const struct canon_node *root = NULL;
    struct secrets secrets = {TEXT_NONE, 0};
    if (!canon_read(entry, r->arena, &root, e))
        return false;
    struct text county = text_member(root, "county");
    const struct canon_node *n = canon_member(root, "n"), *new = canon_member(root, "new");
    if (n == NULL || n->kind != CANON_INT || new == NULL || county.at == NULL)
        return bad_entry(e);
    *out = (struct journal_entry){.id = text_format(r->arena, "%.*s:%lld", TEXT_ARG(county), (long long)n->n),
                                  .at_ms = time_of(text_member(root, "at")),
                                  .by = text_member(root, "by"),
                                  .why = text_member(root, "why"),
                                  .entity = text_member(root, "entity"),
                                  .record = text_member(root, "record"),
                                  .batch = text_member(root, "batch")};
    return unseal(r, county, n->n, sealed, &secrets, e)
           && changes_read(r, root, new, county, &secrets, out, e);
}

/* Quotes inside a string are escaped, so these words can only stand where a key stands. */
bool entry_is_at(struct text entry, const struct entry_head *head, struct buf *scratch)
{
    buf_reset(scratch);
    buf_add(scratch, TEXT(",\"n\":"));
    buf_add_int(scratch, (int64_t)head->position);
    buf_add_char(scratch, ',');
    size_t split = scratch->size;
    buf_add(scratch, TEXT(",\"record\":"));
    if (!canon_text(scratch, head->record) || scratch->failed)
        return false;
    size_t second = scratch->size;
    buf_add(scratch, TEXT(",\"county\":\""));
    buf_add(scratch, head->county);
    buf_add_char(scratch, '"');
    struct text all = buf_text(scratch);
    return !scratch->failed && text_find(entry, text_slice(all, 0, split), 0) != SIZE_MAX
           && text_find(entry, text_slice(all, split, second - split), 0) != SIZE_MAX
           && text_find(entry, text_slice(all, second, all.size - second), 0) != SIZE_MAX;
}
