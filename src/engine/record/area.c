/* Areas as ranges of village codes. */
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

bool records_area(struct records *r, struct text code, struct area *out, struct err *e)
{
    const struct catalog_entity *village = catalog_entity(r->catalog, TEXT("village"));
    int64_t count = 0;
    if (!area_of(code, out, e))
        return false;
    if (area_is_listed(r->catalog, out))
        return true;
    if (village != NULL && !record_count(r, village, out, &count, e))
        return false;
    return count > 0 || err_fail_text(e, &RECORD_AREA_UNKNOWN, "code", code);
}
