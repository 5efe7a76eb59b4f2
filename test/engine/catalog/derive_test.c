/* What certificate, phone and account numbers tell. */
#include "engine/catalog/derive.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Invented numbers: the area 419922 is assigned to no county. */
static void each_derived_value_of_a_number(void **state)
{
    static const struct {
        enum derive_kind kind;
        const char *plain;
        const char *text; /* expected text, or NULL */
        int64_t n;        /* expected number, or -1: absent */
    } cases[] = {
        {DERIVE_LENGTH, "419922198001010016", NULL, 18},
        {DERIVE_LENGTH, "张三", NULL, 2},
        {DERIVE_LENGTH, "", NULL, -1},
        {DERIVE_ID_VALID, "11010519491231002X", NULL, 1}, /* the standard's own example */
        {DERIVE_ID_VALID, "11010519491231002x", NULL, 1},
        {DERIVE_ID_VALID, "440524188001010014", NULL, 1}, /* and its second */
        {DERIVE_ID_VALID, "110105194912310021", NULL, 0},
        {DERIVE_ID_VALID, "11010519491231002", NULL, 0},
        {DERIVE_ID_VALID, "11010519491231002X11", NULL, 0},
        {DERIVE_ID_VALID, "1101051949123100ZX", NULL, 0},
        {DERIVE_ID_VALID, "110105491231002", NULL, 0},
        {DERIVE_ID_VALID, "", NULL, -1},
        {DERIVE_ID_BIRTH, "11010519491231002X", NULL, -7306},
        {DERIVE_ID_BIRTH, "11010519491331002X", NULL, -1},
        {DERIVE_ID_BIRTH, "11010519490229002X", NULL, -1},
        {DERIVE_ID_BIRTH, "110105491231002", NULL, -1},
        {DERIVE_ID_BIRTH, "11010519491231002X11", NULL, -1},
        {DERIVE_ID_BIRTH, "11010519491231002A", NULL, -7306}, /* slips elsewhere */
        {DERIVE_ID_BIRTH, "1101O519491231002X", NULL, -7306},
        {DERIVE_ID_BIRTH, "1101051949123O002X", NULL, -1},
        {DERIVE_ID_SEX, "11010519491231003A", "1", 0},
        {DERIVE_ID_SEX, "1101O519491231002X", "2", 0},
        {DERIVE_ID_SEX, "11010519491231002X", "2", 0},
        {DERIVE_ID_SEX, "11010519491231003X", "1", 0},
        {DERIVE_ID_SEX, "1101051949123100YX", NULL, -1},
        {DERIVE_ID_KIND, "110105491231002", "resident15", 0},
        {DERIVE_ID_KIND, "11010519491231002X", "resident18", 0},
        {DERIVE_ID_KIND, "1101O519491231002X", "resident18", 0},
        {DERIVE_ID_KIND, "11010519491231002X44", "disability20", 0},
        {DERIVE_ID_KIND, "11010519491231002X44B1", "disability22", 0},
        {DERIVE_ID_KIND, "11010519491231002", "other", 0},
        {DERIVE_ID_KIND, "E12345678", "other", 0},
        {DERIVE_DISABILITY_VALID, "11010519491231002X11", NULL, 1},
        {DERIVE_DISABILITY_VALID, "11010519491231002X74", NULL, 1},
        {DERIVE_DISABILITY_VALID, "11010519491231002X44B1", NULL, 1},
        {DERIVE_DISABILITY_VALID, "11010519491231002X84", NULL, 0},
        {DERIVE_DISABILITY_VALID, "11010519491231002X01", NULL, 0},
        {DERIVE_DISABILITY_VALID, "11010519491231002X45", NULL, 0},
        {DERIVE_DISABILITY_VALID, "11010519491231002X40", NULL, 0},
        {DERIVE_DISABILITY_VALID, "11010519491231002144", NULL, 0},
        {DERIVE_DISABILITY_VALID, "11010519491231002X", NULL, 0},
        {DERIVE_PHONE_VALID, "13800138000", NULL, 1},
        {DERIVE_PHONE_VALID, "23800138000", NULL, 0},
        {DERIVE_PHONE_VALID, "1380013800", NULL, 0},
        {DERIVE_PHONE_VALID, "1380013800a", NULL, 0},
        {DERIVE_NUMERIC, "6228480010000000000", NULL, 1},
        {DERIVE_NUMERIC, "622848-0010", NULL, 0},
        {DERIVE_USES, "11010519491231002X", NULL, -1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct value v = derive_value(cases[i].kind, text_of(cases[i].plain));
        enum value_kind kind = cases[i].text != NULL ? VALUE_TEXT : cases[i].n == -1 ? VALUE_NONE : VALUE_INT;
        if (v.kind != kind || (kind == VALUE_INT && v.n != cases[i].n)
            || (kind == VALUE_TEXT && !text_equal(v.s, text_of(cases[i].text))))
            fail_msg("case %zu: %s gives kind %d, %lld, %.*s", i, cases[i].plain, (int)v.kind, (long long)v.n,
                     TEXT_ARG(v.s));
    }
}

static void a_check_character_makes_a_number_valid_and_no_other_does(void **state)
{
    char number[19] = "41992219800101001?";
    int valid = 0;
    (void)state;
    number[17] = derive_id_check((struct text){number, 17});
    assert_true(derive_id_valid((struct text){number, 18}));
    for (const char *last = "0123456789X"; *last != '\0'; last++) {
        number[17] = *last;
        valid += derive_id_valid((struct text){number, 18}) ? 1 : 0;
    }
    assert_int_equal(valid, 1);
    assert_int_equal(derive_id_check(TEXT("1234")), '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_derived_value_of_a_number),
        cmocka_unit_test(a_check_character_makes_a_number_valid_and_no_other_does),
    };
    return cmocka_run_group_tests_name("engine/catalog/derive", tests, NULL, NULL);
}
