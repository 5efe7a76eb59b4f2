/* How records are shown, for lists and single records alike. Always holds: a field that the caller's role
 * does not see is no column; one that it sees masked is masked here unless the call reveals, and a reveal was
 * journalled before the first row. */
#include "base/base.err.h"
#include "domain/registry/parts.h"
#include "domain/registry/registry.err.h"
#include "engine/access/access.err.h"
#include "engine/record/names.h"

#define DIVISION_COUNTY 6
#define DIVISION_TOWN 9

struct view {
    const struct catalog *catalog;
    const struct catalog_entity *entity;
    const struct actor *actor;
    bool reveal, by_id;
    const struct catalog_field **columns; /* shown, in order */
    enum access_show *shows;              /* by column */
    size_t *position;                     /* of a column's value in the scan's row; SIZE_MAX: not stored */
    size_t count;
    const struct catalog_field **fields; /* asked of the scan */
    size_t field_count;
    struct names *names;
};

bool entity_named(const struct op_call *call, struct text id, const struct catalog_entity **out,
                  struct err *e)
{
    const struct catalog *c = call->session->catalog;
    struct text known = TEXT("");
    *out = catalog_entity(c, id);
    if (*out != NULL)
        return true;
    for (size_t i = 0; i < c->entity_count; i++)
        known = text_format(call->arena, "%.*s%s%.*s", TEXT_ARG(known), i > 0 ? ", " : "",
                            TEXT_ARG(c->entities[i].id));
    err_fail_text(e, &REGISTRY_ENTITY_UNKNOWN, "entity", id);
    err_add(e, "known", known);
    return false;
}

bool entity_readable(const struct op_call *call, struct text id, const struct catalog_entity **out,
                     struct err *e)
{
    return entity_named(call, id, out, e) && access_reads(records_actor(call->session->records), *out, e);
}

static struct text shown_name(const struct view *v, const struct catalog_field *field, struct text village)
{
    switch (field->shows) {
    case SHOWS_COUNTY:
        return names_division(v->catalog, village, DIVISION_COUNTY);
    case SHOWS_TOWN:
        return names_division(v->catalog, village, DIVISION_TOWN);
    case SHOWS_VILLAGE:
        return names_village(v->names, village);
    case SHOWS_NOTHING:
        break;
    }
    if (field->type == FIELD_VILLAGE) /* of a record below a household: the village that it follows */
        return village;
    bool of_the_town = village.size == AREA_CODE_SIZE && text_ends_with(village, TEXT("000"));
    return field->names.at != NULL && !of_the_town ? names_village(v->names, village) : TEXT_NONE;
}

static void take_columns(struct view *v)
{
    for (size_t i = 0; i < v->entity->field_count; i++) {
        const struct catalog_field *field = &v->entity->fields[i];
        enum access_show show = v->reveal ? access_reveals(v->actor, field) : access_shows(v->actor, field);
        if (field->derived_from != NULL || show == ACCESS_HIDDEN)
            continue;
        v->shows[v->count] = show;
        v->columns[v->count] = field;
        v->position[v->count++] = field->column == SIZE_MAX ? SIZE_MAX : v->field_count;
        if (field->column != SIZE_MAX)
            v->fields[v->field_count++] = field;
    }
}

bool view_open(const struct op_call *call, const struct catalog_entity *entity, bool reveal,
               const struct view *beside, struct view **out, struct err *e)
{
    struct area everything;
    return area_of(TEXT(""), &everything, e)
           && view_open_in(call, entity, reveal, beside, &everything, out, e);
}

bool view_open_in(const struct op_call *call, const struct catalog_entity *entity, bool reveal,
                  const struct view *beside, const struct area *area, struct view **out, struct err *e)
{
    struct view *v = arena_take(call->arena, sizeof *v);
    if (v == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    *v = (struct view){.catalog = call->session->catalog,
                       .entity = entity,
                       .actor = records_actor(call->session->records),
                       .reveal = reveal,
                       .by_id = call->by_id};
    v->columns = arena_take_many(call->arena, entity->field_count + 1, sizeof *v->columns);
    v->shows = arena_take_many(call->arena, entity->field_count + 1, sizeof *v->shows);
    v->position = arena_take_many(call->arena, entity->field_count + 1, sizeof *v->position);
    v->fields = arena_take_many(call->arena, entity->field_count + 1, sizeof *v->fields);
    if (v->columns == NULL || v->shows == NULL || v->position == NULL || v->fields == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    take_columns(v);
    *out = v;
    if (beside != NULL) {
        v->names = beside->names;
        return true;
    }
    if (area == NULL) {
        v->names = names_lazy(call->session->records, v->catalog, call->arena);
        return v->names != NULL || err_fail(e, &OUT_OF_MEMORY);
    }
    v->names = names_read(call->session->records, v->catalog, area, call->arena, e);
    return v->names != NULL;
}

/* Marks the column of that name; false: there is none. */
static bool mark(const struct view *v, struct text name, bool *wanted)
{
    const struct catalog_field *field = field_named(v->entity, name);
    for (size_t i = 0; field != NULL && i < v->count; i++)
        if (v->columns[i] == field)
            return wanted[i] = true;
    return false;
}

static bool is_key(const struct catalog_entity *entity, const struct catalog_field *field)
{
    for (size_t i = 0; i < entity->key_count; i++)
        if (&entity->fields[entity->key[i]] == field)
            return true;
    return false;
}

static void keep_columns(struct view *v, const bool *wanted)
{
    size_t count = 0;
    v->field_count = 0;
    for (size_t i = 0; i < v->count; i++) {
        const struct catalog_field *field = v->columns[i];
        if (!wanted[i] && !is_key(v->entity, field))
            continue;
        v->shows[count] = v->shows[i];
        v->columns[count] = field;
        v->position[count++] = field->column == SIZE_MAX ? SIZE_MAX : v->field_count;
        if (field->column != SIZE_MAX)
            v->fields[v->field_count++] = field;
    }
    v->count = count;
}

bool view_narrow(const struct op_call *call, struct view *view, const struct op_value *columns, struct err *e)
{
    if (!columns->given)
        return true;
    bool *wanted = arena_take_many(call->arena, view->count + 1, sizeof *wanted);
    if (wanted == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < view->count; i++)
        wanted[i] = false;
    for (size_t from = 0; from <= columns->s.size;) {
        size_t comma = text_find(columns->s, TEXT(","), from);
        size_t to = comma == SIZE_MAX ? columns->s.size : comma;
        struct text name = text_slice(columns->s, from, to - from);
        if (!mark(view, name, wanted)) {
            err_fail_text(e, &REGISTRY_COLUMN_UNKNOWN, "name", name);
            err_add(e, "entity", view->entity->id);
            return false;
        }
        from = to + 1;
    }
    keep_columns(view, wanted);
    return true;
}

const struct catalog_field *const *view_fields(const struct view *view, size_t *count_out)
{
    *count_out = view->field_count;
    return view->fields;
}

size_t view_count(const struct view *view) { return view->count; }

const struct catalog_field *view_column(const struct view *view, size_t index)
{
    return view->columns[index];
}

/* A value that is not sealed and yet masked, as a health condition is for an auditor: nothing of it is told
 * but that it is known. */
static bool is_blank(const struct view *view, size_t column, struct value v)
{
    return view->shows[column] == ACCESS_MASKED && !view->columns[column]->sealed && v.kind != VALUE_NONE;
}

void view_json(const struct view *view, const struct record_row *row, struct json *out)
{
    for (size_t i = 0; i < view->count; i++) {
        const struct catalog_field *field = view->columns[i];
        json_key_text(out, view->by_id ? field->id : field->label.zh);
        if (view->position[i] == SIZE_MAX)
            json_text(out, shown_name(view, field, row->village));
        else if (is_blank(view, i, row->values[view->position[i]]))
            json_z(out, "*");
        else
            record_value_json(out, view->catalog, field, row->values[view->position[i]],
                              view->shows[i] == ACCESS_FULL);
    }
}

void view_row_json(void *user, const struct record_row *row)
{
    const struct view_rows *to = user;
    json_object(to->out);
    view_json(to->view, row, to->out);
    json_object_end(to->out);
}

struct text view_text(const struct view *view, const struct record_row *row, size_t index, struct arena *a,
                      enum lang lang)
{
    const struct catalog_field *field = view->columns[index];
    if (view->position[index] == SIZE_MAX)
        return shown_name(view, field, row->village);
    struct value v = row->values[view->position[index]];
    if (is_blank(view, index, v))
        return TEXT("*");
    return record_value_text(a, view->catalog, field, v, view->shows[index] == ACCESS_FULL, lang);
}

bool reveal_permit(const struct op_call *call, struct err *e)
{
    if (!op_value(call, "reveal")->given || records_actor(call->session->records) == NULL)
        return true;
    return err_fail_text(e, &ACCESS_FORBIDDEN, "what", TEXT("reveal"));
}

bool reveal_journal(const struct op_call *call, struct text entity, struct text record, struct text why,
                    struct err *e)
{
    struct session *s = call->session;
    struct text county = text_slice(s->office_code, 0, DIVISION_COUNTY);
    if (text_is_empty(county))
        county = TEXT("000000");
    return store_begin(s->store, e)
           && store_end(s->store,
                        journal_begin(s->journal, uuid_make(), call->by, why, e)
                            && journal_append(s->journal, county, entity, record, NULL, 0, e)
                            && journal_end(s->journal, e),
                        e);
}
