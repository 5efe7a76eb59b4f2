/* A pack from anywhere: its YAML and all that loading makes of it. The input is files, each behind a line "@@
 * name"; without such a line it is one file beside a small pack that stands.
 */
#include "../engine/catalog/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FILES_MAX 16

static size_t split(struct text input, struct catalog_file *files)
{
    size_t count = 0;
    for (size_t at = 0;
         count < FILES_MAX && text_starts_with(text_slice(input, at, SIZE_MAX), TEXT("@@ "));) {
        size_t end = text_find(input, TEXT("\n"), at), next = text_find(input, TEXT("\n@@ "), at);
        if (end == SIZE_MAX)
            break;
        next = next == SIZE_MAX ? input.size : next + 1;
        files[count].name = text_slice(input, at + 3, end - at - 3);
        files[count++].content = next > end ? text_slice(input, end + 1, next - end - 1) : TEXT("");
        at = next;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct catalog_reader reader;
    struct catalog_file files[FILES_MAX + 2];
    struct text input = {(const char *)data, size};
    const struct catalog *c = NULL;
    struct err e = {0};
    struct arena a;
    arena_init(&a, 64u << 20);
    size_t count = split(input, files);
    if (count == 0) {
        files[0] = (struct catalog_file){TEXT("pack.yaml"), text_of(pack_head)};
        files[1] = (struct catalog_file){TEXT("catalog/base.yaml"), text_of(pack_entities)};
        files[2] = (struct catalog_file){TEXT("x.yaml"), input};
        count = 3;
    }
    if (catalog_load(files, count, &reader, &a, &c, &e))
        catalog_clear(c);
    arena_clear(&a);
    return 0;
}
