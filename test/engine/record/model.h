/* The register and its past as a plain dictionary: what random batches must come to. No index, no SQL, no
 * cleverness. */
#ifndef TEST_ENGINE_RECORD_MODEL_H
#define TEST_ENGINE_RECORD_MODEL_H
#include <stdbool.h>
#include <stdint.h>

enum { MODEL_HOUSEHOLD, MODEL_PERSON, MODEL_INCOME, MODEL_KINDS };
#define MODEL_IDS 6
#define MODEL_FIELDS                                                                                         \
    4 /* household: village name phone mark; person: household name certificate -; income: wage - - - */
#define MODEL_PIECES 64
#define MODEL_ROWS 24
#define MODEL_TOWN 0 /* village number of the town; 1 and 2 lie in its county, 3 in another */

struct model_row {
    int kind, id; /* income: id = household * 10 + year */
    int day;
    bool given[MODEL_FIELDS];
    int value[MODEL_FIELDS]; /* 0: empty */
};
struct model_piece {
    int from;
    int value[MODEL_FIELDS];
    int village;
};
struct model_record {
    bool exists;
    int count;
    struct model_piece piece[MODEL_PIECES]; /* in order; the last one is the present */
};
struct model {
    struct model_record record[MODEL_KINDS][MODEL_IDS * 10];
};
enum { MODEL_INSERTED, MODEL_UPDATED, MODEL_UNCHANGED, MODEL_REJECTED };
/* Applies a batch; one outcome for each row. True: something was written. */
bool model_apply(struct model *m, const struct model_row *rows, int count, int outcome[MODEL_ROWS]);
/* The state that held on a day; before the first one, the first. */
const struct model_piece *model_at(const struct model_record *r, int day);

#endif
