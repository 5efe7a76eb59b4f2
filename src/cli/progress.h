/* One line of progress on standard error: stage, how far, rate, time left. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H
#include "base/err.h"

struct progress {
    enum lang lang;
    bool terminal;     /* rewrites its line; else a line now and then */
    const char *stage; /* of the line that stands */
    int64_t stage_ms, shown_ms;
    bool line_open;
};
/* What op_call.progress takes; `user` is a struct progress. Never cancels. */
bool progress_show(void *user, const char *stage, uint64_t done, uint64_t total);
/* Ends the line that stands, before anything else is written. */
void progress_end(struct progress *p);

#endif
