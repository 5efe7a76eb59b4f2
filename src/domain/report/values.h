/* What a report's figures are worth in a run: values, splits, rows behind. For this folder only. */
#ifndef DOMAIN_REPORT_VALUES_H
#define DOMAIN_REPORT_VALUES_H
#include "domain/check/check.h"
#include "domain/report/model.h"
#include "engine/select/select.h"
#include "engine/session/session.h"

struct worth {
    bool known;
    int64_t value;
};
struct place { /* what a report tells of */
    struct text code, name, county;
};
struct values {
    const struct catalog *c;
    const struct report_model *model;
    struct session *session;
    struct arena *arena;
    struct area area;
    struct place place;
    day as_of;
    enum lang lang;
    struct run *run;
    struct worth *indicators;         /* by indicator; those used */
    const struct grade_tally *grades; /* by grade */
    const struct figure
        *figures; /* once shared: all that are shown, and for each the first with the same rows */
    const size_t *same_rows;
    size_t figure_count;
    struct cel_value *variables; /* for conditions */
};
/* Opens a run for the model's figures and computes them. Close with values_close also after false. */
MUST_USE bool values_open(struct values *v, struct err *e);
void values_close(struct values *v);
bool values_hold(struct values *v,
                 const struct condition *when); /* a condition that needs what is absent is false */
struct worth values_of(const struct values *v, const struct figure *figure);
/* As an office writes it; 暂无 where absent. */
struct text values_text(const struct values *v, const struct figure *figure, struct worth worth);
/* Number for a chart; NaN where absent; 万元 where the figure says so, else yuan. */
double values_number(const struct values *v, const struct figure *figure, struct worth worth);
struct text values_unit(const struct values *v, const struct figure *figure);
struct label values_label(const struct values *v, const struct figure *figure);
MUST_USE bool values_split(struct values *v, const struct figure *figure, struct text by,
                           struct indicator_result *out, struct err *e);
MUST_USE bool values_rows(struct values *v, const struct figure *figure,
                          const struct catalog_entity **entity_out, const struct text **ids_out,
                          size_t *count_out, struct err *e);
/* Finds figures that stand on the same rows, so that one list serves them all. */
MUST_USE bool values_share(struct values *v, struct err *e);
/* The id under which a figure's list stands: "rows-registry.households"; that of the first with the same
 * rows, once shared. */
struct text values_list_id(const struct values *v, const struct figure *figure);

/* All figures that the report shows, each once, in the order of the chapters and of the JSON answer. */
const struct figure *values_figures(struct values *v, size_t *count_out);

#endif
