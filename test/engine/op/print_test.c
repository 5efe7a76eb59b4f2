/* Tables align Chinese, colour ends where it began, control characters of the register never reach the
 * terminal. */
#include "engine/op/print.h"
#include "test.h"
#include <stdlib.h>

struct printed {
    struct print p;
    char *text;
    size_t size;
    struct arena arena;
};

static void begin(struct printed *o, enum lang lang, bool colour)
{
    *o = (struct printed){.p = {.lang = lang, .colour = colour}};
    arena_init(&o->arena, 1 << 20);
    o->p.to = open_memstream(&o->text, &o->size);
    assert_non_null(o->p.to);
}

static void end(struct printed *o, const char *expected)
{
    fclose(o->p.to);
    assert_string_equal(o->text, expected);
    free(o->text);
    arena_clear(&o->arena);
}

static void a_table_counts_a_chinese_character_as_two_columns(void **state)
{
    struct printed o;
    (void)state;
    begin(&o, LANG_ZH, false);
    struct print_table *t = print_table_new(&o.arena, 2);
    print_table_right(t, 1);
    print_table_head(t, (const char *const[]){"村", "户数"});
    print_table_row(t, PRINT_PLAIN, (struct text[]){TEXT("红花集村"), TEXT("52")});
    print_table_row(t, PRINT_PLAIN, (struct text[]){TEXT("A"), TEXT("1234567")});
    print_table_end(t, &o.p);
    end(&o, "村           户数\n红花集村       52\nA         1234567\n");
}

#define LONG "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十"

static void a_long_cell_is_cut_on_a_terminal_unless_it_is_the_last(void **state)
{
    static const struct {
        int width;
        const char *expected;
    } cases[] = {
        {80, "一二三四五六七八九十一二三四五六七八九十一二三…  " LONG "\n"},
        {0, LONG "  " LONG "\n"}, /* into a file: nothing is lost */
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct printed o;
        begin(&o, LANG_ZH, false);
        o.p.width = cases[i].width;
        struct print_table *t = print_table_new(&o.arena, 2);
        print_table_row(t, PRINT_PLAIN, (struct text[]){TEXT(LONG), TEXT(LONG)});
        print_table_end(t, &o.p);
        end(&o, cases[i].expected);
    }
}

static void control_characters_are_left_out(void **state)
{
    struct printed o;
    (void)state;
    begin(&o, LANG_EN, false);
    print_line(&o.p, PRINT_BAD, "%s", "a\033[2Jb\nc\x7f");
    end(&o, "a[2Jb c\n");
}

static void colour_is_used_only_where_asked_for_and_ends(void **state)
{
    struct printed o;
    (void)state;
    begin(&o, LANG_ZH, true);
    print_line(&o.p, PRINT_BAD, "坏");
    print_line(&o.p, PRINT_PLAIN, "好");
    end(&o, "\033[31m坏\033[0m\n好\n");
}

static void the_next_step_is_said_in_the_language_asked_for(void **state)
{
    struct printed o;
    (void)state;
    begin(&o, LANG_EN, false);
    print_next(&o.p, "导入", "import");
    end(&o, "Next: import\n");
}

static void too_many_columns_give_no_table_and_no_crash(void **state)
{
    struct printed o;
    (void)state;
    begin(&o, LANG_EN, false);
    struct print_table *t = print_table_new(&o.arena, PRINT_COLUMN_MAX + 1);
    print_table_row(t, PRINT_PLAIN, (struct text[]){TEXT("x")});
    print_table_end(t, &o.p);
    end(&o, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_counts_a_chinese_character_as_two_columns),
        cmocka_unit_test(a_long_cell_is_cut_on_a_terminal_unless_it_is_the_last),
        cmocka_unit_test(control_characters_are_left_out),
        cmocka_unit_test(colour_is_used_only_where_asked_for_and_ends),
        cmocka_unit_test(the_next_step_is_said_in_the_language_asked_for),
        cmocka_unit_test(too_many_columns_give_no_table_and_no_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
