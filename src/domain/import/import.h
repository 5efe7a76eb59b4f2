/* From an office's workbooks to the register: the operation `import` (contract: doc/import.md).
 *
 * Everything of one call is one batch in one transaction: what stands in any of the files is resolved against
 * all of them and the register. What is wrong with single cells refuses their rows and is named; what is
 * wrong with a file refuses the call, and nothing is changed.
 */
#ifndef DOMAIN_IMPORT_IMPORT_H
#define DOMAIN_IMPORT_IMPORT_H
#include "engine/op/op.h"

extern const struct op_list import_ops;

#endif
