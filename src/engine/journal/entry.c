/* Making journal entries; see entry.h. Reading them is entry_read.c's. */
#include "engine/journal/entry.h"
#include "base/base.err.h"
#include "base/system.h"
#include "engine/journal/canon.h"
#include "engine/journal/journal.err.h"
#include "engine/journal/sha256.h"
#include "engine/vault/vault.h"
#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define SCRATCH_MAX (64u << 20)

void entry_maker_init(struct entry_maker *m, const struct vault *vault, const struct entry_batch *batch)
{
    *m = (struct entry_maker){.vault = vault, .batch = batch};
    struct buf *const bufs[] = {&m->entry, &m->secret, &m->value, &m->opening, &m->opened_for, &m->closing};
    for (size_t i = 0; i < COUNT_OF(bufs); i++)
        buf_init(bufs[i], ENTRY_SIZE_MAX);
    arena_init(&m->scratch, SCRATCH_MAX);
}

void entry_maker_clear(struct entry_maker *m)
{
    struct buf *const bufs[] = {&m->entry, &m->secret, &m->value, &m->opening, &m->opened_for, &m->closing};
    for (size_t i = 0; i < COUNT_OF(bufs); i++) {
        if (bufs[i]->at != NULL)
            sodium_memzero(bufs[i]->at, bufs[i]->room);
        buf_clear(bufs[i]);
    }
    arena_clear(&m->scratch);
    sodium_memzero(m->salts, sizeof m->salts);
}

void entry_maker_begin(struct entry_maker *m)
{
    buf_reset(&m->opened_for);
    buf_reset(&m->closing);
}

void entry_likes_clear(struct entry_likes *likes)
{
    for (size_t i = 0; i < likes->count; i++) {
        buf_clear(&likes->at[i].entity);
        buf_clear(&likes->at[i].names);
    }
    likes->count = 0;
}

struct text entry_place(struct text county, uint64_t position, char out[40])
{
    char digits[20];
    size_t size = 0, at = sizeof digits;
    assert(county.size <= 12);
    memcpy(out, county.at, county.size);
    size = county.size;
    out[size++] = ':';
    do {
        digits[--at] = (char)('0' + position % 10);
        position /= 10;
    } while (position != 0);
    memcpy(out + size, digits + at, sizeof digits - at);
    return (struct text){out, size + sizeof digits - at};
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

/* The commitment into the entry, salt and value into the sealed part. */
static bool add_commitment(struct entry_maker *m, struct value v)
{
    const unsigned char *salt = salt_take(m);
    unsigned char hash[SHA256_SIZE];
    char shown[sodium_base64_ENCODED_LEN(SHA256_SIZE, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    buf_reset(&m->value);
    if (!add_value(&m->value, v) || m->value.failed)
        return false;
    sha256(salt, ENTRY_SALT_SIZE, m->value.at, m->value.size, hash);
    sodium_bin2base64(shown, sizeof shown, hash, sizeof hash, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    buf_add(&m->entry, TEXT("{\"sha256\":\""));
    buf_add(&m->entry, (struct text){shown, sizeof shown - 1});
    buf_add(&m->entry, TEXT("\"}"));

    uint32_t size = (uint32_t)m->value.size;
    const unsigned char length[4] = {(unsigned char)size, (unsigned char)(size >> 8),
                                     (unsigned char)(size >> 16), (unsigned char)(size >> 24)};
    buf_add(&m->secret, (struct text){(const char *)salt, ENTRY_SALT_SIZE});
    buf_add(&m->secret, (struct text){(const char *)length, sizeof length});
    buf_add(&m->secret, buf_text(&m->value));
    return true;
}

/* What is being made. */
struct making {
    struct entry_maker *m;
    const struct entry_head *head;
    const struct journal_change *const *changes; /* in the order of their fields */
    size_t count;
    struct text bad_field; /* where it failed; at == NULL: for memory */
};

/* One side: {FIELD:VALUE…}, or [VALUE…]. */
static bool add_side(struct making *k, bool after, bool named)
{
    struct buf *out = &k->m->entry;
    buf_add_char(out, named ? '{' : '[');
    for (size_t i = 0; i < k->count; i++) {
        const struct journal_change *c = k->changes[i];
        struct value v = after ? c->after : c->before;
        k->bad_field = c->field;
        if (i > 0)
            buf_add_char(out, ',');
        if (named) {
            if (!canon_text(out, c->field))
                return false;
            buf_add_char(out, ':');
        }
        if (c->sensitive && v.kind != VALUE_NONE ? !add_commitment(k->m, v) : !add_value(out, v))
            return false;
    }
    buf_add_char(out, named ? '}' : ']');
    return true;
}

static int field_order(const void *a, const void *b)
{
    const struct journal_change *const *x = a, *const *y = b;
    return canon_key_order((*x)->field, (*y)->field);
}

/* The changes by the order of their fields; callers mostly have them so. */
static bool put_in_order(struct making *k, const struct journal_change *changes, size_t count)
{
    const struct journal_change **out = arena_take_many(&k->m->scratch, count + 1, sizeof *out);
    bool ordered = true;
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = &changes[i];
        ordered &= i == 0 || text_compare(changes[i - 1].field, changes[i].field) < 0;
    }
    if (out != NULL && !ordered)
        qsort(out, count, sizeof *out, field_order);
    k->changes = out;
    k->count = count;
    return out != NULL;
}

/* {"at":…,"batch":…,"by":…,"county":…,"entity":… is the same for many entries. */
static bool opening_make(struct entry_maker *m, const struct entry_head *head)
{
    const struct entry_batch *b = m->batch;
    struct buf *out = &m->opening;
    struct text was = buf_text(&m->opened_for);
    if (was.size == head->county.size + head->entity.size && text_starts_with(was, head->county)
        && text_ends_with(was, head->entity) && was.size != 0)
        return true;
    buf_reset(&m->opened_for);
    buf_reset(out);
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
    buf_add(&m->opened_for, head->county);
    buf_add(&m->opened_for, head->entity);
    return true;
}

static bool add_closing(struct making *k)
{
    struct entry_maker *m = k->m;
    if (m->closing.size == 0) {
        buf_add(&m->closing, TEXT(",\"why\":"));
        if (!canon_text(&m->closing, m->batch->why))
            return false;
        buf_add_char(&m->closing, '}');
    }
    buf_add(&m->entry, TEXT(",\"record\":"));
    if (!canon_text(&m->entry, k->head->record))
        return false;
    buf_add(&m->entry, buf_text(&m->closing));
    return true;
}

static bool is_new(const struct journal_change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (changes[i].before.kind != VALUE_NONE)
            return false;
    return true;
}

static bool names_match(const struct making *k, const struct entry_like *like)
{
    struct text names = buf_text(&like->names);
    size_t at = 0;
    for (size_t i = 0; i < k->count; i++) {
        struct text field = k->changes[i]->field;
        if (names.size - at < field.size + 1 || memcmp(names.at + at, field.at, field.size) != 0
            || names.at[at + field.size] != 0)
            return false;
        at += field.size + 1;
    }
    return at == names.size;
}

static struct entry_like *like_of(struct entry_likes *likes, struct text entity)
{
    for (size_t i = 0; i < likes->count; i++)
        if (text_equal(buf_text(&likes->at[i].entity), entity))
            return &likes->at[i];
    if (likes->count == ENTRY_LIKE_MAX)
        return NULL;
    struct entry_like *like = &likes->at[likes->count++];
    buf_init(&like->entity, 4096);
    buf_init(&like->names, 256 * 1024);
    buf_add(&like->entity, entity);
    return like;
}

/* The entry that named these fields; NULL: this one does, and is remembered for it. */
static const struct entry_like *like_find(struct making *k, struct entry_likes *likes)
{
    struct entry_like *like = like_of(likes, k->head->entity);
    if (like == NULL || like->entity.failed)
        return NULL;
    if (like->names.size != 0 && !like->names.failed && names_match(k, like))
        return like;
    buf_reset(&like->names);
    for (size_t i = 0; i < k->count; i++) {
        buf_add(&like->names, k->changes[i]->field);
        buf_add_char(&like->names, 0);
    }
    like->position = k->head->position;
    return NULL;
}

/* {"like":…,"n":…,"new":[…],"record":…} */
static bool add_like(struct making *k, const struct entry_like *like)
{
    struct buf *out = &k->m->entry;
    k->bad_field = TEXT("record");
    buf_add(out, TEXT("{\"like\":"));
    if (!canon_int(out, (int64_t)like->position))
        return false;
    buf_add(out, TEXT(",\"n\":"));
    if (!canon_int(out, (int64_t)k->head->position))
        return false;
    buf_add(out, TEXT(",\"new\":"));
    if (!add_side(k, true, false))
        return false;
    k->bad_field = TEXT("record");
    buf_add(out, TEXT(",\"record\":"));
    if (!canon_text(out, k->head->record))
        return false;
    buf_add_char(out, '}');
    return true;
}

static bool add_whole(struct making *k, bool fresh)
{
    struct buf *out = &k->m->entry;
    k->bad_field = TEXT("record");
    if (!opening_make(k->m, k->head))
        return false;
    buf_add(out, buf_text(&k->m->opening));
    buf_add(out, TEXT(",\"n\":"));
    if (!canon_int(out, (int64_t)k->head->position))
        return false;
    buf_add(out, TEXT(",\"new\":"));
    if (!add_side(k, true, true))
        return false;
    if (!fresh) {
        buf_add(out, TEXT(",\"old\":"));
        if (!add_side(k, false, true))
            return false;
    }
    k->bad_field = TEXT("record");
    return add_closing(k);
}

static bool add_body(struct making *k, struct entry_likes *likes, bool fresh)
{
    const struct entry_like *like = fresh ? like_find(k, likes) : NULL;
    return like != NULL ? add_like(k, like) : add_whole(k, fresh);
}

static bool seal(struct entry_maker *m, const struct entry_head *head, struct entry_made *out)
{
    char place[40];
    out->sealed = vault_seal(m->vault, &m->scratch, "journal_entry", "sealed",
                             entry_place(head->county, head->position, place), buf_text(&m->secret));
    return out->sealed.at != NULL;
}

bool entry_make(struct entry_maker *m, struct entry_likes *likes, const struct entry_head *head,
                const struct journal_change *changes, size_t count, struct entry_made *out, struct err *e)
{
    struct making k = {.m = m, .head = head};
    arena_rewind(&m->scratch, (struct arena_mark){NULL, 0, 0});
    buf_reset(&m->entry);
    buf_reset(&m->secret);
    if (!put_in_order(&k, changes, count))
        return err_fail(e, &OUT_OF_MEMORY);
    if (!add_body(&k, likes, is_new(changes, count))) {
        err_fail_text(e, &JOURNAL_TEXT, "field", k.bad_field);
        err_add(e, "record", head->record);
        return false;
    }
    if (m->entry.failed || m->secret.failed)
        return err_fail(e, &OUT_OF_MEMORY);
    *out = (struct entry_made){.entry = buf_text(&m->entry)};
    if (m->secret.size != 0 && !seal(m, head, out))
        return err_fail(e, &OUT_OF_MEMORY);
    merkle_leaf(out->entry, &out->leaf);
    return true;
}
