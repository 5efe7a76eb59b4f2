/* Reading the nodes of a report. For this folder only. */
#ifndef DOMAIN_REPORT_READ_H
#define DOMAIN_REPORT_READ_H
#include "domain/report/model.h"
#include "format/yaml/yaml.h"

#define REPORT_LIST_MAX 1000 /* blocks, columns, parts of one list */

struct reader {
    const struct catalog *c;
    struct text file;
    struct arena *arena;
    struct cel_env *env; /* indicators, grades and the year as variables */
    struct report_model *out;
    struct err *e;
};
/* Always false. */
bool read_mistake(struct reader *r, const struct yaml_node *at, const char *detail, struct text what);
/* The node must be a map with keys out of "a b c" only. */
bool read_map(struct reader *r, const struct yaml_node *node, const char *keys);
/* Elements of the list under a key (none when absent). */
bool read_list(struct reader *r, const struct yaml_node *map, const char *key,
               const struct yaml_node **list_out, size_t *count_out);
bool read_text(struct reader *r, const struct yaml_node *map, const char *key, bool needed, struct text *out);
bool read_label(struct reader *r, const struct yaml_node *map, const char *key, bool needed,
                struct label *out);
bool read_passage(struct reader *r, const struct yaml_node *map, const char *key, bool needed,
                  struct passage *out);
bool read_condition(struct reader *r, const struct yaml_node *map, struct condition *out);
/* A figure by its id ("grades.focus" is a grade); marks the indicator as used. */
bool read_figure(struct reader *r, const struct yaml_node *at, struct text id, struct figure *out);
bool read_blocks(struct reader *r, const struct yaml_node *chapter, struct chapter *out);
bool read_json(struct reader *r, const struct yaml_node *root);

#endif
