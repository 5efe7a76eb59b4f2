/* Reads .rels parts and resolves their targets. */
#include "format/sheet/relations.h"
#include "format/sheet/xml.h"

#define RELATIONS_MAX 65536

struct reading {
    struct relations *out;
    struct arena *arena;
    struct text folder;
};

struct text relations_folder(struct text part)
{
    size_t size = part.size;
    while (size > 0 && part.at[size - 1] != '/')
        size--;
    return (struct text){part.at, size};
}

static struct text last_word(struct text uri)
{
    struct text folder = relations_folder(uri);
    return text_slice(uri, folder.size, uri.size);
}

/* Takes "." and ".." out of a path; what climbs above the root stays at it. */
static struct text tidy(char *path, size_t size)
{
    size_t to = 0;
    for (size_t i = 0; i < size;) {
        size_t from = i;
        while (i < size && path[i] != '/')
            i++;
        size_t length = i - from;
        bool last = i == size;
        i += !last;
        if (length == 0 || (length == 1 && path[from] == '.'))
            continue;
        if (length == 2 && path[from] == '.' && path[from + 1] == '.') {
            to -= to > 0;
            while (to > 0 && path[to - 1] != '/')
                to--;
            continue;
        }
        memmove(path + to, path + from, length);
        to += length;
        if (!last)
            path[to++] = '/';
    }
    return (struct text){path, to};
}

static struct text resolve(struct arena *a, struct text folder, struct text target)
{
    bool absolute = target.size > 0 && (target.at[0] == '/' || target.at[0] == '\\');
    struct text from = absolute ? TEXT("") : folder;
    char *path = arena_take(a, from.size + target.size + 1);
    if (path == NULL)
        return TEXT_NONE;
    if (from.size > 0)
        memcpy(path, from.at, from.size);
    for (size_t i = 0; i < target.size; i++)
        path[from.size + i] = target.at[i] == '\\' ? '/' : target.at[i];
    return tidy(path, from.size + target.size);
}

static struct relation *next_item(struct reading *r)
{
    struct relations *out = r->out;
    if (out->count == RELATIONS_MAX)
        return NULL;
    if (out->count == out->room) {
        size_t room = out->room == 0 ? 16 : out->room * 2;
        struct relation *at = arena_take_many(r->arena, room, sizeof(*at));
        if (at == NULL)
            return NULL;
        if (out->count > 0)
            memcpy(at, out->item, out->count * sizeof(*at));
        out->item = at;
        out->room = room;
    }
    return &out->item[out->count++];
}

static void add(struct xml *x, const char **attributes)
{
    struct reading *r = x->user;
    const char *id = xml_attribute(attributes, "Id"), *type = xml_attribute(attributes, "Type"),
               *target = xml_attribute(attributes, "Target"), *mode = xml_attribute(attributes, "TargetMode");
    if (id == NULL || type == NULL || target == NULL || (mode != NULL && strcmp(mode, "External") == 0))
        return;
    struct relation *item = next_item(r);
    if (item != NULL) {
        item->id = text_copy(r->arena, text_of(id));
        item->type = text_copy(r->arena, last_word(text_of(type)));
        item->part = resolve(r->arena, r->folder, text_of(target));
    }
    if (item == NULL || item->id.at == NULL || item->type.at == NULL || item->part.at == NULL) {
        err_fail_text(x->e, &SHEET_UNSAFE, "part", x->part);
        xml_stop(x);
    }
}

static void on_start(struct xml *x, const char *name, const char **attributes)
{
    if (strcmp(name, "Relationship") == 0)
        add(x, attributes);
}

static void on_end(struct xml *x, const char *name) { (void)x, (void)name; }

bool relations_read(struct package *p, struct text part, struct arena *a, struct relations *out,
                    struct err *e)
{
    static const struct xml_handler handler = {on_start, on_end, NULL};
    struct text folder = relations_folder(part), base = text_slice(part, folder.size, part.size);
    struct text rels = text_format(a, "%.*s_rels/%.*s.rels", TEXT_ARG(folder), TEXT_ARG(base));
    *out = (struct relations){0};
    if (rels.at == NULL)
        return err_fail(e, &SHEET_NO_MEMORY);
    bool found = false;
    uint64_t entry = 0;
    if (!package_find(p, rels, &found, &entry, e))
        return false;
    struct reading r = {out, a, folder};
    return !found || xml_read_part(p, entry, rels, &handler, &r, e);
}

const struct relation *relations_by_type(const struct relations *r, struct text type)
{
    for (size_t i = 0; i < r->count; i++)
        if (text_equal(r->item[i].type, type))
            return &r->item[i];
    return NULL;
}

const struct relation *relations_by_id(const struct relations *r, struct text id)
{
    for (size_t i = 0; i < r->count; i++)
        if (text_equal(r->item[i].id, id))
            return &r->item[i];
    return NULL;
}
