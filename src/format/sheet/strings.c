/* Reads xl/sharedStrings.xml into two stores that spill to disk. */
#include "format/sheet/strings.h"
#include "format/sheet/chars.h"
#include "format/sheet/scan.h"
#include <stdio.h>

/* `value` gathers one string for expat; `scratch` is for the scanner's entities. */
struct reading {
    struct strings *strings;
    struct feed feed;
    struct buf value, scratch;
    bool in_item, in_text;
};

void strings_init(struct strings *s)
{
    *s = (struct strings){0};
    spill_init(&s->bytes, STRINGS_TEXT_RESIDENT);
    spill_init(&s->places, STRINGS_INDEX_RESIDENT);
}

void strings_clear(struct strings *s)
{
    spill_clear(&s->bytes);
    spill_clear(&s->places);
}

static bool fail_long(uint64_t index, struct err *e)
{
    char cell[32];
    int n = snprintf(cell, sizeof(cell), "#%llu", (unsigned long long)index);
    err_fail_text(e, &SHEET_CELL_TOO_LONG, "cell", (struct text){cell, (size_t)n});
    err_add(e, "sheet", TEXT("xl/sharedStrings.xml"));
    err_add_int(e, "limit", SHEET_CELL_BYTES_MAX);
    return false;
}

static bool add(struct strings *s, struct text t, struct err *e)
{
    if (t.size > SHEET_CELL_BYTES_MAX)
        return fail_long(s->count, e);
    if (!spill_add(&s->bytes, t, e))
        return false;
    uint64_t end = s->bytes.size;
    s->count++;
    return spill_add(&s->places, (struct text){(const char *)&end, sizeof(end)}, e);
}

/* A string that may need decoding goes through `b`. */
static bool add_decoded(struct reading *r, struct text t, bool refs, struct err *e)
{
    if (!refs && !chars_has_escape(t))
        return add(r->strings, t, e);
    struct buf *b = &r->scratch;
    buf_reset(b);
    buf_add(b, t);
    if (b->failed)
        return t.size > SHEET_CELL_BYTES_MAX ? fail_long(r->strings->count, e)
                                             : err_fail(e, &SHEET_NO_MEMORY);
    size_t size = refs ? scan_unescape(t, b->at) : t.size;
    size = chars_unescape(b->at, size);
    return add(r->strings, (struct text){b->at, size}, e);
}

static enum scan_result scan_item(void *user, const char *p, const char *end, const char **next_out,
                                  struct err *e)
{
    struct reading *reading = user;
    const char *at = scan_blanks(p);
    struct text value = TEXT("");
    bool refs = false;
    enum scan_result r = SCAN_DONE;
    if (at == end) {
        *next_out = at;
        return at > p ? SCAN_DONE : SCAN_PARTIAL;
    }
    if (scan_is(at, end, TEXT("<si/>"))) {
        at += 5;
    } else {
        r = scan_word(&at, end, TEXT("<si>"));
        if (r == SCAN_DONE)
            r = scan_simple(&at, end, TEXT("<t"), TEXT("</t>"), &value, &refs);
        if (r == SCAN_DONE)
            r = scan_word(&at, end, TEXT("</si>"));
    }
    if (r != SCAN_DONE)
        return r;
    *next_out = at;
    return add_decoded(reading, value, refs, e) ? SCAN_DONE : SCAN_FAILED;
}

static void on_start(struct xml *x, const char *name, const char **attributes)
{
    (void)attributes;
    struct reading *r = x->user;
    if (!r->in_item && strcmp(name, "sst") == 0) {
        feed_enter_list(&r->feed);
    } else if (!r->in_item && strcmp(name, "si") == 0) {
        r->in_item = true;
        buf_reset(&r->value);
    } else if (r->in_item && strcmp(name, "t") == 0) {
        r->in_text = true;
    } else if (!r->in_item || strcmp(name, "r") != 0) {
        xml_skip(x); /* rPh, phoneticPr, rPr, extLst */
    }
}

static void on_end(struct xml *x, const char *name)
{
    struct reading *r = x->user;
    if (strcmp(name, "t") == 0) {
        r->in_text = false;
    } else if (strcmp(name, "si") == 0) {
        r->in_item = false;
        if (!add_decoded(r, buf_text(&r->value), false, x->e))
            xml_stop(x);
    } else if (strcmp(name, "sst") == 0) {
        feed_leave_list(&r->feed);
    }
}

static void on_text(struct xml *x, const char *at, size_t size)
{
    struct reading *r = x->user;
    if (!r->in_text)
        return;
    buf_add(&r->value, (struct text){at, size});
    if (!r->value.failed)
        return;
    fail_long(r->strings->count, x->e);
    xml_stop(x);
}

bool strings_read(struct strings *s, struct package *p, uint64_t entry, struct text part, bool plain,
                  struct err *e)
{
    static const struct xml_handler handler = {on_start, on_end, on_text};
    struct reading r = {.strings = s};
    buf_init(&r.value, (size_t)SHEET_CELL_BYTES_MAX + 64);
    buf_init(&r.scratch, (size_t)SHEET_CELL_BYTES_MAX + 64);
    bool over = false;
    bool good = feed_open(&r.feed, p, entry, part, &handler, plain ? NULL : scan_item, &r, e);
    r.feed.open_tag = "<si";
    r.feed.close_tag = "</si>";
    while (good && !over)
        good = feed_step(&r.feed, &over, e);
    feed_close(&r.feed);
    buf_clear(&r.value);
    buf_clear(&r.scratch);
    return good && spill_settle(&s->bytes, e) && spill_settle(&s->places, e);
}

static bool place(struct strings *s, uint64_t index, uint64_t *out, struct err *e)
{
    const char *at = spill_direct(&s->places, index * sizeof(*out), sizeof(*out));
    if (at == NULL)
        return spill_copy(&s->places, index * sizeof(*out), sizeof(*out), (char *)out, e);
    memcpy(out, at, sizeof(*out));
    return true;
}

bool strings_get(struct strings *s, uint64_t index, struct arena *a, struct text *out, struct err *e)
{
    uint64_t from = 0, to = 0;
    if ((index > 0 && !place(s, index - 1, &from, e)) || !place(s, index, &to, e))
        return false;
    size_t size = (size_t)(to - from);
    const char *at = spill_direct(&s->bytes, from, size);
    if (at == NULL) {
        char *copy = arena_take(a, size);
        if (copy == NULL)
            return err_fail(e, &SHEET_ROW_TOO_LONG);
        if (!spill_copy(&s->bytes, from, size, copy, e))
            return false;
        at = copy;
    }
    *out = (struct text){at, size};
    return true;
}
