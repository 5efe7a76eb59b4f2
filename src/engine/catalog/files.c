/* A pack's files, from its folder and the folders of the packs that it extends. */
#include "base/system.h"
#include "engine/catalog/node.h"
#include <stdlib.h>

struct finder {
    struct arena *arena;
    struct err *e;
    const char *folder; /* of the pack that was asked for */
    struct catalog_file *at;
    size_t count;
    struct text chain[CATALOG_EXTENDS_MAX]; /* ids of the extended packs so far */
    size_t depth;
};

int load_by_name(const void *a, const void *b)
{
    const struct catalog_file *x = a, *y = b;
    return text_compare(x->name, y->name);
}

static bool add(struct finder *f, struct text name)
{
    struct text path = text_format(f->arena, "%s/%.*s", f->folder, TEXT_ARG(name)), content = TEXT_NONE;
    if (path.at == NULL || name.at == NULL)
        return err_fail(f->e, &OUT_OF_MEMORY);
    if (f->count == CATALOG_FILE_MAX) {
        err_fail_text(f->e, &CATALOG_LIMIT, "file", name);
        err_add_int(f->e, "line", 1);
        err_add_int(f->e, "column", 1);
        err_add(f->e, "detail", TEXT("files"));
        err_add_int(f->e, "max", CATALOG_FILE_MAX);
        return false;
    }
    if (!file_read(path.at, CATALOG_SOURCE_MAX, f->arena, &content, f->e))
        return false;
    f->at[f->count++] = (struct catalog_file){.name = name, .content = content};
    return true;
}

/* Adds the *.yaml of one folder; `inside` is "" or "rules/". With `folders`, those in its folders, too. */
static bool add_folder(struct finder *f, struct text prefix, const char *inside, bool folders)
{
    struct text *names = NULL;
    size_t count = 0;
    struct text path = text_format(f->arena, "%s/%.*s%s", f->folder, TEXT_ARG(prefix), inside);
    if (path.at == NULL)
        return err_fail(f->e, &OUT_OF_MEMORY);
    if (!file_list(path.at, f->arena, &names, &count, f->e))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct text name = text_format(f->arena, "%.*s%s%.*s", TEXT_ARG(prefix), inside, TEXT_ARG(names[i]));
        struct text full = text_format(f->arena, "%s/%.*s", f->folder, TEXT_ARG(name));
        struct text below = text_format(f->arena, "%.*s/", TEXT_ARG(names[i]));
        if (name.at == NULL || full.at == NULL || below.at == NULL)
            return err_fail(f->e, &OUT_OF_MEMORY);
        if (names[i].size > 0 && names[i].at[0] == '.')
            continue;
        if (file_is_folder(full.at)) {
            if (folders && !text_equal(names[i], TEXT("test")) && !add_folder(f, prefix, below.at, false))
                return false;
        } else if (text_ends_with(name, TEXT(".yaml")) && !add(f, name)) {
            return false;
        }
    }
    return true;
}

static bool fail_extends(struct finder *f, const struct catalog_file *file, const struct yaml_node *node,
                         const struct err_kind *kind)
{
    err_fail_text(f->e, kind, "file", file->name);
    err_add_int(f->e, "line", node->line);
    err_add_int(f->e, "column", node->column);
    err_add(f->e, "detail", node->kind == YAML_SCALAR ? node->text : TEXT("?"));
    return false;
}

/* A name of one file or folder here: nothing that climbs. */
static bool is_plain_name(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && node->text.size > 0 && node->text.at[0] != '.'
           && text_find(node->text, TEXT("/"), 0) == SIZE_MAX
           && text_find(node->text, (struct text){"", 1}, 0) == SIZE_MAX;
}

static bool add_pack(struct finder *f, struct text prefix);

static bool add_extended(struct finder *f, const struct catalog_file *file, const struct yaml_node *node)
{
    bool known = !is_plain_name(node) || f->depth == CATALOG_EXTENDS_MAX;
    for (size_t i = 0; i < f->depth && !known; i++)
        known = text_equal(f->chain[i], node->text);
    struct text prefix = text_format(f->arena, "../%.*s/", TEXT_ARG(node->text));
    struct text pack = text_format(f->arena, "%s/%.*spack.yaml", f->folder, TEXT_ARG(prefix));
    if (prefix.at == NULL || pack.at == NULL)
        return err_fail(f->e, &OUT_OF_MEMORY);
    if (known || !file_exists(pack.at))
        return fail_extends(f, file, node, &CATALOG_EXTENDS);
    f->chain[f->depth++] = node->text;
    return add_pack(f, prefix);
}

static bool add_pack(struct finder *f, struct text prefix)
{
    size_t first = f->count;
    const struct yaml_node *root = NULL;
    if (!add_folder(f, prefix, "", true))
        return false;
    struct text name = text_format(f->arena, "%.*spack.yaml", TEXT_ARG(prefix));
    while (first < f->count && !text_equal(f->at[first].name, name))
        first++;
    if (first == f->count)
        return err_fail_text(f->e, &CATALOG_FOLDER, "folder", text_of(f->folder));
    const struct catalog_file file = f->at[first];
    if (!yaml_read(file.content, file.name, f->arena, &root, f->e))
        return false;
    const struct yaml_node *divisions = yaml_get(root, "divisions"), *extends = yaml_get(root, "extends");
    if (divisions != NULL && !is_plain_name(divisions))
        return fail_extends(f, &file, divisions, &CATALOG_ID);
    if (divisions != NULL
        && !add(f, text_format(f->arena, "%.*s%.*s", TEXT_ARG(prefix), TEXT_ARG(divisions->text))))
        return false;
    return extends == NULL || add_extended(f, &file, extends);
}

bool catalog_read(const char *folder, struct arena *a, struct catalog_file **files_out, size_t *count_out,
                  struct err *e)
{
    struct finder f = {.arena = a, .e = e, .folder = folder};
    struct text pack = text_format(a, "%s/pack.yaml", folder);
    f.at = arena_take_many(a, CATALOG_FILE_MAX, sizeof *f.at);
    if (f.at == NULL || pack.at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!file_exists(pack.at))
        return err_fail_text(e, &CATALOG_FOLDER, "folder", text_of(folder));
    if (!add_pack(&f, TEXT("")))
        return false;
    qsort(f.at, f.count, sizeof *f.at, load_by_name);
    *files_out = f.at;
    *count_out = f.count;
    return true;
}
