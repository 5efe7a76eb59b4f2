/* `sheet dump`: every cell of a file as JSON, written as it is read.
 *
 * Cells are put together as bytes here, since there are millions of them; the writer only places them. The
 * piece in the making always has room for one more cell of the longest kind.
 */
#include "format/sheet/book.h"
#include "format/sheet/iso.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define PIECE_BYTES 32768 /* cells are handed on in pieces of about this size */
#define CELL_ROOM ((size_t)SHEET_CELL_BYTES_MAX * 6 + 256)

struct dump {
    struct json *out;
    char *piece; /* PIECE_BYTES + CELL_ROOM; the system gives memory only for what is used */
    size_t size;
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

static char *put(char *to, const char *at, size_t size)
{
    memcpy(to, at, size);
    return to + size;
}

#define PUT(to, literal) put(to, literal, sizeof(literal) - 1)

static char *put_number(char *to, const struct sheet_cell *cell)
{
    if (is_shortest(cell->text))
        return put(to, cell->text.at, cell->text.size);
    struct json j;
    struct buf b;
    buf_init(&b, 64);
    json_open(&j, json_to_buf, &b);
    json_double(&j, cell->number);
    bool good = json_end(&j);
    to = good ? put(to, b.at, b.size) : PUT(to, "null"); /* not finite: no cell has that */
    buf_clear(&b);
    return to;
}

/* The escape of a character that cannot stand in a JSON string as it is. */
static char *put_escape(char *to, unsigned char c)
{
    static const char hex[] = "0123456789abcdef", letters[] = "btnvfr"; /* from 8 on; JSON has no v */
    char letter = c >= 8 && c <= 13 ? letters[c - 8] : 'v';
    *to++ = '\\';
    if (c >= 0x20 || letter != 'v') {
        *to++ = c >= 0x20 ? (char)c : letter;
        return to;
    }
    to = PUT(to, "u00");
    *to++ = hex[c >> 4];
    *to++ = hex[c & 15];
    return to;
}

static char *put_quoted(char *to, struct text t)
{
    assert(t.size <= SHEET_CELL_BYTES_MAX);
    *to++ = '"';
    for (size_t i = 0; i < t.size; i++) {
        unsigned char c = (unsigned char)t.at[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            *to++ = (char)c;
        else
            to = put_escape(to, c);
    }
    *to++ = '"';
    return to;
}

static char *put_value(char *to, const struct sheet_cell *cell, bool date1904)
{
    char date[32];
    switch ((enum sheet_cell_kind)cell->kind) {
    case SHEET_TEXT:
        return put_quoted(PUT(to, "\"s\","), cell->text);
    case SHEET_ERROR:
        return put_quoted(PUT(to, "\"e\","), cell->text);
    case SHEET_BOOL:
        return cell->number != 0 ? PUT(to, "\"b\",true") : PUT(to, "\"b\",false");
    case SHEET_DATE:
        if (iso_from_text(cell->text, date) || iso_from_serial(cell->number, date1904, date))
            return put_quoted(PUT(to, "\"d\","), text_of(date));
        break;
    case SHEET_NUMBER:
    case SHEET_NONE:
        break;
    }
    return put_number(PUT(to, "\"n\","), cell);
}

static void hand_on(struct dump *d)
{
    if (d->size > 0)
        json_raw(d->out, (struct text){d->piece,
                                       d->size}); /* values with commas between: the writer adds the first */
    d->size = 0;
}

static void add_row(struct dump *d, const struct sheet_row *row)
{
    char number[16];
    size_t digits = (size_t)snprintf(number, sizeof(number), "%u\",", row->number);
    for (size_t i = 0; i < row->count; i++) {
        const struct sheet_cell *cell = &row->cells[i];
        char name[4];
        if (cell->kind == SHEET_NONE)
            continue;
        char *at = d->piece + d->size, *to = at;
        if (d->size > 0)
            *to++ = ',';
        sheet_column_name(cell->column, name);
        to = put(PUT(to, "[\""), name, strlen(name));
        to = put_value(put(to, number, digits), cell, d->date1904);
        *to++ = ']';
        d->size += (size_t)(to - at);
        if (d->size > PIECE_BYTES)
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

static bool dump_book(struct sheet_book *book, struct dump *d, struct err *e)
{
    json_object(d->out);
    json_key(d->out, "date1904");
    json_bool(d->out, d->date1904);
    json_key(d->out, "sheets");
    json_array(d->out);
    for (size_t i = 0; i < sheet_count(book); i++)
        if (!dump_sheet(book, i, d, e))
            return false;
    json_array_end(d->out);
    json_object_end(d->out);
    return true;
}

bool book_dump(const char *path, const struct sheet_options *how, struct json *out, struct err *e)
{
    struct sheet_book *book = NULL;
    if (!sheet_open(path, how, &book, e)) {
        out->failed = true;
        return false;
    }
    struct dump d = {.out = out, .date1904 = sheet_date1904(book), .piece = malloc(PIECE_BYTES + CELL_ROOM)};
    bool good =
        d.piece != NULL ? dump_book(book, &d, e) : err_fail_text(e, &SHEET_NO_MEMORY, "name", book->name);
    if (good && out->failed)
        good = err_fail_text(e, &SHEET_NO_SPACE, "name", book->name);
    out->failed |= !good; /* it may stand in the middle of a value */
    free(d.piece);
    sheet_close(book);
    return good;
}

bool sheet_dump(const char *path, struct json *out, struct err *e)
{
    return book_dump(path, &sheet_for_dump, out, e);
}
