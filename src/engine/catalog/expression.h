/* Expressions of a pack: compiled in their environment, their mistakes told at their place in the file. For
 * this folder only.
 */
#ifndef ENGINE_CATALOG_EXPRESSION_H
#define ENGINE_CATALOG_EXPRESSION_H
#include "engine/catalog/load.h"

struct catalog_program {
    const struct cel_program *program;
    struct catalog_program *next;
};

/* Compiles the node's text; its type must be `expected` (CEL_DYN: any), or one that is known only when it
 * runs. */
bool expression_compile(struct load *l, const struct cel_env *env, const struct yaml_node *node,
                        enum cel_kind expected, const struct cel_program **out);
/* The same for a key of a map; a missing key is refused. */
bool expression_key(struct load *l, const struct cel_env *env, const struct yaml_node *map, const char *key,
                    enum cel_kind expected, const struct cel_program **out, struct text *source_out);

/* Where the code point `column` of line `line` of a scalar's text stands in its file, as well as can be told.
 */
void expression_place(struct text content, const struct yaml_node *node, int64_t line, int64_t column,
                      int *line_out, int *column_out);

/* Environments: of an entity, and without a record. NULL or false: the error is set. */
bool expression_env(const struct catalog *c, const struct catalog_entity *on, struct arena *a,
                    struct cel_env **out, struct err *e);
/* Adds the functions of doc/pack.md. `c` is read when they run. */
bool functions_add(struct cel_env *env, const struct catalog *c, struct err *e);
/* Reads a parameter; the class's get. */
bool parameter_get(void *host, const struct cel_class *of, uint32_t row, size_t field, struct cel_value *out);

#endif
