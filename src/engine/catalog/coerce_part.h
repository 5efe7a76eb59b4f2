/* The parts of coerce_cell, by type of field. For this folder only. */
#ifndef ENGINE_CATALOG_COERCE_PART_H
#define ENGINE_CATALOG_COERCE_PART_H
#include "base/base.err.h"
#include "engine/catalog/coerce.h"

struct coercion {
    const struct catalog_field *field;
    const struct coerce_cell *cell;
    struct text unit;
    struct arena *arena;
    struct coerced *out;
    struct err *e;
};

/* Sets the kind with {field} and {value}; always false. */
bool coerce_fail(const struct coercion *c, const struct err_kind *kind);
/* Half-width, without any blank. TEXT_NONE: memory is out (the error is set). */
struct text coerce_tight(const struct coercion *c, struct text t);
/* Text of a number as people would write it: no exponent, at most 15 significant digits. */
struct text coerce_number_text(const struct coercion *c, double number);

/* With today's characters in the place of old systems' private ones, and a remark where there were any.
 * TEXT_NONE: memory is out (the error is set). */
struct text coerce_private(const struct coercion *c, struct text t);

bool coerce_number(const struct coercion *c);
bool coerce_year(const struct coercion *c);
bool coerce_date(const struct coercion *c);
bool coerce_code(const struct coercion *c);
bool coerce_codes(const struct coercion *c);
bool coerce_identifier(const struct coercion *c);
bool coerce_village(const struct coercion *c);

/* What a quantity in one unit is in another: times `factor`, times 10 to the power of `shift`. False: no way
 * known. */
bool unit_convert(struct text from, struct text to, int64_t *factor, int *shift);

#endif
