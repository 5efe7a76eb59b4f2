/* The files of migration/ as the build has put them into the program (tools/embed.py), ordered by version. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H
#include <stddef.h>
#include <stdint.h>

struct migration {
    int64_t version;
    const char *name;
    const char *sql;
    size_t size;
};
extern const struct migration migrations[];
extern const size_t migration_count;

#endif
