/* SHA-256; see sha256.h. Rounds and schedule as FIPS 180-4 has them, four at a time. */
#include "engine/journal/sha256.h"
#include <assert.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static_assert(SHA256_SIZE == crypto_hash_sha256_BYTES, "one size");

void sha256_plain(const void *head, size_t head_size, const void *body, size_t body_size,
                  unsigned char out[SHA256_SIZE])
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    if (head_size != 0)
        crypto_hash_sha256_update(&state, head, head_size);
    if (body_size != 0)
        crypto_hash_sha256_update(&state, body, body_size);
    crypto_hash_sha256_final(&state, out);
}

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#define BLOCK 64

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/* The registers hold ABEF and CDGH, as the instructions want them. */
struct rounds {
    __m128i abef, cdgh;
};

__attribute__((target("sha,sse4.1,ssse3"))) static void compress(struct rounds *r, const unsigned char *at,
                                                                 size_t blocks)
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    for (; blocks > 0; blocks--, at += BLOCK) {
        __m128i abef = r->abef, cdgh = r->cdgh, w[4];
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
            if (i < 4)
                w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(at + 16 * i)), swap);
            else
                w[i % 4] =
                    _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(w[i % 4], w[(i + 1) % 4]),
                                                       _mm_alignr_epi8(w[(i + 3) % 4], w[(i + 2) % 4], 4)),
                                         w[(i + 3) % 4]);
            __m128i k = _mm_loadu_si128((const __m128i *)(const void *)(constants + 4 * i));
            __m128i sum = _mm_add_epi32(w[i % 4], k);
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
        }
        r->abef = _mm_add_epi32(r->abef, abef);
        r->cdgh = _mm_add_epi32(r->cdgh, cdgh);
    }
}

static void put_word(unsigned char *to, uint32_t n)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(n >> (24 - 8 * i));
}

__attribute__((target("sha,sse4.1,ssse3"))) static void sha256_fast(const unsigned char *head,
                                                                    size_t head_size,
                                                                    const unsigned char *body, size_t size,
                                                                    unsigned char out[SHA256_SIZE])
{
    struct rounds r = {_mm_set_epi32(0x6a09e667, (int)0xbb67ae85, 0x510e527f, (int)0x9b05688c),
                       _mm_set_epi32(0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19)};
    unsigned char block[2 * BLOCK] = {0};
    uint64_t bits = (uint64_t)(head_size + size) * 8;
    size_t fill = head_size, first = BLOCK - head_size < size ? BLOCK - head_size : size;
    if (head_size != 0)
        memcpy(block, head, head_size);
    if (fill + size >= BLOCK) {
        memcpy(block + fill, body, first);
        compress(&r, block, 1);
        body += first;
        size -= first;
        compress(&r, body, size / BLOCK);
        body += size / BLOCK * BLOCK;
        size %= BLOCK;
        fill = 0;
    }
    memset(block + fill, 0, sizeof block - fill);
    if (size != 0)
        memcpy(block + fill, body, size);
    fill += size;
    block[fill] = 0x80;
    size_t last = fill + 9 <= BLOCK ? 1 : 2;
    put_word(block + last * BLOCK - 8, (uint32_t)(bits >> 32));
    put_word(block + last * BLOCK - 4, (uint32_t)bits);
    compress(&r, block, last);
    uint32_t abef[4], cdgh[4];
    _mm_storeu_si128((__m128i *)(void *)abef, r.abef);
    _mm_storeu_si128((__m128i *)(void *)cdgh, r.cdgh);
    const uint32_t h[8] = {abef[3], abef[2], cdgh[3], cdgh[2], abef[1], abef[0], cdgh[1], cdgh[0]};
    for (int i = 0; i < 8; i++)
        put_word(out + 4 * i, h[i]);
}

static bool has_instructions(void)
{
    static int known; /* 0: not asked yet; the answer is the same on every thread */
    int answer = __atomic_load_n(&known, __ATOMIC_RELAXED);
    unsigned a = 0, b = 0, c = 0, d = 0, b7 = 0, unused = 0;
    if (answer == 0) {
        bool sha = __get_cpuid_count(7, 0, &a, &b7, &unused, &d) != 0 && (b7 >> 29 & 1) != 0;
        bool sse = __get_cpuid(1, &a, &b, &c, &d) != 0 && (c >> 19 & 1) != 0 && (c >> 9 & 1) != 0;
        answer = sha && sse ? 1 : 2;
        __atomic_store_n(&known, answer, __ATOMIC_RELAXED);
    }
    return answer == 1;
}

void sha256(const void *head, size_t head_size, const void *body, size_t body_size,
            unsigned char out[SHA256_SIZE])
{
    assert(head_size <= SHA256_HEAD_MAX);
    if (has_instructions())
        sha256_fast(head, head_size, body, body_size, out);
    else
        sha256_plain(head, head_size, body, body_size, out);
}

#else

void sha256(const void *head, size_t head_size, const void *body, size_t body_size,
            unsigned char out[SHA256_SIZE])
{
    assert(head_size <= SHA256_HEAD_MAX);
    sha256_plain(head, head_size, body, body_size, out);
}

#endif
