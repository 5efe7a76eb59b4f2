/* Runs an operation for a request: permission, values, the same request only once, work, answer. */
#ifndef API_RUN_H
#define API_RUN_H
#include "api/route.h"

/* The handler of every operation's route. What the caller may not do is ACCESS_FORBIDDEN before anything else
 * is looked at; what the operation says of itself is in engine/op/op.h. */
bool run_operation(struct worker *w, struct request *r, struct err *e);
/* The values of an operation's parameters from path, address and body, in the order of its declaration.
 * API_PARAMETER_UNKNOWN, API_PARAMETER_MISSING, API_MEMBER_TYPE, API_BODY_BAD, OP_VALUE_BAD. */
MUST_USE bool run_values(struct request *r, const struct op *op, struct op_value **out, struct err *e);

#endif
