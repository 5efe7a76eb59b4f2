/* Reading a pack's YAML nodes as what they should be; each refusal names file, line and column. For this
 * folder only.
 *
 * All answer false with the error set in the load. Keys that may be left out leave *out as it was.
 */
#ifndef ENGINE_CATALOG_NODE_H
#define ENGINE_CATALOG_NODE_H
#include "engine/catalog/load.h"

/* Always false. */
bool node_fail(struct load *l, const struct yaml_node *at, const struct err_kind *kind, struct text detail);
bool node_fail_shape(struct load *l, const struct yaml_node *at, struct text detail, const char *expected);
bool node_fail_memory(struct load *l);
/* `path` are ids that each need the next, the last one the first. */
bool node_fail_circle(struct load *l, const struct yaml_node *at, const struct text *path, size_t count);
bool node_fail_duplicate(struct load *l, const struct yaml_node *at, struct text detail,
                         const struct item *other);

/* `node` is a map whose keys are all among `keys` ("a b c"). `what` names it in errors. */
bool node_is_map(struct load *l, const struct yaml_node *node, const char *what, const char *keys);
bool node_is_list(struct load *l, const struct yaml_node *node, const char *what);

/* A text that is not empty. */
bool node_text(struct load *l, const struct yaml_node *map, const char *key, struct text *out);
bool node_text_maybe(struct load *l, const struct yaml_node *map, const char *key, struct text *out);
/* A scalar as such. */
bool node_scalar(struct load *l, const struct yaml_node *node, const char *what, struct text *out);
/* lower_snake; `dotted`: several joined by dots. */
bool node_id(struct load *l, const struct yaml_node *map, const char *key, bool dotted, struct text *out);
bool node_label(struct load *l, const struct yaml_node *map, const char *key, struct label *out);
bool node_label_maybe(struct load *l, const struct yaml_node *map, const char *key, struct label *out);
bool node_dates(struct load *l, const struct yaml_node *map, struct dates *out);
bool node_bool_maybe(struct load *l, const struct yaml_node *map, const char *key, bool *out);
bool node_int_maybe(struct load *l, const struct yaml_node *map, const char *key, int least, int most,
                    int *out);
/* A list of texts, or nothing. */
bool node_texts_maybe(struct load *l, const struct yaml_node *map, const char *key, const struct text **out,
                      size_t *count);
/* One of `words` ("thing yearly event tenure") as its position; `missing` when the key is not there (-1: it
 * must be). */
bool node_word(struct load *l, const struct yaml_node *map, const char *key, const char *words, int missing,
               int *out);
/* The plain word UNSET. Then `who` must be beside it. */
bool node_is_unset(const struct yaml_node *node);
bool node_who(struct load *l, const struct yaml_node *map, const struct yaml_node *value, struct text *out);

#endif
