/* What checking says of one household, for its file (一户一档): findings that stand, and its grades. */
#include "base/base.err.h"
#include "domain/check/parts.h"

#define COUNTY_DIGITS 6

static bool listing_of(const struct record_row *household, struct listing *l, struct err *e)
{
    *l = (struct listing){.household = household->id, .rule = TEXT(""), .level = TEXT(""), .state = TEXT("")};
    return area_of(household->village, &l->area, e);
}

struct to_json {
    struct json *out;
    enum lang lang;
};
static bool finding_to_json(void *user, const struct finding_list_row *row)
{
    const struct to_json *to = user;
    finding_row_json(to->out, row, to->lang);
    return true;
}

static void grade_json(struct json *out, const struct grade_history_row *row)
{
    json_object(out);
    json_key(out, "since");
    json_day(out, row->as_of);
    json_key(out, "grade");
    json_text(out, row->grade); /* null: from that day on it had none */
    json_key(out, "reasons");
    reasons_json(out, row->reasons);
    json_key(out, "visit_months");
    json_int(out, row->visit_months);
    json_key(out, "next_review");
    if (row->next_review.kind == VALUE_INT)
        json_day(out, (day)row->next_review.n);
    else
        json_null(out);
    json_object_end(out);
}

typedef void each_grade(void *user, const struct grade_history_row *row);

/* The changes up to a day, oldest first. */
static bool grades_each(struct op_call *call, const struct record_row *household, day as_of, each_grade *with,
                        void *user, struct err *e)
{
    const struct grade_history_in in = {.county = text_slice(household->village, 0, COUNTY_DIGITS),
                                        .household = household->id};
    struct grade_history rows;
    struct grade_history_row row;
    if (!grade_history_open(call->session->store, &in, &rows, e))
        return false;
    while (grade_history_next(&rows, &row, e))
        if (as_of == DAY_NONE || row.as_of <= as_of)
            with(user, &row);
    grade_history_close(&rows);
    return e->kind == NULL;
}

static void grade_to_json(void *user, const struct grade_history_row *row) { grade_json(user, row); }

struct last_grade {
    struct json *out;
    size_t left; /* changes that are still to come */
};
static void count_grade(void *user, const struct grade_history_row *row)
{
    (void)row;
    ((struct last_grade *)user)->left++;
}
static void last_to_json(void *user, const struct grade_history_row *row)
{
    struct last_grade *last = user;
    if (--last->left != 0)
        return;
    if (row->grade.at != NULL)
        grade_json(last->out, row);
    else
        json_null(last->out);
}

bool check_file_json(struct op_call *call, const struct record_row *household, day as_of, struct json *out,
                     struct err *e)
{
    struct listing findings;
    struct to_json to = {out, call->lang};
    struct last_grade last = {.out = out};
    if (!listing_of(household, &findings, e))
        return false;
    json_key(out, "findings");
    json_array(out);
    bool good = findings_each(call, &findings, finding_to_json, &to, e);
    json_array_end(out);
    json_key(out, "grade");
    good = good && grades_each(call, household, as_of, count_grade, &last, e);
    if (last.left == 0)
        json_null(out);
    else
        good = good && grades_each(call, household, as_of, last_to_json, &last, e);
    json_key(out, "grade_history");
    json_array(out);
    good = good && grades_each(call, household, as_of, grade_to_json, out, e);
    json_array_end(out);
    return good;
}

/* ---- for a person ---- */

struct to_table {
    struct op_call *call;
    struct print_table *table;
    size_t count;
};

static bool finding_to_table(void *user, const struct finding_list_row *row)
{
    struct to_table *to = user;
    enum lang lang = to->call->lang;
    const struct text cells[] = {finding_level_say(row->level, lang), finding_state_say(row->state, lang),
                                 lang == LANG_ZH ? row->message_zh : row->message_en};
    bool error = text_equal(row->level, TEXT("error")) && text_equal(row->state, TEXT("open"));
    print_table_row(to->table, error ? PRINT_BAD : PRINT_PLAIN, cells);
    to->count++;
    return true;
}

static const struct catalog_grade *grade_of(const struct op_call *call, struct text id)
{
    const struct catalog *c = call->session->catalog;
    for (size_t i = 0; i < c->grade_count; i++)
        if (text_equal(c->grades[i].id, id))
            return &c->grades[i];
    return NULL;
}

static struct text day_say(struct arena *a, day d)
{
    char date[11];
    day_format(d, date);
    return text_copy(a, text_of(date));
}

static void grade_to_table(void *user, const struct grade_history_row *row)
{
    struct to_table *to = user;
    struct arena *a = to->call->arena;
    enum lang lang = to->call->lang;
    const struct catalog_grade *grade = row->grade.at != NULL ? grade_of(to->call, row->grade) : NULL;
    struct text none = lang == LANG_ZH ? TEXT("不再分级") : TEXT("none");
    const struct text cells[] = {day_say(a, row->as_of),
                                 grade != NULL           ? label_in(grade->label, lang)
                                 : row->grade.at != NULL ? row->grade
                                                         : none,
                                 grade != NULL ? reasons_say(a, grade, row->reasons, lang) : row->reasons,
                                 row->next_review.kind == VALUE_INT ? day_say(a, (day)row->next_review.n)
                                                                    : TEXT("")};
    print_table_row(to->table, PRINT_PLAIN, cells);
    to->count++;
}

bool check_file_show(struct op_call *call, const struct record_row *household, day as_of, struct print *p,
                     struct err *e)
{
    static const char *const finding_heads[2][3] = {{"级别", "状态", "问题"},
                                                    {"Level", "State", "What is wrong"}};
    static const char *const grade_heads[2][4] = {{"日期", "类别", "原因", "下次评定"},
                                                  {"Since", "Grade", "Reasons", "Next review"}};
    size_t lang = call->lang == LANG_ZH ? 0 : 1;
    struct listing listing;
    struct to_table findings = {call, print_table_new(call->arena, 3), 0},
                    grades = {call, print_table_new(call->arena, 4), 0};
    if (findings.table == NULL || grades.table == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    print_table_head(findings.table, finding_heads[lang]);
    print_table_head(grades.table, grade_heads[lang]);
    if (!listing_of(household, &listing, e) || !findings_each(call, &listing, finding_to_table, &findings, e)
        || !grades_each(call, household, as_of, grade_to_table, &grades, e))
        return false;
    if (findings.count > 0) {
        print_line(p, PRINT_HEAD, "%s", print_say(p, "核查发现的问题", "Findings"));
        print_table_end(findings.table, p);
    }
    if (grades.count > 0) {
        print_line(p, PRINT_HEAD, "%s", print_say(p, "分级关注", "Attention grades"));
        print_table_end(grades.table, p);
    }
    return true;
}
