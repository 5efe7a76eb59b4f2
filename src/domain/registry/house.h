/* A household with its members, for the operations on it. For this folder only. */
#ifndef DOMAIN_REGISTRY_HOUSE_H
#define DOMAIN_REGISTRY_HOUSE_H
#include "domain/registry/given.h"

#define HOUSE_MEMBER_MAX 200

struct member {
    struct text id;
    const struct value *values; /* by stored field of person; sealed ones as hashes */
    bool left;                  /* it was taken off the roster */
    day fact_day;
};
struct house {
    struct op_call *call;
    const struct catalog_entity *household, *person;
    struct present present; /* with values */
    struct member *members;
    size_t count, active;
    struct given given; /* of the household itself */
    struct saving saving;
    day on; /* the day of the event: what is written holds from it, or from what the record holds already */
    struct text findings;
};
/* Who may do it, and whether the household is there; opens the batch and reads household and members inside
 * it. On false nothing is open. `why` is kept with the journal behind the reason that the caller gave. */
MUST_USE bool house_begin(struct house *h, struct op_call *call, struct text id, const char *why,
                          struct err *e);
/* Another household of the same batch, its members read. */
MUST_USE bool house_other(const struct house *h, struct text id, struct house *out, struct err *e);
/* A member that is on the roster: REGISTRY_MEMBER_ABSENT. */
MUST_USE bool house_member(const struct house *h, struct text id, const struct member **out, struct err *e);
/* What the pack calls it; NULL: it has no such field, and what would be written there is left out. */
const struct catalog_field *house_field(const struct catalog_entity *entity, const char *id);
void house_put_code(struct given *g, const char *field, const char *label);
void house_put(struct given *g, const char *field, struct value v);
/* Adds `change` to the number of members that the household states, where it states one. */
void house_count(struct house *h, int64_t change);
/* The household takes over name, number and certificate of its new head. */
MUST_USE bool house_take_head(struct house *h, const struct member *head, struct err *e);
/* A member's row, or a new person's (NULL), into the batch; on false the batch is abandoned. */
MUST_USE bool house_add_person(struct house *h, struct given *g, const struct member *who, struct err *e);
/* The row of another household of the batch. */
MUST_USE bool house_add_other(struct house *h, struct house *other, struct err *e);
/* The household's row where anything of it changes, commit, the answer: its record and the rules' findings.
 */
MUST_USE bool house_end(struct house *h, struct err *e);
/* Undoes, keeping the error; always false. */
bool house_fail(struct house *h);

bool house_json(struct op_call *call, struct json *out, struct err *e);
bool house_show(struct op_call *call, struct print *p, struct err *e);

#endif
