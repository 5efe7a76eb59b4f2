/* What places are called: the register's villages, else the table of divisions. Read once, then any thread
 * may ask. */
#ifndef ENGINE_RECORD_NAMES_H
#define ENGINE_RECORD_NAMES_H
#include "engine/record/record.h"

struct names;
/* Reads the names of the register's villages within the area; all memory from `a`. NULL with an error. */
MUST_USE struct names *names_read(struct records *r, const struct catalog *c, const struct area *area,
                                  struct arena *a, struct err *e);
/* The village's name; the register outranks the table of divisions, which may be older. TEXT_NONE: neither
 * has it. */
struct text names_village(struct names *names, struct text code);
/* The same, each name read when it is asked for the first time: for few records from a large area. For the
 * thread that holds `r`, and while no scan of many records stands. NULL: memory is out. */
struct names *names_lazy(struct records *r, const struct catalog *c, struct arena *a);
/* The division that the first `digits` of a code stand for (6: county, 9: town). TEXT_NONE: the table has
 * none. */
struct text names_division(const struct catalog *c, struct text code, size_t digits);
/* As offices call it: 寺后刘村 for 寺后刘村民委员会. A part of the text, no copy. */
struct text names_short(struct text name);

#endif
