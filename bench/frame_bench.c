/* The ten rules over a register, step by step.
 *
 *     frame_bench fill DB     fills a frame with what the ten rules read: engine/frame
 *     frame_bench bare DB     steps through the same columns by SQLite alone, and looks at each
 *     frame_bench rules DB    fills a frame, evaluates the ten rules on it, counts the hits by village
 *
 * Times in the answer are those of the step itself: opening the database and loading the pack are not in
 * them. `rules` is linked so that frame_fill passes by here and its time can be told from the evaluation's.
 */
#include "bench/bench.h"
#include "bench/ten.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double fill_seconds, fill_cpu;

bool __real_frame_fill(struct records *r, const struct catalog *c, const struct frame_needs *needs,
                       const struct area *area, day as_of, struct frame **out, struct err *e);
bool __wrap_frame_fill(struct records *r, const struct catalog *c, const struct frame_needs *needs,
                       const struct area *area, day as_of, struct frame **out, struct err *e);
bool __wrap_frame_fill(struct records *r, const struct catalog *c, const struct frame_needs *needs,
                       const struct area *area, day as_of, struct frame **out, struct err *e)
{
    double begin = bench_now(), cpu = bench_cpu();
    bool good = __real_frame_fill(r, c, needs, area, as_of, out, e);
    fill_seconds += bench_now() - begin;
    fill_cpu += bench_cpu() - cpu;
    return good;
}

static uint32_t rows_of(const struct catalog *c, const struct frame *f, const char *entity)
{
    return frame_rows(f, catalog_entity(c, text_of(entity)));
}

static void fill(const char *db)
{
    static struct ten t;
    struct err e = {0};
    struct area area;
    struct frame *f = NULL;
    ten_open(&t, db, false);
    if (!area_of(TEXT(""), &area, &e) || !store_begin_read(t.session.store, &e)
        || !frame_fill(t.session.records, t.pack, t.needs, &area, TEN_AS_OF, &f, &e))
        bench_fail(&e);
    uint32_t persons = rows_of(t.pack, f, "person");
    printf("{\"seconds\": %.6f, \"cpu_seconds\": %.6f, \"households\": %u, \"persons\": %u, \"years\": %u, "
           "\"bytes\": %zu, "
           "\"bytes_a_person\": %.1f}\n",
           fill_seconds, fill_cpu, rows_of(t.pack, f, "household"), persons,
           rows_of(t.pack, f, "household_year"), frame_bytes(f),
           (double)frame_bytes(f) / (double)(persons > 0 ? persons : 1));
    frame_free(f);
    if (!store_end(t.session.store, true, &e))
        bench_fail(&e);
    ten_close(&t);
}

/* ---- SQLite alone ---- */

static bool is_needed(const struct ten *t, const struct catalog_entity *entity, size_t column)
{
    return (t->needs->fields[entity->index][column >> 6] >> (column & 63) & 1) != 0;
}

/* SELECT id, its place, and the needed columns, in the order of the primary key. */
static void selection(const struct ten *t, const struct catalog_entity *entity, struct buf *sql)
{
    buf_init(sql, 65536);
    buf_add_format(sql, "SELECT id, village");
    if (entity->parent != NULL)
        buf_add_format(sql, ", \"%s\"", entity->parent->z);
    for (size_t i = 0; i < entity->stored_count; i++) {
        const struct catalog_field *field = entity->stored[i];
        if (is_needed(t, entity, i) && field->type != FIELD_VILLAGE && field != entity->parent)
            buf_add_format(sql, field->sealed ? ", \"%s_hash\"" : ", \"%s\"", field->z);
    }
    buf_add_format(sql, " FROM \"%s\" ORDER BY county, id", entity->z);
    buf_add_char(sql, '\0');
}

static uint64_t look_at(sqlite3_stmt *s, int columns)
{
    uint64_t sum = 0;
    for (int i = 0; i < columns; i++) {
        switch (sqlite3_column_type(s, i)) {
        case SQLITE_INTEGER:
            sum += (uint64_t)sqlite3_column_int64(s, i);
            break;
        case SQLITE_NULL:
            break;
        default: {
            const unsigned char *at = sqlite3_column_blob(s, i);
            int size = sqlite3_column_bytes(s, i);
            sum += size > 0 ? at[size - 1] : 0u;
        }
        }
    }
    return sum;
}

static void step_through(sqlite3 *db, const char *sql, uint64_t *rows, uint64_t *sum)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &s, NULL);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(s);
        if (code != SQLITE_ROW)
            break;
        *sum += look_at(s, sqlite3_column_count(s));
        ++*rows;
    }
    if (code != SQLITE_DONE)
        bench_die(sqlite3_errmsg(db));
    sqlite3_finalize(s);
}

static void bare(const char *path)
{
    static struct ten t;
    sqlite3 *db = NULL;
    uint64_t rows = 0, sum = 0;
    ten_open(&t, path, false);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        bench_die("the database cannot be opened");
    double begin = bench_now(), cpu = bench_cpu();
    for (size_t i = 0; i < t.pack->entity_count; i++) {
        struct buf sql;
        if (!t.needs->entities[i])
            continue;
        selection(&t, &t.pack->entities[i], &sql);
        step_through(db, sql.at, &rows, &sum);
        buf_clear(&sql);
    }
    printf("{\"seconds\": %.6f, \"cpu_seconds\": %.6f, \"rows\": %llu, \"sum\": %llu}\n", bench_now() - begin,
           bench_cpu() - cpu, (unsigned long long)rows, (unsigned long long)sum);
    sqlite3_close(db);
    ten_close(&t);
}

/* ---- the rules ---- */

/* Hits by village of one rule, into `counts`; the number of villages that have one. */
static uint32_t count_villages(const struct run *run, const struct run_rule *rule, uint32_t *counts)
{
    const struct frame *f = run_frame(run);
    uint32_t villages = frame_village_count(f), hit = 0;
    memset(counts, 0, (size_t)villages * sizeof *counts);
    for (uint32_t row = 0; row < rule->bits.rows; row++)
        if (run_bit(&rule->bits, row))
            counts[frame_village_number(f, rule->rule->on, row)]++;
    for (uint32_t i = 0; i < villages; i++)
        hit += counts[i] > 0;
    return hit;
}

static void tell(const struct run_rule *rule, uint32_t villages, bool first)
{
    printf("%s{\"rule\": \"%.*s\", \"judged\": %s, \"hits\": %llu, \"villages\": %u}", first ? "" : ", ",
           TEXT_ARG(rule->rule->id), rule->judged ? "true" : "false",
           (unsigned long long)rule->bits.yes_count, villages);
}

static void rules(const char *db)
{
    static struct ten t;
    struct err e = {0};
    struct run *run = NULL;
    const struct run_rule *found = NULL;
    size_t count = 0;
    uint32_t villages[32] = {0};
    ten_open(&t, db, false);
    struct run_options options = {
        .as_of = TEN_AS_OF, .rules = true, .rule = TEXT_NONE, .on = catalog_entity(t.pack, TEXT("person"))};
    if (!area_of(TEXT(""), &options.area, &e) || !store_begin_read(t.session.store, &e))
        bench_fail(&e);
    double begin = bench_now(), cpu = bench_cpu();
    if (!run_open(t.session.records, t.pack, &options, &run, &e))
        bench_fail(&e);
    double opened = bench_now() - begin - fill_seconds;
    if (!run_rules(run, &found, &count, &e))
        bench_fail(&e);
    uint32_t *counts = calloc((size_t)frame_village_count(run_frame(run)) + 1, sizeof *counts);
    if (counts == NULL)
        bench_die("no memory");
    for (size_t i = 0; i < count; i++)
        villages[i] = found[i].judged ? count_villages(run, &found[i], counts) : 0;
    printf("{\"seconds\": %.6f, \"cpu_seconds\": %.6f, \"fill_seconds\": %.6f, \"words_seconds\": %.6f, "
           "\"rules\": [",
           bench_now() - begin - fill_seconds, bench_cpu() - cpu - fill_cpu, fill_seconds, opened);
    for (size_t i = 0; i < count; i++)
        tell(&found[i], villages[i], i == 0);
    printf("]}\n");
    free(counts);
    run_close(run);
    if (!store_end(t.session.store, true, &e))
        bench_fail(&e);
    ten_close(&t);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        bench_die("frame_bench fill|bare|rules DB");
    if (strcmp(argv[1], "fill") == 0)
        fill(argv[2]);
    else if (strcmp(argv[1], "bare") == 0)
        bare(argv[2]);
    else
        rules(argv[2]);
    return 0;
}
