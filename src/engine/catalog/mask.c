/* What a reader who may not see a sealed value gets in its place. */
#include "engine/catalog/catalog.h"
#include "engine/catalog/derive.h"

/* Characters that stay at the beginning and the end. A certificate keeps the six of its area and the last
 * four, as offices print them; a phone three and four, an account the last four. */
static void kept(size_t count, size_t *first, size_t *last)
{
    *first = count >= 15 ? 6 : count >= 8 ? 3 : count >= 4 ? 1 : 0;
    *last = count >= 8 ? 4 : count >= 3 ? 1 : 0;
}

static size_t offset_of(struct text t, size_t character)
{
    size_t at = 0;
    while (character-- > 0 && at < t.size)
        (void)text_next(t, &at);
    return at;
}

static void kept_of(const struct catalog_field *field, size_t count, size_t *first, size_t *last)
{
    kept(count, first, last);
    if (field->type == FIELD_TEXT) { /* words: a name, an address */
        *first = count > 1 ? 1 : 0;
        *last = 0;
    }
}

bool catalog_is_mask(const struct catalog_field *field, struct text t)
{
    size_t count = text_count(t), first = 0, last = 0;
    if (!field->sealed)
        return field->class == CLASS_SENSITIVE && text_equal(t, TEXT("*"));
    if (count == 0)
        return false;
    kept_of(field, count, &first, &last);
    size_t at = offset_of(t, first), end = offset_of(t, count - last);
    while (at < end && t.at[at] == '*')
        at++;
    return at == end;
}

struct text catalog_mask(struct arena *a, const struct catalog_field *field, struct text plain)
{
    size_t count = text_count(plain), first = 0, last = 0;
    if (plain.at == NULL || count == 0)
        return plain;
    kept_of(field, count, &first, &last);
    size_t stars = count - first - last, head = offset_of(plain, first),
           tail = offset_of(plain, count - last);
    char *out = arena_take(a, head + stars + (plain.size - tail) + 1);
    if (out == NULL)
        return TEXT("*");
    memcpy(out, plain.at, head);
    memset(out + head, '*', stars);
    memcpy(out + head + stars, plain.at + tail, plain.size - tail);
    return (struct text){out, head + stars + (plain.size - tail)};
}

#define PERSON_NUMBER_MIN 11 /* digits of the shortest number that is somebody's: a telephone */

/* Stars in the middle of each run of digits that is long enough to be somebody's number. */
static struct text without_numbers(struct arena *a, struct text plain)
{
    char *out = arena_take(a, plain.size + 1);
    if (out == NULL)
        return TEXT("*");
    memcpy(out, plain.at, plain.size);
    for (size_t at = 0, end; at < plain.size; at = end + 1) {
        for (end = at; end < plain.size && plain.at[end] >= '0' && plain.at[end] <= '9';)
            end++;
        if (end - at >= PERSON_NUMBER_MIN)
            memset(out + at + 3, '*', end - at - 7);
    }
    return (struct text){out, plain.size};
}

/* What a spreadsheet writes where a formula failed: nobody's number, and worth reading as it is. */
static bool is_spreadsheet_error(struct text plain)
{
    static const char *const errors[] = {"#DIV/0!", "#N/A",    "#NAME?",  "#NULL!", "#NUM!",
                                         "#REF!",   "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA"};
    for (size_t i = 0; i < COUNT_OF(errors); i++)
        if (text_equal(plain, text_of(errors[i])))
            return true;
    return false;
}

/* A person's own number: its check holds, and the year of birth in it is one of this century or the last.
 * (Numbers of persons and households are as long; they begin with a village's code.) */
static bool is_identity_number(struct text t)
{
    if (!derive_id_valid(t))
        return false;
    struct text century = text_slice(t, 6, 2);
    return text_equal(century, TEXT("19")) || text_equal(century, TEXT("20"));
}

struct text catalog_mask_refused(struct arena *a, const struct catalog_field *field, struct text plain)
{
    if (plain.at == NULL || is_spreadsheet_error(plain))
        return plain;
    if (field->sealed || field->class == CLASS_SENSITIVE)
        return catalog_mask(a, field, plain);
    bool number = field->type == FIELD_IDENTIFIER || field->type == FIELD_REF || field->type == FIELD_VILLAGE;
    /* A person's own number in a column of household or person numbers. */
    bool misplaced = number && is_identity_number(text_trim(plain));
    return number && !misplaced ? plain : without_numbers(a, plain);
}
