/* Whole files and folders. A write is never seen half: it happens beside the file and is renamed over it. */
#include "base/base.err.h"
#include "base/system.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define STREAM_START 65536u
#define NAME_TRIES 16

static bool fail(struct err *e, const char *path, int error, const struct err_kind *otherwise)
{
    const struct err_kind *kind = otherwise;
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        kind = &FILE_ABSENT;
        break;
    case EACCES:
    case EPERM:
    case EROFS:
        kind = &FILE_FORBIDDEN;
        break;
    case EISDIR:
        kind = &FILE_IS_FOLDER;
        break;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        kind = &FILE_FULL;
        break;
    case ENOMEM:
        kind = &OUT_OF_MEMORY;
        break;
    default:
        break;
    }
    err_fail_text(e, kind, "file", text_of(path));
    if (kind == otherwise)
        err_add(e, "reason", text_of(strerrordesc_np(error)));
    return false;
}

bool file_fail(struct err *e, const char *path, int error) { return fail(e, path, error, &FILE_READ); }
bool file_fail_write(struct err *e, const char *path, int error) { return fail(e, path, error, &FILE_WRITE); }

static bool fail_large(struct err *e, const char *path, size_t max)
{
    err_fail_text(e, &FILE_TOO_LARGE, "file", text_of(path));
    err_add_int(e, "max", max > INT64_MAX ? INT64_MAX : (int64_t)max);
    return false;
}

/* Up to `size` bytes; *got is fewer only at the end of the file. */
static bool read_up_to(int fd, char *at, size_t size, size_t *got)
{
    for (*got = 0; *got < size;) {
        ssize_t n = read(fd, at + *got, size - *got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        if (n == 0)
            return true;
        *got += (size_t)n;
    }
    return true;
}

/* Reads in doubling pieces: the size that a file tells may be wrong (a pipe, /proc, a file that grows). */
static bool read_all(int fd, const char *path, size_t guess, size_t max, struct arena *a, struct text *out,
                     struct err *e)
{
    size_t room = guess < max ? guess + 1 : max + 1, size = 0, got = 0;
    char *at = arena_take(a, room + 1);
    while (at != NULL) {
        if (!read_up_to(fd, at + size, room - size, &got))
            return file_fail(e, path, errno);
        size += got;
        if (size > max)
            return fail_large(e, path, max);
        if (size < room) {
            at[size] = 0;
            *out = (struct text){at, size};
            return true;
        }
        size_t more = room > max / 2 ? max + 1 : room * 2 + STREAM_START;
        more = more > max ? max + 1 : more;
        char *larger = arena_take(a, more + 1);
        if (larger != NULL)
            memcpy(larger, at, size);
        at = larger;
        room = more;
    }
    return err_fail_text(e, &OUT_OF_MEMORY, "file", text_of(path));
}

bool file_read(const char *path, size_t max, struct arena *a, struct text *out, struct err *e)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return file_fail(e, path, errno);
    bool done = fstat(fd, &info) == 0 || file_fail(e, path, errno);
    if (done && S_ISDIR(info.st_mode))
        done = file_fail(e, path, EISDIR);
    size_t guess = done && S_ISREG(info.st_mode) && info.st_size > 0 ? (size_t)info.st_size : STREAM_START;
    if (done && S_ISREG(info.st_mode) && guess > max && info.st_size > 0)
        done = fail_large(e, path, max);
    done = done && read_all(fd, path, guess, max > SIZE_MAX / 4 ? SIZE_MAX / 4 : max, a, out, e);
    close(fd);
    return done;
}

static bool write_all(int fd, struct text content)
{
    for (size_t at = 0; at < content.size;) {
        ssize_t n = write(fd, content.at + at, content.size - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

/* Opens a new file beside `path`; its name in `beside` (room bytes). -1 with errno. */
static int open_beside(const char *path, int mode, char *beside, size_t room)
{
    for (int i = 0; i < NAME_TRIES; i++) {
        uint32_t salt = 0;
        random_fill(&salt, sizeof salt);
        snprintf(beside, room, "%s.%08x.part", path, salt);
        int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

/* The folder's entry, too, must reach the disk. A folder that cannot be synced (some network shares) is let
 * be. */
void file_sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t size = slash == NULL ? 0 : (size_t)(slash - path);
    char *folder = slash == NULL ? strdup(".") : size == 0 ? strdup("/") : strndup(path, size);
    int fd = folder == NULL ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(folder);
}

static bool write_in_place(const char *path, struct text content, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return file_fail_write(e, path, errno);
    bool done = write_all(fd, content) || file_fail_write(e, path, errno);
    close(fd);
    return done;
}

bool file_write(const char *path, struct text content, int mode, struct err *e)
{
    struct stat info;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return file_fail_write(e, path, EISDIR);
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return write_in_place(path, content, e);
    size_t room = strlen(path) + 16;
    char *beside = malloc(room);
    if (beside == NULL)
        return file_fail_write(e, path, ENOMEM);
    int fd = open_beside(path, mode, beside, room);
    bool done = fd >= 0 && write_all(fd, content) && fsync(fd) == 0;
    int error = done ? 0 : errno;
    if (fd >= 0 && close(fd) != 0 && done) {
        done = false;
        error = errno;
    }
    if (done && rename(beside, path) != 0) {
        done = false;
        error = errno;
    }
    if (!done && fd >= 0)
        unlink(beside);
    if (done)
        file_sync_folder(path);
    free(beside);
    return done || file_fail_write(e, path, error);
}

bool file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

bool file_is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool file_is_same(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

int file_mode(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? (int)(info.st_mode & 07777) : -1;
}

static int name_order(const void *a, const void *b)
{
    const struct text *left = a, *right = b;
    return text_compare(*left, *right);
}

/* The entry into a list that doubles; false when memory is out. */
static bool add_name(struct arena *a, struct text **names, size_t *count, size_t *room, const char *name)
{
    if (*count == *room) {
        size_t more = *room == 0 ? 32 : *room * 2;
        struct text *larger = arena_take_many(a, more, sizeof *larger);
        if (larger == NULL)
            return false;
        if (*count > 0)
            memcpy(larger, *names, *count * sizeof *larger);
        *names = larger;
        *room = more;
    }
    struct text copy = text_copy(a, text_of(name));
    if (copy.at == NULL)
        return false;
    (*names)[(*count)++] = copy;
    return true;
}

bool file_list(const char *folder, struct arena *a, struct text **names_out, size_t *count_out, struct err *e)
{
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return file_fail(e, folder, errno);
    struct text *names = NULL;
    size_t count = 0, room = 0;
    bool done = true;
    errno = 0;
    for (struct dirent *entry; done && (entry = readdir(dir)) != NULL; errno = 0) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        done = add_name(a, &names, &count, &room, entry->d_name) || file_fail(e, folder, ENOMEM);
    }
    if (done && errno != 0)
        done = file_fail(e, folder, errno);
    closedir(dir);
    if (!done)
        return false;
    if (count > 1)
        qsort(names, count, sizeof *names, name_order);
    *names_out = names;
    *count_out = count;
    return true;
}
