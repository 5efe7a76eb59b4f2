/* Which files are open, and how often. */
#include "store/held.h"
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    dev_t device;
    ino_t file;
    unsigned count;
} table[HELD_FILE_MAX]; /* under `lock`; count 0: free */

void held_lock(void) { pthread_mutex_lock(&lock); }
void held_unlock(void) { pthread_mutex_unlock(&lock); }

static unsigned *count_of(dev_t device, ino_t file)
{
    for (int i = 0; i < HELD_FILE_MAX; i++)
        if (table[i].count > 0 && table[i].device == device && table[i].file == file)
            return &table[i].count;
    return NULL;
}

bool held_is_locked(const struct stat *info) { return count_of(info->st_dev, info->st_ino) != NULL; }

bool held_add_locked(const struct stat *info, struct held *out)
{
    unsigned *count = count_of(info->st_dev, info->st_ino);
    for (int i = 0; i < HELD_FILE_MAX && count == NULL; i++)
        if (table[i].count == 0) {
            table[i].device = info->st_dev;
            table[i].file = info->st_ino;
            count = &table[i].count;
        }
    if (count == NULL)
        return false;
    ++*count;
    *out = (struct held){info->st_dev, info->st_ino, true};
    return true;
}

void held_remove(struct held *h)
{
    if (!h->on)
        return;
    h->on = false;
    held_lock();
    unsigned *count = count_of(h->device, h->file);
    if (count != NULL)
        --*count;
    held_unlock();
}
