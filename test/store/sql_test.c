/* What tools/sql.py makes of a .sql file, run. */
#include "database.h"
#include "store/sample.sql.h"
#include "store/store.err.h"
#include "test.h"
#include <stdlib.h>
#include <unistd.h>

static char path[] = "store-sql-XXXXXX";
static struct store *db;
static struct err e;
static struct arena arena;

static int open_database(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    int fd = mkstemp(path);
    if (fd < 0 || close(fd) != 0 || unlink(path) != 0)
        return -1;
    database_prepare(path);
    return store_open(database_at(path), STORE_CREATE, &db, &e) && store_publish(db, &e)
                   && store_run(db,
                                text_of(database_on_postgres()
                                            ? "CREATE TABLE sample (id TEXT PRIMARY KEY, amount INTEGER, "
                                              "paid INTEGER, note TEXT,"
                                              "mark BLOB NOT NULL, closed INTEGER NOT NULL)"
                                            : "CREATE TABLE sample (id TEXT PRIMARY KEY, amount ANY, paid "
                                              "INTEGER, note TEXT,"
                                              "mark BLOB NOT NULL, closed INTEGER NOT NULL) STRICT"),
                                &e)
               ? 0
               : -1;
}

static int close_database(void **state)
{
    (void)state;
    arena_clear(&arena);
    store_close(db);
    database_remove(path);
    return 0;
}

static void put(const char *id, int64_t amount)
{
    const struct sample_put_in in = {
        .id = text_of(id), .amount = amount, .mark = TEXT("\x01\x02"), .closed = true};
    assert_done(sample_put(db, &in, &e), &e);
}

static void a_row_comes_back_with_its_nulls(void **state)
{
    (void)state;
    struct sample_get_row row;
    put("a", 12);
    assert_done(sample_get(db, &(struct sample_get_in){TEXT("a")}, &arena, &row, &e), &e);
    assert_int_equal(row.amount, 12);
    assert_int_equal(row.paid.kind, VALUE_NONE);
    assert_null(row.note.at);
    assert_text(row.mark, "\x01\x02");
    assert_true(row.closed);
}

static void one_wants_a_row_and_maybe_does_not(void **state)
{
    (void)state;
    struct sample_get_row row;
    struct sample_find_row found_row;
    bool found = true;
    assert_refused(sample_get(db, &(struct sample_get_in){TEXT("nobody")}, &arena, &row, &e), &e,
                   STORE_FAILED);
    assert_done(sample_find(db, &(struct sample_find_in){TEXT("nobody")}, &arena, &found_row, &found, &e),
                &e);
    assert_false(found);
}

static void many_gives_them_in_order(void **state)
{
    (void)state;
    struct sample_list list = {0};
    struct sample_list_row row;
    put("b", 2);
    put("a", 1);
    assert_done(sample_list_open(db, &list, &e), &e);
    assert_true(sample_list_next(&list, &row, &e));
    assert_text(row.id, "a");
    assert_true(sample_list_next(&list, &row, &e));
    assert_int_equal(row.amount, 2);
    assert_false(sample_list_next(&list, &row, &e));
    assert_null(e.kind);
    sample_list_close(&list);
    sample_list_close(&list);
}

static void a_column_of_another_kind_is_an_error(void **state)
{
    (void)state;
    struct sample_find_row row;
    struct sample_total_row total;
    bool found;
    if (!database_on_postgres()) { /* which has no columns of any kind */
        assert_done(store_run(db, TEXT("INSERT INTO sample VALUES ('odd', 'text', NULL, NULL, x'', 0)"), &e),
                    &e);
        assert_refused(sample_find(db, &(struct sample_find_in){TEXT("odd")}, &arena, &row, &found, &e), &e,
                       STORE_FAILED);
    }
    assert_done(store_run(db, TEXT("DELETE FROM sample"), &e), &e);
    assert_refused(sample_total(db, &arena, &total, &e), &e, STORE_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_comes_back_with_its_nulls),
        cmocka_unit_test(one_wants_a_row_and_maybe_does_not),
        cmocka_unit_test(many_gives_them_in_order),
        cmocka_unit_test(a_column_of_another_kind_is_an_error),
    };
    return cmocka_run_group_tests_name("store/sql", tests, open_database, close_database);
}
