/* One-time passwords. SHA-1 stands here because authenticators know nothing else and libsodium has none:
 * under HMAC it is still sound (RFC 6194), and nothing else uses it. */
#include "domain/account/totp.h"
#include <sodium.h>
#include <stdio.h>

#define SHA1_SIZE 20
#define SHA1_BLOCK 64

/* ---- SHA-1, FIPS 180-4 section 6.1, of messages in memory ---- */

static uint32_t turn(uint32_t x, unsigned by) { return x << by | x >> (32 - by); }

static void sha1_block(uint32_t h[5], const unsigned char block[SHA1_BLOCK])
{
    uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (size_t i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16
               | (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (size_t i = 16; i < 80; i++)
        w[i] = turn(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (size_t i = 0; i < 80; i++) {
        uint32_t f = i < 20              ? (b & c) | (~b & d)
                     : i < 40 || i >= 60 ? b ^ c ^ d
                                         : (b & c) | (b & d) | (c & d);
        uint32_t k = i < 20 ? 0x5A827999u : i < 40 ? 0x6ED9EBA1u : i < 60 ? 0x8F1BBCDCu : 0xCA62C1D6u;
        uint32_t next = turn(a, 5) + f + e + k + w[i];
        e = d;
        d = c;
        c = turn(b, 30);
        b = a;
        a = next;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
}

/* Of two pieces, one behind the other; the first is one block. */
static void sha1_of(const unsigned char first[SHA1_BLOCK], struct text then, unsigned char out[SHA1_SIZE])
{
    uint32_t h[5] = {0x67452301u, 0xEFCDAB89u, 0x98BADCFEu, 0x10325476u, 0xC3D2E1F0u};
    unsigned char last[2 * SHA1_BLOCK] = {0};
    uint64_t bits = 8 * (SHA1_BLOCK + (uint64_t)then.size);
    if (first != NULL)
        sha1_block(h, first);
    else
        bits = 8 * (uint64_t)then.size;
    while (then.size >= SHA1_BLOCK) {
        sha1_block(h, (const unsigned char *)then.at);
        then = text_slice(then, SHA1_BLOCK, SIZE_MAX);
    }
    size_t room = then.size < SHA1_BLOCK - 8 ? SHA1_BLOCK : sizeof last;
    if (then.size > 0)
        memcpy(last, then.at, then.size);
    last[then.size] = 0x80;
    for (size_t i = 0; i < 8; i++)
        last[room - 1 - i] = (unsigned char)(bits >> (8 * i));
    for (size_t at = 0; at < room; at += SHA1_BLOCK)
        sha1_block(h, last + at);
    for (size_t i = 0; i < SHA1_SIZE; i++)
        out[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void hmac_sha1(struct text key, struct text message, unsigned char out[SHA1_SIZE])
{
    unsigned char inner[SHA1_BLOCK] = {0}, outer[SHA1_BLOCK], hash[SHA1_SIZE];
    if (key.size > SHA1_BLOCK)
        sha1_of(NULL, key, inner);
    else if (key.size > 0)
        memcpy(inner, key.at, key.size);
    for (size_t i = 0; i < SHA1_BLOCK; i++) {
        outer[i] = inner[i] ^ 0x5c;
        inner[i] ^= 0x36;
    }
    sha1_of(inner, message, hash);
    sha1_of(outer, (struct text){(const char *)hash, sizeof hash}, out);
    sodium_memzero(inner, sizeof inner);
    sodium_memzero(outer, sizeof outer);
}

/* ---- codes ---- */

/* Answers the number of bytes. */
static size_t hmac(enum totp_hash hash, struct text key, struct text message, unsigned char out[64])
{
    const unsigned char *k = (const unsigned char *)key.at, *m = (const unsigned char *)message.at;
    crypto_auth_hmacsha256_state of256;
    crypto_auth_hmacsha512_state of512;
    switch (hash) {
    case TOTP_SHA1:
        break;
    case TOTP_SHA256:
        crypto_auth_hmacsha256_init(&of256, k, key.size);
        crypto_auth_hmacsha256_update(&of256, m, message.size);
        crypto_auth_hmacsha256_final(&of256, out);
        return crypto_auth_hmacsha256_BYTES;
    case TOTP_SHA512:
        crypto_auth_hmacsha512_init(&of512, k, key.size);
        crypto_auth_hmacsha512_update(&of512, m, message.size);
        crypto_auth_hmacsha512_final(&of512, out);
        return crypto_auth_hmacsha512_BYTES;
    }
    hmac_sha1(key, message, out);
    return SHA1_SIZE;
}

void totp_code(enum totp_hash hash, struct text key, uint64_t step, int digits, char out[TOTP_DIGITS_MAX + 1])
{
    unsigned char counter[8], mac[64];
    uint32_t most = 1;
    for (size_t i = 0; i < sizeof counter; i++)
        counter[i] = (unsigned char)(step >> (56 - 8 * i));
    size_t size = hmac(hash, key, (struct text){(const char *)counter, sizeof counter}, mac),
           at = mac[size - 1] & 15;
    uint32_t n = (uint32_t)(mac[at] & 0x7F) << 24 | (uint32_t)mac[at + 1] << 16 | (uint32_t)mac[at + 2] << 8
                 | mac[at + 3];
    for (int i = 0; i < digits && i < TOTP_DIGITS_MAX; i++)
        most *= 10;
    snprintf(out, TOTP_DIGITS_MAX + 1, "%0*u", digits < TOTP_DIGITS_MAX ? digits : TOTP_DIGITS_MAX, n % most);
}

bool totp_matches(struct text key, struct text code, int64_t now_ms, int64_t used, int64_t *step_out)
{
    int64_t now = now_ms / 1000 / TOTP_STEP;
    char given[TOTP_DIGITS_MAX + 1] = "", right[TOTP_DIGITS_MAX + 1];
    bool found = false;
    if (code.size == TOTP_DIGITS)
        memcpy(given, code.at, TOTP_DIGITS);
    for (int64_t step = now - 1; step <= now + 1; step++) {
        totp_code(TOTP_SHA1, key, (uint64_t)step, TOTP_DIGITS, right);
        bool same = sodium_memcmp(given, right, TOTP_DIGITS) == 0;
        if (same && step > used) {
            *step_out = step;
            found = true;
        }
    }
    return found;
}

void totp_base32(struct text key, char *out)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < key.size; i++) {
        bits = bits << 8 | (unsigned char)key.at[i];
        for (count += 8; count >= 5; count -= 5)
            *out++ = letters[bits >> (count - 5) & 31];
    }
    if (count > 0)
        *out++ = letters[bits << (5 - count) & 31];
    *out = '\0';
}
