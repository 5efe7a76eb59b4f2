/* What is refused, with its kind and its place; and the limits. */
#include "case.h"

static struct arena arena;
static struct cel_env *env;
static struct cel_run run;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 256u << 20);
    env = cel_env_new(&arena);
    run = (struct cel_run){.arena = &arena};
    return env == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

struct refusal {
    const char *source;
    const struct err_kind *kind;
    int64_t column;
};

static void all_refused(const struct refusal *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        must_fail(env, &run, lines[i].source, false, lines[i].kind, lines[i].column);
}

static void syntax_errors_say_where(void **state)
{
    (void)state;
    const struct refusal lines[] = {
        {"", &CEL_SYNTAX, 1},
        {"1 +", &CEL_SYNTAX, 4},
        {"人 +", &CEL_SYNTAX, 1},
        {"'人' + + 1", &CEL_SYNTAX, 7},
        {"(1", &CEL_SYNTAX, 3},
        {"[1, 2", &CEL_SYNTAX, 6},
        {"{1: 2", &CEL_SYNTAX, 6},
        {"{1}", &CEL_SYNTAX, 3},
        {"f(1,)", &CEL_SYNTAX, 5},
        {"1 2", &CEL_SYNTAX, 3},
        {"a.", &CEL_SYNTAX, 3},
        {"a.true", &CEL_SYNTAX, 3},
        {"if", &CEL_SYNTAX, 1},
        {"for + 1", &CEL_SYNTAX, 1},
        {"'abc", &CEL_SYNTAX, 1},
        {"'a\nb'", &CEL_SYNTAX, 1},
        {"'\\s'", &CEL_SYNTAX, 2},
        {"'\\u12'", &CEL_SYNTAX, 2},
        {"'\\uD83D'", &CEL_SYNTAX, 2},
        {"'\\UD83DDE03'", &CEL_SYNTAX, 2},
        {"'\\U00110000'", &CEL_SYNTAX, 2},
        {"'\\400'", &CEL_SYNTAX, 2},
        {"b'\\u00ff'", &CEL_SYNTAX, 3},
        {"9223372036854775808", &CEL_SYNTAX, 1},
        {"18446744073709551616u", &CEL_SYNTAX, 1},
        {"1e999", &CEL_SYNTAX, 1},
        {"1 = 2", &CEL_SYNTAX, 3},
        {"a & b", &CEL_SYNTAX, 3},
        {"#", &CEL_SYNTAX, 1},
        {"m.`a", &CEL_SYNTAX, 3},
        {"`a`", &CEL_SYNTAX, 1},
        {"true ? 1", &CEL_SYNTAX, 9},
        {"true ? false ? 1 : 2 : 3", &CEL_SYNTAX, 14},
        {"has(1)", &CEL_SYNTAX, 5},
        {"has({}.?a)", &CEL_SYNTAX, 9},
        {"[1].all(1, true)", &CEL_SYNTAX, 9},
        {"[1].map(a.b, 1)", &CEL_SYNTAX, 11},
        {"[1].exists(x, x, true)", &CEL_SYNTAX, 15},
        {"cel.bind(1, 2, 3)", &CEL_SYNTAX, 10},
        {"'a\xff'", &CEL_SYNTAX, 1},
        {"rb'a'", &CEL_SYNTAX, 3},
    };
    all_refused(lines, COUNT_OF(lines));
}

static void the_checker_refuses_what_cannot_be(void **state)
{
    (void)state;
    const struct refusal lines[] = {
        {"x", &CEL_UNKNOWN_NAME, 1},
        {"1 + x.y", &CEL_UNKNOWN_NAME, 5},
        {"f(1)", &CEL_UNKNOWN_FUNCTION, 1},
        {"'a'.f()", &CEL_UNKNOWN_FUNCTION, 5},
        {"1 + 1u", &CEL_TYPE_MISMATCH, 3},
        {"1 + 'a'", &CEL_TYPE_MISMATCH, 3},
        {"1 == 'a'", &CEL_TYPE_MISMATCH, 3},
        {"1 < 1.0", &CEL_TYPE_MISMATCH, 3},
        {"[] < []", &CEL_TYPE_MISMATCH, 4},
        {"!1", &CEL_TYPE_MISMATCH, 1},
        {"-1u", &CEL_TYPE_MISMATCH, 1},
        {"1.0 % 2.0", &CEL_TYPE_MISMATCH, 5},
        {"1 && true", &CEL_TYPE_MISMATCH, 1},
        {"true ? 1 : 'a'", &CEL_TYPE_MISMATCH, 6},
        {"1 ? 2 : 3", &CEL_TYPE_MISMATCH, 1},
        {"1 in ['a']", &CEL_TYPE_MISMATCH, 3},
        {"[1]['a']", &CEL_TYPE_MISMATCH, 4},
        {"{'a': 1}[1]", &CEL_TYPE_MISMATCH, 9},
        {"1.a", &CEL_TYPE_MISMATCH, 3},
        {"size(1)", &CEL_TYPE_MISMATCH, 1},
        {"'a'.size(1)", &CEL_TYPE_MISMATCH, 5},
        {"[1].all(x, x)", &CEL_TYPE_MISMATCH, 12},
        {"1.all(x, true)", &CEL_TYPE_MISMATCH, 1},
        {"['a'].exists(x, x > 1)", &CEL_TYPE_MISMATCH, 19},
        {"[1].map(x, x + 'a')", &CEL_TYPE_MISMATCH, 14},
        {"[?1]", &CEL_TYPE_MISMATCH, 3},
        {"optional.of(1).optFlatMap(x, x)", &CEL_TYPE_MISMATCH, 0},
        {"a.b.Message{x: 1}", &CEL_UNKNOWN_NAME, 0},
        {"dyn", &CEL_UNKNOWN_NAME, 1},
        {"math.greatest()", &CEL_TYPE_MISMATCH, 0},
        {"[1].exists(x, true) && x > 0", &CEL_UNKNOWN_NAME, 24},
    };
    all_refused(lines, COUNT_OF(lines));
}

static void evaluation_refuses_with_its_place(void **state)
{
    (void)state;
    const struct refusal lines[] = {
        {"1 / 0", &CEL_EVALUATION, 3},
        {"1 + 2 % 0", &CEL_EVALUATION, 7},
        {"9223372036854775807 + 1", &CEL_EVALUATION, 21},
        {"-9223372036854775808 - 1", &CEL_EVALUATION, 22},
        {"9223372036854775807 * 2", &CEL_EVALUATION, 21},
        {"0u - 1u", &CEL_EVALUATION, 4},
        {"-(-9223372036854775808)", &CEL_EVALUATION, 1},
        {"-9223372036854775808 / -1", &CEL_EVALUATION, 22},
        {"-9223372036854775808 % -1", &CEL_EVALUATION, 22},
        {"[1][1]", &CEL_EVALUATION, 4},
        {"[1][-1]", &CEL_EVALUATION, 4},
        {"[1][dyn(0.5)]", &CEL_EVALUATION, 4},
        {"{'a': 1}['b']", &CEL_EVALUATION, 9},
        {"{'a': 1}.b", &CEL_EVALUATION, 10},
        {"{1: 1, 1u: 2}", &CEL_EVALUATION, 1},
        {"{1.5: 1}", &CEL_EVALUATION, 1},
        {"{0:0,1:1,2:2,3:3,4:4,5:5,6:6,7:7,8:8,9:9,5u:0}", &CEL_EVALUATION, 1},
        {"dyn(1) + 'a'", &CEL_EVALUATION, 8},
        {"dyn('a') < 1", &CEL_EVALUATION, 10},
        {"dyn(1) && true", &CEL_EVALUATION, 1},
        {"int('1x')", &CEL_EVALUATION, 1},
        {"int('')", &CEL_EVALUATION, 1},
        {"uint(-1)", &CEL_EVALUATION, 1},
        {"uint('-1')", &CEL_EVALUATION, 1},
        {"int(9223372036854775808.0)", &CEL_EVALUATION, 1},
        {"int(-9223372036854775808.0)", &CEL_EVALUATION, 1},
        {"uint(18446744073709551616.0)", &CEL_EVALUATION, 1},
        {"double(' 1')", &CEL_EVALUATION, 1},
        {"bool('yes')", &CEL_EVALUATION, 1},
        {"string(b'\\xff')", &CEL_EVALUATION, 1},
        {"timestamp('2023-02-29T00:00:00Z')", &CEL_EVALUATION, 1},
        {"timestamp('2023-01-01')", &CEL_EVALUATION, 1},
        {"timestamp('2023-01-01T24:00:00Z')", &CEL_EVALUATION, 1},
        {"timestamp(253402300800)", &CEL_EVALUATION, 1},
        {"duration('1d')", &CEL_EVALUATION, 1},
        {"duration('')", &CEL_EVALUATION, 1},
        {"duration('1')", &CEL_EVALUATION, 1},
        {"duration('9223372037s')", &CEL_EVALUATION, 1},
        {"timestamp(0).getHours('Nowhere/Here')", &CEL_EVALUATION, 14},
        {"'abc'.charAt(4)", &CEL_EVALUATION, 7},
        {"'abc'.substring(2, 1)", &CEL_EVALUATION, 7},
        {"'abc'.indexOf('a', -1)", &CEL_EVALUATION, 7},
        {"'abc'.lastIndexOf('a', 4)", &CEL_EVALUATION, 7},
        {"dyn(['a', 1]).join()", &CEL_EVALUATION, 15},
        {"'%d'.format(['a'])", &CEL_EVALUATION, 6},
        {"'%d'.format([])", &CEL_EVALUATION, 6},
        {"'%'.format([1])", &CEL_EVALUATION, 5},
        {"'%q'.format([1])", &CEL_EVALUATION, 6},
        {"'%.101f'.format([1.0])", &CEL_EVALUATION, 10},
        {"base64.decode('a')", &CEL_EVALUATION, 8},
        {"base64.decode('a*==')", &CEL_EVALUATION, 8},
        {"optional.none().value()", &CEL_EVALUATION, 17},
        {"math.abs(-9223372036854775808)", &CEL_EVALUATION, 6},
        {"math.bitShiftLeft(1, -1)", &CEL_EVALUATION, 6},
        {"math.greatest(dyn([]))", &CEL_EVALUATION, 6},
        {"[1, 2, 0].exists_one(x, 1 / x == 1)", &CEL_EVALUATION, 27},
        {"[1, 0].map(x, 1 / x)", &CEL_EVALUATION, 17},
        {"['a', 'b'].transformMapEntry(i, v, {1: v})", &CEL_EVALUATION, 12},
        {"cel.bind(x, 1 / 0, x + 1)", &CEL_EVALUATION, 15},
        {"'a'.matches('a')", &CEL_EVALUATION, 5}, /* nothing is registered here */
    };
    all_refused(lines, COUNT_OF(lines));
}

/* Unchecked, names are as unknown, but only when they are reached. */
static void an_unchecked_expression_fails_only_where_it_is_evaluated(void **state)
{
    (void)state;
    must_fail(env, &run, "x + 1", true, &CEL_EVALUATION, 1);
    must_fail(env, &run, "f(1) && true", true, &CEL_EVALUATION, 1);
    must_fail(env, &run, "M{a: 1}", true, &CEL_EVALUATION, 1);
    must_fail(env, &run, "1 + 'a'", true, &CEL_EVALUATION, 3);
    struct err e = {0};
    struct cel_value v;
    const struct cel_program *program = compile(env, "f(x) || true", true, &arena, &e);
    assert_non_null(program);
    assert_int_equal(cel_eval(program, &run, &v, &e), CEL_DONE);
    assert_true(v.b);
    assert_null(e.kind);
}

/* `count` times `part` between `before` and `after`. */
static const char *repeated(const char *before, const char *part, size_t count, const char *after)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    buf_add_z(&b, before);
    for (size_t i = 0; i < count; i++)
        buf_add_z(&b, part);
    buf_add_z(&b, after);
    struct text kept = text_copy(&arena, buf_text(&b));
    buf_clear(&b);
    return kept.at;
}

static void sources_have_their_limits(void **state)
{
    (void)state;
    must_fail(env, &run, repeated("", "(", 5000, "1"), false, &CEL_TOO_LARGE, 65);
    must_fail(env, &run, repeated("", "[", 5000, ""), false, &CEL_TOO_LARGE, 65);
    must_fail(env, &run, repeated("1", " + 1", 300, ""), false, &CEL_TOO_LARGE, 0);
    must_fail(env, &run, repeated("[1", ", 1", 8200, "]"), false, &CEL_TOO_LARGE, 0);
    must_fail(env, &run, repeated("1", " ", 65536, ""), false, &CEL_TOO_LARGE, 1);
    must_fail(env, &run, repeated("{}", ".a", 300, ""), false, &CEL_TOO_LARGE, 0);
    must_be_true(env, &run, repeated("", "(", 60, repeated("true", ")", 60, "")));
    must_be_true(env, &run, repeated("true", " && true", 2000, ""));
    must_be_true(env, &run, repeated("0", " + 0", 200, " == 0"));
    must_be_true(env, &run, repeated("", "--", 2000, "1 == 1"));
}

static void evaluations_have_their_limits(void **state)
{
    (void)state;
    const char *ten = "[0,1,2,3,4,5,6,7,8,9]";
    char *power = arena_take(&arena, 4096);
    assert_non_null(power);
    strcpy(power, "true");
    for (int i = 0; i < 9; i++) {
        char *next = arena_take(&arena, 4096);
        assert_non_null(next);
        snprintf(next, 4096, "%s.all(x%d, %s)", ten, i, power);
        power = next;
    }
    must_fail(env, &run, power, false, &CEL_LIMIT, 0);
    run.step_max = 100;
    must_fail(env, &run, "[1,2,3,4,5,6,7,8,9].map(x, [1,2,3,4,5,6,7,8,9].map(y, x * y))", false, &CEL_LIMIT,
              0);
    must_fail(env, &run, "[1,2,3,4,5,6,7,8,9].exists(x, [1,2,3,4,5,6,7,8,9].all(y, x < y)) || true", false,
              &CEL_LIMIT, 0);
    run.step_max = 0;
    must_fail(env, &run, repeated("['foo', 'bar']", ".map(x, x + x)", 30, ""), false, &CEL_LIMIT, 0);
    must_fail(env, &run,
              repeated("cel.bind(x, 'abcdefgh', ", "", 0,
                       repeated("", "cel.bind(x, x + x, ", 30, repeated("x", ")", 31, ""))),
              false, &CEL_LIMIT, 0);
    /* shared members: small in memory, endless to compare */
    must_fail(env, &run,
              repeated("cel.bind(x, [1], ", "", 0,
                       repeated("", "cel.bind(x, [x, x], ", 40, repeated("x == x", ")", 41, ""))),
              false, &CEL_LIMIT, 0);
    must_fail(env, &run,
              repeated("cel.bind(x, [1], ", "", 0,
                       repeated("", "cel.bind(x, [x, x], ", 40, repeated("'%s'.format([x])", ")", 41, ""))),
              false, &CEL_LIMIT, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(syntax_errors_say_where),
        cmocka_unit_test(the_checker_refuses_what_cannot_be),
        cmocka_unit_test(evaluation_refuses_with_its_place),
        cmocka_unit_test(an_unchecked_expression_fails_only_where_it_is_evaluated),
        cmocka_unit_test(sources_have_their_limits),
        cmocka_unit_test(evaluations_have_their_limits),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
