/* Finding records by a part of a name.
 *
 * Searched are the fields of type text that are called `name` or …_name and belong to the record itself (the
 * names of places are not). Every character of a name and every pair of neighbours stands in the table
 * search_gram, written in the transaction that changes the name; blanks and the middle dots of long names
 * count for nothing. A record is also found by the names of what hangs below it: a household by its members.
 */
#ifndef ENGINE_RECORD_SEARCH_H
#define ENGINE_RECORD_SEARCH_H
#include "engine/record/record.h"

#define RECORD_HIT_MAX 2000 /* what more a search finds is not told apart */

enum record_rank { /* the order in which hits are shown */
                   RECORD_HIT_NUMBER,
                   RECORD_HIT_NAME,
                   RECORD_HIT_PREFIX,
                   RECORD_HIT_PART,
                   RECORD_HIT_PLACE /* it lies in a village that is found */
};
struct record_hit {
    enum record_rank rank;
    struct text id;
};
struct record_hits { /* by rank, then id; each record once */
    struct record_hit *at;
    size_t count, room;
    bool more; /* there are more than RECORD_HIT_MAX */
};
/* Adds a hit; memory from `a`. OUT_OF_MEMORY. */
MUST_USE bool record_hits_add(struct record_hits *hits, enum record_rank rank, struct text id,
                              struct arena *a, struct err *e);
/* Orders and removes repeats, keeping the better rank. */
void record_hits_order(struct record_hits *hits);
/* Adds the records of the entity in the area that bear the name, or below which one bears it. Nothing for a
 * text without characters. ACCESS_FORBIDDEN as a scan; `behind` as there. */
MUST_USE bool record_search_name(struct records *r, const struct catalog_entity *entity,
                                 const struct area *area, bool behind, struct text name, struct arena *a,
                                 struct record_hits *hits, struct err *e);
/* A sealed field by whose whole value records may be found: certificates and phones, which have an index. */
bool record_searches_sealed(const struct catalog_entity *entity, const struct catalog_field *field);

#endif
