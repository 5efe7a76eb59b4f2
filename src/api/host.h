/* Addresses: where the server listens, who asks, and by which name it is asked. For the network's files. */
#ifndef API_HOST_H
#define API_HOST_H
#include "api/server_parts.h"

/* Opens the listening socket; the port that was given, or the one that the system chose, stands in s->port.
 */
MUST_USE bool host_listen(struct server *s, struct err *e);
/* Fills in where the request comes from; behind a proxy, where the proxy says. */
void host_source(struct visit *v);
/* Is the name in Host one of ours? A foreign page that lets its own name lead to us (DNS rebinding) cannot
 * say so. API_HOST. */
MUST_USE bool host_is_ours(const struct visit *v, struct err *e);

#endif
