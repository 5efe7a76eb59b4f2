/* The command line, made from the declared operations: it parses words, opens the session, runs, prints.
 *
 * Holds no logic of any operation. What it promises (exit codes, one JSON value, progress on standard error
 * only) stands in doc/cli.md.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H
#include "engine/op/op.h"

#define CLI_WORD_MAX 4096 /* arguments of one command */

/* Runs one command and answers the exit code. */
int cli_main(int argc, char **argv);

#endif
