/* The tree against outside vectors (RFC 6962) and, for every size up to 257, against a plain recursive root.
 */
#include "base/system.h"
#include "engine/journal/merkle.h"
#include "engine/journal/sha256.h"
#include <jansson.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SIZES 257
#define HASHES_MAX 64

static struct text bytes_of(json_t *hex, struct arena *a)
{
    const char *z = json_string_value(hex);
    size_t room = strlen(z) / 2 + 1, size = 0;
    unsigned char *out = arena_take(a, room);
    assert_non_null(out);
    assert_int_equal(sodium_hex2bin(out, room, z, strlen(z), NULL, &size, NULL), 0);
    return (struct text){(char *)out, size};
}

static uint64_t number_of(json_t *line, const char *key)
{
    return strtoull(json_string_value(json_object_get(line, key)), NULL, 10);
}

static size_t proof_of(json_t *line, struct text out[HASHES_MAX], struct arena *a)
{
    json_t *proof = json_object_get(line, "proof");
    assert_true(json_array_size(proof) <= HASHES_MAX);
    for (size_t i = 0; i < json_array_size(proof); i++)
        out[i] = bytes_of(json_array_get(proof, i), a);
    return json_array_size(proof);
}

static bool root_holds(json_t *line, struct arena *a)
{
    struct merkle tree = {.size = 0};
    struct merkle_hash hash;
    json_t *leaves = json_object_get(line, "leaves");
    for (size_t i = 0; i < json_array_size(leaves); i++) {
        merkle_leaf(bytes_of(json_array_get(leaves, i), a), &hash);
        merkle_add(&tree, &hash);
    }
    struct text root = bytes_of(json_object_get(line, "root"), a);
    merkle_root(&tree, &hash);
    return root.size == sizeof hash.at && memcmp(root.at, hash.at, root.size) == 0;
}

/* What the line says, as against what we find. */
static bool line_holds(json_t *line, const char *kind, struct arena *a)
{
    struct text proof[HASHES_MAX];
    if (strcmp(kind, "root") == 0)
        return root_holds(line, a);
    bool valid = json_is_true(json_object_get(line, "valid"));
    size_t count = proof_of(line, proof, a);
    if (strcmp(kind, "inclusion") == 0)
        return valid
               == merkle_includes(number_of(line, "index"), number_of(line, "size"),
                                  bytes_of(json_object_get(line, "leaf"), a),
                                  bytes_of(json_object_get(line, "root"), a), proof, count);
    assert_string_equal(kind, "consistency");
    return valid
           == merkle_extends(number_of(line, "size1"), number_of(line, "size2"),
                             bytes_of(json_object_get(line, "root1"), a),
                             bytes_of(json_object_get(line, "root2"), a), proof, count);
}

static void every_outside_vector_is_judged_right(void **state)
{
    (void)state;
    FILE *file = fopen(TEST_DATA "/vectors/rfc6962.jsonl", "r");
    char *at = NULL;
    size_t room = 0, lines = 0;
    assert_non_null(file);
    while (getline(&at, &room, file) > 0) {
        struct arena a;
        arena_init(&a, 1 << 20);
        json_t *line = json_loads(at, 0, NULL);
        assert_non_null(line);
        const char *kind = json_string_value(json_object_get(line, "kind"));
        if (!line_holds(line, kind, &a))
            fail_msg("line %zu: %.200s", lines + 1, at);
        json_decref(line);
        arena_clear(&a);
        lines++;
    }
    free(at);
    fclose(file);
    assert_int_equal(lines, 205);
}

static struct merkle_hash leaves[SIZES];

static void plain_root(const struct merkle_hash *from, size_t size, unsigned char out[MERKLE_HASH_SIZE])
{
    unsigned char both[1 + 2 * MERKLE_HASH_SIZE] = {1};
    if (size <= 1) {
        if (size == 1)
            memcpy(out, from->at, MERKLE_HASH_SIZE);
        else
            crypto_hash_sha256(out, (const unsigned char *)"", 0);
        return;
    }
    size_t left = 1;
    while (2 * left < size)
        left *= 2;
    plain_root(from, left, both + 1);
    plain_root(from + left, size - left, both + 1 + MERKLE_HASH_SIZE);
    crypto_hash_sha256(out, both, sizeof both);
}

static unsigned char roots[SIZES + 1][MERKLE_HASH_SIZE];

static int make_leaves(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZES; i++) {
        char name[32];
        snprintf(name, sizeof name, "entry %zu", i);
        merkle_leaf(text_of(name), &leaves[i]);
    }
    for (size_t size = 0; size <= SIZES; size++)
        plain_root(leaves, size, roots[size]);
    return 0;
}

static struct text root_at(size_t size) { return (struct text){(char *)roots[size], MERKLE_HASH_SIZE}; }

static size_t texts_of(const struct merkle_hash *hashes, size_t count, struct text *out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = (struct text){(const char *)hashes[i].at, MERKLE_HASH_SIZE};
    return count;
}

static void a_growing_tree_has_the_root_of_the_plain_one_at_every_size(void **state)
{
    (void)state;
    struct merkle tree = {.size = 0};
    struct merkle_hash root;
    for (size_t size = 0; size <= SIZES; size++) {
        merkle_root(&tree, &root);
        assert_memory_equal(root.at, roots[size], MERKLE_HASH_SIZE);
        assert_int_equal(merkle_edge_count(&tree), __builtin_popcountll(size));
        if (size < SIZES)
            merkle_add(&tree, &leaves[size]);
    }
}

static void every_leaf_of_every_size_is_proved_and_no_other_is(void **state)
{
    (void)state;
    for (size_t size = 1; size <= SIZES; size++) {
        for (size_t index = 0; index < size; index++) {
            struct merkle_hash proof[MERKLE_PROOF_MAX];
            struct text texts[MERKLE_PROOF_MAX], leaf = {(const char *)leaves[index].at, MERKLE_HASH_SIZE};
            size_t count = texts_of(proof, merkle_inclusion(leaves, size, index, proof), texts);
            assert_true(merkle_includes(index, size, leaf, root_at(size), texts, count));
            struct text other = {(const char *)leaves[(index + 1) % SIZES].at, MERKLE_HASH_SIZE};
            assert_false(merkle_includes(index, size, other, root_at(size), texts, count));
            assert_false(merkle_includes(index + size, size, leaf, root_at(size), texts, count));
            assert_false(count > 0 && merkle_includes(index, size, leaf, root_at(size), texts, count - 1));
        }
    }
}

static void every_pair_of_sizes_is_proved_and_no_other_root_is(void **state)
{
    (void)state;
    for (size_t size2 = 1; size2 <= SIZES; size2 += size2 < 70 ? 1 : 11) {
        for (size_t size1 = 1; size1 <= size2; size1++) {
            struct merkle_hash proof[MERKLE_PROOF_MAX];
            struct text texts[MERKLE_PROOF_MAX];
            size_t count = texts_of(proof, merkle_consistency(leaves, size1, size2, proof), texts);
            assert_true(merkle_extends(size1, size2, root_at(size1), root_at(size2), texts, count));
            assert_false(merkle_extends(size1, size2, root_at(size1 - 1), root_at(size2), texts, count));
            assert_false(merkle_extends(size1, size2, root_at(size1), root_at(size2 - 1), texts, count));
            assert_false(merkle_extends(0, size2, root_at(0), root_at(size2), texts, count));
        }
    }
}

static void the_processors_hash_is_the_plain_one_at_every_length(void **state)
{
    (void)state;
    unsigned char bytes[400], fast[SHA256_SIZE], plain[SHA256_SIZE];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 7 + 1);
    for (size_t head = 0; head <= SHA256_HEAD_MAX; head++) {
        for (size_t size = 0; head + size <= 300; size++) {
            sha256(bytes, head, bytes + head, size, fast);
            sha256_plain(bytes, head, bytes + head, size, plain);
            assert_memory_equal(fast, plain, SHA256_SIZE);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_outside_vector_is_judged_right),
        cmocka_unit_test(the_processors_hash_is_the_plain_one_at_every_length),
        cmocka_unit_test(a_growing_tree_has_the_root_of_the_plain_one_at_every_size),
        cmocka_unit_test(every_leaf_of_every_size_is_proved_and_no_other_is),
        cmocka_unit_test(every_pair_of_sizes_is_proved_and_no_other_root_is),
    };
    return cmocka_run_group_tests(tests, make_leaves, NULL);
}
