/* Areas as ranges of village codes. */
#include "engine/access/access.err.h"
#include "engine/record/record.err.h"
#include "engine/record/record.h"
#include "engine/record/table.h"

/* Digits that name the place: zeros at the end name the larger one. */
static size_t digits_of(const char code[AREA_CODE_SIZE])
{
    static const size_t sizes[] = {2, 4, 6, 9};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        size_t at = sizes[i];
        while (at < AREA_CODE_SIZE && code[at] == '0')
            at++;
        if (at == AREA_CODE_SIZE)
            return sizes[i];
    }
    return AREA_CODE_SIZE;
}

bool area_of(struct text code, struct area *out, struct err *e)
{
    *out = (struct area){.lo = ""};
    if (code.size == 0)
        return true;
    bool good =
        code.size == 2 || code.size == 4 || code.size == 6 || code.size == 9 || code.size == AREA_CODE_SIZE;
    for (size_t i = 0; i < code.size; i++)
        good = good && code.at[i] >= '0' && code.at[i] <= '9';
    if (!good)
        return err_fail_text(e, &RECORD_AREA, "code", code);
    memset(out->lo, '0', AREA_CODE_SIZE);
    memcpy(out->lo, code.at, code.size);
    size_t i = digits_of(out->lo);
    memset(out->hi, '0', AREA_CODE_SIZE);
    memcpy(out->hi, out->lo, i);
    while (i > 0 && out->hi[i - 1] == '9')
        out->hi[--i] = '0';
    if (i > 0)
        out->hi[i - 1]++;
    else
        memset(out->hi, '9' + 1, AREA_CODE_SIZE); /* above every code */
    return true;
}

bool area_holds(const struct area *area, struct text village)
{
    if (area->lo[0] == 0)
        return true;
    return text_compare(village, text_of(area->lo)) >= 0 && text_compare(village, text_of(area->hi)) < 0;
}

bool area_is_listed(const struct catalog *c, const struct area *area)
{
    size_t from = 0, to = c->division_count;
    if (area->lo[0] == 0 || c->division_count == 0)
        return true;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (text_compare(c->divisions[middle].code, text_of(area->lo)) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from < c->division_count && area_holds(area, c->divisions[from].code);
}

/* Whether the table of divisions or the villages of the register have anything there. */
static bool is_somewhere(struct records *r, const struct area *area, bool *out, struct err *e)
{
    const struct catalog_entity *village = catalog_entity(r->catalog, TEXT("village"));
    int64_t count = 0;
    *out = area_is_listed(r->catalog, area);
    if (*out || village == NULL)
        return true;
    if (!records_count_all(r, village, area, &count, e))
        return false;
    *out = count > 0;
    return true;
}

bool records_area(struct records *r, struct text code, struct area *out, struct err *e)
{
    bool known = false;
    if (!area_of(code, out, e))
        return false;
    if (r->actor != NULL && code.size == 0) {
        *out = r->actor->area;
        return true;
    }
    if (!access_covers(r->actor, out))
        return err_fail(e, &ACCESS_AREA_UNKNOWN);
    if (!is_somewhere(r, out, &known, e))
        return false;
    if (known)
        return true;
    return r->actor != NULL ? err_fail(e, &ACCESS_AREA_UNKNOWN)
                            : err_fail_text(e, &RECORD_AREA_UNKNOWN, "code", code);
}

/* ---- whom it works for ---- */

void records_act_for(struct records *r, const struct actor *actor) { r->actor = actor; }

const struct actor *records_actor(const struct records *r) { return r->actor; }

bool records_permit(const struct records *r, const struct catalog_entity *entity, bool behind,
                    const struct area *asked, struct area *out, struct err *e)
{
    if (!behind && !access_reads(r->actor, entity, e))
        return false;
    (void)access_meets(r->actor, asked, out);
    return true;
}
