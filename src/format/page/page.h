/* A document in memory, and its writers: HTML as one file that prints well, and Markdown.
 *
 * Knows of headings, paragraphs, tables, charts and lists, of no household. A run of text may lead to a list
 * of the same document by its id. All texts are borrowed; the writers escape them, so no text can become
 * markup.
 */
#ifndef FORMAT_PAGE_PAGE_H
#define FORMAT_PAGE_PAGE_H
#include "base/err.h"

struct page_run {
    struct text text;
    struct text target; /* id of the list that it opens, or TEXT_NONE */
};
struct page_cell {
    struct page_run run;
    bool number; /* stands to the right */
};
enum page_kind {
    PAGE_TITLE,     /* the document's title, once */
    PAGE_HEADING,   /* level 1, 2 */
    PAGE_PARAGRAPH, /* runs, one after another */
    PAGE_RIGHT,     /* a paragraph to the right: who and when */
    PAGE_TABLE,
    PAGE_CHART,
    PAGE_LIST /* a table that figures open; folded on the screen, left out in print */
};
struct page_table {
    size_t columns, rows;
    const struct text *heads;
    const struct page_cell *cells; /* rows × columns */
    bool total;                    /* the last row adds up */
};
enum page_chart_kind { PAGE_BAR, PAGE_LINE, PAGE_SHARE };
struct page_series {
    struct text label;
    const double *values; /* one for each key; NaN: none */
};
struct page_chart {
    enum page_chart_kind kind;
    size_t keys;
    const struct text *key_labels;
    const struct page_series *series; /* share: one */
    size_t series_count;
};
struct page_block {
    enum page_kind kind;
    int level;
    struct text id;      /* of a list */
    struct text caption; /* of a table, chart or list */
    const struct page_run *runs;
    size_t run_count;
    struct page_table table;
    struct page_chart chart;
};
struct page {
    enum lang lang;
    struct text title; /* of the file */
    const struct page_block *blocks;
    size_t count;
};

/* Appends the document; the buffer remembers a failure. */
void page_html(const struct page *page, struct buf *out);
/* Lists are left out: Markdown has no place that a figure could open. */
void page_markdown(const struct page *page, struct buf *out);
/* One chart as inline SVG (page_html uses it). */
void page_svg(const struct page_chart *chart, struct buf *out);
/* Text with the five characters of HTML escaped. */
void page_escape(struct text t, struct buf *out);

#endif
