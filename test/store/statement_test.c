/* Values in and out, statements kept by their text, many rows through one of them. */
#include "base/base.err.h"
#include "database.h"
#include "store/store.err.h"
#include "store/store.h"
#include "test.h"
#include <stdlib.h>
#include <unistd.h>

static char path[] = "store-statement-XXXXXX";
static struct store *db;
static struct err e;

static int open_database(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    if (fd < 0 || close(fd) != 0 || unlink(path) != 0)
        return -1;
    database_prepare(path);
    return store_open(database_at(path), STORE_CREATE, &db, &e) && store_publish(db, &e) ? 0 : -1;
}

static int close_database(void **state)
{
    (void)state;
    store_close(db);
    database_remove(path);
    return 0;
}

static void values_come_back(void (*before)(struct statement *s), const char *sql)
{
    const struct value cases[] = {
        value_none(),
        value_int(0),
        value_int(INT64_MIN),
        value_int(INT64_MAX),
        value_text(TEXT("")),
        value_text(TEXT("红花集镇")),
        value_text(TEXT("a\0b")),
        value_text(TEXT("'; DROP TABLE t; --")),
        value_bytes(TEXT("")),
        value_text(TEXT("C:\\x")),
        value_bytes(TEXT("\xFF\x00\x80")),
    };
    struct statement *s = statement_open(db, text_of(sql), &e);
    assert_non_null(s);
    before(s);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (database_on_postgres() && cases[i].kind == VALUE_TEXT
            && memchr(cases[i].s.at, 0, cases[i].s.size) != NULL)
            continue; /* its texts hold no NUL */
        statement_bind(s, 1, cases[i]);
        assert_int_equal(statement_step(s, &e), STEP_ROW);
        assert_true(value_equal(statement_column(s, 0), cases[i]));
        assert_int_equal(statement_column_count(s), 2);
        assert_int_equal(statement_step(s, &e), STEP_DONE);
    }
    statement_close(s);
}

static void at_once(struct statement *s) { (void)s; }
static void every_kind_of_value_comes_back_as_it_went(void **state)
{
    (void)state;
    values_come_back(at_once, "SELECT ?1, 1");
}

/* A stream takes no parameters: they stand in its text. */
static void every_kind_of_value_comes_back_through_a_stream(void **state)
{
    (void)state;
    values_come_back(statement_stream, "SELECT ?1 AS \"?1\", 1 WHERE '?1' <> '' -- ?1");
}

static struct statement *numbers(const char *condition, int64_t least)
{
    static char sql[256];
    snprintf(sql, sizeof sql,
             "WITH RECURSIVE n (a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n WHERE a < 5000)"
             " SELECT a, 'x' FROM n WHERE a >= ?1 %s ORDER BY a",
             condition);
    struct statement *s = statement_open(db, text_of(sql), &e);
    assert_non_null(s);
    statement_stream(s);
    statement_bind(s, 1, value_int(least));
    return s;
}

static void a_stream_gives_all_rows_in_order_and_may_be_left(void **state)
{
    (void)state;
    for (int in_transaction = 0; in_transaction < 2; in_transaction++) {
        if (in_transaction == 1)
            assert_done(store_begin_read(db, &e), &e);
        struct statement *s = numbers("", 1);
        for (int64_t n = 1; n <= 5000; n++) {
            assert_int_equal(statement_step(s, &e), STEP_ROW);
            assert_int_equal(statement_column(s, 0).n, n);
        }
        assert_int_equal(statement_step(s, &e), STEP_DONE);
        statement_bind(s, 1, value_int(4999)); /* anew */
        assert_int_equal(statement_step(s, &e), STEP_ROW);
        assert_int_equal(statement_column(s, 0).n, 4999);
        statement_bind(s, 1, value_int(7)); /* and before its end */
        assert_int_equal(statement_step(s, &e), STEP_ROW);
        assert_int_equal(statement_column(s, 0).n, 7);
        statement_close(s);
        s = numbers("AND 1 = 2", 1);
        assert_int_equal(statement_step(s, &e), STEP_DONE);
        statement_close(s);
        s = statement_open(db, TEXT("SELECT 1"), &e);
        assert_int_equal(statement_step(s, &e), STEP_ROW); /* the store goes on */
        statement_close(s);
        if (in_transaction == 1)
            assert_done(store_end(db, true, &e), &e);
    }
}

/* Reads all, each part with the numbers from 1. */
static void parts_read(struct statement *s, const struct text *parts, size_t count, int64_t each)
{
    statement_stream_parts(s, 1, parts, count);
    for (size_t part = 0; part < count; part++) {
        for (int64_t n = 1; n <= each; n++) {
            assert_int_equal(statement_step(s, &e), STEP_ROW);
            assert_text(statement_column(s, 0).s, parts[part].at);
            assert_int_equal(statement_column(s, 1).n, n);
        }
    }
    assert_int_equal(statement_step(s, &e), STEP_DONE);
}

static void the_parts_of_a_stream_come_one_behind_the_other(void **state)
{
    (void)state;
    static const struct text parts[] = {{"410901", sizeof "410901" - 1}, {"410902", sizeof "410902" - 1}, {"410903", sizeof "410903" - 1}, {"it's", sizeof "it's" - 1},
                                        {"410905", sizeof "410905" - 1}};
    static const char sql[] =
        "WITH RECURSIVE n (a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n WHERE a < 20000)"
        " SELECT ?1, a FROM n ORDER BY a";
    for (int in_transaction = 0; in_transaction < 2; in_transaction++) {
        if (in_transaction == 1)
            assert_done(store_begin_read(db, &e), &e);
        struct statement *s = statement_open(db, text_of(sql), &e);
        assert_non_null(s);
        parts_read(s, parts, COUNT_OF(parts), 20000);
        parts_read(s, parts, 1, 20000);
        statement_stream_parts(s, 1, parts, COUNT_OF(parts)); /* left before its end */
        assert_int_equal(statement_step(s, &e), STEP_ROW);
        statement_close(s);
        s = statement_open(db, TEXT("SELECT 1"), &e);
        assert_int_equal(statement_step(s, &e), STEP_ROW);
        statement_close(s);
        if (in_transaction == 1)
            assert_done(store_end(db, true, &e), &e);
    }
}

/* Only the one that asked for it is read so. */
static void a_statement_streams_once_for_each_asking(void **state)
{
    (void)state;
    statement_close(numbers("", 1));
    struct statement *s = statement_open(
        db, TEXT("WITH RECURSIVE n (a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n WHERE a < 5000)"
                 " SELECT a, 'x' FROM n WHERE a >= ?1  ORDER BY a"), &e);
    struct statement *other = statement_open(db, TEXT("SELECT 2"), &e);
    statement_bind(s, 1, value_int(1));
    assert_int_equal(statement_step(s, &e), STEP_ROW);
    assert_int_equal(statement_step(other, &e), STEP_ROW);
    assert_int_equal(statement_step(s, &e), STEP_ROW);
    statement_close(other);
    statement_close(s);
}

static void the_same_text_gives_the_same_statement_but_never_twice_at_once(void **state)
{
    (void)state;
    struct text sql = TEXT("SELECT ?1");
    struct statement *first = statement_open(db, sql, &e), *second = statement_open(db, sql, &e);
    assert_ptr_not_equal(first, second);
    statement_bind(first, 1, value_int(1));
    statement_close(first);
    struct statement *again = statement_open(db, sql, &e);
    assert_ptr_equal(first, again);
    assert_int_equal(statement_step(again, &e), STEP_ROW);
    assert_int_equal(statement_column(again, 0).kind, VALUE_NONE); /* the value went with the first use */
    statement_close(again);
    statement_close(second);
    statement_close(NULL);
}

static void more_statements_than_are_kept_still_work(void **state)
{
    (void)state;
    for (int i = 0; i < STATEMENT_CACHE_MAX * 2; i++) {
        char sql[64];
        int size = snprintf(sql, sizeof sql, "SELECT %d", i);
        struct statement *s = statement_open(db, (struct text){sql, (size_t)size}, &e);
        assert_non_null(s);
        assert_int_equal(statement_step(s, &e), STEP_ROW);
        assert_int_equal(statement_column(s, 0).n, i);
        statement_close(s);
    }
}

/* One engine reads the text when it is opened, the other at the first step. */
static bool works(const char *sql)
{
    struct statement *s = statement_open(db, text_of(sql), &e);
    bool done = s != NULL && statement_run(s, &e);
    statement_close(s);
    return done;
}

static void mistakes_are_errors(void **state)
{
    (void)state;
    assert_refused(works("SELEKT 1"), &e, STORE_FAILED);
    assert_refused(works("SELECT \"no_such_column\""), &e, STORE_FAILED); /* never a text in double quotes */
    struct statement *s = statement_open(db, TEXT("SELECT ?1"), &e);
    statement_bind(s, 2, value_int(1)); /* there is no second parameter */
    assert_int_equal(statement_step(s, &e), STEP_FAILED);
    assert_refused(false, &e, STORE_FAILED);
    statement_clear(s);
    assert_int_equal(statement_step(s, &e), STEP_ROW);
    statement_close(s);
}

static void another_database_cannot_be_attached(void **state)
{
    (void)state;
    assert_false(store_run(db, TEXT("ATTACH DATABASE ':memory:' AS other"), &e));
    assert_non_null(e.kind);
    err_clear(&e);
}

static void one_statement_takes_many_rows(void **state)
{
    (void)state;
    assert_done(store_begin(db, &e), &e);
    assert_done(store_run(db, TEXT("CREATE TEMP TABLE staged (n INTEGER, s TEXT) STRICT"), &e), &e);
    struct statement *s = statement_open(db, TEXT("INSERT INTO staged VALUES (?1, ?2)"), &e);
    statement_bind(s, 2, value_text(TEXT("kept from row to row")));
    for (int i = 0; i < 20000; i++) {
        statement_bind(s, 1, value_int(i));
        assert_done(statement_run(s, &e), &e);
        assert_int_equal(store_changes(db), 1);
    }
    statement_close(s);
    s = statement_open(db, TEXT("SELECT count(s), sum(n) FROM staged"), &e);
    assert_int_equal(statement_step(s, &e), STEP_ROW);
    assert_int_equal(statement_column(s, 0).n, 20000);
    assert_int_equal(statement_column(s, 1).n, 199990000);
    statement_close(s);
    assert_done(store_end(db, true, &e), &e);
}

static void a_table_tells_its_columns(void **state)
{
    (void)state;
    struct arena a;
    struct text *names = NULL;
    size_t count = 0;
    arena_init(&a, 65536);
    assert_done(store_run(db, TEXT("CREATE TABLE wide (county TEXT, id TEXT, n INTEGER) STRICT"), &e), &e);
    assert_done(store_table_columns(db, TEXT("wide"), &a, &names, &count, &e), &e);
    assert_int_equal(count, 3);
    assert_text(names[0], "county");
    assert_text(names[2], "n");
    assert_done(store_table_columns(db, TEXT("no_such_table"), &a, &names, &count, &e), &e);
    assert_int_equal(count, 0);
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_value_comes_back_as_it_went),
        cmocka_unit_test(every_kind_of_value_comes_back_through_a_stream),
        cmocka_unit_test(a_stream_gives_all_rows_in_order_and_may_be_left),
        cmocka_unit_test(the_parts_of_a_stream_come_one_behind_the_other),
        cmocka_unit_test(a_statement_streams_once_for_each_asking),
        cmocka_unit_test(the_same_text_gives_the_same_statement_but_never_twice_at_once),
        cmocka_unit_test(more_statements_than_are_kept_still_work),
        cmocka_unit_test(mistakes_are_errors),
        cmocka_unit_test(another_database_cannot_be_attached),
        cmocka_unit_test(one_statement_takes_many_rows),
        cmocka_unit_test(a_table_tells_its_columns),
    };
    return cmocka_run_group_tests_name("store/statement", tests, open_database, close_database);
}
