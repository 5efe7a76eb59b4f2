/* Secrets that are random: made, and kept as a hash alone. They hold 256 bits, so that the hash needs no salt
 * and no slowness, and looking it up by its bytes tells nobody anything. */
#include "base/system.h"
#include "domain/account/parts.h"
#include <assert.h>
#include <sodium.h>

#define SECRET_BYTES 32
static_assert(sodium_base64_ENCODED_LEN(SECRET_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)
                  == ACCOUNT_SECRET_SIZE + 1,
              "base64url of 32 bytes and NUL");

struct text secret_make(struct arena *a)
{
    unsigned char bytes[SECRET_BYTES];
    char *out = arena_take(a, ACCOUNT_SECRET_SIZE + 1);
    if (out == NULL)
        return TEXT_NONE;
    random_fill(bytes, sizeof bytes);
    sodium_bin2base64(out, ACCOUNT_SECRET_SIZE + 1, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
    return (struct text){out, ACCOUNT_SECRET_SIZE};
}

struct secret_hash secret_hash(const char *what, struct text secret)
{
    struct secret_hash out;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof out.at);
    crypto_generichash_update(&state, (const unsigned char *)what, strlen(what) + 1);
    if (secret.size > 0)
        crypto_generichash_update(&state, (const unsigned char *)secret.at, secret.size);
    crypto_generichash_final(&state, out.at, sizeof out.at);
    sodium_memzero(&state, sizeof state);
    return out;
}
