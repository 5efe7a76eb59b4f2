/* Scalars with a meaning, and the one value that travels between workbook, catalogue, store and frame.
 *
 * Money is whole fen; a decimal quantity is an integer scaled by its field's `scale` (a power of ten); a date
 * is a number of days. No floating point touches any of them.
 */
#ifndef BASE_VALUE_H
#define BASE_VALUE_H
#include "base/text.h"

typedef int64_t fen;     /* 1/100 yuan */
typedef int32_t day;     /* days since 1970-01-01, proleptic Gregorian */
#define DAY_NONE INT32_MIN
#define DAY_MIN (-719162) /* 0001-01-01 */
#define DAY_MAX 2932896   /* 9999-12-31 */

enum value_kind {
    VALUE_NONE, /* not known: an empty cell, SQL NULL */
    VALUE_INT,  /* whole number, fen, scaled decimal, day, or 0/1 for yes/no */
    VALUE_TEXT, /* text, a code, several codes joined by commas */
    VALUE_BYTES /* sealed or hashed */
};
struct value {
    enum value_kind kind;
    int64_t n;     /* VALUE_INT */
    struct text s; /* VALUE_TEXT, VALUE_BYTES */
};
static inline struct value value_none(void) { return (struct value){.kind = VALUE_NONE}; }
static inline struct value value_int(int64_t n) { return (struct value){.kind = VALUE_INT, .n = n}; }
static inline struct value value_text(struct text s) { return (struct value){.kind = VALUE_TEXT, .s = s}; }
static inline struct value value_bytes(struct text s) { return (struct value){.kind = VALUE_BYTES, .s = s}; }
bool value_equal(struct value a, struct value b);

/* Calendar. */
struct civil {
    int year, month, day; /* month 1..12, day 1..31 */
};
MUST_USE bool day_from_civil(struct civil c, day *out); /* false: no such date, or outside 0001..9999 */
struct civil day_to_civil(day d);
static inline int day_year(day d) { return day_to_civil(d).year; }
/* Completed years from birth to on; 0 before the first birthday, negative when on < birth. A birthday on 29 February
 * is completed on 1 March in a common year (Civil Code practice of counting 周岁: the day after the birthday counts
 * is not used; a year is complete on the birthday itself). */
int day_age(day birth, day on);
day day_add_months(day d, int months);                 /* the last day of the month where the day does not exist */
MUST_USE bool day_parse(struct text t, day *out);      /* YYYY-MM-DD alone */
void day_format(day d, char out[11]);                  /* "YYYY-MM-DD" and NUL */

/* "12", "12.3", "-0.05", "1,234.50" -> integer scaled by 10^digits, half away from zero when there are more
 * decimals (then *rounded is true). false: not a number, or outside int64. `digits` 0..9. */
MUST_USE bool decimal_parse(struct text t, int digits, int64_t *out, bool *rounded);
/* Writes n / 10^digits without trailing zeros ("4.2", "3"); `fixed` keeps all decimals ("2000.00"). NUL behind. */
void decimal_format(int64_t n, int digits, bool fixed, char out[32]);
/* Money as the outside sees it: yuan with two decimals. */
static inline void fen_format(fen n, char out[32]) { decimal_format(n, 2, true, out); }

struct uuid {
    unsigned char at[16];
};
/* UUIDv7 from base's clock and randomness; ordered by time within a process. */
struct uuid uuid_make(void);
void uuid_format(struct uuid u, char out[37]);

#endif
