/* Who sends a request: a token, or the cookie of a session. And logging in and out. */
#ifndef API_WHO_H
#define API_WHO_H
#include "api/route.h"
#include "engine/session/session.h"

/* Finds who asks and sets r->actor. A change by cookie must come from a page of our own, as the browser says
 * (Origin, Sec-Fetch-Site). API_NO_ACCOUNTS, API_LOGIN_NEEDED, API_FOREIGN_PAGE. */
MUST_USE bool who_find(struct worker *w, struct request *r, struct err *e);
/* The account of a job as it is now. API_LOGIN_NEEDED where it is disabled or gone. */
MUST_USE bool who_account(struct session *s, struct text name, struct arena *a, const struct actor **out,
                          struct err *e);
/* Handlers of POST session, DELETE session, GET me. */
bool who_login_handle(struct worker *w, struct request *r, struct err *e);
bool who_logout_handle(struct worker *w, struct request *r, struct err *e);
bool who_me_handle(struct worker *w, struct request *r, struct err *e);

#endif
