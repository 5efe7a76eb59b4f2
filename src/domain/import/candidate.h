/* One row, or two rows, taken as a header: each column with all that its text may mean. Part of layout.h. */
#ifndef DOMAIN_IMPORT_CANDIDATE_H
#define DOMAIN_IMPORT_CANDIDATE_H
#include "domain/import/layout.h"

#define CANDIDATE_WAYS_MAX 7

struct candidate_cell {
    uint32_t column;
    struct text header; /* as it is shown: group and part */
    struct text part;   /* the lowest text of it */
    uint8_t count;      /* ways to read it, the best first */
    uint8_t combined;   /* bit i: way i joins a group's header with that of a column below it */
    struct heading ways[CANDIDATE_WAYS_MAX];
};
struct candidate {
    size_t row; /* position in the head */
    bool two;
    struct candidate_cell *cells;
    size_t count;
};

/* A row alone. OUT_OF_MEMORY. */
MUST_USE bool candidate_single(const struct headings *h, const struct head *head, size_t row, struct arena *a,
                               struct candidate *out, struct err *e);
/* A row of groups and the row below it. OUT_OF_MEMORY. */
MUST_USE bool candidate_pair(const struct headings *h, const struct head *head, size_t row, struct arena *a,
                             struct candidate *out, struct err *e);

/* What a cell is in one kind; NULL: nothing. *unit_out and *combined_out tell of the way that was taken. */
const struct heading_slot *candidate_slot(const struct heading_kind *kind, const struct candidate_cell *cell,
                                          struct text *unit_out, bool *combined_out);

#endif
