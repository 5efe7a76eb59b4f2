/* Help in Chinese and English, made from the declarations. */
#ifndef CLI_HELP_H
#define CLI_HELP_H
#include "cli/parse.h"

/* One operation, a group of them, or the list of all. */
void help_print(const struct op_list *ops, const struct cli_command *command, struct arena *a,
                struct print *p);

#endif
