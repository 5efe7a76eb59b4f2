/* File after file, sheet after sheet, row after row. Always: a sheet has its number before any row of it is
 * on the belt; a row that is refused here still travels, for what refers to it. */
#include "domain/import/reader.h"
#include "base/base.err.h"
#include "domain/import/import.err.h"
#include <assert.h>
#include <stdlib.h>

#define KEEP_MAX ((size_t)256 << 20)
#define SCRATCH_MAX ((size_t)256 << 20)

struct import_sheet *reader_sheet(struct reader *r, uint32_t number)
{
    (void)pthread_mutex_lock(&r->lock);
    struct import_sheet *s = number < r->sheet_count ? r->sheets[number] : NULL;
    (void)pthread_mutex_unlock(&r->lock);
    return s;
}

static bool grow_sheets(struct reader *r, struct err *e)
{
    if (r->sheet_count >= READER_SHEETS_MAX) {
        err_fail_int(e, &LIMIT, "max", READER_SHEETS_MAX);
        err_add(e, "what", TEXT("一次导入的工作表数"));
        return false;
    }
    if (r->sheet_count < r->sheet_room)
        return true;
    size_t room = r->sheet_room == 0 ? 16 : 2 * r->sheet_room;
    struct import_sheet **at = realloc(r->sheets, room * sizeof *at);
    if (at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    r->sheets = at;
    r->sheet_room = room;
    return true;
}

static bool add_sheet(struct reader *r, struct import_sheet *s, struct err *e)
{
    (void)pthread_mutex_lock(&r->lock);
    bool grown = grow_sheets(r, e);
    if (grown) {
        s->number = (uint32_t)r->sheet_count;
        r->sheets[r->sheet_count++] = s;
        r->known_count += s->layout.kind != NULL;
    }
    (void)pthread_mutex_unlock(&r->lock);
    return grown;
}

static bool keep_columns(struct arena *a, const struct layout_column **columns, size_t count)
{
    struct layout_column *copy = arena_take_many(a, count + 1, sizeof *copy);
    for (size_t i = 0; copy != NULL && i < count; i++) {
        copy[i] = (*columns)[i];
        copy[i].header = text_copy(a, copy[i].header);
        copy[i].unit = text_copy(a, copy[i].unit);
    }
    *columns = copy;
    return copy != NULL;
}

/* Moves a layout from the scratch arena to the one that stays. */
static bool keep_layout(struct reader *r, struct layout *l, struct err *e)
{
    bool kept = keep_columns(&r->keep, &l->columns, l->column_count)
                && keep_columns(&r->keep, &l->unknown, l->unknown_count)
                && keep_columns(&r->keep, &l->twice, l->twice_count);
    return kept || err_fail(e, &OUT_OF_MEMORY);
}

static void tell_above(struct reader *r, const struct import_sheet *s)
{
    const struct layout *l = &s->layout;
    struct told what = {
        .level = PROBLEM_NOTE, .sheet = s->number, .row = l->above, .column = PROBLEM_NO_COLUMN};
    struct err why = {.kind = &IMPORT_TABLE_ABOVE};
    err_add_int(&why, "row", l->above);
    err_add_int(&why, "header", l->header_first);
    if (l->above != 0)
        tell(&r->teller, &what, &why);
}

static void tell_columns(struct reader *r, const struct import_sheet *s)
{
    const struct layout *l = &s->layout;
    struct told what = {.level = PROBLEM_NOTE, .sheet = s->number, .row = l->header_last};
    for (size_t i = 0; i < l->unknown_count; i++) {
        what.column = l->unknown[i].column;
        what.value = l->unknown[i].header;
        tell_kind(&r->teller, &what, &IMPORT_COLUMN_UNKNOWN);
    }
    for (size_t i = 0; i < l->twice_count; i++) {
        what.column = l->twice[i].column;
        what.value = l->twice[i].header;
        tell_kind(&r->teller, &what, &IMPORT_COLUMN_TWICE);
    }
}

static void tell_nearly(struct reader *r, const struct import_sheet *s)
{
    struct err why = {.kind = &IMPORT_NEARLY_KNOWN};
    struct told what = {
        .level = PROBLEM_NOTE, .sheet = s->number, .column = PROBLEM_NO_COLUMN, .field = s->layout.missing};
    if (s->layout.nearly == NULL || s->layout.missing == NULL)
        return;
    err_add(&why, "sheet", text_is_empty(s->name) ? s->file->name : s->name);
    err_add(&why, "kind", label_in(s->layout.nearly->import->entity->label, r->options.lang));
    tell(&r->teller, &what, &why);
}

/* Rounded, or written with other characters: the value was kept, and how it was is said. */
static void tell_kept(struct reader *r, struct told *what, const struct value *v, enum coerce_remark remark)
{
    static const struct err_kind *const kinds[] = {[COERCE_AS_WRITTEN] = NULL,
                                                   [COERCE_ROUNDED] = &IMPORT_ROUNDED,
                                                   [COERCE_PRIVATE_REPLACED] = &IMPORT_PRIVATE_REPLACED,
                                                   [COERCE_PRIVATE_LEFT] = &IMPORT_PRIVATE_LEFT,
                                                   [COERCE_STRIPPED] = &IMPORT_STRIPPED};
    char kept[32];
    struct err why = {.kind = kinds[remark]};
    if (v->kind == VALUE_TEXT) {
        err_add(&why, "kept", tell_masked(&r->teller, what->field, v->s));
    } else {
        decimal_format(v->n, what->field->type == FIELD_MONEY ? 2 : what->field->digits, false, kept);
        err_add(&why, "kept", text_of(kept));
    }
    tell(&r->teller, what, &why);
}

/* Says again, cell by cell, what row_read found; it kept only where. */
static void tell_cells(struct reader *r, const struct import_sheet *s, const struct sheet_row *row,
                       const struct row_read *read, bool kept)
{
    size_t count = kept ? read->remark_count : read->fault_count;
    for (size_t i = 0; i < count; i++) {
        const struct layout_column *c = &s->layout.columns[kept ? read->remarks[i] : read->faults[i]];
        const struct sheet_cell *cell = row_cell(row, c->column);
        const struct catalog_field *fields[] = {c->field, c->also};
        for (size_t f = 0; f < COUNT_OF(fields); f++) {
            struct arena_mark mark = arena_mark(&r->scratch);
            struct err why = {0};
            struct value v;
            enum coerce_remark remark = COERCE_AS_WRITTEN;
            if (fields[f] == NULL || fields[f]->column == SIZE_MAX)
                continue;
            enum cell_state state =
                cell_read(fields[f], c->unit, cell, &s->rows.context, &r->scratch, &v, &remark, &why);
            struct told what = {.level = kept ? PROBLEM_NOTE : PROBLEM_ERROR,
                                .sheet = s->number,
                                .row = row->number,
                                .column = c->column,
                                .field = fields[f],
                                .value = cell_written(cell, s->rows.context.date1904, &r->scratch)};
            if (state == CELL_REFUSED && !kept)
                tell(&r->teller, &what, &why);
            else if (state == CELL_MASKED && kept)
                tell_kind(&r->teller, &what, &IMPORT_MASKED);
            else if (state == CELL_FITS && remark != COERCE_AS_WRITTEN && kept)
                tell_kept(r, &what, &v, remark);
            arena_rewind(&r->scratch, mark);
            if (state == CELL_REFUSED || state == CELL_MASKED || remark != COERCE_AS_WRITTEN)
                break;
        }
    }
}

/* A village that was found by its name together with its town's. */
static void tell_village(struct reader *r, const struct import_sheet *s, const struct sheet_row *row)
{
    const struct row_reader *rr = &s->rows;
    size_t position = rr->name_column != ROW_NO_COLUMN ? rr->name_column : rr->name_column_also;
    const struct layout_column *c = &s->layout.columns[position];
    const struct sheet_cell *cell = row_cell(row, c->column);
    struct told what = {.level = PROBLEM_NOTE,
                        .sheet = s->number,
                        .row = row->number,
                        .column = c->column,
                        .field = rr->name_column != ROW_NO_COLUMN ? c->field : c->also,
                        .value = cell != NULL ? cell->text : TEXT_NONE};
    tell_kind(&r->teller, &what, &IMPORT_VILLAGE_BY_NAME);
}

static uint32_t column_of(const struct layout *l, const struct catalog_field *field)
{
    for (size_t i = 0; i < l->column_count; i++)
        if (l->columns[i].field == field || l->columns[i].also == field)
            return l->columns[i].column;
    return PROBLEM_NO_COLUMN;
}

/* The row is refused: by the certificate it could have been found, by its mask it cannot. */
static void tell_masked_key(struct reader *r, const struct import_sheet *s, const struct sheet_row *row,
                            const struct row_read *read)
{
    const struct catalog_field *field = read->masked_key;
    uint32_t column = column_of(&s->layout, field);
    const struct sheet_cell *cell = row_cell(row, column);
    struct told what = {.level = PROBLEM_ERROR,
                        .sheet = s->number,
                        .row = row->number,
                        .column = column,
                        .field = field,
                        .value = cell != NULL ? cell->text : TEXT_NONE};
    struct err why = {.kind = &IMPORT_KEY_MASKED};
    err_add(&why, "key", label_in(read->missing[0]->label, r->options.lang));
    tell(&r->teller, &what, &why);
    tell_cells(r, s, row, read, false);
}

static void tell_row(struct reader *r, const struct import_sheet *s, const struct sheet_row *row,
                     const struct row_read *read)
{
    struct told what = {.sheet = s->number, .row = row->number};
    if (read->masked_key != NULL && read->verdict == ROW_RECORD) {
        tell_masked_key(r, s, row, read);
        return;
    }
    for (size_t i = 0; i < read->missing_count; i++) {
        what.level = read->verdict == ROW_ODD ? PROBLEM_NOTE : PROBLEM_ERROR;
        what.field = read->missing[i];
        what.column = column_of(&s->layout, what.field);
        struct err why = {.kind = read->verdict == ROW_ODD ? &IMPORT_ROW_SKIPPED : &IMPORT_KEY_MISSING};
        err_add_int(&why, "row", row->number);
        tell(&r->teller, &what, &why);
        if (read->verdict == ROW_ODD)
            return;
    }
    tell_cells(r, s, row, read, false);
    tell_cells(r, s, row, read, true);
}

static void load(struct block *b, const struct import_sheet *s, const struct sheet_row *row,
                 const struct row_read *read, const struct catalog_entity *entity,
                 const struct row_part *part, bool companion)
{
    struct batch_row *to = &b->rows[b->count++];
    *to = (struct batch_row){.entity = entity,
                             .sheet = s->number,
                             .row = row->number,
                             .fact_day = s->as_of,
                             .values = part->values,
                             .village_name = part->village_name,
                             .companion = companion,
                             .refused = read->refused};
    memcpy(to->given, part->given, sizeof to->given);
}

/* A block with room for a row and its companion; false: nobody wants more, or `err` says why. */
static bool have_room(struct reader *r)
{
    if (r->block != NULL && r->block->count + 2 > BELT_BLOCK_ROWS) {
        belt_put(r->belt, r->block);
        r->block = NULL;
    }
    if (r->block == NULL)
        r->block = belt_take(r->belt);
    return r->block != NULL;
}

static bool read_one(struct reader *r, struct import_sheet *s, const struct sheet_row *row,
                     struct row_read *read)
{
    if (!have_room(r))
        return false;
    struct arena_mark mark = arena_mark(&r->block->arena);
    if (!row_read(&s->rows, row, &r->block->arena, read, &r->err))
        return false;
    if (read->verdict != ROW_PASSED && (read->missing_count + read->fault_count + read->remark_count) > 0)
        tell_row(r, s, row, read);
    if (read->verdict == ROW_RECORD && read->by_name)
        tell_village(r, s, row);
    if (read->verdict != ROW_RECORD) {
        arena_rewind(&r->block->arena, mark);
        return true;
    }
    load(r->block, s, row, read, s->rows.entity, &read->main, false);
    if (read->also.values != NULL)
        load(r->block, s, row, read, s->rows.also, &read->also, true);
    return true;
}

static void show_progress(struct reader *r, const struct import_sheet *s, const struct sheet_rows *rows,
                          size_t sheets)
{
    uint64_t file = (uint64_t)(s->file - r->options.files);
    uint64_t part =
        ((uint64_t)s->index * 1000 + (uint64_t)sheet_rows_permille(rows)) / (sheets == 0 ? 1 : sheets);
    atomic_store_explicit(&r->done, file * 1000 + part, memory_order_relaxed);
}

static bool read_rows(struct reader *r, struct import_sheet *s, const struct head *head,
                      struct sheet_rows *rows, size_t sheets)
{
    struct row_read read;
    const struct sheet_row *row = NULL;
    for (size_t i = s->layout.body; i < head->count; i++)
        if (!read_one(r, s, &head->rows[i], &read))
            return false;
    for (uint64_t n = 0;; n++) {
        if (!sheet_rows_next(rows, &row, &r->err))
            return false;
        if (row == NULL)
            return true;
        if (!read_one(r, s, row, &read))
            return false;
        if (n % 256 == 0)
            show_progress(r, s, rows, sheets);
    }
}

static bool read_head(struct reader *r, struct sheet_rows *rows, struct head *head)
{
    const struct sheet_row *row = NULL;
    head->count = 0;
    while (head->count < COUNT_OF(head->rows)) {
        if (!sheet_rows_next(rows, &row, &r->err))
            return false;
        if (row == NULL)
            return true;
        if (!head_add(head, row, &r->scratch, &r->err))
            return false;
    }
    return true;
}

static bool recognise(struct reader *r, struct sheet_book *book, struct import_sheet *s,
                      const struct head *head)
{
    const struct reader_options *o = &r->options;
    struct cell_context context = {.date1904 = sheet_date1904(book), .lang = o->lang};
    s->name = text_copy(&r->keep, sheet_info(book, s->index)->name);
    if (!layout_find(o->headings, head, s->name, path_stem(s->file->name), &r->scratch, &s->layout, &r->err)
        || !keep_layout(r, &s->layout, &r->err) || !add_sheet(r, s, &r->err))
        return false;
    s->as_of = o->as_of != DAY_NONE ? o->as_of : s->layout.date != DAY_NONE ? s->layout.date : o->today;
    if (s->layout.kind == NULL) {
        tell_nearly(r, s);
        return true;
    }
    tell_above(r, s);
    tell_columns(r, s);
    if (!row_reader_init(&s->rows, o->headings, &s->layout, &context, &r->keep, &r->err))
        return false;
    s->rows.places = o->office_known ? NULL : &r->places;
    return true;
}

/* A hidden sheet is listed, never read: what the office does not see, it does not mean to send. */
static bool list_hidden(struct reader *r, struct sheet_book *book, struct import_sheet *s)
{
    s->name = text_copy(&r->keep, sheet_info(book, s->index)->name);
    s->layout.date = DAY_NONE;
    return add_sheet(r, s, &r->err);
}

static bool read_sheet(struct reader *r, struct sheet_book *book, const struct import_file *file,
                       size_t index)
{
    struct arena_mark mark = arena_mark(&r->scratch);
    struct sheet_rows *rows = NULL;
    struct head *head = arena_take(&r->scratch, sizeof *head);
    struct import_sheet *s = arena_take(&r->keep, sizeof *s);
    if (head == NULL || s == NULL)
        return err_fail(&r->err, &OUT_OF_MEMORY);
    *s = (struct import_sheet){.file = file, .index = index};
    if (sheet_info(book, index)->state != SHEET_VISIBLE)
        return list_hidden(r, book, s);
    bool done = sheet_rows_open(book, index, &rows, &r->err) && read_head(r, rows, head)
                && recognise(r, book, s, head);
    if (done && s->layout.kind != NULL)
        done = row_reader_remember(&s->rows, &r->scratch, &r->err)
               && read_rows(r, s, head, rows, sheet_count(book));
    s->rows.memories = NULL;
    sheet_rows_close(rows);
    arena_rewind(&r->scratch, mark);
    return done;
}

static bool read_file(struct reader *r, const struct import_file *file)
{
    struct sheet_book *book = NULL;
    if (!sheet_open(file->path.at, &sheet_for_import, &book, &r->err))
        return false;
    bool done = sheet_source(book) != SHEET_SOURCE_CSV || path_is_csv(file->name)
                || err_fail_text(&r->err, &IMPORT_OTHER_KIND, "file", file->name);
    for (size_t i = 0; done && i < sheet_count(book); i++)
        done = read_sheet(r, book, file, i);
    sheet_close(book);
    return done;
}

static void *reader_run(void *user)
{
    struct reader *r = user;
    bool done = true;
    for (size_t i = 0; done && i < r->options.file_count; i++)
        done = read_file(r, &r->options.files[i]);
    if (r->block != NULL)
        belt_put(r->belt, r->block);
    r->block = NULL;
    belt_finish(r->belt);
    return NULL;
}

bool reader_start(struct reader *r, const struct reader_options *options, struct belt *belt,
                  struct problems *problems, struct err *e)
{
    *r = (struct reader){.options = *options, .belt = belt};
    arena_init(&r->keep, KEEP_MAX);
    arena_init(&r->scratch, SCRATCH_MAX);
    teller_init(&r->teller, problems, options->lang);
    places_init(&r->places, options->headings->catalog);
    if (pthread_mutex_init(&r->lock, NULL) != 0)
        return err_fail(e, &IMPORT_THREAD);
    r->has_lock = true;
    r->started = pthread_create(&r->thread, NULL, reader_run, r) == 0;
    return r->started || err_fail(e, &IMPORT_THREAD);
}

bool reader_join(struct reader *r, struct err *e)
{
    if (r->started)
        (void)pthread_join(r->thread, NULL);
    r->started = false;
    if (r->err.kind == NULL)
        return true;
    if (e->kind == NULL)
        *e = r->err;
    return false;
}

void reader_close(struct reader *r)
{
    assert(!r->started);
    if (r->has_lock)
        (void)pthread_mutex_destroy(&r->lock);
    free(r->sheets);
    arena_clear(&r->keep);
    arena_clear(&r->scratch);
    teller_clear(&r->teller);
    places_clear(&r->places);
}
