/* Reports of the pack: text, tables and charts whose every number is an indicator, with the rows behind it.
 *
 * Operation: report town (and any other report of the pack by its id, as `report ID` where the pack names it
 * town).
 */
#ifndef DOMAIN_REPORT_REPORT_H
#define DOMAIN_REPORT_REPORT_H
#include "engine/catalog/catalog.h"
#include "engine/op/op.h"

extern const struct op_list report_ops;

/* Reads every report of a pack as it would be used: for whoever puts a pack in force. REPORT_MISTAKE with
 * {file}, {line}, {column}, {detail}. */
MUST_USE bool report_check(const struct catalog *c, struct arena *a, struct err *e);

#endif
