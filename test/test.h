/* What every test file needs, and a few checks that say more than "not equal". */
#ifndef TEST_TEST_H
#define TEST_TEST_H
#include "base/err.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* The call worked; else the test fails with the error's sentence. */
#define assert_done(done, e) check_done((done), (e), __FILE__, __LINE__)
/* The call failed with this kind, which is cleared for the next one. */
#define assert_refused(done, e, kind) check_refused((done), (e), &(kind), __FILE__, __LINE__)
#define assert_text(t, z) check_text((t), (z), __FILE__, __LINE__)

static inline void check_done(bool done, const struct err *e, const char *file, int line)
{
    if (done)
        return;
    struct buf b;
    buf_init(&b, 4096);
    err_sentence(e, LANG_EN, &b);
    print_error("%s: %.*s\n", e->kind != NULL ? e->kind->code : "no error", TEXT_ARG(buf_text(&b)));
    buf_clear(&b);
    _fail(file, line);
}

static inline void check_refused(bool done, struct err *e, const struct err_kind *kind, const char *file,
                                 int line)
{
    if (done || e->kind != kind) {
        print_error("wanted %s, got %s\n", kind->code, e->kind != NULL ? e->kind->code : "no error");
        _fail(file, line);
    }
    err_clear(e);
}

static inline void check_text(struct text t, const char *z, const char *file, int line)
{
    if (text_equal(t, text_of(z)))
        return;
    print_error("wanted \"%s\", got \"%.*s\"\n", z, TEXT_ARG(t));
    _fail(file, line);
}

#endif
