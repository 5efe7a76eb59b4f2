/* The import as an operation: opens the batch, feeds it what the reader sends, finishes it, and gathers what
 * was said.
 *
 * Always: the batch holds the database's write lock from before the first row is read, so that a second
 * import waits or is told so at once; whatever fails before batch_finish answers, nothing was changed.
 */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/import/import.err.h"
#include "domain/import/run.h"
#include "domain/import/undo_op.h"

#define TOWN_SIZE 9 /* digits of a town's code */

const struct import_sheet *run_sheet(struct import_run *run, uint32_t number)
{
    const struct import_sheet *s = reader_sheet(&run->reader, number);
    return s;
}

static uint32_t column_of(const struct import_sheet *s, const struct catalog_field *field)
{
    const struct layout *l = &s->layout;
    for (size_t i = 0; field != NULL && i < l->column_count; i++)
        if (l->columns[i].field == field || l->columns[i].also == field)
            return l->columns[i].column;
    return PROBLEM_NO_COLUMN;
}

/* A village is told of where it stands: in the column of its code, else in that of its name. */
static void at_village(const struct import_sheet *s, struct told *what)
{
    const struct row_reader *r = &s->rows;
    size_t position = r->name_column != ROW_NO_COLUMN ? r->name_column : r->name_column_also;
    if (position == ROW_NO_COLUMN)
        return;
    const struct layout_column *c = &s->layout.columns[position];
    what->column = c->column;
    what->field = r->name_column != ROW_NO_COLUMN ? c->field : c->also;
}

static struct told told_of(struct import_run *run, const struct batch_row *row,
                           const struct catalog_field *field, struct text value)
{
    const struct import_sheet *s = run_sheet(run, row->sheet);
    const struct catalog_field *at = field;
    if (at == NULL && row->entity->key_count > 0)
        at = &row->entity->fields[row->entity->key[0]];
    struct told what = {.level = PROBLEM_ERROR,
                        .sheet = row->sheet,
                        .row = row->row,
                        .column = s != NULL ? column_of(s, at) : PROBLEM_NO_COLUMN,
                        .field = at,
                        .value = value};
    if (s != NULL && what.column == PROBLEM_NO_COLUMN && at != NULL && at->type == FIELD_VILLAGE)
        at_village(s, &what);
    return what;
}

static void add_other(struct import_run *run, struct err *why, uint32_t other_sheet, uint32_t other_row)
{
    const struct import_sheet *other = run_sheet(run, other_sheet);
    struct text name = other == NULL                ? TEXT("")
                       : text_is_empty(other->name) ? other->file->name
                                                    : other->name;
    err_add(why, "sheet", name);
    err_add_int(why, "row", other_row);
}

static void on_refused(void *user, const struct batch_row *row, enum batch_refusal refusal,
                       const struct catalog_field *field, struct text value, uint32_t other_sheet,
                       uint32_t other_row)
{
    static const struct err_kind *const kinds[] = {[BATCH_KEY_MISSING] = &IMPORT_KEY_MISSING,
                                                   [BATCH_KEY_TWICE] = &IMPORT_KEY_TWICE,
                                                   [BATCH_VILLAGE_UNKNOWN] = &IMPORT_VILLAGE_UNKNOWN,
                                                   [BATCH_HOUSEHOLD_UNKNOWN] = &IMPORT_HOUSEHOLD_UNKNOWN};
    struct import_run *run = user;
    struct err why = {.kind = kinds[refusal]};
    struct told what = told_of(run, row, field, value);
    if (refusal == BATCH_KEY_TWICE)
        add_other(run, &why, other_sheet, other_row);
    tell(&run->teller, &what, &why);
}

static void on_noted(void *user, const struct batch_row *row, enum batch_note note,
                     const struct catalog_field *field, struct text value)
{
    static const struct err_kind *const kinds[] = {[BATCH_REF_UNDESCRIBED] = &IMPORT_UNDESCRIBED,
                                                   [BATCH_FILED_INTO_PAST] = &IMPORT_FILED_INTO_PAST,
                                                   [BATCH_VILLAGE_BY_NAME] = &IMPORT_VILLAGE_BY_NAME,
                                                   [BATCH_VILLAGE_AMBIGUOUS] = &IMPORT_VILLAGE_AMBIGUOUS};
    struct import_run *run = user;
    struct told what = told_of(run, row, field, value);
    what.level = PROBLEM_NOTE;
    tell_kind(&run->teller, &what, kinds[note]);
}

static bool on_progress(void *user, const char *stage, uint64_t done, uint64_t total)
{
    struct import_run *run = user;
    run->cancelled |= !op_progress(run->call, stage, done, total);
    return !run->cancelled;
}

static void on_helper(void *user, const struct helper_name *name)
{
    struct import_run *run = user;
    const struct import_sheet *s = run_sheet(run, name->sheet);
    struct told what = {.level = PROBLEM_NOTE,
                        .sheet = name->sheet,
                        .row = name->row,
                        .column = s != NULL ? column_of(s, run->helpers.of_household) : PROBLEM_NO_COLUMN,
                        .field = run->helpers.of_household,
                        .value = name->name};
    tell_kind(&run->teller, &what, &IMPORT_UNDESCRIBED);
}

/* Towns of the batch, told apart by the first nine digits of known codes. */
static void watch_town(struct import_run *run, const struct batch_row *row)
{
    const struct catalog_field *village = row->entity->village;
    if (village == NULL || village->column == SIZE_MAX || row->refused || run->other_town.at != NULL)
        return;
    struct value v = row->values[village->column];
    if (v.kind != VALUE_TEXT || v.s.size != AREA_CODE_SIZE)
        return;
    struct text town = text_slice(v.s, 0, TOWN_SIZE);
    if (run->town.at != NULL && text_equal(town, run->town))
        return;
    const struct catalog *c = run->call->session->catalog;
    char code[AREA_CODE_SIZE + 1];
    (void)snprintf(code, sizeof code, "%.*s000", TEXT_ARG(town));
    if (catalog_division(c, text_of(code)) == NULL && catalog_division(c, v.s) == NULL)
        return;
    *(run->town.at == NULL ? &run->town : &run->other_town) = text_copy(run->call->arena, town);
}

static bool feed_block(struct import_run *run, const struct block *b, struct err *e)
{
    bool office_unknown = text_is_empty(run->call->session->office_code);
    for (size_t i = 0; i < b->count; i++) {
        if (office_unknown)
            watch_town(run, &b->rows[i]);
        helpers_see(&run->helpers, &b->rows[i]);
        if (!batch_add(run->batch, &b->rows[i], e))
            return false;
    }
    return true;
}

/* Rows so far, and how many there will be as far as the files have been read; 0: nobody can tell yet. */
static bool show_reading(struct import_run *run, uint64_t rows)
{
    uint64_t of_files = (uint64_t)run->file_count * 1000;
    uint64_t read = atomic_load_explicit(&run->reader.done, memory_order_relaxed);
    uint64_t total = read == 0 ? 0 : rows * of_files / read;
    return on_progress(run, "read", rows, total > rows ? total : rows);
}

static bool feed_all(struct import_run *run, struct err *e)
{
    struct block *b;
    uint64_t rows = 0;
    while ((b = belt_next(run->belt)) != NULL) {
        bool fed = feed_block(run, b, e);
        rows += b->count;
        belt_return(run->belt, b);
        if (fed && !show_reading(run, rows))
            fed = err_fail(e, &IMPORT_CANCELLED);
        if (!fed) {
            belt_stop(run->belt);
            return false;
        }
    }
    return true;
}

static bool refuse_unknown(struct import_run *run, struct err *e)
{
    const struct import_sheet *first = run_sheet(run, 0);
    err_fail_int(e, &IMPORT_NOTHING_KNOWN, "sheets", (int64_t)run->reader.sheet_count);
    err_add(e, "file", first != NULL ? first->file->name : run->files[0].name);
    err_add(e, "sheet", first != NULL ? first->name : TEXT(""));
    return false;
}

/* The office's own area is the one town of its first import. */
static bool settle_office(struct import_run *run, struct err *e)
{
    char code[AREA_CODE_SIZE + 1];
    if (!text_is_empty(run->call->session->office_code) || run->town.at == NULL)
        return true;
    if (run->other_town.at != NULL) {
        err_fail_text(e, &IMPORT_SEVERAL_TOWNS, "first", run->town);
        err_add(e, "second", run->other_town);
        return false;
    }
    (void)snprintf(code, sizeof code, "%.*s000", TEXT_ARG(run->town));
    return run->dry_run || session_set_office(run->call->session, text_of(code), e);
}

static bool feed_batch(struct import_run *run, struct err *e)
{
    bool fed = feed_all(run, e);
    if (!reader_join(&run->reader, e) || !fed)
        return false;
    if (run->reader.known_count == 0)
        return refuse_unknown(run, e);
    run->counts = arena_take_many(run->call->arena, run->reader.sheet_count + 1, sizeof *run->counts);
    return run->counts != NULL ? settle_office(run, e) : err_fail(e, &OUT_OF_MEMORY);
}

static struct text why_of(struct import_run *run)
{
    struct text name = run->files[0].name;
    if (run->file_count == 1)
        return text_format(run->call->arena, "导入%.*s", TEXT_ARG(name));
    return text_format(run->call->arena, "导入%.*s等%zu个文件", TEXT_ARG(name), run->file_count);
}

static bool open_problems(struct import_run *run, struct err *e)
{
    if (!problems_open(&run->problems, e))
        return false;
    teller_init(&run->teller, run->problems, run->call->lang);
    return true;
}

static bool open_writer(struct import_run *run, struct text path, struct err *e)
{
    struct text z = text_copy(run->call->arena, path);
    if (z.at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    bool taken = file_is_folder(z.at);
    for (size_t i = 0; !taken && i < run->file_count; i++)
        taken = file_is_same(z.at, run->files[i].path.at);
    return taken ? err_fail_text(e, &IMPORT_ERRORS_OVER, "file", path)
                 : sheet_writer_open(z.at, &run->writer, e);
}

/* The workbook for refused rows is opened first: a folder that is not there stops the import while nothing is
 * done. */
static bool start(struct import_run *run, struct err *e)
{
    struct op_call *call = run->call;
    const struct batch_options options = {
        .by = call->by, .why = why_of(run), .office = call->session->office, .dry_run = run->dry_run};
    run->events =
        (struct batch_events){.user = run, .refused = on_refused, .noted = on_noted, .progress = on_progress};
    const struct op_value *as_of = op_value(call, "as-of"), *errors = op_value(call, "errors");
    const struct reader_options reading = {.headings = &run->headings,
                                           .files = run->files,
                                           .file_count = run->file_count,
                                           .as_of = as_of->given ? (day)as_of->n : DAY_NONE,
                                           .today = clock_today(),
                                           .lang = call->lang,
                                           .office_known = !text_is_empty(call->session->office_code)};
    return (!errors->given || open_writer(run, errors->s, e))
           && headings_build(call->session->catalog, call->arena, &run->headings, e) && open_problems(run, e)
           && belt_open(&run->belt, e)
           && batch_open(call->session->records, call->session->journal, &options, &run->events, &run->batch,
                         e)
           && reader_start(&run->reader, &reading, run->belt, run->problems, e);
}

/* By now the batch stands. A connection that breaks here is made anew; if that does not help either, the
 * notes are left out: an error would say that nothing was changed. */
static bool tell_helpers(struct import_run *run, struct err *e)
{
    struct store *db = run->call->session->store;
    struct err why = {0};
    bool told = false;
    for (int attempt = 0; !told && attempt < 2; attempt++) {
        err_clear(&why);
        if (!store_begin_read(db, &why))
            continue;
        told = helpers_tell(&run->helpers, run->call->session->records, on_helper, run, &why);
        if (!store_end(db, told, &why) && told)
            err_clear(&why); /* it only read */
    }
    if (told || memcmp(&run->id, &(struct uuid){.at = {0}}, sizeof run->id) != 0)
        return true;
    *e = why;
    return false;
}

static bool work(struct import_run *run, struct err *e)
{
    if (!start(run, e))
        return false;
    if (!feed_batch(run, e)) {
        batch_abandon(run->batch);
        run->batch = NULL;
        return false;
    }
    struct batch *batch = run->batch;
    run->batch = NULL; /* batch_finish ends it in every case */
    if (!batch_finish(batch, run->counts, run->reader.sheet_count, &run->id, e))
        return run->cancelled && e->kind == NULL ? err_fail(e, &IMPORT_CANCELLED) : false;
    return tell_helpers(run, e) && problems_sort(run->problems, e);
}

/* The rows are in the register by now; a workbook that cannot be written must not look as if they were not.
 */
static void write_refused(struct import_run *run)
{
    const struct op_value *path = op_value(run->call, "errors");
    struct err why = {0};
    struct buf sentence;
    struct sheet_writer *writer = run->writer;
    run->writer = NULL;
    if (writer == NULL)
        return;
    bool any = problem_error_count(run->problems) > 0;
    bool written = !any || refused_write(run, writer, &why);
    written = sheet_writer_close(writer, any && written, &why) && written;
    run->errors_path = any && written ? path->s : TEXT_NONE;
    if (written)
        return;
    buf_init(&sentence, 4096);
    err_sentence(&why, run->call->lang, &sentence);
    run->errors_failure = text_copy(run->call->arena, buf_text(&sentence));
    buf_clear(&sentence);
}

static void count_refused(struct import_run *run)
{
    for (size_t i = 0; i < run->reader.sheet_count; i++)
        run->refused_rows += run->counts[i].rejected;
}

/* What the answer does not need. */
static void release(struct import_run *run)
{
    struct err ignored = {0};
    batch_abandon(run->batch);
    run->batch = NULL;
    if (run->belt != NULL)
        belt_stop(run->belt);
    if (!reader_join(&run->reader, &ignored))
        err_clear(&ignored);
    if (run->writer != NULL && !sheet_writer_close(run->writer, false, &ignored))
        err_clear(&ignored);
    run->writer = NULL;
    belt_close(run->belt);
    run->belt = NULL;
    helpers_clear(&run->helpers);
}

void import_release(struct import_run *run)
{
    reader_close(&run->reader);
    problems_close(run->problems);
    teller_clear(&run->teller);
    run->problems = NULL;
    run->reader = (struct reader){0};
    run->teller = (struct teller){0};
}

bool import_run(struct op_call *call, struct err *e)
{
    struct import_run *run = arena_take(call->arena, sizeof *run);
    const struct op_value *paths = op_value(call, "path");
    if (run == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    run->call = call;
    run->dry_run = op_value(call, "dry-run")->n != 0;
    helpers_init(&run->helpers, call->session->catalog, call->arena);
    if (!path_list(paths->many, paths->many_count, call->arena, &run->files, &run->file_count, e))
        return false;
    bool done = work(run, e);
    if (done) {
        count_refused(run);
        write_refused(run);
    }
    release(run);
    if (!done) {
        import_release(run);
        return false;
    }
    call->found = (problem_error_count(run->problems) > 0 || run->errors_failure.at != NULL);
    call->result = run;
    return true;
}

static const struct op_parameter parameters[] = {
    {.name = "path",
     .type = OP_PATH,
     .positional = true,
     .required = true,
     .many = true,
     .value = "PATH",
     .zh = "工作簿（.xlsx）、.csv表格，或放着它们的文件夹",
     .en = "workbooks (.xlsx), .csv tables, or folders of them"},
    {.name = "as-of",
     .type = OP_DAY,
     .value = "DATE",
     .zh = "数据日期，缺省取表题中的日期，再缺省为今天",
     .en = "the day of the facts; else the date in the title, else today"},
    {.name = "dry-run", .type = OP_FLAG, .zh = "只核对，不写入", .en = "match and count, write nothing"},
    {.name = "errors",
     .type = OP_OUT_PATH,
     .value = "OUT.xlsx",
     .zh = "把退回的行写成工作簿，改正后可再次导入",
     .en = "the refused rows as a workbook, to be mended and imported again"},
};
static const struct op import_op = {.name = "import",
                                    .zh = "把工作簿导入登记簿",
                                    .en = "brings workbooks into the register",
                                    .parameters = parameters,
                                    .count = COUNT_OF(parameters),
                                    .needs = OP_NEEDS_KEY,
                                    .writes = true,
                                    .route = {.method = "POST", .path = "import", .job = true, .files = true},
                                    .run = import_run,
                                    .json = import_json,
                                    .show = import_show};
static const struct op *const ops[] = {&import_op, &import_undo_op};
const struct op_list import_ops = {ops, COUNT_OF(ops)};
