/* Cuts text into records and fields, a character at a time. */
#include "format/sheet/csv.h"
#include "format/sheet/sheet.err.h"

#define SAMPLE_RECORDS 40

/* Counts the fields of the first records for one delimiter; the number of records. A record that the sample
 * cuts off does not count. */
static size_t count_fields(struct text t, char delimiter, uint32_t *fields)
{
    size_t records = 0;
    uint32_t n = 1;
    bool quoted = false, fresh = true, any = false;
    for (size_t i = 0; i < t.size && records < SAMPLE_RECORDS; i++) {
        char c = t.at[i];
        if (c == '"' && (quoted || fresh)) {
            quoted = !quoted;
            fresh = false;
        } else if (!quoted && c == delimiter) {
            n++;
            fresh = any = true;
        } else if (!quoted && (c == '\n' || c == '\r')) {
            if (any)
                fields[records++] = n;
            n = 1;
            fresh = true;
            any = false;
        } else {
            any = true;
            fresh = false;
        }
    }
    if (any && records < SAMPLE_RECORDS && (records == 0 || t.size < DECODE_RAW_BYTES / 2))
        fields[records++] = n;
    return records;
}

/* How evenly a delimiter cuts: records with the commonest number of fields above one, then that number. */
static size_t evenness(struct text t, char delimiter)
{
    uint32_t fields[SAMPLE_RECORDS];
    size_t records = count_fields(t, delimiter, fields), best = 0;
    for (size_t i = 0; i < records; i++) {
        size_t same = 0;
        for (size_t j = 0; j < records; j++)
            same += fields[j] == fields[i];
        size_t score = same * 1000 + (fields[i] < 1000 ? fields[i] : 999);
        if (fields[i] > 1 && score > best)
            best = score;
    }
    return best;
}

/* "sep=;" alone in the first line is Excel's own way to say it. */
static bool tells_delimiter(struct text t)
{
    return t.size > 5 && memcmp(t.at, "sep=", 4) == 0 && (t.at[5] == '\r' || t.at[5] == '\n');
}

static char find_delimiter(struct text t)
{
    static const char candidates[] = {'\t', ',', ';'}; /* a tab hardly ever stands in a text */
    char chosen = ',';
    size_t best = 0;
    for (size_t i = 0; i < sizeof(candidates); i++) {
        size_t score = evenness(t, candidates[i]);
        if (score > best) {
            best = score;
            chosen = candidates[i];
        }
    }
    return chosen;
}

bool csv_open(struct csv *c, const char *path, struct row *row, struct err *e)
{
    *c = (struct csv){.row = row};
    buf_init(&c->field, (size_t)SHEET_CELL_BYTES_MAX + 1);
    if (!decode_open(path, &c->decode, e) || !decode_next(c->decode, &c->have, e))
        return false;
    if (tells_delimiter(c->have)) {
        c->delimiter = c->have.at[4];
        c->have = text_slice(c->have, 5, c->have.size); /* the first record is then a blank one */
    } else {
        c->delimiter = find_delimiter(c->have);
    }
    return true;
}

void csv_close(struct csv *c)
{
    decode_close(c->decode);
    buf_clear(&c->field);
    *c = (struct csv){0};
}

/* The next character without taking it; -1 at the end, -2 on failure. */
static int peek(struct csv *c, struct err *e)
{
    if (c->have.size == 0 && !c->over) {
        if (!decode_next(c->decode, &c->have, e))
            return -2;
        c->over = c->have.size == 0;
    }
    return c->over ? -1 : (unsigned char)c->have.at[0];
}

static void take(struct csv *c) { c->have = (struct text){c->have.at + 1, c->have.size - 1}; }

/* Takes all that may stand within the field before something that means anything. */
static void take_plain(struct csv *c, bool quoted)
{
    size_t i = 0;
    for (; i < c->have.size; i++) {
        char ch = c->have.at[i];
        if (quoted ? ch == '"' : ch == c->delimiter || ch == '\n' || ch == '\r')
            break;
    }
    buf_add(&c->field, text_slice(c->have, 0, i));
    c->have = text_slice(c->have, i, c->have.size);
}

/* Never closed: what is there is the field, unless it has swallowed records. */
static bool end_within_quotes(const struct csv *c, struct err *e)
{
    const struct text lost = buf_text(&c->field);
    if (!c->row->how.quotes_close || text_find(lost, TEXT("\n"), 0) == SIZE_MAX)
        return true;
    return err_fail_int(e, &SHEET_QUOTE_OPEN, "row", c->row->number);
}

/* The quoted part of a field, behind its first quote. False on failure. */
static bool quoted_part(struct csv *c, struct err *e)
{
    for (;;) {
        int ch = peek(c, e);
        if (ch == -2)
            return false;
        if (ch == -1)
            return end_within_quotes(c, e);
        if (ch != '"') {
            take_plain(c, true);
            continue;
        }
        take(c);
        if (peek(c, e) != '"')
            return e->kind == NULL;
        buf_add_char(&c->field, '"');
        take(c);
    }
}

/* Reads a field; *end_out is what stands behind it: the delimiter, a line break, or -1. */
static bool field(struct csv *c, int *end_out, struct err *e)
{
    buf_reset(&c->field);
    if (peek(c, e) == '"') {
        take(c);
        if (!quoted_part(c, e))
            return false;
    }
    for (;;) {
        int ch = peek(c, e);
        if (ch == -2)
            return false;
        if (ch < 0 || ch == (unsigned char)c->delimiter || ch == '\n' || ch == '\r') {
            *end_out = ch;
            return true;
        }
        take_plain(c, false);
    }
}

static bool add_field(struct csv *c, uint32_t column, struct err *e)
{
    struct text t = buf_text(&c->field);
    if (c->field.failed || t.size > SHEET_CELL_BYTES_MAX)
        return row_fail_long(c->row, column, e);
    if (t.size == 0)
        return true;
    return row_add_text(c->row, column, t, e);
}

/* Behind a record: CR LF, LF or CR. */
static bool line_end(struct csv *c, int ch, struct err *e)
{
    if (ch < 0)
        return true;
    take(c);
    int next = ch == '\r' ? peek(c, e) : -1;
    if (next == '\n')
        take(c);
    return next != -2;
}

bool csv_next(struct csv *c, bool *more_out, struct err *e)
{
    int ch = peek(c, e);
    *more_out = ch >= 0;
    if (ch < 0)
        return ch == -1;
    if (!row_begin(c->row, ROW_NEXT, false, e))
        return false;
    for (uint32_t column = 0;; column++) {
        if (!field(c, &ch, e) || !add_field(c, column, e))
            return false;
        if (ch < 0 || ch != (unsigned char)c->delimiter)
            break;
        take(c);
    }
    row_end(c->row);
    return line_end(c, ch, e);
}
