#include "document.h"
#include <jansson.h>

void *document_read(const char *at, size_t size)
{
    json_error_t where;
    return json_loadb(at, size, JSON_REJECT_DUPLICATES, &where);
}

void document_free(void *v) { json_decref(v); }

void *document_at(void *v, const char *name)
{
    return name[0] >= '0' && name[0] <= '9' ? json_array_get(v, (size_t)(name[0] - '0'))
                                            : json_object_get(v, name);
}

const char *document_text(void *v, const char *member)
{
    return json_string_value(json_object_get(v, member));
}

int64_t document_int(void *v, const char *member)
{
    const json_t *n = json_object_get(v, member);
    return json_is_integer(n) ? json_integer_value(n) : INT64_MIN;
}

size_t document_count(void *v) { return json_array_size(v); }
