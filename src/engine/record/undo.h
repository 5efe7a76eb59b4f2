/* A batch is taken back: what it changed becomes what it was, what it made goes, in a batch of its own that
 * the journal tells of like any other.
 *
 * Only where nothing was built on it: every record that it wrote stands as it left it, and nothing of another
 * batch hangs below one that it made. What a batch filed into the past cannot be taken back.
 */
#ifndef ENGINE_RECORD_UNDO_H
#define ENGINE_RECORD_UNDO_H
#include "engine/record/record.h"

#define UNDO_TOLD_MAX 20

enum undo_reason { UNDO_CHANGED_SINCE, UNDO_BUILT_BELOW, UNDO_IN_THE_PAST };
struct undo_conflict {
    enum undo_reason why;
    struct text entity, record;
};
struct undone {
    uint64_t entries, removed, restored;
    struct undo_conflict conflicts[UNDO_TOLD_MAX]; /* the first of them; texts in the caller's arena */
    size_t conflict_count;
    struct uuid batch; /* the batch that undid it; all zero where there were conflicts: nothing was changed */
};
/* RECORD_BATCH_ABSENT: there is none of that id, or it wrote what the actor does not see. */
MUST_USE bool record_undo(struct records *r, struct journal *log, const struct batch_options *options,
                          struct text batch, struct arena *a, struct undone *out, struct err *e);

#endif
