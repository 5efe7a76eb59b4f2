/* Division codes (GB/T 2260 and the statistics office's): code,name a line, kept as 12 digits in order. */
#include "engine/catalog/node.h"
#include <stdlib.h>

#define DIVISION_MAX 1000000

static bool fail_line(struct load *l, size_t line, const char *why)
{
    err_fail_text(l->e, &CATALOG_DIVISIONS, "file", l->file->name);
    err_add_int(l->e, "line", (int64_t)line);
    err_add_int(l->e, "column", 1);
    err_add(l->e, "detail", text_of(why));
    return false;
}

static bool is_code(struct text t)
{
    for (size_t i = 0; i < t.size; i++)
        if (t.at[i] < '0' || t.at[i] > '9')
            return false;
    return t.size >= 2 && t.size <= AREA_CODE_SIZE;
}

static bool code_padded(struct load *l, struct text code, struct text *out)
{
    char *at = arena_take(l->arena, AREA_CODE_SIZE + 1);
    if (at == NULL)
        return node_fail_memory(l);
    memset(at, '0', AREA_CODE_SIZE);
    memcpy(at, code.at, code.size);
    *out = (struct text){at, AREA_CODE_SIZE};
    return true;
}

static struct text unquote(struct text t)
{
    return t.size >= 2 && t.at[0] == '"' && t.at[t.size - 1] == '"' ? text_slice(t, 1, t.size - 2) : t;
}

static bool line_read(struct load *l, struct text line, size_t number, struct catalog_division *to,
                      size_t *count)
{
    size_t comma = text_find(line, TEXT(","), 0);
    if (line.size == 0)
        return true;
    if (comma == SIZE_MAX)
        return fail_line(l, number, "no comma");
    struct text code = unquote(text_trim(text_slice(line, 0, comma)));
    struct text name = unquote(text_trim(text_slice(line, comma + 1, SIZE_MAX)));
    if (number == 1 && text_equal(code, TEXT("code")))
        return true;
    if (!is_code(code) || name.size == 0)
        return fail_line(l, number, is_code(code) ? "no name" : "not a code");
    to[*count].name = name;
    return code_padded(l, code, &to[(*count)++].code);
}

static int by_code(const void *a, const void *b)
{
    const struct catalog_division *x = a, *y = b;
    return text_compare(x->code, y->code);
}

static bool lines_read(struct load *l, struct text content, struct catalog_division *to, size_t *count)
{
    size_t at = text_starts_with(content, TEXT("\xEF\xBB\xBF")) ? 3 : 0;
    for (size_t number = 1; at < content.size; number++) {
        size_t end = text_find(content, TEXT("\n"), at);
        end = end == SIZE_MAX ? content.size : end;
        if (!line_read(l, text_trim(text_slice(content, at, end - at)), number, to, count))
            return false;
        at = end + 1;
    }
    bool ordered = true; /* as our own file is */
    for (size_t i = 1; i < *count && ordered; i++)
        ordered = by_code(&to[i - 1], &to[i]) <= 0;
    if (!ordered)
        qsort(to, *count, sizeof *to, by_code);
    for (size_t i = 1; i < *count; i++) {
        if (!text_equal(to[i - 1].code, to[i].code))
            continue;
        err_fail_text(l->e, &CATALOG_DIVISIONS, "file", l->file->name);
        err_add_int(l->e, "line", 1);
        err_add_int(l->e, "column", 1);
        err_add(l->e, "detail", to[i].code);
        return false;
    }
    return true;
}

bool load_divisions(struct load *l)
{
    size_t most = 1, count = 0;
    if (l->divisions_from == NULL)
        return true;
    l->file = l->divisions_from;
    struct text content = l->file->content;
    if (!text_is_utf8(content))
        return fail_line(l, 1, "not UTF-8");
    for (size_t i = 0; i < content.size; i++)
        most += content.at[i] == '\n' ? 1 : 0;
    struct catalog_division *to = most > DIVISION_MAX ? NULL : arena_take_many(l->arena, most, sizeof *to);
    if (to == NULL)
        return node_fail_memory(l);
    if (!lines_read(l, content, to, &count))
        return false;
    l->c->divisions = to;
    l->c->division_count = count;
    return true;
}

const struct catalog_division *catalog_division(const struct catalog *c, struct text code)
{
    for (size_t low = 0, high = c->division_count; low < high;) {
        size_t middle = low + (high - low) / 2;
        int order = text_compare(c->divisions[middle].code, code);
        if (order == 0)
            return &c->divisions[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
