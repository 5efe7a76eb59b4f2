/* Whole or not at all: commits, checks before them, savepoints, two writers, a full disk. */
#include "base/system.h"
#include "database.h"
#include "store/store.err.h"
#include "store/store.h"
#include "test.h"
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static char path[] = "store-transaction-XXXXXX";
static struct store *db;
static struct err e;

static int open_database(void **state)
{
    (void)state;
    err_clear(&e);
    int fd = mkstemp(path);
    if (fd < 0 || close(fd) != 0 || unlink(path) != 0)
        return -1;
    database_prepare(path);
    return store_open(database_at(path), STORE_CREATE, &db, &e) && store_publish(db, &e)
                   && store_run(
                       db,
                       TEXT("CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER REFERENCES t (id)) STRICT"),
                       &e)
               ? 0
               : -1;
}

static int close_database(void **state)
{
    (void)state;
    store_close(db);
    database_remove(path);
    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    return 0;
}

static bool put(int64_t id)
{
    struct statement *s = statement_open(db, TEXT("INSERT INTO t (id) VALUES (?1)"), &e);
    assert_non_null(s);
    statement_bind(s, 1, value_int(id));
    bool done = statement_run(s, &e);
    statement_close(s);
    return done;
}

static int64_t ask(struct store *from, const char *sql)
{
    struct statement *s = statement_open(from, text_of(sql), &e);
    assert_non_null(s);
    assert_int_equal(statement_step(s, &e), STEP_ROW);
    int64_t n = statement_column(s, 0).n;
    statement_close(s);
    return n;
}

static int64_t rows(void) { return ask(db, "SELECT count(*) FROM t"); }

static void the_promised_settings_hold(void **state)
{
    (void)state;
    if (database_on_postgres())
        skip();
    static const struct {
        const char *pragma;
        int64_t value;
    } cases[] = {{"PRAGMA synchronous", 2},   {"PRAGMA foreign_keys", 1},   {"PRAGMA recursive_triggers", 1},
                 {"PRAGMA secure_delete", 1}, {"PRAGMA trusted_schema", 0}, {"PRAGMA temp_store", 1}};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(ask(db, cases[i].pragma), cases[i].value);
    struct statement *s = statement_open(db, TEXT("PRAGMA journal_mode"), &e);
    assert_int_equal(statement_step(s, &e), STEP_ROW);
    assert_text(statement_column(s, 0).s, "wal");
    statement_close(s);
}

static void what_is_kept_stands_and_what_is_not_is_gone(void **state)
{
    (void)state;
    assert_done(store_begin(db, &e), &e);
    assert_true(store_in_transaction(db));
    assert_true(put(1));
    assert_done(store_end(db, true, &e), &e);
    assert_done(store_begin(db, &e), &e);
    assert_true(put(2));
    assert_false(store_end(db, false, &e));
    assert_false(store_in_transaction(db));
    assert_int_equal(rows(), 1);
}

static bool count_calls(struct store *at, void *user, struct err *error)
{
    (void)error;
    assert_ptr_equal(at, db);
    ++*(int *)user;
    return true;
}

static bool refuse_seven(struct store *at, void *user, struct err *error)
{
    (void)user;
    return ask(at, "SELECT count(*) FROM t WHERE id = 7") == 0 || err_fail(error, &STORE_FAILED);
}

static void a_check_before_the_commit_can_undo_it(void **state)
{
    (void)state;
    int calls = 0;
    store_before_commit(db, count_calls, &calls);
    store_before_commit(db, refuse_seven, NULL);
    assert_done(store_begin(db, &e), &e);
    assert_true(put(6));
    assert_done(store_end(db, true, &e), &e);
    assert_done(store_begin(db, &e), &e);
    assert_true(put(7));
    assert_refused(store_end(db, true, &e), &e, STORE_FAILED);
    assert_int_equal(calls, 2);
    assert_int_equal(rows(), 1);
    assert_done(store_begin_read(db, &e), &e);
    assert_done(store_end(db, true, &e), &e);
    assert_int_equal(calls, 2); /* nothing was written */
}

static void savepoints_undo_their_part_alone(void **state)
{
    (void)state;
    struct savepoint outer, inner;
    assert_done(store_begin(db, &e), &e);
    assert_done(savepoint_open(db, &outer, &e), &e);
    assert_true(put(1));
    assert_done(savepoint_open(db, &inner, &e), &e);
    assert_true(put(2));
    assert_false(savepoint_close(&inner, false, &e));
    assert_done(savepoint_open(db, &inner, &e), &e);
    assert_true(put(3));
    assert_true(savepoint_close(&inner, true, &e));
    assert_true(savepoint_close(&outer, true, &e));
    assert_done(store_end(db, true, &e), &e);
    assert_int_equal(ask(db, "SELECT sum(id) FROM t"), 4);
    assert_null(e.kind);
}

static void a_refused_row_is_undone_with_its_savepoint_alone(void **state)
{
    (void)state;
    assert_done(store_begin(db, &e), &e);
    static const char *const refused[] = {"INSERT INTO t VALUES (1, NULL)", "INSERT INTO t VALUES (3, 99)"};
    assert_true(put(1));
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct savepoint undo;
        assert_done(savepoint_open(db, &undo, &e), &e);
        assert_refused(store_run(db, text_of(refused[i]), &e), &e, STORE_CONSTRAINT);
        assert_false(savepoint_close(&undo, false, &e));
    }
    assert_true(put(2));
    assert_done(store_end(db, true, &e), &e);
    assert_int_equal(rows(), 2);
}

static void a_second_writer_waits_and_is_told(void **state)
{
    (void)state;
    struct store *second = NULL;
    assert_done(store_open(database_at(path), STORE_READWRITE, &second, &e), &e);
    store_wait(second, 300);
    assert_done(store_begin(db, &e), &e);
    int64_t from = clock_steady_ms();
    assert_refused(store_begin(second, &e), &e, STORE_BUSY);
    assert_in_range(clock_steady_ms() - from, 200, 5000);
    assert_done(store_end(db, true, &e), &e);
    assert_done(store_begin(second, &e), &e);
    store_close(second); /* rolls back */
    assert_done(store_begin(db, &e), &e);
    assert_done(store_end(db, true, &e), &e);
}

static void a_reader_sees_one_state_while_another_writes(void **state)
{
    (void)state;
    struct store *reader = NULL;
    assert_done(store_open(database_at(path), STORE_READONLY, &reader, &e), &e);
    assert_done(store_begin_read(reader, &e), &e);
    assert_int_equal(ask(reader, "SELECT count(*) FROM t"), 0);
    assert_done(store_begin(db, &e), &e);
    assert_true(put(1));
    assert_done(store_end(db, true, &e), &e);
    assert_int_equal(ask(reader, "SELECT count(*) FROM t"), 0);
    assert_done(store_end(reader, true, &e), &e);
    assert_int_equal(ask(reader, "SELECT count(*) FROM t"), 1);
    store_close(reader);
}

static void a_full_disk_undoes_the_transaction(void **state)
{
    (void)state;
    if (database_on_postgres())
        skip();
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA max_page_count = %d", (int)ask(db, "PRAGMA page_count") + 4);
    assert_done(store_run(db, text_of(sql), &e), &e);
    assert_done(store_begin(db, &e), &e);
    assert_true(put(1));
    bool done = store_run(
        db, TEXT("CREATE TABLE big (b BLOB) STRICT; INSERT INTO big VALUES (zeroblob(1000000))"), &e);
    assert_false(store_end(db, done, &e));
    assert_refused(false, &e, STORE_FULL);
    assert_int_equal(rows(), 0);
    assert_done(store_begin(db, &e), &e);
    assert_true(put(2));
    assert_done(store_end(db, true, &e), &e);
}

/* The real thing: the system refuses to let a file grow. */
static void a_file_that_may_not_grow_counts_as_a_full_disk(void **state)
{
    (void)state;
    if (database_on_postgres())
        skip();
    struct rlimit old, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){200000, old.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_done(store_begin(db, &e), &e);
    assert_true(put(1));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool done = store_run(
        db, TEXT("CREATE TABLE big (b BLOB) STRICT; INSERT INTO big VALUES (zeroblob(50000000))"), &e);
    done = store_end(db, done, &e);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, handler);
    assert_refused(done, &e, STORE_FULL);
    assert_int_equal(rows(), 0);
    assert_done(store_begin(db, &e), &e);
    assert_true(put(2));
    assert_done(store_end(db, true, &e), &e);
}

static void journal_triggers_hold_against_replace(void **state)
{
    (void)state;
    if (database_on_postgres())
        skip();
    assert_done(
        store_run(db,
                  TEXT("CREATE TRIGGER keep BEFORE DELETE ON t BEGIN SELECT RAISE(ABORT, 'rows stay'); END;"
                       "INSERT INTO t (id) VALUES (1)"),
                  &e),
        &e);
    assert_refused(store_run(db, TEXT("DELETE FROM t"), &e), &e, STORE_CONSTRAINT);
    assert_refused(store_run(db, TEXT("REPLACE INTO t (id) VALUES (1)"), &e), &e, STORE_CONSTRAINT);
}

/* Nobody waits for the answer to a row that is sent; a refusal shows in what follows. */
static void a_row_that_was_sent_and_refused_is_told_at_the_latest_by_the_end(void **state)
{
    (void)state;
    for (int64_t twice = 0; twice <= 1; twice++) {
        assert_done(store_begin(db, &e), &e);
        struct statement *s = statement_open(db, TEXT("INSERT INTO t (id) VALUES (?1)"), &e);
        bool done = true;
        for (int64_t id = 0; done && id < 2000; id++) {
            statement_bind(s, 1, value_int(id == 7 ? id - twice : id));
            done = statement_send(s, &e);
        }
        statement_close(s);
        done = store_end(db, done, &e);
        if (twice == 0) {
            assert_done(done, &e);
            assert_done(store_run(db, TEXT("DELETE FROM t"), &e), &e);
        } else {
            assert_refused(done, &e, STORE_CONSTRAINT);
        }
        assert_int_equal(rows(), 0);
    }
}

static void many_rows_are_read_while_others_are_written_and_looked_up(void **state)
{
    (void)state;
    assert_done(store_begin(db, &e), &e);
    for (int64_t id = 1; id <= 5000; id++)
        assert_true(put(id));
    struct statement *all = statement_open(db, TEXT("SELECT id FROM t WHERE id <= ?1 ORDER BY id"), &e);
    struct statement *one = statement_open(db, TEXT("SELECT up FROM t WHERE id = ?1"), &e);
    struct statement *set = statement_open(db, TEXT("UPDATE t SET up = id WHERE id = ?1"), &e);
    statement_many(all);
    statement_bind(all, 1, value_int(4500));
    int64_t count = 0;
    while (statement_step(all, &e) == STEP_ROW) {
        assert_int_equal(statement_column(all, 0).n, ++count);
        statement_bind(set, 1, value_int(count));
        assert_done(statement_send(set, &e), &e);
        if (count % 500 != 0)
            continue;
        statement_bind(one, 1, value_int(count));
        assert_int_equal(statement_step(one, &e), STEP_ROW);
        assert_int_equal(statement_column(one, 0).n, count);
    }
    assert_int_equal(count, 4500);
    statement_close(all);
    statement_close(one);
    statement_close(set);
    assert_done(store_end(db, true, &e), &e);
    assert_int_equal(ask(db, "SELECT count(up) FROM t"), 4500);
}

static void a_cancelled_statement_says_so(void **state)
{
    (void)state;
    store_cancel(db); /* nothing runs: nothing happens */
    assert_int_equal(rows(), 0);
}

#define with_database(test) cmocka_unit_test_setup_teardown(test, open_database, close_database)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_database(the_promised_settings_hold),
        with_database(what_is_kept_stands_and_what_is_not_is_gone),
        with_database(a_check_before_the_commit_can_undo_it),
        with_database(savepoints_undo_their_part_alone),
        with_database(a_refused_row_is_undone_with_its_savepoint_alone),
        with_database(a_second_writer_waits_and_is_told),
        with_database(a_reader_sees_one_state_while_another_writes),
        with_database(a_full_disk_undoes_the_transaction),
        with_database(a_file_that_may_not_grow_counts_as_a_full_disk),
        with_database(journal_triggers_hold_against_replace),
        with_database(a_row_that_was_sent_and_refused_is_told_at_the_latest_by_the_end),
        with_database(many_rows_are_read_while_others_are_written_and_looked_up),
        with_database(a_cancelled_statement_says_so),
    };
    return cmocka_run_group_tests_name("store/transaction", tests, NULL, NULL);
}
