#include "register.h"
#include "base/system.h"
#include "database.h"
#include "engine/catalog/coerce.h"
#include "test.h"
#include <stdlib.h>
#include <unistd.h>

#define FILE_MAX (16u << 20)

static void must(bool good, const struct err *e) { assert_done(good, e); }

static struct text path_in(struct office *o, const char *name)
{
    return text_format(&o->arena, "%s/%s", o->folder, name);
}

void office_open(struct office *o, const char *policy, const char *area)
{
    struct err e = {.kind = NULL};
    memset(o, 0, sizeof *o);
    snprintf(o->folder, sizeof o->folder, "policy-test-XXXXXX");
    assert_non_null(mkdtemp(o->folder));
    arena_init(&o->arena, (size_t)1 << 30);
    struct session first;
    const char *empty = path_in(o, "empty.db").at;
    const struct session_options options = {.db = text_copy(&o->arena, text_of(database_at(empty))),
                                            .key_file = path_in(o, "office.key"),
                                            .write = true};
    database_prepare(empty);
    must(session_init(&first, &options, text_of(policy), text_of(area), &e), &e);
    session_close(&first);
    database_keep(empty);
    const struct session_options reading = {.db = options.db, .key_file = options.key_file, .need_key = true};
    must(session_open(&o->session, &reading, &e), &e);
}

void office_close(struct office *o)
{
    struct err e = {.kind = NULL};
    struct text *names;
    size_t count;
    session_close(&o->session);
    if (database_on_postgres())
        database_remove(path_in(o, "empty.db").at);
    must(file_list(o->folder, &o->arena, &names, &count, &e), &e);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(unlink(path_in(o, names[i].at).at), 0);
    assert_int_equal(rmdir(o->folder), 0);
    arena_clear(&o->arena);
}

static void copy_file(struct office *o, const char *from, const char *to)
{
    struct err e = {.kind = NULL};
    struct text content;
    struct arena_mark mark = arena_mark(&o->arena);
    must(file_read(path_in(o, from).at, FILE_MAX, &o->arena, &content, &e), &e);
    FILE *out =
        fopen(path_in(o, to).at, "wb"); /* not synced: hundreds of copies, and nothing is lost with one */
    assert_non_null(out);
    assert_int_equal(fwrite(content.at, 1, content.size, out), content.size);
    assert_int_equal(fclose(out), 0);
    arena_rewind(&o->arena, mark);
}

void register_copy(struct office *o, const char *from, const char *to, struct opened *out)
{
    if (database_on_postgres())
        database_copy(path_in(o, from).at, path_in(o, to).at);
    else
        copy_file(o, from, to);
    register_open(o, to, out);
}

void register_open(struct office *o, const char *to, struct opened *out)
{
    struct err e = {.kind = NULL};
    *out = (struct opened){.db = NULL};
    arena_init(&out->arena, (size_t)256 << 20);
    must(store_open(database_at(path_in(o, to).at), STORE_READWRITE, &out->db, &e), &e);
    out->records = records_open(out->db, o->session.catalog, o->session.vault, &out->arena, &e);
    must(out->records != NULL && journal_open(out->db, o->session.vault, &out->arena, &out->journal, &e), &e);
}

void register_close(struct opened *r)
{
    journal_close(r->journal);
    records_close(r->records);
    store_close(r->db);
    arena_clear(&r->arena);
}

struct text register_read_file(struct office *o, const char *path)
{
    struct err e = {.kind = NULL};
    struct text content;
    must(file_read(path, FILE_MAX, &o->arena, &content, &e), &e);
    return content;
}

static void hear_refused(void *user, const struct batch_row *row, enum batch_refusal why,
                         const struct catalog_field *field, struct text value, uint32_t other_sheet,
                         uint32_t other_row)
{
    (void)user;
    (void)other_sheet;
    (void)other_row;
    fail_msg("line %u: a record of %s is refused (%d) for %.*s: %.*s", row->row, row->entity->z, (int)why,
             TEXT_ARG(field != NULL ? field->id : TEXT("its key")), TEXT_ARG(value));
}

static void hear_noted(void *user, const struct batch_row *row, enum batch_note what,
                       const struct catalog_field *field, struct text value)
{
    (void)user;
    (void)row;
    (void)what;
    (void)field;
    (void)value;
}

static void read_field(struct opened *r, const struct catalog_entity *entity, const struct yaml_node *key,
                       const struct yaml_node *value, struct batch_row *row, struct value *values)
{
    struct err e = {.kind = NULL};
    struct coerced read = {.value = value_none()};
    const struct catalog_field *field = catalog_field(entity, key->text);
    if (field == NULL || field->column >= CATALOG_FIELD_MAX)
        fail_msg("line %d: %s has no stored field %.*s", key->line, entity->z, TEXT_ARG(key->text));
    bool empty = !value->quoted && (text_equal(value->text, TEXT("null")) || value->text.size == 0);
    if (!empty && !coerce_text(field, value->text, &r->arena, &read, &e)) {
        print_error("line %d, %s:\n", value->line, field->z);
        must(false, &e);
    }
    values[field->column] = read.value;
    row->given[field->column / 64] |= UINT64_C(1) << field->column % 64;
}

/* Its id stands in the list of that entity. */
static bool is_removed(const struct yaml_node *removed, const struct catalog_entity *entity, struct text key)
{
    const struct yaml_node *ids = removed != NULL ? yaml_get(removed, entity->z) : NULL;
    for (size_t i = 0; ids != NULL && i < ids->count; i++)
        if (text_equal(ids->at[i]->text, key))
            return true;
    return false;
}

/* The key as a record id: its values joined by commas. */
static struct text key_of(struct opened *r, const struct catalog_entity *entity,
                          const struct yaml_node *record)
{
    struct text id = TEXT("");
    for (size_t i = 0; i < entity->key_count; i++) {
        const struct yaml_node *part = yaml_get(record, entity->fields[entity->key[i]].z);
        id = text_format(&r->arena, "%.*s%s%.*s", TEXT_ARG(id), i == 0 ? "" : ",",
                         TEXT_ARG(part != NULL ? part->text : TEXT("")));
    }
    return id;
}

static void add_record(struct opened *r, struct batch *b, const struct catalog_entity *entity,
                       const struct yaml_node *record, uint32_t sheet, day fact_day)
{
    struct err e = {.kind = NULL};
    struct value *values = arena_take_many(&r->arena, entity->stored_count + 1, sizeof *values);
    assert_non_null(values);
    struct batch_row row = {.entity = entity,
                            .sheet = sheet,
                            .row = (uint32_t)record->line,
                            .fact_day = fact_day,
                            .values = values};
    for (size_t i = 0; i < record->count; i++)
        read_field(r, entity, record->keys[i], record->at[i], &row, values);
    must(batch_add(b, &row, &e), &e);
}

void register_add(struct office *o, struct opened *r, const struct yaml_node *records,
                  const struct yaml_node *removed, day fact_day)
{
    struct err e = {.kind = NULL};
    const struct batch_events events = {.refused = hear_refused, .noted = hear_noted};
    const struct batch_options options = {
        .by = TEXT("test"), .why = TEXT("test"), .office = o->session.office};
    struct batch_counts *counts = arena_take_many(&r->arena, records->count + 1, sizeof *counts);
    struct batch *b = NULL;
    struct uuid id;
    assert_non_null(counts);
    must(batch_open(r->records, r->journal, &options, &events, &b, &e), &e);
    for (size_t i = 0; i < records->count; i++) {
        const struct catalog_entity *entity = catalog_entity(o->session.catalog, records->keys[i]->text);
        if (entity == NULL)
            fail_msg("line %d: no entity %.*s", records->keys[i]->line, TEXT_ARG(records->keys[i]->text));
        for (size_t j = 0; j < records->at[i]->count; j++) {
            const struct yaml_node *record = records->at[i]->at[j];
            if (!is_removed(removed, entity, key_of(r, entity, record)))
                add_record(r, b, entity, record, (uint32_t)i, fact_day);
        }
    }
    must(batch_finish(b, counts, records->count, &id, &e), &e);
}
