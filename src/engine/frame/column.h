/* Columns of a frame: whole numbers as narrow as they fit, bits, and dictionaries of texts.
 *
 * All grow by doubling on malloc'd memory and are trimmed once filled. A put answers false when memory is
 * out. Filled by one thread; read by any number afterwards.
 */
#ifndef ENGINE_FRAME_COLUMN_H
#define ENGINE_FRAME_COLUMN_H
#include "engine/cel/cel.h"

#define ROW_NONE UINT32_MAX
#define YEAR_BIAS 2000       /* one byte reaches from 1872 to 2127 */
#define DAY_BIAS 7201        /* 1989-09-19: two bytes reach from 1900 to 2079 */
#define MONEY_BIAS (1 << 23) /* three bytes reach from 0 to 167,772.15 yuan */

/* A bit a row. Bits beyond those that were set read as 0. As long as every row is set, in order, a count says
 * so. */
struct bits {
    uint64_t *at;
    uint32_t room; /* rows, a multiple of 64 */
    uint32_t full; /* rows from the first on that are set, whatever `at` holds */
};
static inline bool bits_get(const struct bits *b, uint32_t row)
{
    return row < b->full || (row < b->room && (b->at[row >> 6] >> (row & 63) & 1) != 0);
}
MUST_USE bool bits_room(struct bits *b, uint32_t rows);
MUST_USE static inline bool bits_set(struct bits *b, uint32_t row)
{
    if (row == b->full) {
        b->full++;
        return true;
    }
    if (row >= b->room && !bits_room(b, row + 1))
        return false;
    b->at[row >> 6] |= (uint64_t)1 << (row & 63);
    return true;
}
void bits_clear(struct bits *b);
void bits_trim(struct bits *b, uint32_t rows);
MUST_USE bool bits_permute(struct bits *b, const uint32_t *from, uint32_t rows);

/* Whole numbers of 1, 2, 3, 4 or 8 bytes each, stored less a bias; widened when one does not fit. */
struct packed {
    unsigned char *at;
    uint32_t room;
    uint8_t width; /* 0: nothing yet */
    int32_t bias;
};
static inline int32_t three_get(const unsigned char *at)
{
    uint32_t n = (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16;
    return (int32_t)(n ^ 0x800000u) - 0x800000;
}
static inline void three_put(unsigned char *at, int32_t n)
{
    at[0] = (unsigned char)n;
    at[1] = (unsigned char)(n >> 8);
    at[2] = (unsigned char)(n >> 16);
}
static inline bool three_holds(int64_t n) { return n >= -0x800000 && n < 0x800000; }
static inline int64_t packed_get(const struct packed *p, uint32_t row)
{
    const unsigned char *at = p->at + (size_t)row * p->width;
    int8_t one;
    int16_t two;
    int32_t four;
    int64_t eight;
    switch (p->width) {
    case 1:
        memcpy(&one, at, sizeof one);
        return p->bias + one;
    case 2:
        memcpy(&two, at, sizeof two);
        return p->bias + two;
    case 3:
        return (int64_t)p->bias + three_get(at);
    case 4:
        memcpy(&four, at, sizeof four);
        return (int64_t)p->bias + four;
    case 8:
        memcpy(&eight, at, sizeof eight);
        return eight;
    default:
        return 0;
    }
}
/* Makes room or widens first. */
MUST_USE bool packed_put_wider(struct packed *p, uint32_t row, int64_t n);
MUST_USE static inline bool packed_put(struct packed *p, uint32_t row, int64_t n)
{
    int64_t less = (int64_t)((uint64_t)n - (uint64_t)p->bias);
    int8_t one = (int8_t)less;
    int16_t two = (int16_t)less;
    int32_t four = (int32_t)less;
    if (row >= p->room)
        return packed_put_wider(p, row, n);
    unsigned char *at = p->at + (size_t)row * p->width;
    if (p->width == 1 && one == less)
        memcpy(at, &one, sizeof one);
    else if (p->width == 2 && two == less)
        memcpy(at, &two, sizeof two);
    else if (p->width == 3 && three_holds(less))
        three_put(at, (int32_t)less);
    else if (p->width == 4 && four == less)
        memcpy(at, &four, sizeof four);
    else
        return packed_put_wider(p, row, n);
    return true;
}
void packed_clear(struct packed *p);
void packed_trim(struct packed *p, uint32_t rows);
MUST_USE bool packed_permute(struct packed *p, const uint32_t *from, uint32_t rows);

/* Rows of a parent, one a row, mostly rising by little: a byte beside the first of each 64; four bytes each
 * from the first one on that does not fit. */
struct climb {
    uint32_t *base, *wide; /* wide NULL: base and delta */
    unsigned char *delta;
    size_t base_room, wide_room, delta_room;
};
static inline uint32_t climb_get(const struct climb *c, uint32_t row)
{
    return c->wide != NULL ? c->wide[row] : c->base[row >> 6] + c->delta[row];
}
/* Rows are put in order, each once. */
MUST_USE bool climb_put(struct climb *c, uint32_t row, uint32_t n);
void climb_clear(struct climb *c);
void climb_trim(struct climb *c, uint32_t rows);
MUST_USE bool climb_permute(struct climb *c, const uint32_t *from, uint32_t rows);
size_t climb_bytes(const struct climb *c);

/* Texts, each once, numbered in the order of their first appearance. */
struct word {
    struct text stored;
    struct text shown;           /* of a code: its Chinese label */
    const struct cel_list *list; /* of several codes: their labels */
    uint32_t row;                /* of a ref: the record's row; ROW_NONE: no such record */
};
#define RECENT 32u /* texts of up to 16 bytes that were numbered lately: codes are few, and mostly short */
struct recent {
    uint64_t head, tail; /* first and last 8 bytes */
    uint32_t size, number;
};
struct dictionary {
    struct arena texts;
    struct word *at;
    uint32_t count, room;
    uint32_t *slots; /* number + 1 */
    uint32_t slot_mask;
    struct recent recent[RECENT];
};
void dictionary_init(struct dictionary *d);
void dictionary_clear(struct dictionary *d);
/* Its number; ROW_NONE when memory is out. */
MUST_USE uint32_t dictionary_number(struct dictionary *d, struct text t);
/* ROW_NONE: not in it. */
uint32_t dictionary_find(const struct dictionary *d, struct text t);
size_t dictionary_bytes(const struct dictionary *d);

/* Texts one behind the other, one a row; as long as all have one size, no offsets are kept. */
struct pool {
    char *at;
    size_t size, room;
    uint32_t *ends; /* NULL: every text is `width` bytes */
    uint32_t count, end_room;
    uint32_t width;
};
MUST_USE bool pool_add(struct pool *p, struct text t);
/* Two pieces as one text. */
MUST_USE bool pool_join(struct pool *p, struct text head, struct text tail);
static inline struct text pool_get(const struct pool *p, uint32_t row)
{
    if (p->ends == NULL)
        return (struct text){p->at + (size_t)row * p->width, p->width};
    uint32_t from = row == 0 ? 0 : p->ends[row - 1];
    return (struct text){p->at + from, p->ends[row] - from};
}
void pool_clear(struct pool *p);
void pool_trim(struct pool *p);
MUST_USE bool pool_permute(struct pool *p, const uint32_t *from, uint32_t rows);
size_t pool_bytes(const struct pool *p);

/* Makes room for at least `need` things by doubling; false when memory is out. New memory is not zeroed. */
MUST_USE bool frame_column_grow(void **at, size_t *room, size_t need, size_t size);

#endif
