/* Looking into the JSON that operations answer. Apart, because jansson and base/json.h share names. */
#ifndef TEST_DOMAIN_CHECK_ANSWER_H
#define TEST_DOMAIN_CHECK_ANSWER_H
#include <stdbool.h>
#include <stddef.h>

/* "findings[0].values.name" of a JSON text: texts as they are, else as JSON; "-" when it is not there. Kept
 * until the next call but seven. */
const char *answer(const char *json, const char *path);
size_t answer_count(const char *json, const char *path);
/* Index of the element of an array whose member is `value`; -1: none. */
int answer_find(const char *json, const char *path, const char *member, const char *value);

#endif
