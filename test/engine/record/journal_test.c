/* The journal against an owner of the disk: what is changed, removed, moved or cut off in the file is found.
 */
#include "database.h"
#include "engine/journal/journal.err.h"
#include "fixture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static int open_filled(void **state)
{
    static struct fixture f;
    fixture_open(&f);
    for (int n = 0; n < 3; n++) {
        char cells[128];
        struct test_row rows[4];
        for (uint32_t i = 0; i < 4; i++) {
            snprintf(cells, sizeof cells, "number=H%d%u; village=411622104205; name=n%d; phone=1380000000%u",
                     n, i, n, i);
            rows[i] = (struct test_row){HOUSEHOLD, 0,     i,   NULL, text_copy(&f.arena, text_of(cells)).at,
                                        false,     false, NULL};
        }
        if (!import_rows(&f, rows, 4, false).good)
            return -1;
    }
    if (!IMPORT(&f, {HOUSEHOLD, 0, 1, NULL, "number=H00; name=changed"},
                {HOUSEHOLD, 0, 2, NULL, "number=H01; village=411623100200"})
             .good)
        return -1;
    *state = &f;
    return 0;
}

struct faults {
    size_t count;
    char what[256];
};

static void see(void *user, const struct journal_fault *fault)
{
    struct faults *found = user;
    size_t at = strlen(found->what);
    snprintf(found->what + at, sizeof found->what - at, "%s%s %.*s:%lld", at > 0 ? "; " : "", fault->what,
             TEXT_ARG(fault->county), (long long)fault->position);
    found->count++;
}

static struct faults verify(struct fixture *f)
{
    struct faults found = {0};
    struct err e = {.kind = NULL};
    uint64_t entries = 0, faults = 0;
    bool unauthenticated = true;
    if (!journal_verify(f->journal, see, &found, &entries, &faults, &unauthenticated, &e))
        fail_msg("%s", e.kind->code);
    assert_int_equal(faults, found.count);
    assert_false(unauthenticated);
    return found;
}

/* Takes away what refuses; that alone is no fault of the log. */
static void loosen(struct fixture *f)
{
    tamper(
        f,
        database_on_postgres()
            ? "ALTER TABLE journal_entry DISABLE TRIGGER USER; ALTER TABLE journal_head DISABLE TRIGGER USER;"
              "ALTER TABLE journal_state DISABLE TRIGGER USER"
            : "DROP TRIGGER journal_entry_update; DROP TRIGGER journal_entry_delete;"
              "DROP TRIGGER journal_head_update; DROP TRIGGER journal_head_delete; DROP TRIGGER "
              "journal_state_delete");
}

static void an_untouched_log_verifies(void **state)
{
    struct faults found = verify(*state);
    assert_string_equal(found.what, "");
    loosen(*state);
    found = verify(*state);
    assert_string_equal(found.what, "");
}

/* What an owner of the disk does, and what is told of it first. Positions 0 to 12 of 411622: three imports of
 * four, then H00; 411623 has the move of H01. */
static void every_kind_of_tampering_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *first;
    } cases[] = {
        {"UPDATE journal_entry SET entry = replace(entry, 'n1', 'n9') WHERE position = 5",
         "changed 411622:5"},
        {"UPDATE journal_entry SET entry = entry || ' ' WHERE county = '411622' AND position = 12",
         "changed 411622:12"},
        {"UPDATE journal_entry SET leaf = (SELECT mac FROM journal_head WHERE size = 4) WHERE position = 3",
         "changed 411622:3"},
        {"UPDATE journal_entry SET record = 'H99' WHERE position = 2", "moved 411622:2"},
        {"DELETE FROM journal_entry WHERE position = 6", "missing 411622:6"},
        {"DELETE FROM journal_entry WHERE county = '411622' AND position = 12", "cut off 411622:12"},
        {"DELETE FROM journal_entry WHERE county = '411622' AND position >= 8; DELETE FROM journal_head "
         "WHERE county = '411622' AND size > 8",
         "cut off 411622:8"},
        {"DELETE FROM journal_entry WHERE county = '411623'; DELETE FROM journal_head WHERE county = "
         "'411623'",
         "cut off 411623:0"},
        {"DELETE FROM journal_entry; DELETE FROM journal_head", "cut off 411622:0"},
        {"UPDATE journal_entry SET position = 100 WHERE position = 4; UPDATE journal_entry SET position = 4 "
         "WHERE position = 5; "
         "UPDATE journal_entry SET position = 5 WHERE position = 100",
         "moved 411622:4"},
        {"UPDATE journal_entry SET position = position + 1 WHERE county = '411623'", "missing 411623:0"},
        {"UPDATE journal_entry SET county = '411699' WHERE county = '411623'", "cut off 411623:0"},
        {"UPDATE journal_head SET root = mac WHERE size = 4", "head 411622:4"},
        {"UPDATE journal_head SET mac = root WHERE size = 8", "head 411622:8"},
        {"UPDATE journal_head SET at_ms = at_ms + 1 WHERE size = 12", "head 411622:12"},
        {"UPDATE journal_head SET batch = 'x' WHERE size = 4", "head 411622:4"},
        {"UPDATE journal_head SET edge = mac WHERE size = 8", "head 411622:8"},
        {"UPDATE journal_head SET size = 5 WHERE size = 4", "head 411622:5"},
        {"DELETE FROM journal_head WHERE county = '411622' AND size = 13", "head 411622:13"},
        {"DELETE FROM journal_state", "head :-1"},
        {"UPDATE journal_state SET mac = NULL", "head :-1"},
        {"UPDATE journal_state SET heads = 'x'", "head :-1"},
        {"UPDATE journal_state SET heads = replace(heads, ',13,', ',14,')", "cut off 411622:13"},
        {"INSERT INTO journal_entry SELECT county, 13, record, leaf, entry, sealed FROM journal_entry WHERE "
         "position = 12 AND county = '411622'",
         "moved 411622:13"},
        {"INSERT INTO journal_head SELECT county, 7, batch, at_ms, root, edge, mac FROM journal_head WHERE "
         "size = 8",
         "head 411622:7"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        void *fixture = NULL;
        assert_int_equal(open_filled(&fixture), 0);
        loosen(fixture);
        tamper(fixture, cases[i].sql);
        struct faults found = verify(fixture);
        if (found.count == 0 || strncmp(found.what, cases[i].first, strlen(cases[i].first)) != 0)
            fail_msg("%s\n%s", cases[i].sql, found.what);
        close_fixture(&fixture);
    }
}

/* An entry with its leaf forged to fit: only the heads can tell. */
static void a_forged_entry_with_its_own_leaf_is_found_by_the_heads(void **state)
{
    loosen(*state);
    tamper(*state, "UPDATE journal_entry SET leaf = (SELECT leaf FROM journal_entry WHERE position = "
                   "6), entry = (SELECT replace(entry, "
                   "'\"n\":6,', '\"n\":5,') FROM journal_entry WHERE position = 6) WHERE position = 5");
    struct faults found = verify(*state);
    assert_true(found.count > 0);
}

static void all_refused(struct fixture *f, const char *const refused[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct err e = {.kind = NULL};
        assert_true(store_begin(f->db, &e));
        if (store_run(f->db, text_of(refused[i]), &e))
            fail_msg("%s", refused[i]);
        assert_string_equal(e.kind->code, "STORE_CONSTRAINT");
        assert_false(store_end(f->db, false, &e));
    }
}

static void the_database_itself_refuses_to_change_the_journal(void **state)
{
    struct fixture *f = *state;
    static const char *const refused[] = {
        "UPDATE journal_entry SET entry = 'x' WHERE position = 1",
        "UPDATE journal_entry SET record = 'x', sealed = NULL WHERE position = 1",
        "UPDATE journal_entry SET sealed = leaf WHERE position = 1",
        "DELETE FROM journal_entry WHERE position = 1",
        "INSERT INTO journal_entry (county, position, record, leaf, entry) SELECT county, position, 'x', "
        "leaf, 'x' "
        "FROM journal_entry WHERE position = 1 ON CONFLICT (county, position) DO UPDATE SET entry = "
        "excluded.entry",
        "UPDATE journal_head SET batch = 'x'",
        "DELETE FROM journal_head",
        "DELETE FROM journal_state",
    };
    static const char *const refused_by_sqlite[] = {
        "REPLACE INTO journal_entry SELECT county, position, 'x', leaf, 'x', NULL FROM journal_entry WHERE "
        "position = 1",
        "REPLACE INTO journal_head (county, size, batch, at_ms, root, edge, mac) SELECT county, size, 'x', "
        "at_ms, root, edge, mac FROM journal_head"};
    static const char *const refused_by_postgres[] = {"TRUNCATE journal_entry", "TRUNCATE journal_head",
                                                      "TRUNCATE journal_state"};
    bool postgres = database_on_postgres();
    all_refused(f, refused, COUNT_OF(refused));
    all_refused(f, postgres ? refused_by_postgres : refused_by_sqlite,
                postgres ? COUNT_OF(refused_by_postgres) : COUNT_OF(refused_by_sqlite));
    assert_string_equal(verify(f).what, "");
}

struct erased {
    size_t commitments, values;
};

static bool see_sensitive(void *user, const struct journal_entry *entry)
{
    struct erased *erased = user;
    for (size_t i = 0; i < entry->count; i++) {
        erased->commitments += entry->changes[i].sensitive;
        erased->values += entry->changes[i].sensitive && entry->changes[i].after.kind != VALUE_NONE;
    }
    return true;
}

static void what_is_sealed_may_be_erased_and_the_log_still_verifies(void **state)
{
    struct fixture *f = *state;
    struct err e = {.kind = NULL};
    struct erased before = {0}, after = {0};
    assert_true(journal_list(f->journal, TEXT("H11"), -1, see_sensitive, &before, &e));
    assert_int_equal(before.values, 1);
    assert_true(store_begin(f->db, &e));
    assert_true(store_run(f->db, TEXT("UPDATE journal_entry SET sealed = NULL WHERE record = 'H11'"), &e));
    assert_true(store_end(f->db, true, &e));
    assert_true(journal_list(f->journal, TEXT("H11"), -1, see_sensitive, &after, &e));
    assert_int_equal(after.commitments, 1);
    assert_int_equal(after.values, 0);
    assert_string_equal(verify(f).what, "");
}

static void without_the_key_heads_are_told_to_be_unauthenticated(void **state)
{
    struct fixture *f = *state;
    struct err e = {.kind = NULL};
    struct journal *keyless = NULL;
    struct erased seen = {0};
    uint64_t entries = 0, faults = 0;
    bool unauthenticated = false;
    assert_true(journal_open(f->db, NULL, &f->arena, &keyless, &e));
    assert_true(journal_verify(keyless, NULL, NULL, &entries, &faults, &unauthenticated, &e));
    assert_int_equal(entries, 14);
    assert_int_equal(faults, 0);
    assert_true(unauthenticated);
    assert_true(journal_list(keyless, TEXT_NONE, -1, see_sensitive, &seen, &e));
    assert_int_equal(seen.commitments, 12);
    assert_int_equal(seen.values, 0);
    assert_false(journal_begin(keyless, uuid_make(), TEXT("x"), TEXT("y"), &e));
    assert_ptr_equal(e.kind, &JOURNAL_KEY_ABSENT);
    journal_close(keyless);
}

static void a_batch_that_is_not_ended_does_not_commit(void **state)
{
    struct fixture *f = *state;
    struct err e = {.kind = NULL};
    const struct journal_change change = {.field = TEXT("a"), .after = value_int(1)};
    assert_true(store_begin(f->db, &e));
    assert_true(journal_begin(f->journal, uuid_make(), TEXT("x"), TEXT("y"), &e));
    assert_true(journal_append(f->journal, TEXT("411622"), TEXT("e"), TEXT("r"), &change, 1, &e));
    assert_false(store_end(f->db, true, &e));
    assert_ptr_equal(e.kind, &JOURNAL_UNSOUND);
    journal_abandon(f->journal);
    assert_string_equal(verify(f).what, "");
}

static void an_entry_that_was_changed_within_the_transaction_does_not_commit(void **state)
{
    struct fixture *f = *state;
    struct err e = {.kind = NULL};
    const struct journal_change change = {.field = TEXT("a"), .after = value_int(1)};
    assert_true(store_begin(f->db, &e));
    assert_true(journal_begin(f->journal, uuid_make(), TEXT("x"), TEXT("y"), &e));
    assert_true(journal_append(f->journal, TEXT("411622"), TEXT("e"), TEXT("r"), &change, 1, &e));
    assert_true(
        store_run(f->db,
                  text_of(database_on_postgres() ? "ALTER TABLE journal_entry DISABLE TRIGGER USER; UPDATE "
                                                   "journal_entry SET entry = '{}' WHERE position = 13"
                                                 : "DROP TRIGGER journal_entry_update; UPDATE journal_entry "
                                                   "SET entry = '{}' WHERE position = 13"),
                  &e));
    assert_true(journal_end(f->journal, &e));
    assert_false(store_end(f->db, true, &e));
    assert_ptr_equal(e.kind, &JOURNAL_UNSOUND);
    journal_abandon(f->journal);
    assert_string_equal(verify(f).what, "");
}

static void text_that_is_not_utf8_is_refused_by_its_field(void **state)
{
    struct fixture *f = *state;
    struct err e = {.kind = NULL};
    const struct journal_change changes[] = {{.field = TEXT("a"), .after = value_int(1)},
                                             {.field = TEXT("b"), .after = value_text(TEXT("\xff"))}};
    assert_true(store_begin(f->db, &e));
    assert_true(journal_begin(f->journal, uuid_make(), TEXT("x"), TEXT("y"), &e));
    assert_false(journal_append(f->journal, TEXT("411622"), TEXT("e"), TEXT("r"), changes, 2, &e));
    assert_ptr_equal(e.kind, &JOURNAL_TEXT);
    assert_string_equal(e.field[0].s, "b");
    journal_abandon(f->journal);
    assert_false(store_end(f->db, false, &e));
}

#define FILLED(name) cmocka_unit_test_setup_teardown(name, open_filled, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILLED(an_untouched_log_verifies),
        cmocka_unit_test(every_kind_of_tampering_is_found),
        FILLED(a_forged_entry_with_its_own_leaf_is_found_by_the_heads),
        FILLED(the_database_itself_refuses_to_change_the_journal),
        FILLED(what_is_sealed_may_be_erased_and_the_log_still_verifies),
        FILLED(without_the_key_heads_are_told_to_be_unauthenticated),
        FILLED(a_batch_that_is_not_ended_does_not_commit),
        FILLED(an_entry_that_was_changed_within_the_transaction_does_not_commit),
        FILLED(text_that_is_not_utf8_is_refused_by_its_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
