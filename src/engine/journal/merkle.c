/* The Merkle tree of RFC 6962; see merkle.h. The checks of proofs follow RFC 9162, sections 2.1.3.2
 * and 2.1.4.2, which say for the same tree how they are done. */
#include "engine/journal/merkle.h"
#include "engine/journal/sha256.h"
#include <assert.h>

static_assert(MERKLE_HASH_SIZE == SHA256_SIZE, "the tree is SHA-256");

void merkle_leaf(struct text entry, struct merkle_hash *out)
{
    sha256("\0", 1, entry.at, entry.size, out->at);
}

static void node(const struct merkle_hash *left, const struct merkle_hash *right, struct merkle_hash *out)
{
    unsigned char both[1 + 2 * MERKLE_HASH_SIZE] = {1};
    memcpy(both + 1, left->at, MERKLE_HASH_SIZE);
    memcpy(both + 1 + MERKLE_HASH_SIZE, right->at, MERKLE_HASH_SIZE);
    sha256(NULL, 0, both, sizeof both, out->at);
}

bool merkle_equal(const struct merkle_hash *a, const struct merkle_hash *b)
{
    return memcmp(a->at, b->at, MERKLE_HASH_SIZE) == 0;
}

size_t merkle_edge_count(const struct merkle *m) { return (size_t)__builtin_popcountll(m->size); }

void merkle_add(struct merkle *m, const struct merkle_hash *leaf)
{
    assert(m->size < UINT64_MAX);
    size_t count = merkle_edge_count(m);
    struct merkle_hash joined = *leaf;
    for (uint64_t bits = m->size; (bits & 1) != 0; bits >>= 1)
        node(&m->edge[--count], &joined, &joined);
    m->edge[count] = joined;
    m->size++;
}

void merkle_root(const struct merkle *m, struct merkle_hash *out)
{
    size_t count = merkle_edge_count(m);
    if (count == 0) {
        sha256(NULL, 0, NULL, 0, out->at);
        return;
    }
    *out = m->edge[--count];
    while (count > 0)
        node(&m->edge[--count], out, out);
}

/* The largest power of two below size (> 1). */
static uint64_t split_of(uint64_t size) { return UINT64_C(1) << (63 - __builtin_clzll(size - 1)); }

static void range_root(const struct merkle_hash *leaves, uint64_t size, struct merkle_hash *out)
{
    struct merkle m = {.size = 0};
    for (uint64_t i = 0; i < size; i++)
        merkle_add(&m, &leaves[i]);
    merkle_root(&m, out);
}

size_t merkle_inclusion(const struct merkle_hash *leaves, uint64_t size, uint64_t index,
                        struct merkle_hash out[MERKLE_PROOF_MAX])
{
    assert(index < size);
    if (size == 1)
        return 0;
    uint64_t left = split_of(size);
    size_t count = 0;
    if (index < left) {
        count = merkle_inclusion(leaves, left, index, out);
        range_root(leaves + left, size - left, &out[count]);
    } else {
        count = merkle_inclusion(leaves + left, size - left, index - left, out);
        range_root(leaves, left, &out[count]);
    }
    return count + 1;
}

/* SUBPROOF(m, D[n], b) of RFC 6962: `whole` says that the subtree of size1 is a subtree which the verifier
 * knows. */
static size_t subproof(const struct merkle_hash *leaves, uint64_t size1, uint64_t size2, bool whole,
                       struct merkle_hash out[MERKLE_PROOF_MAX])
{
    if (size1 == size2) {
        if (!whole)
            range_root(leaves, size1, &out[0]);
        return whole ? 0 : 1;
    }
    uint64_t left = split_of(size2);
    size_t count = 0;
    if (size1 <= left) {
        count = subproof(leaves, size1, left, whole, out);
        range_root(leaves + left, size2 - left, &out[count]);
    } else {
        count = subproof(leaves + left, size1 - left, size2 - left, false, out);
        range_root(leaves, left, &out[count]);
    }
    return count + 1;
}

size_t merkle_consistency(const struct merkle_hash *leaves, uint64_t size1, uint64_t size2,
                          struct merkle_hash out[MERKLE_PROOF_MAX])
{
    assert(size1 > 0 && size1 <= size2);
    return subproof(leaves, size1, size2, true, out);
}

static bool hash_of(struct text bytes, struct merkle_hash *out)
{
    if (bytes.size != MERKLE_HASH_SIZE)
        return false;
    memcpy(out->at, bytes.at, MERKLE_HASH_SIZE);
    return true;
}

static bool hash_is(const struct merkle_hash *hash, struct text bytes)
{
    return bytes.size == MERKLE_HASH_SIZE && memcmp(hash->at, bytes.at, MERKLE_HASH_SIZE) == 0;
}

/* Where a climb from a leaf (or a subtree) to the root stands. */
struct climb {
    uint64_t at, last;
};

/* One hash of the proof: does it stand on the left of what has been joined so far? */
static bool climb_left(struct climb *c)
{
    bool left = (c->at & 1) != 0 || c->at == c->last;
    while (left && (c->at & 1) == 0 && c->at != 0)
        c->at >>= 1, c->last >>= 1;
    c->at >>= 1, c->last >>= 1;
    return left;
}

bool merkle_includes(uint64_t index, uint64_t size, struct text leaf, struct text root,
                     const struct text *proof, size_t count)
{
    struct merkle_hash sum, beside;
    if (index >= size || !hash_of(leaf, &sum))
        return false;
    struct climb climb = {index, size - 1};
    for (size_t i = 0; i < count; i++) {
        if (climb.last == 0 || !hash_of(proof[i], &beside))
            return false;
        if (climb_left(&climb))
            node(&beside, &sum, &sum);
        else
            node(&sum, &beside, &sum);
    }
    return climb.last == 0 && hash_is(&sum, root);
}

/* Climbs from the subtree `first` that both trees share: once to the old root, once to the new one. */
static bool extends_from(struct climb climb, struct text first, struct text root1, struct text root2,
                         const struct text *proof, size_t count)
{
    struct merkle_hash old, new, beside;
    if (!hash_of(first, &old))
        return false;
    new = old;
    for (size_t i = 0; i < count; i++) {
        if (climb.last == 0 || !hash_of(proof[i], &beside))
            return false;
        if (climb_left(&climb)) {
            node(&beside, &old, &old);
            node(&beside, &new, &new);
        } else {
            node(&new, &beside, &new);
        }
    }
    return climb.last == 0 && hash_is(&old, root1) && hash_is(&new, root2);
}

bool merkle_extends(uint64_t size1, uint64_t size2, struct text root1, struct text root2,
                    const struct text *proof, size_t count)
{
    if (size1 == 0 || size1 > size2)
        return false;
    if (size1 == size2)
        return count == 0 && text_equal(root1, root2);
    if (count == 0)
        return false;
    struct climb climb = {size1 - 1, size2 - 1};
    while ((climb.at & 1) != 0)
        climb.at >>= 1, climb.last >>= 1;
    /* A size that is a power of two: its root opens the proof without standing in it. */
    if ((size1 & (size1 - 1)) == 0)
        return extends_from(climb, root1, root1, root2, proof, count);
    return extends_from(climb, proof[0], root1, root2, proof + 1, count - 1);
}
