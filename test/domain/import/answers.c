#include "answers.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char *member(const json_t *object, const char *name)
{
    const char *z = json_string_value(json_object_get(object, name));
    return z != NULL ? z : "-";
}

static long long count_in(const json_t *object, const char *name)
{
    return (long long)json_integer_value(json_object_get(object, name));
}

static char *taken(json_t *root, const json_t *value)
{
    char *z = json_is_string(value) ? strdup(json_string_value(value))
              : value != NULL       ? json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15))
                                    : NULL;
    json_decref(root);
    return z != NULL ? z : strdup("-");
}

static json_t *load(const char *json) { return json != NULL ? json_loads(json, 0, NULL) : NULL; }

void answer_summary(const char *json, char *out, size_t room)
{
    json_t *root = load(json), *s, *p;
    size_t index;
    FILE *to = fmemopen(out, room, "w");
    if (to == NULL)
        return;
    json_array_foreach(json_object_get(root, "sheets"), index, s)
    {
        fprintf(to, "%s%s %lld+%lld~%lld=%lld-%lld", index > 0 ? ", " : "", member(s, "entity"),
                count_in(s, "rows"), count_in(s, "inserted"), count_in(s, "updated"),
                count_in(s, "unchanged"), count_in(s, "rejected"));
    }
    json_array_foreach(json_object_get(root, "problems"), index, p)
    {
        fprintf(to, " | %s %lld%s %s", member(p, "level"), count_in(p, "row"), member(p, "column"),
                member(p, "code"));
    }
    fclose(to);
    json_decref(root);
}

char *answer_item(const char *json, size_t index, const char *label)
{
    json_t *root = load(json);
    return taken(root, json_object_get(json_array_get(json_object_get(root, "items"), index), label));
}

char *answer_member(const char *json, const char *name)
{
    json_t *root = load(json);
    return taken(root, json_object_get(root, name));
}

char *answer_problem(const char *json, size_t index, const char *name)
{
    json_t *root = load(json);
    return taken(root, json_object_get(json_array_get(json_object_get(root, "problems"), index), name));
}

int64_t answer_sum(const char *json, const char *name)
{
    json_t *root = load(json), *s;
    size_t index;
    long long sum = 0;
    json_array_foreach(json_object_get(root, "sheets"), index, s) sum += count_in(s, name);
    json_decref(root);
    return sum;
}
