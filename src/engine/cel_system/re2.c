/* A recursive descent over RE2's grammar (https://github.com/google/re2/wiki/Syntax) that writes as it reads.
 * Groups do not capture: nobody asks for what they matched. */
#include "engine/cel_system/re2.h"
#include "engine/cel_system/re2_class.h"

static bool alternation(struct re2 *r);

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Whole digits at the pattern's place; -1: none, or more than a repetition may have. */
static int read_number(struct re2 *r)
{
    int n = 0;
    size_t begin = r->at;
    for (; r->at < r->in.size && r->in.at[r->at] >= '0' && r->in.at[r->at] <= '9' && n <= RE2_REPEAT_MAX;
         r->at++)
        n = n * 10 + (r->in.at[r->at] - '0');
    return r->at == begin ? -1 : n;
}

/* {n}, {n,}, {n,m}; anything else behind a brace leaves the place alone: the brace means itself. */
static bool read_counts(struct re2 *r, int *least, int *most)
{
    size_t begin = r->at++;
    *least = read_number(r);
    *most = *least;
    if (*least >= 0 && re2_take(r, ','))
        *most = re2_peek(r) == '}' ? INT32_MAX : read_number(r);
    if (*least >= 0 && *most >= 0 && re2_take(r, '}'))
        return true;
    bool too_many = *least > RE2_REPEAT_MAX || (*most > RE2_REPEAT_MAX && *most != INT32_MAX);
    r->at = begin;
    return too_many && !re2_fail(r, "a repetition of more than 1000"); /* false, and the failure stands */
}

/* The operator behind an item, if there is one; `*is` tells. */
static bool repetition(struct re2 *r, bool *is)
{
    char c = re2_peek(r);
    *is = false;
    if (c == '{') {
        int least, most;
        if (!read_counts(r, &least, &most))
            return r->why == NULL;
        if (least > RE2_REPEAT_MAX || (most > RE2_REPEAT_MAX && most != INT32_MAX) || most < least)
            return re2_fail(r, "a repetition out of range");
        buf_add_format(r->out, most == INT32_MAX ? "{%d,}" : "{%d,%d}", least, most);
    } else if (c == '*' || c == '+' || c == '?') {
        r->at++;
        buf_add_char(r->out, c);
    } else {
        return true;
    }
    *is = true;
    if (re2_take(r, '?'))
        buf_add_char(r->out, '?');
    return true;
}

/* One operator at most may follow an item: x** and x*+ are refused. */
static bool repetitions(struct re2 *r)
{
    bool first = false, second = false;
    if (!repetition(r, &first))
        return false;
    if (!first)
        return true;
    size_t size = r->out->size;
    if (!repetition(r, &second))
        return false;
    r->out->size = second ? size : r->out->size;
    return !second || re2_fail(r, "two repetitions in a row");
}

static bool group_name(struct re2 *r)
{
    size_t begin = r->at;
    while (r->at < r->in.size && is_word(r->in.at[r->at]))
        r->at++;
    return (r->at > begin && re2_take(r, '>')) || re2_fail(r, "a group's name that is none");
}

/* (?flags) and (?flags: …, the place standing behind "(?". `*open`: a group has been opened. */
static bool flags(struct re2 *r, bool *open)
{
    bool negated = false, any = false;
    buf_add_z(r->out, "(?");
    for (; r->at < r->in.size; r->at++) {
        char c = r->in.at[r->at];
        if (c == ':' || c == ')')
            break;
        bool minus = c == '-' && !negated;
        if (!minus && c != 'i' && c != 'm' && c != 's' && c != 'U')
            return re2_fail(r, "a group that RE2 does not know");
        negated = negated || minus;
        any = !minus;
        buf_add_char(r->out, c);
    }
    char end = re2_peek(r);
    *open = end == ':';
    if (end == '\0' || (!any && (negated || end == ')')))
        return re2_fail(r, "a group that is not finished");
    r->at++;
    buf_add_char(r->out, end);
    return true;
}

static bool close_group(struct re2 *r)
{
    if (r->depth >= RE2_DEPTH_MAX)
        return re2_fail(r, "groups too deep within each other");
    r->depth++;
    bool good = alternation(r) && (re2_take(r, ')') || re2_fail(r, "')' is missing"));
    r->depth--;
    buf_add_char(r->out, ')');
    return good;
}

/* "(" has been read. `*is_item`: something that may be repeated. */
static bool group(struct re2 *r, bool *is_item)
{
    bool open = true;
    *is_item = true;
    if (!re2_take(r, '?')) {
        buf_add_z(r->out, "(?:");
        return close_group(r);
    }
    struct text rest = text_slice(r->in, r->at, r->in.size);
    if (text_starts_with(rest, TEXT("P<"))
        || (text_starts_with(rest, TEXT("<")) && rest.size > 1 && is_word(rest.at[1]))) {
        r->at += rest.at[0] == 'P' ? 2 : 1;
        buf_add_z(r->out, "(?:");
        return group_name(r) && close_group(r);
    }
    if (!flags(r, &open))
        return false;
    *is_item = open;
    return !open || close_group(r);
}

/* \Q…\E: everything between means itself. The last character is an item of its own, so that a repetition is
 * its. */
static bool quoted(struct re2 *r)
{
    while (r->at < r->in.size && !text_starts_with(text_slice(r->in, r->at, 2), TEXT("\\E")))
        re2_literal(r->out, text_next(r->in, &r->at));
    r->at += r->at < r->in.size ? 2 : 0;
    return true;
}

/* A backslash has been read. */
static bool escape(struct re2 *r)
{
    char c = re2_peek(r);
    uint32_t code;
    switch (c) {
    case 'A':
    case 'z':
    case 'b':
    case 'B':
        r->at++;
        buf_add_format(r->out, "(?:\\%c)", c);
        return true;
    case 'd':
    case 'D':
    case 'w':
    case 'W':
        r->at++;
        buf_add_format(r->out, "\\%c", c);
        return true;
    case 's':
    case 'S':
        r->at++;
        buf_add_z(r->out, c == 's' ? "[\\t\\n\\f\\r\\x20]" : "[^\\t\\n\\f\\r\\x20]");
        return true;
    case 'p':
    case 'P':
        return re2_property(r);
    case 'Q':
        r->at++;
        return quoted(r);
    default:
        if (!re2_escaped_character(r, &code))
            return false;
        re2_literal(r->out, code);
        return true;
    }
}

/* One item; `*is_item`: it may be repeated. */
static bool item(struct re2 *r, bool *is_item)
{
    char c = re2_peek(r);
    *is_item = true;
    switch (c) {
    case '(':
        r->at++;
        return group(r, is_item);
    case '[':
        r->at++;
        return re2_class(r);
    case '\\':
        r->at++;
        return escape(r);
    case '^':
    case '$':
        r->at++;
        buf_add_format(r->out, "(?:%c)", c);
        return true;
    case '.':
        r->at++;
        buf_add_char(r->out, '.');
        return true;
    case '*':
    case '+':
    case '?':
        return re2_fail(r, "a repetition of nothing");
    default:
        re2_literal(r->out, text_next(r->in, &r->at));
        return true;
    }
}

static bool sequence(struct re2 *r)
{
    bool first = true;
    while (r->at < r->in.size && re2_peek(r) != '|' && re2_peek(r) != ')') {
        bool is_item;
        if (first && re2_peek(r) == '{') { /* nothing to repeat: RE2 refuses x{2} without x */
            int least, most;
            size_t begin = r->at;
            if (read_counts(r, &least, &most))
                return re2_fail(r, "a repetition of nothing");
            r->at = begin;
        }
        if (!item(r, &is_item))
            return false;
        first = !is_item;
        if (is_item && !repetitions(r))
            return false;
        if (r->out->failed)
            return re2_fail(r, "the pattern is too long");
    }
    return true;
}

static bool alternation(struct re2 *r)
{
    if (!sequence(r))
        return false;
    while (re2_take(r, '|')) {
        buf_add_char(r->out, '|');
        if (!sequence(r))
            return false;
    }
    return true;
}

const char *re2_translate(struct text pattern, struct buf *out)
{
    struct re2 r = {.in = pattern, .out = out};
    if (!text_is_utf8(pattern))
        return "the pattern is not UTF-8";
    if (alternation(&r) && r.at < pattern.size)
        (void)re2_fail(&r, "a ')' without '('");
    if (r.why == NULL && out->failed)
        (void)re2_fail(&r, "the pattern is too long");
    return r.why;
}
