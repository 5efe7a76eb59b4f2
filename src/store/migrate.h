/* The files of migration/ as the build has put them into the program (tools/embed.py), ordered by version. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H
#include "store/store.h"

struct migration {
    int64_t version;
    const char *name;
    struct text sql;       /* for both engines; TEXT_NONE: nothing */
    struct text engine[2]; /* by enum store_engine: what follows on that one alone */
};
extern const struct migration migrations[];
extern const size_t migration_count;

#endif
