/* The module's operations. For this folder only. */
#ifndef DOMAIN_TOOL_PARTS_H
#define DOMAIN_TOOL_PARTS_H
#include "domain/tool/tool.h"

extern const struct op op_sheet_dump, op_cel, op_bench;

#endif
