/* The key of the sensitive fields, and what is done with it.
 *
 * A key file holds 32 random bytes (hex, one line, with the key's id); it lies outside the database, mode
 * 0600. From it come, by libsodium's key derivation, separate keys for sealing, for search hashes, for
 * journal commitments and for journal heads. Sealing is XChaCha20-Poly1305 with table, column, record id and
 * key id as associated data, so that a ciphertext cannot be moved to another place. Plain texts are padded to
 * 16 bytes. The nonce is a keyed hash of place and plain text, so it can never repeat for different contents;
 * that the same value in the same place gives the same ciphertext tells nothing that the search hash does not
 * tell already.
 *
 * Read-only after opening: any thread may use it. Memory is locked and wiped.
 */
#ifndef ENGINE_VAULT_VAULT_H
#define ENGINE_VAULT_VAULT_H
#include "base/err.h"

#define VAULT_HASH_SIZE 16
struct vault;
/* Makes a new key file (mode 0600); VAULT_KEY_EXISTS when there is something of that name; FILE_*. */
MUST_USE bool vault_make(const char *path, struct err *e);
/* VAULT_KEY_ABSENT, VAULT_KEY_MODE (readable by others: refused), VAULT_KEY_DAMAGED; FILE_*. */
MUST_USE bool vault_open(const char *path, struct vault **out, struct err *e);
void vault_close(struct vault *v);
/* 32 bytes that tell whether a key is the database's own, to be kept in it. */
void vault_check(const struct vault *v, unsigned char out[32]);

/* Ciphertext into the arena; TEXT_NONE when memory is out. */
MUST_USE struct text vault_seal(const struct vault *v, struct arena *a, const char *table, const char *column,
                                struct text id, struct text plain);
/* VAULT_SEAL_BROKEN: altered, moved or under another key. */
MUST_USE bool vault_unseal(const struct vault *v, struct arena *a, const char *table, const char *column,
                           struct text id, struct text sealed, struct text *plain_out, struct err *e);
/* Keyed hash for exact search and for telling equal values: the same value gives the same hash in every
 * record of (table, column). */
void vault_hash(const struct vault *v, const char *table, const char *column, struct text plain,
                unsigned char out[VAULT_HASH_SIZE]);
/* Keyed 32-byte MAC under the journal's key. */
void vault_mac(const struct vault *v, struct text message, unsigned char out[32]);

#endif
