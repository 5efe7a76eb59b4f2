/* Threads that wait for work and do it together. For this folder only.
 *
 * The thread that opened a crew hands out work and takes part in it; crew_run returns when all are done, so
 * that what one piece of work wrote is seen by the next.
 */
#ifndef ENGINE_SELECT_CREW_H
#define ENGINE_SELECT_CREW_H
#include "base/attr.h"
#include <stdbool.h>

struct crew;
/* `me` is from 0 (the opener) to crew_size - 1. */
typedef void crew_work(void *user, unsigned me);
/* Of at most `size` threads; fewer where the system gives no more. NULL: memory is out. */
MUST_USE struct crew *crew_open(unsigned size);
void crew_close(struct crew *crew); /* NULL allowed */
unsigned crew_size(const struct crew *crew);
void crew_run(struct crew *crew, crew_work *work, void *user);

#endif
