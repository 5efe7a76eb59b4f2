/* One journal entry as bytes: made from changes, and read back. Canonical (canon.h), in one of two forms:
 *
 * {"at":TIME,"batch":UUID,"by":WHO,"county":CODE,"entity":E,"n":POSITION,"new":{FIELD:VALUE…},"old":{FIELD:VALUE…},
 *  "record":ID,"why":TEXT}; `old` is missing where the record is new; null is "not known".
 * {"like":POSITION,"n":POSITION,"new":[VALUE…],"record":ID}: new records come by the thousand with the same
 * fields, so after the first of a batch they say which one they are like. Time, batch, who, why, entity and
 * the fields, in the order of the members of its `new`, are that one's.
 *
 * A sensitive value is {"sha256":BASE64URL}: SHA-256 over 16 random bytes and the value's own canonical JSON.
 * Salts and values lie in the sealed part, in the order in which the entry has them, `new` before `old`; each
 * is the salt, the length (4 bytes, low first) and the JSON.
 *
 * A maker belongs to one thread; it touches no database.
 */
#ifndef ENGINE_JOURNAL_ENTRY_H
#define ENGINE_JOURNAL_ENTRY_H
#include "engine/journal/journal.h"
#include "engine/journal/merkle.h"

#define ENTRY_SIZE_MAX (16u << 20)
#define ENTRY_SALT_SIZE 16

struct entry_batch { /* what all entries of a batch share */
    char at[25];
    char batch[37];
    struct text by, why;
};
struct entry_head {
    struct text county, entity, record;
    uint64_t position;
};
/* The fields of the last new record of an entity in a log that named them. */
struct entry_like {
    struct buf entity, names; /* names: each with a NUL behind */
    uint64_t position;
};
#define ENTRY_LIKE_MAX 32 /* entities remembered in one log; others name their fields each time */
struct entry_likes {
    size_t count;
    struct entry_like at[ENTRY_LIKE_MAX];
};
void entry_likes_clear(struct entry_likes *likes);

struct entry_maker {
    const struct vault *vault;
    const struct entry_batch *batch;
    struct buf entry, secret, value;
    struct buf opening, opened_for; /* what entries of one log and entity begin with */
    struct buf closing;
    struct arena scratch;
    unsigned char salts[4096];
    size_t salts_left;
};
struct entry_made {            /* valid until the next entry of the maker */
    struct text entry, sealed; /* sealed TEXT_NONE: nothing sensitive */
    struct merkle_hash leaf;
};
void entry_maker_init(struct entry_maker *m, const struct vault *vault, const struct entry_batch *batch);
void entry_maker_clear(struct entry_maker *m);
/* A new batch: what its entries share is written anew. */
void entry_maker_begin(struct entry_maker *m);
/* JOURNAL_TEXT, OUT_OF_MEMORY. */
MUST_USE bool entry_make(struct entry_maker *m, struct entry_likes *likes, const struct entry_head *head,
                         const struct journal_change *changes, size_t count, struct entry_made *out,
                         struct err *e);

/* Reads an entry into `a`. `find` gives the entry that one is like (in `a`, too). `vault` NULL or `sealed`
 * TEXT_NONE (erased): sensitive values are VALUE_NONE. CANON_…, VAULT_SEAL_BROKEN, what `find` says. */
struct entry_reader {
    const struct vault *vault;
    struct arena *arena;
    bool (*find)(void *user, struct text county, int64_t position, struct arena *a, struct text *entry_out,
                 struct err *e);
    void *user;
};
MUST_USE bool entry_read(const struct entry_reader *r, struct text county, struct text entry,
                         struct text sealed, struct journal_entry *out, struct err *e);
/* Does the entry say that it is this record's, at this place? */
bool entry_is_at(struct text entry, const struct entry_head *head, struct buf *scratch);
/* "411622:17"; the place to which the sealed part is bound. */
struct text entry_place(struct text county, uint64_t position, char out[40]);

#endif
