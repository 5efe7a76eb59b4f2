/* The language, by examples of its specification (langdef.md) and of the extensions' pages: each line must be
 * true. */
#include "case.h"

static struct arena arena;
static struct cel_env *env;
static struct cel_run run;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 64u << 20);
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

static void all_true(const char *const *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        must_be_true(env, &run, lines[i]);
}

static void literals_mean_what_they_say(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "0x10 == 16 && -0x10 == -16 && 0xFFu == 255u",
        ".5 == 0.5 && 1e3 == 1000.0 && 1.5E-1 == 0.15 && 1e+2 == 100.0",
        "-9223372036854775808 < 0 && 9223372036854775807 > 0 && -0x8000000000000000 == -9223372036854775808",
        "'''x''x''' == \"x''x\"",
        "\"\\\"\" == '\"' && \"\\\\\" == '\\x5c'",
        "r\"\\\\\" == '\\\\\\\\'",
        "b\"abc\" == b'\\x61\\142c'",
        "b\"ÿ\" == b'\\303\\277' && \"\\303\\277\" == '\\u00c3\\u00bf' && \"\\377\" == 'ÿ' && \"\\xFF\" == "
        "'ÿ'",
        "bR'\\n' == b'\\\\n' && Br\"a\" == b'a'",
        "'\\U0001F431' == '🐱' && size('\\U0001F431') == 1",
        "'a\\nb' == '''a\nb'''",
        "[1, 2, 3,].size() == 3 && {'a': 1,}.size() == 1",
        "1 + 1 // a comment\n == 2 // and one at the end",
        "size('人\\u0000') == 2",
        "true && !false && null == null",
    };
    all_true(lines, COUNT_OF(lines));
}

static void operators_bind_and_compute_as_specified(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "2 + 3 * 4 == 14 && (2 + 3) * 4 == 20 && 10 - 4 - 3 == 3 && 100 / 10 / 5 == 2",
        "7 % 3 == 1 && -7 % 3 == -1 && 7 / -2 == -3",
        "- - 3 == 3 && --3 == 3 && !!true && -(-(1)) == 1",
        "1 < 2 == true && 1 == 1 == true",
        "true ? (false ? 1 > 2 : true) : false",
        "(1 > 2 ? 'a' : 2 > 1 ? 'b' : 'c') == 'b'",
        "true || false && false",
        "'a' + 'b' == 'ab' && b'a' + b'b' == b'ab' && [1] + [2, 3] == [1, 2, 3]",
        "1 in [1, 2] && !(3 in [1, 2]) && 'a' in {'a': 1} && !('b' in {'a': 1})",
        "-1 < dyn(1u) && dyn(3.0) == 3 && !(1 >= dyn(18446744073709551615u))",
        "[1, 2.0, 3u] == [1.0, 2u, 3] && {'a': dyn(1)} == {'a': 1u}",
        "0.0 / 0.0 != 0.0 / 0.0 && 0.0 == -0.0 && 1.0 / 0.0 > 1e308",
        "type(1) == int && type(type(1)) == type && type([]) == list && type({}) == map && type(null) == "
        "null_type",
        "type(timestamp(0)) == google.protobuf.Timestamp && type(duration('1s')) == google.protobuf.Duration",
        "type(optional.none()) == optional_type",
        "{'a': 1}.a == 1 && {'a': {'b': 2}}.a.b == 2 && {1: 'x'}[1] == 'x' && {true: 'y'}[true] == 'y'",
        "{1: 'x'}[dyn(1u)] == 'x' && {1u: 'x'}[dyn(1)] == 'x' && {1: 'x'}[dyn(1.0)] == 'x' && !(dyn(1.5) in "
        "{1: 'x'})",
        "{'content-type': 1}.`content-type` == 1 && has({'a b': 1}.`a b`)",
        "{'if': 1}.if == 1 && {'namespace': 2}.namespace == 2",
        "{'a': null}.a == null && has({'a': null}.a) && !has({}.a)",
    };
    all_true(lines, COUNT_OF(lines));
}

static void macros_follow_their_definitions(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "[1, 2, 3].all(x, x > 0) && ![1, 2, 0].all(x, x > 0) && [].all(x, x > 0)",
        "[1, 2, 3].exists(i, i % 2 != 0) && ![].exists(i, i > 0)",
        "{'a': 1}.exists(k, k == 'a') && {'a': 1}.all(k, k == 'a')",
        "[1, 2, 2].exists_one(i, i < 2) && ![1, 2, 3, 4].exists_one(n, n % 2 == 0) && [1].existsOne(i, i == "
        "1)",
        "[1, 2, 3].filter(x, x > 1) == [2, 3] && {'one': 1, 'two': 2}.filter(k, k == 'one') == ['one']",
        "[1, 2, 3].map(n, n * n) == [1, 4, 9] && {'one': 1}.map(k, k) == ['one']",
        "[1, 2, 3, 4].map(n, n % 2 == 0, n * 2) == [4, 8]",
        "[{'a': 10, 'b': 5, 'c': 20}].map(m, m.filter(key, m[key] > 10)) == [['c']]",
        "[1, 2, 0].exists(x, 1 / x == 1) && ![0, 2].all(x, 1 / x == 1)",
        "[1, 2, 3].all(i, v, i + 1 == v) && {'h': ['hello', 'hi']}.all(k, vs, vs.all(v, v.startsWith(k)))",
        "{'a': 1}.exists(k, v, k == 'a' && v == 1) && [1, 1, 2].exists_one(i, v, i == 2 && v == 2)",
        "[1, 2, 3].transformList(i, v, i * v + v) == [1, 4, 9]",
        "[1, 2, 3].transformList(i, v, i % 2 == 0, i * v + v) == [1, 9]",
        "[1, 2, 3].transformMap(i, v, i * v + v) == {0: 1, 1: 4, 2: 9}",
        "{'greeting': 'hello'}.transformMap(k, v, v + '!') == {'greeting': 'hello!'}",
        "{'greeting': 'hello'}.transformMapEntry(k, v, {v: k}) == {'hello': 'greeting'}",
        "[1, 2, 3].transformMapEntry(i, v, v != 2, {v: i}) == {1: 0, 3: 2}",
        "cel.bind(a, 'hello', cel.bind(b, 'world', a + b + b + a)) == 'helloworldworldhello'",
        "cel.bind(x, 1 / 0, true)",
        "cel.bind(x, [1].map(x, x + 1), x.map(x, x * 2)) == [4]",
        "[[1, 2], [3]].map(x, x.map(y, y + size(x))) == [[3, 4], [4]]",
        "[1].exists(all, all == 1)",
    };
    all_true(lines, COUNT_OF(lines));
}

static void conversions_keep_or_refuse(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "int(3.99) == 3 && int(-3.99) == -3 && int('-12') == -12 && int(timestamp(17)) == 17",
        "uint(3.99) == 3u && uint('18446744073709551615') == 18446744073709551615u",
        "double('1e3') == 1000.0 && double('-inf') < 0.0 && string(double('NaN')) == 'NaN'",
        "string(1) == '1' && string(1u) == '1' && string(-0.0045) == '-0.0045' && string(1e100) == '1e+100'",
        "string(3.14) == '3.14' && string(100.0) == '100' && string(b'hello') == 'hello' && string(true) == "
        "'true'",
        "string(duration('1m1ms')) == '60.001s' && string(duration('-1.5s')) == '-1.5s'",
        "string(timestamp('2023-08-26T12:39:00-07:00')) == '2023-08-26T19:39:00Z'",
        "bool('t') && !bool('False') && bytes('人').size() == 3",
        "duration('1h30m') == duration('90m') && duration('0') == duration('0s') && duration('-1.5h') == "
        "duration('-90m')",
        "duration('1h34us') > duration('1h') && duration('1us') == duration('1000ns') && duration('.5s') == "
        "duration('500ms')",
        "timestamp('1969-12-31T23:59:59.5Z') < timestamp(0) && timestamp(-1) == "
        "timestamp('1969-12-31T23:59:59Z')",
        "dyn([1, 'a'])[1] == 'a'",
    };
    all_true(lines, COUNT_OF(lines));
}

static void times_are_read_and_taken_apart(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "timestamp('2023-12-25T00:00:00Z').getDate() == 25 && "
        "timestamp('2023-12-25T00:00:00Z').getDayOfMonth() == 24",
        "timestamp('2023-12-25T12:00:00Z').getDayOfWeek() == 1 && "
        "timestamp('2023-12-25T12:00:00Z').getDayOfYear() == 358",
        "timestamp('2023-12-25T12:30:30.500Z').getHours() == 12 && "
        "timestamp('2023-12-25T12:30:30.500Z').getMinutes() == 30",
        "timestamp('2023-12-25T12:30:30.500Z').getSeconds() == 30 && "
        "timestamp('2023-12-25T12:30:30.500Z').getMilliseconds() == 500",
        "timestamp('2023-12-25T12:00:00Z').getFullYear() == 2023 && "
        "timestamp('2023-12-25T12:00:00Z').getMonth() == 11",
        "timestamp('2023-12-25T23:00:00Z').getDate('+08:00') == 26 && "
        "timestamp('2023-12-25T01:00:00Z').getDate('-02:30') == 24",
        "timestamp('0001-01-01T00:00:00Z').getDayOfWeek() == 1 && "
        "timestamp('1969-12-31T00:00:00Z').getDayOfWeek() == 3",
        "duration('3h').getHours() == 3 && duration('1h30m').getMinutes() == 90 && "
        "duration('1.234s').getMilliseconds() == 234",
        "timestamp('2023-01-01T00:00:00Z') + duration('24h') == timestamp('2023-01-02T00:00:00Z')",
        "duration('24h') + timestamp('2023-01-01T00:00:00Z') == timestamp('2023-01-02T00:00:00Z')",
        "timestamp('2023-01-10T12:00:00Z') - timestamp('2023-01-10T00:00:00Z') == duration('12h')",
        "timestamp('1970-01-01T00:00:00Z') - duration('0.000000001s') == "
        "timestamp('1969-12-31T23:59:59.999999999Z')",
    };
    all_true(lines, COUNT_OF(lines));
}

static void strings_count_code_points(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "'hello'.charAt(4) == 'o' && 'hello'.charAt(5) == '' && '人民'.charAt(1) == '民'",
        "'hello mellow'.indexOf('') == 0 && 'hello mellow'.indexOf('jello') == -1 && 'hello "
        "mellow'.indexOf('ello', 2) == 7",
        "'hello mellow'.lastIndexOf('') == 12 && 'hello mellow'.lastIndexOf('ello') == 7 && 'hello "
        "mellow'.lastIndexOf('ello', 6) == 1",
        "''.indexOf('a') == -1 && ''.indexOf('') == 0 && 'abc'.indexOf('c', 3) == -1",
        "['hello', 'mellow'].join() == 'hellomellow' && ['hello', 'mellow'].join(' ') == 'hello mellow' && "
        "[].join('/') == ''",
        "'hello hello'.replace('he', 'we') == 'wello wello' && 'hello hello'.replace('he', 'we', 1) == "
        "'wello hello'",
        "'hello hello'.replace('he', 'we', 0) == 'hello hello' && 'ab'.replace('', '-') == '-a-b-' && "
        "'ab'.replace('', '-', 2) == '-a-b'",
        "'a b c'.split(' ') == ['a', 'b', 'c'] && 'a b c'.split(' ', 2) == ['a', 'b c'] && 'a b'.split(' ', "
        "0) == []",
        "'abc'.split('') == ['a', 'b', 'c'] && 'abc'.split('', 2) == ['a', 'bc'] && ''.split(',') == [''] && "
        "''.split('') == []",
        "'tacocat'.substring(4) == 'cat' && 'tacocat'.substring(0, 4) == 'taco' && 'tacocat'.substring(7) == "
        "''",
        "'  \\ttrim\\n\\u3000 '.trim() == 'trim' && '   '.trim() == ''",
        "'gums'.reverse() == 'smug' && '人民'.reverse() == '民人'",
        "'TacoCÆt Xii'.lowerAscii() == 'tacocÆt xii' && 'tacocæt'.upperAscii() == 'TACOCæT'",
        "strings.quote('a\"b\\n') == '\"a\\\\\"b\\\\n\"'",
        "base64.encode(b'hello') == 'aGVsbG8=' && base64.decode('aGVsbG8=') == b'hello' && "
        "base64.decode('aGVsbG8') == b'hello'",
        "'hello'.contains('ell') && 'hello'.startsWith('he') && 'hello'.endsWith('lo') && 'a'.contains('')",
    };
    all_true(lines, COUNT_OF(lines));
}

static void formats_are_exact(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "'%s'.format(['foo']) == 'foo' && '%s'.format([b'foo']) == 'foo' && '%d'.format([3.14]) == '3.14'",
        "'%f'.format([1]) == '1.000000' && '%.1f'.format([3.14]) == '3.1' && '%e'.format([1u]) == "
        "'1.000000e+00'",
        "'%.1e'.format([-3.14]) == '-3.1e+00' && '%.3f'.format([123.4999]) == '123.500'",
        "'%.0f'.format([0.5]) == '0' && '%.0f'.format([1.5]) == '2' && '%.2f'.format([2.675]) == '2.67'",
        "'%x'.format([-255]) == '-ff' && '%X'.format([b'\\xff\\x01']) == 'FF01' && '%o'.format([-8]) == "
        "'-10' && '%b'.format([true]) == '1'",
        "'%b'.format([-9223372036854775808]) == "
        "'-1000000000000000000000000000000000000000000000000000000000000000'",
        "'%s'.format([[1, 'a', [true, null]]]) == '[1, a, [true, null]]'",
        "'%s'.format([{'b': 1, 'a': [2u]}]) == '{a: [2], b: 1}'",
        "'%s %s'.format([1e20, 0.0001]) == '100000000000000000000 0.0001' && '%s'.format([-0.0]) == '-0'",
        "'%s'.format([b'a\\xff\\xfeb']) == 'a\\ufffdb'",
        "'%s %s'.format([duration('1h1ms'), timestamp(0)]) == '3600.001s 1970-01-01T00:00:00Z' && "
        "'%s'.format([int]) == 'int'",
    };
    all_true(lines, COUNT_OF(lines));
}

static void numbers_have_their_extension(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "math.greatest(-42.0, -21.5, -100.0) == -21.5 && math.least([-42.0, -21.5]) == -42.0 && "
        "math.greatest(1, 2u, 1.5) == 2u",
        "math.bitOr(1u, 2u) == 3u && math.bitOr(-2, -4) == -2 && math.bitAnd(-3, -5) == -7 && "
        "math.bitXor(3u, 5u) == 6u",
        "math.bitNot(0u) == 18446744073709551615u && math.bitNot(-1) == 0",
        "math.bitShiftLeft(-1, 2) == -4 && math.bitShiftLeft(1u, 64) == 0u && math.bitShiftRight(-1, 63) == "
        "1",
        "math.ceil(1.2) == 2.0 && math.floor(-1.2) == -2.0 && math.round(-1.5) == -2.0 && math.round(2.5) == "
        "3.0 && math.trunc(-1.3) == -1.0",
        "math.abs(-1) == 1 && math.abs(-1.5) == 1.5 && math.sign(-42) == -1 && math.sign(0.0) == 0.0",
        "math.isInf(1.0 / 0.0) && math.isNaN(0.0 / 0.0) && math.isFinite(1.2) && !math.isFinite(1.0 / 0.0)",
        "math.sqrt(81) == 9.0",
    };
    all_true(lines, COUNT_OF(lines));
}

static void optionals_pass_nothing_on(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "optional.of(1).value() == 1 && optional.none().orValue(2) == 2 && optional.of(1).orValue(1 / 0) == "
        "1",
        "optional.none().or(optional.of(3)).value() == 3 && optional.of(1).or(optional.of(1 / 0)).value() == "
        "1",
        "{'a': {'b': 1}}.?a.b.orValue(0) == 1 && {}.?a.b.orValue(0) == 0 && {'a': {}}.?a.?b.orValue(0) == 0",
        "[1][?0].value() == 1 && ![1][?5].hasValue() && {'a': 1}[?'a'].value() == 1",
        "optional.ofNonZeroValue('').hasValue() == false && optional.ofNonZeroValue(1).hasValue()",
        "optional.of(2).optMap(x, x * 2).value() == 4 && !optional.none().optMap(x, x * 2).hasValue()",
        "{'a': [1]}.?a.optFlatMap(l, l[?0]).value() == 1",
        "[1, ?optional.none(), ?optional.of(3)] == [1, 3] && {?'a': optional.none(), ?'b': optional.of(1)} "
        "== {'b': 1}",
        "optional.of(dyn(1)) == optional.of(1u) && optional.of(1) != optional.none() && optional.none() == "
        "optional.none()",
        "has({'a': {'b': 1}}.?a.b) && !has({}.?a.b)",
        "[1, 2].first().value() == 1 && [1, 2].last().value() == 2 && !dyn([]).first().hasValue()",
        "optional.unwrap([optional.of(42), optional.none()]) == [42] && [optional.of(1)].unwrapOpt() == [1]",
    };
    all_true(lines, COUNT_OF(lines));
}

static void large_maps_find_what_small_ones_do(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "cel.bind(m, [0,1,2,3,4,5,6,7,8,9,10,11].transformMap(i, v, v * 2), m[11] == 22 && m[dyn(3u)] == 6 "
        "&& m[dyn(4.0)] == 8 && !(12 in m))",
        "{'a': 1, 'b': 2, 'c': 3, 'd': 4, 'e': 5, 'f': 6, 'g': 7, 'h': 8, 'i': 9, 'j': 10}.j == 10",
        "cel.bind(m, {0: 0, 1u: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: 9, true: 10, '1': 11}, "
        "m[1] == 1 && m[true] == 10 && m['1'] == 11 && m == m && size(m) == 12)",
    };
    all_true(lines, COUNT_OF(lines));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_mean_what_they_say),
        cmocka_unit_test(operators_bind_and_compute_as_specified),
        cmocka_unit_test(macros_follow_their_definitions),
        cmocka_unit_test(conversions_keep_or_refuse),
        cmocka_unit_test(times_are_read_and_taken_apart),
        cmocka_unit_test(strings_count_code_points),
        cmocka_unit_test(formats_are_exact),
        cmocka_unit_test(numbers_have_their_extension),
        cmocka_unit_test(optionals_pass_nothing_on),
        cmocka_unit_test(large_maps_find_what_small_ones_do),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
