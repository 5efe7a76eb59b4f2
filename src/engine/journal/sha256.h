/* SHA-256, by the processor's own instructions where it has them (an import hashes every entry twice), else
 * by libsodium. Any thread. */
#ifndef ENGINE_JOURNAL_SHA256_H
#define ENGINE_JOURNAL_SHA256_H
#include <stddef.h>

#define SHA256_SIZE 32
#define SHA256_HEAD_MAX 63

/* Of `head` (at most SHA256_HEAD_MAX bytes) and `body`, one behind the other. */
void sha256(const void *head, size_t head_size, const void *body, size_t body_size,
            unsigned char out[SHA256_SIZE]);
/* Tests: by libsodium, whatever the processor can. */
void sha256_plain(const void *head, size_t head_size, const void *body, size_t body_size,
                  unsigned char out[SHA256_SIZE]);

#endif
