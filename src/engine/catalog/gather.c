/* What a pack's files hold: every list taken apart into items, pack after pack from the largest place on, an
 * item of a smaller place in the place of the larger one's with the same id.
 */
#include "engine/catalog/node.h"
#include <assert.h>
#include <stdlib.h>

#define ITEM_MAX 8192 /* items of one kind */

struct pack {
    struct text prefix;
    const struct catalog_file *file;
    const struct yaml_node *root;
};

static const struct {
    const char *key;
    bool dotted, has_id, dated;
} sections[] = {
    [SECTION_CODES] = {"codes", false, true, false},
    [SECTION_ENTITIES] = {"entities", false, true, false},
    [SECTION_IMPORTS] = {"imports", false, true, false},
    [SECTION_LINES] = {"lines", false, false, true},
    [SECTION_PARAMETERS] = {"parameters", false, true, true},
    [SECTION_COMPUTED] = {"computed", false, true, false},
    [SECTION_SELECTIONS] = {"selections", false, true, false},
    [SECTION_RULES] = {"rules", true, true, true},
    [SECTION_INDICATORS] = {"indicators", true, true, false},
    [SECTION_ROLES] = {"roles", false, true, false},
};
static_assert(COUNT_OF(sections) == SECTION_REPORTS, "reports and grades are no lists of items");
static const char section_keys[] =
    "codes entities imports lines parameters computed selections rules indicators roles grades";

static const struct catalog_file *find_file(const struct load *l, struct text prefix, const char *name)
{
    for (size_t i = 0; i < l->c->file_count; i++) {
        struct text have = l->c->files[i].name;
        if (have.size == prefix.size + strlen(name) && text_starts_with(have, prefix)
            && memcmp(have.at + prefix.size, name, strlen(name)) == 0)
            return &l->c->files[i];
    }
    return NULL;
}

static bool pack_open(struct load *l, struct text prefix, struct pack *out)
{
    *out = (struct pack){.prefix = prefix, .file = find_file(l, prefix, "pack.yaml")};
    if (out->file == NULL)
        return err_fail_text(l->e, &CATALOG_FOLDER, "folder", prefix);
    l->file = out->file;
    return yaml_read(out->file->content, out->file->name, l->arena, &out->root, l->e)
           && node_is_map(l, out->root, "pack.yaml", "id label area extends divisions source");
}

/* The chain of packs, the one that was asked for first. */
static bool packs_open(struct load *l, struct pack *packs, size_t *count)
{
    struct text prefix = TEXT("");
    for (*count = 0;; ++*count) {
        if (!pack_open(l, prefix, &packs[*count]))
            return false;
        const struct yaml_node *extends = yaml_get(packs[*count].root, "extends");
        if (extends == NULL) {
            ++*count;
            return true;
        }
        prefix = text_format(l->arena, "../%.*s/", TEXT_ARG(extends->text));
        bool wrong =
            *count == CATALOG_EXTENDS_MAX || prefix.at == NULL || find_file(l, prefix, "pack.yaml") == NULL;
        for (size_t i = 1; i <= *count && !wrong; i++)
            wrong = text_equal(packs[i].prefix, prefix);
        if (wrong)
            return node_fail(l, extends, &CATALOG_EXTENDS, extends->text);
    }
}

bool load_dates_meet(struct dates a, struct dates b)
{
    return (a.from == DAY_NONE || b.to == DAY_NONE || a.from < b.to)
           && (b.from == DAY_NONE || a.to == DAY_NONE || b.from < a.to);
}

static bool item_append(struct load *l, struct items *items, struct item item)
{
    if (items->count == items->room) {
        size_t room = items->room == 0 ? 32 : items->room * 2;
        struct item *larger = room > ITEM_MAX ? NULL : arena_take_many(l->arena, room, sizeof *larger);
        if (larger == NULL)
            return node_fail_memory(l);
        if (items->count > 0)
            memcpy(larger, items->at, items->count * sizeof *larger);
        items->at = larger;
        items->room = room;
    }
    items->at[items->count++] = item;
    return true;
}

/* Puts the item in the place of a larger pack's items with its id; the others of that id go. */
static bool item_replace(struct items *items, struct item item)
{
    size_t kept = 0;
    bool placed = false;
    for (size_t i = 0; i < items->count; i++) {
        bool older = text_equal(items->at[i].id, item.id) && items->at[i].pack != item.pack;
        if (older && !placed)
            items->at[kept++] = item;
        else if (!older)
            items->at[kept++] = items->at[i];
        placed = placed || older;
    }
    items->count = kept;
    return placed;
}

/* Within a pack an id stands once; dated items (`dated`) may repeat it where their times do not meet. */
static bool item_push(struct load *l, struct items *items, struct item item, bool dated)
{
    if (!node_dates(l, item.node, &item.dates))
        return false;
    for (size_t i = 0; item.id.at != NULL && i < items->count; i++) {
        const struct item *other = &items->at[i];
        if (!text_equal(other->id, item.id) || other->pack != item.pack)
            continue;
        if (!dated || load_dates_meet(other->dates, item.dates))
            return node_fail_duplicate(l, item.node, item.id, other);
    }
    return item_replace(items, item) || item_append(l, items, item);
}

/* Lines have no id: kind and area stand for it. */
static struct text line_id(struct load *l, const struct yaml_node *node)
{
    struct text part[2] = {TEXT(""), TEXT("")};
    static const char *const keys[] = {"kind", "area"};
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const struct yaml_node *value = yaml_get(node, keys[i]);
        if (value != NULL && value->kind == YAML_SCALAR)
            part[i] = value->text;
    }
    return text_format(l->arena, "%.*s %.*s", TEXT_ARG(part[0]), TEXT_ARG(part[1]));
}

static bool section_read(struct load *l, enum section section, const struct yaml_node *list, size_t pack)
{
    if (!node_is_list(l, list, sections[section].key))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        struct item item = {.node = list->at[i], .file = l->file, .pack = pack};
        if (item.node->kind != YAML_MAP)
            return node_is_map(l, item.node, sections[section].key, "");
        if (sections[section].has_id && !node_id(l, item.node, "id", sections[section].dotted, &item.id))
            return false;
        if (section == SECTION_LINES)
            item.id = line_id(l, item.node);
        if (!item_push(l, &l->items[section], item, sections[section].dated))
            return false;
    }
    return true;
}

static bool grades_read(struct load *l, const struct yaml_node *root, size_t pack)
{
    const struct yaml_node *grades = yaml_get(root, "grades");
    const struct item item = {.node = grades, .file = l->file, .pack = pack, .id = TEXT("grades")};
    return grades == NULL || item_push(l, &l->items[SECTION_GRADES], item, false);
}

static bool report_read(struct load *l, const struct yaml_node *root, size_t pack)
{
    struct item item = {.node = root, .file = l->file, .pack = pack};
    if (root->kind != YAML_MAP)
        return node_is_map(l, root, "report", "");
    return node_id(l, root, "id", false, &item.id) && item_push(l, &l->items[SECTION_REPORTS], item, false);
}

static bool file_gather(struct load *l, const struct catalog_file *file, struct text name, size_t pack)
{
    const struct yaml_node *root = NULL;
    l->file = file;
    if (!yaml_read(file->content, file->name, l->arena, &root, l->e))
        return false;
    if (text_starts_with(name, TEXT("reports/")))
        return report_read(l, root, pack);
    if (!node_is_map(l, root, "file", section_keys))
        return false;
    for (size_t i = 0; i < COUNT_OF(sections); i++) {
        const struct yaml_node *list = yaml_get(root, sections[i].key);
        if (list != NULL && !section_read(l, (enum section)i, list, pack))
            return false;
    }
    return grades_read(l, root, pack);
}

/* Files of the pack itself: with its prefix, and nothing that climbs behind it. */
static bool pack_gather(struct load *l, const struct pack *pack, size_t number)
{
    for (size_t i = 0; i < l->c->file_count; i++) {
        const struct catalog_file *file = &l->c->files[i];
        struct text name = text_slice(file->name, pack->prefix.size, SIZE_MAX);
        if (!text_starts_with(file->name, pack->prefix) || text_starts_with(name, TEXT("../"))
            || !text_ends_with(name, TEXT(".yaml")) || text_equal(name, TEXT("pack.yaml")))
            continue;
        if (!file_gather(l, file, name, number))
            return false;
    }
    return true;
}

static bool pack_head(struct load *l, const struct pack *pack)
{
    const struct yaml_node *divisions = yaml_get(pack->root, "divisions");
    l->file = pack->file;
    if (!node_id(l, pack->root, "id", false, &l->c->id) || !node_label(l, pack->root, "label", &l->c->label)
        || !node_text(l, pack->root, "area", &l->c->area))
        return false;
    if (divisions == NULL)
        return true;
    struct text name = TEXT_NONE;
    if (!node_scalar(l, divisions, "divisions", &name))
        return false;
    name = text_format(l->arena, "%.*s", TEXT_ARG(name));
    l->divisions = divisions;
    l->divisions_from = name.at == NULL ? NULL : find_file(l, pack->prefix, name.at);
    return l->divisions_from != NULL || node_fail(l, divisions, &CATALOG_UNKNOWN_FILE, name);
}

bool load_gather(struct load *l)
{
    struct pack packs[CATALOG_EXTENDS_MAX + 1];
    size_t count = 0;
    if (!packs_open(l, packs, &count))
        return false;
    for (size_t i = count; i-- > 0;)
        if (!pack_head(l, &packs[i]) || !pack_gather(l, &packs[i], count - 1 - i))
            return false;
    return true;
}
