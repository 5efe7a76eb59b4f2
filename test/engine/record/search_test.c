/* Names found by their parts, and the table of parts in step with the names. */
#include "base/system.h"
#include "database.h"
#include "engine/record/search.h"
#include "fixture.h"
#include "test.h"
#include <stdlib.h>
#include <string.h>

static const char *find_in(struct fixture *f, int entity, const char *area, const char *name)
{
    struct err e = {0};
    struct area in;
    struct record_hits hits = {.at = NULL};
    struct text all = TEXT("");
    assert_done(area_of(text_of(area), &in, &e), &e);
    assert_done(
        record_search_name(f->records, entity_of(f, entity), &in, false, text_of(name), &f->arena, &hits, &e),
        &e);
    record_hits_order(&hits);
    for (size_t i = 0; i < hits.count; i++)
        all = text_format(&f->arena, "%.*s%s%.*s:%d", TEXT_ARG(all), i > 0 ? " " : "",
                          TEXT_ARG(hits.at[i].id), (int)hits.at[i].rank);
    return all.at;
}

static const char *find(struct fixture *f, int entity, const char *name)
{
    return find_in(f, entity, "", name);
}

static void one_character_two_and_more_are_found_the_best_first(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, "village=411622104205; number=H1; name=王小明"},
           {HOUSEHOLD, 0, 4, NULL, "village=411622104205; number=H2; name=小明"},
           {HOUSEHOLD, 0, 5, NULL, "village=411622104210; number=H3; name=小明王"},
           {HOUSEHOLD, 0, 6, NULL, "village=411622104210; number=H4; name=明"},
           {HOUSEHOLD, 0, 7, NULL, "village=411622104210; number=H5; name=明小"});
    assert_string_equal(find(f, HOUSEHOLD, "小明"), "H2:1 H3:2 H1:3");
    assert_string_equal(find(f, HOUSEHOLD, "明"), "H4:1 H5:2 H1:3 H2:3 H3:3");
    assert_string_equal(find(f, HOUSEHOLD, "小明王"), "H3:1");
    assert_string_equal(find(f, HOUSEHOLD, "王小"), "H1:2");
    assert_string_equal(find(f, HOUSEHOLD, "明小明"), "");
    assert_string_equal(find(f, HOUSEHOLD, ""), "");
    assert_string_equal(find(f, HOUSEHOLD, " · "), "");
    assert_string_equal(find_in(f, HOUSEHOLD, "411622104205", "小明"), "H2:1 H1:3");
    assert_string_equal(find_in(f, HOUSEHOLD, "411623", "小明"), "");
}

static void rare_characters_and_long_names_with_dots_are_found(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, "village=411622104205; number=H1; name=𠮷𠮷𠮷"},
           {HOUSEHOLD, 0, 4, NULL, "village=411622104205; number=H2; name=阿卜杜·热合曼"},
           {HOUSEHOLD, 0, 5, NULL, "village=411622104205; number=H3; name=100%_'\""});
    assert_string_equal(find(f, HOUSEHOLD, "𠮷"), "H1:2");
    assert_string_equal(find(f, HOUSEHOLD, "𠮷𠮷"), "H1:2");
    assert_string_equal(find(f, HOUSEHOLD, "杜热合"), "H2:3");
    assert_string_equal(find(f, HOUSEHOLD, "杜•热"), "H2:3");
    assert_string_equal(find(f, HOUSEHOLD, "%"), "H3:3");
    assert_string_equal(find(f, HOUSEHOLD, "_'"), "H3:3");
}

/* Only some of the pairs are asked for: the name itself decides, also where the first pairs are common. */
static void a_long_text_is_found_whole_among_names_that_share_its_pairs(void **state)
{
    struct fixture *f = *state;
    struct test_row rows[70];
    char values[70][96];
    for (int i = 0; i < 70; i++) {
        (void)snprintf(values[i], sizeof values[i], "village=411622104205; number=G%02d; name=甲乙丙丁戊", i);
        rows[i] = (struct test_row){HOUSEHOLD, 0, (uint32_t)i + 3, NULL, values[i]};
    }
    assert_true(import_rows(f, rows, COUNT_OF(rows), false).good);
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, "village=411622104205; number=H1; name=甲乙丙丁戊己"},
           {HOUSEHOLD, 0, 4, NULL, "village=411622104205; number=H2; name=子甲乙丙丁戊己"},
           {HOUSEHOLD, 0, 5, NULL, "village=411622104205; number=H3; name=戊己甲乙丙丁戊"},
           {HOUSEHOLD, 0, 6, NULL, "village=411622104205; number=H4; name=甲乙丙丁戊己庚"});
    assert_string_equal(find(f, HOUSEHOLD, "甲乙丙丁戊己"), "H1:1 H4:2 H2:3");
    assert_string_equal(find(f, HOUSEHOLD, "丙丁戊己"), "H1:3 H2:3 H4:3");
    assert_string_equal(find(f, HOUSEHOLD, "丁戊己庚"), "H4:3");
    assert_string_equal(find(f, HOUSEHOLD, "乙甲乙丙"), "");
}

static void a_household_is_found_by_its_members(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1}, {PERSON, 1, 3, NULL, "household=H1; number=P1; name=李四"});
    assert_string_equal(find(f, HOUSEHOLD, "李四"), "H1:1");
    assert_string_equal(find(f, PERSON, "四"), "P1:3");
}

static void what_is_renamed_or_moves_is_found_as_it_is_now(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1}, {PERSON, 1, 3, NULL, "household=H1; number=P1; name=李四"});
    IMPORT(f, {PERSON, 1, 3, NULL, "household=H1; number=P1; name=王五"});
    assert_string_equal(find(f, HOUSEHOLD, "李"), "");
    assert_string_equal(find(f, HOUSEHOLD, "王五"), "H1:1");
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, "number=H1; village=411623100200"});
    assert_string_equal(find_in(f, HOUSEHOLD, "411622", "王五"), "");
    assert_string_equal(find_in(f, HOUSEHOLD, "411623", "王五"), "H1:1");
    IMPORT(f, {PERSON, 1, 3, NULL, "household=H1; number=P1; name="});
    assert_string_equal(find(f, PERSON, "王五"), "");
}

/* What the table holds must be what writing it anew gives. */
static int take_digest(void *user, int count, char **values, char **names)
{
    uint64_t *sum = user;
    (void)names;
    for (int i = 0; i < count; i++)
        *sum = *sum * 1099511628211u + text_hash(text_of(values[i] != NULL ? values[i] : ""));
    return 0;
}

static uint64_t rows_now(struct fixture *f)
{
    uint64_t sum = 0;
    database_sql(
        f->db_path,
        "SELECT county, gram, entity, place, village, id, parent FROM search_gram ORDER BY county, gram, "
        "entity, place, village, id",
        take_digest, &sum);
    return sum;
}

static void the_table_is_what_a_new_filling_gives(void **state)
{
    struct fixture *f = *state;
    struct err e = {0};
    static const char *const names[] = {"刘兰", "刘", "王小明", "小明小", "阿卜·杜", "", "兰兰兰"};
    static const char *const villages[] = {"411622104205", "411622104210", "411623100200"};
    uint32_t n = (uint32_t)clock_now_ms();
    print_message("from %u\n", n);
    for (int round = 0; round < 20; round++) {
        char house[120], person[120];
        n = n * 1664525u + 1013904223u;
        snprintf(house, sizeof house, "village=%s; number=H%u; name=%s", villages[(n >> 8) % 3],
                 (n >> 12) % 4, names[(n >> 16) % 7]);
        snprintf(person, sizeof person, "household=H%u; number=P%u; name=%s", (n >> 12) % 4, (n >> 20) % 6,
                 names[(n >> 24) % 7]);
        IMPORT(f, {HOUSEHOLD, 0, 3, NULL, house}, {PERSON, 1, 3, NULL, person});
    }
    uint64_t kept = rows_now(f);
    assert_done(store_begin(f->db, &e)
                    && store_end(f->db,
                                 store_run(f->db, TEXT("DELETE FROM search_gram"), &e)
                                     && records_define(f->records, &e),
                                 &e),
                &e);
    assert_int_not_equal(kept, 0);
    assert_true(rows_now(f) == kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_character_two_and_more_are_found_the_best_first),
        TEST(a_long_text_is_found_whole_among_names_that_share_its_pairs),
        TEST(rare_characters_and_long_names_with_dots_are_found),
        TEST(a_household_is_found_by_its_members),
        TEST(what_is_renamed_or_moves_is_found_as_it_is_now),
        TEST(the_table_is_what_a_new_filling_gives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
