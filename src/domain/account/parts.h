/* What the parts of accounts share. For this folder only. */
#ifndef DOMAIN_ACCOUNT_PARTS_H
#define DOMAIN_ACCOUNT_PARTS_H
#include "domain/account/account.h"

#define SECRET_HASH_SIZE 32

extern const struct op account_add_op, account_list_op, account_password_op, account_disable_op,
    account_token_op, account_totp_op, account_notice_op;

/* secret.c */
struct secret_hash {
    unsigned char at[SECRET_HASH_SIZE];
};
/* 256 new random bits as base64url, in `a`; TEXT_NONE: memory is out. */
struct text secret_make(struct arena *a);
/* What is kept of a secret. `what` ("session", "token", …) keeps the kinds apart. */
struct secret_hash secret_hash(const char *what, struct text secret);
static inline struct text secret_bytes(const struct secret_hash *hash)
{
    return (struct text){(const char *)hash->at, sizeof hash->at};
}

/* password.c: hashing, two at a time for the whole process. */
/* ACCOUNT_PASSWORD_SHORT, _LONG, _COMMON: `password` is none for this account over this area. */
MUST_USE bool password_check(const struct session *s, struct text name, struct text area,
                             struct text password, struct err *e);
/* Into `a`. ACCOUNT_BUSY, ACCOUNT_CRYPTO. */
MUST_USE bool password_hash(struct text password, struct arena *a, struct text *out, struct err *e);
/* `hash` TEXT_NONE: the same work for nothing, and *right_out false. */
MUST_USE bool password_verify(struct text hash, struct text password, bool *right_out, struct err *e);

/* ask.c: from the file (one line break at its end is none of it), or twice from the terminal, unseen. */
MUST_USE bool password_ask(const struct op_value *file, struct arena *a, enum lang lang, struct text *out,
                           struct err *e);

/* guess.c: wrong guesses by account and source. */
/* Counts the attempt as wrong before it is checked, so that many at once win nothing. ACCOUNT_THROTTLED. */
MUST_USE bool guess_begin(struct session *s, const struct account_login *with, int64_t now, struct err *e);
/* In a transaction: the attempt was right. */
MUST_USE bool guess_forget(struct session *s, const struct account_login *with, struct err *e);

/* admin.c: the account that a call names. ACCOUNT_UNKNOWN: none, disabled, or beyond the area of whoever
 * acts. */
struct account_get_row;
MUST_USE bool account_of_call(struct op_call *call, struct account_get_row *row, struct err *e);

/* factor.c: whether a code is that of the sealed key now, in a step behind `used`. RECORD_KEY_ABSENT,
 * VAULT_…. */
MUST_USE bool factor_check(struct session *s, struct text name, struct text sealed, int64_t used,
                           struct text code, int64_t now, struct arena *a, int64_t *step_out, bool *right_out,
                           struct err *e);

/* notice.c: in the caller's transaction. */
/* Journals what was done to an account, and tells the administrators. `what`: the operation. */
struct journal_change;
MUST_USE bool account_told(struct session *s, struct text by, struct text what, struct text account,
                           const struct journal_change *changes, size_t count, struct err *e);

/* The first word of most commands about accounts. */
#define ACCOUNT_WORD                                                                                         \
    {                                                                                                        \
        .name = "name", .type = OP_TEXT, .positional = true, .required = true, .value = "NAME",              \
        .zh = "账户名", .en = "the account"                                                                  \
    }

#endif
