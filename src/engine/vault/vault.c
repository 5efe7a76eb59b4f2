/* The key of the sensitive fields; see vault.h.
 *
 * The key file is one line: a word that names the form, the key's id, the key, both in hex. The id is a hash
 * of the key, so a damaged file is known before anything is done with it.
 */
#include "engine/vault/vault.h"
#include "base/base.err.h"
#include "base/system.h"
#include "engine/vault/vault.err.h"
#include <assert.h>
#include <sodium.h>

#define KEY_SIZE 32
#define ID_SIZE 8
#define KEY_FORM "honghua-key-1 "
#define KEY_LINE (sizeof KEY_FORM - 1 + 2 * ID_SIZE + 1 + 2 * KEY_SIZE)
#define KEY_FILE_MAX 4096
#define SEAL_FORM 1 /* first byte of a sealed value */
#define NONCE_SIZE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_SIZE crypto_aead_xchacha20poly1305_ietf_ABYTES
#define SEAL_OVERHEAD (1 + NONCE_SIZE + TAG_SIZE)
#define PAD 16
#define PLACE_MAX 512 /* bytes of a place that are bound as they are; a longer one is bound by its hash */

static_assert(crypto_kdf_KEYBYTES == KEY_SIZE, "one size of keys");
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == KEY_SIZE, "one size of keys");

struct vault {
    unsigned char id[ID_SIZE];
    unsigned char seal[KEY_SIZE], nonce[KEY_SIZE], hash[KEY_SIZE], mac[KEY_SIZE], check[KEY_SIZE];
};

static bool sodium_ready(struct err *e) { return sodium_init() >= 0 || err_fail(e, &OUT_OF_MEMORY); }

static void key_id(const unsigned char key[KEY_SIZE], unsigned char id[ID_SIZE])
{
    unsigned char full[crypto_generichash_BYTES_MIN];
    crypto_generichash(full, sizeof full, key, KEY_SIZE, NULL, 0);
    memcpy(id, full, ID_SIZE);
}

bool vault_make(const char *path, struct err *e)
{
    if (!sodium_ready(e))
        return false;
    if (file_exists(path))
        return err_fail_text(e, &VAULT_KEY_EXISTS, "file", text_of(path));
    unsigned char key[KEY_SIZE], id[ID_SIZE];
    char line[KEY_LINE + 2] = KEY_FORM;
    random_fill(key, sizeof key);
    key_id(key, id);
    char *at = line + sizeof KEY_FORM - 1;
    sodium_bin2hex(at, 2 * ID_SIZE + 1, id, ID_SIZE);
    at[2 * ID_SIZE] = ' ';
    sodium_bin2hex(at + 2 * ID_SIZE + 1, 2 * KEY_SIZE + 1, key, KEY_SIZE);
    line[KEY_LINE] = '\n';
    bool made = file_write(path, (struct text){line, KEY_LINE + 1}, 0600, e);
    sodium_memzero(key, sizeof key);
    sodium_memzero(line, sizeof line);
    return made;
}

/* The line's key; false when anything about it is not as vault_make writes it. */
static bool key_parse(struct text line, unsigned char key[KEY_SIZE])
{
    line = text_trim(line);
    if (line.size != KEY_LINE || !text_starts_with(line, TEXT(KEY_FORM)))
        return false;
    const char *at = line.at + sizeof KEY_FORM - 1;
    unsigned char id[ID_SIZE], expected[ID_SIZE];
    size_t size = 0;
    if (sodium_hex2bin(id, ID_SIZE, at, 2 * ID_SIZE, NULL, &size, NULL) != 0 || size != ID_SIZE
        || at[2 * ID_SIZE] != ' ')
        return false;
    if (sodium_hex2bin(key, KEY_SIZE, at + 2 * ID_SIZE + 1, 2 * KEY_SIZE, NULL, &size, NULL) != 0
        || size != KEY_SIZE)
        return false;
    key_id(key, expected);
    return memcmp(id, expected, ID_SIZE) == 0;
}

static struct vault *vault_from(const unsigned char key[KEY_SIZE])
{
    struct vault *v = sodium_malloc(sizeof *v); /* locked in memory, wiped when freed */
    if (v == NULL)
        return NULL;
    const struct {
        unsigned char *out;
        uint64_t number;
    } keys[] = {{v->seal, 1}, {v->nonce, 2}, {v->hash, 3}, {v->mac, 4}, {v->check, 5}};
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        crypto_kdf_derive_from_key(keys[i].out, KEY_SIZE, keys[i].number, "honghua", key);
    key_id(key, v->id);
    sodium_mprotect_readonly(v);
    return v;
}

bool vault_open(const char *path, struct vault **out, struct err *e)
{
    if (!sodium_ready(e))
        return false;
    int mode = file_mode(path);
    if (mode < 0)
        return err_fail_text(e, &VAULT_KEY_ABSENT, "file", text_of(path));
    if ((mode & 077) != 0)
        return err_fail_text(e, &VAULT_KEY_MODE, "file", text_of(path));
    struct arena a;
    struct text line;
    unsigned char key[KEY_SIZE];
    arena_init(&a, 64 * 1024);
    bool opened = file_read(path, KEY_FILE_MAX, &a, &line, e);
    if (opened && !key_parse(line, key))
        opened = err_fail_text(e, &VAULT_KEY_DAMAGED, "file", text_of(path));
    if (opened && (*out = vault_from(key)) == NULL)
        opened = err_fail(e, &OUT_OF_MEMORY);
    sodium_memzero(key, sizeof key);
    arena_clear(&a);
    return opened;
}

void vault_close(struct vault *v) { sodium_free(v); }

void vault_check(const struct vault *v, unsigned char out[32]) { memcpy(out, v->check, 32); }

/* Where a value lies, as bytes that no other place has: the ciphertext is bound to it. */
struct place {
    size_t size;
    unsigned char at[PLACE_MAX];
};

static void place_hash(crypto_generichash_state *state, struct text part)
{
    uint64_t size = part.size;
    crypto_generichash_update(state, (const unsigned char *)&size, sizeof size);
    if (size != 0)
        crypto_generichash_update(state, (const unsigned char *)part.at, part.size);
}

/* Too long to be bound as it is (a key may hold a whole cell): a hash stands for it. */
static void place_of_long(struct place *p, struct text table, struct text column, struct text id)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, 32);
    place_hash(&state, table);
    place_hash(&state, column);
    place_hash(&state, id);
    p->at[0] = 'h';
    crypto_generichash_final(&state, p->at + 1, 32);
    p->size = 33;
}

static void place_add(struct place *p, const char *at, size_t size)
{
    memcpy(p->at + p->size, at, size);
    p->size += size;
    p->at[p->size++] = 0;
}

static void place_of(const struct vault *v, struct place *p, const char *table, const char *column,
                     struct text id)
{
    struct text t = text_of(table), c = text_of(column);
    if (ID_SIZE + 1 + t.size + c.size + id.size + 3 > PLACE_MAX - 1) {
        place_of_long(p, t, c, id);
    } else {
        p->at[0] = 'p';
        p->size = 1;
        place_add(p, t.at, t.size);
        place_add(p, c.at, c.size);
        if (id.size != 0)
            memcpy(p->at + p->size, id.at, id.size);
        p->size += id.size;
    }
    memcpy(p->at + p->size, v->id, ID_SIZE);
    p->size += ID_SIZE;
}

static void nonce_of(const struct vault *v, const struct place *p, const unsigned char *plain, size_t size,
                     unsigned char out[NONCE_SIZE])
{
    crypto_generichash_state state;
    uint64_t place_size = p->size;
    crypto_generichash_init(&state, v->nonce, KEY_SIZE, NONCE_SIZE);
    crypto_generichash_update(&state, (const unsigned char *)&place_size, sizeof place_size);
    crypto_generichash_update(&state, p->at, p->size);
    crypto_generichash_update(&state, plain, size);
    crypto_generichash_final(&state, out, NONCE_SIZE);
}

struct text vault_seal(const struct vault *v, struct arena *a, const char *table, const char *column,
                       struct text id, struct text plain)
{
    size_t padded = plain.size / PAD * PAD + PAD, written = 0;
    unsigned char *out = arena_take(a, SEAL_OVERHEAD + padded);
    if (out == NULL)
        return TEXT_NONE;
    unsigned char *nonce = out + 1, *body = nonce + NONCE_SIZE;
    if (plain.size != 0)
        memcpy(body, plain.at, plain.size);
    if (sodium_pad(&written, body, plain.size, PAD, padded) != 0)
        return TEXT_NONE;
    assert(written == padded);
    struct place place;
    place_of(v, &place, table, column, id);
    out[0] = SEAL_FORM;
    nonce_of(v, &place, body, padded, nonce);
    unsigned long long sealed = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(body, &sealed, body, padded, place.at, place.size, NULL, nonce,
                                               v->seal);
    assert(sealed == padded + TAG_SIZE);
    return (struct text){(char *)out, SEAL_OVERHEAD + padded};
}

static bool seal_broken(struct err *e, const char *table, const char *column, struct text id)
{
    err_fail_text(e, &VAULT_SEAL_BROKEN, "table", text_of(table));
    err_add(e, "column", text_of(column));
    err_add(e, "id", id);
    return false;
}

bool vault_unseal(const struct vault *v, struct arena *a, const char *table, const char *column,
                  struct text id, struct text sealed, struct text *plain_out, struct err *e)
{
    const unsigned char *in = (const unsigned char *)sealed.at;
    if (sealed.size < SEAL_OVERHEAD + PAD || (sealed.size - SEAL_OVERHEAD) % PAD != 0 || in[0] != SEAL_FORM)
        return seal_broken(e, table, column, id);
    size_t padded = sealed.size - SEAL_OVERHEAD, size = 0;
    unsigned char *out = arena_take(a, padded);
    if (out == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    struct place place;
    place_of(v, &place, table, column, id);
    unsigned long long opened = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, &opened, NULL, in + 1 + NONCE_SIZE, padded + TAG_SIZE,
                                                   place.at, place.size, in + 1, v->seal)
        != 0)
        return seal_broken(e, table, column, id);
    if (sodium_unpad(&size, out, padded, PAD) != 0)
        return seal_broken(e, table, column, id);
    *plain_out = (struct text){(char *)out, size};
    return true;
}

void vault_hash(const struct vault *v, const char *table, const char *column, struct text plain,
                unsigned char out[VAULT_HASH_SIZE])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, v->hash, KEY_SIZE, VAULT_HASH_SIZE);
    place_hash(&state, text_of(table));
    place_hash(&state, text_of(column));
    place_hash(&state, plain);
    crypto_generichash_final(&state, out, VAULT_HASH_SIZE);
}

void vault_mac(const struct vault *v, struct text message, unsigned char out[32])
{
    crypto_generichash(out, 32, (const unsigned char *)message.at, message.size, v->mac, KEY_SIZE);
}
