#include "answer.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEPT 8
static char *kept[KEPT];
static size_t next;

static const char *keep(char *text)
{
    char **at = &kept[next++ % KEPT];
    free(*at);
    *at = text;
    return text;
}

/* One step: a name, or [index]. */
static const json_t *step(const json_t *at, const char **path)
{
    char name[64] = "";
    if (**path == '.')
        ++*path;
    if (**path == '[') {
        size_t index = strtoul(*path + 1, NULL, 10);
        *path = strchr(*path, ']') + 1;
        return json_array_get(at, index);
    }
    size_t size = strcspn(*path, ".[");
    snprintf(name, sizeof name, "%.*s", (int)size, *path);
    *path += size;
    return json_object_get(at, name);
}

static const json_t *walk(const json_t *at, const char *path)
{
    while (at != NULL && *path != '\0')
        at = step(at, &path);
    return at;
}

const char *answer(const char *json, const char *path)
{
    json_t *root = json_loads(json, JSON_DECODE_ANY, NULL);
    const json_t *at = walk(root, path);
    char *text = at == NULL           ? strdup("-")
                 : json_is_string(at) ? strdup(json_string_value(at))
                                      : json_dumps(at, JSON_ENCODE_ANY | JSON_COMPACT);
    json_decref(root);
    return keep(text);
}

size_t answer_count(const char *json, const char *path)
{
    json_t *root = json_loads(json, JSON_DECODE_ANY, NULL);
    size_t count = json_array_size(walk(root, path));
    json_decref(root);
    return count;
}

int answer_find(const char *json, const char *path, const char *member, const char *value)
{
    json_t *root = json_loads(json, JSON_DECODE_ANY, NULL);
    const json_t *array = walk(root, path);
    int found = -1;
    for (size_t i = 0; i < json_array_size(array) && found < 0; i++) {
        const char *text = json_string_value(json_object_get(json_array_get(array, i), member));
        if (text != NULL && strcmp(text, value) == 0)
            found = (int)i;
    }
    json_decref(root);
    return found;
}
