/* The report as a workbook: a sheet of figures, each leading to a sheet with the rows behind it. */
#include "base/base.err.h"
#include "domain/report/build.h"
#include "format/sheet/sheet_write.h"

#define SHEET_NAME_CHARS 31 /* what Excel takes */

/* "12 产业基地带动户数": the number keeps names apart. */
static struct text sheet_name(const struct values *v, size_t number, struct text label)
{
    struct text whole = text_format(v->arena, "%zu %.*s", number, TEXT_ARG(label));
    size_t at = 0;
    for (size_t i = 0; at < whole.size && i < SHEET_NAME_CHARS; i++)
        (void)text_next(whole, &at);
    char *z = arena_take(v->arena, at + 1);
    if (z == NULL)
        return TEXT_NONE;
    memcpy(z, whole.at, at);
    for (size_t i = 0; i < at; i++)
        if (strchr("[]:*?/\\'", z[i]) != NULL)
            z[i] = ' ';
    return (struct text){z, at};
}

static void write_value(const struct values *v, const struct figure *figure, struct sheet_writer *w,
                        uint32_t row)
{
    struct worth worth = values_of(v, figure);
    const struct catalog_indicator *indicator =
        figure->source == FIGURE_GRADE ? NULL : &v->c->indicators[figure->index];
    if (!worth.known)
        sheet_writer_text(w, row, 1, values_text(v, figure, worth), SHEET_LOOK_PLAIN);
    else if (indicator != NULL && indicator->type == INDICATOR_MONEY)
        sheet_writer_decimal(w, row, 1, worth.value, 2, SHEET_LOOK_MONEY);
    else if (indicator != NULL && indicator->type == INDICATOR_DECIMAL)
        sheet_writer_decimal(w, row, 1, worth.value, indicator->digits, SHEET_LOOK_PLAIN);
    else
        sheet_writer_decimal(w, row, 1, worth.value, 0, SHEET_LOOK_INTEGER);
}

static void write_figures(struct values *v, struct sheet_writer *w, const struct figure *figures,
                          size_t count, const struct text *names)
{
    bool zh = v->lang == LANG_ZH;
    const struct text heads[] = {zh ? TEXT("指标") : TEXT("Indicator"), zh ? TEXT("数值") : TEXT("Value"),
                                 zh ? TEXT("单位") : TEXT("Unit"), zh ? TEXT("名单") : TEXT("List")};
    sheet_writer_sheet(w, zh ? TEXT("报告数据") : TEXT("Figures"));
    sheet_writer_width(w, 0, 0, 44);
    sheet_writer_width(w, 1, 1, 18);
    sheet_writer_width(w, 3, 3, 36);
    sheet_writer_freeze(w, 2, 0);
    sheet_writer_title(w, 0, 0, 3, build_text(v, &v->model->title.in[v->lang]));
    for (uint32_t i = 0; i < COUNT_OF(heads); i++)
        sheet_writer_text(w, 1, i, heads[i], SHEET_LOOK_HEADER);
    for (size_t i = 0; i < count; i++) {
        uint32_t row = (uint32_t)i + 2;
        struct figure plain = figures[i];
        plain.wan = false; /* a workbook counts in yuan */
        sheet_writer_text(w, row, 0, label_in(values_label(v, &plain), v->lang), SHEET_LOOK_PLAIN);
        write_value(v, &plain, w, row);
        sheet_writer_text(w, row, 2, values_unit(v, &plain), SHEET_LOOK_PLAIN);
        sheet_writer_link(w, row, 3, names[i], names[i], 0, 0);
    }
}

static void write_listing(struct values *v, struct sheet_writer *w, const struct figure *figure,
                          struct text name, const struct listing *listing)
{
    sheet_writer_sheet(w, name);
    sheet_writer_width(w, 0, 0, 8);
    sheet_writer_width(w, 1, (uint32_t)listing->columns - 1, 22);
    sheet_writer_freeze(w, 2, 0);
    sheet_writer_title(w, 0, 0, (uint32_t)listing->columns - 1, label_in(values_label(v, figure), v->lang));
    for (size_t i = 0; i < listing->columns; i++)
        sheet_writer_text(w, 1, (uint32_t)i, listing->heads[i], SHEET_LOOK_HEADER);
    for (size_t r = 0; r < listing->rows; r++)
        for (size_t i = 0; i < listing->columns; i++)
            sheet_writer_text(w, (uint32_t)r + 2, (uint32_t)i, listing->cells[r * listing->columns + i],
                              SHEET_LOOK_PLAIN);
}

static bool write_listings(struct values *v, struct sheet_writer *w, const struct figure *figures,
                           size_t count, const struct text *names, struct err *e)
{
    struct lister *lister = lister_open(v, e);
    for (size_t i = 0; i < count && lister != NULL; i++) {
        struct listing listing;
        if (!lister_list(lister, &figures[i], &listing, e))
            return false;
        write_listing(v, w, &figures[i], names[i], &listing);
    }
    return lister != NULL;
}

bool build_book(struct values *v, const char *path, struct err *e)
{
    struct sheet_writer *w;
    size_t count;
    const struct figure *figures = values_figures(v, &count);
    struct text *names = figures == NULL ? NULL : arena_take_many(v->arena, count + 1, sizeof *names);
    if (names == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < count; i++)
        names[i] = sheet_name(v, i + 1, label_in(values_label(v, &figures[i]), v->lang));
    if (!sheet_writer_open(path, &w, e))
        return false;
    write_figures(v, w, figures, count, names);
    bool good = write_listings(v, w, figures, count, names, e);
    return sheet_writer_close(w, good, e) && good;
}
