/* The operations of this folder. */
#ifndef DOMAIN_BACKUP_PARTS_H
#define DOMAIN_BACKUP_PARTS_H
#include "domain/backup/seal.h"
#include "engine/op/op.h"
#include "engine/session/session.h"
#include "store/copy.h"

extern const struct op op_backup, op_restore;

/* What the tables of a database say together: the digest of each that has rows, in the order of their names.
 */
struct content;
MUST_USE struct content *content_new(struct op_call *call); /* NULL: out of memory */
/* A store_copied; `user` is the content. Stops when the call was cancelled. */
MUST_USE bool content_add(void *user, const struct copied *table, struct err *e);
void content_digest(struct content *c, unsigned char digest[SEAL_DIGEST_SIZE], int64_t *rows_out);

/* A name beside `path` that nobody else uses; TEXT_NONE: out of memory. NUL behind it. */
struct text part_name(struct arena *a, struct text path);
/* Removes a database that is being made, with what SQLite puts beside it. */
void part_remove(const char *path);
/* Whether all of a closed database is in its file. */
bool part_is_whole(const char *path);
/* Gives a finished file its name, which must still be free (BACKUP_EXISTS); on the disk when this returns. */
MUST_USE bool part_publish(const char *part, const char *path, struct err *e);
/* The members that both operations answer with: file, made, rows, digest. */
void seal_json(struct json *out, struct text file, const struct seal *seal);

#endif
