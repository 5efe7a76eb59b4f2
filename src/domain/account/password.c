/* Passwords: which ones are taken, and hashing them. Always holds: no more than ACCOUNT_HASHING_MAX are
 * hashed at once in this process, so that a flood of logins costs a bounded memory. */
#include "base/base.err.h"
#include "domain/account/account.err.h"
#include "domain/account/parts.h"
#include <pthread.h>
#include <sodium.h>

#define HASH_MEMORY ((size_t)64 << 20)
#define HASH_PASSES 3
#define OWN_LEAST 8  /* characters that are left when known words and simple sequences are taken away */
#define WORD_LEAST 3 /* a shorter name says nothing about a password */

/* ---- which ones are taken ---- */

/* What stands in every list of guesses. Longer ones first, so that they go as a whole. */
static const char *const common[] = {"1qaz2wsx3edc4rfv",
                                     "qwertyuiopasdfghjklzxcvbnm",
                                     "qwertyuiop",
                                     "asdfghjkl",
                                     "zxcvbnm",
                                     "password",
                                     "passw0rd",
                                     "p@ssw0rd",
                                     "p@ssword",
                                     "iloveyou",
                                     "woaini",
                                     "5201314",
                                     "147258369",
                                     "1q2w3e4r5t",
                                     "1qaz2wsx",
                                     "qwerty",
                                     "admin",
                                     "administrator",
                                     "welcome",
                                     "letmein",
                                     "changeme",
                                     "test",
                                     "root",
                                     "user",
                                     "mima",
                                     "密码",
                                     "管理员",
                                     "honghua",
                                     "红花"};

/* Takes every occurrence of `word` out of `t`. */
static void take_out(struct text *t, char *room, struct text word)
{
    size_t at;
    if (word.size == 0)
        return;
    while ((at = text_find(*t, word, 0)) != SIZE_MAX) {
        memmove(room + at, room + at + word.size, t->size - at - word.size);
        t->size -= word.size;
    }
}

/* The names of the places that the account lies in, with and without the word for what they are. */
static void take_out_places(const struct session *s, struct text area, struct text *t, char *room)
{
    static const size_t digits[] = {12, 9, 6};
    static const char *const kinds[] = {"村民委员会", "街道", "镇", "乡", "县", "市", "区", "村"};
    for (size_t i = 0; i < COUNT_OF(digits); i++) {
        char code[AREA_CODE_SIZE] = "000000000000";
        memcpy(code, area.at, area.size < digits[i] ? area.size : digits[i]);
        const struct catalog_division *d = catalog_division(s->catalog, (struct text){code, sizeof code});
        if (d == NULL)
            continue;
        take_out(t, room, d->name);
        for (size_t k = 0; k < COUNT_OF(kinds); k++)
            if (text_ends_with(d->name, text_of(kinds[k])))
                take_out(t, room, text_slice(d->name, 0, d->name.size - strlen(kinds[k])));
    }
}

/* Characters that do not just repeat or count on from the one before. */
static size_t own_characters(struct text t)
{
    uint32_t before = 0;
    size_t count = 0;
    for (size_t at = 0; at < t.size;) {
        uint32_t c = text_next(t, &at);
        bool goes_on = c == before || c == before + 1 || c + 1 == before;
        count += c > ' ' && !goes_on;
        before = c;
    }
    return count;
}

static bool is_common(const struct session *s, struct text name, struct text area, struct text folded,
                      char *room)
{
    struct text left = folded;
    if (name.size >= WORD_LEAST)
        take_out(&left, room, name);
    take_out_places(s, area, &left, room); /* 红花集镇, before 红花 */
    for (size_t i = 0; i < COUNT_OF(common); i++)
        take_out(&left, room, text_of(common[i]));
    return own_characters(left) < OWN_LEAST;
}

bool password_check(const struct session *s, struct text name, struct text area, struct text password,
                    struct err *e)
{
    if (password.size > ACCOUNT_PASSWORD_MAX || !text_is_utf8(password)
        || (password.size > 0 && memchr(password.at, '\0', password.size) != NULL))
        return err_fail_int(e, &ACCOUNT_PASSWORD_LONG, "most", ACCOUNT_PASSWORD_MAX);
    if (text_count(password) < ACCOUNT_PASSWORD_LEAST)
        return err_fail_int(e, &ACCOUNT_PASSWORD_SHORT, "least", ACCOUNT_PASSWORD_LEAST);
    char room[ACCOUNT_PASSWORD_MAX], lower[CATALOG_ID_MAX * 4];
    struct text account = {lower, name.size < sizeof lower ? name.size : sizeof lower};
    for (size_t i = 0; i < password.size; i++)
        room[i] =
            (char)(password.at[i] >= 'A' && password.at[i] <= 'Z' ? password.at[i] + 32 : password.at[i]);
    for (size_t i = 0; i < account.size; i++)
        lower[i] = (char)(name.at[i] >= 'A' && name.at[i] <= 'Z' ? name.at[i] + 32 : name.at[i]);
    bool common_one = is_common(s, account, area, (struct text){room, password.size}, room);
    sodium_memzero(room, sizeof room);
    return common_one ? err_fail(e, &ACCOUNT_PASSWORD_COMMON) : true;
}

/* ---- hashing ---- */

static struct { /* of the process */
    pthread_mutex_t lock;
    pthread_cond_t freed;
    int hashing, waiting;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER, .freed = PTHREAD_COND_INITIALIZER};

static bool queue_enter(struct err *e)
{
    pthread_mutex_lock(&queue.lock);
    bool room = queue.hashing < ACCOUNT_HASHING_MAX || queue.waiting < ACCOUNT_QUEUE_MAX;
    if (room) {
        queue.waiting++;
        while (queue.hashing >= ACCOUNT_HASHING_MAX)
            pthread_cond_wait(&queue.freed, &queue.lock);
        queue.waiting--;
        queue.hashing++;
    }
    pthread_mutex_unlock(&queue.lock);
    return room || err_fail(e, &ACCOUNT_BUSY);
}

static void queue_leave(void)
{
    pthread_mutex_lock(&queue.lock);
    queue.hashing--;
    pthread_cond_signal(&queue.freed);
    pthread_mutex_unlock(&queue.lock);
}

bool password_hash(struct text password, struct arena *a, struct text *out, struct err *e)
{
    char *hash = arena_take(a, crypto_pwhash_STRBYTES);
    if (hash == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!queue_enter(e))
        return false;
    int failed = crypto_pwhash_str_alg(hash, password.at, password.size, HASH_PASSES, HASH_MEMORY,
                                       crypto_pwhash_ALG_ARGON2ID13);
    queue_leave();
    *out = text_of(hash);
    return failed == 0 || err_fail(e, &ACCOUNT_CRYPTO);
}

/* The hash of nothing that anybody knows, made as the others are. */
static const char nobody[] = "$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

bool password_verify(struct text hash, struct text password, bool *right_out, struct err *e)
{
    char kept[crypto_pwhash_STRBYTES] = "";
    struct text against = hash.at != NULL && hash.size < sizeof kept ? hash : text_of(nobody);
    memcpy(kept, against.at, against.size);
    if (!queue_enter(e))
        return false;
    int wrong = crypto_pwhash_str_verify(kept, password.at != NULL ? password.at : "", password.size);
    queue_leave();
    *right_out = wrong == 0 && against.at == hash.at;
    return true;
}
