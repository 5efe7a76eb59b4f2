/* The fast way through a worksheet: rows of the form that nearly all programs write. */
#include "format/sheet/grid.h"
#include "format/sheet/scan.h"

#define ATTRIBUTES_MAX 16

/* A start tag's attributes; a name twice is not well-formed, so the names are kept. */
struct attributes {
    struct text name[ATTRIBUTES_MAX], value[ATTRIBUTES_MAX];
    size_t count;
    bool closed; /* "/>" */
};

static enum scan_result read_attributes(const char **p, const char *end, struct attributes *a)
{
    a->count = 0;
    for (;;) {
        const char *at = scan_blanks(*p);
        if (*at == '>' || (at[0] == '/' && at[1] == '>')) {
            a->closed = *at == '/';
            *p = at + 1 + a->closed;
            return SCAN_DONE;
        }
        if (at == *p || a->count == ATTRIBUTES_MAX)
            return end - at < 2 ? SCAN_PARTIAL : SCAN_OTHER;
        size_t n = a->count;
        enum scan_result r = scan_attribute(&at, end, &a->name[n], &a->value[n]);
        if (r != SCAN_DONE)
            return r;
        for (size_t i = 0; i < n; i++)
            if (text_equal(a->name[i], a->name[n]))
                return SCAN_OTHER;
        a->count++;
        *p = at;
    }
}

/* Decimal digits alone, at most nine. */
static inline bool whole_number(struct text t, uint32_t *out)
{
    uint32_t n = 0;
    if (t.size == 0 || t.size > 9)
        return false;
    for (size_t i = 0; i < t.size; i++) {
        if (t.at[i] < '0' || t.at[i] > '9')
            return false;
        n = n * 10 + (uint32_t)(t.at[i] - '0');
    }
    *out = n;
    return true;
}

/* A reference in the present row. */
static inline bool own_reference(struct text t, uint32_t row, uint32_t *column_out)
{
    uint32_t column = 0, number = 0;
    size_t i = 0;
    for (; i < t.size && i < 3 && t.at[i] >= 'A' && t.at[i] <= 'Z'; i++)
        column = column * 26 + (uint32_t)(t.at[i] - 'A') + 1;
    if (column == 0 || !whole_number((struct text){t.at + i, t.size - i}, &number) || number != row)
        return false;
    *column_out = column - 1;
    return true;
}

static enum scan_result row_tag(struct grid *g, const char **p, const char *end, bool *closed, struct err *e)
{
    struct attributes a;
    enum scan_result r = scan_word(p, end, TEXT("<row"));
    if (r == SCAN_DONE)
        r = read_attributes(p, end, &a);
    if (r != SCAN_DONE)
        return r;
    uint32_t number = 0;
    bool numbered = false, hidden = false;
    for (size_t i = 0; i < a.count; i++) {
        numbered |= text_equal(a.name[i], TEXT("r"));
        if (text_equal(a.name[i], TEXT("r")) && !whole_number(a.value[i], &number))
            return SCAN_OTHER;
        if (text_equal(a.name[i], TEXT("hidden")))
            hidden = text_equal(a.value[i], TEXT("1")) || text_equal(a.value[i], TEXT("true"));
        if (text_starts_with(a.name[i], TEXT("xml"))) /* xmlns changes what names mean */
            return SCAN_OTHER;
    }
    *closed = a.closed;
    return row_begin(g->row, numbered ? number : ROW_NEXT, hidden, e) ? SCAN_DONE : SCAN_FAILED;
}

static enum scan_result cell_attributes(const struct attributes *a, uint32_t row, struct raw_cell *c)
{
    for (size_t i = 0; i < a->count; i++) {
        struct text name = a->name[i], value = a->value[i];
        if (name.size != 1) {
            if (text_starts_with(name, TEXT("xml")))
                return SCAN_OTHER;
            continue;
        }
        if (name.at[0] == 'r' && !own_reference(value, row, &c->column))
            return SCAN_OTHER;
        if (name.at[0] == 's' && !whole_number(value, &c->style))
            return SCAN_OTHER;
        if (name.at[0] == 't')
            c->type = row_cell_type(value);
    }
    return SCAN_DONE;
}

/* <f>: only that it is there matters, but it must be well-formed. */
static enum scan_result formula(const char **p, const char *end)
{
    struct attributes a;
    struct text text;
    bool refs;
    *p += 2;
    enum scan_result r = read_attributes(p, end, &a);
    if (r != SCAN_DONE || a.closed)
        return r;
    r = scan_text(p, end, &text, &refs);
    return r == SCAN_DONE ? scan_word(p, end, TEXT("</f>")) : r;
}

/* What stands between <c> and </c>: at most one <f>, then one of <v> and <is>. */
static enum scan_result cell_content(const char **p, const char *end, struct raw_cell *c)
{
    enum scan_result r = SCAN_DONE;
    *p = scan_blanks(*p);
    if (scan_is(*p, end, TEXT("<f"))) {
        c->formula = true;
        r = formula(p, end);
        if (r != SCAN_DONE)
            return r;
        *p = scan_blanks(*p);
    }
    if (scan_is(*p, end, TEXT("<v"))) {
        c->valued = true;
        r = scan_simple(p, end, TEXT("<v"), TEXT("</v>"), &c->value, &c->refs);
    } else if (scan_is(*p, end, TEXT("<is>"))) {
        c->valued = true;
        *p += 4;
        r = scan_simple(p, end, TEXT("<t"), TEXT("</t>"), &c->value, &c->refs);
        if (r == SCAN_DONE)
            r = scan_word(p, end, TEXT("</is>"));
    }
    if (r != SCAN_DONE)
        return r;
    *p = scan_blanks(*p);
    return scan_word(p, end, TEXT("</c>"));
}

static enum scan_result cell(struct grid *g, const char **p, const char *end, uint32_t *next_column,
                             struct err *e)
{
    struct attributes a;
    struct raw_cell c = {.column = *next_column, .type = CELL_NUMBER};
    *p += 2;
    enum scan_result r = read_attributes(p, end, &a);
    if (r == SCAN_DONE)
        r = cell_attributes(&a, g->row->number, &c);
    if (r == SCAN_DONE && !a.closed)
        r = cell_content(p, end, &c);
    if (r != SCAN_DONE)
        return r;
    *next_column = c.column + 1;
    return row_add(g->row, &c, e) ? SCAN_DONE : SCAN_FAILED;
}

enum scan_result grid_scan_row(void *grid, const char *p, const char *end, const char **next_out,
                               struct err *e)
{
    struct grid *g = grid;
    const char *at = scan_blanks(p);
    bool closed = false;
    if (at == end) {
        *next_out = at;
        return at > p ? SCAN_DONE : SCAN_PARTIAL;
    }
    enum scan_result r = row_tag(g, &at, end, &closed, e);
    uint32_t next_column = 0;
    while (r == SCAN_DONE && !closed) {
        at = scan_blanks(at);
        if (at[0] == '<' && at[1] == 'c' && end - at > 2) {
            r = cell(g, &at, end, &next_column, e);
        } else {
            r = scan_word(&at, end, TEXT("</row>"));
            closed = true;
        }
    }
    if (r != SCAN_DONE)
        return r;
    row_end(g->row);
    g->ready = true;
    *next_out = at;
    return SCAN_DONE;
}
