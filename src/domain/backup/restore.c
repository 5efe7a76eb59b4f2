/* `restore`: a database from a backup. Always holds: the database is made whole, from a backup that is whole,
 * of this key and with a journal that verifies, or nothing is there.
 *
 * An existing database is never replaced: a server that has it open would go on writing beside it. */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/backup/backup.err.h"
#include "domain/backup/parts.h"
#include "engine/session/session.err.h"
#include "store/store.err.h"
#include <errno.h>
#include <stdlib.h>

struct restore {
    struct op_call *call;
    struct text file, target, key_file, part;
    struct vault *vault;
    struct seal seal;
    uint64_t entries;
};

static const struct op_parameter parameters[] = {
    {.name = "file",
     .type = OP_PATH,
     .positional = true,
     .required = true,
     .value = "FILE",
     .zh = "备份文件",
     .en = "the backup"},
};

/* A log that was left beside a file that is gone would be taken for the new one's. */
static bool check_target(const struct restore *r, struct err *e)
{
    if (store_is_address(r->target) || (!file_exists(r->target.at) && part_is_whole(r->target.at)))
        return true;
    return err_fail_text(e, &BACKUP_TARGET, "file", r->target);
}

/* Where the database is put together: beside the one to be, or for a server in the folder for such files. */
static struct text place_of_part(const struct restore *r)
{
    const char *folder = getenv("TMPDIR");
    if (!store_is_address(r->target))
        return part_name(r->call->arena, r->target);
    return part_name(r->call->arena, text_format(r->call->arena, "%s/honghua-restore",
                                                 folder != NULL && folder[0] != 0 ? folder : "/tmp"));
}

static bool prepare(struct restore *r, struct err *e)
{
    struct op_call *call = r->call;
    bool named;
    r->file = text_copy(call->arena, op_value(call, "file")->s);
    r->target = text_copy(call->arena, call->session->db);
    if (r->file.at == NULL || r->target.at == NULL
        || !session_key_path(r->target, call->session->key_file, call->arena, &r->key_file, &named))
        return err_fail(e, &OUT_OF_MEMORY);
    if (text_is_empty(r->key_file))
        return err_fail_text(e, &SESSION_KEY_UNNAMED, "file", r->target);
    r->part = place_of_part(r);
    if (r->part.at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    return check_target(r, e) && vault_open(r->key_file.at, &r->vault, e);
}

/* The journal of what was taken out of the backup. */
static bool verify(struct restore *r, struct session *from, struct err *e)
{
    uint64_t faults = 0;
    bool unauthenticated = false;
    if (!journal_verify(from->journal, NULL, NULL, &r->entries, &faults, &unauthenticated, e))
        return false;
    if (faults == 0 && !unauthenticated)
        return true;
    err_fail_text(e, &BACKUP_JOURNAL, "file", r->file);
    err_add_int(e, "faults", (int64_t)(faults > 0 ? faults : 1));
    return false;
}

/* Row by row onto a server, which has it all or nothing; what a program of then wrote is held against the
 * seal. */
static bool onto_server(struct restore *r, struct session *from, struct err *e)
{
    struct store *to = NULL;
    struct content *content = content_new(r->call);
    unsigned char digest[SEAL_DIGEST_SIZE];
    int64_t rows = 0;
    if (content == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    bool good =
        store_open(r->target.at, STORE_CREATE, &to, e) && session_copy(from, to, content_add, content, e);
    content_digest(content, digest, &rows);
    if (good && !store_upgraded(from->store) && memcmp(digest, r->seal.content, sizeof digest) != 0)
        good = err_fail_text(e, &BACKUP_DIFFERS, "file", r->file);
    good = good && store_publish(to, e);
    store_close(to);
    return good;
}

/* Opens what was taken out, as a database of this program. */
static bool open_part(struct restore *r, struct session *from, struct err *e)
{
    const struct session_options options = {
        .db = r->part, .key_file = r->key_file, .write = true, .need_key = true};
    if (session_open(from, &options, e))
        return true;
    if (err_is(e, &STORE_NEWER)) {
        *e = (struct err){.kind = NULL};
        return err_fail_text(e, &BACKUP_NEWER, "file", r->file);
    }
    return false;
}

static bool put_in_place(struct restore *r, struct err *e)
{
    struct session from = {.store = NULL};
    bool server = store_is_address(r->target);
    bool good = open_part(r, &from, e) && verify(r, &from, e) && (!server || onto_server(r, &from, e));
    session_close(&from);
    if (!good || server)
        return good;
    return (part_is_whole(r->part.at) || file_fail_write(e, r->target.at, ENOSPC))
           && part_publish(r->part.at, r->target.at, e);
}

static bool run_restore(struct op_call *call, struct err *e)
{
    struct restore *r = arena_take(call->arena, sizeof *r);
    if (r == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    call->result = r;
    *r = (struct restore){.call = call};
    bool good = prepare(r, e) && seal_open(r->file.at, r->part.at, r->vault, &r->seal, e);
    if (good) {
        good = put_in_place(r, e);
        part_remove(r->part.at); /* of a file nothing is left under that name once it is in place */
    }
    vault_close(r->vault);
    r->vault = NULL;
    return good;
}

static bool json_restore(struct op_call *call, struct json *out, struct err *e)
{
    const struct restore *r = call->result;
    (void)e;
    json_object(out);
    seal_json(out, r->file, &r->seal);
    json_key(out, "entries");
    json_int(out, (int64_t)r->entries);
    json_object_end(out);
    return true;
}

static bool show_restore(struct op_call *call, struct print *p, struct err *e)
{
    const struct restore *r = call->result;
    struct text shown;
    char made[25];
    if (!store_shown(r->target.at, call->arena, &shown, e))
        return false;
    clock_format(r->seal.made_ms, made);
    print_line(
        p, PRINT_GOOD,
        print_say(
            p, "已恢复到“%.*s”：%.10s 的备份，%lld 行，%llu 条变动记录全部核对无误。",
            "Restored to \"%.*s\": the backup of %.10s, %lld rows; all %llu entries of the journal verify."),
        TEXT_ARG(shown), made, (long long)r->seal.rows, (unsigned long long)r->entries);
    print_line(p, PRINT_PLAIN, print_say(p, "它的密钥是“%.*s”。", "Its key is \"%.*s\"."),
               TEXT_ARG(r->key_file));
    return true;
}

const struct op op_restore = {
    .name = "restore",
    .zh = "从备份恢复为 --db 所指的新数据库",
    .en = "make the database of --db, which is not there yet, from a backup",
    .parameters = parameters,
    .count = COUNT_OF(parameters),
    .needs = OP_NEEDS_ABSENT,
    .writes = true,
    .run = run_restore,
    .json = json_restore,
    .show = show_restore,
};
