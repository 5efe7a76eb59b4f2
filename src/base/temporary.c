/* Files without a name, for what does not fit in memory: nobody else can open them, and a crash leaves none behind. */
#include "base/base.err.h"
#include "base/system.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int open_unlinked(const char *folder)
{
    char path[4096];
    int size = snprintf(path, sizeof path, "%s/honghua-XXXXXX", folder);
    if (size < 0 || (size_t)size >= sizeof path)
        return -1;
    int file = mkostemp(path, O_CLOEXEC);
    if (file >= 0)
        (void)unlink(path);
    return file;
}

bool file_temporary(FILE **out, struct err *e)
{
    const char *folder = getenv("TMPDIR");
    if (folder == NULL || *folder == '\0')
        folder = "/tmp";
    int file = open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
    if (file < 0)
        file = open_unlinked(folder); /* a file system that knows no nameless files */
    FILE *opened = file >= 0 ? fdopen(file, "w+b") : NULL;
    if (opened == NULL) {
        int error = errno;
        if (file >= 0)
            (void)close(file);
        return file_fail_write(e, folder, error);
    }
    *out = opened;
    return true;
}
