/* What a person reads on a terminal: tables that align Chinese, colour on a terminal only, the next step
 * last. */
#ifndef ENGINE_OP_PRINT_H
#define ENGINE_OP_PRINT_H
#include "base/err.h"
#include <stdio.h>

enum print_tone { PRINT_PLAIN, PRINT_GOOD, PRINT_WARN, PRINT_BAD, PRINT_FAINT, PRINT_HEAD };
struct print {
    FILE *to;
    bool colour;
    enum lang lang;
    int width; /* columns of the terminal; 0: not a terminal, nothing is cut */
};
void print_line(struct print *p, enum print_tone tone, const char *format, ...) PRINTF_LIKE(3, 4);
/* Picks the sentence of the language; both may be formats, and take the same arguments. */
__attribute__((format_arg(2), format_arg(3))) static inline const char *print_say(const struct print *p,
                                                                                  const char *zh,
                                                                                  const char *en)
{
    return p->lang == LANG_ZH ? zh : en;
}
/* "下一步：…" */
void print_next(struct print *p, const char *zh, const char *en);

#define PRINT_COLUMN_MAX 40
/* A table is gathered, then printed with columns as wide as their widest cell. On a terminal long cells are
 * cut, but for those of the last column. */
struct print_table;
struct print_table *print_table_new(struct arena *a, size_t columns);
/* Heads, or one row; `right` of a column set by a bit: numbers. Cells are copied. */
void print_table_head(struct print_table *t, const char *const *cells);
void print_table_right(struct print_table *t, size_t column);
void print_table_row(struct print_table *t, enum print_tone tone, const struct text *cells);
void print_table_end(struct print_table *t, struct print *p); /* prints it */

#endif
