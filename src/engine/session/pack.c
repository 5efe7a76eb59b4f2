/* Keeps and opens policy packs. Always holds: what is kept has been loaded as a whole before; an earlier
 * version is never changed or removed. */
#include "engine/session/pack.h"
#include "base/base.err.h"
#include "base/system.h"
#include "engine/frame/frame.h"
#include "engine/session/session.err.h"
#include "engine/session/session.sql.h"

#define PACK_FILE_MAX 1000

static bool read_kept(struct session *s, struct text digest, struct catalog_file **files_out,
                      size_t *count_out, struct err *e)
{
    struct policy_file_list_row row;
    struct policy_file_list rows;
    size_t count = 0;
    struct catalog_file *files = arena_take_many(&s->arena, PACK_FILE_MAX, sizeof *files);
    if (files == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!policy_file_list_open(s->store, &(struct policy_file_list_in){.digest = digest}, &rows, e))
        return false;
    while (count < PACK_FILE_MAX && policy_file_list_next(&rows, &row, e))
        files[count++] =
            (struct catalog_file){text_copy(&s->arena, row.name), text_copy(&s->arena, row.content)};
    policy_file_list_close(&rows);
    *files_out = files;
    *count_out = count;
    return e->kind == NULL;
}

bool session_pack_open(struct session *s, struct text digest, struct err *e)
{
    struct policy_version_get_row version;
    struct catalog_file *files;
    size_t count;
    bool found;
    if (digest.at == NULL && !session_setting(s, "policy", &digest, e))
        return false;
    if (digest.at == NULL)
        return err_fail_text(e, &SESSION_UNFINISHED, "file", s->db);
    if (!policy_version_get(s->store, &(struct policy_version_get_in){.digest = digest}, &s->arena, &version,
                            &found, e))
        return false;
    if (!found)
        return err_fail_text(e, &SESSION_POLICY_UNKNOWN, "digest", digest);
    s->policy_loaded_ms = version.loaded_ms;
    return read_kept(s, digest, &files, &count, e)
           && catalog_load(files, count, &frame_reader, &s->arena, &s->catalog, e);
}

/* A folder as it is named, or that of an installed pack. */
static bool find_pack(struct session *s, struct text policy, struct text *folder_out, struct err *e)
{
    struct text name = text_copy(&s->arena, policy);
    if (name.at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (file_is_folder(name.at) || text_find(policy, TEXT("/"), 0) != SIZE_MAX) {
        *folder_out = name;
        return true;
    }
    name = text_format(&s->arena, "policy/%.*s", TEXT_ARG(policy));
    return name.at != NULL ? file_find_data(name.at, &s->arena, folder_out, e) : err_fail(e, &OUT_OF_MEMORY);
}

static bool keep(struct session *s, const struct catalog *c, int64_t now, struct err *e)
{
    struct text digest = text_of(c->digest);
    const struct policy_version_put_in version = {.digest = digest, .policy = c->id, .loaded_ms = now};
    if (!policy_version_put(s->store, &version, e))
        return false;
    for (size_t i = 0; i < c->file_count; i++)
        if (!policy_file_put(s->store,
                             &(struct policy_file_put_in){
                                 .digest = digest, .name = c->files[i].name, .content = c->files[i].content},
                             e))
            return false;
    return session_setting_put(s, "policy", digest, e);
}

/* The tables of the new catalogue, through records of its own. */
static bool define(struct session *s, const struct catalog *c, struct err *e)
{
    struct records *records = records_open(s->store, c, s->vault, &s->arena, e);
    bool defined = records != NULL && records_define(records, e);
    records_close(records);
    return defined;
}

static bool same_pack(const struct session *s, const struct catalog *next, struct err *e)
{
    if (s->catalog == NULL || text_equal(s->catalog->id, next->id))
        return true;
    err_fail_text(e, &SESSION_POLICY_OTHER, "policy", s->catalog->id);
    err_add(e, "other", next->id);
    return false;
}

bool session_pack_install(struct session *s, struct text policy, bool *changed_out, struct err *e)
{
    struct catalog_file *files;
    const struct catalog *next = NULL;
    struct text folder;
    size_t count;
    int64_t now = s->begun_ms; /* when it was asked for, however long a server takes */
    if (!find_pack(s, policy, &folder, e) || !catalog_read(folder.at, &s->arena, &files, &count, e)
        || !catalog_load(files, count, &frame_reader, &s->arena, &next, e))
        return false;
    if (s->check_pack != NULL && !s->check_pack(next, &s->arena, e)) {
        catalog_clear(next);
        return false;
    }
    *changed_out = s->catalog == NULL || strcmp(s->catalog->digest, next->digest) != 0;
    bool good = same_pack(s, next, e)
                && (!*changed_out
                    || (store_begin(s->store, e)
                        && store_end(s->store, keep(s, next, now, e) && define(s, next, e), e)));
    if (!good || !*changed_out) {
        catalog_clear(next);
        return good;
    }
    catalog_clear(s->catalog);
    s->catalog = next;
    s->policy_loaded_ms = now;
    return true;
}

bool session_policy_load(struct session *s, struct text folder, bool *changed_out, struct err *e)
{
    return session_pack_install(s, folder, changed_out, e);
}
