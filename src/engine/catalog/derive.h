/* What is derived from a sealed field when it is stored: columns of their own, so that checking never
 * decrypts.
 *
 * Certificate numbers: GB 11643-1999 (18 characters, check character by ISO 7064 MOD 11-2, a small x counts
 * as X); the 15 digits of old; the disabled person's certificate (the 18 of its holder, a digit for the kind
 * of disability 1-7, a digit for the grade 1-4, two more when it was issued again). Pure functions; any
 * thread.
 */
#ifndef ENGINE_CATALOG_DERIVE_H
#define ENGINE_CATALOG_DERIVE_H
#include "engine/catalog/catalog.h"

/* The value of a derived field, in stored form; VALUE_NONE where it is absent. `plain` is the cleaned value
 * of the sealed field; TEXT_NONE or empty gives VALUE_NONE. DERIVE_USES is never stored: VALUE_NONE. */
struct value derive_value(enum derive_kind kind, struct text plain);

/* 17 digits and the check character that they ask for. */
bool derive_id_valid(struct text number);
/* The check character for 17 digits; '\0' when they are no digits. */
char derive_id_check(struct text seventeen);

#endif
