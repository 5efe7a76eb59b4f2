/* A page of a list: which records, in which order, from where on.
 *
 * A record_query that has a page gives the records that meet every filter, ordered by a field and then by id,
 * so that no two are equal in order: what is not known stands first (descending: last), text goes by code
 * point. A place in that order can be given to a caller as a cursor and taken back; it tells no more than
 * the sort value and the id of the last record that he was shown. It is bound to entity, day, filters and
 * order by a digest, so that one of another list is refused. The area is no part of it: every statement has
 * the asker's own, so another person's cursor opens nothing that his own query would not.
 *
 * All is borrowed for as long as the scan stands.
 */
#ifndef ENGINE_RECORD_PAGE_H
#define ENGINE_RECORD_PAGE_H
#include "engine/record/record.h"

#define RECORD_FILTER_MAX 32

enum record_test { RECORD_EQUAL, RECORD_MIN, RECORD_MAX, RECORD_EMPTY, RECORD_FILLED };
struct record_filter {
    const struct catalog_field *field; /* see record_can_filter */
    enum record_test test;
    struct value value; /* as stored; of a sealed field in plain (equal alone, and the vault is needed) */
};
struct record_place {
    struct value sort; /* of the record's sort field */
    struct text id;    /* TEXT_NONE: the beginning */
};
struct record_page {
    const struct record_filter *filters;
    size_t filter_count;
    const struct catalog_field *sort; /* NULL: by id alone */
    bool descending;
    struct record_place after;
    int64_t offset; /* records to pass over; 0 with `after` */
};
/* Whether the database holds something to filter and sort by: a stored field, or the village that a record
 * follows. What shows another's name is not. */
bool record_can_filter(const struct catalog_field *field);
/* How many records meet the query's area, day and filters. Kept for as long as the journal stands still. */
MUST_USE bool record_page_count(struct records *r, const struct record_query *q, int64_t *out, struct err *e);
/* The place behind a row of this scan, as text. `sort` is its value of the page's sort field. TEXT_NONE:
 * memory is out. */
struct text record_cursor_write(const struct records *r, const struct record_query *q,
                                const struct record_place *place, struct arena *a);
/* RECORD_CURSOR: made up, or of another list. */
MUST_USE bool record_cursor_read(const struct records *r, const struct record_query *q, struct text cursor,
                                 struct arena *a, struct record_place *out, struct err *e);

#endif
