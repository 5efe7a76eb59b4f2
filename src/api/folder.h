/* The server's own folder for uploads and answers on their way. What lies in it is people's data, so it goes
 * with the server, and after a crash with the next one that starts.
 */
#ifndef API_FOLDER_H
#define API_FOLDER_H
#include "base/err.h"

#define FOLDER_PATH_MAX 1024

struct folder {
    char path[FOLDER_PATH_MAX]; /* below TMPDIR; empty: none */
    int lock;                   /* held as long as it is in use */
};
/* Removes the folders of servers that are no more, and makes one. FILE_*. */
MUST_USE bool folder_open(struct folder *out, struct err *e);
/* Removes it with all that is in it. One that was only zeroed may be closed. */
void folder_close(struct folder *f);

#endif
