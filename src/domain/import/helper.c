/* Names in a table with open places, by their hash alone: two names of one hash would hide a note, no more.
 */
#include "domain/import/helper.h"
#include <stdlib.h>

#define HELPER_NAME_FOLDED 256 /* bytes of a name that are compared */

void helpers_init(struct helpers *h, const struct catalog *c, struct arena *a)
{
    *h = (struct helpers){.arena = a};
    h->household = catalog_entity(c, TEXT("household"));
    h->pairing = catalog_entity(c, TEXT("pairing"));
    if (h->household == NULL || h->pairing == NULL)
        return;
    h->of_household = catalog_field(h->household, TEXT("helper"));
    h->of_pairing = catalog_field(h->pairing, TEXT("helper"));
    if (h->of_household == NULL || h->of_pairing == NULL || h->of_household->column == SIZE_MAX
        || h->of_pairing->column == SIZE_MAX)
        h->of_household = h->of_pairing = NULL;
}

void helpers_clear(struct helpers *h)
{
    free(h->names);
    h->names = NULL;
}

static struct helper_name *place_of(struct helper_name *names, size_t room, uint64_t hash)
{
    size_t at = (size_t)hash & (room - 1);
    while (names[at].hash != 0 && names[at].hash != hash)
        at = (at + 1) & (room - 1);
    return &names[at];
}

static bool make_room(struct helpers *h)
{
    if (2 * (h->count + 1) <= h->room)
        return true;
    size_t room = h->room == 0 ? 256 : 2 * h->room;
    struct helper_name *names = h->count >= HELPER_NAMES_MAX ? NULL : calloc(room, sizeof *names);
    if (names == NULL)
        return false;
    for (size_t i = 0; i < h->room; i++)
        if (h->names[i].hash != 0)
            *place_of(names, room, h->names[i].hash) = h->names[i];
    free(h->names);
    h->names = names;
    h->room = room;
    return true;
}

/* The dots that stand between the parts of a name are one and the same when names are compared:
 * 买买提·吐尔逊. */
static bool is_middle_dot(uint32_t c)
{
    return c == 0xB7 || c == 0x2022 || c == 0x2027 || c == 0x2219 || c == 0x22C5 || c == 0x30FB
           || c == 0xFF65;
}

/* Never 0. */
static uint64_t hash_of(struct text name)
{
    char folded[HELPER_NAME_FOLDED];
    size_t size = 0;
    for (size_t at = 0; at < name.size && size + 4 <= sizeof folded;) {
        uint32_t c = text_next(name, &at);
        size += text_encode(is_middle_dot(c) ? 0xB7 : c, folded + size);
    }
    return text_hash((struct text){folded, size}) | 1;
}

/* The entry of a name, made when there is none; NULL when there is no room for it. */
static struct helper_name *name_of(struct helpers *h, struct text name)
{
    if (!make_room(h))
        return NULL;
    uint64_t hash = hash_of(name);
    struct helper_name *found = place_of(h->names, h->room, hash);
    h->count += found->hash == 0;
    found->hash = hash;
    return found;
}

void helpers_see(struct helpers *h, const struct batch_row *row)
{
    const struct catalog_field *field = row->entity == h->household ? h->of_household
                                        : row->entity == h->pairing ? h->of_pairing
                                                                    : NULL;
    if (field == NULL || row->refused || row->values[field->column].kind != VALUE_TEXT)
        return;
    struct text name = row->values[field->column].s;
    struct helper_name *entry = name_of(h, name);
    if (entry == NULL)
        return;
    if (field == h->of_pairing) {
        entry->described = true;
    } else if (entry->row == 0) {
        entry->sheet = row->sheet;
        entry->row = row->row;
        entry->name = text_copy(h->arena, name);
    }
}

static bool any_left(const struct helpers *h)
{
    for (size_t i = 0; i < h->room; i++)
        if (h->names[i].row != 0 && !h->names[i].described)
            return true;
    return false;
}

static bool look_into_register(struct helpers *h, struct records *r, struct err *e)
{
    struct record_query q = {
        .entity = h->pairing, .as_of = DAY_NONE, .fields = &h->of_pairing, .field_count = 1, .limit = -1};
    struct record_scan *scan = NULL;
    struct record_row row;
    struct err failure = {0};
    if (!area_of(TEXT(""), &q.area, e) || !record_scan_open(r, &q, &scan, e))
        return false;
    while (record_scan_next(scan, &row, &failure)) {
        struct helper_name *known =
            row.values[0].kind != VALUE_TEXT ? NULL : place_of(h->names, h->room, hash_of(row.values[0].s));
        if (known != NULL && known->hash != 0)
            known->described = true;
    }
    record_scan_close(scan);
    if (failure.kind != NULL)
        *e = failure;
    return failure.kind == NULL;
}

bool helpers_tell(struct helpers *h, struct records *r,
                  void (*each)(void *user, const struct helper_name *name), void *user, struct err *e)
{
    if (!any_left(h))
        return true;
    if (!look_into_register(h, r, e))
        return false;
    for (size_t i = 0; i < h->room; i++)
        if (h->names[i].row != 0 && !h->names[i].described)
            each(user, &h->names[i]);
    return true;
}
