/* Uploads. Always holds: a file that is listed was taken whole; after a failure nothing is. */
#include "api/upload.h"
#include "api/api.err.h"
#include "base/base.err.h"
#include "base/system.h"
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_SIZE 65536
#define NAME_MAX_SIZE 200
#define UPLOAD_ARENA_MAX ((size_t)16 << 20)

struct upload {
    struct arena arena;
    struct MHD_PostProcessor *reader;
    char *folder; /* its own */
    struct text path[UPLOAD_FILE_MAX];
    size_t count;
    int file; /* being written; -1: none */
    uint64_t size;
    struct {
        struct text name;
        struct buf value;
    } field[UPLOAD_FIELD_MAX];
    size_t field_count;
    crypto_generichash_state hash, part; /* of all; of the part that is arriving */
    bool in_part;
    unsigned char digest[32];
    struct err err; /* the first failure */
};

static bool fail(struct upload *u, const struct err_kind *kind, uint64_t limit)
{
    return limit > 0 ? err_fail_int(&u->err, kind, "limit", (int64_t)limit) : err_fail(&u->err, kind);
}

static void hash_text(crypto_generichash_state *state, struct text t)
{
    const uint64_t size = t.size;
    (void)crypto_generichash_update(state, (const unsigned char *)&size, sizeof size);
    (void)crypto_generichash_update(state, (const unsigned char *)(t.at != NULL ? t.at : ""), t.size);
}

static void end_part(struct upload *u)
{
    unsigned char digest[32];
    if (!u->in_part)
        return;
    (void)crypto_generichash_final(&u->part, digest, sizeof digest);
    (void)crypto_generichash_update(&u->hash, digest, sizeof digest);
    u->in_part = false;
}

/* Each part by itself, so that neither the seams of the network nor those between parts count. */
static void hash_part(struct upload *u, const char *key, const char *filename, uint64_t offset,
                      struct text data)
{
    if (offset == 0) {
        end_part(u);
        hash_text(&u->hash, text_of(key));
        hash_text(&u->hash, text_of(filename));
        (void)crypto_generichash_init(&u->part, NULL, 0, sizeof u->digest);
        u->in_part = true;
    }
    if (data.size > 0)
        (void)crypto_generichash_update(&u->part, (const unsigned char *)data.at, data.size);
}

static void end_file(struct upload *u)
{
    if (u->file >= 0 && close(u->file) != 0)
        file_fail_write(&u->err, "upload", errno);
    u->file = -1;
}

/* The last part of what the browser calls the file, without what cannot stand in a name: which sheet it is
 * may show in it, and people are told of it. */
static struct text safe_name(struct upload *u, const char *filename)
{
    struct text name = text_of(filename);
    for (size_t i = name.size; i > 0; i--)
        if (name.at[i - 1] == '/' || name.at[i - 1] == '\\') {
            name = text_slice(name, i, name.size);
            break;
        }
    bool good = name.size > 0 && name.size <= NAME_MAX_SIZE && name.at[0] != '.' && text_is_utf8(name);
    for (size_t i = 0; good && i < name.size; i++)
        good = (unsigned char)name.at[i] >= ' ' && name.at[i] != 0x7f;
    return good ? name : text_format(&u->arena, "%zu.xlsx", u->count + 1);
}

static bool begin_file(struct upload *u, const char *filename)
{
    end_file(u);
    if (u->count == UPLOAD_FILE_MAX)
        return fail(u, &API_FILES_MANY, UPLOAD_FILE_MAX);
    struct text name = safe_name(u, filename);
    /* Each in a folder of its own: two may have one name. */
    struct text folder = text_format(&u->arena, "%s/%zu", u->folder, u->count),
                path = text_format(&u->arena, "%.*s/%.*s", TEXT_ARG(folder), TEXT_ARG(name));
    if (path.at == NULL)
        return err_fail(&u->err, &OUT_OF_MEMORY);
    if (mkdir(folder.at, 0700) != 0)
        return file_fail_write(&u->err, folder.at, errno);
    u->path[u->count++] = path;
    u->file = open(path.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return u->file >= 0 || file_fail_write(&u->err, path.at, errno);
}

static bool add_to_file(struct upload *u, const char *at, size_t size)
{
    u->size += size;
    if (u->size > UPLOAD_SIZE_MAX)
        return fail(u, &API_FILES_LARGE, UPLOAD_SIZE_MAX);
    while (size > 0) {
        ssize_t done = write(u->file, at, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return file_fail_write(&u->err, "upload", errno);
        at += done;
        size -= (size_t)done;
    }
    return true;
}

static bool add_to_field(struct upload *u, const char *key, uint64_t offset, const char *at, size_t size)
{
    if (offset == 0) {
        if (u->field_count == UPLOAD_FIELD_MAX)
            return fail(u, &API_FILES_BAD, 0);
        u->field[u->field_count].name = text_copy(&u->arena, text_of(key));
        buf_init(&u->field[u->field_count++].value, UPLOAD_FIELD_SIZE_MAX);
    }
    struct buf *value = &u->field[u->field_count - 1].value;
    buf_add(value, (struct text){at, size});
    return value->failed ? fail(u, &API_FILES_BAD, 0) : true;
}

static enum MHD_Result on_part(void *user, enum MHD_ValueKind kind, const char *key, const char *filename,
                               const char *content_type, const char *encoding, const char *data,
                               uint64_t offset, size_t size)
{
    struct upload *u = user;
    bool good = u->err.kind == NULL;
    (void)kind, (void)content_type, (void)encoding;
    if (good && key == NULL) /* a part without a name */
        good = fail(u, &API_FILES_BAD, 0);
    else if (good && filename != NULL && strcmp(key, "file") == 0)
        good = (offset > 0 || begin_file(u, filename)) && add_to_file(u, data, size);
    else if (good)
        good = add_to_field(u, key, offset, data, size);
    if (good)
        hash_part(u, key, filename, offset, (struct text){data, size});
    return good ? MHD_YES : MHD_NO;
}

struct upload *upload_open(struct MHD_Connection *connection, struct text folder, struct err *e)
{
    struct upload *u = calloc(1, sizeof *u);
    if (u == NULL) {
        err_fail(e, &OUT_OF_MEMORY);
        return NULL;
    }
    arena_init(&u->arena, UPLOAD_ARENA_MAX);
    u->file = -1;
    (void)crypto_generichash_init(&u->hash, NULL, 0, sizeof u->digest);
    struct text name = text_format(&u->arena, "%.*s/upload-XXXXXX", TEXT_ARG(folder));
    char *made = name.at != NULL ? arena_take(&u->arena, name.size + 1) : NULL;
    if (made == NULL) {
        err_fail(e, &OUT_OF_MEMORY);
    } else {
        memcpy(made, name.at, name.size + 1);
        u->folder = mkdtemp(made);
        if (u->folder == NULL)
            file_fail_write(e, made, errno);
        else
            u->reader = MHD_create_post_processor(connection, BLOCK_SIZE, on_part, u);
    }
    if (u->reader != NULL)
        return u;
    err_fail(e, &API_FILES_BAD);
    upload_close(u);
    return NULL;
}

void upload_feed(struct upload *u, const char *at, size_t size)
{
    if (u->err.kind == NULL && MHD_post_process(u->reader, at, size) != MHD_YES)
        fail(u, &API_FILES_BAD, 0);
}

/* As in an address: what is no UTF-8 or holds a NUL goes no further. */
static bool fields_are_text(const struct upload *u)
{
    bool good = true;
    for (size_t i = 0; i < u->field_count && good; i++) {
        struct text name = u->field[i].name, value = buf_text(&u->field[i].value);
        good = text_is_utf8(name) && text_is_utf8(value)
               && (value.size == 0 || memchr(value.at, 0, value.size) == NULL);
    }
    return good;
}

bool upload_end(struct upload *u, struct err *e)
{
    bool whole = MHD_destroy_post_processor(u->reader) == MHD_YES;
    u->reader = NULL;
    end_file(u);
    end_part(u);
    (void)crypto_generichash_final(&u->hash, u->digest, sizeof u->digest);
    if (!whole || u->count + u->field_count == 0 || !fields_are_text(u))
        fail(u, &API_FILES_BAD, 0);
    if (u->err.kind != NULL)
        *e = u->err;
    return u->err.kind == NULL;
}

const struct text *upload_paths(const struct upload *u, size_t *count_out)
{
    *count_out = u->count;
    return u->path;
}

size_t upload_field_count(const struct upload *u) { return u->field_count; }

struct url_pair upload_field(const struct upload *u, size_t index)
{
    return (struct url_pair){u->field[index].name, buf_text(&u->field[index].value)};
}

struct text upload_digest(const struct upload *u)
{
    return (struct text){(const char *)u->digest, sizeof u->digest};
}

struct text upload_result(struct upload *u) { return text_format(&u->arena, "%s/errors.xlsx", u->folder); }

void upload_close(struct upload *u)
{
    if (u == NULL)
        return;
    if (u->reader != NULL)
        (void)MHD_destroy_post_processor(u->reader);
    end_file(u);
    for (size_t i = 0; i < u->count; i++) {
        char folder[4096];
        (void)unlink(u->path[i].at);
        (void)snprintf(folder, sizeof folder, "%s/%zu", u->folder, i);
        (void)rmdir(folder);
    }
    if (u->folder != NULL) {
        struct text result = upload_result(u);
        if (result.at != NULL)
            (void)unlink(result.at);
        (void)rmdir(u->folder);
    }
    for (size_t i = 0; i < u->field_count; i++)
        buf_clear(&u->field[i].value);
    arena_clear(&u->arena);
    free(u);
}
