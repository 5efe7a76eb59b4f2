/* Who may do what: a role of the pack, held by an account over an area.
 *
 * Roles stand in the pack (roles.yaml; doc/pack.md). What no role allows is forbidden: an operation that no
 * role names, an entity that it does not list, a class of fields that it leaves out. An actor of NULL is the
 * owner of the database, who works on the machine itself.
 *
 * Decides only; knows no table and no password. engine/record asks it for every row that it reads or writes,
 * the doors ask it before an operation runs.
 */
#ifndef ENGINE_ACCESS_ACCESS_H
#define ENGINE_ACCESS_ACCESS_H
#include "base/err.h"
#include "engine/catalog/catalog.h"

struct area { /* village codes lo <= code < hi, 12 digits each; empty texts: everything */
    char lo[AREA_CODE_SIZE + 1], hi[AREA_CODE_SIZE + 1];
};
struct actor {
    struct text account;
    const struct catalog_role *role;
    struct text area_code; /* as it was granted: "411622104" */
    struct area area;
};
enum access_show { ACCESS_HIDDEN, ACCESS_MASKED, ACCESS_FULL };

/* ACCESS_FORBIDDEN (403): the role does not name the operation ("finding explain"). */
MUST_USE bool access_may(const struct actor *actor, struct text operation, struct err *e);
/* ACCESS_FORBIDDEN: the role has no such entity to read, or to write. */
MUST_USE bool access_reads(const struct actor *actor, const struct catalog_entity *entity, struct err *e);
MUST_USE bool access_writes(const struct actor *actor, const struct catalog_entity *entity, struct err *e);
/* How a field is shown where nobody gave a reason. A sealed field is ACCESS_MASKED at best, to the owner too.
 */
enum access_show access_shows(const struct actor *actor, const struct catalog_field *field);
/* The same where a reason was given and journalled (the operation reveal): what the role sees with a reason
 * is ACCESS_FULL. */
enum access_show access_reveals(const struct actor *actor, const struct catalog_field *field);
/* May a list be filtered or sorted by it? ACCESS_FIELD (403): a field that is hidden or masked, or derived from
 * such a one, because each answer would tell a little of its value. */
MUST_USE bool access_filters(const struct actor *actor, const struct catalog_field *field, struct err *e);
/* May somebody's own expression be evaluated for him? ACCESS_FIELD: it reads a field that he may not filter
 * by; ACCESS_FORBIDDEN: one of an entity that he does not read. */
MUST_USE bool access_asks(const struct actor *actor, const struct catalog *c,
                          const struct cel_program *program, struct err *e);
/* The actor's area met with `asked`; false where nothing is left, and then *out holds no village. */
bool access_meets(const struct actor *actor, const struct area *asked, struct area *out);
/* Whether the whole of `area`, or the village of a record, lies in the actor's area. */
bool access_covers(const struct actor *actor, const struct area *area);
bool access_holds(const struct actor *actor, struct text village);

#endif
