/* Reading the JSON that operations answer. Apart from office.h, because jansson and base/json.h share names.
 */
#ifndef TEST_DOMAIN_IMPORT_ANSWERS_H
#define TEST_DOMAIN_IMPORT_ANSWERS_H
#include <stddef.h>
#include <stdint.h>

/* "household 2+2~0=0-0 | error 4D COERCE_NUMBER": rows, inserted, updated, unchanged, rejected of each sheet;
 * then the problems. */
void answer_summary(const char *json, char *out, size_t room);
/* The value of `label` in items[index], text as it is, else as JSON; "-" when it is not there. To be freed.
 */
char *answer_item(const char *json, size_t index, const char *label);
/* A member of the answer itself, in the same way. */
char *answer_member(const char *json, const char *name);
/* A member of problems[index]. */
char *answer_problem(const char *json, size_t index, const char *name);
/* Sum of a count over all sheets. */
int64_t answer_sum(const char *json, const char *name);
#endif
