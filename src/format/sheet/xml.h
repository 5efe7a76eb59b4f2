/* expat with what every part of a workbook needs: DOCTYPE refused, depth and memory bounded, namespaces
 * judged.
 *
 * Handlers see elements of SpreadsheetML (transitional or strict) and of the package's own parts, those
 * without a namespace and those of the part's root (drafts of Excel 2007 have others) by their local names,
 * whatever prefix the file uses. Elements of other namespaces are left out with all they hold. Of
 * mc:AlternateContent the fallback is shown, as if it stood there itself.
 *
 * A handler answers an error by filling x->e and calling xml_stop.
 */
#ifndef FORMAT_SHEET_XML_H
#define FORMAT_SHEET_XML_H
#include "format/sheet/package.h"
#include <expat.h>

#define XML_SPACE_MAX 128                 /* bytes of a namespace's name, with its NUL */
#define XML_MEMORY_MAX ((size_t)16 << 20) /* bytes that expat may hold for one part; SHEET_UNSAFE */

struct xml;
struct xml_handler {
    void (*start)(struct xml *x, const char *name, const char **attributes);
    void (*end)(struct xml *x, const char *name);
    void (*text)(struct xml *x, const char *at, size_t size);
};
struct xml {
    const struct xml_handler *handler;
    void *user;
    struct err *e; /* of the call under way */
    struct text part;
    XML_Parser parser;
    char root[XML_SPACE_MAX]; /* namespace of the part's root element */
    int depth;                /* open elements */
    int skip;                 /* open elements of the subtree that is left out; 0: none is */
    bool utf8;                /* the part's encoding is UTF-8 */
    bool prefixed;            /* the element whose start is told bears a prefix */
    bool paused, stopped;
    int64_t fed;     /* bytes */
    int64_t settled; /* bytes up to the end of the last thing that a handler was told of */
    size_t held;
};

/* `part` is copied by nobody: it must outlive x. SHEET_NO_MEMORY. */
MUST_USE bool xml_open(struct xml *x, const struct xml_handler *handler, void *user, struct text part,
                       struct err *e);
void xml_close(struct xml *x); /* accepts a zeroed one */

/* Parses the next bytes; `final` after the last. Returns early with x->paused set when a handler paused. */
MUST_USE bool xml_feed(struct xml *x, const char *at, size_t size, bool final, struct err *e);
MUST_USE bool xml_resume(struct xml *x, struct err *e);

/* From handlers. */
void xml_pause(struct xml *x); /* xml_feed returns behind this element */
void xml_stop(struct xml *x);  /* an error stands in x->e */
void xml_skip(struct xml *x);  /* from start: leave out all of this element; its end is not told */
/* The attribute without a namespace; NULL when it is not there. */
const char *xml_attribute(const char **attributes, const char *name);
/* The attribute of that local name that has a namespace (r:id). */
const char *xml_attribute_foreign(const char **attributes, const char *name);
bool xml_is_true(const char *value); /* "1", "true", "on" */

/* Feeds a whole part. */
MUST_USE bool xml_read_part(struct package *p, uint64_t entry, struct text part,
                            const struct xml_handler *handler, void *user, struct err *e);

#endif
