/* Several streams at a time, read as one: connections beside the first one, each with a thread that takes the
 * next statement, reads its rows into blocks of memory and goes on; whoever asked reads the blocks in the
 * order of the statements. All see the state that the first connection's transaction sees. What is read ahead
 * is bounded, but for the statement whose turn it is: so somebody always gets on.
 */
#include "base/base.err.h"
#include "base/system.h"
#include "store/postgres.h"
#include "store/store.err.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BLOCK_SIZE (128u << 10)
#define HELD_MAX (64u << 20) /* bytes read ahead */
#define SNAPSHOT_MAX 64

struct block {
    struct block *next;
    size_t size, room;
    char bytes[]; /* rows: size (4 bytes of ours), then the row as COPY gives it */
};
struct task { /* one statement */
    struct block *first, *last;
    bool done;
    struct err e; /* kind NULL: all rows came */
};
struct lane {
    struct lanes *of;
    struct store *db;
    pthread_t thread;
};
struct lanes {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* Under the lock. */
    struct task *tasks;
    size_t next, turn; /* that nobody has taken yet; whose rows are being given */
    size_t held;
    bool over;
    /* Of the thread that asked. */
    char **copies;
    size_t count, lane_count;
    struct block *at;
    size_t from;
    const atomic_bool *stop;
    struct lane lanes[LANES_MAX];
};

/* ---- a lane ---- */

static bool is_over(struct lanes *all)
{
    pthread_mutex_lock(&all->lock);
    bool over = all->over;
    pthread_mutex_unlock(&all->lock);
    return over || atomic_load(all->stop);
}

static bool task_take(struct lanes *all, size_t *index_out)
{
    pthread_mutex_lock(&all->lock);
    bool there = !all->over && all->next < all->count;
    *index_out = all->next;
    all->next += there;
    pthread_mutex_unlock(&all->lock);
    return there;
}

/* Waits while much is held that is not asked for yet. */
static void block_give(struct lanes *all, size_t index, struct block *block)
{
    struct task *task = &all->tasks[index];
    pthread_mutex_lock(&all->lock);
    while (all->held > HELD_MAX && index != all->turn && !all->over)
        pthread_cond_wait(&all->changed, &all->lock);
    if (task->last != NULL)
        task->last->next = block;
    else
        task->first = block;
    task->last = block;
    all->held += block->room;
    pthread_cond_broadcast(&all->changed);
    pthread_mutex_unlock(&all->lock);
}

static void task_end(struct lanes *all, size_t index, const struct err *e)
{
    pthread_mutex_lock(&all->lock);
    all->tasks[index].e = *e;
    all->tasks[index].done = true;
    pthread_cond_broadcast(&all->changed);
    pthread_mutex_unlock(&all->lock);
}

static struct block *block_new(size_t least)
{
    size_t room = least > BLOCK_SIZE ? least : BLOCK_SIZE;
    struct block *block = malloc(sizeof *block + room);
    if (block != NULL)
        *block = (struct block){.room = room};
    return block;
}

/* Adds a row to the block, or to a new one when that is full. */
static bool row_keep(struct lanes *all, size_t index, struct block **block, struct text row)
{
    uint32_t size = (uint32_t)row.size;
    struct block *to = *block;
    if (to != NULL && to->room - to->size < row.size + sizeof size) {
        block_give(all, index, to);
        to = *block = NULL;
    }
    if (to == NULL)
        to = *block = block_new(row.size + sizeof size);
    if (to == NULL)
        return false;
    memcpy(to->bytes + to->size, &size, sizeof size);
    memcpy(to->bytes + to->size + sizeof size, row.at, row.size);
    to->size += row.size + sizeof size;
    return true;
}

/* All rows of one statement. */
static bool task_run(struct lane *lane, size_t index, struct err *e)
{
    struct lanes *all = lane->of;
    struct block *block = NULL;
    struct source from = {.row = NULL};
    struct text row;
    enum step step = STEP_FAILED;
    if (!source_open(lane->db, &from, all->copies[index], e))
        return false;
    while ((step = source_next(lane->db, &from, &row, e)) == STEP_ROW) {
        size_t before = block != NULL ? block->size : 0;
        if (!row_keep(all, index, &block, row)) {
            err_fail(e, &OUT_OF_MEMORY);
            break;
        }
        if (block->size < before && is_over(all)) { /* asked at each new block */
            link_cancel(lane->db);
            break;
        }
    }
    if (step == STEP_ROW)
        source_close(lane->db, &from);
    if (block != NULL)
        block_give(all, index, block);
    return step == STEP_DONE;
}

static void *serve(void *user)
{
    struct lane *lane = user;
    size_t index = 0;
    while (task_take(lane->of, &index)) {
        struct err e = {.kind = NULL};
        bool done = task_run(lane, index, &e);
        if (!done && e.kind == NULL)
            store_fail(lane->db, &STORE_CANCELLED, &e);
        task_end(lane->of, index, &e);
    }
    return NULL;
}

/* ---- connections ---- */

static bool begin_seeing(struct store *db, const char *snapshot)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '%s'", snapshot);
    for (int i = 0; i < 2; i++) { /* it may have been closed while nobody used it */
        struct err why = {.kind = NULL};
        if (link_run(db, sql, &why))
            return true;
        if (!err_is(&why, &STORE_LOST) || !link_connect(db, true, &why))
            return false;
    }
    return false;
}

static bool snapshot_export(struct store *db, char out[SNAPSHOT_MAX], struct err *e)
{
    PGresult *answer = link_ask(db, "SELECT pg_export_snapshot()", e);
    if (answer != NULL)
        snprintf(out, SNAPSHOT_MAX, "%s", PQgetvalue(answer, 0, 0));
    PQclear(answer);
    return answer != NULL;
}

size_t lanes_most(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > LANES_MAX ? LANES_MAX : (size_t)cores;
}

/* Connections beside the first one; fewer where the server gives no more. */
static size_t connect_beside(struct store *db, size_t most)
{
    struct link *l = link_of(db);
    struct err ignored = {.kind = NULL};
    size_t count = 0;
    for (; count < most; count++) {
        struct store **beside = &l->beside[count];
        if (*beside == NULL && !store_open_beside(db, STORE_READONLY, beside, &ignored))
            break;
        if (!store_narrow(*beside, db->area.lo, db->area.hi, &ignored))
            break;
    }
    return count;
}

/* ---- all of them ---- */

static struct lanes *lanes_new(char **copies, size_t count, const atomic_bool *stop)
{
    struct lanes *all = calloc(1, sizeof *all);
    struct task *tasks = calloc(count, sizeof *tasks);
    if (all == NULL || tasks == NULL) {
        free(all);
        free(tasks);
        return NULL;
    }
    all->tasks = tasks;
    all->copies = copies;
    all->count = count;
    all->stop = stop;
    pthread_mutex_init(&all->lock, NULL);
    pthread_cond_init(&all->changed, NULL);
    return all;
}

struct lanes *lanes_open(struct store *db, char **copies, size_t count)
{
    struct link *l = link_of(db);
    struct err ignored = {.kind = NULL};
    char snapshot[SNAPSHOT_MAX];
    size_t most = lanes_most() < count ? lanes_most() : count;
    if (most < 2 || l->scope != LINK_READ || (most = connect_beside(db, most)) < 2
        || !snapshot_export(db, snapshot, &ignored))
        return NULL;
    atomic_store(&l->stop, false);
    struct lanes *all = lanes_new(copies, count, &l->stop);
    for (size_t i = 0; all != NULL && i < most; i++) {
        struct lane *lane = &all->lanes[all->lane_count];
        *lane = (struct lane){.of = all, .db = l->beside[i]};
        if (begin_seeing(lane->db, snapshot) && pthread_create(&lane->thread, NULL, serve, lane) == 0)
            all->lane_count++;
    }
    if (all == NULL || all->lane_count > 0)
        return all;
    lanes_close(all);
    return NULL;
}

static void block_free(struct lanes *all)
{
    all->held -= all->at->room;
    free(all->at);
    all->at = NULL;
}

/* The next block of the task whose turn it is, then of the one behind it; NULL: the end, or a failure. */
static struct block *block_take(struct lanes *all, struct err *e)
{
    struct block *block = NULL;
    pthread_mutex_lock(&all->lock);
    if (all->at != NULL)
        block_free(all);
    while (block == NULL && all->turn < all->count && e->kind == NULL) {
        struct task *task = &all->tasks[all->turn];
        block = task->first;
        if (block != NULL) {
            task->first = block->next;
            task->last = task->first != NULL ? task->last : NULL;
        } else if (!task->done) {
            pthread_cond_wait(&all->changed, &all->lock);
        } else if (task->e.kind != NULL) {
            *e = task->e;
        } else {
            all->turn++;
            pthread_cond_broadcast(&all->changed);
        }
    }
    pthread_cond_broadcast(&all->changed);
    pthread_mutex_unlock(&all->lock);
    return block;
}

enum step lanes_next(struct lanes *all, struct text *row_out, struct err *e)
{
    uint32_t size = 0;
    if (all->at == NULL || all->from == all->at->size) {
        struct err why = {.kind = NULL};
        all->at = block_take(all, &why);
        all->from = 0;
        if (all->at == NULL && why.kind == NULL)
            return STEP_DONE;
        if (all->at == NULL) {
            if (e->kind == NULL)
                *e = why;
            return STEP_FAILED;
        }
    }
    memcpy(&size, all->at->bytes + all->from, sizeof size);
    *row_out = (struct text){all->at->bytes + all->from + sizeof size, size};
    all->from += size + sizeof size;
    return STEP_ROW;
}

void lanes_close(struct lanes *all)
{
    if (all == NULL)
        return;
    pthread_mutex_lock(&all->lock);
    all->over = true;
    pthread_cond_broadcast(&all->changed);
    pthread_mutex_unlock(&all->lock);
    for (size_t i = 0; i < all->lane_count; i++) {
        pthread_join(all->lanes[i].thread, NULL);
        (void)link_run(all->lanes[i].db, "ROLLBACK", &(struct err){.kind = NULL}); /* it only read */
    }
    free(all->at);
    for (size_t i = 0; i < all->count; i++) {
        while (all->tasks[i].first != NULL) {
            struct block *block = all->tasks[i].first;
            all->tasks[i].first = block->next;
            free(block);
        }
    }
    pthread_cond_destroy(&all->changed);
    pthread_mutex_destroy(&all->lock);
    free(all->tasks);
    free(all);
}
