/* A JSON body: an object of simple values, as text.
 *
 * Read by jansson, which counts what is nested and refuses members that stand twice; what it gives is copied,
 * and nothing of it goes further in.
 */
#ifndef API_BODY_H
#define API_BODY_H
#include "base/err.h"

#define BODY_MEMBER_MAX 1000

struct body_member {
    struct text name, value; /* value: of a number its digits, of yes and no "true" and "false" */
    enum {
        MEMBER_IS_TEXT,
        MEMBER_IS_INT,
        MEMBER_IS_NUMBER,
        MEMBER_IS_BOOL,
        MEMBER_IS_NULL,
        MEMBER_IS_OTHER
    } kind;
};
/* API_BODY_BAD: not JSON, not UTF-8, no object. The members live in `a`. */
MUST_USE bool body_read(struct text raw, struct arena *a, struct body_member **out, size_t *count_out,
                        struct err *e);

#endif
