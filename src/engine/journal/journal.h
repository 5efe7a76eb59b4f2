/* Every change, appended in the transaction that makes it, hashed so that nothing can be altered unseen.
 *
 * An entry is RFC 8785 JSON narrowed to integers and strings: who, when, why, which record, old and new of
 * each field. A sensitive value stands in it as a salted commitment; value and salt are sealed beside it, so
 * that a person's data can be erased and the tree still verifies. One log a county; its leaves are RFC 6962
 * leaf hashes of the entry's bytes; each batch ends with a head (size, root) authenticated by the key.
 * Entries and heads refuse UPDATE and DELETE in the database itself.
 *
 * One `struct journal` serves one store connection, on its thread.
 */
#ifndef ENGINE_JOURNAL_JOURNAL_H
#define ENGINE_JOURNAL_JOURNAL_H
#include "base/err.h"
#include "base/value.h"
#include "store/store.h"

struct vault;
struct journal;
MUST_USE bool journal_open(struct store *db, const struct vault *vault, struct arena *a, struct journal **out,
                           struct err *e);
void journal_close(struct journal *log);

struct journal_change {
    struct text field;
    struct value before, after; /* stored form: int, text; VALUE_NONE: not known */
    bool sensitive;             /* the values are in plain here and leave as commitments */
};
/* Begins a batch: what is appended until journal_end carries its id, who, why and when. */
MUST_USE bool journal_begin(struct journal *log, struct uuid batch, struct text by, struct text why,
                            struct err *e);
/* `county` six digits; `record` the record id. Keeps nothing of the arguments. */
MUST_USE bool journal_append(struct journal *log, struct text county, struct text entity, struct text record,
                             const struct journal_change *changes, size_t count, struct err *e);
/* Ends the batch: writes a head for every county that it touched. In the same transaction. */
MUST_USE bool journal_end(struct journal *log, struct err *e);
/* Forgets the batch: the caller undoes the transaction. */
void journal_abandon(struct journal *log);

struct journal_entry {
    struct text id; /* "411622:17": county and position */
    int64_t at_ms;
    struct text by, why, entity, record, batch;
    const struct journal_change
        *changes; /* sensitive ones: in plain when the vault is there, else VALUE_NONE */
    size_t count;
};
/* Entries in order; record TEXT_NONE: all. Return false from `each` to stop. */
MUST_USE bool journal_list(struct journal *log, struct text record, int64_t limit,
                           bool (*each)(void *user, const struct journal_entry *entry), void *user,
                           struct err *e);
/* The same, the newest first. */
MUST_USE bool journal_list_newest(struct journal *log, struct text record, int64_t limit,
                                  bool (*each)(void *user, const struct journal_entry *entry), void *user,
                                  struct err *e);
/* The entries of one batch (its UUID as text), the newest first; none where there is no such batch. */
MUST_USE bool journal_batch(struct journal *log, struct text batch,
                            bool (*each)(void *user, const struct journal_entry *entry), void *user,
                            struct err *e);
struct journal_fault {
    const char *what; /* "changed", "missing", "moved", "cut off", "head" */
    struct text county;
    int64_t position; /* -1: the log as a whole */
};
/* Rehashes everything. *faults_out counts; `each` may be NULL. Without the vault heads cannot be
 * authenticated: told as *unauthenticated_out. */
MUST_USE bool journal_verify(struct journal *log, void (*each)(void *user, const struct journal_fault *fault),
                             void *user, uint64_t *entries_out, uint64_t *faults_out,
                             bool *unauthenticated_out, struct err *e);

#endif
