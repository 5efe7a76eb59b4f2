/* `backup`: the whole database as one file, while others go on working. Always holds: a file of that name is
 * a whole backup, and the journal told of it before it had the name. */
#include "domain/backup/backup.h"
#include "base/base.err.h"
#include "base/system.h"
#include "domain/backup/backup.err.h"
#include "domain/backup/parts.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

struct backup {
    struct op_call *call;
    struct text file, part;
    struct seal seal;
};

static const struct op_parameter parameters[] = {
    {.name = "file",
     .type = OP_OUT_PATH,
     .positional = true,
     .required = true,
     .value = "FILE",
     .zh = "备份文件，须是还没有的文件名",
     .en = "the backup: a file that is not there yet"},
};

/* Whether the file can be made at all, before the long work. */
static bool check_place(const struct backup *b, struct err *e)
{
    if (file_exists(b->file.at))
        return err_fail_text(e, &BACKUP_EXISTS, "file", b->file);
    int fd = open(b->part.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return file_fail_write(e, b->file.at, errno);
    close(fd);
    unlink(b->part.at);
    return true;
}

static bool fill(struct backup *b, struct err *e)
{
    struct store *to = NULL;
    struct content *content = content_new(b->call);
    if (content == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    bool good = store_open(b->part.at, STORE_CREATE, &to, e)
                && session_copy(b->call->session, to, content_add, content, e) && store_publish(to, e);
    store_close(to);
    content_digest(content, b->seal.content, &b->seal.rows);
    return good && (part_is_whole(b->part.at) || file_fail_write(e, b->file.at, ENOSPC));
}

/* The office's own log tells of it: a copy of everything leaves the database. */
static bool journal_backup(struct backup *b, struct err *e)
{
    struct session *s = b->call->session;
    char county[7] = "000000", digest[2 * SEAL_DIGEST_SIZE + 1];
    if (s->office_code.size >= 6)
        memcpy(county, s->office_code.at, 6);
    sodium_bin2hex(digest, sizeof digest, b->seal.content, sizeof b->seal.content);
    const struct journal_change changes[] = {{.field = TEXT("digest"), .after = value_text(text_of(digest))},
                                             {.field = TEXT("rows"), .after = value_int(b->seal.rows)}};
    if (!store_begin(s->store, e))
        return false;
    bool good =
        journal_begin(s->journal, uuid_make(), b->call->by, TEXT("backup"), e)
        && journal_append(s->journal, text_of(county), TEXT("backup"), b->file, changes, COUNT_OF(changes), e)
        && journal_end(s->journal, e);
    if (!good)
        journal_abandon(s->journal);
    return store_end(s->store, good, e);
}

static bool run_backup(struct op_call *call, struct err *e)
{
    struct backup *b = arena_take(call->arena, sizeof *b);
    if (b == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    call->result = b;
    *b = (struct backup){.call = call, .seal = {.made_ms = clock_now_ms()}};
    b->file = text_copy(call->arena, op_value(call, "file")->s);
    b->part = part_name(call->arena, b->file);
    if (b->file.at == NULL || b->part.at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!check_place(b, e))
        return false;
    bool good = fill(b, e) && seal_add(b->part.at, call->session->vault, &b->seal, e) && journal_backup(b, e)
                && part_publish(b->part.at, b->file.at, e);
    if (!good)
        part_remove(b->part.at);
    return good;
}

static bool json_backup(struct op_call *call, struct json *out, struct err *e)
{
    const struct backup *b = call->result;
    (void)e;
    json_object(out);
    seal_json(out, b->file, &b->seal);
    json_object_end(out);
    return true;
}

static bool show_backup(struct op_call *call, struct print *p, struct err *e)
{
    const struct backup *b = call->result;
    (void)e;
    print_line(p, PRINT_GOOD,
               print_say(p, "已备份到“%.*s”，共 %lld 行。", "Backed up to \"%.*s\": %lld rows."),
               TEXT_ARG(b->file), (long long)b->seal.rows);
    print_line(
        p, PRINT_PLAIN, "%s",
        print_say(
            p, "备份里的证件号码、电话、账号仍是密文，密钥不在其中：请把密钥文件另存一份，与备份分开保管。",
            "Certificates, phones and accounts are sealed in it, and the key is not in it: keep a copy of "
            "the key file, apart from the backup."));
    print_next(p, "honghua --db 新文件 --key-file 密钥 restore 备份，试一次恢复",
               "honghua --db NEW --key-file KEY restore BACKUP tries it");
    return true;
}

const struct op op_backup = {
    .name = "backup",
    .zh = "备份整个数据库为一个文件（使用中也可以）",
    .en = "the whole database as one file, also while it is in use",
    .parameters = parameters,
    .count = COUNT_OF(parameters),
    .needs = OP_NEEDS_KEY,
    .writes = true,
    .run = run_backup,
    .json = json_backup,
    .show = show_backup,
};

static const struct op *const all[] = {&op_backup, &op_restore};
const struct op_list backup_ops = {all, COUNT_OF(all)};
