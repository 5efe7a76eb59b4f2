/* A page in the SQL of a scan, inside the engine. */
#ifndef ENGINE_RECORD_PAGE_PART_H
#define ENGINE_RECORD_PAGE_PART_H
#include "engine/record/page.h"
#include "engine/record/table.h"

#define PAGE_FIRST 9 /* a page's first parameter */

/* A single village, so that it can be asked for by equality. */
bool area_is_village(const struct area *area);

/* Each does nothing where `page` is NULL. The conditions, from parameter PAGE_FIRST on, and their values in
 * the same order; hashes live in `a`. */
void page_add_conditions(struct buf *sql, const struct table *t, const struct record_page *page);
MUST_USE bool page_bind(struct statement *s, const struct records *r, const struct table *t,
                        const struct record_page *page, struct arena *a, struct err *e);
/* Whether the sort value is a column behind all others (the id stands in front already). */
bool page_has_sort_column(const struct table *t, const struct record_page *page);
void page_add_sort_column(struct buf *sql, const struct table *t, const struct record_page *page);
/* ORDER BY, by the places of columns, as a UNION wants it: `sort_place` is the sort column's. */
void page_add_order(struct buf *sql, const struct table *t, const struct record_query *q, int sort_place);
void page_add_offset(struct buf *sql, const struct record_query *q);

#endif
