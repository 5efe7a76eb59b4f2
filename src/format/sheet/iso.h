/* Dates between the calendar and Excel's serial numbers. */
#ifndef FORMAT_SHEET_ISO_H
#define FORMAT_SHEET_ISO_H
#include "format/sheet/sheet.h"

/* "2019-03-05", "2019-03-05T08:30", "…T08:30:15.250Z", "08:30:15" -> serial. The zone is dropped: the clock
 * time counts. A day before the system's first one gives a serial that sheet_serial refuses. False when it is
 * none of these. */
MUST_USE bool iso_to_serial(struct text t, bool date1904, double *out);
/* "PT24H30M0.5S", an elapsed time -> days. */
MUST_USE bool iso_duration(struct text t, double *days_out);
/* What `sheet dump` shows for such a text: the same, tidied, rounded to milliseconds, whatever the century.
 */
MUST_USE bool iso_from_text(struct text t, char out[32]);
/* What `sheet dump` shows for a date cell; false when the number shows no date (it is then dumped as a
 * number). */
MUST_USE bool iso_from_serial(double serial, bool date1904, char out[32]);

#endif
