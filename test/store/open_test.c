/* Which files are opened, which are refused, and that a refused one is left to the byte. */
#include "base/system.h"
#include "store/store.err.h"
#include "store/store.h"
#include "test.h"
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "store-open-XXXXXX";
static char path[128];
static struct arena arena;

static int make_folder(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 26);
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int drop_folder(void **state)
{
    (void)state;
    struct text *names;
    size_t count;
    struct err e = {0};
    if (!file_list(folder, &arena, &names, &count, &e))
        return -1;
    for (size_t i = 0; i < count; i++)
        unlink(text_format(&arena, "%s/%s", folder, names[i].at).at);
    arena_clear(&arena);
    return rmdir(folder);
}

static const char *at(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static struct text content(const char *name)
{
    struct text t = TEXT_NONE;
    struct err e = {0};
    assert_done(file_read(at(name), 1 << 22, &arena, &t, &e), &e);
    return t;
}

static size_t files_in_folder(void)
{
    struct text *names;
    size_t count;
    struct err e = {0};
    assert_done(file_list(folder, &arena, &names, &count, &e), &e);
    return count;
}

static void make(const char *name)
{
    struct store *db = NULL;
    struct err e = {0};
    assert_done(store_open(at(name), STORE_CREATE, &db, &e), &e);
    assert_done(store_publish(db, &e), &e);
    store_close(db);
}

/* Runs SQL on the file as a stranger would. */
static void meddle(const char *name, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(at(name), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void refuses_in_all_modes(const char *name, const struct err_kind *kind)
{
    static const enum store_mode modes[] = {STORE_READWRITE, STORE_READONLY};
    struct text before = content(name);
    size_t files = files_in_folder();
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        struct store *db = NULL;
        struct err e = {0};
        bool opened = store_open(at(name), modes[i], &db, &e);
        check_refused(opened, &e, kind, name, (int)i);
        assert_true(text_equal(before, content(name)));
        assert_int_equal(files, files_in_folder());
    }
}

static void a_made_database_opens_again(void **state)
{
    (void)state;
    struct store *db = NULL;
    struct err e = {0};
    struct stat info;
    make("made.db");
    assert_int_equal(stat(at("made.db"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_done(store_open(at("made.db"), STORE_READWRITE, &db, &e), &e);
    assert_string_equal(store_path(db), at("made.db"));
    store_close(db);
    assert_done(store_open(at("made.db"), STORE_READONLY, &db, &e), &e);
    store_close(db);
    assert_false(file_exists(at("made.db-wal")));
}

static void what_is_not_published_leaves_nothing(void **state)
{
    (void)state;
    struct store *db = NULL;
    struct err e = {0};
    size_t files = files_in_folder();
    assert_done(store_open(at("never.db"), STORE_CREATE, &db, &e), &e);
    assert_false(file_exists(at("never.db")));
    store_close(db);
    assert_int_equal(files, files_in_folder());
}

static void publish_refuses_a_name_that_was_taken_meanwhile(void **state)
{
    (void)state;
    struct store *db = NULL;
    struct err e = {0};
    assert_done(store_open(at("taken.db"), STORE_CREATE, &db, &e), &e);
    assert_done(file_write(at("taken.db"), TEXT("mine"), 0600, &e), &e);
    assert_refused(store_publish(db, &e), &e, STORE_EXISTS);
    store_close(db);
    assert_text(content("taken.db"), "mine");
}

static void create_refuses_what_exists(void **state)
{
    (void)state;
    struct store *db = NULL;
    struct err e = {0};
    make("exists.db");
    assert_refused(store_open(at("exists.db"), STORE_CREATE, &db, &e), &e, STORE_EXISTS);
    assert_refused(store_open(folder, STORE_CREATE, &db, &e), &e, STORE_EXISTS);
    assert_refused(store_open(at("no/such/folder.db"), STORE_CREATE, &db, &e), &e, STORE_ABSENT);
}

static void open_refuses_what_is_not_there(void **state)
{
    (void)state;
    struct store *db = NULL;
    struct err e = {0};
    assert_refused(store_open(at("absent.db"), STORE_READWRITE, &db, &e), &e, STORE_ABSENT);
    assert_refused(store_open(at("absent.db"), STORE_READONLY, &db, &e), &e, STORE_ABSENT);
    assert_false(file_exists(at("absent.db")));
    assert_refused(store_open(folder, STORE_READWRITE, &db, &e), &e, STORE_FOREIGN);
}

static void files_that_are_not_ours_stay_as_they_are(void **state)
{
    (void)state;
    struct err e = {0};
    assert_done(file_write(at("empty.db"), TEXT(""), 0600, &e), &e);
    assert_done(file_write(at("note.db"), TEXT("PK\003\004 a workbook, perhaps, and nothing else"), 0600, &e),
                &e);
    assert_done(file_write(at("head.db"), TEXT("SQLite format 3"), 0600, &e), &e);
    meddle("other.db", "CREATE TABLE x (y); INSERT INTO x VALUES (1)");
    meddle("wal.db", "PRAGMA journal_mode = WAL; CREATE TABLE x (y)");
    meddle("id.db", "PRAGMA application_id = 1215260263; CREATE TABLE x (y)");
    static const char *const names[] = {"empty.db", "note.db", "head.db", "other.db", "wal.db", "id.db"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        refuses_in_all_modes(names[i], &STORE_FOREIGN);
}

static void a_newer_schema_stays_as_it_is(void **state)
{
    (void)state;
    make("newer.db");
    meddle("newer.db", "INSERT INTO schema_migration VALUES (9999, 'later', 0)");
    refuses_in_all_modes("newer.db", &STORE_NEWER);
    make("numbered.db");
    meddle("numbered.db", "PRAGMA user_version = 9999");
    refuses_in_all_modes("numbered.db", &STORE_NEWER);
}

static void an_older_schema_is_brought_up_to_date_once(void **state)
{
    (void)state;
    struct store *db = NULL;
    struct err e = {0};
    make("older.db");
    /* As it was before any migration but the first. */
    meddle("older.db",
           "PRAGMA writable_schema = ON; DELETE FROM sqlite_master WHERE name <> 'schema_migration';"
           "DELETE FROM schema_migration WHERE version > 1");
    meddle("older.db", "VACUUM");
    assert_refused(store_open(at("older.db"), STORE_READONLY, &db, &e), &e, STORE_OLDER);
    for (int i = 0; i < 2; i++) {
        assert_done(store_open(at("older.db"), STORE_READWRITE, &db, &e), &e);
        struct statement *s =
            statement_open(db, TEXT("SELECT count(*), count(DISTINCT version) FROM schema_migration"), &e);
        assert_non_null(s);
        assert_int_equal(statement_step(s, &e), STEP_ROW);
        assert_true(statement_column(s, 0).n > 1);
        assert_int_equal(statement_column(s, 0).n, statement_column(s, 1).n);
        statement_close(s);
        store_close(db);
    }
}

static void a_damaged_database_is_told(void **state)
{
    (void)state;
    struct store *db = NULL;
    struct err e = {0};
    make("damaged.db");
    struct text before = content("damaged.db");
    char *bytes = arena_take(&arena, before.size);
    memcpy(bytes, before.at, before.size);
    memset(bytes + 100, 0xA5, 900);
    assert_done(file_write(at("damaged.db"), (struct text){bytes, before.size}, 0600, &e), &e);
    assert_refused(store_open(at("damaged.db"), STORE_READWRITE, &db, &e), &e, STORE_CORRUPT);
}

/* Writes two megabytes into the log of a database and stops while they are moved over into the file, as a
 * full disk or a kill stops it: file and log are whole only together. */
static void leave_half_moved(const char *name, const char *sql)
{
    sqlite3 *db;
    struct rlimit old, small;
    struct text before = content(name);
    assert_int_equal(sqlite3_open(at(name), &db), SQLITE_OK);
    sqlite3_wal_autocheckpoint(db, 0);
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){before.size + 65536, old.rlim_max};
    void (*signalled)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_not_equal(sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL),
                         SQLITE_OK);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, signalled);
    sqlite3_close(db);
    assert_false(text_equal(before, content(name)));
}

static void a_database_left_while_its_log_was_moved_over_is_whole(void **state)
{
    static const enum store_mode modes[] = {STORE_READONLY, STORE_READWRITE};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        struct store *db = NULL;
        struct err e = {0};
        const char *name = i == 0 ? "half-read.db" : "half-written.db";
        make(name);
        leave_half_moved(name, "CREATE TABLE bulk (x); INSERT INTO bulk VALUES (zeroblob(2000000))");
        assert_done(store_open(at(name), modes[i], &db, &e), &e);
        struct statement *s = statement_open(db, TEXT("SELECT length(x) FROM bulk"), &e);
        assert_non_null(s);
        assert_int_equal(statement_step(s, &e), STEP_ROW);
        assert_int_equal(statement_column(s, 0).n, 2000000);
        statement_close(s);
        store_close(db);
    }
}

static void a_newer_schema_in_the_log_is_refused(void **state)
{
    static const enum store_mode modes[] = {STORE_READONLY, STORE_READWRITE};
    (void)state;
    make("newer-log.db");
    leave_half_moved("newer-log.db", "CREATE TABLE bulk (x); INSERT INTO bulk VALUES (zeroblob(2000000));"
                                     "INSERT INTO schema_migration VALUES (9999, 'later', 0)");
    struct text before = content("newer-log.db"), log = content("newer-log.db-wal");
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        struct store *db = NULL;
        struct err e = {0};
        assert_refused(store_open(at("newer-log.db"), modes[i], &db, &e), &e, STORE_NEWER);
        assert_true(text_equal(before, content("newer-log.db")));
        assert_true(text_equal(log, content("newer-log.db-wal")));
    }
}

static void a_write_protected_database_is_read_only(void **state)
{
    (void)state;
    struct store *db = NULL;
    struct err e = {0};
    make("protected.db");
    assert_int_equal(chmod(at("protected.db"), 0400), 0);
    size_t files = files_in_folder();
    assert_refused(store_open(at("protected.db"), STORE_READWRITE, &db, &e), &e, STORE_WRITE_PROTECTED);
    assert_done(store_open(at("protected.db"), STORE_READONLY, &db, &e), &e);
    assert_refused(store_run(db, TEXT("CREATE TABLE t (x)"), &e), &e, STORE_WRITE_PROTECTED);
    store_close(db);
    assert_int_equal(files, files_in_folder());
}

static void a_folder_without_permission_is_told(void **state)
{
    (void)state;
    struct store *db = NULL;
    struct err e = {0};
    if (geteuid() == 0) {
        assert_int_equal(chmod(folder, 0711), 0);
        assert_int_equal(seteuid(65534), 0);
    } else {
        assert_int_equal(chmod(folder, 0500), 0);
    }
    bool made = store_open(at("forbidden.db"), STORE_CREATE, &db, &e);
    assert_int_equal(seteuid(getuid()), 0);
    assert_int_equal(chmod(folder, 0700), 0);
    assert_refused(made, &e, STORE_FORBIDDEN);
}

static void reads_only_when_told_so(void **state)
{
    (void)state;
    struct store *db = NULL;
    struct err e = {0};
    make("readonly.db");
    assert_done(store_open(at("readonly.db"), STORE_READONLY, &db, &e), &e);
    assert_refused(store_run(db, TEXT("DELETE FROM schema_migration"), &e), &e, STORE_WRITE_PROTECTED);
    store_close(db);
}

/* Whoever opens the file has it all. */
static void a_file_is_not_narrowed(void **state)
{
    (void)state;
    struct err e = {0};
    struct store *db = NULL;
    make("narrow.db");
    assert_done(store_open(at("narrow.db"), STORE_READWRITE, &db, &e), &e);
    assert_done(
        store_run(db, TEXT("CREATE TABLE roll (village TEXT); INSERT INTO roll VALUES ('411622100010')"), &e),
        &e);
    assert_done(store_narrow(db, "411622200000", "411622300000", &e), &e);
    struct statement *s = statement_open(db, TEXT("SELECT village FROM roll"), &e);
    assert_non_null(s);
    assert_int_equal(statement_step(s, &e), STEP_ROW);
    statement_close(s);
    store_close(db);
}

/* As another process sees it: does this one hold a lock on the database file? */
static bool is_locked(const char *file)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        int fd = open(file, O_RDWR);
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        _exit(fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 1 : 0);
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status) == 1;
}

/* POSIX takes a process's locks off a file that it closes, however it had opened it: other processes would
 * then take the log for nobody's. */
static void a_second_connection_leaves_the_first_its_locks(void **state)
{
    (void)state;
    struct store *first, *second;
    struct err e = {0};
    make("twice.db");
    assert_done(store_open(at("twice.db"), STORE_READWRITE, &first, &e), &e);
    assert_done(store_begin(first, &e), &e); /* so that there is a log */
    struct statement *s =
        statement_open(first, TEXT("INSERT INTO setting (name, value) VALUES ('x', 'y')"), &e);
    assert_non_null(s);
    assert_done(statement_run(s, &e), &e);
    statement_close(s);
    assert_done(store_end(first, true, &e), &e);
    assert_true(is_locked(at("twice.db")));
    for (int i = 0; i < 2; i++) {
        assert_done(store_open(at("twice.db"), i == 0 ? STORE_READWRITE : STORE_READONLY, &second, &e), &e);
        assert_true(is_locked(at("twice.db")));
        store_close(second);
        assert_true(is_locked(at("twice.db")));
    }
    store_close(first);
    assert_false(is_locked(at("twice.db")));
}

static void names_with_any_character_open(void **state)
{
    (void)state;
    static const char *const names[] = {"a b.db", "50%20?x=1#y.db", "红花 台账.db", "file:x.db"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct store *db = NULL;
        struct err e = {0};
        make(names[i]);
        assert_true(file_exists(at(names[i])));
        assert_done(store_open(at(names[i]), STORE_READWRITE, &db, &e), &e);
        store_close(db);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_made_database_opens_again),
        cmocka_unit_test(what_is_not_published_leaves_nothing),
        cmocka_unit_test(publish_refuses_a_name_that_was_taken_meanwhile),
        cmocka_unit_test(create_refuses_what_exists),
        cmocka_unit_test(open_refuses_what_is_not_there),
        cmocka_unit_test(files_that_are_not_ours_stay_as_they_are),
        cmocka_unit_test(a_newer_schema_stays_as_it_is),
        cmocka_unit_test(an_older_schema_is_brought_up_to_date_once),
        cmocka_unit_test(a_damaged_database_is_told),
        cmocka_unit_test(a_database_left_while_its_log_was_moved_over_is_whole),
        cmocka_unit_test(a_newer_schema_in_the_log_is_refused),
        cmocka_unit_test(a_write_protected_database_is_read_only),
        cmocka_unit_test(a_folder_without_permission_is_told),
        cmocka_unit_test(reads_only_when_told_so),
        cmocka_unit_test(a_file_is_not_narrowed),
        cmocka_unit_test(a_second_connection_leaves_the_first_its_locks),
        cmocka_unit_test(names_with_any_character_open),
    };
    return cmocka_run_group_tests_name("store/open", tests, make_folder, drop_folder);
}
