/* Nodes and places. Always holds: no tree has more than CEL_NODE_MAX nodes or CEL_HEIGHT_MAX levels. */
#include "engine/cel/ast.h"
#include "base/base.err.h"
#include "engine/cel/cel.err.h"

void cel_place_add(struct err *e, struct text source, uint32_t place)
{
    int64_t line = 1, column = 1;
    for (size_t at = 0; at < source.size && at < place;) {
        if (text_next(source, &at) == '\n') {
            line++;
            column = 1;
        } else {
            column++;
        }
    }
    err_add_int(e, "line", line);
    err_add_int(e, "column", column);
}

bool cel_compile_fail(struct cel_compile *c, const struct err_kind *kind, uint32_t place, struct text detail)
{
    (void)cel_reason_fail(c->e, kind, detail);
    cel_place_add(c->e, c->source, place);
    return false;
}

bool cel_compile_out_of_memory(struct cel_compile *c) { return err_fail(c->e, &OUT_OF_MEMORY); }

struct cel_ast *cel_ast_new(struct cel_compile *c, enum cel_ast_kind kind, uint32_t place, uint32_t count)
{
    if (c->nodes >= CEL_NODE_MAX) {
        (void)cel_compile_fail(c, &CEL_TOO_LARGE, place, TEXT("more than 8192 parts"));
        return NULL;
    }
    c->nodes++;
    struct cel_ast *n = arena_take(c->arena, sizeof *n);
    struct cel_ast **arg = count == 0 ? NULL : arena_take_many(c->arena, count, sizeof(struct cel_ast *));
    if (n == NULL || (count > 0 && arg == NULL)) {
        (void)cel_compile_out_of_memory(c);
        return NULL;
    }
    *n = (struct cel_ast){.kind = kind, .place = place, .height = 1, .arg = arg, .count = count};
    return n;
}

bool cel_ast_seal(struct cel_compile *c, struct cel_ast *n)
{
    for (uint32_t i = 0; i < n->count; i++) {
        const struct cel_ast *child = n->arg[i];
        if (child != NULL && child->height >= n->height)
            n->height = child->height + 1;
    }
    if (n->height <= CEL_HEIGHT_MAX)
        return true;
    return cel_compile_fail(c, &CEL_TOO_LARGE, n->place, TEXT("more than 256 levels"));
}
