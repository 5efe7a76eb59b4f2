/* Random expressions: what the checker lets pass evaluates to the same, checked or not (types may refuse,
 * never change), and evaluating twice gives the same. The generator knows the grammar, not the types, and
 * leans to what fits together. */
#include "base/system.h"
#include "case.h"

#define EXPRESSIONS 20000
#define SOURCE_MAX 4000

static struct arena arena;
static struct cel_env *env;

struct maker {
    struct rng rng;
    struct buf out;
    int locals; /* x0 … of the macros around */
};

static size_t below(struct maker *m, size_t limit) { return (size_t)rng_below(&m->rng, limit); }
static const char *one_of(struct maker *m, const char *const *from, size_t count)
{
    return from[below(m, count)];
}

static void make_any(struct maker *m, int depth);

static void make_number(struct maker *m, int depth);

static void make_leaf(struct maker *m)
{
    static const char *const leaves[] = {"0",           "1",     "-3",
                                         "2u",          "1.5",   "9223372036854775807",
                                         "'a'",         "'人b'", "b'x'",
                                         "true",        "false", "null",
                                         "[]",          "{}",    "i",
                                         "s",           "l",     "m",
                                         "d",           "int",   "duration('1s')",
                                         "timestamp(0)"};
    if (m->locals > 0 && below(m, 3) == 0)
        buf_add_format(&m->out, "x%d", (int)below(m, (size_t)m->locals));
    else
        buf_add_z(&m->out, one_of(m, leaves, COUNT_OF(leaves)));
}

static void make_pair(struct maker *m, int depth, const char *operator)
{
    buf_add_char(&m->out, '(');
    make_any(m, depth - 1);
    buf_add_format(&m->out, " %s ", operator);
    make_any(m, depth - 1);
    buf_add_char(&m->out, ')');
}

static void make_bool(struct maker *m, int depth)
{
    static const char *const operators[] = {"==", "!=", "<", "<=", ">", ">=", "in"};
    static const char *const logic[] = {"&&", "||"};
    if (depth <= 0) {
        buf_add_z(&m->out, below(m, 2) ? "true" : "i > 3");
    } else if (below(m, 3) == 0) {
        buf_add_char(&m->out, '(');
        make_bool(m, depth - 1);
        buf_add_format(&m->out, " %s ", one_of(m, logic, 2));
        make_bool(m, depth - 1);
        buf_add_char(&m->out, ')');
    } else if (below(m, 4) == 0) {
        buf_add_char(&m->out, '!');
        make_bool(m, depth - 1);
    } else if (below(m, 2) == 0) {
        buf_add_char(&m->out, '(');
        make_number(m, depth - 1);
        buf_add_format(&m->out, " %s ", one_of(m, operators, 6));
        make_number(m, depth - 1);
        buf_add_char(&m->out, ')');
    } else {
        make_pair(m, depth, one_of(m, operators, COUNT_OF(operators)));
    }
}

static void make_number(struct maker *m, int depth)
{
    static const char *const operators[] = {"+", "-", "*", "/", "%"};
    static const char *const leaves[] = {"i", "1", "0", "7", "m.a", "dyn(2u)", "dyn(i)", "d.b"};
    if (depth <= 0 || below(m, 3) == 0) {
        buf_add_z(&m->out, one_of(m, leaves, COUNT_OF(leaves)));
        return;
    }
    if (below(m, 4) == 0) {
        buf_add_z(&m->out, "size(");
        make_any(m, depth - 1);
        buf_add_char(&m->out, ')');
        return;
    }
    buf_add_char(&m->out, '(');
    make_number(m, depth - 1);
    buf_add_format(&m->out, " %s ", one_of(m, operators, COUNT_OF(operators)));
    make_number(m, depth - 1);
    buf_add_char(&m->out, ')');
}

static void make_list(struct maker *m, int depth)
{
    static const char *const leaves[] = {"l", "[1, 2, 3]",     "['a', 'b']",         "[i, 0]",
                                         "m", "[[1], [2, 3]]", "dyn([1, 'a', null])"};
    if (depth <= 0 || below(m, 2) == 0) {
        buf_add_z(&m->out, one_of(m, leaves, COUNT_OF(leaves)));
        return;
    }
    buf_add_char(&m->out, '[');
    for (size_t i = below(m, 4); i > 0; i--) {
        make_any(m, depth - 1);
        buf_add_z(&m->out, i > 1 ? ", " : "");
    }
    buf_add_char(&m->out, ']');
}

static void make_macro(struct maker *m, int depth)
{
    static const char *const macros[] = {"all", "exists",        "exists_one",  "filter",
                                         "map", "transformList", "transformMap"};
    size_t macro = below(m, COUNT_OF(macros));
    make_list(m, depth - 1);
    buf_add_format(&m->out, ".%s(x%d, ", macros[macro], m->locals++);
    if (macro >= 5)
        buf_add_format(&m->out, "x%d, ", m->locals++);
    if (macro < 4)
        make_bool(m, depth - 1);
    else
        make_any(m, depth - 1);
    buf_add_char(&m->out, ')');
    m->locals -= macro >= 5 ? 2 : 1;
}

static void make_member(struct maker *m, int depth)
{
    static const char *const calls[] = {
        ".size()",          ".a",          ".?a",         "[0]",        "[?0]",    "['a']",
        ".startsWith('a')", ".getHours()", ".orValue(1)", ".split('')", ".join()", ".charAt(0)",
        ".reverse()",       ".hasValue()", "[dyn(1)]"};
    make_any(m, depth - 1);
    buf_add_z(&m->out, one_of(m, calls, COUNT_OF(calls)));
}

static void make_call(struct maker *m, int depth)
{
    static const char *const calls[] = {"string", "int",  "dyn",           "type", "optional.of",
                                        "double", "uint", "math.greatest", "bool", "bytes"};
    buf_add_format(&m->out, "%s(", one_of(m, calls, COUNT_OF(calls)));
    make_any(m, depth - 1);
    buf_add_char(&m->out, ')');
}

static void make_choice(struct maker *m, int depth)
{
    buf_add_char(&m->out, '(');
    make_bool(m, depth - 1);
    buf_add_z(&m->out, " ? ");
    make_any(m, depth - 1);
    buf_add_z(&m->out, " : ");
    make_any(m, depth - 1);
    buf_add_char(&m->out, ')');
}

static void make_bind(struct maker *m, int depth)
{
    int local = m->locals;
    buf_add_format(&m->out, "cel.bind(x%d, ", local);
    make_any(m, depth - 1);
    buf_add_z(&m->out, ", ");
    m->locals++;
    make_any(m, depth - 1);
    m->locals--;
    buf_add_char(&m->out, ')');
}

static void make_any(struct maker *m, int depth)
{
    static void (*const makers[])(struct maker *, int) = {make_bool, make_bool,   make_number, make_number,
                                                          make_list, make_macro,  make_macro,  make_member,
                                                          make_call, make_choice, make_bind};
    if (depth <= 0 || m->out.size > SOURCE_MAX)
        make_leaf(m);
    else
        makers[below(m, COUNT_OF(makers))](m, depth);
}

/* What an evaluation ended with; a value is compared by equality, or by both not being equal to themselves
 * (NaN). */
struct ending {
    enum cel_outcome outcome;
    struct cel_value value;
};

static struct ending evaluate(const struct cel_program *program, const struct cel_value *variables)
{
    struct err e = {0};
    struct cel_run run = {.arena = &arena, .variables = variables, .step_max = 100000};
    struct ending end = {.outcome = CEL_DONE};
    end.outcome = cel_eval(program, &run, &end.value, &e);
    return end;
}

static bool same(const struct ending *a, const struct ending *b)
{
    if (a->outcome != b->outcome || a->outcome != CEL_DONE)
        return a->outcome == b->outcome;
    bool itself = cel_equal(NULL, &a->value, &a->value);
    return a->value.kind == b->value.kind && cel_equal(NULL, &a->value, &b->value) == itself;
}

static int compare_one(const char *source, const struct cel_value *variables)
{
    struct err e = {0};
    const struct cel_program *checked = compile(env, source, false, &arena, &e);
    if (checked == NULL)
        return 0;
    const struct cel_program *unchecked = compile(env, source, true, &arena, &e);
    assert_non_null(unchecked);
    struct ending first = evaluate(checked, variables), again = evaluate(checked, variables);
    struct ending other = evaluate(unchecked, variables);
    if (!same(&first, &again))
        fail_msg("twice: %s", source);
    if (!same(&first, &other))
        fail_msg("checked and unchecked: %s", source);
    return first.outcome == CEL_DONE;
}

static void types_refuse_but_never_change_an_answer(void **state)
{
    (void)state;
    static const struct cel_type text = {.kind = CEL_STRING}, whole = {.kind = CEL_INT};
    struct err e = {0};
    arena_init(&arena, 512u << 20);
    env = cel_env_new(&arena);
    assert_non_null(env);
    assert_true(
        cel_env_variable(env, "i", whole, &e) && cel_env_variable(env, "s", text, &e)
        && cel_env_variable(env, "l", (struct cel_type){.kind = CEL_LIST, .of = &text}, &e)
        && cel_env_variable(env, "m", (struct cel_type){.kind = CEL_MAP, .key = &text, .of = &whole}, &e)
        && cel_env_variable(env, "d", (struct cel_type){.kind = CEL_DYN}, &e));
    const struct cel_value texts[] = {{.kind = CEL_STRING, .s = TEXT("a")},
                                      {.kind = CEL_STRING, .s = TEXT("人")}};
    const struct cel_list list = {2, texts};
    const struct cel_entry entries[] = {{texts[0], {.kind = CEL_INT, .i = 4}},
                                        {texts[1], {.kind = CEL_INT, .i = -1}}};
    const struct cel_map map = {.count = 2, .at = entries};
    const struct cel_value variables[] = {{.kind = CEL_INT, .i = 4},
                                          texts[1],
                                          {.kind = CEL_LIST, .list = &list},
                                          {.kind = CEL_MAP, .map = &map},
                                          {.kind = CEL_MAP, .map = &map}};
    struct maker m = {.locals = 0};
    rng_seed(&m.rng, 20190305);
    int done = 0;
    for (int i = 0; i < EXPRESSIONS; i++) {
        struct arena_mark mark = arena_mark(&arena);
        buf_init(&m.out, 1u << 16);
        if (i % 2 == 0)
            make_bool(&m, 5);
        else
            make_any(&m, 4);
        buf_add_char(&m.out, '\0');
        done += compare_one(m.out.at, variables);
        buf_clear(&m.out);
        arena_rewind(&arena, mark);
    }
    print_message("seed 20190305: %d of %d had a value\n", done, EXPRESSIONS);
    assert_true(done > EXPRESSIONS / 20);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(types_refuse_but_never_change_an_answer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
