/* All operations of the program, gathered from the modules that declare them. */
#ifndef CLI_OPS_H
#define CLI_OPS_H
#include "engine/op/op.h"

const struct op_list *cli_ops(void);

#endif
