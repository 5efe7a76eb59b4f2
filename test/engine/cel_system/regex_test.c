/* Patterns of RE2: what matches, what is refused, and that none takes for ever. */
#include "engine/cel_system/cel_system.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* 1, 0, or -1 when the pattern is refused or takes too long. */
static int match(const char *pattern, struct text subject)
{
    struct arena a;
    struct err e = {0};
    struct cel_value v, variables[2];
    arena_init(&a, 16u << 20);
    struct cel_env *env = cel_env_new(&a);
    assert_non_null(env);
    cel_system_register(env);
    assert_true(cel_env_variable(env, "s", (struct cel_type){.kind = CEL_STRING}, &e));
    assert_true(cel_env_variable(env, "p", (struct cel_type){.kind = CEL_STRING}, &e));
    variables[0] = (struct cel_value){.kind = CEL_STRING, .s = subject};
    variables[1] = (struct cel_value){.kind = CEL_STRING, .s = text_of(pattern)};
    struct cel_run run = {.arena = &a, .variables = variables};
    const struct cel_program *program = NULL;
    assert_true(cel_compile(env, TEXT("s.matches(p)"), NULL, &a, &program, &e));
    int found = cel_eval(program, &run, &v, &e) == CEL_DONE ? v.b : -1;
    cel_program_clear(program);
    arena_clear(&a);
    return found;
}

static void patterns_match_as_re2_has_them(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *subject;
        int found;
    } lines[] = {
        {"", "", 1},
        {"a", "cat", 1},
        {"^a", "cat", 0},
        {"^c.t$", "cat", 1},
        {"t$", "cat\n", 0},
        {"a|b", "xb", 1},
        {"(ab)+", "abab", 1},
        {"a{2}", "aa", 1},
        {"^a{2,3}$", "aaaa", 0},
        {"a{,2}", "a{,2}", 1},
        {"a{", "a{", 1},
        {"\\d+", "x1", 1},
        {"\\D", "1", 0},
        {"\\w", "_", 1},
        {"\\w", "é", 0},
        {"\\s", "\v", 0},
        {"\\s", "\f", 1},
        {"\\v", "\v", 1},
        {"\\v", "\n", 0},
        {"[\\s]", "\v", 0},
        {"[^\\S]", "\t", 1},
        {"[\\S]", "\v", 1},
        {"\\bcat\\b", "a cat", 1},
        {"(?i)CAT", "cat", 1},
        {"(?i:C)AT", "cAT", 1},
        {"(?i:C)AT", "cat", 0},
        {"(?s)a.b", "a\nb", 1},
        {"a.b", "a\nb", 0},
        {"(?m)^b$", "a\nb\nc", 1},
        {"^b$", "a\nb", 0},
        {"\\Aa\\z", "a", 1},
        {"\\Qa.b\\E+", "a.bb", 1},
        {"\\Qa.b", "a.b", 1},
        {"\\x41\\x{4eba}", "A人", 1},
        {"\\101", "A", 1},
        {"\\pL", "人", 1},
        {"\\p{Han}+$", "人民", 1},
        {"\\P{Han}", "人", 0},
        {"\\p{^Han}", "a", 1},
        {"[\\p{Greek}]", "α", 1},
        {"[[:alpha:]]", "a", 1},
        {"[[:^alpha:]]", "a", 0},
        {"[]a]", "]", 1},
        {"[^]a]", "]", 0},
        {"[a-c-]", "-", 1},
        {"[a\\-c]", "b", 0},
        {"[[a]", "[", 1},
        {"(?P<n>a)(?<m>b)", "ab", 1},
        {"(?:a)b", "ab", 1},
        {"a*?b", "aab", 1},
        {"(?U)a+", "aa", 1},
        {"\\.", "a", 0},
        {"\\-\\/", "-/", 1},
        {"[.]", "a", 0},
        {"(a|)", "", 1},
        {"^[1-9]\\d{16}[0-9Xx]$", "41162219590525123X", 1},
        {"(^a)*b", "ab", 1},
        {"人{2}", "人人", 1},
        {"{", "{", 1},
        {"(?i)é", "É", 1},
        {"\\0", "a", 0},
        {"x*", "", 1},
        {"}", "}", 1},
        {"\\t", "\t", 1},
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        int found = match(lines[i].pattern, text_of(lines[i].subject));
        if (found != lines[i].found)
            fail_msg("'%s' on '%s': %d", lines[i].pattern, lines[i].subject, found);
    }
}

static void what_re2_refuses_is_refused(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        "(",       ")",           "a)",        "[a",           "[",       "*",     "+a",
        "a**",     "a*+",         "a{2}{3}",   "a{2,1}",       "a{1001}", "(*)",   "|*",
        "(?=a)",   "(?!a)",       "(?<=a)",    "(?<!a)",       "(?>a)",   "(?#a)", "\\1",
        "(a)\\1",  "\\8",         "\\k<n>",    "(?P=n)",       "(?P>n)",  "(?R)",  "(?1)",
        "(?P<n>a", "(?P<>a)",     "\\Z",       "\\G",          "\\K",     "\\R",   "\\X",
        "\\h",     "\\N",         "\\C",       "\\e",          "\\cA",    "\\",    "\\x4",
        "\\x{}",   "\\x{110000}", "\\x{D800}", "\\p{Nothing}", "\\p{",    "\\pQ",  "[[:nothing:]]",
        "[b-a]",   "[a-\\d]",     "[\\b]",     "(?i",          "(?-)",    "(?x)a", "(?j:a)",
        "a??*",    "(*UTF8)a",    "(*ACCEPT)", "\\_",
    };
    for (size_t i = 0; i < COUNT_OF(patterns); i++) {
        if (match(patterns[i], TEXT("aaaa")) != -1)
            fail_msg("'%s' was taken", patterns[i]);
    }
}

static void no_pattern_takes_for_ever(void **state)
{
    (void)state;
    char *subject = malloc(60001);
    assert_non_null(subject);
    memset(subject, 'a', 60000);
    subject[60000] = 'b';
    assert_int_equal(match("^(a|a)*$", (struct text){subject, 60001}), -1);
    assert_int_equal(match("^(a*)*[cd]", (struct text){subject, 5000}), -1);
    assert_int_equal(match("a*b$", (struct text){subject, 60001}), 1);
    assert_int_equal(match("((((a{100}){100}){100}){100})", TEXT("a")), -1);
    char *deep = malloc(100001);
    assert_non_null(deep);
    memset(deep, '(', 100000);
    deep[100000] = '\0';
    assert_int_equal(match(deep, TEXT("a")), -1);
    free(deep);
    free(subject);
}

static void subjects_may_hold_anything(void **state)
{
    (void)state;
    assert_int_equal(match("^a.b$", (struct text){"a\0b", 3}), 1);
    assert_int_equal(match("\\x00", (struct text){"a\0b", 3}), 1);
    assert_int_equal(match("a", (struct text){"\xff", 1}), -1); /* not UTF-8: a host's mistake, no crash */
}

static void a_literal_pattern_is_compiled_once_and_checked_early(void **state)
{
    (void)state;
    struct arena a;
    struct err e = {0};
    arena_init(&a, 16u << 20);
    struct cel_env *env = cel_env_new(&a);
    assert_non_null(env);
    cel_system_register(env);
    const struct cel_program *program = NULL;
    assert_false(cel_compile(env, TEXT("'a'.matches('(') || true"), NULL, &a, &program, &e));
    assert_string_equal(e.kind->code, "CEL_PATTERN");
    err_clear(&e);
    const struct cel_options unchecked = {.unchecked = true};
    struct cel_run run = {.arena = &a};
    struct cel_value v;
    assert_true(cel_compile(env, TEXT("'a'.matches('(') || true"), &unchecked, &a, &program, &e));
    assert_int_equal(cel_eval(program, &run, &v, &e), CEL_DONE);
    cel_program_clear(program);
    assert_true(cel_compile(env,
                            TEXT("['a1', 'b2'].all(x, x.matches('^[a-z]\\\\d$') && matches(x, '\\\\d'))"),
                            NULL, &a, &program, &e));
    assert_int_equal(cel_eval(program, &run, &v, &e), CEL_DONE);
    assert_true(v.b);
    cel_program_clear(program);
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match_as_re2_has_them),
        cmocka_unit_test(what_re2_refuses_is_refused),
        cmocka_unit_test(no_pattern_takes_for_ever),
        cmocka_unit_test(subjects_may_hold_anything),
        cmocka_unit_test(a_literal_pattern_is_compiled_once_and_checked_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
