/* Compiled zone files (RFC 8536), read once and kept: the process has a few zones, whatever expressions ask
 * for.
 *
 * The table is one, behind one lock; a zone that is in it never changes until it makes room for another.
 */
#include "engine/cel_system/zone.h"
#include "base/system.h"
#include <pthread.h>
#include <stdlib.h>

#define ZONE_MAX 32      /* zones kept */
#define ZONE_NAME_MAX 64 /* bytes of a name */
#define ZONE_FILE_MAX (256u << 10)

struct zone {
    char name[ZONE_NAME_MAX];
    struct arena arena;
    struct text file; /* as read */
    /* Within the file, big endian: */
    const unsigned char *times, *types, *kinds; /* 8 bytes each; an index each; 6 bytes each */
    size_t time_count, kind_count;
    struct text rule; /* for times behind the last; empty: as the last */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct zone zones[ZONE_MAX];
static size_t oldest;

static uint32_t read_32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t read_64(const unsigned char *at)
{
    return (int64_t)((uint64_t)read_32(at) << 32 | read_32(at + 4));
}

struct counts {
    size_t utc, standard, leap, time, kind, letter;
};

/* The header at `at`: magic, version, fifteen spare bytes, six counts. */
static bool read_counts(struct text file, size_t at, struct counts *out)
{
    if (file.size < at + 44 || memcmp(file.at + at, "TZif", 4) != 0)
        return false;
    const unsigned char *n = (const unsigned char *)file.at + at + 20;
    *out = (struct counts){read_32(n),      read_32(n + 4),  read_32(n + 8),
                           read_32(n + 12), read_32(n + 16), read_32(n + 20)};
    return out->time < ZONE_FILE_MAX && out->kind < 256 && out->kind > 0 && out->letter < ZONE_FILE_MAX
           && out->leap < ZONE_FILE_MAX && out->standard < ZONE_FILE_MAX && out->utc < ZONE_FILE_MAX;
}

static size_t block_size(const struct counts *c, size_t time_size)
{
    return c->time * (time_size + 1) + c->kind * 6 + c->letter + c->leap * (time_size + 4) + c->standard
           + c->utc;
}

/* Finds the parts of the second block, that of 64-bit times, and the rule behind it. */
static bool parse(struct zone *z)
{
    struct counts first, c;
    if (!read_counts(z->file, 0, &first) || z->file.at[4] < '2')
        return false;
    size_t header = 44 + block_size(&first, 4);
    if (!read_counts(z->file, header, &c))
        return false;
    size_t begin = header + 44, end = begin + block_size(&c, 8);
    if (end + 1 > z->file.size)
        return false;
    const unsigned char *at = (const unsigned char *)z->file.at + begin;
    z->times = at;
    z->types = at + c.time * 8;
    z->kinds = z->types + c.time;
    z->time_count = c.time;
    z->kind_count = c.kind;
    size_t close = text_find(z->file, TEXT("\n"), end + 1);
    z->rule = close == SIZE_MAX ? TEXT("") : text_slice(z->file, end + 1, close - end - 1);
    return true;
}

static bool is_name(struct text name)
{
    bool good = name.size > 0 && name.size < ZONE_NAME_MAX && name.at[0] != '/' && name.at[0] != '-';
    for (size_t i = 0; good && i < name.size; i++) {
        char c = name.at[i];
        good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'
               || c == '-' || c == '+' || c == '/';
    }
    return good; /* no dots: no way out of the folder */
}

static bool read_file(struct zone *z, struct text name)
{
    static const char *const folders[] = {"/usr/share/zoneinfo", "/usr/lib/zoneinfo",
                                          "/usr/share/lib/zoneinfo"};
    char path[ZONE_NAME_MAX + 32];
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        struct err ignored = {0};
        snprintf(path, sizeof path, "%s/%.*s", folders[i], TEXT_ARG(name));
        if (!file_is_folder(path) && file_read(path, ZONE_FILE_MAX, &z->arena, &z->file, &ignored)
            && parse(z))
            return true;
    }
    return false;
}

/* Fills a place of the table; NULL: no such zone. */
static struct zone *load_locked(struct text name)
{
    struct zone fresh = {0};
    arena_init(&fresh.arena, ZONE_FILE_MAX * 2);
    struct text present = zone_present_name(name);
    if (!read_file(&fresh, name) && (present.at == NULL || !read_file(&fresh, present))) {
        arena_clear(&fresh.arena);
        return NULL;
    }
    struct zone *z = &zones[oldest];
    oldest = (oldest + 1) % ZONE_MAX;
    arena_clear(&z->arena);
    *z = fresh;
    memcpy(z->name, name.at, name.size);
    return z;
}

static struct zone *find_locked(struct text name)
{
    for (size_t i = 0; i < ZONE_MAX; i++) {
        if (zones[i].file.at != NULL && text_equal(text_of(zones[i].name), name))
            return &zones[i];
    }
    return load_locked(name);
}

/* The last entry at or before the time; SIZE_MAX: it lies before them all. */
static size_t entry_of(const struct zone *z, int64_t seconds)
{
    size_t low = 0, high = z->time_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (read_64(z->times + middle * 8) <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? SIZE_MAX : low - 1;
}

static bool offset_locked(const struct zone *z, int64_t seconds, int32_t *offset_out)
{
    size_t entry = entry_of(z, seconds);
    bool last = z->time_count == 0 || entry == z->time_count - 1;
    if (last && z->rule.size > 0 && zone_rule_offset(z->rule, seconds, offset_out))
        return true;
    size_t kind = entry == SIZE_MAX ? 0 : z->types[entry];
    if (kind >= z->kind_count)
        return false;
    *offset_out = (int32_t)read_32(z->kinds + kind * 6);
    return *offset_out > -86400 * 2 && *offset_out < 86400 * 2;
}

bool zone_offset(struct text name, int64_t seconds, int32_t *offset_out)
{
    if (!is_name(name) || pthread_mutex_lock(&lock) != 0)
        return false;
    const struct zone *z = find_locked(name);
    bool good = z != NULL && offset_locked(z, seconds, offset_out);
    (void)pthread_mutex_unlock(&lock);
    return good;
}
