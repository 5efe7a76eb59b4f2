/* Decides stretch by stretch whether the scanner or expat reads on. */
#include "format/sheet/feed.h"
#include <assert.h>
#include <stdlib.h>

bool feed_open(struct feed *f, struct package *p, uint64_t entry, struct text part,
               const struct xml_handler *handler, feed_scan *scan, void *user, struct err *e)
{
    *f = (struct feed){.scan = scan, .user = user};
    f->rest = malloc(PART_HEADROOM);
    if (f->rest == NULL)
        return err_fail(e, &SHEET_NO_MEMORY);
    return part_open(p, entry, true, &f->part, e) && xml_open(&f->xml, handler, user, part, e);
}

void feed_close(struct feed *f)
{
    xml_close(&f->xml);
    part_close(f->part);
    free(f->rest);
    *f = (struct feed){0};
}

void feed_enter_list(struct feed *f) { f->list_depth = f->xml.prefixed || !f->xml.utf8 ? 0 : f->xml.depth; }

void feed_leave_list(struct feed *f) { f->list_depth = 0; }

/* Gets the next block and puts what is left over before it. */
static bool refill(struct feed *f, struct err *e)
{
    size_t left = (size_t)(f->end - f->at);
    assert(left <= PART_HEADROOM);
    if (left > 0)
        memcpy(f->rest, f->at, left);
    char *data = NULL;
    size_t size = 0;
    if (!part_next(f->part, &data, &size, e))
        return false;
    if (left > 0)
        memcpy(data - left, f->rest, left);
    f->at = data - left;
    f->end = data + size;
    *f->end = '\0';
    f->last = size == 0;
    return true;
}

/* expat stands directly within the list, between two children, with nothing half read. */
static bool between_children(const struct feed *f)
{
    return f->scan != NULL && f->list_depth > 0 && f->xml.depth == f->list_depth && f->xml.skip == 0
           && f->xml.settled == f->xml.fed;
}

/* Up to where bytes go to expat: behind the next closing tag; before the first child when the list is not
 * open. */
static size_t stretch(const struct feed *f)
{
    size_t size = (size_t)(f->end - f->at);
    if (f->scan == NULL)
        return size;
    if (f->list_depth > 0) {
        const char *close = memmem(f->at, size, f->close_tag, strlen(f->close_tag));
        return close == NULL ? size : (size_t)(close - f->at) + strlen(f->close_tag);
    }
    const char *open = memmem(f->at, size, f->open_tag, strlen(f->open_tag));
    return open == NULL || open == f->at ? size : (size_t)(open - f->at);
}

static bool to_expat(struct feed *f, struct err *e)
{
    size_t size = stretch(f);
    bool final = f->last && size == 0;
    const char *from = f->at;
    f->at += size;
    f->taken += size;
    f->over = final;
    return xml_feed(&f->xml, from, size, final, e);
}

static bool go_on(struct feed *f, struct err *e)
{
    if (f->at == f->end && !f->last)
        return refill(f, e);
    if (!between_children(f) || f->at == f->end)
        return to_expat(f, e);
    const char *next = f->at;
    enum scan_result result = f->scan(f->user, f->at, f->end, &next, e);
    if (result == SCAN_FAILED)
        return false;
    if (result == SCAN_DONE) {
        f->taken += (uint64_t)(next - f->at);
        f->at += next - f->at;
        return true;
    }
    if (result == SCAN_PARTIAL && !f->last && f->end - f->at <= PART_HEADROOM)
        return refill(f, e);
    return to_expat(f, e);
}

bool feed_step(struct feed *f, bool *over_out, struct err *e)
{
    bool good = f->xml.paused ? xml_resume(&f->xml, e) : f->over || go_on(f, e);
    *over_out = f->over && !f->xml.paused;
    return good;
}
