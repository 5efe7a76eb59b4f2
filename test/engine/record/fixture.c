#include "fixture.h"
#include "base/system.h"
#include "database.h"
#include "engine/vault/vault.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define FIELDS_MAX 16

struct field_of {
    const char *id;
    enum field_type type;
    int entity; /* of FIELD_REF */
    bool required, sealed;
    int derive_from; /* index + 1 of the sealed field; 0: none */
    enum derive_kind derive;
};
static const struct {
    const char *id;
    int parent, village; /* indexes of fields, -1: none */
    size_t key[5], key_count, alternate[2], alternate_count;
    struct field_of fields[FIELDS_MAX];
} shapes[ENTITY_COUNT] = {
    [VILLAGE] = {"village",
                 -1,
                 0,
                 {0},
                 1,
                 {0},
                 0,
                 {{.id = "code", .type = FIELD_VILLAGE, .required = true},
                  {.id = "name", .type = FIELD_TEXT},
                  {.id = "poor", .type = FIELD_BOOL}}},
    [HOUSEHOLD] = {"household",
                   -1,
                   0,
                   {1},
                   1,
                   {0},
                   0,
                   {{.id = "village", .type = FIELD_VILLAGE},
                    {.id = "number", .type = FIELD_IDENTIFIER, .required = true},
                    {.id = "name", .type = FIELD_TEXT},
                    {.id = "area", .type = FIELD_DECIMAL},
                    {.id = "joined", .type = FIELD_DATE},
                    {.id = "phone", .type = FIELD_IDENTIFIER, .sealed = true},
                    {.id = "phone_valid", .type = FIELD_BOOL, .derive_from = 6, .derive = DERIVE_PHONE_VALID},
                    {.id = "mark", .type = FIELD_TEXT}}},
    [PERSON] = {"person",
                1,
                0,
                {2},
                1,
                {1, 3},
                2,
                {{.id = "village", .type = FIELD_VILLAGE},
                 {.id = "household", .type = FIELD_REF, .entity = HOUSEHOLD, .required = true},
                 {.id = "number", .type = FIELD_IDENTIFIER},
                 {.id = "certificate", .type = FIELD_IDENTIFIER, .sealed = true},
                 {.id = "certificate_digits", .type = FIELD_INT, .derive_from = 4, .derive = DERIVE_LENGTH},
                 {.id = "name", .type = FIELD_TEXT},
                 {.id = "certificate_uses", .type = FIELD_INT, .derive_from = 4, .derive = DERIVE_USES}}},
    [INCOME] = {"income",
                0,
                -1,
                {0, 1},
                2,
                {0},
                0,
                {{.id = "household", .type = FIELD_REF, .entity = HOUSEHOLD, .required = true},
                 {.id = "year", .type = FIELD_YEAR, .required = true},
                 {.id = "wage", .type = FIELD_MONEY}}},
    [MEASURE] = {"measure",
                 0,
                 -1,
                 {0, 1, 2, 3},
                 4,
                 {0},
                 0,
                 {{.id = "household", .type = FIELD_REF, .entity = HOUSEHOLD, .required = true},
                  {.id = "person", .type = FIELD_REF, .entity = PERSON},
                  {.id = "year", .type = FIELD_YEAR, .required = true},
                  {.id = "project", .type = FIELD_REF, .entity = PROJECT},
                  {.id = "amount", .type = FIELD_MONEY}}},
    [PROJECT] = {"project",
                 -1,
                 2,
                 {0},
                 1,
                 {0},
                 0,
                 {{.id = "number", .type = FIELD_IDENTIFIER, .required = true},
                  {.id = "name", .type = FIELD_TEXT},
                  {.id = "village", .type = FIELD_VILLAGE}}},
    [FUND] = {"fund",
              -1,
              -1,
              {0},
              1,
              {0},
              0,
              {{.id = "number", .type = FIELD_IDENTIFIER, .required = true},
               {.id = "amount", .type = FIELD_MONEY}}},
    [PAYMENT] = {"payment",
                 1,
                 -1,
                 {0},
                 1,
                 {0},
                 0,
                 {{.id = "number", .type = FIELD_IDENTIFIER, .required = true},
                  {.id = "household", .type = FIELD_REF, .entity = HOUSEHOLD},
                  {.id = "fund", .type = FIELD_REF, .entity = FUND},
                  {.id = "amount", .type = FIELD_MONEY}}},
    [DUTY] = {"duty",
              -1,
              0,
              {0, 1},
              2,
              {0},
              0,
              {{.id = "village", .type = FIELD_VILLAGE},
               {.id = "name", .type = FIELD_TEXT, .required = true},
               {.id = "post", .type = FIELD_TEXT}}},
};

static struct catalog_field fields[ENTITY_COUNT][FIELDS_MAX];
static const struct catalog_field *stored[ENTITY_COUNT][FIELDS_MAX];
static struct catalog_entity entities[ENTITY_COUNT];
static const struct catalog_division divisions[] = {
    {{"411622104000", 12}, {"红花集镇", 12}},           {{"411622104205", 12}, {"寺后刘村民委员会", 24}},
    {{"411622104210", 12}, {"张庄村民委员会", 21}},     {{"411622105201", 12}, {"张庄村民委员会", 21}},
    {{"411623100200", 12}, {"东街社区居民委员会", 27}},
};

static void entity_make(int e)
{
    struct catalog_entity *entity = &entities[e];
    *entity = (struct catalog_entity){.id = text_of(shapes[e].id),
                                      .z = shapes[e].id,
                                      .index = (size_t)e,
                                      .fields = fields[e],
                                      .stored = stored[e],
                                      .key = shapes[e].key,
                                      .key_count = shapes[e].key_count,
                                      .alternate_key = shapes[e].alternate,
                                      .alternate_key_count = shapes[e].alternate_count};
    for (size_t i = 0; i < FIELDS_MAX && shapes[e].fields[i].id != NULL; i++) {
        const struct field_of *from = &shapes[e].fields[i];
        struct catalog_field *field = &fields[e][i];
        *field = (struct catalog_field){.id = text_of(from->id),
                                        .z = from->id,
                                        .type = from->type,
                                        .required = from->required,
                                        .sealed = from->sealed,
                                        .class = from->sealed ? CLASS_SENSITIVE : CLASS_OFFICE,
                                        .digits = from->type == FIELD_DECIMAL ? 2 : 0,
                                        .column = SIZE_MAX};
        if (from->type == FIELD_REF)
            field->entity = &entities[from->entity];
        if (from->derive_from != 0) {
            field->derived_from = &fields[e][from->derive_from - 1];
            field->derive = from->derive;
        }
        if (from->derive_from == 0 || from->derive != DERIVE_USES) {
            field->column = entity->stored_count;
            stored[e][entity->stored_count++] = field;
        }
        entity->field_count++;
    }
    entity->parent = shapes[e].parent >= 0 ? &fields[e][shapes[e].parent] : NULL;
    entity->village = shapes[e].village >= 0 ? &fields[e][shapes[e].village] : NULL;
}

void fixture_catalog(struct catalog *c)
{
    for (int e = 0; e < ENTITY_COUNT; e++)
        entity_make(e);
    *c = (struct catalog){.id = TEXT("test"),
                          .area = TEXT("41"),
                          .entities = entities,
                          .entity_count = ENTITY_COUNT,
                          .divisions = divisions,
                          .division_count = sizeof divisions / sizeof divisions[0]};
}

const struct catalog_entity *entity_of(const struct fixture *f, int entity)
{
    return &f->catalog.entities[entity];
}

static void must(bool good, const struct err *e)
{
    struct buf out;
    if (good)
        return;
    buf_init(&out, 1 << 16);
    if (e->kind != NULL)
        err_sentence(e, LANG_EN, &out);
    fail_msg("%s %.*s", e->kind != NULL ? e->kind->code : "?", TEXT_ARG(buf_text(&out)));
}

static void store_attach(struct fixture *f, enum store_mode mode)
{
    struct err e = {.kind = NULL};
    must(store_open(database_at(f->db_path), mode, &f->db, &e), &e);
    f->records = records_open(f->db, &f->catalog, f->vault, &f->arena, &e);
    must(f->records != NULL && journal_open(f->db, f->vault, &f->arena, &f->journal, &e), &e);
}

static void store_detach(struct fixture *f)
{
    journal_close(f->journal);
    records_close(f->records);
    store_close(f->db);
}

static void store_make(struct fixture *f)
{
    struct err e = {.kind = NULL};
    database_prepare(f->db_path);
    store_attach(f, STORE_CREATE);
    must(store_begin(f->db, &e), &e);
    bool defined = records_define(f->records, &e);
    must(store_end(f->db, defined, &e), &e);
    must(store_publish(f->db, &e), &e);
}

/* On a server every test gets a copy of what the first one has made: that is quicker. */
static void store_take(struct fixture *f)
{
    static char first[sizeof f->db_path];
    if (first[0] == 0) {
        store_make(f);
        store_detach(f);
        memcpy(first, f->db_path, sizeof first);
        database_keep(first);
    } else {
        database_copy(first, f->db_path);
    }
    store_attach(f, STORE_READWRITE);
}

void fixture_open(struct fixture *f)
{
    struct err e = {.kind = NULL};
    *f = (struct fixture){.folder = "record-test-XXXXXX"};
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->db_path, sizeof f->db_path, "%s/a.db", f->folder);
    snprintf(f->key_path, sizeof f->key_path, "%s/a.key", f->folder);
    arena_init(&f->arena, 256u << 20);
    fixture_catalog(&f->catalog);
    must(vault_make(f->key_path, &e) && vault_open(f->key_path, &f->vault, &e), &e);
    if (database_on_postgres())
        store_take(f);
    else
        store_make(f);
}

void fixture_close(struct fixture *f)
{
    store_detach(f);
    vault_close(f->vault);
    arena_clear(&f->arena);
    database_remove(f->db_path);
    unlink(f->key_path);
    assert_int_equal(rmdir(f->folder), 0);
}

static struct value value_read(struct fixture *f, const struct catalog_field *field, struct text t)
{
    int64_t n = 0;
    day d = 0;
    bool rounded;
    if (t.size == 0)
        return value_none();
    switch (field->type) {
    case FIELD_DATE:
        assert_true(day_parse(t, &d));
        return value_int(d);
    case FIELD_MONEY:
    case FIELD_DECIMAL:
        assert_true(decimal_parse(t, 2, &n, &rounded));
        return value_int(n);
    case FIELD_INT:
    case FIELD_YEAR:
    case FIELD_BOOL:
        assert_true(text_to_int(t, &n));
        return value_int(n);
    default:
        return value_text(text_copy(&f->arena, t));
    }
}

struct batch_row row_of(struct fixture *f, int entity, uint32_t sheet, uint32_t row, day fact_day,
                        const char *cells)
{
    const struct catalog_entity *of = entity_of(f, entity);
    struct value *values = arena_take_many(&f->arena, of->stored_count, sizeof *values);
    struct batch_row out = {.entity = of, .sheet = sheet, .row = row, .fact_day = fact_day, .values = values};
    struct text in = text_of(cells);
    for (size_t from = 0; from < in.size;) {
        size_t end = text_find(in, TEXT(";"), from);
        struct text cell = text_trim(text_slice(in, from, (end == SIZE_MAX ? in.size : end) - from));
        size_t equals = text_find(cell, TEXT("="), 0);
        const struct catalog_field *field = catalog_field(of, text_slice(cell, 0, equals));
        if (field == NULL)
            fail_msg("no field: %.*s", TEXT_ARG(cell));
        values[field->column] = value_read(f, field, text_slice(cell, equals + 1, cell.size));
        out.given[field->column / 64] |= UINT64_C(1) << field->column % 64;
        from = end == SIZE_MAX ? in.size : end + 1;
    }
    return out;
}

static void clip(char *out, size_t room, struct text t) { snprintf(out, room, "%.*s", TEXT_ARG(t)); }

static void hear_refused(void *user, const struct batch_row *row, enum batch_refusal why,
                         const struct catalog_field *field, struct text value, uint32_t other_sheet,
                         uint32_t other_row)
{
    struct told *told = user;
    (void)other_sheet;
    if (told->refused == 64)
        return;
    size_t n = told->refused++;
    told->why[n] = why;
    told->refused_row[n] = row->row;
    told->other_row[n] = other_row;
    clip(told->refused_field[n], 32, field != NULL ? field->id : TEXT(""));
    clip(told->value[n], 64, value);
}

static void hear_noted(void *user, const struct batch_row *row, enum batch_note what,
                       const struct catalog_field *field, struct text value)
{
    struct told *told = user;
    (void)value;
    if (told->noted == 64)
        return;
    size_t n = told->noted++;
    told->what[n] = what;
    told->noted_row[n] = row->row;
    clip(told->noted_field[n], 32, field != NULL ? field->id : TEXT(""));
}

struct outcome_of import_rows(struct fixture *f, const struct test_row *rows, size_t count, bool dry_run)
{
    struct outcome_of out = {.good = false};
    struct batch_events events = {.user = &out.told, .refused = hear_refused, .noted = hear_noted};
    struct batch_options options = {.by = TEXT("clerk"), .why = TEXT("import"), .dry_run = dry_run};
    struct batch *b = NULL;
    must(area_of(TEXT("411622104"), &options.office, &out.e), &out.e);
    must(batch_open(f->records, f->journal, &options, &events, &b, &out.e), &out.e);
    for (size_t i = 0; i < count; i++) {
        day d = DAY_NONE;
        assert_true(day_parse(text_of(rows[i].fact_day != NULL ? rows[i].fact_day : "2019-12-31"), &d));
        struct batch_row row = row_of(f, rows[i].entity, rows[i].sheet, rows[i].row, d, rows[i].cells);
        row.companion = rows[i].companion;
        row.refused = rows[i].refused;
        row.village_name = text_of(rows[i].village_name);
        must(batch_add(b, &row, &out.e), &out.e);
    }
    out.good = batch_finish(b, out.counts, 8, &out.id, &out.e);
    must(out.good, &out.e);
    return out;
}

bool wrote_nothing(const struct outcome_of *o)
{
    static const struct uuid none;
    return memcmp(&o->id, &none, sizeof none) == 0;
}

const char *record_at(struct fixture *f, int entity, const char *id, const char *as_of)
{
    const struct catalog_entity *of = entity_of(f, entity);
    struct err e = {.kind = NULL};
    struct record_scan *scan = NULL;
    struct record_row row;
    struct record_query q = {.entity = of,
                             .as_of = DAY_NONE,
                             .fields = of->stored,
                             .field_count = of->stored_count,
                             .open_sealed = true,
                             .limit = -1,
                             .id = text_of(id)};
    if (as_of != NULL)
        assert_true(day_parse(text_of(as_of), &q.as_of));
    struct buf out;
    buf_init(&out, 1 << 16);
    must(record_scan_open(f->records, &q, &scan, &e), &e);
    bool found = record_scan_next(scan, &row, &e);
    if (found) {
        buf_add_format(&out, "@%.*s", TEXT_ARG(text_slice(row.village, 6, 6)));
        for (size_t i = 0; i < of->stored_count; i++) {
            if (row.values[i].kind == VALUE_NONE || of->stored[i] == of->village)
                continue;
            struct text shown =
                record_value_text(&f->arena, &f->catalog, of->stored[i], row.values[i], true, LANG_EN);
            buf_add_format(&out, "; %s=%.*s", of->stored[i]->z, TEXT_ARG(shown));
        }
        assert_false(record_scan_next(scan, &row, &e));
    }
    record_scan_close(scan);
    must(e.kind == NULL, &e);
    struct text copy = text_copy(&f->arena, buf_text(&out));
    buf_clear(&out);
    return copy.at;
}

int64_t count_of(struct fixture *f, int entity)
{
    struct err e = {.kind = NULL};
    struct area all = {.lo = ""};
    int64_t n = -1;
    must(record_count(f->records, entity_of(f, entity), &all, &n, &e), &e);
    return n;
}

static int add_row(void *digest, int count, char **values, char **names)
{
    uint64_t *d = digest;
    (void)names;
    for (int i = 0; i < count; i++)
        *d = *d * 1099511628211u + text_hash(values[i] != NULL ? text_of(values[i]) : TEXT("\1"));
    return 0;
}

uint64_t digest_of(struct fixture *f)
{
    uint64_t digest = 1;
    char sql[256];
    static const char *const others[] = {"journal_entry ORDER BY 1, 2", "journal_head ORDER BY 1, 2",
                                         "journal_state", "record_field ORDER BY 1, 2",
                                         "record_entity ORDER BY 1"};
    for (int e = 0; e < ENTITY_COUNT; e++) {
        snprintf(sql, sizeof sql, "SELECT * FROM \"%s\" ORDER BY 1, 2", shapes[e].id);
        database_sql(f->db_path, sql, add_row, &digest);
        snprintf(sql, sizeof sql, "SELECT * FROM \"%s_past\" ORDER BY county, id, valid_from", shapes[e].id);
        database_sql(f->db_path, sql, add_row, &digest);
    }
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        snprintf(sql, sizeof sql, "SELECT * FROM %s", others[i]);
        database_sql(f->db_path, sql, add_row, &digest);
    }
    return digest;
}

void verify_clean(struct fixture *f)
{
    struct err e = {.kind = NULL};
    uint64_t entries = 0, faults = 0;
    bool unauthenticated = false;
    must(journal_verify(f->journal, NULL, NULL, &entries, &faults, &unauthenticated, &e), &e);
    assert_int_equal(faults, 0);
    assert_false(unauthenticated);
}

void tamper(struct fixture *f, const char *sql) { database_sql(f->db_path, sql, NULL, NULL); }

int open_fixture(void **state)
{
    static struct fixture f;
    fixture_open(&f);
    *state = &f;
    return 0;
}

int close_fixture(void **state)
{
    fixture_close(*state);
    return 0;
}

void assert_counts(const struct batch_counts *c, uint64_t rows, uint64_t inserted, uint64_t updated,
                   uint64_t unchanged, uint64_t rejected)
{
    assert_int_equal(c->rows, rows);
    assert_int_equal(c->inserted, inserted);
    assert_int_equal(c->updated, updated);
    assert_int_equal(c->unchanged, unchanged);
    assert_int_equal(c->rejected, rejected);
}

static bool see(void *user, const struct journal_entry *entry)
{
    struct found *found = user;
    struct buf out;
    buf_init(&out, 4096);
    for (size_t i = 0; i < entry->count; i++) {
        const struct journal_change *c = &entry->changes[i];
        buf_add_format(&out, "%s%.*s:", i > 0 ? " " : "", TEXT_ARG(c->field));
        if (c->before.kind == VALUE_INT)
            buf_add_int(&out, c->before.n);
        else
            buf_add(&out, c->before.kind == VALUE_TEXT ? c->before.s : TEXT("-"));
        buf_add_z(&out, ">");
        if (c->after.kind == VALUE_INT)
            buf_add_int(&out, c->after.n);
        else
            buf_add(&out, c->after.kind == VALUE_TEXT ? c->after.s : TEXT("-"));
        if (c->sensitive)
            buf_add_z(&out, "!");
    }
    found->entries++;
    found->changes = entry->count;
    memcpy(found->last, buf_text(&out).at, out.size < 511 ? out.size : 511);
    found->last[out.size < 511 ? out.size : 511] = 0;
    buf_clear(&out);
    return true;
}

struct found journal_of(struct fixture *f, const char *record)
{
    struct found found = {0};
    struct err e = {.kind = NULL};
    assert_true(journal_list(f->journal, text_of(record), -1, see, &found, &e));
    return found;
}
