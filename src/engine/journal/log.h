/* The logs of the counties as one batch sees them, inside the engine. */
#ifndef ENGINE_JOURNAL_LOG_H
#define ENGINE_JOURNAL_LOG_H
#include "engine/journal/entry.h"
#include "engine/journal/journal.h"

#define COUNTY_SIZE 6

struct county_log {
    char county[COUNTY_SIZE + 1];
    struct merkle tree;
    struct merkle before; /* as it was when the batch began */
    uint64_t next;        /* position of the next entry; ahead of the tree by those that are being made */
    struct entry_likes likes;
};
struct journal {
    struct store *db;
    const struct vault *vault;
    struct arena logs_arena; /* of the batch that is open */
    struct county_log **logs;
    size_t log_count, log_room;
    struct county_log *last;
    bool open, ended; /* a batch is open; its heads are written, the commit is awaited */
    int64_t at_ms;
    struct entry_batch batch;
    struct entry_maker maker;
    struct statement *insert;
    size_t appended;   /* in this batch */
    struct pipe *pipe; /* makes the entries of a large batch; NULL: made here */
};

/* Messages that are authenticated: fields and sizes, so that no two heads share one. */
struct head {
    struct text county, batch;
    int64_t size, at_ms;
    struct merkle_hash root;
    struct text edge;
};
void head_mac(const struct vault *vault, const struct head *head, unsigned char out[32]);
void state_mac(const struct vault *vault, struct text heads, unsigned char out[32]);
/* The newest head of every county as one canonical text: [["411622",17,ROOT]…]. */
MUST_USE bool state_read(struct store *db, struct buf *out, struct err *e);
/* The tree of a head's size and edge; false when they do not fit. */
bool merkle_from(int64_t size, struct text edge, struct merkle *out);
struct text hash_bytes(const struct merkle_hash *hash);
/* Rehashes what this transaction appended; registered before every commit. */
bool journal_check(struct store *db, void *journal, struct err *e);

#endif
