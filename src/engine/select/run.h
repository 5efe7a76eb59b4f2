/* What a run is made of. For this folder only. */
#ifndef ENGINE_SELECT_RUN_H
#define ENGINE_SELECT_RUN_H
#include "engine/select/crew.h"
#include "engine/select/select.h"

struct worker {
    struct arena arena; /* of one evaluation; rewound after it */
    struct arena kept;  /* texts of values that outlive it */
    struct frame_host host;
    struct cel_run cel;
    struct cel_value variables[VARIABLE_COUNT];
    struct err e;
    struct run_bits part; /* this worker's part of a sweep; `yes` NULL */
    uint32_t first_absent_row, unset_row, missing_row;
    char apart[64]; /* no two workers write to one line of the cache */
};

struct run {
    struct records *records;
    const struct catalog *c;
    struct area area;
    day as_of;
    struct arena arena;
    struct frame *frame;
    struct older { /* frames that what was answered still points into */
        struct frame *frame;
        struct older *next;
    } * older;
    struct frame_needs *needs;
    struct crew *crew;
    struct worker *workers;
    struct run_bits *computed;    /* by catalog.computed: what came of it; `yes` NULL */
    struct run_bits **indicators; /* by catalog_indicator.index: rows of `where`; NULL: not asked for yet */
    uint64_t **given;             /* by entity: record_given; NULL: not asked for yet */
    const struct catalog_rule **rules;
    size_t rule_count;
};

/* One program over all rows of an entity. */
struct sweep {
    const struct catalog_entity *on;
    const struct cel_program *program;
    const struct catalog_computed *computed; /* its values go to the frame; NULL: not one */
    const uint64_t *only;                    /* rows to look at; NULL: all */
    uint64_t *yes;                           /* where it is true; NULL: not asked for */
    struct cel_value *values; /* by row, CEL_DYN where absent, texts copied; NULL: not asked for */
};
/* `out->yes` is s->yes. Only OUT_OF_MEMORY. */
MUST_USE bool sweep_run(struct run *run, const struct sweep *s, struct run_bits *out, struct err *e);

/* Computes what `needs` asks for and the frame does not have yet. */
MUST_USE bool run_compute(struct run *run, struct err *e);
/* Fetches a field that nothing has asked for so far: fills the frame anew. */
MUST_USE bool run_need(struct run *run, const struct catalog_entity *on, const struct catalog_field *field,
                       struct err *e);

/* Adds what the computed values that a program reads met: lines and parameters that are UNSET or missing. */
void run_bits_unset(const struct run *run, const struct cel_program *program, struct run_bits *bits);
/* RUN_EXPRESSION for the first row that failed. Always false. */
bool run_expression_failed(const struct run *run, const struct catalog_entity *on,
                           const struct run_bits *bits, struct text what, struct err *e);

/* The rows of an indicator's `where`, kept. */
MUST_USE bool indicator_rows_of(struct run *run, const struct catalog_indicator *indicator,
                                const struct run_bits **out, struct err *e);

/* By what an indicator is split: a number below group_count for each row. */
struct groups {
    const struct catalog_field *field; /* NULL: village */
    struct indicator_key *keys;        /* key and label; known and value are the caller's */
    struct value *stored;
    uint32_t count;
    uint32_t *of; /* by row */
};
MUST_USE bool groups_make(struct run *run, const struct catalog_indicator *indicator, struct text by,
                          struct groups *out, struct err *e);
/* Checks `by` and adds what it needs. */
MUST_USE bool groups_need(const struct catalog *c, struct frame_needs *needs,
                          const struct catalog_indicator *indicator, struct text by, struct err *e);
int groups_compare(struct value a, struct value b);

#endif
