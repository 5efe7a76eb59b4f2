/* Accounts: who may log in, in which role and over which area.
 *
 * Accounts are made on the machine, by whoever owns the database (`account add`, …); each such act is
 * journalled and shown to the administrators for ACCOUNT_NOTICE_DAYS days. What an account proves itself by
 * is kept as a hash alone: passwords under argon2id, tokens and the secrets of sessions, which are 256 random
 * bits, under BLAKE2b. Nothing of them stands in an error, a log or the journal.
 *
 * The functions below are for the doors. All take the session of the calling thread, opened to write, and
 * read and write its store outside of a transaction of the caller's; any number of threads may call them at
 * once, each with a session of its own. An actor lies in `a`, its role in session->catalog, and it stands no
 * longer than either. Besides what is named they answer STORE_… and OUT_OF_MEMORY.
 */
#ifndef DOMAIN_ACCOUNT_ACCOUNT_H
#define DOMAIN_ACCOUNT_ACCOUNT_H
#include "engine/op/op.h"
#include "engine/session/session.h"

#define ACCOUNT_PASSWORD_LEAST 15 /* characters */
#define ACCOUNT_PASSWORD_MAX 1024 /* bytes */
#define ACCOUNT_SECRET_SIZE 43    /* characters of a session's secret, and of a token: 256 bits, base64url */
#define ACCOUNT_IDLE_MINUTES 30   /* a session ends when it is not used so long, */
#define ACCOUNT_SESSION_HOURS 12  /* and after that at the latest */
#define ACCOUNT_TOKEN_DAYS 90     /* a token's life, where nobody says otherwise */
#define ACCOUNT_TOKEN_DAYS_MAX 3650
#define ACCOUNT_NOTICE_DAYS 7
#define ACCOUNT_FREE_GUESSES                                                                                 \
    2 /* wrong ones without a delay, by account and source; from then on 1 s, 2 s, … */
#define ACCOUNT_DELAY_MAX 900   /* seconds */
#define ACCOUNT_GUESSES_MAX 100 /* wrong ones in a row, from wherever: the password ends, tokens go on */
#define ACCOUNT_HASHING_MAX 2   /* passwords hashed at once, 64 MiB each */
#define ACCOUNT_QUEUE_MAX 20    /* logins that wait for it */

extern const struct op_list account_ops;

/* Whether there is any account yet; until then a server answers ACCOUNT_NONE (503). */
MUST_USE bool account_exists_any(struct session *s, bool *out, struct err *e);

struct account_login {
    struct text name, password;
    struct text code;   /* of the second factor; TEXT_NONE: not given */
    struct text source; /* the address that asks, as text: wrong guesses are counted by account and source */
};
/* Checks a password and begins a session. *secret_out, ACCOUNT_SECRET_SIZE characters that need no escaping
 * in a cookie, is told nowhere else. An account without a password, a disabled one and one that does not
 * exist take the same work and time and answer the same.
 *
 *   ACCOUNT_LOGIN      401  wrong
 *   ACCOUNT_CODE       401  the password is right, the account has a second factor, and no code was given
 *   ACCOUNT_THROTTLED  429  value `seconds` (whole, 1 or more): for Retry-After. Nothing was checked
 *   ACCOUNT_BUSY       503  the queue is full
 * A right password from a source without wrong guesses of its own is never held up by those of others. */
MUST_USE bool account_login(struct session *s, const struct account_login *with, struct arena *a,
                            struct actor *actor_out, struct text *secret_out, struct err *e);
/* Whose session this is. `source`: where the request comes from, and a session that began elsewhere is
 * refused; TEXT_NONE: not asked. Its idle time begins anew, which is written at most once a minute, and not
 * at all while another writes. ACCOUNT_SESSION (401): unknown, ended, or its account is disabled. */
MUST_USE bool account_by_session(struct session *s, struct text secret, struct text source, struct arena *a,
                                 struct actor *out, struct err *e);
/* The same for a program's token. */
MUST_USE bool account_by_token(struct session *s, struct text token, struct arena *a, struct actor *out,
                               struct err *e);
/* The account of a name, for whoever works on the machine (--as). ACCOUNT_UNKNOWN (exit 3): none, or
 * disabled; ACCOUNT_ROLE_UNKNOWN: the pack in force has its role no more. */
MUST_USE bool account_named(struct session *s, struct text name, struct arena *a, struct actor *out,
                            struct err *e);
/* Ends a session; one that is not there is no error. */
MUST_USE bool account_logout(struct session *s, struct text secret, struct err *e);

#endif
