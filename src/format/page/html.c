/* A document as one HTML file. Always holds: no script, nothing loaded from elsewhere, every text escaped. */
#include "format/page/page.h"

static const char style[] =
    "@page{size:A4;margin:25mm 22mm}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:#f3f3f1;color:#1a1a1a;font:17px/1.8 \"FangSong\",\"STFangsong\",\"Noto Serif "
    "CJK SC\",\"Songti SC\",serif}"
    "main{max-width:820px;margin:0 auto;padding:48px 56px;background:#fff}"
    "h1{font:700 28px/1.5 \"SimSun\",\"Noto Serif CJK SC\",serif;text-align:center;margin:0 0 "
    "32px;color:#b3261e}"
    "h2{font:700 20px/1.6 \"SimHei\",\"Noto Sans CJK SC\",sans-serif;margin:32px 0 8px}"
    "h3{font:700 18px/1.6 \"KaiTi\",\"Noto Serif CJK SC\",serif;margin:20px 0 4px}"
    "p{margin:0 0 4px;text-indent:2em;text-align:justify}"
    "html[lang=en] p{text-indent:0;margin-bottom:12px}"
    "p.right{text-align:right;text-indent:0;margin-top:32px}"
    "a{color:inherit;text-decoration:underline;text-decoration-color:#9a9a9a;text-underline-offset:3px}"
    "a:hover,a:focus{color:#b3261e}"
    "figure{margin:20px 0;overflow-x:auto}figure.chart{break-inside:avoid}"
    "h2,h3,figcaption,caption{break-after:avoid}"
    "figcaption,caption{font:700 15px/1.6 \"SimHei\",\"Noto Sans CJK "
    "SC\",sans-serif;text-align:center;padding:4px 0}"
    "table{border-collapse:collapse;width:100%;font:15px/1.5 \"SimSun\",\"Noto Sans CJK SC\",sans-serif}"
    "th,td{border:1px solid #8a8a8a;padding:3px 8px;text-align:left}"
    "th{background:#efefec;text-align:center}"
    "td:first-child{white-space:nowrap}td.n{text-align:right;font-variant-numeric:tabular-nums}"
    "tr.total td{font-weight:700}"
    "thead{display:table-header-group}tr{break-inside:avoid}"
    "svg{display:block;width:100%;height:auto;font-family:\"SimSun\",\"Noto Sans CJK SC\",sans-serif}"
    "details{margin:8px 0;font-size:15px}summary{cursor:pointer;padding:4px 0}"
    "details:target>summary{color:#b3261e}"
    "pre{font:14px/1.6 \"Noto Sans Mono CJK SC\",monospace;overflow-x:auto;margin:4px 0 12px}"
    ".lists{border-top:1px solid #ccc;margin-top:48px;padding-top:8px}"
    "@media (max-width:600px){main{padding:24px 16px}body{font-size:16px}}"
    "@media "
    "print{body{background:#fff}main{padding:0;max-width:none}a{text-decoration:none}.lists{display:none}}";

void page_escape(struct text t, struct buf *out)
{
    size_t from = 0;
    for (size_t i = 0; i < t.size; i++) {
        const char *as = NULL;
        switch (t.at[i]) {
        case '&':
            as = "&amp;";
            break;
        case '<':
            as = "&lt;";
            break;
        case '>':
            as = "&gt;";
            break;
        case '"':
            as = "&quot;";
            break;
        case '\'':
            as = "&#39;";
            break;
        case '\0':
            as = "\xEF\xBF\xBD";
            break;
        default:
            continue;
        }
        buf_add(out, text_slice(t, from, i - from));
        buf_add_z(out, as);
        from = i + 1;
    }
    buf_add(out, text_slice(t, from, t.size - from));
}

static void add_run(const struct page_run *run, struct buf *out)
{
    bool link = run->target.at != NULL;
    if (link) {
        buf_add_z(out, "<a href=\"#");
        page_escape(run->target, out);
        buf_add_z(out, "\">");
    }
    page_escape(run->text, out);
    if (link)
        buf_add_z(out, "</a>");
}

static void add_tagged(const struct page_block *block, const char *open, const char *close, struct buf *out)
{
    buf_add_z(out, open);
    for (size_t i = 0; i < block->run_count; i++)
        add_run(&block->runs[i], out);
    buf_add_z(out, close);
}

static void add_table(const struct page_table *table, struct text caption, struct buf *out)
{
    buf_add_z(out, "<table>");
    if (!text_is_empty(caption)) {
        buf_add_z(out, "<caption>");
        page_escape(caption, out);
        buf_add_z(out, "</caption>");
    }
    buf_add_z(out, "<thead><tr>");
    for (size_t i = 0; i < table->columns; i++) {
        buf_add_z(out, "<th scope=\"col\">");
        page_escape(table->heads[i], out);
        buf_add_z(out, "</th>");
    }
    buf_add_z(out, "</tr></thead><tbody>\n");
    for (size_t r = 0; r < table->rows; r++) {
        buf_add_z(out, table->total && r + 1 == table->rows ? "<tr class=\"total\">" : "<tr>");
        for (size_t i = 0; i < table->columns; i++) {
            const struct page_cell *cell = &table->cells[r * table->columns + i];
            buf_add_z(out, cell->number ? "<td class=\"n\">" : "<td>");
            add_run(&cell->run, out);
            buf_add_z(out, "</td>");
        }
        buf_add_z(out, "</tr>\n");
    }
    buf_add_z(out, "</tbody></table>\n");
}

/* A list is lines of text, not a table: it may have thousands of rows, and there is one for each figure. */
static void add_list(const struct page_block *block, struct buf *out)
{
    const struct page_table *table = &block->table;
    buf_add_z(out, "<details id=\"");
    page_escape(block->id, out);
    buf_add_z(out, "\"><summary>");
    page_escape(block->caption, out);
    buf_add_z(out, "</summary><pre>");
    for (size_t i = 0; i < table->columns; i++) {
        buf_add_z(out, i > 0 ? "  <b>" : "<b>");
        page_escape(table->heads[i], out);
        buf_add_z(out, "</b>");
    }
    for (size_t r = 0; r < table->rows; r++) {
        buf_add_char(out, '\n');
        for (size_t i = 0; i < table->columns; i++) {
            buf_add_z(out, i > 0 ? "  " : "");
            page_escape(table->cells[r * table->columns + i].run.text, out);
        }
    }
    buf_add_z(out, "</pre></details>\n");
}

static void add_block(const struct page_block *block, struct buf *out)
{
    switch (block->kind) {
    case PAGE_TITLE:
        add_tagged(block, "<h1>", "</h1>\n", out);
        break;
    case PAGE_HEADING:
        add_tagged(block, block->level <= 1 ? "<h2>" : "<h3>", block->level <= 1 ? "</h2>\n" : "</h3>\n",
                   out);
        break;
    case PAGE_PARAGRAPH:
        add_tagged(block, "<p>", "</p>\n", out);
        break;
    case PAGE_RIGHT:
        add_tagged(block, "<p class=\"right\">", "</p>\n", out);
        break;
    case PAGE_TABLE:
        buf_add_z(out, "<figure>");
        add_table(&block->table, block->caption, out);
        buf_add_z(out, "</figure>\n");
        break;
    case PAGE_CHART:
        buf_add_z(out, "<figure class=\"chart\"><figcaption>");
        page_escape(block->caption, out);
        buf_add_z(out, "</figcaption>");
        page_svg(&block->chart, out);
        buf_add_z(out, "</figure>\n");
        break;
    case PAGE_LIST:
        add_list(block, out);
        break;
    }
}

void page_html(const struct page *page, struct buf *out)
{
    bool zh = page->lang == LANG_ZH, in_lists = false;
    buf_add_z(out, "<!DOCTYPE html>\n<html lang=\"");
    buf_add_z(out, zh ? "zh-CN" : "en");
    buf_add_z(out, "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                   "content=\"width=device-width,initial-scale=1\"><title>");
    page_escape(page->title, out);
    buf_add_z(out, "</title><style>");
    buf_add_z(out, style);
    buf_add_z(out, "</style></head><body><main>\n");
    for (size_t i = 0; i < page->count; i++) {
        if (page->blocks[i].kind == PAGE_LIST && !in_lists) {
            in_lists = true;
            buf_add_z(out, zh ? "<section class=\"lists\"><h2>数字对应的名单</h2>\n"
                              : "<section class=\"lists\"><h2>The lists behind the figures</h2>\n");
        }
        add_block(&page->blocks[i], out);
    }
    buf_add_z(out, in_lists ? "</section></main></body></html>\n" : "</main></body></html>\n");
}
