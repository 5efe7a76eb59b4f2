/* What an expression may name: variables, functions, and the one table that holds the language's own
 * functions. */
#ifndef ENGINE_CEL_ENV_H
#define ENGINE_CEL_ENV_H
#include "engine/cel/cel.h"

#define CEL_PARAMETER_MAX 8
#define CEL_NAME_MAX 512 /* bytes of a qualified name, container included */

/* A line of a function table. The signature is parameters '>' result, a '.' before it for x.f(…), a '+'
 * behind the last parameter for any number of it. One letter a type: n null, b bool, i int, u uint, d double,
 * s string, y bytes, t timestamp, r duration, e type, * dyn, A B any one type, L? list, M?? map, O? optional.
 */
struct cel_row {
    const char *name, *signature;
    cel_function *f;
};
struct cel_table {
    const struct cel_row *rows;
    size_t count;
};
extern const struct cel_table CEL_TABLE_CORE, CEL_TABLE_OPERATORS, CEL_TABLE_CONVERSIONS, CEL_TABLE_TIME,
    CEL_TABLE_STRINGS, CEL_TABLE_MATH, CEL_TABLE_OPTIONALS, CEL_TABLE_ENCODERS;

struct cel_overload {
    const char *name;
    const struct cel_type *parameters;
    size_t count;
    struct cel_type result;
    bool member, pure, generic; /* generic: names A or B */
    bool spreads;               /* the last parameter may be repeated */
    bool own;                   /* of the language, whose functions look at their lists themselves */
    cel_function *f;
    void *user;
    const struct cel_overload *next; /* of the same name, in order of declaration */
};
struct cel_name {
    struct text name;
    struct cel_overload *first, *last;
};
struct cel_declared {
    const char *name;
    struct cel_type type;
};
struct cel_env {
    struct arena *arena;
    struct cel_name *names; /* open addressing, a power of two */
    size_t name_count, name_room;
    struct cel_declared *variables;
    size_t variable_count, variable_room;
    struct text container;
    struct cel_regex regex;
    cel_zone *zone;
};

/* The A and B of a generic signature are these two objects; the checker puts fresh variables in their place.
 */
extern const struct cel_type CEL_TYPE_A, CEL_TYPE_B;

/* NULL, SIZE_MAX: there is none. */
const struct cel_overload *cel_env_overloads(const struct cel_env *env, struct text name);
size_t cel_env_find_variable(const struct cel_env *env, struct text name);
/* The type that the name stands for as a value ("int"); false: none. */
bool cel_env_type_value(struct text name, struct cel_value *out);
/* The `level`-th reading of a name within the container (0: the longest), written to `room` of CEL_NAME_MAX
 * bytes. TEXT_NONE: no more readings. */
struct text cel_env_reading(const struct cel_env *env, struct text name, bool rooted, size_t level,
                            char *room);

#endif
