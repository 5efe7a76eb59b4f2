/* Tells a file by its content. The name decides one thing only: text under the name of a workbook is refused,
 * since it is more likely a mistake than a table. */
#include "format/sheet/book.h"
#include <errno.h>
#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_BYTES 4096
#define SECTOR_MAX 4096

struct magic {
    struct text bytes;
    const char *format; /* NULL: no kind of table at all */
};
static const struct magic magics[] = {{{"%PDF-", 5}, "PDF"},
                                      {{"{\\rtf", 5}, "RTF"},
                                      {{"\x89PNG", 4}, "PNG"},
                                      {{"\xFF\xD8\xFF", 3}, "JPEG"},
                                      {{"GIF8", 4}, "GIF"},
                                      {{"Rar!", 4}, "RAR"},
                                      {{"7z\xBC\xAF\x27\x1C", 6}, "7z"},
                                      {{"\x1F\x8B", 2}, "gzip"},
                                      {{"\x7F"
                                        "ELF",
                                        4},
                                       NULL},
                                      {{"MZ\x90", 3}, NULL},
                                      {{"SQLite format 3", 15}, "SQLite"},
                                      {{"\xFD\x37\x7A\x58\x5A", 5}, "xz"}};

static bool open_file(struct text path, int *file_out, struct stat *st, struct err *e)
{
    int file = open(path.at, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 && (errno == ENOENT || errno == ENOTDIR))
        return err_fail(e, &SHEET_ABSENT);
    if (file < 0)
        return err_fail(e, errno == EACCES || errno == EPERM ? &SHEET_FORBIDDEN : &SHEET_UNREADABLE);
    if (fstat(file, st) != 0 || !S_ISREG(st->st_mode)) {
        close(file);
        return err_fail(e, S_ISDIR(st->st_mode) ? &SHEET_NOT_WORKBOOK : &SHEET_UNREADABLE);
    }
    *file_out = file;
    return true;
}

/* A compound file (CFB) is an old workbook, or the shell around an encrypted new one, whose directory then
 * names "EncryptedPackage" in UTF-16. */
static bool fail_compound(int file, const unsigned char *head, struct err *e)
{
    static const char sought[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";
    unsigned shift = head[30];
    uint64_t first = head[48] | (uint64_t)head[49] << 8 | (uint64_t)head[50] << 16 | (uint64_t)head[51] << 24;
    char sector[SECTOR_MAX];
    ssize_t n = 0;
    if (shift == 9 || shift == 12)
        n = pread(file, sector, sizeof(sector), (off_t)((first + 1) << shift));
    bool encrypted = n > 0 && memmem(sector, (size_t)n, sought, sizeof(sought) - 1) != NULL;
    return err_fail(e, encrypted ? &SHEET_ENCRYPTED : &SHEET_OLD_FORMAT);
}

/* Old Excel streams without a shell (BIFF 2 to 4). */
static bool is_bare_old(struct text head)
{
    return head.size >= 4 && head.at[0] == 9 && (head.at[1] == 0 || head.at[1] == 2 || head.at[1] == 4)
           && (head.at[2] == 4 || head.at[2] == 6) && head.at[3] == 0;
}

/* Pages and XML that carry a workbook's name. */
static bool is_markup(struct text head)
{
    static const char *const starts[] = {"<!doctype", "<html", "<head", "<table", "<?xml", "<meta", "<style"};
    head = text_trim(head);
    for (size_t i = 0; i < COUNT_OF(starts); i++)
        if (head.size >= strlen(starts[i]) && strncasecmp(head.at, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

static bool is_workbook_name(struct text path)
{
    static const char *const ends[] = {".xlsx", ".xlsm", ".xltx", ".xltm", ".xls",
                                       ".xlt",  ".xlsb", ".et",   ".ett",  ".ods"};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        size_t size = strlen(ends[i]);
        if (path.size >= size && strncasecmp(path.at + path.size - size, ends[i], size) == 0)
            return true;
    }
    return false;
}

static bool judge_text(struct text path, struct text head, enum sheet_source *out, struct err *e)
{
    for (size_t i = 0; i < COUNT_OF(magics); i++)
        if (text_starts_with(head, magics[i].bytes) && magics[i].format == NULL)
            return err_fail(e, &SHEET_NOT_WORKBOOK);
        else if (text_starts_with(head, magics[i].bytes))
            return err_fail_text(e, &SHEET_OTHER_FORMAT, "format", text_of(magics[i].format));
    if (is_markup(head))
        return err_fail_text(e, &SHEET_OTHER_FORMAT, "format", TEXT("HTML/XML"));
    if (is_bare_old(head))
        return err_fail(e, &SHEET_OLD_FORMAT);
    if (is_workbook_name(path))
        return err_fail(e, &SHEET_NOT_WORKBOOK);
    *out = SHEET_SOURCE_CSV;
    return true;
}

static bool judge(int file, struct text path, enum sheet_source *out, struct err *e)
{
    char bytes[HEAD_BYTES];
    ssize_t n = pread(file, bytes, sizeof(bytes), 0);
    if (n < 0)
        return err_fail(e, &SHEET_UNREADABLE);
    struct text head = {bytes, (size_t)n};
    if (n == 0)
        return err_fail(e, &SHEET_EMPTY);
    if (n >= 52 && memcmp(bytes, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0)
        return fail_compound(file, (const unsigned char *)bytes, e);
    if (text_starts_with(head, TEXT("\xD0\xCF\x11\xE0")))
        return err_fail(e, &SHEET_OLD_FORMAT);
    if (text_starts_with(head, TEXT("PK\x03\x04")) || text_starts_with(head, TEXT("PK\x05\x06"))) {
        *out = SHEET_SOURCE_XLSX;
        return true;
    }
    return judge_text(path, head, out, e);
}

bool kind_of_file(struct text path, enum sheet_source *out, struct err *e)
{
    int file = -1;
    struct stat st = {0};
    if (!open_file(path, &file, &st, e))
        return false;
    bool good = judge(file, path, out, e);
    close(file);
    return good;
}
