/* Helpers that households name and no pairing describes: told, not refused (contract: notes of an import).
 *
 * Only the different names are kept, so memory does not grow with the rows. A pack without pairings has
 * nothing to tell.
 */
#ifndef DOMAIN_IMPORT_HELPER_H
#define DOMAIN_IMPORT_HELPER_H
#include "domain/import/tell.h"
#include "engine/record/record.h"

#define HELPER_NAMES_MAX 100000 /* different names of one import; further ones are not judged */

struct helper_name {
    uint64_t hash; /* 0: empty place */
    bool described;
    uint32_t sheet, row; /* first household that names it; row 0: none */
    struct text name;
};
struct helpers {
    const struct catalog_field *of_household, *of_pairing; /* NULL: the pack has none */
    const struct catalog_entity *household, *pairing;
    struct helper_name *names;
    size_t count, room;
    struct arena *arena;
};
void helpers_init(struct helpers *h, const struct catalog *c, struct arena *a);
void helpers_clear(struct helpers *h);
/* A row of any entity, before it is resolved. */
void helpers_see(struct helpers *h, const struct batch_row *row);
/* After the batch: looks into the register for names that are still undescribed. `each` is told of those
 * left. */
MUST_USE bool helpers_tell(struct helpers *h, struct records *r,
                           void (*each)(void *user, const struct helper_name *name), void *user,
                           struct err *e);

#endif
