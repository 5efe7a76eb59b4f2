/* The inner door of the translator: state, characters, classes. */
#ifndef ENGINE_CEL_SYSTEM_RE2_CLASS_H
#define ENGINE_CEL_SYSTEM_RE2_CLASS_H
#include "base/text.h"

struct re2 {
    struct text in;
    size_t at;
    struct buf *out;
    int depth;
    const char *why; /* the first reason; NULL: none yet */
};
static inline char re2_peek(const struct re2 *r) { return r->at < r->in.size ? r->in.at[r->at] : '\0'; }
static inline bool re2_take(struct re2 *r, char c)
{
    if (r->at >= r->in.size || r->in.at[r->at] != c)
        return false;
    r->at++;
    return true;
}
static inline bool re2_fail(struct re2 *r, const char *why)
{
    if (r->why == NULL)
        r->why = why;
    return false;
}
/* Writes a character that means itself, within a class or without. */
void re2_literal(struct buf *out, uint32_t c);
/* Behind a backslash: \n \x41 \x{41} \101 \. …, what stands for one character. */
bool re2_escaped_character(struct re2 *r, uint32_t *out);
/* \pL, \p{Han}, \P{^Lu}: 'p' or 'P' is next. */
bool re2_property(struct re2 *r);
/* "[" has been read. */
bool re2_class(struct re2 *r);

#endif
