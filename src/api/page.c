/* The pages' files. Always holds: only what was read at the start can be asked for, so no path leads out of
 * the folder. */
#include "api/page.h"
#include "base/base.err.h"
#include "base/system.h"
#include <sys/stat.h>

#define DEPTH_MAX 4
#define FIRST "/index.html"

struct pages {
    struct page at[PAGE_FILE_MAX];
    size_t count;
    const struct page *first;
};

/* By what stands behind the last dot. */
static const char *type_of(struct text path)
{
    size_t dot = path.size;
    while (dot > 0 && path.at[dot - 1] != '.')
        dot--;
    const char *type = answer_type(text_slice(path, dot, path.size));
    return type != NULL ? type : "application/octet-stream";
}

static bool add(struct pages *pages, struct text path, struct text content)
{
    struct page *page = &pages->at[pages->count];
    if (pages->count == PAGE_FILE_MAX)
        return false;
    *page = (struct page){.path = path, .content = content, .compressed = TEXT_NONE, .type = type_of(path)};
    page->lasting = text_starts_with(path, TEXT("/assets/"));
    (void)snprintf(page->etag, sizeof page->etag, "\"%016llx\"", (unsigned long long)text_hash(content));
    pages->count++;
    return true;
}

static struct page *find(struct pages *pages, struct text path)
{
    for (size_t i = 0; i < pages->count; i++)
        if (text_equal(pages->at[i].path, path))
            return &pages->at[i];
    return NULL;
}

static bool load_folder(struct pages *pages, struct arena *a, struct text folder, struct text path, int depth,
                        struct err *e)
{
    struct text *names;
    size_t count;
    if (!file_list(folder.at, a, &names, &count, e))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct text file = text_format(a, "%.*s/%.*s", TEXT_ARG(folder), TEXT_ARG(names[i])),
                    at = text_format(a, "%.*s/%.*s", TEXT_ARG(path), TEXT_ARG(names[i])), content;
        if (file.at == NULL || at.at == NULL)
            return err_fail(e, &OUT_OF_MEMORY);
        if (file_is_folder(file.at)) {
            if (depth < DEPTH_MAX && !load_folder(pages, a, file, at, depth + 1, e))
                return false;
        } else if (!file_read(file.at, PAGES_SIZE_MAX, a, &content, e))
            return false;
        else if (!add(pages, at, content))
            return err_fail(e, &OUT_OF_MEMORY);
    }
    return true;
}

/* X.gz is the other form of X, not a page of its own. */
static void join_compressed(struct pages *pages)
{
    for (size_t i = 0; i < pages->count; i++) {
        struct text path = pages->at[i].path;
        if (!text_ends_with(path, TEXT(".gz")))
            continue;
        struct page *whole = find(pages, text_slice(path, 0, path.size - 3));
        if (whole != NULL)
            whole->compressed = pages->at[i].content;
        pages->at[i].path = TEXT("");
    }
}

static const char without_pages[] =
    "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>红花</title></head><body>"
    "<h1>红花</h1><p>页面没有安装。请在源码目录运行 make 生成页面后重新启动。</p>"
    "<p lang=\"en\">The pages are not installed. Run make in the source folder and start "
    "again.</p></body></html>";

bool pages_load(struct arena *a, struct pages **out, struct err *e)
{
    struct text folder;
    struct err absent = {.kind = NULL};
    struct pages *pages = arena_take(a, sizeof *pages);
    if (pages == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    *out = pages;
    if (file_find_data("web/dist", a, &folder, &absent) && !load_folder(pages, a, folder, TEXT(""), 0, e))
        return false;
    join_compressed(pages);
    pages->first = find(pages, TEXT(FIRST));
    if (pages->first == NULL && add(pages, TEXT(FIRST), TEXT(without_pages)))
        pages->first = find(pages, TEXT(FIRST));
    return true;
}

const struct page *page_find(const struct pages *pages, const struct url *url)
{
    for (size_t i = 0; i < pages->count; i++)
        if (url->path.size > 1 && text_equal(pages->at[i].path, url->path))
            return &pages->at[i];
    struct text last = url->segment_count > 0 ? url->segment[url->segment_count - 1] : TEXT("");
    return text_find(last, TEXT("."), 0) == SIZE_MAX ? pages->first : NULL;
}
