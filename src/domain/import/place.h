/* Villages by the names of county, town and village that stand in one row: for the first import of an office
 * whose own area is not known yet. Once it is, names are resolved within it, by the batch.
 */
#ifndef DOMAIN_IMPORT_PLACE_H
#define DOMAIN_IMPORT_PLACE_H
#include "engine/catalog/catalog.h"

struct places {
    const struct catalog *catalog;
    struct text county, town; /* names of the last question; in `memory` */
    struct text town_code;    /* nine digits; TEXT_NONE: no such town, or more than one */
    struct arena memory;
};
void places_init(struct places *p, const struct catalog *c);
void places_clear(struct places *p);
/* The 12-digit code (from the catalogue), or TEXT_NONE where the names do not tell one village. `county` may
 * be TEXT_NONE. 村民委员会, 村委会 and 村 are the same. */
struct text place_village(struct places *p, struct text county, struct text town, struct text village);

#endif
