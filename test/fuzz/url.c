/* An address as it stands in a request. Always holds: what comes out is UTF-8 without NUL. */
#include "api/url.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct text t)
{
    if (!text_is_utf8(t) || (t.size > 0 && memchr(t.at, 0, t.size) != NULL))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct url url;
    struct err e = {0};
    arena_init(&a, 16u << 20);
    if (url_read((struct text){(const char *)data, size}, &a, &url, &e)) {
        for (size_t i = 0; i < url.segment_count; i++) {
            check(url.segment[i]);
            if (text_equal(url.segment[i], TEXT("..")))
                abort();
        }
        for (size_t i = 0; i < url.pair_count; i++) {
            check(url.pair[i].name);
            check(url.pair[i].value);
        }
    } else if (e.kind == NULL)
        abort();
    arena_clear(&a);
    return 0;
}
