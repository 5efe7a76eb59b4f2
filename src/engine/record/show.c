/* How a stored value is shown: as JSON, and as text for tables and workbooks. */
#include "base/json.h"
#include "engine/record/record.h"

#define SHOW_MAX (1u << 20)

static struct text label_of(const struct catalog_field *field, struct text code, enum lang lang)
{
    const struct catalog_code *known = field->codes != NULL ? catalog_code(field->codes, code) : NULL;
    struct text label = known != NULL ? label_in(known->label, lang) : TEXT_NONE;
    return label.size != 0 ? label : code;
}

/* Labels of several codes, joined as they are stored. */
static void add_labels(struct buf *out, const struct catalog_field *field, struct text codes, enum lang lang)
{
    size_t from = 0;
    while (from <= codes.size) {
        size_t comma = text_find(codes, TEXT(","), from);
        size_t to = comma == SIZE_MAX ? codes.size : comma;
        if (from != 0)
            buf_add_char(out, ',');
        buf_add(out, label_of(field, text_slice(codes, from, to - from), lang));
        from = to + 1;
    }
}

/* A sensitive value that may not be seen: there is one, and that is all that may be said. */
static const struct text hidden = {"****", 4};

static struct text words_of(struct arena *a, const struct catalog_field *field, struct text t, bool reveal,
                            enum lang lang)
{
    if (field->sealed && !reveal)
        return catalog_mask(a, field, t);
    if (field->class == CLASS_SENSITIVE && !reveal)
        return hidden; /* a plain code: not even its length, 健康 has two characters */
    if (field->type == FIELD_CODE)
        return label_of(field, t, lang);
    if (field->type != FIELD_CODES)
        return t;
    struct buf out;
    buf_init(&out, SHOW_MAX);
    add_labels(&out, field, t, lang);
    struct text copy = out.failed ? TEXT_NONE : text_copy(a, buf_text(&out));
    buf_clear(&out);
    return copy;
}

static struct text number_of(struct arena *a, const struct catalog_field *field, int64_t n, enum lang lang)
{
    char shown[32];
    switch (field->type) {
    case FIELD_DATE:
        day_format((day)n, shown);
        break;
    case FIELD_MONEY:
        fen_format(n, shown);
        break;
    case FIELD_DECIMAL:
        decimal_format(n, field->digits, false, shown);
        break;
    case FIELD_BOOL:
        return lang == LANG_ZH ? (n != 0 ? TEXT("是") : TEXT("否")) : (n != 0 ? TEXT("yes") : TEXT("no"));
    case FIELD_INT:
    case FIELD_YEAR:
    case FIELD_IDENTIFIER:
    case FIELD_TEXT:
    case FIELD_CODE:
    case FIELD_CODES:
    case FIELD_REF:
    case FIELD_VILLAGE:
        decimal_format(n, 0, false, shown);
        break;
    }
    return text_copy(a, text_of(shown));
}

struct text record_value_text(struct arena *a, const struct catalog *c, const struct catalog_field *field,
                              struct value v, bool reveal, enum lang lang)
{
    (void)c;
    switch (v.kind) {
    case VALUE_NONE:
        return TEXT("");
    case VALUE_BYTES:
        return hidden;
    case VALUE_TEXT:
        return words_of(a, field, v.s, reveal, lang);
    case VALUE_INT:
        return number_of(a, field, v.n, lang);
    }
    return TEXT("");
}

static void number_json(struct json *j, const struct catalog_field *field, int64_t n)
{
    char shown[32];
    if (field->type == FIELD_DATE) {
        json_day(j, (day)n);
    } else if (field->type == FIELD_MONEY) {
        json_fen(j, n);
    } else if (field->type == FIELD_BOOL) {
        json_bool(j, n != 0);
    } else if (field->type == FIELD_DECIMAL) {
        decimal_format(n, field->digits, false, shown);
        json_raw(j, text_of(shown));
    } else {
        json_int(j, n);
    }
}

void record_value_json(struct json *j, const struct catalog *c, const struct catalog_field *field,
                       struct value v, bool reveal)
{
    struct arena a;
    if (v.kind == VALUE_NONE) {
        json_null(j);
    } else if (v.kind == VALUE_INT) {
        number_json(j, field, v.n);
    } else {
        arena_init(&a, SHOW_MAX);
        json_text(j, record_value_text(&a, c, field, v, reveal, LANG_ZH));
        arena_clear(&a);
    }
}
