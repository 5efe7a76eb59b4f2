/* The end of a backup: whatever was altered before it, in it or behind it is found. */
#include "base/system.h"
#include "domain/backup/backup.err.h"
#include "domain/backup/seal.h"
#include "test.h"
#include <stdlib.h>
#include <unistd.h>

#define BYTES 40000
#define FLIP_ALL 4096 /* every byte up to here, then every 97th (assurance: P10) */
#define TAIL 160      /* and every one of the seal */

static char folder[64], whole[96], altered[96], taken[96];
static struct vault *vault, *other;
static char bytes[BYTES + TAIL];
static size_t size;
static const struct seal made = {.content = {1, 2, 3}, .rows = 1234567890123, .made_ms = 1767225600000};

/* Not synced: thousands are written. */
static void put(const char *path, const char *at, size_t count)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(at, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

static void key(const char *name, struct vault **out)
{
    char path[96];
    struct err e = {0};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_done(vault_make(path, &e), &e);
    assert_done(vault_open(path, out, &e), &e);
}

static int open_folder(void **state)
{
    struct err e = {0};
    struct arena a;
    struct text held;
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/honghua-seal-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(whole, sizeof whole, "%s/whole", folder);
    snprintf(altered, sizeof altered, "%s/altered", folder);
    snprintf(taken, sizeof taken, "%s/taken", folder);
    key("a.key", &vault);
    key("b.key", &other);
    memcpy(bytes, "SQLite format 3", 16);
    for (size_t i = 16; i < BYTES; i++)
        bytes[i] = (char)(i * 31 + i / 256);
    put(whole, bytes, BYTES);
    assert_done(seal_add(whole, vault, &made, &e), &e);
    arena_init(&a, 1 << 20);
    assert_done(file_read(whole, 1 << 20, &a, &held, &e), &e);
    memcpy(bytes, held.at, size = held.size);
    arena_clear(&a);
    return 0;
}

static int close_folder(void **state)
{
    char command[128];
    (void)state;
    vault_close(vault);
    vault_close(other);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static const struct err_kind *opened(const char *path, const struct vault *v)
{
    struct err e = {0};
    struct seal out;
    if (seal_open(path, taken, v, &out, &e)) {
        unlink(taken);
        return NULL;
    }
    assert_false(file_exists(taken));
    return e.kind;
}

static void what_was_sealed_comes_out(void **state)
{
    struct err e = {0};
    struct seal out;
    struct arena a;
    struct text held;
    (void)state;
    assert_int_equal(size, BYTES + TAIL);
    assert_done(seal_open(whole, taken, vault, &out, &e), &e);
    assert_memory_equal(out.content, made.content, sizeof made.content);
    assert_true(out.rows == made.rows && out.made_ms == made.made_ms);
    arena_init(&a, 1 << 20);
    assert_done(file_read(taken, 1 << 20, &a, &held, &e), &e);
    assert_int_equal(held.size, BYTES);
    assert_memory_equal(held.at, bytes, BYTES);
    assert_int_equal(file_mode(taken), 0600);
    arena_clear(&a);
    unlink(taken);
}

static void a_flipped_byte_is_found(void **state)
{
    size_t found = 0;
    (void)state;
    for (size_t at = 0; at < size; at += at < FLIP_ALL || at + 97 >= BYTES ? 1 : 97) {
        bytes[at] = (char)(bytes[at] ^ 1);
        put(altered, bytes, size);
        bytes[at] = (char)(bytes[at] ^ 1);
        const struct err_kind *kind = opened(altered, vault);
        if (kind != &BACKUP_DAMAGED)
            fail_msg("byte %zu: %s", at, kind != NULL ? kind->code : "taken");
        found++;
    }
    assert_true(found > FLIP_ALL + TAIL);
}

static void one_cut_short_is_found(void **state)
{
    (void)state;
    for (size_t left = 16; left < size; left += left < 600 || left + 600 > size ? 1 : 97) {
        put(altered, bytes, left);
        assert_ptr_equal(opened(altered, vault), &BACKUP_DAMAGED);
    }
}

static void what_is_not_ours_is_refused(void **state)
{
    static const struct {
        const char *name, *head;
        size_t size;
    } cases[] = {{"nothing", "", 0},
                 {"a few bytes", "SQLite", 6},
                 {"a workbook", "PK\3\4", 9000},
                 {"zeros", "", 9000}};
    char other_bytes[9000];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        memset(other_bytes, 0, sizeof other_bytes);
        memcpy(other_bytes, cases[i].head, strlen(cases[i].head));
        put(altered, other_bytes, cases[i].size);
        if (opened(altered, vault) != &BACKUP_FOREIGN)
            fail_msg("%s", cases[i].name);
    }
}

static void a_newer_form_and_another_key_are_told(void **state)
{
    (void)state;
    put(altered, bytes, size);
    assert_ptr_equal(opened(altered, other), &BACKUP_KEY);
    bytes[size - 1] = '2';
    put(altered, bytes, size);
    bytes[size - 1] = '1';
    assert_ptr_equal(opened(altered, vault), &BACKUP_NEWER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sealed_comes_out),
        cmocka_unit_test(a_flipped_byte_is_found),
        cmocka_unit_test(one_cut_short_is_found),
        cmocka_unit_test(what_is_not_ours_is_refused),
        cmocka_unit_test(a_newer_form_and_another_key_are_told),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
