/* The Common Expression Language: parse, check, plan, evaluate.
 *
 * An expression is compiled once into a plan that never changes; any number of threads may evaluate it, each
 * with its own `struct cel_run`. The language is the specification's (langdef.md) with macros and the string,
 * math, encoder, bindings, two-variable and optional extensions; everything that is ours or the system's
 * (fields, functions, regular expressions, time zones) is registered with the environment. Free of files,
 * threads and the database.
 *
 * A host shows its records as classes: a record is a class and a row number, a field is read through the
 * class's `get`, children are a range of rows of another class. A field without a value is absent: has()
 * answers false, reading it ends the evaluation as CEL_ABSENT (unless && || or a macro absorbs it as it
 * absorbs any error).
 */
#ifndef ENGINE_CEL_CEL_H
#define ENGINE_CEL_CEL_H
#include "base/err.h"
#include "base/value.h"

#define CEL_SOURCE_MAX 65536 /* bytes of one expression */
#define CEL_DEPTH_MAX                                                                                        \
    64 /* nested calls, lists, conditions of the source (at least 32 are asked for by the specification) */
#define CEL_NODE_MAX 8192          /* nodes of a plan, macros expanded */
#define CEL_STEP_MAX 10000000      /* default steps of one evaluation */
#define CEL_MEMORY_MAX (16u << 20) /* default bytes that one evaluation may make */

enum cel_kind {
    CEL_DYN, /* types only: anything */
    CEL_NULL,
    CEL_BOOL,
    CEL_INT,
    CEL_UINT,
    CEL_DOUBLE,
    CEL_STRING,
    CEL_BYTES,
    CEL_LIST,
    CEL_MAP,
    CEL_TYPE,
    CEL_TIMESTAMP,
    CEL_DURATION,
    CEL_OPTIONAL,
    CEL_RECORD, /* a row of a class */
    CEL_ROWS,   /* values only: a list whose elements are the records first .. first+count-1 of a class; its
                   type is CEL_LIST */
    CEL_PARAM   /* within the compiler only: a type that is not known yet */
};

struct cel_class;
struct cel_list;
struct cel_map;
struct cel_value {
    enum cel_kind kind;
    int32_t nanos; /* timestamp, duration: 0..999999999, for a negative duration <= 0 */
    union {
        bool b;
        int64_t i; /* also seconds of a timestamp (since 1970 UTC) or duration */
        uint64_t u;
        double d;
        struct text s; /* string, bytes, name of a type */
        const struct cel_list *list;
        const struct cel_map *map;
        const struct cel_value *inner; /* optional; NULL: none */
        struct {
            const struct cel_class *of;
            uint32_t first, count; /* record: its row in `first` */
        } rows;
    };
};
struct cel_list {
    size_t count;
    const struct cel_value *at;
};
struct cel_entry {
    struct cel_value key, value;
};
struct cel_map {
    size_t count;
    const struct cel_entry *at; /* keys differ; order of insertion */
    const uint32_t *index; /* made by cel_map_make for large maps; NULL: keys are looked for one by one */
    size_t index_room;
};

struct cel_type {
    enum cel_kind kind;
    const struct cel_type *of;        /* element of a list, optional, type; value of a map; NULL: dyn */
    const struct cel_type *key;       /* of a map; NULL: dyn */
    const struct cel_class *class_of; /* CEL_RECORD */
};

struct cel_field {
    const char *name;
    struct cel_type type;
};
struct cel_class {
    const char *name;
    const struct cel_field *fields;
    size_t field_count;
    /* Reads a field of a row into *out; false: absent. `host` is the run's. Text it gives must live as long
     * as the run's arena. */
    bool (*get)(void *host, const struct cel_class *of, uint32_t row, size_t field, struct cel_value *out);
};

/* Why an evaluation, or a part of it that may yet be absorbed, has no value. */
enum cel_outcome { CEL_DONE, CEL_ABSENT, CEL_FAILED };
struct cel_failure {
    enum cel_outcome outcome;
    bool final;         /* a limit: nothing absorbs it */
    uint32_t place;     /* byte of the source; UINT32_MAX: the caller's */
    const char *reason; /* a literal, or in the run's arena */
    const struct cel_class *absent_class;
    size_t absent_field;
};

/* One evaluation's surroundings; a thread keeps one and uses it again and again. */
struct cel_run {
    struct arena *arena; /* what the evaluation makes; the caller marks and rewinds it */
    void *host;          /* handed to cel_class.get and to functions */
    const struct cel_value
        *variables; /* in the order in which the environment declared them; kind CEL_DYN: absent */
    uint64_t step_max, byte_max; /* 0: the defaults above */
    uint64_t steps, bytes;       /* used so far by this evaluation; set to 0 by cel_eval */
    struct err *e;               /* during an evaluation: where functions report */
    const struct cel_class
        *absent_class; /* after CEL_ABSENT: the class and the field that had no value; NULL: none */
    size_t absent_field;

    /* The evaluator's own; zero at birth. */
    struct cel_value *locals;
    struct cel_failure failure;
    uint64_t step_end, byte_end;
};

/* A registered function. Arguments have the declared types (dyn: anything). false: cel_fail was called. */
typedef bool cel_function(struct cel_run *run, void *user, const struct cel_value *arguments, size_t count,
                          struct cel_value *out);
/* Ends the evaluation with a reason (English, short: it becomes {detail} of CEL_EVALUATION). Always false. */
bool cel_fail(struct cel_run *run, const char *reason);
/* Zeroed memory of the evaluation, counted against byte_max. NULL: the limit or the system's; cel_fail was
 * called. */
void *cel_take(struct cel_run *run, size_t size);
/* Counts work that grows with its input: one step a member, or 64 bytes. false: over step_max, cel_fail was
 * called. */
bool cel_charge(struct cel_run *run, uint64_t steps);
/* Ends it as absent: the function needed a value that is not there. Always false. */
bool cel_fail_absent(struct cel_run *run);

/* Variables, functions, classes; read-only once expressions are compiled from it, and must outlive their
 * programs. */
struct cel_env;
/* With the standard library and the extensions. NULL: out of memory. Lives in the arena. */
MUST_USE struct cel_env *cel_env_new(struct arena *a);
/* Names may hold dots. The slot in cel_run.variables is the number of variables declared before. */
MUST_USE bool cel_env_variable(struct cel_env *env, const char *name, struct cel_type type, struct err *e);
/* `member`: called as x.f(…), x being the first parameter. Overloads of one name differ in their parameters.
 * `name` and the types' storage are kept, not copied. `pure` and constant arguments: may be computed when
 * compiling. */
MUST_USE bool cel_env_function(struct cel_env *env, const char *name, bool member,
                               const struct cel_type *parameters, size_t count, struct cel_type result,
                               bool pure, cel_function *f, void *user, struct err *e);
void cel_env_container(struct cel_env *env,
                       struct text container); /* for names that are resolved within it */

/* Finds `pattern` (RE2 syntax) anywhere in `subject`. -1: not a pattern or over its limits (reason set),
 * 0, 1. A pattern that is a literal is compiled once: compile gives what match takes; memory from the arena
 * given. */
struct cel_regex {
    void *(*compile)(struct arena *a, struct text pattern, const char **reason_out);
    int (*match)(const void *compiled, struct text subject, const char **reason_out);
    void (*release)(void *compiled); /* may be NULL */
};
void cel_env_regex(struct cel_env *env, const struct cel_regex *regex);
/* Seconds east of UTC that the named zone has at that time; false: no such zone. */
typedef bool cel_zone(struct text name, int64_t seconds, int32_t *offset_out);
void cel_env_zone(struct cel_env *env, cel_zone *zone);

struct cel_program;
struct cel_options {
    bool unchecked; /* skip the type checker: names and overloads are resolved when evaluated */
    bool no_macros;
    /* A filter: a bare name that is no variable is a field of the record in variable 0, a record that a text
     * is held against (==, !=, in) stands for its id, and numbers of different types may be compared. */
    bool bare_fields;
    /* Asked of each text that the expression holds a field against (==, !=, in; also by a macro's variable);
     * false refuses it as CEL_UNKNOWN_NAME at its place. NULL: any text is fine. */
    bool (*text)(void *user, const struct cel_class *of, size_t field, struct text literal);
    void *user;
};
/* Sets the kind with the reason as {detail}, in both languages. Always false. */
bool cel_reason_fail(struct err *e, const struct err_kind *kind, struct text reason);
/* The Chinese for a reason; the same text where it has none. */
struct text cel_reason_zh(struct text reason);
/* Compiles into the arena. On false: CEL_SYNTAX, CEL_UNKNOWN_NAME, CEL_UNKNOWN_FUNCTION, CEL_TYPE_MISMATCH,
 * CEL_TOO_LARGE …, each with {line}, {column} (code points, from 1) and {detail}. `options` NULL: checked,
 * macros on. */
MUST_USE bool cel_compile(const struct cel_env *env, struct text source, const struct cel_options *options,
                          struct arena *a, const struct cel_program **out, struct err *e);
/* Gives back what the system holds for it (regular expressions); the rest goes with the arena. NULL allowed.
 */
void cel_program_clear(const struct cel_program *program);
struct cel_type cel_program_type(
    const struct cel_program *program); /* CEL_DYN where it is known only when run */
/* Fields that the expression reads, each once: class and index. */
struct cel_use {
    const struct cel_class *of;
    size_t field;
};
const struct cel_use *cel_program_uses(const struct cel_program *program, size_t *count_out);
bool cel_program_uses_variable(const struct cel_program *program, size_t variable);

/* CEL_DONE: *out is set (lives in run->arena, the plan or the host). CEL_FAILED: `e` is CEL_EVALUATION or
 * CEL_LIMIT with {line}, {column}, {detail}. Uses run->arena without rewinding it. Thread: any, one run each.
 */
enum cel_outcome cel_eval(const struct cel_program *program, struct cel_run *run, struct cel_value *out,
                          struct err *e);

/* A map of `count` entries, which it keeps. false: cel_fail was called: a key that is no bool, int, uint or
 * string, one that stands twice (1, 1u and 1.0 are one key), memory. */
bool cel_map_make(struct cel_run *run, const struct cel_entry *at, size_t count, struct cel_value *out);
/* The value under a key, also under an equal number of another type; NULL: none. */
const struct cel_value *cel_map_find(const struct cel_map *map, const struct cel_value *key);

/* Equality and text of values, as the language has them. `run` may be NULL. Values that share members so much
 * that they would take more than CEL_STEP_MAX looks are called different. */
bool cel_equal(const struct cel_run *run, const struct cel_value *a, const struct cel_value *b);
struct text cel_type_name(const struct cel_value *v); /* "int", "google.protobuf.Timestamp", … */

#endif
