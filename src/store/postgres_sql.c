/* The one SQL as PostgreSQL writes it. Quoted texts, names in quotes, comments and $$bodies$$ pass as they
 * are. */
#include "store/postgres.h"
#include <ctype.h>

struct reading {
    struct text sql;
    size_t at;
    struct buf *out;
    bool *used;
    int room, count;
    bool begun;       /* the statement's first word has been seen */
    bool definition;  /* it is CREATE TABLE or ALTER TABLE */
    bool creates;     /* its first word was CREATE or ALTER */
    bool by_county;   /* tables whose key begins with the county become partitions by it */
    bool spread;      /* this one does */
    struct text name; /* of the table, without quotes */
    const struct text *literals; /* for parameters; NULL: they stay */
};

static char peek(const struct reading *r, size_t ahead)
{
    return r->at + ahead < r->sql.size ? r->sql.at[r->at + ahead] : '\0';
}

static void pass(struct reading *r, size_t size)
{
    struct text part = text_slice(r->sql, r->at, size);
    buf_add(r->out, part);
    r->at += part.size;
}

/* Up to and with `end`, from behind the first character on. */
static void pass_through(struct reading *r, struct text end)
{
    size_t to = text_find(r->sql, end, r->at + end.size);
    pass(r, to == SIZE_MAX ? r->sql.size : to + end.size - r->at);
}

static bool is_word(char c) { return isalnum((unsigned char)c) != 0 || c == '_'; }

static void parameter(struct reading *r)
{
    int number = 0;
    for (r->at++; isdigit((unsigned char)peek(r, 0)) && number <= r->room; r->at++)
        number = number * 10 + (peek(r, 0) - '0');
    if (number < 1 || number > r->room) {
        r->out->failed = true;
        return;
    }
    if (r->literals != NULL) {
        buf_add(r->out, r->literals[number - 1]);
        return;
    }
    r->used[number - 1] = true;
    r->count = number > r->count ? number : r->count;
    buf_add_format(r->out, "$%d", number);
}

static void skip_blanks(struct reading *r)
{
    while (isspace((unsigned char)peek(r, 0)))
        r->at++;
}

/* STRICT and WITHOUT ROWID go, and a comma between them. */
static bool leave_out(struct reading *r, struct text word)
{
    if (text_equal(word, TEXT("WITHOUT"))) {
        skip_blanks(r);
        if (text_equal(text_slice(r->sql, r->at, 5), TEXT("ROWID")))
            r->at += 5;
    } else if (!text_equal(word, TEXT("STRICT"))) {
        return false;
    }
    skip_blanks(r);
    if (peek(r, 0) == ',')
        r->at++;
    return true;
}

static bool follows(const struct reading *r, size_t *at, struct text word)
{
    while (isspace((unsigned char)peek(r, *at)))
        ++*at;
    bool there = text_equal(text_slice(r->sql, r->at + *at, word.size), word);
    *at += there ? word.size : 0;
    return there;
}

/* The name behind TABLE. */
static void name_take(struct reading *r)
{
    size_t from = 0, size = 0;
    while (isspace((unsigned char)peek(r, from)) || peek(r, from) == '"')
        from++;
    while (is_word(peek(r, from + size)))
        size++;
    r->name = text_slice(r->sql, r->at + from, size);
}

/* Behind a definition: each county lies as a whole in one of the parts. */
static void add_parts(struct reading *r)
{
    for (int i = 0; i < LINK_PARTS; i++)
        buf_add_format(
            r->out,
            ";CREATE TABLE \"%.*s_part%d\" PARTITION OF \"%.*s\" FOR VALUES WITH (MODULUS %d, REMAINDER %d)",
            TEXT_ARG(r->name), i, TEXT_ARG(r->name), LINK_PARTS, i);
}

static void word_of_definition(struct reading *r, struct text word)
{
    size_t at = 0;
    if (text_equal(word, TEXT("TABLE")))
        name_take(r);
    else if (text_equal(word, TEXT("PRIMARY")) && r->by_county)
        r->spread =
            follows(r, &at, TEXT("KEY")) && follows(r, &at, TEXT("(")) && follows(r, &at, TEXT("county"));

    static const char *const types[][2] = {
        {"INTEGER", "bigint"}, {"BLOB", "bytea"}, {"TEXT", "text COLLATE \"C\""}};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (text_equal(word, text_of(types[i][0]))) {
            buf_add_z(r->out, types[i][1]);
            return;
        }
    }
    if (!leave_out(r, word))
        buf_add(r->out, word);
}

static void word(struct reading *r)
{
    size_t size = 0;
    while (is_word(peek(r, size)))
        size++;
    struct text word = text_slice(r->sql, r->at, size);
    r->at += size;
    if (!r->begun)
        r->creates = text_equal(word, TEXT("CREATE")) || text_equal(word, TEXT("ALTER"));
    r->begun = true;
    r->definition = r->definition || (r->creates && text_equal(word, TEXT("TABLE")));
    if (r->definition)
        word_of_definition(r, word);
    else
        buf_add(r->out, word);
}

static void piece(struct reading *r)
{
    char c = peek(r, 0);
    if (c == '\'')
        pass_through(r, TEXT("'"));
    else if (c == '"')
        pass_through(r, TEXT("\""));
    else if (c == '-' && peek(r, 1) == '-')
        pass_through(r, TEXT("\n"));
    else if (c == '$' && peek(r, 1) == '$')
        pass_through(r, TEXT("$$"));
    else if ((c == '?' || c == '$') && isdigit((unsigned char)peek(r, 1)))
        parameter(r);
    else if (is_word(c))
        word(r);
    else {
        if (c == ';' && r->spread) {
            buf_add_z(r->out, " PARTITION BY HASH (county)");
            add_parts(r);
        }
        if (c == ';')
            r->begun = r->definition = r->creates = r->spread = false;
        pass(r, 1);
    }
}

bool sql_translate(struct text sql, bool by_county, struct buf *out, bool *used, int room, int *count_out)
{
    struct reading r = {.sql = sql, .out = out, .used = used, .room = room, .by_county = by_county};
    while (r.at < sql.size && !out->failed)
        piece(&r);
    buf_add_char(out, '\0');
    *count_out = r.count;
    return !out->failed;
}

bool sql_inline(struct text sql, const struct text *literals, int count, struct buf *out)
{
    struct reading r = {.sql = sql, .out = out, .room = count, .literals = literals};
    while (r.at < sql.size && !out->failed)
        piece(&r);
    return !out->failed;
}
