/* A head in memory; behind it, pages in a nameless file read through a small cache in which every page has
 * one possible place. */
#include "format/sheet/spill.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct spill_slot {
    uint64_t page_plus_1; /* 0: empty */
    char bytes[SPILL_PAGE_BYTES];
};

void spill_init(struct spill *s, size_t resident) { *s = (struct spill){.resident = resident, .file = -1}; }

void spill_clear(struct spill *s)
{
    free(s->head);
    free(s->tail);
    free(s->slot);
    if (s->resident > 0 && s->file >= 0)
        close(s->file);
    *s = (struct spill){.file = -1};
}

static int open_nameless(void)
{
    const char *folder = getenv("TMPDIR");
    if (folder == NULL || *folder == '\0')
        folder = "/tmp";
    int file = open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
        return file;
    /* File systems that know no nameless files. */
    char path[4096];
    static const char name[] = "/honghua-XXXXXX";
    size_t size = strlen(folder);
    if (size + sizeof(name) > sizeof(path))
        return -1;
    memcpy(path, folder, size);
    memcpy(path + size, name, sizeof(name));
    file = mkostemp(path, O_CLOEXEC);
    if (file >= 0)
        (void)unlink(path);
    return file;
}

static bool write_all(int file, const char *at, size_t size)
{
    while (size > 0) {
        ssize_t n = write(file, at, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        size -= (size_t)n;
    }
    return true;
}

static bool tail_flush(struct spill *s, struct err *e)
{
    if (s->file < 0)
        s->file = open_nameless();
    if (s->file < 0 || !write_all(s->file, s->tail, s->tail_size))
        return err_fail(e, &SHEET_NO_SPACE);
    s->tail_size = 0;
    return true;
}

static bool head_grow(struct spill *s, size_t need, struct err *e)
{
    size_t room = s->head_room < SPILL_PAGE_BYTES ? SPILL_PAGE_BYTES : s->head_room * 2;
    while (room < need)
        room *= 2;
    if (room > s->resident)
        room = s->resident;
    char *at = realloc(s->head, room);
    if (at == NULL)
        return err_fail(e, &SHEET_NO_MEMORY);
    s->head = at;
    s->head_room = room;
    return true;
}

/* As much of `bytes` as the head still takes. */
static bool add_head(struct spill *s, struct text *bytes, struct err *e)
{
    if (s->size >= s->resident || bytes->size == 0)
        return true;
    size_t used = (size_t)s->size, take = s->resident - used;
    take = take < bytes->size ? take : bytes->size;
    if (used + take > s->head_room && !head_grow(s, used + take, e))
        return false;
    memcpy(s->head + used, bytes->at, take);
    s->size += take;
    *bytes = (struct text){bytes->at + take, bytes->size - take};
    return true;
}

bool spill_add(struct spill *s, struct text bytes, struct err *e)
{
    if (!add_head(s, &bytes, e))
        return false;
    if (bytes.size > 0 && s->tail == NULL && (s->tail = malloc(SPILL_PAGE_BYTES)) == NULL)
        return err_fail(e, &SHEET_NO_MEMORY);
    while (bytes.size > 0) {
        size_t take = SPILL_PAGE_BYTES - s->tail_size;
        take = take < bytes.size ? take : bytes.size;
        memcpy(s->tail + s->tail_size, bytes.at, take);
        s->tail_size += take;
        s->size += take;
        bytes = (struct text){bytes.at + take, bytes.size - take};
        if (s->tail_size == SPILL_PAGE_BYTES && !tail_flush(s, e))
            return false;
    }
    return true;
}

bool spill_settle(struct spill *s, struct err *e)
{
    if (s->tail_size > 0 && !tail_flush(s, e))
        return false;
    free(s->tail);
    s->tail = NULL;
    if (s->file >= 0 && (s->slot = calloc(SPILL_SLOTS, sizeof(*s->slot))) == NULL)
        return err_fail(e, &SHEET_NO_MEMORY);
    return true;
}

const char *spill_direct(const struct spill *s, uint64_t from, size_t size)
{
    assert(from + size <= s->size);
    return from + size <= s->resident ? s->head + from : NULL;
}

static const char *page_read(struct spill *s, uint64_t page)
{
    struct spill_slot *slot = &s->slot[page % SPILL_SLOTS];
    if (slot->page_plus_1 == page + 1)
        return slot->bytes;
    slot->page_plus_1 = 0;
    size_t have = 0;
    while (have < SPILL_PAGE_BYTES) {
        ssize_t n = pread(s->file, slot->bytes + have, SPILL_PAGE_BYTES - have,
                          (off_t)(page * SPILL_PAGE_BYTES + have));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return NULL;
        if (n == 0)
            break; /* the last page is a short one */
        have += (size_t)n;
    }
    slot->page_plus_1 = page + 1;
    return slot->bytes;
}

bool spill_copy(struct spill *s, uint64_t from, size_t size, char *out, struct err *e)
{
    assert(from + size <= s->size);
    if (from < s->resident && size > 0) {
        size_t take = s->resident - (size_t)from;
        take = take < size ? take : size;
        memcpy(out, s->head + from, take);
        from += take;
        out += take;
        size -= take;
    }
    while (size > 0) {
        uint64_t behind = from - s->resident;
        size_t within = behind % SPILL_PAGE_BYTES, take = SPILL_PAGE_BYTES - within;
        take = take < size ? take : size;
        const char *page = page_read(s, behind / SPILL_PAGE_BYTES);
        if (page == NULL)
            return err_fail(e, &SHEET_UNREADABLE);
        memcpy(out, page + within, take);
        from += take;
        out += take;
        size -= take;
    }
    return true;
}
