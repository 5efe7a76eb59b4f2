/* `sheet dump`: every cell of a file as JSON, written as it is read.
 *
 * Cells are put together as bytes here, since there are millions of them; the writer only places them.
 */
#include "format/sheet/book.h"
#include "format/sheet/iso.h"
#include <math.h>
#include <stdio.h>

#define PIECE_BYTES 32768 /* cells are handed on in pieces of about this size */

struct dump {
    struct json *out;
    struct buf piece;
    bool date1904;
};

/* At most 15 digits, none of them needless: the spelling is the shortest that reads back. */
static bool is_shortest(struct text t)
{
    size_t i = t.size > 0 && t.at[0] == '-', digits = 0;
    size_t whole = i;
    for (; i < t.size && t.at[i] >= '0' && t.at[i] <= '9'; i++)
        digits++;
    bool good = digits > 0 && (digits == 1 || t.at[whole] != '0');
    if (i < t.size && t.at[i] == '.') {
        size_t point = i++;
        for (; i < t.size && t.at[i] >= '0' && t.at[i] <= '9'; i++)
            digits++;
        good = good && i > point + 1 && t.at[i - 1] != '0';
    }
    return good && i == t.size && digits <= 15 && !(t.at[0] == '-' && digits == 1 && t.at[1] == '0');
}

static void add_number(struct buf *b, const struct sheet_cell *cell)
{
    if (is_shortest(cell->text)) {
        buf_add(b, cell->text);
        return;
    }
    struct json j;
    json_open(&j, json_to_buf, b);
    json_double(&j, cell->number);
    b->failed |= !json_end(&j);
}

/* The escape of a character that cannot stand in a JSON string as it is. */
static void add_escape(struct buf *b, unsigned char c)
{
    static const char hex[] = "0123456789abcdef", letters[] = "btnvfr"; /* from 8 on; JSON has no v */
    const char plain[2] = {'\\', (char)c}, code[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
    const char letter[2] = {'\\', c >= 8 && c <= 13 ? letters[c - 8] : 'v'};
    if (c >= 0x20)
        buf_add(b, (struct text){plain, sizeof(plain)});
    else if (letter[1] != 'v')
        buf_add(b, (struct text){letter, sizeof(letter)});
    else
        buf_add(b, (struct text){code, sizeof(code)});
}

static void add_quoted(struct buf *b, struct text t)
{
    buf_add_char(b, '"');
    size_t from = 0;
    for (size_t i = 0; i < t.size; i++) {
        unsigned char c = (unsigned char)t.at[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_add(b, text_slice(t, from, i - from));
        from = i + 1;
        add_escape(b, c);
    }
    buf_add(b, text_slice(t, from, t.size));
    buf_add_char(b, '"');
}

static void add_value(struct dump *d, const struct sheet_cell *cell)
{
    struct buf *b = &d->piece;
    char date[32];
    switch ((enum sheet_cell_kind)cell->kind) {
    case SHEET_TEXT:
        buf_add_z(b, "\"s\",");
        add_quoted(b, cell->text);
        return;
    case SHEET_ERROR:
        buf_add_z(b, "\"e\",");
        add_quoted(b, cell->text);
        return;
    case SHEET_BOOL:
        buf_add_z(b, cell->number != 0 ? "\"b\",true" : "\"b\",false");
        return;
    case SHEET_DATE:
        if (iso_from_text(cell->text, date) || iso_from_serial(cell->number, d->date1904, date)) {
            buf_add_z(b, "\"d\",");
            add_quoted(b, text_of(date));
            return;
        }
        break;
    case SHEET_NUMBER:
    case SHEET_NONE:
        break;
    }
    buf_add_z(b, "\"n\",");
    add_number(b, cell);
}

static void hand_on(struct dump *d)
{
    if (d->piece.size > 0)
        json_raw(d->out,
                 buf_text(&d->piece)); /* several values with commas between: the writer adds the first */
    buf_reset(&d->piece);
}

static void add_row(struct dump *d, const struct sheet_row *row)
{
    struct buf *b = &d->piece;
    char number[16];
    int digits = snprintf(number, sizeof(number), "%u\",", row->number);
    for (size_t i = 0; i < row->count; i++) {
        const struct sheet_cell *cell = &row->cells[i];
        char name[4];
        if (cell->kind == SHEET_NONE)
            continue;
        sheet_column_name(cell->column, name);
        buf_add_z(b, b->size == 0 ? "[\"" : ",[\"");
        buf_add_z(b, name);
        buf_add(b, (struct text){number, (size_t)digits});
        add_value(d, cell);
        buf_add_char(b, ']');
        if (b->size > PIECE_BYTES)
            hand_on(d);
    }
}

static bool dump_cells(struct sheet_book *book, size_t index, struct dump *d, struct err *e)
{
    struct sheet_rows *rows = NULL;
    const struct sheet_row *row = NULL;
    if (!sheet_rows_open(book, index, &rows, e))
        return false;
    bool good = true;
    do {
        good = sheet_rows_next(rows, &row, e);
        if (good && row != NULL)
            add_row(d, row);
    } while (good && row != NULL);
    hand_on(d);
    sheet_rows_close(rows);
    return good;
}

static bool dump_sheet(struct sheet_book *book, size_t index, struct dump *d, struct err *e)
{
    static const char *const states[] = {"visible", "hidden", "veryHidden"};
    const struct sheet_info *info = sheet_info(book, index);
    json_object(d->out);
    json_key(d->out, "name");
    json_text(d->out, info->name);
    json_key(d->out, "state");
    json_z(d->out, states[info->state]);
    json_key(d->out, "cells");
    json_array(d->out);
    if (!dump_cells(book, index, d, e))
        return false;
    json_array_end(d->out);
    json_object_end(d->out);
    return true;
}

bool book_dump(const char *path, const struct sheet_options *how, struct json *out, struct err *e)
{
    struct sheet_book *book = NULL;
    if (!sheet_open(path, how, &book, e))
        return false;
    struct dump d = {.out = out, .date1904 = sheet_date1904(book)};
    buf_init(&d.piece, (size_t)SHEET_CELL_BYTES_MAX * 6 + PIECE_BYTES * 2);
    json_object(out);
    json_key(out, "date1904");
    json_bool(out, d.date1904);
    json_key(out, "sheets");
    json_array(out);
    bool good = true;
    for (size_t i = 0; good && i < sheet_count(book); i++)
        good = dump_sheet(book, i, &d, e);
    if (good) {
        json_array_end(out);
        json_object_end(out);
    }
    if (good && (d.piece.failed || out->failed))
        good = err_fail_text(e, out->failed ? &SHEET_NO_SPACE : &SHEET_NO_MEMORY, "name", text_of(path));
    out->failed |= !good; /* it may stand in the middle of a value */
    buf_clear(&d.piece);
    sheet_close(book);
    return good;
}

bool sheet_dump(const char *path, struct json *out, struct err *e)
{
    return book_dump(path, &sheet_for_dump, out, e);
}
