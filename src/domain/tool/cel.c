/* `cel`: evaluates one expression, or conformance cases line by line. */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/tool/parts.h"
#include "domain/tool/tool.err.h"
#include "engine/cel_system/cel_system.h"

#define ANSWER_MAX ((size_t)256 << 20)
#define BINDINGS_MAX ((size_t)4 << 20)

static const struct op_parameter parameters[] = {
    {.name = "expression",
     .type = OP_CEL,
     .positional = true,
     .value = "EXPR",
     .zh = "要计算的表达式",
     .en = "the expression"},
    {.name = "bindings",
     .type = OP_PATH,
     .value = "FILE.json",
     .zh = "变量的值（JSON）",
     .en = "values of its variables, as JSON"},
    {.name = "batch",
     .type = OP_FLAG,
     .zh = "从标准输入逐行读测试用例",
     .en = "read conformance cases from standard input, a line each"},
};

struct answer {
    struct buf json;
};

static bool read_bindings(struct op_call *call, struct text *out, struct err *e)
{
    const struct op_value *file = op_value(call, "bindings");
    struct text path = text_copy(call->arena, file->s);
    *out = TEXT_NONE;
    if (!file->given)
        return true;
    return path.at != NULL ? file_read(path.at, BINDINGS_MAX, call->arena, out, e)
                           : err_fail(e, &OUT_OF_MEMORY);
}

static bool run_cel(struct op_call *call, struct err *e)
{
    const struct op_value *expression = op_value(call, "expression");
    struct answer *a = arena_take(call->arena, sizeof *a);
    struct text bindings;
    struct err said = {0};
    if (a == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    call->result = a;
    if (op_value(call, "batch")->given)
        return cel_system_batch(stdin, stdout, call->lang, e);
    if (!expression->given)
        return err_fail(e, &TOOL_EXPRESSION_MISSING);
    buf_init(&a->json, ANSWER_MAX);
    if (!read_bindings(call, &bindings, e))
        return false;
    call->found = !cel_system_answer(expression->s, bindings, call->lang, &a->json, &said);
    return a->json.failed ? err_fail(e, &OUT_OF_MEMORY) : true;
}

static bool json_cel(struct op_call *call, struct json *out, struct err *e)
{
    struct answer *a = call->result;
    (void)e;
    if (a->json.size > 0)
        json_raw(out, buf_text(&a->json));
    buf_clear(&a->json);
    return true;
}

static bool show_cel(struct op_call *call, struct print *p, struct err *e)
{
    struct answer *a = call->result;
    (void)e;
    if (a->json.size > 0)
        print_line(p, call->found ? PRINT_BAD : PRINT_PLAIN, "%.*s", TEXT_ARG(buf_text(&a->json)));
    buf_clear(&a->json);
    return true;
}

const struct op op_cel = {
    .name = "cel",
    .zh = "计算一个 CEL 表达式",
    .en = "evaluate a CEL expression",
    .parameters = parameters,
    .count = COUNT_OF(parameters),
    .needs = OP_NEEDS_NOTHING,
    .run = run_cel,
    .json = json_cel,
    .show = show_cel,
};
