/* Long work: an operation that outlives its request, with progress that can be watched, and a result that is
 * kept.
 *
 * A job belongs to the account that began it and runs with that account's rights as they are when it runs.
 * Its record stands in the database; while it runs its progress stands in memory alone. A server that ends
 * cancels its jobs, and one that crashed finds them when it starts again and says so.
 */
#ifndef API_JOB_H
#define API_JOB_H
#include "api/request.h"
#include "api/worker.h"

#define JOB_WAITING_MAX 100 /* jobs of all accounts that wait or run */
#define JOB_RESULT_MAX ((size_t)256 << 20)
#define JOB_DAYS 30 /* that a record is kept */

struct jobs;
struct job;
MUST_USE bool jobs_open(struct server *server, struct jobs **out, struct err *e);
/* Starts the threads that run them; false: there are none to be had. */
MUST_USE bool jobs_run(struct jobs *jobs);
/* Tells all that run or wait to end, and takes no more. */
void jobs_cancel_all(struct jobs *jobs);
/* The same, waits for them, frees. */
void jobs_close(struct jobs *jobs);
/* How many wait or run. */
size_t jobs_count(struct jobs *jobs);

/* Begins the operation of the request as a job (202) and takes its upload over. API_BUSY. */
MUST_USE bool jobs_begin(struct worker *w, struct request *r, const struct op_value *values, struct err *e);
/* Handlers of the server's routes. API_JOB_ABSENT, also for another's job. */
bool job_get_handle(struct worker *w, struct request *r, struct err *e);
bool job_list_handle(struct worker *w, struct request *r, struct err *e);
bool job_cancel_handle(struct worker *w, struct request *r, struct err *e);
bool job_events_handle(struct worker *w, struct request *r, struct err *e); /* sets r->watched */
bool job_file_handle(struct worker *w, struct request *r, struct err *e);

/* Watching, on the network's side. `wake` is called (with the jobs locked: it must not call back) when there
 * is something to read again. */
struct watch;
struct watch *job_watch(struct jobs *jobs, struct job *job, void (*wake)(void *user), void *user);
/* Copies what there is to say into at[max]; 0: nothing now, wake will be called; SIZE_MAX: no more to come.
 */
size_t job_watch_read(struct watch *watch, char *at, size_t max);
void job_watch_end(struct watch *watch);
/* Lets a job go that r->watched holds and that nobody came to watch. */
void job_release(struct job *job);
/* Wakes and ends all watches: nothing may wait when the network is shut down. */
void jobs_release_watches(struct jobs *jobs);

#endif
