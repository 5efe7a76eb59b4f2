/* Reading a call's values. Always holds: values stand in the order of the declaration. */
#include "engine/op/op.h"
#include <assert.h>

const struct op_value *op_value(const struct op_call *call, const char *name)
{
    for (size_t i = 0; i < call->op->count; i++)
        if (strcmp(call->op->parameters[i].name, name) == 0)
            return &call->values[i];
    assert(!"a handler asks for a parameter that its operation does not declare");
    return NULL;
}

bool op_progress(struct op_call *call, const char *stage, uint64_t done, uint64_t total)
{
    return call->progress == NULL || call->progress(call->progress_user, stage, done, total);
}
