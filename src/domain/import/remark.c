/* Words of totals and notes. Asked only about rows that lack a key of their own, so that a household named 注
 * is safe. */
#include "domain/import/remark.h"

#define TOTAL_CHARS_MAX 16
#define LEAD_CHARS_MAX                                                                                       \
    8 /* "单位负责人（签字）：" names who signs within so many characters before the colon */

/* Without blanks of either width; false when it does not fit. */
static bool squeeze(struct text t, char *out, size_t room, struct text *squeezed)
{
    size_t size = 0, at = 0;
    while (at < t.size) {
        size_t from = at;
        uint32_t c = text_next(t, &at);
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0x3000 || c == 0xA0)
            continue;
        if (size + (at - from) > room)
            return false;
        memcpy(out + size, t.at + from, at - from);
        size += at - from;
    }
    *squeezed = (struct text){out, size};
    return true;
}

static struct text without_tail(struct text t)
{
    static const char *const tails[] = {":",        "：",   "(元)",   "（元）", "(万元)",
                                        "（万元）", "(户)", "（户）", "(人)",   "（人）"};
    for (size_t i = 0; i < COUNT_OF(tails); i++)
        if (t.size > strlen(tails[i]) && text_ends_with(t, text_of(tails[i])))
            return without_tail(text_slice(t, 0, t.size - strlen(tails[i])));
    return t;
}

bool remark_is_total(struct text t)
{
    static const char *const words[] = {"合计", "总计", "小计", "共计", "累计", "总和"};
    char bytes[4 * TOTAL_CHARS_MAX];
    struct text word;
    if (t.size > 3 * sizeof bytes || !squeeze(t, bytes, sizeof bytes, &word))
        return false;
    word = without_tail(word);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_ends_with(word, text_of(words[i])) && text_count(word) <= TOTAL_CHARS_MAX)
            return true;
    return false;
}

bool remark_has_word(struct text t)
{
    for (size_t at = 0; at < t.size;) {
        uint32_t c = text_next(t, &at);
        if (c != UINT32_MAX && c >= 0x3400 && c <= 0x9FFF)
            return true;
    }
    return false;
}

static bool colon_follows(struct text t)
{
    size_t chars = 0;
    for (size_t at = 0; at < t.size && chars <= LEAD_CHARS_MAX; chars++) {
        uint32_t c = text_next(t, &at);
        if (c == ':' || c == 0xFF1A)
            return chars > 0;
    }
    return false;
}

bool remark_is_note(struct text t)
{
    static const char *const leads[] = {"注",     "备注",       "说明",     "填表", "填报", "制表",
                                        "审核",   "审批",       "复核",     "以上", "※",    "签字",
                                        "盖章",   "打印",       "负责人",   "经办", "附注", "(盖章",
                                        "（盖章", "单位负责人", "分管领导", "备 注"};
    struct text word = text_trim(t);
    for (size_t i = 0; i < COUNT_OF(leads); i++)
        if (text_starts_with(word, text_of(leads[i])))
            return true;
    if (text_starts_with(word, TEXT("第")) && text_find(word, TEXT("页"), 0) != SIZE_MAX)
        return true;
    return remark_has_word(word) && colon_follows(word);
}
