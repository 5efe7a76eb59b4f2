/* What a caller wrote, in the type of its parameter. Always holds: what is not understood is refused, never
 * guessed. */
#include "base/system.h"
#include "engine/op/op.err.h"
#include "engine/op/op.h"

bool op_value_bad(struct err *e, const char *name, struct text value, const char *expected)
{
    err_fail_text(e, &OP_VALUE_BAD, "option", text_of(name));
    err_add(e, "value", value);
    err_add(e, "expected", text_of(expected));
    return false;
}

static bool is_area(struct text t)
{
    if (t.size < 2 || t.size > 12)
        return false;
    for (size_t i = 0; i < t.size; i++)
        if (t.at[i] < '0' || t.at[i] > '9')
            return false;
    return true;
}

bool op_read(const struct op_parameter *parameter, struct text t, struct op_value *out, struct err *e)
{
    day d;
    out->given = true;
    out->s = t;
    switch (parameter->type) {
    case OP_INT:
        if (!text_to_int(t, &out->n) || out->n < 0)
            return op_value_bad(e, parameter->name, t, "0, 1, 2, …");
        break;
    case OP_DAY:
        if (!day_parse(t, &d))
            return op_value_bad(e, parameter->name, t, "2019-12-31");
        out->n = d;
        break;
    case OP_AREA:
        if (!is_area(t))
            return op_value_bad(e, parameter->name, t, "411622104");
        break;
    case OP_CHOICE:
        if (!text_among(parameter->choices, ',', t))
            return op_value_bad(e, parameter->name, t, parameter->choices);
        break;
    case OP_FLAG:
        out->n = 1;
        break;
    case OP_TEXT: /* a path may be any bytes, a text goes into the register or is compared with what stands
                     there */
        if (t.size == 0 || !text_is_utf8(t))
            return op_value_bad(e, parameter->name, t,
                                parameter->value != NULL ? parameter->value : parameter->name);
        break;
    case OP_PATH:
    case OP_OUT_PATH:
    case OP_CEL:
    case OP_FIELDS: /* whoever knows names from values reads them */
        if (t.size == 0)
            return op_value_bad(e, parameter->name, t,
                                parameter->value != NULL ? parameter->value : parameter->name);
        break;
    }
    return true;
}
