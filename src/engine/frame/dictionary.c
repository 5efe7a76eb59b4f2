/* Numbered texts, and texts one behind the other. */
#include "engine/frame/column.h"
#include <stdlib.h>

#define TEXTS_MAX ((size_t)16 << 30) /* bytes of one column's different texts */
#define SLOTS_FIRST 64u

void dictionary_init(struct dictionary *d)
{
    memset(d, 0, sizeof *d);
    arena_init(&d->texts, TEXTS_MAX);
}

void dictionary_clear(struct dictionary *d)
{
    arena_clear(&d->texts);
    free(d->at);
    free(d->slots);
    memset(d, 0, sizeof *d);
}

/* Slot of the text, or the free one where it would stand. */
static uint32_t slot_of(const struct dictionary *d, struct text t)
{
    uint32_t slot = (uint32_t)text_hash(t) & d->slot_mask;
    while (d->slots[slot] != 0 && !text_equal(d->at[d->slots[slot] - 1].stored, t))
        slot = (slot + 1) & d->slot_mask;
    return slot;
}

static bool grow_slots(struct dictionary *d)
{
    uint32_t count = d->slots == NULL ? SLOTS_FIRST : (d->slot_mask + 1) * 2;
    uint32_t *slots = count > d->slot_mask ? calloc(count, sizeof *slots) : NULL;
    if (slots == NULL)
        return false;
    free(d->slots);
    d->slots = slots;
    d->slot_mask = count - 1;
    for (uint32_t i = 0; i < d->count; i++)
        d->slots[slot_of(d, d->at[i].stored)] = i + 1;
    return true;
}

uint32_t dictionary_find(const struct dictionary *d, struct text t)
{
    if (d->slots == NULL)
        return ROW_NONE;
    uint32_t number = d->slots[slot_of(d, t)];
    return number == 0 ? ROW_NONE : number - 1;
}

static uint32_t add(struct dictionary *d, struct text t)
{
    size_t room = d->room;
    if (d->count >= ROW_NONE / 2
        || !frame_column_grow((void **)&d->at, &room, (size_t)d->count + 1, sizeof *d->at))
        return ROW_NONE;
    d->room = (uint32_t)room;
    struct text copy = text_copy(&d->texts, t);
    if (copy.at == NULL)
        return ROW_NONE;
    d->at[d->count] = (struct word){.stored = copy, .shown = copy, .row = ROW_NONE};
    return d->count++;
}

static uint32_t number_of(struct dictionary *d, struct text t)
{
    if ((d->slots == NULL || d->count > d->slot_mask / 2) && !grow_slots(d))
        return ROW_NONE;
    uint32_t slot = slot_of(d, t);
    if (d->slots[slot] != 0)
        return d->slots[slot] - 1;
    uint32_t number = add(d, t);
    if (number == ROW_NONE)
        return ROW_NONE;
    d->slots[slot] = number + 1;
    return number;
}

/* Its place among the recent ones; fills the key. NULL: too long, or empty (which a zeroed place would
 * equal). */
static struct recent *recent_of(struct dictionary *d, struct text t, struct recent *key)
{
    if (t.size == 0 || t.size > 16)
        return NULL;
    if (t.size >= 8) {
        memcpy(&key->head, t.at, 8);
        memcpy(&key->tail, t.at + t.size - 8, 8);
    } else if (t.size >= 4) {
        memcpy(&key->head, t.at, 4);
        memcpy(&key->tail, t.at + t.size - 4, 4);
    } else { /* all of one, two or three bytes */
        memcpy(&key->head, t.at, 1);
        key->tail = (uint64_t)(unsigned char)t.at[t.size / 2] << 8 | (unsigned char)t.at[t.size - 1];
    }
    uint64_t mixed = (key->head ^ (key->tail << 7) ^ t.size) * UINT64_C(0x9E3779B97F4A7C15);
    return &d->recent[mixed >> 59];
}

uint32_t dictionary_number(struct dictionary *d, struct text t)
{
    struct recent key = {.size = (uint32_t)t.size};
    struct recent *recent = recent_of(d, t, &key);
    if (recent != NULL && recent->size == key.size && recent->head == key.head && recent->tail == key.tail)
        return recent->number;
    key.number = number_of(d, t);
    if (recent != NULL && key.number != ROW_NONE)
        *recent = key;
    return key.number;
}

size_t dictionary_bytes(const struct dictionary *d)
{
    size_t slots = d->slots == NULL ? 0 : ((size_t)d->slot_mask + 1) * sizeof *d->slots;
    return d->texts.held + d->room * sizeof *d->at + slots;
}

static bool add_end(struct pool *p, uint32_t end)
{
    size_t room = p->end_room;
    if (!frame_column_grow((void **)&p->ends, &room, (size_t)p->count + 1, sizeof *p->ends))
        return false;
    p->end_room = (uint32_t)room;
    p->ends[p->count] = end;
    return true;
}

/* The first text of another size: from now on ends are kept. */
static bool make_ends(struct pool *p)
{
    size_t room = 0;
    if (!frame_column_grow((void **)&p->ends, &room, (size_t)p->count + 1, sizeof *p->ends))
        return false;
    p->end_room = (uint32_t)room;
    for (uint32_t row = 0; row < p->count; row++)
        p->ends[row] = (row + 1) * p->width;
    return true;
}

bool pool_join(struct pool *p, struct text head, struct text tail)
{
    size_t size = head.size + tail.size;
    if (p->count == 0)
        p->width = (uint32_t)size;
    if (size > UINT32_MAX - p->size || !frame_column_grow((void **)&p->at, &p->room, p->size + size + 1, 1))
        return false;
    if (p->ends == NULL && size != p->width && !make_ends(p))
        return false;
    if (head.size > 0)
        memcpy(p->at + p->size, head.at, head.size);
    if (tail.size > 0)
        memcpy(p->at + p->size + head.size, tail.at, tail.size);
    p->size += size;
    if (p->ends != NULL && !add_end(p, (uint32_t)p->size))
        return false;
    p->count++;
    return true;
}

bool pool_add(struct pool *p, struct text t) { return pool_join(p, t, TEXT("")); }

void pool_clear(struct pool *p)
{
    free(p->at);
    free(p->ends);
    *p = (struct pool){0};
}

void pool_trim(struct pool *p)
{
    char *less = p->size > 0 ? realloc(p->at, p->size) : NULL;
    if (less != NULL) {
        p->at = less;
        p->room = p->size;
    }
    uint32_t *fewer = p->ends != NULL && p->count > 0 ? realloc(p->ends, p->count * sizeof *fewer) : NULL;
    if (fewer != NULL) {
        p->ends = fewer;
        p->end_room = p->count;
    }
}

bool pool_permute(struct pool *p, const uint32_t *from, uint32_t rows)
{
    struct pool out = {0};
    for (uint32_t row = 0; row < rows; row++)
        if (!pool_add(&out, pool_get(p, from[row]))) {
            pool_clear(&out);
            return false;
        }
    pool_clear(p);
    *p = out;
    return true;
}

size_t pool_bytes(const struct pool *p) { return p->room + p->end_room * sizeof *p->ends; }
