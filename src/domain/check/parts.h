/* What the files of this folder share. */
#ifndef DOMAIN_CHECK_PARTS_H
#define DOMAIN_CHECK_PARTS_H
#include "domain/check/check.h"
#include "domain/check/check.sql.h"
#include "engine/session/session.h"

#define FINDING_ID_SIZE 32 /* hex digits of 16 bytes */

extern const struct op check_op, finding_list_op, finding_explain_op, grade_op, indicator_op;

/* Where and for which day: --area (else the account's own, the office's, everything) and --as-of (else
 * today). */
struct scope {
    struct area area;
    day as_of;
};
MUST_USE bool scope_of(const struct op_call *call, struct scope *out, struct err *e);
/* The bounds for statements: everything where the area is. */
struct text scope_lo(const struct area *area);
struct text scope_hi(const struct area *area);
/* A second connection that may write, in a transaction; *db_out NULL where nothing may be written: without
 * the key, on a database that is read-only, under an earlier pack. */
MUST_USE bool writer_open(const struct op_call *call, struct store **db_out, struct err *e);
/* Commits when `keep`, and closes. NULL allowed. */
bool writer_close(struct store *db, bool keep, struct err *e);

struct finding {
    const struct catalog_rule *rule;
    const struct catalog_entity *entity;
    uint32_t row;
    bool unevaluated; /* the rule failed there */
    bool explained;   /* and nothing that it saw has changed since */
    char id[FINDING_ID_SIZE + 1], digest[FINDING_ID_SIZE + 1];
    struct text record, village, household, person; /* the latter two TEXT_NONE where there is none */
    struct value year;
    struct text seen; /* a JSON object: what the rule saw, masked */
    struct label message;
};
struct findings {
    struct finding *at;
    size_t count, room;
};
/* All findings of a run, ordered by village, household, rule, record. */
MUST_USE bool findings_make(struct op_call *call, struct run *run, const struct run_rule *rules, size_t count,
                            struct findings *out, struct err *e);
/* Fills seen, digest and message. */
MUST_USE bool finding_trace(struct op_call *call, struct run *run, struct finding *f,
                            const struct err *failure, uint64_t failed_count, struct err *e);

/* Marks those that were explained; then keeps all in the table, where it may be written. */
MUST_USE bool findings_match(struct op_call *call, const struct scope *scope, struct findings *f,
                             struct err *e);
MUST_USE bool findings_keep(struct op_call *call, const struct scope *scope, const struct findings *f,
                            const struct run_rule *rules, size_t count, struct err *e);
/* {"id":…, "message":…} without the closing brace, so that a list may add its own. */
void finding_json(struct json *out, const struct finding *f, enum lang lang);
static inline const char *finding_level(const struct finding *f)
{
    return f->unevaluated || f->rule->level == RULE_ERROR ? "error" : "warning";
}
struct text finding_level_say(struct text level, enum lang lang);
struct text finding_state_say(struct text state, enum lang lang);

/* Findings as the last checks left them, one by one as they are read; `with` ends it by false. */
struct listing {
    struct area area;
    struct text household, rule, level, state; /* empty: any; state: any but gone */
    int64_t passed, most;                      /* pass over so many; at most so many, 0: all */
};
typedef bool finding_each(void *user, const struct finding_list_row *row);
MUST_USE bool findings_each(struct op_call *call, const struct listing *l, finding_each *with, void *user,
                            struct err *e);
/* An object, whole. */
void finding_row_json(struct json *out, const struct finding_list_row *row, enum lang lang);

/* The ids in `reasons`, joined by commas, as an array; and their labels in the words of a grade. */
void reasons_json(struct json *out, struct text reasons);
struct text reasons_say(struct arena *a, const struct catalog_grade *grade, struct text reasons,
                        enum lang lang);

#endif
