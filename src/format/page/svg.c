/* Charts as inline SVG: bars, lines, a ring of shares. Always holds: every value is written beside its mark,
 * so that a chart printed in black and white still tells the numbers. */
#include "format/page/page.h"
#include <math.h>
#include <stdio.h>

#define WIDTH 720.0
#define HEIGHT 300.0
#define LEFT 20.0
#define TOP 36.0
#define BOTTOM 44.0
#define RING_RADIUS 90.0
#define RING_WIDTH 44.0
#define TURN 6.28318530717958647692

static const char *colour(size_t series)
{
    static const char *const colours[] = {"#b3261e", "#3d6b8f", "#8a6d3b", "#4c7a4c", "#6b4c7a", "#7a7a7a",
                                          "#d98a6a", "#7fb0cf", "#c7b27a", "#8fbf8f", "#a98fbd", "#b5b5b5"};
    return colours[series % COUNT_OF(colours)];
}

static double highest(const struct page_chart *chart)
{
    double most = 0;
    for (size_t s = 0; s < chart->series_count; s++)
        for (size_t k = 0; k < chart->keys; k++)
            if (chart->series[s].values[k] > most)
                most = chart->series[s].values[k];
    return most > 0 ? most : 1;
}

static double y_of(double value, double most)
{
    return HEIGHT - BOTTOM - value / most * (HEIGHT - TOP - BOTTOM);
}

static void add_text(struct buf *out, double x, double y, const char *anchor, int size, struct text t)
{
    buf_add_format(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\">", x, y, anchor,
                   size);
    page_escape(t, out);
    buf_add_z(out, "</text>");
}

static void add_value(struct buf *out, double x, double y, double value)
{
    char number[32];
    int size = snprintf(number, sizeof number, "%.10g", value);
    if (size > 0)
        add_text(out, x, y, "middle", 12, (struct text){number, (size_t)size});
}

static void add_axis(const struct page_chart *chart, double step, struct buf *out)
{
    buf_add_format(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#555\"/>", LEFT,
                   HEIGHT - BOTTOM, WIDTH - LEFT, HEIGHT - BOTTOM);
    for (size_t k = 0; k < chart->keys; k++)
        add_text(out, LEFT + step * ((double)k + 0.5), HEIGHT - BOTTOM + 18, "middle",
                 chart->keys > 12 ? 10 : 13, chart->key_labels[k]);
}

static void add_legend(const struct page_chart *chart, struct buf *out)
{
    double x = LEFT;
    for (size_t s = 0; s < chart->series_count; s++) {
        buf_add_format(out, "<rect x=\"%.1f\" y=\"6\" width=\"12\" height=\"12\" fill=\"%s\"/>", x,
                       colour(s));
        add_text(out, x + 18, 17, "start", 13, chart->series[s].label);
        x += 40 + 8.0 * (double)text_columns(chart->series[s].label);
    }
}

static void add_bars(const struct page_chart *chart, double most, double step, struct buf *out)
{
    double width = step * 0.7 / (double)(chart->series_count > 0 ? chart->series_count : 1);
    if (width > 56)
        width = 56;
    for (size_t k = 0; k < chart->keys; k++)
        for (size_t s = 0; s < chart->series_count; s++) {
            double value = chart->series[s].values[k];
            if (isnan(value))
                continue;
            double middle = LEFT + step * ((double)k + 0.5);
            double x = middle + width * ((double)s - (double)chart->series_count / 2),
                   y = y_of(value > 0 ? value : 0, most);
            buf_add_format(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>", x,
                           y, width * 0.92, HEIGHT - BOTTOM - y, colour(s));
            add_value(out, x + width / 2, y - 5, value);
        }
}

static void add_lines(const struct page_chart *chart, double most, double step, struct buf *out)
{
    for (size_t s = 0; s < chart->series_count; s++) {
        buf_add_format(out, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"", colour(s));
        for (size_t k = 0; k < chart->keys; k++)
            if (!isnan(chart->series[s].values[k]))
                buf_add_format(out, "%.1f,%.1f ", LEFT + step * ((double)k + 0.5),
                               y_of(chart->series[s].values[k], most));
        buf_add_z(out, "\"/>");
        for (size_t k = 0; k < chart->keys; k++) {
            double value = chart->series[s].values[k], x = LEFT + step * ((double)k + 0.5);
            if (isnan(value))
                continue;
            buf_add_format(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>", x, y_of(value, most),
                           colour(s));
            add_value(out, x, y_of(value, most) - 8, value);
        }
    }
}

static void add_slice(double from, double share, const char *fill, struct buf *out)
{
    double round = TURN * RING_RADIUS;
    buf_add_format(
        out,
        "<circle cx=\"160\" cy=\"150\" r=\"%.1f\" fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\" "
        "stroke-dasharray=\"%.2f %.2f\" stroke-dashoffset=\"%.2f\" transform=\"rotate(-90 160 150)\"/>",
        RING_RADIUS, fill, RING_WIDTH, share * round, round - share * round, -from * round);
}

static void add_shares(const struct page_chart *chart, struct buf *out)
{
    const struct page_series *series = &chart->series[0];
    double sum = 0, from = 0, line = chart->keys > 8 ? (HEIGHT - 40) / (double)chart->keys : 30;
    double top = chart->keys > 8 ? 30 : 60;
    for (size_t k = 0; k < chart->keys; k++)
        sum += isnan(series->values[k]) ? 0 : series->values[k];
    for (size_t k = 0; k < chart->keys && sum > 0; k++) {
        double value = isnan(series->values[k]) ? 0 : series->values[k], y = top + line * (double)k;
        add_slice(from, value / sum, colour(k), out);
        from += value / sum;
        buf_add_format(out, "<rect x=\"330\" y=\"%.1f\" width=\"14\" height=\"14\" fill=\"%s\"/>", y - 12,
                       colour(k));
        add_text(out, 352, y, "start", 14, chart->key_labels[k]);
        buf_add_format(
            out, "<text x=\"690\" y=\"%.1f\" text-anchor=\"end\" font-size=\"14\">%.10g (%.1f%%)</text>", y,
            value, 100 * value / sum);
    }
}

void page_svg(const struct page_chart *chart, struct buf *out)
{
    double most = highest(chart), step = (WIDTH - 2 * LEFT) / (double)(chart->keys > 0 ? chart->keys : 1);
    buf_add_format(out, "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\">",
                   WIDTH, HEIGHT);
    if (chart->kind == PAGE_SHARE && chart->series_count > 0) {
        add_shares(chart, out);
    } else if (chart->kind != PAGE_SHARE) {
        add_legend(chart, out);
        add_axis(chart, step, out);
        if (chart->kind == PAGE_BAR)
            add_bars(chart, most, step, out);
        else
            add_lines(chart, most, step, out);
    }
    buf_add_z(out, "</svg>");
}
