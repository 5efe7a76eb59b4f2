/* A household with its members. Always holds: what an operation decides by was read in the transaction that
 * writes, so nobody can change it in between. */
#include "domain/registry/house.h"
#include "base/base.err.h"
#include "base/system.h"
#include "domain/check/check.h"
#include "domain/registry/registry.err.h"

const struct catalog_field *house_field(const struct catalog_entity *entity, const char *id)
{
    const struct catalog_field *field = catalog_field(entity, text_of(id));
    return field != NULL && field->column != SIZE_MAX ? field : NULL;
}

void house_put(struct given *g, const char *field, struct value v)
{
    const struct catalog_field *f = house_field(g->entity, field);
    if (f != NULL)
        given_put(g, f, v);
}

void house_put_code(struct given *g, const char *field, const char *label)
{
    const struct catalog_field *f = house_field(g->entity, field);
    const struct catalog_code *code =
        f != NULL && f->codes != NULL ? catalog_code_read(f->codes, text_of(label)) : NULL;
    if (code != NULL)
        given_put(g, f, value_text(code->code));
}

static struct value value_at(const struct catalog_entity *entity, const struct value *values, const char *id)
{
    const struct catalog_field *f = house_field(entity, id);
    return f != NULL ? values[f->column] : value_none();
}

static bool has_left(const struct catalog_entity *person, const struct value *values)
{
    const struct catalog_field *f = house_field(person, "status");
    const struct catalog_code *left =
        f != NULL && f->codes != NULL ? catalog_code_read(f->codes, TEXT("自然减少")) : NULL;
    return left != NULL && value_equal(values[f->column], value_text(left->code));
}

static bool member_take(struct house *h, const struct record_row *row, struct err *e)
{
    struct value *values = arena_take_many(h->call->arena, h->person->stored_count + 1, sizeof *values);
    if (h->count == HOUSE_MEMBER_MAX)
        return err_fail_int(e, &REGISTRY_MEMBERS_MANY, "max", HOUSE_MEMBER_MAX);
    if (values == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < h->person->stored_count; i++) {
        values[i] = row->values[i];
        if (values[i].kind == VALUE_TEXT || values[i].kind == VALUE_BYTES)
            values[i].s = text_copy(h->call->arena, values[i].s);
    }
    bool left = has_left(h->person, values);
    h->members[h->count++] = (struct member){text_copy(h->call->arena, row->id), values, left, row->fact_day};
    h->active += !left;
    return true;
}

static bool members_read(struct house *h, struct err *e)
{
    struct record_query q = {.entity = h->person,
                             .as_of = DAY_NONE,
                             .fields = h->person->stored,
                             .field_count = h->person->stored_count,
                             .order = RECORD_BY_PARENT,
                             .limit = -1,
                             .parent = h->present.id};
    struct record_scan *scan;
    struct record_row row;
    h->members = arena_take_many(h->call->arena, HOUSE_MEMBER_MAX, sizeof *h->members);
    if (h->members == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!area_of(TEXT(""), &q.area, e) || !record_scan_open(h->call->session->records, &q, &scan, e))
        return false;
    bool good = true;
    while (good && record_scan_next(scan, &row, e))
        good = member_take(h, &row, e);
    record_scan_close(scan);
    return good && e->kind == NULL;
}

static bool read_inside(struct saving *s, struct err *e)
{
    struct house *h = s->user;
    return present_find(h->call, h->household, h->present.id, true, &h->present, e) && members_read(h, e);
}

static bool entities_find(struct house *h, struct err *e)
{
    const struct actor *actor = records_actor(h->call->session->records);
    return entity_named(h->call, TEXT("household"), &h->household, e)
           && entity_named(h->call, TEXT("person"), &h->person, e) && access_writes(actor, h->household, e)
           && access_writes(actor, h->person, e);
}

bool house_begin(struct house *h, struct op_call *call, struct text id, const char *why, struct err *e)
{
    const struct op_value *on = op_value(call, "fact-date"), *reason = op_value(call, "reason");
    *h = (struct house){.call = call};
    call->result = h;
    if (!entities_find(h, e) || !present_find(call, h->household, id, false, &h->present, e)
        || !given_init(&h->given, call, h->household, e))
        return false;
    h->on = on->given ? (day)on->n : clock_today();
    h->saving = (struct saving){
        .given = &h->given,
        .why = reason->given ? text_format(call->arena, "%s: %.*s", why, TEXT_ARG(text_trim(reason->s)))
                             : text_of(why),
        .begun = read_inside,
        .user = h};
    return saving_begin(&h->saving, e);
}

bool house_other(const struct house *h, struct text id, struct house *out, struct err *e)
{
    *out = (struct house){.call = h->call, .household = h->household, .person = h->person, .on = h->on};
    return present_find(h->call, h->household, id, true, &out->present, e) && members_read(out, e)
           && given_init(&out->given, h->call, h->household, e);
}

bool house_member(const struct house *h, struct text id, const struct member **out, struct err *e)
{
    for (size_t i = 0; i < h->count; i++)
        if (text_equal(h->members[i].id, id) && !h->members[i].left) {
            *out = &h->members[i];
            return true;
        }
    err_fail_text(e, &REGISTRY_MEMBER_ABSENT, "person", id);
    err_add(e, "household", h->present.id);
    return false;
}

void house_count(struct house *h, int64_t change)
{
    struct value now = value_at(h->household, h->present.values, "members_claimed");
    if (now.kind == VALUE_INT && now.n + change >= 0)
        house_put(&h->given, "members_claimed", value_int(now.n + change));
}

/* A sealed value in plain, to be sealed again in another record. */
static bool plain_of(const struct house *h, const struct member *m, const struct catalog_field *field,
                     struct value *out, struct err *e)
{
    struct record_query q = {.entity = h->person,
                             .as_of = DAY_NONE,
                             .fields = &field,
                             .field_count = 1,
                             .open_sealed = true,
                             .limit = 1,
                             .id = m->id};
    struct record_scan *scan;
    struct record_row row;
    *out = value_none();
    if (!area_of(TEXT(""), &q.area, e) || !record_scan_open(h->call->session->records, &q, &scan, e))
        return false;
    if (record_scan_next(scan, &row, e) && row.values[0].kind == VALUE_TEXT)
        *out = value_text(text_copy(h->call->arena, row.values[0].s));
    record_scan_close(scan);
    return e->kind == NULL;
}

bool house_take_head(struct house *h, const struct member *head, struct err *e)
{
    const struct catalog_field *certificate = house_field(h->person, "certificate");
    struct value plain = value_none();
    if (certificate != NULL && !plain_of(h, head, certificate, &plain, e))
        return false;
    house_put(&h->given, "head_name", value_at(h->person, head->values, "name"));
    house_put(&h->given, "head_number", value_at(h->person, head->values, "number"));
    house_put(&h->given, "head_certificate", plain);
    return true;
}

/* Of an event before the day of what the office knows the present state is told all the same: a death of last
 * year is not filed into the past. */
static day day_for(const struct house *h, day known) { return known > h->on ? known : h->on; }

bool house_add_person(struct house *h, struct given *g, const struct member *who, struct err *e)
{
    return saving_add(&h->saving, g, who != NULL ? who->id : TEXT_NONE,
                      day_for(h, who != NULL ? who->fact_day : h->on), e);
}

bool house_add_other(struct house *h, struct house *other, struct err *e)
{
    return saving_add(&h->saving, &other->given, other->present.id, day_for(h, other->present.fact_day), e);
}

bool house_fail(struct house *h)
{
    saving_abandon(&h->saving);
    return false;
}

bool house_end(struct house *h, struct err *e)
{
    bool any = false;
    for (size_t i = 0; i < COUNT_OF(h->given.set); i++)
        any |= h->given.set[i] != 0;
    if (any && !house_add_other(h, h, e))
        return false;
    if (!saving_end(&h->saving, e)
        || !present_find(h->call, h->household, h->present.id, false, &h->present, e))
        return false;
    h->call->etag = present_etag(h->call, &h->present);
    return check_judge(h->call, h->household, h->present.id, h->present.village, &h->findings, e);
}

bool house_json(struct op_call *call, struct json *out, struct err *e)
{
    const struct house *h = call->result;
    (void)e;
    json_object(out);
    json_key(out, "household");
    json_text(out, h->present.id);
    if (h->saving.wrote.at != NULL && !text_equal(h->saving.wrote, h->present.id)) {
        json_key(out, "made");
        json_text(out, h->saving.wrote);
    }
    json_key(out, "findings");
    json_raw(out, h->findings);
    json_object_end(out);
    return true;
}

bool house_show(struct op_call *call, struct print *p, struct err *e)
{
    const struct house *h = call->result;
    (void)e;
    print_line(p, PRINT_GOOD, print_say(p, "已办理：“%.*s”。", "Done: \"%.*s\"."), TEXT_ARG(h->present.id));
    print_line(p, PRINT_PLAIN, "%.*s", TEXT_ARG(h->findings));
    print_next(p, "honghua get household 户编号 查看整户档案", "honghua get household ID shows its file");
    return true;
}
