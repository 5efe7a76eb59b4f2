/* `get`: one record; for a household its whole file (一户一档): what hangs below it, and its history. */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/check/check.h"
#include "domain/registry/parts.h"
#include "domain/registry/registry.err.h"

static const struct op_parameter parameters[] = {
    {.name = "entity",
     .type = OP_TEXT,
     .positional = true,
     .required = true,
     .value = "ENTITY",
     .zh = "记录类别，如 household",
     .en = "kind of record, such as household"},
    {.name = "id",
     .type = OP_TEXT,
     .positional = true,
     .required = true,
     .value = "ID",
     .zh = "编号，如户编号",
     .en = "its number, such as the household number"},
    {.name = "as-of",
     .type = OP_DAY,
     .value = "DATE",
     .zh = "当日有效的情况",
     .en = "the state valid on that day"},
    {.name = "reveal",
     .type = OP_FLAG,
     .writes = true,
     .zh = "显示敏感信息原文（记入日志）",
     .en = "show sensitive fields in full (journalled)"},
};

struct part { /* records of one entity: the record itself, or what hangs below it */
    const struct catalog_entity *entity;
    struct view *view;
    struct record_query query;
};
struct get {
    struct part self;
    struct text village; /* where it lies, once it has been read */
    struct part *children;
    size_t child_count;
    bool reveal;
    struct text place; /* the village in which it lies now; a state of another day may lie elsewhere: empty */
};

static bool part_open(struct op_call *call, const struct catalog_entity *entity, const struct view *beside,
                      struct part *part, struct err *e)
{
    const struct op_value *as_of = op_value(call, "as-of");
    const struct get *g = call->result;
    part->entity = entity;
    struct area there;
    if (!area_of(g->place, &there, e)
        || !view_open_in(call, entity, g->reveal, beside, &there, &part->view, e))
        return false;
    part->query =
        (struct record_query){.entity = entity, .limit = -1, .open_sealed = call->session->vault != NULL};
    part->query.as_of = as_of->given ? (day)as_of->n : DAY_NONE;
    part->query.fields = view_fields(part->view, &part->query.field_count);
    return area_of(TEXT(""), &part->query.area, e);
}

static bool open_children(struct op_call *call, struct get *g, struct err *e)
{
    const struct catalog *c = call->session->catalog;
    g->children = arena_take_many(call->arena, c->entity_count + 1, sizeof *g->children);
    if (g->children == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < c->entity_count; i++) {
        const struct catalog_entity *entity = &c->entities[i];
        struct err unread = {.kind = NULL};
        if (entity->parent == NULL || entity->parent->entity != g->self.entity
            || !access_reads(records_actor(call->session->records), entity, &unread))
            continue;
        struct part *part = &g->children[g->child_count++];
        if (!part_open(call, entity, g->self.view, part, e))
            return false;
        part->query.parent = g->self.query.id;
        part->query.order = RECORD_BY_PARENT;
    }
    return true;
}

/* `why` TEXT_NONE: masked. */
static bool find(struct op_call *call, struct text why, struct err *e)
{
    const struct catalog_entity *entity;
    struct present self;
    struct get *g = arena_take(call->arena, sizeof *g);
    if (g == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    call->result = g;
    g->reveal = why.at != NULL;
    if (!entity_readable(call, op_value(call, "entity")->s, &entity, e)
        || !present_find(call, entity, op_value(call, "id")->s, false, &self, e))
        return false;
    g->place = op_value(call, "as-of")->given ? TEXT("") : self.village;
    if (!part_open(call, entity, NULL, &g->self, e))
        return false;
    g->self.query.id = self.id;
    if (g->self.query.as_of == DAY_NONE)
        call->etag = present_etag(call, &self);
    if (g->reveal && !reveal_journal(call, entity->id, self.id, why, e))
        return false;
    return open_children(call, g, e);
}

static bool run_get(struct op_call *call, struct err *e)
{
    bool reveal = op_value(call, "reveal")->given;
    if (reveal && call->by_id)
        return err_fail(e, &REGISTRY_REVEAL_ROUTE);
    return reveal_permit(call, e) && find(call, reveal ? TEXT("reveal") : TEXT_NONE, e);
}

static bool run_reveal(struct op_call *call, struct err *e)
{
    struct text why = text_trim(op_value(call, "reason")->s);
    if (text_is_empty(why))
        return err_fail(e, &REGISTRY_REASON_EMPTY);
    return find(call, why, e);
}

/* A household's file says what checking found, too, to those who may list findings. */
static bool has_file(const struct op_call *call, const struct get *g)
{
    struct err unread = {.kind = NULL};
    if (!access_may(records_actor(call->session->records), TEXT("finding list"), &unread))
        return false;
    return g->village.at != NULL
           && g->self.entity == catalog_entity(call->session->catalog, TEXT("household"));
}

static const struct record_row *row_of(struct get *g, struct record_row *row)
{
    *row = (struct record_row){.id = g->self.query.id, .village = g->village};
    return row;
}

/* Writes the rows of a part: one open object for the record itself, an array for children. */
static bool part_json(struct op_call *call, const struct part *part, struct text *village_out,
                      struct json *out, struct err *e)
{
    struct record_scan *scan;
    struct record_row row;
    if (!record_scan_open(call->session->records, &part->query, &scan, e))
        return false;
    while (record_scan_next(scan, &row, e)) {
        if (village_out == NULL)
            json_object(out);
        view_json(part->view, &row, out);
        if (village_out == NULL)
            json_object_end(out);
        else
            *village_out = text_copy(call->arena, row.village);
    }
    record_scan_close(scan);
    return e->kind == NULL;
}

static bool json_get(struct op_call *call, struct json *out, struct err *e)
{
    struct get *g = call->result;
    struct record_row row;
    json_object(out);
    bool good = part_json(call, &g->self, &g->village, out, e);
    for (size_t i = 0; i < g->child_count && good; i++) {
        json_key_text(out, g->children[i].entity->id);
        json_array(out);
        good = part_json(call, &g->children[i], NULL, out, e);
        json_array_end(out);
    }
    if (good && has_file(call, g))
        good = check_file_json(call, row_of(g, &row), g->self.query.as_of, out, e);
    json_object_end(out);
    return good;
}

static void show_fields(struct op_call *call, const struct part *part, const struct record_row *row,
                        struct print *p)
{
    struct print_table *table = print_table_new(call->arena, 2);
    for (size_t i = 0; i < view_count(part->view); i++) {
        struct text value = view_text(part->view, row, i, call->arena, call->lang);
        if (!text_is_empty(value))
            print_table_row(table, PRINT_PLAIN,
                            (struct text[]){label_in(view_column(part->view, i)->label, call->lang), value});
    }
    print_table_end(table, p);
}

static bool show_part(struct op_call *call, const struct part *part, struct text *village_out,
                      struct print *p, struct err *e)
{
    struct record_scan *scan;
    struct record_row row;
    int64_t number = 0;
    struct text label = label_in(part->entity->label, call->lang);
    if (!record_scan_open(call->session->records, &part->query, &scan, e))
        return false;
    while (record_scan_next(scan, &row, e)) {
        print_line(p, PRINT_HEAD, "%.*s %lld", TEXT_ARG(label), (long long)++number);
        show_fields(call, part, &row, p);
        if (village_out != NULL)
            *village_out = text_copy(call->arena, row.village);
    }
    record_scan_close(scan);
    return e->kind == NULL;
}

static bool show_get(struct op_call *call, struct print *p, struct err *e)
{
    struct get *g = call->result;
    struct record_row row;
    bool good = show_part(call, &g->self, &g->village, p, e);
    for (size_t i = 0; i < g->child_count && good; i++)
        good = show_part(call, &g->children[i], NULL, p, e);
    if (good && has_file(call, g))
        good = check_file_show(call, row_of(g, &row), g->self.query.as_of, p, e);
    if (good)
        print_next(p, "honghua journal list --record 编号 查看变动记录",
                   "honghua journal list --record ID shows what was changed");
    return good;
}

static const struct op_parameter reveal_parameters[] = {
    {.name = "entity",
     .type = OP_TEXT,
     .positional = true,
     .required = true,
     .value = "ENTITY",
     .zh = "记录类别，如 household",
     .en = "kind of record, such as household"},
    {.name = "id",
     .type = OP_TEXT,
     .positional = true,
     .required = true,
     .value = "ID",
     .zh = "编号，如户编号",
     .en = "its number, such as the household number"},
    {.name = "reason",
     .type = OP_TEXT,
     .required = true,
     .value = "TEXT",
     .zh = "为什么要看原文（记入日志）",
     .en = "why it has to be seen in full (journalled)"},
    {.name = "as-of",
     .type = OP_DAY,
     .value = "DATE",
     .zh = "当日有效的情况",
     .en = "the state valid on that day"},
};

const struct op op_get = {
    .name = "get",
    .zh = "查看一条记录；户为整户档案",
    .en = "one record; a household's whole file",
    .parameters = parameters,
    .count = COUNT_OF(parameters),
    .needs = OP_NEEDS_DATABASE,
    .route = {.method = "GET", .path = "{entity}/{id}"},
    .run = run_get,
    .json = json_get,
    .show = show_get,
};
const struct op op_reveal = {
    .name = "reveal",
    .zh = "查看一条记录的敏感信息原文，写明理由并记入日志",
    .en = "one record with its sensitive fields in full, for a reason that is journalled",
    .parameters = reveal_parameters,
    .count = COUNT_OF(reveal_parameters),
    .needs = OP_NEEDS_KEY,
    .writes = true,
    .route = {.method = "POST", .path = "{entity}/{id}/reveal"},
    .run = run_reveal,
    .json = json_get,
    .show = show_get,
};
