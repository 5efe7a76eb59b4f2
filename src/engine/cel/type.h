/* Types of the checker: assignment with type variables and dyn.
 *
 * A variable is a cel_type of kind CEL_PARAM that lies in the `variables` of one struct cel_types, which
 * knows what stands for it. Types never change; what is bound may be taken back to a mark.
 */
#ifndef ENGINE_CEL_TYPE_H
#define ENGINE_CEL_TYPE_H
#include "engine/cel/cel.h"

extern const struct cel_type CEL_TYPE_DYN, CEL_TYPE_NULL, CEL_TYPE_BOOL, CEL_TYPE_INT, CEL_TYPE_UINT,
    CEL_TYPE_DOUBLE, CEL_TYPE_STRING, CEL_TYPE_BYTES, CEL_TYPE_TIMESTAMP, CEL_TYPE_DURATION, CEL_TYPE_TYPE;

struct cel_binding {
    uint32_t variable;
    const struct cel_type *before;
};
struct cel_types {
    struct arena *arena;
    struct cel_type *variables;
    const struct cel_type **bound; /* what stands for a variable; NULL: nothing yet */
    uint32_t count, room;
    struct cel_binding *trail;
    uint32_t trail_count, trail_room;
    uint32_t work;
    bool failed; /* memory, or too much work: what was asked is not answered */
};
struct cel_types_mark {
    uint32_t count, trail_count;
};

bool cel_types_init(struct cel_types *t, struct arena *a, uint32_t nodes);
struct cel_types_mark cel_types_mark(const struct cel_types *t);
void cel_types_rewind(struct cel_types *t, struct cel_types_mark mark);
/* A variable that nothing stands for. dyn when there are too many (which more nodes than CEL_NODE_MAX would
 * need). */
const struct cel_type *cel_types_fresh(struct cel_types *t);
/* The same type with nothing bound at its top. */
const struct cel_type *cel_types_top(const struct cel_types *t, const struct cel_type *type);
/* The same type with nothing bound anywhere; what is still free becomes dyn. */
const struct cel_type *cel_types_settle(struct cel_types *t, const struct cel_type *type);
/* May a value of `from` stand where `to` is wanted? Binds variables on both sides. */
bool cel_types_assign(struct cel_types *t, const struct cel_type *from, const struct cel_type *to);
/* The type of a literal whose members have types a (NULL: none yet) and b. */
const struct cel_type *cel_types_join(struct cel_types *t, const struct cel_type *a,
                                      const struct cel_type *b);
const struct cel_type *cel_types_make(struct cel_types *t, enum cel_kind kind, const struct cel_type *of,
                                      const struct cel_type *key);
/* Does every value of `from` have the kinds that `to` names, all the way down? (dyn in `to` takes all.) */
bool cel_types_exact(struct cel_types *t, const struct cel_type *from, const struct cel_type *to);

const struct cel_type *cel_type_of(
    const struct cel_type *type); /* element, value, inner; dyn where none is named */
const struct cel_type *cel_type_key(const struct cel_type *type); /* of a map; dyn where none is named */
/* Is it a value of the type, all the way down? A CEL_PARAM takes all. Looks at no more than *left parts,
 * which it counts down; false when they are used up. The depth is that of the type. */
bool cel_type_holds(const struct cel_type *type, const struct cel_value *v, uint64_t *left);
/* "map(string, list(int))" */
void cel_type_print(const struct cel_types *t, const struct cel_type *type, struct buf *out);
const char *cel_kind_name(enum cel_kind kind);

#endif
