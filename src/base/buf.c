/* A buffer that grows by doubling up to its ceiling; a spare byte behind its room takes vsnprintf's NUL. */
#include "base/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define ROOM_FIRST 64u

void buf_init(struct buf *b, size_t ceiling) { *b = (struct buf){.ceiling = ceiling}; }

void buf_clear(struct buf *b)
{
    free(b->at);
    b->at = NULL;
    b->size = b->room = 0;
}

void buf_reset(struct buf *b)
{
    b->size = 0;
    b->failed = false;
}

/* Room for `more` bytes; false (and failed from then on) beyond the ceiling or without memory. */
static bool make_room(struct buf *b, size_t more)
{
    if (b->failed)
        return false;
    if (more <= b->room - b->size)
        return true;
    size_t room = b->room < ROOM_FIRST ? ROOM_FIRST : b->room;
    room = room < b->ceiling ? room : b->ceiling;
    b->failed = more > b->ceiling || b->size > b->ceiling - more;
    while (!b->failed && room - b->size < more)
        room = room > b->ceiling / 2 ? b->ceiling : room * 2;
    char *at = b->failed ? NULL : realloc(b->at, room + 1);
    b->failed = at == NULL;
    if (b->failed)
        return false;
    b->at = at;
    b->room = room;
    return true;
}

void buf_add(struct buf *b, struct text t)
{
    if (t.size == 0 || !make_room(b, t.size))
        return;
    memcpy(b->at + b->size, t.at, t.size);
    b->size += t.size;
}

void buf_add_char(struct buf *b, char c) { buf_add(b, (struct text){&c, 1}); }

void buf_add_z(struct buf *b, const char *z) { buf_add(b, text_of(z)); }

void buf_add_int(struct buf *b, int64_t n)
{
    char digits[24];
    int size = snprintf(digits, sizeof digits, "%lld", (long long)n);
    buf_add(b, (struct text){digits, (size_t)size});
}

void buf_add_format(struct buf *b, const char *format, ...)
{
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    int size = vsnprintf(NULL, 0, format, values);
    va_end(values);
    if (size < 0)
        b->failed = true;
    else if (make_room(b, (size_t)size)) {
        vsnprintf(b->at + b->size, (size_t)size + 1, format, again);
        b->size += (size_t)size;
    }
    va_end(again);
}
