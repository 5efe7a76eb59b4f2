/* The encoding is found by trying: a byte order mark, the zeros of UTF-16, then UTF-8 over the whole file,
 * then GB18030 over the whole file. Chinese text in GB18030 is practically never valid UTF-8. */
#include "format/sheet/decode.h"
#include "format/sheet/chars.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fill(struct decode *d, size_t *got_out, struct err *e)
{
    size_t got = 0;
    while (d->raw_size + got < sizeof(d->raw)) {
        ssize_t n = read(d->file, d->raw + d->raw_size + got, sizeof(d->raw) - d->raw_size - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_fail(e, &SHEET_UNREADABLE);
        if (n == 0)
            break;
        got += (size_t)n;
    }
    d->read += got;
    d->raw_size += got;
    *got_out = got;
    return true;
}

/* Converts what is whole in raw; moves the rest to its front. */
static bool convert(struct decode *d, struct text *out, struct err *e)
{
    char *from = d->raw, *to = d->text;
    size_t left = d->raw_size, room = sizeof(d->text);
    if (d->converter == (iconv_t)-1) {
        size_t good = chars_utf8_prefix(from, left);
        memcpy(to, from, good);
        from += good;
        left -= good;
        to += good;
    } else if (iconv(d->converter, &from, &left, &to, &room) == (size_t)-1 && errno != EINVAL
               && errno != E2BIG) {
        return err_fail(e, &SHEET_NOT_TEXT);
    }
    if (left > 8 && left == d->raw_size)
        return err_fail(e, &SHEET_NOT_TEXT);
    memmove(d->raw, from, left);
    d->raw_size = left;
    *out = (struct text){d->text, (size_t)(to - d->text)};
    return true;
}

bool decode_next(struct decode *d, struct text *out, struct err *e)
{
    bool start = d->read == 0;
    size_t got = 0;
    *out = TEXT("");
    do {
        if (!fill(d, &got, e) || !convert(d, out, e))
            return false;
    } while (out->size == 0 && got > 0);
    if (got == 0 && out->size == 0 && d->raw_size > 0)
        return err_fail(e, &SHEET_TRUNCATED);
    if (start && text_starts_with(*out, TEXT("\xEF\xBB\xBF")))
        *out = text_slice(*out, 3, out->size);
    return true;
}

bool decode_rewind(struct decode *d, struct err *e)
{
    if (lseek(d->file, 0, SEEK_SET) != 0)
        return err_fail(e, &SHEET_UNREADABLE);
    if (d->converter != (iconv_t)-1)
        (void)iconv(d->converter, NULL, NULL, NULL, NULL);
    d->read = 0;
    d->raw_size = 0;
    return true;
}

/* "UTF-16LE" or "UTF-16BE" by the mark or by where zeros stand; NULL: no UTF-16. */
static const char *utf16_kind(const unsigned char *p, size_t size)
{
    if (size >= 2 && p[0] == 0xFF && p[1] == 0xFE)
        return "UTF-16LE";
    if (size >= 2 && p[0] == 0xFE && p[1] == 0xFF)
        return "UTF-16BE";
    size_t zeros[2] = {0, 0};
    size_t looked = size < 1024 ? size : 1024;
    for (size_t i = 0; i < looked; i++)
        zeros[i % 2] += p[i] == 0;
    if (size % 2 == 0 && zeros[1] > 0 && zeros[0] == 0)
        return "UTF-16LE";
    return size % 2 == 0 && zeros[0] > 0 && zeros[1] == 0 ? "UTF-16BE" : NULL;
}

static bool set_converter(struct decode *d, const char *encoding, struct err *e)
{
    if (encoding == NULL)
        return true;
    d->converter = iconv_open("UTF-8", encoding);
    return d->converter != (iconv_t)-1 || err_fail(e, &SHEET_NO_MEMORY);
}

/* Whether the whole file can be read so, and holds no NUL. */
static bool try_all(struct decode *d, struct err *e)
{
    struct text t = TEXT("");
    do {
        if (!decode_next(d, &t, e))
            return false;
        if (t.size > 0 && memchr(t.at, 0, t.size) != NULL)
            return err_fail(e, &SHEET_NOT_WORKBOOK);
    } while (t.size > 0);
    return true;
}

static bool find_encoding(struct decode *d, struct err *e)
{
    size_t got = 0;
    if (!fill(d, &got, e))
        return false;
    const char *wide = utf16_kind((const unsigned char *)d->raw, d->raw_size);
    if (!decode_rewind(d, e) || !set_converter(d, wide, e))
        return false;
    struct err first = {0};
    if (try_all(d, &first))
        return decode_rewind(d, e);
    if (wide != NULL || err_is(&first, &SHEET_UNREADABLE) || err_is(&first, &SHEET_NOT_WORKBOOK)) {
        *e = first;
        return false;
    }
    struct err second = {0};
    if (!decode_rewind(d, e) || !set_converter(d, "GB18030", e))
        return false;
    if (try_all(d, &second))
        return decode_rewind(d, e);
    /* A cut UTF-8 file is one; else neither encoding fits. */
    *e = err_is(&first, &SHEET_TRUNCATED) ? first : second;
    return false;
}

bool decode_open(const char *path, struct decode **out, struct err *e)
{
    struct decode *d = malloc(sizeof(*d));
    if (d == NULL)
        return err_fail(e, &SHEET_NO_MEMORY);
    d->converter = (iconv_t)-1;
    d->read = 0;
    d->raw_size = 0;
    d->file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st = {0};
    bool good = d->file >= 0 && fstat(d->file, &st) == 0;
    d->size = (uint64_t)st.st_size;
    if (!good)
        err_fail(e, &SHEET_UNREADABLE);
    else if (d->size > SHEET_UNPACKED_MAX)
        good = err_fail_text(e, &SHEET_TOO_LARGE, "limit", TEXT("4 GiB"));
    else
        good = find_encoding(d, e);
    if (!good) {
        decode_close(d);
        return false;
    }
    *out = d;
    return true;
}

void decode_close(struct decode *d)
{
    if (d == NULL)
        return;
    if (d->converter != (iconv_t)-1)
        iconv_close(d->converter);
    if (d->file >= 0)
        close(d->file);
    free(d);
}
