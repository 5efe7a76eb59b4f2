/* Tools that need no database: what a workbook holds, what an expression gives.
 *
 * Operations: sheet dump, cel.
 */
#ifndef DOMAIN_TOOL_TOOL_H
#define DOMAIN_TOOL_TOOL_H
#include "engine/op/op.h"

extern const struct op_list tool_ops;

#endif
