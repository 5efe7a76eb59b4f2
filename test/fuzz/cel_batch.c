/* Any bytes as lines of a batch: each line is answered by one line. */
#include "engine/cel_system/cel_system.h"
#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t lines_of(const char *at, size_t size)
{
    size_t lines = 0;
    for (size_t i = 0; i < size; i++)
        lines += at[i] == '\n';
    return lines + (size > 0 && at[size - 1] != '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    char *at = NULL;
    size_t room = 0;
    FILE *in = fmemopen((void *)(uintptr_t)data, size, "r"), *out = open_memstream(&at, &room);
    struct err e = {0};
    if (in == NULL || out == NULL || !cel_system_batch(in, out, LANG_ZH, &e))
        abort();
    fclose(in);
    fclose(out);
    assert(lines_of(at, room) == lines_of((const char *)data, size));
    free(at);
    return 0;
}
