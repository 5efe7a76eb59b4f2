/* Looks through the table of division codes; the town of the last row is kept, since rows of a town lie
 * together. */
#include "domain/import/place.h"

#define TOWN_DIGITS 9
#define COUNTY_DIGITS 6
#define MEMORY_MAX ((size_t)64 << 10)

void places_init(struct places *p, const struct catalog *c)
{
    *p = (struct places){.catalog = c, .town_code = TEXT_NONE};
    arena_init(&p->memory, MEMORY_MAX);
}

void places_clear(struct places *p) { arena_clear(&p->memory); }

static struct text without(struct text name, struct text ending)
{
    bool has = name.size > ending.size && text_ends_with(name, ending);
    return has ? text_slice(name, 0, name.size - ending.size) : name;
}

static struct text bare(struct text name)
{
    static const char *const endings[] = {"居民委员会", "村民委员会", "村委会", "居委会", "社区", "村"};
    name = text_trim(name);
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        name = without(name, text_of(endings[i]));
    return name;
}

static bool ends_in_zeros(struct text code, size_t digits)
{
    static const char zeros[] = "000000000000";
    return code.size == AREA_CODE_SIZE && memcmp(code.at + digits, zeros, AREA_CODE_SIZE - digits) == 0;
}

static bool is_town(struct text code)
{
    return ends_in_zeros(code, TOWN_DIGITS) && !ends_in_zeros(code, COUNTY_DIGITS);
}

/* The only town of this name, in a county of that name where one is given. */
static struct text find_town(const struct catalog *c, struct text county, struct text town)
{
    struct text found = TEXT_NONE;
    bool in_county = text_is_empty(county);
    for (size_t i = 0; i < c->division_count; i++) {
        const struct catalog_division *d = &c->divisions[i];
        if (ends_in_zeros(d->code, COUNTY_DIGITS))
            in_county = text_is_empty(county) || text_equal(d->name, county);
        if (!in_county || !is_town(d->code) || !text_equal(d->name, town))
            continue;
        if (found.at != NULL)
            return TEXT_NONE;
        found = text_slice(d->code, 0, TOWN_DIGITS);
    }
    return found;
}

static size_t first_of(const struct catalog *c, struct text prefix)
{
    size_t low = 0, high = c->division_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (text_compare(c->divisions[middle].code, prefix) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct text place_village(struct places *p, struct text county, struct text town, struct text village)
{
    const struct catalog *c = p->catalog;
    struct text found = TEXT_NONE, name = bare(village);
    county = text_trim(county);
    town = text_trim(town);
    if (text_is_empty(town) || text_is_empty(name))
        return TEXT_NONE;
    if (p->town.at == NULL || !text_equal(town, p->town) || !text_equal(county, p->county)) {
        arena_rewind(&p->memory, (struct arena_mark){0});
        p->county = text_copy(&p->memory, county);
        p->town = text_copy(&p->memory, town);
        p->town_code = find_town(c, county, town);
    }
    if (p->town_code.at == NULL)
        return TEXT_NONE;
    for (size_t i = first_of(c, p->town_code); i < c->division_count; i++) {
        const struct catalog_division *d = &c->divisions[i];
        if (!text_starts_with(d->code, p->town_code))
            break;
        if (ends_in_zeros(d->code, TOWN_DIGITS) || !text_equal(bare(d->name), name))
            continue;
        if (found.at != NULL)
            return TEXT_NONE;
        found = d->code;
    }
    return found;
}
