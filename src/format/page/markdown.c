/* A document as Markdown. Always holds: no text of the document can become a link, a heading or a table's
 * bar. */
#include "format/page/page.h"

static void escape(struct text t, struct buf *out)
{
    for (size_t i = 0; i < t.size; i++) {
        char c = t.at[i];
        if (c == '\n' || c == '\r')
            c = ' ';
        if (c == '\\' || c == '`' || c == '*' || c == '_' || c == '[' || c == ']' || c == '<' || c == '>'
            || c == '|' || c == '#')
            buf_add_char(out, '\\');
        buf_add_char(out, c);
    }
}

static void add_runs(const struct page_block *block, const char *before, struct buf *out)
{
    buf_add_z(out, before);
    for (size_t i = 0; i < block->run_count; i++)
        escape(block->runs[i].text, out);
    buf_add_z(out, "\n\n");
}

static void add_caption(struct text caption, struct buf *out)
{
    if (text_is_empty(caption))
        return;
    buf_add_z(out, "**");
    escape(caption, out);
    buf_add_z(out, "**\n\n");
}

static void add_table(const struct page_table *table, struct buf *out)
{
    buf_add_z(out, "|");
    for (size_t i = 0; i < table->columns; i++) {
        buf_add_z(out, " ");
        escape(table->heads[i], out);
        buf_add_z(out, " |");
    }
    buf_add_z(out, "\n|");
    for (size_t i = 0; i < table->columns; i++)
        buf_add_z(out, table->rows > 0 && table->cells[i].number ? " ---: |" : " --- |");
    for (size_t r = 0; r < table->rows; r++) {
        buf_add_z(out, "\n|");
        for (size_t i = 0; i < table->columns; i++) {
            buf_add_z(out, " ");
            escape(table->cells[r * table->columns + i].run.text, out);
            buf_add_z(out, " |");
        }
    }
    buf_add_z(out, "\n\n");
}

static void add_number(double n, struct buf *out)
{
    if (n == n) /* not NaN: there is a value */
        buf_add_format(out, "%.10g", n);
}

/* Charts become tables: a column for each series. */
static void add_chart(const struct page_chart *chart, struct buf *out)
{
    buf_add_z(out, "| |");
    for (size_t s = 0; s < chart->series_count; s++) {
        buf_add_z(out, " ");
        escape(chart->series[s].label, out);
        buf_add_z(out, " |");
    }
    buf_add_z(out, "\n| --- |");
    for (size_t s = 0; s < chart->series_count; s++)
        buf_add_z(out, " ---: |");
    for (size_t k = 0; k < chart->keys; k++) {
        buf_add_z(out, "\n| ");
        escape(chart->key_labels[k], out);
        for (size_t s = 0; s < chart->series_count; s++) {
            buf_add_z(out, " | ");
            add_number(chart->series[s].values[k], out);
        }
        buf_add_z(out, " |");
    }
    buf_add_z(out, "\n\n");
}

void page_markdown(const struct page *page, struct buf *out)
{
    for (size_t i = 0; i < page->count; i++) {
        const struct page_block *block = &page->blocks[i];
        switch (block->kind) {
        case PAGE_TITLE:
            add_runs(block, "# ", out);
            break;
        case PAGE_HEADING:
            add_runs(block, block->level <= 1 ? "## " : "### ", out);
            break;
        case PAGE_PARAGRAPH:
        case PAGE_RIGHT:
            add_runs(block, "", out);
            break;
        case PAGE_TABLE:
            add_caption(block->caption, out);
            add_table(&block->table, out);
            break;
        case PAGE_CHART:
            add_caption(block->caption, out);
            add_chart(&block->chart, out);
            break;
        case PAGE_LIST:
            break;
        }
    }
}
