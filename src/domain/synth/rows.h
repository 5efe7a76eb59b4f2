/* The rows of an invented register, kind by kind, in the columns of an office's ten workbooks. For this
 * folder only. */
#ifndef DOMAIN_SYNTH_ROWS_H
#define DOMAIN_SYNTH_ROWS_H
#include "base/err.h"
#include "domain/synth/people.h"

enum made { /* in the order of the workbooks' sheets */
            MADE_HOUSEHOLD,
            MADE_PERSON,
            MADE_YEAR,
            MADE_MEASURE,
            MADE_BASE,
            MADE_WORKSHOP,
            MADE_SOLAR,
            MADE_POLICY,
            MADE_DUTY,
            MADE_PROBLEM,
            MADE_FUND,
            MADE_PAYMENT,
            MADE_VILLAGE,
            MADE_PAIRING,
            MADE_COUNT
};
#define MADE_COLUMN_MAX 32
enum made_type { MADE_TEXT, MADE_INT, MADE_DECIMAL /* × 100 */, MADE_MONEY /* fen */, MADE_DAY, MADE_BOOL };
struct made_column {
    const char *field; /* id in the pack */
    enum made_type type;
    bool hidden; /* given by the sheet's kind, not written as a column */
};
struct made_kind {
    const char *entity, *file, *sheet, *title;
    struct made_column columns[MADE_COLUMN_MAX]; /* up to field NULL */
};
extern const struct made_kind made_kinds[MADE_COUNT];

struct made_village {
    struct text code, name;
};
struct plan {
    uint64_t seed, households;
    const struct made_village *villages;
    size_t village_count;
    struct text area_name; /* of titles */
};
/* Takes one row: a value for each column of the kind. Texts live until it returns. */
typedef bool made_each(void *user, enum made kind, const struct value *values, struct err *e);
/* All rows of a kind, in order. `progress` may be NULL; false from it ends the work. */
MUST_USE bool plan_rows(const struct plan *plan, enum made kind, made_each *each, void *user, struct err *e);

#endif
