/* The SQLite files that this process has open. For store/sqlite.c.
 *
 * POSIX takes all locks of a process off a file when the process closes any descriptor of it. So a file that
 * one connection has open may be touched by others only through SQLite, which knows of this; whoever looks at
 * a file as bytes asks here first. Any thread.
 */
#ifndef STORE_HELD_H
#define STORE_HELD_H
#include <stdbool.h>
#include <sys/stat.h>

#define HELD_FILE_MAX 256 /* files at once */

struct held {
    dev_t device;
    ino_t file;
    bool on;
};
/* Between the two nobody else looks at or takes a file. */
void held_lock(void);
void held_unlock(void);
/* Has this process the file open? Locked. */
bool held_is_locked(const struct stat *info);
/* One connection more; false: too many files. Locked. */
bool held_add_locked(const struct stat *info, struct held *out);
/* One connection less, after it was closed. What was never added may be removed. */
void held_remove(struct held *h);

#endif
