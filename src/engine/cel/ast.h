/* The expression as a tree: what the parser builds, macros rewrite, the checker annotates and the planner
 * reads.
 *
 * All of it lives in the arena of the compilation. Nodes are made by cel_ast_new alone, which keeps the
 * number of nodes and the height of the tree within their limits, so that everything that walks a tree may
 * recurse.
 */
#ifndef ENGINE_CEL_AST_H
#define ENGINE_CEL_AST_H
#include "engine/cel/cel.h"

#define CEL_HEIGHT_MAX 256 /* levels of the tree; long chains of one operator count as levels, too */

enum cel_ast_kind {
    AST_LITERAL,
    AST_IDENT,
    AST_SELECT, /* arg[0].name */
    AST_INDEX,  /* arg[0][arg[1]] */
    AST_CALL,   /* name(arg…); `member`: arg[0].name(arg[1]…) */
    AST_AND,    /* all of arg, any number */
    AST_OR,
    AST_CHOICE, /* arg[0] ? arg[1] : arg[2] */
    AST_LIST,
    AST_MAP,     /* arg[2k]: arg[2k + 1] */
    AST_MESSAGE, /* name{…}: there are none here, the checker says so */
    AST_FOLD,    /* a macro over arg[0]; arg[1] the condition or NULL, arg[2] the transformation or NULL */
    AST_BIND,    /* cel.bind: name = arg[0] in arg[1] */
    AST_OPTIONAL_MAP /* arg[0].optMap(name, arg[1]); `flat`: optFlatMap */
};
enum cel_fold_kind { FOLD_ALL, FOLD_EXISTS, FOLD_EXISTS_ONE, FOLD_LIST, FOLD_MAP, FOLD_ENTRIES };

enum cel_reference {
    REFERENCE_NONE,     /* not resolved */
    REFERENCE_VARIABLE, /* `slot` of the environment's variables */
    REFERENCE_LOCAL,    /* `slot` of the macros' variables */
    REFERENCE_BOUND,    /* the same, of cel.bind and optMap */
    REFERENCE_VALUE     /* `literal`, a type */
};

struct cel_overload;
struct cel_ast {
    enum cel_ast_kind kind;
    enum cel_fold_kind fold;
    enum cel_reference reference;
    uint32_t place;  /* byte of the source that errors point at */
    uint32_t height; /* 1: no children */
    bool test;       /* SELECT: has() */
    bool optional;   /* SELECT, INDEX: .?name, [?index]; CALL: none */
    bool rooted;     /* IDENT, CALL, MESSAGE: began with a dot */
    bool quoted;     /* SELECT: the name stood in backquotes */
    bool member, flat, exact;
    bool spreads;            /* CALL: the only candidate takes any number of arguments */
    struct text name, name2; /* name2: second variable of a fold, TEXT_NONE: it has one */
    struct cel_value literal;
    struct cel_ast **arg;
    uint32_t count;
    const bool *maybe; /* LIST, MAP: which elements or entries began with '?'; NULL: none */

    /* By the checker. */
    const struct cel_type *type;
    const struct cel_class *of; /* SELECT of a record */
    size_t field;
    uint32_t slot, slot2;
    const struct cel_overload **candidates;
    size_t candidate_count;
};

/* What all stages of one compilation share. */
struct cel_compile {
    const struct cel_env *env;
    struct text source;
    struct arena *arena;
    struct err *e;
    const struct cel_options *options; /* never NULL */
    bool strict, macros;
    uint32_t nodes;
    uint32_t locals; /* variables of macros that live at once, at most */
};

/* A node with room for `count` children, all NULL. NULL: memory or CEL_NODE_MAX, `e` is set. */
struct cel_ast *cel_ast_new(struct cel_compile *c, enum cel_ast_kind kind, uint32_t place, uint32_t count);
/* Sets the height from the children. false: CEL_HEIGHT_MAX, `e` is set. To be called when they stand. */
bool cel_ast_seal(struct cel_compile *c, struct cel_ast *n);

/* Sets the error with line and column of `place`; always false. */
bool cel_compile_fail(struct cel_compile *c, const struct err_kind *kind, uint32_t place, struct text detail);
bool cel_compile_out_of_memory(struct cel_compile *c);
/* Adds {line} and {column} (code points, from 1) of a byte of the source. */
void cel_place_add(struct err *e, struct text source, uint32_t place);

/* Stages. NULL or false: `e` is set. */
struct cel_ast *cel_parse(struct cel_compile *c);
/* Rewrites a call that is a macro; gives the call itself when it is none. */
struct cel_ast *cel_macro(struct cel_compile *c, struct cel_ast *call);
bool cel_check(struct cel_compile *c, struct cel_ast *root);
/* Asks options->text of the texts that fields are held against; the tree is checked. */
bool cel_texts(struct cel_compile *c, const struct cel_ast *root);
/* Whether a bare name means a field of the record in variable 0, if nothing nearer has that name. */
bool cel_is_bare_field(const struct cel_compile *c, struct text name);
/* Makes `n`, an identifier, the selection of that field (`test`: has(field)); false: the error is set. */
bool cel_bare_field(struct cel_compile *c, struct cel_ast *n, bool test);
/* The selection `record.id`, unchecked; NULL: the error is set. */
struct cel_ast *cel_bare_id(struct cel_compile *c, struct cel_ast *record);

#endif
