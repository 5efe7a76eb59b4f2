/* The policy pack of a database: installed from a folder, kept file by file, opened from there. For this
 * folder and session.c only. */
#ifndef ENGINE_SESSION_PACK_H
#define ENGINE_SESSION_PACK_H
#include "engine/session/session.h"

/* The pack in force, or the one of a digest, into s->catalog. SESSION_POLICY_UNKNOWN, SESSION_UNFINISHED. */
MUST_USE bool session_pack_open(struct session *s, struct text digest, struct err *e);
/* Reads a pack (id of an installed one, or a folder), checks it, keeps it, makes the tables that it asks for,
 * puts it in force: all in one transaction of its own. */
MUST_USE bool session_pack_install(struct session *s, struct text policy, bool *changed_out, struct err *e);
MUST_USE bool session_setting(struct session *s, const char *name, struct text *value_out, struct err *e);
MUST_USE bool session_setting_put(struct session *s, const char *name, struct text value, struct err *e);

#endif
