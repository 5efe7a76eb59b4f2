/* A report's values to a document, a JSON answer, a workbook. For this folder only. */
#ifndef DOMAIN_REPORT_BUILD_H
#define DOMAIN_REPORT_BUILD_H
#include "domain/report/values.h"
#include "format/page/page.h"

MUST_USE bool build_page(struct values *v, struct page *out, struct err *e);
MUST_USE bool build_json(struct values *v, struct json *out, struct err *e);
MUST_USE bool build_book(struct values *v, const char *path, struct err *e);

/* The rows behind figures as a table: record id, village, and what names the record. */
struct listing {
    const struct text *heads;
    size_t columns, rows;
    const struct text *cells;
};
struct lister; /* keeps the records' names of each entity, read once */
MUST_USE struct lister *lister_open(struct values *v, struct err *e);
MUST_USE bool lister_list(struct lister *l, const struct figure *figure, struct listing *out, struct err *e);
/* A text of the report with its figures filled in. */
struct text build_text(struct values *v, const struct pieces *pieces);

/* Keys that any of the columns has, ordered, each once; with their labels. */
struct split {
    size_t key_count;
    const struct text *keys, *labels;
    const struct worth *worths; /* key × columns */
};
MUST_USE bool build_split(struct values *v, const struct block *block, struct split *out, struct err *e);

#endif
