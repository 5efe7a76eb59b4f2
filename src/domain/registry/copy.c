/* `copy`: the whole database to another one, of either engine. Always holds: the target is whole, with the
 * same digest for each table, or is not there. */
#include "store/copy.h"
#include "base/base.err.h"
#include "domain/registry/parts.h"
#include "engine/record/record.err.h"
#include <stdio.h>

#define COPY_TABLES_MAX 1024

struct table_copied {
    struct text name;
    int64_t rows;
    char digest[2 * COPY_DIGEST_SIZE + 1];
};
struct copy {
    struct op_call *call;
    struct text shown; /* the target */
    size_t count;
    uint64_t rows;
    struct table_copied tables[COPY_TABLES_MAX];
};

static const struct op_parameter parameters[] = {
    {.name = "from",
     .type = OP_PATH,
     .required = true,
     .value = "FILE|URL",
     .zh = "原数据库：文件名或 postgresql:// 地址",
     .en = "the database to copy: a file or a postgresql:// address"},
    {.name = "to",
     .type = OP_PATH,
     .required = true,
     .value = "FILE|URL",
     .zh = "目标：还不存在的文件，或空的 PostgreSQL 数据库",
     .en = "where to: a file that is not there yet, or an empty PostgreSQL database"},
};

static bool table_done(void *user, const struct copied *table, struct err *e)
{
    struct copy *c = user;
    if (c->count == COPY_TABLES_MAX) {
        err_fail_text(e, &LIMIT, "what", TEXT("tables"));
        err_add_int(e, "max", COPY_TABLES_MAX);
        return false;
    }
    struct table_copied *t = &c->tables[c->count++];
    t->name = text_copy(c->call->arena, table->table);
    t->rows = table->rows;
    c->rows += (uint64_t)table->rows;
    for (size_t i = 0; i < COPY_DIGEST_SIZE; i++)
        snprintf(t->digest + 2 * i, 3, "%02x", table->digest[i]);
    if (t->name.at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    return op_progress(c->call, "copy", c->rows, 0) || err_fail(e, &RECORD_CANCELLED);
}

static bool run_copy(struct op_call *call, struct err *e)
{
    struct copy *c = arena_take(call->arena, sizeof *c);
    struct session from;
    struct store *to = NULL;
    const char *target = op_value(call, "to")->s.at;
    const struct session_options options = {
        .db = op_value(call, "from")->s, .key_file = call->session->key_file, .need_key = true};
    if (c == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    c->call = call;
    call->result = c;
    bool good = session_open(&from, &options, e) && store_shown(target, call->arena, &c->shown, e)
                && store_open(target, STORE_CREATE, &to, e) && session_copy(&from, to, table_done, c, e)
                && store_publish(to, e);
    store_close(to);
    session_close(&from);
    return good;
}

static bool json_copy(struct op_call *call, struct json *out, struct err *e)
{
    const struct copy *c = call->result;
    (void)e;
    json_object(out);
    for (size_t i = 0; i < c->count; i++) {
        json_key(out, c->tables[i].name.at);
        json_int(out, c->tables[i].rows);
    }
    json_object_end(out);
    return true;
}

static bool show_copy(struct op_call *call, struct print *p, struct err *e)
{
    const struct copy *c = call->result;
    struct print_table *table = print_table_new(call->arena, 3);
    (void)e;
    print_table_right(table, 1);
    print_table_head(table, call->lang == LANG_ZH ? (const char *const[]){"表", "行数", "摘要"}
                                                  : (const char *const[]){"Table", "Rows", "Digest"});
    for (size_t i = 0; i < c->count; i++)
        print_table_row(table, PRINT_PLAIN,
                        (struct text[]){c->tables[i].name,
                                        text_format(call->arena, "%lld", (long long)c->tables[i].rows),
                                        text_of(c->tables[i].digest)});
    print_table_end(table, p);
    print_line(p, PRINT_GOOD,
               print_say(p, "已复制到“%.*s”，每张表读回的摘要都一致。",
                         "Copied to \"%.*s\"; every table reads back with the same digest."),
               TEXT_ARG(c->shown));
    print_next(p, "honghua --db 目标 journal verify", "honghua --db TARGET journal verify");
    return true;
}

const struct op op_copy = {
    .name = "copy",
    .zh = "把整个数据库复制到另一个（SQLite 与 PostgreSQL 之间也可以）",
    .en = "copy the whole database to another, SQLite or PostgreSQL",
    .parameters = parameters,
    .count = COUNT_OF(parameters),
    .needs = OP_NEEDS_ABSENT,
    .writes = true,
    .run = run_copy,
    .json = json_copy,
    .show = show_copy,
};
