/* What certificate, phone and account numbers tell; see derive.h. */
#include "engine/catalog/derive.h"

enum { ID_SIZE = 18, ID_OLD_SIZE = 15, DISABILITY_SIZE = 20, DISABILITY_AGAIN_SIZE = 22, PHONE_SIZE = 11 };

static bool is_digits(struct text t)
{
    for (size_t i = 0; i < t.size; i++)
        if (t.at[i] < '0' || t.at[i] > '9')
            return false;
    return t.size > 0;
}

static bool is_alphanumeric(struct text t)
{
    for (size_t i = 0; i < t.size; i++) {
        char c = t.at[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')))
            return false;
    }
    return true;
}

/* 17 digits and a digit or X, whether the check holds or not. */
static bool has_id_form(struct text t)
{
    if (t.size != ID_SIZE || !is_digits(text_slice(t, 0, ID_SIZE - 1)))
        return false;
    char last = t.at[ID_SIZE - 1];
    return (last >= '0' && last <= '9') || last == 'X' || last == 'x';
}

char derive_id_check(struct text seventeen)
{
    static const int weights[ID_SIZE - 1] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    if (seventeen.size != ID_SIZE - 1 || !is_digits(seventeen))
        return '\0';
    for (size_t i = 0; i < ID_SIZE - 1; i++)
        sum += weights[i] * (seventeen.at[i] - '0');
    return "10X98765432"[sum % 11];
}

bool derive_id_valid(struct text number)
{
    if (!has_id_form(number))
        return false;
    char last = number.at[ID_SIZE - 1];
    return derive_id_check(text_slice(number, 0, ID_SIZE - 1)) == (last == 'x' ? 'X' : last);
}

/* A slip elsewhere in the number does not keep its other places from being compared. */
static struct value birth_of(struct text t)
{
    char written[11];
    day birth = 0;
    if (t.size != ID_SIZE || !is_alphanumeric(t))
        return value_none();
    memcpy(written, t.at + 6, 4);
    written[4] = written[7] = '-';
    memcpy(written + 5, t.at + 10, 2);
    memcpy(written + 8, t.at + 12, 2);
    return day_parse((struct text){written, 10}, &birth) ? value_int(birth) : value_none();
}

static struct value sex_of(struct text t)
{
    if (t.size != ID_SIZE || !is_alphanumeric(t) || !is_digits(text_slice(t, ID_SIZE - 2, 1)))
        return value_none();
    /* GB/T 2261.1: 1 male, 2 female; the sequence number is odd for men. */
    return value_text((t.at[16] - '0') % 2 == 1 ? TEXT("1") : TEXT("2"));
}

static bool has_disability_form(struct text t)
{
    return (t.size == DISABILITY_SIZE || t.size == DISABILITY_AGAIN_SIZE)
           && has_id_form(text_slice(t, 0, ID_SIZE)) && is_digits(text_slice(t, ID_SIZE, 2))
           && is_alphanumeric(t);
}

static struct text kind_of(struct text t)
{
    if (t.size == ID_OLD_SIZE && is_digits(t))
        return TEXT("resident15");
    /* Letters among the digits are slips of a resident's number: nothing else has 18 characters. */
    if (t.size == ID_SIZE && is_alphanumeric(t))
        return TEXT("resident18");
    if (has_disability_form(t))
        return t.size == DISABILITY_SIZE ? TEXT("disability20") : TEXT("disability22");
    return TEXT("other");
}

static bool disability_valid(struct text t)
{
    return has_disability_form(t) && derive_id_valid(text_slice(t, 0, ID_SIZE)) && t.at[18] >= '1'
           && t.at[18] <= '7' && t.at[19] >= '1' && t.at[19] <= '4';
}

struct value derive_value(enum derive_kind kind, struct text plain)
{
    if (plain.size == 0)
        return value_none();
    switch (kind) {
    case DERIVE_LENGTH:
        return value_int((int64_t)text_count(plain));
    case DERIVE_ID_VALID:
        return value_int(derive_id_valid(plain));
    case DERIVE_ID_BIRTH:
        return birth_of(plain);
    case DERIVE_ID_SEX:
        return sex_of(plain);
    case DERIVE_ID_KIND:
        return value_text(kind_of(plain));
    case DERIVE_DISABILITY_VALID:
        return value_int(disability_valid(plain));
    case DERIVE_PHONE_VALID:
        return value_int(plain.size == PHONE_SIZE && is_digits(plain) && plain.at[0] == '1');
    case DERIVE_NUMERIC:
        return value_int(is_digits(plain));
    case DERIVE_USES:
        break;
    }
    return value_none();
}
