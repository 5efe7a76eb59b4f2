/* The checker's inner door: what check.c and resolve.c share. */
#ifndef ENGINE_CEL_CHECK_H
#define ENGINE_CEL_CHECK_H
#include "engine/cel/ast.h"
#include "engine/cel/env.h"
#include "engine/cel/type.h"

/* A variable of a macro, innermost first. */
struct cel_scope {
    struct text name;
    const struct cel_type *type;
    uint32_t slot;
    bool bound; /* cel.bind, optMap: may hold a failure */
    const struct cel_scope *up;
};
struct cel_checker {
    struct cel_compile *c;
    struct cel_types types;
    const struct cel_scope *scope;
    uint32_t live; /* slots in use */
};

const struct cel_scope *cel_check_local(const struct cel_checker *k, struct text name);
/* Resolves `name` (an identifier, or a chain written with dots) to a variable or a type; false: it is none,
 * no error. */
bool cel_resolve_name(struct cel_checker *k, struct cel_ast *n, struct text name, bool rooted);
/* "a.b.c" of a chain of selections, into `room` of CEL_NAME_MAX bytes; TEXT_NONE: it is no such chain, or
 * begins with a macro's variable. */
struct text cel_resolve_chain(const struct cel_checker *k, const struct cel_ast *n, char *room,
                              bool *rooted_out);
/* Finds the overloads of a call whose arguments are checked, and its type. A call a.b.f(x) whose a.b.f is a
 * function is rewritten (`before` the target is checked). */
bool cel_resolve_call(struct cel_checker *k, struct cel_ast *n);
void cel_resolve_namespace(struct cel_checker *k, struct cel_ast *n);
bool cel_type_mismatch(struct cel_checker *k, const struct cel_ast *n, const char *function);

#endif
