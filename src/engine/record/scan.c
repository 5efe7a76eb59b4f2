/* Reading records: scans in an order, counts, single records. */
#include "base/base.err.h"
#include "engine/record/page_part.h"
#include "engine/record/record.err.h"
#include "engine/record/total.h"
#include "engine/vault/vault.h"
#include <assert.h>
#include <stdlib.h>

#define ROW_PLAIN_MAX (16u << 20)
#define FEW 1000 /* rows that may come at once */
#define PARTS_MAX 4096      /* counties that are read one by one */
#define PART_ROWS_MIN 5000  /* of a county, on average; smaller ones are not worth a statement of their own */
enum { ROW_ID, ROW_VILLAGE, ROW_FACT_DAY, ROW_REV, ROW_PARENT, ROW_FIELDS };
/* Parameters: those that a query has not stay unbound. */
enum { ASK_COUNTY = 1, ASK_LO, ASK_HI, ASK_AS_OF, ASK_AFTER, ASK_ID, ASK_PARENT, ASK_LIMIT, ASK_PAGE };
static_assert(ASK_PAGE == PAGE_FIRST, "a page's parameters come behind those of the scan");

struct record_scan {
    struct records *r;
    const struct table *t;
    struct statement *s;
    struct value *values;
    size_t field_count;
    const struct catalog_field **sealed; /* by position: the field to open, or NULL */
    bool any_sealed;
    struct arena plain; /* of the row: opened values */
    struct arena kept;  /* of the scan: what its statement has bound */
    struct record_query q;
};

/* What is known of the table before the query is written. */
struct shape {
    const struct table *t;
    const struct record_query *q;
    char county[COUNTY_SIZE + 1]; /* the only one; empty: several */
    bool few;                     /* one record, or what is below one: looked for in each county by key */
    bool whole;                   /* the area holds every record */
    bool past;                    /* as_of is asked, and there are earlier states */
    bool by_parent;               /* asked, and the ids do not give that order already */
    bool sqlite;
    bool counts; /* how many there are is asked, not which */
    struct text *counties; /* several, each read by a run of the statement; NULL: by one for all */
    size_t county_count;
};

/* ---- what the table is like ---- */

static bool ask(struct records *r, struct buf *sql, char lo[AREA_CODE_SIZE + 1], char hi[AREA_CODE_SIZE + 1],
                bool *any_out, struct err *e)
{
    struct statement *s = sql->failed ? NULL : statement_open(r->db, buf_text(sql), e);
    buf_clear(sql);
    enum step step = s != NULL ? statement_step(s, e) : STEP_FAILED;
    *any_out = step == STEP_ROW;
    for (int i = 0; step == STEP_ROW && i < 2 && i < statement_column_count(s); i++) {
        struct value v = statement_column(s, i);
        *any_out &= v.kind == VALUE_TEXT && v.s.size <= AREA_CODE_SIZE;
        if (*any_out)
            memcpy(i == 0 ? lo : hi, v.s.at, v.s.size);
    }
    statement_close(s);
    return step != STEP_FAILED || err_fail(e, &OUT_OF_MEMORY);
}

/* Smallest and largest village, which an index orders: two looks, however many records there are. */
static bool extremes(struct records *r, const struct table *t, char lo[AREA_CODE_SIZE + 1],
                     char hi[AREA_CODE_SIZE + 1], bool *any_out, struct err *e)
{
    struct buf sql;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(&sql, "SELECT (SELECT min(village) FROM \"%s\"), (SELECT max(village) FROM \"%s\")",
                   t->entity->z, t->entity->z);
    return ask(r, &sql, lo, hi, any_out, e);
}

static bool has_past(struct records *r, const struct table *t, bool *out, struct err *e)
{
    struct buf sql;
    char unused[2][AREA_CODE_SIZE + 1];
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(&sql, "SELECT county FROM \"%s_past\" LIMIT 1", t->entity->z);
    return ask(r, &sql, unused[0], unused[1], out, e);
}

/* Do the ids give the order by parent? */
static bool ids_nest(struct records *r, const struct table *t, bool *out, struct err *e)
{
    struct statement *s =
        statement_open(r->db, TEXT("SELECT parent_size FROM record_entity WHERE entity = ?1"), e);
    if (s == NULL)
        return false;
    statement_bind(s, 1, value_text(t->entity->id));
    enum step step = statement_step(s, e);
    *out = step == STEP_ROW && statement_column(s, 0).n >= 0;
    statement_close(s);
    return step != STEP_FAILED;
}

/* The county in which a whole area lies, where it is one. A record lies in the county of its village. A code
 * of six digits that ends in 00 names what is above the counties. */
static void county_of_area(const struct area *area, char out[COUNTY_SIZE + 1])
{
    struct area whole;
    struct err ignored = {.kind = NULL};
    if (area->lo[0] == 0 || memcmp(area->lo + COUNTY_SIZE - 2, "00", 2) == 0
        || !area_of(text_slice(text_of(area->lo), 0, COUNTY_SIZE), &whole, &ignored)
        || strcmp(area->hi, whole.hi) > 0)
        return;
    memcpy(out, area->lo, COUNTY_SIZE);
}

/* In which villages the records lie: in one county? In no others than the area's? Their index tells it at once; that
 * of the counties would not, behind row-level security. */
static bool places_find(struct records *r, struct shape *shape, struct err *e)
{
    char lo[AREA_CODE_SIZE + 1] = "", hi[AREA_CODE_SIZE + 1] = "";
    const struct area *area = &shape->q->area;
    bool any = false;
    if (!shape->past) /* earlier states lie where the record lies now */
        county_of_area(area, shape->county);
    if (shape->few)
        return true;
    if (!extremes(r, shape->t, lo, hi, &any, e))
        return false;
    if (any && shape->county[0] == 0 && memcmp(lo, hi, COUNTY_SIZE) == 0)
        memcpy(shape->county, lo, COUNTY_SIZE);
    /* Earlier states may lie elsewhere. */
    shape->whole = any && area_holds(area, text_of(lo)) && area_holds(area, text_of(hi)) && !shape->past;
    return true;
}

/* The counties that have records and meet the area, in the order of the table. */
static bool counties_list(struct records *r, const struct area *area, struct arena *a, struct shape *out,
                          struct err *e)
{
    struct statement *s =
        statement_open(r->db, TEXT("SELECT DISTINCT county FROM journal_head ORDER BY county"), e);
    struct text *counties = arena_take_many(a, PARTS_MAX, sizeof *counties);
    size_t count = 0;
    enum step step = s == NULL || counties == NULL ? STEP_FAILED : STEP_ROW;
    while (step == STEP_ROW && (step = statement_step(s, e)) == STEP_ROW && count < PARTS_MAX) {
        struct text county = statement_column(s, 0).s;
        if (area->lo[0] != 0
            && (text_compare(county, text_slice(text_of(area->lo), 0, COUNTY_SIZE)) < 0
                || text_compare(county, text_of(area->hi)) >= 0))
            continue;
        counties[count] = text_copy(a, county);
        if (counties[count++].at == NULL)
            step = STEP_FAILED;
    }
    statement_close(s);
    if (step == STEP_DONE && count > 1) {
        out->counties = counties;
        out->county_count = count;
    }
    return step != STEP_FAILED || err_fail(e, &OUT_OF_MEMORY);
}

/* Large counties are read one by one, as they lie, because a server then reads several at a time. */
static bool counties_part(struct records *r, const struct record_query *q, struct arena *a, struct shape *out,
                          struct err *e)
{
    int64_t rows = 0;
    if (out->sqlite || !q->lean || q->order != RECORD_BY_COUNTY || out->past || out->few || q->limit >= 0
        || out->county[0] != 0)
        return true;
    if (!store_rows_about(r->db, q->entity->id, &rows, e))
        return false;
    if (rows < 2 * PART_ROWS_MIN || !counties_list(r, &q->area, a, out, e))
        return rows < 2 * PART_ROWS_MIN;
    if ((size_t)rows < out->county_count * PART_ROWS_MIN)
        out->counties = NULL;
    return true;
}

static bool shape_of(struct records *r, const struct record_query *q, struct shape *out, struct err *e)
{
    bool nest = false;
    *out = (struct shape){.t = table_of(r, q->entity), .q = q, .sqlite = store_engine(r->db) == STORE_SQLITE};
    out->few = q->id.at != NULL || (q->parent.at != NULL && out->t->parent != NULL);
    if ((q->as_of != DAY_NONE && !has_past(r, out->t, &out->past, e)) || !places_find(r, out, e))
        return false;
    if (q->order == RECORD_BY_PARENT && out->t->parent != NULL) {
        if (!ids_nest(r, out->t, &nest, e))
            return false;
        out->by_parent = !nest;
    }
    return true;
}

/* ---- writing the query ---- */

static bool reads_cipher(const struct records *r, const struct record_query *q,
                         const struct catalog_field *field)
{
    return field->sealed && q->open_sealed && r->vault != NULL;
}

static void add_select(struct buf *sql, const struct records *r, const struct shape *shape)
{
    const struct catalog_field *parent = shape->t->entity->parent;
    if (shape->counts) {
        buf_add_z(sql, "SELECT 1");
        return;
    }
    if (shape->q->lean)
        buf_add_z(sql, parent != NULL ? "SELECT id, NULL, NULL, NULL, " : "SELECT id, village, NULL, NULL, ");
    else
        buf_add_z(sql, "SELECT id, village, fact_day, rev, ");
    if (parent != NULL)
        add_column(sql, parent);
    else
        buf_add_z(sql, "NULL");
    for (size_t i = 0; i < shape->q->field_count; i++) {
        buf_add_z(sql, ", ");
        if (reads_cipher(r, shape->q, shape->q->fields[i]))
            add_cipher(sql, shape->q->fields[i]);
        else
            add_column(sql, shape->q->fields[i]);
    }
    page_add_sort_column(sql, shape->t, shape->q->page);
}

/* One village is asked for by equality, so that its index gives the order by id, too. With a page SQLite is
 * kept from the village's index where the area holds everything: it would sort what lies in order. */
static void add_area(struct buf *sql, const struct shape *shape)
{
    const char *plus = shape->sqlite && shape->whole && shape->q->page != NULL && !shape->counts ? "+" : "";
    if (area_is_village(&shape->q->area))
        buf_add_format(sql, " AND %svillage = ?%d", plus, ASK_LO);
    else
        buf_add_format(sql, " AND %svillage >= ?%d AND %svillage < ?%d", plus, ASK_LO, plus, ASK_HI);
}

static void add_filters(struct buf *sql, const struct shape *shape)
{
    const struct record_query *q = shape->q;
    buf_add_z(sql, " WHERE 1 = 1");
    if (shape->county[0] != 0 || shape->counties != NULL)
        buf_add_format(sql, " AND county = ?%d", ASK_COUNTY);
    else if (shape->few)
        buf_add_z(sql, " AND county IN " SQL_COUNTIES);
    if (q->area.lo[0] != 0)
        add_area(sql, shape);
    page_add_conditions(sql, shape->t, q->page);
    if (q->after.at != NULL)
        buf_add_format(sql, " AND id > ?%d", ASK_AFTER);
    if (q->id.at != NULL)
        buf_add_format(sql, " AND id = ?%d", ASK_ID);
    if (q->parent.at != NULL && shape->t->parent != NULL)
        buf_add_format(sql, " AND \"%s\" = ?%d", shape->t->entity->parent->z, ASK_PARENT);
}

/* What is below one record is few. */
static bool is_below_one(const struct shape *shape)
{
    return shape->q->parent.at != NULL && shape->t->parent != NULL && shape->q->id.at == NULL;
}

/* SQLite has no counts of its tables to go by, so it is told: the parent's index for what is below one
 * record; where the area holds everything the village's is of no use. */
static void add_from(struct buf *sql, const struct shape *shape, bool past)
{
    const char *z = shape->t->entity->z, *ending = past ? "_past" : "";
    buf_add_format(sql, " FROM \"%s%s\" AS t", z, ending);
    if (!shape->sqlite || shape->q->id.at != NULL || (shape->q->page != NULL && !is_below_one(shape)))
        return;
    if (is_below_one(shape) || (!past && shape->whole && shape->by_parent))
        buf_add_format(sql, " INDEXED BY \"%s%s_parent\"", z, ending);
    else if (shape->whole && !past)
        buf_add_z(sql, " NOT INDEXED");
}

/* The state that held on the day; before the first one, the first. */
static void add_past(struct buf *sql, const struct records *r, const struct shape *shape)
{
    const char *z = shape->t->entity->z;
    buf_add_format(sql,
                   " AND (t.fact_day <= ?%d OR NOT EXISTS (SELECT 1 FROM \"%s_past\" p WHERE p.county = "
                   "t.county AND p.id = t.id))",
                   ASK_AS_OF, z);
    buf_add_z(sql, " UNION ALL ");
    add_select(sql, r, shape);
    add_from(sql, shape, true);
    add_filters(sql, shape);
    buf_add_format(sql,
                   " AND ((t.valid_from <= ?%d AND t.valid_to > ?%d) OR (t.valid_from > ?%d AND NOT EXISTS "
                   "(SELECT 1 FROM \"%s_past\" p "
                   "WHERE p.county = t.county AND p.id = t.id AND p.valid_from < t.valid_from)))",
                   ASK_AS_OF, ASK_AS_OF, ASK_AS_OF, z);
}

static void add_query(struct buf *sql, const struct records *r, const struct shape *shape)
{
    add_select(sql, r, shape);
    add_from(sql, shape, false);
    add_filters(sql, shape);
    if (shape->past)
        add_past(sql, r, shape);
    bool as_it_lies = shape->q->order == RECORD_BY_COUNTY && !shape->past;
    if (shape->q->page != NULL)
        page_add_order(sql, shape->t, shape->q, ROW_FIELDS + (int)shape->q->field_count + 1);
    else if (shape->q->id.at == NULL)
        buf_add_format(sql, " ORDER BY %s",
                       shape->by_parent ? "5 NULLS FIRST, 1"
                       : as_it_lies     ? "county, id"
                                        : "1");
    if (shape->q->limit >= 0)
        buf_add_format(sql, " LIMIT ?%d", ASK_LIMIT);
    page_add_offset(sql, shape->q);
}

static void bind_query(struct statement *s, const struct shape *shape)
{
    const struct record_query *q = shape->q;
    if (shape->county[0] != 0)
        statement_bind(s, ASK_COUNTY, value_text(text_of(shape->county)));
    if (q->area.lo[0] != 0) {
        statement_bind(s, ASK_LO, value_text(text_of(q->area.lo)));
        if (!area_is_village(&q->area))
            statement_bind(s, ASK_HI, value_text(text_of(q->area.hi)));
    }
    if (shape->past)
        statement_bind(s, ASK_AS_OF, value_int(q->as_of));
    if (q->after.at != NULL)
        statement_bind(s, ASK_AFTER, value_text(q->after));
    if (q->id.at != NULL)
        statement_bind(s, ASK_ID, value_text(q->id));
    if (q->parent.at != NULL && shape->t->parent != NULL)
        statement_bind(s, ASK_PARENT, value_text(q->parent));
    if (q->limit >= 0)
        statement_bind(s, ASK_LIMIT, value_int(q->limit));
}

/* A filter by the parent is looked for by its index, in whatever county. */
static void query_by_parent(struct record_query *q)
{
    for (size_t i = 0; q->page != NULL && q->parent.at == NULL && i < q->page->filter_count; i++) {
        const struct record_filter *f = &q->page->filters[i];
        if (f->field == q->entity->parent && f->test == RECORD_EQUAL && f->value.kind == VALUE_TEXT)
            q->parent = f->value.s;
    }
}

static void query_narrow(struct record_query *q, const struct records *r)
{
    query_by_parent(q);
    if (r->only == NULL)
        return;
    if (q->entity == r->only && q->id.at == NULL)
        q->id = r->only_id;
    else if (q->entity->parent != NULL && q->entity->parent->entity == r->only && q->parent.at == NULL)
        q->parent = r->only_id;
}

bool scan_count(struct records *r, const struct record_query *q, int64_t *out, struct err *e)
{
    struct shape shape;
    struct arena hashes;
    struct buf sql;
    struct record_query narrow = *q;
    query_narrow(&narrow, r);
    if (!shape_of(r, &narrow, &shape, e))
        return false;
    shape.counts = true;
    buf_init(&sql, SQL_TEXT_MAX);
    arena_init(&hashes, ROW_PLAIN_MAX);
    buf_add_z(&sql, "SELECT count(*) FROM (");
    add_select(&sql, r, &shape);
    add_from(&sql, &shape, false);
    add_filters(&sql, &shape);
    if (shape.past)
        add_past(&sql, r, &shape);
    buf_add_z(&sql, ") AS found");
    struct statement *s = sql.failed ? NULL : statement_open(r->db, buf_text(&sql), e);
    buf_clear(&sql);
    bool good = s != NULL || err_fail(e, &OUT_OF_MEMORY);
    if (good) {
        bind_query(s, &shape);
        good = page_bind(s, r, shape.t, q->page, &hashes, e) && statement_step(s, e) == STEP_ROW;
    }
    if (good)
        *out = statement_column(s, 0).n;
    statement_close(s);
    arena_clear(&hashes);
    return good;
}

/* ---- scanning ---- */

static bool fields_take(struct record_scan *scan, const struct record_query *q, struct err *e)
{
    scan->field_count = q->field_count;
    scan->values = calloc(q->field_count + 1, sizeof *scan->values);
    scan->sealed = calloc(q->field_count + 1, sizeof(const struct catalog_field *));
    if (scan->values == NULL || scan->sealed == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < q->field_count; i++) {
        if (reads_cipher(scan->r, q, q->fields[i])) {
            scan->sealed[i] = q->fields[i];
            scan->any_sealed = true;
        }
    }
    return true;
}

/* The statement borrows what it has bound, so the scan keeps its own copy of the query. */
static bool query_keep(struct record_scan *scan, const struct record_query *q, struct err *e)
{
    scan->q = *q;
    query_narrow(&scan->q, scan->r);
    struct text *texts[] = {&scan->q.after, &scan->q.id, &scan->q.parent};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct text before = *texts[i];
        *texts[i] = text_copy(&scan->kept, before);
        if (before.at != NULL && texts[i]->at == NULL)
            return err_fail(e, &OUT_OF_MEMORY);
    }
    return true;
}

static bool scan_start(struct record_scan *scan, struct err *e)
{
    struct shape *shape = arena_take(&scan->kept, sizeof *shape);
    struct buf sql;
    if (shape == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!shape_of(scan->r, &scan->q, shape, e)
        || !counties_part(scan->r, &scan->q, &scan->kept, shape, e))
        return false;
    buf_init(&sql, SQL_TEXT_MAX);
    add_query(&sql, scan->r, shape);
    scan->s = sql.failed ? NULL : statement_open(scan->r->db, buf_text(&sql), e);
    buf_clear(&sql);
    if (scan->s == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (scan->q.lean && shape->counties != NULL)
        statement_stream_parts(scan->s, ASK_COUNTY, shape->counties, shape->county_count);
    else if (scan->q.lean)
        statement_stream(scan->s);
    else if (scan->q.id.at == NULL && scan->q.parent.at == NULL && (scan->q.limit < 0 || scan->q.limit > FEW))
        statement_many(scan->s);
    bind_query(scan->s, shape);
    return page_bind(scan->s, scan->r, scan->t, scan->q.page, &scan->kept, e);
}

void records_only(struct records *r, const struct catalog_entity *root, struct text id)
{
    r->only = id.at != NULL ? root : NULL;
    r->only_id = id;
}

bool record_scan_open(struct records *r, const struct record_query *q, struct record_scan **out,
                      struct err *e)
{
    struct record_scan *scan = calloc(1, sizeof *scan);
    if (scan == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    scan->r = r;
    scan->t = table_of(r, q->entity);
    arena_init(&scan->plain, ROW_PLAIN_MAX);
    arena_init(&scan->kept, ROW_PLAIN_MAX);
    if (!query_keep(scan, q, e) || !records_permit(r, q->entity, q->behind, &q->area, &scan->q.area, e)
        || !fields_take(scan, q, e) || !scan_start(scan, e)) {
        record_scan_close(scan);
        return false;
    }
    *out = scan;
    return true;
}

static bool row_open(struct record_scan *scan, struct text id, struct err *e)
{
    arena_rewind(&scan->plain, (struct arena_mark){NULL, 0, 0});
    for (size_t i = 0; i < scan->field_count; i++) {
        if (scan->sealed[i] == NULL || scan->values[i].kind != VALUE_BYTES)
            continue;
        struct text plain;
        if (!vault_unseal(scan->r->vault, &scan->plain, scan->t->entity->z, scan->sealed[i]->z, id,
                          scan->values[i].s, &plain, e))
            return false;
        scan->values[i] = value_text(plain);
    }
    return true;
}

/* What is not wanted is not fetched: a scan that fills a frame asks for millions of rows. */
static void row_place(const struct record_scan *scan, struct record_row *out)
{
    bool nested = scan->t->entity->parent != NULL, lean = scan->q.lean;
    out->village = lean && nested ? TEXT_NONE : statement_column(scan->s, ROW_VILLAGE).s;
    out->fact_day = lean ? DAY_NONE : (day)statement_column(scan->s, ROW_FACT_DAY).n;
    out->rev = lean ? 0 : statement_column(scan->s, ROW_REV).n;
    out->parent = nested ? statement_column(scan->s, ROW_PARENT).s : TEXT_NONE;
}

bool record_scan_next(struct record_scan *scan, struct record_row *row_out, struct err *e)
{
    if (statement_step(scan->s, e) != STEP_ROW)
        return false;
    row_out->id = statement_column(scan->s, ROW_ID).s;
    row_place(scan, row_out);
    for (size_t i = 0; i < scan->field_count; i++)
        scan->values[i] = statement_column(scan->s, (int)(ROW_FIELDS + i));
    row_out->values = scan->values;
    row_out->sort = page_has_sort_column(scan->t, scan->q.page)
                        ? statement_column(scan->s, (int)(ROW_FIELDS + scan->field_count))
                        : value_none();
    return !scan->any_sealed || row_open(scan, row_out->id, e);
}

void record_scan_close(struct record_scan *scan)
{
    if (scan == NULL)
        return;
    statement_close(scan->s);
    arena_clear(&scan->plain);
    arena_clear(&scan->kept);
    free(scan->values);
    free(scan->sealed);
    free(scan);
}
