/* Files that are being made, and what the tables of a database say. Always holds: a file has its final name
 * only when it is finished and on the disk. */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/backup/backup.err.h"
#include "domain/backup/parts.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TABLES_MAX 1024

struct content {
    struct op_call *call;
    size_t count;
    int64_t rows;
    struct copied tables[TABLES_MAX];
};

struct content *content_new(struct op_call *call)
{
    struct content *c = arena_take(call->arena, sizeof *c);
    if (c != NULL) {
        c->call = call;
        c->count = 0;
        c->rows = 0;
    }
    return c;
}

bool content_add(void *user, const struct copied *table, struct err *e)
{
    struct content *c = user;
    if (c->count == TABLES_MAX) {
        err_fail_text(e, &LIMIT, "what", TEXT("tables"));
        err_add_int(e, "max", TABLES_MAX);
        return false;
    }
    c->rows += table->rows;
    if (table->rows > 0) {
        struct copied *kept = &c->tables[c->count++];
        *kept = *table;
        kept->table = text_copy(c->call->arena, table->table);
        if (kept->table.at == NULL)
            return err_fail(e, &OUT_OF_MEMORY);
    }
    return op_progress(c->call, c->call->op->name, (uint64_t)c->rows, 0) || err_fail(e, &BACKUP_CANCELLED);
}

static int by_name(const void *a, const void *b)
{
    const struct copied *left = a, *right = b;
    return text_compare(left->table, right->table);
}

void content_digest(struct content *c, unsigned char digest[SEAL_DIGEST_SIZE], int64_t *rows_out)
{
    crypto_generichash_state state;
    if (c->count > 1)
        qsort(c->tables, c->count, sizeof *c->tables, by_name);
    crypto_generichash_init(&state, NULL, 0, SEAL_DIGEST_SIZE);
    for (size_t i = 0; i < c->count; i++) {
        uint64_t size = c->tables[i].table.size;
        crypto_generichash_update(&state, (const unsigned char *)&size, sizeof size);
        crypto_generichash_update(&state, (const unsigned char *)c->tables[i].table.at, size);
        crypto_generichash_update(&state, c->tables[i].digest, sizeof c->tables[i].digest);
    }
    crypto_generichash_final(&state, digest, SEAL_DIGEST_SIZE);
    *rows_out = c->rows;
}

struct text part_name(struct arena *a, struct text path)
{
    uint64_t salt = 0;
    random_fill(&salt, sizeof salt);
    return text_format(a, "%.*s.%016llx.part", TEXT_ARG(path), (unsigned long long)salt);
}

void part_remove(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < COUNT_OF(suffixes); i++) {
        char *name = NULL;
        if (asprintf(&name, "%s%s", path, suffixes[i]) >= 0)
            unlink(name);
        free(name);
    }
}

bool part_is_whole(const char *path)
{
    char *log = NULL;
    bool whole = asprintf(&log, "%s-wal", path) >= 0 && !file_exists(log);
    free(log);
    return whole;
}

bool part_publish(const char *part, const char *path, struct err *e)
{
    /* Never replaces what has come to stand there; a link where the file system cannot rename so. */
    bool named = renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE) == 0
                 || (errno == EINVAL && link(part, path) == 0 && unlink(part) == 0);
    if (!named && errno == EEXIST)
        return err_fail_text(e, &BACKUP_EXISTS, "file", text_of(path));
    if (!named)
        return file_fail_write(e, path, errno);
    file_sync_folder(path);
    return true;
}

void seal_json(struct json *out, struct text file, const struct seal *seal)
{
    char digest[2 * SEAL_DIGEST_SIZE + 1], made[25];
    sodium_bin2hex(digest, sizeof digest, seal->content, sizeof seal->content);
    clock_format(seal->made_ms, made);
    json_key(out, "file");
    json_text(out, file);
    json_key(out, "made");
    json_z(out, made);
    json_key(out, "rows");
    json_int(out, seal->rows);
    json_key(out, "digest");
    json_z(out, digest);
}
