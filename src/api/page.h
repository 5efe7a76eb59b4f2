/* The pages' files, read once when the server starts and held in memory.
 *
 * They lie in the program's data under "web/dist". A path that is no file there and has no dot in its last
 * part is the first page, which finds out by itself what to show. A file X with X.gz beside it goes
 * compressed to whoever takes it.
 */
#ifndef API_PAGE_H
#define API_PAGE_H
#include "api/request.h"

#define PAGE_FILE_MAX 2000
#define PAGES_SIZE_MAX ((size_t)64 << 20)

struct pages;
struct page {
    struct text path;                /* "/assets/index-1a2b.js" */
    struct text content, compressed; /* compressed: TEXT_NONE where there is none */
    const char *type;
    char etag[24];
    bool lasting; /* its name changes with its content */
};
/* Without pages (not built, or not installed) there is one that says so. FILE_*. */
MUST_USE bool pages_load(struct arena *a, struct pages **out, struct err *e);
/* The page of a request's path; NULL: none. */
const struct page *page_find(const struct pages *pages, const struct url *url);

#endif
