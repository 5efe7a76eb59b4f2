/* A disk that is full, for a server that is started with this in LD_PRELOAD: as long as the file
 * DISK_FULL_FLAG is there, what is written into tables (files below base/) is answered with ENOSPC; logs and
 * settings are not.
 */
#undef _FILE_OFFSET_BITS /* else their names are others than Debian's server calls */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static int is_full(int file)
{
    char link[64], path[4096];
    const char *flag = getenv("DISK_FULL_FLAG");
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t size = flag != NULL && access(flag, F_OK) == 0 ? readlink(link, path, sizeof path - 1) : -1;
    path[size < 0 ? 0 : size] = '\0';
    errno = before;
    return strstr(path, "/base/") != NULL;
}

static void *real(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL)
        abort();
    return found;
}

#define SHOWN __attribute__((visibility("default")))
typedef ssize_t plain(int file, const void *from, size_t size);
typedef ssize_t placed(int file, const void *from, size_t size, off_t at);
typedef ssize_t gathered(int file, const struct iovec *from, int count, off_t at);

static ssize_t full(void)
{
    errno = ENOSPC;
    return -1;
}

SHOWN ssize_t write(int file, const void *from, size_t size)
{
    return is_full(file) ? full() : ((plain *)real("write"))(file, from, size);
}

SHOWN ssize_t pwrite(int file, const void *from, size_t size, off_t at)
{
    return is_full(file) ? full() : ((placed *)real("pwrite"))(file, from, size, at);
}

SHOWN ssize_t pwritev(int file, const struct iovec *from, int count, off_t at)
{
    return is_full(file) ? full() : ((gathered *)real("pwritev"))(file, from, count, at);
}
