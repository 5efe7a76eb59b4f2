/* From the package's root to the list of worksheets. */
#include "format/sheet/workbook.h"
#include "format/sheet/relations.h"
#include "format/sheet/xml.h"

struct listed {
    struct text name, relation;
    enum sheet_state state;
};
struct reading {
    struct arena *arena;
    struct listed *listed;
    size_t count, room;
    bool date1904;
};

static bool fail_damaged(struct text part, struct err *e)
{
    return err_fail_text(e, &SHEET_DAMAGED, "part", part);
}

static enum sheet_state state_of(const char *z)
{
    if (z != NULL && strcmp(z, "hidden") == 0)
        return SHEET_HIDDEN;
    return z != NULL && strcmp(z, "veryHidden") == 0 ? SHEET_VERY_HIDDEN : SHEET_VISIBLE;
}

static bool make_room(struct reading *r)
{
    if (r->count < r->room)
        return true;
    size_t room = r->room == 0 ? 16 : r->room * 2;
    struct listed *at = arena_take_many(r->arena, room, sizeof(*at));
    if (at == NULL)
        return false;
    if (r->count > 0)
        memcpy(at, r->listed, r->count * sizeof(*at));
    r->listed = at;
    r->room = room;
    return true;
}

static void add_sheet(struct xml *x, const char **attributes)
{
    struct reading *r = x->user;
    const char *name = xml_attribute(attributes, "name"), *id = xml_attribute_foreign(attributes, "id");
    if (r->count == SHEET_SHEETS_MAX) {
        err_fail_text(x->e, &SHEET_TOO_MANY_PARTS, "part", TEXT("sheets"));
        err_add_int(x->e, "limit", SHEET_SHEETS_MAX);
        xml_stop(x);
        return;
    }
    struct listed l = {.state = state_of(xml_attribute(attributes, "state"))};
    bool room = make_room(r);
    if (room) {
        l.name = text_copy(r->arena, text_of(name == NULL ? "" : name));
        l.relation = text_copy(r->arena, text_of(id == NULL ? "" : id));
    }
    if (l.name.at == NULL || l.relation.at == NULL) {
        err_fail(x->e, &SHEET_NO_MEMORY);
        xml_stop(x);
        return;
    }
    r->listed[r->count++] = l;
}

static void on_start(struct xml *x, const char *name, const char **attributes)
{
    struct reading *r = x->user;
    if (strcmp(name, "workbook") == 0 || strcmp(name, "sheets") == 0)
        return;
    if (strcmp(name, "workbookPr") == 0)
        r->date1904 = xml_is_true(xml_attribute(attributes, "date1904"));
    else if (strcmp(name, "sheet") == 0)
        add_sheet(x, attributes);
    if (!x->stopped)
        xml_skip(x);
}

static void on_end(struct xml *x, const char *name) { (void)x, (void)name; }

static bool has(const struct package *p, const char *name)
{
    struct err ignored = {0};
    bool found = false;
    uint64_t entry = 0;
    return package_find(p, text_of(name), &found, &entry, &ignored) && found;
}

/* An archive without a workbook: says what it is where that is plain. */
static bool fail_other(const struct package *p, struct err *e)
{
    static const struct {
        const char *part, *format;
    } known[] = {{"xl/workbook.bin", ".xlsb"},
                 {"word/document.xml", ".docx"},
                 {"ppt/presentation.xml", ".pptx"},
                 {"content.xml", "OpenDocument (.ods)"}};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (has(p, known[i].part))
            return err_fail_text(e, &SHEET_OTHER_FORMAT, "format", text_of(known[i].format));
    return err_fail(e, &SHEET_NOT_WORKBOOK);
}

/* The workbook's own part: where the package's relationships lead, else where everybody puts it. */
static bool find_main(struct package *p, struct arena *a, struct workbook_part *out, struct err *e)
{
    struct relations root;
    if (!relations_read(p, TEXT(""), a, &root, e))
        return false;
    const struct relation *main = relations_by_type(&root, TEXT("officeDocument"));
    out->part = main != NULL ? main->part : TEXT("xl/workbook.xml");
    if (!package_find(p, out->part, &out->found, &out->entry, e))
        return false;
    if (!out->found && main != NULL) {
        out->part = TEXT("xl/workbook.xml");
        if (!package_find(p, out->part, &out->found, &out->entry, e))
            return false;
    }
    return out->found || fail_other(p, e);
}

/* A part that the workbook may have: by its relationship, else beside the workbook. */
static bool find_side(struct package *p, struct arena *a, const struct relations *relations, struct text type,
                      struct text folder, struct workbook_part *out, struct err *e)
{
    const struct relation *r = relations_by_type(relations, type);
    out->part = r != NULL ? r->part : text_format(a, "%.*s%.*s.xml", TEXT_ARG(folder), TEXT_ARG(type));
    if (out->part.at == NULL)
        return err_fail(e, &SHEET_NO_MEMORY);
    return package_find(p, out->part, &out->found, &out->entry, e);
}

/* Matches the listed sheets with their parts; sheets that are no worksheets are left out. */
static bool place_sheets(struct package *p, const struct reading *r, const struct relations *relations,
                         struct workbook *out, struct err *e)
{
    out->sheet = arena_take_many(r->arena, r->count > 0 ? r->count : 1, sizeof(*out->sheet));
    if (out->sheet == NULL)
        return err_fail(e, &SHEET_NO_MEMORY);
    for (size_t i = 0; i < r->count; i++) {
        const struct relation *to = relations_by_id(relations, r->listed[i].relation);
        if (to == NULL || !text_equal(to->type, TEXT("worksheet")))
            continue;
        struct workbook_sheet *s = &out->sheet[out->count];
        bool found = false;
        *s = (struct workbook_sheet){.info = {r->listed[i].name, r->listed[i].state}, .part = to->part};
        if (!package_find(p, to->part, &found, &s->entry, e))
            return false;
        if (!found)
            return fail_damaged(to->part, e);
        out->count++;
    }
    return true;
}

bool workbook_read(struct package *p, struct arena *a, struct workbook *out, struct err *e)
{
    static const struct xml_handler handler = {on_start, on_end, NULL};
    struct workbook_part main = {0};
    struct relations relations;
    struct reading r = {.arena = a};
    *out = (struct workbook){0};
    if (!find_main(p, a, &main, e))
        return false;
    if (text_ends_with(main.part, TEXT(".bin")))
        return err_fail_text(e, &SHEET_OTHER_FORMAT, "format", TEXT(".xlsb"));
    if (text_equal(main.part, TEXT("word/document.xml"))
        || text_equal(main.part, TEXT("ppt/presentation.xml")))
        return fail_other(p, e);
    struct text folder = relations_folder(main.part);
    if (!xml_read_part(p, main.entry, main.part, &handler, &r, e)
        || !relations_read(p, main.part, a, &relations, e)
        || !find_side(p, a, &relations, TEXT("sharedStrings"), folder, &out->strings, e)
        || !find_side(p, a, &relations, TEXT("styles"), folder, &out->styles, e))
        return false;
    out->date1904 = r.date1904;
    return place_sheets(p, &r, &relations, out, e);
}
