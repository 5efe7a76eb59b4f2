/* `indicator`: any number of the pack, by area, day and part, with the rows behind it. */
#include "base/base.err.h"
#include "domain/check/check.err.h"
#include "domain/check/parts.h"

#define SHOW_ROWS_MAX 50 /* ids that a person is shown */

struct figure {
    struct scope scope;
    const struct catalog_indicator *indicator; /* NULL: the list */
    struct indicator_result result;
    bool split, with_rows;
    const struct text *rows;
    size_t row_count;
    struct run *run; /* the rows live in it; closed once all is written */
};

/* A figure opens to the rows behind it: whoever may not read those learns no number about them. */
static bool permit(const struct actor *actor, const struct catalog *c,
                   const struct catalog_indicator *indicator, struct err *e)
{
    if (indicator->value == INDICATOR_FORMULA) {
        for (size_t i = 0; i < indicator->use_count; i++)
            if (!permit(actor, c, &c->indicators[indicator->uses[i]], e))
                return false;
        return true;
    }
    return access_reads(actor, indicator->on, e)
           && (indicator->rows == NULL || access_reads(actor, indicator->rows, e));
}

static bool measure(const struct actor *actor, struct figure *f, struct text by, struct err *e)
{
    if (!run_indicator(f->run, f->indicator, by, &f->result, e))
        return false;
    if (f->result.by_field != NULL && !access_filters(actor, f->result.by_field, e))
        return false;
    return !f->with_rows || run_indicator_rows(f->run, f->indicator, &f->rows, &f->row_count, e);
}

static bool run_one(struct op_call *call, struct figure *f, struct err *e)
{
    const struct op_value *by = op_value(call, "by");
    const struct text split = by->given ? by->s : TEXT_NONE;
    const struct actor *actor = records_actor(call->session->records);
    const struct run_options options = {.area = f->scope.area,
                                        .as_of = f->scope.as_of,
                                        .indicators = &f->indicator,
                                        .indicator_count = 1,
                                        .by = &split};
    f->split = by->given;
    f->with_rows = op_value(call, "rows")->given;
    if (!permit(actor, call->session->catalog, f->indicator, e) || !session_look_beyond(call->session, e)
        || !store_begin_read(call->session->store, e))
        return false;
    bool measured = run_open(call->session->records, call->session->catalog, &options, &f->run, e)
                    && measure(actor, f, split, e);
    return store_end(call->session->store, measured, e);
}

static bool run_figure(struct op_call *call, struct err *e)
{
    const struct op_value *id = op_value(call, "id");
    struct figure *f = arena_take(call->arena, sizeof *f);
    if (f == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    call->result = f;
    if (!scope_of(call, &f->scope, e))
        return false;
    if (!id->given)
        return true;
    f->indicator = catalog_indicator(call->session->catalog, id->s);
    if (f->indicator == NULL)
        return err_fail_text(e, &CHECK_INDICATOR_UNKNOWN, "id", id->s);
    if (run_one(call, f, e))
        return true;
    run_close(f->run);
    f->run = NULL;
    return false;
}

static void json_value(struct json *out, const struct catalog_indicator *indicator, bool known, int64_t value)
{
    char digits[32];
    if (!known)
        json_null(out);
    else if (indicator->type == INDICATOR_MONEY)
        json_fen(out, value);
    else if (indicator->type == INDICATOR_INT)
        json_int(out, value);
    else {
        decimal_format(value, indicator->digits, false, digits);
        json_raw(out, text_of(digits));
    }
}

/* A key as `list` shows the value: numbers as numbers, codes by their label, the village by its code. */
static void json_key_value(struct json *out, const struct indicator_result *r,
                           const struct indicator_key *key)
{
    int64_t n = 0;
    const struct catalog_field *field = r->by_field;
    bool number = key->key.at != NULL && text_to_int(key->key, &n);
    if (field != NULL && number && (field->type == FIELD_INT || field->type == FIELD_YEAR))
        json_int(out, n);
    else if (field != NULL && number && field->type == FIELD_BOOL)
        json_bool(out, n != 0);
    else if (field == NULL || key->key.at == NULL)
        json_text(out, key->key);
    else
        json_text(out, key->label);
}

static void json_one(const struct figure *f, struct json *out, enum lang lang)
{
    const struct catalog_indicator *indicator = f->indicator;
    json_object(out);
    json_key(out, "id");
    json_text(out, indicator->id);
    json_key(out, "label");
    json_text(out, label_in(indicator->label, lang));
    json_key(out, "value");
    json_value(out, indicator, f->result.known, f->result.value);
    json_key(out, "unit");
    json_text(out, indicator->unit);
    json_key(out, "as_of");
    json_day(out, f->scope.as_of);
    json_key(out, "by");
    json_array(out);
    for (size_t i = 0; i < f->result.by_count; i++) {
        const struct indicator_key *key = &f->result.by[i];
        json_object(out);
        json_key(out, "key");
        json_key_value(out, &f->result, key);
        json_key(out, "label");
        json_text(out, key->label);
        json_key(out, "value");
        json_value(out, indicator, key->known, key->value);
        json_object_end(out);
    }
    json_array_end(out);
    json_key(out, "rows");
    json_array(out);
    for (size_t i = 0; i < f->row_count; i++)
        json_text(out, f->rows[i]);
    json_array_end(out);
    json_object_end(out);
}

static void json_list(const struct catalog *c, struct json *out, enum lang lang)
{
    json_object(out);
    json_key(out, "indicators");
    json_array(out);
    for (size_t i = 0; i < c->indicator_count; i++) {
        json_object(out);
        json_key(out, "id");
        json_text(out, c->indicators[i].id);
        json_key(out, "label");
        json_text(out, label_in(c->indicators[i].label, lang));
        json_key(out, "unit");
        json_text(out, c->indicators[i].unit);
        json_key(out, "rows");
        json_text(out, c->indicators[i].rows != NULL ? c->indicators[i].rows->id : TEXT_NONE);
        json_object_end(out);
    }
    json_array_end(out);
    json_object_end(out);
}

static bool json_figure(struct op_call *call, struct json *out, struct err *e)
{
    struct figure *f = call->result;
    (void)e;
    if (f->indicator == NULL) {
        json_list(call->session->catalog, out, call->lang);
        return true;
    }
    json_one(f, out, call->lang);
    run_close(f->run);
    f->run = NULL;
    return true;
}

static struct text value_said(struct op_call *call, const struct catalog_indicator *indicator, bool known,
                              int64_t value)
{
    char digits[32];
    if (!known)
        return call->lang == LANG_ZH ? TEXT("暂无") : TEXT("none");
    int scale = indicator->type == INDICATOR_MONEY     ? 2
                : indicator->type == INDICATOR_DECIMAL ? indicator->digits
                                                       : 0;
    decimal_format(value, scale, indicator->type == INDICATOR_MONEY, digits);
    return text_copy(call->arena, text_of(digits));
}

static bool show_list(struct op_call *call, struct print *out, struct err *e)
{
    const struct catalog *c = call->session->catalog;
    struct print_table *t = print_table_new(call->arena, 3);
    const char *zh[] = {"编号", "名称", "单位"};
    const char *en[] = {"Id", "Name", "Unit"};
    if (t == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    print_table_head(t, call->lang == LANG_ZH ? zh : en);
    for (size_t i = 0; i < c->indicator_count; i++) {
        const struct text cells[] = {c->indicators[i].id, label_in(c->indicators[i].label, call->lang),
                                     c->indicators[i].unit};
        print_table_row(t, PRINT_PLAIN, cells);
    }
    print_table_end(t, out);
    print_next(out, "用 indicator 编号 --by village 按村查看，加 --rows 列出背后的名单。",
               "indicator ID --by village splits it, --rows lists what is behind it.");
    return true;
}

static bool show_split(struct op_call *call, const struct figure *f, struct print *out, struct err *e)
{
    struct print_table *t = print_table_new(call->arena, 2);
    const char *zh[] = {"分组", "数值"};
    const char *en[] = {"Part", "Value"};
    if (t == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    print_table_head(t, call->lang == LANG_ZH ? zh : en);
    print_table_right(t, 1);
    for (size_t i = 0; i < f->result.by_count; i++) {
        const struct indicator_key *key = &f->result.by[i];
        struct text label = key->label.at != NULL   ? key->label
                            : call->lang == LANG_ZH ? TEXT("（空）")
                                                    : TEXT("(empty)");
        const struct text cells[] = {label, value_said(call, f->indicator, key->known, key->value)};
        print_table_row(t, PRINT_PLAIN, cells);
    }
    print_table_end(t, out);
    return true;
}

static bool show_one(struct op_call *call, const struct figure *f, struct print *out, struct err *e)
{
    char date[11];
    day_format(f->scope.as_of, date);
    print_line(out, PRINT_HEAD, "%.*s  %.*s %.*s", TEXT_ARG(label_in(f->indicator->label, call->lang)),
               TEXT_ARG(value_said(call, f->indicator, f->result.known, f->result.value)),
               TEXT_ARG(f->indicator->unit));
    print_line(out, PRINT_FAINT, print_say(out, "截至%s", "as of %s"), date);
    if (f->split && !show_split(call, f, out, e))
        return false;
    for (size_t i = 0; i < f->row_count && i < SHOW_ROWS_MAX; i++)
        print_line(out, PRINT_PLAIN, "  %.*s", TEXT_ARG(f->rows[i]));
    if (f->row_count > SHOW_ROWS_MAX)
        print_line(out, PRINT_FAINT,
                   print_say(out, "共%zu条，只显示前%d条；全部名单用 --json。",
                             "%zu in all, the first %d shown; --json has all."),
                   f->row_count, SHOW_ROWS_MAX);
    return true;
}

static bool show_figure(struct op_call *call, struct print *out, struct err *e)
{
    struct figure *f = call->result;
    if (f->indicator == NULL)
        return show_list(call, out, e);
    bool shown = show_one(call, f, out, e);
    run_close(f->run);
    f->run = NULL;
    return shown;
}

static const struct op_parameter indicator_parameters[] = {
    {.name = "id",
     .type = OP_TEXT,
     .positional = true,
     .value = "ID",
     .zh = "指标编号；不写则列出全部指标",
     .en = "id of the indicator; without it, the list"},
    {.name = "area", .type = OP_AREA, .value = "CODE", .zh = "只算这个区划的", .en = "only this division"},
    {.name = "as-of",
     .type = OP_DAY,
     .value = "DATE",
     .zh = "按哪一天的情况计算，默认今天",
     .en = "of this day (default: today)"},
    {.name = "by",
     .type = OP_TEXT,
     .value = "FIELD",
     .zh = "按字段分组，如 village、kind、household.kind",
     .en = "split by a field: village, kind, household.kind …"},
    {.name = "rows",
     .type = OP_FLAG,
     .zh = "列出数字背后的名单",
     .en = "with the ids of the records behind it"},
};

const struct op indicator_op = {.name = "indicator",
                                .zh = "计算一个指标，可分组、可列名单",
                                .en = "the value of an indicator, split and opened to its rows",
                                .parameters = indicator_parameters,
                                .count = COUNT_OF(indicator_parameters),
                                .needs = OP_NEEDS_DATABASE,
                                .route = {.method = "GET", .path = "indicator/{id}"},
                                .run = run_figure,
                                .json = json_figure,
                                .show = show_figure};
