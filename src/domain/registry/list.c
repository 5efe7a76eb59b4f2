/* `list`: records of an entity. Always holds: rows are written as they are read, so memory does not grow with
 * them; `total` counts all that the condition finds, also beyond --limit. */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/registry/parts.h"
#include "domain/registry/registry.err.h"
#include "engine/select/select.h"

#define LIST_SHOW_MAX 200 /* rows that a person is shown without --limit */
#define LIST_SHOW_COLUMNS 10

static const struct op_parameter parameters[] = {
    {.name = "entity",
     .type = OP_TEXT,
     .positional = true,
     .required = true,
     .value = "ENTITY",
     .zh = "记录类别，如 household、person（见 catalog）",
     .en = "kind of records, such as household or person (see catalog)"},
    {.name = "area",
     .type = OP_AREA,
     .value = "CODE",
     .zh = "区划代码，只列这一范围",
     .en = "division code: this area only"},
    {.name = "where",
     .type = OP_CEL,
     .value = "CEL",
     .zh = "条件，如 \"kind == '脱贫户' && farmland > 3.0\"",
     .en = "a condition, such as \"kind == '脱贫户' && farmland > 3.0\""},
    {.name = "limit", .type = OP_INT, .value = "N", .zh = "最多列出几条", .en = "at most so many"},
    {.name = "reveal",
     .type = OP_FLAG,
     .writes = true,
     .zh = "显示敏感信息原文（记入日志）",
     .en = "show sensitive fields in full (journalled)"},
};

struct list {
    const struct catalog_entity *entity;
    struct view *view;
    struct record_query query;
    int64_t limit, total;
    struct run *run; /* with a condition: the rows that meet it */
    struct run_bits bits;
};

/* Evaluates the condition over the area; its rows are then looked up by id while scanning. */
static bool select_rows(struct op_call *call, struct list *l, struct text where, struct err *e)
{
    struct run_options options = {.area = l->query.area, .as_of = clock_today(), .on = l->entity};
    if (!catalog_compile(call->session->catalog, l->entity, where, call->arena, &options.where, e)
        || !access_asks(records_actor(call->session->records), call->session->catalog, options.where, e)
        || !session_look_beyond(call->session, e)
        || !run_open(call->session->records, call->session->catalog, &options, &l->run, e))
        return false;
    if (!run_select(l->run, l->entity, options.where, &l->bits, e))
        return false;
    if (l->bits.failed_count > 0)
        return catalog_filter_fail(l->entity, &l->bits.first_failure, e);
    l->total = (int64_t)l->bits.yes_count;
    return true;
}

static bool run_list(struct op_call *call, struct err *e)
{
    const struct op_value *where = op_value(call, "where"), *limit = op_value(call, "limit");
    bool reveal = op_value(call, "reveal")->given;
    struct list *l = arena_take(call->arena, sizeof *l);
    if (l == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    call->result = l;
    l->limit = limit->given ? limit->n : -1;
    l->query =
        (struct record_query){.as_of = DAY_NONE, .limit = -1, .open_sealed = call->session->vault != NULL};
    if (!reveal_permit(call, e) || !entity_readable(call, op_value(call, "entity")->s, &l->entity, e)
        || !records_area(call->session->records, op_value(call, "area")->s, &l->query.area, e)
        || !view_open(call, l->entity, reveal, NULL, &l->view, e))
        return false;
    l->query.entity = l->entity;
    l->query.fields = view_fields(l->view, &l->query.field_count);
    if (reveal && !reveal_journal(call, l->entity->id, TEXT("*"), TEXT("reveal"), e))
        return false;
    if (where->given)
        return select_rows(call, l, where->s, e);
    l->query.limit = l->limit;
    return record_count(call->session->records, l->entity, &l->query.area, &l->total, e);
}

static bool is_wanted(const struct list *l, struct text id)
{
    if (l->run == NULL)
        return true;
    uint32_t at = frame_row(run_frame(l->run), l->entity, id);
    return at != UINT32_MAX && (l->bits.yes[at / 64] >> (at % 64) & 1) != 0;
}

/* Gives each wanted row to `each`, at most `most` of them (< 0: all). */
static bool each_row(struct op_call *call, int64_t most,
                     void (*each)(void *user, const struct record_row *row), void *user, struct err *e)
{
    struct list *l = call->result;
    struct record_scan *scan;
    struct record_row row;
    int64_t done = 0;
    if (!record_scan_open(call->session->records, &l->query, &scan, e))
        return false;
    while ((most < 0 || done < most) && record_scan_next(scan, &row, e))
        if (is_wanted(l, row.id)) {
            each(user, &row);
            done++;
        }
    record_scan_close(scan);
    run_close(l->run);
    l->run = NULL;
    return e->kind == NULL;
}

static bool json_list(struct op_call *call, struct json *out, struct err *e)
{
    struct list *l = call->result;
    json_object(out);
    json_key(out, "entity");
    json_text(out, l->entity->id);
    json_key(out, "total");
    json_int(out, l->total);
    json_key(out, "items");
    json_array(out);
    bool good = each_row(call, l->limit, view_row_json, &(struct view_rows){l->view, out}, e);
    json_array_end(out);
    json_object_end(out);
    return good;
}

struct table_rows {
    struct op_call *call;
    const struct list *list;
    struct print_table *table;
    const size_t *columns;
    size_t count;
};
static void row_table(void *user, const struct record_row *row)
{
    struct table_rows *to = user;
    struct text cells[LIST_SHOW_COLUMNS];
    for (size_t i = 0; i < to->count; i++)
        cells[i] = view_text(to->list->view, row, to->columns[i], to->call->arena, to->call->lang);
    print_table_row(to->table, PRINT_PLAIN, cells);
}

static bool is_number(const struct catalog_field *field)
{
    return field->type == FIELD_INT || field->type == FIELD_DECIMAL || field->type == FIELD_MONEY;
}

/* The first columns of the entity that fit a screen; all of them are in --json. */
static size_t choose_columns(const struct list *l, size_t columns[LIST_SHOW_COLUMNS])
{
    size_t count = 0;
    for (size_t i = 0; i < view_count(l->view) && count < LIST_SHOW_COLUMNS; i++)
        if (view_column(l->view, i)->shows == SHOWS_NOTHING)
            columns[count++] = i;
    return count;
}

static bool show_list(struct op_call *call, struct print *p, struct err *e)
{
    struct list *l = call->result;
    const char *heads[LIST_SHOW_COLUMNS];
    size_t columns[LIST_SHOW_COLUMNS], count = choose_columns(l, columns);
    struct print_table *table = print_table_new(call->arena, count);
    for (size_t i = 0; i < count; i++) {
        const struct catalog_field *field = view_column(l->view, columns[i]);
        heads[i] = text_copy(call->arena, label_in(field->label, call->lang)).at;
        if (is_number(field))
            print_table_right(table, i);
    }
    int64_t most = l->limit >= 0 ? l->limit : LIST_SHOW_MAX;
    print_table_head(table, heads);
    if (!each_row(call, most, row_table, &(struct table_rows){call, l, table, columns, count}, e))
        return false;
    print_table_end(table, p);
    print_line(p, PRINT_FAINT, print_say(p, "共 %lld 条，列出 %lld 条。", "%lld records, %lld shown."),
               (long long)l->total, (long long)(most < l->total ? most : l->total));
    print_next(p, "honghua get 类别 编号 查看一条；--json 输出全部字段",
               "honghua get ENTITY ID shows one record; --json prints all fields");
    return true;
}

const struct op op_list_records = {
    .name = "list",
    .zh = "列出一类记录",
    .en = "records of an entity",
    .parameters = parameters,
    .count = COUNT_OF(parameters),
    .needs = OP_NEEDS_DATABASE,
    .run = run_list,
    .json = json_list,
    .show = show_list,
};
