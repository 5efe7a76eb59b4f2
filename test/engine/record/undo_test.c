/* A batch taken back leaves the register as it was, or changes nothing. */
#include "engine/record/record.err.h"
#include "engine/record/undo.h"
#include "fixture.h"
#include "test.h"

static struct undone undo(struct fixture *f, struct uuid batch)
{
    const struct batch_options options = {.by = TEXT("test"), .why = TEXT("undo")};
    struct undone u;
    struct err e = {0};
    char id[37];
    uuid_format(batch, id);
    assert_done(record_undo(f->records, f->journal, &options, text_of(id), &f->arena, &u, &e), &e);
    verify_clean(f);
    return u;
}

static void what_it_made_goes_and_what_it_changed_is_as_before(void **state)
{
    struct fixture *f = *state;
    IMPORT(f, {HOUSEHOLD, 0, 3, "2018-12-31", H1},
           {PERSON, 1, 3, "2018-12-31", "household=H1; number=P1; name=李"});
    struct outcome_of o = IMPORT(
        f,
        {HOUSEHOLD, 0, 3, "2019-12-31", "number=H1; name=王; area=; phone=13900000009; village=411623100200"},
        {HOUSEHOLD, 0, 4, "2019-12-31", "village=411622104205; number=H2; name=新"},
        {PERSON, 1, 3, "2019-12-31", "household=H2; number=P2; name=新"});
    struct undone u = undo(f, o.id);
    assert_int_equal(u.conflict_count, 0);
    assert_int_equal(u.removed, 2);
    assert_int_equal(count_of(f, HOUSEHOLD), 1);
    assert_int_equal(count_of(f, PERSON), 1);
    const char *was = "@104205; number=H1; name=刘; area=4.2; joined=2014-05-01; phone=13800000001; "
                      "phone_valid=yes; mark=a";
    assert_string_equal(record_at(f, HOUSEHOLD, "H1", NULL), was);
    assert_string_equal(record_at(f, HOUSEHOLD, "H1", "2020-01-01"), was);
    assert_string_equal(record_at(f, PERSON, "P1", NULL), "@104205; household=H1; number=P1; name=李");
}

static void a_batch_that_was_built_on_stays(void **state)
{
    struct fixture *f = *state;
    struct outcome_of first = IMPORT(f, {HOUSEHOLD, 0, 3, NULL, H1});
    IMPORT(f, {PERSON, 1, 3, NULL, "household=H1; number=P1"});
    uint64_t before = digest_of(f);
    struct undone u = undo(f, first.id);
    assert_int_equal(u.conflict_count, 1);
    assert_int_equal(u.conflicts[0].why, UNDO_BUILT_BELOW);
    assert_true(digest_of(f) == before);
    IMPORT(f, {HOUSEHOLD, 0, 3, NULL, "number=H1; name=x"});
    before = digest_of(f);
    assert_int_equal(undo(f, first.id).conflicts[0].why, UNDO_CHANGED_SINCE);
    assert_true(digest_of(f) == before);
}

static void an_unknown_batch_is_refused(void **state)
{
    struct fixture *f = *state;
    const struct batch_options options = {.by = TEXT("test"), .why = TEXT("undo")};
    struct undone u;
    struct err e = {0};
    assert_refused(record_undo(f->records, f->journal, &options, TEXT("none"), &f->arena, &u, &e), &e,
                   RECORD_BATCH_ABSENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_it_made_goes_and_what_it_changed_is_as_before),
        TEST(a_batch_that_was_built_on_stays),
        TEST(an_unknown_batch_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
