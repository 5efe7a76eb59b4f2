/* A pack's files, from its folder and from the folder of the pack that it extends. */
#include "engine/catalog/catalog.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void a_folder_gives_its_files_and_those_it_extends(void **state)
{
    static const char *const names[] = {"../nation/catalog/codes.yaml",
                                        "../nation/pack.yaml",
                                        "divisions.csv",
                                        "lines.yaml",
                                        "pack.yaml",
                                        "reports/town.yaml"};
    static const struct catalog_reader reader;
    struct arena a;
    struct err e = {0};
    struct catalog_file *files = NULL;
    size_t count = 0;
    const struct catalog *c = NULL;
    (void)state;
    arena_init(&a, 64u << 20);
    assert_true(catalog_read(TEST_DATA "/catalog/place", &a, &files, &count, &e));
    assert_int_equal(count, COUNT_OF(names));
    for (size_t i = 0; i < count; i++)
        assert_true(text_equal(files[i].name, text_of(names[i])));
    assert_true(catalog_load(files, count, &reader, &a, &c, &e));
    assert_int_equal(c->codes_count, 1);
    assert_int_equal(c->line_count, 1);
    assert_int_equal(c->report_count, 1);
    assert_int_equal(c->division_count, 1);
    catalog_clear(c);
    arena_clear(&a);
}

static void a_folder_that_is_no_pack_is_refused(void **state)
{
    static const struct {
        const char *folder;
        const struct err_kind *kind;
    } cases[] = {
        {TEST_DATA "/catalog", &CATALOG_FOLDER},         {TEST_DATA "/catalog/nothing", &CATALOG_FOLDER},
        {TEST_DATA "/catalog/orphan", &CATALOG_EXTENDS}, {TEST_DATA "/catalog/circle", &CATALOG_EXTENDS},
        {TEST_DATA "/catalog/climber", &CATALOG_ID},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena a;
        struct err e = {0};
        struct catalog_file *files = NULL;
        size_t count = 0;
        arena_init(&a, 64u << 20);
        assert_false(catalog_read(cases[i].folder, &a, &files, &count, &e));
        assert_ptr_equal(e.kind, cases[i].kind);
        assert_null(files);
        arena_clear(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_gives_its_files_and_those_it_extends),
        cmocka_unit_test(a_folder_that_is_no_pack_is_refused),
    };
    return cmocka_run_group_tests_name("engine/catalog/files", tests, NULL, NULL);
}
