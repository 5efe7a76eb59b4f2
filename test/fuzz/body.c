/* A JSON body from anywhere. Always holds: what comes out is UTF-8 without NUL, and nothing stands twice. */
#include "api/body.h"
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
    struct body_member *members;
    size_t count;
    struct err e = {0};
    arena_init(&a, 64u << 20);
    if (body_read((struct text){(const char *)data, size}, &a, &members, &count, &e)) {
        for (size_t i = 0; i < count; i++) {
            check(members[i].name);
            check(members[i].value);
            for (size_t k = 0; k < i && k < 50; k++)
                if (text_equal(members[i].name, members[k].name))
                    abort();
        }
    } else if (e.kind == NULL)
        abort();
    arena_clear(&a);
    return 0;
}
