/* An operation is declared once: name, parameters, what it needs, whether it changes anything, its handler.
 *
 * The command line, help, and later HTTP routes, the API description, permissions and the audit line are made
 * from the declaration. A handler works in three steps that a door calls: `run` does the work and leaves its
 * result in call->result; then either `json` writes it as exactly one JSON value or `show` prints what a
 * person reads. All memory of a call comes from call->arena. Domain modules declare their operations in
 * `const struct op_list <module>_ops`.
 */
#ifndef ENGINE_OP_OP_H
#define ENGINE_OP_OP_H
#include "base/err.h"
#include "base/json.h"
#include "base/value.h"
#include "engine/op/print.h"

enum op_type { OP_TEXT, OP_INT, OP_DAY, OP_AREA, OP_FLAG, OP_PATH, OP_OUT_PATH, OP_CHOICE, OP_CEL };
struct op_parameter {
    const char *name; /* "as-of"; of a positional one "entity" */
    enum op_type type;
    bool positional, required, many; /* many: the last positional, one or more */
    bool writes; /* given, it makes the call one that writes and needs the key (--reveal is journalled) */
    const char *choices; /* OP_CHOICE: "json,md,html,xlsx" */
    const char *value;   /* how help names the value: "DATE" */
    const char *zh, *en; /* one line */
};
struct op_value {
    bool given;
    int64_t n;     /* int, day, flag 0/1 */
    struct text s; /* text, area, path, choice, cel */
    const struct text *many;
    size_t many_count;
};
enum op_needs {
    OP_NEEDS_NOTHING,  /* no database */
    OP_NEEDS_ABSENT,   /* the database must not be there (init) */
    OP_NEEDS_DATABASE, /* reads; works without the key, sealed values masked */
    OP_NEEDS_KEY       /* cannot work without the key (everything that writes) */
};
struct session;
struct op_call;
struct op {
    const char *name;    /* "report town": words of the command; route and permission take the same */
    const char *zh, *en; /* one line for help */
    const struct op_parameter *parameters;
    size_t count;
    enum op_needs needs;
    bool writes;
    /* false: `e`. What was found or refused (exit 1) goes to call->found. */
    bool (*run)(struct op_call *call, struct err *e);
    bool (*json)(struct op_call *call, struct json *out, struct err *e);
    bool (*show)(struct op_call *call, struct print *out, struct err *e);
};
struct op_list {
    const struct op *const *at;
    size_t count;
};

struct op_call {
    const struct op *op;
    const struct op_value *values; /* by parameter */
    struct arena *arena;
    struct session *session; /* NULL for OP_NEEDS_NOTHING; for OP_NEEDS_ABSENT only its paths are set */
    enum lang lang;
    struct text by; /* who acts: the account, or the owner of the database */
    bool found;     /* something was found or refused: exit 1 */
    void *result;
    /* Progress for whoever watches; false: cancelled. NULL: nobody watches. */
    bool (*progress)(void *user, const char *stage, uint64_t done, uint64_t total);
    void *progress_user;
};
/* A parameter's value by name (the name must be declared: asserted). */
const struct op_value *op_value(const struct op_call *call, const char *name);
/* false when the call was cancelled. */
bool op_progress(struct op_call *call, const char *stage, uint64_t done, uint64_t total);

#endif
