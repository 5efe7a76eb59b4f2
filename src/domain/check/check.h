/* Findings and their life, attention grades, indicators answered one by one.
 *
 * Operations: check, finding list, finding explain, grade, indicator.
 */
#ifndef DOMAIN_CHECK_CHECK_H
#define DOMAIN_CHECK_CHECK_H
#include "engine/op/op.h"
#include "engine/select/select.h"

extern const struct op_list check_ops;

/* Households of each grade of the pack, in the order of catalog.grades: what `grade` and every report count.
 */
struct grade_tally {
    const struct text *ids; /* record ids, ordered; in the run's memory */
    size_t count;
};
/* Grades the rows of a run (opened with .grades); nothing is kept. One tally for each grade. */
MUST_USE bool grade_tallies(struct run *run, const struct catalog *c, const struct grade_tally **out,
                            struct err *e);

/* What checking says of one household, for its file: the findings that stand (open or explained) and its
 * grades, each change of them. `household` is its row, of which id and village are read. The first writes the
 * members "findings", "grade" (the one that holds on the day; null: none) and "grade_history" into an open
 * object; the second prints tables. */
MUST_USE bool check_file_json(struct op_call *call, const struct record_row *household, day as_of,
                              struct json *out, struct err *e);
MUST_USE bool check_file_show(struct op_call *call, const struct record_row *household, day as_of,
                              struct print *p, struct err *e);

/* What the rules say of one record's household (of the record itself where it belongs to none), today, on this
 * connection: also inside a transaction that writes. Nothing is kept. *out: a JSON array of findings as `check`
 * writes them, those that were explained left out. Of the register only that household and what its village
 * has beside households is read. */
MUST_USE bool check_judge(struct op_call *call, const struct catalog_entity *entity, struct text id,
                          struct text village, struct text *out, struct err *e);

#endif
