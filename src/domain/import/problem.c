/* Places in memory, texts in a spool. Always: a place's offset is where its record begins in the spool; after
 * sorting places ascend by sheet, row, column, and errors stand before notes of the same cell. */
#include "domain/import/problem.h"
#include "base/base.err.h"
#include "base/system.h"
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define SPOOL_RESIDENT ((size_t)4 << 20) /* bytes of texts that stay in memory */
#define TEXT_BYTES_MAX 4096              /* of one text; a longer value is clipped */
#define READ_AHEAD 1024                  /* bytes: nearly every record as a whole */

struct place {
    uint64_t where;  /* sheet, row, column: 24, 24, 16 bits */
    uint64_t offset; /* 63 bits, the lowest bit of all: a note */
};
struct record_head { /* before the four texts in the spool */
    uint16_t field, code, value, message;
    uint8_t has_value, has_field;
};

#define RECORD_BYTES_MAX (sizeof(struct record_head) + 4 * TEXT_BYTES_MAX)

struct problems {
    pthread_mutex_t lock;
    struct place *at;
    size_t count, room, errors;
    struct buf head;              /* the spool's first SPOOL_RESIDENT bytes */
    FILE *tail;                   /* what follows, or NULL */
    uint64_t size;                /* of both */
    struct buf read;              /* texts of problem_get */
    char bytes[RECORD_BYTES_MAX]; /* one record on its way */
    struct err failure;
};

bool problems_open(struct problems **out, struct err *e)
{
    struct problems *ps = calloc(1, sizeof *ps);
    if (ps == NULL || pthread_mutex_init(&ps->lock, NULL) != 0) {
        free(ps);
        return err_fail(e, &OUT_OF_MEMORY);
    }
    buf_init(&ps->head, SPOOL_RESIDENT);
    buf_init(&ps->read, RECORD_BYTES_MAX);
    *out = ps;
    return true;
}

void problems_close(struct problems *ps)
{
    if (ps == NULL)
        return;
    if (ps->tail != NULL)
        (void)fclose(ps->tail);
    (void)pthread_mutex_destroy(&ps->lock);
    buf_clear(&ps->head);
    buf_clear(&ps->read);
    free(ps->at);
    free(ps);
}

static uint64_t where_of(uint32_t sheet, uint32_t row, uint32_t column)
{
    return (uint64_t)sheet << 40 | (uint64_t)row << 16 | (column & 0xFFFFu);
}

static bool grow_locked(struct problems *ps)
{
    if (ps->count < ps->room)
        return true;
    if (ps->count >= PROBLEM_MAX) {
        err_fail_int(&ps->failure, &LIMIT, "max", PROBLEM_MAX);
        err_add(&ps->failure, "what", TEXT("一次导入的问题条数"));
        return false;
    }
    size_t room = ps->room == 0 ? 256 : 2 * ps->room;
    struct place *at = realloc(ps->at, room * sizeof *at);
    if (at == NULL)
        return err_fail(&ps->failure, &OUT_OF_MEMORY);
    ps->at = at;
    ps->room = room;
    return true;
}

static bool spool_locked(struct problems *ps, const void *at, size_t size)
{
    if (ps->tail == NULL && ps->size + size <= SPOOL_RESIDENT) {
        buf_add(&ps->head, (struct text){at, size});
        ps->size += size;
        return !ps->head.failed || err_fail(&ps->failure, &OUT_OF_MEMORY);
    }
    if (ps->tail == NULL && !file_temporary(&ps->tail, &ps->failure))
        return false;
    ps->size += size;
    return fwrite(at, 1, size, ps->tail) == size
           || err_fail_text(&ps->failure, &FILE_FULL, "file", TEXT("TMPDIR"));
}

static struct text clipped(struct text t)
{
    if (t.size <= TEXT_BYTES_MAX)
        return t;
    size_t size = TEXT_BYTES_MAX;
    while (size > 0 && ((unsigned char)t.at[size] & 0xC0) == 0x80)
        size--;
    return text_slice(t, 0, size);
}

static void add_locked(struct problems *ps, const struct problem *p)
{
    const struct text parts[] = {clipped(p->field), clipped(p->code), clipped(p->value), clipped(p->message)};
    const struct record_head head = {.field = (uint16_t)parts[0].size,
                                     .code = (uint16_t)parts[1].size,
                                     .value = (uint16_t)parts[2].size,
                                     .message = (uint16_t)parts[3].size,
                                     .has_value = p->value.at != NULL,
                                     .has_field = p->field.at != NULL};
    /* A record lies in one part of the spool as a whole. */
    size_t size = sizeof head;
    if (ps->failure.kind != NULL || !grow_locked(ps))
        return;
    memcpy(ps->bytes, &head, sizeof head);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (parts[i].size > 0)
            memcpy(ps->bytes + size, parts[i].at, parts[i].size);
        size += parts[i].size;
    }
    uint64_t offset = ps->size;
    if (!spool_locked(ps, ps->bytes, size))
        return;
    ps->at[ps->count++] =
        (struct place){where_of(p->sheet, p->row, p->column), offset << 1 | (p->level == PROBLEM_NOTE)};
}

void problem_add(struct problems *ps, const struct problem *p)
{
    assert(p->sheet <= PROBLEM_SHEET_MAX && p->row <= 0xFFFFFFu);
    (void)pthread_mutex_lock(&ps->lock);
    add_locked(ps, p);
    (void)pthread_mutex_unlock(&ps->lock);
}

static int place_compare(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    if (a->where != b->where)
        return a->where < b->where ? -1 : 1;
    uint64_t x = (a->offset & 1) << 63 | a->offset >> 1, y = (b->offset & 1) << 63 | b->offset >> 1;
    return x < y ? -1 : x > y;
}

/* The same code twice about one cell is one problem: reader and batch may both have found it. */
static bool drop_repeats(struct problems *ps, struct err *e)
{
    size_t kept = 0;
    char code[64];
    for (size_t i = 0; i < ps->count; i++) {
        struct problem p;
        bool same = kept > 0 && ps->at[kept - 1].where == ps->at[i].where;
        if (same) {
            if (!problem_get(ps, kept - 1, &p, e))
                return false;
            (void)snprintf(code, sizeof code, "%.*s", TEXT_ARG(p.code));
            if (!problem_get(ps, i, &p, e))
                return false;
            same = text_equal(p.code, text_of(code));
        }
        if (!same)
            ps->at[kept++] = ps->at[i];
    }
    ps->count = kept;
    return true;
}

bool problems_sort(struct problems *ps, struct err *e)
{
    if (ps->failure.kind != NULL) {
        *e = ps->failure;
        return false;
    }
    if (ps->tail != NULL && fflush(ps->tail) != 0)
        return err_fail_text(e, &FILE_FULL, "file", TEXT("TMPDIR"));
    if (ps->count > 1)
        qsort(ps->at, ps->count, sizeof *ps->at, place_compare);
    if (!drop_repeats(ps, e))
        return false;
    ps->errors = 0;
    for (size_t i = 0; i < ps->count; i++)
        ps->errors += (ps->at[i].offset & 1) == 0;
    return true;
}

size_t problem_count(const struct problems *ps) { return ps->count; }
size_t problem_error_count(const struct problems *ps) { return ps->errors; }

static bool fail_read(struct err *e)
{
    err_fail_text(e, &FILE_READ, "file", TEXT("TMPDIR"));
    err_add(e, "reason", TEXT("short read"));
    return false;
}

/* Makes ps->read hold at least `size` bytes of the spool from `offset`, and some more when they lie near. */
static bool fetch(struct problems *ps, uint64_t offset, size_t size, struct err *e)
{
    assert(size <= sizeof ps->bytes);
    buf_reset(&ps->read);
    if (offset < ps->head.size) {
        buf_add(&ps->read, text_slice(buf_text(&ps->head), (size_t)offset, size));
    } else {
        size_t want = size < READ_AHEAD ? READ_AHEAD : size;
        ssize_t got = pread(fileno(ps->tail), ps->bytes, want, (off_t)(offset - ps->head.size));
        if (got < 0 || (size_t)got < size)
            return fail_read(e);
        buf_add(&ps->read, (struct text){ps->bytes, (size_t)got});
    }
    return !ps->read.failed || err_fail(e, &OUT_OF_MEMORY);
}

static struct text next_text(struct text *rest, size_t size, bool is)
{
    struct text t = text_slice(*rest, 0, size);
    *rest = text_slice(*rest, size, rest->size);
    return is ? t : TEXT_NONE;
}

bool problem_get(struct problems *ps, size_t index, struct problem *out, struct err *e)
{
    assert(index < ps->count);
    const struct place *place = &ps->at[index];
    struct record_head head;
    uint64_t offset = place->offset >> 1;
    if (!fetch(ps, offset, sizeof head, e))
        return false;
    memcpy(&head, ps->read.at, sizeof head);
    size_t size = (size_t)head.field + head.code + head.value + head.message;
    if (ps->read.size < sizeof head + size && !fetch(ps, offset, sizeof head + size, e))
        return false;
    struct text rest = text_slice(buf_text(&ps->read), sizeof head, size);
    uint32_t column = (uint32_t)(place->where & 0xFFFFu);
    *out = (struct problem){.level = (place->offset & 1) != 0 ? PROBLEM_NOTE : PROBLEM_ERROR,
                            .sheet = (uint32_t)(place->where >> 40),
                            .row = (uint32_t)(place->where >> 16 & 0xFFFFFFu),
                            .column = column};
    out->field = next_text(&rest, head.field, head.has_field);
    out->code = next_text(&rest, head.code, true);
    out->value = next_text(&rest, head.value, head.has_value);
    out->message = next_text(&rest, head.message, true);
    return true;
}

size_t problem_seek(const struct problems *ps, uint32_t sheet, uint32_t row)
{
    uint64_t where = where_of(sheet, row, 0);
    size_t low = 0, high = ps->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ps->at[middle].where < where)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t problem_refused(const struct problems *ps, uint32_t sheet, uint32_t row)
{
    for (size_t i = problem_seek(ps, sheet, row); i < ps->count; i++) {
        if (ps->at[i].where >> 16 != where_of(sheet, row, 0) >> 16)
            break;
        if ((ps->at[i].offset & 1) == 0)
            return i;
    }
    return SIZE_MAX;
}

void problem_place(const struct problems *ps, size_t index, uint32_t *sheet_out, uint32_t *row_out,
                   enum problem_level *level_out)
{
    assert(index < ps->count);
    *sheet_out = (uint32_t)(ps->at[index].where >> 40);
    *row_out = (uint32_t)(ps->at[index].where >> 16 & 0xFFFFFFu);
    *level_out = (ps->at[index].offset & 1) != 0 ? PROBLEM_NOTE : PROBLEM_ERROR;
}
