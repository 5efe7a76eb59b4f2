/* Looking for what was altered: the check before a commit, and journal_verify. */
#include "base/base.err.h"
#include "engine/journal/canon.h"
#include "engine/journal/journal.err.h"
#include "engine/journal/log.h"
#include "engine/vault/vault.h"
#include <sodium.h>

#define STATE_MAX (64u << 20)

static const char entries_from[] =
    "SELECT position, leaf, entry, record FROM journal_entry WHERE county = ?1 AND "
    "position >= ?2 ORDER BY position";
static const char heads_of[] =
    "SELECT size, batch, at_ms, root, edge, mac FROM journal_head WHERE county = ?1 "
    "ORDER BY size";
/* scan: verifying reads everything */
static const char counties[] =
    "SELECT county FROM journal_head UNION SELECT county FROM journal_entry ORDER BY 1";
static const char read_state[] = "SELECT heads, mac FROM journal_state WHERE id = 1";

/* ---- before a commit ---- */

static bool appended_stand(struct journal *log, const struct county_log *c, struct err *e)
{
    struct statement *s = statement_open(log->db, text_of(entries_from), e);
    struct merkle tree = c->before;
    struct merkle_hash root, expected, leaf;
    enum step step;
    bool good = true;
    if (s == NULL)
        return false;
    statement_many(s);
    statement_bind(s, 1, value_text(text_of(c->county)));
    statement_bind(s, 2, value_int((int64_t)c->before.size));
    while ((step = statement_step(s, e)) == STEP_ROW && good) {
        merkle_leaf(statement_column(s, 2).s, &leaf);
        good = statement_column(s, 0).n == (int64_t)tree.size
               && text_equal(statement_column(s, 1).s, hash_bytes(&leaf));
        merkle_add(&tree, &leaf);
    }
    statement_clear(s);
    statement_close(s);
    if (step == STEP_FAILED)
        return false;
    merkle_root(&tree, &root);
    merkle_root(&c->tree, &expected);
    return (good && tree.size == c->tree.size && merkle_equal(&root, &expected))
           || err_fail_text(e, &JOURNAL_UNSOUND, "county", text_of(c->county));
}

bool journal_check(struct store *db, void *journal, struct err *e)
{
    struct journal *log = journal;
    (void)db;
    if (log->open) /* entries without their head */
        return err_fail_text(e, &JOURNAL_UNSOUND, "county",
                             log->log_count != 0 ? text_of(log->logs[0]->county) : TEXT(""));
    bool good = true;
    for (size_t i = 0; log->ended && good && i < log->log_count; i++)
        good = appended_stand(log, log->logs[i], e);
    log->ended = false;
    return good;
}

/* ---- verifying ---- */

struct verifying {
    struct journal *log;
    void (*each)(void *user, const struct journal_fault *fault);
    void *user;
    uint64_t entries, faults;
    bool unauthenticated;
    struct buf scratch;
    struct err *e;
};

static void fault(struct verifying *v, const char *what, struct text county, int64_t position)
{
    v->faults++;
    if (v->each != NULL)
        v->each(v->user, &(struct journal_fault){what, county, position});
}

/* The heads of a county, read beside its entries. */
struct heads {
    struct statement *s;
    bool more;
    struct head now;
    struct text mac;
    int64_t newest; /* size of the last one that was passed */
};

static bool heads_next(struct heads *h, struct text county, struct err *e)
{
    enum step step = statement_step(h->s, e);
    h->more = step == STEP_ROW;
    if (!h->more)
        return step == STEP_DONE;
    struct text root = statement_column(h->s, 3).s;
    h->now = (struct head){.county = county,
                           .batch = statement_column(h->s, 1).s,
                           .size = statement_column(h->s, 0).n,
                           .at_ms = statement_column(h->s, 2).n,
                           .edge = statement_column(h->s, 4).s};
    if (root.size == MERKLE_HASH_SIZE)
        memcpy(h->now.root.at, root.at, root.size);
    h->mac = statement_column(h->s, 5).s;
    return true;
}

static bool head_holds(struct verifying *v, const struct heads *h, const struct merkle *tree)
{
    struct merkle_hash root;
    unsigned char mac[32];
    struct text edge = {(const char *)tree->edge, merkle_edge_count(tree) * MERKLE_HASH_SIZE};
    merkle_root(tree, &root);
    if (!merkle_equal(&root, &h->now.root) || !text_equal(edge, h->now.edge))
        return false;
    if (v->log->vault == NULL) {
        v->unauthenticated = true;
        return true;
    }
    head_mac(v->log->vault, &h->now, mac);
    return text_equal((struct text){(const char *)mac, sizeof mac}, h->mac);
}

/* Every head of exactly this size. */
static bool heads_pass(struct verifying *v, struct heads *h, struct text county, const struct merkle *tree)
{
    while (h->more && h->now.size <= (int64_t)tree->size) {
        if (h->now.size < (int64_t)tree->size || !head_holds(v, h, tree))
            fault(v, "head", county, h->now.size);
        h->newest = h->now.size;
        if (!heads_next(h, county, v->e))
            return false;
    }
    return true;
}

static void entry_verify(struct verifying *v, struct text county, struct merkle *tree,
                         const struct statement *row)
{
    struct merkle_hash leaf;
    int64_t position = statement_column(row, 0).n;
    struct text kept = statement_column(row, 1).s, entry = statement_column(row, 2).s;
    const struct entry_head head = {
        .county = county, .record = statement_column(row, 3).s, .position = (uint64_t)position};
    merkle_leaf(entry, &leaf);
    if (!text_equal(kept, hash_bytes(&leaf)))
        fault(v, "changed", county, position);
    else if (!entry_is_at(entry, &head, &v->scratch))
        fault(v, "moved", county, position);
    /* The kept leaf goes into the tree: one changed entry is one fault, and heads tell whether the leaf was
     * forged, too. */
    if (kept.size == MERKLE_HASH_SIZE)
        memcpy(leaf.at, kept.at, kept.size);
    merkle_add(tree, &leaf);
}

static bool county_walk(struct verifying *v, struct text county, struct heads *h, struct statement *rows)
{
    struct merkle tree = {.size = 0};
    bool good = heads_pass(v, h, county, &tree), whole = true;
    enum step step = STEP_DONE;
    int64_t next = 0;
    while (good && (step = statement_step(rows, v->e)) == STEP_ROW) {
        int64_t position = statement_column(rows, 0).n;
        if (position != next)
            fault(v, "missing", county, next);
        whole = whole && position == next;
        next = position + 1;
        v->entries++;
        entry_verify(v, county, &tree, rows);
        good = !whole || heads_pass(v, h, county, &tree);
    }
    if (!good || step == STEP_FAILED)
        return false;
    /* What is left: heads beyond the last entry, or such as cannot hold behind a gap that was told already.
     */
    while (h->more) {
        h->newest = h->now.size;
        if (!heads_next(h, county, v->e))
            return false;
    }
    if (h->newest > next)
        fault(v, "cut off", county, next);
    if (h->newest < next)
        fault(v, "head", county, next); /* entries that no head covers */
    return true;
}

static bool county_verify(struct verifying *v, struct text county)
{
    struct heads heads = {.s = statement_open(v->log->db, text_of(heads_of), v->e)};
    struct statement *rows = statement_open(v->log->db, text_of(entries_from), v->e);
    bool good = heads.s != NULL && rows != NULL;
    if (good) {
        statement_many(heads.s);
        statement_many(rows);
        statement_bind(heads.s, 1, value_text(county));
        statement_bind(rows, 1, value_text(county));
        statement_bind(rows, 2, value_int(0));
        good = heads_next(&heads, county, v->e) && county_walk(v, county, &heads, rows);
        statement_clear(heads.s);
        statement_clear(rows);
    }
    statement_close(heads.s);
    statement_close(rows);
    return good;
}

/* Which county's newest head is not the one that was kept? */
static bool state_compare(struct verifying *v, struct text kept, struct text found)
{
    struct arena a;
    const struct canon_node *before = NULL, *now = NULL;
    arena_init(&a, STATE_MAX);
    struct err ignored = {.kind = NULL};
    bool good = canon_read(kept, &a, &before, &ignored) && canon_read(found, &a, &now, v->e);
    if (!good || before->kind != CANON_ARRAY) {
        fault(v, "head", TEXT(""), -1);
        arena_clear(&a);
        return v->e->kind == NULL;
    }
    for (const struct canon_node *b = before->first; b != NULL; b = b->next) {
        const struct canon_node *n = now->first;
        while (n != NULL && (b->count != 3 || !text_equal(n->first->s, b->first->s)))
            n = n->next;
        if (n == NULL || n->first->next->n < b->first->next->n)
            fault(v, "cut off", b->count == 3 ? b->first->s : TEXT(""), n != NULL ? n->first->next->n : 0);
        else if (n->first->next->n != b->first->next->n
                 || !text_equal(n->first->next->next->s, b->first->next->next->s))
            fault(v, "head", b->first->s, n->first->next->n);
    }
    if (now->count > before->count)
        fault(v, "head", TEXT(""), -1);
    arena_clear(&a);
    return true;
}

static bool state_matches(struct verifying *v, struct text found, const struct statement *s)
{
    struct value mac = statement_column(s, 1);
    struct text kept = statement_column(s, 0).s;
    unsigned char expected[32];
    if (!text_equal(kept, found))
        return state_compare(v, kept, found);
    if (text_equal(kept, TEXT("[]")) && mac.kind == VALUE_NONE)
        return true; /* as the migration made it */
    if (v->log->vault == NULL) {
        v->unauthenticated = true;
        return true;
    }
    state_mac(v->log->vault, kept, expected);
    if (mac.kind != VALUE_BYTES || !text_equal(mac.s, (struct text){(const char *)expected, sizeof expected}))
        fault(v, "head", TEXT(""), -1);
    return true;
}

static bool state_verify(struct verifying *v)
{
    struct buf found;
    buf_init(&found, STATE_MAX);
    bool good = state_read(v->log->db, &found, v->e);
    struct statement *s = good ? statement_open(v->log->db, text_of(read_state), v->e) : NULL;
    if (s != NULL) {
        enum step step = statement_step(s, v->e);
        good = step != STEP_FAILED;
        if (step == STEP_DONE)
            fault(v, "head", TEXT(""), -1);
        if (step == STEP_ROW)
            good = state_matches(v, buf_text(&found), s);
        statement_clear(s);
        statement_close(s);
    }
    buf_clear(&found);
    return good && s != NULL;
}

static bool all_verify(struct verifying *v)
{
    struct statement *s = statement_open(v->log->db, text_of(counties), v->e);
    struct arena a;
    enum step step;
    if (s == NULL)
        return false;
    arena_init(&a, STATE_MAX);
    bool good = true;
    while (good && (step = statement_step(s, v->e)) != STEP_DONE) {
        struct text county = step == STEP_ROW ? text_copy(&a, statement_column(s, 0).s) : TEXT_NONE;
        good = step == STEP_ROW && (county.at != NULL || err_fail(v->e, &OUT_OF_MEMORY))
               && county_verify(v, county);
    }
    statement_clear(s);
    statement_close(s);
    arena_clear(&a);
    return good && state_verify(v);
}

bool journal_verify(struct journal *log, void (*each)(void *user, const struct journal_fault *fault),
                    void *user, uint64_t *entries_out, uint64_t *faults_out, bool *unauthenticated_out,
                    struct err *e)
{
    struct verifying v = {.log = log, .each = each, .user = user, .e = e};
    bool own = !store_in_transaction(log->db); /* one state of everything, whoever writes meanwhile */
    if (own && !store_begin_read(log->db, e))
        return false;
    buf_init(&v.scratch, ENTRY_SIZE_MAX);
    bool good = all_verify(&v);
    buf_clear(&v.scratch);
    if (own)
        good = store_end(log->db, good, e);
    if (!good)
        return false;
    *entries_out = v.entries;
    *faults_out = v.faults;
    *unauthenticated_out = v.unauthenticated;
    return true;
}
