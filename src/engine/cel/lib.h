/* What the function files share. */
#ifndef ENGINE_CEL_LIB_H
#define ENGINE_CEL_LIB_H
#include "base/value.h"
#include "engine/cel/cel.h"

#define CEL_NANOS 1000000000
#define CEL_SECOND_MIN (-62135596800) /* 0001-01-01T00:00:00Z */
#define CEL_SECOND_MAX 253402300799   /* 9999-12-31T23:59:59Z */
#define CEL_FORMAT_DEPTH_MAX 300

cel_function cel_identity;
cel_function cel_string_format; /* "…".format([…]) */

/* One step for each 64 bytes. */
bool cel_charge_text(struct cel_run *run, struct text t);
/* Copies into the evaluation's memory. */
bool cel_keep_text(struct cel_run *run, struct text t, struct cel_value *out);
/* A buffer for a result, no larger than the evaluation may still make. cel_finish_text copies it and frees
 * it. */
void cel_begin_text(struct cel_run *run, struct buf *b);
bool cel_finish_text(struct cel_run *run, struct buf *b, struct cel_value *out);

/* The fewest digits that read back as d, and the place of the decimal point: 0.DIGITS * 10^point. d is
 * finite. */
int cel_shortest(double d, char digits[18], int *point_out);
void cel_print_plain(struct buf *b, double d);   /* never an exponent: 1000000, 0.001 */
void cel_print_general(struct buf *b, double d); /* an exponent below 1e-4 and from 1e6 on */
void cel_print_timestamp(struct buf *b, const struct cel_value *v);
void cel_print_duration(struct buf *b, const struct cel_value *v); /* 3600.5s */

/* The date of a day since 1970, also beyond the years 1 to 9999 (a zone may shift a timestamp out of them).
 */
struct civil cel_civil(int64_t days);
int64_t cel_days(int64_t year, int month, int day_of_month);
bool cel_parse_timestamp(struct text t, struct cel_value *out); /* RFC 3339 */
bool cel_parse_duration(struct text t, struct cel_value *out);  /* 1h30m, -1.5h, 0 */
/* A duration as nanoseconds; false: outside int64. */
bool cel_duration_nanos(const struct cel_value *v, int64_t *out);
struct cel_value cel_duration_of(int64_t nanos);

#endif
