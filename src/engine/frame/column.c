/* Packed numbers and bits: growing, widening, reordering. */
#include "engine/frame/column.h"
#include <assert.h>
#include <stdlib.h>

#define ROOM_FIRST 1024u

bool frame_column_grow(void **at, size_t *room, size_t need, size_t size)
{
    if (need <= *room)
        return true;
    size_t more = *room < ROOM_FIRST ? ROOM_FIRST : *room * 2;
    if (more < need)
        more = need;
    if (more > SIZE_MAX / size)
        return false;
    void *bigger = realloc(*at, more * size);
    if (bigger == NULL)
        return false;
    *at = bigger;
    *room = more;
    return true;
}

/* Rows to hold for `need`, doubling and never beyond what a row number can name. */
static uint32_t next_room(uint32_t room, uint32_t need)
{
    uint64_t more = room < ROOM_FIRST ? ROOM_FIRST : (uint64_t)room * 2;
    if (more < need)
        more = need;
    more = (more + 63) & ~(uint64_t)63;
    return more >= ROW_NONE ? ROW_NONE & ~63u : (uint32_t)more;
}

bool bits_room(struct bits *b, uint32_t rows)
{
    if (rows <= b->room)
        return true;
    uint32_t room = next_room(b->room, rows);
    uint64_t *bigger = rows <= room ? realloc(b->at, room / 8) : NULL;
    if (bigger == NULL)
        return false;
    memset(bigger + b->room / 64, 0, (room - b->room) / 8);
    b->at = bigger;
    b->room = room;
    return true;
}

void bits_trim(struct bits *b, uint32_t rows)
{
    uint32_t room = (rows + 63) & ~63u;
    uint64_t *less = room < b->room && room > 0 ? realloc(b->at, room / 8) : NULL;
    if (less == NULL)
        return;
    b->at = less;
    b->room = room;
}

void bits_clear(struct bits *b)
{
    free(b->at);
    *b = (struct bits){0};
}

bool bits_permute(struct bits *b, const uint32_t *from, uint32_t rows)
{
    struct bits out = {0};
    for (uint32_t row = 0; row < rows; row++)
        if (bits_get(b, from[row]) && !bits_set(&out, row)) {
            bits_clear(&out);
            return false;
        }
    bits_clear(b);
    *b = out;
    return true;
}

static uint8_t width_for(int64_t n)
{
    if (n >= INT8_MIN && n <= INT8_MAX)
        return 1;
    if (n >= INT16_MIN && n <= INT16_MAX)
        return 2;
    if (three_holds(n))
        return 3;
    return n >= INT32_MIN && n <= INT32_MAX ? 4 : 8;
}

/* `stored` is less the bias already. */
static void store(unsigned char *at, uint8_t width, int64_t stored)
{
    int8_t one = (int8_t)stored;
    int16_t two = (int16_t)stored;
    int32_t four = (int32_t)stored;
    switch (width) {
    case 1:
        memcpy(at, &one, sizeof one);
        break;
    case 2:
        memcpy(at, &two, sizeof two);
        break;
    case 3:
        three_put(at, (int32_t)stored);
        break;
    case 4:
        memcpy(at, &four, sizeof four);
        break;
    default:
        memcpy(at, &stored, sizeof stored);
        break;
    }
}

static bool resize(struct packed *p, uint32_t room, uint8_t width)
{
    unsigned char *bigger = realloc(p->at, (size_t)room * width);
    if (bigger == NULL)
        return false;
    p->at = bigger;
    uint8_t old = p->width;
    struct packed narrow = {.at = bigger, .width = old, .bias = p->bias};
    int64_t bias = width == 8 ? 0 : p->bias;
    if (old != 0 && old != width) /* from the end, so that nothing is overwritten before it is read */
        for (uint32_t row = p->room; row-- > 0;)
            store(bigger + (size_t)row * width, width, packed_get(&narrow, row) - bias);
    p->room = room;
    p->width = width;
    return true;
}

bool packed_put_wider(struct packed *p, uint32_t row, int64_t n)
{
    bool wide = n > INT32_MAX || n < INT32_MIN;
    uint8_t width = wide ? 8 : width_for(n - p->bias);
    if (width < p->width)
        width = p->width;
    if (row >= p->room || width != p->width) {
        uint32_t room = row >= p->room ? next_room(p->room, row + 1) : p->room;
        if (row >= room || !resize(p, room, width))
            return false;
    }
    store(p->at + (size_t)row * width, width, width == 8 ? n : n - p->bias);
    return true;
}

void packed_clear(struct packed *p)
{
    free(p->at);
    *p = (struct packed){.bias = p->bias};
}

void packed_trim(struct packed *p, uint32_t rows)
{
    if (p->width == 0 || rows >= p->room || rows == 0)
        return;
    unsigned char *less = realloc(p->at, (size_t)rows * p->width);
    if (less == NULL)
        return;
    p->at = less;
    p->room = rows;
}

bool packed_permute(struct packed *p, const uint32_t *from, uint32_t rows)
{
    if (p->width == 0 || rows == 0)
        return true;
    uint8_t width = p->width;
    unsigned char *out = calloc(rows, width);
    if (out == NULL)
        return false;
    for (uint32_t row = 0; row < rows; row++)
        if (from[row] < p->room) /* rows behind the last value were never put */
            memcpy(out + (size_t)row * width, p->at + (size_t)from[row] * width, width);
    free(p->at);
    p->at = out;
    p->room = rows;
    return true;
}

static bool widen_climb(struct climb *c, uint32_t rows)
{
    if (!frame_column_grow((void **)&c->wide, &c->wide_room, (size_t)rows + 1, sizeof *c->wide))
        return false;
    for (uint32_t row = 0; row < rows; row++)
        c->wide[row] = c->base[row >> 6] + c->delta[row];
    free(c->base);
    free(c->delta);
    c->base = NULL;
    c->delta = NULL;
    c->base_room = c->delta_room = 0;
    return true;
}

bool climb_put(struct climb *c, uint32_t row, uint32_t n)
{
    if (c->wide == NULL) {
        if (!frame_column_grow((void **)&c->delta, &c->delta_room, (size_t)row + 1, 1)
            || !frame_column_grow((void **)&c->base, &c->base_room, (size_t)(row >> 6) + 1, sizeof *c->base))
            return false;
        if ((row & 63) == 0 && n != ROW_NONE)
            c->base[row >> 6] = n;
        uint32_t base = c->base[row >> 6];
        if (n != ROW_NONE && n >= base && n - base <= UINT8_MAX) {
            c->delta[row] = (unsigned char)(n - base);
            return true;
        }
        if (!widen_climb(c, row))
            return false;
    }
    if (!frame_column_grow((void **)&c->wide, &c->wide_room, (size_t)row + 1, sizeof *c->wide))
        return false;
    c->wide[row] = n;
    return true;
}

void climb_clear(struct climb *c)
{
    free(c->base);
    free(c->delta);
    free(c->wide);
    *c = (struct climb){0};
}

static void shrink(void **at, size_t *room, size_t need, size_t size)
{
    void *less = need != 0 && need < *room ? realloc(*at, need * size) : NULL;
    if (less == NULL)
        return;
    *at = less;
    *room = need;
}

void climb_trim(struct climb *c, uint32_t rows)
{
    shrink((void **)&c->base, &c->base_room, ((size_t)rows + 63) >> 6, sizeof *c->base);
    shrink((void **)&c->delta, &c->delta_room, rows, sizeof *c->delta);
    shrink((void **)&c->wide, &c->wide_room, rows, sizeof *c->wide);
}

bool climb_permute(struct climb *c, const uint32_t *from, uint32_t rows)
{
    struct climb out = {0};
    for (uint32_t row = 0; row < rows; row++)
        if (!climb_put(&out, row, climb_get(c, from[row]))) {
            climb_clear(&out);
            return false;
        }
    climb_clear(c);
    *c = out;
    return true;
}

size_t climb_bytes(const struct climb *c)
{
    return (c->base_room + c->wide_room) * sizeof *c->base + c->delta_room;
}
