/* Selections over a frame, each evaluated once a run; indicators, and the rows behind each.
 *
 * A run is a pack, a frame and a day. It evaluates computed values and selections in the order of their use,
 * on all cores, and keeps them in the frame; what asks for them again gets the same bits. The answers do not
 * depend on the number of threads. One thread holds a run; it uses others inside. What a run gives lives as
 * long as the run.
 */
#ifndef ENGINE_SELECT_SELECT_H
#define ENGINE_SELECT_SELECT_H
#include "engine/frame/frame.h"

#define RUN_THREAD_MAX 64

struct run;
struct run_options {
    struct area area;
    day as_of;
    unsigned threads;   /* 0: as many as the machine has */
    bool rules, grades; /* whether all rules' and the grades' fields are needed */
    struct text rule;   /* with `rules`: this rule id or V-number alone, or TEXT_NONE */
    const struct catalog_indicator *const
        *indicators; /* those that will be asked for (their uses are followed) */
    size_t indicator_count;
    const struct catalog_entity *on; /* with `where`: a user's condition */
    const struct cel_program *where; /* NULL: none */
    const struct text *by; /* by what each of the indicators will be split (TEXT_NONE: not); NULL: none. Other
                              splits are fetched when asked for */
};
/* RUN_RULE_UNKNOWN: no rule has that id or V-number; RUN_BY_UNKNOWN, RUN_BY_SEALED; OUT_OF_MEMORY; those of
 * frame_fill. */
MUST_USE bool run_open(struct records *r, const struct catalog *c, const struct run_options *options,
                       struct run **out, struct err *e);
void run_close(struct run *run); /* NULL allowed */
const struct frame *run_frame(const struct run *run);
const struct catalog *run_catalog(const struct run *run);
day run_as_of(const struct run *run);
struct arena *run_arena(struct run *run);

/* What came of evaluating a program on every row of an entity. */
struct run_bits {
    uint64_t *yes; /* (rows + 63) / 64 words, in the run's memory */
    uint32_t rows;
    uint64_t yes_count, failed_count;
    uint64_t absent_count;    /* rows where a value was needed that is not there */
    struct err first_failure; /* where failed_count > 0 */
    uint32_t first_failed_row;
    struct text unset_what, unset_who; /* an UNSET line or parameter was read */
    uint64_t missing_count;            /* rows whose day has no line in the pack */
    struct text missing_what;
    const struct cel_class *absent_class; /* of the first absent row: the class and field; NULL: none */
    size_t absent_field;
};
static inline bool run_bit(const struct run_bits *b, uint32_t row)
{
    return (b->yes[row >> 6] >> (row & 63) & 1) != 0;
}
/* `where` NULL: every row. A selection is false where its condition needs an absent value. */
MUST_USE bool run_select(struct run *run, const struct catalog_entity *on, const struct cel_program *where,
                         struct run_bits *out, struct err *e);

/* One evaluation on one row, telling `seen` (NULL: nobody) of each field that it reads. *out lives in the
 * run's memory. On CEL_FAILED `e` says why. */
struct run_seen {
    void (*each)(void *user, const struct catalog_entity *entity, uint32_t row,
                 const struct catalog_member *member);
    void *user;
};
enum cel_outcome run_eval(struct run *run, const struct catalog_entity *on, uint32_t row,
                          const struct cel_program *program, const struct run_seen *seen,
                          struct cel_value *out, struct err *e);

/* A rule that is in force on the day, and where it is broken. */
struct run_rule {
    const struct catalog_rule *rule;
    bool judged;
    struct label why;     /* why it was not judged, or not for all records; .zh TEXT_NONE: all were judged */
    struct run_bits bits; /* all zero where it was not judged */
};
/* The rules that `options` asked for, in the pack's order. */
MUST_USE bool run_rules(struct run *run, const struct run_rule **out, size_t *count_out, struct err *e);

/* The grade of each row of catalog.grades_on: its place in catalog.grades, RUN_NO_GRADE for none. */
#define RUN_NO_GRADE UINT8_MAX
struct run_reason {
    const struct catalog_reason *reason;
    uint8_t grade;
    struct run_bits bits;
};
struct run_grades {
    const uint8_t *grade;             /* by row */
    const struct run_reason *reasons; /* those in force, in order of precedence */
    size_t reason_count;
    uint32_t rows;
};
MUST_USE bool run_grades(struct run *run, struct run_grades *out, struct err *e);

struct indicator_key {      /* a part of a split value */
    struct text key, label; /* what is stored (numbers in digits), what is shown; key TEXT_NONE: not known */
    bool known;
    int64_t value;
};
struct indicator_result {
    bool known;    /* min, max, or a formula over nothing: false */
    int64_t value; /* whole number, fen, or scaled by the indicator's digits */
    const struct indicator_key
        *by; /* ordered by key (numbers by size; not known last); when a split was asked for */
    size_t by_count;
    const struct catalog_field *by_field; /* the field of the keys; NULL: the village */
};
/* An indicator's value, split by a field of its entity, of its parent, "parent.field", "village" or a
 * computed value's id (TEXT_NONE: not). RUN_BY_UNKNOWN, RUN_BY_SEALED, RUN_OVERFLOW; CEL_… of an expression
 * that could not be evaluated. */
MUST_USE bool run_indicator(struct run *run, const struct catalog_indicator *indicator, struct text by,
                            struct indicator_result *out, struct err *e);
/* Ids of the rows behind it, ordered, each once (of indicator->rows). In the run's memory. */
MUST_USE bool run_indicator_rows(struct run *run, const struct catalog_indicator *indicator,
                                 const struct text **ids_out, size_t *count_out, struct err *e);

#endif
