/* The one place that talks to expat. */
#include "format/sheet/xml.h"
#include <assert.h>
#include <stdlib.h>
#include <strings.h>

#define SEPARATOR '\x1f' /* cannot stand in XML, so in no namespace name */
#define LOCAL_NAME_MAX 64

/* expat's memory functions know no owner; parsing stays on the thread that called xml_feed. */
static _Thread_local struct xml *owner;

/* Each piece starts with its size, aligned for anything. */
#define PIECE_HEAD 16

static void *piece_resize(void *piece, size_t size)
{
    char *old = piece == NULL ? NULL : (char *)piece - PIECE_HEAD;
    size_t before = 0;
    if (old != NULL)
        memcpy(&before, old, sizeof(before));
    if (size > XML_MEMORY_MAX || owner->held - before + size > XML_MEMORY_MAX)
        return NULL;
    char *at = realloc(old, PIECE_HEAD + size);
    if (at == NULL)
        return NULL;
    memcpy(at, &size, sizeof(size));
    owner->held = owner->held - before + size;
    return at + PIECE_HEAD;
}

static void *piece_take(size_t size) { return piece_resize(NULL, size); }

static void piece_free(void *piece)
{
    if (piece == NULL)
        return;
    size_t size = 0;
    memcpy(&size, (char *)piece - PIECE_HEAD, sizeof(size));
    owner->held -= size;
    free((char *)piece - PIECE_HEAD);
}

static const XML_Memory_Handling_Suite memory = {piece_take, piece_resize, piece_free};

enum space { SPACE_OURS, SPACE_ALTERNATIVES, SPACE_FOREIGN };

static bool begins(const char *uri, size_t size, const char *with)
{
    size_t length = strlen(with);
    return size >= length && memcmp(uri, with, length) == 0;
}

static enum space space_of(const struct xml *x, const char *uri, size_t size)
{
    if (size == strlen(x->root) && memcmp(uri, x->root, size) == 0)
        return SPACE_OURS;
    if (begins(uri, size, "http://schemas.openxmlformats.org/spreadsheetml/")
        || begins(uri, size, "http://purl.oclc.org/ooxml/spreadsheetml/")
        || begins(uri, size, "http://schemas.openxmlformats.org/package/2006/"))
        return SPACE_OURS;
    if (begins(uri, size, "http://schemas.openxmlformats.org/markup-compatibility/"))
        return SPACE_ALTERNATIVES;
    return SPACE_FOREIGN;
}

struct name {
    enum space space;
    bool prefixed;
    char local[LOCAL_NAME_MAX];
};

/* expat gives "local", "uri SEPARATOR local" or "uri SEPARATOR local SEPARATOR prefix". */
static void name_split(const struct xml *x, const char *full, struct name *n)
{
    const char *local = strchr(full, SEPARATOR);
    n->space = local == NULL ? SPACE_OURS : space_of(x, full, (size_t)(local - full));
    local = local == NULL ? full : local + 1;
    const char *prefix = strchr(local, SEPARATOR);
    n->prefixed = prefix != NULL;
    size_t size = prefix == NULL ? strlen(local) : (size_t)(prefix - local);
    size = size < LOCAL_NAME_MAX ? size : 0; /* longer than any name that is known */
    memcpy(n->local, local, size);
    n->local[size] = '\0';
}

static bool is_transparent(const struct name *n)
{
    return n->space == SPACE_ALTERNATIVES
           && (strcmp(n->local, "AlternateContent") == 0 || strcmp(n->local, "Fallback") == 0);
}

static void settle(struct xml *x)
{
    x->settled = XML_GetCurrentByteIndex(x->parser) + XML_GetCurrentByteCount(x->parser);
}

static void remember_root(struct xml *x, const char *full)
{
    const char *local = strchr(full, SEPARATOR);
    size_t size = local == NULL ? 0 : (size_t)(local - full);
    if (size < sizeof(x->root))
        memcpy(x->root, full, size);
}

static void on_start(void *user, const char *full, const char **attributes)
{
    struct xml *x = user;
    if (x->stopped)
        return;
    if (++x->depth > SHEET_DEPTH_MAX) {
        err_fail_text(x->e, &SHEET_UNSAFE, "part", x->part);
        xml_stop(x);
        return;
    }
    settle(x);
    if (x->depth == 1)
        remember_root(x, full);
    if (x->skip > 0) {
        x->skip++;
        return;
    }
    struct name n;
    name_split(x, full, &n);
    x->prefixed = n.prefixed;
    if (n.space == SPACE_OURS)
        x->handler->start(x, n.local, attributes);
    else if (!is_transparent(&n))
        xml_skip(x);
}

static void on_end(void *user, const char *full)
{
    struct xml *x = user;
    if (x->stopped)
        return;
    x->depth--;
    settle(x);
    if (x->skip > 0) {
        x->skip--;
        return;
    }
    struct name n;
    name_split(x, full, &n);
    if (n.space == SPACE_OURS)
        x->handler->end(x, n.local);
}

static void on_text(void *user, const char *at, int size)
{
    struct xml *x = user;
    if (x->stopped)
        return;
    settle(x);
    if (x->skip == 0 && x->handler->text != NULL)
        x->handler->text(x, at, (size_t)size);
}

static void on_doctype(void *user, const char *name, const char *system, const char *public, int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    struct xml *x = user;
    err_fail_text(x->e, &SHEET_DOCTYPE, "part", x->part);
    xml_stop(x);
}

static void on_declaration(void *user, const char *version, const char *encoding, int standalone)
{
    (void)version, (void)standalone;
    struct xml *x = user;
    x->utf8 = encoding == NULL || strcasecmp(encoding, "utf-8") == 0 || strcasecmp(encoding, "us-ascii") == 0;
}

bool xml_open(struct xml *x, const struct xml_handler *handler, void *user, struct text part, struct err *e)
{
    *x = (struct xml){.handler = handler, .user = user, .part = part, .utf8 = true};
    owner = x;
    const char separator[2] = {SEPARATOR, '\0'};
    x->parser = XML_ParserCreate_MM(NULL, &memory, separator);
    if (x->parser == NULL)
        return err_fail(e, &SHEET_NO_MEMORY);
    XML_SetReturnNSTriplet(x->parser, 1);
    XML_SetUserData(x->parser, x);
    XML_SetElementHandler(x->parser, on_start, on_end);
    XML_SetCharacterDataHandler(x->parser, on_text);
    XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
    XML_SetXmlDeclHandler(x->parser, on_declaration);
    return true;
}

void xml_close(struct xml *x)
{
    if (x->parser == NULL)
        return;
    owner = x;
    XML_ParserFree(x->parser);
    x->parser = NULL;
    assert(x->held == 0);
}

static bool answer(struct xml *x, enum XML_Status status)
{
    struct err *e = x->e;
    x->e = NULL;
    if (e->kind != NULL)
        return false;
    x->paused = status == XML_STATUS_SUSPENDED;
    if (status != XML_STATUS_ERROR)
        return true;
    if (XML_GetErrorCode(x->parser) == XML_ERROR_NO_MEMORY)
        return err_fail_text(e, &SHEET_UNSAFE, "part", x->part);
    return err_fail_text(e, &SHEET_DAMAGED, "part", x->part);
}

bool xml_feed(struct xml *x, const char *at, size_t size, bool final, struct err *e)
{
    assert(size <= INT32_MAX / 2 && !x->paused);
    owner = x;
    x->e = e;
    x->fed += (int64_t)size;
    return answer(x, XML_Parse(x->parser, at, (int)size, final));
}

bool xml_resume(struct xml *x, struct err *e)
{
    assert(x->paused);
    owner = x;
    x->e = e;
    return answer(x, XML_ResumeParser(x->parser));
}

void xml_pause(struct xml *x)
{
    /* Fails only when the parser is stopped already, which answers the call by itself. */
    (void)XML_StopParser(x->parser, XML_TRUE);
}

void xml_stop(struct xml *x)
{
    assert(x->e->kind != NULL);
    x->stopped = true;
    (void)XML_StopParser(x->parser, XML_FALSE);
}

void xml_skip(struct xml *x)
{
    assert(x->skip == 0);
    x->skip = 1;
}

const char *xml_attribute(const char **attributes, const char *name)
{
    for (; *attributes != NULL; attributes += 2)
        if (strcmp(*attributes, name) == 0)
            return attributes[1];
    return NULL;
}

const char *xml_attribute_foreign(const char **attributes, const char *name)
{
    for (; *attributes != NULL; attributes += 2) {
        const char *local = strchr(*attributes, SEPARATOR);
        size_t size = strlen(name);
        if (local != NULL && strncmp(local + 1, name, size) == 0
            && (local[1 + size] == '\0' || local[1 + size] == SEPARATOR))
            return attributes[1];
    }
    return NULL;
}

bool xml_is_true(const char *value)
{
    return value != NULL
           && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0 || strcmp(value, "on") == 0);
}

static bool feed_all(struct xml *x, struct part *part, struct err *e)
{
    char *data = NULL;
    size_t size = 0;
    do {
        if (!part_next(part, &data, &size, e) || !xml_feed(x, data, size, size == 0, e))
            return false;
    } while (size > 0);
    return true;
}

bool xml_read_part(struct package *p, uint64_t entry, struct text part, const struct xml_handler *handler,
                   void *user, struct err *e)
{
    struct part *opened = NULL;
    struct xml x = {0};
    bool good = part_open(p, entry, false, &opened, e) && xml_open(&x, handler, user, part, e)
                && feed_all(&x, opened, e);
    xml_close(&x);
    part_close(opened);
    return good;
}
