/* Writes what the ten rules read as three CSV files, so that other databases can be asked the same:
 * `export DB FOLDER`. Certificate numbers in plain, codes as their labels, dates as the number yyyymmdd. */
#include "bench/bench.h"
#include "bench/ten.h"
#include <stdio.h>

struct column {
    const char *entity; /* also the file's name */
    const char *fields[16];
};
static const struct column tables[] = {
    {"household", {"kind", "lifted_year", "main_cause", "safe_water", "members_claimed"}},
    {"person",
     {"certificate", "certificate_type", "birth", "sex", "relation", "health", "school", "out_reason",
      "status", "work_place", "work_months"}},
    {"household_year", {"year", "wage", "per_capita"}},
};

static void write_value(FILE *out, const struct ten *t, const struct catalog_field *field, struct value v)
{
    struct arena a;
    struct civil c;
    putc(',', out);
    if (v.kind == VALUE_NONE)
        return;
    if (field->codes != NULL) {
        arena_init(&a, 65536);
        struct text label = record_value_text(&a, t->pack, field, v, true, LANG_ZH);
        fprintf(out, "\"%.*s\"", TEXT_ARG(label));
        arena_clear(&a);
    } else if (field->type == FIELD_DATE) {
        c = day_to_civil((day)v.n);
        fprintf(out, "%04d%02d%02d", c.year, c.month, c.day);
    } else if (v.kind == VALUE_INT) {
        fprintf(out, "%lld", (long long)v.n);
    } else {
        fprintf(out, "\"%.*s\"", TEXT_ARG(v.s));
    }
}

static FILE *open_file(const char *folder, const struct column *table, bool has_parent)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.csv", folder, table->entity);
    FILE *out = fopen(path, "w");
    if (out == NULL)
        bench_die("the CSV cannot be written");
    fprintf(out, "id,village%s", has_parent ? ",household" : "");
    for (size_t i = 0; table->fields[i] != NULL; i++)
        fprintf(out, ",%s", table->fields[i]);
    putc('\n', out);
    return out;
}

static void write_row(FILE *out, const struct ten *t, const struct record_query *q,
                      const struct record_row *row)
{
    fprintf(out, "\"%.*s\",%.*s", TEXT_ARG(row->id), TEXT_ARG(row->village));
    if (q->entity->parent != NULL)
        fprintf(out, ",%.*s", TEXT_ARG(row->parent));
    for (size_t i = 0; i < q->field_count; i++)
        write_value(out, t, q->fields[i], row->values[i]);
    putc('\n', out);
}

static void write_table(struct ten *t, const char *folder, const struct column *table)
{
    struct err e = {0};
    const struct catalog_field *fields[16];
    struct record_query q = {.entity = catalog_entity(t->pack, text_of(table->entity)),
                             .as_of = TEN_AS_OF,
                             .fields = fields,
                             .open_sealed = true,
                             .order = RECORD_BY_ID,
                             .limit = -1};
    struct record_scan *rows = NULL;
    struct record_row row;
    while (table->fields[q.field_count] != NULL) {
        fields[q.field_count] = catalog_field(q.entity, text_of(table->fields[q.field_count]));
        q.field_count++;
    }
    FILE *out = open_file(folder, table, q.entity->parent != NULL);
    if (!area_of(TEXT(""), &q.area, &e) || !record_scan_open(t->session.records, &q, &rows, &e))
        bench_fail(&e);
    while (record_scan_next(rows, &row, &e))
        write_row(out, t, &q, &row);
    record_scan_close(rows);
    if (e.kind != NULL)
        bench_fail(&e);
    if (fclose(out) != 0)
        bench_die("the CSV cannot be written");
}

int main(int argc, char **argv)
{
    static struct ten t;
    struct err e = {0};
    if (argc != 3)
        bench_die("export DB FOLDER");
    ten_open(&t, argv[1], true);
    if (!store_begin_read(t.session.store, &e))
        bench_fail(&e);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        write_table(&t, argv[2], &tables[i]);
    if (!store_end(t.session.store, true, &e))
        bench_fail(&e);
    ten_close(&t);
    return 0;
}
