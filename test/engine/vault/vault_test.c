/* The key file, and sealing: what moves, changes or meets another key is refused. */
#include "base/base.err.h"
#include "base/system.h"
#include "engine/vault/vault.err.h"
#include "engine/vault/vault.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "vault-test-XXXXXX";
static char key_path[64], other_path[64];
static struct vault *vault, *other;
static struct arena arena;

static int make_keys(void **state)
{
    (void)state;
    struct err e = {.kind = NULL};
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(key_path, sizeof key_path, "%s/a.key", folder);
    snprintf(other_path, sizeof other_path, "%s/b.key", folder);
    arena_init(&arena, 1 << 20);
    return vault_make(key_path, &e) && vault_open(key_path, &vault, &e) && vault_make(other_path, &e)
                   && vault_open(other_path, &other, &e)
               ? 0
               : -1;
}

static int drop_keys(void **state)
{
    (void)state;
    vault_close(vault);
    vault_close(other);
    unlink(key_path);
    unlink(other_path);
    arena_clear(&arena);
    return rmdir(folder);
}

static void a_new_key_is_closed_to_others_and_opens_again(void **state)
{
    (void)state;
    struct stat info;
    struct vault *again = NULL;
    struct err e = {.kind = NULL};
    unsigned char first[32], second[32], foreign[32];
    assert_int_equal(stat(key_path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_true(vault_open(key_path, &again, &e));
    vault_check(vault, first);
    vault_check(again, second);
    vault_check(other, foreign);
    assert_memory_equal(first, second, 32);
    assert_memory_not_equal(first, foreign, 32);
    vault_close(again);
}

static void a_key_is_never_overwritten(void **state)
{
    (void)state;
    struct err e = {.kind = NULL};
    assert_false(vault_make(key_path, &e));
    assert_ptr_equal(e.kind, &VAULT_KEY_EXISTS);
}

static void an_absent_key_is_named(void **state)
{
    (void)state;
    struct err e = {.kind = NULL};
    struct vault *v = NULL;
    assert_false(vault_open("vault-test-absent.key", &v, &e));
    assert_ptr_equal(e.kind, &VAULT_KEY_ABSENT);
}

static void a_key_that_others_may_read_is_refused(void **state)
{
    (void)state;
    struct err e = {.kind = NULL};
    struct vault *v = NULL;
    assert_int_equal(chmod(key_path, 0640), 0);
    assert_false(vault_open(key_path, &v, &e));
    assert_ptr_equal(e.kind, &VAULT_KEY_MODE);
    assert_int_equal(chmod(key_path, 0600), 0);
}

/* Every byte of the line but its end. */
static void a_key_with_any_byte_changed_is_damaged(void **state)
{
    (void)state;
    struct text line;
    char path[64];
    struct err e = {.kind = NULL};
    snprintf(path, sizeof path, "%s/c.key", folder);
    assert_true(file_read(key_path, 4096, &arena, &line, &e));
    for (size_t i = 0; i + 1 < line.size; i++) {
        struct text copy = text_copy(&arena, line);
        struct vault *v = NULL;
        char changed[256];
        memcpy(changed, copy.at, copy.size);
        changed[i] = changed[i] == '0' ? '1' : '0';
        e = (struct err){.kind = NULL};
        assert_true(file_write(path, (struct text){changed, copy.size}, 0600, &e));
        assert_false(vault_open(path, &v, &e));
        assert_ptr_equal(e.kind, &VAULT_KEY_DAMAGED);
    }
    unlink(path);
}

static void what_is_sealed_opens_whole_at_any_length(void **state)
{
    (void)state;
    static const char bytes[] = "0123456789abcdefABCDEF0123456789abcdef";
    for (size_t size = 0; size <= 33; size++) {
        struct err e = {.kind = NULL};
        struct text plain = {bytes, size}, opened;
        struct text sealed = vault_seal(vault, &arena, "person", "certificate", TEXT("P1"), plain);
        assert_non_null(sealed.at);
        assert_int_equal(sealed.size % 16, (1 + 24 + 16) % 16); /* padded: the length tells little */
        assert_true(vault_unseal(vault, &arena, "person", "certificate", TEXT("P1"), sealed, &opened, &e));
        assert_true(text_equal(plain, opened));
    }
}

static void assert_broken(const struct vault *v, const char *table, const char *column, struct text id,
                          struct text sealed)
{
    struct err e = {.kind = NULL};
    struct text out;
    assert_false(vault_unseal(v, &arena, table, column, id, sealed, &out, &e));
    assert_ptr_equal(e.kind, &VAULT_SEAL_BROKEN);
}

static void what_was_sealed_for_one_place_opens_in_no_other(void **state)
{
    (void)state;
    char long_id[2000];
    memset(long_id, 'x', sizeof long_id);
    struct text sealed = vault_seal(vault, &arena, "person", "certificate", TEXT("P1"), TEXT("41992219"));
    struct text far =
        vault_seal(vault, &arena, "duty", "phone", (struct text){long_id, 2000}, TEXT("41992219"));
    assert_broken(vault, "person", "certificate", TEXT("P2"), sealed);
    assert_broken(vault, "person", "phone", TEXT("P1"), sealed);
    assert_broken(vault, "household", "certificate", TEXT("P1"), sealed);
    assert_broken(vault, "personc", "ertificate", TEXT("P1"), sealed);
    assert_broken(other, "person", "certificate", TEXT("P1"), sealed);
    assert_broken(vault, "duty", "phone", (struct text){long_id, 1999}, far);
    struct err e = {.kind = NULL};
    struct text out;
    assert_true(vault_unseal(vault, &arena, "duty", "phone", (struct text){long_id, 2000}, far, &out, &e));
}

static void a_sealed_value_with_any_byte_changed_or_cut_is_broken(void **state)
{
    (void)state;
    struct text sealed =
        vault_seal(vault, &arena, "person", "certificate", TEXT("P1"), TEXT("419922194607080028"));
    for (size_t i = 0; i < sealed.size; i++) {
        char *copy = arena_take(&arena, sealed.size);
        assert_non_null(copy);
        memcpy(copy, sealed.at, sealed.size);
        copy[i] ^= 1;
        assert_broken(vault, "person", "certificate", TEXT("P1"), (struct text){copy, sealed.size});
        assert_broken(vault, "person", "certificate", TEXT("P1"), (struct text){sealed.at, i});
    }
}

static void the_search_hash_is_equal_for_equal_values_of_one_column_alone(void **state)
{
    (void)state;
    unsigned char a[VAULT_HASH_SIZE], b[VAULT_HASH_SIZE];
    vault_hash(vault, "person", "certificate", TEXT("X1"), a);
    vault_hash(vault, "person", "certificate", TEXT("X1"), b);
    assert_memory_equal(a, b, VAULT_HASH_SIZE);
    vault_hash(vault, "person", "certificate", TEXT("X2"), b);
    assert_memory_not_equal(a, b, VAULT_HASH_SIZE);
    vault_hash(vault, "person", "phone", TEXT("X1"), b);
    assert_memory_not_equal(a, b, VAULT_HASH_SIZE);
    vault_hash(other, "person", "certificate", TEXT("X1"), b);
    assert_memory_not_equal(a, b, VAULT_HASH_SIZE);
}

static void a_mac_needs_the_key_and_the_message(void **state)
{
    (void)state;
    unsigned char a[32], b[32];
    vault_mac(vault, TEXT("head 17"), a);
    vault_mac(vault, TEXT("head 18"), b);
    assert_memory_not_equal(a, b, 32);
    vault_mac(other, TEXT("head 17"), b);
    assert_memory_not_equal(a, b, 32);
    vault_mac(vault, TEXT("head 17"), b);
    assert_memory_equal(a, b, 32);
}

static void sealing_without_memory_gives_nothing(void **state)
{
    (void)state;
    struct arena tiny;
    arena_init(&tiny, 16);
    assert_null(vault_seal(vault, &tiny, "person", "certificate", TEXT("P1"), TEXT("419922194607080028")).at);
    arena_clear(&tiny);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_key_is_closed_to_others_and_opens_again),
        cmocka_unit_test(a_key_is_never_overwritten),
        cmocka_unit_test(an_absent_key_is_named),
        cmocka_unit_test(a_key_that_others_may_read_is_refused),
        cmocka_unit_test(a_key_with_any_byte_changed_is_damaged),
        cmocka_unit_test(what_is_sealed_opens_whole_at_any_length),
        cmocka_unit_test(what_was_sealed_for_one_place_opens_in_no_other),
        cmocka_unit_test(a_sealed_value_with_any_byte_changed_or_cut_is_broken),
        cmocka_unit_test(the_search_hash_is_equal_for_equal_values_of_one_column_alone),
        cmocka_unit_test(a_mac_needs_the_key_and_the_message),
        cmocka_unit_test(sealing_without_memory_gives_nothing),
    };
    return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
