#include "domain/registry/export.h"
#include "base/base.err.h"
#include "base/system.h"
#include "domain/registry/registry.err.h"
#include "format/sheet/sheet_write.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PIECE_MAX (1u << 20) /* bytes of a row */

/* ---- CSV ---- */

/* What a spreadsheet would take for a formula gets an apostrophe in front, which is no part of a value when
 * the file is imported again (coerce_cell); so does a full-width sign, which some programs fold. */
static bool may_calculate(struct text t)
{
    static const char *const first[] = {"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"};
    if (t.size != 0 && t.at[0] == 0)
        return true;
    for (size_t i = 0; i < COUNT_OF(first); i++)
        if (text_starts_with(t, text_of(first[i])))
            return true;
    return false;
}

static void csv_cell(struct buf *out, struct text t)
{
    bool quoted = false, guarded = may_calculate(t);
    for (size_t i = 0; i < t.size && !quoted; i++)
        quoted = t.at[i] == '"' || t.at[i] == ',' || t.at[i] == '\n' || t.at[i] == '\r';
    if (quoted)
        buf_add_char(out, '"');
    if (guarded)
        buf_add_char(out, '\'');
    for (size_t i = 0; i < t.size; i++) {
        if (t.at[i] == '"')
            buf_add_char(out, '"');
        buf_add_char(out, t.at[i]);
    }
    if (quoted)
        buf_add_char(out, '"');
}

struct to_csv {
    FILE *file;
    struct buf line;
};

static bool csv_line(struct to_csv *to, const struct text *cells, size_t count)
{
    buf_reset(&to->line);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add_char(&to->line, ',');
        csv_cell(&to->line, cells[i]);
    }
    buf_add_z(&to->line, "\r\n");
    return !to->line.failed && fwrite(to->line.at, 1, to->line.size, to->file) == to->line.size;
}

/* ---- both ---- */

struct export
{
    struct op_call *call;
    const struct export_options *o;
    struct text *cells;
    size_t count;
    bool (*line)(struct export * x, int64_t number); /* 0: the heads */
    struct to_csv csv;
    struct sheet_writer *book;
};

static void heads_take(struct export *x)
{
    for (size_t i = 0; i < x->count; i++)
        x->cells[i] = view_column(x->o->view, i)->label.zh;
}

static bool line_to_csv(struct export *x, int64_t number)
{
    (void)number;
    return csv_line(&x->csv, x->cells, x->count);
}

static bool line_to_book(struct export *x, int64_t number)
{
    for (size_t i = 0; i < x->count; i++)
        if (x->cells[i].size != 0)
            sheet_writer_text(x->book, (uint32_t)number, (uint32_t)i, x->cells[i],
                              number == 0 ? SHEET_LOOK_HEADER : SHEET_LOOK_PLAIN);
    return number < SHEET_WRITE_ROWS_MAX;
}

static bool too_many(struct err *e)
{
    return err_fail_int(e, &REGISTRY_EXPORT_MANY, "max", SHEET_WRITE_ROWS_MAX - 1);
}

static bool lines_write(struct export *x, int64_t *count_out, struct err *e)
{
    struct record_scan *scan;
    struct record_row row;
    struct arena a;
    bool good = true;
    *count_out = 0;
    heads_take(x);
    good = x->line(x, 0);
    if (!record_scan_open(x->call->session->records, x->o->query, &scan, e))
        return false;
    arena_init(&a, PIECE_MAX * 16);
    while (good && record_scan_next(scan, &row, e)) {
        arena_rewind(&a, (struct arena_mark){NULL, 0, 0});
        for (size_t i = 0; i < x->count; i++)
            x->cells[i] = view_text(x->o->view, &row, i, &a, LANG_ZH);
        good = x->line(x, ++*count_out);
        if (*count_out % 1000 == 0 && !op_progress(x->call, "export", (uint64_t)*count_out, 0))
            good = err_fail(e, &REGISTRY_CANCELLED);
    }
    record_scan_close(scan);
    arena_clear(&a);
    if (!good && x->book != NULL)
        return too_many(e);
    return e->kind == NULL && (good || file_fail_write(e, x->o->path.at, errno));
}

static bool csv_write(struct export *x, int64_t *count_out, struct err *e)
{
    struct text beside = text_format(x->call->arena, "%.*s.part", TEXT_ARG(x->o->path));
    if (beside.at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    x->csv.file = fopen(beside.at, "wb");
    if (x->csv.file == NULL)
        return file_fail_write(e, x->o->path.at, errno);
    buf_init(&x->csv.line, PIECE_MAX);
    x->line = line_to_csv;
    bool good = fwrite("\xEF\xBB\xBF", 1, 3, x->csv.file) == 3 && lines_write(x, count_out, e);
    buf_clear(&x->csv.line);
    if (fclose(x->csv.file) != 0 && good)
        good = file_fail_write(e, x->o->path.at, errno);
    if (good && rename(beside.at, x->o->path.at) != 0)
        good = file_fail_write(e, x->o->path.at, errno);
    if (!good)
        (void)unlink(beside.at);
    return good || e->kind != NULL ? good : file_fail_write(e, x->o->path.at, errno);
}

/* Two columns: what it is, and what it says. */
static void about(struct export *x, uint32_t row, const char *what, struct text said)
{
    sheet_writer_text(x->book, row, 0, text_of(what), SHEET_LOOK_NOTE);
    sheet_writer_text(x->book, row, 1, said, SHEET_LOOK_NOTE);
}

static void about_write(struct export *x, int64_t count)
{
    char today[11], as_of[11];
    struct arena *a = x->call->arena;
    uint32_t row = 0;
    sheet_writer_sheet(x->book, TEXT("说明"));
    day_format(clock_today(), today);
    about(x, row++, "导出日期", text_of(today));
    about(x, row++, "导出人", x->call->by);
    about(x, row++, "类别", x->o->entity->label.zh);
    about(x, row++, "条数", text_format(a, "%lld", (long long)count));
    if (x->o->query->as_of != DAY_NONE) {
        day_format(x->o->query->as_of, as_of);
        about(x, row++, "截至", text_of(as_of));
    }
    for (size_t i = 0; i < x->o->filters->field_count; i++) {
        const struct op_field *f = &x->o->filters->fields[i];
        about(x, row++, "条件", text_format(a, "%.*s = %.*s", TEXT_ARG(f->name), TEXT_ARG(f->value)));
    }
}

static bool book_write(struct export *x, int64_t *count_out, struct err *e)
{
    if (!sheet_writer_open(x->o->path.at, &x->book, e))
        return false;
    x->line = line_to_book;
    sheet_writer_sheet(x->book, x->o->entity->label.zh);
    sheet_writer_freeze(x->book, 1, 0);
    bool good = lines_write(x, count_out, e);
    if (good)
        about_write(x, *count_out);
    return sheet_writer_close(x->book, good, e) && good;
}

bool export_write(struct op_call *call, const struct export_options *options, int64_t *count_out,
                  struct err *e)
{
    struct export_options o = *options;
    struct export x = {.call = call, .o = &o, .count = view_count(options->view)};
    o.path = text_copy(call->arena, options->path);
    x.cells = arena_take_many(call->arena, x.count + 1, sizeof *x.cells);
    if (x.cells == NULL || o.path.at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    return text_equal(o.format, TEXT("xlsx")) ? book_write(&x, count_out, e) : csv_write(&x, count_out, e);
}
