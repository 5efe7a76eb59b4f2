/* Bytes that are appended once and read at random: in memory up to a limit, beyond it in a temporary file
 * that has no name and goes with the process.
 *
 * Always holds: at most `resident` bytes and SPILL_SLOTS pages of it are in memory.
 */
#ifndef FORMAT_SHEET_SPILL_H
#define FORMAT_SHEET_SPILL_H
#include "format/sheet/sheet.h"

#define SPILL_PAGE_BYTES 16384
#define SPILL_SLOTS 256 /* pages of the file kept at hand */

struct spill_slot;
struct spill {
    char *head; /* the first bytes, never moved once full */
    size_t head_room, resident;
    uint64_t size;
    int file;   /* -1: not needed so far */
    char *tail; /* the page that is being filled, behind `head` */
    size_t tail_size;
    struct spill_slot *slot;
};

void spill_init(struct spill *s, size_t resident);
void spill_clear(struct spill *s);
/* SHEET_NO_MEMORY, SHEET_NO_SPACE. */
MUST_USE bool spill_add(struct spill *s, struct text bytes, struct err *e);
/* To be called once after the last spill_add and before the first read. */
MUST_USE bool spill_settle(struct spill *s, struct err *e);
/* The bytes themselves when they lie in memory for good, else NULL. */
const char *spill_direct(const struct spill *s, uint64_t from, size_t size);
/* Copies bytes that are there. SHEET_UNREADABLE, SHEET_NO_MEMORY. */
MUST_USE bool spill_copy(struct spill *s, uint64_t from, size_t size, char *out, struct err *e);

#endif
