/* `sheet dump`: every cell of a workbook or CSV, typed, written while it is read. */
#include "base/base.err.h"
#include "domain/tool/parts.h"
#include "format/sheet/sheet.h"

static const struct op_parameter parameters[] = {
    {.name = "file",
     .type = OP_PATH,
     .positional = true,
     .required = true,
     .value = "FILE",
     .zh = "工作簿（.xlsx）或 .csv 文件",
     .en = "a workbook (.xlsx) or a .csv file"},
};

static bool run_dump(struct op_call *call, struct err *e)
{
    (void)call;
    (void)e;
    return true;
}

static bool json_dump(struct op_call *call, struct json *out, struct err *e)
{
    struct text path = text_copy(call->arena, op_value(call, "file")->s);
    return path.at != NULL ? sheet_dump(path.at, out, e) : err_fail(e, &OUT_OF_MEMORY);
}

const struct op op_sheet_dump = {
    .name = "sheet dump",
    .zh = "列出工作簿的全部单元格（JSON）",
    .en = "every cell of a workbook, as JSON",
    .parameters = parameters,
    .count = COUNT_OF(parameters),
    .needs = OP_NEEDS_NOTHING,
    .run = run_dump,
    .json = json_dump,
};
