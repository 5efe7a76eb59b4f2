/* An expression, what it must give, and the few lines that every test of the language needs. */
#ifndef TEST_ENGINE_CEL_CASE_H
#define TEST_ENGINE_CEL_CASE_H
#include "engine/cel/cel.err.h"
#include "engine/cel/cel.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Compiles within the environment; on failure `e` says why. */
static inline const struct cel_program *compile(const struct cel_env *env, const char *source, bool unchecked,
                                                struct arena *a, struct err *e)
{
    const struct cel_program *program = NULL;
    const struct cel_options options = {.unchecked = unchecked};
    return cel_compile(env, text_of(source), &options, a, &program, e) ? program : NULL;
}

/* Fails the test, naming the expression, when `source` does not give true. */
static inline void must_be_true(const struct cel_env *env, struct cel_run *run, const char *source)
{
    struct err e = {0};
    struct cel_value v = {0};
    struct buf sentence;
    const struct cel_program *program = compile(env, source, false, run->arena, &e);
    bool good = program != NULL && cel_eval(program, run, &v, &e) == CEL_DONE && v.kind == CEL_BOOL && v.b;
    cel_program_clear(program);
    if (good)
        return;
    buf_init(&sentence, 4096);
    if (e.kind != NULL)
        err_sentence(&e, LANG_EN, &sentence);
    print_error("%s: %.*s\n", source, TEXT_ARG(buf_text(&sentence)));
    buf_clear(&sentence);
    fail_msg("not true: %s", source);
}

static inline int64_t number_in(const struct err *e, const char *name)
{
    for (size_t i = 0; i < e->count; i++) {
        if (strcmp(e->field[i].name, name) == 0)
            return e->field[i].n;
    }
    return -1;
}

static inline struct text words_in(const struct err *e, const char *name)
{
    for (size_t i = 0; i < e->count; i++)
        if (strcmp(e->field[i].name, name) == 0)
            return (struct text){e->field[i].s, e->field[i].size};
    return TEXT_NONE;
}

/* The expression does not compile, or does not evaluate: with this kind, at this column of line 1 (0: not
 * looked at), and with a reason in both languages. */
static inline void must_fail(const struct cel_env *env, struct cel_run *run, const char *source,
                             bool unchecked, const struct err_kind *kind, int64_t column)
{
    struct err e = {0};
    struct cel_value v;
    const struct cel_program *program = compile(env, source, unchecked, run->arena, &e);
    enum cel_outcome outcome = program == NULL ? CEL_FAILED : cel_eval(program, run, &v, &e);
    cel_program_clear(program);
    if (outcome != CEL_FAILED || e.kind != kind)
        fail_msg("%s: wanted %s, got %s", source, kind->code, e.kind == NULL ? "none" : e.kind->code);
    const bool names_something =
        kind == &CEL_UNKNOWN_NAME || kind == &CEL_UNKNOWN_FUNCTION || kind == &CEL_TYPE_MISMATCH;
    struct text en = words_in(&e, "detail"), zh = words_in(&e, "detail_zh");
    if (!names_something && (zh.size == 0 || text_equal(en, zh)))
        fail_msg("%s: no Chinese for \"%.*s\"", source, TEXT_ARG(en));
    if (column > 0 && number_in(&e, "column") != column)
        fail_msg("%s: wanted column %d, got %d", source, (int)column, (int)number_in(&e, "column"));
}

#endif
