/* `grade`: whom to watch, why, how often, and what has changed since.
 *
 * History: a row for each day on which a household's grade or its reasons were found to be others than
 * before. The next review falls due review_months after the day from which the grade holds, visits every
 * visit_months.
 */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/check/check.sql.h"
#include "domain/check/parts.h"
#include <stdlib.h>

#define SHOW_MAX 20 /* households that a person is shown */

struct graded {
    struct text household, village;
    const struct catalog_grade *grade;
    struct text reasons; /* ids joined by commas */
    day since, next_review;
    bool changed;       /* against the latest row of the history */
    struct text before; /* its grade; TEXT_NONE: there was none */
};
/* A household that had a grade and has none now. */
struct dropped {
    struct text household, village;
    const struct dropped *next;
};
struct grading {
    struct scope scope;
    struct graded *at; /* ordered by household */
    size_t count;
    size_t *counts; /* by grade */
    const struct dropped *dropped;
};

static int by_text(const void *a, const void *b)
{
    return text_compare(*(const struct text *)a, *(const struct text *)b);
}

bool grade_tallies(struct run *run, const struct catalog *c, const struct grade_tally **out, struct err *e)
{
    struct run_grades grades;
    struct grade_tally *tallies = arena_take_many(run_arena(run), c->grade_count + 1, sizeof *tallies);
    if (tallies == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!run_grades(run, &grades, e))
        return false;
    for (size_t i = 0; i < c->grade_count; i++) {
        struct text *ids = arena_take_many(run_arena(run), (size_t)grades.rows + 1, sizeof *ids);
        if (ids == NULL)
            return err_fail(e, &OUT_OF_MEMORY);
        for (uint32_t row = 0; row < grades.rows; row++)
            if (grades.grade[row] == i)
                ids[tallies[i].count++] = frame_id(run_frame(run), c->grades_on, row);
        if (tallies[i].count > 0)
            qsort(ids, tallies[i].count, sizeof *ids, by_text);
        tallies[i].ids = ids;
    }
    *out = tallies;
    return true;
}

/* All reasons of the household's class, joined by commas. */
static struct text reasons_of(struct arena *a, const struct run_grades *grades, uint32_t row)
{
    struct text all = TEXT("");
    for (size_t i = 0; i < grades->reason_count; i++)
        if (grades->reasons[i].grade == grades->grade[row] && run_bit(&grades->reasons[i].bits, row))
            all = text_format(a, "%.*s%s%.*s", TEXT_ARG(all), all.size == 0 ? "" : ",",
                              TEXT_ARG(grades->reasons[i].reason->id));
    return all;
}

static int by_household(const void *a, const void *b)
{
    return text_compare(((const struct graded *)a)->household, ((const struct graded *)b)->household);
}

static day review_after(const struct catalog_grade *grade, day since)
{
    return grade->review_months > 0 ? day_add_months(since, grade->review_months) : DAY_NONE;
}

static bool gather(struct op_call *call, struct grading *g, struct run *run, struct err *e)
{
    const struct catalog *c = run_catalog(run);
    struct run_grades grades;
    if (!run_grades(run, &grades, e))
        return false;
    g->at = arena_take_many(call->arena, (size_t)grades.rows + 1, sizeof *g->at);
    g->counts = arena_take_many(call->arena, c->grade_count + 1, sizeof *g->counts);
    if (g->at == NULL || g->counts == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (uint32_t row = 0; row < grades.rows; row++) {
        if (grades.grade[row] == RUN_NO_GRADE)
            continue;
        const struct catalog_grade *grade = &c->grades[grades.grade[row]];
        struct graded *one = &g->at[g->count++];
        *one = (struct graded){
            .household = text_copy(call->arena, frame_id(run_frame(run), c->grades_on, row)),
            .village = text_copy(call->arena, frame_village(run_frame(run), c->grades_on, row)),
            .grade = grade,
            .reasons = reasons_of(call->arena, &grades, row),
            .since = g->scope.as_of,
            .next_review = review_after(grade, g->scope.as_of),
            .changed = true};
        g->counts[grades.grade[row]]++;
    }
    if (g->count > 0)
        qsort(g->at, g->count, sizeof *g->at, by_household);
    return true;
}

static void drop(struct op_call *call, struct grading *g, const struct grade_last_list_row *row)
{
    struct dropped *one = row->grade.at != NULL ? arena_take(call->arena, sizeof *one) : NULL;
    if (one == NULL)
        return;
    *one = (struct dropped){text_copy(call->arena, row->household), text_copy(call->arena, row->village),
                            g->dropped};
    g->dropped = one;
}

/* A household that keeps grade and reasons keeps the day from which they hold, and its review with it. */
static void match(struct op_call *call, struct grading *g, const struct grade_last_list_row *row)
{
    const struct graded key = {.household = row->household};
    struct graded *one = g->count > 0 ? bsearch(&key, g->at, g->count, sizeof *g->at, by_household) : NULL;
    if (one == NULL) {
        drop(call, g, row);
        return;
    }
    one->before = text_copy(call->arena, row->grade);
    if (!text_equal(row->grade, one->grade->id) || !text_equal(row->reasons, one->reasons))
        return;
    one->changed = false;
    one->since = row->as_of;
    one->next_review = review_after(one->grade, row->as_of);
}

static bool match_history(struct op_call *call, struct grading *g, struct err *e)
{
    const struct grade_last_list_in in = {
        .lo = scope_lo(&g->scope.area), .hi = scope_hi(&g->scope.area), .as_of = g->scope.as_of};
    struct grade_last_list rows;
    struct grade_last_list_row row;
    if (!grade_last_list_open(call->session->store, &in, &rows, e))
        return false;
    while (grade_last_list_next(&rows, &row, e))
        match(call, g, &row);
    grade_last_list_close(&rows);
    return e->kind == NULL;
}

static bool keep_one(struct op_call *call, struct store *db, const struct grading *g,
                     const struct graded *one, int64_t now, struct err *e)
{
    const struct grade_put_in in = {.county = text_slice(one->village, 0, 6),
                                    .household = one->household,
                                    .village = one->village,
                                    .as_of = g->scope.as_of,
                                    .grade = one->grade->id,
                                    .reasons = one->reasons,
                                    .policy = text_of(call->session->catalog->digest),
                                    .visit_months = one->grade->visit_months,
                                    .next_review = one->next_review == DAY_NONE ? value_none()
                                                                                : value_int(one->next_review),
                                    .written_ms = now};
    return grade_put(db, &in, e);
}

static bool keep_dropped(struct op_call *call, struct store *db, const struct grading *g,
                         const struct dropped *one, int64_t now, struct err *e)
{
    const struct grade_put_in in = {.county = text_slice(one->village, 0, 6),
                                    .household = one->household,
                                    .village = one->village,
                                    .as_of = g->scope.as_of,
                                    .reasons = TEXT(""),
                                    .policy = text_of(call->session->catalog->digest),
                                    .next_review = value_none(),
                                    .written_ms = now};
    return grade_put(db, &in, e);
}

static bool keep(struct op_call *call, const struct grading *g, struct err *e)
{
    struct store *db;
    int64_t now = clock_now_ms();
    if (!writer_open(call, &db, e))
        return false;
    bool kept = true;
    for (size_t i = 0; i < g->count && db != NULL && kept; i++)
        if (g->at[i].changed)
            kept = keep_one(call, db, g, &g->at[i], now, e);
    for (const struct dropped *one = g->dropped; one != NULL && db != NULL && kept; one = one->next)
        kept = keep_dropped(call, db, g, one, now, e);
    return writer_close(db, kept, e);
}

static bool run_grade(struct op_call *call, struct err *e)
{
    struct grading *g = arena_take(call->arena, sizeof *g);
    struct run *run = NULL;
    if (g == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    call->result = g;
    if (!scope_of(call, &g->scope, e) || !session_look_beyond(call->session, e)
        || !store_begin_read(call->session->store, e))
        return false;
    const struct run_options options = {.area = g->scope.area, .as_of = g->scope.as_of, .grades = true};
    bool graded = run_open(call->session->records, call->session->catalog, &options, &run, e)
                  && gather(call, g, run, e) && match_history(call, g, e);
    run_close(run);
    if (!store_end(call->session->store, graded, e))
        return false;
    return keep(call, g, e);
}

void reasons_json(struct json *out, struct text reasons)
{
    json_array(out);
    for (size_t from = 0; from < reasons.size;) {
        size_t comma = text_find(reasons, TEXT(","), from);
        json_text(out, text_slice(reasons, from, (comma == SIZE_MAX ? reasons.size : comma) - from));
        from = comma == SIZE_MAX ? reasons.size : comma + 1;
    }
    json_array_end(out);
}

static void json_graded(struct json *out, const struct graded *one)
{
    json_object(out);
    json_key(out, "household");
    json_text(out, one->household);
    json_key(out, "grade");
    json_text(out, one->grade->id);
    json_key(out, "reasons");
    reasons_json(out, one->reasons);
    json_key(out, "village");
    json_text(out, one->village);
    json_key(out, "since");
    json_day(out, one->since);
    json_key(out, "visit_months");
    json_int(out, one->grade->visit_months);
    json_key(out, "next_review");
    if (one->next_review == DAY_NONE)
        json_null(out);
    else
        json_day(out, one->next_review);
    json_object_end(out);
}

static bool json_grade(struct op_call *call, struct json *out, struct err *e)
{
    const struct grading *g = call->result;
    const struct catalog *c = call->session->catalog;
    (void)e;
    json_object(out);
    json_key(out, "as_of");
    json_day(out, g->scope.as_of);
    json_key(out, "counts");
    json_object(out);
    for (size_t i = 0; i < c->grade_count; i++) {
        json_key_text(out, c->grades[i].id);
        json_int(out, (int64_t)g->counts[i]);
    }
    json_object_end(out);
    json_key(out, "households");
    json_array(out);
    for (size_t i = 0; i < g->count; i++)
        json_graded(out, &g->at[i]);
    json_array_end(out);
    json_object_end(out);
    return true;
}

struct text reasons_say(struct arena *a, const struct catalog_grade *grade, struct text reasons,
                        enum lang lang)
{
    struct text all = TEXT("");
    const char *comma = lang == LANG_ZH ? "、" : ", ";
    for (size_t i = 0; i < grade->reason_count; i++) {
        const struct catalog_reason *reason = &grade->reasons[i];
        if (text_find(reasons, reason->id, 0) != SIZE_MAX)
            all = text_format(a, "%.*s%s%.*s", TEXT_ARG(all), all.size == 0 ? "" : comma,
                              TEXT_ARG(label_in(reason->label, lang)));
    }
    return all;
}

static bool show_counts(struct op_call *call, const struct grading *g, struct print *out, struct err *e)
{
    const struct catalog *c = call->session->catalog;
    struct print_table *t = print_table_new(call->arena, 3);
    const char *zh[] = {"类别", "户数", "走访"};
    const char *en[] = {"Grade", "Households", "Visits"};
    if (t == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    print_table_head(t, call->lang == LANG_ZH ? zh : en);
    print_table_right(t, 1);
    for (size_t i = 0; i < c->grade_count; i++) {
        const struct text cells[] = {
            label_in(c->grades[i].label, call->lang), text_format(call->arena, "%zu", g->counts[i]),
            text_format(call->arena, print_say(out, "每%d个月一次", "every %d months"),
                        c->grades[i].visit_months)};
        print_table_row(t, i == 0 && g->counts[i] > 0 ? PRINT_WARN : PRINT_PLAIN, cells);
    }
    print_table_end(t, out);
    return true;
}

static bool show_households(struct op_call *call, const struct grading *g, struct print *out, struct err *e)
{
    const struct catalog *c = call->session->catalog;
    struct print_table *t = print_table_new(call->arena, 4);
    const char *zh[] = {"户编号", "类别", "原因", "下次评定"};
    const char *en[] = {"Household", "Grade", "Reasons", "Next review"};
    size_t shown = 0;
    if (t == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    print_table_head(t, call->lang == LANG_ZH ? zh : en);
    for (size_t i = 0; i < g->count && shown < SHOW_MAX; i++) {
        const struct graded *one = &g->at[i];
        char date[11] = "";
        if (one->grade != &c->grades[0])
            continue;
        if (one->next_review != DAY_NONE)
            day_format(one->next_review, date);
        const struct text cells[] = {one->household, label_in(one->grade->label, call->lang),
                                     reasons_say(call->arena, one->grade, one->reasons, call->lang),
                                     text_copy(call->arena, text_of(date))};
        print_table_row(t, PRINT_PLAIN, cells);
        shown++;
    }
    if (shown > 0)
        print_table_end(t, out);
    return true;
}

static bool show_grade(struct op_call *call, struct print *out, struct err *e)
{
    const struct grading *g = call->result;
    char date[11];
    if (!show_counts(call, g, out, e) || !show_households(call, g, out, e))
        return false;
    day_format(g->scope.as_of, date);
    print_line(out, PRINT_PLAIN,
               print_say(out, "截至%s，共%zu户纳入分级关注。", "As of %s, %zu households have a grade."),
               date, g->count);
    print_next(out, "用 grade --json 取得全部名单，按走访频次安排入户。",
               "take the whole list from grade --json and plan the visits.");
    return true;
}

static const struct op_parameter grade_parameters[] = {
    {.name = "as-of",
     .type = OP_DAY,
     .value = "DATE",
     .zh = "按哪一天的情况分级，默认今天",
     .en = "grade the state of this day (default: today)"},
    {.name = "area", .type = OP_AREA, .value = "CODE", .zh = "只分这个区划的", .en = "only this division"},
};

const struct op grade_op = {.name = "grade",
                            .zh = "分级关注：重点、平时、定期关注户及原因",
                            .en = "attention grades of households, with reasons",
                            .parameters = grade_parameters,
                            .count = COUNT_OF(grade_parameters),
                            .needs = OP_NEEDS_DATABASE,
                            .route = {.method = "GET", .path = "grade"},
                            .run = run_grade,
                            .json = json_grade,
                            .show = show_grade};
