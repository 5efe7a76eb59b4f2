/* The zip archive that a workbook is: checked as a whole before anything is unpacked, then read part by part.
 *
 * Always holds: no part gives more bytes than the archive's directory declared for it, and the declared sizes
 * add up to at most SHEET_UNPACKED_MAX. Parts are found by their names as OPC compares them: without regard
 * to case of ASCII letters, with or without a leading slash, "\" as "/".
 *
 * One part is open at a time. A part may be unpacked on a thread of its own, a few blocks ahead.
 */
#ifndef FORMAT_SHEET_PACKAGE_H
#define FORMAT_SHEET_PACKAGE_H
#include "format/sheet/sheet.h"

#define PART_BLOCK_BYTES 131072 /* unpacked at a time */
#define PART_HEADROOM 65536     /* free bytes before a block's data: what was left over of the block before */
#define PART_NAME_MAX 1024      /* bytes */

struct package;
struct part;

/* The archive's directory: entries within the file, not overlapping, sizes within limits, no path that
 * climbs. SHEET_TRUNCATED, SHEET_NOT_WORKBOOK (no archive at all), SHEET_DAMAGED, SHEET_UNSAFE,
 * SHEET_TOO_LARGE, SHEET_TOO_MANY_PARTS, SHEET_UNREADABLE. */
MUST_USE bool package_check(int file, struct err *e);

MUST_USE bool package_open(const char *path, struct package **package_out, struct err *e);
void package_close(struct package *p);
/* false in *found_out: no such part. SHEET_UNSAFE when two entries bear the name. */
MUST_USE bool package_find(const struct package *p, struct text name, bool *found_out, uint64_t *entry_out,
                           struct err *e);
uint64_t package_part_size(const struct package *p, uint64_t entry);

/* `ahead`: unpack on another thread. SHEET_ENCRYPTED, SHEET_DAMAGED, SHEET_NO_MEMORY. */
MUST_USE bool part_open(struct package *p, uint64_t entry, bool ahead, struct part **part_out, struct err *e);
/* The next block: *size_out bytes at *data_out, 0 at the end. The block before is given back by this call,
 * the bytes themselves may be changed, as may PART_HEADROOM bytes before them and 16 after them.
 * SHEET_DAMAGED. */
MUST_USE bool part_next(struct part *part, char **data_out, size_t *size_out, struct err *e);
void part_close(struct part *part); /* accepts NULL */

#endif
