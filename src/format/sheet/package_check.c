/* Looks through a zip archive's directory before anything is unpacked.
 *
 * libzip reads what is asked for; it does not mind entries that share their bytes (a bomb of 46 MB that
 * unpacks to petabytes is made so), nor paths that climb. An honest workbook has neither.
 */
#include "format/sheet/package.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define END_BYTES 22
#define END_SEARCH_MAX (END_BYTES + 65535)
#define ENTRY_BYTES 46
#define LOCAL_BYTES 30
#define DIRECTORY_MAX ((size_t)64 << 20)

struct span {
    uint64_t from, to;
};
struct directory {
    uint64_t count, size, offset; /* as written in the archive */
    uint64_t end;                 /* where in the file the directory ends */
    uint64_t unpacked;
};

static uint16_t le16(const unsigned char *p) { return (uint16_t)(p[0] | p[1] << 8); }
static uint32_t le32(const unsigned char *p) { return (uint32_t)le16(p) | (uint32_t)le16(p + 2) << 16; }
static uint64_t le64(const unsigned char *p) { return le32(p) | (uint64_t)le32(p + 4) << 32; }

static bool read_at(int file, void *to, size_t size, uint64_t from)
{
    char *at = to;
    while (size > 0) {
        ssize_t n = pread(file, at, size, (off_t)from);
        if (n <= 0)
            return false;
        at += n;
        from += (uint64_t)n;
        size -= (size_t)n;
    }
    return true;
}

static bool damaged(struct err *e) { return err_fail_text(e, &SHEET_DAMAGED, "part", TEXT("zip")); }

/* The archive's last record, searched from the end. */
static bool find_end(int file, uint64_t file_size, unsigned char *end_out, uint64_t *at_out)
{
    size_t size = file_size < END_SEARCH_MAX ? (size_t)file_size : END_SEARCH_MAX;
    unsigned char *tail = malloc(size + 1);
    bool found = false;
    if (tail != NULL && size >= END_BYTES && read_at(file, tail, size, file_size - size)) {
        for (size_t i = size - END_BYTES + 1; i-- > 0 && !found;) {
            found = le32(tail + i) == 0x06054b50 && i + END_BYTES + le16(tail + i + 20) <= size;
            if (found) {
                memcpy(end_out, tail + i, END_BYTES);
                *at_out = file_size - size + i;
            }
        }
    }
    free(tail);
    return found;
}

/* An archive beyond 4 GiB or 65,535 entries has a second last record. */
static bool read_end64(int file, uint64_t end_at, struct directory *d)
{
    unsigned char locator[20], record[56];
    if (end_at < sizeof(locator) || !read_at(file, locator, sizeof(locator), end_at - sizeof(locator))
        || le32(locator) != 0x07064b50)
        return true;
    uint64_t at = le64(locator + 8);
    if (at > end_at || !read_at(file, record, sizeof(record), at) || le32(record) != 0x06064b50)
        return false;
    d->count = le64(record + 32);
    d->size = le64(record + 40);
    d->offset = le64(record + 48);
    d->end = at;
    return true;
}

static bool find_directory(int file, struct directory *d, struct err *e)
{
    struct stat st;
    if (fstat(file, &st) != 0)
        return err_fail(e, &SHEET_UNREADABLE);
    unsigned char end[END_BYTES];
    uint64_t at = 0;
    if (!find_end(file, (uint64_t)st.st_size, end, &at))
        return err_fail(e, &SHEET_TRUNCATED);
    *d = (struct directory){
        .count = le16(end + 10), .size = le32(end + 12), .offset = le32(end + 16), .end = at};
    if (!read_end64(file, at, d))
        return damaged(e);
    if (d->size > d->end || d->offset > d->end - d->size)
        return err_fail(e, &SHEET_TRUNCATED);
    if (d->count > SHEET_ENTRIES_MAX) {
        err_fail_text(e, &SHEET_TOO_MANY_PARTS, "part", TEXT("zip"));
        err_add_int(e, "limit", SHEET_ENTRIES_MAX);
        return false;
    }
    if (d->size > DIRECTORY_MAX)
        return err_fail_text(e, &SHEET_UNSAFE, "part", TEXT("zip"));
    return true;
}

/* Sizes beyond 32 bits stand in an extra field, in this order, each only where the plain one is all ones. */
static void widen(const unsigned char *extra, size_t size, uint64_t *unpacked, uint64_t *packed,
                  uint64_t *offset)
{
    uint64_t *field[3] = {unpacked, packed, offset};
    while (size >= 4) {
        size_t length = le16(extra + 2);
        if (length > size - 4)
            return;
        if (le16(extra) == 1) {
            for (size_t i = 0, at = 4; i < 3; i++)
                if (*field[i] == UINT32_MAX && at + 8 <= 4 + length) {
                    *field[i] = le64(extra + at);
                    at += 8;
                }
            return;
        }
        extra += 4 + length;
        size -= 4 + length;
    }
}

static bool climbs(const unsigned char *name, size_t size)
{
    if (size > PART_NAME_MAX || memchr(name, 0, size) != NULL)
        return true;
    for (size_t from = 0, i = 0; i <= size; i++)
        if (i == size || name[i] == '/' || name[i] == '\\') {
            if (i - from == 2 && name[from] == '.' && name[from + 1] == '.')
                return true;
            from = i + 1;
        }
    return false;
}

/* One entry at `p`; *used_out bytes of the directory are its own. */
static bool read_entry(struct directory *d, const unsigned char *p, size_t left, struct span *span,
                       size_t *used_out, struct err *e)
{
    if (left < ENTRY_BYTES || le32(p) != 0x02014b50)
        return damaged(e);
    size_t name = le16(p + 28), extra = le16(p + 30), comment = le16(p + 32);
    if (name + extra + comment > left - ENTRY_BYTES)
        return damaged(e);
    uint64_t packed = le32(p + 20), unpacked = le32(p + 24), offset = le32(p + 42);
    widen(p + ENTRY_BYTES + name, extra, &unpacked, &packed, &offset);
    uint64_t room = d->offset; /* the directory stands behind the last entry */
    if (offset > room || room - offset < LOCAL_BYTES + name || room - offset - LOCAL_BYTES - name < packed)
        return err_fail(e, &SHEET_TRUNCATED);
    if (climbs(p + ENTRY_BYTES, name))
        return err_fail_text(e, &SHEET_UNSAFE, "part", TEXT("zip: .."));
    if (unpacked > SHEET_UNPACKED_MAX || d->unpacked + unpacked > SHEET_UNPACKED_MAX)
        return err_fail_text(e, &SHEET_TOO_LARGE, "limit", TEXT("4 GiB"));
    d->unpacked += unpacked;
    *span = (struct span){offset, offset + LOCAL_BYTES + name + packed};
    *used_out = ENTRY_BYTES + name + extra + comment;
    return true;
}

static int by_start(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

static bool walk(struct directory *d, const unsigned char *bytes, struct span *spans, struct err *e)
{
    size_t at = 0, used = 0;
    for (uint64_t i = 0; i < d->count; i++, at += used)
        if (!read_entry(d, bytes + at, (size_t)d->size - at, &spans[i], &used, e))
            return false;
    qsort(spans, (size_t)d->count, sizeof(*spans), by_start);
    for (uint64_t i = 1; i < d->count; i++)
        if (spans[i].from < spans[i - 1].to)
            return err_fail_text(e, &SHEET_UNSAFE, "part", TEXT("zip: overlap"));
    return true;
}

bool package_check(int file, struct err *e)
{
    struct directory d = {0};
    if (!find_directory(file, &d, e))
        return false;
    unsigned char *bytes = malloc((size_t)d.size + 1);
    struct span *spans = calloc((size_t)d.count + 1, sizeof(*spans));
    bool good = bytes != NULL && spans != NULL;
    if (!good)
        err_fail(e, &SHEET_NO_MEMORY);
    else if (!read_at(file, bytes, (size_t)d.size, d.end - d.size))
        good = err_fail(e, &SHEET_UNREADABLE);
    else
        good = walk(&d, bytes, spans, e);
    free(spans);
    free(bytes);
    return good;
}
