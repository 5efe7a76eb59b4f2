/* Files by their names; what a file really is, the reader finds out. */
#include "domain/import/path.h"
#include "base/base.err.h"
#include "base/system.h"
#include "domain/import/import.err.h"

struct files {
    struct import_file *at;
    size_t count, room;
    struct arena *arena;
    struct err *e;
};

static struct text base_name(struct text path)
{
    size_t from = path.size;
    while (from > 0 && path.at[from - 1] != '/')
        from--;
    return text_slice(path, from, path.size);
}

static size_t dot_of(struct text name)
{
    for (size_t i = name.size; i-- > 1;)
        if (name.at[i] == '.')
            return i;
    return name.size;
}

struct text path_stem(struct text name) { return text_slice(name, 0, dot_of(name)); }

static bool ends_in(struct text name, const char *const *endings, size_t count)
{
    struct text ending = text_slice(name, dot_of(name), name.size);
    for (size_t i = 0; i < count; i++) {
        struct text want = text_of(endings[i]);
        bool same = ending.size == want.size;
        for (size_t k = 0; same && k < want.size; k++)
            same = (ending.at[k] | 0x20) == (want.at[k] | 0x20);
        if (same)
            return true;
    }
    return false;
}

static const char *const workbooks[] = {".xlsx", ".xlsm", ".xltx", ".xltm"};
static const char *const others[] = {".xls", ".et", ".xlsb", ".ods", ".ett", ".xlt"};
static const char *const csv[] = {".csv"};

bool path_is_csv(struct text name) { return ends_in(name, csv, COUNT_OF(csv)); }
static bool is_workbook(struct text name) { return ends_in(name, workbooks, COUNT_OF(workbooks)); }

static bool add(struct files *fs, struct text path, bool named)
{
    if (fs->count >= PATH_FILES_MAX) {
        err_fail_int(fs->e, &LIMIT, "max", PATH_FILES_MAX);
        err_add(fs->e, "what", TEXT("一次导入的文件数"));
        return false;
    }
    if (fs->count == fs->room) {
        size_t room = fs->room == 0 ? 16 : 2 * fs->room;
        struct import_file *at = arena_take_many(fs->arena, room, sizeof *at);
        if (at == NULL)
            return err_fail(fs->e, &OUT_OF_MEMORY);
        if (fs->count > 0)
            memcpy(at, fs->at, fs->count * sizeof *at);
        fs->at = at;
        fs->room = room;
    }
    struct text copy = text_copy(fs->arena, path);
    if (copy.at == NULL)
        return err_fail(fs->e, &OUT_OF_MEMORY);
    fs->at[fs->count++] = (struct import_file){.path = copy, .name = base_name(copy), .named = named};
    return true;
}

static bool add_folder(struct files *fs, struct text folder)
{
    struct text *names;
    size_t count;
    if (!file_list(folder.at, fs->arena, &names, &count, fs->e))
        return false;
    while (folder.size > 1 && folder.at[folder.size - 1] == '/')
        folder.size--;
    for (size_t i = 0; i < count; i++) {
        if (names[i].at[0] == '.' || text_starts_with(names[i], TEXT("~$")))
            continue;
        if (!is_workbook(names[i]) && !path_is_csv(names[i]))
            continue;
        struct text path = text_format(fs->arena, "%.*s/%.*s", TEXT_ARG(folder), TEXT_ARG(names[i]));
        if (path.at == NULL)
            return err_fail(fs->e, &OUT_OF_MEMORY);
        if (!file_is_folder(path.at) && !add(fs, path, false))
            return false;
    }
    return true;
}

static bool add_named(struct files *fs, struct text path)
{
    struct text name = base_name(path);
    bool readable = is_workbook(name) || path_is_csv(name) || ends_in(name, others, COUNT_OF(others));
    if (!readable && file_exists(path.at))
        return err_fail_text(fs->e, &IMPORT_OTHER_KIND, "file", name);
    return add(fs, path, true);
}

bool path_list(const struct text *paths, size_t count, struct arena *a, const struct import_file **out,
               size_t *count_out, struct err *e)
{
    struct files fs = {.arena = a, .e = e};
    for (size_t i = 0; i < count; i++) {
        struct text path = text_copy(a, paths[i]);
        if (path.at == NULL)
            return err_fail(e, &OUT_OF_MEMORY);
        if (!(file_is_folder(path.at) ? add_folder(&fs, path) : add_named(&fs, path)))
            return false;
    }
    if (fs.count == 0)
        return err_fail_text(e, &IMPORT_NO_FILES, "folder", count > 0 ? paths[0] : TEXT(""));
    *out = fs.at;
    *count_out = fs.count;
    return true;
}
