/* Dates between the calendar and Excel's serial numbers. */
#ifndef FORMAT_SHEET_ISO_H
#define FORMAT_SHEET_ISO_H
#include "format/sheet/sheet.h"

/* "2019-03-05", "2019-03-05T08:30", "…T08:30:15.250Z", "08:30:15" -> serial. The zone is dropped: the clock
 * time counts. False when it is none of these or before the system's first day. */
MUST_USE bool iso_to_serial(struct text t, bool date1904, double *out);
/* What `sheet dump` shows for a date cell; false when the number shows no date (it is then dumped as a
 * number). */
MUST_USE bool iso_from_serial(double serial, bool date1904, char out[32]);

#endif
