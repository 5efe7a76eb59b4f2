/* Errors as data: a kind (code, exit code, HTTP status, sentences in two languages; from a module's .err file) and
 * the values that the sentence names.
 *
 * The first failure fills the error; those above add what they know; only cli, api and job show it, once.
 * An error owns its values (copied, clipped to ERR_VALUE_MAX bytes at a character's end), so it outlives the arena
 * of the work that failed. Never put a sensitive value into one.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H
#include "base/text.h"

#define ERR_FIELD_MAX 8
#define ERR_VALUE_MAX 200

struct err_kind {
    const char *code;         /* "SHEET_TRUNCATED" */
    int http, exit_code;
    const char *zh, *en;      /* sentences with {name}, {name:yuan}, {name:date} */
};
struct err_field {
    const char *name; /* a literal */
    bool is_int;
    int64_t n;
    size_t size;
    char s[ERR_VALUE_MAX];
};
struct err {
    const struct err_kind *kind; /* NULL: no error */
    size_t count;
    struct err_field field[ERR_FIELD_MAX];
};

/* Sets the kind unless an error stands already; always false, so that `return err_fail(e, &X);` reads well. */
bool err_fail(struct err *e, const struct err_kind *kind);
bool err_fail_text(struct err *e, const struct err_kind *kind, const char *name, struct text value);
bool err_fail_int(struct err *e, const struct err_kind *kind, const char *name, int64_t value);
/* Adds a value (a name that stands already is kept as it is). */
void err_add(struct err *e, const char *name, struct text value);
void err_add_int(struct err *e, const char *name, int64_t value);
void err_clear(struct err *e);
static inline bool err_is(const struct err *e, const struct err_kind *kind) { return e->kind == kind; }

enum lang { LANG_ZH, LANG_EN };
/* The whole sentence; a name that was not given prints as "?". A value that is words itself may be added a second
 * time as NAME_zh: the Chinese sentence takes that one for {NAME}. */
void err_sentence(const struct err *e, enum lang lang, struct buf *out);

/* All kinds of the program, for documentation and tests: generated, in the order of the files. */
extern const struct err_kind *const err_kinds[];
extern const size_t err_kind_count;

#endif
