/* An office's database opened for work: store, key, the policy pack in force, records, journal.
 *
 * A session belongs to one thread. What is read-only (catalogue, vault) may be lent to others while it
 * stands.
 */
#ifndef ENGINE_SESSION_SESSION_H
#define ENGINE_SESSION_SESSION_H
#include "engine/journal/journal.h"
#include "engine/record/record.h"
#include "store/copy.h"

#define SESSION_COPY_MAX ((size_t)1 << 30) /* bytes that session_copy may take beside the rows */

/* What only those above can check of a pack (its reports); false refuses it. Memory from `a`. */
typedef bool session_check(const struct catalog *c, struct arena *a, struct err *e);

struct session {
    struct text db,     /* as it may be shown: an address without its password */
        place,          /* as asked for */
        key_file;       /* resolved (contract.md: --key-file, HONGHUA_KEY_FILE, <db>.key beside a file) */
    struct arena arena; /* lives as long as the session */
    struct store *store;
    struct vault *vault;           /* NULL: without the key */
    const struct catalog *catalog; /* the pack in force, or the version asked for */
    int64_t begun_ms, policy_loaded_ms;
    session_check *check_pack; /* NULL, or asked before a pack is put in force */
    struct records *records;
    struct journal *journal;
    struct area office;      /* the office's own area; empty texts: not known yet */
    struct text office_code; /* 12 digits or empty */
};
/* From now on the session works for `actor` (borrowed; NULL: the owner): its records, and on PostgreSQL the
 * range that row-level security lets through. */
MUST_USE bool session_act_for(struct session *s, const struct actor *actor, struct err *e);
/* The area that an operation works on: what somebody gave as `code` (records_area), else the actor's own,
 * else the office's, else everything. */
MUST_USE bool session_area(struct session *s, struct text code, struct area *out, struct err *e);
/* The same person goes on, but until the next session_act_for the database lets the session see beyond his
 * area, where it has a wall of its own: for what would take what it does not see for what is not there
 * (checks, grades, indicators, batches). What is answered keeps to the area all the same. Outside of a
 * transaction. */
MUST_USE bool session_look_beyond(struct session *s, struct err *e);
struct session_options {
    struct text db, key_file;   /* key_file TEXT_NONE: by the rules */
    bool spread;                /* session_init: STORE_CREATE_SPREAD */
    bool write, need_key;       /* need_key: SESSION_KEY_ABSENT instead of working masked */
    struct text policy_version; /* digest of an earlier pack, or TEXT_NONE */
    session_check *check_pack;  /* see struct session */
};
/* SESSION_DATABASE_ABSENT, SESSION_KEY_ABSENT, SESSION_KEY_WRONG, SESSION_POLICY_UNKNOWN, STORE_*. */
MUST_USE bool session_open(struct session *s, const struct session_options *options, struct err *e);
void session_close(struct session *s);
/* Makes a database, its key and loads the pack (id of an installed pack, or a folder). `area` TEXT_NONE: the
 * one town of the first import. Whole or absent: a refused init leaves no file behind.
 * SESSION_DATABASE_EXISTS. */
MUST_USE bool session_init(struct session *s, const struct session_options *options, struct text policy,
                           struct text area, struct err *e);
/* Loads a new version of the pack into the open database; in force from now on. Same digest: nothing changes,
 * *changed_out false. */
MUST_USE bool session_policy_load(struct session *s, struct text folder, bool *changed_out, struct err *e);
/* Copies everything, as it stands at one moment, into `to`, which is being made (STORE_CREATE): the tables of
 * the pack in force, then all rows; the caller publishes it. Others go on writing meanwhile. `each` as in
 * store_copy. */
MUST_USE bool session_copy(struct session *from, struct store *to, store_copied *each, void *user,
                           struct err *e);
/* Where the key of the database `db` lies: as `given`, else HONGHUA_KEY_FILE (then *named_out: somebody chose
 * it), else beside a file; beside a server there is no place for one (empty). false: out of memory. */
MUST_USE bool session_key_path(struct text db, struct text given, struct arena *a, struct text *out,
                               bool *named_out);
/* Is the pack that the session opened with still in force? Else it is to be opened anew. */
MUST_USE bool session_is_current(struct session *s, bool *out, struct err *e);
/* Keeps the office's area once it is known (first import). In the caller's transaction. */
MUST_USE bool session_set_office(struct session *s, struct text code, struct err *e);

#endif
