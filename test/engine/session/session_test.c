/* Making and opening an office's database: whole or absent, its own key or none, the pack in force. */
#include "base/system.h"
#include "engine/session/session.err.h"
#include "engine/session/session.h"
#include "engine/vault/vault.err.h"
#include "store/store.err.h"
#include "test.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], db[96], key[96];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/honghua-session-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(db, sizeof db, "%s/a.db", folder);
    snprintf(key, sizeof key, "%s/a.db.key", folder);
    return 0;
}

static int remove_folder(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static bool init(const char *policy, const char *area, struct err *e)
{
    struct session s = {0};
    const struct session_options options = {.db = text_of(db), .write = true};
    bool done = session_init(&s, &options, text_of(policy), text_of(area), e);
    session_close(&s);
    return done;
}

static bool open_as(const char *key_file, bool need_key, struct err *e)
{
    struct session s = {0};
    const struct session_options options = {
        .db = text_of(db), .key_file = text_of(key_file), .need_key = need_key};
    bool done = session_open(&s, &options, e);
    session_close(&s);
    return done;
}

static void init_makes_a_database_and_a_key_that_nobody_else_reads(void **state)
{
    struct err e = {0};
    struct stat found;
    struct session s = {0};
    const struct session_options options = {.db = text_of(db)};
    (void)state;
    assert_done(init("henan", "411622104", &e), &e);
    assert_int_equal(stat(key, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
    assert_done(session_open(&s, &options, &e), &e);
    assert_text(s.catalog->id, "henan");
    assert_text(s.office_code, "411622104000");
    assert_true(area_holds(&s.office, TEXT("411622104225")));
    assert_false(area_holds(&s.office, TEXT("411622105200")));
    session_close(&s);
}

static void a_second_init_is_refused_and_changes_nothing(void **state)
{
    struct err e = {0};
    struct stat before, after;
    (void)state;
    assert_done(init("henan", "", &e), &e);
    assert_int_equal(stat(db, &before), 0);
    assert_refused(init("henan", "", &e), &e, SESSION_DATABASE_EXISTS);
    assert_int_equal(stat(db, &after), 0);
    assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
}

static void a_refused_init_leaves_neither_database_nor_key(void **state)
{
    struct err e = {0};
    (void)state;
    assert_false(init("no-such-pack", "", &e));
    assert_int_equal(e.kind->exit_code, 3);
    assert_int_not_equal(access(db, F_OK), 0);
    assert_int_not_equal(access(key, F_OK), 0);
    err_clear(&e);
    assert_false(init("henan", "12345", &e)); /* no division has five digits */
    assert_int_not_equal(access(db, F_OK), 0);
    assert_int_not_equal(access(key, F_OK), 0);
}

static void an_absent_database_is_told(void **state)
{
    struct err e = {0};
    (void)state;
    assert_refused(open_as(NULL, false, &e), &e, SESSION_DATABASE_ABSENT);
    assert_int_not_equal(access(db, F_OK), 0);
}

static void without_the_key_one_may_look_but_not_write(void **state)
{
    struct err e = {0};
    (void)state;
    assert_done(init("henan", "", &e), &e);
    assert_int_equal(unlink(key), 0);
    assert_done(open_as(NULL, false, &e), &e);
    assert_refused(open_as(NULL, true, &e), &e, SESSION_KEY_ABSENT);
    assert_refused(open_as("/nowhere/a.key", false, &e), &e, SESSION_KEY_ABSENT);
}

static void another_databases_key_is_refused(void **state)
{
    struct err e = {0};
    char other[128];
    (void)state;
    snprintf(other, sizeof other, "%s/other.key", folder);
    assert_done(init("henan", "", &e), &e);
    assert_done(vault_make(other, &e), &e);
    assert_refused(open_as(other, false, &e), &e, SESSION_KEY_WRONG);
}

static void an_existing_key_is_used_and_never_replaced(void **state)
{
    struct err e = {0};
    struct stat before, after;
    (void)state;
    assert_done(vault_make(key, &e), &e);
    assert_int_equal(stat(key, &before), 0);
    assert_done(init("henan", "", &e), &e);
    assert_int_equal(stat(key, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_done(open_as(NULL, true, &e), &e);
}

static void an_unknown_version_of_the_pack_is_told(void **state)
{
    struct err e = {0};
    struct session s = {0};
    const struct session_options options = {.db = text_of(db), .policy_version = TEXT("00ff")};
    (void)state;
    assert_done(init("henan", "", &e), &e);
    assert_refused(session_open(&s, &options, &e), &e, SESSION_POLICY_UNKNOWN);
    session_close(&s);
}

static void the_same_pack_again_changes_nothing(void **state)
{
    struct err e = {0};
    struct session s = {0};
    const struct session_options options = {.db = text_of(db), .write = true};
    bool changed = true;
    (void)state;
    assert_done(init("henan", "", &e), &e);
    assert_done(session_open(&s, &options, &e), &e);
    assert_done(session_policy_load(&s, TEXT("henan"), &changed, &e), &e);
    assert_false(changed);
    session_close(&s);
}

static int64_t indexes_of_past_persons(struct store *store)
{
    struct err e = {0};
    struct statement *s = statement_open(
        store, TEXT("SELECT count(*) FROM sqlite_master WHERE name = 'person_past_parent'"), &e);
    assert_done(s != NULL && statement_step(s, &e) == STEP_ROW, &e);
    int64_t count = statement_column(s, 0).n;
    statement_close(s);
    return count;
}

/* Takes away what migrations above 30 made: all tables that do not follow from the pack and were not there
 * then. */
static void tables_forget(struct store *store)
{
    static const char younger[] =
        "SELECT 'DROP TABLE ' || name FROM sqlite_master WHERE type = 'table' AND "
        "(name LIKE 'account%' OR name LIKE 'search%' OR name IN ('job', 'request_key')) "
        "ORDER BY name LIMIT 1";
    struct err e = {0};
    struct statement *s = statement_open(store, text_of(younger), &e);
    assert_non_null(s);
    while (statement_step(s, &e) == STEP_ROW) {
        char drop[128];
        snprintf(drop, sizeof drop, "%.*s", TEXT_ARG(statement_column(s, 0).s));
        statement_clear(s);
        assert_done(store_run(store, text_of(drop), &e), &e);
    }
    statement_close(s);
}

/* As an older program left it: without an index that this one counts on, and of an earlier schema. */
static void an_older_database_gets_the_indexes_of_this_program(void **state)
{
    struct err e = {0};
    struct store *store = NULL;
    struct session s = {0};
    const struct session_options options = {.db = text_of(db), .write = true};
    (void)state;
    assert_done(init("henan", "411622104", &e), &e);
    assert_done(store_open(db, STORE_READWRITE, &store, &e) && store_begin(store, &e), &e);
    assert_false(store_upgraded(store));
    assert_done(
        store_run(store,
                  TEXT("DROP INDEX person_past_parent; DELETE FROM schema_migration WHERE version > 30"), &e),
        &e);
    tables_forget(store);
    assert_done(store_end(store, true, &e), &e);
    assert_int_equal(indexes_of_past_persons(store), 0);
    store_close(store);
    assert_done(session_open(&s, &options, &e), &e);
    assert_int_equal(indexes_of_past_persons(s.store), 1);
    session_close(&s);
}

static void a_servers_database_needs_its_key_named_and_shows_no_password(void **state)
{
    struct err e = {0};
    struct session s = {0};
    struct buf sentence;
    const struct session_options options = {.db = TEXT("postgresql://u:s3cret@/x?host=/nowhere"),
                                            .write = true};
    (void)state;
    (void)unsetenv("HONGHUA_KEY_FILE");
    buf_init(&sentence, 4096);
    assert_refused(session_init(&s, &options, TEXT("henan"), TEXT(""), &e), &e, SESSION_KEY_NAMED);
    session_close(&s);
    assert_false(session_open(&s, &options, &e));
    err_sentence(&e, LANG_EN, &sentence);
    assert_true(text_find(buf_text(&sentence), TEXT("u@/x?host=/nowhere"), 0) != SIZE_MAX);
    assert_true(text_find(buf_text(&sentence), TEXT("s3cret"), 0) == SIZE_MAX);
    assert_refused(false, &e, STORE_UNREACHABLE);
    buf_clear(&sentence);
    session_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(init_makes_a_database_and_a_key_that_nobody_else_reads, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_second_init_is_refused_and_changes_nothing, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_refused_init_leaves_neither_database_nor_key, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(an_absent_database_is_told, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(without_the_key_one_may_look_but_not_write, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(another_databases_key_is_refused, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(an_existing_key_is_used_and_never_replaced, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(an_unknown_version_of_the_pack_is_told, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(the_same_pack_again_changes_nothing, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(an_older_database_gets_the_indexes_of_this_program, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_servers_database_needs_its_key_named_and_shows_no_password,
                                        make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
