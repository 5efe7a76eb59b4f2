/* Words of the command line: what is understood, what is refused and how. */
#include "cli/cli.err.h"
#include "engine/op/op.err.h"
#include "api/api.h"
#include "cli/parse.h"
#include "test.h"
#include <stdlib.h>

#define WORD_MAX 16

static struct arena memory;

static bool parse(const char *const *words, struct cli_command *out, struct err *e)
{
    char *argv[WORD_MAX] = {(char *)(uintptr_t) "honghua"};
    int argc = 1;
    for (; words[argc - 1] != NULL; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
    *e = (struct err){0};
    return cli_parse(api_ops(), argc, argv, &memory, out, e);
}

static const struct {
    const char *words[WORD_MAX];
    const struct err_kind *kind; /* NULL: understood */
    const char *op;
} lines[] = {
    {{"init"}, NULL, "init"},
    {{"--db", "x.db", "init"}, NULL, "init"},
    {{"init", "--db=x.db"}, NULL, "init"},
    {{"check", "--as-of", "2019-12-31"}, NULL, "check"},
    {{"--as-of", "2019-12-31", "check"}, NULL, "check"},
    {{"report", "--json", "town", "--area", "411622104"}, NULL, "report town"},
    {{"list", "household", "--limit", "0"}, NULL, "list"},
    {{"import", "a", "b", "c", "--dry-run"}, NULL, "import"},
    {{"import", "--", "--odd-name.xlsx"}, NULL, "import"},
    {{"cel", "--", "-1 + 2"}, NULL, "cel"},
    {{"policy", "show"}, NULL, "policy show"},
    {{NULL}, &CLI_COMMAND_MISSING, NULL},
    {{"nonsense"}, &CLI_COMMAND_UNKNOWN, NULL},
    {{"report"}, &CLI_COMMAND_UNKNOWN, NULL},
    {{"report", "city"}, &CLI_COMMAND_UNKNOWN, NULL},
    {{"check", "--sideways"}, &CLI_OPTION_UNKNOWN, NULL},
    {{"check", "--dry-run"}, &CLI_OPTION_UNKNOWN, NULL},
    {{"check", "--as-of"}, &CLI_OPTION_VALUE, NULL},
    {{"check", "--as-of", "2019-02-29"}, &OP_VALUE_BAD, NULL},
    {{"check", "--as-of", "31.12.2019"}, &OP_VALUE_BAD, NULL},
    {{"check", "--json=yes"}, &CLI_OPTION_FLAG, NULL},
    {{"check", "--area", "41162x"}, &OP_VALUE_BAD, NULL},
    {{"check", "--area", "4"}, &OP_VALUE_BAD, NULL},
    {{"list", "household", "--limit", "-1"}, &OP_VALUE_BAD, NULL},
    {{"list", "household", "--limit", "many"}, &OP_VALUE_BAD, NULL},
    {{"list", "household\xff"}, &OP_VALUE_BAD, NULL},
    {{"list"}, &CLI_WORD_MISSING, NULL},
    {{"import"}, &CLI_WORD_MISSING, NULL},
    {{"list", "household", "person"}, &CLI_WORD_EXTRA, NULL},
    {{"check", "--db", "a", "--db", "b"}, &CLI_OPTION_TWICE, NULL},
    {{"check", "--lang", "fr"}, &OP_VALUE_BAD, NULL},
    {{"report", "town", "--format", "doc"}, &OP_VALUE_BAD, NULL},
    {{"synth"}, &CLI_WORD_MISSING, NULL},
};

static void each_line_is_understood_or_refused_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct cli_command command;
        struct err e;
        bool good = parse(lines[i].words, &command, &e);
        if (e.kind != lines[i].kind || good != (lines[i].kind == NULL))
            fail_msg("line %zu: %s", i, e.kind != NULL ? e.kind->code : "understood");
        if (good)
            assert_string_equal(command.op->name, lines[i].op);
        else
            assert_int_equal(e.kind->exit_code, 2);
    }
}

static void help_needs_no_complete_command(void **state)
{
    static const char *const words[][4] = {
        {"--help"}, {"-h"}, {"report", "--help"}, {"list", "--help"}, {"help", "--help"}};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct cli_command command;
        struct err e;
        assert_done(parse(words[i], &command, &e), &e);
        assert_true(command.global.help);
    }
    struct cli_command command;
    struct err e;
    assert_refused(parse(words[4], &command, &e), &e, CLI_COMMAND_UNKNOWN);
}

static void values_arrive_in_their_types(void **state)
{
    struct cli_command command;
    struct err e;
    (void)state;
    assert_done(parse((const char *const[]){"list", "person", "--limit", "20", "--where", "age > 3",
                                            "--reveal", NULL},
                      &command, &e),
                &e);
    const struct op_call call = {.op = command.op, .values = command.values};
    assert_text(op_value(&call, "entity")->s, "person");
    assert_int_equal(op_value(&call, "limit")->n, 20);
    assert_text(op_value(&call, "where")->s, "age > 3");
    assert_true(op_value(&call, "reveal")->given);
    assert_false(op_value(&call, "area")->given);
}

static void the_language_is_the_environments_unless_asked_for(void **state)
{
    struct cli_command command;
    struct err e;
    (void)state;
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    assert_done(parse((const char *const[]){"init", NULL}, &command, &e), &e);
    assert_int_equal(command.global.lang, LANG_ZH);
    assert_done(parse((const char *const[]){"init", "--lang", "en", NULL}, &command, &e), &e);
    assert_int_equal(command.global.lang, LANG_EN);
    setenv("LC_ALL", "C", 1);
    assert_done(parse((const char *const[]){"init", NULL}, &command, &e), &e);
    assert_int_equal(command.global.lang, LANG_EN);
}

/* An option that takes a value in one command and none in another could not be parsed before the command. */
static void operations_agree_about_their_options_and_explain_themselves(void **state)
{
    const struct op_list *ops = api_ops();
    (void)state;
    for (size_t i = 0; i < ops->count; i++) {
        assert_true(ops->at[i]->zh != NULL && ops->at[i]->en != NULL && ops->at[i]->run != NULL
                    && ops->at[i]->json != NULL);
        for (size_t k = 0; k < ops->at[i]->count; k++) {
            const struct op_parameter *one = &ops->at[i]->parameters[k];
            assert_true(one->zh != NULL && one->en != NULL);
            assert_true(one->type == OP_FLAG || one->value != NULL);
            for (size_t n = 0; n < ops->count; n++)
                for (size_t m = 0; m < ops->at[n]->count; m++) {
                    const struct op_parameter *two = &ops->at[n]->parameters[m];
                    if (!one->positional && !two->positional && strcmp(one->name, two->name) == 0)
                        assert_int_equal(one->type == OP_FLAG, two->type == OP_FLAG);
                }
        }
        for (size_t n = 0; n < i; n++)
            assert_string_not_equal(ops->at[i]->name, ops->at[n]->name);
    }
}

static int open_memory(void **state)
{
    (void)state;
    arena_init(&memory, 16u << 20);
    return 0;
}

static int close_memory(void **state)
{
    (void)state;
    arena_clear(&memory);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_is_understood_or_refused_by_name),
        cmocka_unit_test(help_needs_no_complete_command),
        cmocka_unit_test(values_arrive_in_their_types),
        cmocka_unit_test(the_language_is_the_environments_unless_asked_for),
        cmocka_unit_test(operations_agree_about_their_options_and_explain_themselves),
    };
    return cmocka_run_group_tests(tests, open_memory, close_memory);
}
