/* `report town`: the town's report for any town and year, as JSON, Markdown, HTML or a workbook. */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/report/build.h"
#include "domain/report/report.err.h"
#include "domain/report/report.h"

#define REPORT_BYTES_MAX ((size_t)1 << 30)

static const struct op_parameter parameters[] = {
    {.name = "area",
     .type = OP_AREA,
     .value = "CODE",
     .zh = "乡镇的区划代码，默认本单位",
     .en = "the town's division code, default the office's own"},
    {.name = "as-of",
     .type = OP_DAY,
     .value = "DATE",
     .zh = "截止日期，默认今天",
     .en = "the day that it is drawn up for, default today"},
    {.name = "format",
     .type = OP_CHOICE,
     .choices = "json,md,html,xlsx",
     .value = "FORMAT",
     .zh = "格式：json、md、html 或 xlsx",
     .en = "json, md, html or xlsx"},
    {.name = "out", .type = OP_OUT_PATH, .value = "FILE", .zh = "写到文件", .en = "write to a file"},
};

struct report {
    struct report_model model;
    struct values values;
    struct text out_path; /* where it was written, or TEXT_NONE */
    struct buf content;   /* of md and html */
    enum report_form { FORM_JSON, FORM_MARKDOWN, FORM_HTML, FORM_BOOK } form;
};

bool report_check(const struct catalog *c, struct arena *a, struct err *e)
{
    struct report_model model;
    for (size_t i = 0; i < c->report_count; i++)
        if (!report_read(c, &c->reports[i], a, &model, e))
            return false;
    return true;
}

static const struct catalog_report *find_report(const struct catalog *c, struct text id)
{
    for (size_t i = 0; i < c->report_count; i++)
        if (text_equal(c->reports[i].id, id))
            return &c->reports[i];
    return NULL;
}

static const struct {
    size_t digits;
    const char *zh, *en;
} levels[] = {[LEVEL_COUNTY] = {6, "县（6位）", "county (6 digits)"},
              [LEVEL_TOWN] = {9, "乡镇（9位）", "town (9 digits)"},
              [LEVEL_VILLAGE] = {12, "村（12位）", "village (12 digits)"}};

#define TOWN_DIGITS 9

/* The code without the zeros that fill it up to twelve digits. */
static struct text bare_code(struct text code, size_t digits)
{
    for (size_t i = digits; i < code.size; i++)
        if (code.at[i] != '0')
            return code;
    return text_slice(code, 0, digits);
}

static struct text division_name(const struct catalog *c, struct text code)
{
    char full[AREA_CODE_SIZE] = "000000000000";
    memcpy(full, code.at, code.size < AREA_CODE_SIZE ? code.size : AREA_CODE_SIZE);
    const struct catalog_division *division = catalog_division(c, (struct text){full, AREA_CODE_SIZE});
    return division == NULL ? TEXT_NONE : division->name;
}

static bool find_place(struct op_call *call, struct report *r, struct err *e)
{
    const struct op_value *area = op_value(call, "area");
    const struct actor *actor = records_actor(call->session->records);
    struct text code = area->given ? area->s : actor != NULL ? actor->area_code : call->session->office_code;
    size_t digits = levels[r->model.level].digits;
    struct values *v = &r->values;
    if (text_is_empty(code))
        return err_fail(e, &REPORT_AREA_MISSING);
    /* Before anything is said of a place that is not his. */
    if (actor != NULL && !records_area(call->session->records, code, &v->area, e))
        return false;
    code = bare_code(code, digits);
    /* 411622000 is a county, written in the digits of a town. */
    bool fits = code.size == digits && (digits != TOWN_DIGITS || !text_ends_with(code, TEXT("000")));
    v->place = (struct place){code, fits ? division_name(v->c, code) : TEXT_NONE,
                              division_name(v->c, text_slice(code, 0, 6))};
    if (v->place.name.at == NULL) {
        err_fail_text(e, &REPORT_AREA, "area", code);
        err_add(e, "expected",
                text_of(call->lang == LANG_ZH ? levels[r->model.level].zh : levels[r->model.level].en));
        return false;
    }
    return area_of(code, &v->area, e);
}

static enum report_form form_of(struct op_call *call)
{
    const struct op_value *format = op_value(call, "format");
    if (text_equal(format->s, TEXT("md")))
        return FORM_MARKDOWN;
    if (text_equal(format->s, TEXT("html")))
        return FORM_HTML;
    if (text_equal(format->s, TEXT("xlsx")))
        return FORM_BOOK;
    return FORM_JSON;
}

static bool json_content(struct report *r, struct err *e)
{
    struct json out;
    json_open(&out, json_to_buf, &r->content);
    bool good = build_json(&r->values, &out, e);
    bool written = json_end(&out);
    buf_add_char(&r->content, '\n');
    return good && written;
}

/* Makes the content of a form that is text. */
static bool make_content(struct report *r, struct err *e)
{
    struct page page;
    buf_init(&r->content, REPORT_BYTES_MAX);
    if (r->form == FORM_JSON)
        return json_content(r, e);
    if (!build_page(&r->values, &page, e))
        return false;
    if (r->form == FORM_HTML)
        page_html(&page, &r->content);
    else
        page_markdown(&page, &r->content);
    return r->content.failed ? err_fail(e, &OUT_OF_MEMORY) : true;
}

static bool write_out(struct op_call *call, struct report *r, struct err *e)
{
    const struct op_value *out = op_value(call, "out");
    r->out_path = text_copy(call->arena, out->given ? out->s : TEXT_NONE);
    if (r->form == FORM_BOOK)
        return out->given ? build_book(&r->values, r->out_path.at, e) : err_fail(e, &REPORT_OUT_MISSING);
    if (!out->given && r->form == FORM_JSON)
        return true; /* written by the answer itself */
    return make_content(r, e) && (!out->given || file_write(r->out_path.at, buf_text(&r->content), 0644, e));
}

static bool run_town(struct op_call *call, struct err *e)
{
    const struct catalog *c = call->session->catalog;
    const struct catalog_report *source = find_report(c, TEXT("town"));
    const struct op_value *as_of = op_value(call, "as-of");
    struct report *r = arena_take(call->arena, sizeof *r);
    if (r == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (source == NULL)
        return err_fail_text(e, &REPORT_UNKNOWN, "report", TEXT("town"));
    call->result = r;
    r->form = form_of(call);
    r->values = (struct values){
        .c = c, .model = &r->model, .session = call->session, .arena = call->arena, .lang = call->lang};
    r->values.as_of = as_of->given ? (day)as_of->n : clock_today();
    bool good = report_read(c, source, call->arena, &r->model, e) && find_place(call, r, e)
                && session_look_beyond(call->session, e) && values_open(&r->values, e)
                && write_out(call, r, e);
    if (!good)
        values_close(&r->values);
    return good;
}

static bool finish(struct report *r, bool good)
{
    values_close(&r->values);
    buf_clear(&r->content);
    return good;
}

static bool json_town(struct op_call *call, struct json *out, struct err *e)
{
    struct report *r = call->result;
    return finish(r, build_json(&r->values, out, e));
}

static bool show_town(struct op_call *call, struct print *p, struct err *e)
{
    struct report *r = call->result;
    if (r->out_path.at == NULL && r->content.size == 0) {
        r->form = FORM_MARKDOWN;
        if (!make_content(r, e))
            return finish(r, false);
    }
    if (r->out_path.at == NULL) {
        fwrite(r->content.at, 1, r->content.size, p->to);
        return finish(r, true);
    }
    print_line(p, PRINT_GOOD, print_say(p, "报告已写入“%.*s”。", "The report is in \"%.*s\"."),
               TEXT_ARG(r->out_path));
    print_next(p, "用浏览器或 WPS 打开；每个数字都能打开对应的名单",
               "open it in a browser or in WPS; each figure opens to the rows behind it");
    return finish(r, true);
}

static const struct op op_report_town = {
    .name = "report town",
    .zh = "生成乡镇报告",
    .en = "the town's report",
    .parameters = parameters,
    .count = COUNT_OF(parameters),
    .needs = OP_NEEDS_DATABASE,
    .route = {.method = "GET", .path = "report/town"},
    .run = run_town,
    .json = json_town,
    .show = show_town,
};
static const struct op *const all[] = {&op_report_town};
const struct op_list report_ops = {all, COUNT_OF(all)};
