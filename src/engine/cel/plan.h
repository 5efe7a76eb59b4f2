/* The plan: a tree of steps, each with the function that evaluates it. Made once, never changed, shared by
 * threads.
 *
 * Names are slots, fields are indexes, constants are computed. A step writes *out and answers true, or fails
 * through cel_raise and answers false; then *out means nothing.
 */
#ifndef ENGINE_CEL_PLAN_H
#define ENGINE_CEL_PLAN_H
#include "engine/cel/ast.h"
#include "engine/cel/env.h"

#define CEL_LOCAL_MAX 128 /* variables of macros that live at once: two for each level of CEL_DEPTH_MAX */
#define CEL_PLACE_CALLER UINT32_MAX /* a failure that the calling step has yet to place */

struct cel_plan;
typedef bool cel_step(const struct cel_plan *n, struct cel_run *run, struct cel_value *out);

enum cel_operator {
    OPERATOR_EQUAL,
    OPERATOR_UNEQUAL,
    OPERATOR_LESS,
    OPERATOR_LESS_EQUAL,
    OPERATOR_GREATER,
    OPERATOR_GREATER_EQUAL
};
enum cel_mode { MODE_PLAIN, MODE_TEST, MODE_OPTIONAL }; /* of a selection: x.f, has(x.f), x.?f */

struct cel_plan {
    cel_step *eval;
    const struct cel_plan *a, *b, *c; /* see each step */
    uint32_t place;
    uint32_t slot, slot2;
    uint32_t count; /* of arg */
    uint32_t cost;  /* steps below, itself included; a fold's body is counted a second time for each member */
    enum cel_operator operator;
    enum cel_mode mode;
    enum cel_fold_kind fold;
    bool decisive; /* logic, all, exists: the value that ends it */
    bool two, flat;
    const struct cel_class *of;
    size_t field;
    struct cel_value constant;
    const struct cel_plan *const *arg;
    const bool *maybe;
    struct text name;
    const struct cel_overload *const *candidates;
    size_t candidate_count;
    enum cel_kind kinds[2]; /* of a direct call's arguments */
    const struct cel_env *env;
    const void *pattern;
};
struct cel_pattern {
    void *compiled;
    struct cel_pattern *next;
};
struct cel_program {
    const struct cel_plan *root;
    struct text source;
    uint32_t locals, cost;
    struct cel_type type;
    const struct cel_use *uses;
    size_t use_count;
    const bool *variables;
    size_t variable_count;
    struct cel_pattern *patterns;
    struct cel_regex regex;
};

/* Steps. In each: what it reads of the plan. */
cel_step cel_eval_constant;        /* constant */
cel_step cel_eval_variable;        /* slot */
cel_step cel_eval_local;           /* slot */
cel_step cel_eval_bound;           /* slot: may hold a failure */
cel_step cel_eval_unknown;         /* name: nothing that is known */
cel_step cel_eval_field;           /* a.field of class `of` */
cel_step cel_eval_variable_field;  /* the same, of a variable */
cel_step cel_eval_local_field;     /* the same, of a local */
cel_step cel_eval_select;          /* a.name, mode; of and field where they are known */
cel_step cel_eval_variable_select; /* the same of a variable, MODE_PLAIN */
cel_step cel_eval_local_select;    /* the same of a local, MODE_PLAIN */
cel_step cel_eval_index;           /* a[b], mode */
cel_step cel_eval_logic;           /* arg, decisive */
cel_step cel_eval_choice;          /* a ? b : c */
cel_step cel_eval_not;             /* !a */
cel_step cel_eval_list;            /* arg, maybe */
cel_step cel_eval_map;             /* arg, maybe */
cel_step cel_eval_compare;         /* a operator b */
cel_step cel_eval_compare_int;     /* a operator constant int */
cel_step cel_eval_compare_text;    /* a == or != constant string */
cel_step cel_eval_in;              /* a in b */
cel_step cel_eval_call;            /* candidates, arg */
cel_step cel_eval_direct1;         /* the same: one function of our own, its kinds known */
cel_step cel_eval_direct2;
cel_step cel_eval_call1;
cel_step cel_eval_call2;
cel_step cel_eval_match;        /* a.matches(pattern) */
cel_step cel_eval_or;           /* a.or(b), a.orValue(b): flat */
cel_step cel_eval_quantifier;   /* a the range; b the condition; decisive, slot, slot2, two */
cel_step cel_eval_exists_one;   /* the same */
cel_step cel_eval_fold_list;    /* a the range; b the condition or NULL; c the transformation or NULL */
cel_step cel_eval_fold_map;     /* the same; fold */
cel_step cel_eval_bind;         /* slot = a in b */
cel_step cel_eval_optional_map; /* a.optMap(slot, b); flat */

/* Raises at the step's place. Always false. */
bool cel_raise_at(struct cel_run *run, const struct cel_plan *n, const char *reason);
/* After a function answered false: places its failure. Always false. */
bool cel_place_failure(struct cel_run *run, const struct cel_plan *n);
/* A failure that something absorbed: an error that a function left in run->e goes, too. */
void cel_absorb(struct cel_run *run);

struct cel_plan *cel_plan_make(struct cel_compile *c, const struct cel_ast *root,
                               struct cel_program *program);

#endif
