/* All that a session's database holds, into one that is being made. */
#include "store/copy.h"
#include "engine/session/session.h"

bool session_copy(struct session *from, struct store *to, store_copied *each, void *user, struct err *e)
{
    struct arena a;
    if (!store_begin(to, e))
        return false;
    arena_init(&a, SESSION_COPY_MAX);
    struct records *records = records_open(to, from->catalog, from->vault, &a, e);
    bool good = records != NULL && records_define(records, e) && store_begin_read(from->store, e);
    if (good) {
        good = store_copy(from->store, to, each, user, e);
        good = store_end(from->store, good, e);
    }
    records_close(records);
    arena_clear(&a);
    return store_end(to, good, e);
}
