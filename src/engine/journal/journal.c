/* Appending to the logs and reading them; see journal.h. What is written in one batch is kept in struct
 * county_log until its heads stand; nothing survives a rollback, because each batch reads the newest heads
 * anew. */
#include "engine/journal/journal.h"
#include "base/base.err.h"
#include "base/system.h"
#include "engine/journal/journal.err.h"
#include "engine/journal/log.h"
#include "engine/journal/pipe.h"
#include "engine/vault/vault.h"
#include <assert.h>
#include <sodium.h>

#define PIPE_FROM 512 /* entries in a batch from which on another thread makes them */
#define LOGS_MAX (64u << 20)
#define LIST_MAX (64u << 20)

static const char insert_entry[] = "INSERT INTO journal_entry (county, position, record, leaf, entry, "
                                   "sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
static const char newest_head[] =
    "SELECT size, edge FROM journal_head WHERE county = ?1 ORDER BY size DESC LIMIT 1";
static const char insert_head[] = "INSERT INTO journal_head (county, size, batch, at_ms, root, edge, mac) "
                                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
/* scan: one row a county and batch, read once a batch through the key */
static const char newest_heads[] =
    "SELECT h.county, h.size, h.root FROM journal_head h JOIN (SELECT county, max(size) AS size FROM "
    "journal_head "
    "GROUP BY county) n ON n.county = h.county AND n.size = h.size ORDER BY h.county";
static const char update_state[] = "UPDATE journal_state SET heads = ?1, mac = ?2 WHERE id = 1";
static const char one_entry[] = "SELECT entry FROM journal_entry WHERE county = ?1 AND position = ?2";
static const char list_record[] =
    "SELECT county, entry, sealed FROM journal_entry WHERE record = ?1 ORDER BY county, position LIMIT ?2";
/* scan: the whole log was asked for */
static const char list_all[] =
    "SELECT county, entry, sealed FROM journal_entry ORDER BY county, position LIMIT ?2";
static const char list_record_newest[] =
    "SELECT county, entry, sealed FROM journal_entry WHERE record = ?1 ORDER BY county DESC, position DESC "
    "LIMIT ?2";
static const char list_all_newest[] =
    "SELECT county, entry, sealed FROM journal_entry ORDER BY county DESC, position DESC LIMIT ?2";

/* scan: of heads, one for each batch; the entries of one lie behind those of the head before it */
static const char list_batch[] =
    "SELECT e.county, e.entry, e.sealed FROM journal_head h JOIN journal_entry e ON e.county = h.county AND "
    "e.position <= h.size AND e.position >= coalesce((SELECT max(p.size) FROM journal_head p WHERE p.county "
    "= "
    "h.county AND p.size < h.size), 0) WHERE h.batch = ?1 ORDER BY e.county DESC, e.position DESC LIMIT ?2";

bool journal_open(struct store *db, const struct vault *vault, struct arena *a, struct journal **out,
                  struct err *e)
{
    struct journal *log = arena_take(a, sizeof *log);
    if (log == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    log->db = db;
    log->vault = vault;
    arena_init(&log->logs_arena, LOGS_MAX);
    entry_maker_init(&log->maker, vault, &log->batch);
    store_before_commit(db, journal_check, log);
    *out = log;
    return true;
}

static void insert_close(struct journal *log)
{
    statement_close(log->insert);
    log->insert = NULL;
}

static void logs_forget(struct journal *log)
{
    pipe_close(log->pipe);
    log->pipe = NULL;
    log->appended = 0;
    for (size_t i = 0; i < log->log_count; i++)
        entry_likes_clear(&log->logs[i]->likes);
    log->logs = NULL;
    log->log_count = log->log_room = 0;
    log->last = NULL;
    log->open = log->ended = false;
    arena_rewind(&log->logs_arena, (struct arena_mark){NULL, 0, 0});
}

void journal_close(struct journal *log)
{
    if (log == NULL)
        return;
    insert_close(log);
    logs_forget(log);
    entry_maker_clear(&log->maker);
    arena_clear(&log->logs_arena);
}

struct text hash_bytes(const struct merkle_hash *hash)
{
    return (struct text){(const char *)hash->at, MERKLE_HASH_SIZE};
}

bool merkle_from(int64_t size, struct text edge, struct merkle *out)
{
    *out = (struct merkle){.size = (uint64_t)size};
    if (size < 0 || edge.size != merkle_edge_count(out) * MERKLE_HASH_SIZE)
        return false;
    if (edge.size != 0)
        memcpy(out->edge, edge.at, edge.size);
    return true;
}

bool journal_begin(struct journal *log, struct uuid batch, struct text by, struct text why, struct err *e)
{
    if (log->vault == NULL)
        return err_fail(e, &JOURNAL_KEY_ABSENT);
    logs_forget(log);
    entry_maker_begin(&log->maker);
    log->at_ms = clock_now_ms();
    clock_format(log->at_ms, log->batch.at);
    uuid_format(batch, log->batch.batch);
    log->batch.by = text_copy(&log->logs_arena, by.at != NULL ? by : TEXT(""));
    log->batch.why = text_copy(&log->logs_arena, why.at != NULL ? why : TEXT(""));
    if (log->batch.by.at == NULL || log->batch.why.at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (log->insert == NULL)
        log->insert = statement_open(log->db, text_of(insert_entry), e);
    log->open = log->insert != NULL;
    return log->open;
}

static bool log_load(struct journal *log, struct county_log *c, struct err *e)
{
    struct statement *s = statement_open(log->db, text_of(newest_head), e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(text_of(c->county)));
    enum step step = statement_step(s, e);
    bool good = step != STEP_FAILED;
    if (step == STEP_ROW && !merkle_from(statement_column(s, 0).n, statement_column(s, 1).s, &c->tree))
        good = err_fail_text(e, &JOURNAL_UNSOUND, "county", text_of(c->county));
    c->before = c->tree;
    c->next = c->tree.size;
    statement_close(s);
    return good;
}

static struct county_log *log_add(struct journal *log, struct text county, struct err *e)
{
    if (log->log_count == log->log_room) {
        size_t room = log->log_room == 0 ? 8 : 2 * log->log_room;
        struct county_log **more = arena_take_many(&log->logs_arena, room, sizeof(struct county_log *));
        if (more == NULL)
            return err_fail(e, &OUT_OF_MEMORY), NULL;
        if (log->log_count != 0)
            memcpy(more, log->logs, log->log_count * sizeof *more);
        log->logs = more;
        log->log_room = room;
    }
    struct county_log *c = arena_take(&log->logs_arena, sizeof *c);
    if (c == NULL)
        return err_fail(e, &OUT_OF_MEMORY), NULL;
    memcpy(c->county, county.at, COUNTY_SIZE);
    if (!log_load(log, c, e))
        return NULL;
    log->logs[log->log_count++] = c;
    return c;
}

static struct county_log *log_of(struct journal *log, struct text county, struct err *e)
{
    assert(county.size == COUNTY_SIZE);
    if (log->last != NULL && memcmp(log->last->county, county.at, COUNTY_SIZE) == 0)
        return log->last;
    for (size_t i = 0; i < log->log_count; i++)
        if (memcmp(log->logs[i]->county, county.at, COUNTY_SIZE) == 0)
            return log->last = log->logs[i];
    return log->last = log_add(log, county, e);
}

static bool entry_insert(struct journal *log, struct county_log *c, const struct entry_head *head,
                         const struct entry_made *made, struct err *e)
{
    assert(head->position == c->tree.size); /* entries come in order */
    statement_bind(log->insert, 1, value_text(head->county));
    statement_bind(log->insert, 2, value_int((int64_t)head->position));
    statement_bind(log->insert, 3, value_text(head->record));
    statement_bind(log->insert, 4, value_bytes(hash_bytes(&made->leaf)));
    statement_bind(log->insert, 5, value_text(made->entry));
    statement_bind(log->insert, 6, made->sealed.at != NULL ? value_bytes(made->sealed) : value_none());
    if (!statement_send(log->insert, e))
        return false;
    merkle_add(&c->tree, &made->leaf);
    return true;
}

/* ---- entries made on another thread ---- */

/* Writes what has been made; `all`: waits for everything that was put. */
static bool pipe_drain(struct journal *log, bool all, struct err *e)
{
    struct pipe_job *job;
    while ((job = pipe_made(log->pipe, all)) != NULL) {
        if (!job->good) {
            if (e->kind == NULL)
                *e = job->err;
            return false;
        }
        if (!entry_insert(log, job->log, &job->head, &job->made, e))
            return false;
        pipe_done(log->pipe);
    }
    return true;
}

static size_t text_size(struct value v)
{
    return v.kind == VALUE_TEXT || v.kind == VALUE_BYTES ? v.s.size : 0;
}

static struct text put_text(char **to, struct text t)
{
    struct text copy = {*to, t.size};
    if (t.size != 0)
        memcpy(*to, t.at, t.size);
    *to += t.size;
    return copy;
}

static void put_value(char **to, struct value *v)
{
    if (v->kind == VALUE_TEXT || v->kind == VALUE_BYTES)
        v->s = put_text(to, v->s);
}

/* The job's own copy, in one piece: "keeps nothing of the arguments". */
static bool job_fill(struct pipe_job *job, struct county_log *c, struct text entity, struct text record,
                     const struct journal_change *changes, size_t count)
{
    size_t size = entity.size + record.size + 1;
    for (size_t i = 0; i < count; i++)
        size += changes[i].field.size + text_size(changes[i].before) + text_size(changes[i].after);
    job->log = c;
    job->changes = arena_take_many(&job->arena, count + 1, sizeof *changes);
    job->count = count;
    char *to = arena_take(&job->arena, size);
    if (job->changes == NULL || to == NULL)
        return false;
    job->head =
        (struct entry_head){text_of(c->county), put_text(&to, entity), put_text(&to, record), c->next};
    for (size_t i = 0; i < count; i++) {
        job->changes[i] = changes[i];
        job->changes[i].field = put_text(&to, changes[i].field);
        put_value(&to, &job->changes[i].before);
        put_value(&to, &job->changes[i].after);
    }
    return true;
}

static bool append_by_pipe(struct journal *log, struct county_log *c, struct text entity, struct text record,
                           const struct journal_change *changes, size_t count, struct err *e)
{
    struct pipe_job *job = pipe_take(log->pipe);
    if (job == NULL) { /* full: what is made goes, at least one */
        struct pipe_job *oldest = pipe_made(log->pipe, true);
        assert(oldest != NULL);
        if (!pipe_drain(log, false, e))
            return false;
        job = pipe_take(log->pipe);
    }
    assert(job != NULL);
    if (!job_fill(job, c, entity, record, changes, count))
        return err_fail(e, &OUT_OF_MEMORY);
    pipe_put(log->pipe);
    c->next++;
    return true;
}

bool journal_append(struct journal *log, struct text county, struct text entity, struct text record,
                    const struct journal_change *changes, size_t count, struct err *e)
{
    assert(log->open);
    struct county_log *c = log_of(log, county, e);
    if (c == NULL)
        return false;
    if (log->pipe == NULL && ++log->appended == PIPE_FROM)
        log->pipe = pipe_open(&log->maker);
    if (log->pipe != NULL)
        return append_by_pipe(log, c, entity, record, changes, count, e);
    const struct entry_head head = {text_of(c->county), entity, record, c->next};
    struct entry_made made;
    if (!entry_make(&log->maker, &c->likes, &head, changes, count, &made, e)
        || !entry_insert(log, c, &head, &made, e))
        return false;
    c->next++;
    return true;
}

static void mac_text(struct buf *out, struct text t)
{
    buf_add_int(out, (int64_t)t.size);
    buf_add_char(out, ':');
    buf_add(out, t);
}

void head_mac(const struct vault *vault, const struct head *head, unsigned char out[32])
{
    struct buf message;
    buf_init(&message, 16 * 1024);
    mac_text(&message, TEXT("journal head"));
    mac_text(&message, head->county);
    mac_text(&message, head->batch);
    buf_add_int(&message, head->size);
    buf_add_char(&message, ' ');
    buf_add_int(&message, head->at_ms);
    mac_text(&message, hash_bytes(&head->root));
    mac_text(&message, head->edge);
    memset(out, 0, 32);
    if (!message.failed)
        vault_mac(vault, buf_text(&message), out);
    buf_clear(&message);
}

void state_mac(const struct vault *vault, struct text heads, unsigned char out[32])
{
    struct buf message;
    buf_init(&message, LIST_MAX);
    mac_text(&message, TEXT("journal state"));
    mac_text(&message, heads);
    memset(out, 0, 32);
    if (!message.failed)
        vault_mac(vault, buf_text(&message), out);
    buf_clear(&message);
}

static bool head_insert(struct journal *log, const struct county_log *c, struct err *e)
{
    struct head head = {.county = text_of(c->county),
                        .batch = text_of(log->batch.batch),
                        .size = (int64_t)c->tree.size,
                        .at_ms = log->at_ms,
                        .edge = {(const char *)c->tree.edge, merkle_edge_count(&c->tree) * MERKLE_HASH_SIZE}};
    unsigned char mac[32];
    merkle_root(&c->tree, &head.root);
    head_mac(log->vault, &head, mac);
    struct statement *s = statement_open(log->db, text_of(insert_head), e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(head.county));
    statement_bind(s, 2, value_int(head.size));
    statement_bind(s, 3, value_text(head.batch));
    statement_bind(s, 4, value_int(head.at_ms));
    statement_bind(s, 5, value_bytes(hash_bytes(&head.root)));
    statement_bind(s, 6, value_bytes(head.edge));
    statement_bind(s, 7, value_bytes((struct text){(const char *)mac, sizeof mac}));
    bool good = statement_run(s, e);
    statement_clear(s);
    statement_close(s);
    return good;
}

bool state_read(struct store *db, struct buf *out, struct err *e)
{
    struct statement *s = statement_open(db, text_of(newest_heads), e);
    if (s == NULL)
        return false;
    enum step step;
    buf_add_char(out, '[');
    while ((step = statement_step(s, e)) == STEP_ROW) {
        char hex[2 * MERKLE_HASH_SIZE + 1] = "";
        struct text county = statement_column(s, 0).s, root = statement_column(s, 2).s;
        if (root.size == MERKLE_HASH_SIZE)
            sodium_bin2hex(hex, sizeof hex, (const unsigned char *)root.at, root.size);
        buf_add_format(out, "%s[\"%.*s\",%lld,\"%s\"]", out->size > 1 ? "," : "", TEXT_ARG(county),
                       (long long)statement_column(s, 1).n, hex);
    }
    buf_add_char(out, ']');
    statement_close(s);
    if (step == STEP_DONE && out->failed)
        return err_fail(e, &OUT_OF_MEMORY);
    return step == STEP_DONE;
}

static bool state_write(struct journal *log, struct err *e)
{
    struct buf heads;
    unsigned char mac[32];
    buf_init(&heads, LIST_MAX);
    bool good = state_read(log->db, &heads, e);
    struct statement *s = good ? statement_open(log->db, text_of(update_state), e) : NULL;
    if (s != NULL) {
        state_mac(log->vault, buf_text(&heads), mac);
        statement_bind(s, 1, value_text(buf_text(&heads)));
        statement_bind(s, 2, value_bytes((struct text){(const char *)mac, sizeof mac}));
        good = statement_run(s, e);
        statement_clear(s);
        statement_close(s);
    }
    buf_clear(&heads);
    return good && s != NULL;
}

bool journal_end(struct journal *log, struct err *e)
{
    assert(log->open);
    bool good = log->pipe == NULL || pipe_drain(log, true, e);
    pipe_close(log->pipe);
    log->pipe = NULL;
    for (size_t i = 0; good && i < log->log_count; i++)
        if (log->logs[i]->tree.size != log->logs[i]->before.size)
            good = head_insert(log, log->logs[i], e);
    good = good && state_write(log, e);
    insert_close(log);
    log->open = false;
    log->ended = good;
    return good;
}

void journal_abandon(struct journal *log)
{
    insert_close(log);
    logs_forget(log);
}

/* The entry whose fields another one has. */
static bool find_entry(void *user, struct text county, int64_t position, struct arena *a,
                       struct text *entry_out, struct err *e)
{
    struct journal *log = user;
    struct statement *s = statement_open(log->db, text_of(one_entry), e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(county));
    statement_bind(s, 2, value_int(position));
    enum step step = statement_step(s, e);
    if (step == STEP_ROW)
        *entry_out = text_copy(a, statement_column(s, 0).s);
    statement_close(s);
    if (step == STEP_DONE)
        err_fail_text(e, &JOURNAL_UNSOUND, "county", county);
    return step == STEP_ROW && (entry_out->at != NULL || err_fail(e, &OUT_OF_MEMORY));
}

static bool list(struct journal *log, const char *sql, struct text what, int64_t limit,
                 bool (*each)(void *user, const struct journal_entry *entry), void *user, struct err *e)
{
    struct statement *s = statement_open(log->db, text_of(sql), e);
    struct arena a;
    if (s == NULL)
        return false;
    arena_init(&a, LIST_MAX);
    statement_many(s);
    const struct entry_reader reader = {log->vault, &a, find_entry, log};
    if (what.at != NULL)
        statement_bind(s, 1, value_text(what));
    statement_bind(s, 2, value_int(limit < 0 ? INT64_MAX : limit));
    bool good = true, more = true;
    while (good && more) {
        enum step step = statement_step(s, e);
        struct journal_entry entry;
        good = step != STEP_FAILED;
        more = step == STEP_ROW;
        if (!more)
            break;
        arena_rewind(&a, (struct arena_mark){NULL, 0, 0});
        struct value sealed = statement_column(s, 2);
        good = entry_read(&reader, statement_column(s, 0).s, statement_column(s, 1).s,
                          sealed.kind == VALUE_BYTES ? sealed.s : TEXT_NONE, &entry, e);
        more = good && each(user, &entry);
    }
    statement_clear(s);
    statement_close(s);
    arena_clear(&a);
    return good;
}

bool journal_list(struct journal *log, struct text record, int64_t limit,
                  bool (*each)(void *user, const struct journal_entry *entry), void *user, struct err *e)
{
    return list(log, record.at != NULL ? list_record : list_all, record, limit, each, user, e);
}

bool journal_list_newest(struct journal *log, struct text record, int64_t limit,
                         bool (*each)(void *user, const struct journal_entry *entry), void *user,
                         struct err *e)
{
    return list(log, record.at != NULL ? list_record_newest : list_all_newest, record, limit, each, user, e);
}

struct of_batch {
    struct text batch;
    bool (*each)(void *user, const struct journal_entry *entry);
    void *user;
};
static bool is_of_batch(void *user, const struct journal_entry *entry)
{
    struct of_batch *of = user;
    return !text_equal(entry->batch, of->batch) || of->each(of->user, entry);
}

bool journal_batch(struct journal *log, struct text batch,
                   bool (*each)(void *user, const struct journal_entry *entry), void *user, struct err *e)
{
    return list(log, list_batch, batch, -1, is_of_batch, &(struct of_batch){batch, each, user}, e);
}
