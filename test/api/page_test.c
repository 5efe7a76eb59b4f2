/* The pages' files: what is in the folder, and no way out of it. */
#include "api/page.h"
#include "base/system.h"
#include "test.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena arena;
static struct pages *pages;
static char folder[64];

static void put(const char *name, const char *content)
{
    char path[256];
    struct err e = {0};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_done(file_write(path, text_of(content), 0600, &e), &e);
}

static int begin(void **state)
{
    char path[128];
    struct err e = {0};
    (void)state;
    arena_init(&arena, 256u << 20);
    snprintf(folder, sizeof folder, "/tmp/honghua-page-XXXXXX");
    if (mkdtemp(folder) == NULL || setenv("HONGHUA_DATA", folder, 1) != 0)
        return 1;
    for (const char *const *at = (const char *const[]){"web", "web/dist", "web/dist/assets", NULL};
         *at != NULL; at++) {
        snprintf(path, sizeof path, "%s/%s", folder, *at);
        if (mkdir(path, 0700) != 0)
            return 1;
    }
    put("secret.txt", "secret");
    put("web/secret.txt", "secret");
    put("web/dist/index.html", "<p>first");
    put("web/dist/assets/app-1a2b.js", "let a = 1");
    put("web/dist/assets/app-1a2b.js.gz", "packed");
    assert_done(pages_load(&arena, &pages, &e), &e);
    return 0;
}

static int end(void **state)
{
    char command[128];
    (void)state;
    arena_clear(&arena);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static const struct page *find(const char *path)
{
    struct url url;
    struct err e = {0};
    return url_read(text_of(path), &arena, &url, &e) ? page_find(pages, &url) : NULL;
}

static void a_file_is_found_by_its_path_with_its_type(void **state)
{
    const struct page *page = find("/assets/app-1a2b.js");
    (void)state;
    assert_non_null(page);
    assert_text(page->content, "let a = 1");
    assert_text(page->compressed, "packed");
    assert_string_equal(page->type, "text/javascript; charset=utf-8");
    assert_true(page->lasting);
    assert_int_equal(page->etag[0], '"');
}

static void every_other_address_without_a_dot_is_the_first_page(void **state)
{
    (void)state;
    for (const char *const *at =
             (const char *const[]){"/", "/index.html", "/household/4116", "/a//b", "//", NULL};
         *at != NULL; at++) {
        assert_non_null(find(*at));
        assert_text(find(*at)->content, "<p>first");
        assert_false(find(*at)->lasting);
    }
}

static void what_is_not_in_the_folder_is_not_there(void **state)
{
    (void)state;
    for (const char *const *at =
             (const char *const[]){"/favicon.ico", "/assets/other.js", "/assets/app-1a2b.js.gz",
                                   "/secret.txt", "/../secret.txt", "/assets/../../secret.txt",
                                   "/%2e%2e/secret.txt", "/..%2fsecret.txt",
                                   "/assets/..%2f..%2f..%2fsecret.txt", "/assets%2f../x.js", "//secret.txt",
                                   "/....//secret.txt", "/index.html%00.js", NULL};
         *at != NULL; at++)
        if (find(*at) != NULL)
            fail_msg("%s leads somewhere", *at);
}

static void without_pages_there_is_one_that_says_so(void **state)
{
    struct err e = {0};
    struct pages *none;
    struct url url;
    (void)state;
    assert_int_equal(setenv("HONGHUA_DATA", "/nowhere", 1), 0);
    assert_done(pages_load(&arena, &none, &e), &e);
    assert_done(url_read(TEXT("/"), &arena, &url, &e), &e);
    assert_true(text_find(page_find(none, &url)->content, TEXT("make"), 0) != SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_found_by_its_path_with_its_type),
        cmocka_unit_test(every_other_address_without_a_dot_is_the_first_page),
        cmocka_unit_test(what_is_not_in_the_folder_is_not_there),
        cmocka_unit_test(without_pages_there_is_one_that_says_so),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
