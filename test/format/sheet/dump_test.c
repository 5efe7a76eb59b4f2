/* Every workbook of test/data/sheet, once by the short cut and once by expat alone: shown as the file beside
 * it says (NAME.json, byte by byte), or refused with the code that stands there (NAME.err) and a sentence in
 * both languages.
 */
#include "base/system.h"
#include "format/sheet/book.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct text expected_of(struct arena *a, const char *name, const char *ending)
{
    struct err e = {0};
    struct text content = TEXT_NONE;
    struct text path = text_format(a, "%s/sheet/%s%s", TEST_DATA, name, ending);
    assert_non_null(path.at);
    if (!file_exists(path.at))
        return TEXT_NONE;
    assert_true(file_read(path.at, (size_t)8 << 20, a, &content, &e));
    return content;
}

static bool dump(struct arena *a, const char *name, bool plain, struct buf *out, struct err *e)
{
    struct text path = text_format(a, "%s/sheet/%s", TEST_DATA, name);
    struct sheet_options how = sheet_for_dump;
    struct json j;
    how.plain = plain;
    buf_init(out, (size_t)256 << 20);
    json_open(&j, json_to_buf, out);
    bool good = book_dump(path.at, &how, &j, e);
    bool ended = json_end(&j);
    assert_true(!good || ended);
    return good;
}

static void fail_in(const char *name, bool plain, const char *what)
{
    print_error("%s (%s): %s\n", name, plain ? "expat alone" : "short cut", what);
    fail();
}

static void check_shown(const char *name, bool plain, bool good, const struct buf *got, struct text expected,
                        const struct err *e)
{
    if (!good)
        fail_in(name, plain, e->kind->code);
    if (text_equal(buf_text(got), expected))
        return;
    size_t at = 0;
    while (at < got->size && at < expected.size && got->at[at] == expected.at[at])
        at++;
    struct text rest = text_slice(buf_text(got), at > 20 ? at - 20 : 0, 80);
    print_error("at byte %zu: %.*s\n", at, TEXT_ARG(rest));
    fail_in(name, plain, "is shown otherwise than expected");
}

static void check_sentence(const char *name, bool plain, const struct err *e, enum lang lang)
{
    struct buf sentence;
    buf_init(&sentence, 4096);
    err_sentence(e, lang, &sentence);
    struct text t = buf_text(&sentence);
    if (text_find(t, text_of(name), 0) == SIZE_MAX)
        fail_in(name, plain, "the sentence does not name the file");
    /* A value that nobody gave is printed as "?"; no sentence asks. */
    if (text_find(t, TEXT("?"), 0) != SIZE_MAX)
        fail_in(name, plain, "the sentence misses a value");
    buf_clear(&sentence);
}

static void check_refused(const char *name, bool plain, bool good, struct text code, const struct err *e)
{
    if (good)
        fail_in(name, plain, "was read, though it must be refused");
    if (!text_equal(text_of(e->kind->code), code))
        fail_in(name, plain, e->kind->code);
    assert_int_equal(e->kind->exit_code, 3);
    check_sentence(name, plain, e, LANG_ZH);
    check_sentence(name, plain, e, LANG_EN);
}

/* The number of expectations that the file had: one, or none for files that are no cases. */
static size_t try_file(struct text name, bool plain)
{
    struct arena a;
    arena_init(&a, (size_t)32 << 20);
    struct text copy = text_copy(&a, name);
    assert_non_null(copy.at);
    struct text shown = expected_of(&a, copy.at, ".json"), code = expected_of(&a, copy.at, ".err");
    size_t cases = (shown.at != NULL ? 1u : 0u) + (code.at != NULL ? 1u : 0u);
    assert_true(cases <= 1);
    if (cases == 1) {
        struct buf out;
        struct err e = {0};
        bool good = dump(&a, copy.at, plain, &out, &e);
        if (shown.at != NULL)
            check_shown(copy.at, plain, good, &out, shown, &e);
        else
            check_refused(copy.at, plain, good, code, &e);
        buf_clear(&out);
    }
    arena_clear(&a);
    return cases;
}

static void try_all(bool plain)
{
    struct arena a;
    struct err e = {0};
    struct text *names = NULL;
    size_t count = 0, cases = 0;
    arena_init(&a, (size_t)1 << 20);
    assert_true(file_list(TEST_DATA "/sheet", &a, &names, &count, &e));
    for (size_t i = 0; i < count; i++)
        cases += try_file(names[i], plain);
    assert_true(cases > 80);
    arena_clear(&a);
}

static void every_workbook_is_shown_or_refused_as_expected(void **state)
{
    (void)state;
    try_all(false);
}

static void expat_alone_gives_the_same_answers(void **state)
{
    (void)state;
    try_all(true);
}

static void what_is_not_there_is_said_to_be_absent(void **state)
{
    (void)state;
    struct err e = {0};
    struct json j;
    struct buf out;
    buf_init(&out, 1000);
    json_open(&j, json_to_buf, &out);
    assert_false(sheet_dump(TEST_DATA "/sheet/nowhere.xlsx", &j, &e));
    assert_ptr_equal(e.kind, &SHEET_ABSENT);
    err_clear(&e);
    assert_false(sheet_dump(TEST_DATA "/sheet", &j, &e));
    assert_ptr_equal(e.kind, &SHEET_NOT_WORKBOOK);
    assert_int_equal(out.size, 0);
    (void)json_end(&j);
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_workbook_is_shown_or_refused_as_expected),
        cmocka_unit_test(expat_alone_gives_the_same_answers),
        cmocka_unit_test(what_is_not_there_is_said_to_be_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
