/* SHA-256 of what decides, and its hex. For this folder only. */
#ifndef ENGINE_CATALOG_DIGEST_H
#define ENGINE_CATALOG_DIGEST_H
#include "base/text.h"
#include <sodium.h>

/* The text behind its length, so that no two lists of texts give the same bytes. */
void digest_add(crypto_hash_sha256_state *state, struct text t);
/* Writes 2 * size digits and NUL. */
void digest_hex(const unsigned char *bytes, size_t size, char *out);

#endif
