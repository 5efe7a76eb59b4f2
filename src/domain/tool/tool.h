/* Tools that need no database: what a workbook holds, what an expression gives, how fast the program is.
 *
 * Operations: sheet dump, cel, bench.
 */
#ifndef DOMAIN_TOOL_TOOL_H
#define DOMAIN_TOOL_TOOL_H
#include "engine/op/op.h"

extern const struct op_list tool_ops;

#endif
