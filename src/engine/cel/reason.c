/* Why an expression is refused, in both languages. The places that raise a reason say it in English, as a
 * constant; here stands what a Chinese reader gets. What has no line (names, types) reads the same in both.
 */
#include "engine/cel/cel.h"
#include <stdio.h>

static const struct {
    const char *en, *zh;
} reasons[] = {
    /* syntax */
    {"an expression is missing", "缺少表达式"},
    {"an operator is missing", "缺少运算符"},
    {"')' is missing", "缺少“)”"},
    {"']' is missing", "缺少“]”"},
    {"'}' is missing", "缺少“}”"},
    {"':' is missing", "缺少“:”"},
    {"')' or ',' is missing", "缺少“)”或“,”"},
    {"']' or ',' is missing", "缺少“]”或“,”"},
    {"'}' or ',' is missing", "缺少“}”或“,”"},
    {"the name of a field is missing", "缺少字段名"},
    {"a string is not finished", "字符串没有结束"},
    {"a string is not finished on its line", "字符串没有在本行结束"},
    {"a name in backquotes is not finished", "反引号中的名称没有结束"},
    {"an escape that is none", "转义写法不正确"},
    {"the number is out of range", "数字超出范围"},
    {"the text is not UTF-8", "文字不是UTF-8编码"},
    {"a character that has no meaning here", "此处不应有这个字符"},
    {"a reserved word cannot be a name", "保留字不能用作名称"},
    {"has() needs the name of a field: has(x.field)", "has()中应写字段，如has(x.field)"},
    {"cel.bind needs a simple name first", "cel.bind的第一项应是一个简单的名称"},
    {"a macro's variable must be a simple name", "宏的变量应是一个简单的名称"},
    {"the macro's two variables have the same name", "宏的两个变量同名"},
    {"it cannot be compiled", "无法编译"},
    /* size */
    {"more than 64 expressions within each other", "嵌套超过64层"},
    {"more than 65536 bytes", "超过65536字节"},
    {"more than 256 levels", "超过256级"},
    {"more than 8192 parts", "超过8192个部分"},
    {"more than 128 variables of macros at once", "同时使用的宏变量超过128个"},
    {"its types are too large", "类型过于复杂"},
    {"too many steps", "计算步数太多"},
    {"too much memory", "占用内存太多"},
    {"too much to format", "要格式化的内容太多"},
    {"no memory", "内存不足"},
    /* types */
    {"no such overload", "没有适用于这些类型的运算"},
    {"no bool where one is needed", "此处应为真假值"},
    {"no list or map where one is needed", "此处应为列表或映射"},
    {"no map where one is needed", "此处应为映射"},
    {"no optional where one is needed", "此处应为可选值"},
    {"a map's key must be a bool, int, uint or string", "映射的键只能是真假值、整数或字符串"},
    {"an unknown name", "名称没有定义"},
    /* values */
    {"division by zero", "除数为零"},
    {"integer overflow", "整数溢出"},
    {"out of range", "超出范围"},
    {"index out of range", "序号超出范围"},
    {"no such key", "没有这个键"},
    {"no such field", "没有这个字段"},
    {"a key stands twice in a map", "映射中有重复的键"},
    {"a shift by a negative number", "移位位数为负"},
    {"the list is empty", "列表是空的"},
    {"the optional has no value", "可选值中没有值"},
    {"the bytes are not UTF-8", "字节不是UTF-8编码"},
    {"the text is no base64", "文字不是base64编码"},
    {"the text is no bool", "文字不是真假值"},
    {"the text is no double", "文字不是数字"},
    {"the text is no duration", "文字不是时长"},
    {"the text is no int", "文字不是整数"},
    {"the text is no timestamp", "文字不是时间"},
    {"the text is no uint", "文字不是非负整数"},
    {"an unknown time zone", "没有这个时区"},
    {"an unknown clause in a format", "格式串中有不认识的格式"},
    {"a format that is not finished", "格式串没有写完"},
    {"a value that its clause cannot format", "这个值不能按此格式书写"},
    {"the function failed", "函数没有算出结果"},
    /* patterns */
    {"there are no regular expressions here", "此处不能使用匹配模式"},
    {"a ')' without '('", "“)”前没有“(”"},
    {"a Unicode class that is none", "没有这个Unicode字符类"},
    {"a Unicode class that is none, or too large a pattern", "没有这个Unicode字符类，或者模式过大"},
    {"a backslash at the end", "末尾是反斜线"},
    {"a class name that is none", "没有这个字符类"},
    {"a code point that is none", "没有这个字符码"},
    {"a group that RE2 does not know", "RE2没有这种分组"},
    {"a group that is not finished", "分组没有结束"},
    {"a group's name that is none", "分组的名称不正确"},
    {"a range whose end comes first", "范围的起止颠倒"},
    {"a repetition of more than 1000", "重复超过1000次"},
    {"a repetition of nothing", "重复号前没有内容"},
    {"a repetition out of range", "重复次数不正确"},
    {"an escape that RE2 does not know", "RE2没有这种转义"},
    {"back references are not allowed", "不能使用反向引用"},
    {"groups too deep within each other", "分组嵌套过深"},
    {"the pattern is not UTF-8", "模式不是UTF-8编码"},
    {"the pattern is too long", "模式过长"},
    {"the pattern takes too long for this text", "用这个模式匹配这段文字太费时"},
    {"two repetitions in a row", "两个重复号相连"},
    /* what hosts say */
    {"a value that is not of its type", "值与类型不符"},
    {"a value without a known type", "值没有可识别的类型"},
    {"values too deep within each other", "值嵌套过深"},
    {"date: not a date like 2019-03-05", "date：应为2019-03-05这样的日期"},
    {"div: division by zero", "div：除数为零"},
    {"div: too large", "div：数值过大"},
    {"in_codes: no such code table", "in_codes：没有这个代码表"},
    {"yuan: too large", "yuan：金额过大"},
    {"year_end: no such year", "year_end：没有这个年份"},
    {"it has no JSON form", "它没有JSON写法"},
    {"it is nested too deeply", "嵌套过深"},
    {"it is too large", "结果过大"},
    {"no JSON object", "不是JSON对象"},
    {"no expr in it", "其中没有expr"},
};

struct text cel_reason_zh(struct text reason)
{
    for (size_t i = 0; i < COUNT_OF(reasons); i++)
        if (text_equal(reason, text_of(reasons[i].en)))
            return text_of(reasons[i].zh);
    return reason;
}

bool cel_reason_fail(struct err *e, const struct err_kind *kind, struct text reason)
{
    const struct text unknown = TEXT("nothing is known as "); /* with a name behind it */
    char named[ERR_VALUE_MAX + 64];
    if (e->kind != NULL)
        return false;
    (void)err_fail_text(e, kind, "detail", reason);
    if (!text_starts_with(reason, unknown)) {
        err_add(e, "detail_zh", cel_reason_zh(reason));
        return false;
    }
    (void)snprintf(named, sizeof named, "没有定义的名称%.*s", (int)(reason.size - unknown.size),
                   reason.at + unknown.size);
    err_add(e, "detail_zh", text_of(named));
    return false;
}
