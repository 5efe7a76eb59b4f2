/* An operation is declared once: name, parameters, what it needs, whether it changes anything, its handler.
 *
 * The command line, help, HTTP routes, the API description, permissions and the audit line are made from the
 * declaration. A handler works in three steps that a door calls: `run` does the work and leaves its
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

enum op_type {
    OP_TEXT,
    OP_INT,
    OP_DAY,
    OP_AREA,
    OP_FLAG,
    OP_PATH,
    OP_OUT_PATH,
    OP_CHOICE,
    OP_CEL,
    OP_FIELDS
};
struct op_parameter {
    const char *name; /* "as-of"; of a positional one "entity" */
    enum op_type type;
    bool positional, required, many; /* many: the last positional, one or more */
    bool writes; /* given, it makes the call one that writes and needs the key (--reveal is journalled) */
    const char *choices; /* OP_CHOICE: "json,md,html,xlsx" */
    const char *value;   /* how help names the value: "DATE" */
    const char *zh, *en; /* one line */
};
/* What a caller says of a field of an entity: on the command line FIELD=VALUE, over HTTP a parameter or a
 * member of the body that is not declared otherwise. The name may carry a test: "members.min". */
struct op_field {
    struct text name, value; /* value as text; of a number as it was written, of yes and no "true", "false" */
    enum { OP_FIELD_TEXT, OP_FIELD_NUMBER, OP_FIELD_BOOL, OP_FIELD_NULL, OP_FIELD_OTHER } kind;
};
struct op_value {
    bool given;
    int64_t n;     /* int, day, flag 0/1 */
    struct text s; /* text, area, path, choice, cel */
    const struct text *many;
    size_t many_count;
    const struct op_field *fields; /* OP_FIELDS, in the caller's order */
    size_t field_count;
};
/* How a page of a list is asked for: parameters limit, cursor, offset of every operation that lists. */
#define OP_PAGE_LIMIT 50
#define OP_PAGE_LIMIT_MAX 1000
#define OP_PAGE                                                                                              \
    {.name = "limit",                                                                                        \
     .type = OP_INT,                                                                                         \
     .value = "N",                                                                                           \
     .zh = "每页条数，1到1000，默认50",                                                                      \
     .en = "records of a page, 1 to 1000 (default: 50)"},                                                    \
        {.name = "cursor",                                                                                   \
         .type = OP_TEXT,                                                                                    \
         .value = "CURSOR",                                                                                  \
         .zh = "接着上一页往下列（上一页给出的翻页标记）",                                                   \
         .en = "go on behind a page: what it gave as next"},                                                 \
    {                                                                                                        \
        .name = "offset", .type = OP_INT, .value = "N", .zh = "跳过前面几条", .en = "pass over so many"      \
    }
enum op_needs {
    OP_NEEDS_NOTHING,  /* no database */
    OP_NEEDS_ABSENT,   /* the database must not be there (init) */
    OP_NEEDS_DATABASE, /* reads; works without the key, sealed values masked */
    OP_NEEDS_KEY       /* cannot work without the key (everything that writes) */
};
/* The route below /api/v1/. Its {names} are parameters of the operation; {entity} is any entity of the pack,
 * and an operation that is about one entity writes it out. */
struct op_route {
    const char *method, *path; /* "POST", "finding/{id}/explain"; NULL: the operation has no route */
    bool job;                  /* takes long: answered with 202 and a job */
    bool creates;              /* what it makes is new: 201, and Idempotency-Key counts */
    bool files;                /* its OP_PATH parameter is what was uploaded as parts named "file" */
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
    struct op_route route;
    /* false: `e`. What was found or refused (exit 1) goes to call->found. */
    bool (*run)(struct op_call *call, struct err *e);
    bool (*json)(struct op_call *call, struct json *out, struct err *e);
    bool (*show)(struct op_call *call, struct print *out, struct err *e);
};
struct op_list {
    const struct op *const *at;
    size_t count;
};

/* A field that a caller gave and that cannot stand. */
struct op_refusal {
    struct text field;
    const struct err *why;
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
    bool by_id; /* fields are named by their ids, not by their labels (HTTP) */
    /* Versions, where the operation changes or shows one record. */
    struct text if_match; /* of the record as the caller saw it; TEXT_NONE: not said */
    struct text etag;     /* set by `run`: the record's version now */
    bool shows_present;   /* set by a `run` that fails: `json` can write the record as it is now */
    const struct op_refusal *refusals; /* set by a `run` that fails: field by field */
    size_t refusal_count;
    /* Progress for whoever watches; false: cancelled. NULL: nobody watches. */
    bool (*progress)(void *user, const char *stage, uint64_t done, uint64_t total);
    void *progress_user;
};
/* A parameter's value by name (the name must be declared: asserted). */
const struct op_value *op_value(const struct op_call *call, const char *name);
/* Reads what a caller wrote in the type of its parameter; borrowed. OP_VALUE_BAD names it and what was
 * expected. */
MUST_USE bool op_read(const struct op_parameter *parameter, struct text t, struct op_value *out,
                      struct err *e);
/* Says OP_VALUE_BAD; always false. */
bool op_value_bad(struct err *e, const char *name, struct text value, const char *expected);
/* false when the call was cancelled. */
bool op_progress(struct op_call *call, const char *stage, uint64_t done, uint64_t total);

#endif
