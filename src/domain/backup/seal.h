/* The end of a backup: says that it is whole, unaltered, and of which key.
 *
 * Behind the database's own bytes stand the digest of what its tables say, how many rows they have, when it
 * was made, a check of the key; then BLAKE2b-256 over everything so far, that digest authenticated by the
 * key, and the form's name. One byte that is another, or one that is missing, is found.
 */
#ifndef DOMAIN_BACKUP_SEAL_H
#define DOMAIN_BACKUP_SEAL_H
#include "base/err.h"
#include "engine/vault/vault.h"

#define SEAL_DIGEST_SIZE 32

struct seal {
    unsigned char content[SEAL_DIGEST_SIZE];
    int64_t rows, made_ms;
};
/* Closes the file at `path`, a database that nobody has open, with its seal; synced. FILE_*. */
MUST_USE bool seal_add(const char *path, const struct vault *v, const struct seal *seal, struct err *e);
/* Copies the database of the backup `path` into the new file `to` (mode 0600, synced), and checks it as it is
 * read. On false `to` is not there: BACKUP_FOREIGN    it is no backup of ours      BACKUP_NEWER  of a form
 * that a newer program writes BACKUP_DAMAGED    cut short or altered         BACKUP_KEY    whole, but of
 * another key FILE_* */
MUST_USE bool seal_open(const char *path, const char *to, const struct vault *v, struct seal *out,
                        struct err *e);

#endif
