/* All conformance cases through the batch, as other programs run it; and what the batch does with other
 * lines. */
#include "engine/cel_system/cel_system.h"
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CASES 796

static bool same(const json_t *a, const json_t *b);

static bool same_numbers(const json_t *a, const json_t *b)
{
    double x = strtod(json_string_value(a), NULL), y = strtod(json_string_value(b), NULL);
    return (isnan(x) && isnan(y)) || (!(x < y) && !(x > y) && signbit(x) == signbit(y));
}

static bool same_lists(const json_t *a, const json_t *b)
{
    bool good = json_array_size(a) == json_array_size(b);
    for (size_t i = 0; good && i < json_array_size(a); i++)
        good = same(json_array_get(a, i), json_array_get(b, i));
    return good;
}

/* The order of entries does not count. */
static bool same_maps(const json_t *a, const json_t *b)
{
    bool good = json_array_size(a) == json_array_size(b);
    for (size_t i = 0; good && i < json_array_size(a); i++) {
        bool found = false;
        for (size_t k = 0; !found && k < json_array_size(b); k++)
            found = same_lists(json_array_get(a, i), json_array_get(b, k));
        good = found;
    }
    return good;
}

static bool same(const json_t *a, const json_t *b)
{
    const json_t *type = json_object_get(a, "type"), *x = json_object_get(a, "v"),
                 *y = json_object_get(b, "v");
    if (type == NULL || !json_equal((json_t *)(uintptr_t)type, json_object_get(b, "type")))
        return false;
    const char *name = json_string_value(type);
    if (strcmp(name, "double") == 0)
        return same_numbers(x, y);
    if (strcmp(name, "list") == 0)
        return same_lists(x, y);
    if (strcmp(name, "map") == 0)
        return same_maps(x, y);
    return json_equal((json_t *)(uintptr_t)x, (json_t *)(uintptr_t)y);
}

static json_t *line_of(FILE *file)
{
    char *at = NULL;
    size_t room = 0;
    ssize_t size = getline(&at, &room, file);
    json_t *object = size < 0 ? NULL : json_loadb(at, (size_t)size, JSON_ALLOW_NUL, NULL);
    free(at);
    return object;
}

static bool answers(const json_t *wanted, const json_t *answer)
{
    if (json_is_true(json_object_get(wanted, "error")))
        return json_is_string(json_object_get(answer, "error"));
    const json_t *value = json_object_get(answer, "value");
    return value != NULL && same(json_object_get(wanted, "value"), value);
}

static void every_case_gets_its_answer(void **state)
{
    (void)state;
    FILE *in = fopen(TEST_DATA "/cel/conformance.jsonl", "r"), *out = tmpfile();
    assert_non_null(in);
    assert_non_null(out);
    struct err e = {0};
    assert_true(cel_system_batch(in, out, LANG_EN, &e));
    rewind(in);
    rewind(out);
    int failed = 0, lines = 0;
    for (json_t *wanted; (wanted = line_of(in)) != NULL; lines++) {
        json_t *answer = line_of(out);
        if (!answers(wanted, answer)) {
            char *got = answer == NULL ? NULL : json_dumps(answer, 0);
            print_error("%s: %s\n", json_string_value(json_object_get(wanted, "expr")),
                        got != NULL ? got : "no answer");
            free(got);
            failed++;
        }
        json_decref(wanted);
        json_decref(answer);
    }
    fclose(in);
    fclose(out);
    assert_int_equal(lines, CASES);
    assert_int_equal(failed, 0);
}

/* Runs the batch over `lines` and gives what it wrote. */
static char *batch_of(const char *lines, size_t size)
{
    FILE *in = fmemopen((void *)(uintptr_t)lines, size, "r");
    char *at = NULL;
    size_t room = 0;
    FILE *out = open_memstream(&at, &room);
    struct err e = {0};
    assert_non_null(in);
    assert_non_null(out);
    assert_true(cel_system_batch(in, out, LANG_EN, &e));
    fclose(in);
    fclose(out);
    return at;
}

static void other_lines_are_answered_and_passed(void **state)
{
    (void)state;
    static const char lines[] = "not json\n[1]\n{}\n\n{\"expr\": 1}\n{\"expr\": \"1\", \"bindings\": []}\n"
                                "{\"expr\": \"x\", \"bindings\": {\"x\": {\"type\": \"int\", \"v\": 1}}}\n"
                                "{\"expr\": \"[optional.none()]\"}\n"
                                "{\"expr\": \"has(1)\", \"no_macros\": true}\n{\"expr\": \"1\"}";
    char *got = batch_of(lines, sizeof lines - 1), *at = got;
    for (int i = 0; i < 9; i++) {
        assert_memory_equal(at, "{\"error\":\"", 10);
        at = strchr(at, '\n');
        assert_non_null(at);
        at++;
    }
    assert_string_equal(at, "{\"value\":{\"type\":\"int\",\"v\":\"1\"}}\n");
    free(got);
}

/* Each list holds the one before ten times: twenty of them would have 10^20 members when written out. */
static void a_result_that_is_too_large_or_too_deep_is_refused(void **state)
{
    (void)state;
    struct buf line;
    buf_init(&line, 1u << 16);
    buf_add_z(&line, "{\"expr\":\"");
    for (int i = 0; i < 20; i++)
        buf_add_format(&line, "cel.bind(x, [%s], ", i == 0 ? "1" : "x,x,x,x,x,x,x,x,x,x");
    buf_add_z(&line, "x");
    for (int i = 0; i < 20; i++)
        buf_add_z(&line, ")");
    buf_add_z(&line, "\"}\n{\"expr\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\"}\n");
    char *got = batch_of(line.at, line.size);
    assert_memory_equal(got, "{\"error\":\"", 10);
    assert_non_null(strstr(got, "it is too large"));
    assert_memory_equal(strchr(got, '\n') + 1, "{\"value\":{", 10);
    buf_clear(&line);
    free(got);
}

static void a_line_that_is_too_long_is_refused_alone(void **state)
{
    (void)state;
    size_t size = CEL_SYSTEM_LINE_MAX + 100;
    char *lines = malloc(size + 16);
    assert_non_null(lines);
    memset(lines, ' ', size);
    memcpy(lines + size, "\n{\"expr\":\"2\"}\n", 15);
    char *got = batch_of(lines, size + 14);
    assert_memory_equal(got, "{\"error\":\"", 10);
    assert_string_equal(strchr(got, '\n') + 1, "{\"value\":{\"type\":\"int\",\"v\":\"2\"}}\n");
    free(lines);
    free(got);
}

static void check_answer(const char *expression, const char *bindings, const char *wanted, bool good)
{
    struct buf answer;
    struct err e = {0};
    buf_init(&answer, 1u << 20);
    struct text given = bindings == NULL ? TEXT_NONE : text_of(bindings);
    assert_int_equal(cel_system_answer(text_of(expression), given, LANG_EN, &answer, &e), good);
    buf_add_char(&answer, '\0');
    if (good)
        assert_string_equal(answer.at, wanted);
    else
        assert_non_null(strstr(answer.at, wanted));
    buf_clear(&answer);
}

static void one_expression_is_answered_with_its_bindings(void **state)
{
    (void)state;
    check_answer("a.b + size(l) + int(m['k'])",
                 "{\"a.b\": {\"type\": \"int\", \"v\": \"40\"}, \"l\": {\"type\": \"list\", \"v\": []}, "
                 "\"m\": {\"type\": \"map\", \"v\": [[{\"type\": \"string\", \"v\": \"k\"}, {\"type\": "
                 "\"double\", \"v\": \"2.5\"}]]}}",
                 "{\"value\":{\"type\":\"int\",\"v\":\"42\"}}", true);
    check_answer("[b'\\xff', 1u, -0.0, null, duration('-1.5s'), int]", NULL,
                 "{\"value\":{\"type\":\"list\",\"v\":[{\"type\":\"bytes\",\"v\":\"ff\"},{\"type\":\"uint\","
                 "\"v\":\"1\"},"
                 "{\"type\":\"double\",\"v\":\"-0\"},{\"type\":\"null\",\"v\":null},"
                 "{\"type\":\"duration\",\"v\":[-1,-500000000]},{\"type\":\"type\",\"v\":\"int\"}]}}",
                 true);
    check_answer("1 / 0", NULL, "division by zero", false);
    check_answer("x", NULL, "\\\"x\\\"", false);
    check_answer("1", "[]", "error", false);
    check_answer("1",
                 "{\"x\": {\"type\": \"map\", \"v\": [[{\"type\": \"null\", \"v\": null}, {\"type\": "
                 "\"null\", \"v\": null}]]}}",
                 "key", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_gets_its_answer),
        cmocka_unit_test(other_lines_are_answered_and_passed),
        cmocka_unit_test(a_line_that_is_too_long_is_refused_alone),
        cmocka_unit_test(a_result_that_is_too_large_or_too_deep_is_refused),
        cmocka_unit_test(one_expression_is_answered_with_its_bindings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
