/* The report as one JSON value: its figures by the paths of their ids. */
#include "base/base.err.h"
#include "domain/report/build.h"

static void json_worth(const struct values *v, const struct figure *figure, struct worth worth,
                       struct json *out)
{
    char number[32];
    const struct catalog_indicator *indicator =
        figure->source == FIGURE_GRADE ? NULL : &v->c->indicators[figure->index];
    if (!worth.known) {
        json_null(out);
    } else if (indicator != NULL && indicator->type == INDICATOR_MONEY) {
        json_fen(out, worth.value);
    } else if (indicator != NULL && indicator->type == INDICATOR_DECIMAL) {
        decimal_format(worth.value, indicator->digits, true, number);
        json_z(out, number);
    } else {
        json_int(out, worth.value);
    }
}

/* A key that is a number (a year) is one in the answer, too. */
static void json_series_key(struct text key, struct json *out)
{
    int64_t number;
    if (text_to_int(key, &number))
        json_int(out, number);
    else
        json_text(out, key);
}

static bool json_series(struct values *v, const struct series *series, struct json *out, struct err *e)
{
    struct split split;
    struct column *columns = arena_take_many(v->arena, series->count + 1, sizeof *columns);
    if (columns == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < series->count; i++)
        columns[i].figure = (struct figure){FIGURE_INDICATOR, series->of[i].indicator, false};
    const struct block as_block = {
        .kind = BLOCK_TABLE, .by = series->by, .columns = columns, .count = series->count};
    if (!build_split(v, &as_block, &split, e))
        return false;
    json_key_text(out, series->key);
    json_array(out);
    for (size_t k = 0; k < split.key_count; k++) {
        json_object(out);
        json_key_text(out, series->name);
        json_series_key(split.keys[k], out);
        for (size_t i = 0; i < series->count; i++) {
            json_key_text(out, series->of[i].name);
            json_worth(v, &columns[i].figure, split.worths[k * series->count + i], out);
        }
        json_object_end(out);
    }
    json_array_end(out);
    return true;
}

static bool json_part(struct values *v, const struct json_part *part, struct json *out, struct err *e)
{
    for (size_t i = 0; i < part->figure_count; i++) {
        json_key_text(out, part->figure_names[i]);
        json_worth(v, &part->figures[i], values_of(v, &part->figures[i]), out);
    }
    for (size_t i = 0; i < part->series_count; i++)
        if (!json_series(v, &part->series[i], out, e))
            return false;
    return true;
}

bool build_json(struct values *v, struct json *out, struct err *e)
{
    json_object(out);
    json_key(out, "area");
    json_text(out, v->place.code);
    json_key(out, "name");
    json_text(out, v->place.name);
    json_key(out, "as_of");
    json_day(out, v->as_of);
    for (size_t i = 0; i < v->model->part_count; i++) {
        bool same = i > 0 && text_equal(v->model->parts[i - 1].part, v->model->parts[i].part);
        bool goes_on =
            i + 1 < v->model->part_count && text_equal(v->model->parts[i + 1].part, v->model->parts[i].part);
        if (!same) {
            json_key_text(out, v->model->parts[i].part);
            json_object(out);
        }
        if (!json_part(v, &v->model->parts[i], out, e))
            return false;
        if (!goes_on)
            json_object_end(out);
    }
    json_object_end(out);
    return true;
}
