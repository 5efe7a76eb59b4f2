/* From bytes to words. Looks only forward, allocates nothing, knows no grammar. */
#include "engine/cel/lex.h"
#include <assert.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

/* The character at `at`, NUL behind the end (a NUL of the source is no word either). */
static char peek(struct text s, uint32_t at) { return at < s.size ? s.at[at] : '\0'; }

static uint32_t skip_blanks(struct text s, uint32_t at)
{
    while (at < s.size) {
        if (is_blank(s.at[at])) {
            at++;
        } else if (s.at[at] == '/' && peek(s, at + 1) == '/') {
            while (at < s.size && s.at[at] != '\n')
                at++;
        } else {
            break;
        }
    }
    return at;
}

static struct cel_token token(struct text s, enum cel_token_kind kind, uint32_t from, uint32_t to)
{
    return (struct cel_token){.kind = kind, .place = from, .text = text_slice(s, from, to - from)};
}

static struct cel_token bad(uint32_t place, const char *wrong)
{
    return (struct cel_token){.kind = TOKEN_BAD, .place = place, .wrong = wrong};
}

static uint32_t skip_digits(struct text s, uint32_t at)
{
    while (is_digit(peek(s, at)))
        at++;
    return at;
}

/* [eE][+-]?digits, or nothing. */
static uint32_t skip_exponent(struct text s, uint32_t at)
{
    if (peek(s, at) != 'e' && peek(s, at) != 'E')
        return at;
    uint32_t digits = at + 1;
    if (peek(s, digits) == '+' || peek(s, digits) == '-')
        digits++;
    return is_digit(peek(s, digits)) ? skip_digits(s, digits) : at;
}

static struct cel_token whole(struct text s, uint32_t from, uint32_t *at)
{
    char suffix = peek(s, *at);
    if (suffix != 'u' && suffix != 'U')
        return token(s, TOKEN_INT, from, *at);
    struct cel_token t = token(s, TOKEN_UINT, from, *at);
    ++*at;
    return t;
}

static struct cel_token number(struct text s, uint32_t *at)
{
    uint32_t from = *at;
    if (peek(s, from) == '0' && peek(s, from + 1) == 'x' && is_hex(peek(s, from + 2))) {
        *at = from + 2;
        while (is_hex(peek(s, *at)))
            ++*at;
        return whole(s, from, at);
    }
    *at = skip_digits(s, from);
    bool is_double = peek(s, *at) == '.' && is_digit(peek(s, *at + 1));
    if (is_double)
        *at = skip_digits(s, *at + 1);
    uint32_t behind = skip_exponent(s, *at);
    if (!is_double && behind == *at)
        return whole(s, from, at);
    *at = behind;
    return token(s, TOKEN_DOUBLE, from, *at);
}

static const char *const RESERVED[] = {"as",        "break",  "const",  "continue", "else", "for",
                                       "function",  "if",     "import", "let",      "loop", "package",
                                       "namespace", "return", "var",    "void",     "while"};

static struct cel_token name(struct text s, uint32_t from, uint32_t *at)
{
    while (is_letter(peek(s, *at)) || is_digit(peek(s, *at)))
        ++*at;
    struct cel_token t = token(s, TOKEN_NAME, from, *at);
    if (text_equal(t.text, TEXT("true")))
        t.kind = TOKEN_TRUE;
    else if (text_equal(t.text, TEXT("false")))
        t.kind = TOKEN_FALSE;
    else if (text_equal(t.text, TEXT("null")))
        t.kind = TOKEN_NULL;
    else if (text_equal(t.text, TEXT("in")))
        t.kind = TOKEN_IN;
    for (size_t i = 0; i < COUNT_OF(RESERVED); i++)
        t.reserved = t.reserved || text_equal(t.text, text_of(RESERVED[i]));
    return t;
}

/* `name-with other.characters` */
static struct cel_token quoted_name(struct text s, uint32_t from, uint32_t *at)
{
    ++*at;
    for (char c = peek(s, *at); is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '/' || c == ' ';
         c = peek(s, *at))
        ++*at;
    if (peek(s, *at) != '`' || *at == from + 1)
        return bad(from, "a name in backquotes is not finished");
    struct cel_token t = token(s, TOKEN_QUOTED, from + 1, *at);
    t.place = from;
    ++*at;
    return t;
}

static bool is_triple(struct text s, uint32_t at, char quote)
{
    return peek(s, at) == quote && peek(s, at + 1) == quote && peek(s, at + 2) == quote;
}

/* `at` stands on the opening quote, `from` on the prefix. */
static struct cel_token string(struct text s, uint32_t from, uint32_t *at, bool raw, bool bytes)
{
    char quote = s.at[*at];
    bool triple = is_triple(s, *at, quote);
    uint32_t begin = *at + (triple ? 3 : 1);
    uint32_t i = begin;
    for (; i < s.size; i++) {
        if (triple ? is_triple(s, i, quote) : s.at[i] == quote)
            break;
        if (!triple && (s.at[i] == '\n' || s.at[i] == '\r'))
            return bad(from, "a string is not finished on its line");
        if (!raw && s.at[i] == '\\' && i + 1 < s.size)
            i++;
    }
    if (i >= s.size)
        return bad(from, "a string is not finished");
    *at = i + (triple ? 3 : 1);
    struct cel_token t = token(s, bytes ? TOKEN_BYTES : TOKEN_STRING, begin, i);
    t.place = from;
    t.raw = raw;
    return t;
}

/* r'', R"", b'', bR'' …; false: what stands there is a name. */
static bool prefixed_string(struct text s, uint32_t from, uint32_t *at, struct cel_token *out)
{
    uint32_t i = from;
    bool bytes = peek(s, i) == 'b' || peek(s, i) == 'B';
    i += bytes;
    bool raw = peek(s, i) == 'r' || peek(s, i) == 'R';
    i += raw;
    if (i == from || (peek(s, i) != '"' && peek(s, i) != '\''))
        return false;
    *at = i;
    *out = string(s, from, at, raw, bytes);
    return true;
}

static enum cel_token_kind pair(char a, char b)
{
    static const struct {
        char text[3];
        enum cel_token_kind kind;
    } pairs[] = {{"==", TOKEN_EQUAL},         {"!=", TOKEN_UNEQUAL}, {"<=", TOKEN_LESS_EQUAL},
                 {">=", TOKEN_GREATER_EQUAL}, {"&&", TOKEN_AND},     {"||", TOKEN_OR}};
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        if (pairs[i].text[0] == a && pairs[i].text[1] == b)
            return pairs[i].kind;
    }
    return TOKEN_BAD;
}

static enum cel_token_kind single(char c)
{
    static const char characters[] = "<>!+-*/%?:.,()[]{}";
    static const enum cel_token_kind kinds[] = {
        TOKEN_LESS,  TOKEN_GREATER, TOKEN_NOT,      TOKEN_PLUS,       TOKEN_MINUS, TOKEN_STAR,
        TOKEN_SLASH, TOKEN_PERCENT, TOKEN_QUESTION, TOKEN_COLON,      TOKEN_DOT,   TOKEN_COMMA,
        TOKEN_OPEN,  TOKEN_CLOSE,   TOKEN_SQUARE,   TOKEN_SQUARE_END, TOKEN_BRACE, TOKEN_BRACE_END};
    static_assert(COUNT_OF(kinds) == sizeof characters - 1, "a kind for each character");
    const char *at = c == '\0' ? NULL : strchr(characters, c);
    return at == NULL ? TOKEN_BAD : kinds[at - characters];
}

struct cel_token cel_lex(struct text s, uint32_t *at)
{
    uint32_t from = *at = skip_blanks(s, *at);
    if (from >= s.size)
        return token(s, TOKEN_END, from, from);
    char c = s.at[from];
    struct cel_token t;
    if (is_digit(c) || (c == '.' && is_digit(peek(s, from + 1))))
        return number(s, at);
    if (prefixed_string(s, from, at, &t))
        return t;
    if (is_letter(c))
        return name(s, from, at);
    if (c == '"' || c == '\'')
        return string(s, from, at, false, false);
    if (c == '`')
        return quoted_name(s, from, at);
    enum cel_token_kind kind = pair(c, peek(s, from + 1));
    uint32_t size = kind == TOKEN_BAD ? 1 : 2;
    if (kind == TOKEN_BAD)
        kind = single(c);
    if (kind == TOKEN_BAD)
        return bad(from, "a character that has no meaning here");
    *at = from + size;
    return token(s, kind, from, *at);
}
