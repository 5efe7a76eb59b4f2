/* Time zones by name, from the tz database of the system. */
#ifndef ENGINE_CEL_SYSTEM_ZONE_H
#define ENGINE_CEL_SYSTEM_ZONE_H
#include "base/text.h"

/* Seconds east of UTC that the zone has at that time; false: no such zone. Names that newer systems keep in a
 * package of their own (US/Central) are known under their present ones, too. Any thread; a zone's file is
 * read once. */
bool zone_offset(struct text name, int64_t seconds, int32_t *offset_out);

/* A rule of POSIX's TZ variable ("EST5EDT,M3.2.0,M11.1.0"), which says how a zone goes on after its last
 * entry. */
bool zone_rule_offset(struct text rule, int64_t seconds, int32_t *offset_out);
/* The present name of an old one; TEXT_NONE: it is none. */
struct text zone_present_name(struct text old);

#endif
