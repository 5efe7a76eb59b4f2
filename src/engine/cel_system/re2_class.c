/* Characters, Unicode properties and classes of RE2's syntax. */
#include "engine/cel_system/re2_class.h"

void re2_literal(struct buf *out, uint32_t c)
{
    char utf8[4];
    bool plain =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c >= 0x80;
    if (plain)
        buf_add(out, (struct text){utf8, text_encode(c, utf8)});
    else
        buf_add_format(out, "\\x{%X}", (unsigned)c);
}

static int hex_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : 99;
}

/* \x has been read: two digits, or any number within braces. */
static bool hexadecimal(struct re2 *r, uint32_t *out)
{
    bool braces = re2_take(r, '{');
    uint32_t c = 0;
    size_t begin = r->at, most = braces ? 8 : 2;
    for (; r->at - begin < most && hex_of(re2_peek(r)) < 16 && c <= 0x10FFFF; r->at++)
        c = c * 16 + (uint32_t)hex_of(re2_peek(r));
    bool enough = braces ? r->at > begin && re2_take(r, '}') : r->at - begin == 2;
    *out = c;
    return (enough && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF))
           || re2_fail(r, "a code point that is none");
}

/* \0, \12, \123; a single digit but 0 would be a back reference, which RE2 does not have. */
static bool octal(struct re2 *r, uint32_t *out)
{
    uint32_t c = 0;
    size_t begin = r->at;
    for (; r->at - begin < 3 && re2_peek(r) >= '0' && re2_peek(r) <= '7'; r->at++)
        c = c * 8 + (uint32_t)(re2_peek(r) - '0');
    *out = c;
    return r->at - begin > 1 || c == 0 || re2_fail(r, "back references are not allowed");
}

bool re2_escaped_character(struct re2 *r, uint32_t *out)
{
    static const char from[] = "afnrtv", to[] = "\a\f\n\r\t\v";
    char c = re2_peek(r);
    const char *found = c == '\0' ? NULL : strchr(from, c);
    if (c >= '0' && c <= '7')
        return octal(r, out);
    if (r->at >= r->in.size)
        return re2_fail(r, "a backslash at the end");
    r->at++;
    if (found != NULL) {
        *out = (uint32_t)to[found - from];
        return true;
    }
    if (c == 'x')
        return hexadecimal(r, out);
    *out = (unsigned char)c;
    bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    return (!word && (unsigned char)c < 0x80 && c != '\0') || re2_fail(r, "an escape that RE2 does not know");
}

static bool is_category(struct text name)
{
    static const char *const names[] = {"C",  "Cc", "Cf", "Co", "Cs", "L",  "Ll", "Lm", "Lo", "Lt",
                                        "Lu", "M",  "Mc", "Me", "Mn", "N",  "Nd", "Nl", "No", "P",
                                        "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S",  "Sc", "Sk",
                                        "Sm", "So", "Z",  "Zl", "Zp", "Zs", "Any"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (text_equal(name, text_of(names[i])))
            return true;
    }
    return false;
}

static bool is_script(struct text name)
{
    bool good = name.size > 2;
    for (size_t i = 0; good && i < name.size; i++) {
        char c = name.at[i];
        good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }
    return good;
}

/* Scripts are asked for as such ("sc:"): PCRE2 would take script extensions, RE2 does not. */
bool re2_property(struct re2 *r)
{
    bool negated = re2_peek(r) == 'P';
    r->at++;
    struct text name = text_slice(r->in, r->at, 1);
    if (re2_take(r, '{')) {
        size_t end = text_find(r->in, TEXT("}"), r->at);
        if (end == SIZE_MAX)
            return re2_fail(r, "'}' is missing");
        if (re2_take(r, '^'))
            negated = !negated;
        name = text_slice(r->in, r->at, end - r->at);
        r->at = end;
    }
    r->at++;
    bool category = is_category(name);
    if (!category && !is_script(name))
        return re2_fail(r, "a Unicode class that is none");
    buf_add_format(r->out, "\\%c{%s%.*s}", negated ? 'P' : 'p', category ? "" : "sc:", TEXT_ARG(name));
    return true;
}

/* [:alpha:] within a class, "[:" being next. `*is`: it was one. */
static bool posix(struct re2 *r, bool *is)
{
    static const char *const names[] = {"alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph",
                                        "lower", "print", "punct", "space", "upper", "word",  "xdigit"};
    size_t end = text_find(r->in, TEXT(":]"), r->at + 2);
    *is = false;
    if (end == SIZE_MAX)
        return true;
    struct text name = text_slice(r->in, r->at + 2, end - r->at - 2);
    bool negated = name.size > 0 && name.at[0] == '^';
    struct text bare = negated ? text_slice(name, 1, name.size) : name;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (text_equal(bare, text_of(names[i]))) {
            buf_add_format(r->out, "[:%.*s:]", TEXT_ARG(name));
            r->at = end + 2;
            *is = true;
            return true;
        }
    }
    return re2_fail(r, "a class name that is none");
}

/* \d, \s, \pL … within a class, the backslash being next. `*is`: it was one. */
static bool class_escape(struct re2 *r, bool *is)
{
    char c = r->at + 1 < r->in.size ? r->in.at[r->at + 1] : '\0';
    *is = true;
    switch (c) {
    case 'd':
    case 'D':
    case 'w':
    case 'W':
        buf_add_format(r->out, "\\%c", c);
        break;
    case 's':
        buf_add_z(r->out, "\\t\\n\\f\\r\\x20");
        break;
    case 'S': /* all but tab, line feed, form feed, return and blank */
        buf_add_z(r->out, "\\x{0}-\\x{8}\\x{B}\\x{E}-\\x{1F}\\x{21}-\\x{10FFFF}");
        break;
    case 'p':
    case 'P':
        r->at++;
        return re2_property(r);
    default:
        *is = false;
        return true;
    }
    r->at += 2;
    return true;
}

static bool class_character(struct re2 *r, uint32_t *out)
{
    if (re2_take(r, '\\'))
        return re2_escaped_character(r, out);
    *out = text_next(r->in, &r->at);
    return true;
}

/* A character, or a range of two. */
static bool class_range(struct re2 *r)
{
    uint32_t low, high;
    if (!class_character(r, &low))
        return false;
    re2_literal(r->out, low);
    bool range = re2_peek(r) == '-' && r->at + 1 < r->in.size && r->in.at[r->at + 1] != ']';
    if (!range)
        return true;
    r->at++;
    if (!class_character(r, &high))
        return false;
    buf_add_char(r->out, '-');
    re2_literal(r->out, high);
    return low <= high || re2_fail(r, "a range whose end comes first");
}

bool re2_class(struct re2 *r)
{
    buf_add_char(r->out, '[');
    if (re2_take(r, '^'))
        buf_add_char(r->out, '^');
    for (bool first = true; first || re2_peek(r) != ']'; first = false) {
        bool is = false;
        if (r->at >= r->in.size)
            return re2_fail(r, "']' is missing");
        if (text_starts_with(text_slice(r->in, r->at, 2), TEXT("[:")) && !posix(r, &is))
            return false;
        if (!is && re2_peek(r) == '\\' && !class_escape(r, &is))
            return false;
        if (!is && !class_range(r))
            return false;
    }
    r->at++;
    buf_add_char(r->out, ']');
    return true;
}
