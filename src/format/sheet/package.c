/* Finds parts in the archive by name. Owns the libzip handle and a sorted list of names. */
#include "format/sheet/package.h"
#include "format/sheet/package_zip.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define NAMES_MAX ((size_t)64 << 20) /* bytes for all names */

struct entry_name {
    struct text name; /* lower case, "/" between folders, none in front */
    uint64_t entry;
};
struct package {
    zip_t *zip;
    struct arena names;
    struct entry_name *entry; /* by name */
    size_t count;
};

/* The form in which names are compared. TEXT_NONE when memory is out. */
static struct text plain_name(struct arena *a, struct text name)
{
    while (name.size > 0 && (name.at[0] == '/' || name.at[0] == '\\'))
        name = (struct text){name.at + 1, name.size - 1};
    char *to = arena_take(a, name.size + 1);
    if (to == NULL)
        return TEXT_NONE;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.at[i];
        to[i] = c == '\\' ? '/' : (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
    return (struct text){to, name.size};
}

static int by_name(const void *a, const void *b)
{
    const struct entry_name *x = a, *y = b;
    return text_compare(x->name, y->name);
}

static bool list_names(struct package *p, struct err *e)
{
    zip_int64_t count = zip_get_num_entries(p->zip, 0);
    p->entry = arena_take_many(&p->names, count > 0 ? (size_t)count : 1, sizeof(*p->entry));
    if (p->entry == NULL)
        return err_fail(e, &SHEET_NO_MEMORY);
    for (zip_int64_t i = 0; i < count; i++) {
        const char *name = zip_get_name(p->zip, (zip_uint64_t)i, ZIP_FL_ENC_GUESS);
        struct text plain = plain_name(&p->names, text_of(name == NULL ? "" : name));
        if (plain.at == NULL)
            return err_fail(e, &SHEET_NO_MEMORY);
        p->entry[p->count++] = (struct entry_name){plain, (uint64_t)i};
    }
    qsort(p->entry, p->count, sizeof(*p->entry), by_name);
    return true;
}

static bool open_zip(const char *path, zip_t **zip_out, struct err *e)
{
    int why = 0;
    *zip_out = zip_open(path, ZIP_RDONLY, &why);
    if (*zip_out != NULL)
        return true;
    if (why == ZIP_ER_MEMORY)
        return err_fail(e, &SHEET_NO_MEMORY);
    if (why == ZIP_ER_READ || why == ZIP_ER_OPEN)
        return err_fail(e, &SHEET_UNREADABLE);
    return err_fail_text(e, &SHEET_DAMAGED, "part", TEXT("zip"));
}

bool package_open(const char *path, struct package **package_out, struct err *e)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return err_fail(e, &SHEET_UNREADABLE);
    bool good = package_check(file, e);
    close(file);
    if (!good)
        return false;
    struct package *p = calloc(1, sizeof(*p));
    if (p == NULL)
        return err_fail(e, &SHEET_NO_MEMORY);
    arena_init(&p->names, NAMES_MAX);
    if (!open_zip(path, &p->zip, e) || !list_names(p, e)) {
        package_close(p);
        return false;
    }
    *package_out = p;
    return true;
}

void package_close(struct package *p)
{
    if (p == NULL)
        return;
    if (p->zip != NULL)
        zip_discard(p->zip);
    arena_clear(&p->names);
    free(p);
}

bool package_find(const struct package *p, struct text name, bool *found_out, uint64_t *entry_out,
                  struct err *e)
{
    *found_out = false;
    if (name.size > PART_NAME_MAX)
        return true;
    struct arena scratch;
    arena_init(&scratch, (size_t)64 << 10);
    const struct entry_name wanted = {plain_name(&scratch, name), 0};
    const struct entry_name *hit = NULL;
    if (wanted.name.at != NULL && p->count > 0)
        hit = bsearch(&wanted, p->entry, p->count, sizeof(*p->entry), by_name);
    bool twice = hit != NULL
                 && ((hit > p->entry && by_name(hit - 1, hit) == 0)
                     || (hit + 1 < p->entry + p->count && by_name(hit + 1, hit) == 0));
    arena_clear(&scratch);
    if (twice)
        return err_fail_text(e, &SHEET_UNSAFE, "part", name);
    if (hit != NULL) {
        *found_out = true;
        *entry_out = hit->entry;
    }
    return true;
}

uint64_t package_part_size(const struct package *p, uint64_t entry)
{
    zip_stat_t st;
    if (zip_stat_index(p->zip, entry, 0, &st) != 0 || (st.valid & ZIP_STAT_SIZE) == 0)
        return 0;
    return st.size;
}

zip_t *package_zip(struct package *p) { return p->zip; }
