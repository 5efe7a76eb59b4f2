/* Wrong guesses. Always holds: they are counted by account and source together, so that nobody locks a
 * colleague out, and for names that nobody has as for others, so that the answer tells nothing. */
#include "base/base.err.h"
#include "domain/account/account.err.h"
#include "domain/account/account.sql.h"
#include "domain/account/parts.h"

#define SECOND_MS 1000
#define GUESS_KEPT_MS ((int64_t)24 * 60 * 60 * SECOND_MS) /* longer than any delay */

static struct secret_hash hash_of(const struct account_login *with)
{
    struct secret_hash account = secret_hash("account", with->name),
                       source = secret_hash("source", with->source);
    char both[2 * SECRET_HASH_SIZE];
    memcpy(both, account.at, SECRET_HASH_SIZE);
    memcpy(both + SECRET_HASH_SIZE, source.at, SECRET_HASH_SIZE);
    return secret_hash("guess", (struct text){both, sizeof both});
}

static int64_t delay_ms(int64_t failures)
{
    int64_t seconds = failures > ACCOUNT_FREE_GUESSES ? 1 : 0;
    for (int64_t i = ACCOUNT_FREE_GUESSES + 1; i < failures && seconds < ACCOUNT_DELAY_MAX; i++)
        seconds *= 2;
    return (seconds < ACCOUNT_DELAY_MAX ? seconds : ACCOUNT_DELAY_MAX) * SECOND_MS;
}

static bool count(struct session *s, const struct account_login *with, int64_t now, struct err *e)
{
    struct secret_hash hash = hash_of(with);
    struct guess_get_row row = {.failures = 0};
    struct arena scratch;
    bool found = false;
    arena_init(&scratch, 65536);
    bool good = guess_sweep(s->store, &(struct guess_sweep_in){.before = now - GUESS_KEPT_MS}, e)
                && guess_get(s->store, &(struct guess_get_in){.hash = secret_bytes(&hash)}, &scratch, &row,
                             &found, e);
    arena_clear(&scratch);
    if (good && found && row.until_ms > now)
        return err_fail_int(e, &ACCOUNT_THROTTLED, "seconds",
                            (row.until_ms - now + SECOND_MS - 1) / SECOND_MS);
    row.failures = found ? row.failures + 1 : 1;
    return good
           && guess_put(s->store,
                        &(struct guess_put_in){.hash = secret_bytes(&hash),
                                               .failures = row.failures,
                                               .until_ms = now + delay_ms(row.failures),
                                               .now = now},
                        e);
}

bool guess_begin(struct session *s, const struct account_login *with, int64_t now, struct err *e)
{
    return store_begin(s->store, e) && store_end(s->store, count(s, with, now, e), e);
}

bool guess_forget(struct session *s, const struct account_login *with, struct err *e)
{
    struct secret_hash hash = hash_of(with);
    return guess_end(s->store, &(struct guess_end_in){.hash = secret_bytes(&hash)}, e);
}
