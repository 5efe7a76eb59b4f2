/* Reads a large part whose bulk is one element with very many children (rows in sheetData, si in sst).
 *
 * expat judges everything that it is given. But children of plain form are taken by a scanner of their own,
 * which accepts only what cannot be misread, and expat never sees those: for it the list is merely shorter.
 * Whatever the scanner does not know (prefixes, comments, CDATA, unusual entities, a wrong byte) goes to
 * expat.
 */
#ifndef FORMAT_SHEET_FEED_H
#define FORMAT_SHEET_FEED_H
#include "format/sheet/xml.h"

enum scan_result {
    SCAN_DONE,    /* one child taken, or blanks between children; *next_out stands behind it */
    SCAN_PARTIAL, /* the bytes end before the child does */
    SCAN_OTHER,   /* not of plain form: nothing was taken */
    SCAN_FAILED   /* an error stands in e */
};
/* Scans one child from p; *end is a NUL byte. */
typedef enum scan_result feed_scan(void *user, const char *p, const char *end, const char **next_out,
                                   struct err *e);

struct feed {
    struct part *part;
    struct xml xml;
    feed_scan *scan; /* NULL: all goes to expat */
    void *user;
    const char *open_tag, *close_tag; /* "<row", "</row>": where bytes for expat are cut */
    int list_depth;                   /* open elements within the list; 0: not in the list */
    char *at, *end;                   /* bytes at hand */
    bool last, over;                  /* the part has no more bytes; expat has been told */
    char *rest;                       /* PART_HEADROOM bytes: what is carried from block to block */
    uint64_t taken;                   /* bytes that are done with */
};

MUST_USE bool feed_open(struct feed *f, struct package *p, uint64_t entry, struct text part,
                        const struct xml_handler *handler, feed_scan *scan, void *user, struct err *e);
void feed_close(struct feed *f); /* accepts a zeroed one */
/* The handler's start of the list element calls this (x->user is the same `user`; f the feed). */
void feed_enter_list(struct feed *f);
void feed_leave_list(struct feed *f);
/* Goes on by one child or one stretch for expat; *over_out at the part's end. */
MUST_USE bool feed_step(struct feed *f, bool *over_out, struct err *e);

#endif
