/* Words of the command line to an operation and its values. Borrowed: argv; the rest lives in the arena. */
#ifndef CLI_PARSE_H
#define CLI_PARSE_H
#include "engine/op/op.h"

struct cli_global {
    struct text db, key_file, policy_version, as;
    bool json, help, progress;
    enum lang lang;
};
struct cli_command {
    struct cli_global global;
    const struct op *op; /* NULL with help: the list of commands */
    struct text group;   /* with help: the first word of a group ("journal"), or TEXT_NONE */
    struct op_value *values;
};
/* CLI_COMMAND_MISSING, CLI_COMMAND_UNKNOWN, CLI_OPTION_UNKNOWN, CLI_OPTION_VALUE, CLI_OPTION_TWICE,
 * OP_VALUE_BAD, CLI_WORD_MISSING, CLI_WORD_EXTRA; the language is set in any case. */
MUST_USE bool cli_parse(const struct op_list *ops, int argc, char **argv, struct arena *a,
                        struct cli_command *out, struct err *e);

#endif
