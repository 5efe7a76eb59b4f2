/* A small catalogue and an empty database for the tests of records, made by hand: no pack, no files of
 * others. */
#ifndef TEST_ENGINE_RECORD_FIXTURE_H
#define TEST_ENGINE_RECORD_FIXTURE_H
#include "engine/journal/journal.h"
#include "engine/record/record.h"

enum { VILLAGE, HOUSEHOLD, PERSON, INCOME, MEASURE, PROJECT, FUND, PAYMENT, DUTY, ENTITY_COUNT };

struct fixture {
    char folder[64], db_path[96], key_path[96];
    struct arena arena;
    struct catalog catalog;
    struct store *db;
    struct vault *vault;
    struct records *records;
    struct journal *journal;
};
/* Makes database and key in a new folder, defines the tables; fails the test when it cannot. */
void fixture_open(struct fixture *f);
void fixture_close(struct fixture *f);
void fixture_catalog(struct catalog *c);
const struct catalog_entity *entity_of(const struct fixture *f, int entity);

/* One row: "number=411…; name=寺; amount=12.50; mark=" (an empty value empties). Values are read by their
 * field's type. */
struct batch_row row_of(struct fixture *f, int entity, uint32_t sheet, uint32_t row, day fact_day,
                        const char *cells);

struct told { /* what a batch told */
    size_t refused, noted;
    enum batch_refusal why[64];
    enum batch_note what[64];
    uint32_t refused_row[64], other_row[64], noted_row[64];
    char refused_field[64][32], value[64][64], noted_field[64][32];
};
struct outcome_of { /* of one import */
    bool good;
    struct err e;
    struct batch_counts counts[8];
    struct uuid id;
    struct told told;
};
struct test_row {
    int entity;
    uint32_t sheet, row;
    const char *fact_day; /* "2019-12-31" */
    const char *cells;
    bool companion, refused;
    const char *village_name;
};
struct outcome_of import_rows(struct fixture *f, const struct test_row *rows, size_t count, bool dry_run);
#define IMPORT(f, ...)                                                                                       \
    import_rows((f), (const struct test_row[]){__VA_ARGS__},                                                 \
                sizeof((const struct test_row[]){__VA_ARGS__}) / sizeof(struct test_row), false)
bool wrote_nothing(const struct outcome_of *o);

/* A record as text: "number=…; name=…" of its known ordinary fields in the catalogue's order, with "@village"
 * in front and sealed ones in plain; "" when there is none. As of a day, or now (NULL). In the fixture's
 * arena. */
const char *record_at(struct fixture *f, int entity, const char *id, const char *as_of);
int64_t count_of(struct fixture *f, int entity);
/* A digest of every table of the register and journal: equal when nothing was changed. */
uint64_t digest_of(struct fixture *f);
/* cmocka's setup and teardown: *state is a struct fixture. */
int open_fixture(void **state);
int close_fixture(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
void assert_counts(const struct batch_counts *c, uint64_t rows, uint64_t inserted, uint64_t updated,
                   uint64_t unchanged, uint64_t rejected);
#define H1 "village=411622104205; number=H1; name=刘; area=4.2; joined=2014-05-01; phone=13800000001; mark=a"
struct found { /* journal entries of a record; the last one's changes as "field:old>new", with ! where
                  sensitive */
    size_t entries, changes;
    char last[512];
};
struct found journal_of(struct fixture *f, const char *record);
void verify_clean(struct fixture *f);
/* Runs SQL on the file past the store, its triggers dropped: what an owner of the disk can do. */
void tamper(struct fixture *f, const char *sql);

#endif
