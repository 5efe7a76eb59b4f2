/* A file of any bytes: read as a workbook or as delimited text, by the short cut and by expat alone, which
 * must agree.
 *
 * The short cut may accept what expat refuses in one respect (a prefix that is bound to nothing); where expat
 * accepts, both must give the same cells.
 */
#include "format/sheet/book.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define INPUT_MAX ((size_t)1 << 20)
#define OUTPUT_MAX ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool dump(const char *path, bool plain, enum sheet_merging merging, struct buf *out)
{
    struct sheet_options how = {.cell_chars_max = SHEET_IMPORT_CHARS_MAX, .merging = merging, .plain = plain};
    struct err e = {0};
    struct json j;
    buf_init(out, OUTPUT_MAX);
    json_open(&j, json_to_buf, out);
    bool good = book_dump(path, &how, &j, &e);
    return json_end(&j) && good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    int file = memfd_create("workbook", MFD_CLOEXEC);
    if (file < 0 || size > INPUT_MAX || write(file, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
    for (int merging = SHEET_MERGE_FIRST; merging <= SHEET_MERGE_FILL; merging++) {
        struct buf fast, plain;
        bool fast_good = dump(path, false, (enum sheet_merging)merging, &fast);
        bool plain_good = dump(path, true, (enum sheet_merging)merging, &plain);
        if (plain_good && (!fast_good || !text_equal(buf_text(&fast), buf_text(&plain))))
            abort();
        buf_clear(&fast);
        buf_clear(&plain);
    }
    close(file);
    return 0;
}
