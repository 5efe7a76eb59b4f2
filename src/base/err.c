/* Fills an error and writes its sentence from the kind's template. */
#include "base/err.h"
#include "base/value.h"
#include <stdio.h>

bool err_fail(struct err *e, const struct err_kind *kind)
{
    if (e->kind == NULL) {
        e->kind = kind;
        e->count = 0;
    }
    return false;
}

bool err_fail_text(struct err *e, const struct err_kind *kind, const char *name, struct text value)
{
    if (e->kind == NULL) {
        err_fail(e, kind);
        err_add(e, name, value);
    }
    return false;
}

bool err_fail_int(struct err *e, const struct err_kind *kind, const char *name, int64_t value)
{
    if (e->kind == NULL) {
        err_fail(e, kind);
        err_add_int(e, name, value);
    }
    return false;
}

static const struct err_field *field_find(const struct err *e, struct text name)
{
    for (size_t i = 0; i < e->count; i++) {
        if (text_equal(text_of(e->field[i].name), name))
            return &e->field[i];
    }
    return NULL;
}

/* A place for a new name, or NULL when it stands already or all places are taken. */
static struct err_field *field_new(struct err *e, const char *name)
{
    if (field_find(e, text_of(name)) != NULL || e->count == ERR_FIELD_MAX)
        return NULL;
    struct err_field *field = &e->field[e->count++];
    *field = (struct err_field){.name = name};
    return field;
}

void err_add(struct err *e, const char *name, struct text value)
{
    struct err_field *field = field_new(e, name);
    if (field == NULL)
        return;
    size_t size = value.size;
    if (size > ERR_VALUE_MAX) {
        /* Cut before the character that does not fit whole. */
        size = ERR_VALUE_MAX;
        while (size > 0 && ((unsigned char)value.at[size] & 0xC0) == 0x80)
            size--;
    }
    if (size > 0)
        memcpy(field->s, value.at, size);
    field->size = size;
}

void err_add_int(struct err *e, const char *name, int64_t value)
{
    struct err_field *field = field_new(e, name);
    if (field == NULL)
        return;
    field->is_int = true;
    field->n = value;
}

void err_clear(struct err *e)
{
    e->kind = NULL;
    e->count = 0;
}

static void add_int(const struct err_field *field, struct text format, struct buf *out)
{
    char digits[32];
    if (text_equal(format, TEXT("yuan"))) {
        fen_format(field->n, digits);
        buf_add_z(out, digits);
    } else if (text_equal(format, TEXT("date")) && field->n >= DAY_MIN && field->n <= DAY_MAX) {
        day_format((day)field->n, digits);
        buf_add_z(out, digits);
    } else {
        buf_add_int(out, field->n);
    }
}

/* The value whose words are this language's: of `name` in Chinese that of `name`_zh, where it was added. */
static const struct err_field *field_in(const struct err *e, struct text name, enum lang lang)
{
    char chinese[64];
    int size = snprintf(chinese, sizeof chinese, "%.*s_zh", TEXT_ARG(name));
    const struct err_field *field = NULL;
    if (lang == LANG_ZH && size > 0 && (size_t)size < sizeof chinese)
        field = field_find(e, text_of(chinese));
    return field != NULL ? field : field_find(e, name);
}

/* The value of "name" or "name:format". */
static void add_value(const struct err *e, struct text place, enum lang lang, struct buf *out)
{
    size_t colon = text_find(place, TEXT(":"), 0);
    struct text name = colon == SIZE_MAX ? place : text_slice(place, 0, colon);
    struct text format = colon == SIZE_MAX ? TEXT("") : text_slice(place, colon + 1, place.size);
    const struct err_field *field = field_in(e, name, lang);
    if (field == NULL)
        buf_add_char(out, '?');
    else if (field->is_int)
        add_int(field, format, out);
    else
        buf_add(out, (struct text){field->s, field->size});
}

void err_sentence(const struct err *e, enum lang lang, struct buf *out)
{
    if (e->kind == NULL)
        return;
    struct text left = text_of(lang == LANG_ZH ? e->kind->zh : e->kind->en);
    while (left.size > 0) {
        size_t open = text_find(left, TEXT("{"), 0);
        size_t close = open == SIZE_MAX ? SIZE_MAX : text_find(left, TEXT("}"), open);
        if (close == SIZE_MAX)
            break;
        buf_add(out, text_slice(left, 0, open));
        add_value(e, text_slice(left, open + 1, close - open - 1), lang, out);
        left = text_slice(left, close + 1, left.size);
    }
    buf_add(out, left);
}
