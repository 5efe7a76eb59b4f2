/* YAML as a tree of text with places, for policy packs.
 *
 * Built on libyaml; only what a pack needs: maps with text keys (each once), lists, plain and quoted scalars.
 * Anchors, aliases, tags and merge keys are refused (an alias bomb cannot exist), so are several documents.
 * Everything lives in the arena. One thread.
 */
#ifndef FORMAT_YAML_YAML_H
#define FORMAT_YAML_YAML_H
#include "base/err.h"

#define YAML_DEPTH_MAX 32
#define YAML_NODE_MAX 500000

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };
struct yaml_node {
    enum yaml_kind kind;
    bool quoted;                         /* a scalar in quotes: never a number, a date or UNSET */
    struct text text;                    /* scalar */
    int line, column;                    /* from 1 */
    size_t count;                        /* elements, or pairs */
    const struct yaml_node *const *keys; /* map: scalars */
    const struct yaml_node *const *at;   /* list: elements; map: values */
};
/* `file` is what errors name. YAML_SYNTAX, YAML_REFUSED, YAML_DUPLICATE_KEY, YAML_LIMIT with {file}, {line},
 * {column}. */
MUST_USE bool yaml_read(struct text content, struct text file, struct arena *a,
                        const struct yaml_node **root_out, struct err *e);
/* The value of a key; NULL when the node is no map or has no such key. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

#endif
