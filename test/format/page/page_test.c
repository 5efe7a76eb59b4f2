/* HTML, Markdown and charts: every text is escaped, every figure leads to its list, every value stands beside
 * its mark. */
#include "format/page/page.h"
#include "test.h"
#include <math.h>

static struct buf out;

static int open_buf(void **state)
{
    (void)state;
    buf_init(&out, 1 << 20);
    return 0;
}

static int close_buf(void **state)
{
    (void)state;
    buf_clear(&out);
    return 0;
}

static bool has(const char *part) { return text_find(buf_text(&out), text_of(part), 0) != SIZE_MAX; }

static const struct page_run hostile[] = {{{"<script>&\"'|#[x](y)", 19}, {NULL, 0}}};

static void no_text_becomes_markup(void **state)
{
    const struct page_block blocks[] = {{.kind = PAGE_PARAGRAPH, .runs = hostile, .run_count = 1}};
    const struct page page = {LANG_ZH, TEXT("<t>"), blocks, 1};
    (void)state;
    page_html(&page, &out);
    assert_true(has("&lt;script&gt;&amp;&quot;&#39;"));
    assert_false(has("<script"));
    assert_true(has("<title>&lt;t&gt;</title>"));
    buf_reset(&out);
    page_markdown(&page, &out);
    assert_true(has("\\<script\\>&\"'\\|\\#\\[x\\](y)"));
}

static void a_figure_leads_to_its_list(void **state)
{
    const struct page_run runs[] = {{TEXT("共"), TEXT_NONE}, {TEXT("2"), TEXT("rows-a.b")}};
    const struct text heads[] = {TEXT("编号")};
    const struct page_cell cells[] = {{.run = {TEXT("H1"), TEXT_NONE}}, {.run = {TEXT("H2"), TEXT_NONE}}};
    const struct page_block blocks[] = {{.kind = PAGE_PARAGRAPH, .runs = runs, .run_count = 2},
                                        {.kind = PAGE_LIST,
                                         .id = TEXT("rows-a.b"),
                                         .caption = TEXT("名单"),
                                         .table = {1, 2, heads, cells, false}}};
    const struct page page = {LANG_ZH, TEXT("t"), blocks, 2};
    (void)state;
    page_html(&page, &out);
    assert_true(has("<a href=\"#rows-a.b\">2</a>"));
    assert_true(
        has("<details id=\"rows-a.b\"><summary>名单</summary><pre><b>编号</b>\nH1\nH2</pre></details>"));
    buf_reset(&out);
    page_markdown(&page, &out);
    assert_true(has("共2"));
    assert_false(has("H1"));
}

static void a_table_keeps_heads_numbers_and_total(void **state)
{
    const struct text heads[] = {TEXT("村"), TEXT("户数")};
    const struct page_cell cells[] = {{.run = {TEXT("甲"), TEXT_NONE}},
                                      {.run = {TEXT("3"), TEXT_NONE}, .number = true},
                                      {.run = {TEXT("合计"), TEXT_NONE}},
                                      {.run = {TEXT("3"), TEXT_NONE}, .number = true}};
    const struct page_block blocks[] = {
        {.kind = PAGE_TABLE, .caption = TEXT("表"), .table = {2, 2, heads, cells, true}}};
    const struct page page = {LANG_ZH, TEXT("t"), blocks, 1};
    (void)state;
    page_html(&page, &out);
    assert_true(has("<th scope=\"col\">村</th>"));
    assert_true(has("<tr class=\"total\"><td>合计</td><td class=\"n\">3</td></tr>"));
    buf_reset(&out);
    page_markdown(&page, &out);
    assert_true(has("| 村 | 户数 |\n| --- | ---: |\n| 甲 | 3 |\n| 合计 | 3 |"));
}

static void charts_write_each_value_and_skip_what_is_not_known(void **state)
{
    const struct text keys[] = {TEXT("2018"), TEXT("2019")};
    const double values[] = {255, NAN};
    const struct page_series series[] = {{TEXT("户数"), values}};
    (void)state;
    for (enum page_chart_kind kind = PAGE_BAR; kind <= PAGE_SHARE; kind++) {
        const struct page_chart chart = {kind, 2, keys, series, 1};
        buf_reset(&out);
        page_svg(&chart, &out);
        assert_true(has(">255"));
        assert_true(has(">2018<"));
        assert_false(has("nan"));
    }
}

static void a_chart_of_nothing_is_still_well_formed(void **state)
{
    const struct page_chart chart = {PAGE_BAR, 0, NULL, NULL, 0};
    (void)state;
    page_svg(&chart, &out);
    assert_true(text_starts_with(buf_text(&out), TEXT("<svg ")));
    assert_true(text_ends_with(buf_text(&out), TEXT("</svg>")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_text_becomes_markup, open_buf, close_buf),
        cmocka_unit_test_setup_teardown(a_figure_leads_to_its_list, open_buf, close_buf),
        cmocka_unit_test_setup_teardown(a_table_keeps_heads_numbers_and_total, open_buf, close_buf),
        cmocka_unit_test_setup_teardown(charts_write_each_value_and_skip_what_is_not_known, open_buf,
                                        close_buf),
        cmocka_unit_test_setup_teardown(a_chart_of_nothing_is_still_well_formed, open_buf, close_buf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
