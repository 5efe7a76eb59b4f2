/* 100,000 rows of 40 columns into a table with a primary key and two indexes.
 *
 *     insert_bench data CSV ROWS         writes the rows that all others read
 *     insert_bench floor CSV DB          SQLite alone: one prepared INSERT, one transaction
 *     insert_bench floor-journal CSV DB  the same, and a journal row each, chained by SHA-256
 *     insert_bench store CSV DB          the same INSERT through store/
 *     insert_bench batch CSV DB PACK     a batch of engine/record, journalled, as every import is
 *
 * DB is made anew. All read the CSV line by line, as `sqlite3 .import` does beside them; PACK is bench/pack.
 */
#include "bench/bench.h"
#include "engine/session/session.h"
#include <inttypes.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096

struct rows {
    FILE *file;
    char line[LINE_MAX_BYTES];
    size_t size;
    struct text cell[BENCH_COLUMNS];
    int64_t number[BENCH_COLUMNS];
};

static void write_data(const char *path, uint64_t count)
{
    static struct bench_row row;
    FILE *file = fopen(path, "w");
    if (file == NULL)
        bench_die("the CSV cannot be written");
    for (uint64_t i = 0; i < count; i++) {
        bench_row_make(i, &row);
        for (int c = 0; c < BENCH_COLUMNS; c++) {
            const char *end = c + 1 < BENCH_COLUMNS ? "," : "\n";
            if (bench_is_text(c))
                fprintf(file, "%s%s", row.text[c], end);
            else
                fprintf(file, "%" PRId64 "%s", row.number[c], end);
        }
    }
    if (fclose(file) != 0)
        bench_die("the CSV cannot be written");
}

static void rows_open(struct rows *r, const char *path)
{
    r->file = fopen(path, "r");
    if (r->file == NULL)
        bench_die("the CSV cannot be read");
}

static bool rows_next(struct rows *r)
{
    if (fgets(r->line, sizeof r->line, r->file) == NULL)
        return false;
    r->size = strlen(r->line);
    char *at = r->line, *end = r->line + r->size - 1;
    for (int c = 0; c < BENCH_COLUMNS; c++) {
        char *stop = memchr(at, ',', (size_t)(end - at));
        stop = stop != NULL ? stop : end;
        r->cell[c] = (struct text){at, (size_t)(stop - at)};
        if (!bench_is_text(c))
            r->number[c] = strtoll(at, NULL, 10);
        at = stop + 1;
    }
    return true;
}

/* CREATE TABLE …; CREATE INDEX …; CREATE INDEX … */
static void definition(struct buf *sql)
{
    buf_init(sql, 65536);
    buf_add_z(sql, "CREATE TABLE item (c00 TEXT NOT NULL PRIMARY KEY");
    for (int c = 1; c < BENCH_COLUMNS; c++)
        buf_add_format(sql, ", c%02d %s", c, bench_is_text(c) ? "TEXT" : "INTEGER");
    buf_add_z(sql, "); CREATE INDEX item_c01 ON item (c01); CREATE INDEX item_c03 ON item (c03);");
    buf_add_char(sql, '\0');
}

static void insertion(struct buf *sql)
{
    buf_init(sql, 65536);
    buf_add_z(sql, "INSERT INTO item VALUES (?1");
    for (int c = 1; c < BENCH_COLUMNS; c++)
        buf_add_format(sql, ", ?%d", c + 1);
    buf_add_z(sql, ")");
}

/* ---- SQLite alone ---- */

struct bare {
    sqlite3 *db;
    sqlite3_stmt *insert, *log;
    unsigned char chain[crypto_hash_sha256_BYTES];
};

static void must(struct bare *b, bool good)
{
    if (!good)
        bench_die(sqlite3_errmsg(b->db));
}

static void bare_open(struct bare *b, const char *path, bool journal)
{
    struct buf make, insert;
    definition(&make);
    insertion(&insert);
    must(b, sqlite3_open(path, &b->db) == SQLITE_OK
                && sqlite3_exec(b->db, make.at, NULL, NULL, NULL) == SQLITE_OK
                && sqlite3_prepare_v2(b->db, insert.at, (int)insert.size, &b->insert, NULL) == SQLITE_OK);
    if (journal)
        must(b, sqlite3_exec(b->db, "CREATE TABLE log (n INTEGER PRIMARY KEY, row TEXT, chain BLOB)", NULL,
                             NULL, NULL)
                        == SQLITE_OK
                    && sqlite3_prepare_v2(b->db, "INSERT INTO log VALUES (NULL, ?1, ?2)", -1, &b->log, NULL)
                           == SQLITE_OK);
    buf_clear(&make);
    buf_clear(&insert);
}

static void bare_log(struct bare *b, const struct rows *r)
{
    crypto_hash_sha256_state hash;
    crypto_hash_sha256_init(&hash);
    crypto_hash_sha256_update(&hash, b->chain, sizeof b->chain);
    crypto_hash_sha256_update(&hash, (const unsigned char *)r->line, r->size);
    crypto_hash_sha256_final(&hash, b->chain);
    sqlite3_bind_text(b->log, 1, r->line, (int)r->size, SQLITE_STATIC);
    sqlite3_bind_blob(b->log, 2, b->chain, sizeof b->chain, SQLITE_STATIC);
    must(b, sqlite3_step(b->log) == SQLITE_DONE && sqlite3_reset(b->log) == SQLITE_OK);
}

static void bare_insert(struct bare *b, const struct rows *r)
{
    for (int c = 0; c < BENCH_COLUMNS; c++) {
        if (bench_is_text(c))
            sqlite3_bind_text(b->insert, c + 1, r->cell[c].at, (int)r->cell[c].size, SQLITE_STATIC);
        else
            sqlite3_bind_int64(b->insert, c + 1, r->number[c]);
    }
    must(b, sqlite3_step(b->insert) == SQLITE_DONE && sqlite3_reset(b->insert) == SQLITE_OK);
}

static void run_bare(const char *csv, const char *path, bool journal)
{
    static struct rows r;
    struct bare b = {0};
    rows_open(&r, csv);
    bare_open(&b, path, journal);
    must(&b, sqlite3_exec(b.db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK);
    while (rows_next(&r)) {
        bare_insert(&b, &r);
        if (journal)
            bare_log(&b, &r);
    }
    must(&b, sqlite3_exec(b.db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_finalize(b.insert);
    sqlite3_finalize(b.log);
    sqlite3_close(b.db);
    fclose(r.file);
}

/* ---- through store/ ---- */

static void insert_all(struct store *db, struct statement *insert, struct rows *r, struct err *e)
{
    while (rows_next(r)) {
        for (int c = 0; c < BENCH_COLUMNS; c++)
            statement_bind(insert, c + 1,
                           bench_is_text(c) ? value_text(r->cell[c]) : value_int(r->number[c]));
        if (!statement_run(insert, e))
            bench_fail(e);
    }
    statement_close(insert);
    if (!store_end(db, true, e))
        bench_fail(e);
}

static void run_store(const char *csv, const char *path)
{
    static struct rows r;
    struct err e = {0};
    struct store *db = NULL;
    struct buf make, sql;
    rows_open(&r, csv);
    definition(&make);
    insertion(&sql);
    if (!store_open(path, STORE_CREATE, &db, &e) || !store_begin(db, &e)
        || !store_run(db, (struct text){make.at, make.size - 1}, &e))
        bench_fail(&e);
    struct statement *insert = statement_open(db, buf_text(&sql), &e);
    if (insert == NULL)
        bench_fail(&e);
    insert_all(db, insert, &r, &e);
    if (!store_publish(db, &e))
        bench_fail(&e);
    store_close(db);
    buf_clear(&make);
    buf_clear(&sql);
    fclose(r.file);
}

/* ---- a batch ---- */

static void on_refused(void *user, const struct batch_row *row, enum batch_refusal why,
                       const struct catalog_field *field, struct text value, uint32_t sheet, uint32_t other)
{
    (void)user, (void)row, (void)why, (void)field, (void)value, (void)sheet, (void)other;
    bench_die("a row was refused");
}
static void on_noted(void *user, const struct batch_row *row, enum batch_note what,
                     const struct catalog_field *field, struct text value)
{
    (void)user, (void)row, (void)what, (void)field, (void)value;
}
static bool on_progress(void *user, const char *stage, uint64_t done, uint64_t total)
{
    (void)user, (void)stage, (void)done, (void)total;
    return true;
}

static void set(struct batch_row *row, struct value *values, const char *field, struct value v)
{
    const struct catalog_field *of = catalog_field(row->entity, text_of(field));
    values[of->column] = v;
    row->given[of->column / 64] |= (uint64_t)1 << (of->column % 64);
}

static void add_lot(struct batch *batch, const struct catalog *c, const struct rows *r, uint32_t number)
{
    struct err e = {0};
    struct value values[CATALOG_FIELD_MAX] = {0};
    struct batch_row row = {.entity = catalog_entity(c, TEXT("lot")),
                            .sheet = 0,
                            .row = number,
                            .fact_day = 18261,
                            .values = values};
    set(&row, values, "number", value_text(r->cell[1]));
    set(&row, values, "village", value_text(TEXT("411622104200")));
    if (!batch_add(batch, &row, &e))
        bench_fail(&e);
}

static void add_item(struct batch *batch, const struct catalog_entity *item,
                     const struct catalog_field *const *of, const struct rows *r, uint32_t number)
{
    struct err e = {0};
    struct value values[CATALOG_FIELD_MAX] = {0};
    struct batch_row row = {.entity = item, .sheet = 1, .row = number, .fact_day = 18261, .values = values};
    for (int i = 0; i < BENCH_COLUMNS; i++) {
        values[of[i]->column] = bench_is_text(i) ? value_text(r->cell[i]) : value_int(r->number[i]);
        row.given[of[i]->column / 64] |= (uint64_t)1 << (of[i]->column % 64);
    }
    if (!batch_add(batch, &row, &e))
        bench_fail(&e);
}

static void add_all(struct batch *batch, const struct catalog *c, struct rows *r)
{
    const struct catalog_entity *item = catalog_entity(c, TEXT("item"));
    const struct catalog_field *of[BENCH_COLUMNS];
    char last[32] = "", name[8];
    uint32_t row = 0;
    for (int i = 0; i < BENCH_COLUMNS; i++) {
        snprintf(name, sizeof name, "c%02d", i);
        of[i] = catalog_field(item, i == 0 ? TEXT("number") : i == 1 ? TEXT("lot") : text_of(name));
    }
    while (rows_next(r)) {
        if (!text_equal(r->cell[1], text_of(last)))
            add_lot(batch, c, r, row);
        snprintf(last, sizeof last, "%.*s", TEXT_ARG(r->cell[1]));
        add_item(batch, item, of, r, ++row);
    }
}

static void run_batch(const char *csv, const char *path, const char *pack)
{
    static struct rows r;
    static struct session s;
    struct err e = {0};
    const struct session_options how = {.db = text_of(path), .write = true, .need_key = true};
    const struct batch_events events = {.refused = on_refused, .noted = on_noted, .progress = on_progress};
    struct batch_counts counts[2] = {0};
    struct batch *batch = NULL;
    struct uuid id;
    rows_open(&r, csv);
    if (!session_init(&s, &how, text_of(pack), TEXT("411622104"), &e))
        bench_fail(&e);
    const struct batch_options options = {.by = TEXT("bench"), .why = TEXT("bench"), .office = s.office};
    if (!batch_open(s.records, s.journal, &options, &events, &batch, &e))
        bench_fail(&e);
    add_all(batch, s.catalog, &r);
    if (!batch_finish(batch, counts, 2, &id, &e))
        bench_fail(&e);
    printf("{\"inserted\": %" PRIu64 "}\n", counts[1].inserted);
    session_close(&s);
    fclose(r.file);
}

static void forget(const char *path)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal", ".key"};
    char name[4096];
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(name, sizeof name, "%s%s", path, endings[i]);
        (void)unlink(name);
    }
}

int main(int argc, char **argv)
{
    if (argc < 4 || sodium_init() < 0)
        bench_die("insert_bench data|floor|floor-journal|store|batch CSV DB [PACK]");
    if (strcmp(argv[1], "data") == 0) {
        write_data(argv[2], strtoull(argv[3], NULL, 10));
        return 0;
    }
    forget(argv[3]);
    if (strcmp(argv[1], "store") == 0)
        run_store(argv[2], argv[3]);
    else if (strcmp(argv[1], "batch") == 0 && argc == 5)
        run_batch(argv[2], argv[3], argv[4]);
    else
        run_bare(argv[2], argv[3], strcmp(argv[1], "floor-journal") == 0);
    return 0;
}
