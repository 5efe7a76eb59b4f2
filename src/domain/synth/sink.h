/* Where invented rows go: workbooks in a folder, or a database. For this folder only. */
#ifndef DOMAIN_SYNTH_SINK_H
#define DOMAIN_SYNTH_SINK_H
#include "domain/synth/rows.h"
#include "engine/op/op.h"
#include "engine/session/session.h"

struct synth_counts {
    uint64_t rows[MADE_COUNT];
};
/* Writes the ten workbooks into `folder` (made when it is not there); a sheet that is full goes on in a
 * further workbook. */
MUST_USE bool sink_books(struct op_call *call, const struct plan *plan, const struct catalog *c,
                         struct text folder, struct synth_counts *counts, struct err *e);
/* Puts the register into the session's database as one batch. */
MUST_USE bool sink_database(struct op_call *call, const struct plan *plan, struct synth_counts *counts,
                            struct err *e);

#endif
