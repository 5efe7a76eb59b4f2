/* The rows behind figures, with what names each record: its village and its first plain fields. Always holds:
 * no sealed field and no field of class sensitive is in them. */
#include "base/base.err.h"
#include "domain/report/build.h"
#include "engine/record/names.h"

#define LIST_FIELD_MAX 3     /* plain fields shown besides id and village: the first that any record has */
#define LIST_CANDIDATE_MAX 8 /* fields that are read to find them */

struct named { /* one record of an entity */
    struct text id;
    struct text cells[LIST_CANDIDATE_MAX + 1]; /* village, then fields */
};
struct roster { /* all records of an entity, ordered by id; read once */
    bool read;
    const struct catalog_field *fields[LIST_CANDIDATE_MAX];
    size_t field_count, count;
    struct named *at;
};
struct lister {
    struct values *v;
    struct roster *names; /* by entity */
    struct names *villages;
};

static bool is_plain(const struct catalog_field *field)
{
    bool naming = field->type == FIELD_TEXT || field->type == FIELD_CODE || field->type == FIELD_IDENTIFIER;
    return field->column != SIZE_MAX && !field->sealed && field->class != CLASS_SENSITIVE
           && field->derived_from == NULL && naming;
}

/* The first plain fields that are not the record's own number. */
static void choose_fields(const struct catalog_entity *entity, struct roster *names)
{
    for (size_t i = 0; i < entity->field_count && names->field_count < LIST_CANDIDATE_MAX; i++)
        if (is_plain(&entity->fields[i]) && (entity->key_count != 1 || entity->key[0] != i))
            names->fields[names->field_count++] = &entity->fields[i];
}

static bool take_row(struct lister *l, struct roster *names, const struct record_row *row, struct named *out)
{
    struct arena *a = l->v->arena;
    out->id = text_copy(a, row->id);
    out->cells[0] = names_village(l->villages, row->village);
    if (out->cells[0].at == NULL)
        out->cells[0] = text_copy(a, row->village);
    for (size_t i = 0; i < names->field_count; i++)
        out->cells[i + 1] =
            text_copy(/* what a scan shows is its own until the next row */
                      a, record_value_text(a, l->v->c, names->fields[i], row->values[i], false, l->v->lang));
    return out->id.at != NULL;
}

/* Keeps the first fields that any record has a value in. */
static void drop_empty(struct roster *names)
{
    size_t kept = 0;
    for (size_t f = 0; f < names->field_count && kept < LIST_FIELD_MAX; f++) {
        bool any = false;
        for (size_t i = 0; i < names->count && !any; i++)
            any = !text_is_empty(names->at[i].cells[f + 1]);
        if (!any)
            continue;
        for (size_t i = 0; i < names->count; i++)
            names->at[i].cells[kept + 1] = names->at[i].cells[f + 1];
        names->fields[kept++] = names->fields[f];
    }
    names->field_count = kept;
}

static bool read_names(struct lister *l, const struct catalog_entity *entity, struct roster *names,
                       struct err *e)
{
    struct values *v = l->v;
    struct record_query query = {
        .entity = entity, .area = v->area, .as_of = v->as_of, .fields = names->fields, .limit = -1};
    struct record_scan *scan;
    struct record_row row;
    int64_t count;
    choose_fields(entity, names);
    query.field_count = names->field_count;
    if (!record_count(v->session->records, entity, &v->area, &count, e))
        return false;
    names->at = arena_take_many(v->arena, (size_t)count + 1, sizeof *names->at);
    if (names->at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!record_scan_open(v->session->records, &query, &scan, e))
        return false;
    while ((int64_t)names->count < count && record_scan_next(scan, &row, e))
        if (!take_row(l, names, &row, &names->at[names->count++])) {
            err_fail(e, &OUT_OF_MEMORY);
            break;
        }
    record_scan_close(scan);
    drop_empty(names);
    names->read = true;
    return e->kind == NULL;
}

struct lister *lister_open(struct values *v, struct err *e)
{
    struct lister *l = arena_take(v->arena, sizeof *l);
    if (l == NULL
        || (l->names = arena_take_many(v->arena, v->c->entity_count + 1, sizeof *l->names)) == NULL) {
        err_fail(e, &OUT_OF_MEMORY);
        return NULL;
    }
    l->v = v;
    l->villages = names_read(v->session->records, v->c, &v->area, v->arena, e);
    return l->villages != NULL ? l : NULL;
}

static const struct named *find(const struct roster *names, struct text id)
{
    size_t low = 0, high = names->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = text_compare(names->at[middle].id, id);
        if (order == 0)
            return &names->at[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool take_heads(struct lister *l, const struct roster *names, struct listing *out)
{
    bool zh = l->v->lang == LANG_ZH;
    struct text *heads = arena_take_many(l->v->arena, LIST_FIELD_MAX + 3, sizeof *heads);
    if (heads == NULL)
        return false;
    heads[0] = zh ? TEXT("序号") : TEXT("No.");
    heads[1] = zh ? TEXT("编号") : TEXT("Number");
    heads[2] = zh ? TEXT("所在村") : TEXT("Village");
    for (size_t i = 0; i < names->field_count; i++)
        heads[i + 3] = label_in(names->fields[i]->label, l->v->lang);
    out->heads = heads;
    out->columns = names->field_count + 3;
    return true;
}

bool lister_list(struct lister *l, const struct figure *figure, struct listing *out, struct err *e)
{
    const struct catalog_entity *entity;
    const struct text *ids;
    if (!values_rows(l->v, figure, &entity, &ids, &out->rows, e))
        return false;
    if (entity == NULL) { /* a formula whose rows the pack does not name */
        *out = (struct listing){0};
        return true;
    }
    struct roster *names = &l->names[entity->index];
    if (!names->read && !read_names(l, entity, names, e))
        return false;
    struct text *cells = take_heads(l, names, out)
                             ? arena_take_many(l->v->arena, out->rows * out->columns + 1, sizeof *cells)
                             : NULL;
    if (cells == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    out->cells = cells;
    for (size_t r = 0; r < out->rows; r++) {
        const struct named *named = find(names, ids[r]);
        struct text *row = &cells[r * out->columns];
        row[0] = text_format(l->v->arena, "%zu", r + 1);
        row[1] = ids[r];
        for (size_t i = 2; i < out->columns; i++)
            row[i] = named != NULL ? named->cells[i - 2] : TEXT("");
    }
    return true;
}
