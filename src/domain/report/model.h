/* A report as the pack has it, read and checked. For this folder only; lives in the arena that it was read
 * into. */
#ifndef DOMAIN_REPORT_MODEL_H
#define DOMAIN_REPORT_MODEL_H
#include "engine/catalog/catalog.h"

enum figure_source { FIGURE_INDICATOR, FIGURE_GRADE };
struct figure {
    enum figure_source source;
    size_t index; /* in catalog.indicators or catalog.grades */
    bool wan;     /* money shown in units of ten thousand yuan */
};
enum piece_kind {
    PIECE_LITERAL,
    PIECE_FIGURE,
    PIECE_AREA_NAME,
    PIECE_AREA_COUNTY,
    PIECE_AREA_CODE,
    PIECE_YEAR,
    PIECE_AS_OF,
    PIECE_TODAY
};
struct piece {
    enum piece_kind kind;
    struct text literal;
    struct figure figure;
};
struct pieces {
    const struct piece *at;
    size_t count;
};
struct passage {         /* a text in both languages */
    struct pieces in[2]; /* by enum lang */
};
struct condition {
    const struct cel_program *program; /* NULL: always */
};
struct column {
    struct label label;
    struct figure figure;
    struct text by;
};
enum block_kind { BLOCK_TEXT, BLOCK_HEADING, BLOCK_TABLE, BLOCK_ITEMS, BLOCK_BAR, BLOCK_LINE, BLOCK_SHARE };
struct block {
    enum block_kind kind;
    struct condition when;
    struct passage passage; /* text, heading; title of the others */
    struct text by;         /* of a table's rows or a chart's keys */
    struct label rows_label, total;
    bool has_total;
    const struct column *columns; /* of a table; series of a chart; items */
    size_t count;
};
struct chapter {
    struct condition when;
    struct passage title;
    const struct block *blocks;
    size_t count;
};
struct series_value {
    struct text name;
    size_t indicator;
};
struct series {
    struct text key, name, by;
    const struct series_value *of;
    size_t count;
};
struct json_part {
    struct text part;
    const struct figure *figures;
    const struct text *figure_names;
    size_t figure_count;
    const struct series *series;
    size_t series_count;
};
enum report_level { LEVEL_COUNTY, LEVEL_TOWN, LEVEL_VILLAGE };
struct report_model {
    struct text id;
    enum report_level level;
    struct passage title, closing;
    bool has_closing;
    const struct json_part *parts;
    size_t part_count;
    const struct chapter *chapters;
    size_t chapter_count;
    bool *used; /* by indicator: the report needs its value */
};

/* Slots of the variables in conditions: indicators by index, then grades, then the year. */
static inline size_t condition_variable_year(const struct catalog *c)
{
    return c->indicator_count + c->grade_count;
}
MUST_USE bool report_read(const struct catalog *c, const struct catalog_report *source, struct arena *a,
                          struct report_model *out, struct err *e);

#endif
