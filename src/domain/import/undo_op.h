/* The operation `import undo`. For this folder only. */
#ifndef DOMAIN_IMPORT_UNDO_OP_H
#define DOMAIN_IMPORT_UNDO_OP_H
#include "engine/op/op.h"

extern const struct op import_undo_op;

#endif
