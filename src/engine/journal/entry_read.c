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

/* An entry's parts: its own, or those of the entry that it is like. */
struct parts {
    const struct canon_node *root, *whole; /* whole: the one that says all; the same, mostly */
    const struct canon_node *n, *new, *old;
    struct text county;
};

static bool parts_find(const struct entry_reader *r, struct text county, struct parts *p, struct err *e)
{
    const struct canon_node *like = canon_member(p->root, "like");
    struct text entry = TEXT_NONE;
    p->whole = p->root;
    if (like == NULL)
        return true;
    return like->kind == CANON_INT ? r->find(r->user, county, like->n, r->arena, &entry, e)
                                         && canon_read(entry, r->arena, &p->whole, e)
                                   : bad_entry(e);
}

static bool parts_read(const struct entry_reader *r, struct text county, struct text entry, struct parts *p,
                       struct err *e)
{
    if (!canon_read(entry, r->arena, &p->root, e) || !parts_find(r, county, p, e))
        return false;
    const struct canon_node *names = canon_member(p->whole, "new");
    p->n = canon_member(p->root, "n");
    p->new = canon_member(p->root, "new");
    p->old = canon_member(p->root, "old");
    p->county = text_member(p->whole, "county");
    bool like = p->whole != p->root;
    if (p->n == NULL || p->n->kind != CANON_INT || p->new == NULL || names == NULL
        || names->kind != CANON_OBJECT || p->new->kind != (like ? CANON_ARRAY : CANON_OBJECT)
        || p->new->count != names->count || p->county.at == NULL)
        return bad_entry(e);
    return true;
}

/* All of `new`, then all of `old`, as the sealed part has them. */
static bool changes_read(const struct entry_reader *r, const struct parts *p, struct secrets *secrets,
                         struct journal_entry *out, struct err *e)
{
    struct journal_change *changes = arena_take_many(r->arena, p->new->count + 1, sizeof *changes);
    const struct canon_node *name = canon_member(p->whole, "new")->first;
    size_t count = 0, kept = 0;
    if (changes == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (const struct canon_node *m = p->new->first; m != NULL; m = m->next, name = name->next, count++) {
        changes[count].field = name->key;
        if (!side_value(r, m, secrets, &changes[count].after, &changes[count].sensitive, e))
            return false;
    }
    const struct canon_node *m = p->old != NULL ? p->old->first : NULL;
    for (size_t i = 0; m != NULL && i < count; i++, m = m->next)
        if (!side_value(r, m, secrets, &changes[i].before, &changes[i].sensitive, e))
            return false;
    for (size_t i = 0; i < count; i++) /* of a new record, what was not known is no change */
        if (p->old != NULL || changes[i].after.kind != VALUE_NONE || changes[i].sensitive)
            changes[kept++] = changes[i];
    out->changes = changes;
    out->count = kept;
    return true;
}

bool entry_read(const struct entry_reader *r, struct text county, struct text entry, struct text sealed,
                struct journal_entry *out, struct err *e)
{
    struct parts p = {.root = NULL};
    struct secrets secrets = {TEXT_NONE, 0};
    if (!parts_read(r, county, entry, &p, e))
        return false;
    *out = (struct journal_entry){
        .id = text_format(r->arena, "%.*s:%lld", TEXT_ARG(p.county), (long long)p.n->n),
        .at_ms = time_of(text_member(p.whole, "at")),
        .by = text_member(p.whole, "by"),
        .why = text_member(p.whole, "why"),
        .entity = text_member(p.whole, "entity"),
        .record = text_member(p.root, "record"),
        .batch = text_member(p.whole, "batch")};
    return unseal(r, p.county, p.n->n, sealed, &secrets, e) && changes_read(r, &p, &secrets, out, e);
}

static bool holds(struct text entry, struct buf *words)
{
    bool found = !words->failed && text_find(entry, buf_text(words), 0) != SIZE_MAX;
    buf_reset(words);
    return found;
}

/* Quotes inside a string are escaped, so these words can only stand where a key stands. That an entry of the
 * short form is in its own county's log the root of that log says. */
bool entry_is_at(struct text entry, const struct entry_head *head, struct buf *scratch)
{
    buf_reset(scratch);
    buf_add(scratch, TEXT(",\"n\":"));
    buf_add_int(scratch, (int64_t)head->position);
    buf_add_char(scratch, ',');
    if (!holds(entry, scratch))
        return false;
    buf_add(scratch, TEXT(",\"record\":"));
    if (!canon_text(scratch, head->record) || !holds(entry, scratch))
        return false;
    buf_add(scratch, TEXT(",\"county\":\""));
    buf_add(scratch, head->county);
    buf_add_char(scratch, '"');
    return holds(entry, scratch) || text_starts_with(entry, TEXT("{\"like\":"));
}
