/* A thin layer on libxlsxwriter in its constant memory mode: rows go to a temporary file as soon as the next
 * begins.
 *
 * The workbook is built beside its target and renamed over it, so that nobody ever sees half of it.
 */
#include "format/sheet/sheet_write.h"
#include "format/sheet/chars.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define TEXT_CHARS_MAX 32767
#define TEXT_BYTES_MAX (TEXT_CHARS_MAX * 10) /* escapes included */
#define LINKS_MAX 65000                      /* of a sheet; Excel takes 65,530 */
#define NAME_CHARS_MAX 31

struct sheet_writer {
    char *path, *part; /* the target; what is written until the end */
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *look[SHEET_LOOK_COUNT];
    struct buf text, name;
    size_t links;
    bool failed;
    const struct err_kind *why;
};

static struct text base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return text_of(slash == NULL ? path : slash + 1);
}

static void fail(struct sheet_writer *w, const struct err_kind *why)
{
    if (!w->failed)
        w->why = why;
    w->failed = true;
}

static void check(struct sheet_writer *w, lxw_error result)
{
    if (result == LXW_NO_ERROR)
        return;
    bool space = errno == ENOSPC || errno == EDQUOT;
    fail(w, result == LXW_ERROR_MEMORY_MALLOC_FAILED ? &SHEET_NO_MEMORY
            : space                                  ? &SHEET_NO_SPACE
                                                     : &SHEET_WRITE);
}

static void make_looks(struct sheet_writer *w)
{
    for (size_t i = SHEET_LOOK_TITLE; i < SHEET_LOOK_COUNT; i++) {
        w->look[i] = workbook_add_format(w->book);
        if (w->look[i] == NULL) {
            fail(w, &SHEET_NO_MEMORY);
            return;
        }
    }
    lxw_format **look = w->look;
    format_set_bold(look[SHEET_LOOK_TITLE]);
    format_set_font_size(look[SHEET_LOOK_TITLE], 16);
    format_set_align(look[SHEET_LOOK_TITLE], LXW_ALIGN_CENTER);
    format_set_bold(look[SHEET_LOOK_HEADER]);
    format_set_bg_color(look[SHEET_LOOK_HEADER], 0xD9D9D9);
    format_set_border(look[SHEET_LOOK_HEADER], LXW_BORDER_THIN);
    format_set_text_wrap(look[SHEET_LOOK_HEADER]);
    format_set_align(look[SHEET_LOOK_HEADER], LXW_ALIGN_CENTER);
    format_set_align(look[SHEET_LOOK_HEADER], LXW_ALIGN_VERTICAL_CENTER);
    format_set_num_format(look[SHEET_LOOK_INTEGER], "#,##0");
    format_set_num_format(look[SHEET_LOOK_MONEY], "#,##0.00");
    format_set_num_format(look[SHEET_LOOK_DATE], "yyyy-mm-dd");
    format_set_text_wrap(look[SHEET_LOOK_WRAP]);
    format_set_align(look[SHEET_LOOK_WRAP], LXW_ALIGN_VERTICAL_TOP);
    format_set_bg_color(look[SHEET_LOOK_REFUSED], 0xFFC7CE);
    format_set_font_color(look[SHEET_LOOK_REFUSED], 0x9C0006);
    format_set_bg_color(look[SHEET_LOOK_REFUSED_DATE], 0xFFC7CE);
    format_set_font_color(look[SHEET_LOOK_REFUSED_DATE], 0x9C0006);
    format_set_num_format(look[SHEET_LOOK_REFUSED_DATE], "yyyy-mm-dd");
    format_set_font_color(look[SHEET_LOOK_LINK], 0x0563C1);
    format_set_underline(look[SHEET_LOOK_LINK], LXW_UNDERLINE_SINGLE);
    format_set_font_size(look[SHEET_LOOK_NOTE], 9);
    format_set_font_color(look[SHEET_LOOK_NOTE], 0x7F7F7F);
}

/* Claims a new file beside the target; its name keeps the target's folder, so that the rename stays within a
 * disk. */
static bool claim_part(struct sheet_writer *w, const char *path, struct err *e)
{
    size_t size = strlen(path);
    w->path = strdup(path);
    w->part = malloc(size + sizeof(".XXXXXX"));
    if (w->path == NULL || w->part == NULL)
        return err_fail(e, &SHEET_NO_MEMORY);
    memcpy(w->part, path, size);
    memcpy(w->part + size, ".XXXXXX", sizeof(".XXXXXX"));
    int file = mkostemp(w->part, O_CLOEXEC);
    if (file >= 0) {
        (void)fchmod(file, 0644);
        close(file);
        return true;
    }
    int why = errno;
    free(w->part);
    w->part = NULL;
    if (why == ENOENT || why == ENOTDIR)
        return err_fail(e, &SHEET_ABSENT);
    return err_fail(e, why == EACCES || why == EROFS ? &SHEET_FORBIDDEN
                       : why == ENOSPC               ? &SHEET_NO_SPACE
                                                     : &SHEET_WRITE);
}

static void release(struct sheet_writer *w)
{
    if (w->part != NULL)
        (void)unlink(w->part);
    buf_clear(&w->text);
    buf_clear(&w->name);
    free(w->part);
    free(w->path);
    free(w);
}

bool sheet_writer_open(const char *path, struct sheet_writer **writer_out, struct err *e)
{
    struct sheet_writer *w = calloc(1, sizeof(*w));
    if (w == NULL)
        return err_fail_text(e, &SHEET_NO_MEMORY, "name", base_name(path));
    buf_init(&w->text, TEXT_BYTES_MAX);
    buf_init(&w->name, 1024);
    if (!claim_part(w, path, e)) {
        err_add(e, "name", base_name(path));
        release(w);
        return false;
    }
    lxw_workbook_options options = {
        .constant_memory = LXW_TRUE, .tmpdir = getenv("TMPDIR"), .use_zip64 = LXW_TRUE};
    w->book = workbook_new_opt(w->part, &options);
    if (w->book == NULL) {
        release(w);
        return err_fail_text(e, &SHEET_NO_MEMORY, "name", base_name(path));
    }
    make_looks(w);
    *writer_out = w;
    return true;
}

/* libxlsxwriter does not look whether its temporary files could be written. */
static void check_temporary(struct sheet_writer *w)
{
    lxw_worksheet *sheet = NULL;
    STAILQ_FOREACH(sheet, w->book->worksheets, list_pointers)
    if (sheet->optimize_tmpfile != NULL
        && (fflush(sheet->optimize_tmpfile) != 0 || ferror(sheet->optimize_tmpfile)))
        fail(w, errno == ENOSPC || errno == EDQUOT ? &SHEET_NO_SPACE : &SHEET_WRITE);
}

static bool put_in_place(struct sheet_writer *w)
{
    int file = open(w->part, O_RDONLY | O_CLOEXEC);
    bool good = file >= 0 && fsync(file) == 0;
    if (file >= 0)
        close(file);
    return good && rename(w->part, w->path) == 0;
}

bool sheet_writer_close(struct sheet_writer *w, bool keep, struct err *e)
{
    if (STAILQ_EMPTY(w->book->worksheets))
        sheet_writer_sheet(w, TEXT("Sheet1"));
    check_temporary(w);
    errno = 0;
    check(w, workbook_close(w->book)); /* frees the book, too */
    if (keep && !w->failed && !put_in_place(w))
        fail(w, errno == ENOSPC ? &SHEET_NO_SPACE : errno == EACCES ? &SHEET_FORBIDDEN : &SHEET_WRITE);
    bool good = !w->failed;
    if (!good && keep)
        err_fail_text(e, w->why, "name", base_name(w->path));
    if (good && keep) {
        free(w->part);
        w->part = NULL;
    }
    release(w);
    return good || !keep;
}

/* Text as libxlsxwriter wants it: a C string of valid UTF-8 of at most TEXT_CHARS_MAX characters, what looks
 * like an escape of Excel's escaped itself, so that it comes back as it was. */
static const char *c_string(struct sheet_writer *w, struct text t)
{
    struct buf *b = &w->text;
    buf_reset(b);
    size_t units = 0;
    for (size_t at = 0; at < t.size && units < TEXT_CHARS_MAX - 6;) {
        size_t from = at;
        uint32_t c = text_next(t, &at);
        char bytes[4];
        units += c > 0xFFFF && c != UINT32_MAX ? 2 : 1;
        if (c == 0 || c == 0xFFFE || c == 0xFFFF)
            continue; /* cannot stand in a workbook */
        if (c == '_' && chars_is_escape(text_slice(t, from, 7))) {
            buf_add_z(b, "_x005F_");
            units += 6;
        } else {
            buf_add(b, (struct text){bytes, text_encode(c == UINT32_MAX ? 0xFFFD : c, bytes)});
        }
    }
    buf_add_char(b, '\0');
    if (b->failed) {
        fail(w, &SHEET_NO_MEMORY);
        return "";
    }
    return b->at;
}

/* A name that Excel accepts, with `number` behind it when that is above 1. */
static void fit_name(struct sheet_writer *w, struct text name, int number)
{
    char suffix[16] = "";
    size_t room = NAME_CHARS_MAX;
    if (number > 1)
        room -= (size_t)snprintf(suffix, sizeof(suffix), "(%d)", number);
    buf_reset(&w->name);
    name = text_trim(name);
    size_t units = 0;
    for (size_t at = 0; at < name.size;) {
        uint32_t c = text_next(name, &at);
        char bytes[4];
        units += c > 0xFFFF ? 2 : 1;
        if (units > room)
            break;
        bool bad = c < ' ' || c == UINT32_MAX || (c < 0x80 && strchr("[]:*?/\\'", (int)c) != NULL);
        buf_add(&w->name, (struct text){bytes, text_encode(bad ? '_' : c, bytes)});
    }
    if (w->name.size == 0)
        buf_add_z(&w->name, "Sheet");
    buf_add_z(&w->name, suffix);
    buf_add_char(&w->name, '\0');
}

void sheet_writer_sheet(struct sheet_writer *w, struct text name)
{
    int number = 1;
    do
        fit_name(w, name, number++);
    while (!w->name.failed && number < 10000
           && workbook_validate_sheet_name(w->book, w->name.at) != LXW_NO_ERROR);
    w->sheet = w->name.failed ? NULL : workbook_add_worksheet(w->book, w->name.at);
    w->links = 0;
    if (w->sheet == NULL) {
        fail(w, &SHEET_NO_MEMORY);
        return;
    }
    worksheet_set_paper(w->sheet, 9); /* A4 */
    worksheet_set_landscape(w->sheet);
    worksheet_fit_to_pages(w->sheet, 1, 0);
    /* Identity numbers are texts on purpose: no green corners. */
    check(w, worksheet_ignore_errors(w->sheet, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576"));
}

struct text sheet_writer_sheet_name(const struct sheet_writer *w)
{
    return w->name.size > 0 ? (struct text){w->name.at, w->name.size - 1} : TEXT("");
}

/* Whether there is a sheet to write to. */
static bool ready(struct sheet_writer *w, uint32_t row, uint32_t column)
{
    if (w->sheet == NULL)
        sheet_writer_sheet(w, TEXT(""));
    if (row >= SHEET_WRITE_ROWS_MAX || column >= SHEET_WRITE_COLUMNS_MAX)
        fail(w, &SHEET_WRITE);
    return !w->failed;
}

void sheet_writer_width(struct sheet_writer *w, uint32_t first, uint32_t last, double characters)
{
    if (ready(w, 0, last))
        check(w, worksheet_set_column(w->sheet, (lxw_col_t)first, (lxw_col_t)last, characters, NULL));
}

void sheet_writer_freeze(struct sheet_writer *w, uint32_t row, uint32_t column)
{
    if (!ready(w, row, column))
        return;
    worksheet_freeze_panes(w->sheet, row, (lxw_col_t)column);
    if (row > 0)
        check(w, worksheet_repeat_rows(w->sheet, 0, row - 1)); /* on each printed page */
}

void sheet_writer_filter(struct sheet_writer *w, uint32_t first_row, uint32_t last_row, uint32_t last_column)
{
    if (ready(w, last_row, last_column))
        check(w, worksheet_autofilter(w->sheet, first_row, 0, last_row, (lxw_col_t)last_column));
}

void sheet_writer_text(struct sheet_writer *w, uint32_t row, uint32_t column, struct text t,
                       enum sheet_look look)
{
    if (ready(w, row, column))
        check(w, worksheet_write_string(w->sheet, row, (lxw_col_t)column, c_string(w, t), w->look[look]));
}

void sheet_writer_number(struct sheet_writer *w, uint32_t row, uint32_t column, double n,
                         enum sheet_look look)
{
    if (!ready(w, row, column))
        return;
    if (isfinite(n))
        check(w, worksheet_write_number(w->sheet, row, (lxw_col_t)column, n, w->look[look]));
    else
        check(w, worksheet_write_blank(w->sheet, row, (lxw_col_t)column, w->look[look]));
}

void sheet_writer_decimal(struct sheet_writer *w, uint32_t row, uint32_t column, int64_t n, int digits,
                          enum sheet_look look)
{
    char exact[32];
    if (n > -1000000000000000 && n < 1000000000000000) {
        sheet_writer_number(w, row, column, (double)n / pow(10, digits), look);
        return;
    }
    decimal_format(n, digits, true, exact);
    sheet_writer_text(w, row, column, text_of(exact), look);
}

void sheet_writer_date(struct sheet_writer *w, uint32_t row, uint32_t column, day d)
{
    static const day first = -25567 + 59; /* 1900-03-01: from here on Excel's days are the calendar's */
    char iso[11];
    if (d == DAY_NONE)
        return;
    if (d >= first) {
        sheet_writer_number(w, row, column, (double)(d - first) + 61, SHEET_LOOK_DATE);
        return;
    }
    day_format(d, iso);
    sheet_writer_text(w, row, column, text_of(iso), SHEET_LOOK_PLAIN);
}

void sheet_writer_bool(struct sheet_writer *w, uint32_t row, uint32_t column, bool b, enum sheet_look look)
{
    if (ready(w, row, column))
        check(w, worksheet_write_boolean(w->sheet, row, (lxw_col_t)column, b, w->look[look]));
}

void sheet_writer_link(struct sheet_writer *w, uint32_t row, uint32_t column, struct text t,
                       struct text to_sheet, uint32_t to_row, uint32_t to_column)
{
    char letters[4], url[512];
    sheet_column_name(to_column, letters);
    int n = snprintf(url, sizeof(url), "internal:'%.*s'!%s%u", TEXT_ARG(to_sheet), letters, to_row + 1);
    if (w->links >= LINKS_MAX || n < 0 || (size_t)n >= sizeof(url) || text_count(t) > 255) {
        sheet_writer_text(w, row, column, t, SHEET_LOOK_PLAIN);
        return;
    }
    w->links++;
    if (ready(w, row, column))
        check(w, worksheet_write_url_opt(w->sheet, row, (lxw_col_t)column, url, w->look[SHEET_LOOK_LINK],
                                         c_string(w, t), NULL));
}

void sheet_writer_comment(struct sheet_writer *w, uint32_t row, uint32_t column, struct text comment)
{
    lxw_comment_options options = {.x_scale = 1.6, .y_scale = 1.2};
    if (ready(w, row, column))
        check(w,
              worksheet_write_comment_opt(w->sheet, row, (lxw_col_t)column, c_string(w, comment), &options));
}

void sheet_writer_title(struct sheet_writer *w, uint32_t row, uint32_t first, uint32_t last, struct text t)
{
    if (first >= last) {
        sheet_writer_text(w, row, first, t, SHEET_LOOK_TITLE);
        return;
    }
    if (ready(w, row, last))
        check(w, worksheet_merge_range(w->sheet, row, (lxw_col_t)first, row, (lxw_col_t)last, c_string(w, t),
                                       w->look[SHEET_LOOK_TITLE]));
}
