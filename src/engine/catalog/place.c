/* From a place in a scalar's text back to its place in the YAML file: both are walked side by side, what
 * quoting, folding and indentation add in the file is stepped over.
 */
#include "engine/catalog/expression.h"

struct walk {
    struct text content;
    size_t at;
    int line, column;
    char style; /* first byte of the scalar: " ' | > or any other for a plain one */
};

static bool at_end(const struct walk *w) { return w->at >= w->content.size; }

static void step(struct walk *w)
{
    bool is_break = w->content.at[w->at] == '\n';
    (void)text_next(w->content, &w->at);
    w->line += is_break ? 1 : 0;
    w->column = is_break ? 1 : w->column + 1;
}

static bool is_space(const struct walk *w)
{
    char c = at_end(w) ? 'x' : w->content.at[w->at];
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static void skip_spaces(struct walk *w)
{
    while (is_space(w))
        step(w);
}

static void to_node(struct walk *w, const struct yaml_node *node)
{
    while (!at_end(w) && (w->line < node->line || (w->line == node->line && w->column < node->column)))
        step(w);
    w->style = at_end(w) ? 'x' : w->content.at[w->at];
    if (w->style == '"' || w->style == '\'')
        step(w);
    if (w->style != '|' && w->style != '>')
        return;
    while (!at_end(w) && w->content.at[w->at] != '\n')
        step(w);
    skip_spaces(w);
}

/* Steps over what one character of the text is in the file. */
static void step_character(struct walk *w, char c)
{
    if (at_end(w))
        return;
    char here = w->content.at[w->at];
    if ((c == ' ' || c == '\n') && is_space(w)) {
        /* A break and the indentation behind it stand for one blank or break. */
        size_t end = w->at;
        while (end < w->content.size && (w->content.at[end] == ' ' || w->content.at[end] == '\r'))
            end++;
        if (end < w->content.size && w->content.at[end] == '\n')
            skip_spaces(w);
        else
            step(w);
        return;
    }
    bool escaped = (w->style == '"' && here == '\\') || (w->style == '\'' && here == '\'');
    step(w);
    if (escaped && !at_end(w))
        step(w);
}

void expression_place(struct text content, const struct yaml_node *node, int64_t line, int64_t column,
                      int *line_out, int *column_out)
{
    struct walk w = {.content = content, .line = 1, .column = 1};
    int64_t in_line = 1, in_column = 1;
    to_node(&w, node);
    for (size_t at = 0;
         at < node->text.size && (in_line < line || (in_line == line && in_column < column));) {
        char c = node->text.at[at];
        step_character(&w, c);
        (void)text_next(node->text, &at);
        in_line += c == '\n' ? 1 : 0;
        in_column = c == '\n' ? 1 : in_column + 1;
    }
    *line_out = w.line;
    *column_out = w.column;
}
