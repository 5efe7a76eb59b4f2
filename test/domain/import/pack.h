/* The pack of Henan, loaded once for the tests of a program. */
#ifndef TEST_DOMAIN_IMPORT_PACK_H
#define TEST_DOMAIN_IMPORT_PACK_H
#include "domain/import/heading.h"
#include <stdio.h>

static struct arena pack_memory;
static const struct catalog *pack;
static struct headings pack_headings;

/* Sheets need no rules. */
static inline size_t pack_without_rules(struct catalog_file *files, size_t count)
{
    static const char *const parts[] = {"rules/",      "indicators/", "reports/",
                                        "selections/", "grades",      "test/"};
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool keep = true;
        for (size_t k = 0; k < COUNT_OF(parts); k++)
            keep = keep && text_find(files[i].name, text_of(parts[k]), 0) == SIZE_MAX;
        if (keep)
            files[kept++] = files[i];
    }
    return kept;
}

static inline int pack_open(void **state)
{
    static const struct catalog_reader reader;
    struct catalog_file *files;
    size_t count;
    struct err e = {0};
    struct buf why;
    (void)state;
    arena_init(&pack_memory, (size_t)256 << 20);
    if (catalog_read(POLICY "/henan", &pack_memory, &files, &count, &e)
        && (count = pack_without_rules(files, count)) > 0
        && catalog_load(files, count, &reader, &pack_memory, &pack, &e)
        && headings_build(pack, &pack_memory, &pack_headings, &e))
        return 0;
    buf_init(&why, 4096);
    err_sentence(&e, LANG_EN, &why);
    fprintf(stderr, "# %.*s\n", TEXT_ARG(buf_text(&why)));
    buf_clear(&why);
    return -1;
}

static inline int pack_close(void **state)
{
    (void)state;
    if (pack != NULL)
        catalog_clear(pack);
    arena_clear(&pack_memory);
    return 0;
}
#endif
