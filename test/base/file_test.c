/* Files whole or not at all, and what is said when they cannot be had. */
#include "base/base.err.h"
#include "base/system.h"
#include "test.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "base-file-XXXXXX";
static char path[256];
static struct arena arena;
static struct err e;

static int make_folder(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 24);
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static const char *at(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int drop_folder(void **state)
{
    (void)state;
    struct text *names;
    size_t count;
    if (!file_list(folder, &arena, &names, &count, &e))
        return -1;
    for (size_t i = 0; i < count; i++)
        remove(at(names[i].at));
    arena_clear(&arena);
    return rmdir(folder);
}

static void what_was_written_is_read(void **state)
{
    (void)state;
    struct text t;
    struct stat info;
    assert_done(file_write(at("a"), TEXT("one\0two"), 0600, &e), &e);
    assert_done(file_read(at("a"), 100, &arena, &t, &e), &e);
    assert_true(text_equal(t, TEXT("one\0two")));
    assert_int_equal(t.at[t.size], 0);
    assert_done(file_write(at("a"), TEXT(""), 0600, &e), &e);
    assert_done(file_read(at("a"), 0, &arena, &t, &e), &e);
    assert_int_equal(t.size, 0);
    assert_int_equal(stat(at("a"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void the_limit_is_exact(void **state)
{
    (void)state;
    struct text t;
    static char large[200000];
    memset(large, 'x', sizeof large);
    assert_done(file_write(at("large"), (struct text){large, sizeof large}, 0600, &e), &e);
    assert_done(file_read(at("large"), sizeof large, &arena, &t, &e), &e);
    assert_int_equal(t.size, sizeof large);
    assert_refused(file_read(at("large"), sizeof large - 1, &arena, &t, &e), &e, FILE_TOO_LARGE);
    struct arena small;
    arena_init(&small, 1000);
    assert_refused(file_read(at("large"), sizeof large, &small, &t, &e), &e, OUT_OF_MEMORY);
    arena_clear(&small);
}

static void files_that_do_not_tell_their_size_are_read_whole(void **state)
{
    (void)state;
    struct text t;
    assert_done(file_read("/proc/self/status", 1 << 20, &arena, &t, &e), &e);
    assert_true(text_find(t, TEXT("\nPid:"), 0) != SIZE_MAX);
    assert_refused(file_read("/proc/self/status", 10, &arena, &t, &e), &e, FILE_TOO_LARGE);
    assert_refused(file_read("/dev/zero", 300000, &arena, &t, &e), &e, FILE_TOO_LARGE);
}

static void what_cannot_be_had_is_named(void **state)
{
    (void)state;
    struct text t, *names;
    size_t count;
    assert_refused(file_read(at("none"), 10, &arena, &t, &e), &e, FILE_ABSENT);
    assert_refused(file_read(folder, 10, &arena, &t, &e), &e, FILE_IS_FOLDER);
    assert_refused(file_write(folder, TEXT("x"), 0600, &e), &e, FILE_IS_FOLDER);
    assert_refused(file_write(at("no/folder"), TEXT("x"), 0600, &e), &e, FILE_ABSENT);
    assert_refused(file_list(at("none"), &arena, &names, &count, &e), &e, FILE_ABSENT);
    assert_refused(file_fail(&e, "x", EACCES), &e, FILE_FORBIDDEN);
    assert_refused(file_fail(&e, "x", ENOSPC), &e, FILE_FULL);
    assert_refused(file_fail(&e, "x", EIO), &e, FILE_READ);
    assert_refused(file_fail_write(&e, "x", EIO), &e, FILE_WRITE);
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    (void)state;
    struct text t, *names;
    size_t count;
    struct rlimit old, small = {100, 100};
    static char large[5000];
    assert_done(file_write(at("kept"), TEXT("before"), 0600, &e), &e);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small.rlim_max = old.rlim_max;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool written = file_write(at("kept"), (struct text){large, sizeof large}, 0600, &e);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, handler);
    assert_refused(written, &e, FILE_FULL);
    assert_done(file_read(at("kept"), 100, &arena, &t, &e), &e);
    assert_text(t, "before");
    assert_done(file_list(folder, &arena, &names, &count, &e), &e);
    for (size_t i = 0; i < count; i++)
        assert_false(text_ends_with(names[i], TEXT(".part")));
}

static void a_device_is_written_as_it_is(void **state)
{
    (void)state;
    assert_done(file_write("/dev/null", TEXT("x"), 0600, &e), &e);
    assert_refused(file_write("/dev/full", TEXT("x"), 0600, &e), &e, FILE_FULL);
    struct stat info;
    assert_int_equal(stat("/dev/null", &info), 0);
    assert_true(S_ISCHR(info.st_mode));
}

static void a_nameless_file_takes_room_and_leaves_none(void **state)
{
    (void)state;
    FILE *file = NULL;
    struct text *names;
    size_t before, after;
    char back[6] = {0};
    assert_int_equal(setenv("TMPDIR", folder, 1), 0);
    assert_done(file_list(folder, &arena, &names, &before, &e), &e);
    assert_done(file_temporary(&file, &e), &e);
    assert_int_equal(fwrite("12345", 1, 5, file), 5);
    rewind(file);
    assert_int_equal(fread(back, 1, 5, file), 5);
    assert_string_equal(back, "12345");
    assert_done(file_list(folder, &arena, &names, &after, &e), &e);
    assert_int_equal(before, after);
    fclose(file);
    assert_int_equal(setenv("TMPDIR", at("none"), 1), 0);
    assert_refused(file_temporary(&file, &e), &e, FILE_ABSENT);
    assert_int_equal(unsetenv("TMPDIR"), 0);
}

static void a_folder_is_listed_in_order(void **state)
{
    (void)state;
    struct text *names;
    size_t count;
    char sub[300];
    snprintf(sub, sizeof sub, "%s/sub", folder);
    assert_int_equal(mkdir(sub, 0700), 0);
    for (int i = 99; i >= 0; i--) {
        char name[320];
        snprintf(name, sizeof name, "%s/f%02d", sub, i);
        assert_done(file_write(name, TEXT(""), 0600, &e), &e);
    }
    assert_done(file_list(sub, &arena, &names, &count, &e), &e);
    assert_int_equal(count, 100);
    for (size_t i = 0; i < count; i++) {
        char name[320];
        snprintf(name, sizeof name, "f%02d", (int)i);
        assert_text(names[i], name);
        snprintf(name, sizeof name, "%s/f%02d", sub, (int)i);
        unlink(name);
    }
    assert_done(file_list(sub, &arena, &names, &count, &e), &e);
    assert_int_equal(count, 0);
    assert_true(file_is_folder(sub) && file_exists(sub));
    rmdir(sub);
    assert_false(file_is_folder(sub) || file_exists(sub));
}

static void data_is_found_where_it_is_told(void **state)
{
    (void)state;
    struct text found;
    assert_done(file_write(at("pack"), TEXT("x"), 0600, &e), &e);
    assert_int_equal(setenv("HONGHUA_DATA", folder, 1), 0);
    assert_done(file_find_data("pack", &arena, &found, &e), &e);
    assert_text(found, at("pack"));
    assert_refused(file_find_data("none", &arena, &found, &e), &e, FILE_ABSENT);
    assert_refused(file_find_data("../pack", &arena, &found, &e), &e, FILE_ABSENT);
    assert_refused(file_find_data("/etc/passwd", &arena, &found, &e), &e, FILE_ABSENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(the_limit_is_exact),
        cmocka_unit_test(files_that_do_not_tell_their_size_are_read_whole),
        cmocka_unit_test(what_cannot_be_had_is_named),
        cmocka_unit_test(a_full_disk_leaves_the_old_file),
        cmocka_unit_test(a_device_is_written_as_it_is),
        cmocka_unit_test(a_nameless_file_takes_room_and_leaves_none),
        cmocka_unit_test(a_folder_is_listed_in_order),
        cmocka_unit_test(data_is_found_where_it_is_told),
    };
    return cmocka_run_group_tests_name("base/file", tests, make_folder, drop_folder);
}
