/* Villages by their names, within the office's area. */
#include "base/base.err.h"
#include "engine/record/batch.h"
#include <stdlib.h>

#define TOWN_DIGITS 9 /* of a division code */

static struct text without(struct text name, struct text ending)
{
    return name.size > ending.size && text_ends_with(name, ending)
               ? text_slice(name, 0, name.size - ending.size)
               : name;
}

/* 寺后刘村民委员会, 寺后刘村委会, 寺后刘村 are one village. */
static struct text bare_name(struct text name)
{
    static const char *const endings[] = {"居民委员会", "村民委员会", "村委会", "居委会", "社区", "村"};
    name = text_trim(name);
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        name = without(name, text_of(endings[i]));
    return name;
}

static int name_order(const void *a, const void *b)
{
    const struct name *x = a, *y = b;
    int order = text_compare(x->name, y->name);
    return order != 0 ? order : text_compare(x->code, y->code);
}

static bool name_add(struct batch *b, size_t *room, struct text name, struct text code, struct err *e)
{
    if (code.size != AREA_CODE_SIZE || !area_holds(&b->office, code) || !batch_sees(b, code)
        || memcmp(code.at + 9, "000", 3) == 0)
        return true;
    if (b->name_count == *room) {
        struct name *more = arena_take_many(&b->arena, 2 * *room + 64, sizeof *more);
        if (more == NULL)
            return err_fail(e, &OUT_OF_MEMORY);
        if (b->name_count != 0)
            memcpy(more, b->names, b->name_count * sizeof *more);
        b->names = more;
        *room = 2 * *room + 64;
    }
    struct name *n = &b->names[b->name_count++];
    *n = (struct name){text_copy(&b->arena, bare_name(name)), text_copy(&b->arena, code)};
    return (n->name.at != NULL && n->code.at != NULL) || err_fail(e, &OUT_OF_MEMORY);
}

static const struct table *village_table(const struct batch *b)
{
    for (size_t i = 0; i < b->r->count; i++)
        if (b->r->order[i]->is_village)
            return b->r->order[i];
    return NULL;
}

/* Those of the register, this batch's among them: they are applied first. */
static bool names_of_register(struct batch *b, size_t *room, struct err *e)
{
    const struct table *t = village_table(b);
    const struct catalog_field *name = t != NULL ? catalog_field(t->entity, TEXT("name")) : NULL;
    struct buf sql;
    if (name == NULL || name->column == NONE)
        return true;
    buf_init(&sql, SQL_TEXT_MAX);
    buf_add_format(
        &sql,
        "SELECT village, \"%s\" FROM \"%s\" WHERE \"%s\" IS NOT NULL AND village >= ?1 AND village < ?2",
        name->z, t->entity->z, name->z);
    struct statement *s = sql.failed ? NULL : statement_open(b->r->db, buf_text(&sql), e);
    buf_clear(&sql);
    if (s == NULL)
        return false;
    bool all = b->office.lo[0] == 0, good = true;
    statement_bind(s, 1, value_text(text_of(b->office.lo)));
    statement_bind(s, 2, value_text(all ? TEXT(":") : text_of(b->office.hi)));
    enum step step;
    while (good && (step = statement_step(s, e)) != STEP_DONE)
        good = step == STEP_ROW && name_add(b, room, statement_column(s, 1).s, statement_column(s, 0).s, e);
    statement_close(s);
    return good;
}

static size_t division_from(const struct catalog *c, const char *lo)
{
    size_t from = 0, to = c->division_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (text_compare(c->divisions[middle].code, text_of(lo)) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static bool names_make(struct batch *b, struct err *e)
{
    const struct catalog *c = b->r->catalog;
    size_t room = 0;
    b->names_made = true;
    if (!names_of_register(b, &room, e))
        return false;
    for (size_t i = division_from(c, b->office.lo);
         i < c->division_count && area_holds(&b->office, c->divisions[i].code); i++)
        if (!name_add(b, &room, c->divisions[i].name, c->divisions[i].code, e))
            return false;
    if (b->name_count > 1)
        qsort(b->names, b->name_count, sizeof *b->names, name_order);
    return true;
}

/* Blanks of either width are no part of a name. */
static struct text without_blanks(struct arena *a, struct text name)
{
    char *out = arena_take(a, name.size + 1);
    size_t size = 0;
    for (size_t at = 0; out != NULL && at < name.size;) {
        size_t from = at;
        uint32_t c = text_next(name, &at);
        if (c == UINT32_MAX || c <= ' ' || c == 0xA0 || c == 0x3000)
            continue;
        memcpy(out + size, name.at + from, at - from);
        size += at - from;
    }
    return out == NULL ? TEXT_NONE : (struct text){out, size};
}

/* The villages of a name; those whose code begins with `town` alone. */
static void look_up(const struct batch *b, struct text name, struct text town, struct text *code_out,
                    bool *ambiguous_out)
{
    struct text bare = bare_name(name);
    size_t from = 0, to = b->name_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (text_compare(b->names[middle].name, bare) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    for (; from < b->name_count && text_equal(b->names[from].name, bare); from++) {
        if (!text_starts_with(b->names[from].code, town))
            continue;
        if (code_out->at == NULL)
            *code_out = b->names[from].code;
        else if (!text_equal(*code_out, b->names[from].code))
            *ambiguous_out = true;
    }
    if (*ambiguous_out)
        *code_out = TEXT_NONE;
}

/* 红花集镇寺后刘村, 西华县红花集镇寺后刘村: behind the name of its own town. */
static void look_behind_town(const struct batch *b, struct text name, struct text *code_out,
                             bool *ambiguous_out)
{
    const struct catalog *c = b->r->catalog;
    for (size_t i = division_from(c, b->office.lo);
         i < c->division_count && code_out->at == NULL && !*ambiguous_out; i++) {
        struct text code = c->divisions[i].code, town = c->divisions[i].name;
        if (!area_holds(&b->office, code))
            break;
        if (memcmp(code.at + TOWN_DIGITS, "000", 3) != 0)
            continue;
        size_t at = text_find(name, town, 0);
        if (at != SIZE_MAX)
            look_up(b, text_slice(name, at + town.size, SIZE_MAX), text_slice(code, 0, TOWN_DIGITS), code_out,
                    ambiguous_out);
    }
}

bool village_by_name(struct batch *b, struct text name, struct text *code_out, bool *ambiguous_out,
                     struct err *e)
{
    struct text tight = without_blanks(&b->scratch, name);
    *code_out = TEXT_NONE;
    *ambiguous_out = false;
    if (tight.at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!b->names_made && !names_make(b, e))
        return false;
    look_up(b, tight, TEXT(""), code_out, ambiguous_out);
    if (code_out->at == NULL && !*ambiguous_out)
        look_behind_town(b, tight, code_out, ambiguous_out);
    return true;
}

bool village_known(struct batch *b, struct text code, bool *known_out, struct err *e)
{
    const struct table *t = village_table(b);
    *known_out = false;
    if (code.size != AREA_CODE_SIZE || !batch_sees(b, code))
        return true;
    if (catalog_division(b->r->catalog, code) != NULL) {
        *known_out = true;
        return true;
    }
    return t == NULL || reference_known(b, t, code, known_out, e);
}
