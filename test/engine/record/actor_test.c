/* Records as an account sees and changes them: its area and its role's entities, and nothing told of the
 * rest. */
#include "engine/access/access.err.h"
#include "engine/record/record.err.h"
#include "fixture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define OWN "411622104205"
#define NEXT "411622104210"
#define MINE "village=411622104205; number=H1; name=刘; area=4.2"
#define THEIRS "village=411622104210; number=H2; name=王; area=3"

static bool readable[ENTITY_COUNT], writable[ENTITY_COUNT];
static struct catalog_role role;
static struct actor actor;

/* Everything but funds is read, everything but funds and projects written. */
static void act_in(struct fixture *f, const char *code)
{
    struct err e = {.kind = NULL};
    for (int i = 0; i < ENTITY_COUNT; i++) {
        readable[i] = i != FUND;
        writable[i] = i != FUND && i != PROJECT;
    }
    role = (struct catalog_role){.id = TEXT("clerk"), .reads = readable, .writes = writable};
    actor = (struct actor){.account = TEXT("li"), .role = &role, .area_code = text_of(code)};
    assert_true(area_of(text_of(code), &actor.area, &e));
    records_act_for(f->records, &actor);
}

/* Two villages of a town, one of the next town, and what belongs to the town. */
static void fill(struct fixture *f)
{
    struct outcome_of o = IMPORT(f, {HOUSEHOLD, 0, 3, NULL, MINE}, {HOUSEHOLD, 0, 4, NULL, THEIRS},
                                 {HOUSEHOLD, 0, 5, NULL, "village=411622105201; number=H3; name=赵; area=1"},
                                 {PERSON, 1, 3, NULL, "household=H1; number=P1; certificate=1; name=a"},
                                 {PERSON, 1, 4, NULL, "household=H2; number=P2; certificate=2; name=b"},
                                 {PROJECT, 2, 3, NULL, "number=J1"});
    assert_true(o.good);
}

static bool refused_once(const struct outcome_of *o, enum batch_refusal why)
{
    return o->good && wrote_nothing(o) && o->told.refused == 1 && o->told.why[0] == why;
}

static void it_reads_what_lies_in_its_area(void **state)
{
    struct fixture *f = *state;
    fill(f);
    assert_int_equal(count_of(f, HOUSEHOLD), 3);
    act_in(f, OWN);
    assert_int_equal(count_of(f, HOUSEHOLD), 1);
    assert_int_equal(count_of(f, PERSON), 1);
    assert_int_equal(count_of(f, PROJECT), 0);
    assert_string_not_equal(record_at(f, HOUSEHOLD, "H1", NULL), "");
    assert_string_equal(record_at(f, HOUSEHOLD, "H2", NULL), "");
    assert_string_equal(record_at(f, PERSON, "P2", NULL), "");
    assert_string_equal(record_at(f, HOUSEHOLD, "H2", "2019-12-31"), "");
    act_in(f, "411622104");
    assert_int_equal(count_of(f, HOUSEHOLD), 2);
    assert_int_equal(count_of(f, PROJECT), 1); /* the town's */
    act_in(f, "411622105");
    assert_int_equal(count_of(f, HOUSEHOLD), 1);
    assert_int_equal(count_of(f, PROJECT), 0);
    act_in(f, "411623");
    assert_int_equal(count_of(f, HOUSEHOLD), 0);
}

static void a_key_elsewhere_is_not_found(void **state)
{
    struct fixture *f = *state;
    const struct area everything = {.lo = ""};
    struct err e = {.kind = NULL};
    struct text id;
    bool found = true;
    fill(f);
    act_in(f, OWN);
    assert_true(record_find(f->records, entity_of(f, HOUSEHOLD), &everything, TEXT("H1"), &f->arena, &id,
                            &found, &e));
    assert_true(found);
    assert_true(record_find(f->records, entity_of(f, HOUSEHOLD), &everything, TEXT("H2"), &f->arena, &id,
                            &found, &e));
    assert_false(found);
    assert_true(
        record_find(f->records, entity_of(f, PERSON), &everything, TEXT("P2"), &f->arena, &id, &found, &e));
    assert_false(found);
}

static void an_entity_that_the_role_does_not_list_is_forbidden(void **state)
{
    struct fixture *f = *state;
    const struct area everything = {.lo = ""};
    const struct record_query q = {.entity = entity_of(f, FUND), .as_of = DAY_NONE, .limit = -1};
    struct record_scan *scan = NULL;
    struct err e = {.kind = NULL};
    struct text id;
    int64_t count;
    bool found;
    fill(f);
    act_in(f, "41");
    assert_false(record_scan_open(f->records, &q, &scan, &e));
    assert_true(err_is(&e, &ACCESS_FORBIDDEN));
    err_clear(&e);
    assert_false(record_count(f->records, q.entity, &everything, &count, &e));
    assert_true(err_is(&e, &ACCESS_FORBIDDEN));
    err_clear(&e);
    assert_false(record_find(f->records, q.entity, &everything, TEXT("F1"), &f->arena, &id, &found, &e));
    assert_true(err_is(&e, &ACCESS_FORBIDDEN));
}

static void an_area_beyond_its_own_is_as_one_that_is_not_there(void **state)
{
    static const char *const beyond[] = {NEXT,        "411622104", "411622",      "41",
                                         "411622105", "999999",    "411622104299"};
    struct fixture *f = *state;
    struct area area;
    struct err e = {.kind = NULL};
    fill(f);
    act_in(f, OWN);
    assert_true(records_area(f->records, TEXT(""), &area, &e));
    assert_string_equal(area.lo, OWN);
    assert_true(records_area(f->records, TEXT(OWN), &area, &e));
    for (size_t i = 0; i < sizeof beyond / sizeof beyond[0]; i++) {
        assert_false(records_area(f->records, text_of(beyond[i]), &area, &e));
        assert_true(err_is(&e, &ACCESS_AREA_UNKNOWN));
        assert_int_equal(e.count, 0); /* nothing is repeated */
        err_clear(&e);
    }
    records_act_for(f->records, NULL);
    assert_true(records_area(f->records, TEXT("411622"), &area, &e));
    assert_false(records_area(f->records, TEXT("999999"), &area, &e));
    assert_true(err_is(&e, &RECORD_AREA_UNKNOWN));
}

static void it_changes_its_own_and_what_hangs_below(void **state)
{
    struct fixture *f = *state;
    fill(f);
    act_in(f, OWN);
    struct outcome_of o =
        IMPORT(f, {HOUSEHOLD, 0, 3, NULL, "village=411622104205; number=H1; name=刘; area=5"},
               {HOUSEHOLD, 0, 4, NULL, "village=411622104205; number=H9; name=新"},
               {PERSON, 1, 3, NULL, "household=H9; number=P9; certificate=9; name=c"});
    assert_counts(&o.counts[0], 2, 1, 1, 0, 0);
    assert_counts(&o.counts[1], 1, 1, 0, 0, 0);
    assert_int_equal(o.told.refused, 0);
}

static void what_lies_elsewhere_is_refused_like_what_is_not_there(void **state)
{
    static const struct {
        struct test_row row;
        enum batch_refusal why;
    } cases[] = {
        /* somebody else's record as it is, changed, and taken over into its own village */
        {{HOUSEHOLD, 0, 3, NULL, THEIRS}, BATCH_VILLAGE_UNKNOWN},
        {{HOUSEHOLD, 0, 3, NULL, "number=H2; name=赵"}, BATCH_VILLAGE_UNKNOWN},
        {{HOUSEHOLD, 0, 3, NULL, "village=411622104205; number=H2; name=王"}, BATCH_VILLAGE_UNKNOWN},
        /* a new one there, by code and by name */
        {{HOUSEHOLD, 0, 3, NULL, "village=411622104210; number=H8; name=新"}, BATCH_VILLAGE_UNKNOWN},
        {{DUTY, 0, 3, NULL, "name=赵; post=x", .village_name = "张庄"}, BATCH_VILLAGE_UNKNOWN},
        {{HOUSEHOLD, 0, 3, NULL, "village=411622104299; number=H8; name=新"}, BATCH_VILLAGE_UNKNOWN},
        /* its own, moved out of its area */
        {{HOUSEHOLD, 0, 3, NULL, "village=411622104210; number=H1; name=刘"}, BATCH_VILLAGE_UNKNOWN},
        /* below somebody else's household, and below none */
        {{PERSON, 0, 3, NULL, "household=H2; number=P8; certificate=8; name=c"}, BATCH_HOUSEHOLD_UNKNOWN},
        {{PERSON, 0, 3, NULL, "household=H2; number=P2; certificate=2; name=b"}, BATCH_HOUSEHOLD_UNKNOWN},
        {{PERSON, 0, 3, NULL, "household=H7; number=P7; certificate=7; name=c"}, BATCH_HOUSEHOLD_UNKNOWN},
        /* somebody else's member into its own household */
        {{PERSON, 0, 3, NULL, "household=H1; number=P2; certificate=2; name=b"}, BATCH_HOUSEHOLD_UNKNOWN},
        /* an older state of somebody else's */
        {{HOUSEHOLD, 0, 3, "2012-01-01", "village=411622104205; number=H2; name=王"}, BATCH_VILLAGE_UNKNOWN},
    };
    struct fixture *f = *state;
    fill(f);
    uint64_t before = digest_of(f);
    act_in(f, OWN);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct outcome_of o = import_rows(f, &cases[i].row, 1, false);
        if (!refused_once(&o, cases[i].why))
            fail_msg("case %zu: %zu refused, first %d", i, o.told.refused, (int)o.told.why[0]);
        assert_int_equal(o.counts[0].rejected, 1);
    }
    assert_int_equal(digest_of(f), before);
}

static void a_household_refused_for_its_village_takes_its_members_with_it(void **state)
{
    struct fixture *f = *state;
    fill(f);
    uint64_t before = digest_of(f);
    act_in(f, OWN);
    struct outcome_of o = IMPORT(f, {HOUSEHOLD, 0, 3, NULL, "village=411622104210; number=H8; name=新"},
                                 {PERSON, 1, 3, NULL, "household=H8; number=P8; certificate=8; name=c"});
    assert_true(wrote_nothing(&o));
    assert_int_equal(o.counts[0].rejected + o.counts[1].rejected, 2);
    assert_int_equal(digest_of(f), before);
}

static void what_the_role_does_not_write_stops_the_batch(void **state)
{
    struct fixture *f = *state;
    const struct batch_events events = {.user = NULL};
    const struct batch_options options = {.by = TEXT("li"), .why = TEXT("import")};
    struct batch *b = NULL;
    struct err e = {.kind = NULL};
    day d = DAY_NONE;
    fill(f);
    act_in(f, "411622104");
    assert_true(day_parse(TEXT("2019-12-31"), &d));
    assert_true(batch_open(f->records, f->journal, &options, &events, &b, &e));
    struct batch_row row = row_of(f, PROJECT, 0, 3, d, "number=J2");
    assert_false(batch_add(b, &row, &e));
    assert_true(err_is(&e, &ACCESS_FORBIDDEN));
    batch_abandon(b);
}

static void what_the_town_has_is_no_villages_to_write(void **state)
{
    struct fixture *f = *state;
    fill(f);
    act_in(f, OWN);
    writable[PROJECT] = true;
    struct outcome_of o = IMPORT(f, {PROJECT, 0, 3, NULL, "number=J2"});
    assert_true(refused_once(&o, BATCH_VILLAGE_UNKNOWN));
    act_in(f, "411622104");
    writable[PROJECT] = true;
    o = IMPORT(f, {PROJECT, 0, 3, NULL, "number=J2"});
    assert_counts(&o.counts[0], 1, 1, 0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_reads_what_lies_in_its_area),
        TEST(a_key_elsewhere_is_not_found),
        TEST(an_entity_that_the_role_does_not_list_is_forbidden),
        TEST(an_area_beyond_its_own_is_as_one_that_is_not_there),
        TEST(it_changes_its_own_and_what_hangs_below),
        TEST(what_lies_elsewhere_is_refused_like_what_is_not_there),
        TEST(a_household_refused_for_its_village_takes_its_members_with_it),
        TEST(what_the_role_does_not_write_stops_the_batch),
        TEST(what_the_town_has_is_no_villages_to_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
