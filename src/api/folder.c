/* The server's folder. Always holds: whoever uses a folder holds its lock, so what can be locked is nobody's
 * any more. */
#include "api/folder.h"
#include "base/system.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "honghua-serve-"
#define TRIES 10
#define FILES_AT_ONCE 16

static const char *temporary(void)
{
    const char *told = getenv("TMPDIR");
    return told != NULL && told[0] != '\0' ? told : "/tmp";
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info, (void)kind, (void)where;
    (void)remove(path); /* what stays is found by the next start */
    return 0;
}

static void remove_all(const char *path)
{
    (void)nftw(path, remove_one, FILES_AT_ONCE, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* Locks a folder of our own; -1: another's, in use, or gone. */
static int lock_folder(const char *path)
{
    struct stat info;
    int lock = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (lock < 0)
        return -1;
    if (flock(lock, LOCK_EX | LOCK_NB) == 0 && fstat(lock, &info) == 0 && info.st_uid == geteuid()
        && info.st_nlink > 0)
        return lock;
    (void)close(lock);
    return -1;
}

static void tidy(void)
{
    DIR *all = opendir(temporary());
    const struct dirent *entry;
    char path[FOLDER_PATH_MAX];
    while (all != NULL && (entry = readdir(all)) != NULL) {
        struct text name = text_of(entry->d_name);
        if (!text_starts_with(name, TEXT(PREFIX)) || name.size != strlen(PREFIX "XXXXXX")
            || snprintf(path, sizeof path, "%s/%s", temporary(), entry->d_name) >= (int)sizeof path)
            continue;
        int lock = lock_folder(path);
        if (lock < 0)
            continue;
        remove_all(path);
        (void)close(lock);
    }
    if (all != NULL)
        (void)closedir(all);
}

bool folder_open(struct folder *out, struct err *e)
{
    int error = ENAMETOOLONG;
    tidy();
    /* Another that starts may take the new one for left over before it is locked. */
    for (int i = 0; i < TRIES; i++) {
        int size = snprintf(out->path, sizeof out->path, "%s/" PREFIX "XXXXXX", temporary());
        if (size < 0 || (size_t)size >= sizeof out->path)
            break;
        if (mkdtemp(out->path) == NULL) {
            error = errno;
            break;
        }
        out->lock = lock_folder(out->path);
        if (out->lock >= 0)
            return true;
        error = EBUSY;
    }
    file_fail_write(e, out->path, error);
    out->path[0] = '\0';
    return false;
}

void folder_close(struct folder *f)
{
    if (f->path[0] == '\0')
        return;
    remove_all(f->path);
    (void)close(f->lock);
    f->path[0] = '\0';
}
