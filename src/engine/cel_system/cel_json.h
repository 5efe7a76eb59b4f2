/* Values in the JSON forms of the conformance cases: {"type": "int", "v": "1"}. */
#ifndef ENGINE_CEL_SYSTEM_CEL_JSON_H
#define ENGINE_CEL_SYSTEM_CEL_JSON_H
#include "engine/cel/cel.h"

#define CEL_JSON_DEPTH_MAX 64 /* lists and maps within each other, as in an expression */
#define CEL_JSON_SIZE_MAX                                                                                    \
    (32u << 20) /* of an answer: bytes of its texts, and CEL_JSON_MEMBER for each value */
#define CEL_JSON_MEMBER 24

struct json;   /* base/json.h */
struct json_t; /* jansson.h; the two cannot be included together, they share names */

/* Reads one value; what it makes lies in the run's arena. false: cel_fail was called. */
bool cel_json_read(struct cel_run *run, const struct json_t *from, struct cel_value *out);
/* The value's type, as the checker is to know it: list(int), map(string, dyn), … Lives in the arena.
 * false: memory. */
bool cel_json_type(struct arena *a, const struct cel_value *v, struct cel_type *out);
/* NULL: it can be written; else why not. Optionals and records have no form; depth and size have limits, and
 * a list that holds one other list many times is as large as it looks. */
const char *cel_json_refuses(const struct cel_value *v);
void cel_json_write(struct json *j, const struct cel_value *v);
/* Appends {"value":V}, or {"error":TEXT} when `value` is NULL. */
void cel_json_write_answer(struct buf *answer, const struct cel_value *value, enum lang lang,
                           const struct err *e);

#endif
