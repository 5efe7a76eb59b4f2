/* `backup` and `restore`: the whole database as one file, from either engine and onto either.
 *
 * A backup is a SQLite database made from one unchanging state of the live one, closed by a seal (seal.h).
 * The key of the sensitive fields is not in it.
 */
#ifndef DOMAIN_BACKUP_BACKUP_H
#define DOMAIN_BACKUP_BACKUP_H
#include "engine/op/op.h"

extern const struct op_list backup_ops;

#endif
