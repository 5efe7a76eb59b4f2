/* The Merkle tree of RFC 6962, section 2.1: SHA-256, a leaf is hashed behind 0x00, a node behind 0x01.
 *
 * A tree that only grows needs no more than the roots of its complete subtrees, largest first (its edge): at
 * most one for each bit of its size. Sizes and indexes are 64 bits wide. Pure arithmetic: any thread, no
 * memory.
 */
#ifndef ENGINE_JOURNAL_MERKLE_H
#define ENGINE_JOURNAL_MERKLE_H
#include "base/text.h"

#define MERKLE_HASH_SIZE 32
#define MERKLE_EDGE_MAX 64
#define MERKLE_PROOF_MAX 128 /* hashes; a consistency proof between two sizes has fewer */

struct merkle_hash {
    unsigned char at[MERKLE_HASH_SIZE];
};
struct merkle {
    uint64_t size;                            /* leaves */
    struct merkle_hash edge[MERKLE_EDGE_MAX]; /* as many as size has bits set */
};

void merkle_leaf(struct text entry, struct merkle_hash *out);
bool merkle_equal(const struct merkle_hash *a, const struct merkle_hash *b);

/* A zeroed struct is the empty tree. `leaf` is a leaf hash. */
void merkle_add(struct merkle *m, const struct merkle_hash *leaf);
void merkle_root(const struct merkle *m, struct merkle_hash *out);
size_t merkle_edge_count(const struct merkle *m);

/* Proofs over `leaves` (leaf hashes), for index < size <= UINT32_MAX, and 0 < size1 <= size2. Number of
 * hashes written. */
size_t merkle_inclusion(const struct merkle_hash *leaves, uint64_t size, uint64_t index,
                        struct merkle_hash out[MERKLE_PROOF_MAX]);
size_t merkle_consistency(const struct merkle_hash *leaves, uint64_t size1, uint64_t size2,
                          struct merkle_hash out[MERKLE_PROOF_MAX]);

/* Proofs come from outside, so their hashes are bytes of any length; one that is not MERKLE_HASH_SIZE long
 * makes a proof fail. Is the leaf hash at `index` of the tree of `size` leaves with this root? Never in a
 * tree of size 0. */
bool merkle_includes(uint64_t index, uint64_t size, struct text leaf, struct text root,
                     const struct text *proof, size_t count);
/* Is the tree of size1 a beginning of the tree of size2? Never from or to size 0. */
bool merkle_extends(uint64_t size1, uint64_t size2, struct text root1, struct text root2,
                    const struct text *proof, size_t count);

#endif
