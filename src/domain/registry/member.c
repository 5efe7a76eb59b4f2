/* `member join`, `member leave`: natural increase and decrease of a household (domain.md 1.6: 自然增加,
 * 自然减少). Which kinds are which follows from the pack's table of them: it lists the increases first, and
 * 其他增加 (other increase) is the last of them. */
#include "base/base.err.h"
#include "domain/registry/house.h"
#include "domain/registry/registry.err.h"

#define HOUSEHOLD                                                                                            \
    {                                                                                                        \
        .name = "id", .type = OP_TEXT, .positional = true, .required = true, .value = "HOUSEHOLD",           \
        .zh = "户编号", .en = "the household's number"                                                       \
    }
#define KIND                                                                                                 \
    {                                                                                                        \
        .name = "kind", .type = OP_TEXT, .required = true, .value = "KIND",                                  \
        .zh = "自然变更类型，如新生儿、嫁入、死亡、嫁出",                                                    \
        .en = "kind of change, as the pack's table has it ('新生儿', '嫁入', '死亡', '嫁出')"       \
    }
#define WHEN                                                                                                 \
    {                                                                                                        \
        .name = "fact-date", .type = OP_DAY, .value = "DATE", .zh = "发生日期，默认今天",                    \
        .en = "when it happened (default: today)"                                                            \
    }
#define REASON                                                                                               \
    {                                                                                                        \
        .name = "reason", .type = OP_TEXT, .value = "TEXT", .zh = "依据或说明（记入日志）",                  \
        .en = "why (journalled)"                                                                             \
    }

/* The kind's code, if it is an increase (or a decrease): REGISTRY_CHANGE_KIND names those that are. */
static bool kind_read(struct house *h, bool increase, struct text *out, struct err *e)
{
    const struct catalog_field *field = house_field(h->person, "change_kind");
    struct text said = op_value(h->call, "kind")->s, known = TEXT("");
    const struct catalog_code *code =
        field != NULL && field->codes != NULL ? catalog_code_read(field->codes, said) : NULL;
    bool now = true;
    for (size_t i = 0; field != NULL && field->codes != NULL && i < field->codes->count; i++) {
        const struct catalog_code *item = &field->codes->at[i];
        if (now == increase && item == code) {
            *out = code->code;
            return true;
        }
        if (now == increase)
            known = text_format(h->call->arena, "%.*s%s%.*s", TEXT_ARG(known), known.size > 0 ? ", " : "",
                                TEXT_ARG(item->label.zh));
        now = now && !text_equal(item->label.zh, TEXT("其他增加"));
    }
    err_fail_text(e, &REGISTRY_CHANGE_KIND, "kind", said);
    err_add(e, "known", known);
    return false;
}

/* The next number below the household's: its own with two more digits, as the office numbers them. */
static struct text next_number(const struct house *h)
{
    int64_t last = 0, n;
    for (size_t i = 0; i < h->count; i++) {
        struct text id = h->members[i].id;
        if (text_starts_with(id, h->present.id) && id.size == h->present.id.size + 2
            && text_to_int(text_slice(id, h->present.id.size, 2), &n) && n > last)
            last = n;
    }
    return text_format(h->call->arena, "%.*s%02lld", TEXT_ARG(h->present.id), (long long)last + 1);
}

/* Nobody is on two rosters: whoever has this certificate must have left there first. Beyond the caller's area
 * nothing is told; the rules find it. */
static bool not_elsewhere(struct house *h, const struct given *g, struct err *e)
{
    const struct catalog_field *field = house_field(h->person, "certificate"),
                               *status = house_field(h->person, "status");
    if (field == NULL || status == NULL || g->values[field->column].kind != VALUE_TEXT)
        return true;
    const struct catalog_code *left =
        status->codes != NULL ? catalog_code_read(status->codes, TEXT("自然减少")) : NULL;
    const struct record_filter filter = {field, RECORD_EQUAL, g->values[field->column]};
    const struct record_page page = {.filters = &filter, .filter_count = 1};
    struct record_query q = {.entity = h->person,
                             .as_of = DAY_NONE,
                             .fields = &status,
                             .field_count = 1,
                             .limit = 50,
                             .page = &page};
    struct record_scan *scan;
    struct record_row row;
    struct text found = TEXT_NONE;
    if (!area_of(TEXT(""), &q.area, e) || !record_scan_open(h->call->session->records, &q, &scan, e))
        return false;
    while (record_scan_next(scan, &row, e))
        if (left == NULL || !value_equal(row.values[0], value_text(left->code)))
            found = text_copy(h->call->arena, row.id);
    record_scan_close(scan);
    if (e->kind != NULL)
        return false;
    return found.at == NULL || err_fail_text(e, &REGISTRY_MEMBER_ELSEWHERE, "person", found);
}

static bool join(struct house *h, struct err *e)
{
    struct given person;
    struct text kind;
    const struct catalog_field *number = house_field(h->person, "number");
    if (!given_init(&person, h->call, h->person, e) || !kind_read(h, true, &kind, e)
        || !given_read(&person, "fields", NULL, e) || !given_stands(&person, e)
        || !not_elsewhere(h, &person, e))
        return house_fail(h);
    if (number != NULL && person.values[number->column].kind == VALUE_NONE)
        given_put(&person, number, value_text(next_number(h)));
    house_put(&person, "household", value_text(h->present.id));
    house_put_code(&person, "status", "自然增加");
    house_put(&person, "change_kind", value_text(kind));
    house_put(&person, "change_on", value_int(h->on));
    house_count(h, 1);
    h->saving.wrote = number != NULL ? person.values[number->column].s : TEXT_NONE;
    return house_add_person(h, &person, NULL, e) && house_end(h, e);
}

static bool new_member(struct saving *s, const struct batch_counts *counts, struct err *e)
{
    return counts->inserted == 1 || err_fail_text(e, &REGISTRY_RECORD_EXISTS, "value", s->wrote);
}

static bool run_join(struct op_call *call, struct err *e)
{
    struct house *h = arena_take(call->arena, sizeof *h);
    if (h == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!house_begin(h, call, op_value(call, "id")->s, "member join", e))
        return false;
    h->saving.applied = new_member;
    return join(h, e);
}

static const struct op_parameter join_parameters[] = {
    HOUSEHOLD,
    {.name = "fields",
     .type = OP_FIELDS,
     .positional = true,
     .many = true,
     .value = "FIELD=VALUE",
     .zh = "新成员的字段=值，如姓名、证件号码、与户主关系",
     .en = "fields of the new member, such as name, certificate, relation"},
    KIND,
    WHEN,
    REASON};

const struct op op_member_join = {
    .name = "member join",
    .zh = "新增家庭成员（自然增加）",
    .en = "a new member of a household: birth, marriage, move, …",
    .parameters = join_parameters,
    .count = COUNT_OF(join_parameters),
    .needs = OP_NEEDS_KEY,
    .writes = true,
    .route = {.method = "POST", .path = "household/{id}/member", .creates = true},
    .run = run_join,
    .json = house_json,
    .show = house_show};

/* ---- leave ---- */

static bool is_head(const struct house *h, const struct member *m)
{
    const struct catalog_field *relation = house_field(h->person, "relation");
    const struct catalog_code *head =
        relation != NULL && relation->codes != NULL ? catalog_code_read(relation->codes, TEXT("户主")) : NULL;
    return head != NULL && value_equal(m->values[relation->column], value_text(head->code));
}

/* A household whose head leaves has another one from that day on, as long as anybody stays. */
static bool replace_head(struct house *h, const struct member *who, struct err *e)
{
    const struct op_value *head = op_value(h->call, "head");
    const struct member *next;
    struct given person;
    if (!is_head(h, who) || h->active < 2)
        return true;
    if (!head->given || text_equal(head->s, who->id))
        return err_fail_text(e, &REGISTRY_HEAD_LEAVES, "person", who->id) || house_fail(h);
    if (!house_member(h, head->s, &next, e) || !given_init(&person, h->call, h->person, e)
        || !house_take_head(h, next, e))
        return house_fail(h);
    house_put_code(&person, "relation", "户主");
    return house_add_person(h, &person, next, e);
}

static bool leave(struct house *h, struct err *e)
{
    struct given person;
    struct text kind;
    const struct member *who;
    if (!given_init(&person, h->call, h->person, e) || !kind_read(h, false, &kind, e)
        || !house_member(h, op_value(h->call, "person")->s, &who, e))
        return house_fail(h);
    house_put_code(&person, "status", "自然减少");
    house_put(&person, "change_kind", value_text(kind));
    house_put(&person, "change_on", value_int(h->on));
    house_count(h, -1);
    return replace_head(h, who, e) && house_add_person(h, &person, who, e) && house_end(h, e);
}

static bool run_leave(struct op_call *call, struct err *e)
{
    struct house *h = arena_take(call->arena, sizeof *h);
    if (h == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    return house_begin(h, call, op_value(call, "id")->s, "member leave", e) && leave(h, e);
}

static const struct op_parameter leave_parameters[] = {HOUSEHOLD,
                                                       {.name = "person",
                                                        .type = OP_TEXT,
                                                        .positional = true,
                                                        .required = true,
                                                        .value = "PERSON",
                                                        .zh = "离开的成员的人编号",
                                                        .en = "number of the member who leaves"},
                                                       KIND,
                                                       {.name = "head",
                                                        .type = OP_TEXT,
                                                        .value = "PERSON",
                                                        .zh = "离开的是户主时，新户主的人编号",
                                                        .en = "the new head, where the head leaves"},
                                                       WHEN,
                                                       REASON};

const struct op op_member_leave = {
    .name = "member leave",
    .zh = "减少家庭成员（自然减少）",
    .en = "a member leaves: death, marriage, move, …",
    .parameters = leave_parameters,
    .count = COUNT_OF(leave_parameters),
    .needs = OP_NEEDS_KEY,
    .writes = true,
    .route = {.method = "POST", .path = "household/{id}/member/{person}/leave"},
    .run = run_leave,
    .json = house_json,
    .show = house_show};
