/* Turning what happened to a cell into a problem with its sentence, sensitive values masked. */
#ifndef DOMAIN_IMPORT_TELL_H
#define DOMAIN_IMPORT_TELL_H
#include "domain/import/problem.h"
#include "engine/catalog/catalog.h"

struct teller {
    struct problems *problems;
    enum lang lang;
    struct buf sentence; /* one for each teller, so each thread has its own */
    struct arena scratch;
};
struct told {
    enum problem_level level;
    uint32_t sheet, row, column;
    const struct catalog_field *field; /* NULL: none */
    struct text value;                 /* in plain; masked here */
};
void teller_init(struct teller *t, struct problems *problems, enum lang lang);
void teller_clear(struct teller *t);
/* `e` is the kind and its values; {field} and {value} are added here. */
void tell(struct teller *t, const struct told *what, struct err *e);
/* The same for a kind without values of its own. */
void tell_kind(struct teller *t, const struct told *what, const struct err_kind *kind);
/* The value as it may be shown. In the teller's scratch, until the next problem is told. */
struct text tell_masked(struct teller *t, const struct catalog_field *field, struct text plain);

#endif
