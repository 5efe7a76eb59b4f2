/* Addresses. Always holds: what is decoded is UTF-8 without NUL. */
#include "api/url.h"
#include "api/api.err.h"
#include "base/base.err.h"

static int hex_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* %XX, and in a parameter '+' for a blank. */
static bool decode(struct text raw, bool parameter, struct arena *a, struct text *out, struct err *e)
{
    char *at = arena_take(a, raw.size + 1);
    size_t size = 0;
    if (at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < raw.size; i++) {
        char c = raw.at[i];
        if (c == '%') {
            int high = i + 2 < raw.size ? hex_of(raw.at[i + 1]) : -1,
                low = high >= 0 ? hex_of(raw.at[i + 2]) : -1;
            if (low < 0 || (high == 0 && low == 0))
                return err_fail(e, &API_URL_BAD);
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && parameter)
            c = ' ';
        at[size++] = c;
    }
    at[size] = 0;
    *out = (struct text){at, size};
    return text_is_utf8(*out) && memchr(at, 0, size) == NULL ? true : err_fail(e, &API_URL_BAD);
}

static bool read_path(struct text path, struct arena *a, struct url *out, struct err *e)
{
    size_t at = 0;
    while (at < path.size) {
        size_t end = text_find(path, TEXT("/"), at + 1);
        end = end == SIZE_MAX ? path.size : end;
        struct text raw = text_slice(path, at + 1, end - at - 1),
                    *segment = &out->segment[out->segment_count];
        at = end;
        if (raw.size == 0 && at == path.size) /* a slash at the end names what is before it */
            break;
        if (out->segment_count == URL_SEGMENT_MAX)
            return err_fail(e, &API_URL_LONG);
        if (!decode(raw, false, a, segment, e))
            return false;
        if (text_equal(*segment, TEXT(".")) || text_equal(*segment, TEXT("..")))
            return err_fail(e, &API_URL_BAD);
        out->segment_count++;
    }
    return true;
}

static bool is_there(const struct url *url, struct text name)
{
    for (size_t i = 0; i < url->pair_count; i++)
        if (text_equal(url->pair[i].name, name))
            return true;
    return false;
}

static bool read_pair(struct text raw, struct arena *a, struct url *out, struct err *e)
{
    size_t equals = text_find(raw, TEXT("="), 0);
    struct url_pair pair = {.value = TEXT("")};
    if (out->pair_count == URL_PARAMETER_MAX)
        return err_fail(e, &API_URL_LONG);
    if (!decode(text_slice(raw, 0, equals == SIZE_MAX ? raw.size : equals), true, a, &pair.name, e)
        || (equals != SIZE_MAX && !decode(text_slice(raw, equals + 1, raw.size), true, a, &pair.value, e)))
        return false;
    if (is_there(out, pair.name))
        return err_fail_text(e, &API_PARAMETER_TWICE, "name", pair.name);
    out->pair[out->pair_count++] = pair;
    return true;
}

static bool read_query(struct text query, struct arena *a, struct url *out, struct err *e)
{
    out->pair = arena_take_many(a, URL_PARAMETER_MAX, sizeof *out->pair);
    if (out->pair == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t at = 0; at < query.size;) {
        size_t end = text_find(query, TEXT("&"), at);
        end = end == SIZE_MAX ? query.size : end;
        if (end > at && !read_pair(text_slice(query, at, end - at), a, out, e))
            return false;
        at = end + 1;
    }
    return true;
}

bool url_read(struct text raw, struct arena *a, struct url *out, struct err *e)
{
    size_t question = text_find(raw, TEXT("?"), 0);
    *out = (struct url){.path = text_slice(raw, 0, question == SIZE_MAX ? raw.size : question)};
    if (out->path.size == 0 || out->path.at[0] != '/')
        return err_fail(e, &API_URL_BAD);
    return read_path(out->path, a, out, e)
           && read_query(question == SIZE_MAX ? TEXT("") : text_slice(raw, question + 1, raw.size), a, out,
                         e);
}
