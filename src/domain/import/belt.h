/* Rows on their way from the thread that reads sheets to the one that holds the database: blocks through a
 * bounded queue, so that memory does not grow with the file and both threads work at once.
 *
 * A block belongs to whoever took it last. The belt owns all blocks; it outlives both users.
 */
#ifndef DOMAIN_IMPORT_BELT_H
#define DOMAIN_IMPORT_BELT_H
#include "engine/record/record.h"

#define BELT_BLOCK_ROWS 256
#define BELT_BLOCKS 8
#define BELT_BLOCK_BYTES                                                                                     \
    ((size_t)256 << 20) /* ceiling of one block: a row of 512 cells of 32,767 characters */

struct block {
    struct block *next;
    struct arena arena; /* values and texts of the rows */
    struct batch_row rows[BELT_BLOCK_ROWS];
    size_t count;
};

struct belt;
/* OUT_OF_MEMORY. */
MUST_USE bool belt_open(struct belt **out, struct err *e);
void belt_close(struct belt *f); /* both users are done; NULL is allowed */

/* Reader: an empty block, waiting for one; NULL when the other side has stopped. */
MUST_USE struct block *belt_take(struct belt *f);
void belt_put(struct belt *f, struct block *b);
/* Reader: nothing more comes. */
void belt_finish(struct belt *f);

/* Writer: the next full block, waiting for one; NULL at the end. */
MUST_USE struct block *belt_next(struct belt *f);
void belt_return(struct belt *f, struct block *b);
/* Writer: wants no more; a waiting reader is woken. */
void belt_stop(struct belt *f);

#endif
