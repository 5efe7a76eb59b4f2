/* Lists as files. For this folder only. */
#ifndef DOMAIN_REGISTRY_EXPORT_H
#define DOMAIN_REGISTRY_EXPORT_H
#include "domain/registry/parts.h"

struct export_options {
    struct text format, path; /* "csv", "xlsx" */
    const struct view *view;
    const struct catalog_entity *entity;
    const struct record_query *query;
    const struct op_value *filters; /* as the caller said them */
};
/* Writes all that the query finds: heads are the pack's Chinese labels, every cell is text, so that nothing
 * in it is a formula or a rounded number. What was asked for, when and by whom stands on a second sheet of a
 * workbook, where it is in the way of no import; a CSV file has no place for it. The file appears whole. */
MUST_USE bool export_write(struct op_call *call, const struct export_options *options, int64_t *count_out,
                           struct err *e);

#endif
