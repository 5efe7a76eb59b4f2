/* An error keeps its first failure and what it was told, and says it in both languages. */
#include "base/base.err.h"
#include "base/err.h"
#include "test.h"

static const struct err_kind SAMPLE = {"SAMPLE", 409, 1, "专项“{earmark}”结余{left:yuan}元，{on:date}。",
                                       "Earmark \"{earmark}\" has {left:yuan} on {on:date}."};

static void says(const struct err *e, enum lang lang, const char *sentence)
{
    struct buf b;
    buf_init(&b, 4096);
    err_sentence(e, lang, &b);
    check_text(buf_text(&b), sentence, __FILE__, __LINE__);
    buf_clear(&b);
}

static void the_sentence_names_the_values(void **state)
{
    (void)state;
    struct err e = {0};
    says(&e, LANG_EN, "");
    assert_false(err_fail_text(&e, &SAMPLE, "earmark", TEXT("产业")));
    err_add_int(&e, "left", 123450);
    err_add_int(&e, "on", 18261);
    says(&e, LANG_ZH, "专项“产业”结余1234.50元，2019-12-31。");
    says(&e, LANG_EN, "Earmark \"产业\" has 1234.50 on 2019-12-31.");
    err_clear(&e);
    assert_false(err_fail(&e, &SAMPLE));
    says(&e, LANG_EN, "Earmark \"?\" has ? on ?.");
}

static void a_value_in_words_has_its_chinese(void **state)
{
    (void)state;
    struct err e = {0};
    assert_false(err_fail_text(&e, &SAMPLE, "earmark", TEXT("industry")));
    err_add(&e, "earmark_zh", TEXT("产业"));
    err_add_int(&e, "left", 100);
    err_add_int(&e, "on", 18261);
    says(&e, LANG_ZH, "专项“产业”结余1.00元，2019-12-31。");
    says(&e, LANG_EN, "Earmark \"industry\" has 1.00 on 2019-12-31.");
}

static void the_first_failure_stays(void **state)
{
    (void)state;
    struct err e = {0};
    err_fail_int(&e, &SAMPLE, "left", 1);
    err_fail_text(&e, &OUT_OF_MEMORY, "earmark", TEXT("other"));
    err_fail(&e, &OUT_OF_MEMORY);
    err_add_int(&e, "left", 2);
    assert_true(err_is(&e, &SAMPLE));
    assert_int_equal(e.count, 1);
    assert_int_equal(e.field[0].n, 1);
}

static void long_values_are_cut_at_a_character(void **state)
{
    (void)state;
    struct err e = {0};
    char long_name[ERR_VALUE_MAX + 100];
    memset(long_name, 'a', sizeof long_name);
    memcpy(long_name + ERR_VALUE_MAX - 2, "红", 3);
    err_fail_text(&e, &SAMPLE, "earmark", (struct text){long_name, sizeof long_name});
    assert_int_equal(e.field[0].size, ERR_VALUE_MAX - 2);
    assert_true(text_is_utf8((struct text){e.field[0].s, e.field[0].size}));
}

static void more_values_than_it_holds_are_passed_over(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
    struct err e = {0};
    err_fail(&e, &SAMPLE);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        err_add_int(&e, names[i], (int64_t)i);
    assert_int_equal(e.count, ERR_FIELD_MAX);
    assert_int_equal(e.field[ERR_FIELD_MAX - 1].n, ERR_FIELD_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sentence_names_the_values),
        cmocka_unit_test(a_value_in_words_has_its_chinese),
        cmocka_unit_test(the_first_failure_stays),
        cmocka_unit_test(long_values_are_cut_at_a_character),
        cmocka_unit_test(more_values_than_it_holds_are_passed_over),
    };
    return cmocka_run_group_tests_name("base/err", tests, NULL, NULL);
}
