/* Keeping search_gram in step, inside the engine. */
#ifndef ENGINE_RECORD_GRAM_H
#define ENGINE_RECORD_GRAM_H
#include "engine/record/batch.h"

#define GRAM_NAME_MAX 16 /* characters of a name by which it is found */

bool gram_searches(const struct table *t); /* whether it has a name to search */
bool gram_is_name(const struct catalog_field *field);
/* The name without blanks and middle dots, as code points; answers how many, at most GRAM_NAME_MAX. */
size_t gram_fold(struct text name, struct text out[GRAM_NAME_MAX]);

/* The names of a record before and after it is written. `before` NULL: it is new; `set`: which fields change
 * (with the village or the parent all are written anew). */
MUST_USE bool gram_write(struct batch *b, struct work *w, const struct state *before,
                         const struct incoming *in, const struct difference *d, struct err *e);
/* The same for a record that goes to another village with its parent. */
MUST_USE bool gram_move(struct batch *b, const struct table *t, struct text id, const struct place *from,
                        const struct place *to, struct err *e);
/* Takes the names of a record that goes away out of the table. */
MUST_USE bool gram_remove(struct batch *b, struct work *w, struct err *e);
/* All records of a table at once, which is faster than row by row where there were none. */
MUST_USE bool gram_fill(struct records *r, const struct table *t, struct err *e);
/* Fills the table where a database of an older schema has records and no rows here. */
MUST_USE bool gram_define(struct records *r, struct err *e);

#endif
