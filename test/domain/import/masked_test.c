/* What the register shows masked comes back with an export: it must leave alone what it stands for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/system.h"
#include "office.h"

#define TOWN "411622104"
#define V "411622104205"
#define PERSONS "户编号,人编号,姓名,证件号码,联系电话\n"
#define P1 "H1,P1,刘兰,410482199201014824,13800000001\n"

static char *import_said(struct office *o, const char *path, char said[4096])
{
    struct answer a = office_import(o, path);
    if (!a.done)
        office_tell("import", &a.err);
    assert_true(a.done);
    answer_summary(a.json, said, 4096);
    char *batch = answer_member(a.json, "batch");
    free(a.json);
    return batch;
}

static void import_text(struct office *o, const char *content, const char *wanted)
{
    struct err e = {0};
    char path[256], said[4096];
    (void)snprintf(path, sizeof path, "%s/t.csv", o->folder);
    assert_true(file_write(path, text_of(content), 0600, &e));
    free(import_said(o, path, said));
    assert_string_equal(said, wanted);
}

static void shows(struct office *o, const char *entity, size_t index, const char *label, const char *wanted)
{
    char *value = shown(o, entity, index, label);
    assert_string_equal(value, wanted);
    free(value);
}

static int office_start(void **state)
{
    struct office *o = calloc(1, sizeof *o);
    *state = o;
    return o != NULL && office_open(o, TOWN) ? 0 : -1;
}

static int office_end(void **state)
{
    office_close(*state);
    free(*state);
    return 0;
}

static void export_comes_back(struct office *o, const char *entity, const char *format)
{
    char path[256], said[4096];
    (void)snprintf(path, sizeof path, "%s/%s.%s", o->folder, entity, format);
    const struct argument args[] = {{"entity", entity}, {"format", format}, {"out", path}};
    struct answer a = office_call(o, &registry_ops, "browse", args, COUNT_OF(args));
    if (!a.done)
        office_tell(entity, &a.err);
    assert_true(a.done);
    free(a.json);
    a = office_import(o, path);
    if (!a.done)
        office_tell(entity, &a.err);
    assert_true(a.done);
    answer_summary(a.json, said, sizeof said);
    char *batch = answer_member(a.json, "batch");
    if (answer_sum(a.json, "rows") == 0 || answer_sum(a.json, "rows") != answer_sum(a.json, "unchanged")
        || strcmp(batch, "null") != 0)
        fail_msg("%s as %s, batch %s: %.1000s", entity, format, batch, said);
    free(batch);
    free(a.json);
}

static void every_row_of_an_export_comes_back_unchanged(void **state)
{
    static const char *const entities[] = {"village", "household", "person", "household_year",
                                           "measure", "project",   "duty",   "problem",
                                           "fund",    "payment",   "pairing"};
    struct office *o = *state;
    char said[4096];
    char *batch = import_said(o, DATA "/samples/honghuaji", said);
    assert_string_not_equal(batch, "null");
    free(batch);
    for (size_t i = 0; i < COUNT_OF(entities); i++) {
        export_comes_back(o, entities[i], "xlsx");
        export_comes_back(o, entities[i], "csv");
    }
}

static void a_masked_cell_leaves_its_field_and_the_rest_of_the_row_counts(void **state)
{
    struct office *o = *state;
    import_text(o, "村编码,户编号,户主姓名\n" V ",H1,刘兰\n", "household 1+1~0=0-0");
    import_text(o, PERSONS P1, "person 1+1~0=0-0");
    import_text(o, PERSONS "H1,P1,刘兰兰,410482********4824,138****0001\n",
                "person 1+0~1=0-0 | note 2D IMPORT_MASKED | note 2E IMPORT_MASKED");
    shows(o, "person", 0, "姓名", "刘兰兰");
    shows(o, "person", 0, "证件号码", "410482199201014824");
    shows(o, "person", 0, "联系电话", "13800000001");
    import_text(o, PERSONS "H1,P1,刘兰兰,,138****0001\n",
                "person 1+0~1=0-0 | note 2E IMPORT_MASKED"); /* an empty cell is no mask */
    shows(o, "person", 0, "证件号码", "null");
    /* Stars in another form are what somebody wrote. */
    import_text(o, PERSONS "H1,P1,刘兰兰,4104**4824,\n", "person 1+0~1=0-0");
    shows(o, "person", 0, "证件号码", "4104**4824");
}

static void a_new_record_gets_no_value_from_a_mask(void **state)
{
    struct office *o = *state;
    import_text(o, "村编码,户编号,户主姓名,户主证件号码\n" V ",H1,刘兰,410482********4824\n",
                "household 1+1~0=0-0 | note 2D IMPORT_MASKED");
    shows(o, "household", 0, "户主证件号码", "null");
    import_text(o, PERSONS "H1,P1,刘兰,410482********4824,*\n",
                "person 1+1~0=0-0 | note 2D IMPORT_MASKED | note 2E IMPORT_MASKED");
    shows(o, "person", 0, "证件号码", "null");
    shows(o, "person", 0, "联系电话", "null");
}

static void a_masked_certificate_is_no_key(void **state)
{
    struct office *o = *state;
    import_text(o, "村编码,户编号,户主姓名\n" V ",H1,刘兰\n", "household 1+1~0=0-0");
    import_text(o, "户编号,姓名,证件号码\nH1,刘兰,410482199201014824\n", "person 1+1~0=0-0");
    import_text(o, "户编号,姓名,证件号码\nH1,刘兰兰,410482********4824\n",
                "person 1+0~0=0-1 | error 2C IMPORT_KEY_MASKED");
    import_text(o, "户编号,人编号,姓名,证件号码\nH1,,刘兰兰,410482********4824\n",
                "person 1+0~0=0-1 | error 2D IMPORT_KEY_MASKED");
    shows(o, "person", 0, "姓名", "刘兰");
    shows(o, "person", 0, "证件号码", "410482199201014824");
    shows(o, "person", 1, "姓名", "-");
}

static void a_star_for_a_condition_leaves_it(void **state)
{
    struct office *o = *state;
    import_text(o, "村编码,户编号,户主姓名\n" V ",H1,刘兰\n", "household 1+1~0=0-0");
    import_text(o, "户编号,人编号,姓名,健康状况\nH1,P1,刘兰,残疾\n", "person 1+1~0=0-0");
    import_text(o, "户编号,人编号,姓名,健康状况\nH1,P1,刘兰,*\n", "person 1+0~0=1-0 | note 2D IMPORT_MASKED");
    shows(o, "person", 0, "健康状况", "残疾");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_row_of_an_export_comes_back_unchanged, office_start,
                                        office_end),
        cmocka_unit_test_setup_teardown(a_masked_cell_leaves_its_field_and_the_rest_of_the_row_counts,
                                        office_start, office_end),
        cmocka_unit_test_setup_teardown(a_new_record_gets_no_value_from_a_mask, office_start, office_end),
        cmocka_unit_test_setup_teardown(a_masked_certificate_is_no_key, office_start, office_end),
        cmocka_unit_test_setup_teardown(a_star_for_a_condition_leaves_it, office_start, office_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
