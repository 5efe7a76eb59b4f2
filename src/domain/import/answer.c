/* What an import answers: one JSON value for programs, and for people what is wrong first, then what was
 * done, then what to do next. */
#include "base/base.err.h"
#include "domain/import/run.h"

#define SHOWN_MAX 20 /* problems that a person is shown at once */
/* The sentence of the language; both are literals, so that the compiler holds them against their values. */
#define SAY(out, zh, en) ((out)->lang == LANG_ZH ? (zh) : (en))

static void json_count(struct json *out, const char *key, uint64_t n)
{
    json_key(out, key);
    json_int(out, (int64_t)n);
}

static void json_sheet(struct import_run *run, const struct import_sheet *s, struct json *out)
{
    const struct batch_counts *n = &run->counts[s->number];
    json_object(out);
    json_key(out, "file");
    json_text(out, s->file->name);
    json_key(out, "sheet");
    json_text(out, s->name.at != NULL ? s->name : TEXT(""));
    json_key(out, "entity");
    json_text(out, s->layout.kind != NULL ? s->layout.kind->import->entity->id : TEXT_NONE);
    json_key(out, "as_of");
    if (s->layout.kind != NULL)
        json_day(out, s->as_of);
    else
        json_null(out);
    json_count(out, "rows", n->rows);
    json_count(out, "inserted", n->inserted);
    json_count(out, "updated", n->updated);
    json_count(out, "unchanged", n->unchanged);
    json_count(out, "rejected", n->rejected);
    json_object_end(out);
}

static void json_problem(struct import_run *run, const struct problem *p, struct json *out)
{
    const struct import_sheet *s = run_sheet(run, p->sheet);
    char column[4];
    json_object(out);
    json_key(out, "level");
    json_z(out, p->level == PROBLEM_ERROR ? "error" : "note");
    json_key(out, "file");
    json_text(out, s->file->name);
    json_key(out, "sheet");
    json_text(out, s->name.at != NULL ? s->name : TEXT(""));
    json_key(out, "row");
    if (p->row > 0)
        json_int(out, p->row);
    else
        json_null(out);
    json_key(out, "column");
    if (p->column != PROBLEM_NO_COLUMN) {
        sheet_column_name(p->column, column);
        json_z(out, column);
    } else
        json_null(out);
    json_key(out, "field");
    json_text(out, p->field);
    json_key(out, "code");
    json_text(out, p->code);
    json_key(out, "value");
    json_text(out, p->value);
    json_key(out, "message");
    json_text(out, p->message);
    json_object_end(out);
}

static bool json_problems(struct import_run *run, struct json *out, struct err *e)
{
    json_key(out, "problems");
    json_array(out);
    for (size_t i = 0; i < problem_count(run->problems); i++) {
        struct problem p;
        if (!problem_get(run->problems, i, &p, e))
            return false;
        json_problem(run, &p, out);
    }
    json_array_end(out);
    return true;
}

static bool is_nothing(struct uuid id)
{
    static const struct uuid zero;
    return memcmp(id.at, zero.at, sizeof zero.at) == 0;
}

bool import_json(struct op_call *call, struct json *out, struct err *e)
{
    struct import_run *run = call->result;
    char id[37];
    uuid_format(run->id, id);
    json_object(out);
    json_key(out, "batch");
    json_text(out, is_nothing(run->id) ? TEXT_NONE : text_of(id));
    json_key(out, "dry_run");
    json_bool(out, run->dry_run);
    json_key(out, "sheets");
    json_array(out);
    for (uint32_t i = 0; i < run->reader.sheet_count; i++)
        json_sheet(run, run_sheet(run, i), out);
    json_array_end(out);
    bool done = json_problems(run, out, e);
    json_object_end(out);
    import_release(run);
    return done;
}

static struct text number_text(struct arena *a, uint64_t n)
{
    return text_format(a, "%llu", (unsigned long long)n);
}

static void show_place(const struct import_sheet *s, struct print *out)
{
    if (text_is_empty(s->name))
        print_line(out, PRINT_HEAD, "  %.*s", TEXT_ARG(s->file->name));
    else
        print_line(out, PRINT_HEAD, "  %.*s  %.*s", TEXT_ARG(s->file->name), TEXT_ARG(s->name));
}

static void show_problem(const struct problem *p, struct print *out)
{
    char column[4] = "";
    char place[64];
    if (p->column != PROBLEM_NO_COLUMN)
        sheet_column_name(p->column, column);
    if (p->row == 0)
        place[0] = '\0';
    else if (column[0] == '\0')
        (void)snprintf(place, sizeof place, SAY(out, "第%u行  ", "row %u  "), p->row);
    else
        (void)snprintf(place, sizeof place, SAY(out, "第%u行%s列  ", "row %u, column %s  "), p->row, column);
    print_line(out, p->level == PROBLEM_ERROR ? PRINT_BAD : PRINT_PLAIN, "    %s%.*s", place,
               TEXT_ARG(p->message));
}

/* The first problems of a level, below the sheets where they are. Not a table: a reason must not be cut. */
static bool show_level(struct import_run *run, enum problem_level level, size_t total, struct print *out,
                       struct err *e)
{
    size_t shown = 0;
    uint32_t sheet = UINT32_MAX;
    for (size_t i = 0; i < problem_count(run->problems) && shown < SHOWN_MAX; i++) {
        struct problem p;
        if (!problem_get(run->problems, i, &p, e))
            return false;
        if (p.level != level)
            continue;
        if (p.sheet != sheet)
            show_place(run_sheet(run, p.sheet), out);
        sheet = p.sheet;
        show_problem(&p, out);
        shown++;
    }
    if (total > shown)
        print_line(
            out, PRINT_FAINT,
            SAY(out, "    ……另有%zu条，用--json可以看到全部。", "    … and %zu more; --json shows all."),
            total - shown);
    return true;
}

static bool show_problems(struct import_run *run, struct print *out, struct err *e)
{
    size_t errors = problem_error_count(run->problems), notes = problem_count(run->problems) - errors;
    if (errors > 0) {
        print_line(out, PRINT_BAD,
                   SAY(out, "有%llu行没有导入，共%zu处需要改正：",
                       "%llu rows were refused, %zu cells need mending:"),
                   (unsigned long long)run->refused_rows, errors);
        if (!show_level(run, PROBLEM_ERROR, errors, out, e))
            return false;
    }
    if (notes > 0) {
        print_line(out, PRINT_WARN, SAY(out, "提示%zu条：", "%zu notes:"), notes);
        return show_level(run, PROBLEM_NOTE, notes, out, e);
    }
    return true;
}

static void show_sheet(struct import_run *run, const struct import_sheet *s, struct print_table *t,
                       enum lang lang)
{
    struct arena *a = run->call->arena;
    const struct batch_counts *n = &run->counts[s->number];
    bool known = s->layout.kind != NULL;
    char as_of[11] = "";
    if (known)
        day_format(s->as_of, as_of);
    struct text what = known             ? label_in(s->layout.kind->import->entity->label, lang)
                       : lang == LANG_ZH ? TEXT("未识别")
                                         : TEXT("not known");
    const struct text cells[] = {s->file->name,
                                 s->name,
                                 what,
                                 text_copy(a, text_of(as_of)),
                                 number_text(a, n->rows),
                                 number_text(a, n->inserted),
                                 number_text(a, n->updated),
                                 number_text(a, n->unchanged),
                                 number_text(a, n->rejected)};
    print_table_row(t, !known ? PRINT_FAINT : n->rejected > 0 ? PRINT_BAD : PRINT_PLAIN, cells);
}

static bool show_sheets(struct import_run *run, struct print *out, struct err *e)
{
    const char *zh[] = {"文件", "工作表", "内容", "数据日期", "行数", "新增", "更新", "未变", "退回"};
    const char *en[] = {"file", "sheet", "holds", "as of", "rows", "new", "changed", "same", "refused"};
    struct print_table *t = print_table_new(run->call->arena, COUNT_OF(zh));
    if (t == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    print_table_head(t, out->lang == LANG_ZH ? zh : en);
    for (size_t i = 4; i < COUNT_OF(zh); i++)
        print_table_right(t, i);
    for (uint32_t i = 0; i < run->reader.sheet_count; i++)
        show_sheet(run, run_sheet(run, i), t, out->lang);
    print_table_end(t, out);
    return true;
}

static void show_next(struct import_run *run, struct print *out)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%.*s", TEXT_ARG(run->errors_path));
    if (run->errors_failure.at != NULL)
        print_line(out, PRINT_BAD, "%.*s", TEXT_ARG(run->errors_failure));
    if (run->errors_path.at != NULL)
        print_line(out, PRINT_PLAIN,
                   SAY(out, "退回的行已写入“%s”，错误的单元格标为红色，批注里写着原因。",
                       "The refused rows lie in \"%s\", wrong cells in red with the reason as a comment."),
                   path);
    if (run->errors_path.at != NULL)
        print_next(out, "改正红色单元格，保存后再次导入该文件。",
                   "mend the red cells, save, and import that file.");
    else if (run->refused_rows > 0)
        print_next(out, "加上--errors 退回.xlsx再导入一次，退回的行会写成工作簿，改正后再导入。",
                   "import again with --errors refused.xlsx to get the refused rows as a workbook, mend it "
                   "and import it.");
    else if (run->dry_run)
        print_next(out, "这是核对，没有写入；去掉--dry-run即可导入。",
                   "nothing was written; import again without --dry-run.");
    else
        print_next(out, "用honghua check核查数据。", "check the data with honghua check.");
}

bool import_show(struct op_call *call, struct print *out, struct err *e)
{
    struct import_run *run = call->result;
    bool done = show_problems(run, out, e) && show_sheets(run, out, e);
    if (done) {
        if (is_nothing(run->id) && !run->dry_run)
            print_line(out, PRINT_PLAIN, "%s", SAY(out, "登记簿没有改动。", "The register is as it was."));
        show_next(run, out);
    }
    import_release(run);
    return done;
}
