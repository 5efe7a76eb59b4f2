/* Loads a pack: part after part, each with what it names standing already. */
#include "engine/catalog/digest.h"
#include "engine/catalog/expression.h"
#include "engine/catalog/node.h"
#include <assert.h>
#include <stdlib.h>

void digest_hex(const unsigned char *bytes, size_t size, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * size] = '\0';
}

void digest_add(crypto_hash_sha256_state *state, struct text t)
{
    unsigned char size[8];
    for (size_t i = 0; i < sizeof size; i++)
        size[i] = (unsigned char)((uint64_t)t.size >> (56 - 8 * i));
    crypto_hash_sha256_update(state, size, sizeof size);
    if (t.size > 0)
        crypto_hash_sha256_update(state, (const unsigned char *)t.at, t.size);
}

/* Over names and contents in order, each behind its length, so that no two packs can give the same bytes. */
static void digest(struct catalog *c)
{
    crypto_hash_sha256_state state;
    unsigned char out[crypto_hash_sha256_BYTES];
    static_assert(sizeof c->digest == 2 * sizeof out + 1, "hex and NUL");
    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < c->file_count; i++) {
        digest_add(&state, c->files[i].name);
        digest_add(&state, c->files[i].content);
    }
    crypto_hash_sha256_final(&state, out);
    digest_hex(out, sizeof out, c->digest);
}

static bool files_sort(struct load *l, const struct catalog_file *files, size_t count)
{
    struct catalog_file *sorted =
        count > CATALOG_FILE_MAX ? NULL : arena_take_many(l->arena, count + 1, sizeof *sorted);
    if (sorted == NULL)
        return node_fail_memory(l);
    if (count > 0)
        memcpy(sorted, files, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, load_by_name);
    l->c->files = sorted;
    l->c->file_count = count;
    return true;
}

bool catalog_load(const struct catalog_file *files, size_t count, const struct catalog_reader *reader,
                  struct arena *a, const struct catalog **out, struct err *e)
{
    struct load l = {.arena = a, .e = e, .reader = reader, .c = arena_take(a, sizeof *l.c)};
    if (l.c == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    l.c->arena = a;
    l.c->reader = reader;
    bool fine = files_sort(&l, files, count) && load_gather(&l) && load_codes(&l) && load_entities(&l)
                && load_divisions(&l) && load_lines(&l) && load_parameters(&l) && load_imports(&l)
                && load_computed_heads(&l) && load_classes(&l) && load_computed(&l) && load_rules(&l)
                && load_grades(&l) && load_indicators(&l) && load_reports(&l) && load_roles(&l);
    if (!fine) {
        catalog_clear(l.c);
        return false;
    }
    digest(l.c);
    *out = l.c;
    return true;
}

void catalog_clear(const struct catalog *c)
{
    for (const struct catalog_program *p = c == NULL ? NULL : c->programs; p != NULL; p = p->next)
        cel_program_clear(p->program);
}
