/* Selections over a frame, each evaluated once a run; indicators, and the rows behind each.
 *
 * A run is a pack, a frame and a day. It evaluates computed values and selections in the order of their use, on all cores, and
 * keeps them in the frame; what asks for them again gets the same bits. One thread holds a run; it uses others inside.
 */
#ifndef ENGINE_SELECT_SELECT_H
#define ENGINE_SELECT_SELECT_H
#include "engine/frame/frame.h"

struct run;
struct run_options {
    struct area area;
    day as_of;
    unsigned threads;               /* 0: as many as the machine has */
    bool rules, grades;             /* whether all rules' and the grades' fields are needed */
    struct text rule;               /* with `rules`: this rule id or V-number alone, or TEXT_NONE */
    const struct catalog_indicator *const *indicators; /* those that will be asked for (their uses are followed) */
    size_t indicator_count;
    const struct catalog_entity *on;   /* with `where`: a user's condition */
    const struct cel_program *where;   /* NULL: none */
    const struct catalog_field *by;    /* a field by which indicators will be split, or NULL */
};
MUST_USE bool run_open(struct records *r, const struct catalog *c, const struct run_options *options, struct run **out, struct err *e);
void run_close(struct run *run);
const struct frame *run_frame(const struct run *run);

/* Evaluates a program on every row of an entity. `absent`, `failed` and `unset` may be NULL; bits by row. */
struct run_bits {
    uint64_t *yes;      /* (rows + 63) / 64 words, in the run's memory */
    uint32_t rows;
    uint64_t yes_count, failed_count;
    struct err first_failure;   /* where failed_count > 0 */
    uint32_t first_failed_row;
    struct text unset_what, unset_who; /* an UNSET line or parameter was read */
};
MUST_USE bool run_select(struct run *run, const struct catalog_entity *on, const struct cel_program *where, struct run_bits *out, struct err *e);

struct indicator_key { /* a part of a split value */
    struct text key, label;         /* what is stored, what is shown; key TEXT_NONE: not known */
    bool known;
    int64_t value;
};
struct indicator_result {
    bool known;                     /* min, max, or a formula over nothing: false */
    int64_t value;                  /* whole number, fen, or scaled by the indicator's digits */
    const struct indicator_key *by; /* ordered by key; when a split was asked for */
    size_t by_count;
};
/* An indicator's value, split by a field of its entity, of its parent, by "village" or a computed value's id (TEXT_NONE: not). */
MUST_USE bool run_indicator(struct run *run, const struct catalog_indicator *indicator, struct text by, struct indicator_result *out, struct err *e);
/* Ids of the rows behind it, ordered, each once (of indicator->rows). In the run's memory. */
MUST_USE bool run_indicator_rows(struct run *run, const struct catalog_indicator *indicator, const struct text **ids_out, size_t *count_out, struct err *e);
struct arena *run_arena(struct run *run);

#endif
