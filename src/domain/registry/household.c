/* `household head`, `household move`, `household split`, `household merge`: what happens to households as a
 * whole. */
#include "base/base.err.h"
#include "domain/registry/house.h"
#include "domain/registry/registry.err.h"

#define HOUSEHOLD                                                                                            \
    {                                                                                                        \
        .name = "id", .type = OP_TEXT, .positional = true, .required = true, .value = "HOUSEHOLD",           \
        .zh = "户编号", .en = "the household's number"                                                       \
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

static struct house *begin(struct op_call *call, const char *why, struct err *e)
{
    struct house *h = arena_take(call->arena, sizeof *h);
    if (h == NULL)
        return err_fail(e, &OUT_OF_MEMORY), NULL;
    return house_begin(h, call, op_value(call, "id")->s, why, e) ? h : NULL;
}

/* ---- another head ---- */

/* The relations of the others were to the old head: they are empty until somebody says them anew. */
static bool relations_renew(struct house *h, const struct member *head, struct err *e)
{
    for (size_t i = 0; i < h->count; i++) {
        struct given person;
        if (h->members[i].left)
            continue;
        if (!given_init(&person, h->call, h->person, e))
            return house_fail(h);
        if (&h->members[i] == head)
            house_put_code(&person, "relation", "户主");
        else
            house_put(&person, "relation", value_none());
        if (!house_add_person(h, &person, &h->members[i], e))
            return false;
    }
    return true;
}

static bool run_head(struct op_call *call, struct err *e)
{
    struct house *h = begin(call, "household head", e);
    const struct member *head;
    if (h == NULL)
        return false;
    if (!house_member(h, op_value(call, "person")->s, &head, e) || !house_take_head(h, head, e))
        return house_fail(h);
    return relations_renew(h, head, e) && house_end(h, e);
}

static const struct op_parameter head_parameters[] = {HOUSEHOLD,
                                                      {.name = "person",
                                                       .type = OP_TEXT,
                                                       .positional = true,
                                                       .required = true,
                                                       .value = "PERSON",
                                                       .zh = "新户主的人编号",
                                                       .en = "number of the new head"},
                                                      WHEN,
                                                      REASON};

const struct op op_household_head = {.name = "household head",
                                     .zh = "变更户主",
                                     .en = "another head of a household",
                                     .parameters = head_parameters,
                                     .count = COUNT_OF(head_parameters),
                                     .needs = OP_NEEDS_KEY,
                                     .writes = true,
                                     .route = {.method = "POST", .path = "household/{id}/head"},
                                     .run = run_head,
                                     .json = house_json,
                                     .show = house_show};

/* ---- to another village ---- */

static bool run_move(struct op_call *call, struct err *e)
{
    struct house *h = begin(call, "household move", e);
    struct text village = op_value(call, "village")->s;
    if (h == NULL)
        return false;
    if (text_equal(h->present.village, village))
        return err_fail_text(e, &REGISTRY_MOVE_SAME, "village", village) || house_fail(h);
    if (h->household->village == NULL)
        return err_fail_text(e, &REGISTRY_VILLAGE_UNKNOWN, "value", village) || house_fail(h);
    given_put(&h->given, h->household->village, value_text(village));
    return house_end(h, e);
}

static const struct op_parameter move_parameters[] = {HOUSEHOLD,
                                                      {.name = "village",
                                                       .type = OP_AREA,
                                                       .required = true,
                                                       .value = "CODE",
                                                       .zh = "迁入的村编码（12位）",
                                                       .en = "code of the village that it moves to"},
                                                      WHEN,
                                                      REASON};

const struct op op_household_move = {.name = "household move",
                                     .zh = "整户迁到另一个村",
                                     .en = "a household moves to another village",
                                     .parameters = move_parameters,
                                     .count = COUNT_OF(move_parameters),
                                     .needs = OP_NEEDS_KEY,
                                     .writes = true,
                                     .route = {.method = "POST", .path = "household/{id}/move"},
                                     .run = run_move,
                                     .json = house_json,
                                     .show = house_show};

/* ---- split ---- */

/* Those named, each a member on the roster and named once. */
static bool those_named(struct house *h, const struct member **out, size_t *count_out, struct err *e)
{
    struct text list = op_value(h->call, "members")->s;
    *count_out = 0;
    for (size_t at = 0; at <= list.size;) {
        size_t comma = text_find(list, TEXT(","), at), end = comma == SIZE_MAX ? list.size : comma;
        struct text id = text_trim(text_slice(list, at, end - at));
        const struct member *m;
        at = end + 1;
        if (id.size == 0)
            continue;
        if (!house_member(h, id, &m, e))
            return false;
        for (size_t i = 0; i < *count_out; i++)
            if (out[i] == m)
                return err_fail_text(e, &REGISTRY_MEMBER_TWICE, "person", id);
        out[(*count_out)++] = m;
    }
    if (*count_out > 0)
        return true;
    err_fail_text(e, &REGISTRY_MEMBER_ABSENT, "person", list);
    err_add(e, "household", h->present.id);
    return false;
}

/* The new household begins with where it lies and who heads it; what else it has is its own to be entered. */
static bool new_household(struct house *h, struct house *made, struct text number, const struct member *head,
                          size_t count, struct err *e)
{
    static const char *const kept[] = {"hamlet", "kind"};
    *made = (struct house){.call = h->call, .household = h->household, .person = h->person, .on = h->on};
    if (!given_init(&made->given, h->call, h->household, e) || !house_take_head(made, head, e))
        return false;
    house_put(&made->given, "number", value_text(number));
    if (h->household->village != NULL)
        given_put(&made->given, h->household->village, value_text(h->present.village));
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        const struct catalog_field *field = house_field(h->household, kept[i]);
        if (field != NULL && !field->sealed)
            given_put(&made->given, field, h->present.values[field->column]);
    }
    house_put(&made->given, "members_claimed", value_int((int64_t)count));
    return true;
}

static bool split_number(struct house *h, struct text *out, struct err *e)
{
    struct area all;
    struct text id;
    bool found = false;
    *out = text_trim(op_value(h->call, "number")->s);
    if (!area_of(TEXT(""), &all, e)
        || !record_find(h->call->session->records, h->household, &all, *out, h->call->arena, &id, &found, e))
        return false;
    return !found || err_fail_text(e, &REGISTRY_RECORD_EXISTS, "value", *out);
}

static bool persons_go(struct house *h, const struct member *const *who, size_t count, struct text to,
                       bool heads, struct err *e)
{
    for (size_t i = 0; i < count; i++) {
        struct given person;
        if (!given_init(&person, h->call, h->person, e))
            return house_fail(h);
        house_put(&person, "household", value_text(to));
        if (heads && i == 0)
            house_put_code(&person, "relation", "户主");
        else
            house_put(&person, "relation", value_none());
        if (!house_add_person(h, &person, who[i], e))
            return false;
    }
    return true;
}

static bool run_split(struct op_call *call, struct err *e)
{
    struct house *h = begin(call, "household split", e), made;
    const struct member *who[HOUSE_MEMBER_MAX];
    struct text number;
    size_t count = 0;
    if (h == NULL)
        return false;
    if (!those_named(h, who, &count, e) || !split_number(h, &number, e))
        return house_fail(h);
    if (count >= h->active)
        return err_fail_text(e, &REGISTRY_SPLIT_ALL, "household", h->present.id) || house_fail(h);
    if (!new_household(h, &made, number, who[0], count, e))
        return house_fail(h);
    house_count(h, -(int64_t)count);
    return saving_add(&h->saving, &made.given, TEXT_NONE, h->on, e)
           && persons_go(h, who, count, number, true, e) && house_end(h, e);
}

static const struct op_parameter split_parameters[] = {
    HOUSEHOLD,
    {.name = "number",
     .type = OP_TEXT,
     .required = true,
     .value = "NUMBER",
     .zh = "新户的户编号",
     .en = "number of the new household"},
    {.name = "members",
     .type = OP_TEXT,
     .required = true,
     .value = "PERSON,…",
     .zh = "分出去的人编号，逗号分开，第一个为新户主",
     .en = "those who leave, joined by commas; the first heads it"},
    WHEN,
    REASON};

const struct op op_household_split = {
    .name = "household split",
    .zh = "分户：部分成员另立一户",
    .en = "some members become a household of their own",
    .parameters = split_parameters,
    .count = COUNT_OF(split_parameters),
    .needs = OP_NEEDS_KEY,
    .writes = true,
    .route = {.method = "POST", .path = "household/{id}/split", .creates = true},
    .run = run_split,
    .json = house_json,
    .show = house_show};

/* ---- merge ---- */

static bool run_merge(struct op_call *call, struct err *e)
{
    struct house *h = begin(call, "household merge", e), into;
    const struct member *who[HOUSE_MEMBER_MAX];
    size_t count = 0;
    if (h == NULL)
        return false;
    if (!house_other(h, op_value(call, "into")->s, &into, e))
        return house_fail(h);
    if (text_equal(into.present.id, h->present.id))
        return err_fail_text(e, &REGISTRY_MERGE_SELF, "household", h->present.id) || house_fail(h);
    for (size_t i = 0; i < h->count; i++)
        if (!h->members[i].left)
            who[count++] = &h->members[i];
    house_count(&into, (int64_t)count);
    house_put(&h->given, "members_claimed", value_int(0)); /* nobody is left: the office closes it */
    return persons_go(h, who, count, into.present.id, false, e) && house_add_other(h, &into, e)
           && house_end(h, e);
}

static const struct op_parameter merge_parameters[] = {HOUSEHOLD,
                                                       {.name = "into",
                                                        .type = OP_TEXT,
                                                        .required = true,
                                                        .value = "HOUSEHOLD",
                                                        .zh = "并入哪一户（户编号）",
                                                        .en = "the household that its members go to"},
                                                       WHEN,
                                                       REASON};

const struct op op_household_merge = {.name = "household merge",
                                      .zh = "并户：全部成员并入另一户",
                                      .en = "all members go to another household",
                                      .parameters = merge_parameters,
                                      .count = COUNT_OF(merge_parameters),
                                      .needs = OP_NEEDS_KEY,
                                      .writes = true,
                                      .route = {.method = "POST", .path = "household/{id}/merge"},
                                      .run = run_merge,
                                      .json = house_json,
                                      .show = house_show};
