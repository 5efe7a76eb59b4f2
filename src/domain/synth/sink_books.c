/* Workbooks as an office keeps them: a title, the header of the pack's labels, then the rows. */
#include "base/base.err.h"
#include "domain/synth/sink.h"
#include "engine/record/record.err.h"
#include "format/sheet/sheet_write.h"
#include <errno.h>
#include <sys/stat.h>

#define SHEET_ROW_LIMIT 1048576

struct books {
    struct op_call *call;
    const struct plan *plan;
    const struct catalog *c;
    struct text folder;
    struct sheet_writer *writer;
    enum made file_kind; /* a kind of the file that is open */
    unsigned part;       /* of a file that was split */
    uint32_t row;        /* next one */
    struct synth_counts *counts;
    struct err *e;
};

static void write_header(struct books *b, enum made kind)
{
    const struct made_kind *k = &made_kinds[kind];
    const struct catalog_entity *entity = catalog_entity(b->c, text_of(k->entity));
    uint32_t column = 0;
    struct text title = text_format(b->call->arena, "%.*s%s", TEXT_ARG(b->plan->area_name), k->title);
    sheet_writer_sheet(b->writer, text_of(k->sheet));
    sheet_writer_text(b->writer, 0, 0, title, SHEET_LOOK_TITLE);
    for (size_t i = 0; k->columns[i].field != NULL; i++) {
        const struct catalog_field *field = catalog_field(entity, text_of(k->columns[i].field));
        if (k->columns[i].hidden || field == NULL)
            continue;
        struct text label = field->label.zh;
        if (!text_is_empty(field->unit))
            label = text_format(b->call->arena, "%.*s(%.*s)", TEXT_ARG(label), TEXT_ARG(field->unit));
        sheet_writer_text(b->writer, 1, column++, label, SHEET_LOOK_HEADER);
    }
    b->row = 2;
}

static bool open_file(struct books *b, enum made kind)
{
    const char *name = made_kinds[kind].file;
    struct text path =
        b->part == 0 ? text_format(b->call->arena, "%.*s/%s.xlsx", TEXT_ARG(b->folder), name)
                     : text_format(b->call->arena, "%.*s/%s-%u.xlsx", TEXT_ARG(b->folder), name, b->part + 1);
    b->file_kind = kind;
    return path.at != NULL ? sheet_writer_open(path.at, &b->writer, b->e) : err_fail(b->e, &OUT_OF_MEMORY);
}

static bool close_file(struct books *b, bool keep)
{
    struct sheet_writer *w = b->writer;
    b->writer = NULL;
    return w == NULL || sheet_writer_close(w, keep, b->e);
}

static void write_cell(struct books *b, uint32_t column, enum made_type type, struct value v)
{
    if (v.kind == VALUE_NONE)
        return;
    switch (type) {
    case MADE_TEXT:
        sheet_writer_text(b->writer, b->row, column, v.s, SHEET_LOOK_PLAIN);
        break;
    case MADE_INT:
        sheet_writer_decimal(b->writer, b->row, column, v.n, 0, SHEET_LOOK_PLAIN);
        break;
    case MADE_DECIMAL:
    case MADE_MONEY:
        sheet_writer_decimal(b->writer, b->row, column, v.n, 2, SHEET_LOOK_PLAIN);
        break;
    case MADE_DAY:
        sheet_writer_date(b->writer, b->row, column, (day)v.n);
        break;
    case MADE_BOOL:
        sheet_writer_text(b->writer, b->row, column, v.n != 0 ? TEXT("是") : TEXT("否"), SHEET_LOOK_PLAIN);
        break;
    }
}

static bool write_row(void *user, enum made kind, const struct value *values, struct err *e)
{
    struct books *b = user;
    const struct made_kind *k = &made_kinds[kind];
    uint32_t column = 0;
    if (b->row == SHEET_ROW_LIMIT) { /* full: on with a further workbook */
        b->part++;
        if (!close_file(b, true) || !open_file(b, kind))
            return false;
        write_header(b, kind);
    }
    for (size_t i = 0; k->columns[i].field != NULL; i++)
        if (!k->columns[i].hidden)
            write_cell(b, column++, k->columns[i].type, values[i]);
    b->row++;
    b->counts->rows[kind]++;
    if (b->counts->rows[kind] % 4096 == 0 && !op_progress(b->call, "synth", b->counts->rows[kind], 0))
        return err_fail(e, &RECORD_CANCELLED);
    return true;
}

bool sink_books(struct op_call *call, const struct plan *plan, const struct catalog *c, struct text folder,
                struct synth_counts *counts, struct err *e)
{
    struct books b = {.call = call,
                      .plan = plan,
                      .c = c,
                      .folder = text_copy(call->arena, folder),
                      .counts = counts,
                      .e = e};
    bool good = b.folder.at != NULL;
    if (good && mkdir(b.folder.at, 0755) != 0 && errno != EEXIST)
        return file_fail_write(e, b.folder.at, errno);
    for (enum made kind = 0; kind < MADE_COUNT && good; kind++) {
        if (b.writer == NULL || strcmp(made_kinds[kind].file, made_kinds[b.file_kind].file) != 0) {
            b.part = 0;
            good = close_file(&b, true) && open_file(&b, kind);
        }
        if (good)
            write_header(&b, kind);
        good = good && plan_rows(plan, kind, write_row, &b, e);
    }
    return close_file(&b, good) && good;
}
