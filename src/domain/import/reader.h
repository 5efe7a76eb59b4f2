/* The thread that reads the workbooks: recognises each sheet, turns its rows into values and puts them on the
 * belt.
 *
 * What it finds wrong goes to the problems at once. A file that cannot be read ends the import: the error
 * stands in `err` when the belt has run empty.
 */
#ifndef DOMAIN_IMPORT_READER_H
#define DOMAIN_IMPORT_READER_H
#include "domain/import/belt.h"
#include "domain/import/path.h"
#include "domain/import/row.h"
#include "domain/import/tell.h"
#include <pthread.h>
#include <stdatomic.h>

#define READER_SHEETS_MAX 65536 /* of all files; LIMIT */

struct import_sheet {
    uint32_t number; /* in the import */
    const struct import_file *file;
    size_t index; /* in its file */
    struct text name;
    struct layout layout; /* .kind NULL: not known, or hidden and not known */
    struct row_reader rows;
    day as_of;
    struct batch_counts counts;
};
struct reader_options {
    const struct headings *headings;
    const struct import_file *files;
    size_t file_count;
    day as_of; /* --as-of, or DAY_NONE */
    day today;
    enum lang lang;
    bool office_known; /* the office's own area: names of villages are then resolved by the batch */
};
struct reader {
    struct reader_options options;
    struct belt *belt;
    struct teller teller;
    struct arena keep;    /* what lives as long as the reader: sheets and their layouts */
    struct arena scratch; /* head of the sheet at hand */
    pthread_mutex_t lock; /* of sheets */
    struct import_sheet **sheets;
    size_t sheet_count, sheet_room, known_count;
    atomic_uint_fast64_t done; /* thousandths of files */
    struct places places;
    struct block *block; /* the one being filled */
    struct err err;
    pthread_t thread;
    bool started, has_lock;
};

/* Starts the thread. Borrows all until reader_close. IMPORT_THREAD, OUT_OF_MEMORY. */
MUST_USE bool reader_start(struct reader *r, const struct reader_options *options, struct belt *belt,
                           struct problems *problems, struct err *e);
/* Waits for the thread's end (the belt must have run empty or have been stopped). false: its error. */
MUST_USE bool reader_join(struct reader *r, struct err *e);
/* After joining; a reader that was only zeroed may be closed. */
void reader_close(struct reader *r);
/* A sheet by its number; it stays where it is. Any thread. */
struct import_sheet *reader_sheet(struct reader *r, uint32_t number);

#endif
