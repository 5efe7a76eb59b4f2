/* How records are shown, for lists and single records alike. Always holds: a sealed value is masked here
 * unless the call reveals, and a reveal was journalled before the first row. */
#include "base/base.err.h"
#include "domain/registry/parts.h"
#include "domain/registry/registry.err.h"
#include "engine/record/names.h"

#define DIVISION_COUNTY 6
#define DIVISION_TOWN 9

/* How a column's values are shown. LOOK_USUAL: sensitive ones masked, as the owner of the database sees them
 * without a reason. */
enum look { LOOK_USUAL, LOOK_FULL, LOOK_STARS };
#define STARS TEXT("****")

struct view {
    const struct catalog *catalog;
    const struct catalog_entity *entity;
    bool reveal, by_id;
    const struct actor *actor;
    enum look *look;                      /* by column */
    const struct catalog_field **columns; /* shown, in order */
    size_t *position;                     /* of a column's value in the scan's row; SIZE_MAX: not stored */
    size_t count;
    const struct catalog_field **fields; /* asked of the scan */
    size_t field_count;
    const struct names *names;
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

/* false: the field is not there for whoever looks. */
static bool look_of(const struct view *v, const struct catalog_field *field, enum look *out)
{
    *out = v->reveal ? LOOK_FULL : LOOK_USUAL;
    if (v->actor == NULL)
        return true;
    enum access_show show = v->reveal ? access_reveals(v->actor, field) : access_shows(v->actor, field);
    if (show == ACCESS_FULL)
        *out = LOOK_FULL;
    else /* numbers and dates have no other mask */
        *out = field->sealed || field->class == CLASS_SENSITIVE ? LOOK_USUAL : LOOK_STARS;
    return show != ACCESS_HIDDEN;
}

static void take_columns(struct view *v)
{
    for (size_t i = 0; i < v->entity->field_count; i++) {
        const struct catalog_field *field = &v->entity->fields[i];
        if (field->derived_from != NULL || !look_of(v, field, &v->look[v->count]))
            continue;
        v->columns[v->count] = field;
        v->position[v->count++] = field->column == SIZE_MAX ? SIZE_MAX : v->field_count;
        if (field->column != SIZE_MAX)
            v->fields[v->field_count++] = field;
    }
}

bool view_open(const struct op_call *call, const struct catalog_entity *entity, bool reveal,
               const struct view *beside, struct view **out, struct err *e)
{
    struct view *v = arena_take(call->arena, sizeof *v);
    if (v == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    *v = (struct view){.catalog = call->session->catalog,
                       .entity = entity,
                       .reveal = reveal,
                       .by_id = call->by_id,
                       .actor = records_actor(call->session->records)};
    v->columns = arena_take_many(call->arena, entity->field_count + 1, sizeof *v->columns);
    v->position = arena_take_many(call->arena, entity->field_count + 1, sizeof *v->position);
    v->fields = arena_take_many(call->arena, entity->field_count + 1, sizeof *v->fields);
    v->look = arena_take_many(call->arena, entity->field_count + 1, sizeof *v->look);
    if (v->columns == NULL || v->position == NULL || v->fields == NULL || v->look == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    take_columns(v);
    struct area everything;
    *out = v;
    if (beside != NULL) {
        v->names = beside->names;
        return true;
    }
    if (!area_of(TEXT(""), &everything, e))
        return false;
    v->names = names_read(call->session->records, v->catalog, &everything, call->arena, e);
    return v->names != NULL;
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

void view_json(const struct view *view, const struct record_row *row, struct json *out)
{
    for (size_t i = 0; i < view->count; i++) {
        const struct catalog_field *field = view->columns[i];
        json_key_text(out, view->by_id ? field->id : field->label.zh);
        struct value v = view->position[i] == SIZE_MAX ? value_none() : row->values[view->position[i]];
        if (view->position[i] == SIZE_MAX)
            json_text(out, shown_name(view, field, row->village));
        else if (view->look[i] == LOOK_STARS && v.kind != VALUE_NONE)
            json_text(out, STARS);
        else
            record_value_json(out, view->catalog, field, v, view->look[i] == LOOK_FULL);
    }
}

struct text view_text(const struct view *view, const struct record_row *row, size_t index, struct arena *a,
                      enum lang lang)
{
    const struct catalog_field *field = view->columns[index];
    if (view->position[index] == SIZE_MAX)
        return shown_name(view, field, row->village);
    struct value v = row->values[view->position[index]];
    if (view->look[index] == LOOK_STARS && v.kind != VALUE_NONE)
        return STARS;
    return record_value_text(a, view->catalog, field, v, view->look[index] == LOOK_FULL, lang);
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
