/* `journal list`, `journal verify`: who changed what, when, from what to what; whether the log is whole.
 * Always holds: an account is told nothing of a record outside its area, of what it may not read only that it
 * changed. */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/registry/parts.h"

#define HISTORY_SHOW_MAX 200 /* entries that a person is shown without --limit */

static const struct op_parameter list_parameters[] = {
    {.name = "record", .type = OP_TEXT, .value = "ID", .zh = "只看这条记录", .en = "this record only"},
    {.name = "limit", .type = OP_INT, .value = "N", .zh = "最多列出几条", .en = "at most so many"},
    {.name = "newest", .type = OP_FLAG, .zh = "新的在前", .en = "the newest first"},
};

static bool run_list(struct op_call *call, struct err *e)
{
    (void)call;
    (void)e;
    return true;
}

/* The entries that whoever asks may see, `most` of them (< 0: all), given to `each`. */
struct sight {
    struct op_call *call;
    const struct actor *actor;
    bool (*each)(void *user, const struct journal_entry *entry);
    void *user;
    int64_t most, count;
    struct err *e;
};

/* What is no record (grants, accounts, a list that was revealed) is the office's own. */
static bool is_in_sight(const struct sight *to, const struct journal_entry *entry)
{
    const struct session *s = to->call->session;
    const struct catalog_entity *entity = catalog_entity(s->catalog, entry->entity);
    char village[AREA_CODE_SIZE + 1];
    if (to->actor == NULL)
        return true;
    if (entity == NULL || text_equal(entry->record, TEXT("*")))
        return access_covers(to->actor, &s->office);
    return record_village(s->records, entity, entry->record, village, to->e) && village[0] != 0
           && access_holds(to->actor, text_of(village));
}

static bool see_entry(void *user, const struct journal_entry *entry)
{
    struct sight *to = user;
    if (!is_in_sight(to, entry))
        return to->e->kind == NULL;
    if (to->most >= 0 && to->count >= to->most)
        return false;
    to->count++;
    return to->each(to->user, entry);
}

static bool entries_each(struct op_call *call, int64_t most,
                         bool (*each)(void *user, const struct journal_entry *entry), void *user,
                         struct err *e)
{
    const struct op_value *record = op_value(call, "record");
    struct sight to = {.call = call,
                       .actor = records_actor(call->session->records),
                       .each = each,
                       .user = user,
                       .most = most,
                       .e = e};
    struct text of = record->given ? record->s : TEXT_NONE;
    int64_t looked_at = to.actor == NULL ? most : -1;
    struct journal *log = call->session->journal;
    return (op_value(call, "newest")->given ? journal_list_newest(log, of, looked_at, see_entry, &to, e)
                                            : journal_list(log, of, looked_at, see_entry, &to, e))
           && e->kind == NULL;
}

struct json_entries {
    struct op_call *call;
    struct json *out;
};

/* The field of a change in the catalogue of today; NULL when the pack no longer has it. */
static const struct catalog_field *field_of(const struct op_call *call, struct text entity, struct text field)
{
    const struct catalog_entity *of = catalog_entity(call->session->catalog, entity);
    return of == NULL ? NULL : catalog_field(of, field);
}

/* How a change is shown: as the field is, and not at all where the role does not read the entity. */
static enum access_show shown_as(const struct op_call *call, struct text entity, struct text field)
{
    const struct actor *actor = records_actor(call->session->records);
    const struct catalog_entity *of = catalog_entity(call->session->catalog, entity);
    const struct catalog_field *in = field_of(call, entity, field);
    struct err closed = {.kind = NULL};
    if (of != NULL && !access_reads(actor, of, &closed))
        return ACCESS_HIDDEN;
    return in == NULL ? ACCESS_FULL : access_shows(actor, in);
}

static bool is_blank(const struct op_call *call, const struct catalog_field *field)
{
    return access_shows(records_actor(call->session->records), field) == ACCESS_MASKED && !field->sealed;
}

static void json_value(const struct op_call *call, const struct catalog_field *field,
                       const struct journal_change *change, struct value v, struct json *out)
{
    if (field != NULL && v.kind != VALUE_NONE && is_blank(call, field))
        json_z(out, "*");
    else if (field != NULL)
        record_value_json(out, call->session->catalog, field, v, false);
    else if (v.kind == VALUE_INT)
        json_int(out, v.n);
    else
        json_text(out, change->sensitive ? TEXT("*") : v.s);
}

static void json_change(const struct op_call *call, struct text entity, const struct journal_change *change,
                        struct json *out)
{
    const struct catalog_field *field = field_of(call, entity, change->field);
    json_object(out);
    json_key(out, "field");
    json_text(out, change->field);
    json_key(out, "old");
    json_value(call, field, change, change->before, out);
    json_key(out, "new");
    json_value(call, field, change, change->after, out);
    json_object_end(out);
}

static bool is_own(struct op_call *call, const struct journal_entry *entry, size_t i)
{
    return field_of(call, entry->entity, entry->changes[i].field) == NULL;
}

static bool entry_json(void *user, const struct journal_entry *entry)
{
    struct json_entries *to = user;
    char at[25];
    clock_format(entry->at_ms, at);
    json_object(to->out);
    json_key(to->out, "id");
    json_text(to->out, entry->id);
    json_key(to->out, "at");
    json_z(to->out, at);
    json_key(to->out, "by");
    json_text(to->out, entry->by);
    json_key(to->out, "why");
    json_text(to->out, entry->why);
    json_key(to->out, "batch");
    json_text(to->out, entry->batch);
    json_key(to->out, "entity");
    json_text(to->out, entry->entity);
    json_key(to->out, "record");
    json_text(to->out, entry->record);
    json_key(to->out, "changes");
    json_array(to->out);
    for (int own = 0; own <= 1; own++) /* what the office knows first, then what we keep beside it */
        for (size_t i = 0; i < entry->count; i++)
            if ((own == 1) == is_own(to->call, entry, i)
                && shown_as(to->call, entry->entity, entry->changes[i].field) != ACCESS_HIDDEN)
                json_change(to->call, entry->entity, &entry->changes[i], to->out);
    json_array_end(to->out);
    json_object_end(to->out);
    return !to->out->failed;
}

static bool json_list(struct op_call *call, struct json *out, struct err *e)
{
    const struct op_value *limit = op_value(call, "limit");
    json_object(out);
    json_key(out, "entries");
    json_array(out);
    bool good =
        entries_each(call, limit->given ? limit->n : -1, entry_json, &(struct json_entries){call, out}, e);
    json_array_end(out);
    json_object_end(out);
    return good;
}

struct shown_entries {
    struct op_call *call;
    struct print_table *table;
};

/* A value of the record itself, not of a field of the pack. */
static struct text own_value(struct op_call *call, const struct journal_change *change, struct value v)
{
    if (change->sensitive)
        return TEXT("*");
    return v.kind == VALUE_INT    ? text_format(call->arena, "%lld", (long long)v.n)
           : v.kind == VALUE_TEXT ? v.s
                                  : TEXT("");
}

/* What is journalled beside the fields of the pack: the day of the facts, the day that a past state holds
 * from. */
static struct text own_name(struct text field, enum lang lang)
{
    static const struct {
        const char *id, *zh, *en;
    } names[] = {{"fact_day", "数据日期", "facts of"}, {"valid_from", "归入历史，自", "in the past from"}};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_equal(field, text_of(names[i].id)))
            return text_of(lang == LANG_ZH ? names[i].zh : names[i].en);
    return field;
}

static void row_of_change(struct shown_entries *to, const struct journal_entry *entry, const char *at,
                          const struct journal_change *change)
{
    const struct session *s = to->call->session;
    const struct catalog_field *field = field_of(to->call, entry->entity, change->field);
    struct text before = own_value(to->call, change, change->before),
                after = own_value(to->call, change, change->after),
                name = own_name(change->field, to->call->lang);
    if (shown_as(to->call, entry->entity, change->field) == ACCESS_HIDDEN)
        return;
    if (field != NULL && is_blank(to->call, field)) {
        before = change->before.kind == VALUE_NONE ? TEXT("") : TEXT("*");
        after = change->after.kind == VALUE_NONE ? TEXT("") : TEXT("*");
        name = label_in(field->label, to->call->lang);
    } else if (field != NULL) {
        before = record_value_text(to->call->arena, s->catalog, field, change->before, false, to->call->lang);
        after = record_value_text(to->call->arena, s->catalog, field, change->after, false, to->call->lang);
        name = label_in(field->label, to->call->lang);
    }
    print_table_row(to->table, PRINT_PLAIN,
                    (struct text[]){text_of(at), entry->by, entry->record, name, before, after});
}

static bool entry_row(void *user, const struct journal_entry *entry)
{
    struct shown_entries *to = user;
    char at[25];
    clock_format(entry->at_ms, at);
    for (size_t i = 0; i < entry->count; i++)
        row_of_change(to, entry, at, &entry->changes[i]);
    if (entry->count == 0)
        print_table_row(
            to->table, PRINT_FAINT,
            (struct text[]){text_of(at), entry->by, entry->record, entry->entity, entry->why, TEXT("")});
    return true;
}

static bool show_list(struct op_call *call, struct print *p, struct err *e)
{
    const struct op_value *limit = op_value(call, "limit");
    struct shown_entries to = {call, print_table_new(call->arena, 6)};
    print_table_head(to.table, call->lang == LANG_ZH
                                   ? (const char *const[]){"时间", "操作人", "记录", "字段", "原值", "新值"}
                                   : (const char *const[]){"Time", "By", "Record", "Field", "Old", "New"});
    if (!entries_each(call, limit->given ? limit->n : HISTORY_SHOW_MAX, entry_row, &to, e))
        return false;
    print_table_end(to.table, p);
    print_next(p, "honghua journal verify 校验日志是否完整",
               "honghua journal verify tells whether the log is whole");
    return true;
}

struct verified {
    uint64_t entries, faults;
    bool unauthenticated;
    struct fault_line {
        const char *what;
        struct text county;
        int64_t position;
    } * lines; /* the first VERIFY_LINE_MAX */
    size_t line_count;
    struct arena *arena;
};
#define VERIFY_LINE_MAX 100

static void keep_fault(void *user, const struct journal_fault *fault)
{
    struct verified *v = user;
    if (v->line_count < VERIFY_LINE_MAX)
        v->lines[v->line_count++] =
            (struct fault_line){fault->what, text_copy(v->arena, fault->county), fault->position};
}

static bool run_verify(struct op_call *call, struct err *e)
{
    struct verified *v = arena_take(call->arena, sizeof *v);
    if (v == NULL || (v->lines = arena_take_many(call->arena, VERIFY_LINE_MAX, sizeof *v->lines)) == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    v->arena = call->arena;
    call->result = v;
    if (!journal_verify(call->session->journal, keep_fault, v, &v->entries, &v->faults, &v->unauthenticated,
                        e))
        return false;
    call->found = v->faults > 0;
    return true;
}

static bool json_verify(struct op_call *call, struct json *out, struct err *e)
{
    const struct verified *v = call->result;
    (void)e;
    json_object(out);
    json_key(out, "entries");
    json_int(out, (int64_t)v->entries);
    json_key(out, "faults");
    json_array(out);
    for (size_t i = 0; i < v->line_count; i++) {
        json_object(out);
        json_key(out, "what");
        json_z(out, v->lines[i].what);
        json_key(out, "county");
        json_text(out, v->lines[i].county);
        json_key(out, "position");
        json_int(out, v->lines[i].position);
        json_object_end(out);
    }
    json_array_end(out);
    json_key(out, "fault_count");
    json_int(out, (int64_t)v->faults);
    json_key(out, "heads_authenticated");
    json_bool(out, !v->unauthenticated);
    json_object_end(out);
    return true;
}

static bool show_verify(struct op_call *call, struct print *p, struct err *e)
{
    const struct verified *v = call->result;
    (void)e;
    for (size_t i = 0; i < v->line_count; i++)
        print_line(p, PRINT_BAD, print_say(p, "%.*s 日志第 %lld 条：%s", "log %.*s, entry %lld: %s"),
                   TEXT_ARG(v->lines[i].county), (long long)v->lines[i].position, v->lines[i].what);
    if (v->faults == 0)
        print_line(p, PRINT_GOOD, print_say(p, "日志完整，共 %llu 条。", "The log is whole: %llu entries."),
                   (unsigned long long)v->entries);
    else
        print_line(
            p, PRINT_BAD,
            print_say(p, "日志共 %llu 条，发现 %llu 处问题。", "The log has %llu entries and %llu faults."),
            (unsigned long long)v->entries, (unsigned long long)v->faults);
    if (v->unauthenticated)
        print_line(p, PRINT_WARN, "%s",
                   print_say(p, "没有密钥，未能核对日志头的签章。",
                             "Without the key the heads could not be authenticated."));
    if (v->faults > 0)
        print_next(p, "停止使用这个数据库，从备份恢复，并报告上级",
                   "stop using this database, restore a backup, and report it");
    return true;
}

const struct op op_journal_list = {
    .name = "journal list",
    .zh = "查看变动记录",
    .en = "who changed what",
    .parameters = list_parameters,
    .count = COUNT_OF(list_parameters),
    .needs = OP_NEEDS_DATABASE,
    .route = {.method = "GET", .path = "journal"},
    .run = run_list,
    .json = json_list,
    .show = show_list,
};
const struct op op_journal_verify = {
    .name = "journal verify",
    .zh = "校验变动记录是否完整",
    .en = "whether the journal is whole",
    .needs = OP_NEEDS_DATABASE,
    .route = {.method = "GET", .path = "journal/verify"},
    .run = run_verify,
    .json = json_verify,
    .show = show_verify,
};
