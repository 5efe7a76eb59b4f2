/* Problems come in any order and are read in the order of the sheets, also when they no longer fit in memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/import/problem.h"
#include <stdio.h>

static void add(struct problems *ps, enum problem_level level, uint32_t sheet, uint32_t row, uint32_t column,
                const char *code, const char *value)
{
    const struct problem p = {level,         sheet,          row,           column, TEXT("field"),
                              text_of(code), text_of(value), TEXT("为什么")};
    problem_add(ps, &p);
}

static void they_are_read_by_sheet_row_and_column(void **state)
{
    struct problems *ps;
    struct problem p;
    struct err e = {0};
    (void)state;
    assert_true(problems_open(&ps, &e));
    add(ps, PROBLEM_NOTE, 1, 1, 0, "D", "4");
    add(ps, PROBLEM_ERROR, 0, 7, PROBLEM_NO_COLUMN, "C", "3");
    add(ps, PROBLEM_ERROR, 0, 7, 2, "B", "2");
    add(ps, PROBLEM_ERROR, 0, 3, 9, "A", "1");
    assert_true(problems_sort(ps, &e));
    assert_int_equal(problem_count(ps), 4);
    assert_int_equal(problem_error_count(ps), 3);
    const char *const values[] = {"1", "2", "3", "4"};
    for (size_t i = 0; i < 4; i++) {
        assert_true(problem_get(ps, i, &p, &e));
        assert_true(text_equal(p.value, text_of(values[i])));
        assert_true(text_equal(p.message, TEXT("为什么")));
    }
    assert_int_equal(problem_refused(ps, 0, 7), 1);
    assert_int_equal(problem_refused(ps, 0, 4), SIZE_MAX);
    assert_int_equal(problem_refused(ps, 1, 1), SIZE_MAX); /* a note refuses nothing */
    problems_close(ps);
}

static void what_is_said_twice_of_a_cell_is_said_once(void **state)
{
    struct problems *ps;
    struct err e = {0};
    (void)state;
    assert_true(problems_open(&ps, &e));
    add(ps, PROBLEM_ERROR, 0, 7, 2, "A", "1");
    add(ps, PROBLEM_ERROR, 0, 7, 2, "A", "1");
    add(ps, PROBLEM_ERROR, 0, 7, 2, "B", "1");
    add(ps, PROBLEM_ERROR, 0, 7, 3, "A", "1");
    assert_true(problems_sort(ps, &e));
    assert_int_equal(problem_count(ps), 3);
    problems_close(ps);
}

static void many_of_them_leave_memory(void **state)
{
    enum { COUNT = 60000 };
    struct problems *ps;
    struct problem p;
    struct err e = {0};
    char value[200];
    (void)state;
    assert_true(problems_open(&ps, &e));
    for (uint32_t i = 0; i < COUNT; i++) {
        (void)snprintf(value, sizeof value, "%0150u", COUNT - i);
        add(ps, PROBLEM_ERROR, 0, COUNT - i, 1, "A", value);
    }
    assert_true(problems_sort(ps, &e));
    for (uint32_t i = 0; i < COUNT; i += 977) {
        assert_true(problem_get(ps, i, &p, &e));
        (void)snprintf(value, sizeof value, "%0150u", i + 1);
        assert_int_equal(p.row, i + 1);
        assert_true(text_equal(p.value, text_of(value)));
    }
    problems_close(ps);
}

static void a_value_that_is_not_known_stays_so(void **state)
{
    struct problems *ps;
    struct problem p;
    struct err e = {0};
    (void)state;
    assert_true(problems_open(&ps, &e));
    add(ps, PROBLEM_ERROR, 0, 1, 1, "A", NULL);
    assert_true(problems_sort(ps, &e) && problem_get(ps, 0, &p, &e));
    assert_null(p.value.at);
    assert_non_null(p.field.at);
    problems_close(ps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_read_by_sheet_row_and_column),
        cmocka_unit_test(what_is_said_twice_of_a_cell_is_said_once),
        cmocka_unit_test(many_of_them_leave_memory),
        cmocka_unit_test(a_value_that_is_not_known_stays_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
