/* Making the tables of the catalogue, and adding the columns that a newer pack brings. */
#include "base/base.err.h"
#include "engine/record/gram.h"
#include "engine/record/record.err.h"
#include "engine/record/search.h"
#include <stdio.h>

#define NAMES_MAX (4u << 20)

static const char *column_type(const struct catalog_field *field)
{
    if (field->sealed)
        return "BLOB";
    return is_whole_number(field->type) ? "INTEGER" : "TEXT";
}

static void add_definition(struct buf *sql, const struct table *t, bool past)
{
    buf_add_z(sql, "CREATE TABLE ");
    add_table(sql, t, past);
    buf_add_z(sql,
              " (county TEXT NOT NULL, id TEXT NOT NULL, village TEXT NOT NULL, fact_day INTEGER NOT NULL, "
              "rev INTEGER NOT NULL");
    if (past)
        buf_add_z(sql, ", valid_from INTEGER NOT NULL, valid_to INTEGER NOT NULL");
    for (size_t i = 0; i < t->entity->stored_count; i++) {
        const struct catalog_field *field = t->entity->stored[i];
        if (t->village_shared && i == t->village_column)
            continue;
        buf_add_z(sql, ", ");
        add_column(sql, field);
        buf_add_format(sql, " %s", column_type(field));
    }
    for (size_t k = 0; k < t->sealed_count; k++) {
        buf_add_z(sql, ", ");
        add_cipher(sql, t->entity->stored[t->sealed[k]]);
        buf_add_z(sql, " BLOB");
    }
    buf_add_format(sql, ", PRIMARY KEY (county, id%s)) STRICT, WITHOUT ROWID;\n", past ? ", valid_from" : "");
}

/* The name of an index, and with `define` what it is on. By village for lists of an area, by parent for its
 * children, by hash for finding and counting equal values, and by number for the few records that were known
 * before their number. */
typedef void add_index(struct buf *sql, const char *table, const char *name, const char *on);

static void add_creation(struct buf *sql, const char *table, const char *name, const char *on)
{
    buf_add_format(sql, "CREATE INDEX IF NOT EXISTS \"%s_%s\" ON \"%s\" %s;\n", table, name, table, on);
}

static void add_removal(struct buf *sql, const char *table, const char *name, const char *on)
{
    (void)on;
    buf_add_format(sql, "DROP INDEX IF EXISTS \"%s_%s\";\n", table, name);
}

#define INDEX_TEXT_MAX 512

/* By its whole value: where equal ones are counted, and what is searched for. */
static bool is_looked_for(const struct catalog_entity *entity, const struct catalog_field *sealed)
{
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].derived_from == sealed && entity->fields[i].derive == DERIVE_USES)
            return true;
    return record_searches_sealed(entity, sealed);
}

static void add_indexes(struct buf *sql, const struct table *t, add_index *add)
{
    const struct catalog_entity *entity = t->entity;
    char name[128], on[INDEX_TEXT_MAX];
    add(sql, entity->z, "village", "(village)");
    if (t->parent != NULL) {
        snprintf(on, sizeof on, "(county, \"%s\")", entity->parent->z);
        snprintf(name, sizeof name, "%s_past", entity->z);
        add(sql, entity->z, "parent", on);
        add(sql, name, "parent", on);
    }
    for (size_t i = 0; i < entity->field_count; i++) {
        const struct catalog_field *field = &entity->fields[i];
        if (!field->sealed || !is_looked_for(entity, field))
            continue;
        snprintf(name, sizeof name, "%s_hash", field->z);
        snprintf(on, sizeof on, "(\"%s\") WHERE \"%s\" IS NOT NULL", name, name);
        add(sql, entity->z, name, on);
    }
    if (t->has_alternate) {
        const char *number = entity->fields[entity->key[0]].z;
        snprintf(on, sizeof on, "(\"%s\") WHERE id <> \"%s\" OR \"%s\" IS NULL", number, number, number);
        add(sql, entity->z, "number", on);
    }
}

static bool indexes_run(struct records *r, const struct table *t, add_index *add, struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    add_indexes(&sql, t, add);
    bool good = !sql.failed ? store_run(r->db, buf_text(&sql), e) : err_fail(e, &OUT_OF_MEMORY);
    buf_clear(&sql);
    return good;
}

/* On PostgreSQL that would shut out whoever reads until the batch is done. */
bool table_unindex(struct records *r, const struct table *t, struct err *e)
{
    return store_engine(r->db) != STORE_SQLITE || indexes_run(r, t, add_removal, e);
}
bool table_index(struct records *r, const struct table *t, struct err *e)
{
    return indexes_run(r, t, add_creation, e);
}

/* What a field is to the database: "money", "decimal 2", "sealed identifier". */
static void type_name(const struct catalog_field *field, char out[40])
{
    static const char *const name[] = {
        [FIELD_IDENTIFIER] = "identifier",
        [FIELD_TEXT] = "text",
        [FIELD_INT] = "int",
        [FIELD_DECIMAL] = "decimal",
        [FIELD_MONEY] = "money",
        [FIELD_YEAR] = "year",
        [FIELD_DATE] = "date",
        [FIELD_BOOL] = "bool",
        [FIELD_CODE] = "code",
        [FIELD_CODES] = "codes",
        [FIELD_REF] = "ref",
        [FIELD_VILLAGE] = "village",
    };
    if (field->type == FIELD_DECIMAL)
        snprintf(out, 40, "%sdecimal %d", field->sealed ? "sealed " : "", field->digits);
    else
        snprintf(out, 40, "%s%s", field->sealed ? "sealed " : "", name[field->type]);
}

static bool field_remember(struct records *r, const struct table *t, const struct catalog_field *field,
                           struct err *e)
{
    char type[40];
    struct statement *s = statement_open(
        r->db, TEXT("INSERT INTO record_field (entity, field, type, given) VALUES (?1, ?2, ?3, 0)"), e);
    if (s == NULL)
        return false;
    type_name(field, type);
    statement_bind(s, 1, value_text(t->entity->id));
    statement_bind(s, 2, value_text(field->id));
    statement_bind(s, 3, value_text(text_of(type)));
    bool good = statement_run(s, e);
    statement_close(s);
    return good;
}

/* *known_out: the database has this field, as the same type. */
static bool field_known(struct records *r, const struct table *t, const struct catalog_field *field,
                        bool *known_out, struct err *e)
{
    char type[40];
    struct statement *s =
        statement_open(r->db, TEXT("SELECT type FROM record_field WHERE entity = ?1 AND field = ?2"), e);
    if (s == NULL)
        return false;
    type_name(field, type);
    statement_bind(s, 1, value_text(t->entity->id));
    statement_bind(s, 2, value_text(field->id));
    enum step step = statement_step(s, e);
    bool good = step != STEP_FAILED;
    *known_out = step == STEP_ROW;
    if (step == STEP_ROW && !text_equal(statement_column(s, 0).s, text_of(type))) {
        good = err_fail_text(e, &RECORD_RETYPED, "entity", t->entity->id);
        err_add(e, "field", field->id);
        err_add(e, "before", statement_column(s, 0).s);
        err_add(e, "after", text_of(type));
    }
    statement_close(s);
    return good;
}

static bool field_add(struct records *r, const struct table *t, const struct catalog_field *field,
                      struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    for (int past = 0; past <= 1; past++) {
        buf_add_z(&sql, "ALTER TABLE ");
        add_table(&sql, t, past == 1);
        buf_add_z(&sql, " ADD COLUMN ");
        add_column(&sql, field);
        buf_add_format(&sql, " %s;\n", column_type(field));
        if (!field->sealed)
            continue;
        buf_add_z(&sql, "ALTER TABLE ");
        add_table(&sql, t, past == 1);
        buf_add_z(&sql, " ADD COLUMN ");
        add_cipher(&sql, field);
        buf_add_z(&sql, " BLOB;\n");
    }
    bool good = !sql.failed ? store_run(r->db, buf_text(&sql), e) : err_fail(e, &OUT_OF_MEMORY);
    buf_clear(&sql);
    return good && field_remember(r, t, field, e);
}

static bool table_create(struct records *r, const struct table *t, struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    add_definition(&sql, t, false);
    add_definition(&sql, t, true);
    buf_add_format(&sql, "INSERT INTO record_entity (entity, parent_size) VALUES ('%s', 0);\n", t->entity->z);
    bool good = !sql.failed ? store_run(r->db, buf_text(&sql), e) : err_fail(e, &OUT_OF_MEMORY);
    buf_clear(&sql);
    for (size_t i = 0; good && i < t->entity->stored_count; i++)
        good = field_remember(r, t, t->entity->stored[i], e);
    return good;
}

static bool table_extend(struct records *r, const struct table *t, struct err *e)
{
    for (size_t i = 0; i < t->entity->stored_count; i++) {
        bool known = false;
        if (!field_known(r, t, t->entity->stored[i], &known, e))
            return false;
        if (!known && !field_add(r, t, t->entity->stored[i], e))
            return false;
    }
    return true;
}

static bool table_define(struct records *r, const struct table *t, struct err *e)
{
    struct arena a;
    struct text *names = NULL;
    size_t count = 0;
    arena_init(&a, NAMES_MAX);
    bool good = store_table_columns(r->db, t->entity->id, &a, &names, &count, e);
    arena_clear(&a);
    if (good)
        good = count == 0 ? table_create(r, t, e) : table_extend(r, t, e);
    return good && table_index(r, t, e);
}

bool records_define(struct records *r, struct err *e)
{
    for (size_t i = 0; i < r->count; i++)
        if (!table_define(r, r->order[i], e))
            return false;
    return gram_define(r, e) && store_protect(r->db, e);
}
