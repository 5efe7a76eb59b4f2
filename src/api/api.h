/* The HTTP door: every operation of the program under /api/v1, and the pages.
 *
 * Operation: serve.
 */
#ifndef API_API_H
#define API_API_H
#include "engine/op/op.h"

extern const struct op op_serve;
/* All operations of the program, in the order of help: those of every module, and serve. */
const struct op_list *api_ops(void);

#endif
