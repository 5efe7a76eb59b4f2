/* One journal entry as bytes; see entry.h. */
#include "engine/journal/entry.h"
#include "base/base.err.h"
#include "base/system.h"
#include "engine/journal/canon.h"
#include "engine/journal/journal.err.h"
#include "engine/vault/vault.h"
#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define SCRATCH_MAX (64u << 20)

void entry_maker_init(struct entry_maker *m, const struct vault *vault, const struct entry_batch *batch)
{
    *m = (struct entry_maker){.vault = vault, .batch = batch};
    buf_init(&m->entry, ENTRY_SIZE_MAX);
    buf_init(&m->secret, ENTRY_SIZE_MAX);
    buf_init(&m->value, ENTRY_SIZE_MAX);
    arena_init(&m->scratch, SCRATCH_MAX);
}

void entry_maker_clear(struct entry_maker *m)
{
    if (m->secret.at != NULL)
        sodium_memzero(m->secret.at, m->secret.room);
    if (m->value.at != NULL)
        sodium_memzero(m->value.at, m->value.room);
    buf_clear(&m->entry);
    buf_clear(&m->secret);
    buf_clear(&m->value);
    arena_clear(&m->scratch);
    sodium_memzero(m->salts, sizeof m->salts);
}

struct text entry_place(struct text county, uint64_t position, char out[40])
{
    int size = snprintf(out, 40, "%.*s:%llu", TEXT_ARG(county), (unsigned long long)position);
    assert(size > 0 && size < 40);
    return (struct text){out, (size_t)size};
}

static const unsigned char *salt_take(struct entry_maker *m)
{
    if (m->salts_left == 0) {
        random_fill(m->salts, sizeof m->salts);
        m->salts_left = sizeof m->salts;
    }
    m->salts_left -= ENTRY_SALT_SIZE;
    return m->salts + m->salts_left;
}

static void add_hex(struct buf *out, const unsigned char *bytes, size_t size)
{
    char hex[2 * 32 + 1];
    assert(size <= 32);
    sodium_bin2hex(hex, sizeof hex, bytes, size);
    buf_add(out, (struct text){hex, 2 * size});
}

static bool add_value(struct buf *out, struct value v)
{
    switch (v.kind) {
    case VALUE_NONE:
        buf_add(out, TEXT("null"));
        return true;
    case VALUE_INT:
        return canon_int(out, v.n);
    case VALUE_TEXT:
        return canon_text(out, v.s);
    case VALUE_BYTES:
        return false; /* ciphertext has no place in an entry */
    }
    return false;
}

static bool add_key(struct buf *out, struct text key, bool first)
{
    if (!first)
        buf_add_char(out, ',');
    if (!canon_text(out, key))
        return false;
    buf_add_char(out, ':');
    return true;
}

/* The commitment into the entry, salt and value into the sealed part. */
static bool add_commitment(struct entry_maker *m, struct text field, struct value v, bool *first)
{
    const unsigned char *salt = salt_take(m);
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    buf_reset(&m->value);
    if (!add_value(&m->value, v) || m->value.failed)
        return false;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, salt, ENTRY_SALT_SIZE);
    crypto_hash_sha256_update(&state, (const unsigned char *)m->value.at, m->value.size);
    crypto_hash_sha256_final(&state, hash);
    buf_add(&m->entry, TEXT("{\"sha256\":\""));
    add_hex(&m->entry, hash, sizeof hash);
    buf_add(&m->entry, TEXT("\"}"));

    if (!add_key(&m->secret, field, *first))
        return false;
    *first = false;
    buf_add(&m->secret, TEXT("[\""));
    add_hex(&m->secret, salt, ENTRY_SALT_SIZE);
    buf_add(&m->secret, TEXT("\","));
    buf_add(&m->secret, buf_text(&m->value));
    buf_add_char(&m->secret, ']');
    return true;
}

/* One side, {FIELD:VALUE…}: the values after or before. */
static bool add_side(struct entry_maker *m, const struct journal_change *const *changes, size_t count,
                     bool after, bool *any_secret, struct text *bad_field)
{
    bool first_secret = true;
    buf_add_char(&m->entry, '{');
    buf_add_char(&m->secret, '{');
    for (size_t i = 0; i < count; i++) {
        const struct journal_change *c = changes[i];
        struct value v = after ? c->after : c->before;
        bool good = add_key(&m->entry, c->field, i == 0);
        if (good && c->sensitive && v.kind != VALUE_NONE)
            good = add_commitment(m, c->field, v, &first_secret);
        else if (good)
            good = add_value(&m->entry, v);
        if (!good) {
            *bad_field = c->field;
            return false;
        }
    }
    buf_add_char(&m->entry, '}');
    buf_add_char(&m->secret, '}');
    *any_secret |= !first_secret;
    return true;
}

static int field_order(const void *a, const void *b)
{
    const struct journal_change *const *x = a, *const *y = b;
    return canon_key_order((*x)->field, (*y)->field);
}

/* The changes by the order of their fields; callers mostly have them so. */
static const struct journal_change **in_order(struct entry_maker *m, const struct journal_change *changes,
                                              size_t count)
{
    const struct journal_change **out = arena_take_many(&m->scratch, count + 1, sizeof *out);
    bool ordered = true;
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = &changes[i];
        ordered &= i == 0 || text_compare(changes[i - 1].field, changes[i].field) < 0;
    }
    if (out != NULL && !ordered)
        qsort(out, count, sizeof *out, field_order);
    return out;
}

static bool add_opening(struct entry_maker *m, const struct entry_head *head)
{
    const struct entry_batch *b = m->batch;
    struct buf *out = &m->entry;
    buf_add(out, TEXT("{\"at\":\""));
    buf_add_z(out, b->at);
    buf_add(out, TEXT("\",\"batch\":\""));
    buf_add_z(out, b->batch);
    buf_add(out, TEXT("\",\"by\":"));
    if (!canon_text(out, b->by))
        return false;
    buf_add(out, TEXT(",\"county\":"));
    if (!canon_text(out, head->county))
        return false;
    buf_add(out, TEXT(",\"entity\":"));
    if (!canon_text(out, head->entity))
        return false;
    buf_add(out, TEXT(",\"n\":"));
    return canon_int(out, (int64_t)head->position);
}

static bool add_closing(struct entry_maker *m, const struct entry_head *head)
{
    buf_add(&m->entry, TEXT(",\"record\":"));
    if (!canon_text(&m->entry, head->record))
        return false;
    buf_add(&m->entry, TEXT(",\"why\":"));
    if (!canon_text(&m->entry, m->batch->why))
        return false;
    buf_add_char(&m->entry, '}');
    return true;
}

static bool is_new(const struct journal_change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (changes[i].before.kind != VALUE_NONE)
            return false;
    return true;
}

static bool add_body(struct entry_maker *m, const struct entry_head *head,
                     const struct journal_change *changes, size_t count, bool *any_secret,
                     struct text *bad_field)
{
    const struct journal_change **ordered = in_order(m, changes, count);
    if (ordered == NULL)
        return false;
    *bad_field = TEXT("record");
    if (!add_opening(m, head))
        return false;
    buf_add(&m->secret, TEXT("{\"new\":"));
    buf_add(&m->entry, TEXT(",\"new\":"));
    if (!add_side(m, ordered, count, true, any_secret, bad_field))
        return false;
    if (!is_new(changes, count)) {
        buf_add(&m->secret, TEXT(",\"old\":"));
        buf_add(&m->entry, TEXT(",\"old\":"));
        if (!add_side(m, ordered, count, false, any_secret, bad_field))
            return false;
    }
    buf_add_char(&m->secret, '}');
    *bad_field = TEXT("record");
    return add_closing(m, head);
}

static bool seal(struct entry_maker *m, const struct entry_head *head, struct entry_made *out)
{
    char place[40];
    out->sealed = vault_seal(m->vault, &m->scratch, "journal_entry", "sealed",
                             entry_place(head->county, head->position, place), buf_text(&m->secret));
    return out->sealed.at != NULL;
}

bool entry_make(struct entry_maker *m, const struct entry_head *head, const struct journal_change *changes,
                size_t count, struct entry_made *out, struct err *e)
{
    bool any_secret = false;
    struct text bad_field = TEXT_NONE;
    arena_rewind(&m->scratch, (struct arena_mark){NULL, 0, 0});
    buf_reset(&m->entry);
    buf_reset(&m->secret);
    if (!add_body(m, head, changes, count, &any_secret, &bad_field)) {
        err_fail_text(e, bad_field.at != NULL ? &JOURNAL_TEXT : &OUT_OF_MEMORY, "field", bad_field);
        err_add(e, "record", head->record);
        return false;
    }
    if (m->entry.failed || m->secret.failed)
        return err_fail(e, &OUT_OF_MEMORY);
    *out = (struct entry_made){.entry = buf_text(&m->entry)};
    if (any_secret && !seal(m, head, out))
        return err_fail(e, &OUT_OF_MEMORY);
    merkle_leaf(out->entry, &out->leaf);
    return true;
}

/* ---- reading ---- */

static struct value value_of(const struct canon_node *node)
{
    if (node != NULL && node->kind == CANON_INT)
        return value_int(node->n);
    if (node != NULL && node->kind == CANON_TEXT)
        return value_text(node->s);
    return value_none();
}

/* A plain value, or what the sealed part has for a commitment. */
static struct value side_value(const struct canon_node *side, const struct canon_node *secret,
                               struct text field, bool *sensitive)
{
    const struct canon_node *node = side != NULL ? side->first : NULL;
    while (node != NULL && !text_equal(node->key, field))
        node = node->next;
    if (node == NULL || node->kind != CANON_OBJECT)
        return value_of(node);
    *sensitive = true;
    const struct canon_node *pair = secret != NULL ? secret->first : NULL;
    while (pair != NULL && !text_equal(pair->key, field))
        pair = pair->next;
    return pair != NULL && pair->count == 2 ? value_of(pair->first->next) : value_none();
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

static bool unseal(const struct vault *vault, struct text county, int64_t position, struct text sealed,
                   struct arena *a, const struct canon_node **out, struct err *e)
{
    char place[40];
    struct text plain = TEXT_NONE;
    if (vault == NULL || sealed.at == NULL || county.size > 12)
        return true;
    return vault_unseal(vault, a, "journal_entry", "sealed", entry_place(county, (uint64_t)position, place),
                        sealed, &plain, e)
           && canon_read(plain, a, out, e);
}

bool entry_read(const struct vault *vault, struct text entry, struct text sealed, struct arena *a,
                struct journal_entry *out, struct err *e)
{
    const struct canon_node *root = NULL, *secret = NULL;
    if (!canon_read(entry, a, &root, e))
        return false;
    struct text county = text_member(root, "county");
    const struct canon_node *n = canon_member(root, "n"), *new = canon_member(root, "new"),
                            *old = canon_member(root, "old");
    if (n == NULL || n->kind != CANON_INT || new == NULL || new->kind != CANON_OBJECT || county.at == NULL)
        return err_fail_int(e, &CANON_SYNTAX, "at", 1);
    if (!unseal(vault, county, n->n, sealed, a, &secret, e))
        return false;
    struct journal_change *changes = arena_take_many(a, new->count + 1, sizeof *changes);
    if (changes == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    size_t count = 0;
    for (const struct canon_node *m = new->first; m != NULL; m = m->next, count++) {
        struct journal_change *c = &changes[count];
        c->field = m->key;
        c->after = side_value(new, canon_member(secret, "new"), m->key, &c->sensitive);
        c->before = side_value(old, canon_member(secret, "old"), m->key, &c->sensitive);
    }
    *out = (struct journal_entry){.id = text_format(a, "%.*s:%lld", TEXT_ARG(county), (long long)n->n),
                                  .at_ms = time_of(text_member(root, "at")),
                                  .by = text_member(root, "by"),
                                  .why = text_member(root, "why"),
                                  .entity = text_member(root, "entity"),
                                  .record = text_member(root, "record"),
                                  .batch = text_member(root, "batch"),
                                  .changes = changes,
                                  .count = count};
    return true;
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
