/* The pack of the place: it loads, and says what the sample workbooks need. */
#include "engine/catalog/catalog.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena memory;
static const struct catalog *henan;

static int load(void **state)
{
    static const struct catalog_reader reader;
    struct catalog_file *files = NULL;
    size_t count = 0;
    struct err e = {0};
    (void)state;
    arena_init(&memory, 256u << 20);
    if (catalog_read(POLICY "/henan", &memory, &files, &count, &e)
        && catalog_load(files, count, &reader, &memory, &henan, &e))
        return 0;
    struct buf sentence;
    buf_init(&sentence, 4096);
    err_sentence(&e, LANG_ZH, &sentence);
    print_error("%.*s\n", TEXT_ARG(buf_text(&sentence)));
    buf_clear(&sentence);
    return -1;
}

static int unload(void **state)
{
    (void)state;
    catalog_clear(henan);
    arena_clear(&memory);
    return 0;
}

static void the_entities_of_the_sample_are_there(void **state)
{
    static const char *const ids[] = {"village", "household", "person", "household_year",
                                      "measure", "project",   "duty",   "problem",
                                      "fund",    "payment",   "pairing"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        const struct catalog_entity *entity = catalog_entity(henan, text_of(ids[i]));
        assert_non_null(entity);
        assert_true(entity->key_count > 0);
        for (size_t k = 0; k < entity->stored_count; k++)
            assert_int_equal(entity->stored[k]->column, k);
    }
}

static void a_person_hangs_below_a_household(void **state)
{
    (void)state;
    const struct catalog_entity *person = catalog_entity(henan, TEXT("person"));
    const struct catalog_entity *household = catalog_entity(henan, TEXT("household"));
    assert_ptr_equal(person->parent->entity, household);
    assert_null(person->village);
    assert_true(person->has_village);
    assert_non_null(household->village);
    assert_true(catalog_field(person, TEXT("certificate"))->sealed);
}

static void divisions_are_found_by_code(void **state)
{
    (void)state;
    const struct catalog_division *town = catalog_division(henan, TEXT("411622104000"));
    assert_non_null(town);
    assert_int_equal(town->name.size, strlen("红花集镇"));
    assert_memory_equal(town->name.at, "红花集镇", town->name.size);
    assert_null(catalog_division(henan, TEXT("999999999999")));
}

static void the_line_of_a_year_is_found(void **state)
{
    (void)state;
    day on = 0;
    assert_true(day_parse(TEXT("2019-12-31"), &on));
    const struct catalog_line *line = catalog_line(henan, TEXT("exit"), TEXT("411622104201"), on);
    assert_non_null(line);
    assert_true(line->is_set);
    assert_int_equal(line->amount, 374700);
    assert_null(catalog_line(henan, TEXT("exit"), TEXT("421622104201"), on));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_entities_of_the_sample_are_there),
        cmocka_unit_test(a_person_hangs_below_a_household),
        cmocka_unit_test(divisions_are_found_by_code),
        cmocka_unit_test(the_line_of_a_year_is_found),
    };
    return cmocka_run_group_tests_name("engine/catalog/henan", tests, load, unload);
}
