/* A whole database into another one, of whichever engine, table by table.
 *
 * Rows go in the order of their keys, which both engines agree upon (text by code point). What was written is
 * read back and its digest held against that of what was read. The digest of a table is that of its rows in
 * that order, each the values that are known with the names of their columns: it is the same on both engines.
 */
#ifndef STORE_COPY_H
#define STORE_COPY_H
#include "store/store.h"

#define COPY_DIGEST_SIZE 32

struct copied {
    struct text table; /* borrowed for the call */
    int64_t rows;
    unsigned char digest[COPY_DIGEST_SIZE];
};
/* Copies every table but what each database keeps for itself (its schema's version, the marks of its
 * commits). Tables must be there on both sides; columns that `to` lacks are added. Both stand in transactions
 * of the caller. `each` hears of every table that has been copied; false stops. STORE_COPY_DIFFERS  what was
 * read back is not what was written (value `table`) */
typedef bool store_copied(void *user, const struct copied *table, struct err *e);
MUST_USE bool store_copy(struct store *from, struct store *to, store_copied *each, void *user, struct err *e);

#endif
