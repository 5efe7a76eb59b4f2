/* What CEL needs of the system: regular expressions (PCRE2), time zones (the tz database), and values as
 * JSON.
 *
 * engine/cel itself is free of files, threads and libraries; this module registers with it what it lacks, and
 * holds the evaluation of single expressions that the command line offers.
 */
#ifndef ENGINE_CEL_SYSTEM_CEL_SYSTEM_H
#define ENGINE_CEL_SYSTEM_CEL_SYSTEM_H
#include "engine/cel/cel.h"
#include <stdio.h>

#define CEL_SYSTEM_LINE_MAX (4u << 20)    /* bytes of one line of a batch, or of a file of bindings */
#define CEL_SYSTEM_ARENA_MAX (128u << 20) /* bytes that one expression may take in all */

/* Regular expressions and zones for an environment. Patterns are RE2's; matching is bounded and, where it
 * would take too long, ends in an error. Zones are read once and kept by the process; any thread. */
void cel_system_register(struct cel_env *env);

/* Evaluates one expression. `bindings` is JSON, {"name": {"type": T, "v": V}, …}, or TEXT_NONE. Appends
 * {"value":V} or {"error":TEXT} to `answer`, TEXT in the language asked for; false in the latter case, `e`
 * says why: what cel_compile and cel_eval say, or CEL_BINDINGS. */
bool cel_system_answer(struct text expression, struct text bindings, enum lang lang, struct buf *answer,
                       struct err *e);

/* Reads conformance cases, a JSON object a line: expr, bindings, container, unchecked, no_macros (others are
 * not looked at). Writes an answer a line, in order, each flushed. A line that is no such object is answered
 * with an error, too. false: `in` could not be read or `out` not written (FILE_READ, FILE_WRITE); all lines
 * before are answered. */
MUST_USE bool cel_system_batch(FILE *in, FILE *out, enum lang lang, struct err *e);

#endif
