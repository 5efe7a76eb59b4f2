/* `search`: one box for a name or a part of one, a village, a number, a certificate, a phone. Always holds:
 * numbers that are sensitive are compared by their keyed hashes; what is found beyond RECORD_HIT_MAX is not
 * counted. */
#include "engine/record/search.h"
#include "base/base.err.h"
#include "domain/registry/parts.h"
#include "domain/registry/registry.err.h"
#include "engine/catalog/coerce.h"
#include "engine/record/record.err.h"

#define TEXT_SIZE_MAX 200    /* bytes of what is searched for */
#define VILLAGE_SHOWN_MAX 20 /* villages that a text may name */
#define NUMBER_SIZE_MIN 7    /* of what may be a certificate or a phone */

static const struct op_parameter parameters[] = {
    {.name = "entity",
     .type = OP_TEXT,
     .positional = true,
     .required = true,
     .value = "ENTITY",
     .zh = "记录类别，如 household、person",
     .en = "kind of records, such as household or person"},
    {.name = "text",
     .type = OP_TEXT,
     .positional = true,
     .required = true,
     .value = "TEXT",
     .zh = "姓名或其中几个字、村名或村编码、户编号、证件号码、电话",
     .en =
         "a name or a part of it, a village or its code, a household number, a certificate number, a phone"},
    {.name = "fields",
     .type = OP_FIELDS,
     .positional = true,
     .many = true,
     .value = "FIELD=VALUE",
     .zh = "再按字段筛选（见 browse）",
     .en = "filters beside it (see browse)"},
    {.name = "area", .type = OP_AREA, .value = "CODE", .zh = "只找这个区划的", .en = "only this division"},
    OP_PAGE,
};

struct search {
    struct op_call *call;
    const struct catalog_entity *entity;
    struct view *view;
    struct record_query query;
    struct record_page page; /* the filters */
    struct record_hits hits;
    struct text text;
    size_t from, to; /* hits of the page */
};

/* ---- finding ---- */

/* All records of `of` that meet one filter, as hits: themselves, or what they hang below. */
static bool hits_where(struct search *s, const struct catalog_entity *of, const struct record_filter *f,
                       enum record_rank rank, bool parents, struct err *e)
{
    const struct record_page page = {.filters = f, .filter_count = 1};
    const struct record_query q = {
        .entity = of, .area = s->query.area, .as_of = DAY_NONE, .limit = RECORD_HIT_MAX + 1, .page = &page};
    struct record_scan *scan;
    struct record_row row;
    bool good = true;
    if (!record_scan_open(s->call->session->records, &q, &scan, e))
        return false;
    while (good && record_scan_next(scan, &row, e)) {
        struct text found = parents ? row.parent : row.id;
        good = found.at == NULL || record_hits_add(&s->hits, rank, found, s->call->arena, e);
    }
    record_scan_close(scan);
    return good && e->kind == NULL;
}

/* A key as people give it, of the entity itself, of what its records hang below, or of what hangs below them.
 */
static bool by_key(struct search *s, const struct catalog_entity *of, struct err *e)
{
    struct text id;
    bool found = false;
    struct err unread = {.kind = NULL};
    if (!access_reads(records_actor(s->call->session->records), of, &unread))
        return true;
    if (!record_find(s->call->session->records, of, &s->query.area, s->text, s->call->arena, &id, &found, e))
        return false;
    if (!found)
        return true;
    if (of == s->entity)
        return record_hits_add(&s->hits, RECORD_HIT_NUMBER, id, s->call->arena, e);
    bool below = of->parent != NULL && of->parent->entity == s->entity;
    const struct record_filter f = {.field = below ? &of->fields[of->key[0]] : s->entity->parent,
                                    .test = RECORD_EQUAL,
                                    .value = value_text(below ? s->text : id)};
    return hits_where(s, below ? of : s->entity, &f, RECORD_HIT_NUMBER, below, e);
}

/* Certificates and phones in full. */
static bool by_sealed(struct search *s, const struct catalog_entity *of, struct err *e)
{
    struct err unread = {.kind = NULL};
    const struct actor *actor = records_actor(s->call->session->records);
    if (s->call->session->vault == NULL || !access_reads(actor, of, &unread))
        return true;
    for (size_t i = 0; i < of->stored_count; i++) {
        const struct catalog_field *field = of->stored[i];
        struct coerced coerced;
        struct err ignored = {.kind = NULL};
        if (!record_searches_sealed(of, field) || access_shows(actor, field) == ACCESS_HIDDEN
            || !coerce_text(field, s->text, s->call->arena, &coerced, &ignored)
            || coerced.value.kind != VALUE_TEXT)
            continue;
        const struct record_filter f = {.field = field, .test = RECORD_EQUAL, .value = coerced.value};
        if (!hits_where(s, of, &f, RECORD_HIT_NUMBER, of != s->entity, e))
            return false;
    }
    return true;
}

/* Digits of any width, and the X at the end of a certificate: a number, no name. */
static bool is_number(struct text t)
{
    size_t digits = 0;
    for (size_t at = 0; at < t.size;) {
        uint32_t c = text_next(t, &at);
        digits += (c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19);
    }
    return digits >= NUMBER_SIZE_MIN && digits + 4 >= text_count(t);
}

/* Nothing beside the digits that could be a name. */
static bool is_bare_number(struct text t)
{
    bool bare = is_number(t);
    for (size_t at = 0; bare && at < t.size;) {
        uint32_t c = text_next(t, &at);
        bare = c < 0x80 || (c >= 0xFF10 && c <= 0xFF19);
    }
    return bare;
}

static bool by_number(struct search *s, struct err *e)
{
    const struct catalog *c = s->call->session->catalog;
    if (!by_key(s, s->entity, e) || !by_sealed(s, s->entity, e)
        || (s->entity->parent != NULL && !by_key(s, s->entity->parent->entity, e)))
        return false;
    for (size_t i = 0; i < c->entity_count; i++) {
        const struct catalog_entity *below = &c->entities[i];
        if (below->parent == NULL || below->parent->entity != s->entity || below->key_count != 1)
            continue;
        if (!by_key(s, below, e) || !by_sealed(s, below, e))
            return false;
    }
    return true;
}

static const struct catalog_field *village_field(const struct catalog_entity *entity)
{
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].type == FIELD_VILLAGE)
            return &entity->fields[i];
    return NULL;
}

/* The records of the villages that the text names, or whose code it is: behind those that bear the name. */
static bool by_village(struct search *s, struct err *e)
{
    struct records *r = s->call->session->records;
    const struct catalog_entity *village = catalog_entity(s->call->session->catalog, TEXT("village"));
    const struct catalog_field *field = village_field(s->entity);
    struct record_hits found = {.at = NULL};
    if (village == NULL || field == NULL || s->entity == village)
        return true;
    if (s->text.size == AREA_CODE_SIZE
        && !record_hits_add(&found, RECORD_HIT_NUMBER, s->text, s->call->arena, e))
        return false;
    if (!is_bare_number(s->text)
        && !record_search_name(r, village, &s->query.area, true, s->text, s->call->arena, &found, e))
        return false;
    record_hits_order(&found);
    for (size_t i = 0; i < found.count && i < VILLAGE_SHOWN_MAX && s->hits.count <= RECORD_HIT_MAX; i++) {
        const struct record_filter f = {
            .field = field, .test = RECORD_EQUAL, .value = value_text(found.at[i].id)};
        if (!hits_where(s, s->entity, &f, RECORD_HIT_PLACE, false, e))
            return false;
    }
    return true;
}

static bool find(struct search *s, struct err *e)
{
    if (is_number(s->text) && !by_number(s, e))
        return false;
    if (!is_bare_number(s->text)
        && !record_search_name(s->call->session->records, s->entity, &s->query.area, false, s->text,
                               s->call->arena, &s->hits, e))
        return false;
    if (!by_village(s, e))
        return false;
    record_hits_order(&s->hits);
    return true;
}

/* ---- filters ---- */

/* One of the hits, by its id; its row, where it meets the filters. */
static bool hit_open(struct search *s, const struct record_hit *hit, bool whole, struct record_scan **out,
                     struct err *e)
{
    struct record_query q = s->query;
    q.id = hit->id;
    q.limit = 1;
    q.page = s->page.filter_count > 0 ? &s->page : NULL;
    if (!whole)
        q.field_count = 0;
    return record_scan_open(s->call->session->records, &q, out, e);
}

static bool filter(struct search *s, struct err *e)
{
    size_t kept = 0;
    for (size_t i = 0; s->page.filter_count > 0 && i < s->hits.count; i++) {
        struct record_scan *scan;
        struct record_row row;
        if (!hit_open(s, &s->hits.at[i], false, &scan, e))
            return false;
        if (record_scan_next(scan, &row, e))
            s->hits.at[kept++] = s->hits.at[i];
        record_scan_close(scan);
        if (e->kind != NULL)
            return false;
    }
    if (s->page.filter_count > 0)
        s->hits.count = kept;
    return true;
}

/* ---- the page ---- */

/* A place among hits is their number: it opens nothing that the same search would not. */
static bool page_find(struct search *s, struct err *e)
{
    const struct op_value *cursor = op_value(s->call, "cursor"), *offset = op_value(s->call, "offset"),
                          *limit = op_value(s->call, "limit");
    int64_t from = offset->given ? offset->n : 0, most = limit->given ? limit->n : OP_PAGE_LIMIT;
    if (cursor->given && offset->given)
        return err_fail(e, &REGISTRY_CURSOR_OFFSET);
    if (most < 1 || most > OP_PAGE_LIMIT_MAX)
        return op_value_bad(e, "limit", limit->s, "1-1000");
    if (cursor->given && (!text_to_int(cursor->s, &from) || from < 1 || from > RECORD_HIT_MAX))
        return err_fail(e, &RECORD_CURSOR);
    s->from = from < (int64_t)s->hits.count ? (size_t)from : s->hits.count;
    s->to = s->hits.count - s->from > (size_t)most ? s->from + (size_t)most : s->hits.count;
    return true;
}

static bool run_search(struct op_call *call, struct err *e)
{
    struct search *s = arena_take(call->arena, sizeof *s);
    struct area in;
    if (s == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    call->result = s;
    s->call = call;
    s->text = text_trim(op_value(call, "text")->s);
    if (text_is_empty(s->text) || s->text.size > TEXT_SIZE_MAX)
        return err_fail_int(e, &REGISTRY_SEARCH_TEXT, "max", TEXT_SIZE_MAX);
    if (!entity_readable(call, op_value(call, "entity")->s, &s->entity, e)
        || !filters_read(call, s->entity, "fields", &s->page, e)
        || !records_area(call->session->records, op_value(call, "area")->s, &in, e)
        || !view_open_in(call, s->entity, false, NULL, NULL, &s->view, e))
        return false;
    s->query = (struct record_query){
        .entity = s->entity, .area = in, .as_of = DAY_NONE, .open_sealed = call->session->vault != NULL};
    s->query.fields = view_fields(s->view, &s->query.field_count);
    return find(s, e) && filter(s, e) && page_find(s, e);
}

static bool each_hit(struct search *s, void (*each)(void *user, const struct record_row *row), void *user,
                     struct err *e)
{
    for (size_t i = s->from; i < s->to; i++) {
        struct record_scan *scan;
        struct record_row row;
        if (!hit_open(s, &s->hits.at[i], true, &scan, e))
            return false;
        if (record_scan_next(scan, &row, e))
            each(user, &row);
        record_scan_close(scan);
        if (e->kind != NULL)
            return false;
    }
    return true;
}

static bool json_search(struct op_call *call, struct json *out, struct err *e)
{
    struct search *s = call->result;
    json_object(out);
    json_key(out, "items");
    json_array(out);
    bool good = each_hit(s, view_row_json, &(struct view_rows){s->view, out}, e);
    json_array_end(out);
    json_key(out, "next");
    json_text(out, s->to < s->hits.count ? text_format(call->arena, "%zu", s->to) : TEXT_NONE);
    json_key(out, "total");
    json_int(out, (int64_t)s->hits.count);
    json_key(out, "more"); /* than are counted */
    json_bool(out, s->hits.more);
    json_object_end(out);
    return good;
}

#define SHOW_COLUMNS 8
struct to_table {
    struct search *s;
    struct print_table *table;
    size_t columns[SHOW_COLUMNS], count;
};
static void row_table(void *user, const struct record_row *row)
{
    struct to_table *to = user;
    struct text cells[SHOW_COLUMNS];
    for (size_t i = 0; i < to->count; i++)
        cells[i] = view_text(to->s->view, row, to->columns[i], to->s->call->arena, to->s->call->lang);
    print_table_row(to->table, PRINT_PLAIN, cells);
}

static bool show_search(struct op_call *call, struct print *p, struct err *e)
{
    struct search *s = call->result;
    struct to_table to = {.s = s};
    const char *heads[SHOW_COLUMNS];
    for (size_t i = 0; i < view_count(s->view) && to.count < SHOW_COLUMNS; i++)
        if (view_column(s->view, i)->shows == SHOWS_NOTHING)
            to.columns[to.count++] = i;
    for (size_t i = 0; i < to.count; i++)
        heads[i] =
            text_copy(call->arena, label_in(view_column(s->view, to.columns[i])->label, call->lang)).at;
    to.table = print_table_new(call->arena, to.count);
    print_table_head(to.table, heads);
    if (!each_hit(s, row_table, &to, e))
        return false;
    print_table_end(to.table, p);
    print_line(p, PRINT_FAINT,
               s->hits.more
                   ? print_say(p, "找到 %zu 条以上，请多写几个字。", "More than %zu; write more of it.")
                   : print_say(p, "找到 %zu 条。", "%zu found."),
               s->hits.count);
    return true;
}

const struct op op_search = {
    .name = "search",
    .zh = "按姓名、村、户编号、证件号码或电话查找",
    .en = "find records by name, village, number, certificate or phone",
    .parameters = parameters,
    .count = COUNT_OF(parameters),
    .needs = OP_NEEDS_DATABASE,
    .route = {.method = "POST", .path = "{entity}/search"},
    .run = run_search,
    .json = json_search,
    .show = show_search,
};
