/* Names of places. Always holds: villages are ordered by code. */
#include "engine/record/names.h"
#include "base/base.err.h"
#include "engine/record/table.h"

struct village_name {
    struct text code, name;
};
struct names {
    const struct catalog *catalog;
    struct village_name *at;
    size_t count;
    struct records *r; /* asked for each name when it is wanted; NULL: all were read */
    struct arena *arena;
    size_t room;
};

static bool take(struct names *names, const struct record_row *row, struct arena *a)
{
    struct village_name *next = &names->at[names->count];
    if (row->values[0].kind != VALUE_TEXT)
        return true;
    *next = (struct village_name){text_copy(a, row->village), text_copy(a, row->values[0].s)};
    names->count++;
    return next->code.at != NULL && next->name.at != NULL;
}

static bool read_all(struct records *r, struct names *names, struct record_query *query, struct arena *a,
                     struct err *e)
{
    struct record_scan *scan;
    struct record_row row;
    int64_t room;
    bool good = true;
    if (!records_count_all(r, query->entity, &query->area, &room, e))
        return false;
    names->at = arena_take_many(a, (size_t)room + 1, sizeof *names->at);
    if (names->at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!record_scan_open(r, query, &scan, e))
        return false;
    while (good && (int64_t)names->count < room && record_scan_next(scan, &row, e))
        good = take(names, &row, a);
    record_scan_close(scan);
    return good ? e->kind == NULL : err_fail(e, &OUT_OF_MEMORY);
}

struct names *names_read(struct records *r, const struct catalog *c, const struct area *area, struct arena *a,
                         struct err *e)
{
    const struct catalog_entity *village = catalog_entity(c, TEXT("village"));
    const struct catalog_field *name = village == NULL ? NULL : catalog_field(village, TEXT("name"));
    struct record_query query = {.entity = village,
                                 .area = *area,
                                 .as_of = DAY_NONE,
                                 .fields = &name,
                                 .field_count = 1,
                                 .limit = -1,
                                 .behind = true};
    struct names *names = arena_take(a, sizeof *names);
    if (names == NULL) {
        err_fail(e, &OUT_OF_MEMORY);
        return NULL;
    }
    names->catalog = c;
    return name == NULL || read_all(r, names, &query, a, e) ? names : NULL;
}

struct text names_short(struct text name)
{
    static const char *const endings[][2] = {{"村民委员会", "村"}, {"社区居民委员会", "社区"}};
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (text_ends_with(name, text_of(endings[i][0])))
            return text_slice(name, 0, name.size - strlen(endings[i][0]) + strlen(endings[i][1]));
    return name;
}

struct names *names_lazy(struct records *r, const struct catalog *c, struct arena *a)
{
    struct names *names = arena_take(a, sizeof *names);
    if (names != NULL)
        *names = (struct names){.catalog = c, .r = r, .arena = a};
    return names;
}

/* What the register calls a village; TEXT_NONE: nothing. */
static struct text look_up(struct names *names, struct text code)
{
    const struct catalog_entity *village = catalog_entity(names->catalog, TEXT("village"));
    const struct catalog_field *name = village == NULL ? NULL : catalog_field(village, TEXT("name"));
    struct record_query q = {.entity = village,
                             .as_of = DAY_NONE,
                             .fields = &name,
                             .field_count = 1,
                             .limit = 1,
                             .behind = true,
                             .id = code};
    struct err e = {.kind = NULL};
    struct record_scan *scan;
    struct record_row row;
    struct text found = TEXT_NONE;
    if (name == NULL || !area_of(TEXT(""), &q.area, &e) || !record_scan_open(names->r, &q, &scan, &e))
        return TEXT_NONE;
    if (record_scan_next(scan, &row, &e) && row.values[0].kind == VALUE_TEXT)
        found = text_copy(names->arena, row.values[0].s);
    record_scan_close(scan);
    return found;
}

static struct text lazy_village(struct names *names, struct text code)
{
    struct text name = TEXT_NONE;
    for (size_t i = 0; i < names->count; i++)
        if (text_equal(names->at[i].code, code))
            return names->at[i].name;
    if (names->count == names->room) {
        size_t room = names->room == 0 ? 64 : 2 * names->room;
        struct village_name *more = arena_take_many(names->arena, room, sizeof *more);
        if (more == NULL)
            return TEXT_NONE;
        if (names->count > 0)
            memcpy(more, names->at, names->count * sizeof *more);
        names->at = more;
        names->room = room;
    }
    name = look_up(names, code);
    if (name.at == NULL)
        name = names_short(names_division(names->catalog, code, AREA_CODE_SIZE));
    names->at[names->count++] = (struct village_name){text_copy(names->arena, code), name};
    return name;
}

struct text names_village(struct names *names, struct text code)
{
    if (names->r != NULL)
        return lazy_village(names, code);
    size_t low = 0, high = names->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = text_compare(names->at[middle].code, code);
        if (order == 0)
            return names->at[middle].name;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return names_short(names_division(names->catalog, code, AREA_CODE_SIZE));
}

struct text names_division(const struct catalog *c, struct text code, size_t digits)
{
    char full[AREA_CODE_SIZE] = "000000000000";
    if (code.size < digits)
        return TEXT_NONE;
    memcpy(full, code.at, digits);
    const struct catalog_division *division = catalog_division(c, (struct text){full, AREA_CODE_SIZE});
    return division == NULL ? TEXT_NONE : division->name;
}
