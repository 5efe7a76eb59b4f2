/* Prints help. Always holds: everything said about an operation comes from its declaration. */
#include "cli/help.h"

static struct text usage_of(const struct op *op, struct arena *a)
{
    struct text line = text_of(op->name);
    for (size_t i = 0; i < op->count; i++) {
        const struct op_parameter *parameter = &op->parameters[i];
        const char *value = parameter->value != NULL ? parameter->value : parameter->name;
        const char *more = parameter->many ? "..." : "";
        if (parameter->positional)
            line = text_format(a, parameter->required ? "%.*s %s%s" : "%.*s [%s%s]", TEXT_ARG(line), value,
                               more);
        else if (parameter->type == OP_FLAG)
            line = text_format(a, "%.*s [--%s]", TEXT_ARG(line), parameter->name);
        else
            line = text_format(a, parameter->required ? "%.*s --%s %s" : "%.*s [--%s %s]", TEXT_ARG(line),
                               parameter->name, value);
    }
    return line;
}

static void print_parameters(const struct op *op, struct arena *a, struct print *p)
{
    struct print_table *table = print_table_new(a, 3);
    for (size_t i = 0; i < op->count; i++) {
        const struct op_parameter *parameter = &op->parameters[i];
        struct text name = parameter->positional ? text_of(parameter->value)
                           : parameter->type == OP_FLAG
                               ? text_format(a, "--%s", parameter->name)
                               : text_format(a, "--%s %s", parameter->name, parameter->value);
        print_table_row(
            table, PRINT_PLAIN,
            (struct text[]){TEXT(" "), name, text_of(print_say(p, parameter->zh, parameter->en))});
    }
    print_table_end(table, p);
}

static void print_globals(struct arena *a, struct print *p)
{
    static const struct {
        const char *name, *zh, *en;
    } lines[] = {
        {"--db FILE|URL", "数据库文件或 postgresql:// 地址，默认 honghua.db",
         "the database: a file or a postgresql:// address, default honghua.db"},
        {"--key-file FILE", "敏感字段的密钥文件，默认在数据库旁边",
         "the key of sensitive fields, default beside the database"},
        {"--as ACCOUNT", "以某个账户的身份和权限执行", "act as an account, with its rights"},
        {"--json", "输出一个 JSON 值，供程序使用", "print one JSON value, for programs"},
        {"--lang zh|en", "提示所用语言", "language of messages"},
        {"--policy-version DIGEST", "按以前的政策包版本重算",
         "repeat a run with an earlier version of the policy pack"},
        {"--progress", "总是显示进度", "show progress even where there is no terminal"},
        {"--help", "显示帮助", "show help"},
    };
    print_line(p, PRINT_HEAD, "%s", print_say(p, "各命令通用的选项", "Options of all commands"));
    struct print_table *table = print_table_new(a, 3);
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        print_table_row(table, PRINT_PLAIN,
                        (struct text[]){TEXT(" "), text_of(lines[i].name),
                                        text_of(print_say(p, lines[i].zh, lines[i].en))});
    print_table_end(table, p);
}

static bool in_group(const struct op *op, struct text group)
{
    struct text name = text_of(op->name);
    return group.at == NULL
           || (text_starts_with(name, group) && name.size > group.size && name.at[group.size] == ' ');
}

static void print_list(const struct op_list *ops, struct text group, struct arena *a, struct print *p)
{
    print_line(p, PRINT_HEAD, "%s", print_say(p, "命令", "Commands"));
    struct print_table *table = print_table_new(a, 3);
    for (size_t i = 0; i < ops->count; i++)
        if (in_group(ops->at[i], group))
            print_table_row(table, PRINT_PLAIN,
                            (struct text[]){TEXT(" "), text_of(ops->at[i]->name),
                                            text_of(print_say(p, ops->at[i]->zh, ops->at[i]->en))});
    print_table_end(table, p);
}

void help_print(const struct op_list *ops, const struct cli_command *command, struct arena *a,
                struct print *p)
{
    if (command->op != NULL) {
        struct text usage = usage_of(command->op, a);
        print_line(p, PRINT_PLAIN, "%s", print_say(p, command->op->zh, command->op->en));
        print_line(p, PRINT_HEAD, "%s honghua %.*s", print_say(p, "用法：", "Usage:"), TEXT_ARG(usage));
        print_parameters(command->op, a, p);
        print_globals(a, p);
        return;
    }
    if (command->group.at == NULL)
        print_line(p, PRINT_PLAIN, "%s",
                   print_say(p,
                             "红花：乡镇帮扶台账、核查与报告。先 init 建库，再 import 导入工作簿，check "
                             "核查，report town 出报告。",
                             "Honghua: a town's register, its checks and its reports. Start with init, then "
                             "import, check, report town."));
    print_list(ops, command->group, a, p);
    print_globals(a, p);
    print_next(p, "honghua 命令 --help 查看一个命令的写法",
               "honghua COMMAND --help shows how a command is written");
}
