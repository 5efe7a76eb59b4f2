/* Idempotency-Key: the same request under the same key is done once, and answered the same again.
 *
 * The key is kept in the transaction of the change itself, so that it stands exactly when the change does;
 * the answer is added behind it. Kept for KEY_DAYS.
 */
#ifndef API_KEY_H
#define API_KEY_H
#include "api/request.h"
#include "api/worker.h"

#define KEY_SIZE_MAX 200
#define KEY_DAYS 7
#define KEY_DIGEST_SIZE 65

struct key_use {
    struct text account, key;
    char digest[KEY_DIGEST_SIZE]; /* of what was sent */
    bool kept;
};
/* Looks the request's key up, if it has one. *answered_out: it was done before, and the answer is in `r`.
 * Else the next commit of the worker keeps the key. API_KEY_BAD, API_KEY_REUSED, API_KEY_UNDER_WAY. */
MUST_USE bool key_begin(struct worker *w, struct request *r, bool *answered_out, struct err *e);
/* Adds the answer to the key, if it was kept, and forgets it. */
void key_end(struct worker *w, struct request *r);
/* To be registered with store_before_commit; `user` is the worker. */
bool key_keep(struct store *db, void *user, struct err *e);

#endif
