/* `browse`: a page of a list, by filters and in an order, and the same as a file. Always holds: a page reads
 * one record more than it shows, so that `next` is there exactly where something follows; a file is written
 * as it is read. */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/registry/export.h"
#include "domain/registry/parts.h"
#include "domain/registry/registry.err.h"

#define SHOW_COLUMNS 10

static const struct op_parameter parameters[] = {
    {.name = "entity",
     .type = OP_TEXT,
     .positional = true,
     .required = true,
     .value = "ENTITY",
     .zh = "记录类别，如 household、person（见 catalog）",
     .en = "kind of records, such as household or person (see catalog)"},
    {.name = "fields",
     .type = OP_FIELDS,
     .positional = true,
     .many = true,
     .value = "FIELD=VALUE",
     .zh = "筛选：字段=值；字段.min=、字段.max= 为范围，字段.empty=true 为未填",
     .en = "filters: FIELD=VALUE; FIELD.min= and FIELD.max= for a range, FIELD.empty=true for what is not "
           "known"},
    {.name = "area", .type = OP_AREA, .value = "CODE", .zh = "只列这个区划的", .en = "only this division"},
    OP_PAGE,
    {.name = "sort",
     .type = OP_TEXT,
     .value = "FIELD",
     .zh = "按哪个字段排序，前面加 - 为从大到小",
     .en = "order by this field; -FIELD descends"},
    {.name = "columns",
     .type = OP_TEXT,
     .value = "FIELD,FIELD",
     .zh = "只要这些字段（编号总在其中），逗号分隔",
     .en = "these fields alone, with commas between; the key is always among them"},
    {.name = "as-of",
     .type = OP_DAY,
     .value = "DATE",
     .zh = "当日有效的情况",
     .en = "the state valid on that day"},
    {.name = "format",
     .type = OP_CHOICE,
     .choices = "json,csv,xlsx",
     .value = "FORMAT",
     .zh = "csv、xlsx 导出筛选到的全部记录（敏感信息已遮盖）",
     .en = "csv and xlsx hold all that the filters find, masked"},
    {.name = "out", .type = OP_OUT_PATH, .value = "FILE", .zh = "导出到文件", .en = "the file to write"},
};

struct browse {
    const struct catalog_entity *entity;
    struct view *view;
    struct record_query query;
    struct record_page page;
    int64_t total, limit;
    struct text next;
};

/* A list of one village, by its area or by a filter, needs no more names than that one. */
static bool names_area(const struct browse *b, const struct area *area, struct area *out, struct err *e)
{
    *out = *area;
    for (size_t i = 0; i < b->page.filter_count; i++) {
        const struct record_filter *f = &b->page.filters[i];
        if (f->field->type == FIELD_VILLAGE && f->test == RECORD_EQUAL && f->value.s.size == AREA_CODE_SIZE)
            return area_of(f->value.s, out, e);
    }
    return true;
}

static bool list_query(const struct op_call *call, struct browse *b, struct err *e)
{
    const struct op_value *as_of = op_value(call, "as-of");
    struct record_query *q = &b->query;
    struct area names;
    *q = (struct record_query){.entity = b->entity,
                               .as_of = as_of->given ? (day)as_of->n : DAY_NONE,
                               .limit = -1,
                               .open_sealed = call->session->vault != NULL};
    if (!records_area(call->session->records, op_value(call, "area")->s, &q->area, e)
        || !names_area(b, &q->area, &names, e)
        || !view_open_in(call, b->entity, false, NULL, &names, &b->view, e)
        || !view_narrow(call, b->view, op_value(call, "columns"), e))
        return false;
    q->fields = view_fields(b->view, &q->field_count);
    return true;
}

static bool is_file(const struct op_call *call)
{
    const struct op_value *format = op_value(call, "format");
    return format->given && !text_equal(format->s, TEXT("json"));
}

/* All that the filters find, in its order. */
static bool export(struct op_call *call, struct browse *b, struct err *e)
{
    const struct op_value *out = op_value(call, "out");
    const struct export_options options = {.format = op_value(call, "format")->s,
                                           .path = out->s,
                                           .view = b->view,
                                           .entity = b->entity,
                                           .query = &b->query,
                                           .filters = op_value(call, "fields")};
    if (!out->given)
        return err_fail(e, &REGISTRY_OUT_MISSING);
    b->query.limit = -1;
    b->page.offset = 0;
    return export_write(call, &options, &b->total, e);
}

static bool run_browse(struct op_call *call, struct err *e)
{
    struct browse *b = arena_take(call->arena, sizeof *b);
    if (b == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    call->result = b;
    if (!entity_readable(call, op_value(call, "entity")->s, &b->entity, e)
        || !filters_read(call, b->entity, "fields", &b->page, e) || !list_query(call, b, e)
        || !page_read(call, &b->query, &b->page, e))
        return false;
    b->limit = b->query.limit;
    b->query.limit++;
    if (is_file(call))
        return export(call, b, e);
    return record_page_count(call->session->records, &b->query, &b->total, e);
}

/* Gives the page's records; *next_out: the place behind the last one, where something follows. */
static bool each_row(struct op_call *call, struct browse *b,
                     void (*each)(void *user, const struct record_row *row), void *user, struct err *e)
{
    struct records *r = call->session->records;
    struct record_scan *scan;
    struct record_row row;
    int64_t done = 0;
    struct text last = TEXT_NONE;
    b->next = TEXT_NONE;
    if (!record_scan_open(r, &b->query, &scan, e))
        return false;
    while (record_scan_next(scan, &row, e)) {
        if (done == b->limit) {
            b->next = last;
            break;
        }
        each(user, &row);
        if (++done == b->limit) {
            const struct record_place place = {row.sort, row.id};
            last = record_cursor_write(r, &b->query, &place, call->arena);
        }
    }
    record_scan_close(scan);
    return e->kind == NULL;
}

static bool json_browse(struct op_call *call, struct json *out, struct err *e)
{
    struct browse *b = call->result;
    bool good = true;
    json_object(out);
    if (!is_file(call)) {
        json_key(out, "items");
        json_array(out);
        good = each_row(call, b, view_row_json, &(struct view_rows){b->view, out}, e);
        json_array_end(out);
        json_key(out, "next");
        json_text(out, b->next);
    }
    json_key(out, "total");
    json_int(out, b->total);
    json_object_end(out);
    return good;
}

struct to_table {
    struct op_call *call;
    const struct browse *b;
    struct print_table *table;
    size_t columns[SHOW_COLUMNS], count;
};
static void row_table(void *user, const struct record_row *row)
{
    struct to_table *to = user;
    struct text cells[SHOW_COLUMNS];
    for (size_t i = 0; i < to->count; i++)
        cells[i] = view_text(to->b->view, row, to->columns[i], to->call->arena, to->call->lang);
    print_table_row(to->table, PRINT_PLAIN, cells);
}

static bool show_page(struct op_call *call, struct browse *b, struct print *p, struct err *e)
{
    struct to_table to = {.call = call, .b = b};
    const char *heads[SHOW_COLUMNS];
    for (size_t i = 0; i < view_count(b->view) && to.count < SHOW_COLUMNS; i++)
        if (view_column(b->view, i)->shows == SHOWS_NOTHING)
            to.columns[to.count++] = i;
    for (size_t i = 0; i < to.count; i++)
        heads[i] =
            text_copy(call->arena, label_in(view_column(b->view, to.columns[i])->label, call->lang)).at;
    to.table = print_table_new(call->arena, to.count);
    print_table_head(to.table, heads);
    if (!each_row(call, b, row_table, &to, e))
        return false;
    print_table_end(to.table, p);
    print_line(p, PRINT_FAINT, print_say(p, "共 %lld 条。", "%lld records."), (long long)b->total);
    if (b->next.at != NULL)
        print_line(p, PRINT_FAINT, print_say(p, "下一页：--cursor %.*s", "The next page: --cursor %.*s"),
                   TEXT_ARG(b->next));
    return true;
}

static bool show_browse(struct op_call *call, struct print *p, struct err *e)
{
    struct browse *b = call->result;
    if (!is_file(call))
        return show_page(call, b, p, e);
    print_line(p, PRINT_GOOD, print_say(p, "已导出 %lld 条到“%.*s”。", "%lld records are in \"%.*s\"."),
               (long long)b->total, TEXT_ARG(op_value(call, "out")->s));
    print_next(p, "敏感信息已遮盖，需要原文时用 reveal 逐条查看",
               "sensitive fields are masked in it; reveal shows those of one record");
    return true;
}

const struct op op_browse = {
    .name = "browse",
    .zh = "按条件分页查看一类记录，或导出",
    .en = "a page of records by filters and order, or a file of all",
    .parameters = parameters,
    .count = COUNT_OF(parameters),
    .needs = OP_NEEDS_DATABASE,
    .route = {.method = "GET", .path = "{entity}"},
    .run = run_browse,
    .json = json_browse,
    .show = show_browse,
};
