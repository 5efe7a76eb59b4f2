/* The doors of sheet.h: opens the file, hands out its sheets, names the file in every error. */
#include "format/sheet/book.h"
#include <assert.h>
#include <stdlib.h>

const struct sheet_options sheet_for_import = {
    .cell_chars_max = SHEET_IMPORT_CHARS_MAX, .merging = SHEET_MERGE_FILL, .quotes_close = true};
const struct sheet_options sheet_for_dump = {.cell_chars_max = SHEET_CELL_BYTES_MAX,
                                             .merging = SHEET_MERGE_FIRST};

struct sheet_rows {
    struct sheet_book *book;
    size_t index;
    struct row row;
    struct merges merges;
    struct grid grid;
    struct csv csv;
    uint64_t size; /* bytes to read in all */
    struct sheet_row out;
};

static struct text base_name(struct text path)
{
    size_t from = path.size;
    while (from > 0 && path.at[from - 1] != '/')
        from--;
    return text_slice(path, from, path.size);
}

/* A CSV is one visible sheet without a name. */
static bool open_text(struct sheet_book *book, struct err *e)
{
    book->workbook.sheet = arena_take(&book->arena, sizeof(*book->workbook.sheet));
    if (book->workbook.sheet == NULL)
        return err_fail(e, &SHEET_NO_MEMORY);
    book->workbook.sheet->info.name = TEXT("");
    book->workbook.count = 1;
    return true;
}

static bool open_book(struct sheet_book *book, const char *path, struct err *e)
{
    book->path = text_copy(&book->arena, text_of(path));
    if (book->path.at == NULL)
        return err_fail(e, &SHEET_NO_MEMORY);
    book->name = base_name(book->path);
    if (!kind_of_file(book->path, &book->source, e))
        return false;
    if (book->source == SHEET_SOURCE_CSV)
        return open_text(book, e);
    return package_open(path, &book->package, e)
           && workbook_read(book->package, &book->arena, &book->workbook, e);
}

bool sheet_open(const char *path, const struct sheet_options *how, struct sheet_book **book_out,
                struct err *e)
{
    struct sheet_book *book = calloc(1, sizeof(*book));
    if (book == NULL) {
        err_fail_text(e, &SHEET_NO_MEMORY, "name", base_name(text_of(path)));
        return false;
    }
    arena_init(&book->arena, BOOK_MEMORY_MAX);
    styles_init(&book->styles);
    strings_init(&book->strings);
    book->how = *how;
    if (!open_book(book, path, e)) {
        err_add(e, "name", base_name(text_of(path)));
        sheet_close(book);
        return false;
    }
    *book_out = book;
    return true;
}

void sheet_close(struct sheet_book *book)
{
    if (book == NULL)
        return;
    assert(!book->reading);
    strings_clear(&book->strings);
    styles_clear(&book->styles);
    package_close(book->package);
    arena_clear(&book->arena);
    free(book);
}

size_t sheet_count(const struct sheet_book *book) { return book->workbook.count; }

const struct sheet_info *sheet_info(const struct sheet_book *book, size_t index)
{
    assert(index < book->workbook.count);
    return &book->workbook.sheet[index].info;
}

enum sheet_source sheet_source(const struct sheet_book *book) { return book->source; }

bool sheet_date1904(const struct sheet_book *book) { return book->workbook.date1904; }

bool book_load(struct sheet_book *book, struct err *e)
{
    const struct workbook *w = &book->workbook;
    if (book->loaded || book->source == SHEET_SOURCE_CSV)
        return true;
    if (w->styles.found && !styles_read(&book->styles, book->package, w->styles.entry, w->styles.part, e))
        return false;
    if (w->strings.found
        && !strings_read(&book->strings, book->package, w->strings.entry, w->strings.part, book->how.plain,
                         e))
        return false;
    book->loaded = true;
    return true;
}

static bool open_rows(struct sheet_rows *rows, struct err *e)
{
    struct sheet_book *book = rows->book;
    const struct workbook_sheet *s = &book->workbook.sheet[rows->index];
    if (!book_load(book, e))
        return false;
    rows->row.styles = &book->styles;
    rows->row.strings = &book->strings;
    if (book->source == SHEET_SOURCE_CSV) {
        bool opened = csv_open(&rows->csv, book->path.at, &rows->row, e);
        rows->size = opened ? rows->csv.decode->size : 0;
        return opened;
    }
    rows->size = package_part_size(book->package, s->entry);
    rows->row.shared_max = SHEET_SHARED_FREE + SHEET_SHARED_RATIO * rows->size;
    return grid_merges(book->package, s->entry, s->part, book->how.plain, &rows->merges, e)
           && grid_open(&rows->grid, book->package, s->entry, s->part, &rows->row, book->how.plain, e);
}

/* Adds what every error of a sheet's rows names. Always false. */
static bool fail_rows(const struct sheet_rows *rows, struct err *e)
{
    err_add(e, "name", rows->book->name);
    err_add(e, "sheet", rows->book->workbook.sheet[rows->index].info.name);
    return false;
}

bool sheet_rows_open(struct sheet_book *book, size_t index, struct sheet_rows **rows_out, struct err *e)
{
    assert(index < book->workbook.count && !book->reading);
    struct sheet_rows *rows = calloc(1, sizeof(*rows));
    if (rows == NULL)
        return err_fail_text(e, &SHEET_NO_MEMORY, "name", book->name);
    rows->book = book;
    rows->index = index;
    book->reading = true;
    row_init(&rows->row, &book->how, book->workbook.date1904);
    if (!open_rows(rows, e)) {
        fail_rows(rows, e);
        sheet_rows_close(rows);
        return false;
    }
    *rows_out = rows;
    return true;
}

void sheet_rows_close(struct sheet_rows *rows)
{
    if (rows == NULL)
        return;
    grid_close(&rows->grid);
    csv_close(&rows->csv);
    merges_clear(&rows->merges);
    row_clear(&rows->row);
    rows->book->reading = false;
    free(rows);
}

/* The next row of either source, blank or not. */
static bool next_row(struct sheet_rows *rows, bool *more_out, struct err *e)
{
    if (rows->book->source == SHEET_SOURCE_CSV)
        return csv_next(&rows->csv, more_out, e);
    if (!grid_next(&rows->grid, e))
        return false;
    *more_out = rows->grid.ready;
    return !rows->grid.ready || merges_apply(&rows->merges, &rows->row, e);
}

bool sheet_rows_next(struct sheet_rows *rows, const struct sheet_row **row_out, struct err *e)
{
    bool more = true;
    *row_out = NULL;
    do {
        if (!next_row(rows, &more, e))
            return fail_rows(rows, e);
    } while (more && rows->row.count == 0);
    if (!more)
        return true;
    const struct row *r = &rows->row;
    rows->out = (struct sheet_row){r->number, r->hidden, r->count, r->cell};
    *row_out = &rows->out;
    return true;
}

const struct sheet_merge *sheet_rows_merges(const struct sheet_rows *rows, size_t *count_out)
{
    *count_out = rows->merges.count;
    return rows->merges.range;
}

int sheet_rows_permille(const struct sheet_rows *rows)
{
    uint64_t done = rows->book->source == SHEET_SOURCE_CSV ? rows->csv.decode->read : rows->grid.feed.taken;
    if (rows->size == 0 || done >= rows->size)
        return 1000;
    return (int)(done * 1000 / rows->size);
}

struct text sheet_format_code(const struct sheet_book *book, const struct sheet_cell *cell)
{
    return styles_code(&book->styles, cell->style);
}
