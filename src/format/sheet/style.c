/* Reads the two lists of styles.xml that matter, numFmts and cellXfs, and judges the formats. */
#include "format/sheet/style.h"
#include "format/sheet/xml.h"
#include <stdlib.h>

#define STYLES_MEMORY_MAX ((size_t)16 << 20)
#define CUSTOM_MAX 65536

/* What stands between [ and ]: an elapsed time is h, m or s alone, once or repeated. */
static bool is_elapsed(const char *p, size_t size)
{
    if (size == 0 || memchr("hms", p[0] | 0x20, 3) == NULL)
        return false;
    for (size_t i = 1; i < size; i++)
        if (p[i] != p[0])
            return false;
    return true;
}

bool style_code_is_date(struct text code)
{
    bool date = false;
    for (size_t i = 0; i < code.size && code.at[i] != ';'; i++) {
        char c = code.at[i];
        const char *behind = code.at + i + 1;
        size_t left = code.size - i - 1;
        if (c == '"' || c == '[') {
            const char *close = memchr(behind, c == '"' ? '"' : ']', left);
            size_t size = close == NULL ? left : (size_t)(close - behind);
            if (c == '[' && is_elapsed(behind, size))
                return false;
            i += size + 1;
        } else if (c == '\\' || c == '_' || c == '*') {
            i++; /* the next byte; the rest of a longer character is none of the letters */
        } else if (memchr("dmyhs", c | 0x20, 5) != NULL) {
            date = true;
        }
    }
    return date;
}

/* Excel's own formats, which files name by number alone. 46 is [h]:mm:ss, an elapsed time. */
static bool number_is_date(uint32_t id)
{
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || id == 45 || id == 47 || (id >= 50 && id <= 58);
}

void styles_init(struct styles *s)
{
    *s = (struct styles){0};
    arena_init(&s->arena, STYLES_MEMORY_MAX);
}

void styles_clear(struct styles *s)
{
    arena_clear(&s->arena);
    *s = (struct styles){0};
}

/* Twice the room; the old array stays in the arena, so all of them together are twice the last. */
static void *grown(struct arena *a, void *old, size_t count, size_t *room, size_t size)
{
    size_t wanted = *room == 0 ? 64 : *room * 2;
    void *at = arena_take_many(a, wanted, size);
    if (at != NULL && count > 0)
        memcpy(at, old, count * size);
    if (at != NULL)
        *room = wanted;
    return at;
}

static void fail(struct xml *x, const struct err_kind *kind)
{
    err_fail_text(x->e, kind, "part", x->part);
    xml_stop(x);
}

static uint32_t number_of(const char *z) { return z == NULL ? 0 : (uint32_t)strtoul(z, NULL, 10); }

static void add_custom(struct xml *x, const char **attributes)
{
    struct styles *s = x->user;
    const char *code = xml_attribute(attributes, "formatCode");
    if (s->custom_count == s->custom_room) {
        s->custom = grown(&s->arena, s->custom, s->custom_count, &s->custom_room, sizeof(*s->custom));
        if (s->custom == NULL || s->custom_count >= CUSTOM_MAX) {
            s->custom_count = 0;
            fail(x, &SHEET_UNSAFE);
            return;
        }
    }
    struct text copy = text_copy(&s->arena, text_of(code == NULL ? "" : code));
    if (copy.at == NULL) {
        fail(x, &SHEET_UNSAFE);
        return;
    }
    s->custom[s->custom_count++] =
        (struct style_format){number_of(xml_attribute(attributes, "numFmtId")), copy};
}

static void add_style(struct xml *x, const char **attributes)
{
    struct styles *s = x->user;
    if (s->count == s->room) {
        s->format = grown(&s->arena, s->format, s->count, &s->room, sizeof(*s->format));
        if (s->format == NULL || s->count >= STYLE_COUNT_MAX) {
            s->count = 0;
            fail(x, &SHEET_UNSAFE);
            return;
        }
    }
    s->format[s->count++] = number_of(xml_attribute(attributes, "numFmtId"));
}

/* The path is followed so far: /styleSheet, then one of the two lists, then its items; all else is skipped.
 */
static void on_start(struct xml *x, const char *name, const char **attributes)
{
    if (strcmp(name, "styleSheet") == 0 || strcmp(name, "numFmts") == 0 || strcmp(name, "cellXfs") == 0)
        return;
    if (strcmp(name, "numFmt") == 0)
        add_custom(x, attributes);
    else if (strcmp(name, "xf") == 0)
        add_style(x, attributes);
    if (!x->stopped)
        xml_skip(x);
}

static void on_end(struct xml *x, const char *name) { (void)x, (void)name; }

static int by_id(const void *a, const void *b)
{
    const struct style_format *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return 0;
}

static const struct style_format *find_custom(const struct styles *s, uint32_t id)
{
    const struct style_format wanted = {id, TEXT_NONE};
    if (s->custom_count == 0)
        return NULL;
    return bsearch(&wanted, s->custom, s->custom_count, sizeof(*s->custom), by_id);
}

static bool judge(struct styles *s, struct err *e)
{
    if (s->custom_count > 1)
        qsort(s->custom, s->custom_count, sizeof(*s->custom), by_id);
    s->date = arena_take_many(&s->arena, s->count > 0 ? s->count : 1, sizeof(*s->date));
    if (s->date == NULL)
        return err_fail(e, &SHEET_NO_MEMORY);
    for (size_t i = 0; i < s->count; i++) {
        const struct style_format *custom = find_custom(s, s->format[i]);
        s->date[i] = custom != NULL ? style_code_is_date(custom->code) : number_is_date(s->format[i]);
    }
    return true;
}

bool styles_read(struct styles *s, struct package *p, uint64_t entry, struct text part, struct err *e)
{
    static const struct xml_handler handler = {on_start, on_end, NULL};
    return xml_read_part(p, entry, part, &handler, s, e) && judge(s, e);
}

struct text styles_code(const struct styles *s, uint32_t style)
{
    const struct style_format *custom = style < s->count ? find_custom(s, s->format[style]) : NULL;
    return custom == NULL ? TEXT("") : custom->code;
}
