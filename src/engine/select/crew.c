/* A round is a number that rises by one; a thread that wakes to a higher number than it knows has work. */
#include "engine/select/crew.h"
#include <pthread.h>
#include <stdlib.h>

struct member {
    struct crew *crew;
    unsigned me;
    pthread_t thread;
};
struct crew {
    pthread_mutex_t lock;
    pthread_cond_t begins, ends;
    unsigned long round; /* the rest is read and written under the lock */
    unsigned busy;
    bool over;
    crew_work *work;
    void *user;
    unsigned size;
    struct member members[];
};

/* Waits for a round beyond `known`; false: the crew is dissolved. */
static bool await_round(struct crew *crew, unsigned long *known, crew_work **work, void **user)
{
    pthread_mutex_lock(&crew->lock);
    while (!crew->over && crew->round == *known)
        pthread_cond_wait(&crew->begins, &crew->lock);
    *known = crew->round;
    *work = crew->work;
    *user = crew->user;
    bool going = !crew->over;
    pthread_mutex_unlock(&crew->lock);
    return going;
}

static void *serve(void *user)
{
    const struct member *member = user;
    struct crew *crew = member->crew;
    unsigned long known = 0;
    crew_work *work = NULL;
    void *its = NULL;
    while (await_round(crew, &known, &work, &its)) {
        work(its, member->me);
        pthread_mutex_lock(&crew->lock);
        if (--crew->busy == 0)
            pthread_cond_signal(&crew->ends);
        pthread_mutex_unlock(&crew->lock);
    }
    return NULL;
}

struct crew *crew_open(unsigned size)
{
    struct crew *crew = calloc(1, sizeof *crew + size * sizeof crew->members[0]);
    if (crew == NULL)
        return NULL;
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->begins, NULL);
    pthread_cond_init(&crew->ends, NULL);
    for (crew->size = 1; crew->size < size; crew->size++) {
        struct member *member = &crew->members[crew->size];
        member->crew = crew;
        member->me = crew->size;
        if (pthread_create(&member->thread, NULL, serve, member) != 0)
            break;
    }
    return crew;
}

void crew_close(struct crew *crew)
{
    if (crew == NULL)
        return;
    pthread_mutex_lock(&crew->lock);
    crew->over = true;
    pthread_cond_broadcast(&crew->begins);
    pthread_mutex_unlock(&crew->lock);
    for (unsigned i = 1; i < crew->size; i++)
        pthread_join(crew->members[i].thread, NULL);
    pthread_cond_destroy(&crew->begins);
    pthread_cond_destroy(&crew->ends);
    pthread_mutex_destroy(&crew->lock);
    free(crew);
}

unsigned crew_size(const struct crew *crew) { return crew->size; }

void crew_run(struct crew *crew, crew_work *work, void *user)
{
    pthread_mutex_lock(&crew->lock);
    crew->work = work;
    crew->user = user;
    crew->busy = crew->size - 1;
    crew->round++;
    pthread_cond_broadcast(&crew->begins);
    pthread_mutex_unlock(&crew->lock);
    work(user, 0);
    pthread_mutex_lock(&crew->lock);
    while (crew->busy > 0)
        pthread_cond_wait(&crew->ends, &crew->lock);
    pthread_mutex_unlock(&crew->lock);
}
