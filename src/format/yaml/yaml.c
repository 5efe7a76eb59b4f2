/* YAML as a tree, built from libyaml's events.
 *
 * The tree lives in the caller's arena; libyaml's own memory and the stack of unfinished children go before
 * yaml_read returns. Recursion ends at YAML_DEPTH_MAX, the number of nodes at YAML_NODE_MAX; with aliases
 * refused a tree is never larger than its text.
 */
#include "format/yaml/yaml.h"
#include "base/base.err.h"
#include "format/yaml/yaml.err.h"
#include <assert.h>
#include <stdlib.h>
#include <yaml.h>

struct reader {
    yaml_parser_t parser;
    struct text content, file;
    struct arena *arena;
    struct err *e;
    size_t nodes;
    int depth;
    const struct yaml_node **stack; /* children of the lists and maps that are not finished */
    size_t stack_count, stack_room;
};

static bool fail_at(struct reader *r, const struct err_kind *kind, int line, int column, struct text detail)
{
    err_fail_text(r->e, kind, "file", r->file);
    err_add_int(r->e, "line", line);
    err_add_int(r->e, "column", column);
    err_add(r->e, "detail", detail);
    return false;
}

static bool fail_event(struct reader *r, const struct err_kind *kind, const yaml_event_t *event,
                       const char *detail)
{
    return fail_at(r, kind, (int)event->start_mark.line + 1, (int)event->start_mark.column + 1,
                   text_of(detail));
}

/* Bytes that are no UTF-8 come with an offset only. */
static bool fail_bytes(struct reader *r)
{
    int line = 1, column = 1;
    size_t at = 0, end = r->parser.problem_offset;
    while (at < r->content.size && at < end) {
        bool is_break = r->content.at[at] == '\n';
        (void)text_next(r->content, &at);
        line += is_break ? 1 : 0;
        column = is_break ? 1 : column + 1;
    }
    return fail_at(r, &YAML_SYNTAX, line, column, text_of(r->parser.problem));
}

static bool fail_parser(struct reader *r)
{
    if (r->parser.error == YAML_MEMORY_ERROR)
        return err_fail(r->e, &OUT_OF_MEMORY);
    if (r->parser.error == YAML_READER_ERROR)
        return fail_bytes(r);
    return fail_at(r, &YAML_SYNTAX, (int)r->parser.problem_mark.line + 1,
                   (int)r->parser.problem_mark.column + 1,
                   text_of(r->parser.problem != NULL ? r->parser.problem : "?"));
}

static bool next(struct reader *r, yaml_event_t *event)
{
    return yaml_parser_parse(&r->parser, event) != 0 || fail_parser(r);
}

static bool push(struct reader *r, const struct yaml_node *node)
{
    if (r->stack_count == r->stack_room) {
        size_t room = r->stack_room == 0 ? 64 : r->stack_room * 2;
        const struct yaml_node **larger = realloc(r->stack, room * sizeof(const struct yaml_node *));
        if (larger == NULL)
            return err_fail(r->e, &OUT_OF_MEMORY);
        r->stack = larger;
        r->stack_room = room;
    }
    r->stack[r->stack_count++] = node;
    return true;
}

/* Moves every `step`th child above `base`, from the `first`, into the arena. */
static const struct yaml_node *const *take_children(struct reader *r, size_t base, size_t first, size_t step)
{
    size_t count = (r->stack_count - base) / step;
    const struct yaml_node **out = arena_take_many(r->arena, count + 1, sizeof(const struct yaml_node *));
    for (size_t i = 0; out != NULL && i < count; i++)
        out[i] = r->stack[base + first + i * step];
    return out;
}

static int by_text_then_place(const void *left, const void *right)
{
    const struct yaml_node *a = *(const struct yaml_node *const *)left,
                           *b = *(const struct yaml_node *const *)right;
    int order = text_compare(a->text, b->text);
    if (order != 0)
        return order;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return (a->column > b->column) - (a->column < b->column);
}

static bool keys_differ(struct reader *r, const struct yaml_node *map)
{
    if (map->count < 2)
        return true;
    const struct yaml_node **sorted = malloc(map->count * sizeof(const struct yaml_node *));
    if (sorted == NULL)
        return err_fail(r->e, &OUT_OF_MEMORY);
    memcpy(sorted, map->keys, map->count * sizeof(const struct yaml_node *));
    qsort(sorted, map->count, sizeof(const struct yaml_node *), by_text_then_place);
    bool differ = true;
    for (size_t i = 1; differ && i < map->count; i++) {
        if (!text_equal(sorted[i - 1]->text, sorted[i]->text))
            continue;
        differ = fail_at(r, &YAML_DUPLICATE_KEY, sorted[i]->line, sorted[i]->column, sorted[i]->text);
        err_add_int(r->e, "other_line", sorted[i - 1]->line);
    }
    free(sorted);
    return differ;
}

static bool read_node(struct reader *r, const yaml_event_t *event, const struct yaml_node **out);

/* Reads children up to the event that ends the list or map. */
static bool read_children(struct reader *r, yaml_event_type_t end, bool pairs)
{
    for (bool is_key = pairs;; is_key = pairs && !is_key) {
        yaml_event_t event;
        if (!next(r, &event))
            return false;
        if (event.type == end) {
            yaml_event_delete(&event);
            return true;
        }
        const struct yaml_node *child = NULL;
        bool fine = !is_key || event.type == YAML_SCALAR_EVENT
                    || fail_event(r, &YAML_REFUSED, &event, "a key that is not text");
        fine = fine && read_node(r, &event, &child) && push(r, child);
        yaml_event_delete(&event);
        if (!fine)
            return false;
    }
}

static bool read_group(struct reader *r, const yaml_event_t *event, struct yaml_node *node)
{
    bool pairs = event->type == YAML_MAPPING_START_EVENT;
    size_t base = r->stack_count;
    if (r->depth >= YAML_DEPTH_MAX)
        return fail_event(r, &YAML_LIMIT, event, "depth 32");
    r->depth++;
    if (!read_children(r, pairs ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT, pairs))
        return false;
    r->depth--;
    node->kind = pairs ? YAML_MAP : YAML_LIST;
    node->count = (r->stack_count - base) / (pairs ? 2 : 1);
    node->keys = pairs ? take_children(r, base, 0, 2) : NULL;
    node->at = pairs ? take_children(r, base, 1, 2) : take_children(r, base, 0, 1);
    r->stack_count = base;
    if (node->at == NULL || (pairs && node->keys == NULL))
        return err_fail(r->e, &OUT_OF_MEMORY);
    return !pairs || keys_differ(r, node);
}

static bool read_scalar(struct reader *r, const yaml_event_t *event, struct yaml_node *node)
{
    const char *value = (const char *)event->data.scalar.value;
    node->kind = YAML_SCALAR;
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->text = text_copy(r->arena, (struct text){value, event->data.scalar.length});
    return node->text.at != NULL || err_fail(r->e, &OUT_OF_MEMORY);
}

static bool plain_enough(struct reader *r, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;
    if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
    } else {
        return fail_event(r, &YAML_REFUSED, event,
                          event->type == YAML_ALIAS_EVENT ? "an alias" : "an event out of place");
    }
    if (anchor != NULL)
        return fail_event(r, &YAML_REFUSED, event, "an anchor");
    return tag == NULL || fail_event(r, &YAML_REFUSED, event, "a tag");
}

static bool read_node(struct reader *r, const yaml_event_t *event, const struct yaml_node **out)
{
    assert(r->depth <= YAML_DEPTH_MAX);
    if (!plain_enough(r, event))
        return false;
    if (r->nodes >= YAML_NODE_MAX)
        return fail_event(r, &YAML_LIMIT, event, "500000 values");
    struct yaml_node *node = arena_take(r->arena, sizeof *node);
    if (node == NULL)
        return err_fail(r->e, &OUT_OF_MEMORY);
    r->nodes++;
    node->line = (int)event->start_mark.line + 1;
    node->column = (int)event->start_mark.column + 1;
    if (event->type == YAML_SCALAR_EVENT ? !read_scalar(r, event, node) : !read_group(r, event, node))
        return false;
    if (node->kind == YAML_SCALAR && !node->quoted && text_equal(node->text, TEXT("<<")))
        return fail_event(r, &YAML_REFUSED, event, "a merge key");
    *out = node;
    return true;
}

/* Reads one event and demands its type; a value of another type is left to `event`. */
static bool expect(struct reader *r, yaml_event_type_t type, const char *otherwise)
{
    yaml_event_t event;
    if (!next(r, &event))
        return false;
    bool fine = event.type == type || fail_event(r, &YAML_REFUSED, &event, otherwise);
    yaml_event_delete(&event);
    return fine;
}

static bool read_document(struct reader *r, const struct yaml_node **out)
{
    yaml_event_t event;
    if (!expect(r, YAML_STREAM_START_EVENT, "no stream")
        || !expect(r, YAML_DOCUMENT_START_EVENT, "an empty file") || !next(r, &event))
        return false;
    bool fine = read_node(r, &event, out);
    yaml_event_delete(&event);
    return fine && expect(r, YAML_DOCUMENT_END_EVENT, "a second value")
           && expect(r, YAML_STREAM_END_EVENT, "a second document");
}

bool yaml_read(struct text content, struct text file, struct arena *a, const struct yaml_node **root_out,
               struct err *e)
{
    struct reader r = {.content = content, .file = file, .arena = a, .e = e};
    const struct yaml_node *root = NULL;
    if (!yaml_parser_initialize(&r.parser))
        return err_fail(e, &OUT_OF_MEMORY);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)(content.at != NULL ? content.at : ""),
                                 content.size);
    bool fine = read_document(&r, &root);
    yaml_parser_delete(&r.parser);
    free(r.stack);
    if (fine)
        *root_out = root;
    return fine;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
    struct text wanted = text_of(key);
    if (map == NULL || map->kind != YAML_MAP)
        return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (text_equal(map->keys[i]->text, wanted))
            return map->at[i];
    return NULL;
}
