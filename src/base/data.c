/* Where the program's own data lies: it must be found from any working folder, installed or not. */
#include "base/base.err.h"
#include "base/system.h"
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/* Folder of the running executable, or TEXT_NONE. */
static struct text program_folder(struct arena *a)
{
    char path[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path);
    if (size <= 0 || (size_t)size == sizeof path)
        return TEXT_NONE;
    while (size > 1 && path[size - 1] != '/')
        size--;
    return text_copy(a, (struct text){path, (size_t)size});
}

static bool is_safe(const char *name)
{
    return name[0] != '/' && strcmp(name, "..") != 0 && strncmp(name, "../", 3) != 0
           && strstr(name, "/../") == NULL;
}

bool file_find_data(const char *name, struct arena *a, struct text *path_out, struct err *e)
{
    const char *told = getenv("HONGHUA_DATA");
    struct text folder = program_folder(a), tried[2] = {TEXT_NONE, TEXT_NONE};
    if (told != NULL && told[0] != 0) {
        tried[0] = text_format(a, "%s/%s", told, name);
    } else if (folder.at != NULL) {
        tried[0] = text_format(a, "%.*s../%s", TEXT_ARG(folder), name);
        tried[1] = text_format(a, "%.*s../share/honghua/%s", TEXT_ARG(folder), name);
    }
    for (size_t i = 0; i < COUNT_OF(tried) && is_safe(name); i++) {
        if (tried[i].at != NULL && file_exists(tried[i].at)) {
            *path_out = tried[i];
            return true;
        }
    }
    return err_fail_text(e, &FILE_ABSENT, "file", tried[0].at != NULL ? tried[0] : text_of(name));
}
