/* The module's operations. */
#include "domain/tool/parts.h"

static const struct op *const all[] = {&op_sheet_dump, &op_cel, &op_bench};
const struct op_list tool_ops = {all, COUNT_OF(all)};
