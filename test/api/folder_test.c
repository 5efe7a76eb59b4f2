/* The server's own folder: made, emptied, and after a crash removed by the next one. */
#include "api/folder.h"
#include "base/base.err.h"
#include "base/system.h"
#include "test.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char base[64];

static int begin(void **state)
{
    (void)state;
    snprintf(base, sizeof base, "/tmp/honghua-folder-XXXXXX");
    return mkdtemp(base) != NULL && setenv("TMPDIR", base, 1) == 0 ? 0 : 1;
}

static int end(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", base);
    return system(command);
}

static void put(const char *folder, const char *name)
{
    char path[FOLDER_PATH_MAX + 64];
    struct err e = {0};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_done(file_write(path, TEXT("data"), 0600, &e), &e);
}

static void it_goes_with_all_that_is_in_it(void **state)
{
    struct folder f = {0};
    struct err e = {0};
    char inner[FOLDER_PATH_MAX + 64], was[FOLDER_PATH_MAX];
    struct stat info;
    (void)state;
    assert_done(folder_open(&f, &e), &e);
    assert_true(text_starts_with(text_of(f.path), text_of(base)));
    assert_int_equal(stat(f.path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    snprintf(inner, sizeof inner, "%s/upload", f.path);
    assert_int_equal(mkdir(inner, 0700), 0);
    put(inner, "a.xlsx");
    snprintf(was, sizeof was, "%s", f.path);
    folder_close(&f);
    assert_false(file_exists(was));
    folder_close(&f);
}

static void one_that_nobody_uses_is_removed_by_the_next(void **state)
{
    struct folder crashed = {0}, living = {0}, next = {0};
    struct err e = {0};
    (void)state;
    assert_done(folder_open(&crashed, &e), &e);
    put(crashed.path, "a.xlsx");
    assert_int_equal(close(crashed.lock), 0); /* as the system does when a process is killed */
    assert_done(folder_open(&living, &e), &e);
    assert_false(file_exists(crashed.path));
    put(living.path, "b.xlsx");
    assert_done(folder_open(&next, &e), &e);
    assert_true(file_exists(living.path));
    folder_close(&next);
    folder_close(&living);
}

static void what_is_not_a_servers_folder_stays(void **state)
{
    struct folder f = {0};
    struct err e = {0};
    char path[128];
    (void)state;
    snprintf(path, sizeof path, "%s/elsewhere", base);
    assert_int_equal(mkdir(path, 0700), 0);
    put(path, "kept");
    snprintf(path, sizeof path, "%s/honghua-serve-aaaaaa", base);
    assert_int_equal(symlink("elsewhere", path), 0);
    snprintf(path, sizeof path, "%s/honghua-serve-by-hand", base);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_done(folder_open(&f, &e), &e);
    assert_true(file_exists(path));
    snprintf(path, sizeof path, "%s/elsewhere/kept", base);
    assert_true(file_exists(path));
    folder_close(&f);
}

static void without_room_for_it_there_is_none(void **state)
{
    struct folder f = {0};
    struct err e = {0};
    (void)state;
    assert_int_equal(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
    assert_false(folder_open(&f, &e));
    assert_non_null(e.kind);
    assert_int_equal(f.path[0], 0);
    assert_int_equal(setenv("TMPDIR", base, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_with_all_that_is_in_it),
        cmocka_unit_test(one_that_nobody_uses_is_removed_by_the_next),
        cmocka_unit_test(what_is_not_a_servers_folder_stays),
        cmocka_unit_test(without_room_for_it_there_is_none),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
