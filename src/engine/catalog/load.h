/* Loading a pack: the state that all its parts share, and each part's door. For this folder only.
 *
 * Parts are built in an order in which what they name stands already: codes, entities, divisions, lines,
 * parameters, imports, classes, computed values, rules, grades, indicators, roles. Each item is refused at
 * its own place. Everything lives in the catalogue's arena.
 */
#ifndef ENGINE_CATALOG_LOAD_H
#define ENGINE_CATALOG_LOAD_H
#include "base/base.err.h"
#include "engine/catalog/catalog.h"
#include "format/yaml/yaml.h"

enum section {
    SECTION_CODES,
    SECTION_ENTITIES,
    SECTION_IMPORTS,
    SECTION_LINES,
    SECTION_PARAMETERS,
    SECTION_COMPUTED,
    SECTION_SELECTIONS,
    SECTION_RULES,
    SECTION_INDICATORS,
    SECTION_ROLES,
    SECTION_REPORTS,
    SECTION_GRADES,
    SECTION_COUNT
};

/* One item of a list, with the file that holds it; `id` TEXT_NONE where items have none. */
struct item {
    const struct yaml_node *node;
    const struct catalog_file *file;
    struct text id;
    size_t pack; /* 0: the pack of the largest place */
    struct dates dates;
};
struct items {
    struct item *at;
    size_t count, room;
};

struct load {
    struct arena *arena;
    struct err *e;
    struct catalog *c;
    const struct catalog_reader *reader;
    const struct catalog_file *file; /* the one at work, for errors */
    struct items items[SECTION_COUNT];
    struct catalog_entity *entities;         /* c->entities and the others, while they are built */
    struct catalog_field **fields;           /* of each entity */
    struct catalog_member **members;         /* of each entity's class */
    struct catalog_computed *computed;       /* declared ones, then in the order of their use */
    const struct yaml_node **computed_nodes; /* their expressions */
    const struct catalog_file **computed_files;
    const struct yaml_node *divisions; /* file name in pack.yaml, or NULL */
    const struct catalog_file *divisions_from;
};

/* gather.c: what the files hold, pack after pack. */
bool load_gather(struct load *l);
/* Whether some day lies in both. */
bool load_dates_meet(struct dates a, struct dates b);
/* Files by name. */
int load_by_name(const void *a, const void *b);

bool load_codes(struct load *l);
bool load_entities(struct load *l);
bool load_fields(struct load *l, struct catalog_entity *entity, struct catalog_field **fields_out,
                 const struct yaml_node *list);
bool load_divisions(struct load *l);
bool load_lines(struct load *l);
bool load_parameters(struct load *l);
bool load_imports(struct load *l);
bool load_classes(struct load *l);
/* Computed values and selections: first their names and types, for the classes; then what they are. */
bool load_computed_heads(struct load *l);
bool load_computed(struct load *l);
bool load_rules(struct load *l);
bool load_grades(struct load *l);
bool load_indicators(struct load *l);
bool load_reports(struct load *l);
bool load_roles(struct load *l);

const struct catalog_codes *load_find_codes(const struct load *l, struct text id);
const struct catalog_computed *load_find_computed(const struct load *l, const struct catalog_entity *on,
                                                  struct text id);
bool load_find_entity(struct load *l, const struct yaml_node *map, const char *key,
                      const struct catalog_entity **out);
/* Refuses a text whose {placeholders} are not all fields or computed values of the entity. */
bool load_message_check(struct load *l, const struct yaml_node *map, const char *key,
                        const struct catalog_entity *on);

/* Folding; see fold.c. Writes at most `room` bytes; SIZE_MAX when it does not fit. `brackets`: those go, too.
 */
size_t fold_into(struct text t, bool brackets, char *out, size_t room);

#endif
