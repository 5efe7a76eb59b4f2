/* All kinds of the program: both languages, numbers that make sense, whole sentences. */
#include "test.h"
#include <ctype.h>

static bool is_code(const char *code)
{
    for (const char *c = code; *c != 0; c++) {
        if (!isupper((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_')
            return false;
    }
    return code[0] != 0;
}

static void every_kind_is_complete(void **state)
{
    (void)state;
    assert_true(err_kind_count > 10);
    for (size_t i = 0; i < err_kind_count; i++) {
        const struct err_kind *k = err_kinds[i];
        bool is_note = k->http == 200 && k->exit_code == 0; /* told beside what was done */
        bool is_error = k->http >= 400 && k->http <= 599 && k->exit_code >= 1 && k->exit_code <= 3;
        if (!is_code(k->code) || (!is_note && !is_error))
            fail_msg("%s: http %d exit %d", k->code, k->http, k->exit_code);
        struct text zh = text_of(k->zh), en = text_of(k->en);
        if (!text_is_utf8(zh) || !(text_ends_with(zh, TEXT("。")) || text_ends_with(zh, TEXT("？"))))
            fail_msg("%s: the Chinese sentence is not closed: %s", k->code, k->zh);
        if (!text_ends_with(en, TEXT(".")) && !text_ends_with(en, TEXT("?")))
            fail_msg("%s: the English sentence is not closed: %s", k->code, k->en);
    }
}

static void every_code_stands_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < err_kind_count; i++) {
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(err_kinds[i]->code, err_kinds[k]->code);
    }
}

/* What stands in quotes is shown as a file or a command has it. */
static void chinese_sentences_use_full_width_marks(void **state)
{
    (void)state;
    for (size_t i = 0; i < err_kind_count; i++) {
        struct text zh = text_of(err_kinds[i]->zh);
        int quotes = 0;
        for (size_t at = 0; at < zh.size; at++) {
            struct text rest = text_slice(zh, at, zh.size);
            quotes += text_starts_with(rest, TEXT("“")) ? 1 : text_starts_with(rest, TEXT("”")) ? -1 : 0;
            bool behind_chinese = at > 0 && (unsigned char)zh.at[at - 1] >= 0x80;
            if (quotes == 0 && behind_chinese && strchr(",;!?", zh.at[at]) != NULL)
                fail_msg("%s: half-width \"%c\" in: %s", err_kinds[i]->code, zh.at[at], err_kinds[i]->zh);
        }
        if (quotes != 0)
            fail_msg("%s: quotes are not closed: %s", err_kinds[i]->code, err_kinds[i]->zh);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_complete),
        cmocka_unit_test(every_code_stands_once),
        cmocka_unit_test(chinese_sentences_use_full_width_marks),
    };
    return cmocka_run_group_tests_name("base/kinds", tests, NULL, NULL);
}
