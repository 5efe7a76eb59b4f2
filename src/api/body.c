/* JSON bodies. Always holds: a text that comes out is UTF-8 without NUL. */
#include "api/body.h"
#include "api/api.err.h"
#include "base/base.err.h"
#include <jansson.h>
#include <stdlib.h>

#define EXACT_DIGITS 15 /* decimal digits that any double gives back as they were */

/* A number with more digits than a double keeps would come out as another one (an amount, say): TEXT_NONE. */
static struct text number_text(const json_t *v, struct arena *a)
{
    double d = json_real_value(v);
    if (json_is_integer(v))
        return text_format(a, "%lld", (long long)json_integer_value(v));
    struct text digits = text_format(a, "%.*g", EXACT_DIGITS, d);
    return digits.at != NULL && strtod(digits.at, NULL) == d ? digits : TEXT_NONE;
}

static bool read_member(const char *name, const json_t *v, struct arena *a, struct body_member *out)
{
    out->name = text_copy(a, text_of(name));
    out->value = TEXT("");
    out->kind = MEMBER_IS_OTHER;
    if (json_is_string(v)) {
        out->kind = MEMBER_IS_TEXT;
        out->value = text_copy(a, (struct text){json_string_value(v), json_string_length(v)});
    } else if (json_is_number(v)) {
        struct text digits = number_text(v, a);
        if (digits.at != NULL) {
            out->kind = json_is_integer(v) ? MEMBER_IS_INT : MEMBER_IS_NUMBER;
            out->value = digits;
        }
    } else if (json_is_boolean(v)) {
        out->kind = MEMBER_IS_BOOL;
        out->value = json_is_true(v) ? TEXT("true") : TEXT("false");
    } else if (json_is_null(v))
        out->kind = MEMBER_IS_NULL;
    return out->name.at != NULL && out->value.at != NULL;
}

bool body_read(struct text raw, struct arena *a, struct body_member **out, size_t *count_out, struct err *e)
{
    json_error_t where;
    const char *name;
    json_t *v, *body = json_loadb(raw.at != NULL ? raw.at : "", raw.size, JSON_REJECT_DUPLICATES, &where);
    bool good = json_is_object(body) && json_object_size(body) <= BODY_MEMBER_MAX;
    size_t count = 0;
    *out = good ? arena_take_many(a, json_object_size(body) + 1, sizeof **out) : NULL;
    if (good && *out == NULL)
        err_fail(e, &OUT_OF_MEMORY);
    json_object_foreach(body, name, v)
    {
        if (good && *out != NULL && !read_member(name, v, a, &(*out)[count++]))
            err_fail(e, &OUT_OF_MEMORY);
    }
    json_decref(body);
    *count_out = count;
    return good ? e->kind == NULL : err_fail(e, &API_BODY_BAD);
}
