/* What a rule saw: it is evaluated once more on the finding's record, and each field that it reads is noted.
 *
 * Shown are the fields of the record itself and of what stands above it, and how many children there are. The
 * digest runs over every stored value that was read, those of children and of computed values' sources, too,
 * so that an explanation holds exactly as long as nothing of it changes. Sealed values enter it by their
 * keyed hash, so that it is the same with and without the key.
 */
#include "base/base.err.h"
#include "base/json.h"
#include "domain/check/parts.h"
#include <sodium.h>
#include <stdlib.h>

#define SHOWN_MAX 64      /* values kept with one finding */
#define FOLLOWED_MAX 4096 /* computed values of one finding that are followed to their sources */
#define SEALED_MAX 8      /* sealed fields shown with one finding */
#define SEEN_MAX 65536    /* bytes of their JSON */
#define MASK TEXT("*")

struct shown {
    struct text key;
    const struct catalog_field *field; /* NULL: a count */
    struct value v;
};
struct pending {
    const struct catalog_computed *of;
    uint32_t row;
};
struct sealed {
    const struct catalog_field *field;
    struct value plain; /* VALUE_NONE: not known, or without the key */
    bool is_there;
};
struct trace {
    struct op_call *call;
    struct run *run;
    const struct finding *f;
    struct shown shown[SHOWN_MAX];
    size_t shown_count;
    struct sealed sealed[SEALED_MAX];
    size_t sealed_count;
    struct pending *pending;
    size_t pending_count, pending_done;
    crypto_generichash_state digest;
};

static void digest_text(struct trace *t, struct text s)
{
    uint64_t size = s.at == NULL ? UINT64_MAX : s.size;
    crypto_generichash_update(&t->digest, (const unsigned char *)&size, sizeof size);
    if (s.size > 0)
        crypto_generichash_update(&t->digest, (const unsigned char *)s.at, s.size);
}

static void digest_int(struct trace *t, int64_t n)
{
    crypto_generichash_update(&t->digest, (const unsigned char *)&n, sizeof n);
}

static void digest_value(struct trace *t, struct value v)
{
    digest_int(t, v.kind);
    if (v.kind == VALUE_INT)
        digest_int(t, v.n);
    else if (v.kind != VALUE_NONE)
        digest_text(t, v.s);
}

/* Notes a value once; the key tells whose it is where that is not the record itself. */
static void show(struct trace *t, const struct catalog_entity *entity, struct text id,
                 const struct catalog_field *field, struct value v)
{
    struct text key = entity == t->f->entity
                          ? id
                          : text_format(t->call->arena, "%.*s.%.*s", TEXT_ARG(entity->id), TEXT_ARG(id));
    for (size_t i = 0; i < t->shown_count; i++)
        if (text_equal(t->shown[i].key, key))
            return;
    if (t->shown_count < SHOWN_MAX)
        t->shown[t->shown_count++] = (struct shown){key, field, v};
}

static void follow(struct trace *t, const struct catalog_computed *of, uint32_t row)
{
    for (size_t i = 0; i < t->pending_count; i++)
        if (t->pending[i].of == of && t->pending[i].row == row)
            return;
    if (t->pending_count < FOLLOWED_MAX)
        t->pending[t->pending_count++] = (struct pending){of, row};
    else
        digest_value(t, frame_value(run_frame(t->run), of->on, &of->shown, row));
}

static int64_t children_of(const struct trace *t, const struct catalog_entity *entity, uint32_t row,
                           const struct catalog_member *member)
{
    struct frame_host host = {.frame = run_frame(t->run), .catalog = run_catalog(t->run)};
    struct cel_value v = {0};
    size_t field = (size_t)(member - entity->members);
    return frame_read(&host, entity, row, field, &v) ? v.rows.count : 0;
}

static void see(void *user, const struct catalog_entity *entity, uint32_t row,
                const struct catalog_member *member)
{
    struct trace *t = user;
    const struct frame *frame = run_frame(t->run);
    const struct catalog *c = run_catalog(t->run);
    bool above = frame_above(frame, t->f->entity, t->f->row, entity) == row;
    struct value v = value_none();
    if (member->kind == MEMBER_COMPUTED) {
        const struct catalog_computed *computed = &c->computed[member->index];
        if (above)
            show(t, entity, computed->id, &computed->shown,
                 frame_value(frame, entity, &computed->shown, row));
        follow(t, computed, row);
        return;
    }
    if (member->kind == MEMBER_FIELD) {
        const struct catalog_field *field = &entity->fields[member->index];
        v = frame_value(frame, entity, field, row);
        if (above && field->type != FIELD_REF && field->type != FIELD_VILLAGE)
            show(t, entity, field->id, field, v);
    } else if (member->kind == MEMBER_CHILDREN) {
        v = value_int(children_of(t, entity, row, member));
        if (above)
            show(t, entity, member->entity->children, NULL, v);
    }
    digest_text(t, entity->id);
    digest_text(t, frame_id(frame, entity, row));
    digest_int(t, (int64_t)(member - entity->members));
    digest_value(t, v);
}

static void evaluate(struct trace *t)
{
    const struct run_seen seen = {see, t};
    struct cel_value ignored;
    struct err e = {0};
    (void)run_eval(t->run, t->f->entity, t->f->row, t->f->rule->when, &seen, &ignored, &e);
    for (; t->pending_done < t->pending_count; t->pending_done++) {
        const struct pending *next = &t->pending[t->pending_done];
        struct err inner = {0};
        (void)run_eval(t->run, next->of->on, next->row, next->of->program, &seen, &ignored, &inner);
    }
}

/* Reads the sealed fields of the record: what is shown of them, and their hashes. */
static bool read_sealed(struct trace *t, bool open, struct err *e)
{
    const struct catalog_field *fields[SEALED_MAX];
    for (size_t i = 0; i < t->sealed_count; i++)
        fields[i] = t->sealed[i].field;
    struct area place;
    if (!area_of(t->f->village, &place, e))
        return false;
    const struct record_query query = {.entity = t->f->entity,
                                       .area = place,
                                       .as_of = run_as_of(t->run),
                                       .fields = fields,
                                       .field_count = t->sealed_count,
                                       .open_sealed = open,
                                       .limit = 1,
                                       .id = t->f->record};
    struct record_scan *scan;
    struct record_row row;
    if (!record_scan_open(t->call->session->records, &query, &scan, e))
        return false;
    if (record_scan_next(scan, &row, e))
        for (size_t i = 0; i < t->sealed_count; i++) {
            t->sealed[i].is_there = row.values[i].kind != VALUE_NONE;
            if (!open)
                digest_value(t, row.values[i]);
            else if (row.values[i].kind == VALUE_TEXT)
                t->sealed[i].plain = value_text(text_copy(t->call->arena, row.values[i].s));
        }
    record_scan_close(scan);
    return e->kind == NULL;
}

static bool open_sealed(struct trace *t, struct err *e)
{
    const struct catalog_rule *rule = t->f->rule;
    for (size_t i = 0; i < rule->show_count && t->sealed_count < SEALED_MAX; i++)
        if (rule->show[i]->sealed)
            t->sealed[t->sealed_count++].field = rule->show[i];
    if (t->sealed_count == 0)
        return true;
    return read_sealed(t, false, e) && (t->call->session->vault == NULL || read_sealed(t, true, e));
}

static void show_fields(struct trace *t)
{
    const struct catalog_rule *rule = t->f->rule;
    for (size_t i = 0; i < rule->show_count; i++) {
        const struct catalog_field *field = rule->show[i];
        struct value v =
            field->sealed ? value_none() : frame_value(run_frame(t->run), t->f->entity, field, t->f->row);
        show(t, t->f->entity, field->id, field, v);
    }
    /* A record that is neither household nor person is known by its key alone. */
    if (t->f->household.at == NULL)
        for (size_t i = 0; i < t->f->entity->key_count; i++) {
            const struct catalog_field *key = &t->f->entity->fields[t->f->entity->key[i]];
            struct value v = t->f->entity->key_count == 1
                                 ? value_text(t->f->record)
                                 : frame_value(run_frame(t->run), t->f->entity, key, t->f->row);
            if (key->type == FIELD_IDENTIFIER || key->type == FIELD_TEXT)
                show(t, t->f->entity, key->id, key, v);
        }
}

static const struct sealed *sealed_of(const struct trace *t, const struct catalog_field *field)
{
    for (size_t i = 0; i < t->sealed_count; i++)
        if (t->sealed[i].field == field)
            return &t->sealed[i];
    return NULL;
}

static void value_json(const struct trace *t, struct json *j, const struct shown *s)
{
    const struct sealed *sealed = s->field != NULL ? sealed_of(t, s->field) : NULL;
    if (s->field == NULL)
        json_int(j, s->v.n);
    else if (sealed == NULL)
        record_value_json(j, run_catalog(t->run), s->field, s->v, false);
    else if (!sealed->is_there)
        json_null(j);
    else if (sealed->plain.kind == VALUE_NONE)
        json_text(j, MASK); /* without the key */
    else
        record_value_json(j, run_catalog(t->run), s->field, sealed->plain, false);
}

static bool seen_json(const struct trace *t, struct text *out)
{
    struct buf b;
    struct json j;
    buf_init(&b, SEEN_MAX);
    json_open(&j, json_to_buf, &b);
    json_object(&j);
    for (size_t i = 0; i < t->shown_count; i++) {
        json_key_text(&j, t->shown[i].key);
        value_json(t, &j, &t->shown[i]);
    }
    json_object_end(&j);
    bool whole = json_end(&j) && !b.failed;
    *out = whole ? text_copy(t->call->arena, buf_text(&b))
                 : TEXT("{}"); /* longer than SEEN_MAX: the message says it */
    buf_clear(&b);
    return out->at != NULL;
}

/* Puts the values in the places that a message names: {field}, {household.kind}; {{ is a brace. */
static struct text value_said(const struct trace *t, struct text name, enum lang lang)
{
    for (size_t i = 0; i < t->shown_count; i++) {
        const struct shown *s = &t->shown[i];
        if (!text_equal(s->key, name))
            continue;
        const struct sealed *sealed = s->field != NULL ? sealed_of(t, s->field) : NULL;
        if (s->field == NULL)
            return text_format(t->call->arena, "%lld", (long long)s->v.n);
        if (sealed != NULL && sealed->is_there && sealed->plain.kind == VALUE_NONE)
            return MASK;
        return record_value_text(t->call->arena, run_catalog(t->run), s->field,
                                 sealed != NULL ? sealed->plain : s->v, false, lang);
    }
    return lang == LANG_ZH ? TEXT("（空）") : TEXT("(empty)");
}

static bool fill_message(const struct trace *t, struct text pattern, enum lang lang, struct text *out)
{
    struct buf b;
    buf_init(&b, SEEN_MAX);
    for (size_t at = 0; at < pattern.size; at++) {
        char c = pattern.at[at];
        bool twice = at + 1 < pattern.size && pattern.at[at + 1] == c;
        size_t end = c == '{' && !twice ? text_find(pattern, TEXT("}"), at) : SIZE_MAX;
        if (end != SIZE_MAX) {
            struct text said = value_said(t, text_slice(pattern, at + 1, end - at - 1), lang);
            buf_add(&b, text_is_empty(said) ? (lang == LANG_ZH ? TEXT("（空）") : TEXT("(empty)")) : said);
            at = end;
            continue;
        }
        buf_add_char(&b, c);
        at += (c == '{' || c == '}') && twice ? 1 : 0;
    }
    *out = text_copy(t->call->arena, buf_text(&b));
    buf_clear(&b);
    return out->at != NULL;
}

/* A rule that failed says where and why, not what it would have said. */
static bool say_failure(struct trace *t, struct finding *f, const struct err *failure, uint64_t count)
{
    struct text why = TEXT("?");
    for (size_t i = 0; i < failure->count; i++)
        if (strcmp(failure->field[i].name, "detail") == 0)
            why = (struct text){failure->field[i].s, failure->field[i].size};
    struct text why_zh = cel_reason_zh(why);
    f->message.zh = text_format(
        t->call->arena,
        "规则“%.*s”在%llu条记录上无法计算（%.*s），首条为“%.*s”，这些记录未核查。请检查其数据，"
        "或请规则包维护人员修改算式。",
        TEXT_ARG(f->rule->title.zh), (unsigned long long)count, TEXT_ARG(why_zh), TEXT_ARG(f->record));
    f->message.en = text_format(
        t->call->arena,
        "The rule \"%.*s\" could not be evaluated on %llu records (%.*s), the first of them \"%.*s\". "
        "Check their data, or have the rule mended.",
        TEXT_ARG(f->rule->title.en), (unsigned long long)count, TEXT_ARG(why), TEXT_ARG(f->record));
    return f->message.zh.at != NULL && f->message.en.at != NULL;
}

bool finding_trace(struct op_call *call, struct run *run, struct finding *f, const struct err *failure,
                   uint64_t failed_count, struct err *e)
{
    struct trace *t = calloc(1, sizeof *t);
    struct pending *pending = calloc(FOLLOWED_MAX, sizeof *pending);
    unsigned char digest[FINDING_ID_SIZE / 2];
    bool good = t != NULL && pending != NULL;
    if (good) {
        t->call = call;
        t->run = run;
        t->f = f;
        t->pending = pending;
        crypto_generichash_init(&t->digest, NULL, 0, sizeof digest);
        show_fields(t);
        evaluate(t);
        good = open_sealed(t, e) && seen_json(t, &f->seen);
    }
    if (good) {
        crypto_generichash_final(&t->digest, digest, sizeof digest);
        sodium_bin2hex(f->digest, sizeof f->digest, digest, sizeof digest);
        good = failure != NULL ? say_failure(t, f, failure, failed_count)
                               : fill_message(t, f->rule->message.zh, LANG_ZH, &f->message.zh)
                                     && fill_message(t, f->rule->message.en, LANG_EN, &f->message.en);
    }
    free(pending);
    free(t);
    return good || e->kind != NULL ? good : err_fail(e, &OUT_OF_MEMORY);
}
